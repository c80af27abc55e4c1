"""Where a sound was cut off: runs of samples at the end of the scale."""

import numpy

SHORTEST = 3  # samples
STEPS = 1.5  # of the file's own: this near to full scale counts as there
PLACES = 20


def limit_of(full_scale: float | None, bits: int | None) -> float:
    """From which level on a sample may be cut off. Float and lossy sounds: at or over 1.0."""
    if full_scale is None or bits is None:
        return 1.0
    return full_scale - STEPS * 2.0 ** (1 - bits)


class Clipping:
    """Takes a sound in blocks of (channels, samples), any size: how many runs there are, and where the first begin."""

    def __init__(self, channels: int, limit: float) -> None:
        self._limit = limit
        self._open = [
            (0, 0, 0)
        ] * channels  # the run at the end of the last block: side (-1, 1; 0: none), start, length
        self._frames = 0
        self._starts: list[list[int]] = [[] for _ in range(channels)]
        self.count = 0

    def feed(self, block: numpy.ndarray) -> None:
        for channel, samples in enumerate(block):
            is_hot = samples.max() >= self._limit or samples.min() <= -self._limit
            if is_hot or self._open[channel][0]:
                self._look(channel, samples)
        self._frames += block.shape[1]

    def finish(self) -> None:
        for channel, run in enumerate(self._open):
            self._keep(channel, [run])
        self._open = [(0, 0, 0)] * len(self._open)

    @property
    def places(self) -> list[int]:
        """The frames with which the first runs begin; runs of several channels at one moment are one place."""
        return sorted({start for starts in self._starts for start in starts})[:PLACES]

    def _look(self, channel: int, samples: numpy.ndarray) -> None:
        sides = (samples >= self._limit).astype("int8") - (samples <= -self._limit).astype("int8")
        borders = numpy.flatnonzero(numpy.diff(sides)) + 1
        starts = numpy.concatenate(([0], borders))
        lengths = numpy.diff(numpy.concatenate((starts, [len(sides)])))
        values = sides[starts]
        side, start, length = self._open[channel]
        first = (int(values[0]), self._frames, int(lengths[0]))
        if side and side == first[0]:
            first = (side, start, length + first[2])
        else:
            self._keep(channel, [(side, start, length)])
        if len(starts) == 1:
            self._open[channel] = first
            return
        self._keep(channel, [first])
        inner = slice(1, -1)
        long = (values[inner] != 0) & (lengths[inner] >= SHORTEST)
        self.count += int(long.sum())
        self._starts[channel] += [self._frames + int(one) for one in starts[inner][long][: self._wanted(channel)]]
        self._open[channel] = (int(values[-1]), self._frames + int(starts[-1]), int(lengths[-1]))

    def _keep(self, channel: int, runs: list[tuple[int, int, int]]) -> None:
        for side, start, length in runs:
            if side and length >= SHORTEST:
                self.count += 1
                self._starts[channel] += [start][: self._wanted(channel)]

    def _wanted(self, channel: int) -> int:
        return max(0, PLACES - len(self._starts[channel]))
