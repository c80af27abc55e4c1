"""The brief's hours, promises, parked questions, and the meeting that comes next with what it could be about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock, words
from core.columns import EPOCH
from core.ids import uuid7
from curriculum.library import Library
from curriculum.stats import pictures
from curriculum.stats.pictures import Sparkline
from mentorship import actions, agenda, parking, proposals, states
from mentorship.actions import Shown
from mentorship.few import Few, few
from mentorship.models.meetings import Action, AgendaItem, StudioSession
from mentorship.models.people import Link
from mentorship.parking import Parked
from mentorship.proposals import Proposal
from mentorship.sessions import STILL_NEXT

WEEKS = 8  # of the small picture
MOST_ACTIONS, MOST_QUESTIONS, MOST_AGENDA, MOST_OTHERS = 5, 6, 8, 5
LINES = (
    "parked",
    "action",
    "remark",
    "milestone",
)  # proposals that stand on the page already, where a box is put before them
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
    """since: overdue since that day's end, or when it was kept."""

    action: Action
    is_mentors: bool  # who does it
    kept_at: datetime | None = None


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
    word: str  # proposed, confirmed
    for_apprentice: str  # "Tuesday 24 Nov, 19:00"
    for_mentor: str  # the same, or another wall's
    agenda: Few[AgendaItem]
    parked: int  # of them, from parked questions


@dataclass(frozen=True, slots=True)
class Offered:
    """What could go on the agenda: `proposals.of`. keys: source and id of what has a line of its own on the page."""

    keys: frozenset[tuple[str, str]]
    others: Few[Proposal]  # that have no line of their own: cards, what was left over


def hours(db: Session, link: Link, zone: str, since: datetime, at: datetime) -> Hours:
    """What was held, as the link shows it: everything alone or with others, and meetings with this mentor."""
    with_mentor = col(StudioSession.mentor_id) == link.mentor_id
    is_shown = sa.or_(with_mentor, col(StudioSession.kind) != "meeting") if link.shows_sessions else with_mentor
    today = clock.study_day(at, zone)
    first_day = today - (today - 1) % 7 - 7 * (WEEKS - 1)  # ordinal 1 was a Monday
    first = clock.day_start(first_day, zone)
    rows = db.execute(
        sa.select(col(StudioSession.kind), col(StudioSession.starts_at), states.took()).where(
            col(StudioSession.user_id) == link.user_id,
            is_shown,
            states.was_held(),
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


def promises(db: Session, library: Library, link: Link, since: datetime, at: datetime) -> Promises:
    """What was promised in their sessions, as it stands for this mentor; a day is over where its owner is."""
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
        .order_by(col(Action.due_on), col(Action.created_at), col(Action.id))
    ).all()
    found = actions.shown(db, library, link.mentor_id, rows, at=at)
    kept = sorted((one for one in found if one.since and one.since > since), key=_kept_at, reverse=True)
    overdue = [one for one in found if one.word == "overdue"]

    def named(some: list[Shown]) -> Few[Promise]:
        return few(
            [Promise(one.action, one.action.owner_id == link.mentor_id, one.since) for one in some], MOST_ACTIONS
        )

    return Promises(named(overdue), named(kept), sum(one.word == "open" for one in found))


def questions(db: Session, library: Library, link: Link) -> Few[Parked]:
    """What the apprentice parked and nobody answered, the oldest first, with where it came from."""
    found = parking.open_of(db, link.mentor_id, link.user_id)
    shown = parking.shown(db, library, link.mentor_id, found[:MOST_QUESTIONS])
    return Few(tuple(shown), len(found) - len(shown))


def ahead(db: Session, link: Link, zone: str, mentor_zone: str, at: datetime) -> Ahead | None:
    """The next meeting of these two, with what stands on its agenda."""
    session = db.exec(
        select(StudioSession)
        .where(
            StudioSession.user_id == link.user_id,
            StudioSession.mentor_id == link.mentor_id,
            StudioSession.kind == "meeting",
            states.ahead(),
            col(StudioSession.starts_at) > at - STILL_NEXT,
        )
        .order_by(col(StudioSession.starts_at), col(StudioSession.id))
        .limit(1)
    ).first()
    if session is None:
        return None
    waiting = [item for item in agenda.items(db, session) if item.covered_at is None]
    return Ahead(
        session,
        states.word_of(session),
        on_the_wall(session.starts_at, zone),
        on_the_wall(session.starts_at, mentor_zone),
        few(waiting, MOST_AGENDA),
        sum(item.source == "parked" for item in waiting),
    )


def offered(db: Session, library: Library, link: Link, coming: Ahead | None, at: datetime) -> Offered:
    """What could go on the agenda of the next meeting, or of one that is not planned yet. What the mentor parked for
    himself is not on a page that both read."""
    session = coming.session if coming else _not_planned(link, at)
    found = proposals.of(db, library, link.mentor_id, session, at=at)
    others = [one for one in found if one.source not in LINES]
    return Offered(frozenset((one.source, one.source_id) for one in found), few(others, MOST_OTHERS))


def _not_planned(link: Link, at: datetime) -> StudioSession:
    """A meeting that is never kept: proposals are made for one."""
    return StudioSession(
        user_id=link.user_id,
        id=uuid7(),
        mentor_id=link.mentor_id,
        kind="meeting",
        starts_at=at,
        zone="UTC",
        minutes=0,
        logged_by=link.mentor_id,
        logged_at=at,
    )


def _kept_at(shown: Shown) -> tuple[datetime, UUID]:
    return shown.since or EPOCH, shown.action.id


def on_the_wall(at: datetime, zone: str) -> str:
    """As in "Tuesday 24 Nov, 19:00"."""
    local = at.astimezone(clock.zone_of(zone))
    return f"{local:%A} {local.day} {local:%b, %H:%M}"
