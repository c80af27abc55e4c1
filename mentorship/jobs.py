"""Jobs of the people's side. Each works from what is there and may run twice without harm."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from core import clock
from core.errors import Busy
from core.storage import Storage
from core.work import Task
from curriculum.imports import uploads
from mentorship import measuring, movement, portfolio, session_files, sounds, transfers


def sweep_files(db: Session, storage: Storage, *, at: datetime) -> str:
    """Remove files older than an hour that no row names and nobody is about to import or to fetch, and transfers that
    never ended. Returns a few words."""
    transfers.expire(db, at=at)
    try:
        kept = portfolio.known_hashes(db) | session_files.known_hashes(db)
        kept |= uploads.known_hashes(db, at=at) | transfers.known_names(db, at=at)
        removed = storage.sweep(kept)
    except Busy:
        return "left for the next time: a backup is copying the files"
    return f"{removed} orphaned files removed"


def nudge_mentors(db: Session, *, at: datetime) -> str:
    """Tell mentors of apprentices without movement for 14 days. Returns a few words."""
    return f"mentors told of apprentices without movement: {movement.nudge(db, at=at)}"


def measure(task: Task, *, storage: Storage) -> Mapping[str, Any]:
    """The sound of a version, for whoever added it."""
    return measuring.run(task, storage=storage, measure=sounds.measure, now=clock.now)
