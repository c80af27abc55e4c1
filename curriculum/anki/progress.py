"""How far a child is: whole numbers in a file that it keeps writing over."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

FILE = "progress"
NUMBERS, WIDTH = 3, 16  # how many, digits of each


def to(file: BinaryIO) -> Callable[..., None]:
    """What the child calls with up to three numbers."""

    def tell(*numbers: int) -> None:
        file.seek(0)
        file.write(b"".join(b"%16d" % number for number in (*numbers, 0, 0, 0)[:NUMBERS]))

    return tell


def of(folder: Path) -> tuple[int, int, int]:
    """What was last told; zeros before, and where it cannot be read."""
    try:
        with open(folder / FILE, "rb") as file:
            told = file.read(NUMBERS * WIDTH)
        first, second, third = (int(told[place : place + WIDTH]) for place in range(0, NUMBERS * WIDTH, WIDTH))
        return first, second, third
    except (OSError, ValueError):
        return 0, 0, 0


def address_space() -> int:
    """How much this process has taken up so far; an open interpreter's usual share where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 100_000_000
