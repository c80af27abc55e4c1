"""Remarks as markers for REAPER, Audacity and MIDI, and back."""

import io
import random
from contextlib import suppress

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.words import one_line
from mentorship import markers, midi_markers, remark_markers, remarks
from mentorship.midi_markers import Marker
from tests.times import HOUR, MINUTE, MONDAY

PLACES = st.integers(0, 15 * 60_000).flatmap(
    lambda start: st.tuples(st.just(start), st.none() | st.integers(start + 1, start + 60_000))
)
TEXTS = st.text(min_size=1, max_size=80).map(one_line).filter(bool)
SAID = st.lists(st.tuples(PLACES, st.sampled_from(markers.KINDS), TEXTS), min_size=1, max_size=20)


@pytest.mark.parametrize("name", markers.FORMATS)
@settings(max_examples=40, deadline=None)
@given(SAID)
def test_what_goes_out_comes_back_to_the_millisecond(name, said):
    said = [(place, kind, text) for place, kind, text in sorted(said, key=lambda one: one[0][0])]
    out = [Marker(start, end, markers.label(kind, text)) for (start, end), kind, text in said]

    back = markers.read(markers.FORMATS[name].write(out), kind="idea")

    assert [((one.start_ms, one.end_ms), one.kind, one.text) for one in back] == said


def test_reaper_gets_its_own_columns():
    made = markers.reaper([Marker(72_480, None, "fix: Hat, the open one"), Marker(72_000, 80_000, 'idea: "Air"')])

    assert made.decode().splitlines() == [
        "#,Name,Start,End,Length",
        'M1,"fix: Hat, the open one",1:12.480,,',
        'R1,"idea: ""Air""",1:12.000,1:20.000,0:08.000',
    ]


def test_audacity_gets_begin_end_and_name():
    made = markers.audacity([Marker(72_480, None, "fix: Hat"), Marker(0, 1, "idea: Air")])

    assert made == b"72.480000\t72.480000\tfix: Hat\n0.000000\t0.001000\tidea: Air\n"


def test_a_midi_tick_is_a_millisecond():
    file = mido.MidiFile(file=io.BytesIO(midi_markers.write([Marker(72_480, None, "fix: Hät")])))
    tempo, marker, _ = file.tracks[0]

    assert (file.ticks_per_beat, tempo.tempo, marker.time) == (500, 500_000, 72_480)
    assert mido.tick2second(marker.time, file.ticks_per_beat, tempo.tempo) == pytest.approx(72.48)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#,Name,Start,End,Length,Color\nM1,Drop,0:30.500,,,FF0000\n", [(30_500, None, "Drop")]),
        (
            "\ufeff#,Name,Start,End,Length\r\nR2,Hook,1:00:01.25,1:00:02.0004,0:00.75\r\n",
            [(3_601_250, 3_602_000, "Hook")],
        ),
        ("#,Name,Start,End,Length\nR1,Intro,0.000,4.25,4.25\nM1,,7,,\n", [(0, 4_250, "Intro"), (7_000, None, "")]),
        ("0.5\t0.5\tclick\n\\\t100.0\t200.0\n1,25\t2,5\ta\tb\n", [(500, None, "click"), (1_250, 2_500, "a b")]),
        ("12.3456\t12.3456\t\n", [(12_346, None, "")]),
    ],
)
def test_what_other_programs_write_is_read(text, found):
    assert [(one.start_ms, one.end_ms, one.text) for one in markers.read(text.encode(), kind="fix")] == found


