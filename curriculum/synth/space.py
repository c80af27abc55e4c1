"""Where a sound stands: delay, reverb, pan and width."""

import math
from functools import lru_cache
from typing import Any

import numpy

from curriculum.synth.noise import white

Array = numpy.ndarray[Any, Any]

DAMPED = 0.4  # of its RT60: what lies above damp_hz
LASTS = 1.25  # times its RT60: a room is followed down to -75 dB
ROOM = 9_000  # seeds of rooms begin here, so that no room is made of the noise that sounds in it
EVEN_S = 0.012  # within so short a time a room's noise is made even
DARKER_HZ, LOWEST_HZ = 500.0, 100.0  # a room's sound falls by 3 dB an octave above the one, and ends below the other


def delayed(
    samples: Array, rate: int, *, time_ms: float, feedback: float, mix: float, ping_pong: bool = False
) -> Array:
    """samples: (frames,). To the nearest sample; feedback is the share of each repeat in the next.

    Gives (frames,), or with ping_pong (frames, 2): the first repeat on the left, the second on the right.
    """
    late = max(1, round(time_ms * rate / 1000))
    if not ping_pong:
        return (1 - mix) * samples + mix * repeats(samples, late, feedback)
    left = repeats_at(samples, late, 2 * late, feedback**2)
    right = feedback * repeats_at(samples, 2 * late, 2 * late, feedback**2)
    return (1 - mix) * samples[:, None] + mix * numpy.stack([left, right], axis=1)


def repeats(samples: Array, late: int, feedback: float) -> Array:
    """Only what comes late: the sum of feedback^k times the samples, (k + 1) late."""
    return repeats_at(samples, late, late, feedback)


def repeats_at(samples: Array, first: int, every: int, feedback: float) -> Array:
    """The first repeat after so many samples, and then one `every` so many."""
    from scipy.signal import lfilter

    count = len(samples)
    if first >= count:
        return numpy.zeros(count)
    rows = -(-(count - first) // every)
    padded = numpy.zeros(rows * every)
    padded[: count - first] = samples[: count - first]
    summed = lfilter([1.0], [1.0, -feedback], padded.reshape(rows, every), axis=0).ravel()
    return numpy.concatenate([numpy.zeros(first), summed[: count - first]])


def reverberated(
    samples: Array,
    rate: int,
    *,
    rt60_s: float,
    predelay_ms: float,
    damp_hz: float,
    mix: float,
    seed: int = 0,
    sides: int = 1,
) -> Array:
    """samples: (frames,) -> (frames, sides), each side with a room noise of its own."""
    from scipy import fft

    count, before = len(samples), round(predelay_ms * rate / 1000)
    room = response(min(count - before, round(LASTS * rt60_s * rate)), rate, rt60_s, damp_hz, seed, sides)
    size = fft.next_fast_len(count + room.shape[1], real=True)
    heard = fft.irfft(fft.rfft(samples, size) * fft.rfft(room, size), size)
    wet = numpy.zeros((count, sides))
    wet[before:] = heard[:, : count - before].T
    return (1 - mix) * samples[:, None] + mix * wet


@lru_cache(maxsize=2)
def response(frames: int, rate: int, rt60_s: float, damp_hz: float, seed: int, sides: int) -> Array:
    """A room's answer to a click, (sides, frames), of energy 1 on each side.

    Noise that loses 60 dB in rt60_s below damp_hz, and above it in 0.4 of that.
    """
    from scipy import fft

    size = fft.next_fast_len(frames, real=True)
    hertz = numpy.maximum(fft.rfftfreq(size, 1 / rate), 1e-3)
    colour = numpy.minimum(1, numpy.sqrt(DARKER_HZ / hertz)) / (1 + (LOWEST_HZ / hertz) ** 4)
    octaves = numpy.log2(hertz / damp_hz)
    share = 0.5 + 0.5 * numpy.cos(numpy.pi * numpy.clip(octaves + 0.5, 0, 1))  # over half an octave either side
    noise = numpy.stack([white(frames, ROOM + 2 * seed + side) for side in range(sides)])
    bands = numpy.stack([colour * share, colour * (1 - share)])[:, None]
    both = even(fft.irfft(fft.rfft(noise, size) * bands, size)[..., :frames], rate)
    falls = -3 * math.log(10) / (rt60_s * rate) * numpy.arange(frames)
    room = both[0] * numpy.exp(falls) + both[1] * numpy.exp(falls / DAMPED)
    room /= numpy.sqrt((room**2).sum(axis=1, keepdims=True))
    room.flags.writeable = False
    return room


def even(noise: Array, rate: int) -> Array:
    """The noise with the same energy in each stretch, so that the decay is the one asked for and no luck of dice."""
    from scipy.ndimage import uniform_filter1d

    power = uniform_filter1d(noise * noise, max(1, round(EVEN_S * rate)), axis=-1, mode="nearest")
    mean = numpy.maximum((noise * noise).mean(axis=-1, keepdims=True), 1e-30)
    return noise * numpy.sqrt(mean / numpy.maximum(power, 1e-3 * mean))


def panned(samples: Array, position: float) -> Array:
    """samples: (frames,) -> (frames, 2). -1 left, 1 right; the power of both sides together stays the same."""
    angle = (position + 1) * math.pi / 4
    return samples[:, None] * numpy.array([max(0.0, math.cos(angle)), math.sin(angle)])


def widened(samples: Array, width_pct: float, *, flip: bool = False) -> Array:
    """samples: (frames, 2). 0 is mono, 100 as it was, 200 twice the difference; flip turns the right side round."""
    middle, side = samples.mean(axis=1), (samples[:, 0] - samples[:, 1]) / 2 * (width_pct / 100)
    return numpy.stack([middle + side, (middle - side) * (-1 if flip else 1)], axis=1)
