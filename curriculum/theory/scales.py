"""Scales with their spelling: seven notes use each letter once, the others what their degrees ask for."""

from curriculum.theory.pitch import Pitch
from curriculum.theory.steps import SCALES, SCALES_DOWN

DEGREES = {  # of the scales that do not take every letter once
    "major-pentatonic": (1, 2, 3, 5, 6),
    "minor-pentatonic": (1, 3, 4, 5, 7),
    "blues": (1, 3, 4, 5, 5, 7),
    "whole-tone": (1, 2, 3, 4, 5, 6),
    "chromatic": (1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6, 7),
}
DOWN = DEGREES | {"chromatic": (1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7)}  # sharps on the way up, flats on the way down
NAMES = {name: name.replace("-", " ") for name in SCALES}


def notes(tonic: Pitch, name: str, direction: str = "up") -> tuple[Pitch, ...]:
    """From tonic to tonic, both with it. direction: up, or down from the tonic above to this one."""
    degrees, steps = (DOWN, SCALES_DOWN) if direction == "down" else (DEGREES, SCALES)
    numbers = degrees.get(name, range(1, 8))
    found = [tonic.moved(number - 1, above) for number, above in zip(numbers, steps[name], strict=True)]
    found.append(tonic.moved(7, 12))
    return tuple(found[::-1] if direction == "down" else found)
