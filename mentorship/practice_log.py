"""Practice under way: begun with a goal, stopped with a result.

It is a session of kind practice that began when it was written down and is neither held nor cancelled.
"""

import math
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import User
from core.errors import Conflict, Refused
from core.ids import uuid7
from mentorship import entries, sessions
from mentorship.models.meetings import StudioSession

MOST_PROPOSED = 240  # minutes: a practice that runs longer was forgotten


def running(db: Session, person_id: UUID) -> StudioSession | None:
    """The practice that somebody has begun and not stopped."""
    return db.exec(select(StudioSession).where(StudioSession.user_id == person_id, _is_running())).first()


def is_running(session: StudioSession) -> bool:
    """Whether a session is practice under way."""
    is_open = not (session.held_at or session.cancelled_at or session.missed_at)
    return session.kind == "practice" and is_open and session.starts_at <= session.logged_at


def start(db: Session, person_id: UUID, zone: str, goal: str, *, at: datetime) -> StudioSession:
    """Begin to practise. Only one practice runs at a time; a second is refused."""
    db.exec(select(User.id).where(User.id == person_id).with_for_update(key_share=True)).first()  # one after the other
    if running(db, person_id):
        raise Conflict("A practice is running already. Stop it first, then start the next one.")
    session = StudioSession(
        user_id=person_id,
        id=uuid7(),
        kind="practice",
        starts_at=at,
        zone=zone,
        minutes=0,
        goal=goal.strip(),
        confirmed_at=at,
        logged_by=person_id,
        logged_at=at,
    )
    db.add(session)
    db.flush()
    return session


def to_stop(db: Session, person_id: UUID, session_id: UUID) -> StudioSession:
    """The running practice, locked; one that is stopped already is refused."""
    session = sessions.to_change(db, person_id, session_id)
    if not is_running(session):
        raise Conflict("This practice is not running any more. Edit it on its page, if something is missing.")
    return session


def minutes_so_far(session: StudioSession, *, at: datetime) -> int:
    """How long it has run, in begun minutes from 1 to MOST_PROPOSED."""
    return min(_passed(session, at), MOST_PROPOSED)


def was_forgotten(session: StudioSession, *, at: datetime) -> bool:
    """Whether it runs for so long that nobody will have practised all the while."""
    return _passed(session, at) > MOST_PROPOSED


def stop(
    db: Session, person_id: UUID, session_id: UUID, *, minutes: int, goal: str, result: str, at: datetime
) -> StudioSession:
    """Write down what came of it. minutes: 0 where they are not said; more than have passed are refused."""
    session = to_stop(db, person_id, session_id)
    entries.check_minutes(session.kind, minutes)
    if minutes > _passed(session, at):
        raise Refused(f"It began {_passed(session, at)} min ago, so it cannot have taken longer.", field="minutes")
    session.minutes, session.goal, session.result = minutes, goal.strip(), result.strip()
    session.held_at, session.held_by = at, person_id
    return session


def throw_away(db: Session, person_id: UUID, session_id: UUID, *, at: datetime) -> None:
    """It was started by mistake: it does not count."""
    session = to_stop(db, person_id, session_id)
    session.cancelled_at, session.cancelled_by = at, person_id


def _passed(session: StudioSession, at: datetime) -> int:
    return max(1, math.ceil((at - session.starts_at).total_seconds() / 60))


def _is_running() -> sa.ColumnElement[bool]:
    ends = (StudioSession.held_at, StudioSession.cancelled_at, StudioSession.missed_at)
    return sa.and_(
        col(StudioSession.kind) == "practice",
        col(StudioSession.starts_at) <= col(StudioSession.logged_at),
        *(col(end).is_(None) for end in ends),
    )
