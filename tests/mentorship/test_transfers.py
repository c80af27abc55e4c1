"""Files in parts: a cut connection goes on, and a day is enough. And the room that one person has."""

import io
import os
import time
from uuid import UUID

import pytest
from sqlmodel import select

from core.errors import Conflict, NotFound, Refused, TooLarge
from mentorship import jobs, kept_files, portfolio, transfers
from mentorship.models.pieces import Piece, Transfer, Version
from mentorship.probe import Found
from mentorship.views import files
from tests.e2e import sounds
from tests.times import DAY, HOUR, MONDAY

TEXT = Found("text", "text/plain")
ROOM = {"most": 1000, "quota": 10_000}
SCRIPT = {"X-Requested-With": "woodshed"}


def begin(db, person, size: int = 10, name: str = "mix.wav", *, at=MONDAY, **limits) -> Transfer:
    row = transfers.begin(db, person.id, name, size, **{**ROOM, **limits}, at=at)
    db.commit()
    return row


def send(storage, row: Transfer, place: int, octets: bytes) -> int:
    return transfers.receive(storage, row, place, io.BytesIO(octets), len(octets))


def version_of(db, storage, person, words: bytes) -> Version:
    piece = portfolio.create(db, person.id, title="Loop", at=MONDAY)
    upload = portfolio.Upload(storage.stage(io.BytesIO(words), most=10_000), TEXT, "words.txt")
    version = portfolio.add_version(db, storage, piece, upload, at=MONDAY)
    db.commit()
    return version


# -- parts ---------------------------------------------------------------------------------------------------


def test_a_part_that_comes_twice_or_was_cut_changes_nothing(db, ada, storage):
    row = begin(db, ada)

    there = [send(storage, row, 0, b"01234"), send(storage, row, 0, b"012"), send(storage, row, 3, b"3456789")]

    assert there == [5, 5, 10]
    assert storage.part_path(row.id).read_bytes() == b"0123456789"


@pytest.mark.parametrize(("place", "octets"), [(6, b"6"), (-1, b"0"), (5, b"567890")])
def test_a_part_out_of_its_place_is_refused(db, ada, storage, place, octets):
    row = begin(db, ada)
    send(storage, row, 0, b"01234")

    with pytest.raises(Refused):
        send(storage, row, place, octets)
    assert transfers.offset(storage, row) == 5


def test_a_part_that_is_too_large_is_refused(db, ada, storage, monkeypatch):
    monkeypatch.setattr(transfers, "PART", 4)
    row = begin(db, ada)

    with pytest.raises(TooLarge):
        send(storage, row, 0, b"01234")


def test_what_has_not_arrived_whole_becomes_no_file(db, ada, storage):
    row = begin(db, ada)
    send(storage, row, 0, b"01234")

    with pytest.raises(Conflict, match="Only 5 bytes of mix"):
        transfers.whole(db, storage, ada.id, row.id, at=MONDAY)


def test_nobody_else_has_it_and_after_a_day_nobody_at_all(db, ada, ben, storage):
    row = begin(db, ada)

    with pytest.raises(NotFound):
        transfers.find(db, ben.id, row.id, at=MONDAY)
    with pytest.raises(NotFound):
        transfers.find(db, ada.id, row.id, at=MONDAY + DAY)


def test_too_many_too_large_and_empty_ones_are_refused(db, ada, monkeypatch):
    monkeypatch.setattr(transfers, "MOST_OPEN", 2)
    with pytest.raises(TooLarge, match="the most we can take is"):
        begin(db, ada, 1001)
    with pytest.raises(Refused, match="empty"):
        begin(db, ada, 0)
    begin(db, ada)
    begin(db, ada)
    with pytest.raises(Refused, match="2 uploads of yours are not finished"):
        begin(db, ada)
    db.rollback()

    assert begin(db, ada, at=MONDAY + DAY).size == 10


