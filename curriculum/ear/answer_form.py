"""How an answer by ear is given when not by a button: what there is to set, and the key of what was set.

All of it hangs on what can be heard of the question, never on its answer.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from curriculum.ear import names
from curriculum.ear.asked import Asked
from curriculum.synth.fields import METERS
from curriculum.synth.spec import slots_in_bar

THIRDS = (
    *(20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500),
    *(3150, 4000, 5000, 6300, 8000, 10000, 12500, 16000, 20000),
)  # Hz: centres of the bands of a third of an octave, by their usual names
LABELLED = {31.5: "31", 63: "63", 125: "125", 250: "250", 500: "500", 1000: "1k", 2000: "2k", 4000: "4k"} | {
    8000: "8k",
    16000: "16k",
}
START_HZ = 1000
LOW_HZ, HIGH_HZ = 20, 20_000
SIGNS = (("+", "boost"), ("-", "cut"))
LETTERS = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
BLACK = frozenset({1, 3, 6, 8, 10})
STEPS = ("1", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7")  # degrees, by half steps above the tonic
OCTAVE = 12
LETTER_KEYS = "awsedftgyhujkolp;'"  # of a computer, laid out like a piano's
LONGEST = 200  # characters of a key

Sent = Callable[[str], Sequence[str]]  # the values of a form's field


class Stop(NamedTuple):
    """A place on the frequency axis."""

    key: str  # "1250"
    words: str  # "1.25 kHz"
    x: float  # per cent from the left
    label: str = ""  # below the axis, at some


class Axis(NamedTuple):
    stops: tuple[Stop, ...]
    bands: tuple[int, ...]  # 0, or 0 and 1
    signs: tuple[tuple[str, str], ...]  # () where all are boosts, or none


class PianoKey(NamedTuple):
    answer: str  # the key of the answer
    words: str  # "G4"
    is_black: bool
    is_first: bool  # the note that is told
    letter: str  # of the computer's keyboard, or ""


class Beat(NamedTuple):
    number: int  # in its bar, from 1
    slots: tuple[int, ...]  # from 0, counted over all bars


class Grid(NamedTuple):
    voices: tuple[str, ...]
    beats: tuple[Beat, ...]
    slots: int
    slot_ms: float


def axis(asked: Asked) -> Axis:
    stops = tuple(Stop(f"{hz:g}", names.hertz(hz), round(_share(hz) * 100, 3), LABELLED.get(hz, "")) for hz in THIRDS)
    parts = asked.right.split()
    return Axis(stops, tuple(range(len(parts))), SIGNS if parts[0][0] in "+-" else ())


def _share(hz: float) -> float:
    return math.log(hz / LOW_HZ) / math.log(HIGH_HZ / LOW_HZ)


def piano(asked: Asked) -> tuple[PianoKey, ...]:
    """Of an interval the octave that it can lie in (two, where the ladder goes beyond one); of a degree the key's."""
    spec = asked.specs[0]
    if asked.kind == "interval":
        reach = 2 * OCTAVE if asked.level >= WIDE_LEVEL else OCTAVE
        root = int(spec["root"])
        notes = range(root - reach, root + 1) if spec["direction"] == "down" else range(root, root + reach + 1)
        found = [(note, str(abs(note - root))) for note in notes]
    else:
        root = int(spec["tonic"])
        found = [(root + place, degree) for place, degree in enumerate(STEPS)]
    letters = LETTER_KEYS if len(found) <= len(LETTER_KEYS) else ""
    return tuple(
        PianoKey(
            answer,
            f"{LETTERS[note % OCTAVE]}{note // OCTAVE - 1}",
            note % OCTAVE in BLACK,
            note == root,
            letters[place] if letters else "",
        )
        for place, (note, answer) in enumerate(found)
    )


WIDE_LEVEL = 7  # of the ladder of intervals


def grid(asked: Asked) -> Grid:
    """The slots of a rhythm, a row for each voice that plays in it."""
    spec = asked.specs[0]
    in_bar, bars = slots_in_bar(spec["meter"], spec["slots_per_beat"]), spec["bars"]
    in_beat = spec["slots_per_beat"]
    if spec["meter"].endswith("8"):  # eighths are counted
        in_beat = max(1, in_beat // 2)
    beats = [
        Beat(first // in_beat + 1, tuple(range(bar * in_bar + first, bar * in_bar + min(first + in_beat, in_bar))))
        for bar in range(bars)
        for first in range(0, in_bar, in_beat)
    ]
    quarter_ms = 60_000 / spec["bpm"]
    slot_ms = quarter_ms * METERS[spec["meter"]] / in_bar
    return Grid(tuple(spec["hits"]), tuple(beats), in_bar * bars, round(slot_ms, 3))


def unit(asked: Asked) -> str:
    """What stands beside the field of a typed answer."""
    return {"tone": "Hz", "tempo": "BPM", "level": "dB", "delay": "ms"}.get(asked.kind, "") or (
        "Hz" if asked.kind in ("eq", "filter") and _is_number(asked.right) else ""
    )


def _is_number(key: str) -> bool:
    return key.lstrip("+-").replace(".", "", 1).isdecimal()


def given(asked: Asked, sent: Sent) -> str | None:
    """The key of what was sent; None when nothing was. "" for somebody who does not know."""
    if said := sent("given"):
        return said[0].strip()[:LONGEST]
    if found := sent("hz"):
        signs = [next(iter(sent(f"sign{number}")), "") for number in range(len(found))]
        return " ".join(f"{sign}{hz}" for sign, hz in zip(signs, found, strict=True))[:LONGEST]
    if sent("tapped") and asked.kind == "rhythm":
        hits, shape = set(sent("slot")), grid(asked)
        rows = [
            f"{voice} {_in_fours(''.join('01'[f'{voice}.{slot}' in hits] for slot in range(shape.slots)))}"
            for voice in shape.voices
        ]
        return "; ".join(rows)
    return None


def _in_fours(row: str) -> str:
    return " ".join(row[place : place + 4] for place in range(0, len(row), 4))
