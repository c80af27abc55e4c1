"""Drills in time: a pattern of drums after a count-in, and a beat at a tempo. Every hit begins on its sample."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy

from curriculum.synth import instruments
from curriculum.synth.fields import METERS
from curriculum.synth.noise import white
from curriculum.synth.pitched import LEAD_S, TAIL_S, on_sides
from curriculum.synth.spec import Spec, slots_in_bar

Sound = numpy.ndarray[Any, Any]

GROUPS = {"6/8": (0, 3), "7/8": (0, 2, 4)}  # eighths of a bar that are counted louder; elsewhere the first beat alone
LOUD, PLAIN = 1.0, 0.55


class Hit(NamedTuple):
    voice: str  # a voice of the pattern, or "click", "click-one"
    at_s: float  # from the first beat of the count-in
    loud: float = 1.0


def hits(spec: Spec) -> tuple[Hit, ...]:
    """Of a rhythm or a tempo, in time."""
    found = _rhythm_hits(spec) if spec["kind"] == "rhythm" else _tempo_hits(spec)
    return tuple(sorted(found, key=lambda hit: (hit.at_s, hit.voice)))


def slot_times(spec: Spec) -> list[float]:
    """Seconds from the first slot of a rhythm's pattern to each of its slots."""
    count, slot_s = slots_in_bar(spec["meter"], spec["slots_per_beat"]) * spec["bars"], _slot_s(spec)
    late = (spec["swing_pct"] / 50 - 1) * slot_s
    return [number * slot_s + late * (number % 2) for number in range(count)]


def drummed(spec: Spec) -> Sound:
    """Samples, (frames, channels); the first beat after LEAD_S."""
    rate = spec["rate"]
    lead = round(LEAD_S * rate)
    whole = numpy.zeros(lead + round((_seconds(spec) + TAIL_S) * rate))
    for hit in hits(spec):
        start = lead + round(hit.at_s * rate)
        sound = sounded(hit.voice, rate)[: max(0, len(whole) - start)]
        whole[start : start + len(sound)] += hit.loud * sound
    return on_sides(whole, spec)


@lru_cache(maxsize=16)
def sounded(voice: str, rate: int) -> Sound:
    """One hit; not to be written to."""
    made = VOICES[voice](rate)
    made = made / float(numpy.abs(made).max())
    made.flags.writeable = False
    return made


def _rhythm_hits(spec: Spec) -> Iterator[Hit]:
    bar_s = METERS[spec["meter"]] * 60 / spec["bpm"]
    for bar in range(spec["count_in"]):
        yield from _count(spec["meter"], spec["bpm"], bar * bar_s)
    begins, slots = spec["count_in"] * bar_s, slot_times(spec)
    for voice, row in spec["hits"].items():
        yield from (Hit(voice, begins + at) for at, mark in zip(slots, row, strict=True) if mark == "1")


def _count(meter: str, bpm: float, at_s: float) -> Iterator[Hit]:
    """One bar of clicks: quarter notes, or eighths where the meter counts them."""
    count, unit = (int(number) for number in meter.split("/"))
    for number in range(count):
        voice = "click-one" if number == 0 else "click"
        loud = LOUD if number in GROUPS.get(meter, (0,)) else PLAIN
        yield Hit(voice, at_s + number * 240 / unit / bpm, loud)


def _tempo_hits(spec: Spec) -> Iterator[Hit]:
    """Kick and snare in turn on the beats, a hat on every eighth."""
    beat_s = 60 / _bpm(spec)
    for beat in range(4 * spec["bars"]):
        yield Hit(("kick", "snare")[beat % 2], beat * beat_s)
        yield Hit("hat", beat * beat_s, 0.4)
        yield Hit("hat", (beat + 0.5) * beat_s, 0.25)


def _bpm(spec: Spec) -> float:
    return float(spec["bpm"] * (1 + spec["change_pct"] / 100))


def _slot_s(spec: Spec) -> float:
    return float(60 / spec["bpm"] / spec["slots_per_beat"])


def _seconds(spec: Spec) -> float:
    """To the end of the last bar."""
    if spec["kind"] == "tempo":
        return 4 * spec["bars"] * 60 / _bpm(spec)
    return (spec["count_in"] + spec["bars"]) * METERS[spec["meter"]] * 60 / float(spec["bpm"])


def _clap(rate: int) -> Sound:
    """Four hands close together, and the room."""
    t = instruments.seconds(round(0.22 * rate), rate)
    noise = instruments.band(white(len(t), 510), rate, 900, 4_500)
    hands = sum(numpy.where(t >= at, numpy.exp(-(t - at).clip(0) / 0.006), 0.0) for at in (0.0, 0.009, 0.018))
    room = numpy.where(t >= 0.026, numpy.exp(-(t - 0.026).clip(0) / 0.05), 0.0)
    return instruments.ends(noise * (0.7 * numpy.asarray(hands) + room), rate, 0.0005, 0.03)


def _click(hz: float) -> Callable[[int], Sound]:
    def made(rate: int) -> Sound:
        t = instruments.seconds(round(0.05 * rate), rate)
        return instruments.ends(numpy.sin(2 * numpy.pi * hz * t) * numpy.exp(-t / 0.012), rate, 0.0003, 0.01)

    return made


VOICES: dict[str, Callable[[int], Sound]] = {
    "kick": instruments.kick,
    "snare": instruments.snare,
    "hat": instruments.hat,
    "clap": _clap,
    "click": _click(1_000),
    "click-one": _click(1_600),
}
MAKERS: dict[str, Callable[[Spec], Sound]] = {"rhythm": drummed, "tempo": drummed}
