"""Where the bars, squares and whiskers of a picture stand. Numbers in, places out.

Across, places are per cent of the picture's width, so that a phone shows the same picture narrower; down, they are
pixels, so that no letter is ever squeezed.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

TOP, PLOT, FOOT = 18, 150, 24  # pixels: above the highest line, from there to the ground, below the ground
FILLED, WIDEST = 0.78, 9.0  # of a bar's place; per cent of the picture
MOST_LABELS = 8
WEEKS = 53
CELL, SIZES = 14, (3, 5, 8, 10, 12)  # pixels: a day's place, and the square in it by how much was done
ROW = 28  # pixels, of whiskers
SPARK_HIGH, SPARK_STEP = 20, 4  # pixels, of a sparkline and from bar to bar


@dataclass(frozen=True, slots=True)
class Column:
    """What a bar stands for. values: its parts, from the ground up."""

    values: tuple[float, ...]
    label: str  # beneath it
    words: str  # the whole of it, for whoever points at it


@dataclass(frozen=True, slots=True)
class Part:
    y: float
    height: float
    number: int  # which of the values, from 1


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    middle: float
    parts: tuple[Part, ...]
    label: str  # "" where there is no room
    is_minor: bool  # its label may go where the picture is narrow
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the scale."""

    at: float  # down in pixels, or across in per cent
    words: str


@dataclass(frozen=True, slots=True)
class BarChart:
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    ground: float
    height: float


