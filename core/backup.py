"""Backups: one file that holds the database, the key and the uploaded files, whole or not there at all.

Order: a temporary name, fsync, rename, fsync of the folder. The files are named by what they hold and never change, so
they may be copied after the database; nobody removes any meanwhile.
"""

import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from core import backup_file, clock, database_copy, disk, kept
from core.backup_file import Manifest, Source
from core.errors import Busy, Refused
from core.remote_storage import storage_of
from core.settings import HERE, Settings, read_key
from core.storage import Storage
from core.words import size as size_words

WITHOUT_FILES = ("import", "migration")  # what comes before them changes no file
KEPT_OF = {"import": 5, "migration": 5, "restore": 3}  # the newest ones
KEPT_FOR = timedelta(days=kept.WHOLE_DAYS)
NIGHTLY, BY_HAND = "nightly", "by-hand"
NAME = re.compile(r"backup-(\d{8}T\d{6}Z)-(nightly|by-hand|import|migration|restore)(-\d+)?\.tar")
UNFINISHED = ".backup-unfinished-"
PATIENCE_SECONDS = 60.0  # for another backup, or a sweep


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished backup in the folder of backups."""

    path: Path
    made_at: datetime
    reason: str


def make(
    settings: Settings,
    *,
    at: datetime,
    reason: str,
    folder: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Back the whole site up; before an import or a migration the database alone. Returns the finished file.

    reason: nightly, by-hand, import, migration or restore. folder: the settings' one when left out.
    progress: told octets done and octets in all, about. Refused, with nothing left behind, when it cannot be done.
    """
    folder = folder or settings.backups
    if not settings.data.is_dir():
        raise Refused(f"There is nothing at {settings.data} yet. Start Woodshed once with: python3 app.py")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Storage(settings.files).unmoved(wait=PATIENCE_SECONDS):
        for left in folder.glob(f"{UNFINISHED}*"):  # somebody was killed
            _remove_folder(left)
        files = [] if reason in WITHOUT_FILES else _files(settings)
        size = database_copy.octets(settings)
        total = size + sum(source.path.stat().st_size for source in files)
        disk.refuse_without_room(folder, size + total, "a backup")
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder) as room:
            unfinished = _write(settings, Path(room), files, at, reason, counted(progress, total))
            target = _free_name(folder, at, reason)
            os.replace(unfinished, target)
        disk.sync(folder)
    if folder == settings.backups:
        _drop_older(settings, reason)
    return target


def _write(
    settings: Settings,
    room: Path,
    files: list[Source],
    at: datetime,
    reason: str,
    progress: backup_file.Progress,
) -> Path:
    engine = "sqlite" if settings.is_sqlite else "postgresql"
    copied = room / backup_file.DATABASES[engine]
    facts = database_copy.copy(settings, copied)
    manifest = Manifest(
        made_at=at.astimezone(UTC),
        reason=reason,
        version=version(),
        revision=facts.revision,
        engine=engine,
        holds_files=reason not in WITHOUT_FILES,
        key=backup_file.fingerprint(settings.secret_key),
        counts=facts.counts,
    )
    sources = [Source(copied.name, copied)]
    if settings.secret_key and settings.secret_key == read_key(settings.data):  # one that the host gives is the host's
        sources.append(Source(backup_file.KEY, settings.data / "secret.key"))
    unfinished = room / "backup.tar"
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            backup_file.write(file, manifest, [*sources, *files], progress)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise Refused(f"The backup could not be written ({fault.strerror}). Nothing was kept of it.") from fault
    return unfinished


def version() -> str:
    """Woodshed's own, as pyproject.toml has it."""
    return str(tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def _files(settings: Settings) -> list[Source]:
    storage = storage_of(settings)  # from a bucket all of them are fetched
    return [Source(f"files/{name[:2]}/{name}", storage.path(name)) for name in sorted(storage.names())]


def counted(progress: Callable[[int, int], None], total: int) -> backup_file.Progress:
    """Adds up what is done for somebody who wants to see it beside the total."""
    done = 0

    def more(octets: int) -> None:
        nonlocal done
        done += octets
        progress(done, max(done, total))

    return more


def _free_name(folder: Path, at: datetime, reason: str) -> Path:
    first = folder / f"backup-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{reason}.tar"
    number, target = 1, first
    while target.exists():
        number += 1
        target = first.with_name(f"{first.stem}-{number}.tar")
    return target


def _remove_folder(path: Path) -> None:
    for file in path.iterdir():
        file.unlink()
    path.rmdir()


# -- which ones stay -----------------------------------------------------------------------------------------


def finished(settings: Settings) -> list[Kept]:
    """All backups in the settings' folder, oldest first."""
    return sorted(_finished(settings), key=lambda one: (one.made_at, len(one.path.name), one.path.name))


def _finished(settings: Settings) -> Iterator[Kept]:
    for path in settings.backups.glob("backup-*.tar"):
        if match := NAME.fullmatch(path.name):
            with suppress(ValueError):  # somebody's own file, named for a day that never was
                made_at = datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                yield Kept(path, made_at, match[2])


def nightly(_db: Session, *, settings: Settings, at: datetime) -> str:
    """The backup of this night, once, and the old ones away. Returns a few words. A night missed is caught up."""
    today = clock.study_day(at, settings.zone)
    mine = [one for one in finished(settings) if one.reason == NIGHTLY]
    if any(clock.study_day(one.made_at, settings.zone) == today for one in mine):
        return "made already"
    try:
        path = make(settings, at=at, reason=NIGHTLY)
    except Busy:
        return "another backup is being made; it is tried again"
    except Refused as refusal:
        last = f"The last one stays: {mine[-1].path.name}." if mine else "There is none yet."
        raise Refused(f"No backup tonight. {refusal.text} {last}") from refusal
    removed = prune(settings, at=at)
    return f"{path.name} made ({size_words(path.stat().st_size)}), {removed} old ones removed"


def prune(settings: Settings, *, at: datetime) -> int:
    """Remove nightly backups by the rule of core/kept.py, and any other older than 35 days. Returns how many.

    The newest of all stays, whatever the clock says.
    """
    found = finished(settings)
    day_of = {one.path: clock.study_day(one.made_at, settings.zone) for one in found}
    newest_of_day = {day_of[one.path]: one for one in found if one.reason == NIGHTLY}
    staying = kept.kept(newest_of_day, today=clock.study_day(at, settings.zone))
    stay = {newest_of_day[day].path for day in staying} | {one.path for one in found[-1:]}
    stay |= {one.path for one in found if one.reason != NIGHTLY and at - one.made_at < KEPT_FOR}
    gone = [one.path for one in found if one.path not in stay]
    gone += [path for path in settings.backups.glob("before-migration-*.db") if _is_old(path, at)]  # as it once was
    for path in gone:
        path.unlink()
    return len(gone)


def _is_old(path: Path, at: datetime) -> bool:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) < at - KEPT_FOR


def _drop_older(settings: Settings, reason: str) -> None:
    if reason in KEPT_OF:
        for one in [one for one in finished(settings) if one.reason == reason][: -KEPT_OF[reason]]:
            one.path.unlink()
