"""What happens before the first request: data folder, key, backup, migration."""

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core import clock, settings
from core.bootstrap import locked
from core.database import Database
from core.settings import Settings, SettingsError

KEPT_MIGRATION_BACKUPS = 5
log = logging.getLogger("woodshed")


def prepare(**given: object) -> Settings:
    """Make the data folder and its key, bring the database up to date, and return the settings in force."""
    found = settings.load(**given)
    os.umask(0o077)
    for folder in (found.data, found.files, found.backups):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(found.data, 0o700)
    with locked(found.data / "start.lock"):  # a second start at the same moment finds everything made
        settings.make_key(found.data)
        found = settings.load(**given)
        if not found.secret_key:
            raise SettingsError("There is no secret key. Set WOODSHED_SECRET_KEY or make the data folder writable.")
        migrate(found)
    return found


def migrate(found: Settings) -> None:
    """Bring the tables to the newest revision, after a backup when there is something to lose.

    Raises SettingsError when the database was made by a newer Woodshed; nothing is touched then.
    """
    base = Database(found)
    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    head = script.get_current_head()
    with base.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == head:
        base.engine.dispose()
        return
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise SettingsError(
            f"The database is of a newer Woodshed (revision {current}). Start that one, or restore an older backup."
        )
    if current is not None:
        log.info("backup before the migration: %s", backup_before_migration(found, current))
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


def backup_before_migration(found: Settings, revision: str) -> Path | None:
    """Copy the SQLite database as it is now, checked and synced, and keep the newest few. PostgreSQL: `pg_dump` is the
    host's, as the README says."""
    if not found.is_sqlite:
        return None
    source = Path(str(sa.make_url(found.database).database))
    target = found.backups / f"before-migration-{clock.now():%Y%m%dT%H%M%SZ}-{revision}.db"
    unfinished = target.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as live:
        live.execute("VACUUM INTO ?", (str(unfinished),))
    with closing(sqlite3.connect(unfinished)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise SettingsError(f"The backup before the migration is damaged; {source} was left as it is.")
    os.chmod(unfinished, 0o600)
    with open(unfinished, "rb") as file:
        os.fsync(file.fileno())
    unfinished.rename(target)
    for old in sorted(found.backups.glob("before-migration-*.db"))[:-KEPT_MIGRATION_BACKUPS]:
        old.unlink()
    return target
