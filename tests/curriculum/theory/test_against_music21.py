"""The outside source is music21: spelling, names and signatures are its own, over the seventeen usual roots."""

from functools import cache
from itertools import product

import pytest
from music21 import interval, key, pitch, roman, scale

from curriculum.theory import chords, intervals, keys, numerals, scales
from curriculum.theory.pitch import Pitch
from curriculum.theory.steps import CADENCES, CHORDS, SCALES

ROOTS = ("C", "C#", "Db", "D", "D#", "Eb", "E", "F", "F#", "Gb", "G", "G#", "Ab", "A", "A#", "Bb", "B")
PITCHES = {root: Pitch(root[0], {"": 0, "#": 1, "b": -1}[root[1:]]) for root in ROOTS}
PERFECT_NUMBERS = (1, 4, 5, 8, 11, 12, 15)
INTERVALS = tuple(
    f"{quality}{number}"
    for number in range(1, 16)
    for quality in (("d", "P", "A") if number in PERFECT_NUMBERS else ("d", "m", "M", "A"))
    if (quality, number) != ("d", 1)  # which goes down
)
# What makes up each scale, for music21: it has no pentatonics and no blues of the usual kind.
BY_INTERVALS = {
    "major-pentatonic": ("P1", "M2", "M3", "P5", "M6", "P8"),
    "minor-pentatonic": ("P1", "m3", "P4", "P5", "m7", "P8"),
    "blues": ("P1", "m3", "P4", "d5", "P5", "m7", "P8"),
    "whole-tone": ("P1", "M2", "M3", "A4", "A5", "A6", "P8"),
    "chromatic": ("P1", "A1", "M2", "A2", "M3", "P4", "A4", "P5", "A5", "M6", "A6", "M7", "P8"),
}
MUSIC21_SCALES = {
    "major": scale.MajorScale,
    "natural-minor": scale.MinorScale,
    "harmonic-minor": scale.HarmonicMinorScale,
    "melodic-minor": scale.MelodicMinorScale,
    "dorian": scale.DorianScale,
    "phrygian": scale.PhrygianScale,
    "lydian": scale.LydianScale,
    "mixolydian": scale.MixolydianScale,
    "locrian": scale.LocrianScale,
}
CHORDS_BY_INTERVALS = {
    "maj": ("M3", "P5"),
    "min": ("m3", "P5"),
    "dim": ("m3", "d5"),
    "aug": ("M3", "A5"),
    "sus2": ("M2", "P5"),
    "sus4": ("P4", "P5"),
    "maj7": ("M3", "P5", "M7"),
    "7": ("M3", "P5", "m7"),
    "m7": ("m3", "P5", "m7"),
    "m7b5": ("m3", "d5", "m7"),
    "dim7": ("m3", "d5", "d7"),
    "6": ("M3", "P5", "M6"),
    "m6": ("m3", "P5", "M6"),
    "9": ("M3", "P5", "m7", "M9"),
}
COMMON_NAMES = {
    "maj": "major triad",
    "min": "minor triad",
    "dim": "diminished triad",
    "aug": "augmented triad",
    "maj7": "major seventh chord",
    "7": "dominant seventh chord",
    "m7": "minor seventh chord",
    "m7b5": "half-diminished seventh chord",
    "dim7": "diminished seventh chord",
    "9": "dominant-ninth",
}
NUMERALS = {
    "major": (
        *("I", "ii", "iii", "IV", "V", "vi", "viio", "I7", "ii7", "iii7", "IV7", "V7", "vi7", "viiø7", "viio7", "V9"),
        *("I6", "I64", "ii6", "ii65", "IV6", "V6", "V65", "V43", "V42", "viio6", "viio65", "iv6", "bII6", "V2"),
        *("bIII", "iv", "v", "bVI", "bVII", "i", "bII", "iiø7", "iio7", "iv7", "v7", "bIII7", "bVI7", "bVII7", "III"),
        *("II", "VI", "VII", "II7", "VI7", "I+", "V+", "#ivo", "#ivo7", "#ivø7", "Imaj7", "IVmaj7", "bVIImaj7"),
        *("V/V", "V7/V", "V/ii", "V7/ii", "V7/iii", "V/IV", "V7/IV", "V7/vi", "viio7/V", "viiø7/V", "viio7/ii"),
        *("V/bVII", "V65/V", "V43/ii", "IV/IV", "ii7/IV", "iv/IV", "bVI/V", "V7/iv", "Ib7", "IVb7"),
    ),
    "minor": (
        *("i", "iio", "III", "iv", "IV", "v", "V", "VI", "VII", "vio", "viio", "vi", "ii", "III+", "I", "bII", "vii"),
        *("i7", "iiø7", "iio7", "III7", "iv7", "IV7", "v7", "V7", "VI7", "VII7", "viio7", "viiø7", "#ivo7", "ii7"),
        *("i6", "i64", "iv6", "V6", "V65", "V43", "V42", "iio6", "iiø65", "viio65", "viio6", "VI6", "VII6", "bII6"),
        *("V/V", "V7/V", "V/iv", "V7/iv", "V7/III", "V7/VI", "V7/VII", "viio7/V", "viio7/iv", "bVI", "bVII", "#viio"),
    ),
}


def theirs(note: pitch.Pitch) -> tuple[str, int, int]:
    """A pitch of music21 in our words."""
    return note.step, int(note.alter), note.octave or 0


def ours(note: Pitch) -> tuple[str, int, int]:
    return note.letter, note.alteration, note.octave


@cache
def m21(root: str) -> pitch.Pitch:
    return pitch.Pitch(root.replace("b", "-") + "4")


@cache
def up(root: str, size: str) -> tuple[str, int, int]:
    return theirs(m21(root).transpose(size))


