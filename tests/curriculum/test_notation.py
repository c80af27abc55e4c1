"""Written music: what is read, what is drawn, and what is said of it."""

import hashlib
import re
import statistics
import subprocess
import sys
import time
import xml.etree.ElementTree as etree
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import music21
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.settings import HERE
from curriculum.bench import pictures as bench
from curriculum.pictures import BadSource, abc, mei, notation
from curriculum.pictures.tune_words import DETAILS, describe

SOURCES = [
    *bench.SOURCES.values(),
    'M:4/4\nL:1/4\nQ:1/4=120\nK:G\n"C7"[CEG] !fermata!f _e/d/ "^D.C. al Fine"c-|c2 (3d/e/f/ !coda!A|]',
    "L:1/4\nM:3/4\nK:Eb\n|:c d e|1 f>g a:|2 B3-|B3|]",
    "L:1/4\nM:4/4\nK:Am clef=bass\nA,, B,, ^C, z|\n!segno!.A, !accent!E, x2:|",
]
TAGS = {"svg", "title", "g", "path", "ellipse", "polygon", "polyline", "rect", "text", "tspan"}


def tags_of(svg: str) -> list[etree.Element]:
    return list(etree.fromstring(svg).iter())


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("L:1/2\nK:G\nG B|]", "treble clef, one sharp (F): half notes G4 and B4, final bar line"),
        ("L:1/4\nK:C\nc", "treble clef: quarter note C5"),
        ("M:4/4\nL:1/4\nK:F clef=bass\nB,, ^F, F, z|", "bass clef, one flat (B), 4/4: "
         "quarter notes B flat 2, F sharp 3 and F sharp 3, a quarter rest"),
        ("L:1/4\nK:C\n^F F|F", "treble clef: bar 1: quarter notes F sharp 4 and F sharp 4; bar 2: quarter note F4"),
        ("L:1/4\nK:D\nF =F _F", "treble clef, two sharps (F C): quarter notes F sharp 4, F4 and F flat 4"),
        ("L:1/4\nK:C\n[CEG]3 z/", "treble clef: dotted half-note chord of C4, E4 and G4, an eighth rest"),
        ("L:1/8\nK:C\n(3cde", "treble clef: in a triplet, eighth notes C5, D5 and E5"),
        ("L:1/8\nK:C\nc>d", "treble clef: dotted eighth note C5, 16th note D5"),
        ("L:1/4\nK:C\nc2-|c2|]", "treble clef: bar 1: half note C5 (tied to the next); bar 2: half note C5, "
         "final bar line"),
        ("L:1/1\nK:C\nV:1 clef=treble\nC|]\nV:2 clef=bass\nC|]", "two staves. "
         "Upper staff, treble clef: whole note C4, final bar line. "
         "Lower staff, bass clef: whole note C4, final bar line"),
        ("L:1/4\nK:none clef=perc\nF!x!g", "drum staff: quarter note in the first space, "
         "cross-headed quarter note just above the staff"),
        ("M:C\nL:1/4\nK:Bdor\n\"^Fine\"B|]", "treble clef, three sharps (F C G), common time: "
         "quarter note B4 (“Fine”), final bar line"),
    ],
)  # fmt: skip
def test_what_is_written_is_said(source: str, words: str) -> None:
    assert describe(abc.read(source)) == words
    assert notation.svg(source).words == f"Notes on a staff: {words}."


@pytest.mark.parametrize(
    ("source", "places", "shapes"),
    [
        ("L:1/4\nK:C\nG", "quarter note on the second line", "a filled head with a stem, on the second line"),
        (
            "L:1/2\nK:C\nC",
            "half note on the first ledger line below",
            "an open head with a stem, on the first ledger line",
        ),
        (
            "L:1/1\nK:C\nB,",
            "whole note just below the first ledger line below",
            "an open head without a stem, just below",
        ),
        ("L:1/4\nK:C\n^f", "on the fifth line with a sharp", "on the fifth line with a sharp"),
        ("L:1/4\nK:G\nz", "one sharp in the signature: a quarter rest", "a zigzag rest"),
        ("L:1/4\nK:C clef=bass\nD,", "on the third line", "on the third line"),
        (
            "L:1/8\nK:C\n[ce]",
            "eighth-note chord in the third space and in the fourth space",
            "with heads in the third space",
        ),
    ],
)
def test_places_and_shapes_name_no_note(source: str, places: str, shapes: str) -> None:
    tune = abc.read(source)

    for detail, said in (("places", places), ("shapes", shapes)):
        words = describe(tune, detail)
        assert said in words
        assert not re.search(r"\b[A-G]( sharp| flat)? ?\d", words)
    assert not re.search(r"whole|half|quarter|eighth", describe(tune, "shapes"))