def test_tempo_changes_in_midi_are_followed():
    conductor = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=1_000_000),
            mido.MetaMessage("set_tempo", tempo=250_000, time=960),
        ]
    )
    names = mido.MidiTrack([mido.MetaMessage("marker", text="Verse", time=1920), mido.MetaMessage("text", text="no")])
    out = io.BytesIO()
    mido.MidiFile(type=1, ticks_per_beat=480, tracks=[conductor, names]).save(file=out)

    assert [(one.start_ms, one.text) for one in markers.read(out.getvalue(), kind="fix")] == [(2_500, "Verse")]


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b"", "no marker"),
        (b"#,Name,Start,End,Length\n", "no marker"),
        (b"#,Title\nM1,x\n", "Line 1: the first line"),
        (b"#,Name,Start,End,Length\nM1,Drop,5.1.00,,\n", "Line 2: .* is a bar"),
        (b"#,Name,Start,End,Length\nM1,Drop,0:00:01:12,,\n", "counts frames"),
        (b"#,Name,Start,End,Length\nM1,Drop,-1,,\n", "is no time"),
        (b"#,Name,Start,End,Length\nR1,Drop,0:02.000,0:01.000,\n", "Line 2: it ends before"),
        (b'#,Name,Start,End,Length\nM1,"Drop,0:01.000,,\n', "not closed"),
        (b"soon\tlater\tx\n", "Line 1: Audacity"),
        (b"1.0\t2.0\tx\nhello\n", "Line 2: Audacity"),
        (b"2.0\t1.0\tx\n", "Line 1: it ends before"),
        (b"\xff\xfe1\x00", "no text in UTF-8"),
        (b"1\t1\tx\0", "no list of markers"),
        (b"MThd", "cannot be read"),
        (b"MThd\0\0\0\6\0\1\0\1\xe7\x28MTrk\0\0\0\4\0\xff\x2f\0", "film frames|cannot be read"),
        (b"1\t1\tx\n" * 501, "more than 500"),
        (b"1" * 200_001, "larger than 200 kB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(octets, says):
    with pytest.raises(Refused, match=says) as refused:
        markers.read(octets, kind="fix")

    assert refused.value.field == "file"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 2**32))
def test_no_octets_raise_anything_but_a_sentence(octets, seed):
    whole = bytearray(midi_markers.write([Marker(1, 5_000, "fix: Hat"), Marker(70_000, None, "idea: Air")]))
    dice = random.Random(seed)
    for _ in range(3):
        whole[dice.randrange(len(whole))] = dice.randrange(256)
    for some in (octets, bytes(whole), b"#,Name,Start\n" + octets, b"MThd" + octets):
        with suppress(Refused):
            markers.read(some, kind="fix")


# -- as remarks ----------------------------------------------------------------------------------------------


@pytest.fixture
def version(db, ada, make_version):
    row = make_version(ada, shared=True)
    row.seconds = 100.0
    db.commit()
    return row


def taken(db, person, version, text, at=MONDAY):
    rows = remark_markers.take(db, person.id, version.id, markers.read(text.encode(), kind="idea"), at=at)
    db.commit()
    return rows


def test_markers_become_remarks_once_and_go_back_together(db, ada, version):
    text = "1.0\t1.0\tfix: Hat\n2.0\t3.0\tAir\n99.9\t100.004\tEnd\n"
    rows = taken(db, ada, version, text)
    assert [(row.kind, row.start_ms, row.end_ms, row.text) for row in rows] == [
        ("fix", 1_000, None, "Hat"),
        ("idea", 2_000, 3_000, "Air"),
        ("idea", 99_900, 100_000, "End"),
    ]
    assert taken(db, ada, version, text, at=MONDAY + MINUTE) == []
    remarks.reply(db, ada.id, rows[0].id, "Yes.", at=MONDAY)

    with pytest.raises(Refused, match="15 minutes"):
        remark_markers.take_back(db, ada.id, version.id, MONDAY, at=MONDAY + HOUR)
    assert remark_markers.take_back(db, ada.id, version.id, MONDAY, at=MONDAY + MINUTE) == 2
    db.commit()
    assert [one.text for one in remark_markers.out(db, version)] == ["fix: Hat"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1.0\t1.0\tfix: Hat\n101.0\t101.0\tLate\n", "Line 2: 1:41 is beyond the end of V1, which is 1:40 long"),
        ("1.0\t1.0\tfix: Hat\n2.0\t2.0\t\n", "Line 2: Write what you hear"),
        ("1.0\t1.0\t" + "a" * 1001 + "\n", "Line 1: This is longer"),
    ],
)
def test_one_marker_that_cannot_stand_there_stops_them_all(db, ada, version, text, says):
    with pytest.raises(Refused, match=says):
        taken(db, ada, version, text)

    assert remark_markers.out(db, version) == []


def test_too_many_for_a_version_are_refused(db, ada, version, monkeypatch):
    monkeypatch.setattr(remarks, "MOST", 1)

    with pytest.raises(Refused, match="more than 1 remarks"):
        taken(db, ada, version, "1.0\t1.0\ta\n2.0\t2.0\tb\n")