def stack(root: str, sizes: tuple[str, ...]) -> list[tuple[str, int, int]]:
    return [up(root, size) for size in sizes]


@pytest.mark.parametrize("root", ROOTS)
def test_every_interval_from_a_root_up_and_down_is_spelled_and_named_as_music21_does(root):
    low = PITCHES[root]
    for size in INTERVALS:
        known = interval.Interval(size)
        mine = intervals.read(size)
        name = known.niceName.lower().replace("double-octave", "fifteenth")
        assert mine is not None and mine == intervals.read(name)
        high = intervals.above(low, mine)

        assert ours(high) == up(root, size), size
        assert ours(intervals.below(low, mine)) == theirs(known.transposePitch(m21(root), reverse=True)), size
        assert (mine.name, mine.half_steps) == (name, known.semitones)
        assert (mine.short, intervals.between(low, high)) == (size, mine)
        assert high.midi == pitch.Pitch(high.name.replace("♯", "#").replace("♭", "-") + str(high.octave)).midi


@pytest.mark.parametrize("root", ROOTS)
def test_two_usual_roots_are_as_far_apart_as_music21_says(root):
    for other in ROOTS:
        low, high = sorted((PITCHES[root], PITCHES[other]), key=lambda one: (one.place, one.midi))
        known = interval.Interval(
            *(pitch.Pitch(one.name.replace("♯", "#").replace("♭", "-") + "4") for one in (low, high))
        )

        assert intervals.between(low, high).short == known.name


@pytest.mark.parametrize("quality", CHORDS)
def test_a_chord_is_spelled_and_turned_as_music21_does(quality):
    for root, inversion in product(ROOTS, range(len(CHORDS[quality]))):
        close = stack(root, ("P1", *CHORDS_BY_INTERVALS[quality]))
        low = close[:inversion]
        turned = [*close[inversion:], *((letter, sign, octave + 1 + (quality == "9")) for letter, sign, octave in low)]
        found = [ours(note) for note in chords.Chord(PITCHES[root], quality, inversion).notes]
        assert inversion or found == close
        assert [note[:2] for note in found] == [note[:2] for note in turned]
        assert [Pitch(*note).midi for note in found] == sorted(Pitch(*note).midi for note in found)


@pytest.mark.parametrize("quality", COMMON_NAMES)
def test_music21_knows_the_chord_by_its_name(quality):
    from music21 import chord

    for root in ("C", "F#", "Ab"):
        made = chord.Chord(
            [note.whole_name.replace("♯", "#").replace("♭", "-") for note in chords.notes(PITCHES[root], quality)]
        )
        assert made.commonName == COMMON_NAMES[quality]
        assert made.root().name == root.replace("b", "-")


@pytest.mark.parametrize("name", SCALES)
def test_a_scale_is_spelled_as_music21_does(name):
    for root in ROOTS:
        tonic = m21(root)
        if name in BY_INTERVALS:
            wanted = stack(root, BY_INTERVALS[name])
        else:
            wanted = [theirs(note) for note in MUSIC21_SCALES[name](tonic).getPitches(tonic, tonic.transpose("P8"))]
        assert [ours(note) for note in scales.notes(PITCHES[root], name)] == wanted


@pytest.mark.parametrize("root", ROOTS)
def test_melodic_minor_comes_down_as_natural_minor(root):
    tonic = m21(root)
    down = scale.MelodicMinorScale(tonic).getPitches(tonic, tonic.transpose("P8"), direction=scale.Direction.DESCENDING)

    assert [ours(note) for note in scales.notes(PITCHES[root], "melodic-minor", "down")] == [theirs(n) for n in down]


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("root", ROOTS)
def test_a_key_has_the_signature_and_relatives_of_music21(root, mode):
    known = key.Key(root.replace("b", "-"), mode)
    mine = keys.Key(PITCHES[root], mode)

    assert mine.signature == known.sharps
    if abs(known.sharps) <= keys.MOST_SIGNS:
        assert [(one.letter, one.alteration) for one in mine.signs] == [
            (one.step, int(one.alter)) for one in known.alteredPitches
        ]
    assert (mine.relative.tonic.name, mine.relative.mode) == (_name(known.relative.tonic), known.relative.mode)
    assert (mine.parallel.tonic.name, mine.parallel.mode) == (_name(known.parallel.tonic), known.parallel.mode)
    assert mine.relative.relative.tonic.name == mine.tonic.name


@pytest.mark.parametrize("mode", NUMERALS)
@pytest.mark.parametrize("root", ROOTS)
def test_a_numeral_is_the_chord_that_music21_makes_of_it(root, mode):
    known = key.Key(root.replace("b", "-"), mode)
    as_written = roman.Minor67Default.CAUTIONARY  # flats and sharps on 6 and 7 of minor are courtesy, as on records
    for numeral in NUMERALS[mode]:
        wanted = roman.RomanNumeral(numeral, known, sixthMinor=as_written, seventhMinor=as_written)
        mine = numerals.in_key(numeral, PITCHES[root], mode)

        assert [(note.letter, note.alteration) for note in mine.notes] == [
            (note.step, int(note.alter)) for note in wanted.pitches
        ], numeral
        assert numerals.chord(numeral, mode) == (
            (wanted.root().pitchClass - known.tonic.pitchClass) % 12,
            mine.quality,
        ), numeral


def test_every_cadence_is_made_of_numerals_that_are_known():
    for mode, types in CADENCES.items():
        assert all(numerals.chord(one, mode) for numbers in types.values() for one in numbers)


def _name(note: pitch.Pitch) -> str:
    return str(note.name.replace("#", "♯").replace("-", "♭"))
