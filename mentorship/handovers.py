"""Handing sessions on: the apprentice lets a mentor read what she held with another one. Read, never write."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User
from core.errors import NotAllowed, NotFound
from mentorship import links, news
from mentorship.links import Pair
from mentorship.models.meetings import Handover, StudioSession


@dataclass(frozen=True, slots=True)
class Offer:
    """A session held with another mentor. mentor: None where that account is gone."""

    session: StudioSession
    mentor: User | None
    is_handed: bool  # to the mentor who is asked about


def is_handed(mentor_id: UUID) -> sa.ColumnElement[bool]:
    """Whether a StudioSession was handed on to this mentor; in force only together with a link that shows sessions."""
    handed = (
        col(Handover.user_id) == col(StudioSession.user_id),
        col(Handover.session_id) == col(StudioSession.id),
        col(Handover.mentor_id) == mentor_id,
    )
    return sa.exists().where(*handed)


def is_without_mentor() -> sa.ColumnElement[bool]:
    """Whether a StudioSession was held with no mentor: practice, or studio work with others."""
    return sa.and_(col(StudioSession.mentor_id).is_(None), col(StudioSession.kind) != "meeting")


def offered(db: Session, apprentice_id: UUID, mentor_id: UUID) -> list[Offer]:
    """What the apprentice held with other mentors than this one, the latest first."""
    statement = (
        select(StudioSession, User, is_handed(mentor_id))
        .join(User, col(User.id) == StudioSession.mentor_id, isouter=True)
        .where(StudioSession.user_id == apprentice_id, *_held_with_another(mentor_id))
        .order_by(col(StudioSession.starts_at).desc(), col(StudioSession.id))
    )
    return [Offer(session, mentor, bool(handed)) for session, mentor, handed in db.exec(statement)]


def counts(db: Session, apprentice_id: UUID, mentor_id: UUID) -> tuple[int, int]:
    """(sessions held with other mentors, how many of them are handed on to this one)."""
    handed = sa.case((is_handed(mentor_id), 1), else_=0)
    statement = sa.select(sa.func.count(), sa.func.sum(handed)).where(
        col(StudioSession.user_id) == apprentice_id, *_held_with_another(mentor_id)
    )
    total, given = db.execute(statement).one()
    return total, given or 0


def hand_on(db: Session, person_id: UUID, link_id: UUID, session_ids: Collection[UUID], *, at: datetime) -> int:
    """Let the mentor of a link read exactly these sessions of those held with others; the rest is taken back.

    Returns how many are handed on now. Only the apprentice may; a session that is not hers to hand on is not found.
    """
    if links.own_pair(db, person_id, link_id).is_mentor is False:
        raise NotAllowed("Sessions are handed on by the apprentice alone. Nothing was changed.")
    pair = links.to_change(db, person_id, link_id)
    known = {offer.session.id: offer.is_handed for offer in offered(db, person_id, pair.person.id)}
    wanted = set(session_ids)
    if not wanted <= known.keys():
        raise NotFound
    before = {session_id for session_id, handed in known.items() if handed}
    for session_id in sorted(wanted - before):
        db.add(Handover(user_id=person_id, session_id=session_id, mentor_id=pair.person.id, handed_at=at))
    _take_back(db, person_id, pair.person.id, before - wanted)
    _tell(db, person_id, pair, len(wanted - before), len(before - wanted), at)
    return len(wanted)


def _held_with_another(mentor_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    mentor = col(StudioSession.mentor_id)
    with_another = sa.or_(sa.and_(mentor.is_not(None), mentor != mentor_id), col(StudioSession.kind) == "meeting")
    is_other = sa.or_(mentor.is_(None), mentor != mentor_id)
    return (col(StudioSession.held_at).is_not(None), col(StudioSession.cancelled_at).is_(None), with_another, is_other)


def _take_back(db: Session, apprentice_id: UUID, mentor_id: UUID, session_ids: Collection[UUID]) -> None:
    if not session_ids:
        return
    mine = (col(Handover.user_id) == apprentice_id, col(Handover.mentor_id) == mentor_id)
    db.execute(sa.delete(Handover).where(*mine, col(Handover.session_id).in_(session_ids)))


def _tell(db: Session, person_id: UUID, pair: Pair, given: int, taken: int, at: datetime) -> None:
    if not given and not taken:
        return
    said = [f"handed {_sessions(given)} with other mentors on to you"] if given else []
    said += [f"took back {_sessions(taken)} that you could read"] if taken else []
    text = f"{db.get_one(User, person_id).name} {' and '.join(said)}."
    path = f"/links/{pair.link.id}"
    inbox.tell(db, pair.person.id, news.LINK, text, path=path, thread=links.thread_of(pair.link.id), at=at)


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"
