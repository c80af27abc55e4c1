"""Keyboards, piano rolls, rhythm grids and beats: everything once, inside its picture, and told in words."""

import re
import xml.etree.ElementTree as etree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.pictures import BadSource, Picture, grid, key_words, keyboard, piano_roll, times

SVG = "{http://www.w3.org/2000/svg}"


def parts_of(picture: Picture, kind: str) -> list[tuple[float, ...]]:
    """x, y, width and height of the shapes of a class."""
    root = etree.fromstring(str(picture.svg))
    found = [one for one in root.iter() if one.get("class") == kind]
    names = (("x", "cx"), ("y", "cy"), ("width",), ("height",))
    return [tuple(float(next((one.get(a, "") for a in some if one.get(a)), 0)) for some in names) for one in found]


def size_of(picture: Picture) -> tuple[float, float]:
    _, _, width, height = etree.fromstring(str(picture.svg)).get("viewBox", "").split()
    return float(width), float(height)


def is_safe(picture: Picture) -> bool:
    text = str(picture.svg)
    names = {name for one in etree.fromstring(text).iter() for name in one.attrib}
    return not names & {"style", "id", "href"} and not re.search(
        r"<(script|style|image|use|foreign)|\son\w+=|http", text
    )


KEYS = st.integers(21, 108)


@settings(max_examples=80, deadline=None)
@given(st.sets(st.integers(36, 84), min_size=1, max_size=12))
def test_each_marked_key_has_one_dot_inside_the_keyboard(keys: set[int]) -> None:
    picture = keyboard.svg(" ".join(key_words.name(key) for key in keys))

    dots, (width, height) = parts_of(picture, "key-mark"), size_of(picture)
    whites, blacks = parts_of(picture, "key-white"), parts_of(picture, "key-black")
    assert len(dots) == len(keys) and is_safe(picture)
    assert all(6 <= x <= width - 6 and 6 <= y <= height - 6 for x, y, _, _ in dots)
    assert all(x >= 0 and x + wide <= width for x, _, wide, _ in [*whites, *blacks])
    assert {key_words.is_black(key) for key in keys} >= {y < 70 for _, y, _, _ in dots}
    assert sum(y < 70 for _, y, _, _ in dots) == sum(key_words.is_black(key) for key in keys)
    low, high = keyboard.fitted(list(keys))
    assert len(whites) + len(blacks) == high - low + 1 >= 12
    assert all(key_words.aloud(key_words.name(key)) in picture.words for key in keys)


def test_places_on_the_keyboard_name_no_key() -> None:
    picture = keyboard.svg("C4 F#4\nrange: C4..B4\nlabels: none", detail="places")

    assert picture.words == (
        "Keyboard of 1 octave, from C on. Marked: the white key left of the two black ones in the first octave and "
        "the left of the three black keys in the first octave."
    )
    assert ">C4<" not in picture.svg and ">C4<" in keyboard.svg("E4").svg


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(KEYS, st.integers(0, 40), st.integers(1, 24)), min_size=1, max_size=20), st.booleans())
def test_each_note_is_one_bar_inside_the_roll(drawn: list[tuple[int, int, int]], in_seconds: bool) -> None:
    bars = [
        piano_roll.Bar(key, key_words.name(key), start / 4, (start + long) / 4, "AB"[number % 2])
        for number, (key, start, long) in enumerate(drawn)
    ]
    low, high = piano_roll.fitted([bar.key for bar in bars])
    picture = piano_roll.draw(bars, low, high, 16, unit="seconds" if in_seconds else "beats")

    shown, (width, height) = parts_of(picture, "roll-note"), size_of(picture)
    assert len(shown) == len(bars) and is_safe(picture)
    for x, y, wide, high_ in shown:
        assert x >= piano_roll.LEFT and x + wide <= width
        assert y >= piano_roll.TOP and y + high_ <= height - piano_roll.FOOT
    rows = {bar.key: y for bar, (_, y, _, _) in zip(bars, shown, strict=True)}
    assert sorted(rows, key=lambda key: -rows[key]) == sorted(rows)
    assert picture.table and len(picture.table[1]) == len(bars)
    assert all(key_words.aloud(bar.spelled) in picture.words for bar in bars)


def test_a_roll_that_asks_for_a_note_counts_rows() -> None:
    picture = piano_roll.svg("E4 0..2", detail="places")

    assert picture.words == "Piano roll of 9 rows, counted from below; row 1 is C4. Row 5 from 0 to 2 beats."
    assert "E4" not in picture.svg


