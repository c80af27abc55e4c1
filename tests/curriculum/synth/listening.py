"""What tests hear in samples, by ways of their own: pitch from the turn of a partial's phase, onsets, loudness."""

import math

import numpy
import pyebur128

Samples = numpy.ndarray


def hertz(midi: float) -> float:
    return 440 * 2 ** ((midi - 69) / 12)


def cents(one: float, other: float) -> float:
    return 1200 * math.log2(one / other)


def pitch_near(sound: Samples, rate: int, hz: float, window_s: float = 0.15) -> float:
    """Hz of the partial nearest to hz. Its phase in two windows tells how far it has turned between them.

    First windows that lie close together, so that whole turns cannot be missed, then ones far apart, which are exact.
    """
    size = min(round(window_s * rate), 2 * len(sound) // 3)
    window = numpy.blackman(size)
    found = hz
    for apart in (size // 64, size // 8, len(sound) - size):
        turns = numpy.exp(-2j * numpy.pi * found / rate * numpy.arange(size + apart))
        first = (sound[:size] * turns[:size] * window).sum()
        second = (sound[apart : apart + size] * turns[apart:] * window).sum()
        found += numpy.angle(second / first) * rate / (2 * numpy.pi * apart)
    return float(found)


def strengths(sound: Samples, rate: int, hz: numpy.ndarray) -> list[float]:
    """How strong the partials at hz are, one against another."""
    size = 2 ** math.ceil(math.log2(2 * len(sound)))
    levels = numpy.abs(numpy.fft.rfft(sound * numpy.blackman(len(sound)), size))
    return [float(level) for level in levels[numpy.rint(hz * size / rate).astype(int)]]


def lufs(samples: Samples, rate: int) -> float:
    """What libebur128 says of the 16-bit sound."""
    state = pyebur128.R128State(samples.shape[1], rate, pyebur128.MeasurementMode.MODE_I)
    state.add_frames((numpy.rint(samples * 32_768) / 32_768).astype("float32").ravel(), len(samples))
    return float(pyebur128.get_loudness_global(state))
