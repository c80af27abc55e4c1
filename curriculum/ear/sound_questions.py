"""Ladders of what is done to a sound: equaliser, filter, compression, level, space; and of naming a tone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from curriculum.ear import bands, names
from curriculum.ear.asked import Asked, Choice
from curriculum.ear.dice import Dice
from curriculum.synth import spec
from curriculum.synth.fields import NOISE_SEEDS
from curriculum.synth.hearable import HEARD

PINK = ("pink",)
LOOPS = ("drums", "bass", "keys", "voice", "mix")
GROOVES = ("drums", "mix")
HITS = ("snare",)
WIDE = ("pink", "keys")  # whose two sides differ enough to be heard
MOST_BUTTONS = 9  # beyond, an answer is a place on the axis of frequencies


@dataclass(frozen=True, slots=True)
class Bells:
    centres: Sequence[float]  # Hz, as they are called
    gains: Sequence[float]  # dB
    words: str
    q: float = 1.4
    sources: Sequence[str] = PINK
    count: int = 1


@dataclass(frozen=True, slots=True)
class Values:
    """One field has one of these values; all others stay, or are drawn and shared by both sides of a pair."""

    asked: str
    values: Sequence[Any]
    words: str
    sources: Sequence[str] = PINK
    fixed: Mapping[str, Any] = field(default_factory=dict)
    is_pair: bool = True  # A without, B with


FOUR_FILTERS = ("lowpass", "highpass", "bandpass", "notch")
LOW_PASS, HIGH_PASS = {"type": "lowpass", "slope": 24}, {"type": "highpass", "slope": 24}
FAST = {"threshold_db": -30, "ratio": 8}
EQ = (
    Bells((250, 1000, 4000), (12,), "Pink noise, +12 dB at 250 Hz, 1 or 4 kHz"),
    Bells((125, 250, 500, 1000, 2000, 4000), (12,), "Pink noise, +12 dB in one of six octaves"),
    Bells(bands.OCTAVES_HZ, (9,), "Pink noise, +9 dB in one of nine octaves"),
    Bells(bands.OCTAVES_HZ, (6, -6), "Pink noise, 6 dB up or down in one of nine octaves"),
    Bells(bands.OCTAVES_HZ, (6, -6), "The same on a loop", sources=LOOPS),
    Bells(bands.NAMED_HZ, (6, -6), "Pink noise, 6 dB up or down in a third of an octave", q=4),
    Bells(bands.NAMED_HZ, (3, -3), "Two bands at once, each 3 dB up or down", q=2, count=2),
)
FILTER = (
    Values("type", ("lowpass", "highpass"), "Low-pass or high-pass", fixed={"freq_hz": 1000}),
    Values("type", FOUR_FILTERS, "Which of four filters", fixed={"freq_hz": 1000, "q": 1}),
    Values("freq_hz", (500, 1000, 2000, 4000), "Where a low-pass begins", fixed=LOW_PASS),
    Values("freq_hz", (63, 125, 250, 500), "Where a high-pass begins, on a mix", ("mix",), HIGH_PASS),
    Values("freq_hz", bands.OCTAVES_HZ[1:-1], "Where a low-pass begins, in octaves", fixed=LOW_PASS),
)
COMPRESSION = (
    Values("ratio", (1, 10), "Compressed or not", GROOVES, {"threshold_db": -30, "attack_ms": 5}),
    Values("ratio", (1, 2, 4, 12), "How much, in four ratios", GROOVES, {"threshold_db": -30, "attack_ms": 5}),
    Values("attack_ms", (0.5, 50), "Fast or slow attack", GROOVES, {**FAST, "release_ms": 120}),
    Values("release_ms", (30, 600), "Fast or slow release", GROOVES, {**FAST, "attack_ms": 3}),
    Values("attack_ms", (0.5, 5, 20, 80), "Four attacks", GROOVES, {**FAST, "release_ms": 120}),
)
LEVEL = (
    Values("change_db", (-6, 6), "6 dB up or down", (*PINK, *LOOPS)),
    Values("change_db", (-6, -3, 3, 6), "3 or 6 dB, up or down", (*PINK, *LOOPS)),
    Values("change_db", (-3, -2, -1, -0.5, 0.5, 1, 2, 3), "Half a dB to 3 dB", (*PINK, *LOOPS)),
)
PAN = (
    Values("position", (-1, 1), "Left or right", (*PINK, *LOOPS), is_pair=False),
    Values("position", (-1, -0.5, 0.5, 1), "Four places without the centre", (*PINK, *LOOPS), is_pair=False),
    Values("position", (-1, -0.67, -0.33, 0, 0.33, 0.67, 1), "Seven places", (*PINK, *LOOPS), is_pair=False),
)
WIDTH = (
    Values("width_pct", (0, 200), "Mono or very wide", WIDE),
    Values("flip", (False, True), "One side's polarity", WIDE, {"width_pct": 100}),
    Values("width_pct", (0, 50, 100, 200), "Four widths", WIDE),
)
DELAY = (
    Values("time_ms", (100, 500), "100 or 500 ms", HITS, {"mix": 0.4}),
    Values("time_ms", (60, 125, 250, 500), "Four times", HITS, {"mix": 0.4}),
    Values("time_ms", (1, 2, 4, 8), "Comb filters", PINK, {"mix": 0.5, "feedback": 0}),
    Values("time_ms", (30, 60, 90, 125, 190, 280, 420, 630), "Eight times", HITS, {"mix": 0.4}),
)
REVERB = (
    Values("rt60_s", (0.5, 3), "Short or long", HITS),
    Values("rt60_s", (0.4, 0.9, 2, 4.5), "Four lengths", HITS),
    Values("predelay_ms", (0, 100), "With a pre-delay or without", HITS, {"rt60_s": 1.5}),
    Values("rt60_s", (0.3, 0.45, 0.7, 1, 1.5, 2.3, 3.4, 5), "Eight lengths", HITS),
)
TONE = (
    Values("freq_hz", (250, 4000), "250 Hz or 4 kHz", is_pair=False),
    Values("freq_hz", (125, 500, 2000, 8000), "Four frequencies, two octaves apart", is_pair=False),
    Values("freq_hz", bands.OCTAVES_HZ[:-1], "Eight octaves", is_pair=False),
    Values("freq_hz", bands.NAMED_HZ[5:-1], "Thirds of an octave from 100 Hz on", is_pair=False),
)
LADDERS: dict[str, Sequence[Values]] = {
    "filter": FILTER,
    "compression": COMPRESSION,
    "level": LEVEL,
    "pan": PAN,
    "width": WIDTH,
    "delay": DELAY,
    "reverb": REVERB,
    "tone": TONE,
}


def eq(number: int, dice: Dice) -> Asked:
    level = EQ[number - 1]
    source = dice.choice(level.sources)
    low, high = HEARD[source]
    centres = [one for one in level.centres if low <= one <= high]
    asked = _apart(centres, level.count, dice)
    gains = [dice.choice(level.gains) for _ in asked]
    made = [
        {"freq_hz": bands.centre(one), "gain_db": gain, "q": level.q} for one, gain in zip(asked, gains, strict=True)
    ]
    pair = _pair({"kind": "eq", "source": source, "noise_seed": dice.number(0, NOISE_SEEDS - 1), "bands": made})
    signed = len(level.gains) > 1
    choices = tuple(_band(one, gain, signed) for gain in level.gains for one in level.centres)
    right = " ".join(_band(one, gain, signed).key for one, gain in zip(asked, gains, strict=True))
    answered_by = "choice" if len(choices) <= MOST_BUTTONS else "axis"
    return Asked("eq", number, "eq", pair, right, names.said(pair[1]), answered_by, choices)


def of_values(skill: str, number: int, dice: Dice) -> Asked:
    level = LADDERS[skill][number - 1]
    value = dice.choice(level.values)
    is_grid = level.asked == "freq_hz"
    drawn: dict[str, Any] = {"kind": skill, **level.fixed, level.asked: bands.centre(value) if is_grid else value}
    if skill == "tone":
        drawn["harmonics"] = dice.number(0, 3) if number > 1 else 0
    else:
        drawn |= {"source": dice.choice(level.sources), "noise_seed": dice.number(0, NOISE_SEEDS - 1)}
    made = _pair(drawn) if level.is_pair else (spec.read(drawn),)
    choices = [
        Choice(names.key((level.asked,), {level.asked: one}), names.words(skill, (level.asked,), {level.asked: one}))
        for one in level.values
    ]
    if level.asked == "type":
        choices = dice.shuffled(choices)
    right = names.key((level.asked,), {level.asked: value})
    answered_by = "choice" if len(choices) <= MOST_BUTTONS else "axis"
    return Asked(skill, number, skill, made, right, names.said(made[-1]), answered_by, tuple(choices))


def _pair(drawn: dict[str, Any]) -> tuple[spec.Spec, spec.Spec]:
    """A without, B with: they share everything else."""
    return spec.read(drawn | {"on": False}), spec.read(drawn | {"on": True})


def _apart(centres: Sequence[float], count: int, dice: Dice) -> list[float]:
    """One, or two that are at least an octave apart, from low to high."""
    if count == 1:
        return [dice.choice(centres)]
    octave = bands.STEPS_OF_AN_OCTAVE
    low, high = dice.choice([(low, high) for place, low in enumerate(centres) for high in centres[place + octave :]])
    return [low, high]


@cache
def _band(named_hz: float, gain_db: float, signed: bool) -> Choice:
    values = {"freq_hz": named_hz, "gain_db": gain_db}
    return Choice(
        names.key(("freq_hz",), values, signed=signed), names.words("eq", ("freq_hz",), values, signed=signed)
    )
