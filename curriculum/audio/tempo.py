"""A guess at the tempo: how evenly the onsets of a sound come back."""

import math
from dataclasses import dataclass

import numpy

from curriculum.audio.framing import Frames, power_of_two

WINDOW = 1024 / 44_100  # seconds
HOPS = 100  # a second
BANDS = 28
SLOWEST, FASTEST = 40.0, 220.0  # quarter notes a minute
LIKELY, SPREAD = 118.0, 0.9  # where most music is; octaves
BEATS = 4  # so many in a row must fit
MANY_BEATS = 24  # tell a tempo to a tenth
SHORTEST = 4.0  # seconds
QUIET = 1e-3  # of the level itself: rises smaller than this are no onsets
CHANCE, CERTAIN = 0.12, 0.55  # how alike the onsets are a beat later: by chance; in plain music


@dataclass(frozen=True, slots=True)
class Tempo:
    bpm: float
    confidence: float  # 0 to 1


class Onsets:
    """Takes a sound in blocks of (channels, samples), any size, and keeps how much comes in anew each 10 ms."""

    def __init__(self, rate: int) -> None:
        from scipy import fft

        size = power_of_two(WINDOW * rate)
        hop = max(1, round(rate / HOPS))
        self._a_second = rate / hop
        self._transform = fft.rfft
        self._window = numpy.hanning(size + 1)[:-1].astype("float32")
        self._frames = Frames(1, size, hop)
        borders = numpy.geomspace(60 / rate * size, size / 2, BANDS + 1).astype("intp")
        self._bands = numpy.unique(numpy.clip(borders, 1, size // 2 - 1))
        self._last = numpy.zeros((1, len(self._bands)))
        self._rises: list[numpy.ndarray] = []
        self._levels = 0.0

    def feed(self, block: numpy.ndarray) -> None:
        mono = block[:2].mean(axis=0, keepdims=True)
        for stretches in self._frames.feed(mono, most=256):
            spectra = self._transform(stretches[0] * self._window, axis=-1)
            power = numpy.add.reduceat(spectra.real**2 + spectra.imag**2, self._bands, axis=1)
            level = numpy.cbrt(power.astype("float64"))  # about as loud as it seems
            steps = numpy.diff(numpy.concatenate((self._last, level)), axis=0)
            self._rises.append(numpy.maximum(steps, 0).sum(axis=1))
            self._levels += float(level.sum())
            self._last = level[-1:]

    def tempo(self) -> Tempo | None:
        """None where a sound is too short or nothing comes in anew."""
        rises = numpy.concatenate([numpy.zeros(0), *self._rises])
        if len(rises) < SHORTEST * self._a_second or rises[1:].sum() <= QUIET * self._levels:
            return None
        rises[0] = 0
        return guess(rises, self._a_second)


def guess(rises: numpy.ndarray, a_second: float) -> Tempo:
    """The tempo whose beats are most alike. rises: how much came in anew, so many values a second."""
    width = int(a_second * 0.4)
    around = numpy.convolve(rises, numpy.ones(2 * width + 1) / (2 * width + 1), "same")
    onsets = numpy.maximum(rises - around, 0)
    onsets = numpy.convolve(onsets, [0.25, 0.5, 0.25], "same")
    onsets -= onsets.mean()
    alike = _alike(onsets)
    tempos = numpy.geomspace(SLOWEST, FASTEST, 700)
    lags = 60 * a_second / tempos[:, None] * numpy.arange(1, BEATS + 1)
    fits = numpy.interp(lags, numpy.arange(len(alike)), alike, right=0.0)
    likely = numpy.exp(-0.5 * (numpy.log2(tempos / LIKELY) / SPREAD) ** 2)
    best = int((fits.mean(axis=1) * likely).argmax())
    heard = float(fits[best].mean())
    confidence = min(1.0, max(0.0, (heard - CHANCE) / (CERTAIN - CHANCE)))
    return Tempo(_closer(float(tempos[best]), alike, a_second), round(confidence, 2))


def _closer(bpm: float, alike: numpy.ndarray, a_second: float) -> float:
    """The same tempo more exactly: over many beats a small error would have become a large one."""
    tempos = bpm * numpy.linspace(0.99, 1.01, 201)
    beats = max(BEATS, min(MANY_BEATS, int(len(alike) * bpm / (60 * a_second * 1.01)) - 1))
    lags = 60 * a_second / tempos[:, None] * numpy.arange(1, beats + 1)
    fits = numpy.interp(lags, numpy.arange(len(alike)), alike, right=0.0)
    return float(tempos[int(fits.mean(axis=1).argmax())])


def _alike(onsets: numpy.ndarray) -> numpy.ndarray:
    """How alike the onsets are to themselves so many values later, 1 at 0; for lags up to three quarters."""
    from scipy import fft

    count = len(onsets)
    spectrum = fft.rfft(onsets, fft.next_fast_len(2 * count))
    products = fft.irfft(numpy.abs(spectrum) ** 2, fft.next_fast_len(2 * count))[: count * 3 // 4]
    if products[0] <= 0:
        return numpy.zeros(len(products))
    there = 1 - numpy.arange(len(products)) / count
    return products / products[0] / there


def other_tempos(bpm: float) -> tuple[float, float]:
    """(half, double), which a listener may mean as well."""
    return bpm / 2, bpm * 2


def is_near(one: float, other: float, *, share: float = 0.04) -> bool:
    """Whether two tempos are the same to this share, half or double of each other counting as the same."""
    return any(abs(math.log(one * factor / other)) <= math.log(1 + share) for factor in (0.5, 1, 2))
