"""An evidence pack as files in storage: the PDF, and a zip that opens without Woodshed and can be checked.

Both are written beside the transfers and moved to their place when they are whole. Whatever a crash leaves there is
swept like a transfer that never ended.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from core.errors import Refused, TooLarge
from core.ids import uuid7
from core.storage import BLOCK, Staged, Storage
from core.words import size as size_words
from mentorship import pack_page, pack_paper, waveform_picture
from mentorship.pack_models import Contents, Take

MOST = 5_000_000_000  # octets of a pack's files
SPARE = 200_000_000  # octets that the disk keeps free
LARGEST_PEAKS = 20_000_000  # octets of a waveform's file
FORMAT = "woodshed-evidence-pack"
TYPES = {"pdf": "application/pdf", "html": "text/html", "json": "application/json"}
Tell = Callable[[str, int, int], None]  # what is being done, how much of it, of how much


@dataclass(frozen=True, slots=True)
class Packed:
    """What was kept in storage."""

    archive: Staged
    paper: Staged
    pages: int
    files: int


@dataclass(slots=True)
class _Zip:
    """A zip under way, and what is in it so far."""

    file: zipfile.ZipFile
    made_at: tuple[int, int, int, int, int, int]
    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, path: str, octets: bytes, about: str) -> None:
        with self.file.open(self._info(path, zipfile.ZIP_DEFLATED), "w") as out:
            out.write(octets)
        self._note(path, hashlib.sha256(octets).hexdigest(), len(octets), about)

    def copy(self, take: Take, source: Path, told: Callable[[int], None]) -> None:
        """A file of the storage, read in blocks; one that is not what was uploaded is refused."""
        digest = hashlib.sha256()
        info = self._info(take.path, zipfile.ZIP_STORED)
        info.file_size = take.size
        with source.open("rb") as file, self.file.open(info, "w", force_zip64=True) as out:
            while block := file.read(BLOCK):
                digest.update(block)
                out.write(block)
                told(len(block))
        if digest.hexdigest() != take.sha256:
            raise Refused(
                f"The file of {take.file_name} is damaged on the server, so no pack was made. "
                "Please tell the people who run this site."
            )
        self._note(take.path, take.sha256, take.size, f"{take.file_name}, V{take.number}", take.media_type)

    def _info(self, path: str, compression: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self.made_at)
        info.compress_type = compression
        info.external_attr = 0o644 << 16
        return info

    def _note(self, path: str, sha256: str, size: int, about: str, media_type: str = "") -> None:
        media_type = media_type or TYPES.get(path.rpartition(".")[2], "text/plain")
        entry = {"path": path, "sha256": sha256, "size": size, "media_type": media_type, "about": about}
        self.entries.append(entry)


def make(contents: Contents, storage: Storage, tell: Tell) -> Packed:
    """Write both and keep them. Refused when the disk has no room, or a file is damaged; then nothing is kept."""
    _refuse_too_large(contents, storage)
    tell("Drawing the waveforms", 0, 0)
    waves = _waves(contents, storage)
    paper, pages = pack_paper.write(contents, waves, lambda done, total: tell("Writing the pages", done, total))
    page = pack_page.write(contents, waves)
    with _draft(storage) as paper_path, _draft(storage) as archive_path:
        paper_path.write_bytes(paper)
        local = contents.made_at.astimezone(ZoneInfo(contents.zone))
        with zipfile.ZipFile(archive_path, "w") as file:
            packed = _Zip(file, (local.year, local.month, local.day, local.hour, local.minute, local.second))
            packed.add("pack.pdf", paper, "the pack on paper")
            packed.add("index.html", page.encode(), "the pack as a page")
            packed.add("data.json", _data(contents), "the pack for programs")
            _copy_files(packed, contents.files, storage, tell)
            packed.add("manifest.json", _manifest(contents, packed.entries), "what is in the pack")
            sums = "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in packed.entries)
            packed.add("SHA256SUMS", sums.encode(), "the fingerprints of all files")
        tell("Keeping it", 0, 0)
        kept = [_staged(path) for path in (archive_path, paper_path)]
        for staged in kept:
            storage.keep(staged)
    return Packed(kept[0], kept[1], pages, len(contents.files))


def _copy_files(packed: _Zip, takes: Sequence[Take], storage: Storage, tell: Tell) -> None:
    total, done = sum(take.size for take in takes), 0

    def told(octets: int) -> None:
        nonlocal done
        done += octets
        tell("Copying the files, in kB", done // 1000, max(total // 1000, 1))

    for take in takes:
        packed.copy(take, storage.path(take.sha256), told)


def _refuse_too_large(contents: Contents, storage: Storage) -> None:
    total = sum(take.size for take in contents.files)
    if total > MOST:
        raise TooLarge(
            f"The files of this pack are {size_words(total)} together, and one pack holds {size_words(MOST)}. "
            "Make a pack for each milestone instead."
        )
    storage.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(storage.folder).free < total + SPARE:
        raise Refused("The server has no room for this pack now. Please tell the people who run this site.")


def _waves(contents: Contents, storage: Storage) -> dict[UUID, pack_paper.Wave]:
    """The waveforms of those versions that have one we can read."""
    found: dict[UUID, pack_paper.Wave] = {}
    for take in (take for piece in contents.pieces for take in piece.takes if take.measured.peaks_sha256):
        path = storage.path(take.measured.peaks_sha256)
        try:
            if path.stat().st_size <= LARGEST_PEAKS:
                found[take.id] = waveform_picture.columns(json.loads(path.read_bytes()))
        except (OSError, ValueError, AttributeError):
            continue  # the pack says that there is no waveform
    return found


def _manifest(contents: Contents, entries: Sequence[dict[str, Any]]) -> bytes:
    head = {"format": FORMAT, "version": 1, "title": contents.title, "owner": contents.owner}
    return _json(head | {"made_at": contents.made_at, "made_with": "Woodshed", "files": list(entries)})


def _data(contents: Contents) -> bytes:
    return _json({"format": FORMAT, "version": 1} | asdict(contents))


def _json(value: Any) -> bytes:
    return (json.dumps(value, default=_plain, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@contextmanager
def _draft(storage: Storage) -> Iterator[Path]:
    """A file that is gone at the end, unless it was moved to its place."""
    incoming = storage.folder / "incoming"
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = incoming / uuid7().hex
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _staged(path: Path) -> Staged:
    """A file that was written whole, on the disk for good, with its hash."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
        return Staged(path, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
