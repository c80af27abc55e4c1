"""How loud a rendered sound is: fades, aim, peak, and pairs of one loudness."""

import math
from typing import Any

import numpy

from curriculum.audio.loudness import Loudness, integrated, k_weighting, lufs

Samples = numpy.ndarray[Any, Any]  # (frames, channels), float64, 1.0 is full scale

AIM = -26.0  # LUFS
PEAK = 10 ** (-12.01 / 20)  # of full scale; the hundredth of a dB is for rounding to 16 bits
FADE_S = 0.010
SHORT_S = 0.4  # below it there is no block to gate
NEAR = 0.005  # LU: as good as equal
TRIES = 4  # the absolute gate may let fewer blocks pass once a sound is turned down


def finish(samples: Samples, rate: int) -> Samples:
    """Fade both ends and set the level: -26 LUFS, or less where the peak would be above -12 dBFS."""
    return finish_all((samples,), rate)[0]


def finish_all(sounds: tuple[Samples, ...], rate: int) -> tuple[Samples, ...]:
    """The same with one gain for all, so that what lies between them stays: the loudest decides."""
    faded = [fade(sound, rate) for sound in sounds]
    top = max((float(numpy.abs(sound).max(initial=0.0)) for sound in faded), default=0.0)
    if top == 0:
        return tuple(faded)
    gain = PEAK / top
    for _ in range(TRIES):
        loudest = max(loudness(sound * gain, rate) for sound in faded)
        if loudest <= AIM + NEAR:
            break
        gain *= 10 ** ((AIM - loudest) / 20)
    return tuple(sound * gain for sound in faded)


def matched(a: Samples, b: Samples, rate: int) -> tuple[Samples, Samples]:
    """Two finished sounds at one loudness: the louder one is turned down, the other stays as it is."""
    loud_a, loud_b = loudness(a, rate), loudness(b, rate)
    if not (math.isfinite(loud_a) and math.isfinite(loud_b)):
        return a, b
    if loud_a >= loud_b:
        return turned_down(a, loud_a, loud_b, rate), b
    return a, turned_down(b, loud_b, loud_a, rate)


def turned_down(samples: Samples, now: float, to: float, rate: int) -> Samples:
    """now, to: LUFS."""
    gain = 1.0
    for _ in range(TRIES):
        if abs(now - to) <= NEAR:
            break
        gain = min(1.0, gain * 10 ** ((to - now) / 20))
        now = loudness(samples * gain, rate)
    return samples * gain


def loudness(samples: Samples, rate: int) -> float:
    """LUFS as BS.1770 has it; under 0.4 s, and where nothing passes the gates, the ungated mean. Silence: -inf."""
    if len(samples) >= SHORT_S * rate:
        meter = Loudness(rate, samples.shape[1])
        meter.feed(samples.T)
        gated = integrated(meter.energies().powers(40, 10))
        if gated is not None:
            return gated
    from scipy.signal import sosfilt

    weighted = sosfilt(k_weighting(rate), samples, axis=0)
    return lufs(float((weighted**2).sum(axis=1).mean())) if len(samples) else -math.inf


def fade(samples: Samples, rate: int) -> Samples:
    """10 ms of raised cosine at each end; half the sound where it is shorter than both."""
    count = min(round(FADE_S * rate), len(samples) // 2)
    if count == 0:
        return samples.copy()
    rise = (0.5 - 0.5 * numpy.cos(numpy.pi * numpy.arange(count) / count))[:, None]
    faded = samples.copy()
    faded[:count] *= rise
    faded[-count:] *= rise[::-1]
    return faded
