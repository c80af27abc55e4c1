"""How the two sides of a sound belong together."""

import math

import numpy

HOPS = 10  # a second
WINDOW = 30  # hops: 3 s
SILENT = 1e-9  # of the other side's energy: -90 dB


class Stereo:
    """Takes a sound in blocks of (channels, samples), any size; looks at the first two channels."""

    def __init__(self, rate: int) -> None:
        self._rate, self._frames, self._count = rate, 0, 0
        self._open = numpy.zeros(3)
        self._hops: list[numpy.ndarray] = []

    def feed(self, block: numpy.ndarray) -> None:
        left, right = block[:2].astype("float64")
        products = numpy.stack((left * left, right * right, left * right))
        first, count = self._frames, block.shape[1]
        self._frames += count
        whole = ((self._frames + 1) * HOPS - 1) // self._rate
        ends = numpy.arange(self._count + 1, whole + 1) * self._rate // HOPS - first
        sums = numpy.add.reduceat(products, numpy.concatenate(([0], ends[ends < count])).astype("intp"), axis=1)
        sums[:, 0] += self._open
        self._hops.append(sums[:, : len(ends)])
        self._open = sums[:, len(ends)] if sums.shape[1] > len(ends) else numpy.zeros(3)
        self._count = whole

    def sums(self) -> numpy.ndarray:
        """(3, hops): squares of the left, of the right, and their product; the last hop may be short."""
        return numpy.concatenate([*self._hops, self._open[:, None]], axis=1)


def correlation(sums: numpy.ndarray) -> float | None:
    """-1 to 1 over the whole; None where a side is silent."""
    left, right, both = sums.sum(axis=1)
    if min(left, right) <= SILENT * max(left, right):
        return None
    return float(max(-1.0, min(1.0, both / math.sqrt(left * right))))


def silent_side(sums: numpy.ndarray) -> str:
    """left, right, both or neither."""
    left, right, _ = sums.sum(axis=1)
    if max(left, right) == 0:
        return "both"
    if min(left, right) > SILENT * max(left, right):
        return "neither"
    return "left" if left < right else "right"


def curve(sums: numpy.ndarray) -> numpy.ndarray:
    """Correlation in whole windows of 3 s, ten a second; NaN where a side is silent."""
    run = numpy.concatenate((numpy.zeros((3, 1)), numpy.cumsum(sums[:, :-1], axis=1)), axis=1)
    if run.shape[1] <= WINDOW:
        return numpy.zeros(0)
    left, right, both = run[:, WINDOW:] - run[:, :-WINDOW]
    is_heard = numpy.minimum(left, right) > SILENT * numpy.maximum(left, right)
    values = numpy.full(len(both), numpy.nan)
    values[is_heard] = numpy.clip(both[is_heard] / numpy.sqrt(left[is_heard] * right[is_heard]), -1, 1)
    return values


def longest_below_zero(values: numpy.ndarray) -> float:
    """Seconds of the longest stretch in which the curve stays below 0, the first window included."""
    longest = run = 0
    for is_below in (values < 0).tolist():
        run = run + 1 if is_below else 0
        longest = max(longest, run)
    return (longest + WINDOW - 1) / HOPS if longest else 0.0
