"""White, pink and brown noise; from raw generator output, which is promised to stay the same, unlike distributions."""

from typing import Any

import numpy

COLOURS = {"white": 0.0, "pink": -0.5, "brown": -1.0}  # amplitude goes with this power of the frequency
LOWEST = 20.0  # Hz: coloured noise falls away below it, or nothing else would be left of it


def white(frames: int, seed: int) -> numpy.ndarray[Any, Any]:
    """Four dice of 16 bits added up for each sample: nearly a bell curve, mean 0, RMS 1, and exact everywhere."""
    raw = numpy.random.PCG64(seed).random_raw(frames)
    quarters = raw.astype("<u8", copy=False).view("<u2").reshape(frames, 4)
    return (quarters.sum(axis=1, dtype="int64") - 2 * 65_535) / (65_536 / 3**0.5)


def noise(colour: str, frames: int, rate: int, seed: int) -> numpy.ndarray[Any, Any]:
    """RMS 1. Equal energy for each Hz (white), each octave (pink), or 6 dB less for each octave (brown)."""
    plain = white(frames, seed)
    if colour == "white":
        return plain
    from scipy import fft

    size = fft.next_fast_len(frames, real=True)
    spectrum = fft.rfft(plain, size)
    hertz = numpy.maximum(fft.rfftfreq(size, 1 / rate), 1e-3)
    spectrum *= (hertz / LOWEST) ** COLOURS[colour] / (1 + (LOWEST / hertz) ** 4)
    shaped = fft.irfft(spectrum, size)[:frames]
    return shaped / float(numpy.sqrt(numpy.mean(shaped**2)))
