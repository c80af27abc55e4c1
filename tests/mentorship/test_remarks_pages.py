"""Remarks through the pages: written with times as people type them, made cards that play, parked with their second."""

import io
import re

import numpy
import pytest
import soundfile
import sqlalchemy as sa
from sqlmodel import col, select

from core.errors import Refused
from curriculum.models import CardMedia, Memory, OwnCard
from mentorship import clip
from mentorship.models.meetings import ParkedQuestion
from mentorship.models.pieces import Version
from mentorship.models.remarks import Remark
from tests.mentorship.page_text import words

RATE = 44_100


def ramp(seconds: float = 8.0) -> bytes:
    """A sound whose left side says where it is: its level is the second / 100."""
    level = (numpy.arange(int(seconds * RATE)) / RATE / 100).astype("float32")
    out = io.BytesIO()
    soundfile.write(out, numpy.stack([level, -level], axis=1), RATE, format="WAV", subtype="PCM_24")
    return out.getvalue()


@pytest.fixture
def version(as_ada, fresh_db):
    """V1 of a piece of Ada's, eight seconds long."""
    sent = {"title": "Night bus", "file": (io.BytesIO(ramp()), "night-bus.wav")}
    assert as_ada.send("/portfolio/pieces", sent).status_code == 303
    return newest(fresh_db, Version)


def newest(db, table):
    db.rollback()
    return db.exec(select(table).order_by(col(table.id).desc())).first()


def count(db, table) -> int:
    db.rollback()
    return db.scalar(sa.select(sa.func.count()).select_from(table))


def write(client, version, **fields):
    sent = {"remark_start": "0:04", "remark_kind": "fix", "remark_text": "The hat at #0:02 bites."} | fields
    return client.send(f"/portfolio/versions/{version.id}/remarks?version=1", sent)


def test_a_remark_is_written_with_times_as_people_type_them(as_ada, fresh_db, version):
    answer = write(as_ada, version, remark_start="0:01.500-0:03")
    row = newest(fresh_db, Remark)
    shown = as_ada.get(f"/portfolio/pieces/{version.piece_id}")
    page = shown.text

    assert answer.location == f"/portfolio/pieces/{version.piece_id}?version=1#remark-{row.id}"
    assert (row.start_ms, row.end_ms) == (1_500, 3_000)
    assert 'data-marker data-number="1" data-start="1.5" data-end="3"' in page
    assert '<a href="#t=2" data-play-at="2">#0:02</a>' in page
    assert "Play from 0:01.500" in words(shown)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"remark_start": "soon"}, "This is no place in a sound."),
        ({"remark_start": "0:09"}, "V1 is 0:08 long"),
        ({"remark_end": "0:02"}, "It ends before it begins."),
        ({"remark_text": " "}, "Please fill this in."),
    ],
)
def test_a_refused_remark_keeps_what_was_typed_beside_its_sentence(as_ada, fresh_db, version, fields, says):
    answer = write(as_ada, version, **{"remark_text": "The kick drags."} | fields)

    assert answer.status_code == 422
    assert says in words(answer)
    assert count(fresh_db, Remark) == 0
    if "remark_text" not in fields:
        assert "The kick drags." in answer.text