@pytest.mark.parametrize(
    ("source", "line", "text"),
    [
        ("K:G\nG B", None, ""),
        ("L:1/4\nG B", 1, "before the key"),
        ("L:1/4\nK:H\nG", 1, 'the key "H" cannot be read'),
        ("L:1/4\nK:G#\nG", 1, "would need 8 signs"),
        ("L:1/5\nK:C\nG", 0, 'unit length "1/5"'),
        ("M:4\nK:C\nG", 0, 'the meter "4"'),
        ("Q:fast\nK:C\nG", 0, 'the tempo "fast"'),
        ("S:x\nK:C\nG", 0, 'the field "S:" is unknown'),
        ("L:1/4\nK:C\nG A\nG & A", 3, '"& A" cannot be read'),
        ("L:1/4\nK:C\nG5", 2, "5/4 of a whole note"),
        ("M:3/4\nL:1/4\nK:C\nG A B c|", 3, "bar 1 holds 1 of a whole note"),
        ("M:4/4\nL:1/4\nK:C\nG\nM:3/4\nG", 4, "after the music has begun"),
        ("L:1/4\nK:C\n(3GA|B", 2, "not filled in its bar"),
        ("L:1/4\nK:C\n!trill!G", 2, "!trill! is unknown"),
        ("L:1/4\nK:C\nG,,,,,", 2, "too far away"),
        ("L:1/4\nK:C\n>G", 2, "before any note"),
        ('L:1/4\nK:C\n"<left"G', 2, "beside a note"),
        ("L:1/4\nK:C", 1, "has no notes"),
        ("", 0, "has no key"),
        ("L:1/4\nK:C\nV:1\nG|A\nV:2\nG", 5, "not the same number of bars"),
        ("K:C\nV:1\nG\nV:2\nG\nV:3\nG", 5, "more than 2 voices"),
        ("L:1/4\nK:C\n" + "G|" * 17, 2, "this has 17 bars"),
        ("K:C\n" + "G" * 4000, 0, "longer than 4,000"),
        ("K:C\n" + "GABc" * 51, 1, "more than 200 notes"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(source: str, line: int | None, text: str) -> None:
    if line is None:
        notation.svg(source)
        return
    with pytest.raises(BadSource) as refused:
        notation.svg(source)

    assert text in refused.value.text and refused.value.mend
    assert refused.value.line == line


def test_a_card_shows_two_bars_at_most() -> None:
    notation.svg("L:1/4\nK:C\nG|A|]", most_bars=2)

    with pytest.raises(BadSource, match="this has 3 bars"):
        notation.svg("L:1/4\nK:C\nG|A|B|]", most_bars=2)


@pytest.mark.parametrize("source", SOURCES)
def test_a_picture_holds_shapes_alone(source: str) -> None:
    svg = str(notation.svg(source).svg)

    assert {one.tag for one in tags_of(svg)} <= TAGS
    names = {name for one in tags_of(svg) for name in one.attrib}
    assert not names & {"style", "class", "id", "href", "color"} and not any(name.startswith("on") for name in names)
    assert "http" not in svg and "NaN" not in svg
    colours = {one.get(name) for one in tags_of(svg) for name in ("fill", "stroke")} - {None}
    assert colours <= {"currentColor", "none"}


@pytest.mark.parametrize("source", SOURCES)
def test_every_note_is_drawn_once_and_nothing_is_lost_on_the_way(source: str) -> None:
    tune = abc.read(source)
    engraved = notation._engraved(mei.write(tune))
    cleaned = str(notation.svg(source).svg)

    heads = sum(len(event.notes) for voice in tune.voices for bar in voice.bars for event in bar.events)
    assert engraved.count('class="notehead"') == heads
    assert cleaned.count('scale(0.72,-0.72)"') == engraved.count("<use ")
    for shape in ("polygon", "rect"):
        assert cleaned.count(f"<{shape} ") == engraved.count(f"<{shape} ")


@pytest.mark.parametrize(
    "source", ["L:1/8\nK:Eb\nE F G A B c d e|", "L:1/4\nM:4/4\nK:F#m\nF ^E =F _B|^^c [A^c] d/2e/2 z|"]
)
def test_pitches_and_lengths_are_those_that_music21_reads(source: str) -> None:
    expected = [
        (sorted(pitch.midi for pitch in one.pitches), Fraction(one.quarterLength) / 4)
        for one in music21.converter.parse(f"X:1\n{source}", format="abc").flatten().notesAndRests
    ]
    found = [
        (sorted(note.midi for note in event.notes), event.length)
        for bar in abc.read(source).voices[0].bars
        for event in bar.events
    ]

    assert found == expected


def test_the_same_source_gives_the_same_bytes_in_another_process() -> None:
    ask = (
        "import hashlib, sys\nfrom curriculum.pictures import notation\n"
        "for one in sys.stdin.read().split('\\x1e'): print(hashlib.sha256(notation.svg(one).svg.encode()).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", ask],
        input="\x1e".join(reversed(SOURCES)),
        cwd=HERE,
        capture_output=True,
        text=True,
        check=True,
    )
    here = [hashlib.sha256(notation.svg(one).svg.encode()).hexdigest() for one in SOURCES]

    assert there.stdout.split() == here[::-1]


def test_two_threads_at_once_draw_what_one_draws() -> None:
    alone = [notation.engrave(abc.read(source)) for source in SOURCES]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda source: notation.engrave(abc.read(source)), SOURCES * 8))

    assert together == alone * 8


def test_a_picture_costs_at_most_ten_milliseconds() -> None:
    def cost(source: str) -> float:
        began = time.process_time()
        notation.engrave(abc.read(source))
        return (time.process_time() - began) * 1000

    best = [min(cost(source) for _ in range(4)) for source in SOURCES]  # the others waited for their neighbours' caches

    assert statistics.median(best) <= bench.MOST_CPU


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ABCDefg,'_^=/234|:[]()<>-!x\"zK\nL1 ", max_size=60))
def test_whatever_is_typed_is_drawn_or_refused(text: str) -> None:
    try:
        picture = notation.svg(f"L:1/8\nK:C\n{text}")
    except BadSource as bad:
        assert bad.text and bad.mend
    else:
        assert {one.tag for one in tags_of(str(picture.svg))} <= TAGS
        assert all(describe(abc.read(f"L:1/8\nK:C\n{text}"), detail) for detail in DETAILS)
