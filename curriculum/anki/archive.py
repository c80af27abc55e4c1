"""The archive around a package: which files are in it, opened and counted. Only in a confined child."""

import codecs
import io
import json
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

import zstandard

from curriculum.anki import wire
from curriculum.anki.limits import (
    FREE,
    LONGEST_NAME,
    MOST_DIRECTORY,
    MOST_MAP,
    MOST_MEDIA,
    MOST_MEDIA_FILE,
    MOST_MEMBERS,
    MOST_META,
    MOST_RATIO,
    MOST_WINDOW,
    broken,
    not_ours,
    too_much,
)

BLOCK = 1 << 16
codecs.lookup("cp437")  # of old names in archives; it could not be loaded once the process is confined
COLLECTIONS = {"anki21b": "collection.anki21b", "anki21": "collection.anki21", "anki2": "collection.anki2"}
VARIANTS = {1: "anki2", 2: "anki21", 3: "anki21b"}  # by the version in the file "meta"
DAMAGE = (
    zipfile.BadZipFile, zlib.error, zstandard.ZstdError, struct.error,
    EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
SIZE_IN_MAP, NAME_IN_MAP, ENTRY_IN_MAP = 2, 1, 1  # fields of the newest media map
MEMBER_IN_MAP = 255
VERSION_IN_META = 1


@dataclass(frozen=True, slots=True)
class MediaEntry:
    name: str
    member: str
    size: int  # octets, as the package says
    packed: int  # octets in the archive


class _Careful(io.RawIOBase):
    """The file, for zipfile: it reads the whole list of files at once, so a long one is refused there."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > MOST_DIRECTORY:
            raise too_much("its list of files is too long")
        return self._file.read(size if size >= 0 else MOST_DIRECTORY)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


class Archive:
    """An open package."""

    def __init__(self, file: BinaryIO) -> None:
        head = file.read(4)
        file.seek(0)
        if not head.startswith(b"PK"):
            raise not_ours("it is no ZIP archive")
        try:
            self._zip = zipfile.ZipFile(_Careful(file))
        except DAMAGE:
            raise broken("its end is missing, or it is damaged") from None
        self.members = self._checked()
        self.variant = self._variant()

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        if len(self._zip.infolist()) > MOST_MEMBERS:
            raise too_much(f"it has more than {MOST_MEMBERS} files in it")
        for info in self._zip.infolist():
            if not is_label(info.orig_filename) or stat.S_ISLNK(info.external_attr >> 16):
                raise broken("it has a file in it whose name is a path or a link")
            if info.filename in found:
                raise broken("it has two files of the same name in it")
            if info.flag_bits & 1:
                raise broken("it is encrypted")
            found[info.filename] = info
        return found

    def _variant(self) -> str:
        there = [variant for variant, name in COLLECTIONS.items() if name in self.members]
        if not there:
            raise not_ours("it is a ZIP archive without Anki's collection in it")
        if "meta" not in self.members:
            return there[-1] if there == ["anki2"] else next(one for one in there if one != "anki21b")
        try:
            version = wire.number(self.read("meta", MOST_META), VERSION_IN_META)
        except wire.Malformed:
            raise broken("its version cannot be read") from None
        if version not in VARIANTS:
            raise broken(f"it is of version {version}, which we do not know")
        if VARIANTS[version] not in there:
            raise broken("the collection that it names is missing")
        return VARIANTS[version]

    def blocks(self, name: str, most: int, *, zstd: bool = False) -> Iterator[bytes]:
        """The octets of a member, unpacked, in blocks. More than `most` of them is refused."""
        info = self.members[name]
        allowed, count = max(FREE, info.compress_size * MOST_RATIO), 0
        try:
            with self._zip.open(info) as packed:
                stream: IO[bytes] = packed
                if zstd:
                    worker = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW)
                    stream = worker.stream_reader(packed, read_across_frames=True)
                while block := stream.read(BLOCK):
                    count += len(block)
                    if count > most or count > allowed:
                        raise too_much("it unpacks to far more than it seems to hold")
                    yield block
        except DAMAGE:
            raise broken("a file in it is damaged") from None

    def read(self, name: str, most: int, *, zstd: bool = False) -> bytes:
        return b"".join(self.blocks(name, most, zstd=zstd))

    def media(self) -> list[MediaEntry]:
        """What the media map says, each with a member that is there."""
        if "media" not in self.members:
            return []
        is_newest = self.variant == "anki21b"
        text = self.read("media", MOST_MAP, zstd=is_newest)
        found = list(_newest_map(text) if is_newest else _old_map(text))
        names, total = set(), 0
        entries = []
        for name, member, size in found:
            info = self.members.get(member)
            name = unicodedata.normalize("NFC", name)
            if not is_label(name) or len(name) > LONGEST_NAME:
                raise broken("its list of media has a name that is a path, or is no name")
            if name in names or info is None or not member.isdecimal():
                raise broken("its list of media does not fit its files")
            names.add(name)
            size = info.file_size if size is None else size
            total += size
            if size > MOST_MEDIA_FILE or total > MOST_MEDIA:
                raise too_much("its media are too large")
            entries.append(MediaEntry(name, member, size, info.compress_size))
        return sorted(entries, key=lambda entry: entry.name)


def is_label(name: str) -> bool:
    """Whether a foreign name is a plain one: no path, no control characters."""
    is_odd = any(letter in "/\\" or ord(letter) < 32 or letter == "\x7f" for letter in name)
    return bool(name) and name not in (".", "..") and not is_odd


def _old_map(text: bytes) -> Iterator[tuple[str, str, int | None]]:
    try:
        found = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        raise broken("its list of media cannot be read") from None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
        raise broken("its list of media cannot be read")
    if len(found) > MOST_MEMBERS:
        raise too_much("its list of media is too long")
    for member, name in found.items():
        yield name, member, None


def _newest_map(text: bytes) -> Iterator[tuple[str, str, int | None]]:
    try:
        for place, (number, entry) in enumerate(wire.fields(text, MOST_MEMBERS)):
            if number != ENTRY_IN_MAP or not isinstance(entry, bytes):
                raise wire.Malformed("no entry")
            member = wire.number(entry, MEMBER_IN_MAP) or place
            yield wire.text(entry, NAME_IN_MAP), str(member), wire.number(entry, SIZE_IN_MAP)
    except wire.Malformed:
        raise broken("its list of media cannot be read") from None