def test_the_sweep_leaves_what_is_being_sent_and_takes_it_after_a_day(db, fresh_db, ada, storage):
    row = begin(db, ada)
    send(storage, row, 0, b"01234")
    os.utime(storage.part_path(row.id), (time.time() - 7200,) * 2)

    jobs.sweep_files(db, storage, at=MONDAY + HOUR)
    db.commit()
    kept = storage.part_size(row.id)
    jobs.sweep_files(db, storage, at=MONDAY + DAY)
    db.commit()

    assert kept == 5 and storage.part_size(row.id) == 0
    assert fresh_db.exec(select(Transfer)).all() == []


# -- room ----------------------------------------------------------------------------------------------------


def test_the_same_bytes_count_once_and_what_is_being_sent_counts(db, ada, ben, storage):
    version_of(db, storage, ada, b"x" * 100)
    version_of(db, storage, ada, b"x" * 100)
    version_of(db, storage, ada, b"y" * 50)
    version_of(db, storage, ben, b"z" * 999)
    row = begin(db, ada, 20)

    assert kept_files.used(db, ada.id, at=MONDAY) == 170
    assert kept_files.used(db, ada.id, at=MONDAY, but=row.id) == 150
    assert kept_files.used(db, ada.id, at=MONDAY + DAY) == 150


def test_beyond_the_room_a_file_is_refused_unless_it_is_there_already(db, ada, storage):
    version = version_of(db, storage, ada, b"x" * 100)

    with pytest.raises(TooLarge, match="no room for 51 bytes: you use 100 bytes of 150 bytes"):
        kept_files.refuse_beyond(db, ada.id, 51, quota=150, at=MONDAY)
    kept_files.refuse_beyond(db, ada.id, 50, quota=150, at=MONDAY)
    kept_files.refuse_beyond(db, ada.id, 100, quota=150, at=MONDAY, sha256=version.sha256)
    with pytest.raises(TooLarge):
        begin(db, ada, 51, quota=150)


# -- through the pages ---------------------------------------------------------------------------------------


@pytest.fixture
def announce(as_ada):
    def announce(octets: bytes, name: str) -> str:
        form = {"name": name, "size": str(len(octets))}
        return as_ada.send("/portfolio/transfers", form, headers=SCRIPT).json["location"]

    return announce


def part(client, address: str, place: int, octets: bytes, **more):
    headers = {**SCRIPT, "X-CSRFToken": client.csrf_token(), "Content-Type": "application/octet-stream"}
    return client.patch(f"{address}?offset={place}", data=octets, headers=headers, **more)


def test_a_file_sent_in_parts_becomes_the_version_that_a_form_would_have_made(as_ada, announce, fresh_db, storage, at):
    octets = sounds.wav(1)
    address = announce(octets, "C:\\mixes\\mix.wav")
    part(as_ada, address, 0, octets[:1000])
    there = as_ada.get(address).json  # as after the page was opened anew
    part(as_ada, address, there["offset"], octets[1000:])

    answer = as_ada.send("/portfolio/pieces", {"title": "Loop", "transfer": there["id"]})

    version = fresh_db.exec(select(Version)).one()
    assert there["offset"] == 1000 and answer.status_code == 303
    assert (version.file_name, version.size, version.kind) == ("mix.wav", len(octets), "audio")
    assert storage.path(version.sha256).read_bytes() == octets
    assert fresh_db.exec(select(Transfer)).all() == [] and not list((storage.folder / "incoming").iterdir())


