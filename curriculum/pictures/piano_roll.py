"""Notes over time as in a sequencer: a row for each half step, a bar for each note, with names in words beside it."""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from curriculum.pictures import BadSource, Picture, lines
from curriculum.pictures.key_words import aloud, is_black, listed, name
from curriculum.pictures.tune_words import Detail

TIMED = re.compile(r"(?P<keys>[^\d.][^.]*?)\s+(?P<start>\d+(?:\.\d+)?)\s*\.\.\s*(?P<end>\d+(?:\.\d+)?)")
MOST_NOTES, MOST_ROWS = 64, 49
LONGEST = 64.0  # beats or seconds
ROW, LEFT, TOP, FOOT = 15, 40, 4, 22
LOW_ROW, MANY_ROWS = 11, 32  # of so many rows each is lower
FEWEST_ROWS = 8
BODY = 360  # width of the time axis at least
LABELS = ("names", "c", "none")
UNITS = {"beats": "beat", "seconds": "s"}
TOLD = 24  # notes that are told one by one


class Bar(NamedTuple):
    key: int  # MIDI
    spelled: str
    start: float
    end: float
    side: str = ""  # A or B of a pair


def svg(source: str, *, detail: Detail = "names", words: str = "") -> Picture:
    """source: lines such as "C4 E4 G4 0..2", times counted from 0.

    Where wanted "unit: beats | seconds", "length: 4", "range: C3..C5", "labels: names | c | none".
    """
    read = lines.read(source, ("unit", "length", "labels", "range"))
    bars: list[Bar] = []
    for number, text in read.said:
        found = TIMED.fullmatch(text)
        if found is None or not float(found["start"]) < float(found["end"]) <= LONGEST:
            mend = "Write notes and their time: C4 E4 0..2, from 0 and up to 64."
            raise BadSource(number, f'"{text[:30]}" cannot be read.', mend)
        for one in found["keys"].replace(",", " ").split():
            bars.append(Bar(*lines.key(one, number), float(found["start"]), float(found["end"])))
            if any(_overlap(bars[-1], other) for other in bars[:-1]):
                raise BadSource(number, f"{one} sounds already at that time.", "Let the first one end before.")
    if not bars or len(bars) > MOST_NOTES:
        raise BadSource(0, f"a piano roll has 1 to {MOST_NOTES} notes.", "Write them as in: C4 E4 G4 0..2")
    keys = [bar.key for bar in bars]
    labels = read.one_of("labels", LABELS, "names" if detail == "names" else "c")
    low, high = read.keys("range") or fitted(keys)
    if labels == "c" and "range" not in read.options:
        low = _down_to_a_name(low, high, keys, detail)
    if not low <= min(keys) <= max(keys) <= high or high - low >= MOST_ROWS:
        raise BadSource(
            0, f"the notes do not fit into {high - low + 1} rows.", f"Show at most {MOST_ROWS}, all notes in."
        )
    last = max(bar.end for bar in bars)
    length = read.number("length", last, LONGEST, math.ceil(last))
    unit = read.one_of("unit", tuple(UNITS), "beats")
    return draw(bars, low, high, length, unit=unit, labels=labels, detail=detail, words=words)


def draw(
    bars: Sequence[Bar],
    low: int,
    high: int,
    length: float,
    *,
    unit: str = "seconds",
    labels: str = "names",
    detail: Detail = "names",
    words: str = "",
) -> Picture:
    """low, high: MIDI of the lowest and highest row. Notes of A are filled, of B dashed; each says which it is."""
    named = [] if labels == "none" else named_rows(low, high, [bar.key for bar in bars], detail)
    said = words or in_words(bars, low, high, unit, detail, named)
    rows = high - low + 1
    scale = max(BODY / length, 28 * (unit == "beats"))
    row = ROW if rows <= MANY_ROWS else LOW_ROW
    wide, tall = LEFT + length * scale + 4, TOP + rows * row + FOOT
    parts = [*_ground(low, high, length, (scale, row), unit, named)]
    for bar in bars:
        parts += _bar(bar, high, (scale, row), labels == "names")
    head = '<svg viewBox="0 0 {} {}" width="{}em" height="{}em" role="img"><title>{}</title>'
    head += '<g class="roll" fill="currentColor" stroke="currentColor" font-size="11">{}</g></svg>'
    size = (round(wide, 2), tall, round(wide / 16, 2), round(tall / 16, 2))
    return Picture(Markup(head).format(*size, said, Markup("").join(parts)), said, table(bars, unit))


def fitted(keys: Sequence[int]) -> tuple[int, int]:
    """A row more on each side, and no fewer than eight."""
    low, high = max(0, min(keys) - 1), max(keys) + 1
    missing = max(0, FEWEST_ROWS - (high - low + 1))
    return low - missing // 2, high + missing - missing // 2


def named_rows(low: int, high: int, keys: Collection[int], detail: Detail) -> list[int]:
    """Each C; where names are asked, those alone that no note stands on."""
    return [key for key in range(low, high + 1) if key % 12 == 0 and (detail == "names" or key not in keys)]


