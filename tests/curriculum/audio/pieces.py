"""Pieces of music made from a seed, with a tempo and a key that are known."""

from dataclasses import dataclass
from random import Random

import numpy

from curriculum.audio.names import NAMES

STEPS = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
LOOPS = {
    "major": ((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (0, 1, 4, 0), (5, 3, 0, 4)),
    "minor": ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 4), (0, 3, 6, 2), (0, 5, 3, 4)),
}


@dataclass(frozen=True)
class Song:
    samples: numpy.ndarray  # (frames, 2), float32
    bpm: float
    key: str


def song(seed: int, *, rate: int = 22_050, seconds: float = 20, has_drums: bool = True) -> Song:
    """Drums, bass, chords and a tune over a loop of four chords, a little uneven as people play."""
    dice = Random(seed)
    bpm, mode, tonic = dice.uniform(62, 178), dice.choice(("major", "minor")), dice.randrange(12)
    loop, swing = dice.choice(LOOPS[mode]), dice.choice((0.0, 0.0, 0.12))
    brightness, detune = dice.uniform(0.3, 0.75), dice.uniform(-0.2, 0.2)
    out = numpy.zeros((round(seconds * rate), 2))
    beat, at = 60 / bpm, 0.0

    def pitch(degree: int, octave: int) -> float:
        up, step = divmod(degree, 7)
        return 12 * (octave + 1 + up) + tonic + STEPS[mode][step] + detune

    def add(sound: numpy.ndarray, when: float, pan: float) -> None:
        first = round((when + dice.gauss(0, 0.004)) * rate)
        if 0 <= first < len(out):
            part = sound[: len(out) - first]
            out[first : first + len(part)] += part[:, None] * numpy.array([1 - pan, 1 + pan])

    count = 0
    while at < seconds:
        root = loop[count // 4 % 4]
        if has_drums:
            add(_kick(rate) if count % 2 == 0 else _snare(rate, dice), at, 0)
            for half in (0, 0.5 + swing):
                add(0.5 * _hat(rate, dice), at + half * beat, 0.3)
        add(0.5 * _note(rate, pitch(root, 2), 0.9 * beat, 0.4), at, 0)
        if count % 4 in (0, 2) or dice.random() < 0.3:
            for third in (0, 2, 4):
                add(0.16 * _note(rate, pitch(root + third, 3), 1.6 * beat, brightness), at, -0.2)
        if dice.random() < 0.7:
            step = root + dice.choice((0, 2, 4, 4, 7, 1))
            add(0.2 * _note(rate, pitch(step, 4), 0.8 * beat, brightness), at + dice.choice((0, 0.5)) * beat, 0.2)
        count += 1
        at += beat
    return Song((0.5 * out / numpy.abs(out).max()).astype("float32"), bpm, f"{NAMES[mode][tonic]} {mode}")


def relative(key: str) -> str:
    name, mode = key.split()
    other, turn = ("minor", 9) if mode == "major" else ("major", 3)
    return f"{NAMES[other][(NAMES[mode].index(name) + turn) % 12]} {other}"


def _note(rate: int, pitch: float, seconds: float, brightness: float) -> numpy.ndarray:
    t = numpy.arange(round(seconds * rate)) / rate
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    tone = sum(brightness**n * numpy.sin(2 * numpy.pi * hertz * (n + 1) * t) for n in range(6))
    return tone * numpy.minimum(1, t / 0.008) * numpy.exp(-2.5 * t / seconds)


def _kick(rate: int) -> numpy.ndarray:
    t = numpy.arange(round(0.25 * rate)) / rate
    return 0.9 * numpy.sin(2 * numpy.pi * (50 * t + 6 * (1 - numpy.exp(-30 * t)))) * numpy.exp(-14 * t)


def _snare(rate: int, dice: Random) -> numpy.ndarray:
    t = numpy.arange(round(0.18 * rate)) / rate
    return 0.4 * numpy.random.default_rng(dice.getrandbits(32)).standard_normal(len(t)) * numpy.exp(-22 * t)


def _hat(rate: int, dice: Random) -> numpy.ndarray:
    t = numpy.arange(round(0.05 * rate)) / rate
    hiss = numpy.random.default_rng(dice.getrandbits(32)).standard_normal(len(t))
    return 0.3 * numpy.diff(hiss, prepend=0) * numpy.exp(-80 * t)
