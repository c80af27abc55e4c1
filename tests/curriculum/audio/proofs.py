"""What a right meter must say: EBU Tech 3341 and 3342, and libebur128. Each proof takes the rate, and fails in words.

Tests run them against our meter, and against broken ones. `whole` is the full set, run by hand:
    .venv/bin/python -m tests.curriculum.audio.proofs
"""

import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy
import pyebur128
import pytest

from curriculum.audio import loudness, true_peak
from tests.curriculum.audio import pieces, signals

INF = math.inf
TOLERANCE = 0.1  # LU
RANGE_TOLERANCE = 1.0
PEAK_TOLERANCE = (-0.4, 0.2)  # dB


@dataclass(frozen=True)
class Read:
    integrated: float | None
    momentary: numpy.ndarray  # LUFS, every 10 ms
    short_term: numpy.ndarray
    range: float | None


def read(samples: numpy.ndarray, rate: int) -> Read:
    meter = loudness.Loudness(rate, samples.shape[1])
    for first in range(0, len(samples), 65_536):
        meter.feed(numpy.ascontiguousarray(samples[first : first + 65_536].T))
    energies = meter.energies()
    momentary, short_term = (energies.powers(size) for size in (loudness.MOMENTARY, loudness.SHORT_TERM))
    return Read(
        loudness.integrated(momentary[:: loudness.STEP]),
        numpy.array([loudness.lufs(power) for power in momentary]),
        numpy.array([loudness.lufs(power) for power in short_term]),
        loudness.loudness_range(short_term[:: loudness.STEP]),
    )


def peak(samples: numpy.ndarray) -> float:
    meter = true_peak.TruePeak(samples.shape[1])
    for first in range(0, len(samples), 65_536):
        meter.feed(numpy.ascontiguousarray(samples[first : first + 65_536].T))
    meter.finish()
    return 20 * math.log10(meter.value)


def near(found: float | None, wanted: float, tolerance: float = TOLERANCE) -> None:
    assert found is not None and abs(found - wanted) <= tolerance, f"{found} is not {wanted} ± {tolerance}"


# -- EBU Tech 3341 --------------------------------------------------------------------------------------------

INTEGRATED = {
    3: [(10, -36), (60, -23), (10, -36)],
    4: [(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)],
    5: [(20, -26), (20.1, -20), (20, -26)],
}


def steady(rate: int, level: float, seconds: float = 20, hertz: float = 1000) -> None:
    found = read(signals.tones(rate, [(seconds, level)], hertz=hertz), rate)
    for value in (found.integrated, found.momentary.max(), found.short_term.max()):
        near(value, level)


def gated(rate: int, case: int) -> None:
    near(read(signals.tones(rate, INTEGRATED[case]), rate).integrated, -23)


def five_channels(rate: int, seconds: float = 20) -> None:
    near(read(signals.surround(rate, seconds), rate).integrated, -23)


def case_9(rate: int) -> None:
    found = read(signals.tones(rate, [(1.34, -20), (1.66, -30)] * 5), rate)
    near(found.short_term.min(), -23)
    near(found.short_term.max(), -23)


def case_12(rate: int) -> None:
    found = read(signals.tones(rate, [(0.18, -20), (0.22, -30)] * 25), rate)
    near(found.momentary[60:].min(), -23)
    near(found.momentary[60:].max(), -23)


def maximum(rate: int, seconds: float, lead: float) -> None:
    """Cases 10 (3 s) and 13 (0.4 s): one tone, so long, after so much silence."""
    found = read(signals.tones(rate, [(lead, -INF), (seconds, -23), (1, -INF)]), rate)
    near((found.short_term if seconds == 3 else found.momentary).max(), -23)


def successive(rate: int, seconds: float, parts: range = range(20)) -> None:
    """Cases 11 and 14: ever louder tones, each a maximum of its own."""
    unit = seconds / 20
    for number in parts:
        lead, level = number * unit, -38 + number
        before = [(seconds, level - 1), (seconds, -INF)] if number else []
        found = read(signals.tones(rate, [*before, (lead, -INF), (seconds, level), (seconds - lead, -INF)]), rate)
        near((found.short_term if seconds == 3 else found.momentary).max(), level)


PEAKS = {15: (4, 0, 0.5), 16: (4, 45, 0.5), 17: (6, 60, 0.5), 18: (8, 67.5, 0.5), 19: (4, 45, 1.41)}


def true_peaks(rate: int, case: int) -> None:
    part, degrees, amplitude = PEAKS[case]
    wanted = 3.0 if case == 19 else -6.0
    error = peak(signals.peak_tone(rate, part, degrees, amplitude)) - wanted
    assert PEAK_TOLERANCE[0] <= error <= PEAK_TOLERANCE[1], error


def burst(rate: int, offset: int) -> None:
    """Cases 20 to 23."""
    error = peak(signals.peak_burst(rate, offset))
    assert PEAK_TOLERANCE[0] <= error <= PEAK_TOLERANCE[1], error


# -- EBU Tech 3342 --------------------------------------------------------------------------------------------

RANGES = {1: (10, (-20, -30)), 2: (5, (-20, -15)), 3: (20, (-40, -20)), 4: (15, (-50, -35, -20, -35, -50))}


def ranges(rate: int, case: int) -> None:
    wanted, levels = RANGES[case]
    near(read(signals.tones(rate, [(20, level) for level in levels]), rate).range, wanted, RANGE_TOLERANCE)


# -- the second opinion ---------------------------------------------------------------------------------------

