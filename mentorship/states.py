"""In which state a session is, and how long it takes: of one row, and the same as conditions for many."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from mentorship.models.meetings import StudioSession


def word_of(session: StudioSession) -> str:
    """Its one state: cancelled, missed, signed, held, confirmed or proposed."""
    if session.cancelled_at:
        return "cancelled"
    if session.missed_at:
        return "missed"
    if session.held_at:
        return "signed" if session.signed_at and session.mentor_signed_at else "held"
    if session.kind == "meeting" and session.mentor_id is None:
        return "cancelled"  # the mentor's account is gone
    return "confirmed" if session.confirmed_at else "proposed"


def is_ahead(session: StudioSession) -> bool:
    """Whether it is planned and nothing came of it so far; its time may have passed."""
    return word_of(session) in ("proposed", "confirmed")


def minutes_of(session: StudioSession) -> int:
    """How long it took, or is planned for; 0: not said."""
    return session.minutes if session.real_minutes is None else session.real_minutes


def end_of(session: StudioSession) -> datetime:
    """When it ends, or ended."""
    return session.starts_at + timedelta(minutes=minutes_of(session))


def took() -> sa.ColumnElement[int]:
    """`minutes_of`, as a column."""
    return sa.func.coalesce(col(StudioSession.real_minutes), col(StudioSession.minutes))


def was_held() -> sa.ColumnElement[bool]:
    """Held or signed, as a condition."""
    away = col(StudioSession.cancelled_at).is_(None), col(StudioSession.missed_at).is_(None)
    return sa.and_(col(StudioSession.held_at).is_not(None), *away)


def ahead() -> sa.ColumnElement[bool]:
    """`is_ahead`, as a condition."""
    ends = (StudioSession.cancelled_at, StudioSession.missed_at, StudioSession.held_at)
    is_with = sa.or_(col(StudioSession.kind) != "meeting", col(StudioSession.mentor_id).is_not(None))
    return sa.and_(is_with, *(col(moment).is_(None) for moment in ends))


def is_of(person_id: UUID) -> sa.ColumnElement[bool]:
    """Theirs, as apprentice or as mentor."""
    return sa.or_(col(StudioSession.user_id) == person_id, col(StudioSession.mentor_id) == person_id)