def _down_to_a_name(low: int, high: int, keys: Collection[int], detail: Detail) -> int:
    """A row must have a name, or the others have none."""
    if named_rows(low, high, keys, detail):
        return low
    lowest = low - low % 12
    while detail != "names" and lowest in keys:
        lowest -= 12
    return lowest


def in_words(bars: Sequence[Bar], low: int, high: int, unit: str, detail: Detail, named: Sequence[int] = ()) -> str:
    lead = "Piano roll. "
    if detail != "names":
        told_rows = [f"row {key - low + 1} is {name(key)}" for key in named]
        lead = f"Piano roll of {high - low + 1} rows, counted from below{'; ' if named else ''}{', '.join(told_rows)}. "
    sides = sorted({bar.side for bar in bars})
    parts = []
    for side in sides:
        mine = sorted((bar for bar in bars if bar.side == side), key=lambda bar: (bar.start, bar.key))
        told = [_told(some, low, unit, detail) for some in _together(mine[:TOLD])]
        more = f"; {len(mine) - TOLD} more" if len(mine) > TOLD else ""
        parts.append((f"{side}: " if side else "") + "; ".join(told) + more)
    said = ". ".join(parts)
    return f"{lead}{said[:1].upper()}{said[1:]}."


def table(bars: Sequence[Bar], unit: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    has_sides = any(bar.side for bar in bars)
    head = (*(("Sound",) if has_sides else ()), "Note", "MIDI", f"From, {unit}", f"To, {unit}")
    rows = [
        (*((bar.side,) if has_sides else ()), bar.spelled, str(bar.key), _figure(bar.start), _figure(bar.end))
        for bar in sorted(bars, key=lambda bar: (bar.side, bar.start, bar.key))
    ]
    return head, tuple(rows)


def _overlap(one: Bar, other: Bar) -> bool:
    return one.key == other.key and one.start < other.end and other.start < one.end


def _together(bars: Sequence[Bar]) -> Iterable[list[Bar]]:
    """Those that begin and end together, in order."""
    times = dict.fromkeys((bar.start, bar.end) for bar in bars)
    return [[bar for bar in bars if (bar.start, bar.end) == time] for time in times]


def _told(bars: Sequence[Bar], low: int, unit: str, detail: Detail) -> str:
    if detail == "names":
        what = listed([aloud(bar.spelled) for bar in bars])
    else:
        rows = listed([f"{bar.key - low + 1}" for bar in bars])
        what = f"{'rows' if len(bars) > 1 else 'row'} {rows}"
    after = "s" if unit == "seconds" else "beats"
    return f"{what} from {_figure(bars[0].start)} to {_figure(bars[0].end)} {after}"


def _ground(
    low: int, high: int, length: float, size: tuple[float, int], unit: str, named: Sequence[int]
) -> Iterable[Markup]:
    """Rows of black keys are shaded; each C is named; a line for each beat or half second."""
    scale, row = size
    right, foot = LEFT + length * scale, TOP + (high - low + 1) * row
    shade = '<rect class="roll-black" x="{}" y="{}" width="{}" height="{}" stroke="none" opacity="0.09"/>'
    for key in range(low, high + 1):
        y = TOP + (high - key) * row
        if is_black(key):
            yield Markup(shade).format(LEFT, y, _round(right - LEFT), row)
        if key in named:
            text = '<text x="{}" y="{}" text-anchor="end" stroke="none">{}</text>'
            yield Markup(text).format(LEFT - 5, y + row - 4, name(key))
            yield Markup('<path d="M{} {}H{}" opacity="0.4"/>').format(LEFT, y + row, _round(right))
    step = next(one for one in (0.5, 1, 2, 4, 8, 16) if length / one <= 16) if unit == "seconds" else 1
    number = 0
    while number * step <= length + 1e-9:
        x = LEFT + number * step * scale
        yield Markup('<path d="M{} {}V{}" opacity="{}"/>').format(_round(x), TOP, foot, 0.3 if number else 1)
        if number * step < length and (unit == "beats" or number % 2 == 0):
            text = '<text x="{}" y="{}" stroke="none">{}</text>'
            yield Markup(text).format(
                _round(x + 2), foot + 14, _figure(number * step) + (" s" if unit == "seconds" else "")
            )
        number += 1


def _bar(bar: Bar, high: int, size: tuple[float, int], is_named: bool) -> Iterable[Markup]:
    scale, row = size
    x, y = LEFT + bar.start * scale, TOP + (high - bar.key) * row + 1
    wide, tall = max(3.0, (bar.end - bar.start) * scale - 1), row - 2
    look = (
        'fill="none" stroke-width="1.6" stroke-dasharray="4 2"'
        if bar.side == "B"
        else 'fill-opacity="0.28" stroke-width="1.2"'
    )
    tag = f'<rect class="roll-note" x="{{}}" y="{{}}" width="{{}}" height="{{}}" rx="2" {look}/>'
    yield Markup(tag).format(_round(x), y, _round(wide), tall)
    if not is_named:
        return
    words = f"{bar.side} {bar.spelled}" if bar.side else bar.spelled
    fits = wide >= 7 * len(words) + 6
    text = '<text class="roll-name" x="{}" y="{}" stroke="none">{}</text>'
    yield Markup(text).format(_round(x + 4 if fits else x + wide + 3), y + row - 4.5, words)


def _round(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _figure(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
