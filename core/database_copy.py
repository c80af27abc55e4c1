"""The database as one file, and back: SQLite by VACUUM INTO, PostgreSQL by pg_dump. The live file is never copied.

A copy holds everything that was acknowledged before it began, and nobody waits for it.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from core import disk
from core.database import WAIT_SECONDS
from core.errors import Refused
from core.settings import Settings

REVISION = "SELECT version_num FROM alembic_version"
COPY = re.compile(rb"COPY .* FROM stdin;\n")
FOR_A_TERMINAL = (b"\\restrict ", b"\\unrestrict ")  # lines that newer versions of pg_restore write for psql


@dataclass(frozen=True, slots=True)
class Facts:
    """What a copy holds."""

    revision: str  # "" before the first migration
    counts: dict[str, int]  # rows of each table


def sqlite_file(settings: Settings) -> Path:
    return Path(str(sa.make_url(settings.database).database))


def octets(settings: Settings) -> int:
    """About how much room a copy takes."""
    if settings.is_sqlite:
        source = sqlite_file(settings)
        return sum(path.stat().st_size for path in (source, _beside(source, "-wal")) if path.is_file())
    engine = _engine(settings)
    with engine.connect() as connection:
        size = connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar()
    engine.dispose()
    return int(size or 0)


def is_empty(settings: Settings) -> bool:
    """Whether there is no database yet, or one without tables."""
    if settings.is_sqlite:
        source = sqlite_file(settings)
        return not source.is_file() or not source.stat().st_size
    engine = _engine(settings)
    names = sa.inspect(engine).get_table_names()
    engine.dispose()
    return not names


def copy(settings: Settings, target: Path) -> Facts:
    """Write the database as it is now into the new file `target`, checked. Refused when it is damaged."""
    return _copy_sqlite(settings, target) if settings.is_sqlite else _dump(settings, target)


# -- SQLite --------------------------------------------------------------------------------------------------


def _copy_sqlite(settings: Settings, target: Path) -> Facts:
    source = sqlite_file(settings)
    if not source.is_file():
        raise Refused(f"There is no database at {source} yet. Start Woodshed once with: python3 app.py")
    try:
        with closing(sqlite3.connect(source, timeout=WAIT_SECONDS)) as live:
            live.execute("VACUUM INTO ?", (str(target),))
        return checked_sqlite(target)
    except sqlite3.DatabaseError as fault:
        if "is full" in str(fault):
            raise Refused("The disk became full. Make room, then try again.") from fault
        raise Refused(f"The database {source} cannot be copied ({fault}). `python3 app.py check` says more.") from fault


def checked_sqlite(path: Path) -> Facts:
    """What a database file holds that nobody writes to. sqlite3.DatabaseError when it is damaged."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as copied:
        copied.execute("PRAGMA trusted_schema=OFF")
        copied.execute("PRAGMA query_only=ON")
        if (said := copied.execute("PRAGMA integrity_check(1)").fetchone()) != ("ok",):
            raise sqlite3.DatabaseError(said[0])
        names = [row[0] for row in copied.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        tables = [name for name in names if name.isidentifier() and not name.startswith("sqlite_")]
        counts = {name: copied.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
        revision = copied.execute(REVISION).fetchone() if "alembic_version" in counts else None
    return Facts(revision[0] if revision else "", counts)


def is_damaged(path: Path) -> bool:
    """Whether SQLite finds a fault in a database that nobody else has open, the -wal beside it included."""
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as live:
            return live.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return True


def quieten(path: Path) -> None:
    """Bring a SQLite database into its one file: no -wal stays beside it. sqlite3.OperationalError while it is used."""
    with closing(sqlite3.connect(path, timeout=1)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def put_aside(settings: Settings, folder: Path) -> None:
    """Keep a damaged SQLite database as it lies there, with what belongs to it."""
    folder.mkdir(mode=0o700)
    source = sqlite_file(settings)
    for path in (source, *beside(source)):
        if path.is_file():
            shutil.copy2(path, folder / path.name)
            disk.sync(folder / path.name)
    disk.sync(folder)


def beside(source: Path) -> list[Path]:
    """Files that belong to an open SQLite database, or to one whose program was killed."""
    return [_beside(source, end) for end in ("-wal", "-shm", "-journal")]


def _beside(source: Path, end: str) -> Path:
    return source.with_name(source.name + end)


# -- PostgreSQL ----------------------------------------------------------------------------------------------


def _dump(settings: Settings, target: Path) -> Facts:
    program = _program("pg_dump")
    engine = _engine(settings, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            snapshot = connection.execute(sa.text("SELECT pg_export_snapshot()")).scalar()
            facts = _facts(connection)
            words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
            url = sa.make_url(settings.database)
            bare = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
            _run([program, *words, f"--dbname={bare}"], {"PGPASSWORD": str(url.password)} if url.password else {})
    finally:
        engine.dispose()
    return facts


def _facts(connection: sa.Connection) -> Facts:
    names = sorted(sa.inspect(connection).get_table_names())
    counts = {
        name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar() or 0 for name in names
    }
    found = connection.execute(sa.text(REVISION)).scalar() if "alembic_version" in names else None
    return Facts(found or "", counts)


def unfold(dump: Path) -> Path:
    """The SQL in a dump, as a file beside it. Refused when it is no dump, or without pg_restore."""
    script = dump.with_suffix(".sql")
    _run([_program("pg_restore"), "--no-owner", "--no-privileges", f"--file={script}", str(dump)])
    return script


def load(settings: Settings, script: Path) -> None:
    """Put what a dump holds in the place of all tables, in one transaction. Refused while others are connected."""
    engine = _engine(settings)
    try:
        with engine.begin() as connection, open(script, "rb") as lines:
            refuse_others(connection)
            for name in sa.inspect(connection).get_table_names():
                connection.exec_driver_sql(f'DROP TABLE "{name}" CASCADE')
            driver: Any = connection.connection.driver_connection
            _play(driver, lines)
            refuse_others(connection)
    finally:
        engine.dispose()


def _play(driver: Any, lines: BinaryIO) -> None:
    for words, rows in _parts(lines):
        with driver.cursor() as cursor:
            if rows is None:
                cursor.execute(words)
                continue
            with cursor.copy(words) as table:
                for row in rows:
                    table.write(row)


def _parts(lines: BinaryIO) -> Iterator[tuple[bytes, Iterator[bytes] | None]]:
    """A script as statements, and as COPYs with the lines of each."""
    words = b""
    for line in lines:
        if line.startswith(FOR_A_TERMINAL):
            continue
        if not COPY.fullmatch(line):
            words += line
            continue
        yield words, None
        words = b""
        yield line.rstrip(b";\n"), iter(lines.readline, b"\\.\n")
    yield words, None


def others(settings: Settings) -> int:
    """How many other connections there are to a PostgreSQL database."""
    engine = _engine(settings)
    try:
        with engine.connect() as connection:
            return _others(connection)
    finally:
        engine.dispose()


def refuse_others(connection: sa.Connection) -> None:
    if count := _others(connection):
        raise Refused(f"{count} other programs are connected to the database. Stop Woodshed first, then restore.")


def _others(connection: sa.Connection) -> int:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return int(connection.execute(sa.text(asked)).scalar() or 0)


def _engine(settings: Settings, **more: Any) -> sa.Engine:
    return sa.create_engine(settings.database, poolclass=sa.NullPool, hide_parameters=True, **more)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(
            f"The program {name} is not here, and a PostgreSQL database is copied with it. Install PostgreSQL's client "
            "programs (Debian and Ubuntu: sudo apt install postgresql-client), then try again."
        )
    return found


def _run(words: list[str], more: dict[str, str] | None = None) -> None:
    """more: for its environment; a password on the command line could be read by everybody on the machine."""
    done = subprocess.run(
        words,
        env=os.environ | (more or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        said = (done.stderr.strip() or "it did not say why").splitlines()[-1]
        raise Refused(f"{Path(words[0]).name} did not do its work: {said}")
