"""The true peak: how high the wave rises between the samples. ITU-R BS.1770-5, annex 2."""

import numpy

FACTOR = 4  # values for each sample; at 192 kHz two would do for what can be heard, but not for EBU Tech 3341
REACH = 6  # samples on each side that a value between two is worked out from: as in BS.1770 and libebur128
STRETCH = 32  # samples whose values in between come out of one multiplication


class TruePeak:
    """Takes a sound in blocks of (channels, samples), any size. `value` and `at` (in frames) after `finish`."""

    def __init__(self, channels: int) -> None:
        self.value, self.at = 0.0, 0.0
        self._between = between()
        self._rest = numpy.zeros((channels, 2 * REACH), "float32")  # silence before the first sample
        self._first = -2 * REACH  # the frame of the rest's first sample

    def feed(self, block: numpy.ndarray) -> None:
        joined = numpy.concatenate((self._rest, block), axis=1)
        count = max(0, (joined.shape[1] - 2 * REACH) // STRETCH)
        if count:
            size = STRETCH + 2 * REACH
            views = numpy.lib.stride_tricks.sliding_window_view(joined, size, axis=1)[:, ::STRETCH][:, :count]
            for channel in views:
                self._look(numpy.ascontiguousarray(channel) @ self._between)
        sample = numpy.abs(block)
        if sample.size and (highest := float(sample.max())) > self.value:
            self.value = highest
            self.at = float(self._first + self._rest.shape[1] + int(sample.argmax()) % block.shape[1])
        self._first += count * STRETCH
        self._rest = joined[:, count * STRETCH :]

    def finish(self) -> None:
        """Let the last samples ring out into silence."""
        self.feed(numpy.zeros((len(self._rest), 2 * REACH + STRETCH), "float32"))

    def _look(self, values: numpy.ndarray) -> None:
        highest = float(max(values.max(), -values.min()))
        if highest > self.value:
            self.value = highest
            row, column = divmod(int(numpy.abs(values).argmax()), values.shape[1])
            sample, phase = divmod(column, FACTOR - 1)
            self.at = max(0.0, self._first + REACH + row * STRETCH + sample + (phase + 1) / FACTOR)


def between() -> numpy.ndarray:
    """A matrix that turns a stretch of samples, with what surrounds it, into the values between them.

    (STRETCH + 2 * REACH, STRETCH * (FACTOR - 1)): interpolation by a sinc under a Hann window, all as one
    multiplication, which is many times quicker than a filter that runs along.
    """
    matrix = numpy.zeros((STRETCH + 2 * REACH, STRETCH, FACTOR - 1))
    for phase in range(1, FACTOR):
        offsets = numpy.arange(1 - REACH, REACH + 1) - phase / FACTOR
        window = 0.5 * (1 + numpy.cos(numpy.pi * numpy.clip(offsets / REACH, -1, 1)))
        taps = numpy.sinc(offsets) * window
        for sample in range(STRETCH):
            matrix[sample + 1 : sample + 1 + 2 * REACH, sample, phase - 1] = taps
    return matrix.reshape(STRETCH + 2 * REACH, -1).astype("float32")