@dataclass(frozen=True, slots=True)
class LineChart:
    """curves: points in a square of 100, down from its top, which lies over the plot."""

    curves: tuple[str, ...]
    lines: tuple[Line, ...]
    labels: tuple[tuple[Line, bool], ...]  # (where across, whether it may go where the picture is narrow)
    now: float | None
    top: float
    plot: float
    ground: float
    height: float


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Small bars without a scale, to stand beside a figure. All in pixels."""

    bars: tuple[tuple[float, float, float], ...]  # x, y, height
    width: float
    words: str  # what it shows, for whoever cannot see it


@dataclass(frozen=True, slots=True)
class Cell:
    x: float
    y: float
    size: float
    level: int  # 0: nothing; 1 to 4: a quarter of the days that have something
    words: str


@dataclass(frozen=True, slots=True)
class Calendar:
    cells: tuple[Cell, ...]
    months: tuple[Line, ...]
    weekdays: tuple[Line, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Whisker:
    """A share with the range it may be in. Across in per cent."""

    y: float
    low: float
    high: float
    middle: float
    words: str  # before it
    is_known: bool  # False: too few answers to draw anything


@dataclass(frozen=True, slots=True)
class WhiskerChart:
    rows: tuple[Whisker, ...]
    lines: tuple[Line, ...]
    aim: float
    ground: float
    height: float


def bar_chart(columns: Sequence[Column], *, unit: str = "", top: float = 0, thins: bool = True) -> BarChart:
    """Bars side by side with a scale from nothing to a round number.

    unit: written after the numbers of the scale. top: the end of the scale, when it is known before. thins: whether
    labels are left out where there would be too many.
    """
    end = top or round_top(max((sum(column.values) for column in columns), default=0))
    slot = 100 / max(1, len(columns))
    width = min(slot * FILLED, WIDEST)
    every = math.ceil(len(columns) / MOST_LABELS) if thins else 1
    bars = []
    for number, column in enumerate(columns):
        middle = slot * (number + 0.5)
        label = "" if number % every else column.label
        is_minor = thins and number // every % 2 == 1
        parts = _parts(column.values, end)
        bars.append(Bar(_r(middle - width / 2), _r(width), _r(middle), parts, label, is_minor, column.words))
    ground = TOP + PLOT
    lines = [Line(_r(ground - PLOT * share), f"{_figure(end * share)}{unit}") for share in (0.5, 1)]
    return BarChart(tuple(bars), tuple(lines), ground, ground + FOOT)


def line_chart(
    curves: Sequence[Sequence[float]], labels: Sequence[str], *, now: int | None = None, top: float = 0
) -> LineChart:
    """Each curve by one value a place, from the first place on; it may end before the others. labels: of all places.

    now: the place at which a mark stands. top: the end of the scale; 0: fits the values.
    """
    end = top or round_top(max((value for curve in curves for value in curve), default=0))
    step = 100 / max(1, len(labels) - 1)
    every = math.ceil(len(labels) / MOST_LABELS)
    drawn = tuple(
        " ".join(f"{_r(place * step)},{_r(100 - 100 * min(value, end) / end)}" for place, value in enumerate(curve))
        for curve in curves
    )
    shown = range(0, len(labels), every)
    return LineChart(
        curves=drawn,
        lines=tuple(Line(_r(TOP + PLOT - PLOT * share), _figure(end * share)) for share in (0.5, 1)),
        labels=tuple((Line(_r(place * step), labels[place]), place // every % 2 == 1) for place in shown),
        now=None if now is None else _r(now * step),
        top=TOP,
        plot=PLOT,
        ground=TOP + PLOT,
        height=TOP + PLOT + FOOT,
    )


def sparkline(values: Sequence[float], words: str, *, top: float = 0) -> Sparkline:
    """The values as small bars. top: what the whole height stands for; 0: the highest of them."""
    end = top or max(values, default=0) or 1
    heights = [max(1.5, SPARK_HIGH * min(value, end) / end) if value > 0 else 0.5 for value in values]
    bars = tuple(
        (_r(number * SPARK_STEP), _r(SPARK_HIGH - height), _r(height)) for number, height in enumerate(heights)
    )
    return Sparkline(bars, SPARK_STEP * len(values), words)


def calendar(days: Mapping[int, float], today: int, words: Callable[[int], str]) -> Calendar:
    """The last 53 weeks, a column each from Monday down, this week last. words: what to say of a study day."""
    first = today - (today - 1) % 7 - 7 * (WEEKS - 1)  # ordinal 1 was a Monday
    shown = range(first, today + 1)
    amounts = sorted(days[day] for day in shown if days.get(day))
    quarters = [amounts[len(amounts) * part // 4] for part in (1, 2, 3)] if amounts else []
    cells, months = [], []
    for day in shown:
        week, weekday = divmod(day - first, 7)
        level = 1 + bisect_left(quarters, days[day]) if days.get(day) else 0
        size = SIZES[level]
        gap = (CELL - size) / 2
        cells.append(Cell(_r(_LEFT + week * CELL + gap), _r(TOP + weekday * CELL + gap), size, level, words(day)))
        when = date.fromordinal(day)
        if weekday == 0 and when.day <= 7 and week < WEEKS - 2:
            months.append(Line(_LEFT + week * CELL, f"{when:%b}"))
    names = [
        Line(TOP + weekday * CELL + CELL - 3, name)
        for weekday, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun"))
    ]
    return Calendar(tuple(cells), tuple(months), tuple(names), _LEFT + WEEKS * CELL, TOP + 7 * CELL + 2)


def whisker_chart(rows: Sequence[tuple[str, float, float, float, bool]], aim: float) -> WhiskerChart:
    """Shares beneath each other on one scale, with a line where they were to be.

    rows: words, share, low and high end (0 to 1), and whether it is known. aim: 0 to 1.
    """
    lowest = min([low for _, _, low, _, is_known in rows if is_known] + [aim])
    start = max(0.0, math.floor(lowest * 10) / 10 - (0.1 if lowest * 10 % 1 < 0.1 else 0))

    def across(share: float) -> float:
        return _r(100 * (min(1.0, max(start, share)) - start) / (1 - start))

    ground = TOP + ROW * len(rows)
    drawn = tuple(
        Whisker(TOP + ROW * number + ROW / 2, across(low), across(high), across(share), words, is_known)
        for number, (words, share, low, high, is_known) in enumerate(rows)
    )
    marks = [start, (start + 1) / 2, 1.0]
    return WhiskerChart(
        drawn, tuple(Line(across(mark), f"{mark * 100:.0f} %") for mark in marks), across(aim), ground, ground + FOOT
    )


def round_top(highest: float) -> float:
    """The end of a scale that holds this: 2, 4, 10, 20, 40, 60, 80, 100, 200 ...; its half is a whole number, too."""
    if highest <= 2:
        return 2
    power = 10 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= highest and step * power % 2 == 0)


_LEFT = 30  # pixels for the names of weekdays


def _parts(values: tuple[float, ...], end: float) -> tuple[Part, ...]:
    parts, ground = [], float(TOP + PLOT)
    for number, value in enumerate(values, 1):
        if value > 0:
            height = max(1.5, PLOT * min(value, end) / end)
            ground -= height
            parts.append(Part(_r(ground), _r(height), number))
    return tuple(parts)


def _figure(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f")


def _r(value: float) -> float:
    return round(value, 2)
