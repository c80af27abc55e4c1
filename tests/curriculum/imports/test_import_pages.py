"""The pages of import and export: seen before written, cancelled, taken back, one's own media alone."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from core import work
from core.ids import uuid7
from core.work import Work
from curriculum.imports import uploads
from curriculum.models import CardMedia, Memory, OwnCard
from mentorship import jobs
from tests.curriculum.imports.conftest import MP3, PNG, learnt, note
from tests.times import HOUR, MONDAY

SCRIPT = {"X-Requested-With": "woodshed"}


@pytest.fixture
def send(as_ada: Any, app: Flask) -> Callable[..., str]:
    """`send(octets, name)`: Ada chooses a file; what looks at it has run. Returns the address of what she sees then."""

    def choose(octets: bytes, name: str) -> str:
        answer = as_ada.send("/cards/import", {"file": (io.BytesIO(octets), name)})
        assert answer.status_code == 303, answer.text
        return done(as_ada, app, answer.location)

    return choose


def done(client: Any, app: Flask, address: str) -> str:
    """Where a piece of work leads when it is done."""
    while work.run_next(app):
        pass
    answer = client.get(address)
    return answer.location if answer.status_code == 303 else address


@pytest.fixture
def deck(package: Callable[..., Path]) -> bytes:
    pictured = learnt("one", front='<img src="a.png"> <audio src="b.mp3"></audio> What?')
    return package(pictured, note("two"), media=[("a.png", PNG), ("b.mp3", MP3), ("c.svg", b"<svg/>")]).read_bytes()


def test_a_deck_is_seen_first_and_comes_in_when_its_owner_says_so(as_ada, app, send, deck, fresh_db, site):
    address = send(deck, "jazz.apkg")
    seen = as_ada.get(address).text
    nothing_yet = fresh_db.exec(select(OwnCard)).all()
    fresh_db.rollback()

    begun = as_ada.send(f"{address}/begun")
    came = as_ada.get(done(as_ada, app, begun.location)).text

    assert "Nothing is written yet" in seen and "Import 2 cards" in seen and "Jazz › Harmony" in seen
    assert nothing_yet == []
    assert "jazz.apkg is here: 2 new cards; 5 answers joined your history." in came
    assert len(fresh_db.exec(select(OwnCard)).all()) == 2
    assert [path.name for path in site.backups.iterdir() if "import" in path.name]


def test_what_is_left_changes_nothing_and_is_forgotten(as_ada, send, deck, fresh_db):
    address = send(deck, "jazz.apkg")

    left = as_ada.send(f"{address}/left")

    assert left.location == "/cards/import"
    assert fresh_db.exec(select(Work)).all() == [] == fresh_db.exec(select(OwnCard)).all()
    assert as_ada.get(address).status_code == 404


def test_an_import_is_taken_back_but_for_what_was_answered(as_ada, app, send, deck, db, fresh_db, ada):
    address = done(as_ada, app, as_ada.send(f"{send(deck, 'jazz.apkg')}/begun").location)
    page = as_ada.get(address).text

    gone = as_ada.send(f"{address}/taken-back")

    assert "2 card texts came with this import" in page
    assert gone.status_code == 303
    assert all(row.deleted_at for row in fresh_db.exec(select(OwnCard)))
    assert {row.aside for row in fresh_db.exec(select(Memory))} == {3}
    assert "Changed your mind?" not in as_ada.get(address).text


def test_a_table_asks_what_its_columns_are(as_ada, app, send, fresh_db):
    address = send("Größe?;groß;x\nZwei?;2;y\n".encode("latin-1"), "karten.csv")
    page = as_ada.get(address).text
    refused = as_ada.send(f"{address}/begun", {"column.0": "answer"})

    begun = as_ada.send(f"{address}/begun", {"column.0": "question", "column.1": "answer", "column.2": "tags"})
    came = as_ada.get(done(as_ada, app, begun.location)).text

    assert "Größe?" in page and "Latin-1" in page
    assert refused.status_code == 422 and "which column holds the question" in refused.text
    assert "karten.csv is here: 2 new" in came
    assert {(row.question, row.tags) for row in fresh_db.exec(select(OwnCard))} == {("Größe?", "x"), ("Zwei?", "y")}


@pytest.mark.parametrize(
    ("octets", "name", "status"),
    [(b"", "empty.apkg", 422), (None, "", 422)],
)
def test_no_file_and_an_empty_one_are_refused_at_once(as_ada, octets, name, status):
    fields = {} if octets is None else {"file": (io.BytesIO(octets), name)}

    answer = as_ada.send("/cards/import", fields)

    assert answer.status_code == status
    assert "file" in answer.text


def test_a_broken_deck_ends_in_a_sentence(as_ada, send):
    address = send(b"PK\3\4 broken", "broken.apkg")

    page = as_ada.get(address).text

    assert "Anki package" in page and "Choose a file" in page


def test_cancelled_while_it_waits_nothing_comes_in(as_ada, app, send, deck, fresh_db):
    begun = as_ada.send(f"{send(deck, 'jazz.apkg')}/begun")

    as_ada.send(f"{begun.location}/cancelled")

    assert not work.run_next(app)
    assert "Cancelled. Nothing was changed." in as_ada.get(begun.location).text
    assert fresh_db.exec(select(OwnCard)).all() == []


def test_media_are_shown_to_their_owner_alone(as_ada, as_eve, app, send, deck, fresh_db):
    done(as_ada, app, as_ada.send(f"{send(deck, 'jazz.apkg')}/begun").location)
    files = {row.media_type: row.sha256 for row in fresh_db.exec(select(CardMedia))}
    picture, sound = (f"/cards/media/{files[kind]}" for kind in ("image/png", "audio/mpeg"))

    answer, part = as_ada.get(picture), as_ada.get(sound, headers={"Range": "bytes=0-2"})

    assert (answer.status_code, answer.data, answer.mimetype) == (200, PNG, "image/png")
    assert "attachment" not in answer.headers["Content-Disposition"]
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    )
    assert (part.status_code, part.data) == (206, MP3[:3])
    assert [as_eve.get(one).status_code for one in (picture, sound, "/cards/media/x")] == [404, 404, 404]


def test_the_desk_shows_pictures_of_a_card(as_ada, app, send, deck, fresh_db):
    done(as_ada, app, as_ada.send(f"{send(deck, 'jazz.apkg')}/begun").location)

    page = as_ada.get("/reviews").text

    assert "What is two?" in page or "/cards/media/" in page


def test_the_sweep_keeps_what_waits_and_what_cards_show(as_ada, app, send, deck, db, fresh_db, storage):
    done(as_ada, app, as_ada.send(f"{send(deck, 'jazz.apkg')}/begun").location)
    shown = {row.sha256 for row in fresh_db.exec(select(CardMedia))}
    fresh_db.rollback()
    for path in storage.folder.glob("??/*"):
        import os

        os.utime(path, (0, 0))

    jobs.sweep_files(db, storage, at=MONDAY + HOUR)
    soon = storage.names()
    jobs.sweep_files(db, storage, at=MONDAY + uploads.KEPT + HOUR)

    assert len(soon) == 3 and shown < soon
    assert storage.names() == shown


def test_all_cards_go_out_as_a_package_and_as_a_table(as_ada, app, send, deck, fresh_db):
    done(as_ada, app, as_ada.send(f"{send(deck, 'jazz.apkg')}/begun").location)

    asked = as_ada.send("/cards/export", {"track": "all"})
    address = done(as_ada, app, asked.location)
    page, file = as_ada.get(address).text, as_ada.get(f"{address}/file")
    table = as_ada.get("/cards/export/cards.csv")

    assert "2 cards with 5 answers and 2 pictures and sounds are in the file." in page
    assert file.data.startswith(b"PK") and "woodshed-cards-2026-11-23.apkg" in file.headers["Content-Disposition"]
    assert table.text.lstrip("\ufeff").startswith("question,answer,note,tags,type\r\n")
    assert "What is two?,It is two." in table.text


def test_eve_sees_nothing_of_adas_files(as_ada, as_eve, app, send, deck):
    look = send(deck, "jazz.apkg")
    out = done(as_ada, app, as_ada.send("/cards/export").location)

    statuses = [as_eve.get(look).status_code, as_eve.get(out).status_code, as_eve.get(f"{out}/file").status_code]
    statuses += [as_eve.send(f"{look}/{verb}").status_code for verb in ("begun", "left", "taken-back")]

    assert statuses == [404] * 6


def test_a_double_click_imports_once(as_ada, app, send, deck, fresh_db):
    address, op = send(deck, "jazz.apkg"), uuid7()

    answers = [as_ada.send(f"{address}/begun", op=op) for _ in range(2)]

    assert len({answer.location for answer in answers}) == 1
    assert len(fresh_db.exec(select(Work).where(Work.kind == "import-deck")).all()) == 1


def test_nothing_to_take_out_says_what_to_do(as_ada, app):
    page = as_ada.get("/cards/export").text

    assert "No cards yet" in page and "Bring cards in" in page
