"""AAC in M4A files, which soundfile cannot read: ffmpeg, where this server has it, makes a FLAC of them.

The child is `python -m mentorship.aac FFMPEG PATH SECONDS`, which limits itself and becomes ffmpeg: one demuxer, local
files only, one thread. Its folder gets the FLAC.
"""

import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from core import confined

COPY = "decoded.flac"
MEDIA_TYPE = "audio/mp4"
CPU_SECONDS, CPU_A_MINUTE = 10, 1  # of processor time, and more for each minute of sound
WAITING = 3  # the parent waits this many times the processor time
MEMORY = 600_000_000  # octets of address space
OCTETS_A_SECOND = 192_000 * 2 * 3  # of the FLAC at most
OPEN_FILES = 32
BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso5", b"iso6", b"dash", b"MSNV")

log = logging.getLogger("woodshed.aac")


def ffmpeg() -> str | None:
    """Where this server's ffmpeg lies."""
    return shutil.which("ffmpeg")


def is_m4a(head: bytes) -> bool:
    """Whether a file begins like an M4A or MP4."""
    return head[4:8] == b"ftyp" and head[8:12] in BRANDS


def decode(path: Path, folder: Path, *, seconds: float, meanwhile: Callable[[], None] | None = None) -> Path | None:
    """A FLAC of the first sound in the file, in `folder`; None when there is no ffmpeg, or it cannot read it.

    seconds: the longest sound that is taken; the limits follow from it. meanwhile: see `core.confined`.
    """
    program = ffmpeg()
    if program is None:
        return None
    ended = confined.run(
        "mentorship.aac",
        program,
        str(path.resolve()),
        f"{seconds:.0f}",
        folder=folder,
        seconds=_cpu_seconds(seconds) * WAITING,
        meanwhile=meanwhile,
    )
    made = folder / COPY
    if ended.status != 0 or not made.is_file() or made.is_symlink() or not made.stat().st_size:
        log.warning("ffmpeg ended with %s: %a", ended.status, ended.complained[-200:])
        return None
    return made


def _cpu_seconds(seconds: float) -> int:
    return int(CPU_SECONDS + CPU_A_MINUTE * seconds / 60) + 1


# ---- from here on: what the child does


def arguments(path: str, seconds: float) -> list[str]:
    read = ["-threads", "1", "-protocol_whitelist", "file", "-f", "mov", "-i", f"file:{path}"]
    only_sound = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-t", f"{seconds:.0f}"]
    write = ["-threads", "1", "-c:a", "flac", "-compression_level", "2", "-sample_fmt", "s32", "-bits_per_raw_sample"]
    return ["-hide_banner", "-nostdin", "-v", "error", *read, *only_sound, *write, "24", "-f", "flac", f"file:{COPY}"]


def _limit(seconds: float) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's time-out alone
        return
    for which, most in {
        resource.RLIMIT_CPU: _cpu_seconds(seconds),
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: int(8_000_000 + seconds * OCTETS_A_SECOND),
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: OPEN_FILES,
    }.items():
        try:
            resource.setrlimit(which, (most, most))
        except (ValueError, OSError):  # a system that does not know this one
            continue


def main(program: str, path: str, seconds: str) -> None:
    _limit(float(seconds))
    os.execv(program, [program, *arguments(path, float(seconds))])


if __name__ == "__main__":
    main(*sys.argv[1:])
