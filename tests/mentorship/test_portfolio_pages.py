import io
import struct
from pathlib import Path

import numpy
import pytest
import soundfile
import sqlalchemy as sa
from PIL import Image
from sqlmodel import col, select

from core.ids import uuid7
from mentorship.models.milestones import Evidence
from mentorship.models.pieces import Piece, Version
from tests.mentorship.page_text import without_token
from tests.times import MONDAY, TUESDAY


def wav(level: float = 0.1) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, numpy.full((4410, 2), level, "float32"), 44_100, format="WAV")
    return out.getvalue()


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "PNG")
    return out.getvalue()


def sent(octets: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(octets), name


@pytest.fixture
def upload(as_ada, fresh_db):
    """Ada adds a piece with this file as its first version."""

    def upload(octets: bytes, name: str, title: str = "Night bus") -> Version:
        answer = as_ada.send("/portfolio/pieces", {"title": title, "file": sent(octets, name)})
        assert answer.status_code == 303, answer.text
        return newest(fresh_db)

    return upload


def newest(db) -> Version:
    db.rollback()
    version = db.exec(select(Version).order_by(col(Version.id).desc())).first()
    assert version is not None
    return version


def count(db, table) -> int:
    db.rollback()
    return db.scalar(sa.select(sa.func.count()).select_from(table))


def address(version: Version) -> str:
    return f"/portfolio/versions/{version.id}/file"


def page(version: Version) -> str:
    return f"/portfolio/pieces/{version.piece_id}"


def files(storage) -> list[Path]:
    return [path for path in storage.folder.rglob("*") if path.is_file()]


# Pieces


def test_an_empty_portfolio_says_what_to_do(as_ada):
    text = as_ada.get("/portfolio").text

    assert "Nothing here yet" in text
    assert "Add the first piece" in text


def test_a_piece_is_added_with_its_first_file(as_ada, upload, storage):
    version = upload(wav(), "beat.wav")

    text = as_ada.get(page(version)).text

    assert (version.number, version.kind, version.media_type, version.rate) == (1, "audio", "audio/wav", 44_100)
    assert version.seconds == pytest.approx(0.1)
    assert "Night bus" in text
    assert "draft" in text
    assert "0:00.100" in text
    assert storage.path(version.sha256).read_bytes() == wav()
    assert "V1" in as_ada.get("/portfolio").text


def test_a_piece_may_begin_without_a_file(as_ada, fresh_db):
    answer = as_ada.send("/portfolio/pieces", {"title": "Idea", "file": sent(b"", "")}, follow_redirects=True)

    assert "No version yet" in answer.text
    assert (count(fresh_db, Piece), count(fresh_db, Version)) == (1, 0)


def test_a_double_click_adds_one_piece(as_ada, fresh_db):
    op = uuid7()

    answers = [as_ada.send("/portfolio/pieces", {"title": "Night bus"}, op=op) for _ in range(2)]

    assert answers[0].location == answers[1].location
    assert count(fresh_db, Piece) == 1


def test_details_are_changed(as_ada, upload):
    version = upload(wav(), "beat.wav")
    assert "Night bus" in as_ada.get(f"{page(version)}/edit").text

    details = {"title": "Day bus", "role": "producer", "genre": "house", "about": "For **Ben**."}
    text = as_ada.send(f"{page(version)}/edited", details, follow_redirects=True).text

    assert "Day bus" in text
    assert "producer" in text
    assert "<strong>Ben</strong>" in text


def test_a_piece_without_a_title_is_refused_and_keeps_what_was_typed(as_ada, fresh_db, storage):
    answer = as_ada.send("/portfolio/pieces", {"title": " ", "genre": "house", "file": sent(wav(), "beat.wav")})

    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert "house" in answer.text
    assert count(fresh_db, Piece) == 0
    assert files(storage) == []


# Versions


def test_the_next_version_stands_beside_the_first(as_ada, upload, fresh_db):
    first = upload(wav(), "beat.wav")

    data = {"changes": "Shorter intro.\nLouder kick.", "file": sent(wav(0.2), "beat-2.wav")}
    text = as_ada.send(f"{page(first)}/versions", data, follow_redirects=True).text

    second = newest(fresh_db)
    assert (second.number, second.changes) == (2, "Shorter intro.\nLouder kick.")
    assert "Louder kick." in text
    assert address(second) in text
    assert address(first) in as_ada.get(f"{page(first)}?version=1").text
    assert as_ada.get(f"{page(first)}?version=3").status_code == 404


def test_a_script_is_told_where_to_go(as_ada, upload):
    version = upload(wav(), "beat.wav")

    answer = as_ada.send(
        f"{page(version)}/versions",
        {"file": sent(wav(0.2), "beat.wav")},
        headers={"X-Requested-With": "woodshed"},
    )

    assert answer.status_code == 201
    assert answer.json == {"location": page(version)}


def test_a_script_that_sends_twice_is_led_to_the_same_place(as_ada, upload):
    version, op = upload(wav(), "beat.wav"), uuid7()

    for _ in range(2):
        answer = as_ada.send(
            f"{page(version)}/versions",
            {"file": sent(wav(0.2), "beat.wav")},
            op=op,
            headers={"X-Requested-With": "woodshed"},
        )

        assert answer.location == page(version)


def test_an_upload_that_is_sent_twice_counts_once(as_ada, upload, fresh_db):
    version, op = upload(wav(), "beat.wav"), uuid7()

    for _ in range(2):
        answer = as_ada.send(f"{page(version)}/versions", {"file": sent(wav(0.2), "beat.wav")}, op=op)
        assert answer.status_code == 303

    assert count(fresh_db, Version) == 2


@pytest.mark.parametrize(
    ("octets", "name", "status", "words"),
    [
        (b"<script>alert(1)</script>", "beat.wav", 415, "The name says WAV, but this is a web page"),
        (b"#EXTM3U\nfile:///etc/passwd", "beat.mp3", 415, "The name says MP3, but this is a playlist"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "desk.svg", 415, "an SVG drawing"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "beat.m4a", 415, "cannot read AAC"),
        (b"", "beat.wav", 422, "This file is empty"),
        (b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt ", "beat.wav", 422, "damaged"),
    ],
)
def test_a_refused_upload_leaves_no_row_and_no_file(
    as_ada, upload, fresh_db, storage, octets, name, status, words
):  # fmt: skip
    version = upload(wav(), "beat.wav")

    data = {"changes": "Louder kick.", "file": sent(octets, name)}
    answer = as_ada.send(f"{page(version)}/versions", data)

    assert answer.status_code == status
    assert words in answer.text
    assert "Louder kick." in answer.text
    assert count(fresh_db, Version) == 1
    assert len(files(storage)) == 1


def test_a_refused_upload_tells_a_script_the_sentence(as_ada, upload):
    version = upload(wav(), "beat.wav")

    answer = as_ada.send(
        f"{page(version)}/versions", {"file": sent(wav(), "again.wav")}, headers={"X-Requested-With": "woodshed"}
    )

    assert answer.status_code == 422
    assert "V1 is this very file" in answer.json["error"]


def test_a_refused_first_file_adds_no_piece(as_ada, fresh_db, storage):
    answer = as_ada.send("/portfolio/pieces", {"title": "Night bus", "file": sent(b"PK\x03\x04", "beat.wav")})

    assert answer.status_code == 415
    assert "a ZIP archive" in answer.text
    assert "Night bus" in answer.text
    assert count(fresh_db, Piece) == 0
    assert files(storage) == []


def test_no_file_chosen_is_said_beside_the_field(as_ada, upload):
    version = upload(wav(), "beat.wav")

    answer = as_ada.send(f"{page(version)}/versions", {"changes": "Nothing"})

    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_a_file_that_ends_early_is_taken_with_a_warning(as_ada, fresh_db):
    answer = as_ada.send(
        "/portfolio/pieces", {"title": "Cut", "file": sent(wav()[:9000], "beat.wav")}, follow_redirects=True
    )

    assert "ends early" in answer.text
    assert count(fresh_db, Version) == 1


# The file itself


def test_the_file_comes_back_octet_for_octet_and_cannot_act(as_ada, upload):
    version = upload(wav(), "beat.wav")

    answer = as_ada.get(address(version))

    assert answer.data == wav()
    assert answer.content_type == "audio/wav"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert not answer.headers["Content-Disposition"].startswith("attachment")


def test_a_player_may_ask_for_a_stretch(as_ada, upload):
    version = upload(wav(), "beat.wav")

    answer = as_ada.get(address(version), headers={"Range": "bytes=100-199"})

    assert answer.status_code == 206
    assert answer.data == wav()[100:200]
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(wav())}"
    assert as_ada.get(address(version), headers={"Range": "bytes=900000-"}).status_code == 416


def test_a_file_that_did_not_change_is_not_sent_again(as_ada, upload):
    version = upload(wav(), "beat.wav")

    answer = as_ada.get(address(version), headers={"If-None-Match": f'"{version.sha256}"'})

    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize(
    ("octets", "name", "content_type", "saved_as"),
    [
        (b"Hello <script>alert(1)</script>", "choice.txt", "text/plain; charset=utf-8", "choice.txt"),
        (b"%PDF-1.7\n", "sheet.pdf", "application/pdf", "sheet.pdf"),
        (b"rem words", "run.bat", "text/plain; charset=utf-8", "run.bat.txt"),
    ],
)
def test_text_and_documents_are_only_saved(as_ada, upload, octets, name, content_type, saved_as):
    answer = as_ada.get(address(upload(octets, name)))

    assert answer.content_type == content_type
    assert answer.headers["Content-Disposition"] == f"attachment; filename={saved_as}"


def test_sound_can_be_saved_under_its_own_name(as_ada, upload):
    version = upload(wav(), "Nachtbus – für Ben.wav")

    answer = as_ada.get(address(version) + "?download=1")

    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "f%C3%BCr%20Ben.wav" in answer.headers["Content-Disposition"]


def test_text_is_shown_as_it_was_typed(as_ada, upload):
    version = upload(b"A choice <script>alert(1)</script> {{ 7*7 }}", "choice.txt")

    text = as_ada.get(page(version)).text

    assert "A choice &lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in text


def test_long_text_is_cut(as_ada, upload):
    version = upload(b"word " * 5000 + b"END", "choice.txt")

    text = as_ada.get(page(version)).text

    assert "This is the beginning." in text
    assert "END" not in text


def test_a_picture_is_shown_with_its_room_kept(as_ada, upload):
    version = upload(png(), "desk.png")

    text = as_ada.get(page(version)).text

    assert f'src="{address(version)}"' in text
    assert 'width="64" height="48"' in text
    assert as_ada.get(address(version)).content_type == "image/png"


def test_a_hostile_title_and_name_are_text(as_ada, upload):
    version = upload(b"words", "<img src=x onerror=alert(1)>.txt", title="<script>alert(2)</script>")

    for path in ("/portfolio", page(version)):
        text = as_ada.get(path).text
        assert "<script>alert(2)" not in text
        assert "<img src=x" not in text


# Who sees what


def test_the_mentor_listens_to_a_shared_piece_and_changes_nothing(
    as_ada, as_ben, ada, ben, link_of, upload, fresh_db
):  # fmt: skip
    link_of(ada, ben)
    version = upload(wav(), "beat.wav")
    assert as_ben.get(page(version)).status_code == 404

    as_ada.send(f"{page(version)}/shared")

    assert "Shown to you by Ada" in as_ben.get("/portfolio").text
    text = as_ben.get(page(version)).text
    assert "by Ada" in text
    assert "Upload" not in text.replace("Uploaded", "")
    assert as_ben.get(address(version)).data == wav()
    for verb in ("edited", "versions", "shared", "draft", "archived", "unarchived"):
        data = {"title": "Mine", "file": sent(wav(0.3), "mine.wav")}
        assert as_ben.send(f"{page(version)}/{verb}", data).status_code == 404
    assert as_ben.get(f"{page(version)}/edit").status_code == 404
    assert (count(fresh_db, Version), fresh_db.exec(select(Piece.title)).one()) == (1, "Night bus")


def test_after_the_link_has_ended_the_mentor_finds_nothing(as_ada, as_ben, ada, ben, db, link_of, upload):
    link = link_of(ada, ben)
    version = upload(wav(), "beat.wav")
    as_ada.send(f"{page(version)}/shared")
    assert as_ben.get(address(version)).status_code == 200

    link.ended_at = TUESDAY
    db.add(link)
    db.commit()

    for path in (page(version), address(version)):
        assert as_ben.get(path).status_code == 404
    assert "Night bus" not in as_ben.get("/portfolio").text


def test_a_strangers_answer_is_that_of_a_missing_file(as_ada, as_eve, upload):
    version = upload(wav(), "beat.wav")
    as_ada.send(f"{page(version)}/shared")
    as_eve.get("/portfolio")  # from now on she has the cookie of the forgery guard

    for path, missing in (
        (address(version), f"/portfolio/versions/{uuid7()}/file"),
        (page(version), f"/portfolio/pieces/{uuid7()}"),
        (f"{page(version)}/edit", f"/portfolio/pieces/{uuid7()}/edit"),
    ):
        one, other = as_eve.get(path), as_eve.get(missing)
        assert (one.status_code, without_token(one)) == (404, without_token(other))
        assert dict(one.headers) == dict(other.headers)


def test_nobody_unknown_gets_a_file(anonymous, upload):
    version = upload(wav(), "beat.wav")

    answer = anonymous.get(address(version))

    assert answer.status_code == 302
    assert "/portfolio" not in answer.location.split("?")[0]


def test_a_draft_again_is_gone_for_the_mentor(as_ada, as_ben, ada, ben, link_of, upload):
    link_of(ada, ben)
    version = upload(wav(), "beat.wav")
    as_ada.send(f"{page(version)}/shared")

    text = as_ada.send(f"{page(version)}/draft", follow_redirects=True).text

    assert "nobody but you sees it" in text
    assert as_ben.get(address(version)).status_code == 404


def test_an_archived_piece_leaves_the_list_and_comes_back(as_ada, upload):
    version = upload(wav(), "beat.wav")

    assert "Archived" in as_ada.send(f"{page(version)}/archived", follow_redirects=True).text
    assert "Bring it back" in as_ada.get(page(version)).text
    assert "is back" in as_ada.send(f"{page(version)}/unarchived", follow_redirects=True).text


# The checklist


def test_the_checklist_names_what_is_there_and_what_is_missing(as_ada, as_eve, db, ada, make_version):
    version = make_version(ada)
    db.add(
        Evidence(
            user_id=ada.id, id=uuid7(), milestone="first-beat", item="beat", version_id=version.id, linked_at=MONDAY
        )
    )
    db.commit()

    text = as_ada.get("/portfolio/checklist").text

    assert "M01 First finished beat" in text
    assert "Night bus, V1" in text
    assert "1 of 3" in text
    assert "missing" in text
    assert "Night bus" not in as_eve.get("/portfolio/checklist").text
    assert "M01 First finished beat" in as_ada.get(page(version)).text


@pytest.mark.parametrize("kind", ["audio", "picture", "text"])
def test_a_file_that_the_server_lost_is_said_openly(as_ada, ada, make_version, kind):
    version = make_version(ada, kind=kind)

    assert "The file of this version is missing" in as_ada.get(page(version)).text
    assert as_ada.get(address(version)).status_code == 404


def test_the_mentor_goes_on_to_the_apprentices_milestone(as_ben, ada, ben, db, link_of, make_version):
    link_of(ada, ben)
    version = make_version(ada, shared=True)
    db.add(
        Evidence(
            user_id=ada.id, id=uuid7(), milestone="first-beat", item="beat", version_id=version.id, linked_at=MONDAY
        )
    )
    db.commit()

    assert f"/apprentices/{ada.id}/milestones/first-beat" in as_ben.get(page(version)).text
