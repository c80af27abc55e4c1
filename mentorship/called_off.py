"""What a pair had planned goes with their link. (`links` may import this file: it asks nothing of links.)"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from mentorship.models.meetings import StudioSession
from mentorship.models.people import Link


def with_link(db: Session, link: Link, by: UUID, reason: str, at: datetime) -> str:
    """Cancel what the two of a link have planned; as words to add to what they are told, "" where there was nothing."""
    gone = cancel_all_ahead(db, link.user_id, link.mentor_id, by, reason, at)
    if not gone:
        return ""
    return (
        " The session that you had planned is cancelled."
        if len(gone) == 1
        else (f" The {len(gone)} sessions that you had planned are cancelled.")
    )


def cancel_all_ahead(
    db: Session, apprentice_id: UUID, mentor_id: UUID, by: UUID, reason: str, at: datetime
) -> list[StudioSession]:
    """Cancel for good what these two have planned and not held, in the transaction that ends their link.

    Nobody is told: who ends the link tells of both at once. Returns what was cancelled, the earliest first.
    """
    ends = (StudioSession.cancelled_at, StudioSession.missed_at, StudioSession.held_at)
    ahead = (
        select(StudioSession)
        .where(StudioSession.user_id == apprentice_id, StudioSession.mentor_id == mentor_id)
        .where(*(col(moment).is_(None) for moment in ends))
        .order_by(col(StudioSession.starts_at), col(StudioSession.id))
    )
    found = list(db.exec(ahead.with_for_update().execution_options(populate_existing=True)))
    for session in found:
        session.cancelled_at, session.cancelled_by, session.cancel_reason = at, by, reason
        session.sequence, session.changed_at = session.sequence + 1, at
    return found
