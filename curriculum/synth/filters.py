"""Equaliser bands and filters: second-order sections of Robert Bristow-Johnson's Audio EQ Cookbook."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]

FLAT = 2**-0.5  # Q of a Butterworth filter
STEEP = (0.541196100146197, 1.306562964876377)  # Q of the two sections of a Butterworth filter of fourth order
NARROW = math.sqrt(math.sqrt(2) - 1)  # two equal sections together are 3 dB down at the edges of one's band


def band(kind: str, freq_hz: float, gain_db: float, q: float, rate: int) -> Array:
    """A bell, or a shelf of slope S = 1, whose corner has half the gain in dB and for which q does not count."""
    a, w = 10 ** (gain_db / 40), 2 * math.pi * freq_hz / rate
    cos = math.cos(w)
    if kind == "bell":
        alpha = math.sin(w) / (2 * q)
        return section(1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a)
    side = -1 if kind == "low_shelf" else 1  # a high shelf is the low one with the sign of each cosine turned
    bend = 2 * math.sqrt(a) * math.sin(w) / math.sqrt(2)
    up, down = a + 1, a - 1
    return section(
        a * (up + side * down * cos + bend),
        -2 * side * a * (down + side * up * cos),
        a * (up + side * down * cos - bend),
        up - side * down * cos + bend,
        2 * side * (down - side * up * cos),
        up - side * down * cos - bend,
    )


def plain(kind: str, freq_hz: float, q: float, rate: int) -> Array:
    """One section of a lowpass, highpass, bandpass (0 dB in the middle) or notch."""
    w = 2 * math.pi * freq_hz / rate
    cos, alpha = math.cos(w), math.sin(w) / (2 * q)
    above = {
        "lowpass": ((1 - cos) / 2, 1 - cos, (1 - cos) / 2),
        "highpass": ((1 + cos) / 2, -(1 + cos), (1 + cos) / 2),
        "bandpass": (alpha, 0.0, -alpha),
        "notch": (1.0, -2 * cos, 1.0),
    }[kind]
    return section(*above, 1 + alpha, -2 * cos, 1 - alpha)


def filter_sections(kind: str, freq_hz: float, q: float, slope: int, rate: int) -> Array:
    """slope: 12 or 24 dB an octave. q means the same for both: the gain at the corner, or the width between -3 dB."""
    if slope == 12:
        qs: tuple[float, ...] = (q,)
    elif kind in ("lowpass", "highpass"):
        qs = tuple(one * math.sqrt(q / FLAT) for one in STEEP)
    else:
        qs = (q * NARROW,) * 2 if kind == "bandpass" else (q / NARROW,) * 2
    return numpy.concatenate([plain(kind, freq_hz, one, rate) for one in qs])


def eq_sections(bands: Iterable[Mapping[str, Any]], rate: int) -> Array:
    """bands: mappings of type, freq_hz, gain_db and q."""
    return numpy.concatenate([band(one["type"], one["freq_hz"], one["gain_db"], one["q"], rate) for one in bands])


def filtered(samples: Array, sections: Array) -> Array:
    from scipy.signal import sosfilt

    return sosfilt(sections, samples, axis=0)


def gain_db(sections: Array, freqs_hz: Array, rate: int) -> Array:
    """The curve of all sections together, for pictures; worked out here, so that drawing does not load scipy."""
    z = numpy.exp(-2j * numpy.pi * numpy.asarray(freqs_hz, dtype="float64") / rate)
    powers = numpy.stack([numpy.ones_like(z), z, z * z])
    whole = numpy.prod((sections[:, :3] @ powers) / (sections[:, 3:] @ powers), axis=0)
    return 20 * numpy.log10(numpy.maximum(numpy.abs(whole), 1e-10))


def section(b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> Array:
    """As scipy wants it: one row, a0 = 1."""
    return numpy.array([[b0, b1, b2, a0, a1, a2]]) / a0