MODE = pyebur128.MeasurementMode.MODE_I | pyebur128.MeasurementMode.MODE_LRA | pyebur128.MeasurementMode.MODE_TRUE_PEAK


def second_opinion(samples: numpy.ndarray, rate: int) -> tuple[float, float, float]:
    """LUFS, LU and dBTP by libebur128."""
    state = pyebur128.R128State(samples.shape[1], rate, MODE)
    state.add_frames(numpy.ascontiguousarray(samples).ravel(), len(samples))
    highest = max(pyebur128.get_true_peak(state, channel) for channel in range(samples.shape[1]))
    return pyebur128.get_loudness_global(state), pyebur128.get_loudness_range(state), 20 * math.log10(highest)


def agree(samples: numpy.ndarray, rate: int) -> None:
    wanted, spread, highest = second_opinion(samples, rate)
    found = read(samples, rate)
    near(found.integrated, wanted, 0.1)
    near(found.range, spread, 0.3)
    near(peak(samples), highest, 0.3)


def music(rate: int, seed: int, seconds: float = 60) -> numpy.ndarray:
    """A song whose parts differ in loudness. A minute, since libebur128 looks at the range once a second only."""
    samples = pieces.song(seed, rate=rate, seconds=seconds).samples
    levels = numpy.repeat([0.05, 0.6, 0.2, 1.4], math.ceil(len(samples) / 4))[: len(samples)]
    return (samples * levels[:, None]).astype("float32")


PROGRAMMES: dict[str, Callable[[int], numpy.ndarray]] = {
    "100 Hz": lambda rate: signals.tones(rate, [(6, -30), (6, -20)], hertz=100),
    "10 kHz": lambda rate: signals.tones(rate, [(6, -30), (6, -20)], hertz=10_000),
    "noise": lambda rate: numpy.concatenate([signals.noise(rate, 6, level, 7) for level in (-34, -24)]),
    "music": lambda rate: music(rate, 11),
}


def agrees(rate: int, name: str) -> None:
    agree(PROGRAMMES[name](rate), rate)


# -- meters that are wrong ------------------------------------------------------------------------------------


def no_gate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loudness, "ABSOLUTE_GATE", -INF)
    patch.setattr(loudness, "RELATIVE_GATE", INF)


def no_relative_gate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loudness, "RELATIVE_GATE", INF)


def no_k_filter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loudness, "k_weighting", lambda rate: numpy.array([[1.0, 0, 0, 1, 0, 0]] * 2))
    patch.setattr(loudness, "OFFSET", 0.0)  # as if somebody had made 1 kHz right by hand


def k_filter_of_48_khz(patch: pytest.MonkeyPatch) -> None:
    known = loudness.k_weighting
    patch.setattr(loudness, "k_weighting", lambda rate: known(48_000))


def mean_of_channels(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loudness, "WEIGHTS", {count: (1 / count,) * count for count in range(1, 7)})


def no_surround_weight(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loudness, "WEIGHTS", {count: (1.0,) * count for count in range(1, 7)})


def sample_peak(patch: pytest.MonkeyPatch) -> None:
    known = true_peak.between
    patch.setattr(true_peak, "between", lambda: 0 * known())


def long_steps(patch: pytest.MonkeyPatch) -> None:
    """Windows only every 100 ms."""
    known = loudness.Energies.powers
    patch.setattr(
        loudness.Energies, "powers", lambda self, size, every=1, **more: numpy.repeat(known(self, size, 10, **more), 10)
    )


BROKEN: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], int, Callable[[int], None]]] = {
    "no gate": (no_gate, 48_000, lambda rate: gated(rate, 4)),
    "no relative gate": (no_relative_gate, 48_000, lambda rate: gated(rate, 3)),
    "no K filter": (no_k_filter, 48_000, lambda rate: agrees(rate, "100 Hz")),
    "the K filter of 48 kHz": (k_filter_of_48_khz, 96_000, lambda rate: steady(rate, -23, 4)),
    "mean of channels": (mean_of_channels, 48_000, lambda rate: steady(rate, -23, 4)),
    "no surround weight": (no_surround_weight, 48_000, lambda rate: five_channels(rate, 2)),
    "sample peak as true peak": (sample_peak, 48_000, lambda rate: true_peaks(rate, 16)),
    "windows every 100 ms": (long_steps, 48_000, lambda rate: maximum(rate, 0.4, 0.34)),
}


def whole(rate: int) -> None:
    """Everything, as the EBU has it; half a minute for each rate."""
    for level in (-23, -33):
        steady(rate, level)
    for case in INTEGRATED:
        gated(rate, case)
    five_channels(rate)
    case_9(rate)
    case_12(rate)
    for number in range(20):
        maximum(rate, 3, number * 0.15)
        maximum(rate, 0.4, number * 0.02)
    successive(rate, 3)
    successive(rate, 0.4)
    for case in PEAKS:
        true_peaks(rate, case)
    for offset in range(4):
        burst(rate, offset)
    for case in RANGES:
        ranges(rate, case)
    if rate > 96_000:
        return  # libebur128 looks between the samples less closely there
    for name in PROGRAMMES:
        agrees(rate, name)
    for seed in range(20, 26):
        agree(music(rate, seed), rate)


if __name__ == "__main__":
    for each in (8_000, 44_100, 48_000, 88_200, 96_000, 192_000) if len(sys.argv) < 2 else map(int, sys.argv[1:]):
        began = time.process_time()
        whole(each)
        print(f"{each} Hz: all hold, {time.process_time() - began:.1f} s")
