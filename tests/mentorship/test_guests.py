"""Share links in the browser: Ada makes one, and somebody without an account opens it, or nothing."""

import io
import logging
import re
from datetime import timedelta
from threading import BoundedSemaphore
from urllib.parse import urlsplit

import numpy
import pytest
import soundfile
from sqlmodel import select

from core import passwords
from mentorship import portfolio
from mentorship.models.pieces import Measurement, Piece, Version
from mentorship.models.remarks import Remark
from mentorship.models.shares import Share, ShareOpening
from mentorship.portfolio import Upload
from mentorship.probe import Found
from tests.mentorship.counting import statements
from tests.mentorship.page_text import words
from tests.times import DAY, MINUTE, MONDAY

PASSWORD = "four slow horses"
CANARIES = {  # what no guest may read
    "about": "CanaryAbout",
    "client": "CanaryClient",
    "changes": "CanaryChanges",
    "file": "canary-file",
    "other": "CanaryOther",
    "remark": "CanaryRemark",
    "label": "CanaryLabel",
    "e-mail": "ada@example.com",
    "first": "CanaryFirst",
}


def wav(seconds: float = 0.2, level: float = 0.1) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, numpy.full((int(44_100 * seconds), 2), level, "float32"), 44_100, format="WAV")
    return out.getvalue()


@pytest.fixture
def piece(db, app, ada) -> Piece:
    """Night bus in two versions, with much around it that is nobody's business."""
    storage = app.extensions["storage"]
    piece = portfolio.create(db, ada.id, title="Night bus", role="Producer", about=CANARIES["about"], at=MONDAY - DAY)
    piece.client, piece.credits = CANARIES["client"], [{"name": "Mara", "role": "vocals"}]
    for number, changes in ((1, CANARIES["first"]), (2, CANARIES["changes"])):
        name = f"{CANARIES['file']}-{number}.wav"
        staged = storage.stage(io.BytesIO(wav(level=number / 10)), most=10**6)
        upload = Upload(staged, Found("audio", "audio/wav", 0.2, 44_100, 2), name)
        version = portfolio.add_version(db, storage, piece, upload, changes=changes, at=MONDAY - DAY)
        row = {"user_id": ada.id, "version_id": version.id, "by_id": ada.id, "by_name": "Ada", "at": MONDAY}
        db.add(Remark(id=version.id, kind="fix", start_ms=0, text=CANARIES["remark"], **row))
    portfolio.create(db, ada.id, title=CANARIES["other"], at=MONDAY)
    db.commit()
    return piece


@pytest.fixture
def made(as_ada, piece):
    """`made(password=…)`: the path of a new link."""

    def make(**form) -> str:
        page = as_ada.send(f"/portfolio/pieces/{piece.id}/shares", {"label": CANARIES["label"], **form})
        assert page.status_code == 303, words(page)
        shown = as_ada.get(page.location)
        found = re.search(r'value="(http[^"]+/s/[^"]+)"', shown.text)
        assert found and found[1] not in as_ada.get(page.location).text, "the address is shown once"
        return urlsplit(found[1]).path

    return make


def ended(as_ada, fresh_db) -> None:
    share = fresh_db.exec(select(Share).order_by(Share.id.desc())).first()
    fresh_db.rollback()
    assert as_ada.send(f"/portfolio/shares/{share.id}/ended").status_code == 303


def log(db) -> list[str]:
    db.rollback()
    return [row.kind for row in db.exec(select(ShareOpening).order_by(ShareOpening.id))]


def same(answer, path: str) -> tuple:
    """An answer as somebody sees it who compares: without the address that was asked for and the time."""
    body = answer.text.replace(path, "/s/SECRET")
    return answer.status_code, body, sorted((name, text) for name, text in answer.headers if name != "Date")


# -- what a guest sees ---------------------------------------------------------------------------------------


