"""Nothing acknowledged is lost: how the database is opened, and that writers wait for each other."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from core.accounts import User, UserEmail
from core.database import Database, is_busy
from core.errors import Busy
from core.ids import uuid7
from core.limits import RateCount
from core.settings import HERE, Settings
from tests.conftest import KEY

OTHER_PROCESS = """
import sys
from pathlib import Path
from core.database import Database
from core.settings import Settings
from tests.core.test_database import count_up
data, url, key, times = sys.argv[1:]
base = Database(Settings(data=Path(data), database_url=url, secret_key=key, synchronous="NORMAL"))
print("ready", flush=True)
input()
count_up(base, int(times))
"""


def pragma(base: Database, name: str) -> object:
    with base.engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def count_up(base: Database, times: int) -> None:
    """Read the counter, then write it one higher, in one transaction each time."""
    for _ in range(times):
        with base.writing() as db:
            row = db.exec(select(RateCount).where(RateCount.key == "counter").with_for_update()).one()
            row.count += 1


def test_sqlite_is_opened_to_survive_a_power_cut(tmp_path: Path) -> None:
    base = Database(Settings(data=tmp_path, secret_key=KEY))

    opened = {name: pragma(base, name) for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}

    base.engine.dispose()
    assert opened == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_row_that_points_nowhere_is_refused(base: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), base.writing() as db:
        db.add(UserEmail(email="nobody@example.com", user_id=uuid7()))


def test_what_fails_half_way_leaves_nothing(base: Database, fresh_db: Session) -> None:
    with pytest.raises(ZeroDivisionError), base.writing() as db:
        db.add(RateCount(key="half", count=1, expires_at=0))
        db.flush()
        raise ZeroDivisionError

    assert fresh_db.get(RateCount, "half") is None


def test_many_writers_lose_no_count(base: Database, site: Settings, fresh_db: Session) -> None:
    with base.writing() as db:
        db.add(RateCount(key="counter", count=0, expires_at=0))
    words = [sys.executable, "-c", OTHER_PROCESS, str(site.data), site.database_url, KEY, "100"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    others = [subprocess.Popen(words, cwd=HERE, text=True, **pipes) for _ in range(2)]
    threads = [threading.Thread(target=count_up, args=(base, 50)) for _ in range(4)]
    for process in others:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"

    for process in others:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [process.communicate(timeout=60)[1] for process in others]

    assert [process.returncode for process in others] == [0, 0], said
    counter = fresh_db.get(RateCount, "counter")
    assert counter is not None and counter.count == 2 * 100 + 4 * 50


def test_a_reader_is_not_held_up_by_a_writer(base: Database, ada: User) -> None:
    with base.writing() as writer:
        writer.add(RateCount(key="slow", count=1, expires_at=0))
        writer.flush()
        began = time.monotonic()
        with base.reading() as reader:
            seen = reader.get(RateCount, "slow")
            known = reader.get(User, ada.id)
        waited = time.monotonic() - began

    assert seen is None and known is not None
    assert waited < 1


@pytest.mark.postgres
def test_nobody_waits_for_a_row_for_ever(
    base: Database, site: Settings, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.database.WAIT_SECONDS", 1)
    second = Database(site)
    row = sa.text('SELECT name FROM "user" FOR UPDATE')
    with base.engine.connect() as holder, second.engine.connect() as waiting:
        holder.execute(row)
        waiting.execute(sa.text("SET statement_timeout = '5s'"))  # what a wait without end would meet
        began = time.monotonic()
        with pytest.raises(sa.exc.OperationalError) as refused:
            waiting.execute(row)
        waited = time.monotonic() - began
    second.engine.dispose()

    assert is_busy(refused.value)
    assert waited < 3


def test_an_error_never_tells_what_was_to_be_written(base: Database, ada: User) -> None:
    with pytest.raises(sa.exc.IntegrityError) as refused, base.writing() as db:
        db.add(UserEmail(email="a-secret-of@example.com", user_id=uuid7()))

    assert "a-secret-of" not in str(refused.value)


def test_who_waits_too_long_for_sqlites_one_pen_is_told(
    migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(migrated, tmp_path / "woodshed.db")
    base = Database(Settings(data=tmp_path, secret_key=KEY))
    monkeypatch.setattr("core.database.WAIT_SECONDS", 0.1)
    with base.writing() as db:
        db.add(RateCount(key="first", count=1, expires_at=0))
        db.flush()

        with pytest.raises(Busy, match="Nothing was saved"), base.writing() as second:
            second.add(RateCount(key="second", count=1, expires_at=0))
            second.flush()

    with base.writing() as after:
        after.add(RateCount(key="third", count=1, expires_at=0))
    with base.reading() as db:
        kept = db.exec(select(RateCount.key)).all()
    base.engine.dispose()
    assert set(kept) == {"first", "third"}
