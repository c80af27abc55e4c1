"""Ladders of what has pitch: intervals, scales, degrees, chords with cadences and loops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curriculum.ear import naming
from curriculum.ear.asked import Asked, Choice
from curriculum.ear.dice import Dice
from curriculum.synth import spec
from curriculum.synth.fields import TIMBRES
from curriculum.theory import keys
from curriculum.theory.steps import CADENCES

LOWEST, HIGHEST = 48, 72  # MIDI: where the course draws roots
MOST_INTERVALS, MOST_CHORDS = 8, 6  # buttons
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
    names = [naming.interval(one) for one in dice.among(level.sizes, size, MOST_INTERVALS)]
    low, high = _sorted(made["root"], made["root"] + (-size if direction == "down" else size))
    notes = keys.spelled_interval(low, high - low)
    said = [note.whole_name for note in (notes[::-1] if direction == "down" else notes)]
    words = f"{naming.interval(size).words}, {_direction(direction)}: {' – '.join(said)}"
    return Asked("interval", number, "interval", (made,), str(size), words, choices=_mixed(names, dice))


def chord(number: int, dice: Dice) -> Asked:
    level = CHORDS[number - 1]
    if level.instead:
        return (_cadence if level.instead == "cadence" else _progression)(number, dice)
    quality, inversion = dice.choice(level.qualities), dice.number(0, level.inversions - 1)
    made = _pitched(dice, "chord", "root", quality=quality, inversion=inversion)
    turns = range(level.inversions) if level.inversions > 1 else (None,)
    names = [naming.quality(one, turn) for one in level.qualities for turn in turns]
    right = naming.quality(quality, inversion if level.inversions > 1 else None)
    found = keys.spelled_chord(made["root"], quality, inversion)
    words = f"{naming.quality(quality, inversion).words if inversion else right.words}: {found.symbol}"
    return Asked("chord", number, "chord", (made,), right.key, words, choices=_mixed(names, dice))


def degree(number: int, dice: Dice) -> Asked:
    return _degree("degree", number, DEGREES[number - 1], dice)


def scale(number: int, dice: Dice) -> Asked:
    level = SCALES[number - 1]
    name = dice.choice(level.names)
    made = _pitched(dice, "scale", "tonic", name=name, direction=dice.choice(level.directions))
    names = [naming.scale(one) for one in dice.among(level.names, name, 8)]
    right = naming.scale(name)
    tonic = keys.spelled_scale(made["tonic"], name)[0]
    return Asked(
        "scale", number, "scale", (made,), right.key, f"{tonic.name} {right.words}", choices=_mixed(names, dice)
    )


def _degree(skill: str, number: int, level: Degrees, dice: Dice) -> Asked:
    asked = dice.choice(level.degrees)
    made = _pitched(dice, "degree", "tonic", mode=level.mode, degree=asked, context=level.context)
    names = [naming.degree(one) for one in dice.among(level.degrees, asked, 8)]
    tonic = keys.tonic(made["tonic"], level.mode)
    note = keys.degree(tonic, asked)
    words = f"{naming.degree(asked).words} of {tonic.name} {level.mode}: {note.whole_name}"
    return Asked(skill, number, "degree", (made,), asked, words, choices=tuple(names))


def _cadence(number: int, dice: Dice) -> Asked:
    mode = dice.choice(("major", "minor"))
    type_ = dice.choice(tuple(CADENCES[mode]))
    made = _pitched(dice, "cadence", "tonic", mode=mode, type=type_)
    end = naming.progression(CADENCES[mode][type_][-2:]).words
    words = f"{type_} cadence in {keys.tonic(made['tonic'], mode).name} {mode}: {end}"
    names = [naming.cadence(one) for one in CADENCES[mode]]
    return Asked("chord", number, "cadence", (made,), type_, words, choices=_mixed(names, dice))


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
    names = [naming.progression(one.split()) for one in dice.among(LOOPS[mode], loop, MOST_CHORDS)]
    words = f"{naming.progression(loop.split()).words} in {keys.tonic(made['tonic'], mode).name} {mode}"
    return Asked("chord", number, "progression", (made,), loop, words, choices=_mixed(names, dice))


def _pitched(dice: Dice, kind: str, low: str, roots: tuple[int, int] = (LOWEST, HIGHEST), **own: Any) -> spec.Spec:
    """low: what the kind calls its root."""
    return spec.read({"kind": kind, low: dice.number(*roots), "timbre": dice.choice(TIMBRES), **own})


def _mixed(names: Sequence[Choice], dice: Dice) -> tuple[Choice, ...]:
    return tuple(dice.shuffled(names))


def _sorted(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _direction(direction: str) -> str:
    return {"up": "going up", "down": "going down", "together": "both together"}[direction]
