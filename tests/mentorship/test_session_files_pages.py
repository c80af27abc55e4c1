"""Files on the page of a session: sent, heard, saved, removed."""

import io

import pytest
from sqlmodel import select

from core.ids import uuid7
from mentorship import sessions
from mentorship.models.meetings import SessionFile
from mentorship.sessions import Between, Entry
from tests.mentorship.page_text import without_token, words
from tests.mentorship.test_portfolio_pages import png, sent, wav
from tests.times import BERLIN, HOUR, MONDAY

PDF = b"%PDF-1.7\n"


@pytest.fixture
def meeting(db, library, ada, ben, link_of):
    link = link_of(ada, ben)
    entry = Entry(MONDAY - HOUR, BERLIN, 45)
    session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    db.commit()
    return session, link


@pytest.fixture
def here(meeting):
    return f"/sessions/{meeting[0].id}"


def newest(db) -> SessionFile:
    db.rollback()
    return db.exec(select(SessionFile).order_by(SessionFile.id.desc())).first()


def add(client, here, octets, name, **more):
    return client.send(f"{here}/files", {"file": sent(octets, name)}, **more)


def test_a_voice_memo_is_added_and_played_on_the_page(as_ada, as_ben, here, fresh_db):
    answer = add(as_ada, here, wav(), "Chorus, take 2.wav", follow_redirects=True)

    memo = newest(fresh_db)
    assert "Chorus, take 2.wav is here." in words(answer)
    assert (memo.kind, memo.media_type, memo.added_at) == ("audio", "audio/wav", MONDAY)
    for client, by in [(as_ada, "added by you"), (as_ben, "added by Ada")]:
        text = client.get(here)
        assert f'src="{here}/files/{memo.id}"' in text.text
        assert by in words(text)
        heard = client.get(f"{here}/files/{memo.id}", headers={"Range": "bytes=100-199"})
        assert (heard.status_code, heard.data) == (206, wav()[100:200])


@pytest.mark.parametrize(
    ("octets", "name", "content_type", "is_saved"),
    [
        (wav(), "memo.wav", "audio/wav", False),
        (png(), "certificate.png", "image/png", False),
        (PDF, "certificate.pdf", "application/pdf", True),
        (b"Hello <script>alert(1)</script>", "words.txt", "text/plain; charset=utf-8", True),
    ],
)
def test_a_file_comes_back_octet_for_octet_and_cannot_act(
    as_ada, here, fresh_db, octets, name, content_type, is_saved
):  # fmt: skip
    add(as_ada, here, octets, name)
    address = f"{here}/files/{newest(fresh_db).id}"

    answer = as_ada.get(address)

    assert (answer.data, answer.content_type) == (octets, content_type)
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert answer.headers["Content-Disposition"].startswith("attachment") == is_saved
    assert as_ada.get(address + "?download=1").headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("octets", "name", "status", "said"),
    [
        (b"<script>alert(1)</script>", "memo.wav", 415, "The name says WAV, but this is a web page"),
        (b"#EXTM3U\nfile:///etc/passwd", "memo.mp3", 415, "The name says MP3, but this is a playlist"),
        (PDF, "memo.wav", 415, "The name says WAV"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "memo.m4a", 415, "cannot read AAC"),
        (b"", "memo.wav", 422, "This file is empty"),
        (b"", "", 422, "Choose a file first."),
    ],
)
def test_a_refused_file_says_why_and_leaves_nothing(as_ada, here, fresh_db, storage, octets, name, status, said):
    answer = add(as_ada, here, octets, name)

    assert answer.status_code == status
    assert said in words(answer)
    assert newest(fresh_db) is None
    assert [path for path in storage.folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"upload_mb": 0}, "larger than the 0 bytes we can take"),
        ({"upload_minutes": 0}, "too long: we take up to 0 min"),
    ],
)
def test_what_is_too_large_or_too_long_is_refused(app, as_ada, here, fresh_db, storage, limits, said):
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=limits)

    answer = add(as_ada, here, wav(), "memo.wav")

    assert answer.status_code == 413
    assert said in words(answer)
    assert newest(fresh_db) is None and storage.names() == set()


def test_a_script_is_told_where_to_go_and_a_second_send_counts_once(as_ada, here, fresh_db):
    op = uuid7()

    for _ in range(2):
        answer = add(as_ada, here, wav(), "memo.wav", op=op, headers={"X-Requested-With": "woodshed"})
        assert answer.location == f"{here}?tab=more#files"

    assert len(fresh_db.exec(select(SessionFile)).all()) == 1


def test_after_the_end_the_sound_is_gone_for_the_former_mentor_and_the_paper_stays(
    as_ada, as_ben, meeting, here, fresh_db
):
    add(as_ben, here, wav(), "memo.wav")
    memo = newest(fresh_db)
    add(as_ada, here, PDF, "certificate.pdf")
    paper = newest(fresh_db)

    as_ada.send(f"/links/{meeting[1].id}/ended")

    assert as_ben.get(f"{here}/files/{memo.id}").status_code == 404
    assert as_ada.get(f"{here}/files/{memo.id}").status_code == 200
    assert as_ben.get(f"{here}/files/{paper.id}").status_code == 200
    text = words(as_ben.get(here))
    assert "certificate.pdf" in text and "memo.wav" not in text
    for client, file in [(as_ada, paper), (as_ben, memo)]:
        assert "Add a file" not in words(client.get(here)) and "Remove" not in words(client.get(here))
        assert client.send(f"{here}/files/{file.id}/removed").status_code == 403
        assert add(client, here, wav(0.3), "more.wav").status_code == 403


def test_a_file_is_removed_by_who_added_it(as_ada, as_ben, here, fresh_db):
    add(as_ada, here, wav(), "memo.wav")
    path = f"{here}/files/{newest(fresh_db).id}/removed"

    refused = as_ben.send(path)
    answer = as_ada.send(path, follow_redirects=True)

    assert refused.status_code == 403 and "was added by Ada" in words(refused)
    assert "Remove the file" not in words(as_ben.get(here))
    assert "memo.wav is removed." in words(answer)
    assert newest(fresh_db) is None


def test_a_strangers_file_answers_like_a_missing_one(as_ada, as_eve, here, fresh_db):
    add(as_ada, here, wav(), "memo.wav")

    foreign, missing = (as_eve.get(f"{here}/files/{row_id}") for row_id in (newest(fresh_db).id, uuid7()))
    elsewhere = as_ada.get(f"/sessions/{uuid7()}/files/{newest(fresh_db).id}")

    assert foreign.status_code == elsewhere.status_code == 404
    assert without_token(foreign) == without_token(missing)
    assert add(as_eve, here, wav(), "mine.wav").status_code == 404


def test_a_file_that_the_server_lost_is_said(as_ada, here, fresh_db, storage):
    add(as_ada, here, wav(), "memo.wav")
    memo = newest(fresh_db)
    storage.path(memo.sha256).unlink()

    assert "missing on the server" in words(as_ada.get(here))
    assert as_ada.get(f"{here}/files/{memo.id}").status_code == 404


def test_a_name_from_elsewhere_is_a_label(as_ada, here, fresh_db):
    answer = as_ada.send(
        f"{here}/files", {"file": (io.BytesIO(PDF), "../../etc/<b>paper</b>.pdf")}, follow_redirects=True
    )

    assert newest(fresh_db).file_name == "b>.pdf"
    assert "<b>paper" not in answer.text