def test_a_guest_hears_the_newest_version_and_reads_the_listed_fields_alone(made, anonymous, piece):
    path = made()
    page = anonymous.get(path)
    sound = anonymous.get(f"{path}/sound", headers={"Range": "bytes=0-99"})

    for word in ("Night bus", "Ada shares with you", "Producer", "version 2", "Mara", "vocals"):
        assert word in words(page)
    said = page.text + str(page.headers) + str(sound.headers)
    assert [name for name, word in CANARIES.items() if word in said] == []
    assert str(piece.id) not in said and str(piece.user_id) not in said
    assert sound.status_code == 206 and sound.data == wav(level=0.2)[:100]
    assert "Save the file" not in page.text and "What you hear" not in page.text


def test_a_guest_needs_no_cookie_and_the_page_stays_out_of_caches_frames_and_search(made, anonymous):
    page = anonymous.get(made())

    assert "Set-Cookie" not in page.headers
    assert "noindex" in page.headers["X-Robots-Tag"] and 'name="robots" content="noindex' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer" and "no-store" in page.headers["Cache-Control"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert not re.search(r'(?:src|href|action)="(?!/|#)', page.text), "everything comes from here"


def test_sound_and_file_are_sandboxed_and_tell_nothing_of_the_owners_disk(made, anonymous):
    path = made(may_download="1")
    for what in ("sound", "file"):
        answer = anonymous.get(f"{path}/{what}")
        assert "sandbox" in answer.headers["Content-Security-Policy"] and "no-store" in answer.headers["Cache-Control"]
        assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Night bus V2.wav"'
    assert answer.data == wav(level=0.2)


def test_the_file_is_saved_only_where_the_link_says_so(made, anonymous):
    path = made()

    assert anonymous.get(f"{path}/file").status_code == 404
    assert "attachment" not in anonymous.get(f"{path}/sound?download=1").headers.get("Content-Disposition", "")


def test_one_version_shows_that_one(made, anonymous):
    path = made(version="1")

    assert "version 1" in words(anonymous.get(path))
    assert anonymous.get(f"{path}/sound").data == wav(level=0.1)


def test_the_waveform_comes_with_the_measures(made, anonymous, app, db, piece):
    path = made()
    assert anonymous.get(f"{path}/peaks").status_code == 404
    staged = app.extensions["storage"].stage(io.BytesIO(b'{"version": 2}'), most=100)
    app.extensions["storage"].keep(staged)
    version = db.exec(select(Version).where(Version.piece_id == piece.id, Version.number == 2)).one()
    row = db.get_one(Measurement, (piece.user_id, version.id))
    row.state, row.peaks_sha256 = "ready", staged.sha256
    db.commit()

    assert anonymous.get(f"{path}/peaks").json == {"version": 2}


# -- nothing is learnt ---------------------------------------------------------------------------------------


def test_ended_expired_locked_archived_and_guessed_addresses_answer_alike(
    made, as_ada, anonymous, at, db, fresh_db, piece, app
):
    over, gone = made(days="1"), made()
    ended(as_ada, fresh_db)
    locked, archived, guessed = made(password=PASSWORD), made(version="1"), "/s/" + "x" * 43
    at(MONDAY + 2 * DAY)
    piece.archived_at = MONDAY
    db.add(piece)
    db.commit()
    resting = {path: same(anonymous.get(path), path) for path in (archived, locked)}
    piece.archived_at = None
    db.add(piece)
    db.commit()
    paths = (over, gone, locked, guessed, "/s/" + "-" * 43)

    for way in ("", "/sound", "/peaks", "/file"):
        answers = [same(anonymous.get(path + way), path) for path in paths]
        assert answers[0][0] == 404 and all(answer == answers[0] for answer in answers), way
    shut = same(anonymous.get(guessed), guessed)
    assert all(answer == shut for answer in resting.values())
    tried = [same(anonymous.post(path, data={"password": "four slow foxes"}), path) for path in paths]
    assert tried[0][0] == 404 and all(answer == tried[0] for answer in tried) and "does not open it" in tried[0][1]
    spoken = [same(anonymous.post(f"{path}/remarks", data={"text": "Hello"}), path) for path in paths]
    assert all(answer == shut for answer in spoken)


def test_what_is_shut_costs_the_same_questions_to_the_database(made, as_ada, anonymous, fresh_db, app):
    """Time itself is measured by hand, in 500 pairs; here is what takes it."""
    gone = made()
    ended(as_ada, fresh_db)
    asked = {}
    for name, path in {"gone": gone, "locked": made(password=PASSWORD), "guessed": "/s/" + "x" * 43}.items():
        with statements(app.extensions["database"].engine) as found:
            assert anonymous.get(path).status_code == 404
        asked[name] = list(found)

    assert asked["gone"] == asked["locked"] == asked["guessed"] != []


def test_a_password_is_checked_for_every_address(made, anonymous, monkeypatch):
    """What takes the time is done whether there is a link or not."""
    checked: list[str] = []

    def checks(password: str, kept: str) -> bool:
        checked.append(kept[:9])
        return False

    monkeypatch.setattr(passwords, "verify_password", checks)
    for path in (made(password=PASSWORD), "/s/" + "x" * 43):
        assert anonymous.post(path, data={"password": "x" * 400}).status_code == 404

    assert checked == ["$argon2id", "$argon2id"]


def test_where_many_passwords_are_checked_the_next_one_waits_and_is_told(made, anonymous, monkeypatch):
    path = made()
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    monkeypatch.setattr(passwords, "_places", BoundedSemaphore(1))
    with passwords._places:
        answer = anonymous.post(path, data={"password": PASSWORD})

    assert answer.status_code == 503 and "Many passwords" in words(answer)


def test_guessing_is_counted_and_noted_without_the_secret(made, anonymous, caplog):
    path = made()
    secret = path.rpartition("/")[2]
    with caplog.at_level(logging.WARNING, "woodshed.security"):
        statuses = [anonymous.get(f"/s/{number:043d}").status_code for number in range(61)]

    assert statuses == [404] * 60 + [429]
    assert anonymous.get(path).status_code == 429, "who guesses waits with what is right, too"
    assert caplog.text.count("share.miss") == 60 and "0" * 30 not in caplog.text and secret not in caplog.text
    assert "ratelimit" in caplog.text


def test_a_password_is_guessed_twenty_times_at_most(made, client_of, monkeypatch):
    path = made(password=PASSWORD)
    monkeypatch.setattr(passwords, "fits", lambda *_: False)  # quicker
    for number in range(20):
        elsewhere = {"REMOTE_ADDR": f"10.0.0.{number}"}
        assert client_of(None).post(path, data={"password": f"{number}"}, environ_base=elsewhere).status_code == 404
    monkeypatch.undo()

    assert client_of(None).post(path, data={"password": PASSWORD}).status_code == 429


# -- a password ----------------------------------------------------------------------------------------------


def test_the_password_lets_this_browser_in_here_alone_and_for_half_a_day(made, anonymous, client_of, at):
    path, other = made(password=PASSWORD, may_remark="1"), made(password=PASSWORD)
    assert "Night bus" not in anonymous.get(path).text

    answer = anonymous.post(path, data={"password": f"{PASSWORD}"})

    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 303 and answer.location == path
    assert f"Path={path};" in cookie + ";" and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Max-Age=43200" in cookie
    assert "Night bus" in anonymous.get(path).text and anonymous.get(f"{path}/sound").status_code == 200
    value = cookie.split(";")[0].partition("=")[2]
    elsewhere = client_of(None)
    elsewhere.set_cookie("share", value, path="/")
    assert elsewhere.get(path).status_code == 200 and elsewhere.get(other).status_code == 404
    elsewhere.set_cookie("share", value[:-2] + "xx", path="/")
    assert elsewhere.get(path).status_code == 404
    at(MONDAY + timedelta(hours=12))
    assert anonymous.get(path).status_code == 404


def test_a_weak_password_is_refused_at_its_field_and_what_was_typed_stays(as_ada, piece, fresh_db):
    page = as_ada.send(f"/portfolio/pieces/{piece.id}/shares", {"label": "Mara", "password": "short"})

    assert page.status_code == 422 and "at least 8 characters" in words(page) and 'value="Mara"' in page.text
    assert fresh_db.exec(select(Share)).all() == []


# -- ended ---------------------------------------------------------------------------------------------------


def test_what_plays_in_an_open_tab_stops_when_the_link_ends(made, as_ada, anonymous, fresh_db):
    path = made(may_download="1", may_remark="1")
    assert anonymous.get(f"{path}/sound", headers={"Range": "bytes=0-9"}).status_code == 206

    ended(as_ada, fresh_db)

    for way in ("", "/file", "/sound"):
        assert anonymous.get(path + way, headers={"Range": "bytes=10-19"}).status_code == 404
    assert anonymous.post(f"{path}/remarks", data=said()).status_code == 404
    assert "ended" in words(as_ada.get("/portfolio/shares"))


# -- noted ---------------------------------------------------------------------------------------------------


def test_openings_are_noted_but_not_the_owners_own(made, as_ada, as_eve, anonymous, at, fresh_db):
    path = made(may_download="1")
    as_ada.get(path)
    anonymous.head(path)
    assert log(fresh_db) == []

    for _ in range(2):
        for way in ("", "/sound", "/file"):
            anonymous.get(path + way)
    as_eve.get(path)
    at(MONDAY + 31 * MINUTE)
    as_eve.get(path)

    assert log(fresh_db) == ["opened", "played", "saved", "opened"]
    page = as_ada.get("/portfolio/shares")
    assert "opened 2×, played 1×, saved 1×" in words(page)


def test_the_owner_reads_of_the_links_on_the_page_of_the_piece_and_her_mentor_does_not(
    made, as_ada, as_ben, ada, ben, link_of, db, piece
):
    made()
    piece.shared_at = MONDAY
    db.add(piece)
    link_of(ada, ben)

    assert CANARIES["label"] in as_ada.get(f"/portfolio/pieces/{piece.id}").text
    page = as_ben.get(f"/portfolio/pieces/{piece.id}")
    assert page.status_code == 200 and "Shared by link" not in page.text and CANARIES["label"] not in page.text
    assert "Shared by link (1)" in words(as_ada.get("/portfolio"))


# -- remarks -------------------------------------------------------------------------------------------------


def said(**more) -> dict[str, str]:
    return {"version": "2", "name": "Mara", "kind": "idea", "moment": "0:00.1", "text": "More air here."} | more


def test_a_guest_says_something_at_a_second_and_sees_nothing_of_others(made, as_ada, anonymous, fresh_db):
    path = made(may_remark="1")
    answer = anonymous.post(f"{path}/remarks", data=said())

    assert answer.status_code == 303 and "Thank you" in words(anonymous.get(answer.location))
    page = anonymous.get(path)
    assert "More air" not in page.text and CANARIES["remark"] not in page.text
    [remark] = fresh_db.exec(select(Remark).where(Remark.by_name == "Mara")).all()
    assert (remark.start_ms, remark.text, remark.by_id) == (100, "More air here.", None)
    assert "Mara, a guest" in words(as_ada.get("/inbox"))
    assert "remarked" in log(fresh_db)


def test_what_a_guest_typed_stays_beside_what_is_wrong(made, anonymous):
    path = made(may_remark="1")
    page = anonymous.post(f"{path}/remarks", data=said(name="", moment="9:99"))

    assert page.status_code == 422 and "Say who you are" in words(page) and "More air here." in page.text
    assert anonymous.post(f"{path}/remarks", data=said(version="")).status_code == 422
    assert anonymous.post(f"{path}/remarks", data=said(text="\0")).status_code == 422
    assert anonymous.post(f"{made()}/remarks", data=said()).status_code == 403


def test_guests_do_not_flood_the_owner(made, anonymous, fresh_db):
    path = made(may_remark="1")
    statuses = [anonymous.post(f"{path}/remarks", data=said(text=f"No {n}")).status_code for n in range(31)]

    assert statuses == [303] * 30 + [429]
    assert len(fresh_db.exec(select(Remark).where(Remark.by_name == "Mara")).all()) == 30
