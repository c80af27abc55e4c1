"""Backups: everything acknowledged is in them, and they are whole or not there."""

import hashlib
import io
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session

from app import create_app
from core import backup, jobs, restore, startup
from core.accounts import User
from core.database import Database
from core.errors import Refused
from core.ids import uuid7
from core.limits import RateCount
from core.settings import HERE, Settings
from core.storage import Storage
from mentorship.jobs import sweep_files
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, on_the_wall

SONGS = [b"RIFF night bus", b"RIFF second take", os.urandom(3_000_000)]

KILLED_WHILE_IT_WRITES = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from core import backup, settings
site = settings.load(data=Path(sys.argv[1]))
os.chdir("/")
if sys.argv[2] == "before the rename":
    os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
def progress(done, total):
    if done > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
backup.make(site, at=datetime.fromisoformat(sys.argv[3]), reason="nightly",
            **({} if sys.argv[2] == "before the rename" else {"progress": progress}))
"""


def keep_songs(site: Settings) -> set[str]:
    storage = Storage(site.files)
    return {storage.keep(storage.stage(io.BytesIO(song), most=10**7)).name for song in SONGS}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def count_in(path: Path, tmp_path: Path) -> int:
    """Rows of rate_count in a backup of SQLite."""
    with tarfile.open(path) as tar:
        tar.extract("database.db", tmp_path / "out", filter="data")
    with closing(sqlite3.connect(tmp_path / "out" / "database.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM rate_count").fetchone()[0])


def add_count(base: Database, key: str) -> None:
    with base.writing() as db:
        db.add(RateCount(key=key, count=1, expires_at=0))


def test_a_backup_holds_the_database_and_every_file(site: Settings, base: Database, ada: User) -> None:
    songs = keep_songs(site)

    path = backup.make(site, at=MONDAY, reason="nightly")

    manifest = restore.look(path)
    assert path.name == "backup-20261123T120000Z-nightly.tar" and path.parent == site.backups
    assert path.stat().st_mode & 0o777 == 0o600
    assert {name[-64:] for name in manifest.members if name.startswith("files/")} == songs
    assert (manifest.engine, manifest.counts["user"]) == ("sqlite" if base.is_sqlite else "postgresql", 1)
    assert (manifest.made_at, manifest.version, manifest.reason) == (MONDAY, "0.1.0", "nightly")


def test_before_an_import_the_database_alone_is_enough_and_the_newest_few_stay(site: Settings, base: Database) -> None:
    keep_songs(site)

    made = [backup.make(site, at=MONDAY + number * HOUR, reason="import") for number in range(7)]

    manifest = restore.look(made[-1])
    assert not manifest.holds_files and not any(name.startswith("files/") for name in manifest.members)
    assert names(site.backups) == [path.name for path in made[-5:]]


def test_two_backups_of_one_second_are_two(site: Settings, base: Database) -> None:
    first, second = (backup.make(site, at=MONDAY, reason="by-hand") for _ in range(2))

    assert names(site.backups) == sorted([first.name, second.name])
    assert [one.path for one in backup.finished(site)] == [first, second]


def test_a_backup_goes_where_it_is_told(site: Settings, base: Database, tmp_path: Path) -> None:
    path = backup.make(site, at=MONDAY, reason="by-hand", folder=tmp_path / "elsewhere")

    assert names(tmp_path / "elsewhere") == [path.name]
    assert names(site.backups) == []


def test_what_was_acknowledged_before_is_in_a_backup_made_during_writes(
    site: Settings, base: Database, tmp_path: Path
) -> None:
    if not base.is_sqlite:
        site_of_backup, read = site, lambda path: restore.look(path).counts["rate_count"]
    else:
        site_of_backup, read = site, lambda path: count_in(path, tmp_path)
    acknowledged, stop = [0], threading.Event()

    def write() -> None:
        while not stop.is_set():
            add_count(base, str(uuid7()))
            acknowledged[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(4):
            while acknowledged[0] < 20 * (number + 1):
                stop.wait(0.001)
            before = acknowledged[0]
            path = backup.make(site_of_backup, at=MONDAY + number * HOUR, reason="import")
            assert before <= read(path) == restore.look(path).counts["rate_count"] <= acknowledged[0] + 1
    finally:
        stop.set()
        writer.join(20)


def test_a_backup_reports_how_far_it_is(site: Settings, base: Database) -> None:
    keep_songs(site)
    said: list[tuple[int, int]] = []

    backup.make(site, at=MONDAY, reason="nightly", progress=lambda done, total: said.append((done, total)))

    assert said == sorted(said) and said[-1][0] > 3_000_000
    assert all(done <= total for done, total in said)


def test_a_file_that_is_damaged_on_the_disk_is_told_of(site: Settings, base: Database) -> None:
    songs = keep_songs(site)
    spoilt = sorted(songs)[0]
    Storage(site.files).path(spoilt).write_bytes(b"noise")

    manifest = restore.look(backup.make(site, at=MONDAY, reason="nightly"))

    assert [name[-64:] for name in restore.backup_file.spoilt(manifest)] == [spoilt]


# -- when it cannot be done ----------------------------------------------------------------------------------


def test_without_a_site_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    nowhere = Settings(data=tmp_path / "nowhere", secret_key="k" * 40)
    empty = Settings(data=tmp_path, secret_key="k" * 40)

    for site in (nowhere, empty):
        with pytest.raises(Refused, match="Start Woodshed once"):
            backup.make(site, at=MONDAY, reason="by-hand")

    assert names(tmp_path / "backups") == []


def test_a_damaged_database_gives_no_backup(tmp_path: Path) -> None:
    site = startup.prepare(data=tmp_path)
    path = tmp_path / "woodshed.db"
    content = bytearray(path.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    path.write_bytes(content)

    with pytest.raises(Refused, match="cannot be copied"):
        backup.make(site, at=MONDAY, reason="nightly")

    assert names(site.backups) == []


def test_a_full_disk_is_said_and_the_last_backup_stays(
    site: Settings, base: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = backup.make(site, at=MONDAY - 50 * DAY, reason="nightly")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**9, 10**9, 1_000_000))

    with base.reading() as db, pytest.raises(Refused) as refusal:
        backup.nightly(db, settings=site, at=MONDAY)

    assert "has 1 MB free" in refusal.value.text and f"The last one stays: {last.name}" in refusal.value.text
    assert names(site.backups) == [last.name]


def test_an_error_of_the_disk_leaves_nothing(site: Settings, base: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(Refused, match="No space left"):
        backup.make(site, at=MONDAY, reason="nightly")

    assert names(site.backups) == []


@pytest.mark.postgres
def test_without_pg_dump_it_says_how_to_get_it(site: Settings, base: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(Refused, match="apt install postgresql-client"):
        backup.make(site, at=MONDAY, reason="nightly")

    assert names(site.backups) == []


@pytest.mark.parametrize("moment", ["0", "1000000", "3000000", "before the rename"])
def test_killed_in_a_backup_it_leaves_none_and_the_last_one_stays(tmp_path: Path, moment: str) -> None:
    site = startup.prepare(data=tmp_path)
    keep_songs(site)
    last = backup.make(site, at=MONDAY - DAY, reason="nightly")
    words = [sys.executable, "-c", KILLED_WHILE_IT_WRITES, str(tmp_path), moment, MONDAY.isoformat()]

    done = subprocess.run(words, cwd=HERE, env=os.environ | {"PYTHONPATH": str(HERE)})
    left = [one.path for one in backup.finished(site)]
    again = backup.make(site, at=MONDAY, reason="nightly")

    assert done.returncode == -signal.SIGKILL
    assert left == [last] and restore.look(last)
    assert names(site.backups) == [last.name, again.name]


# -- beside the sweep ----------------------------------------------------------------------------------------


def test_the_sweep_waits_for_another_time_while_a_backup_copies(site: Settings, base: Database, db: Session) -> None:
    [orphan] = {name for name in keep_songs(site) if name == hashlib.sha256(SONGS[0]).hexdigest()}
    storage = Storage(site.files)
    said: list[str] = []
    for path in site.files.glob("??/*"):
        os.utime(path, (0, 0))

    def sweep_meanwhile(_done: int, _total: int) -> None:
        if not said:
            said.append(sweep_files(db, storage, at=MONDAY))

    path = backup.make(site, at=MONDAY, reason="nightly", progress=sweep_meanwhile)
    said.append(sweep_files(db, storage, at=MONDAY))

    assert said == [
        "left for the next time: a backup is copying the files",
        "3 orphaned files removed",
    ]
    assert f"files/{orphan[:2]}/{orphan}" in restore.look(path).members


# -- every night ---------------------------------------------------------------------------------------------


def test_once_a_local_night(site: Settings, base: Database, db: Session) -> None:
    here = site.model_copy(update={"zone": BERLIN})
    moments = ["2026-11-23 03:59", "2026-11-23 04:01", "2026-11-23 23:00", "2026-11-24 03:30", "2026-11-24 09:00"]

    said = [backup.nightly(db, settings=here, at=on_the_wall(BERLIN, moment)) for moment in moments]

    assert [words.split()[-1] == "already" for words in said] == [False, False, True, True, False]
    assert len(names(site.backups)) == 3


def test_old_ones_go_by_the_rule_and_others_after_35_days(site: Settings, base: Database, db: Session) -> None:
    for age in range(1, 60):
        (site.backups / f"backup-{MONDAY - age * DAY:%Y%m%dT%H%M%SZ}-nightly.tar").write_bytes(b"old")
    for age in (34, 36):
        (site.backups / f"backup-{MONDAY - age * DAY:%Y%m%dT%H%M%SZ}-by-hand.tar").write_bytes(b"old")
    for name in ("notes.txt", "backup-20261331T000000Z-nightly.tar", "backup-2026.tar"):
        (site.backups / name).write_bytes(b"mine")

    backup.nightly(db, settings=site, at=MONDAY)

    kept = backup.finished(site)
    nightly = [(MONDAY - one.made_at).days for one in kept if one.reason == "nightly"]
    assert nightly == [29, 22, 15, 8, 6, 5, 4, 3, 2, 1, 0]
    assert [(MONDAY - one.made_at).days for one in kept if one.reason == "by-hand"] == [34]
    assert {"notes.txt", "backup-20261331T000000Z-nightly.tar", "backup-2026.tar"} <= set(names(site.backups))


def test_the_job_holds_nobody_up(site: Settings, base: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(site)
    [job] = [one for one in app.extensions["schedule"] if one.name == "nightly-backup"]
    made = backup.make

    def make_and_write(*given: object, **more: object) -> Path:
        add_count(base, "meanwhile")  # would wait for the pen, if the job had it
        return made(*given, **more)

    monkeypatch.setattr(backup, "make", make_and_write)

    said = [jobs.run_slot(base, job, at=MONDAY + wait * MINUTE) for wait in (0, 10, 30)]

    app.extensions["database"].engine.dispose()
    assert said[0] and "nightly.tar made" in said[0]
    assert said[1:] == [None, "made already"]
