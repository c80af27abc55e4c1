"""A rhythm as a grid: a row for each voice, a square for each slot, filled where it sounds."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from curriculum.pictures import BadSource, Picture, lines
from curriculum.pictures.tune_words import Detail

ROW = re.compile(r"(?P<name>[A-Za-z][\w -]{0,19}?)\s*[|:]?\s+(?P<slots>[01xX.\-|\s]+)")
HITS = "1xX"
MOST_ROWS, MOST_SLOTS = 8, 64
SQUARE, GAP, HEAD = 22, 3, 20


class Row(NamedTuple):
    name: str
    slots: str  # "1" where it sounds, else "0"


def svg(source: str, *, detail: Detail = "names", words: str = "") -> Picture:
    """source: a line for each voice, as in "kick 1000 0010" (or x... ..x.), and where wanted "slots: 4" (of a beat)."""
    read = lines.read(source, ("slots",))
    rows = []
    for number, text in read.said:
        found = ROW.fullmatch(text)
        if found is None:
            mend = "Write a name and its slots: kick 1000 0010, or kick x... ..x."
            raise BadSource(number, f'the row "{text[:30]}" cannot be read.', mend)
        slots = "".join("1" if one in HITS else "0" for one in found["slots"] if not one.isspace() and one != "|")
        rows.append(Row(found["name"], slots))
        if len(slots) != len(rows[0].slots):
            text = f"this row has {len(slots)} slots, the first has {len(rows[0].slots)}."
            raise BadSource(number, text, "Give each row the same number.")
    if not rows or len(rows) > MOST_ROWS or not 1 <= len(rows[0].slots) <= MOST_SLOTS:
        text = f"a grid has 1 to {MOST_ROWS} rows and at most {MOST_SLOTS} slots."
        raise BadSource(0, text, "Write a name and its slots: kick 1000 0010.")
    return draw(rows, int(read.number("slots", 1, 12, 4)), words=words)


def draw(rows: Sequence[Row], slots_per_beat: int, *, words: str = "") -> Picture:
    """rows: of the same length. A beat begins where a number stands above."""
    count = len(rows[0].slots)
    said = words or in_words(rows, slots_per_beat)
    left = 10 + 8 * max(len(row.name) for row in rows)
    wide, tall = left + count * SQUARE + GAP, HEAD + len(rows) * SQUARE + GAP
    parts = []
    for beat in range(0, count, slots_per_beat):
        x = left + beat * SQUARE
        text = '<text x="{}" y="{}" text-anchor="middle" stroke="none">{}</text>'
        parts.append(Markup(text).format(x + SQUARE / 2, HEAD - 6, beat // slots_per_beat + 1))
        line = '<path class="grid-beat" d="M{} {}V{}" stroke-width="1" opacity="0.5"/>'
        parts.append(Markup(line).format(x - GAP / 2 + 1.5, HEAD - 2, tall))
    for number, row in enumerate(rows):
        y = HEAD + number * SQUARE
        text = '<text x="{}" y="{}" text-anchor="end" stroke="none">{}</text>'
        parts.append(Markup(text).format(left - 6, y + SQUARE / 2 + 5, row.name))
        parts += [_square(left + at * SQUARE, y, one == "1") for at, one in enumerate(row.slots)]
    head = '<svg viewBox="0 0 {} {}" width="{}em" height="{}em" role="img"><title>{}</title>'
    head += '<g fill="currentColor" stroke="currentColor" font-size="13">{}</g></svg>'
    made = Markup(head).format(wide, tall, round(wide / 16, 2), round(tall / 16, 2), said, Markup("").join(parts))
    return Picture(made, said, table(rows, slots_per_beat))


def in_words(rows: Sequence[Row], slots_per_beat: int) -> str:
    beats = -(-len(rows[0].slots) // slots_per_beat)
    each = f", {slots_per_beat} slots to the beat" if slots_per_beat > 1 else ""
    told = [f"{row.name}: {', '.join(_places(row, slots_per_beat)) or 'silent'}" for row in rows]
    return f"Rhythm grid of {beats} beat{'s' if beats > 1 else ''}{each}. {'. '.join(told)}."


def table(rows: Sequence[Row], slots_per_beat: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Which slots of each beat sound."""
    count = len(rows[0].slots)
    beats = [range(first, min(first + slots_per_beat, count)) for first in range(0, count, slots_per_beat)]
    head = ("Voice", *(f"Beat {number}" for number in range(1, len(beats) + 1)))
    made = [
        (
            row.name,
            *(", ".join(str(at - beat[0] + 1) for at in beat if row.slots[at] == "1") or "–" for beat in beats),
        )
        for row in rows
    ]
    return head, tuple(made)


def _places(row: Row, slots_per_beat: int) -> list[str]:
    said = []
    for at, one in enumerate(row.slots):
        if one == "1":
            beat, slot = divmod(at, slots_per_beat)
            said.append(f"beat {beat + 1}" + (f" slot {slot + 1}" if slot else ""))
    return said


def _square(x: float, y: float, is_hit: bool) -> Markup:
    side = SQUARE - GAP
    if not is_hit:
        tag = '<rect class="grid-slot" x="{}" y="{}" width="{}" height="{}" rx="2" fill="none" opacity="0.45"/>'
        return Markup(tag).format(x + GAP, y, side, side)
    tag = '<rect class="grid-hit" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
    return Markup(tag).format(x + GAP, y, side, side)
