"""The disk: having things on it for good, room on it, and locks that end with their holder."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.bootstrap import try_lock
from core.errors import Refused
from core.words import size as size_words

SPARE = 64 * 10**6  # octets that stay free for the rest of the house


def sync(path: Path) -> None:
    """Have a file, or a folder's list of names, on the disk for good."""
    if path.is_dir():
        if os.name == "nt":
            return
        handle = os.open(path, os.O_RDONLY)
    else:
        handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refuse_without_room(folder: Path, octets: int, what: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < octets + SPARE:
        raise Refused(
            f"The disk of {folder} has {size_words(free)} free, and {what} needs about {size_words(octets + SPARE)}. "
            "Make room, then try again. Nothing was changed."
        )


@contextmanager
def lock(path: Path, *, wait: float = 0.0) -> Iterator[bool]:
    """Whether the lock of this file is ours alone while this lasts. wait: seconds for others to let go."""
    deadline = time.monotonic() + wait
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        while not (is_ours := try_lock(file.fileno())) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield is_ours
