"""Signing what was held: either of the two first, one click each. An edit afterwards clears both."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User
from core.errors import Refused
from mentorship import clocks, links, news, sessions, states
from mentorship.models.meetings import StudioSession
from mentorship.sessions import Listed

UNDO = timedelta(minutes=15)


def sign(db: Session, person_id: UUID, session_id: UUID, *, at: datetime) -> StudioSession:
    """One of the two says: so it was. Twice is no error; what was not held, or needs no signature, is refused."""
    session = sessions.to_change(db, person_id, session_id)
    if why := why_unsignable(session):
        raise Refused(why)
    if signature_of(session, person_id):
        return session
    _set(session, person_id, at)
    is_whole = states.word_of(session) == "signed"
    more = "With yours it counts as signed." if is_whole else "It counts as signed once you sign it, too."
    _tell(db, session, person_id, "signed the meeting of {when}. " + more, at)
    return session


def unsign(db: Session, person_id: UUID, session_id: UUID, *, at: datetime) -> StudioSession:
    """Take one's own signature back, within 15 minutes. Without one nothing happens."""
    session = sessions.to_change(db, person_id, session_id)
    signed_at = signature_of(session, person_id)
    if signed_at is None:
        return session
    if at >= signed_at + UNDO:
        raise Refused(
            "A signature can be taken back for 15 minutes, and they are over. If something is wrong, edit the meeting: "
            "that clears both signatures."
        )
    _set(session, person_id, None)
    _tell(db, session, person_id, "took their signature of the meeting of {when} back.", at)
    return session


def waiting(db: Session, person_id: UUID, *, most: int) -> list[Listed]:
    """What was held and waits for somebody's signature, the latest first."""
    hers = sa.and_(
        col(StudioSession.user_id) == person_id,
        col(StudioSession.mentor_id).in_(links.mentors_of(db, person_id)),
        col(StudioSession.signed_at).is_(None),
    )
    his = sa.and_(
        col(StudioSession.mentor_id) == person_id,
        col(StudioSession.user_id).in_(links.apprentices_of(db, person_id)),
        col(StudioSession.mentor_signed_at).is_(None),
    )
    held = select(StudioSession).where(StudioSession.kind == "meeting", states.was_held(), sa.or_(hers, his))
    latest = held.order_by(col(StudioSession.starts_at).desc(), col(StudioSession.id)).limit(most)
    return [
        Listed(session, sessions.other(db, session, person_id), session.user_id == person_id, states.word_of(session))
        for session in db.exec(latest)
    ]


def clear(db: Session, session: StudioSession, by: UUID, *, at: datetime) -> bool:
    """What was signed has changed: both signatures go, and the other one is told. True: there was one.

    by: who changed it. session: locked.
    """
    if not session.signed_at and not session.mentor_signed_at:
        return False
    session.signed_at = session.mentor_signed_at = None
    _tell(db, session, by, "changed the meeting of {when}, so it is no longer signed. Read it and sign it again.", at)
    return True


def signature_of(session: StudioSession, person_id: UUID) -> datetime | None:
    """When this one of the two signed."""
    return session.signed_at if person_id == session.user_id else session.mentor_signed_at


def why_unsignable(session: StudioSession) -> str:
    """Why a session takes no signature; "": it does."""
    word = states.word_of(session)
    if session.kind != "meeting":
        return "Only meetings are signed. Practice and studio work count as they are logged."
    if word == "cancelled":
        return "This meeting was cancelled, so there is nothing to sign. If it took place after all, log it."
    if word == "missed":
        return (
            "This meeting was missed, so there is nothing to sign. If it took place after all, mark it as held first."
        )
    if word in ("proposed", "confirmed"):
        return "This meeting was not marked as held yet. Mark it as held first, then sign it."
    if session.mentor_id is None:
        return "The mentor's account is gone, so this meeting stays as it is."
    return ""


def _set(session: StudioSession, person_id: UUID, at: datetime | None) -> None:
    if person_id == session.user_id:
        session.signed_at = at
    else:
        session.mentor_signed_at = at


def _tell(db: Session, session: StudioSession, by: UUID, text: str, at: datetime) -> None:
    """text: what `by` did, with {when} for its time as the other one says it."""
    other = sessions.other(db, session, by)
    if other is None:
        return
    said = text.replace("{when}", clocks.told(session.starts_at, other.zone))
    inbox.tell(
        db,
        other.id,
        news.SIGNING,
        f"{db.get_one(User, by).name} {said}",
        path=f"/sessions/{session.id}",
        thread=f"session:{session.id}",
        at=at,
    )
