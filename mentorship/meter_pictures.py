"""Where the lines of the loudness curve and of the spectrum run. Numbers in, places out.

Lines are drawn in a box of 1000 by 160 that is stretched to the page's width; names of the scale stand in per cent
across and in pixels down, so that no letter is stretched.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.words import clock_time

WIDE, HIGH = 1000, 160
LOWEST, HIGHEST = -48.0, 0.0  # LUFS
POINTS = 400  # of a line
SPAN = 60  # dB of the spectrum that are shown
TABLE_ROWS = 24
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300)  # seconds from label to label
MOST_LABELS = 7
SHOWN_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)
DIFFERENT = 2.0  # dB: less is not worth a word
JUDGED = (40, 16_000)  # Hz: where a difference is told

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Label:
    at: float  # per cent across, or pixels down
    words: str
    is_minor: bool = False  # may go where the picture is narrow


@dataclass(frozen=True, slots=True)
class Band:
    """The target window, in pixels down."""

    y: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    lines: tuple[tuple[str, str], ...]  # (what it is: own, own-faint, other; the path)
    across: tuple[Label, ...]
    down: tuple[Label, ...]
    band: Band | None
    height: int = HIGH


def loudness(
    curve: Mapping[str, Any], *, other: Mapping[str, Any] | None, window: tuple[float, float] | None
) -> Picture | None:
    """Short-term and momentary loudness over time. other: a reference's curve, from its beginning; window: LUFS."""
    short_term, step = curve.get("short_term") or [], float(curve.get("step") or 0)
    if step <= 0 or not any(value is not None for value in short_term):
        return None
    seconds = step * (len(short_term) - 1)
    lines = [
        ("own-faint", _path(curve.get("momentary") or [], step, seconds)),
        ("own", _path(short_term, step, seconds)),
    ]
    if other and float(other.get("step") or 0) > 0:
        lines.insert(0, ("other", _path(other.get("short_term") or [], float(other["step"]), seconds)))
    down = [Label(_down(level), _minus(level)) for level in (-12, -24, -36)]
    band = None
    if window:
        top, foot = _down(min(window[1], HIGHEST)), _down(max(window[0], LOWEST))
        band = Band(top, round(foot - top, 2), f"target window, {_minus(window[0])} to {_minus(window[1])} LUFS")
    return Picture(tuple(lines), tuple(_times(seconds)), tuple(down), band)


def spectrum(hertz: Sequence[float], levels: Values, *, other: Values | None) -> Picture | None:
    """The 31 bands. other: a reference's, made as loud as this one."""
    known = [level for level in (*levels, *(other or ())) if level is not None]
    if not known:
        return None
    top = 10 * math.ceil(max(known) / 10)

    def path(values: Values) -> str:
        places = [
            None if value is None else (WIDE * number / (len(hertz) - 1), HIGH * min(1.0, (top - value) / SPAN))
            for number, value in enumerate(values)
        ]
        return _drawn(places)

    lines = ([("other", path(other))] if other else []) + [("own", path(levels))]
    across = [
        Label(round(100 * number / (len(hertz) - 1), 2), _hertz(one), SHOWN_HZ.index(one) % 2 == 0)
        for number, one in enumerate(hertz)
        if one in SHOWN_HZ
    ]
    down = [Label(HIGH * part / SPAN, _minus(top - part)) for part in (20, 40)]
    return Picture(tuple(lines), tuple(across), tuple(down), None)


def lifted(levels: Values, by: float) -> list[float | None]:
    """The same so many dB louder."""
    return [None if level is None else round(level + by, 1) for level in levels]


def differences(hertz: Sequence[float], levels: Values, other: Values) -> str:
    """Where two spectra differ most: "4.2 dB more at 63 Hz, 3.0 dB less at 10 kHz"; "" where they hardly do."""
    gaps = [
        (own - theirs, one)
        for one, own, theirs in zip(hertz, levels, other, strict=False)
        if own is not None and theirs is not None and JUDGED[0] <= one <= JUDGED[1]
    ]
    if not gaps:
        return ""
    most, least = max(gaps), min(gaps)
    said = [f"{most[0]:.1f} dB more at {_hertz(most[1])} Hz"] if most[0] >= DIFFERENT else []
    said += [f"{-least[0]:.1f} dB less at {_hertz(least[1])} Hz"] if least[0] <= -DIFFERENT else []
    return ", ".join(said).replace("k Hz", " kHz")


def loudness_table(curve: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(moment, momentary, short-term) at even steps."""
    momentary, short_term = curve.get("momentary") or [], curve.get("short_term") or []
    every = max(1, math.ceil(len(short_term) / TABLE_ROWS))
    step = float(curve.get("step") or 0)
    return [
        (clock_time(number * step), _figure(momentary[number]), _figure(short_term[number]))
        for number in range(every, min(len(momentary), len(short_term)), every)
    ]


def spectrum_table(hertz: Sequence[float], levels: Values, other: Values | None) -> list[tuple[str, ...]]:
    """(Hz, dB, and the reference's where there is one)."""
    columns = [levels, *([other] if other else [])]
    return [
        (f"{one:g}", *(_figure(column[number]) if number < len(column) else "–" for column in columns))
        for number, one in enumerate(hertz[: len(levels)])
    ]


def _path(values: Values, step: float, seconds: float) -> str:
    """A line over time; the highest value of each stretch, so that no peak is lost."""
    every = max(1, math.ceil(len(values) / POINTS))
    places: list[tuple[float, float] | None] = []
    for first in range(0, len(values), every):
        part = [value for value in values[first : first + every] if value is not None]
        x = WIDE * first * step / seconds if seconds else 0.0
        if x > WIDE:
            break
        places.append((x, _down(max(part))) if part else None)
    return _drawn(places)


def _drawn(places: Iterable[tuple[float, float] | None]) -> str:
    said, is_open = [], False
    for place in places:
        if place is None:
            is_open = False
            continue
        said.append(f"{'L' if is_open else 'M'}{place[0]:.1f},{place[1]:.1f}")
        is_open = True
    return "".join(said)


def _down(level: float) -> float:
    return round(HIGH * (HIGHEST - min(HIGHEST, max(LOWEST, level))) / (HIGHEST - LOWEST), 2)


def _times(seconds: float) -> Iterable[Label]:
    step = next((one for one in STEPS if seconds / one <= MOST_LABELS), 600)
    for number in range(int(seconds / step) + 1):
        at = 100 * number * step / seconds if seconds else 0
        if at <= 97:
            yield Label(round(at, 2), clock_time(number * step), number % 2 == 1)


def _hertz(one: float) -> str:
    return f"{one / 1000:g}k" if one >= 1000 else f"{one:g}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace("-", "−")


def _minus(number: float) -> str:
    return f"{number:g}".replace("-", "−")
