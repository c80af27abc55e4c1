"""What of a sound reaches the ear, so that two answers which sound the same are found before anybody hears them."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from curriculum.ear.asked import Spec
from curriculum.theory import numerals
from curriculum.theory.steps import CHORDS, SCALES

MAJOR = SCALES["major"]
OWN_OF_EFFECT = ("noise_seed", "on", "kind", "rate", "channels", "source", "seconds")


def heard(spec: Spec) -> Hashable:
    """Equal for two sounds that nobody can tell apart without knowing their root."""
    kind = spec["kind"]
    if kind in HEARD:
        return HEARD[kind](spec)
    if spec.get("on") is False or _does_nothing(spec):
        return (spec.get("source"), spec.get("colour"), spec.get("seconds"))
    return _frozen({name: value for name, value in spec.items() if name not in ("noise_seed", "kind", "rate")})


def _does_nothing(spec: Spec) -> bool:
    match spec["kind"]:
        case "eq":
            return all(band["gain_db"] == 0 for band in spec["bands"])
        case "level":
            return spec["change_db"] == 0
        case "compression":
            return spec["ratio"] == 1 or spec["threshold_db"] == 0
        case "delay" | "reverb":
            return spec["mix"] == 0
        case "drive":
            return spec["drive_db"] == 0
        case "width":
            return spec["width_pct"] == 100 and not spec["flip"]
        case "noise-or-tone":
            return spec["tone_hz"] is None
    return False


def _chord(spec: Spec) -> Hashable:
    """Half steps above the lowest note, whatever the octave: D minor over C is a sixth chord of F."""
    notes = CHORDS[spec["quality"]]
    lowest = spec["bass"] - spec["root"] if spec["bass"] is not None else notes[spec["inversion"]]
    return frozenset((note - lowest) % 12 for note in notes), spec["voicing"]


def _scale(spec: Spec) -> Hashable:
    steps = (*SCALES[spec["name"]], 12)
    return steps if spec["steps"] is None else steps[: spec["steps"]], spec["direction"]


def _degree(spec: Spec) -> Hashable:
    sign, number = spec["degree"][:-1], int(spec["degree"][-1])
    return (MAJOR[number - 1] + {"": 0, "b": -1, "#": 1}[sign]) % 12


def _progression(spec: Spec) -> Hashable:
    """Where no key was heard before, only what follows the first chord tells it."""
    chords = [numerals.chord(one, spec["mode"]) for one in spec["numerals"]]
    first = chords[0][0]
    return tuple(((root - first) % 12, quality) for root, quality in chords)


HEARD: Mapping[str, Callable[[Spec], Hashable]] = {
    "interval": lambda spec: (spec["semitones"], spec["cents"], spec["direction"] if spec["semitones"] else ""),
    "scale": _scale,
    "degree": _degree,
    "chord": _chord,
    "cadence": lambda spec: (spec["mode"], spec["type"]),
    "progression": _progression,
}


def _frozen(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return tuple(sorted((name, _frozen(one)) for name, one in value.items() if name not in OWN_OF_EFFECT[:3]))
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
