"""Uploaded files in an S3-compatible bucket, with the local folder as their cache.

Whatever is kept goes to the bucket first and stays here, too; what is not here is fetched when somebody asks for its
path. So the rest of the house reads files as ever. Files that only lie here, from the time before there was a bucket or
from a restored backup, are sent there by the sweep. Files in parts stay here until they are whole.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core import disk
from core.errors import Busy
from core.ids import uuid7
from core.settings import Settings, SettingsError
from core.storage import BLOCK, ORPHAN_SECONDS, Staged, Storage

IN_USE_SECONDS = 3600  # what was asked for so lately is not thrown out of the cache
MISSING = (
    "WOODSHED_STORAGE_URL is set, but the package that speaks to such a storage is not installed. Install it with "
    '.venv/bin/python -m pip install "obstore>=0.6,<1" (again whenever an update made .venv anew), then start Woodshed.'
)
AWAY = "The storage of files cannot be reached. Nothing was changed; please try again in a moment."
log = logging.getLogger("woodshed.storage")


def storage_of(settings: Settings) -> Storage:
    """Where this site keeps its files. SettingsError when the way there is not installed."""
    if not settings.storage_url:
        return Storage(settings.files)
    try:
        import obstore.store as stores
    except ImportError:
        raise SettingsError(MISSING) from None
    place = urlsplit(settings.storage_url)
    given = {
        "endpoint": settings.storage_endpoint,
        "region": settings.storage_region,
        "access_key_id": settings.storage_key,
        "secret_access_key": settings.storage_secret,
    }
    options: dict[str, Any] = {name: value for name, value in given.items() if value}  # else AWS_… as other programs
    if settings.storage_endpoint.startswith("http://"):
        options["client_options"] = {"allow_http": True}
    bucket = stores.S3Store(place.netloc, prefix=place.path.strip("/") or None, **options)
    return RemoteStorage(settings.files, bucket, settings.storage_cache_mb * 1_000_000)


@dataclass(frozen=True)
class RemoteStorage(Storage):
    """bucket: a store of `obstore`, with its prefix. cache: octets that the local folder may hold, about."""

    bucket: Any
    cache: int

    def send_ahead(self, staged: Staged) -> None:
        self._send(staged.path, staged.sha256)

    def keep(self, staged: Staged) -> Path:
        """In the bucket first. What was put there lately is no orphan yet, so it need not be sent again."""
        put_at = self._put_at(staged.sha256)
        if put_at is None or (datetime.now(UTC) - put_at).total_seconds() > ORPHAN_SECONDS / 2:
            self._send(staged.path, staged.sha256)
        return super().keep(staged)

    def path(self, sha256: str) -> Path:
        """Where the file lies here, fetched if need be; nothing lies there when there is no such file."""
        here = self.place(sha256)
        with suppress(FileNotFoundError):
            if time.time() - here.stat().st_mtime > IN_USE_SECONDS / 2:
                os.utime(here)
            return here
        self._fetch(sha256, here)
        return here

    def has(self, sha256: str) -> bool:
        return self.place(sha256).is_file() or self._put_at(sha256) is not None

    def remove(self, sha256: str) -> None:
        self._delete(sha256)
        super().remove(sha256)

    def names(self) -> set[str]:
        return set(self._listed()) | super().names()

    def _sweep(self, keep: set[str], before: float) -> int:
        """The bucket's orphans, then ours. What only lies here is sent, what is too much for the cache thrown out."""
        there, removed = self._listed(), 0
        for sha256, changed_at in there.items():
            if sha256 not in keep and changed_at < datetime.fromtimestamp(before, UTC):
                self._delete(sha256)
                removed += 1
        for sha256 in super().names() & keep - set(there):
            self._send(self.place(sha256), sha256)
        ours = super()._sweep(keep, before)
        self.trim()
        return max(removed, ours)

    def trim(self) -> None:
        """Throw out what was asked for longest ago, as far as the cache is too large and the bucket has it."""
        found = []
        for path in self.folder.glob("??/*"):
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime, path.stat().st_size, path))
        over = sum(size for _, size, _ in found) - self.cache
        for asked_at, size, path in sorted(found):
            if over <= 0 or time.time() - asked_at < IN_USE_SECONDS:
                return
            if self._put_at(path.name) is not None:
                path.unlink(missing_ok=True)
                over -= size

    def _put_at(self, sha256: str) -> datetime | None:
        """When it was put into the bucket; None: it is not there."""
        import obstore

        try:
            with _asked():
                found: datetime = obstore.head(self.bucket, _key(sha256))["last_modified"]
        except FileNotFoundError:
            return None
        return found

    def _send(self, path: Path, sha256: str) -> None:
        import obstore

        with _asked():
            obstore.put(self.bucket, _key(sha256), path)

    def _fetch(self, sha256: str, here: Path) -> None:
        """Into a temporary file, then to its place; nothing happens when there is no such file."""
        import obstore

        part = self.folder / "incoming" / uuid7().hex
        part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with _asked():
                octets = obstore.get(self.bucket, _key(sha256))
                with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    for block in octets.stream(min_chunk_size=BLOCK):
                        file.write(block)
                    file.flush()
                    os.fsync(file.fileno())
        except FileNotFoundError:
            part.unlink(missing_ok=True)
            return
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        here.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(part, here)
        disk.sync(here.parent)
        self.trim()

    def _delete(self, sha256: str) -> None:
        import obstore

        with _asked(), suppress(FileNotFoundError):
            obstore.delete(self.bucket, _key(sha256))

    def _listed(self) -> dict[str, datetime]:
        """SHA-256 -> when it was put into the bucket."""
        import obstore

        with _asked():
            found = [one for page in obstore.list(self.bucket) for one in page]
        names = {one["path"].rsplit("/", 1)[-1]: one["last_modified"] for one in found}
        return {name: changed_at for name, changed_at in names.items() if len(name) == 64}


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


@contextmanager
def _asked() -> Iterator[None]:
    """Whatever goes wrong on the way is told in the log; the person gets a sentence. A missing file stays one."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as fault:
        log.error("the storage said: %s", fault)
        raise Busy(AWAY) from fault
