"""The mentor's desk: all apprentices in one list, with what each of them waits for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from core.columns import EPOCH
from curriculum.library import Library
from curriculum.search import fold
from mentorship import actions, feedback, links, movement, sign_offs, states
from mentorship.models.meetings import Action, ParkedQuestion, StudioSession
from mentorship.models.pieces import Feedback, Version
from mentorship.movement import Standing
from mentorship.sessions import STILL_NEXT

SORTS = {"still": "Longest without movement", "meeting": "Next meeting", "name": "Name"}


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that an apprentice waits for. kind: confirm, hold, sign, verify, answer, review."""

    kind: str
    words: str  # "a time to confirm"
    session_id: UUID | None = None
    milestone: str = ""  # slug
    piece_id: UUID | None = None  # the mentor's own
    submission_id: UUID | None = None  # of the milestone
    level: int = 0  # at which one click verifies it
    feedback_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    id: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """An apprentice, as the mentor's list has her."""

    link_id: UUID
    person: User
    standing: Standing
    meeting: Meeting | None  # the next one
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
    ahead, waits = _sessions(db, mentor_id, at)
    for apprentice_id, wait in _milestones(db, library, mentor_id) + _feedback(db, mentor_id):
        waits.setdefault(apprentice_id, []).append(wait)
    parked, overdue = _parked(db, mentor_id), _overdue(db, library, mentor_id, pairs, at)
    return [
        _row(pair, standings[pair.person.id], ahead.get(pair.person.id), zone, waits, parked, overdue) for pair in pairs
    ]


def _row(
    pair: links.Pair,
    standing: Standing,
    meeting: Meeting | None,
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


def _sessions(db: Session, mentor_id: UUID, at: datetime) -> tuple[dict[UUID, Meeting], dict[UUID, list[Wait]]]:
    """(the next meeting of each, what their sessions wait for), from all that he did not sign."""
    starts_at, owner = col(StudioSession.starts_at), col(StudioSession.user_id)
    is_unsigned = sa.and_(states.was_held(), col(StudioSession.kind) == "meeting")
    rows = db.execute(
        sa.select(
            owner,
            col(StudioSession.id),
            col(StudioSession.kind),
            starts_at,
            states.took(),
            col(StudioSession.held_at),
            col(StudioSession.confirmed_at),
            col(StudioSession.asked_by),
        )
        .where(
            col(StudioSession.mentor_id) == mentor_id,
            col(StudioSession.mentor_signed_at).is_(None),
            sa.or_(states.ahead(), is_unsigned),
        )
        .order_by(starts_at, col(StudioSession.id))
    ).all()
    ahead: dict[UUID, Meeting] = {}
    waits: dict[UUID, list[Wait]] = {}
    for user_id, session_id, kind, begins, minutes, held_at, confirmed_at, asked_by in rows:
        if held_at is None and kind == "meeting" and begins > at - STILL_NEXT:
            ahead.setdefault(user_id, Meeting(session_id, begins))
        if held_at:
            waits.setdefault(user_id, []).append(Wait("sign", "a meeting to sign", session_id))
        elif begins + timedelta(minutes=minutes) <= at:
            waits.setdefault(user_id, []).append(Wait("hold", "a meeting to mark as held", session_id))
        elif confirmed_at is None and asked_by not in (None, mentor_id):
            waits.setdefault(user_id, []).append(Wait("confirm", "a time to confirm", session_id))
    return ahead, waits


def _milestones(db: Session, library: Library, mentor_id: UUID) -> list[tuple[UUID, Wait]]:
    """Handed in, the longest waiting first."""
    return [
        (
            one.apprentice.id,
            Wait(
                "verify",
                f"M{library.milestones[one.milestone].number:02d} to look at",
                milestone=one.milestone,
                submission_id=one.submission.id,
                level=sign_offs.level_of(one.submission),
            ),
        )
        for one in sign_offs.waiting_for(db, mentor_id)
        if one.milestone in library.milestones
    ]


def _feedback(db: Session, mentor_id: UUID) -> list[tuple[UUID, Wait]]:
    """What apprentices ask the mentor to review, then what they said about the mentor's own pieces, unanswered."""
    asked = feedback.waiting_for(db, mentor_id)
    rows = db.exec(
        select(Feedback.from_id, Version.piece_id)
        .join(Version, sa.and_(col(Version.user_id) == Feedback.user_id, col(Version.id) == Feedback.version_id))
        .where(
            Feedback.user_id == mentor_id,
            Feedback.side == "apprentice",
            col(Feedback.given_at).is_not(None),
            col(Feedback.answered_at).is_(None),
            col(Feedback.withdrawn_at).is_(None),
        )
        .order_by(col(Feedback.given_at))
    )
    reviews = [
        (one.asker.id, Wait("review", "a review to write", feedback_id=one.feedback.id))
        for one in asked
        if one.of_mentor
    ]
    answers = [
        (from_id, Wait("answer", "a review to answer", piece_id=piece_id)) for from_id, piece_id in rows if from_id
    ]
    return reviews + answers


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


def _overdue(db: Session, library: Library, mentor_id: UUID, pairs: list[links.Pair], at: datetime) -> dict[UUID, int]:
    """Promises of both that are past their day where their owner is; what ticked itself is none."""
    zones = {pair.person.id: pair.person.zone for pair in pairs}
    owner, due_on, about = col(Action.user_id), col(Action.due_on), col(Action.about)
    together = (
        sa.select(col(StudioSession.id))
        .where(col(StudioSession.user_id) == owner, col(StudioSession.id) == Action.session_id)
        .where(col(StudioSession.mentor_id) == mentor_id)
        .exists()
    )
    tomorrow = (at + timedelta(days=1)).date()  # it is that already where some of them live
    is_open = (owner.in_(zones), col(Action.done_at).is_(None), col(Action.dropped_at).is_(None), due_on < tomorrow)
    plain = sa.select(owner, col(Action.owner_id), due_on, sa.func.count()).where(*is_open, about == "", together)
    found: Counter[UUID] = Counter()
    mine = db.get_one(User, mentor_id).zone
    today = {zone: at.astimezone(clock.zone_of(zone)).date() for zone in {mine, *zones.values()}}
    for user_id, owner_id, day, count in db.execute(plain.group_by(owner, col(Action.owner_id), due_on)):
        if day < today[zones.get(owner_id, mine)]:
            found[user_id] += count
    ticking = db.exec(select(Action).where(*is_open, about != "", together)).all()
    shown = actions.shown(db, library, mentor_id, ticking, at=at, exact=False)
    found.update(one.action.user_id for one in shown if one.word == "overdue")
    return found


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
