"""What the portfolio's meter costs: four minutes of stereo, as WAV and as MP3."""

import os
import tempfile
from pathlib import Path

from curriculum.audio.child import measure_file

SECONDS, QUICK_SECONDS = 240, 5
RATE = 44_100
KINDS = {"WAV": "PCM_16", "MP3": "MPEG_LAYER_III"}
MOST_CPU = 7.0  # seconds
MOST_MEMORY = 500  # MB: the child may not have more, so it either keeps to it or fails


def measure(room: Path, *, quick: bool, rounds: int) -> dict[str, list[float]]:
    """Seconds of processor time of the child for each kind, turn about; its start is in it."""
    seconds = QUICK_SECONDS if quick else SECONDS
    paths = {kind: _sound(room / f"bench.{kind.lower()}", kind, seconds) for kind in KINDS}
    raw: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind, path in paths.items():
            before = os.times()
            with tempfile.TemporaryDirectory(dir=room) as folder:
                measure_file(path, folder=Path(folder), seconds=seconds)
            after = os.times()
            used = after.children_user + after.children_system - before.children_user - before.children_system
            raw[kind].append(used)
    return raw


def _sound(path: Path, kind: str, seconds: int) -> Path:
    """Loud, with a beat and hiss up to the top: nothing that a meter could pass over."""
    import numpy
    import soundfile

    dice = numpy.random.default_rng(1)
    t = numpy.arange(RATE) / RATE
    with soundfile.SoundFile(path, "w", RATE, 2, KINDS[kind], format=kind) as file:
        for second in range(seconds):
            beat = numpy.sin(2 * numpy.pi * (110 + second % 12 * 10) * t) * numpy.exp(-6 * (t % 0.5))
            file.write(numpy.clip(0.7 * beat[:, None] + 0.2 * dice.standard_normal((RATE, 2)), -1, 1))
    return path
