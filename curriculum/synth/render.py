"""From a spec to finished samples, to a pair of one loudness, and to a file."""

import contextlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

from core.errors import Refused
from curriculum.synth import VERSION as VERSION
from curriculum.synth import effects, levels, pitched, rhythms
from curriculum.synth.spec import Spec

Samples = numpy.ndarray[Any, Any]  # (frames, channels), float64, 1.0 is full scale

FORMATS = {"flac": ("FLAC", "PCM_16"), "wav": ("WAV", "PCM_16"), "mp3": ("MP3", "MPEG_LAYER_III")}
BEST_MP3 = {"compression_level": 0.0, "bitrate_mode": "VARIABLE"}  # 0.1 dB up to 16 kHz; at 30 kB 1 dB would be missing
BLOCK = 16_384  # frames: a long lossy write in one call can end in a crash
UNMATCHED = "level"

MAKERS: dict[str, Callable[[Spec], Samples]] = {**pitched.MAKERS, **effects.MAKERS, **rhythms.MAKERS}


def pcm(spec: Spec) -> Samples:
    """Faded, at -26 LUFS or with its peak at -12 dBFS, whichever is quieter."""
    return levels.finish(MAKERS[spec["kind"]](spec), spec["rate"])


def pair(a: Spec, b: Spec) -> tuple[Samples, Samples]:
    """Both sides at one loudness, to 0.1 LU; of kind level at the difference that they are to have."""
    if a["kind"] == b["kind"] == UNMATCHED:
        first, second = levels.finish_all((MAKERS[UNMATCHED](a), MAKERS[UNMATCHED](b)), a["rate"])
        return first, second
    return levels.matched(pcm(a), pcm(b), a["rate"])


def whole_steps(samples: Samples) -> Samples:
    """16 bits, as every lossless file has them."""
    return numpy.clip(numpy.rint(samples * 32_768), -32_768, 32_767).astype("int16")


def write(samples: Samples, rate: int, path: Path) -> None:
    """To a file whose suffix says its format; whole or not at all. A suffix other than FORMATS is refused."""
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise Refused(f"{path.name} has no suffix that says its format. Take .wav, .flac or .mp3.")
    handle, beside = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(encoded(samples, rate, form))
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def encoded(samples: Samples, rate: int, form: str) -> bytes:
    """The file as bytes. form: flac, wav, mp3."""
    import soundfile

    container, subtype = FORMATS[form]
    steps = whole_steps(samples)
    room = io.BytesIO()
    finest = BEST_MP3 if form == "mp3" else {}
    with soundfile.SoundFile(room, "w", rate, steps.shape[1], subtype, format=container, **finest) as file:
        for first in range(0, len(steps), BLOCK):
            file.write(steps[first : first + BLOCK])
    return room.getvalue()
