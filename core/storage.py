"""Uploaded files: named by their SHA-256, whole or not there at all.

Order of a keeping: temporary file, fsync, rename, fsync of the folder; the row that names it comes last. A file that no
row names is removed by the sweep after an hour.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from core import disk
from core.errors import Busy, TooLarge
from core.ids import uuid7
from core.words import size as size_words

BLOCK = 1 << 20
ORPHAN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was received whole, waiting to be kept or dropped."""

    path: Path
    sha256: str  # hex
    size: int  # octets


@dataclass(frozen=True, slots=True)
class Storage:
    folder: Path

    def stage(self, stream: BinaryIO, *, most: int) -> Staged:
        """Receive a file into a temporary one. most: octets; a longer one is refused and leaves nothing."""
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = incoming / uuid7().hex
        digest, size = hashlib.sha256(), 0
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                while block := stream.read(BLOCK):
                    size += len(block)
                    if size > most:
                        raise TooLarge(
                            f"This file is larger than the {size_words(most)} we can take. "
                            "Try an MP3 at 320 kbit/s, or a shorter bounce.",
                            field="file",
                        )
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Staged(path, digest.hexdigest(), size)

    def part_path(self, part: UUID) -> Path:
        """Where what came so far of a file sent in parts lies."""
        return self.folder / "incoming" / part.hex

    def part_size(self, part: UUID) -> int:
        """Octets that came so far."""
        try:
            return self.part_path(part).stat().st_size
        except FileNotFoundError:
            return 0

    def add_part(self, part: UUID, stream: BinaryIO, *, place: int, most: int) -> int:
        """Write up to `most` octets at `place`, on the disk for good; returns how many the file has then."""
        path = self.part_path(part)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.seek(place)
            while most > 0 and (block := stream.read(min(BLOCK, most))):
                file.write(block)
                most -= len(block)
            file.flush()
            os.fsync(file.fileno())
            return os.fstat(file.fileno()).st_size

    def drop_part(self, part: UUID) -> None:
        self.part_path(part).unlink(missing_ok=True)

    def keep(self, staged: Staged) -> Path:
        """Move a staged file to its place for good. The same content twice is one file."""
        target = self.place(staged.sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(staged.path, target)
        os.utime(target)
        disk.sync(target.parent)
        return target

    def send_ahead(self, staged: Staged) -> None:
        """Before a transaction that will keep it: whatever of the keeping takes long."""

    def drop(self, staged: Staged) -> None:
        staged.path.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the file with this SHA-256 lies, ready to be read."""
        return self.place(sha256)

    def has(self, sha256: str) -> bool:
        return self.place(sha256).is_file()

    def remove(self, sha256: str) -> None:
        self.place(sha256).unlink(missing_ok=True)

    def place(self, sha256: str) -> Path:
        """Where this file belongs in our folder. Anything but 64 hex digits is refused (ValueError)."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.folder / sha256[:2] / sha256

    def is_sound(self, sha256: str) -> bool:
        """Whether this file is here, with the content that its name says."""
        path = self.path(sha256)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def names(self) -> set[str]:
        """The SHA-256 of all files kept."""
        return {path.name for path in self.folder.glob("??/*") if len(path.name) == 64}

    @contextmanager
    def unmoved(self, *, wait: float = 0.0) -> Iterator[None]:
        """Nobody else removes files or copies them all meanwhile. Busy when somebody does, after `wait` seconds."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with disk.lock(self.folder.with_name(f"{self.folder.name}.lock"), wait=wait) as is_ours:
            if not is_ours:
                raise Busy("The files are being copied for a backup. Try again when it is done.")
            yield

    def sweep(self, known: Iterable[str], *, older_than: float = ORPHAN_SECONDS) -> int:
        """Remove files that no row names, and transfers that never ended. older_than: seconds. Returns how many.

        Busy, and nothing removed, while a backup copies the files.
        """
        with self.unmoved():
            return self._sweep(set(known), time.time() - older_than)

    def _sweep(self, keep: set[str], before: float) -> int:
        removed = 0
        for path in [*self.folder.glob("??/*"), *self.folder.glob("incoming/*")]:
            with suppress(FileNotFoundError):  # an upload that has just ended
                if path.name not in keep and path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed
