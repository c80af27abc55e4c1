"""Putting a backup in the place of what is there, in one step: a restore that is killed leaves the old or the new.

Everything is checked and made ready in a folder of its own first, the migration too. Files come before the database
that names them and are never taken away: they are named by what they hold, and the sweep removes what no row names.
The step itself is one rename on SQLite, one transaction on PostgreSQL.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from core import backup, backup_file, database_copy, disk, settings, startup
from core.backup_file import DATABASES, KEY, Manifest
from core.errors import Refused
from core.settings import Settings
from core.storage import Storage

STAGE = "restoring"
IN_USE = "Woodshed is running on {}. Stop it (and `jobs run`, if that runs by itself), then restore."


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    files: int  # that were not there before
    spoilt: int  # that were damaged already when they were backed up, and left out
    before: Path | None  # the backup of what was there
    is_key_missing: bool  # passwords hang on a key that neither the backup nor this site has


def look(path: Path) -> Manifest:
    """Check a backup without restoring it. Refused when it is damaged or of a newer Woodshed."""
    manifest = backup_file.read(path, lambda _name: None, lambda _octets: None)
    _refuse_newer(manifest, path)
    return manifest


def restore(
    site: Settings,
    path: Path,
    *,
    at: datetime,
    say: Callable[[str], None] = lambda _words: None,
    progress: backup_file.Progress = lambda _octets: None,
) -> Restored:
    """Replace what is in the data folder. Refused, with nothing changed, while Woodshed runs or if the file is bad."""
    path = path.resolve()
    startup.make_folders(site)
    with _alone(site), _stage(site) as stage:
        if path.is_file():
            disk.refuse_without_room(stage, 2 * path.stat().st_size, "the restore")
        say("Checking the backup")
        manifest = backup_file.read(path, _opener(site, stage), progress)
        _check(site, manifest, stage, path)
        say("Making a backup of what is there")
        before = _back_up(site, at, say)
        say("Putting it in place")
        files, spoilt = _bring_files(site, manifest, stage)
        key = _bring_key(site, manifest, stage)
        _swap(site, manifest, stage)
    if not site.is_sqlite:
        startup.migrate(site)
    return Restored(manifest, files, spoilt, before, key)


@contextmanager
def _alone(site: Settings) -> Iterator[None]:
    if not site.is_sqlite:
        if database_copy.others(site):
            raise Refused(IN_USE.format("this database"))
        yield
        return
    with disk.lock(site.data / "jobs.lock") as no_jobs, disk.lock(site.data / "database.lock") as no_web:
        if not (no_jobs and no_web):
            raise Refused(IN_USE.format(site.data))
        yield


@contextmanager
def _stage(site: Settings) -> Iterator[Path]:
    stage = site.data / STAGE
    shutil.rmtree(stage, ignore_errors=True)  # somebody was killed
    if site.is_sqlite:
        _ready(site).unlink(missing_ok=True)
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _opener(site: Settings, stage: Path) -> Callable[[str], IO[bytes] | None]:
    storage = Storage(site.files)

    def open_for(name: str) -> IO[bytes] | None:
        """name: one of those that backup_file.NAMES lets through, so it is a plain one below."""
        plain = Path(name).name
        if name.startswith("files/") and storage.is_sound(plain):
            return None
        return open(os.open(stage / plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    return open_for


# -- whether it is sound -------------------------------------------------------------------------------------


def _refuse_newer(manifest: Manifest, path: Path) -> None:
    if manifest.revision not in startup.known_revisions():
        raise Refused(
            f"{path} was made by a newer Woodshed ({manifest.version}, revision {manifest.revision or 'none'}). "
            "Restore it with that one. Nothing was changed."
        )


def _check(site: Settings, manifest: Manifest, stage: Path, path: Path) -> None:
    _refuse_newer(manifest, path)
    here = "sqlite" if site.is_sqlite else "postgresql"
    if manifest.engine != here:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        raise Refused(
            f"{path} holds a {names[manifest.engine]} database, and this site uses {names[here]}. "
            "Set or unset WOODSHED_DATABASE_URL so that they fit. Nothing was changed."
        )
    copied = stage / DATABASES[manifest.engine]
    if not site.is_sqlite:
        database_copy.unfold(copied)
        return
    try:
        facts = database_copy.checked_sqlite(copied)
    except sqlite3.DatabaseError as fault:
        raise Refused(f"The database in {path} is damaged: {fault}. Nothing was changed; try an older one.") from fault
    if (facts.revision, facts.counts) != (manifest.revision, manifest.counts):
        raise Refused(f"The database in {path} is not the one its manifest tells of. Nothing was changed.")
    startup.migrate(site.model_copy(update={"data": stage, "database_url": f"sqlite:///{copied}"}), with_backup=False)
    database_copy.quieten(copied)


# -- the way in ----------------------------------------------------------------------------------------------


def _back_up(site: Settings, at: datetime, say: Callable[[str], None]) -> Path | None:
    """What is there, before it goes. A database that is too damaged for a backup is kept as it lies there."""
    if database_copy.is_empty(site):
        return None
    try:
        return backup.make(site, at=at, reason="restore")
    except Refused as refusal:
        if not site.is_sqlite or not database_copy.is_damaged(database_copy.sqlite_file(site)):
            raise
        folder = site.backups / f"damaged-{at:%Y%m%dT%H%M%SZ}"
        database_copy.put_aside(site, folder)
        say(f"{refusal.text} It is kept as it is in {folder}.")
        return None


def _bring_files(site: Settings, manifest: Manifest, stage: Path) -> tuple[int, int]:
    """Keep each file that is not there yet. Returns how many came, and how many were spoilt before they were backed up
    (their content is not what their name says)."""
    storage, came, spoilt = Storage(site.files), 0, set(backup_file.spoilt(manifest))
    for name in manifest.members.keys() - spoilt:
        sha256 = Path(name).name
        if not name.startswith("files/"):
            continue
        staged = stage / sha256
        if staged.exists():
            disk.sync(staged)
            target = storage.path(sha256)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.replace(staged, target)
            disk.sync(target.parent)
            came += 1
    return came, len(spoilt)


def _bring_key(site: Settings, manifest: Manifest, stage: Path) -> bool:
    """The key goes with the passwords that hang on it. Returns whether it is missing.

    On another site that has people already, dying between this step and the next would leave them with the new key:
    their passwords fit again when the restore is repeated.
    """
    if backup_file.fingerprint(site.secret_key) == manifest.key:
        return False
    if not (stage / KEY).exists() or site.secret_key != settings.read_key(site.data):
        return True
    disk.sync(stage / KEY)
    os.replace(stage / KEY, site.data / "secret.key")
    disk.sync(site.data)
    return False


def _ready(site: Settings) -> Path:
    """Where the new database waits for its name, on the disk of the old one."""
    target = database_copy.sqlite_file(site)
    return target.with_name(f"{target.name}.restored")


def _swap(site: Settings, manifest: Manifest, stage: Path) -> None:
    copied = stage / DATABASES[manifest.engine]
    if not site.is_sqlite:
        database_copy.load(site, copied.with_suffix(".sql"))
        return
    target = database_copy.sqlite_file(site)
    ready = _ready(site)
    shutil.move(copied, ready)
    disk.sync(ready)
    if target.is_file() and not database_copy.is_damaged(target):
        try:
            database_copy.quieten(target)
        except sqlite3.OperationalError as fault:
            ready.unlink()
            raise Refused(IN_USE.format(site.data)) from fault
    for path in database_copy.beside(target):
        path.unlink(missing_ok=True)  # empty, or of a damaged database that is kept elsewhere
    try:
        os.replace(ready, target)
    except PermissionError as fault:  # Windows, while somebody has it open
        ready.unlink()
        raise Refused(IN_USE.format(site.data)) from fault
    disk.sync(target.parent)