def test_a_picture_that_asks_for_a_c_does_not_write_it_there() -> None:
    keys, roll = keyboard.svg("C4", detail="places"), piano_roll.svg("C4 0..1", detail="places")

    assert ">C4<" not in keys.svg and ">C3<" in keys.svg
    assert keys.words == (
        "Keyboard of 2 octaves, from C on; C3 is named. "
        "Marked: the white key left of the two black ones in the second octave."
    )
    assert ">C4<" not in roll.svg and ">C3<" in roll.svg
    assert "row 1 is C3. Row 13 from 0 to 1 beats." in roll.words
    assert ">C" not in piano_roll.svg("E4 0..1\nlabels: none", detail="places").svg


def test_a_grid_is_told_slot_by_slot() -> None:
    picture = grid.svg("kick x... ..x. | 1000 0010\nhi-hat 1010 1010 1010 1010\nslots: 4")

    assert picture.words == (
        "Rhythm grid of 4 beats, 4 slots to the beat. kick: beat 1, beat 2 slot 3, beat 3, beat 4 slot 3. "
        "hi-hat: beat 1, beat 1 slot 3, beat 2, beat 2 slot 3, beat 3, beat 3 slot 3, beat 4, beat 4 slot 3."
    )
    assert picture.table == (
        ("Voice", "Beat 1", "Beat 2", "Beat 3", "Beat 4"),
        (("kick", "1", "3", "1", "3"), ("hi-hat", "1, 3", "1, 3", "1, 3", "1, 3")),
    )
    assert len(parts_of(picture, "grid-hit")) == 12 and len(parts_of(picture, "grid-slot")) == 20
    width, height = size_of(picture)
    assert all(x + wide <= width and y + high <= height for x, y, wide, high in parts_of(picture, "grid-hit"))
    assert is_safe(picture)


def test_beats_stand_where_they_fall() -> None:
    picture = times.draw([("A", [0, 0.5, 1]), ("B", [0, 0.4, 0.8])])

    assert picture.words == "Beats over time. A: beats at 0.00, 0.50, 1.00 s. B: beats at 0.00, 0.40, 0.80 s."
    assert picture.table and picture.table[1][1] == ("2", "0.50", "0.40")
    assert picture.svg.count('class="beat"') == 6


@pytest.mark.parametrize(
    ("draw", "source", "line", "text"),
    [
        (keyboard.svg, "", 0, "no key is marked"),
        (keyboard.svg, "H4", 0, '"H4" is no key'),
        (keyboard.svg, "C", 0, '"C" is no key'),
        (keyboard.svg, "C4\nE9", 1, '"E9" is no key'),
        (keyboard.svg, "C4 B#3", 0, "a key is marked twice"),
        (keyboard.svg, "C4\nrange: E4..C5", 1, "lies outside"),
        (keyboard.svg, "C4\nrange: C5..C4", 1, "goes down"),
        (keyboard.svg, "C4\nrange: C5", 1, "cannot be read"),
        (keyboard.svg, "C4\nlabels: some", 1, '"some" is nothing that labels can be'),
        (keyboard.svg, "C4\nlabels: c\nlabels: c", 2, "stands twice"),
        (keyboard.svg, "A0 C8", 0, "too many to see"),
        (keyboard.svg, " ".join(key_words.name(key) for key in range(40, 66)), 0, "26 keys are marked"),
        (keyboard.svg, "C4 " * 1000, 0, "longer than 2,000"),
        (piano_roll.svg, "", 0, "1 to 64 notes"),
        (piano_roll.svg, "C4 0..1\nE4", 1, '"E4" cannot be read'),
        (piano_roll.svg, "C4 2..1", 0, "cannot be read"),
        (piano_roll.svg, "C4 0..65", 0, "cannot be read"),
        (piano_roll.svg, "C4 0..2\nC4 1..3", 1, "sounds already"),
        (piano_roll.svg, "C2 C7 0..1", 0, "do not fit"),
        (piano_roll.svg, "C4 0..2\nlength: 1", 1, '"1" is nothing that length can be'),
        (piano_roll.svg, "C4 0..2\ntempo: 1", 1, '"tempo:" is unknown here'),
        (grid.svg, "", 0, "1 to 8 rows"),
        (grid.svg, "1000", 0, "cannot be read"),
        (grid.svg, "kick 10y0", 0, "cannot be read"),
        (grid.svg, "kick 1000\nhat 10", 1, "has 2 slots, the first has 4"),
        (grid.svg, "kick 1000\nslots: 13", 1, '"13" is nothing that slots can be'),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_named_with_its_line(draw, source: str, line: int, text: str) -> None:
    with pytest.raises(BadSource) as refused:
        draw(source)

    assert text in refused.value.text and refused.value.mend
    assert refused.value.line == line


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([keyboard.svg, piano_roll.svg, grid.svg]),
    st.text(alphabet="ABCGb#4580.. x|:-\nrangelsotik", max_size=50),
)
def test_whatever_is_typed_is_drawn_or_refused(draw, text: str) -> None:  # fmt: skip
    try:
        picture = draw(text)
    except BadSource as bad:
        assert bad.text and bad.mend
    else:
        assert is_safe(picture)
