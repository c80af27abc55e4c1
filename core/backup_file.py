"""The form of a backup: a tar of the database, the key and the files, and a manifest at its end that names them all.

The manifest comes last, so that a tar which was cut off has none. Nothing in a backup is taken for a path: every name
must be one that we would have written.
"""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import Refused

BLOCK = 1 << 20
MANIFEST = "manifest.json"
KEY = "secret.key"
DATABASES = {"sqlite": "database.db", "postgresql": "database.dump"}
NAMES = re.compile(r"database\.(db|dump)|secret\.key|manifest\.json|files/([0-9a-f]{2})/\2[0-9a-f]{62}")
MOST_OF_A_MANIFEST = 256 * 10**6  # octets: more than a million files

Progress = Callable[[int], None]  # octets done since the last call


class Member(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int  # octets
    sha256: str


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    made_at: datetime
    reason: str
    version: str  # of Woodshed
    revision: str  # of the database
    engine: Literal["sqlite", "postgresql"]
    holds_files: bool  # False: the database alone
    key: str  # the beginning of the SHA-256 of the key that passwords and cookies hang on
    counts: dict[str, int]  # rows of each table
    members: dict[str, Member] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that goes into a backup."""

    name: str
    path: Path


def fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def spoilt(manifest: Manifest) -> list[str]:
    """Files whose content was not what their name says when they were backed up."""
    named = ((name, member) for name, member in manifest.members.items() if name.startswith("files/"))
    return [name for name, member in named if Path(name).name != member.sha256]


def write(file: IO[bytes], manifest: Manifest, sources: Iterable[Source], progress: Progress) -> None:
    """Write all sources and then the manifest, whose `members` are filled on the way."""
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for source in sources:
            with source.path.open("rb") as content:
                through = _Hashing(content, progress)
                size = source.path.stat().st_size
                tar.addfile(_entry(source.name, size, manifest.made_at), through)  # type: ignore[arg-type]
            tar.members = []  # type: ignore[attr-defined]  # it would remember every name
            manifest.members[source.name] = Member(size=size, sha256=through.digest.hexdigest())
        text = json.dumps(manifest.model_dump(mode="json"), indent=1).encode()
        tar.addfile(_entry(MANIFEST, len(text), manifest.made_at), io.BytesIO(text))


def _entry(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(at.timestamp())
    return entry


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, content: IO[bytes], progress: Progress) -> None:
        self.content, self.progress, self.digest = content, progress, hashlib.sha256()

    def read(self, size: int) -> bytes:
        block = self.content.read(size)
        self.digest.update(block)
        self.progress(len(block))
        return block


def read(path: Path, open_for: Callable[[str], IO[bytes] | None], progress: Progress) -> Manifest:
    """Check a backup from its first octet to its last, and hand out what it holds on the way.

    open_for: name -> where this member's content goes, or None. What it got counts only once this has returned.
    Refused when anything is not as the manifest says.
    """
    found: dict[str, Member] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, mode="r:") as tar:
            for entry in _entries(tar, path):
                content: Any = tar.extractfile(entry)
                if entry.name == MANIFEST:
                    manifest = _understood(content.read(MOST_OF_A_MANIFEST + 1), path)
                    continue
                if manifest or entry.name in found:
                    raise _damaged(path, f"'{entry.name}' stands where nothing should")
                found[entry.name] = _hand_out(content, open_for(entry.name), progress)
                tar.members = []  # type: ignore[attr-defined]
    except FileNotFoundError:
        raise Refused(f"There is no file {path}.") from None
    except (tarfile.TarError, EOFError) as fault:
        raise _damaged(path, str(fault)) from fault
    if manifest is None:
        raise _damaged(path, "its end is missing")
    if found != manifest.members:
        told = manifest.members
        odd = sorted(name for name in found.keys() | told.keys() if found.get(name) != told.get(name))
        raise _damaged(path, f"'{odd[0]}' is not what was backed up ({len(odd)} such in all)")
    if DATABASES[manifest.engine] not in found:
        raise _damaged(path, "it holds no database")
    return manifest


def _entries(tar: tarfile.TarFile, path: Path) -> Iterator[tarfile.TarInfo]:
    for entry in tar:
        if not NAMES.fullmatch(entry.name) or entry.type != tarfile.REGTYPE or entry.sparse is not None:
            raise Refused(f"{path} is no backup of Woodshed: it holds '{entry.name[:80]}'. Nothing was changed.")
        yield entry


def _understood(text: bytes, path: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as fault:
        if b'"format": 1,' not in text[:200]:
            raise Refused(f"{path} was made by another Woodshed than this one. Restore it with that one.") from fault
        raise _damaged(path, "its manifest cannot be read") from fault


def _hand_out(content: IO[bytes], target: IO[bytes] | None, progress: Progress) -> Member:
    size, digest = 0, hashlib.sha256()
    try:
        while block := content.read(BLOCK):
            size += len(block)
            digest.update(block)
            progress(len(block))
            if target is not None:
                target.write(block)
    finally:
        if target is not None:
            target.close()
    return Member(size=size, sha256=digest.hexdigest())


def _damaged(path: Path, why: str) -> Refused:
    return Refused(f"The backup {path} is damaged: {why}. Nothing was changed; try an older one.")
