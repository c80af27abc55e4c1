"""Whole specs of the sounds made on a source, and the sources that a test puts in its place."""

from typing import Any

import numpy

from curriculum.synth import sources

RATE = 44_100
ALL = {"rate": RATE, "channels": 1, "noise_seed": 3, "source": "pink", "seconds": 2, "on": True}
BELL = {"type": "bell", "freq_hz": 1000, "gain_db": 9, "q": 1.4}
OWN: dict[str, dict[str, Any]] = {
    "eq": {"bands": [BELL]},
    "filter": {"type": "lowpass", "freq_hz": 1000, "q": 0.707, "slope": 12},
    "compression": {
        "source": "drums",
        "threshold_db": -24,
        "ratio": 4,
        "attack_ms": 10,
        "release_ms": 100,
        "knee_db": 0,
    },
    "level": {"change_db": 3},
    "pan": {"position": 0.3, "channels": 2},
    "width": {"source": "mix", "width_pct": 150, "flip": False, "channels": 2},
    "delay": {"source": "snare", "time_ms": 250, "feedback": 0.5, "mix": 0.3, "ping_pong": False},
    "reverb": {"source": "snare", "rt60_s": 1.5, "predelay_ms": 20, "damp_hz": 8000, "mix": 0.3},
    "drive": {"source": "bass", "drive_db": 12, "shape": "soft"},
    "noise-or-tone": {"colour": "pink", "tone_hz": 1000, "tone_db": -12},
}


def spec(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, **ALL, **OWN[kind], **fields}


def instead(monkeypatch: Any, sound: numpy.ndarray) -> None:
    """This is what every source plays, cut or filled up to the length asked for."""

    def played(name: str, frames: int, rate: int, seed: int, sides: int = 1) -> numpy.ndarray:
        whole = numpy.zeros(frames)
        whole[: min(frames, len(sound))] = sound[:frames]
        return whole if sides == 1 else numpy.stack([whole, whole], axis=1)

    monkeypatch.setattr(sources, "source", played)


def click(at: int = 0) -> numpy.ndarray:
    return numpy.eye(1, at + 1, at)[0]


def db(ratio: Any) -> Any:
    return 20 * numpy.log10(numpy.maximum(numpy.abs(ratio), 1e-15))
