"""The brief's hours, promises, parked questions, and the meeting that comes next with what it could be about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock, words
from curriculum.stats import pictures
from curriculum.stats.pictures import Sparkline
from mentorship.few import Few, few
from mentorship.models.meetings import Action, AgendaItem, ParkedQuestion, StudioSession
from mentorship.models.people import Link
from mentorship.sessions import STILL_NEXT

WEEKS = 8  # of the small picture
MOST_ACTIONS, MOST_QUESTIONS, MOST_AGENDA = 5, 6, 8
KINDS = ("practice", "studio", "meeting")


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes held since the last meeting by kind: practice, studio, meeting."""

    minutes: Mapping[str, int]
    weekly: Sparkline
    is_whole: bool  # False: only what was held with this mentor, all else is not shown

    @property
    def total(self) -> int:
        return sum(self.minutes.values())


@dataclass(frozen=True, slots=True)
class Promise:
    action: Action
    is_mentors: bool  # who does it


@dataclass(frozen=True, slots=True)
class Promises:
    """What the two promised each other."""

    overdue: Few[Promise]
    kept: Few[Promise]  # since the last meeting
    still_open: int  # and not overdue


@dataclass(frozen=True, slots=True)
class Ahead:
    """The meeting that comes next, as the clocks of both show it."""

    session: StudioSession
    for_apprentice: str  # "Tuesday 24 Nov, 19:00"
    for_mentor: str  # the same, or another wall's
    agenda: Few[AgendaItem]
    parked: int  # of them, from parked questions
    taken: frozenset[tuple[str, str]]  # (source, source_id) of what stands on it, or stood


def hours(db: Session, link: Link, zone: str, since: datetime, at: datetime) -> Hours:
    """What was held, as the link shows it: everything alone or with others, and meetings with this mentor."""
    with_mentor = col(StudioSession.mentor_id) == link.mentor_id
    is_shown = sa.or_(with_mentor, col(StudioSession.kind) != "meeting") if link.shows_sessions else with_mentor
    today = clock.study_day(at, zone)
    first_day = today - (today - 1) % 7 - 7 * (WEEKS - 1)  # ordinal 1 was a Monday
    first = clock.day_start(first_day, zone)
    real = sa.func.coalesce(col(StudioSession.real_minutes), col(StudioSession.minutes))
    rows = db.execute(
        sa.select(col(StudioSession.kind), col(StudioSession.starts_at), real).where(
            col(StudioSession.user_id) == link.user_id,
            is_shown,
            col(StudioSession.held_at).is_not(None),
            col(StudioSession.cancelled_at).is_(None),
            col(StudioSession.missed_at).is_(None),
            col(StudioSession.starts_at) > min(since, first),
            col(StudioSession.starts_at) <= at,
        )
    ).all()
    weeks = [0] * WEEKS
    for _, starts_at, minutes in rows:
        if starts_at >= first:
            weeks[(clock.study_day(starts_at, zone) - first_day) // 7] += minutes
    said = ", ".join(words.minutes(minutes) for minutes in weeks)
    return Hours(
        {kind: sum(minutes for one, starts_at, minutes in rows if one == kind and starts_at > since) for kind in KINDS},
        pictures.sparkline(weeks, f"Held in each of {WEEKS} weeks: {said}"),
        link.shows_sessions,
    )


def promises(db: Session, link: Link, zones: Mapping[object, str], since: datetime, at: datetime) -> Promises:
    """What was promised in their sessions. zones: of the two; a day is over where its owner is."""
    rows = db.exec(
        select(Action)
        .join(
            StudioSession,
            sa.and_(col(StudioSession.user_id) == Action.user_id, col(StudioSession.id) == Action.session_id),
        )
        .where(
            Action.user_id == link.user_id,
            StudioSession.mentor_id == link.mentor_id,
            col(Action.dropped_at).is_(None),
            sa.or_(col(Action.done_at).is_(None), col(Action.done_at) > since),
        )
    ).all()
    today: dict[object, date] = {one: at.astimezone(clock.zone_of(zone)).date() for one, zone in zones.items()}
    waiting = [one for one in rows if one.done_at is None]
    overdue = [one for one in waiting if one.due_on and one.due_on < today.get(one.owner_id, at.date())]
    overdue.sort(key=lambda one: (one.due_on, one.created_at, one.id))
    kept = sorted((one for one in rows if one.done_at), key=lambda one: (one.done_at, one.id), reverse=True)

    def named(found: list[Action]) -> Few[Promise]:
        return few([Promise(one, one.owner_id == link.mentor_id) for one in found], MOST_ACTIONS)

    return Promises(named(overdue), named(kept), len(waiting) - len(overdue))


def questions(db: Session, link: Link) -> Few[ParkedQuestion]:
    """What the apprentice parked and nobody answered, the oldest first; what stands on another mentor's agenda is not
    for this one."""
    of_others = (
        sa.select(col(StudioSession.id))
        .where(col(StudioSession.user_id) == link.user_id, col(StudioSession.mentor_id) != link.mentor_id)
        .where(col(StudioSession.id) == ParkedQuestion.session_id)
        .exists()
    )
    rows = db.exec(
        select(ParkedQuestion)
        .where(
            ParkedQuestion.user_id == link.user_id,
            col(ParkedQuestion.answered_at).is_(None),
            col(ParkedQuestion.removed_at).is_(None),
            ~of_others,
        )
        .order_by(col(ParkedQuestion.parked_at), col(ParkedQuestion.id))
    )
    return few(rows.all(), MOST_QUESTIONS)


def ahead(db: Session, link: Link, zone: str, mentor_zone: str, at: datetime) -> Ahead | None:
    """The next meeting of these two, with what stands on its agenda."""
    session = db.exec(
        select(StudioSession)
        .where(
            StudioSession.user_id == link.user_id,
            StudioSession.mentor_id == link.mentor_id,
            StudioSession.kind == "meeting",
            col(StudioSession.held_at).is_(None),
            col(StudioSession.cancelled_at).is_(None),
            col(StudioSession.missed_at).is_(None),
            col(StudioSession.starts_at) > at - STILL_NEXT,
        )
        .order_by(col(StudioSession.starts_at), col(StudioSession.id))
        .limit(1)
    ).first()
    if session is None:
        return None
    items = db.exec(
        select(AgendaItem)
        .where(AgendaItem.user_id == link.user_id, AgendaItem.session_id == session.id)
        .order_by(col(AgendaItem.position), col(AgendaItem.id))
    ).all()
    waiting = [item for item in items if item.covered_at is None]
    return Ahead(
        session,
        on_the_wall(session.starts_at, zone),
        on_the_wall(session.starts_at, mentor_zone),
        few(waiting, MOST_AGENDA),
        sum(item.source == "parked" for item in waiting),
        frozenset((item.source, item.source_id) for item in items),
    )


def on_the_wall(at: datetime, zone: str) -> str:
    """As in "Tuesday 24 Nov, 19:00"."""
    local = at.astimezone(clock.zone_of(zone))
    return f"{local:%A} {local.day} {local:%b, %H:%M}"
