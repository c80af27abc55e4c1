"""A waveform with numbered flags for its remarks, as a drawing for paper and page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.drawing import Drawing, Ink, Label, Line, Shape, box
from core.words import clock_time

WIDTH = 174.0  # mm, as A4 has between its margins
WAVE = 24.0  # mm of height
ROW = 4.4  # mm: a row of flags
FLAG = 3.6  # mm
COLUMNS = 480
AXIS = 4.5
MOST_ROWS = 12
KINDS: dict[str, Ink] = {"fix": "bad", "idea": "info", "praise": "good", "question": "warn"}
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)  # seconds between two marks of the time line
MOST_MARKS = 9


@dataclass(frozen=True, slots=True)
class Flag:
    """Where a remark stands. start, end: seconds; end is None for a moment."""

    number: int
    kind: str
    start: float
    end: float | None = None


def columns(peaks: Mapping[str, Any], count: int = COLUMNS) -> list[tuple[float, float]]:
    """(lowest, highest) of all channels in so many equal stretches, -1 to 1.

    peaks: as audiowaveform writes them, JSON version 2. Empty where they hold nothing; ValueError where they are
    not of that form.
    """
    channels, bits, data = peaks.get("channels"), peaks.get("bits", 8), peaks.get("data")
    if not isinstance(channels, int) or channels < 1 or bits not in (8, 16) or not isinstance(data, list):
        raise ValueError("not a waveform")
    length = len(data) // (2 * channels)
    full = float(1 << (bits - 1))
    found = []
    for number in range(min(count, length)):
        first = number * length // min(count, length)
        last = max(first + 1, (number + 1) * length // min(count, length))
        stretch = data[first * 2 * channels : last * 2 * channels]
        if not all(isinstance(value, int | float) for value in stretch):
            raise ValueError("not a waveform")
        low, high = min(stretch[0::2]) / full, max(stretch[1::2]) / full
        found.append((max(-1.0, min(low, 1.0)), max(-1.0, min(high, 1.0))))
    return found


def drawing(wave: Sequence[tuple[float, float]], seconds: float, flags: Iterable[Flag]) -> Drawing:
    """The waveform of so many seconds, with its flags above and the time below."""
    placed = _rows(sorted(flags, key=lambda flag: (flag.start, flag.number)), seconds)
    top = (max((row for _, row in placed), default=-1) + 1) * ROW + 1.0
    parts: list[Shape | Line | Label] = []
    for flag, _ in placed:
        if flag.end is not None:
            start, end = _x(flag.start, seconds), _x(flag.end, seconds)
            parts.append(box(start, top, max(end - start, 0.4), WAVE, "hairline"))
    parts += _outline(wave, top)
    for flag, row in placed:
        parts += _flag(flag, row, top, seconds)
    parts += _axis(seconds, top + WAVE)
    return Drawing(WIDTH, top + WAVE + AXIS, _says(placed, seconds), parts)


def _outline(wave: Sequence[tuple[float, float]], top: float) -> list[Shape | Line | Label]:
    """The shape of the wave in short stretches, so that no outline grows too long for a reader."""
    middle, half = top + WAVE / 2, WAVE / 2
    parts: list[Shape | Line | Label] = [Line((0, middle), (WIDTH, middle), "wave", 0.15)]
    if not wave:
        return parts
    step = WIDTH / len(wave)
    for first in range(0, len(wave), 60):
        stretch = list(enumerate(wave))[first : first + 61]
        upper = [((number + 0.5) * step, middle - high * half) for number, (_, high) in stretch]
        lower = [((number + 0.5) * step, middle - low * half) for number, (low, _) in reversed(stretch)]
        parts.append(Shape((*upper, *lower), "wave"))
    return parts


def _flag(flag: Flag, row: int, top: float, seconds: float) -> list[Shape | Line | Label]:
    x, y, ink = _x(flag.start, seconds), row * ROW, KINDS.get(flag.kind, "accent")
    left = min(max(x - FLAG / 2, 0), WIDTH - FLAG)
    return [
        Line((x, y + FLAG), (x, top + WAVE), ink, 0.25),
        box(left, y, FLAG, FLAG, ink),
        Label((left + FLAG / 2, y + FLAG / 2), str(flag.number), "page", 2.3, "middle", is_bold=True),
    ]


def _rows(flags: Iterable[Flag], seconds: float) -> list[tuple[Flag, int]]:
    """Each flag with the row, counted from above, in which it hides no other."""
    ends: list[float] = []
    placed = []
    for flag in flags:
        left = _x(flag.start, seconds) - FLAG / 2
        row = next((number for number, end in enumerate(ends) if end <= left), len(ends))
        row = min(row, MOST_ROWS - 1)
        if row == len(ends):
            ends.append(0.0)
        ends[row] = left + FLAG + 0.6
        placed.append((flag, row))
    return placed


def _axis(seconds: float, y: float) -> list[Shape | Line | Label]:
    step = next((step for step in STEPS if seconds / step <= MOST_MARKS), 3600)
    marks = [number * step for number in range(int(seconds // step) + 1)]
    if len(marks) > 1 and (seconds - marks[-1]) / max(seconds, 0.001) * WIDTH < 12 and marks[-1] != seconds:
        marks.pop()  # the end stands there
    parts: list[Shape | Line | Label] = [Line((0, y), (WIDTH, y), "muted", 0.15)]
    for mark in marks:
        x = _x(mark, seconds)
        side = "left" if x < 4 else ("right" if x > WIDTH - 4 else "middle")
        parts.append(Line((x, y), (x, y + 1), "muted", 0.15))
        parts.append(Label((x, y + 2.9), clock_time(mark), "muted", 2.4, side))  # type: ignore[arg-type]
    if seconds != marks[-1]:
        parts.append(Label((WIDTH, y + 2.9), clock_time(round(seconds)), "muted", 2.4, "right"))
    return parts


def _x(second: float, seconds: float) -> float:
    return max(0.0, min(second / seconds if seconds > 0 else 0.0, 1.0)) * WIDTH


def _says(placed: Sequence[tuple[Flag, int]], seconds: float) -> str:
    """For whoever does not see it: how long it is, and where the remarks stand."""
    at = ", ".join(f"{flag.number} at {clock_time(flag.start)}" for flag, _ in placed)
    return f"Waveform of {clock_time(seconds)}" + (f"; remarks: {at}" if at else "")
