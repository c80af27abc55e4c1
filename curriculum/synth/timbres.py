"""Five timbres, built from their partials: each exactly in tune, none above what the rate can carry."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy

from curriculum.synth.instruments import ends, hertz

Sound = numpy.ndarray[Any, Any]  # (frames,)
Made = tuple[Sound, Sound]  # of each harmonic from 1 up: amplitude, and how much it falls in a second (1/s)

HARMONICS = 40
TOP_HZ = 16_000.0
SOFTEST = 1e-4  # of the loudest partial: what is left out
BLOCK = 256  # samples that share one exponential of each partial
ROWS = 8  # blocks multiplied at once: few enough that no BLAS wakes its threads, which cost more than they bring
ATTACK_S, RELEASE_S = 0.005, 0.03
LOUD = 0.2  # RMS of a note's beginning, so that timbres are about equally loud
DRAWBARS = {1: 1.0, 2: 0.7, 3: 0.45, 4: 0.4, 6: 0.2, 8: 0.25}
PLUCKED_AT = 0.13  # of the string


def note(timbre: str, midi: float, seconds: float, rate: int, seed: int = 0) -> Sound:
    """One note from its first sample to its last, both silent. seed: how a string is plucked, no more."""
    frames = max(2, round(seconds * rate))
    pitch = hertz(midi)
    numbers, amplitudes, falls = partials(timbre, midi, rate)
    sound = summed(pitch * numbers, amplitudes, falls, phases(timbre, len(numbers), seed), frames, rate)
    return ends(sound, rate, 0.002 if falls.any() else ATTACK_S, RELEASE_S)


def tone(freq_hz: float, harmonics: int, frames: int, rate: int) -> Sound:
    """A steady sine with so many harmonics above it, each half as loud as the one before; none too high for the rate.

    Begins and ends at once: it is for `levels.finish` to fade it.
    """
    numbers = numpy.arange(1, 2 + harmonics)
    numbers = numbers[numbers * freq_hz <= max(freq_hz, 0.45 * rate)]
    still = numpy.zeros(len(numbers))
    return summed(numbers * freq_hz, 0.5 ** (numbers - 1.0), still, still, frames, rate)


def summed(hz: Sound, amplitudes: Sound, falls: Sound, turns: Sound, frames: int, rate: int) -> Sound:
    """Sines that die away, added up. falls: 1/s; turns: phases at the beginning, in radians.

    exp(s t) of t = block + rest is exp(s block) exp(s rest): two small tables and one product of matrices.
    """
    speeds = (-falls + 2j * math.pi * hz) / rate
    starts = numpy.arange(-(-frames // (BLOCK * ROWS)) * ROWS) * BLOCK
    outer = numpy.exp(starts[:, None] * speeds) * (amplitudes * numpy.exp(1j * turns))
    inner = numpy.exp(speeds[:, None] * numpy.arange(BLOCK))
    rows = numpy.concatenate([outer.imag, outer.real], axis=1).reshape(-1, ROWS, 2 * len(hz))
    return (rows @ numpy.concatenate([inner.real, inner.imag])).ravel()[:frames]


@lru_cache(maxsize=512)
def partials(timbre: str, midi: float, rate: int) -> tuple[Sound, Sound, Sound]:
    """Numbers of its harmonics, their amplitudes, and how much each falls in a second (1/s)."""
    pitch = hertz(midi)
    count = max(1, min(HARMONICS, int(min(TOP_HZ, 0.45 * rate) / pitch)))
    numbers = numpy.arange(1, count + 1)
    amplitudes, falls = MADE[timbre](numbers, pitch)
    amplitudes = amplitudes * (LOUD * 2**0.5 / math.sqrt(float((amplitudes**2).sum())))
    heard = numpy.abs(amplitudes) > SOFTEST * numpy.abs(amplitudes).max()
    return numbers[: len(amplitudes)][heard], amplitudes[heard], falls[heard]


@lru_cache(maxsize=128)
def phases(timbre: str, count: int, seed: int) -> Sound:
    if timbre != "pluck":
        return numpy.zeros(count)
    raw = numpy.random.PCG64(seed).random_raw(HARMONICS)[:count] >> numpy.uint64(11)
    return raw * (2 * math.pi / 2**53)


def _sine(numbers: Sound, pitch: float) -> Made:
    return numpy.where(numbers == 1, 1.0, 0.0)[:1], numpy.zeros(1)


def _triangle(numbers: Sound, pitch: float) -> Made:
    signs = numpy.where(numbers % 4 == 1, 1.0, -1.0)
    return numpy.where(numbers % 2 == 1, signs / numbers**2.0, 0.0), numpy.zeros(len(numbers))


def _organ(numbers: Sound, pitch: float) -> Made:
    return numpy.array([DRAWBARS.get(int(number), 0.0) for number in numbers[:8]]), numpy.zeros(len(numbers[:8]))


def _pluck(numbers: Sound, pitch: float) -> Made:
    """A string: where it is plucked decides what it has, and what is higher dies sooner."""
    amplitudes = numpy.sin(math.pi * PLUCKED_AT * numbers) / numbers**1.1
    base = 1.1 * (pitch / 220) ** 0.5
    return amplitudes, base * (1 + 0.12 * numbers + 0.012 * numbers**2.0)


def _keys(numbers: Sound, pitch: float) -> Made:
    """A piano's cousin: darker the higher it plays, and the brightness goes first."""
    amplitudes = numbers**-1.15 * numpy.exp(-numbers * pitch / 3_500)
    return amplitudes, 0.9 * (pitch / 220) ** 0.5 * (1 + 0.45 * (numbers - 1.0))


MADE: dict[str, Callable[[Sound, float], Made]] = {
    "sine": _sine,
    "triangle": _triangle,
    "organ": _organ,
    "pluck": _pluck,
    "keys": _keys,
}
