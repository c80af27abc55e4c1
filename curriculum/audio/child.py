"""A foreign sound file measured in a confined child: figures, curves, the waveform and, if asked for, a copy to hear.

The child is `python -m curriculum.audio.child PATH SECONDS COPY`; see `core.confined`.
"""

import errno
import json
import logging
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core import confined
from core.errors import Refused
from curriculum.audio import METER, trust
from curriculum.audio.sound import DAMAGED, Sound

CPU_SECONDS, CPU_A_MINUTE = 10, 3  # of processor time, and more for each minute of sound
WAITING = 8  # the parent waits this many times the processor time: the machine may have other things to do
MEMORY = 500_000_000  # octets of address space
LEAST_OUTPUT = 8_000_000  # octets of the largest file written
COPY_A_SECOND = 48_000 * 2 * 3  # octets, besides twice the original's size
DISK_FULL = 3  # the child's exit code

ANSWER, PEAKS, COPY, PROGRESS = "answer.json", "peaks.json", "listen.flac", "progress"  # in the child's folder
TAKES_TOO_LONG = "Measuring this sound takes longer than it should, so it was stopped. Export it again, as WAV or FLAC."

log = logging.getLogger("woodshed.meter")


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out. The files lie in the folder that was given, and go with it."""

    meter: str  # name and version
    figures: dict[str, Any]
    curves: dict[str, Any]
    peaks: Path  # the waveform, audiowaveform's JSON, version 2
    copy: Path | None  # FLAC; None: none was asked for


def measure_file(
    path: Path,
    *,
    folder: Path,
    seconds: float,
    want_copy: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Measured:
    """Measure the sound file at `path` in a child that has limits; it writes into `folder`, which is ours alone.

    seconds: its length, as counted when it was taken in; the limits follow from it. want_copy: a FLAC for browsers that
    cannot play the original. progress: called again and again with the share done (0 to 1); if it raises, the child is
    ended. Refused with a sentence when it cannot be measured, OSError when the disk is full.
    """

    def meanwhile() -> None:
        if progress:
            progress(_share(folder / PROGRESS))

    ended = confined.run(
        "curriculum.audio.child",
        str(path.resolve()),
        f"{seconds:.3f}",
        str(int(want_copy)),
        folder=folder,
        seconds=_cpu_seconds(seconds) * WAITING,
        meanwhile=meanwhile,
    )
    if ended.status == DISK_FULL:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    try:
        answer = trust.answer(folder / ANSWER)
        if "refused" in answer:
            raise Refused(answer["refused"])
        trust.peaks(folder / PEAKS)
        if want_copy:
            trust.flac(folder / COPY)
    except (ValueError, TypeError, KeyError, RecursionError, OSError):
        log.warning("the meter ended with %s: %a", ended.status, ended.complained[-300:])
        raise Refused(TAKES_TOO_LONG if ended.status in (None, -9, -24) else DAMAGED) from None
    copy = folder / COPY if want_copy else None
    return Measured(answer["meter"], answer["figures"], answer["curves"], folder / PEAKS, copy)


def _share(path: Path) -> float:
    with suppress(OSError, ValueError), open(path, "rb") as file:
        return min(1.0, max(0.0, float(file.read(16))))
    return 0.0


def _cpu_seconds(seconds: float) -> int:
    return math.ceil(CPU_SECONDS + CPU_A_MINUTE * seconds / 60)


# ---- from here on: what the child does


def main(path: str, seconds: str, want_copy: str) -> None:
    try:
        _measure(path, float(seconds), want_copy == "1")
    except OSError as fault:
        if fault.errno != errno.ENOSPC:
            raise
        sys.exit(DISK_FULL)


def _measure(path: str, seconds: float, want_copy: bool) -> None:
    """All packages are read and all files opened before the limits hold; after that nothing can be."""
    import scipy.fft
    import scipy.signal
    import soundfile

    from curriculum.audio import measure

    assert scipy.fft and scipy.signal and soundfile
    said: dict[str, Any]
    with (
        open(path, "rb", buffering=0) as file,
        open(PROGRESS, "wb", buffering=0) as progress,
        open(ANSWER, "w", encoding="utf-8") as answer,
        open(PEAKS, "w", encoding="utf-8") as peaks,
        open(COPY if want_copy else os.devnull, "wb", buffering=0) as copy,
    ):
        output = LEAST_OUTPUT + 2 * os.fstat(file.fileno()).st_size + math.ceil(seconds * COPY_A_SECOND)
        confined.limit_this_process(cpu_seconds=_cpu_seconds(seconds), memory=MEMORY, output=output)
        try:
            sound = Sound(file)
            with _copying(copy, sound) if want_copy else nullcontext() as beside:
                result = measure.measure(sound, _telling(progress), beside=beside)
            said = {"meter": METER, "figures": result.figures, "curves": result.curves}
            json.dump(result.peaks, peaks, separators=(",", ":"))
        except Refused as refused:
            said = {"refused": refused.text}
        json.dump(said, answer, allow_nan=False)


def _telling(file: BinaryIO) -> Callable[[float], None]:
    def tell(share: float) -> None:
        file.seek(0)
        file.write(f"{share:.4f}".encode())

    return tell


@contextmanager
def _copying(file: BinaryIO, sound: Sound) -> Iterator[Callable[[Any], None]]:
    """Writes the blocks that it is given as FLAC: 16 bits for sounds of 8 or 16, 24 for all others."""
    import soundfile

    form = sound.form
    subtype = "PCM_16" if form.bits in (8, 16) else "PCM_24"
    with soundfile.SoundFile(
        file.fileno(), "w", form.rate, form.channels, subtype, format="FLAC", closefd=False
    ) as written:
        yield written.write


if __name__ == "__main__":
    main(*sys.argv[1:])
