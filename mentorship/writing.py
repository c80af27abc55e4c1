"""What every writing in a session has in common: who may, and telling the other one of the two."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core import clock, inbox
from core.accounts import User
from core.errors import NotAllowed
from core.inbox import Notice
from mentorship import news, sessions
from mentorship.models.meetings import StudioSession


def to_write(db: Session, person_id: UUID, session_id: UUID) -> StudioSession:
    """The session, locked, if this person may write in its notes, agenda and actions; else refused with the reason."""
    session = sessions.to_change(db, person_id, session_id)
    if session.cancelled_at:
        raise NotAllowed(CANCELLED)
    return session


def may_write(db: Session, person_id: UUID, session: StudioSession) -> bool:
    return session.cancelled_at is None and sessions.may_change(db, person_id, session)


def why_not(db: Session, person_id: UUID, session: StudioSession) -> str:
    """Why somebody who may read a session may not write in it."""
    if session.cancelled_at and sessions.may_change(db, person_id, session):
        return CANCELLED
    return sessions.why_not(db, person_id, session)


def tell_other(db: Session, session: StudioSession, person_id: UUID, did: str, *, at: datetime) -> None:
    """Tell the other one of the two what somebody did, unless news of this session's pages wait unread for them.

    did: as in "wrote in the notes".
    """
    other_id = session.mentor_id if person_id == session.user_id else session.user_id
    if other_id is None or other_id == person_id:
        return
    thread = f"session:{session.id}"
    waits = select(Notice.id).where(
        Notice.user_id == other_id,
        Notice.thread == thread,
        Notice.kind == news.NOTES.name,
        col(Notice.read_at).is_(None),
    )
    if db.exec(waits.limit(1)).first() is not None:
        return
    person, other = db.get_one(User, person_id), db.get_one(User, other_id)
    local = session.starts_at.astimezone(clock.zone_of(other.zone))
    what = "meeting" if session.kind == "meeting" else "session"
    text = f"{person.name} {did} of your {what} of {local:%A} {local.day} {local:%B}."
    inbox.tell(db, other_id, news.NOTES, text, path=f"/sessions/{session.id}", thread=thread, at=at)


CANCELLED = (
    "This session was cancelled, so what stands in it can be read but not changed. Plan another one, and write there."
)
