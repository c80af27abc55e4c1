"""Which names mean one sound."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum import note_names

# The oracle: one octave of a keyboard, key by key, with the names that Open Music Theory gives each.
KEYBOARD = (
    ("C", "B♯", "D♭♭"), ("C♯", "D♭", "B♯♯"), ("D", "C♯♯", "E♭♭"), ("D♯", "E♭", "F♭♭"), ("E", "F♭", "D♯♯"),
    ("F", "E♯", "G♭♭"), ("F♯", "G♭", "E♯♯"), ("G", "F♯♯", "A♭♭"), ("G♯", "A♭"), ("A", "G♯♯", "B♭♭"),
    ("A♯", "B♭", "C♭♭"), ("B", "C♭", "A♯♯"),
)  # fmt: skip
NAMES = [(name, key) for key, names in enumerate(KEYBOARD) for name in names]
WAYS = {"♯": ["♯", "#", " sharp", "-sharp"], "♭": ["♭", "b", " flat", "-flat"], "": [""]}
QUALITIES = (
    ("m", "minor", "min"), ("maj7", "M7", " major 7"), ("7",), ("dim", "°"), ("sus4",), ("m7♭5", "ø"), ("7♯9", "7#9"),
)  # fmt: skip


def midi(name: str, key: int, octave: int) -> int:
    """The octave number belongs to the letter: B♯3 is the key of C4."""
    over_the_edge = 12 if name.startswith("B♯") else -12 if name.startswith("C♭") else 0
    return 12 * (octave + 1) + key + over_the_edge


def sounds_alike(one: str, other: str) -> bool:
    here, there = note_names.read(one), note_names.read(other)
    assert here and there
    return here.sounds_like(there)


def test_two_names_sound_alike_when_they_are_one_key() -> None:
    for (one, key), (other, other_key) in itertools.product(NAMES, repeat=2):
        assert sounds_alike(one, other) == (key == other_key), (one, other)


@given(st.sampled_from(NAMES), st.integers(-1, 9), st.sampled_from(NAMES), st.integers(-1, 9))
def test_with_octaves_they_sound_alike_when_their_midi_numbers_are_one(
    one: tuple[str, int], octave: int, other: tuple[str, int], other_octave: int
) -> None:
    is_one = midi(*one, octave) == midi(*other, other_octave)

    assert sounds_alike(f"{one[0]}{octave}", f"{other[0]}{other_octave}") == is_one
    assert not sounds_alike(one[0], f"{other[0]}{other_octave}")


@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(QUALITIES), st.data())
def test_chords_sound_alike_when_root_and_quality_do(
    one: tuple[str, int], other: tuple[str, int], quality: tuple[str, ...], data: st.DataObject
) -> None:
    first, second = (data.draw(st.sampled_from(quality)) for _ in range(2))
    if quality == ("7",):
        first = second = "7sus4"  # "C7" alone is a note with its octave

    assert sounds_alike(one[0] + first, other[0] + second) == (one[1] == other[1])


@pytest.mark.parametrize(("name", "sign"), [("F", "♯"), ("G", "♭"), ("D", "♭"), ("A", "")])
def test_a_name_may_be_written_in_every_usual_way(name: str, sign: str) -> None:
    for way in WAYS[sign]:
        for letter in (name, name.lower()):
            read = note_names.read(letter + way)
            assert read and read.spelling == (name + sign,), letter + way


@pytest.mark.parametrize(("one", "other"), [("CM7", "Cm7"), ("C", "Cm"), ("C/E", "C/G"), ("C/E", "C"), ("Cdim", "C+")])
def test_chords_with_other_notes_do_not_sound_alike(one: str, other: str) -> None:
    assert not sounds_alike(one, other)


def test_a_bass_note_may_have_two_names_as_well() -> None:
    assert sounds_alike("C♯/G♯", "D♭/A♭")


@pytest.mark.parametrize(
    "text", ["", "H", "A b", "a mole", "Emotion", "cab", "Bad", "B flatter", "F♯ or G♭", "48 V", "C4 C5"]
)
def test_other_words_are_no_notes(text: str) -> None:
    assert note_names.read(text) is None


@given(st.text(alphabet="abcdefgABCDEFGmMajinsuo#b♯♭x0179/-+ (),", max_size=14))
def test_nothing_that_can_be_typed_stops_the_reading(text: str) -> None:
    read = note_names.read(text)

    assert read is None or read.sounds_like(read)
