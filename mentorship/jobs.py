"""Jobs of the people's side. Each works from what is there and may run twice without harm."""

from datetime import datetime

from sqlmodel import Session

from core.errors import Busy
from core.storage import Storage
from curriculum.imports import uploads
from mentorship import portfolio, session_files


def sweep_files(db: Session, storage: Storage, *, at: datetime) -> str:
    """Remove files older than an hour that no row names and nobody is about to import or to fetch, and transfers that
    never ended. Returns a few words."""
    try:
        kept = portfolio.known_hashes(db) | session_files.known_hashes(db)
        removed = storage.sweep(kept | uploads.known_hashes(db, at=at))
    except Busy:
        return "left for the next time: a backup is copying the files"
    return f"{removed} orphaned files removed"
