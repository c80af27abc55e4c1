"""Whether the database is sound: its own integrity and its foreign keys."""

import sqlalchemy as sa

from core.database import Database


def database(base: Database) -> list[str]:
    """What SQLite finds wrong with the file; PostgreSQL keeps its own house."""
    if not base.is_sqlite:
        return []
    with base.engine.connect() as connection:
        damage = [row[0] for row in connection.execute(sa.text("PRAGMA integrity_check")) if row[0] != "ok"]
        loose = [
            f"A row of table {row[0]} points to a row of {row[2]} that is not there."
            for row in connection.execute(sa.text("PRAGMA foreign_key_check"))
        ]
    return [f"The database file is damaged: {text}" for text in damage] + loose
