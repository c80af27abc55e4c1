"""A plot with two axes as SVG: 400 wide, letters of 13, so that a phone still shows them at 11 px."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDE, HIGH = 400, 250
LEFT, RIGHT, TOP, FOOT = 50, 388, 30, 206  # of the plot's frame
LETTERS = 13
DASHES = ("", "7 4")
Places = Sequence[tuple[float, float] | None]  # None: a hole in the line


@dataclass(frozen=True, slots=True)
class Axis:
    """low, high: the values at its ends. ticks: (value, what stands there; "" for a line alone)."""

    name: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    is_logarithmic: bool = False

    def share(self, value: float) -> float:
        """0 at the low end, 1 at the high one; values beyond stay at the end."""
        inside = min(max(value, self.low), self.high)
        if self.is_logarithmic:
            return math.log(inside / self.low) / math.log(self.high / self.low)
        return (inside - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Line:
    """A line in the values of the axes; the second of two is dashed. is_area: filled down to the ground."""

    places: Places
    name: str = ""


def hertz_axis(low: float = 20, high: float = 20_000) -> Axis:
    ticks = ((31.5, ""), (63, "63"), (125, ""), (250, "250"), (500, ""), (1000, "1k"), (2000, ""), (4000, "4k"))
    return Axis("Hz", low, high, (*ticks, (8000, ""), (16_000, "16k")), is_logarithmic=True)


def even_axis(name: str, low: float, high: float, step: float, words: Callable[[float], str] | None = None) -> Axis:
    """Ticks at whole multiples of the step."""
    first = math.ceil(round(low / step, 6))
    last = math.floor(round(high / step, 6))
    ticks = tuple((number * step, (words or figure)(number * step)) for number in range(first, last + 1))
    return Axis(name, low, high, ticks)


def figure(value: float) -> str:
    """A number as people write it: a true minus, no needless decimals."""
    return f"{round(value, 3):g}".replace("-", "−")


def hertz(value: float) -> str:
    return f"{figure(value / 1000)} kHz" if value >= 1000 else f"{figure(value)} Hz"


def plot(across: Axis, up: Axis, lines: Sequence[Line], words: str, *, extra: Iterable[Markup] = ()) -> Markup:
    """One or two lines over a grid; where there are two, a key above them tells by dash and name which is which."""
    parts = [*_grid(across, up), *extra]
    for number, line in enumerate(lines):
        parts.append(_drawn(path(across, up, line.places), number))
    if len(lines) > 1 or any(line.name for line in lines):
        parts += _key([line.name for line in lines])
    return whole(parts, words)


def whole(parts: Iterable[Markup], words: str, width: float = WIDE, height: float = HIGH) -> Markup:
    head = '<svg class="picture" viewBox="0 0 {} {}" role="img" aria-label="{}" font-size="{}">{}</svg>'
    return Markup(head).format(plain(width), plain(height), words, LETTERS, Markup("").join(parts))


def path(across: Axis, up: Axis, places: Places) -> str:
    said, is_open = [], False
    for place in places:
        if place is not None:
            x, y = at(across, up, *place)
            said.append(f"{'L' if is_open else 'M'}{plain(x)} {plain(y)}")
        is_open = place is not None
    return "".join(said)


def at(across: Axis, up: Axis, x: float, y: float) -> tuple[float, float]:
    return LEFT + (RIGHT - LEFT) * across.share(x), FOOT - (FOOT - TOP) * up.share(y)


def text(x: float, y: float, words: str, side: str = "middle", kind: str = "picture-words") -> Markup:
    tag = '<text class="{}" x="{}" y="{}" text-anchor="{}" fill="currentColor">{}</text>'
    return Markup(tag).format(kind, plain(x), plain(y), side, words)


def stroke(points: str, *, width: float = 1, dash: str = "", faint: bool = False, kind: str = "") -> Markup:
    """A path that is not filled."""
    more = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
    more += Markup(' stroke-opacity="0.22"') if faint else Markup("")
    more += Markup(' class="{}"').format(kind) if kind else Markup("")
    tag = '<path d="{}" fill="none" stroke="currentColor" stroke-width="{}" stroke-linejoin="round"{}/>'
    return Markup(tag).format(points, plain(width), more)


def plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _grid(across: Axis, up: Axis) -> Iterable[Markup]:
    faint = []
    for value, words in across.ticks:
        x = LEFT + (RIGHT - LEFT) * across.share(value)
        faint.append(f"M{plain(x)} {TOP}V{FOOT}")
        if words:
            yield text(x, FOOT + 16, words)
    for value, words in up.ticks:
        y = FOOT - (FOOT - TOP) * up.share(value)
        faint.append(f"M{LEFT} {plain(y)}H{RIGHT}")
        if words:
            yield text(LEFT - 6, y + 4.5, words, "end")
    yield stroke("".join(faint), faint=True)
    yield stroke(f"M{LEFT} {TOP}V{FOOT}H{RIGHT}")
    yield text(RIGHT, HIGH - 8, across.name, "end", "picture-axis")
    yield text(LEFT, TOP - 12, up.name, "middle", "picture-axis")


def _drawn(points: str, number: int) -> Markup:
    return stroke(points, width=2.5, dash=DASHES[number], kind="picture-b" if number else "picture-a")


def _key(names: Sequence[str]) -> Iterable[Markup]:
    """Right-aligned in the row above the frame."""
    right: float = RIGHT
    for number in reversed(range(len(names))):
        left = right - sum(_width(letter) for letter in names[number])
        yield text(right, TOP - 12, names[number], "end")
        yield _drawn(f"M{plain(left - 34)} {TOP - 16.5}H{plain(left - 6)}", number)
        right = left - 48


def _width(letter: str) -> float:
    """About, in the widest of the usual fonts: what a name takes must be known before it is drawn."""
    if letter in "iIlj.,:;'|! ":
        return 4.6
    return 12.0 if letter in "mwMW%" else 8.4