def test_the_form_sent_twice_makes_one_version(as_ada, announce, fresh_db):
    address = announce(b"words", "words.txt")
    part(as_ada, address, 0, b"words")
    form = {"title": "Loop", "transfer": address.rsplit("/", 1)[-1], "op": "01a20196-1d6c-7807-95e1-2855984b4e4f"}

    answers = [as_ada.send("/portfolio/pieces", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location and len(fresh_db.exec(select(Piece)).all()) == 1


def test_a_file_in_parts_that_will_not_do_is_refused_and_forgotten(as_ada, announce, fresh_db, storage):
    address = announce(b"<html>", "mix.wav")
    part(as_ada, address, 0, b"<html>")

    answer = as_ada.send("/portfolio/pieces", {"title": "Loop", "transfer": address.rsplit("/", 1)[-1]}, headers=SCRIPT)

    assert answer.status_code == 415 and "web page" in answer.json["errors"]["file"]
    assert fresh_db.exec(select(Transfer)).all() == [] and not list((storage.folder / "incoming").iterdir())


def test_a_wrong_title_keeps_what_was_sent(as_ada, announce, fresh_db):
    address = announce(b"words", "words.txt")
    part(as_ada, address, 0, b"words")

    answer = as_ada.send("/portfolio/pieces", {"title": "", "transfer": address.rsplit("/", 1)[-1]}, headers=SCRIPT)

    assert answer.status_code == 422 and "title" in answer.json["errors"]
    assert len(fresh_db.exec(select(Transfer)).all()) == 1


def test_half_a_file_becomes_no_version(as_ada, announce, fresh_db):
    address = announce(b"words", "words.txt")
    part(as_ada, address, 0, b"wor")

    answer = as_ada.send("/portfolio/pieces", {"title": "Loop", "transfer": address.rsplit("/", 1)[-1]})

    assert answer.status_code == 409 and fresh_db.exec(select(Version)).all() == []


@pytest.mark.parametrize("wanted", ["no-number", "01a20196-1d6c-7807-95e1-2855984b4e4f"])
def test_a_transfer_that_is_not_ones_own_is_not_found(as_ada, fresh_db, wanted):
    answer = as_ada.send("/portfolio/pieces", {"title": "Loop", "transfer": wanted})

    assert answer.status_code == 404 and fresh_db.exec(select(Piece)).all() == []


def test_a_part_without_the_guard_is_refused(as_ada, announce, storage):
    address = announce(b"words", "words.txt")

    answer = as_ada.patch(f"{address}?offset=0", data=b"words", headers=SCRIPT)

    assert answer.status_code == 400 and storage.part_size(UUID(address.rsplit("/", 1)[-1])) == 0


def test_a_cut_off_upload_stands_on_the_page_until_it_is_dropped(as_ada, announce, storage, at):
    address = announce(b"words", "words.txt")
    part(as_ada, address, 0, b"wor")
    before = as_ada.get("/portfolio").text

    as_ada.send(f"{address}/dropped", {})

    assert "words.txt" in before and "3 bytes of 5 bytes" in before
    assert "words.txt is dropped" in as_ada.get("/portfolio").text
    assert storage.part_size(UUID(address.rsplit("/", 1)[-1])) == 0


def test_a_full_portfolio_says_so_beside_the_field(app, as_ada, db, ada, storage, fresh_db, at):
    version_of(db, storage, ada, b"x" * 900)
    small = app.extensions["settings"].model_copy(update={"quota_mb": 0})
    app.extensions["settings"] = small

    answer = as_ada.send("/portfolio/pieces", {"title": "More", "file": (io.BytesIO(b"y" * 200), "more.txt")})

    assert answer.status_code == 413
    assert "There is no room for 200 bytes: you use 900 bytes" in answer.text and "f-file-error" in answer.text
    assert 'value="More"' in answer.text and len(fresh_db.exec(select(Version)).all()) == 1


def test_the_page_says_how_much_room_is_used(as_ada, db, ada, storage):
    version_of(db, storage, ada, b"x" * 1500)

    assert "1.5 kB of 5 GB used" in as_ada.get("/portfolio").text


def test_what_was_odd_about_a_file_stands_beside_it_for_good(as_ada, fresh_db, at):
    octets = sounds.wav(1)

    as_ada.send("/portfolio/pieces", {"title": "Loop", "file": (io.BytesIO(octets), "mix.flac")})

    version = fresh_db.exec(select(Version)).one()
    assert version.warning == "The name says FLAC, but inside is WAV."
    for _ in range(2):
        assert version.warning in as_ada.get(f"/portfolio/pieces/{version.piece_id}").text


def test_whoever_uploads_without_end_is_slowed_down(as_ada, monkeypatch, at):
    monkeypatch.setattr(files, "UPLOADS", "2 per hour")
    send = lambda **more: as_ada.send("/portfolio/pieces", {"title": "Loop", **more}).status_code  # noqa: E731

    answers = [send(file=(io.BytesIO(b"words"), "a.txt")) for _ in range(3)]

    assert answers == [303, 303, 429]
    assert send() == 303  # a piece without a file is no upload
