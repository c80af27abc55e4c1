"""The lock between uploads and the sweep of the storage."""

import sqlalchemy as sa
from sqlmodel import Session

FILES_LOCK = 727003  # PostgreSQL's advisory lock between uploads and the sweep; on SQLite writers wait for each other


def hold_files(db: Session, *, alone: bool = False) -> None:
    """Uploads hold together, the sweep alone; so it never takes a file away that is just being kept again."""
    if db.get_bind().dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
        db.execute(sa.select(lock(FILES_LOCK)))
