"""Curves of a question to the ear: levels in thirds of an octave or over time, of one sound or of two."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from curriculum.pictures import Picture, axes, curves
from curriculum.pictures.axes import Line, even_axis, figure

if TYPE_CHECKING:
    from numpy import ndarray

Spec = Mapping[str, Any]
OVER_TIME = ("compression", "level", "reverb", "delay")
SIDED = {"pan": ("left", "right"), "width": ("middle", "sides")}
COMB_MS = 20  # a shorter delay colours the sound instead of repeating it
STEP_S, FINE_STEP_S = 0.05, 0.01  # of a level over time
REACH = 30.0  # dB between two sides
BETWEEN = {"pan": "left lies above the right", "width": "sides lie above the middle"}
MOST_ROWS = 20


def facts(sounds: Sequence[Spec]) -> tuple[Picture, str]:
    """(the curve with its table, words that do not say where to look)."""
    kind = sounds[-1]["kind"]
    many = "s of A and B" if len(sounds) > 1 else ""
    if kind in SIDED:
        if len(sounds) > 1:
            said = f"How far the {BETWEEN[kind]}, in dB over time, of A and of B. The figures stand in the table."
            return _between(sounds, said), said
        first, second = SIDED[kind]
        return _sides(sounds[0]), f"Level of the {first} and of the {second} over time. The figures stand in the table."
    if _is_over_time(sounds[-1]):
        return _levels(sounds), f"Level{many} over time. The figures stand in the table."
    return _spectrum(sounds), f"Level{many} in each third of an octave. The figures stand in the table."


def answer(sounds: Sequence[Spec]) -> Picture:
    """What was done to the sound: the curve of a filter or of a compressor, or else what came of it."""
    sound = next(
        (one for one in reversed(sounds) if one.get("on", True)), sounds[-1]
    )  # A, where it is asked which has it
    if sound["kind"] in ("eq", "filter"):
        return curves.response(_gain(sound))
    if sound["kind"] == "compression":
        return curves.compressor(sound["threshold_db"], sound["ratio"], sound["knee_db"])
    if sound["kind"] in SIDED:
        return facts(sounds)[0]
    return _levels(sounds) if _is_over_time(sound) else _spectrum(sounds)


def _is_over_time(sound: Spec) -> bool:
    return sound["kind"] in OVER_TIME and not (sound["kind"] == "delay" and sound["time_ms"] <= COMB_MS)


def _spectrum(sounds: Sequence[Spec]) -> Picture:
    rate = sounds[0]["rate"]
    bands = [curves.thirds(one, rate) for one in _rendered(sounds)]
    return curves.spectrum(bands[0], bands[1] if len(bands) > 1 else None)


def _levels(sounds: Sequence[Spec]) -> Picture:
    rate = sounds[0]["rate"]
    step = FINE_STEP_S if sounds[-1]["kind"] in ("compression", "delay") else STEP_S
    found = [curves.level_of(one, rate, step) for one in _rendered(sounds)]
    return curves.level(found[0], found[1] if len(found) > 1 else None, step_s=step)


def _sides(sound: Spec) -> Picture:
    found = [curves.level_of(one, sound["rate"], STEP_S) for one in _two_sides(sound["kind"], _rendered([sound])[0])]
    return curves.level(found[0], found[1], SIDED[sound["kind"]], step_s=STEP_S)


def _between(sounds: Sequence[Spec], words: str) -> Picture:
    """Of each sound, how far one side lies above the other."""
    kind, rate = sounds[0]["kind"], sounds[0]["rate"]
    gaps = []
    for samples in _rendered(sounds):
        first, second = (curves.level_of(one, rate, STEP_S) for one in _two_sides(kind, samples))
        if kind == "width":
            first, second = second, first
        gaps.append([_gap(one, other) for one, other in zip(first, second, strict=True)])
    seconds = STEP_S * max(len(one) for one in gaps)
    across = even_axis("seconds", 0, seconds, 1 if seconds > 2 else 0.5)
    lines = [
        Line([((number + 0.5) * STEP_S, value) for number, value in enumerate(one)], side)
        for one, side in zip(gaps, curves.NAMES, strict=False)
    ]
    every = max(1, math.ceil(max(len(one) for one in gaps) / MOST_ROWS))
    rows = [
        (
            figure(round(number * STEP_S, 2)),
            *(figure(round(one[number], 1)) if number < len(one) else "–" for one in gaps),
        )
        for number in range(0, max(len(one) for one in gaps), every)
    ]
    plot = axes.plot(across, even_axis("dB", -REACH, REACH, 10), lines, words)
    return Picture(plot, words, (("From, s", "A, dB", "B, dB"), tuple(rows)))


def _gap(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0.0 if one == other else REACH if other is None else -REACH
    return min(REACH, max(-REACH, one - other))


def _two_sides(kind: str, samples: "ndarray") -> tuple["ndarray", "ndarray"]:
    left, right = samples[:, :1], samples[:, 1:2]
    return (left, right) if kind == "pan" else ((left + right) / 2, (left - right) / 2)


def _rendered(sounds: Sequence[Spec]) -> list[Any]:
    """As they are served: two sounds are matched."""
    from curriculum.synth import render

    return [render.pcm(sounds[0])] if len(sounds) == 1 else list(render.pair(sounds[0], sounds[1]))


def _gain(sound: Spec) -> Callable[[float], float]:
    import numpy

    from curriculum.synth import filters

    if not sound["on"]:
        return lambda hertz: 0.0
    if sound["kind"] == "eq":
        sections = filters.eq_sections(sound["bands"], sound["rate"])
    else:
        sections = filters.filter_sections(sound["type"], sound["freq_hz"], sound["q"], sound["slope"], sound["rate"])
    return lambda hertz: float(filters.gain_db(sections, numpy.array([hertz]), sound["rate"])[0])
