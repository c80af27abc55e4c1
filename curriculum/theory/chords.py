"""Chords spelled by stacking letters, in every inversion, with their names."""

from collections.abc import Sequence
from dataclasses import dataclass

from curriculum.theory.pitch import Pitch
from curriculum.theory.steps import CHORDS

LETTERS_OF = {"sus2": (1, 2, 5), "sus4": (1, 4, 5), "6": (1, 3, 5, 6), "m6": (1, 3, 5, 6), "9": (1, 3, 5, 7, 9)}
NAMES = {
    "maj": "major triad",
    "min": "minor triad",
    "dim": "diminished triad",
    "aug": "augmented triad",
    "sus2": "suspended second",
    "sus4": "suspended fourth",
    "maj7": "major seventh",
    "7": "dominant seventh",
    "m7": "minor seventh",
    "m7b5": "half-diminished seventh",
    "dim7": "diminished seventh",
    "6": "sixth chord",
    "m6": "minor sixth chord",
    "9": "dominant ninth",
}
SYMBOLS = {"maj": "", "min": "m", "m7b5": "m7♭5"}  # behind the root; all others as they are called
INVERSIONS = ("root position", "first inversion", "second inversion", "third inversion", "fourth inversion")


@dataclass(frozen=True, slots=True)
class Chord:
    root: Pitch
    quality: str  # of `steps.CHORDS`
    inversion: int = 0  # 0: the root is the lowest

    @property
    def notes(self) -> tuple[Pitch, ...]:
        """Close position, from the lowest; with the root's octave in root position, what goes up goes up an octave."""
        stacked = list(notes(self.root, self.quality))
        for _ in range(self.inversion):
            low = stacked.pop(0)
            while low.midi < stacked[-1].midi:
                low = Pitch(low.letter, low.alteration, low.octave + 1)
            stacked.append(low)
        return tuple(stacked)

    @property
    def symbol(self) -> str:
        """Cm7, C/E"""
        bass = f"/{self.notes[0].name}" if self.inversion else ""
        return f"{self.root.name}{SYMBOLS.get(self.quality, self.quality)}{bass}"

    @property
    def name(self) -> str:
        """C minor seventh, first inversion"""
        turned = f", {INVERSIONS[self.inversion]}" if self.inversion else ""
        return f"{self.root.name} {NAMES[self.quality]}{turned}"


def notes(root: Pitch, quality: str) -> tuple[Pitch, ...]:
    """Root position, close. quality: of `steps.CHORDS`."""
    steps = CHORDS[quality]
    numbers = LETTERS_OF.get(quality, (1, 3, 5, 7)[: len(steps)])
    return tuple(root.moved(number - 1, half_steps) for number, half_steps in zip(numbers, steps, strict=True))


def known(half_steps: Sequence[int]) -> str | None:
    """The quality of a chord in root position, half steps above the root; None where the table has none."""
    return next((quality for quality, steps in CHORDS.items() if steps == tuple(half_steps)), None)
