"""The players of the generated loops: one hit or one note each, (frames,), about 1.0 at its loudest."""

from functools import lru_cache
from typing import Any

import numpy

from curriculum.synth.noise import white

Sound = numpy.ndarray[Any, Any]

TABLE = 4096  # samples of one cycle
KEPT = 24  # notes of each instrument, about 0.2 MB each: a bar repeats itself, other grooves have other lengths
VOWELS = {  # Hz, dB: formants of a tenor. Source: the table of Csound's manual, appendix "Formant values"
    "a": ((650, 0), (1080, -6), (2650, -7), (2900, -8), (3250, -22)),
    "e": ((400, 0), (1700, -14), (2600, -12), (3200, -14), (3580, -20)),
    "i": ((290, 0), (1870, -15), (2800, -18), (3250, -20), (3540, -30)),
    "o": ((400, 0), (800, -10), (2600, -12), (2800, -12), (3000, -26)),
    "u": ((350, 0), (600, -20), (2700, -17), (2900, -14), (3300, -26)),
}
WIDTHS = (80, 90, 120, 130, 140)  # Hz, of the five formants


def seconds(frames: int, rate: int) -> Sound:
    return numpy.arange(frames) / rate


def hertz(midi: float) -> float:
    return float(440 * 2 ** ((midi - 69) / 12))


