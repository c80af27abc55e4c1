"""The picture of fit checks: for each statement a trail of dots, from the oldest check to the newest."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 56  # pixels of one trail
TOP, STEP = 8, 10  # pixels: of mark 5, and between two marks
MOST = 12  # checks in the picture; the table has all
BEST = 5


@dataclass(frozen=True, slots=True)
class Dot:
    """x: per cent of the width; y: pixels from above."""

    x: float
    y: int
    mark: int


@dataclass(frozen=True, slots=True)
class Trail:
    dots: tuple[Dot, ...]

    @property
    def lines(self) -> list[tuple[Dot, Dot]]:
        """From each dot to the next one."""
        return list(zip(self.dots, self.dots[1:], strict=False))


def trail(marks: Sequence[int]) -> Trail:
    """marks: 1 to 5, the oldest first; one dot for each of the newest, spread evenly from left to right."""
    newest = marks[-MOST:]
    width = 100 / max(len(newest), 1)
    return Trail(
        tuple(
            Dot(round((place + 0.5) * width, 2), TOP + (BEST - mark) * STEP, mark) for place, mark in enumerate(newest)
        )
    )
