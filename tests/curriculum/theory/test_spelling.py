"""How sounds that have only a number are written: few signs, no odd roots, the letters that the interval asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from curriculum.theory import chords, intervals, keys, numerals
from curriculum.theory.pitch import Pitch, sign
from curriculum.theory.steps import CHORDS, SCALES

MIDI = st.integers(36, 84)


def names(notes):
    return [note.name for note in notes]


@pytest.mark.parametrize(
    ("midi", "mode", "name"),
    [(61, "major", "D♭"), (61, "minor", "C♯"), (63, "minor", "E♭"), (66, "minor", "F♯"), (68, "major", "A♭")],
)
def test_a_tonic_is_called_as_its_key_usually_is(midi, mode, name):
    assert keys.tonic(midi, mode).name == name


@pytest.mark.parametrize(
    ("midi", "half_steps", "notes"),
    [
        (60, 8, ["C", "A♭"]),
        (61, 4, ["D♭", "F"]),
        (61, 3, ["C♯", "E"]),
        (60, 6, ["C", "F♯"]),
        (58, 6, ["B♭", "E"]),
        (55, 13, ["G", "A♭"]),
        (60, 24, ["C", "C"]),
    ],
)
def test_an_interval_has_the_letters_of_its_name(midi, half_steps, notes):
    assert names(keys.spelled_interval(midi, half_steps)) == notes


def test_a_chord_on_a_black_key_has_the_root_with_fewer_signs():
    assert keys.spelled_chord(61, "maj").symbol == "D♭"
    assert keys.spelled_chord(61, "min").symbol == "C♯m"
    assert keys.spelled_chord(70, "m7b5").symbol == "B♭m7♭5"
    assert keys.spelled_chord(60, "maj7", 1).symbol == "Cmaj7/E"
    assert keys.spelled_chord(60, "m7b5").name == "C half-diminished seventh"


def test_a_key_spells_what_lies_outside_it():
    g = keys.Key(Pitch("G"), "major")
    c_minor = keys.Key(Pitch("C"), "minor")

    assert " ".join(names(g.spell(midi) for midi in range(67, 79))) == "G A♭ A B♭ B C C♯ D E♭ E F F♯"
    assert names(c_minor.spell(midi) for midi in (63, 68, 69, 70, 71)) == ["E♭", "A♭", "A", "B♭", "B"]
    assert g.spell(54).whole_name == "F♯3"


def test_names_of_intervals_as_they_are_heard():
    heard = [intervals.heard_name(size) for size in (0, 1, 6, 7, 12, 16, 18, 24)]

    assert heard == [
        *("unison", "minor second", "tritone", "perfect fifth", "octave", "major tenth", "octave and tritone"),
        "two octaves",
    ]
    assert intervals.between(Pitch("C"), Pitch("G", 1)).name == "augmented fifth"
    assert intervals.between(Pitch("C"), Pitch("A", -1)).name == "minor sixth"
    assert intervals.between(Pitch("B", 0, 3), Pitch("F", -1)).name == "doubly diminished fifth"


@pytest.mark.parametrize("text", ["P3", "M5", "fifth", "minor fifth", "perfect", "", "d0", "perfect third", "x5"])
def test_what_is_no_interval_is_not_read(text):
    assert intervals.read(text) is None


@pytest.mark.parametrize(
    "numeral", ["", "H", "VIII", "iiii", "V/", "V/viio", "VI/III+", "i9", "V13", "viio9", "Ivi", "imaj7"]
)
def test_what_is_no_numeral_is_refused_with_a_sentence(numeral):
    with pytest.raises(Refused) as refused:
        numerals.chord(numeral, "major")

    assert str(refused.value).startswith(f'"{numeral}"'[:2]) and str(refused.value).endswith(".")


def test_a_chord_may_be_to_another_that_is_to_another():
    assert numerals.chord("V/V/V", "major") == (9, "maj")


def test_flat_seven_of_a_minor_key_is_the_one_that_it_has():
    assert numerals.chord("bVII", "minor") == numerals.chord("VII", "minor") == (10, "maj")
    assert numerals.chord("♭III", "minor") == numerals.chord("III", "minor") == (3, "maj")
    assert numerals.root_interval("bVII", "major").name == "minor seventh"


@given(MIDI, st.sampled_from(sorted(CHORDS)))
def test_a_spelled_chord_sounds_as_its_table_says(midi, quality):
    chord = keys.spelled_chord(midi, quality)

    assert [note.midi - midi for note in chord.notes] == list(CHORDS[quality])
    assert chords.known([note.midi - chord.root.midi for note in chord.notes]) == quality
    assert all(abs(note.alteration) <= 2 for note in chord.notes)


@given(MIDI, st.sampled_from([name for name, steps in SCALES.items() if len(steps) == 7]))
def test_a_seven_note_scale_uses_each_letter_once(midi, name):
    notes = keys.spelled_scale(midi, name)

    assert [note.midi - midi for note in notes] == [*SCALES[name], 12]
    assert len({note.letter for note in notes[:-1]}) == 7


@given(MIDI, st.integers(0, 24))
def test_an_interval_up_and_down_again_comes_back(midi, half_steps):
    low, high = keys.spelled_interval(midi, half_steps)
    size = intervals.between(low, high)

    assert (low.midi, high.midi, size.half_steps) == (midi, midi + half_steps, half_steps)
    assert intervals.above(low, size) == high and intervals.below(high, size) == low
    assert intervals.read(size.short) == intervals.read(size.name) == size


def test_signs_are_written_as_often_as_they_alter():
    assert [sign(one) for one in (-2, -1, 0, 1, 2)] == ["♭♭", "♭", "", "♯", "♯♯"]
