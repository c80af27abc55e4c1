"""What happens before the first request: data folder, key, backup, migration."""

import logging
import os
import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core import backup, clock, settings
from core.bootstrap import locked
from core.database import Database
from core.settings import Settings, SettingsError

log = logging.getLogger("woodshed")


def prepare(**given: object) -> Settings:
    """Make the data folder and its key, bring the database up to date, and return the settings in force."""
    found = settings.load(**given)
    make_folders(found)
    with locked(found.data / "start.lock"):  # a second start at the same moment finds everything made
        settings.make_key(found.data)
        found = settings.load(**given)
        if not found.secret_key:
            raise SettingsError("There is no secret key. Set WOODSHED_SECRET_KEY or make the data folder writable.")
        migrate(found)
    return found


def make_folders(found: Settings) -> None:
    """The data folder and those in it, for this account alone."""
    os.umask(0o077)
    for folder in (found.data, found.files, found.backups):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(found.data, 0o700)


def known_revisions() -> set[str]:
    return {revision.revision for revision in _script().walk_revisions()}


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent / "migrations"))


def migrate(found: Settings, *, with_backup: bool = True) -> None:
    """Bring the tables to the newest revision, after a backup when there is something to lose.

    Raises SettingsError when the database was made by a newer Woodshed, and Refused when there can be no backup;
    nothing is touched then.
    """
    base = Database(found)
    head = _script().get_current_head()
    with base.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == head:
        base.engine.dispose()
        return
    if current is not None and current not in known_revisions():
        raise SettingsError(
            f"The database is of a newer Woodshed (revision {current}). Start that one, or restore an older backup."
        )
    if current is not None and with_backup:
        log.info("backup before the migration: %s", backup.make(found, at=clock.now(), reason="migration"))
    _run(base, found)
    base.engine.dispose()


def _run(base: Database, found: Settings) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if not base.is_sqlite:
        with base.engine.connect() as connection:
            connection.execute(sa.text("SET lock_timeout = 0"))  # another start may be migrating for long
            connection.execute(sa.text("SELECT pg_advisory_lock(727001)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            connection.execute(sa.text("SELECT pg_advisory_unlock(727001)"))
        return
    engine = _without_foreign_keys(found)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    engine.dispose()
    if broken:
        raise SettingsError(f"The migration left {len(broken)} rows that point nowhere. Restore from {found.backups}.")


def _without_foreign_keys(found: Settings) -> sa.Engine:
    """A batch migration drops and remakes tables; with foreign keys on that would empty their child tables."""
    engine = Database(found).engine

    @sa.event.listens_for(engine, "connect")
    def switch_off(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=OFF")

    return engine
