"""Test signals, made from their definitions: (samples, channels) of float32."""

import math
from collections.abc import Sequence

import numpy

CASE = (1000, 2)  # Hz and channels of most signals of the EBU


def sine(rate: int, seconds: float, level: float, *, hertz: float = 1000, start: int = 0) -> numpy.ndarray:
    """One channel. level: peak in dBFS; start: the frame that its phase runs on from."""
    frames = numpy.arange(start, start + round(seconds * rate))
    return 10 ** (level / 20) * numpy.sin(2 * numpy.pi * hertz * frames / rate)


def tones(rate: int, parts: Sequence[tuple[float, float]], *, hertz: float = 1000) -> numpy.ndarray:
    """In phase on left and right. parts: (seconds, peak in dBFS; -inf: silence), phase running on."""
    pieces, start = [], 0
    for seconds, level in parts:
        pieces.append(sine(rate, seconds, level, hertz=hertz, start=start))
        start += len(pieces[-1])
    return on_both(numpy.concatenate(pieces))


def on_both(samples: numpy.ndarray) -> numpy.ndarray:
    return numpy.repeat(samples[:, None], 2, axis=1).astype("float32")


def surround(rate: int, seconds: float) -> numpy.ndarray:
    """Tech 3341, case 6: 5.0."""
    levels = (-28, -28, -24, -30, -30)
    return numpy.stack([sine(rate, seconds, level) for level in levels], axis=1).astype("float32")


def peak_tone(rate: int, part: int, degrees: float, amplitude: float, seconds: float = 0.5) -> numpy.ndarray:
    """Tech 3341, cases 15 to 19: a sine at a whole part of the rate, faded over 10 ms."""
    frames = numpy.arange(round(seconds * rate))
    samples = amplitude * numpy.sin(2 * numpy.pi * frames / part + math.radians(degrees))
    fade = numpy.minimum(1, numpy.minimum(frames, frames[::-1]) / (0.01 * rate))
    return on_both(samples * fade)


def peak_burst(rate: int, offset: int, seconds: float = 0.25) -> numpy.ndarray:
    """Tech 3341, cases 20 to 23: half a sine at a sixth of the rate with one whole period at a quarter in it, made at
    four times the rate, low-passed, and taken over from the given sample on."""
    from scipy.signal import firwin

    period = 24  # samples at four times the rate
    count = round(seconds * 4 * rate) // period * period
    frames = numpy.arange(count)
    samples = 0.5 * numpy.sin(2 * numpy.pi * frames / period)
    middle = count // 2 // period * period
    samples[middle : middle + 16] = numpy.sin(2 * numpy.pi * numpy.arange(16) / 16)
    samples[middle + 16 :] = 0.5 * numpy.sin(2 * numpy.pi * numpy.arange(count - middle - 16) / period)
    edge = 0.04 * rate
    samples *= numpy.minimum(1, numpy.minimum(frames, frames[::-1]) / edge)
    passed = numpy.convolve(samples, firwin(257, 0.225, window=("kaiser", 10.0)), "same")
    return on_both(passed[offset::4])


def noise(rate: int, seconds: float, level: float, seed: int, *, channels: int = 2) -> numpy.ndarray:
    """White; level: RMS in dBFS."""
    dice = numpy.random.default_rng(seed)
    return (10 ** (level / 20) * dice.standard_normal((round(seconds * rate), channels))).astype("float32")