def test_a_remark_becomes_one_card_that_plays(as_ada, fresh_db, version, storage):
    write(as_ada, version, remark_text="The hat <b>bites</b>.")
    remark = newest(fresh_db, Remark)
    for mend in ("A softer stick.", "Again."):
        answer = as_ada.send(f"/portfolio/remarks/{remark.id}/card", {"mend": mend})
    card = newest(fresh_db, OwnCard)
    assert answer.location == f"/cards/{card.id}"

    assert (count(fresh_db, OwnCard), count(fresh_db, CardMedia), count(fresh_db, Memory)) == (1, 1, 1)
    assert newest(fresh_db, Remark).card_id == card.id
    assert "A softer stick." in card.answer and "&lt;b&gt;bites" in card.answer
    page = as_ada.get(f"/cards/{card.id}").text
    assert f'href="/portfolio/remarks/{remark.id}"' in page
    sound = as_ada.get(re.search(r'<audio[^>]* src="([^"]+)"', page)[1])
    assert (sound.status_code, sound.mimetype) == (200, "audio/flac")
    heard, rate = soundfile.read(io.BytesIO(sound.data))
    assert (len(heard), rate) == (4 * RATE, RATE)
    assert heard[len(heard) // 2] == pytest.approx([0.05, -0.05], abs=1e-4)  # 0:03 to 0:07
    assert heard[0] == pytest.approx([0, 0]) and heard[-1] == pytest.approx([0, 0], abs=1e-3)
    desk = as_ada.get("/reviews").text
    assert re.search(r'<audio[^>]* src="/cards/media/', desk) and "What would you mend here?" in desk
    assert card.id in as_ada.get(f"/portfolio/remarks/{remark.id}").text


def test_the_same_clip_is_one_file_for_two_cards(as_ada, fresh_db, version, storage):
    for _ in range(2):
        write(as_ada, version, remark_start="0:01", remark_end="0:02")
        as_ada.send(f"/portfolio/remarks/{newest(fresh_db, Remark).id}/card", {"mend": ""})

    assert (count(fresh_db, OwnCard), count(fresh_db, CardMedia)) == (2, 1)
    assert len(storage.names()) == 2


def test_a_deleted_card_can_be_made_again(as_ada, fresh_db, db, version):
    write(as_ada, version)
    path = f"/portfolio/remarks/{newest(fresh_db, Remark).id}/card"
    as_ada.send(path, {"mend": ""})
    card = newest(fresh_db, OwnCard)
    db.get_one(OwnCard, (card.user_id, card.id)).deleted_at = card.created_at
    db.commit()

    assert as_ada.send(path, {"mend": ""}).status_code == 303
    assert count(fresh_db, OwnCard) == 2


def test_a_remark_and_a_pressed_q_are_parked_with_their_second(as_ada, fresh_db, version):
    write(as_ada, version, remark_start="0:01.5")
    as_ada.send(f"/portfolio/remarks/{newest(fresh_db, Remark).id}/parked")
    place = f"/portfolio/pieces/{version.piece_id}"
    as_ada.send("/capture", {"text": "Why so dry?", "kind": "question", "from": f"{place}?version=1&t=2.25"})
    as_ada.send("/capture", {"text": "And here?", "kind": "question", "from": f"{place}?version=x&t=nan"})

    fresh_db.rollback()
    rows = fresh_db.exec(select(ParkedQuestion).order_by(ParkedQuestion.id)).all()
    assert [(row.seconds, row.version) for row in rows] == [(1.5, 1), (2.25, 1), (None, None)]
    page = as_ada.get("/questions")
    assert f'href="{place}?version=1#t=2.25"' in page.text
    assert "from the piece Night bus, 0:02.250" in words(page)


def test_markers_go_out_in_and_back(as_ada, fresh_db, version):
    path = f"/portfolio/versions/{version.id}/markers"
    answer = as_ada.send(path, {"text": "1.0\t1.0\tfix: Hat\n2.0\t3.0\tAir\n", "kind": "idea"})
    assert count(fresh_db, Remark) == 2

    saved = as_ada.get(f"{path}/reaper")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="Night bus V1 remarks.csv"'
    assert saved.text.splitlines()[1:] == ["M1,fix: Hat,0:01.000,,", "R1,idea: Air,0:02.000,0:03.000,0:01.000"]
    page = as_ada.get(answer.location).text
    moment = re.search(r'name="moment" value="([^"]+)"', page)[1]
    as_ada.send(f"{path}/taken-back", {"moment": moment})
    assert "There is no remark on this version yet." in words(as_ada.get(path))


# -- the clip ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "stretch"),
    [
        ((72_000, None), (71_000, 75_000)),
        ((0, None), (0, 4_000)),
        ((199_000, None), (196_000, 200_000)),
        ((10_000, 12_000), (10_000, 12_000)),
        ((10_000, 190_000), (10_000, 25_000)),
    ],
)
def test_a_clip_is_what_stands_around_a_moment_and_at_most_fifteen_seconds(place, stretch):
    assert clip.stretch(*place, 200_000) == stretch


def test_a_short_sound_is_taken_whole():
    assert clip.stretch(500, None, 900) == (0, 900)


@pytest.mark.parametrize("octets", [b"", b"RIFF" + b"\0" * 400, ramp(0.1)[:30], b"x" * 10_000])
def test_what_cannot_be_read_gives_a_sentence_and_no_file(tmp_path, octets):
    sound = tmp_path / "sound"
    sound.write_bytes(octets)

    with pytest.raises(Refused, match="No clip could be cut"):
        clip.cut(sound, 0, 1_000, tmp_path / "out.flac")
