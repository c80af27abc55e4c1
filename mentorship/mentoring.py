"""The mentor's desk: all apprentices in one list, with what each of them waits for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from core.columns import EPOCH
from curriculum.library import Library
from curriculum.search import fold
from mentorship import links, movement, sign_offs, states
from mentorship.models.meetings import Action, ParkedQuestion, StudioSession
from mentorship.models.pieces import Feedback, Version
from mentorship.movement import Standing
from mentorship.sessions import STILL_NEXT

SORTS = {"still": "Longest without movement", "meeting": "Next meeting", "name": "Name"}


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that an apprentice waits for. kind: confirm, hold, sign, verify, answer."""

    kind: str
    words: str  # "a time to confirm"
    session_id: UUID | None = None
    milestone: str = ""  # slug
    piece_id: UUID | None = None  # the mentor's own


@dataclass(frozen=True, slots=True)
class Row:
    """An apprentice, as the mentor's list has her."""

    link_id: UUID
    person: User
    standing: Standing
    meeting: StudioSession | None  # the next one
    here: str  # its time on the mentor's wall: "Tue 24 Nov 19:00"
    there: str  # on hers, where it differs
    waits: tuple[Wait, ...]
    parked: int  # questions
    overdue: int  # promises, of both


@dataclass(frozen=True, slots=True)
class Desk:
    rows: list[Row]
    total: int  # apprentices, before any words were looked for
    paused: list[links.Pair]


def desk(
    db: Session, library: Library, mentor_id: UUID, zone: str, *, sort: str = "still", words: str = "", at: datetime
) -> Desk:
    """sort: one of SORTS; words: what the name must hold."""
    pairs = [pair for pair in links.active(db, mentor_id) if not pair.is_mentor]
    rows = _rows(db, library, mentor_id, zone, pairs, at)
    wanted = fold(words).split()
    shown = [row for row in rows if all(word in fold(row.person.name) for word in wanted)]
    return Desk(_sorted(shown, sort), len(rows), _paused(db, mentor_id))


def waiting(db: Session, library: Library, mentor_id: UUID, zone: str, *, at: datetime) -> tuple[list[Row], int]:
    """(the apprentices who wait for something or stand still, those with the most first; how many there are in all).

    For somebody who mentors nobody it is one question to the database.
    """
    if not links.apprentices_of(db, mentor_id):
        return [], 0
    pairs = [pair for pair in links.active(db, mentor_id) if not pair.is_mentor]
    rows = [row for row in _rows(db, library, mentor_id, zone, pairs, at) if row.waits or row.standing.is_still]
    return sorted(rows, key=lambda row: (-len(row.waits), -row.standing.days, fold(row.person.name))), len(pairs)


def _rows(
    db: Session, library: Library, mentor_id: UUID, zone: str, pairs: list[links.Pair], at: datetime
) -> list[Row]:
    standings = movement.of(db, mentor_id, pairs, at=at)
    ids = {pair.person.id for pair in pairs}
    ahead, waits = _sessions(db, mentor_id, ids, at)
    for apprentice_id, wait in _milestones(db, library, mentor_id) + _feedback(db, mentor_id):
        waits.setdefault(apprentice_id, []).append(wait)
    parked, overdue = _parked(db, mentor_id), _overdue(db, mentor_id, ids, at.astimezone(clock.zone_of(zone)))
    return [
        _row(pair, standings[pair.person.id], ahead.get(pair.person.id), zone, waits, parked, overdue) for pair in pairs
    ]


def _row(
    pair: links.Pair,
    standing: Standing,
    meeting: StudioSession | None,
    zone: str,
    waits: dict[UUID, list[Wait]],
    parked: dict[UUID, int],
    overdue: dict[UUID, int],
) -> Row:
    person = pair.person
    here = _on_the_wall(meeting.starts_at, zone) if meeting else ""
    there = _on_the_wall(meeting.starts_at, person.zone) if meeting else ""
    return Row(
        link_id=pair.link.id,
        person=person,
        standing=standing,
        meeting=meeting,
        here=here,
        there=there if there != here else "",
        waits=tuple(waits.get(person.id, ())),
        parked=parked.get(person.id, 0),
        overdue=overdue.get(person.id, 0),
    )


