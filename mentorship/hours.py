"""Hours: what was held, claimed by who wrote it down and signed by both, by kind, week and over the programme.

Practice and studio work need no signature. Only meetings are told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from curriculum import plans
from mentorship import links, states
from mentorship.models.meetings import StudioSession

KINDS = ("meeting", "studio", "practice")
WEEK = timedelta(weeks=1)
WITHOUT_PROGRAMME = 12  # weeks
MOST_WEEKS = 104


@dataclass(slots=True)
class Minutes:
    """claimed: all that was held; signed: the meetings of it that both signed."""

    claimed: int = 0
    signed: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """number: of the programme, 1 is its first; 0 in a pause, and where there is none."""

    number: int
    first: date
    kinds: dict[str, Minutes] = field(default_factory=lambda: {kind: Minutes() for kind in KINDS})


@dataclass(frozen=True, slots=True)
class Hours:
    """One learner's. since: the first day that is counted; whole: the sums over all weeks shown."""

    weeks: tuple[Week, ...]
    whole: dict[str, Minutes]
    has_programme: bool


@dataclass(frozen=True, slots=True)
class Mentoring:
    """What a mentor held with one apprentice, ever."""

    apprentice: User
    meetings: int
    minutes: Minutes


def of(db: Session, user_id: UUID, zone: str, *, at: datetime) -> Hours:
    """A learner's hours week by week: since the programme's first day, else in the last 12 weeks from Monday on."""
    today = at.astimezone(clock.zone_of(zone)).date()
    calendar = plans.weeks(db, plans.learner(db, user_id))
    has_programme = calendar is not None and calendar.first <= today
    if calendar and has_programme:
        last = calendar.week_start(today)
        days = [last - back * WEEK for back in reversed(range(MOST_WEEKS)) if last - back * WEEK >= calendar.first]
        weeks = tuple(Week(0 if day in calendar.pauses else calendar.week_of(day), day) for day in days)
    else:
        monday = today - timedelta(days=today.weekday())
        weeks = tuple(Week(0, monday - back * WEEK) for back in reversed(range(WITHOUT_PROGRAMME)))
    for number, kind, claimed, signed in db.execute(_by_week(user_id, zone, weeks)):
        weeks[number].kinds[kind] = Minutes(int(claimed), int(signed))
    whole = {
        kind: Minutes(
            sum(week.kinds[kind].claimed for week in weeks),
            sum(week.kinds[kind].signed for week in weeks),
        )
        for kind in KINDS
    }
    return Hours(weeks, whole, has_programme)


def mentoring(db: Session, mentor_id: UUID) -> list[Mentoring]:
    """What somebody held as a mentor, with each apprentice, by name."""
    statement = (
        select(User, sa.func.count(), sa.func.sum(states.took()), sa.func.sum(_signed()))
        .join(StudioSession, col(StudioSession.user_id) == User.id)
        .where(
            col(StudioSession.user_id).in_(links.apprentices_of(db, mentor_id, with_ended=True)),
            StudioSession.mentor_id == mentor_id,
            states.was_held(),
        )
        .group_by(col(User.id))
        .order_by(col(User.name), col(User.id))
    )
    rows = db.exec(statement)
    return [
        Mentoring(person, meetings, Minutes(int(claimed), int(signed))) for person, meetings, claimed, signed in rows
    ]


def _by_week(user_id: UUID, zone: str, weeks: Sequence[Week]) -> sa.Select[tuple[int, str, int, int]]:
    """(place of the week, kind, claimed, signed) of each week and kind in which something was held."""
    begins = [_midnight(week.first, zone) for week in weeks]
    ends = [*begins[1:], _midnight(weeks[-1].first + WEEK, zone)]
    moment = sa.inspect(StudioSession).columns["starts_at"].type
    spans = (
        sa.values(sa.column("place", sa.Integer), sa.column("begins", moment), sa.column("ends", moment))
        .data([(place, *span) for place, span in enumerate(zip(begins, ends, strict=True))])
        .cte("spans")
    )
    starts = col(StudioSession.starts_at)
    return (
        sa.select(spans.c.place, col(StudioSession.kind), sa.func.sum(states.took()), sa.func.sum(_signed()))
        .join_from(spans, StudioSession, sa.and_(starts >= spans.c.begins, starts < spans.c.ends))
        .where(col(StudioSession.user_id) == user_id, states.was_held())
        .group_by(spans.c.place, col(StudioSession.kind))
    )


def _signed() -> sa.ColumnElement[int]:
    is_signed = col(StudioSession.signed_at).is_not(None), col(StudioSession.mentor_signed_at).is_not(None)
    return sa.case((sa.and_(*is_signed), states.took()), else_=0)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), clock.zone_of(zone)).astimezone(UTC)
