"""Loudness as in ITU-R BS.1770-5, EBU Tech 3341 and 3342: K-weighting, gates, momentary, short-term, range."""

import math
from dataclasses import dataclass

import numpy

HOPS = 100  # a second: windows begin every 10 ms, so that maxima are right wherever the loud part begins
MOMENTARY, SHORT_TERM = 40, 300  # hops: 400 ms and 3 s
STEP = 10  # hops from block to block: 75 % overlap of 400 ms, ten 3 s windows a second
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE, RANGE_GATE = 10.0, 20.0  # LU below the mean of what passes the absolute gate
LOW, HIGH = 0.10, 0.95  # of the short-term values: the ends of the range
OFFSET = -0.691  # dB; makes 1 kHz at 0 dBFS on one channel -3.01 LUFS
FORGOTTEN = 1e-30  # filters fall silent below this: numbers near 1e-308 would cost a hundred times as much

# By the order of channels in a WAV. 4: L R Ls Rs; 5: L R C Ls Rs; 6: L R C LFE Ls Rs.
WEIGHTS = {
    1: (1.0,),
    2: (1.0, 1.0),
    3: (1.0, 1.0, 1.0),
    4: (1.0, 1.0, 1.41, 1.41),
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
}


def k_weighting(rate: int) -> numpy.ndarray:
    """The two stages of the K filter for this rate, as second-order sections.

    Source: BS.1770's table for 48 kHz as the analogue filters behind it (libebur128 gives their corners), each by the
    bilinear transform, exact at its corner.
    """
    # A high shelf of +4 dB: the head as a sphere.
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    norm = 1 + k / q + k * k
    shelf = [
        (high + middle * k / q + k * k) / norm,
        2 * (k * k - high) / norm,
        (high - middle * k / q + k * k) / norm,
        1.0,
        2 * (k * k - 1) / norm,
        (1 - k / q + k * k) / norm,
    ]
    # A high pass at 38 Hz: the ear's weakness in the lows.
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    norm = 1 + k / q + k * k
    return numpy.array([shelf, [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm]])


@dataclass(frozen=True, slots=True)
class Energies:
    """Energy of the K-weighted sound in hops of 10 ms; what loudness, gates and windows are worked out from."""

    sums: numpy.ndarray  # (channels, hops): squares added up
    mono: numpy.ndarray  # (hops): the same of (L + R) / 2; empty unless there are two sides
    frames: numpy.ndarray  # (hops): how many samples each hop has

    def powers(self, size: int, every: int = 1, *, weights: tuple[float, ...] | None = None) -> numpy.ndarray:
        """Mean power of the weighted channels in each window of `size` hops, one begun every `every` hops."""
        weights = WEIGHTS[len(self.sums)] if weights is None else weights
        return self._windows(numpy.array(weights) @ self.sums[: len(weights)], size, every)

    def mono_powers(self, size: int, every: int = 1) -> numpy.ndarray:
        """The same of (L + R) / 2 played on both sides."""
        return self._windows(2 * self.mono, size, every)

    def _windows(self, energy: numpy.ndarray, size: int, every: int) -> numpy.ndarray:
        if len(energy) < size:
            return numpy.zeros(0)
        run, frames = (numpy.concatenate(([0.0], numpy.cumsum(one))) for one in (energy, self.frames))
        powers = (run[size:] - run[:-size]) / (frames[size:] - frames[:-size])
        return numpy.maximum(powers, 0)[::every]


class Loudness:
    """Takes a sound in blocks of (channels, samples), any size, and keeps the energy of each 10 ms."""

    def __init__(self, rate: int, channels: int) -> None:
        from scipy.signal import sosfilt

        self._filter, self._stages = sosfilt, k_weighting(rate)
        self._state = numpy.zeros((2, channels, 2))
        self._rate, self._channels = rate, channels
        self._frames = 0
        self._hops: list[numpy.ndarray] = []
        self._count = 0
        self._open = numpy.zeros(channels + (channels > 1))  # energy of the hop that is not whole yet

    def feed(self, block: numpy.ndarray) -> None:
        weighted, self._state = self._filter(self._stages, block.astype("float64"), axis=-1, zi=self._state)
        self._state[numpy.abs(self._state) < FORGOTTEN] = 0
        rows = [weighted]
        if self._channels > 1:
            rows.append((weighted[:1] + weighted[1:2]) / 2)
        squares = numpy.concatenate(rows)
        squares *= squares

        count, first = block.shape[1], self._frames
        self._frames += count
        whole = self._hops_before(self._frames)
        ends = self._border(numpy.arange(self._count + 1, whole + 1)) - first
        starts = numpy.concatenate(([0], ends[ends < count])).astype("intp")
        sums = numpy.add.reduceat(squares, starts, axis=1)
        sums[:, 0] += self._open
        self._hops.append(sums[:, : len(ends)])
        self._open = sums[:, len(ends)] if sums.shape[1] > len(ends) else numpy.zeros(len(squares))
        self._count = whole

    def energies(self) -> Energies:
        empty = numpy.zeros((len(self._open), 0))
        sums = numpy.concatenate([empty, *self._hops], axis=1)
        frames = numpy.diff(self._border(numpy.arange(self._count + 1))).astype("float64")
        return Energies(sums[: self._channels], sums[self._channels :].ravel(), frames)

    def _border(self, hops: numpy.ndarray) -> numpy.ndarray:
        """The frame with which each hop begins; where 10 ms are no whole number of frames, hops differ by one."""
        return hops * self._rate // HOPS

    def _hops_before(self, frames: int) -> int:
        """How many hops are whole with so many frames."""
        return ((frames + 1) * HOPS - 1) // self._rate


def lufs(power: float) -> float:
    """Mean power of weighted channels -> LUFS. 0 gives minus infinity."""
    return OFFSET + 10 * math.log10(power) if power > 0 else -math.inf


def power_at(level: float) -> float:
    """LUFS -> mean power."""
    return float(10 ** ((level - OFFSET) / 10))


def integrated(powers: numpy.ndarray) -> float | None:
    """LUFS of 400 ms blocks through both gates; None when no block passes."""
    passed = powers[powers > power_at(ABSOLUTE_GATE)]
    if not len(passed):
        return None
    passed = passed[passed > passed.mean() * 10 ** (-RELATIVE_GATE / 10)]
    return lufs(float(passed.mean()))


def loudness_range(powers: numpy.ndarray) -> float | None:
    """LU between the 10th and the 95th percentile of 3 s windows through both gates; None when none passes."""
    passed = powers[powers > power_at(ABSOLUTE_GATE)]
    if not len(passed):
        return None
    passed = numpy.sort(passed[passed >= passed.mean() * 10 ** (-RANGE_GATE / 10)])
    low, high = (passed[math.floor((len(passed) - 1) * share + 0.5)] for share in (LOW, HIGH))
    return lufs(float(high)) - lufs(float(low))
