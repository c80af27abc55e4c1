"""The revisions lead to the tables that the models describe, and each one can be taken back."""

import importlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from core import startup
from core.columns import Microseconds
from core.database import Database
from core.settings import HERE, Settings
from tests.conftest import KEY
from tests.test_floors import modules_with_tables
from tests.times import MONDAY

for name in modules_with_tables():
    importlib.import_module(name)

SCRIPT = ScriptDirectory(str(HERE / "core/migrations"))
REVISIONS = [one.revision for one in reversed(list(SCRIPT.walk_revisions()))]
SAMPLE = uuid.UUID("01234567-89ab-7def-8123-456789abcdef")


@pytest.fixture
def empty(engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """The settings of a site whose database has no tables yet."""
    if engine_kind == "sqlite":
        yield Settings(data=tmp_path, secret_key=KEY, synchronous="NORMAL")
        return
    url = request.getfixturevalue("postgres_url")
    with empty_database(url) as own:
        yield Settings(data=tmp_path, secret_key=KEY, database_url=own)


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """The address of a database of its own on the server of this one."""
    import psycopg

    name = f"woodshed_empty_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def engine(empty: Settings) -> Iterator[sa.Engine]:
    """As migrations have it: on SQLite without foreign keys."""
    engine = startup._without_foreign_keys(empty) if empty.is_sqlite else Database(empty).engine
    yield engine
    engine.dispose()


def go_to(engine: sa.Engine, revision: str, *, down: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE / "core/migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)
        connection.commit()


def fill(engine: sa.Engine) -> None:
    """One row in every table there is; all ids are the same one, so that every reference is kept."""
    found = tables_of(engine)
    with engine.begin() as connection:
        for table in found.sorted_tables:
            known = SQLModel.metadata.tables.get(table.name)
            if known is None or connection.execute(sa.select(sa.func.count()).select_from(table)).scalar():
                continue
            names = set(table.columns.keys()) & set(known.columns.keys())
            then = sa.table(table.name, *(sa.column(name, known.columns[name].type) for name in names))  # no defaults
            connection.execute(sa.insert(then).values({name: sample(known.columns[name]) for name in names}))


def sample(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.Uuid):
        return SAMPLE
    if isinstance(kind, Microseconds):
        return MONDAY
    if isinstance(kind, sa.JSON):
        return {"of": "Ada"}
    try:
        of = kind.python_type
    except NotImplementedError:
        of = type(MONDAY)
    return {str: "Ada", int: 3, float: 0.5, bool: True, date: MONDAY.date()}.get(of, MONDAY)


def tables_of(engine: sa.Engine) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(engine)
    found.remove(found.tables["alembic_version"])
    return found


def rows_of(engine: sa.Engine, like: sa.MetaData | None = None) -> dict[str, list[Any]]:
    """The rows of every table. like: only tables and columns that are there, too."""
    found = tables_of(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted(
                str(dict(row._mapping))
                for row in connection.execute(sa.select(*(found.tables[table.name].c[one.name] for one in table.c)))
            )
            for table in (like or found).sorted_tables
        }


def test_the_revisions_are_one_line():
    assert SCRIPT.get_heads() == REVISIONS[-1:]
    assert SCRIPT.get_bases() == REVISIONS[:1]


def test_the_revisions_lead_to_what_the_models_describe(engine: sa.Engine) -> None:
    go_to(engine, "head")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)

    assert differences == []


def test_keys_have_the_order_that_the_models_give(engine: sa.Engine) -> None:
    go_to(engine, "head")

    inspector = sa.inspect(engine)
    made = {name: inspector.get_pk_constraint(name)["constrained_columns"] for name in SQLModel.metadata.tables}

    meant = {name: [column.name for column in table.primary_key] for name, table in SQLModel.metadata.tables.items()}
    assert made == meant


def test_what_goes_with_what_is_as_the_models_say(engine: sa.Engine) -> None:
    go_to(engine, "head")

    inspector = sa.inspect(engine)
    made = {
        (name, tuple(key["constrained_columns"]), key["referred_table"], key["options"].get("ondelete"))
        for name in SQLModel.metadata.tables
        for key in inspector.get_foreign_keys(name)
    }

    meant = {
        (name, tuple(key.column_keys), key.referred_table.name, key.ondelete)
        for name, table in SQLModel.metadata.tables.items()
        for key in table.foreign_key_constraints
    }
    assert made == meant


def test_hot_tables_lie_in_the_order_of_their_key_on_sqlite(tmp_path: Path) -> None:
    engine = startup._without_foreign_keys(Settings(data=tmp_path, secret_key=KEY))
    go_to(engine, "head")

    with engine.connect() as connection:
        made = {row.name for row in connection.exec_driver_sql("PRAGMA table_list") if row.wr}

    engine.dispose()
    tables = SQLModel.metadata.tables.values()
    assert made == {table.name for table in tables if table.dialect_options["sqlite"]["with_rowid"] is False}


@pytest.mark.parametrize("number", range(len(REVISIONS)), ids=REVISIONS)
def test_a_revision_goes_down_and_up_again_and_other_rows_stay(engine: sa.Engine, number: int) -> None:
    revision, before = REVISIONS[number], REVISIONS[number - 1] if number else "base"
    if number:
        go_to(engine, before)
        fill(engine)
    kept = rows_of(engine) if number else {}
    tables = tables_of(engine) if number else sa.MetaData()
    go_to(engine, revision)
    fill(engine)

    go_to(engine, before, down=True)
    gone = rows_of(engine)
    go_to(engine, revision)
    back = rows_of(engine, like=tables)

    assert gone == kept
    assert back == kept


def test_filled_tables_hold_every_reference(engine: sa.Engine) -> None:
    go_to(engine, "head")
    fill(engine)

    counts = {name: len(rows) for name, rows in rows_of(engine).items()}

    assert counts == dict.fromkeys(SQLModel.metadata.tables, 1)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
