"""Restoring: the old or the new, never half, and nothing that does not pass its check."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import backup, restore, startup
from core.backup_file import fingerprint
from core.database import Database
from core.errors import Busy, Refused
from core.limits import RateCount
from core.settings import HERE, Settings, read_key
from core.storage import Storage
from tests.conftest import KEY, person
from tests.core.test_backup import add_count, keep_songs, names
from tests.core.test_migrations import REVISIONS, empty_database
from tests.core.test_startup import at_revision
from tests.times import DAY, MONDAY

KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from core import restore, settings
left = int(sys.argv[4])
def killing(call):
    def one(*given, **more):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return call(*given, **more)
    return one
os.fsync, os.replace = killing(os.fsync), killing(os.replace)
restore.restore(settings.load(data=Path(sys.argv[1])), Path(sys.argv[2]), at=datetime.fromisoformat(sys.argv[3]))
print("calls left", left)
"""


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("WOODSHED_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def make_site(engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Settings]]:
    """`make_site("old")`: a site of this name, with tables and nobody in them."""
    with ExitStack() as databases:

        def make(name: str) -> Settings:
            url = ""
            if engine_kind == "postgres":
                url = databases.enter_context(empty_database(request.getfixturevalue("postgres_url")))
            return startup.prepare(data=tmp_path / name, database_url=url)

        yield make


def live_in(site: Settings, who: str) -> None:
    base = Database(site)
    with base.writing() as db:
        person(db, who)
    add_count(base, f"{who}'s \\ 50 % \t\n♯")
    base.engine.dispose()


def rows(site: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Every row there is."""
    engine = sa.create_engine(site.database, poolclass=sa.NullPool)
    with engine.connect() as connection:
        tables = sorted(sa.inspect(connection).get_table_names())
        return {
            name: sorted(map(tuple, connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=str) for name in tables
        }


def contents(site: Settings) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in site.files.glob("??/*")}


def keys_of(site: Settings) -> list[object]:
    return [row[0] for row in rows(site)["rate_count"]]


@pytest.fixture
def old(make_site: Callable[[str], Settings]) -> Settings:
    site = make_site("old")
    live_in(site, "Ada")
    keep_songs(site)
    return site


def test_an_empty_server_becomes_what_the_old_one_was(old: Settings, make_site: Callable[[str], Settings]) -> None:
    path = backup.make(old, at=MONDAY, reason="nightly")
    new = make_site("new")

    done = restore.restore(new, path, at=MONDAY)

    assert rows(new) == rows(old)
    assert contents(new) == contents(old) and done.files == len(contents(old)) == 3
    assert read_key(new.data) == read_key(old.data)  # passwords hang on it
    assert not done.is_key_missing and done.spoilt == 0
    assert {path.stat().st_mode & 0o077 for path in new.data.rglob("*")} == {0}


def test_a_folder_that_was_never_started_will_do(old: Settings, tmp_path: Path) -> None:
    path = backup.make(old, at=MONDAY, reason="nightly")
    url = old.database_url if not old.is_sqlite else ""
    before = rows(old)

    done = restore.restore(Settings(data=tmp_path / "new", database_url=url), path, at=MONDAY)

    new = startup.prepare(data=tmp_path / "new", database_url=url)
    assert rows(new) == before and len(contents(new)) == 3
    assert new.secret_key == old.secret_key
    assert (done.before is None) == old.is_sqlite


def test_what_was_there_is_backed_up_first_and_can_come_back(old: Settings) -> None:
    path = backup.make(old, at=MONDAY, reason="nightly")
    live_in(old, "Ben")
    storage = Storage(old.files)
    storage.keep(storage.stage(io.BytesIO(b"a new song"), most=100))
    later, songs = rows(old), contents(old)

    done = restore.restore(old, path, at=MONDAY + DAY)
    earlier = keys_of(old)
    storage.sweep([], older_than=-1)
    back = restore.restore(old, done.before, at=MONDAY + 2 * DAY)

    assert len(earlier) == 1 and len(later["rate_count"]) == 2
    assert rows(old) == later and contents(old) == songs
    assert (done.files, back.files) == (0, 4)


def test_a_backup_of_the_database_alone_leaves_the_files(old: Settings) -> None:
    path = backup.make(old, at=MONDAY, reason="import")
    songs = contents(old)
    live_in(old, "Ben")

    done = restore.restore(old, path, at=MONDAY)

    assert (done.files, contents(old), len(keys_of(old))) == (0, songs, 1)


def test_a_file_that_was_damaged_since_is_healed(old: Settings) -> None:
    path, songs = backup.make(old, at=MONDAY, reason="nightly"), contents(old)
    Storage(old.files).path(min(songs)).write_bytes(b"noise")

    done = restore.restore(old, path, at=MONDAY)

    assert (done.files, contents(old)) == (1, songs)


def test_a_file_that_was_damaged_before_stays_away(old: Settings, make_site: Callable[[str], Settings]) -> None:
    Storage(old.files).path(min(contents(old))).write_bytes(b"noise")
    path, new = backup.make(old, at=MONDAY, reason="nightly"), make_site("new")

    done = restore.restore(new, path, at=MONDAY)

    assert (done.files, done.spoilt) == (2, 1)
    assert min(contents(old)) not in contents(new)


def test_an_older_database_is_migrated(tmp_path: Path) -> None:
    site = at_revision(tmp_path / "old", REVISIONS[-2])
    path = backup.make(site, at=MONDAY, reason="nightly")
    new = startup.prepare(data=tmp_path / "new")

    restore.restore(new, path, at=MONDAY)

    assert rows(new)["alembic_version"] == [(REVISIONS[-1],)]
    assert names(new.data / "backups") == [f"backup-{MONDAY:%Y%m%dT%H%M%SZ}-restore.tar"]


def test_a_damaged_database_is_kept_aside_and_replaced(tmp_path: Path) -> None:
    site = startup.prepare(data=tmp_path / "site")
    live_in(site, "Ada")
    path, before = backup.make(site, at=MONDAY, reason="nightly", folder=tmp_path / "away"), rows(site)
    database = site.data / "woodshed.db"
    damaged = bytearray(database.read_bytes())
    damaged[4096:20000] = b"\xff" * 15904
    database.write_bytes(damaged)
    said: list[str] = []

    done = restore.restore(site, path, at=MONDAY, say=said.append)

    assert rows(site) == before and done.before is None
    assert (site.backups / "damaged-20261123T120000Z" / "woodshed.db").read_bytes() == damaged
    assert any("It is kept as it is in" in words for words in said)


# -- while Woodshed runs -------------------------------------------------------------------------------------


def test_it_is_refused_while_somebody_has_the_database_open(old: Settings) -> None:
    path = backup.make(old, at=MONDAY, reason="nightly")
    base = Database(old)
    with base.reading() as db:
        db.get(RateCount, "x")
    before = rows(old)

    with pytest.raises(Refused, match="Stop"):
        restore.restore(old, path, at=MONDAY)

    assert rows(old) == before
    base.engine.dispose()
    restore.restore(old, path, at=MONDAY)


def test_it_is_refused_while_jobs_run(tmp_path: Path) -> None:
    site = startup.prepare(data=tmp_path)
    path = backup.make(site, at=MONDAY, reason="nightly")
    with restore.disk.lock(tmp_path / "jobs.lock") as is_ours, pytest.raises(Refused, match="Stop it"):
        restore.restore(site, path, at=MONDAY)

    assert is_ours


def test_nobody_opens_the_database_meanwhile(tmp_path: Path) -> None:
    site = startup.prepare(data=tmp_path)
    path, base, said = backup.make(site, at=MONDAY, reason="nightly"), Database(site), []

    def ask_meanwhile(_words: str) -> None:
        with pytest.raises(Busy) as refusal, base.reading() as db:
            db.get(RateCount, "x")
        said.append(refusal.value.text)

    restore.restore(site, path, at=MONDAY, say=ask_meanwhile)

    assert said and all("being restored" in words for words in said)
    with base.reading() as db:
        assert db.get(RateCount, "x") is None
    base.engine.dispose()


# -- killed --------------------------------------------------------------------------------------------------


def test_killed_at_any_moment_it_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    site = startup.prepare(data=tmp_path / "site")
    live_in(site, "Ada")
    keep_songs(site)
    path = backup.make(site, at=MONDAY, reason="nightly", folder=tmp_path / "away")
    new, songs = rows(site), contents(site)
    live_in(site, "Ben")
    old, left = rows(site), []

    for number in range(40):
        words = [sys.executable, "-c", KILLED, str(site.data), str(path), MONDAY.isoformat(), str(number)]
        for song in site.files.glob("??/*"):
            song.unlink()
        done = subprocess.run(words, cwd=HERE, capture_output=True, text=True)
        left.append(rows(site))
        if left[-1] == new:
            assert contents(site) == songs
            assert_whole(site)
        if done.returncode == 0:
            break

    assert all(one in (old, new) for one in left) and old in left
    assert done.returncode == 0 and len(left) > 8
    assert left[-1] == new
    assert not (site.data / "restoring").exists()


def assert_whole(site: Settings) -> None:
    with closing(sqlite3.connect(site.data / "woodshed.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


# -- what does not pass the check ----------------------------------------------------------------------------


def rewritten(path: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> None:
    with tarfile.open(path) as tar:
        members = [(entry, tar.extractfile(entry).read()) for entry in tar]
    change(members)
    with tarfile.open(path, "w") as tar:
        for entry, content in members:
            entry.size = len(content) if entry.isreg() else 0
            tar.addfile(entry, io.BytesIO(content))


def added(name: str, **more: object) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        entry = tarfile.TarInfo(name)
        for field, value in more.items():
            setattr(entry, field, value)
        members.insert(0, (entry, b"mine"))

    return change


def told(**more: object) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        entry, content = members.pop()
        members.append((entry, json.dumps(json.loads(content) | more, indent=1).encode()))

    return change


def without(number: int) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    return lambda members: members.pop(number) and None


HOSTILE = {
    "a way out": (added("../../evil"), "no backup of Woodshed"),
    "a whole path": (added("/tmp/evil"), "no backup of Woodshed"),
    "a link": (added("database.db", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "no backup of Woodshed"),
    "a hard link": (added("secret.key", type=tarfile.LNKTYPE, linkname="database.db"), "no backup of Woodshed"),
    "a folder": (added("files", type=tarfile.DIRTYPE), "no backup of Woodshed"),
    "a device": (added("database.db", type=tarfile.CHRTYPE), "no backup of Woodshed"),
    "a name that is no hash": (added("files/ab/" + "g" * 64), "no backup of Woodshed"),
    "a hash in the wrong place": (added("files/ab/" + "c" * 64), "no backup of Woodshed"),
    "the database twice": (added("database.db"), "stands where nothing should"),
    "a file that the manifest does not name": (added("files/ab/ab" + "c" * 62), "is not what was backed up"),
    "no database": (without(0), "is not what was backed up"),
    "no manifest": (without(-1), "its end is missing"),
    "a newer revision": (told(revision="9999"), "newer Woodshed"),
    "a newer form": (told(format=2), "another Woodshed"),
    "a manifest of other counts": (told(counts={"user": 5}), "not the one its manifest tells of"),
    "a manifest of an unknown kind": (told(surprise=1), "its manifest cannot be read"),
}


@pytest.fixture
def site_and_backup(tmp_path: Path, migrated: Path) -> tuple[Settings, Path]:
    (tmp_path / "site").mkdir()
    shutil.copy(migrated, tmp_path / "site")
    site = startup.prepare(data=tmp_path / "site")
    live_in(site, "Ada")
    keep_songs(site)
    return site, backup.make(site, at=MONDAY, reason="nightly", folder=tmp_path / "away")


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_backup_is_refused_and_changes_nothing(site_and_backup: tuple[Settings, Path], what: str) -> None:
    site, path = site_and_backup
    change, words = HOSTILE[what]
    rewritten(path, change)
    refuses(site, path, words)


def refuses(site: Settings, path: Path, words: str) -> None:
    before = {one: one.read_bytes() for one in site.data.rglob("*") if one.is_file()}
    outside = set(site.data.parent.rglob("*"))

    with pytest.raises(Refused, match=words):
        restore.restore(site, path, at=MONDAY)

    after = {one: one.read_bytes() for one in site.data.rglob("*") if one.is_file() and one.name != "jobs.lock"}
    assert after == before
    assert set(site.data.parent.rglob("*")) - {site.data / "jobs.lock"} == outside


@pytest.mark.parametrize("part", [0.05, 0.2, 0.5, 0.9])
def test_a_flipped_bit_is_found(site_and_backup: tuple[Settings, Path], part: float) -> None:
    site, path = site_and_backup
    content = bytearray(path.read_bytes())
    content[int(len(content) * part)] ^= 1
    path.write_bytes(content)

    refuses(site, path, "damaged")


@pytest.mark.parametrize("left", [0.001, 0.05, 0.5, 0.99])
def test_a_backup_that_was_cut_off_is_refused(site_and_backup: tuple[Settings, Path], left: float) -> None:
    site, path = site_and_backup
    os.truncate(path, int(path.stat().st_size * left))

    refuses(site, path, "damaged")


@pytest.mark.parametrize("content", [b"", b"\0" * 10240, b"PK\3\4", b"SQLite format 3\0" + b"\0" * 5000])
def test_something_else_is_refused(site_and_backup: tuple[Settings, Path], content: bytes) -> None:
    site, path = site_and_backup
    path.write_bytes(content)

    refuses(site, path, "damaged|no backup")


def test_a_file_that_is_not_there_is_refused(site_and_backup: tuple[Settings, Path]) -> None:
    site, path = site_and_backup

    refuses(site, path.with_name("nothing.tar"), "There is no file")


def test_a_damaged_database_inside_is_refused(site_and_backup: tuple[Settings, Path]) -> None:
    site, path = site_and_backup

    def spoil(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        entry, content = members[0]
        content = content[:4096] + b"\xff" * 9000 + content[13096:]
        members[0] = entry, content
        manifest = json.loads(members[-1][1])
        manifest["members"]["database.db"]["sha256"] = restore.backup_file.hashlib.sha256(content).hexdigest()
        members[-1] = members[-1][0], json.dumps(manifest, indent=1).encode()

    rewritten(path, spoil)
    refuses(site, path, "The database in .* is damaged")


@pytest.mark.postgres
def test_a_backup_of_sqlite_is_refused_on_postgresql(make_site: Callable[[str], Settings], tmp_path: Path) -> None:
    small = startup.prepare(data=tmp_path / "small")
    path, large = backup.make(small, at=MONDAY, reason="nightly"), make_site("large")

    with pytest.raises(Refused, match="holds a SQLite database, and this site uses PostgreSQL"):
        restore.restore(large, path, at=MONDAY)


def test_a_key_that_the_host_gives_stays_the_hosts(tmp_path: Path) -> None:
    old = startup.prepare(data=tmp_path / "old", secret_key=KEY)
    path, new = backup.make(old, at=MONDAY, reason="nightly"), startup.prepare(data=tmp_path / "new")

    done = restore.restore(new, path, at=MONDAY)

    assert "secret.key" not in done.manifest.members and done.manifest.key == fingerprint(KEY)
    assert done.is_key_missing and read_key(new.data) == new.secret_key


# -- the commands --------------------------------------------------------------------------------------------


def command(data: Path, *words: str, answer: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(HERE / "app.py"), *words],
        env=os.environ | {"WOODSHED_DATA": str(data)},
        input=answer,
        capture_output=True,
        text=True,
    )


def test_the_commands_say_what_they_did(tmp_path: Path) -> None:
    site = startup.prepare(data=tmp_path / "site")
    live_in(site, "Ada")
    keep_songs(site)

    made = command(site.data, "backup", "--to", str(tmp_path / "away"))
    [path] = (tmp_path / "away").iterdir()
    live_in(site, "Ben")
    refused = command(site.data, "restore", str(path), answer="n\n")
    people = len(rows(site)["user"])
    done = command(site.data, "restore", str(path), "--yes")

    assert (made.returncode, refused.returncode, done.returncode) == (0, 1, 0), made.stderr + done.stderr
    assert "holds 1 accounts" in made.stdout and "3 files. Its check passed." in made.stdout
    assert "Put it in the place of everything" in refused.stdout and people == 2
    assert "What was there is kept in" in done.stdout and "Start Woodshed again." in done.stdout
    assert len(rows(site)["user"]) == 1


def test_a_command_that_cannot_says_it_and_exits_with_1(tmp_path: Path) -> None:
    startup.prepare(data=tmp_path / "site")

    said = [command(tmp_path / "site", "restore", str(tmp_path / "no.tar"), *more) for more in ([], ["--yes"])]
    said.append(command(tmp_path / "nowhere", "backup"))

    assert [one.returncode for one in said] == [1, 1, 1]
    assert not any("Traceback" in one.stderr for one in said)
    assert "There is no file" in said[0].stderr and "Start Woodshed once" in said[2].stderr
