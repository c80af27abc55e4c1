"""How long an apprentice has been without movement: the newest thing she did, as far as her mentor may see it."""

from collections.abc import Iterable
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
    zones = {pair.person.id: pair.person.zone for pair in pairs}
    moved = {pair.person.id: pair.link.began_at for pair in pairs}
    for statement in _statements(mentor_id, at):
        _take(db, statement, moved)
    if moved:  # promises last: only those kept after what else the stillest one did need to be looked at
        _take(db, _kept(mentor_id, min(moved.values())), moved)
    today = {zone: clock.study_day(at, zone) for zone in set(zones.values())}
    return {
        person_id: Standing(since, max(0, today[zones[person_id]] - clock.study_day(since, zones[person_id])))
        for person_id, since in moved.items()
    }


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


def _take(db: Session, statement: Any, moved: dict[UUID, datetime]) -> None:
    """Keep what is newer. statement: gives a person and moments, some of them none."""
    for user_id, *moments in db.execute(statement):
        newest = max((moment for moment in moments if moment), default=None)
        if newest and user_id in moved and newest > moved[user_id]:
            moved[user_id] = newest


def _statements(mentor_id: UUID, at: datetime) -> list[Any]:
    """One for each kind of movement, whatever the number of apprentices."""
    reader, visitor, maker = col(Memory.user_id), col(LessonVisit.user_id), col(Version.user_id)
    readers, makers = _shown_to(mentor_id, "lessons"), _shown_to(mentor_id, "pieces")
    visited = sa.func.max(col(LessonVisit.opened_at)), sa.func.max(col(LessonVisit.done_at))
    uploaded = (
        sa.select(maker, sa.func.max(col(Version.uploaded_at)))
        .join(Piece, sa.and_(col(Piece.user_id) == maker, col(Piece.id) == Version.piece_id))
        .where(maker.in_(makers), col(Piece.shared_at).is_not(None))
        .group_by(maker)
    )
    return [
        sa.select(reader, sa.func.max(col(Memory.reviewed_at))).where(reader.in_(readers)).group_by(reader),
        sa.select(visitor, *visited).where(visitor.in_(readers)).group_by(visitor),
        _held(mentor_id, at),
        uploaded,
    ]


def _shown_to(mentor_id: UUID, what: links.What | None = None) -> Any:
    """The ids of the apprentices of a mentor whose link shows this; None: of all whose link is in force."""
    statement = sa.select(col(Link.user_id)).where(col(Link.mentor_id) == mentor_id, links.in_force())
    return statement.where(links.SHOWS[what].is_(True)) if what else statement


def _held(mentor_id: UUID, at: datetime) -> Any:
    """The newest session of each: found from its end, since there may be many."""
    owner, starts_at = col(StudioSession.user_id), col(StudioSession.starts_at)
    alone = sa.and_(owner.in_(_shown_to(mentor_id, "sessions")), col(StudioSession.kind) != "meeting")
    last = (
        sa.select(starts_at)
        .where(owner == User.id, states.was_held(), starts_at <= at)
        .where(sa.or_(col(StudioSession.mentor_id) == mentor_id, alone))
        .order_by(starts_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return sa.select(col(User.id), last).where(col(User.id).in_(_shown_to(mentor_id)))


def _kept(mentor_id: UUID, after: datetime) -> Any:
    """The newest promise that each kept after this moment, of those made in a session with this mentor."""
    doer, done_at = col(Action.user_id), col(Action.done_at)
    together = (
        sa.select(col(StudioSession.id))
        .where(col(StudioSession.user_id) == doer, col(StudioSession.id) == Action.session_id)
        .where(col(StudioSession.mentor_id) == mentor_id)
        .exists()
    )
    return (
        sa.select(doer, sa.func.max(done_at))
        .where(doer.in_(_shown_to(mentor_id)), col(Action.owner_id) == doer, done_at > after, together)
        .group_by(doer)
    )