def _sessions(
    db: Session, mentor_id: UUID, ids: set[UUID], at: datetime
) -> tuple[dict[UUID, StudioSession], dict[UUID, list[Wait]]]:
    """(the next meeting of each, what their sessions wait for), from all that are not over."""
    is_unsigned = sa.and_(col(StudioSession.kind) == "meeting", col(StudioSession.mentor_signed_at).is_(None))
    rows = db.exec(
        select(StudioSession)
        .where(
            StudioSession.mentor_id == mentor_id,
            col(StudioSession.user_id).in_(ids),
            sa.or_(
                states.ahead(),
                sa.and_(states.was_held(), is_unsigned),
            ),
        )
        .order_by(col(StudioSession.starts_at), col(StudioSession.id))
    ).all()
    ahead: dict[UUID, StudioSession] = {}
    waits: dict[UUID, list[Wait]] = {}
    for session in rows:
        if session.held_at is None and session.kind == "meeting" and session.starts_at > at - STILL_NEXT:
            ahead.setdefault(session.user_id, session)
        if wait := _wait(session, mentor_id, at):
            waits.setdefault(session.user_id, []).append(wait)
    return ahead, waits


def _wait(session: StudioSession, mentor_id: UUID, at: datetime) -> Wait | None:
    if session.held_at:
        return Wait("sign", "a meeting to sign", session.id)
    if states.end_of(session) <= at:
        return Wait("hold", "a meeting to mark as held", session.id)
    if session.confirmed_at is None and session.asked_by not in (None, mentor_id):
        return Wait("confirm", "a time to confirm", session.id)
    return None


def _milestones(db: Session, library: Library, mentor_id: UUID) -> list[tuple[UUID, Wait]]:
    """Handed in, the longest waiting first."""
    return [
        (
            one.apprentice.id,
            Wait("verify", f"M{library.milestones[one.milestone].number:02d} to look at", None, one.milestone),
        )
        for one in sign_offs.waiting_for(db, mentor_id)
        if one.milestone in library.milestones
    ]


def _feedback(db: Session, mentor_id: UUID) -> list[tuple[UUID, Wait]]:
    """What apprentices said about the mentor's own pieces, not answered yet."""
    rows = db.exec(
        select(Feedback.from_id, Version.piece_id)
        .join(Version, sa.and_(col(Version.user_id) == Feedback.user_id, col(Version.id) == Feedback.version_id))
        .where(
            Feedback.user_id == mentor_id,
            col(Feedback.given_at).is_not(None),
            col(Feedback.answered_at).is_(None),
            col(Feedback.withdrawn_at).is_(None),
        )
        .order_by(col(Feedback.given_at))
    )
    return [(from_id, Wait("answer", "a review to answer", piece_id=piece_id)) for from_id, piece_id in rows if from_id]


def _parked(db: Session, mentor_id: UUID) -> dict[UUID, int]:
    """Open questions of those whose link shows sessions, as `parking.open_of` has them for one."""
    owners = links.owners_seen_by(db, mentor_id, "sessions") - {mentor_id}
    owner = col(ParkedQuestion.user_id)
    as_mentor = (
        sa.select(col(StudioSession.id))
        .where(col(StudioSession.mentor_id) == owner, col(StudioSession.id) == ParkedQuestion.session_id)
        .exists()
    )
    counted = (
        sa.select(owner, sa.func.count())
        .where(owner.in_(owners), col(ParkedQuestion.answered_at).is_(None), col(ParkedQuestion.removed_at).is_(None))
        .where(~as_mentor)
        .group_by(owner)
    )
    return {user_id: count for user_id, count in db.execute(counted)}


def _overdue(db: Session, mentor_id: UUID, ids: set[UUID], here: datetime) -> dict[UUID, int]:
    """Promises of both that are past their day on the mentor's wall."""
    owner = col(Action.user_id)
    counted = (
        sa.select(owner, sa.func.count())
        .join(StudioSession, sa.and_(col(StudioSession.user_id) == owner, col(StudioSession.id) == Action.session_id))
        .where(
            owner.in_(ids),
            col(StudioSession.mentor_id) == mentor_id,
            col(Action.done_at).is_(None),
            col(Action.dropped_at).is_(None),
            col(Action.due_on) < here.date(),
        )
        .group_by(owner)
    )
    return {user_id: count for user_id, count in db.execute(counted)}


def _paused(db: Session, mentor_id: UUID) -> list[links.Pair]:
    """Links that wait: a pause can be taken back."""
    over = [pair for pair in links.ended(db, mentor_id) if not pair.is_mentor]
    return [pair for pair in over if pair.link.ended_at is None and pair.link.completed_at is None]


def _sorted(rows: Iterable[Row], sort: str) -> list[Row]:
    by_name = sorted(rows, key=lambda row: (fold(row.person.name), row.person.id))
    if sort == "name":
        return by_name
    if sort == "meeting":
        return sorted(by_name, key=_meets_at)
    return sorted(by_name, key=lambda row: -row.standing.days)


def _on_the_wall(at: datetime, zone: str) -> str:
    local = at.astimezone(clock.zone_of(zone))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _meets_at(row: Row) -> tuple[bool, datetime]:
    """Those without a meeting last."""
    return row.meeting is None, row.meeting.starts_at if row.meeting else EPOCH
