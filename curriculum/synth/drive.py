"""Soft and hard clipping that folds next to nothing back into what is heard."""

from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]

TIMES = 4  # oversampling
PAD = 256  # frames of silence, so that the end does not ring into the beginning
STILL = 1e-5  # a step below which the difference quotient would be noise


def driven(samples: Array, drive_db: float, shape: str) -> Array:
    """samples: (frames,), raised by drive_db into a ceiling of 1.0; soft bends all the way, hard cuts at it.

    Four times oversampled, and the curve's integral is differenced instead of the curve read: between two samples
    the sound is taken as a straight line, which damps what would fold back. Source: Parker, Zavalishin, Le Bivic,
    "Reducing the aliasing of nonlinear waveshaping using continuous-time convolution", DAFx 2016.
    """
    from scipy import fft

    size = fft.next_fast_len(len(samples) + PAD, real=True)
    size += size % 2
    spectrum = fft.rfft(samples * 10 ** (drive_db / 20), size)
    whole = numpy.zeros(TIMES * size // 2 + 1, dtype="complex128")
    whole[: len(spectrum)] = spectrum
    fine = TIMES * fft.irfft(whole, TIMES * size)
    bent = averaged(fine, shape)
    back = fft.rfft(bent)[: size // 2 + 1] / TIMES
    back[-1] = 0
    return fft.irfft(back, size)[: len(samples)]


def curve(x: Array, shape: str) -> Array:
    """What comes out for what goes in."""
    return x / numpy.sqrt(1 + x * x) if shape == "soft" else numpy.clip(x, -1, 1)


def integral(x: Array, shape: str) -> Array:
    if shape == "soft":
        return numpy.sqrt(1 + x * x)
    size = numpy.abs(x)
    return numpy.where(size <= 1, 0.5 * x * x, size - 0.5)


def averaged(x: Array, shape: str) -> Array:
    """The mean of the curve between each sample and the one before."""
    before = numpy.concatenate(([0.0], x[:-1]))
    step = x - before
    area = integral(x, shape)
    grown = numpy.diff(area, prepend=integral(numpy.zeros(1), shape))
    is_still = numpy.abs(step) < STILL
    step[is_still] = 1.0
    return numpy.where(is_still, curve(0.5 * (x + before), shape), grown / step)
