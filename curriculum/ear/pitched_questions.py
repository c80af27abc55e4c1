"""Ladders of what has pitch: intervals, scales, degrees, chords with cadences and loops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curriculum.ear import names
from curriculum.ear.asked import Asked, Choice
from curriculum.ear.dice import Dice
from curriculum.synth import spec
from curriculum.synth.fields import TIMBRES
from curriculum.theory import keys
from curriculum.theory.steps import CADENCES

LOWEST, HIGHEST = 48, 72  # MIDI: where the course draws roots
MOST_INTERVALS, MOST_CHORDS, MOST_DEGREES, MOST_SCALES = 8, 6, 8, 8  # buttons
LOOPS = {
    "major": (
        *("I V vi IV", "vi IV I V", "I vi IV V", "I IV V I", "ii V I vi", "I V IV V"),
        *("I iii IV V", "I bVII IV I", "I IV I V", "I vi ii V"),
    ),
    "minor": ("i VI III VII", "i VII VI VII", "i VII VI V", "i iv VI V", "i VI iv V", "i iv i V", "i III VII iv"),
}
LOOP_BPM = (84, 96, 108, 120)


@dataclass(frozen=True, slots=True)
class Intervals:
    sizes: Sequence[int]  # half steps
    directions: Sequence[str]
    words: str
    roots: tuple[int, int] = (LOWEST, HIGHEST)
    with_degrees: bool = False  # one in two asks for a degree instead


@dataclass(frozen=True, slots=True)
class Chords:
    qualities: Sequence[str]
    words: str
    inversions: int = 1  # how many positions are asked for
    instead: str = ""  # cadence, progression


@dataclass(frozen=True, slots=True)
class Degrees:
    degrees: Sequence[str]
    words: str
    mode: str = "major"
    context: str = "cadence"


@dataclass(frozen=True, slots=True)
class Scales:
    names: Sequence[str]
    words: str
    directions: Sequence[str] = ("up",)


ANY = ("up", "down", "together")
INTERVALS = (
    Intervals((7, 12), ("up",), "Perfect fifth and octave, going up"),
    Intervals((4, 5, 7, 12), ("up",), "Major third, fourth, fifth and octave, going up"),
    Intervals((4, 5, 7, 12), ("up", "down"), "The same, up or down"),
    Intervals((2, 3, 4, 5, 7, 8, 9, 12), ("up", "down"), "Eight intervals up to the octave, up or down"),
    Intervals((2, 3, 4, 5, 7, 8, 9, 12), ("together",), "The same eight, both notes together"),
    Intervals(range(13), ANY, "All intervals up to the octave, any direction and register", roots=(36, 84)),
    Intervals(range(13, 25), ANY, "Over an octave; degrees of a key", with_degrees=True),
)
CHORDS = (
    Chords(("maj", "min"), "Major and minor, root position"),
    Chords(("maj", "min", "dim", "aug"), "Major, minor, diminished, augmented"),
    Chords(("maj", "min"), "Major and minor in three positions", inversions=3),
    Chords(("maj7", "7", "m7", "m7b5"), "Four kinds of sevenths"),
    Chords(("maj7", "7", "m7", "m7b5", "sus2", "sus4"), "Sevenths, sus2 and sus4"),
    Chords((), "Cadences", instead="cadence"),
    Chords((), "Loops of four chords", instead="progression"),
)
DEGREES = (
    Degrees(("1", "5"), "Tonic and fifth, in major"),
    Degrees(("1", "2", "3", "5"), "Four notes of a major key"),
    Degrees(("1", "2", "3", "4", "5", "6", "7"), "All seven of a major key"),
    Degrees(("1", "2", "b3", "4", "5", "b6", "b7"), "All seven of a minor key", mode="minor"),
    Degrees(("1", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7"), "All twelve, in major"),
    Degrees(
        ("1", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7"), "All twelve over a drone", context="drone"
    ),
)
MODES = ("major", "dorian", "phrygian", "lydian", "mixolydian", "natural-minor", "locrian")
SCALES = (
    Scales(("major", "natural-minor"), "Major and natural minor"),
    Scales(("major", "natural-minor", "major-pentatonic", "minor-pentatonic"), "Major, minor and both pentatonics"),
    Scales(("major", "natural-minor", "harmonic-minor", "melodic-minor"), "Major and the three minors"),
    Scales(MODES, "The seven modes"),
    Scales((*MODES, "harmonic-minor", "blues", "whole-tone"), "Modes, blues, whole-tone; up or down", ("up", "down")),
)


def interval(number: int, dice: Dice) -> Asked:
    level = INTERVALS[number - 1]
    if level.with_degrees and dice.number(0, 1):
        return _degree("interval", number, DEGREES[2], dice)
    size, direction = dice.choice(level.sizes), dice.choice(level.directions)
    made = _pitched(dice, "interval", "root", level.roots, semitones=size, direction=direction)
    choices = [_called("semitones", one) for one in dice.among(level.sizes, size, MOST_INTERVALS)]
    low, high = _sorted(made["root"], made["root"] + (-size if direction == "down" else size))
    notes = keys.spelled_interval(low, high - low)
    said = [note.whole_name for note in (notes[::-1] if direction == "down" else notes)]
    words = f"{names.said(made)[:-1]}: {' – '.join(said)}."
    return Asked("interval", number, "interval", (made,), str(size), words, choices=_mixed(choices, dice))


def chord(number: int, dice: Dice) -> Asked:
    level = CHORDS[number - 1]
    if level.instead:
        return (_cadence if level.instead == "cadence" else _progression)(number, dice)
    quality, inversion = dice.choice(level.qualities), dice.number(0, level.inversions - 1)
    made = _pitched(dice, "chord", "root", quality=quality, inversion=inversion)
    turns = range(level.inversions) if level.inversions > 1 else (None,)
    choices = [_position(one, turn) for one in level.qualities for turn in turns]
    right = _position(quality, inversion if level.inversions > 1 else None).key
    words = f"{names.said(made)[:-1]}: {keys.spelled_chord(made['root'], quality, inversion).symbol}."
    return Asked("chord", number, "chord", (made,), right, words, choices=_mixed(choices, dice))


def degree(number: int, dice: Dice) -> Asked:
    return _degree("degree", number, DEGREES[number - 1], dice)


def scale(number: int, dice: Dice) -> Asked:
    level = SCALES[number - 1]
    name = dice.choice(level.names)
    made = _pitched(dice, "scale", "tonic", name=name, direction=dice.choice(level.directions))
    choices = [_called("name", one, "scale") for one in dice.among(level.names, name, MOST_SCALES)]
    notes = " ".join(note.name for note in keys.spelled_scale(made["tonic"], name, made["direction"]))
    return Asked(
        "scale", number, "scale", (made,), name, f"{names.said(made)[:-1]}: {notes}.", choices=_mixed(choices, dice)
    )


def _degree(skill: str, number: int, level: Degrees, dice: Dice) -> Asked:
    asked = dice.choice(level.degrees)
    made = _pitched(dice, "degree", "tonic", mode=level.mode, degree=asked, context=level.context)
    choices = [_called("degree", one) for one in dice.among(level.degrees, asked, MOST_DEGREES)]
    tonic = keys.tonic(made["tonic"], level.mode)
    note = keys.degree(tonic, asked)
    words = f"{note.whole_name}, the {names.degree(asked)} of {tonic.name} {level.mode}."
    return Asked(skill, number, "degree", (made,), asked, words, choices=tuple(choices))


def _cadence(number: int, dice: Dice) -> Asked:
    mode = dice.choice(("major", "minor"))
    type_ = dice.choice(tuple(CADENCES[mode]))
    made = _pitched(dice, "cadence", "tonic", mode=mode, type=type_)
    end = _called("numerals", list(CADENCES[mode][type_][-2:])).words
    words = f"{names.said(made)[:-1]} in {keys.tonic(made['tonic'], mode).name} {mode}: {end}."
    choices = [_called("type", one, "cadence") for one in CADENCES[mode]]
    return Asked("chord", number, "cadence", (made,), type_, words, choices=_mixed(choices, dice))


def _progression(number: int, dice: Dice) -> Asked:
    mode = dice.choice(("major", "minor"))
    loop = dice.choice(LOOPS[mode])
    made = spec.read(
        {
            "kind": "progression",
            "tonic": dice.number(LOWEST, HIGHEST),
            "timbre": dice.choice(TIMBRES),
            "mode": mode,
            "numerals": loop.split(),
            "bpm": dice.choice(LOOP_BPM),
            "style": dice.choice(("block", "arpeggio")),
        }
    )
    choices = [_called("numerals", one.split()) for one in dice.among(LOOPS[mode], loop, MOST_CHORDS)]
    words = f"{names.said(made)[:-1]} in {keys.tonic(made['tonic'], mode).name} {mode}."
    return Asked("chord", number, "progression", (made,), loop, words, choices=_mixed(choices, dice))


def _pitched(dice: Dice, kind: str, low: str, roots: tuple[int, int] = (LOWEST, HIGHEST), **own: Any) -> spec.Spec:
    """low: what the kind calls its root."""
    return spec.read({"kind": kind, low: dice.number(*roots), "timbre": dice.choice(TIMBRES), **own})


def _called(name: str, value: Any, kind: str = "") -> Choice:
    return Choice(names.key_of(name, value), names.words_of(kind, name, value))


def _position(quality: str, inversion: int | None) -> Choice:
    """inversion: None where it is not asked."""
    asked = ("quality",) if inversion is None else ("quality", "inversion")
    values = {"quality": quality, "inversion": inversion}
    return Choice(names.key(asked, values), names.words("chord", asked, values))


def _mixed(choices: Sequence[Choice], dice: Dice) -> tuple[Choice, ...]:
    return tuple(dice.shuffled(choices))


def _sorted(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)
