"""Pictures and sounds of a learner's own cards: into the storage, and back out under the names that they came with."""

import hashlib
import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from sqlmodel import Session, col, select

from core.database import get_or_404, insert_into
from core.storage import BLOCK, Storage
from curriculum.imports import media_kinds
from curriculum.models import CardMedia

PLACE = "/cards/media/"
ADDRESS = re.compile(re.escape(PLACE) + r"([0-9a-f]{64})")
SOURCE = re.compile(r'(\bsrc\s*=\s*)"([^"]*)"', re.IGNORECASE)
LARGEST = 100_000_000  # octets of one file


@dataclass(frozen=True, slots=True)
class File:
    """One picture or sound."""

    name: str
    sha256: str  # hex
    media_type: str
    size: int  # octets


@dataclass(slots=True)
class Files:
    """taken: name -> file. refused: what has no place here -> how many."""

    taken: dict[str, File] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str) -> int:
        """How many there are of a kind: "image" or "audio"."""
        return sum(file.media_type.startswith(kind) for file in self.taken.values())

    def address_of(self, name: str) -> str | None:
        file = self.taken.get(name)
        return PLACE + file.sha256 if file else None


class _Rest:
    """A stream of which the first octets were read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = -1) -> bytes:
        if self._head:
            found, self._head = self._head, b""
            return found
        return self._stream.read(size)


def receive(
    streams: Iterable[tuple[str, BinaryIO]], storage: Storage | None, tell: Callable[[int], None] = lambda _: None
) -> Files:
    """Look at files and keep them. storage: None to look only. tell: called with how many were seen."""
    found = Files()
    for number, (name, stream) in enumerate(streams, 1):
        head = stream.read(media_kinds.HEAD)
        kind = media_kinds.kind_of(head, name)
        if not kind:
            found.refused[media_kinds.refused_as(name)] += 1
        else:
            rest = cast(BinaryIO, _Rest(head, stream))
            sha256, size = _kept(storage, rest) if storage else _hashed(rest)
            found.taken[name] = File(name, sha256, kind, size)
        tell(number)
    return found


def _kept(storage: Storage, stream: BinaryIO) -> tuple[str, int]:
    staged = storage.stage(stream, most=LARGEST)
    storage.keep(staged)
    return staged.sha256, staged.size


def _hashed(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def placed(text: str, address_of: Callable[[str], str | None]) -> str:
    """HTML with our addresses for the names of media; a name that we do not have stays, and is left out when shown."""

    def address(found: re.Match[str]) -> str:
        there = address_of(html.unescape(found[2]))
        return f'{found[1]}"{there}"' if there else found[0]

    return SOURCE.sub(address, text) if "src" in text else text


def named(text: str, names: Mapping[str, str]) -> str:
    """HTML with the names of media for our addresses. names: SHA-256 -> name."""
    return ADDRESS.sub(lambda found: html.escape(names.get(found[1], found[1])), text)


def shown_in(*texts: str) -> set[str]:
    """The SHA-256 of all media that these texts show."""
    return {found for text in texts for found in ADDRESS.findall(text)}


def rows(user_id: UUID, files: Files, *, at: datetime) -> list[dict[str, Any]]:
    values = {
        file.sha256: {
            "user_id": user_id,
            "sha256": file.sha256,
            "name": file.name[-200:],
            "media_type": file.media_type,
            "size": file.size,
            "added_at": at,
        }
        for file in files.taken.values()
    }
    return list(values.values())


def note(db: Session, user_id: UUID, files: Files, *, at: datetime) -> None:
    """Note that these are the learner's. Those that were noted before stay as they are."""
    values = rows(user_id, files, at=at)
    for first in range(0, len(values), 500):
        db.execute(insert_into(db, CardMedia).values(values[first : first + 500]).on_conflict_do_nothing())


def own(db: Session, user_id: UUID, sha256: str) -> CardMedia:
    """One of this learner's files, or NotFound."""
    mine = select(CardMedia).where(col(CardMedia.user_id) == user_id, col(CardMedia.sha256) == sha256)
    found: CardMedia = get_or_404(db, mine)
    return found


def known_hashes(db: Session) -> set[str]:
    """The SHA-256 of all files that somebody's cards show."""
    return set(db.exec(select(col(CardMedia.sha256)).distinct()))


def names_of(db: Session, user_id: UUID, hashes: Iterable[str]) -> dict[str, str]:
    """SHA-256 -> a name that no other of them has, for a package."""
    wanted, names, taken = set(hashes), {}, set()
    for row in db.exec(select(CardMedia).where(col(CardMedia.user_id) == user_id).order_by(col(CardMedia.sha256))):
        if row.sha256 not in wanted:
            continue
        name = row.name
        if name.casefold() in taken:
            name = f"{row.sha256[:12]}.{media_kinds.EXTENSIONS[row.media_type]}"
        names[row.sha256] = name
        taken.add(name.casefold())
    return names


def opened(storage: Storage, names: Mapping[str, str]) -> Iterable[tuple[str, BinaryIO]]:
    """(name, octets) of files, each to be read before the next; one that is missing is left out."""
    for sha256, name in names.items():
        path = storage.path(sha256)
        if path.is_file():
            with closing(open(path, "rb")) as file:
                yield name, file
