"""Ladders of what stands in time: rhythms and tempos."""

from collections.abc import Sequence
from dataclasses import dataclass

from curriculum.ear import names
from curriculum.ear.asked import Asked, Choice
from curriculum.ear.dice import Dice
from curriculum.synth import spec

BEATS = 4
BPMS = (76, 84, 92, 100, 108)  # of rhythms
FREE_BPM = (60, 180)  # of tempos that are drawn freely
COUNTED = {2: ("", "&"), 4: ("", "e", "&", "a")}  # slots a beat -> how its slots are counted
HITS = 3.6  # about so many behind the first of a bar
FEWEST_HITS = 3
MOST_ALIKE = 0.4  # or a guess would be worth as much as listening


@dataclass(frozen=True, slots=True)
class Patterns:
    count: int  # choices; 0: it is tapped
    words: str
    slots_per_beat: int = 2
    with_beat: bool = False  # a snare on 2 and 4 below


@dataclass(frozen=True, slots=True)
class Tempos:
    asked: str
    values: Sequence[int]  # none: drawn freely, and typed
    words: str


RHYTHM = (
    Patterns(2, "Two rhythms in eighths"),
    Patterns(4, "Four rhythms in eighths"),
    Patterns(4, "Four kick patterns in sixteenths under a snare", 4, with_beat=True),
    Patterns(0, "Tap a rhythm in eighths"),
    Patterns(0, "Tap a kick pattern in sixteenths", 4, with_beat=True),
)
TEMPO = (
    Tempos("change_pct", (-12, 12), "Slower or faster"),
    Tempos("change_pct", (-10, -5, 5, 10), "How much slower or faster"),
    Tempos("bpm", (70, 95, 125, 165), "Four tempos"),
    Tempos("bpm", (60, 72, 85, 100, 120, 140, 168, 200), "Eight tempos"),
    Tempos("bpm", (), "Any tempo, typed"),
)


def rhythm(number: int, dice: Dice) -> Asked:
    level = RHYTHM[number - 1]
    slots = BEATS * level.slots_per_beat
    voice = "kick" if level.with_beat else "clap"
    rows = [_row(slots, dice)]
    while len(rows) < level.count:
        other = _row(slots, dice)
        rows += [other] if all(_alike(other, row) <= MOST_ALIKE for row in rows) else []
    hits = [{voice: row, **_beat(level)} for row in rows]
    made = spec.read(
        {"kind": "rhythm", "bpm": dice.choice(BPMS), "slots_per_beat": level.slots_per_beat, "hits": hits[0]}
    )
    choices = [
        Choice(names.key_of("hits", {voice: row}), counted(row, level.slots_per_beat)) for row in rows
    ]  # of the voice that is asked, not of the snare below
    right, words = choices[0].key, f"{voice.capitalize()} on {choices[0].words}."
    if not level.count:
        return Asked("rhythm", number, "rhythm", (made,), right, words, "tap")
    return Asked("rhythm", number, "rhythm", (made,), right, words, choices=tuple(dice.shuffled(choices)))


def tempo(number: int, dice: Dice) -> Asked:
    level = TEMPO[number - 1]
    if level.asked == "change_pct":
        return _change(number, level, dice)
    bpm = dice.choice(level.values) if level.values else dice.number(*FREE_BPM)
    made = spec.read({"kind": "tempo", "bpm": bpm})
    choices = tuple(Choice(str(one), f"{one} BPM") for one in level.values)
    answered_by = "choice" if choices else "typed"
    return Asked("tempo", number, "tempo", (made,), str(bpm), names.said(made), answered_by, choices)


def _change(number: int, level: Tempos, dice: Dice) -> Asked:
    drawn = {"kind": "tempo", "bpm": dice.choice(BPMS)}
    change = dice.choice(level.values)
    pair = spec.read(drawn), spec.read(drawn | {"change_pct": change})
    choices = tuple(
        Choice(str(one), f"{abs(one)} % {'faster' if one > 0 else 'slower'}" if len(level.values) > 2 else _way(one))
        for one in level.values
    )
    words = f"{abs(change)} % {_way(change)}: {names.said(pair[0])[:-1]}, then {names.said(pair[1])}"
    return Asked("tempo", number, "tempo", pair, str(change), words, choices=choices)


def counted(row: str, slots_per_beat: int) -> str:
    """As musicians count: "10001010" in eighths is 1, 3, 4."""
    marks = COUNTED[slots_per_beat]
    places = [divmod(slot, slots_per_beat) for slot, hit in enumerate(row) if hit == "1"]
    return ", ".join(f"{beat + 1}{marks[part]}" for beat, part in places)


def _row(slots: int, dice: Dice) -> str:
    """The first slot is a hit, so that it is heard where the bar begins."""
    while True:
        row = "1" + "".join("1" if dice.part() < HITS / slots else "0" for _ in range(slots - 1))
        if FEWEST_HITS <= row.count("1") <= slots - 2:
            return row


def _alike(row: str, other: str) -> float:
    """The share of hits in common."""
    pairs = [pair for pair in zip(row, other, strict=True) if "1" in pair]
    return pairs.count(("1", "1")) / len(pairs)


def _beat(level: Patterns) -> dict[str, str]:
    beat = level.slots_per_beat
    return {"snare": ("0" * beat + "1" + "0" * (beat - 1)) * 2} if level.with_beat else {}


def _way(change: int) -> str:
    return "faster" if change > 0 else "slower"
