"""How long an apprentice has been without movement: the newest thing she did, as far as her mentor may see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock, inbox
from core.accounts import User
from core.inbox import Notice
from curriculum.models import LessonVisit, Memory
from mentorship import links, news, states
from mentorship.models.meetings import Action, StudioSession
from mentorship.models.people import Link
from mentorship.models.pieces import Piece, Version

STILL_DAYS = 14  # from then on her mentor is told


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when nothing moved. days: study days where the apprentice is."""

    since: datetime
    days: int

    @property
    def is_still(self) -> bool:
        return self.days >= STILL_DAYS


def of(db: Session, mentor_id: UUID, pairs: Iterable[links.Pair], *, at: datetime) -> dict[UUID, Standing]:
    """Of each of these apprentices: the newest answer, lesson opened or done, session held, version uploaded or promise
    kept that the link shows; where there is none, the beginning of the link."""
    moved = _newest(db, mentor_id, at)
    found = {}
    for pair in pairs:
        since = max(pair.link.began_at, moved.get(pair.person.id, pair.link.began_at))
        days = clock.study_day(at, pair.person.zone) - clock.study_day(since, pair.person.zone)
        found[pair.person.id] = Standing(since, max(0, days))
    return found


def nudge(db: Session, *, at: datetime) -> int:
    """Tell each mentor of apprentices without movement for 14 days, once in each stretch. Returns how many were told
    of."""
    told = 0
    for mentor_id in db.exec(select(Link.mentor_id).distinct()).all():  # links decides which are in force
        pairs = [pair for pair in links.active(db, mentor_id) if not pair.is_mentor]
        standings = of(db, mentor_id, pairs, at=at)
        last = _told(db, mentor_id)
        for pair in pairs:
            standing = standings[pair.person.id]
            if standing.is_still and not last.get(str(pair.person.id), standing.since) > standing.since:
                _tell(db, mentor_id, pair.person, standing, at)
                told += 1
    return told


def _tell(db: Session, mentor_id: UUID, person: User, standing: Standing, at: datetime) -> None:
    inbox.tell(
        db,
        mentor_id,
        news.NUDGE,
        f"{person.name} has been without movement for {standing.days} days. A short word may help.",
        path=f"/apprentices/{person.id}/brief",
        thread=f"still:{person.id}:{standing.since.date()}",
        at=at,
    )


def _told(db: Session, mentor_id: UUID) -> dict[str, datetime]:
    """When this mentor was last told of each apprentice."""
    rows = db.execute(
        sa.select(col(Notice.thread), sa.func.max(col(Notice.at)))
        .where(col(Notice.user_id) == mentor_id, col(Notice.thread).like("still:%"))
        .group_by(col(Notice.thread))
    )
    found: dict[str, datetime] = {}
    for thread, at in rows:
        apprentice_id = thread.split(":")[1]
        found[apprentice_id] = max(at, found.get(apprentice_id, at))
    return found


def _newest(db: Session, mentor_id: UUID, at: datetime) -> Mapping[UUID, datetime]:
    """Five kinds of movement, a statement each, whatever the number of apprentices."""
    found: dict[UUID, datetime] = {}
    for statement in _statements(db, mentor_id, at):
        for user_id, moment in db.execute(statement):
            if moment is not None and (user_id not in found or moment > found[user_id]):
                found[user_id] = moment
    return found


def _statements(db: Session, mentor_id: UUID, at: datetime) -> list[sa.Select[tuple[UUID, datetime]]]:
    readers, makers, held_by = (
        links.owners_seen_by(db, mentor_id, what) - {mentor_id} for what in ("lessons", "pieces", "sessions")
    )
    everybody = links.apprentices_of(db, mentor_id)
    with_mentor = col(StudioSession.mentor_id) == mentor_id

    def newest(column: Any, owner: Any, owners: set[UUID]) -> sa.Select[tuple[UUID, datetime]]:
        return sa.select(owner, sa.func.max(column)).where(owner.in_(owners)).group_by(owner)

    reader, visitor = col(Memory.user_id), col(LessonVisit.user_id)
    session_of, maker, doer = col(StudioSession.user_id), col(Version.user_id), col(Action.user_id)
    held = newest(col(StudioSession.starts_at), session_of, everybody).where(
        states.was_held(),
        col(StudioSession.starts_at) <= at,
        sa.or_(with_mentor, sa.and_(session_of.in_(held_by), col(StudioSession.kind) != "meeting")),
    )
    uploaded = (
        newest(col(Version.uploaded_at), maker, makers)
        .join(Piece, sa.and_(col(Piece.user_id) == maker, col(Piece.id) == Version.piece_id))
        .where(col(Piece.shared_at).is_not(None))
    )
    kept = (
        newest(col(Action.done_at), doer, everybody)
        .join(StudioSession, sa.and_(session_of == doer, col(StudioSession.id) == Action.session_id))
        .where(with_mentor, col(Action.owner_id) == doer)
    )
    return [
        newest(col(Memory.reviewed_at), reader, readers),
        newest(col(LessonVisit.opened_at), visitor, readers),
        newest(col(LessonVisit.done_at), visitor, readers),
        held,
        uploaded,
        kept,
    ]