def ends(note: Sound, rate: int, attack_s: float, release_s: float) -> Sound:
    """Raised cosine at both ends, so that no note clicks."""
    rise, fall = (min(max(1, round(s * rate)), len(note) // 2) for s in (attack_s, release_s))
    note[:rise] *= 0.5 - 0.5 * numpy.cos(numpy.pi * numpy.arange(rise) / rise)
    note[len(note) - fall :] *= 0.5 + 0.5 * numpy.cos(numpy.pi * numpy.arange(fall) / fall)
    return note


def band(sound: Sound, rate: int, low: float | None, high: float | None) -> Sound:
    """Between two corners in Hz, second order."""
    from scipy.signal import butter, sosfilt

    for corner, kind in ((low, "highpass"), (high, "lowpass")):
        if corner is not None:
            sound = sosfilt(butter(2, corner, kind, fs=rate, output="sos"), sound)
    return sound


@lru_cache(maxsize=8)
def kick(rate: int) -> Sound:
    """A sine that falls from 190 to 47 Hz, with a beater."""
    t = seconds(round(0.42 * rate), rate)
    cycles = 47 * t + 110 * 0.028 * (1 - numpy.exp(-t / 0.028)) + 33 * 0.005 * (1 - numpy.exp(-t / 0.005))
    body = numpy.sin(2 * numpy.pi * cycles) * numpy.exp(-t / 0.12)
    beater = band(white(len(t), 501), rate, 500, 9_000) * numpy.exp(-t / 0.011)
    struck = numpy.tanh(1.5 * body + 0.5 * beater) + 0.1 * tail(t, rate, 511)
    return ends(0.75 * struck, rate, 0.0015, 0.05)


@lru_cache(maxsize=8)
def snare(rate: int, tuned_hz: float = 186.0) -> Sound:
    """Two modes of the head, its wires, and the stick."""
    t = seconds(round(0.36 * rate), rate)
    head = numpy.sin(2 * numpy.pi * (tuned_hz * t + 0.6 * (1 - numpy.exp(-t / 0.012)))) * numpy.exp(-t / 0.06)
    ring = numpy.sin(2 * numpy.pi * 1.78 * tuned_hz * t) * numpy.exp(-t / 0.05)
    thump = numpy.sin(2 * numpy.pi * 0.52 * tuned_hz * t) * numpy.exp(-t / 0.06)
    wires = band(white(len(t), 502), rate, 450, None) * numpy.exp(-t / 0.08)
    stick = band(white(len(t), 503), rate, None, 9_000) * numpy.exp(-t / 0.007)
    struck = numpy.tanh(0.6 * head + 0.35 * ring + 0.45 * thump + 0.36 * wires + 0.35 * stick)
    return ends(struck + 0.12 * tail(t, rate, 512), rate, 0.002, 0.06)


@lru_cache(maxsize=8)
def hat(rate: int, decay_s: float = 0.035) -> Sound:
    """Six squares out of tune with one another, and noise; the most of it above 5 kHz."""
    t = seconds(round(min(0.5, 7 * decay_s) * rate), rate)
    metal = sum(numpy.sign(numpy.sin(2 * numpy.pi * f * t)) for f in (263, 400, 421, 474, 587, 845))
    both = band(0.3 * numpy.asarray(metal) + white(len(t), 504), rate, 5_000, None)
    return ends(0.45 * both * numpy.exp(-t / decay_s), rate, 0.0005, 0.02)


def tail(t: Sound, rate: int, seed: int) -> Sound:
    """The room in which a drum stands."""
    return band(white(len(t), seed), rate, 200, 4_500) * numpy.exp(-t / 0.09) * (1 - numpy.exp(-t / 0.01))


@lru_cache(maxsize=64)
def cycle(amplitudes: tuple[float, ...]) -> tuple[Sound, Sound]:
    """One cycle of sines with these amplitudes, and the step from each of its samples to the next."""
    spectrum = numpy.zeros(TABLE // 2 + 1, dtype="complex128")
    spectrum[1 : len(amplitudes) + 1] = numpy.array(amplitudes) * (-0.5j * TABLE)
    wave = numpy.fft.irfft(spectrum, TABLE)
    return wave, numpy.roll(wave, -1) - wave


def played(tones: tuple[tuple[tuple[float, ...], Sound], ...], cycles: Sound) -> Sound:
    """The cycles of these amplitudes, each under its own envelope, read along one phase (in cycles)."""
    place = (cycles - numpy.floor(cycles)) * TABLE
    at = place.astype("int32") & (TABLE - 1)
    place -= at
    whole = numpy.zeros(len(cycles))
    for amplitudes, envelope in tones:
        wave, step = cycle(amplitudes)
        whole += envelope * (wave[at] + step[at] * place)
    return whole


def harmonics(pitch_hz: float, rate: int, power: float, top_hz: float = 16_000) -> tuple[float, ...]:
    """Amplitudes that fall with this power of the harmonic's number, none above top_hz."""
    most = min(TABLE // 8, int(min(top_hz, 0.45 * rate) / pitch_hz))
    return tuple(float(n**power) for n in range(1, most + 1))


@lru_cache(maxsize=KEPT)
def bass(midi: int, length_s: float, rate: int) -> Sound:
    """A picked string: bright at first, then round."""
    pitch = hertz(midi)
    t = seconds(round(length_s * rate), rate)
    bright = harmonics(pitch, rate, -0.8, 9_000), 0.5 * numpy.exp(-t / 0.09)
    full = harmonics(pitch, rate, -1.5, 4_000), 0.8 * numpy.exp(-t / 0.6)
    pick = band(white(len(t), 505), rate, 1_800, 8_000) * numpy.exp(-t / 0.007)
    return ends(numpy.tanh(0.8 * (played((bright, full), pitch * t) + 0.25 * pick)), rate, 0.002, 0.025)


@lru_cache(maxsize=KEPT)
def key(midi: int, length_s: float, rate: int) -> Sound:
    """A piano's cousin: three strings' worth of brightness that die one after the other, and a hammer."""
    pitch = hertz(midi)
    t = seconds(round(length_s * rate), rate)
    lasts = 1.4 * 2 ** ((60 - midi) / 24)
    strings = played(
        (
            (harmonics(pitch, rate, -0.7), 0.22 * numpy.exp(-t / (0.06 * lasts))),
            (harmonics(pitch, rate, -1.4, 6_000), 0.35 * numpy.exp(-t / (0.4 * lasts))),
            (harmonics(pitch, rate, -2.6, 3_000), 0.4 * numpy.exp(-t / lasts)),
        ),
        pitch * t,
    )
    return ends(strings + hammer(len(t), rate), rate, 0.002, 0.06)


@lru_cache(maxsize=4)
def hammer(frames: int, rate: int) -> Sound:
    struck = numpy.zeros(frames)
    count = min(frames, round(0.06 * rate))
    struck[:count] = 0.05 * band(white(count, 506), rate, 300, None) * numpy.exp(-seconds(count, rate) / 0.005)
    return struck


@lru_cache(maxsize=KEPT)
def sung(midi: int, vowel: str, length_s: float, rate: int) -> Sound:
    """One syllable on a vowel, with vibrato that comes late, breath, and a consonant before it."""
    pitch = hertz(midi)
    t = seconds(round(length_s * rate), rate)
    deep = 0.012 * numpy.clip((t - 0.15) / 0.3, 0, 1)  # a fifth of a semitone
    scoop = -0.035 * numpy.exp(-t / 0.04)
    cycles = numpy.cumsum(pitch * (1 + scoop + deep * numpy.sin(2 * numpy.pi * 5.4 * t))) / rate
    voice = played(((formed(pitch, vowel, rate), numpy.full(len(t), 0.8)),), cycles)
    noise = white(len(t), 507)
    breath = band(noise, rate, 2_500, None) * (0.02 + 0.01 * numpy.sin(2 * numpy.pi * cycles))
    return ends(voice + breath, rate, 0.025, 0.07)


@lru_cache(maxsize=4)
def hiss(rate: int) -> Sound:
    """An s."""
    t = seconds(round(0.09 * rate), rate)
    return ends(0.16 * band(white(len(t), 508), rate, 4_500, None), rate, 0.03, 0.03)


@lru_cache(maxsize=4)
def burst(rate: int) -> Sound:
    """A t or a k."""
    t = seconds(round(0.05 * rate), rate)
    return ends(0.35 * band(white(len(t), 509), rate, 1_800, None) * numpy.exp(-t / 0.012), rate, 0.001, 0.01)


def formed(pitch_hz: float, vowel: str, rate: int) -> tuple[float, ...]:
    """Amplitudes of the harmonics of a voice: the source falls by 10 dB an octave, the mouth lets formants through."""
    numbers = numpy.arange(1, int(min(12_000, 0.45 * rate) / pitch_hz) + 1)
    at = numbers * pitch_hz
    mouth = sum(
        10 ** (level / 20) / numpy.sqrt(1 + ((at - centre) / width) ** 2)
        for (centre, level), width in zip(VOWELS[vowel], WIDTHS, strict=True)
    )
    strengths = numpy.asarray(mouth) * numbers**-0.5 + 0.15 * numbers**-1.2
    return tuple(float(one) for one in strengths / numpy.sqrt((strengths**2).sum()))
