"""A stretch of a foreign sound as a small FLAC file, cut in a confined child.

The child is `python -m mentorship.clip SOUND FIRST LAST OUT` (ms); see `core.confined`. The same stretch of the same
file gives the same octets.
"""

import json
import logging
import sys
from pathlib import Path

from core import confined
from core.errors import Refused

LONGEST = 15_000  # ms
BEFORE, AFTER = 1_000, 3_000  # ms around a moment
FADE = 10  # ms
CHANNELS = 2  # of more, the first two
CPU_SECONDS = 20  # a place late in a long MP3 is reached by decoding
WAITING = 3  # the parent waits this many times the processor time
MEMORY = 480_000_000  # octets of address space
LARGEST = 24_000_000  # octets: 15 seconds of stereo at 192 kHz, 16 bit, and room
FAILED = "No clip could be cut from this version: its file cannot be read there. Nothing was made."

log = logging.getLogger("woodshed.clip")


def stretch(start_ms: int, end_ms: int | None, last_ms: int) -> tuple[int, int]:
    """From where to where a clip goes: a moment with what is around it, a long range from its beginning."""
    if end_ms is not None:
        return start_ms, min(end_ms, start_ms + LONGEST, last_ms)
    first = max(0, min(start_ms - BEFORE, last_ms - BEFORE - AFTER))
    return first, min(first + BEFORE + AFTER, last_ms)


def cut(sound: Path, first: int, last: int, out: Path) -> None:
    """Write that stretch (ms) as FLAC. Refused when it cannot be read."""
    child = confined.run(
        "mentorship.clip",
        str(sound.resolve()),
        str(first),
        str(last),
        str(out.resolve()),
        folder=out.parent,
        seconds=CPU_SECONDS * WAITING,
    )
    try:
        frames = json.loads(child.said)["frames"]
    except (ValueError, KeyError, TypeError):
        frames = 0
    if child.status != 0 or not frames:
        log.warning("cutting a clip ended with %s: %a", child.status, child.complained[-200:])
        raise Refused(FAILED)


# ---- from here on: what the child does


def main(path: str, first: str, last: str, to: str) -> None:
    import numpy
    import soundfile

    with open(path, "rb", buffering=0) as source, open(to, "w+b", buffering=0) as target:
        confined.limit_this_process(cpu_seconds=CPU_SECONDS, memory=MEMORY, output=LARGEST)
        with soundfile.SoundFile(source.fileno(), closefd=False) as sound:
            rate = sound.samplerate
            sound.seek(min(int(first) * rate // 1000, sound.frames))
            block = sound.read((int(last) - int(first)) * rate // 1000, "float32", always_2d=True)[:, :CHANNELS]
        block = numpy.clip(numpy.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
        ramp = numpy.linspace(0.0, 1.0, min(FADE * rate // 1000, len(block) // 2), dtype="float32")[:, None]
        if len(ramp):
            block[: len(ramp)] *= ramp
            block[-len(ramp) :] *= ramp[::-1]
        if len(block):
            with soundfile.SoundFile(
                target.fileno(), "w", rate, block.shape[1], "PCM_16", format="FLAC", closefd=False
            ) as made:
                made.write(block)
    print(json.dumps({"frames": len(block)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
