"""Overlapping stretches of a stream, the same ones whatever the size of its blocks."""

from collections.abc import Iterator

import numpy


class Frames:
    """Cuts (channels, samples) into stretches of `size` samples, one every `hop`."""

    def __init__(self, channels: int, size: int, hop: int) -> None:
        self._rest = numpy.zeros((channels, 0), "float32")
        self._size, self._hop = size, hop

    def feed(self, block: numpy.ndarray, most: int = 64) -> Iterator[numpy.ndarray]:
        """The stretches that are complete now, as (channels, stretches, size), no more than `most` at a time."""
        joined = numpy.concatenate((self._rest, block), axis=1)
        count = max(0, (joined.shape[1] - self._size) // self._hop + 1)
        if count:
            views = numpy.lib.stride_tricks.sliding_window_view(joined, self._size, axis=1)[:, :: self._hop]
            for first in range(0, count, most):
                yield views[:, first : first + most]
        self._rest = joined[:, count * self._hop :]

    def rest(self) -> numpy.ndarray:
        """What is left over at the end, filled up with silence to one stretch: (channels, 1, size)."""
        filled = numpy.zeros((self._rest.shape[0], 1, self._size), "float32")
        filled[:, 0, : self._rest.shape[1]] = self._rest
        return filled


def power_of_two(length: float) -> int:
    """The power of two that lies nearest, on a scale of octaves."""
    return 1 << max(0, round(float(numpy.log2(length))))
