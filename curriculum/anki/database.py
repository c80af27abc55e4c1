"""A foreign SQLite database, opened so that it can only be read, and only for a while. Only in a confined child."""

import math
import sqlite3
import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from curriculum.anki.limits import LONGEST_VALUE, MOST_TABLES, broken, not_ours, too_much

MAGIC = b"SQLite format 3\0"
STEPS = 20_000  # of SQLite's machine between two looks at the clock
LARGEST = 1 << 53  # whole numbers that JSON keeps
COLUMNS = {
    "col": ("crt", "ver", "conf", "models", "decks", "dconf"),
    "notes": ("id", "guid", "mid", "mod", "tags", "flds"),
    "cards": (
        *("id", "nid", "did", "ord", "mod", "type", "queue", "due", "ivl", "factor", "reps", "lapses"),
        *("odue", "odid", "flags", "data"),
    ),
    "revlog": ("id", "cid", "ease", "ivl", "lastIvl", "factor", "time", "type"),
}
NEWER_COLUMNS = {
    "notetypes": ("id", "name", "config"),
    "fields": ("ntid", "ord", "name", "config"),
    "templates": ("ntid", "ord", "name", "config"),
    "decks": ("id", "name", "kind"),
    "config": ("KEY", "val"),
    "deck_config": ("id",),
}
CAREFUL = (
    "PRAGMA query_only=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
    "PRAGMA cache_size=-8000",  # kB
)


class Collection:
    """Anki's database. `allow` moves the deadline: it gives seconds from now on."""

    def __init__(self, path: Path) -> None:
        _check_header(path)
        self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, isolation_level=None)
        self._db.text_factory = bytes
        self.deadline = math.inf

    def prepare(self) -> None:
        """Look at the tables, and at what else there is. Called once this process is confined."""
        limits = {
            sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_VALUE,
            sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
            sqlite3.SQLITE_LIMIT_COLUMN: 100,
            sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 20,
            sqlite3.SQLITE_LIMIT_ATTACHED: 0,
            sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
            sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
        }
        for which, most in limits.items():
            self._db.setlimit(which, most)
        self._db.set_progress_handler(lambda: time.monotonic() > self.deadline, STEPS)
        self._db.create_collation("unicase", _compare)
        for statement in CAREFUL:
            self._db.execute(statement)
        self._check_schema()

    def _check_schema(self) -> None:
        found = self._db.execute(f"SELECT type, name, sql FROM sqlite_master LIMIT {MOST_TABLES + 1}").fetchall()
        if len(found) > MOST_TABLES:
            raise too_much("its database has too many tables")
        tables = set()
        for kind, name, sql in found:
            if kind not in (b"table", b"index"):
                raise broken("its database has a view or a trigger, which Anki's never has")
            if kind == b"table":
                if b"virtual" in bytes(sql or b"").lower()[:40]:
                    raise broken("its database has a virtual table, which Anki's never has")
                tables.add(bytes(name).decode("utf-8", "replace"))
        if not tables >= COLUMNS.keys():
            raise not_ours("its database is not one of Anki's")
        self.is_newer = "notetypes" in tables
        for table, wanted in (COLUMNS | (NEWER_COLUMNS if self.is_newer else {})).items():
            there = self._db.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
            plain = {bytes(name).decode("utf-8", "replace").lower() for _, name, *_, hidden in there if not hidden}
            if not plain >= {name.lower() for name in wanted}:
                raise broken(f'its database has a table "{table}" that is not as Anki makes it')

    def rows(self, table: str, columns: Sequence[str], most: int, order: str = "") -> Iterator[tuple[Any, ...]]:
        """The rows of a table, read without its indexes. More than `most` are refused."""
        names = ", ".join(columns)
        inner = f'SELECT {names} FROM "{table}" NOT INDEXED LIMIT {most + 1}'
        if order:
            inner = f"SELECT * FROM ({inner}) ORDER BY {order}"
        for count, row in enumerate(self._db.execute(inner)):
            if count == most:
                raise too_much(f"it has more than {most} rows of {table}")
            yield row

    def count(self, table: str, most: int) -> int:
        """How many rows there are: quick, so that far too many are refused before the first is read."""
        inner = f'SELECT 1 FROM "{table}" NOT INDEXED LIMIT {most + 1}'
        found = int(self._db.execute(f"SELECT count(*) FROM ({inner})").fetchone()[0])
        if found > most:
            raise too_much(f"it has more than {most} rows of {table}")
        return found

    def close(self) -> None:
        self._db.close()


def _check_header(path: Path) -> None:
    """Source: sqlite.org/fileformat.html, section 1.3."""
    with open(path, "rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(MAGIC):
        raise broken("its collection is no database")
    (page,) = struct.unpack(">H", head[16:18])
    (pages,) = struct.unpack(">I", head[28:32])
    size = path.stat().st_size
    page = 65_536 if page == 1 else page
    if page < 512 or page & (page - 1) or size % page or size < pages * page:
        raise broken("its database ends early")


def _compare(one: str, other: str) -> int:
    """Anki's order of names. Nothing that we read depends on it, but SQLite wants to have it."""
    return (one.casefold() > other.casefold()) - (one.casefold() < other.casefold())


def whole(value: Any) -> int:
    """A whole number of a row; old add-ons left decimals. Raises Rejected."""
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    if not isinstance(value, int) or not -LARGEST < value < LARGEST:
        raise broken("a number in its database is none, or far too large")
    return value


def text(value: Any) -> str:
    """A text of a row; numbers that SQLite made of digits too. Raises Rejected."""
    if isinstance(value, int | float):
        return str(value)
    if value is None:
        return ""
    try:
        return bytes(value).decode("utf-8").replace("\0", "")  # which PostgreSQL cannot keep
    except UnicodeDecodeError:
        raise broken("a text in its database is not UTF-8") from None


def octets(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes) else b""
