"""A learner's programme: its weeks on the calendar with what was done, plan and real as figures, and the own pace."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core import clock
from curriculum import lessons, plans, progress
from curriculum.content import Library, Milestone, Programme
from curriculum.lessons import Place
from curriculum.models import Learner
from curriculum.progress import WeekPlan
from curriculum.weeks import WEEK, Weeks
from mentorship import milestones, states
from mentorship.models.meetings import StudioSession
from mentorship.models.milestones import MilestoneEvent

LOOKED_BACK = 8  # weeks that the pace is taken from
LONGEST = 520  # weeks ahead for which an end is told
REACHING = ("verified", "attested")  # kinds of steps


@dataclass(frozen=True, slots=True)
class Due:
    """A milestone in the week that it is due in. reached_on: the day where the learner is; None: not reached."""

    milestone: Milestone
    state: str
    reached_on: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """A week of the calendar. plan: None in a pause."""

    starts_on: date | None
    is_now: bool
    plan: WeekPlan | None
    due: tuple[Due, ...]
    may_go: bool  # whether it may still be made a pause: not over yet

    @property
    def is_paused(self) -> bool:
        return self.plan is None


@dataclass(frozen=True, slots=True)
class Point:
    """Where plan and learner stand at the end of a week. real: None where it is still to come."""

    week: int  # 0: a pause
    starts_on: date
    planned: int
    real: int | None


@dataclass(frozen=True, slots=True)
class Pace:
    """The learner's own hours, and where they lead."""

    hours: float  # a week, in the weeks looked at
    weeks: int  # looked at, pauses left out
    asked: float  # a week, by the programme
    left: float  # hours of the programme that are not done
    done_on: date | None  # at this pace; None: nothing was logged, or it is too far to tell
    plan_ends_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """The learner's own programme."""

    rows: tuple[Row, ...]
    points: tuple[Point, ...]  # lessons and milestones
    unwritten: int  # lessons that nobody has written yet, so not counted
    pace: Pace | None  # None: it has not begun, or is done
    week: int  # 0: not begun
    weeks: int
    is_paused: bool
    is_over: bool
    pauses: tuple[date, ...]

    @property
    def here(self) -> Point | None:
        """Where they are now; None: it has not begun."""
        reached = [point for point in self.points if point.real is not None]
        return reached[-1] if reached else None


def of(db: Session, library: Library, learner: Learner, zone: str, *, at: datetime) -> Standing | None:
    """None: they follow no programme."""
    programme, calendar = library.programmes.get(learner.programme), plans.weeks(db, learner)
    if programme is None or calendar is None or not programme.weeks:
        return None
    today = date.fromordinal(clock.study_day(at, zone))
    places = lessons.places(db, library, learner.user_id)
    reached = _reached(db, learner.user_id, zone)
    known = milestones.states(db, learner.user_id)
    plan = progress.plan(library, programme, places, calendar, today)
    lesson = progress.lesson_of_the_week(library, learner, places, calendar, today)
    done = _done(programme, places, reached, zone)
    return Standing(
        rows=tuple(_rows(plan, calendar, known, reached, today)),
        points=tuple(_points(programme, library, calendar, done, today)),
        unwritten=sum(slug in library.planned for week in programme.weeks for slug in week.lessons),
        pace=None if lesson.week == 0 else _pace(db, library, learner, programme, calendar, places, done, zone, today),
        week=lesson.week,
        weeks=lesson.weeks,
        is_paused=lesson.is_paused,
        is_over=lesson.is_over,
        pauses=tuple(day for day in calendar.pauses if day <= calendar.starts_on(lesson.weeks)),
    )


def only_looked_at(library: Library, programme: Programme, places: Mapping[str, Place], today: date) -> list[Row]:
    """Another programme's weeks, without days."""
    plan = progress.plan(library, programme, places, None, today)
    return [Row(None, False, week, tuple(Due(one, "", None) for one in week.milestones), may_go=False) for week in plan]


def hours_asked(words: str) -> float:
    """The hours a week that a programme asks for: the middle of "7 to 8"; 0 where it names none."""
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", words)]
    return sum(numbers[:2]) / len(numbers[:2]) if numbers else 0.0


def _reached(db: Session, user_id: UUID, zone: str) -> dict[str, date]:
    """Milestone -> the day it was reached on, of those that are now."""
    steps = (
        sa.select(col(MilestoneEvent.milestone), col(MilestoneEvent.kind), col(MilestoneEvent.at))
        .where(col(MilestoneEvent.user_id) == user_id)
        .order_by(col(MilestoneEvent.at))
    )
    last = {slug: (kind, at) for slug, kind, at in db.execute(steps)}
    return {slug: _day(at, zone) for slug, (kind, at) in last.items() if kind in REACHING}


def _done(programme: Programme, places: Mapping[str, Place], reached: Mapping[str, date], zone: str) -> dict[str, date]:
    """Lesson or milestone of the programme -> the day it was done on."""
    read = {slug: place.done_at for slug, place in places.items() if place.done_at}
    named = [slug for week in programme.weeks for slug in (*week.lessons, *week.milestones)]
    days = {slug: _day(at, zone) for slug, at in read.items() if at} | dict(reached)
    return {slug: days[slug] for slug in named if slug in days}


def _rows(
    plan: Sequence[WeekPlan], calendar: Weeks, known: Mapping[str, str], reached: Mapping[str, date], today: date
) -> Iterable[Row]:
    """The weeks in the order of their days, with the pauses between them."""
    pauses = list(calendar.pauses)
    now = calendar.week_start(today)
    for week in plan:
        assert week.starts_on is not None
        while pauses and pauses[0] < week.starts_on:
            day = pauses.pop(0)
            yield Row(day, day == now, None, (), may_go=False)
        due = tuple(Due(one, known.get(one.slug, "not started"), reached.get(one.slug)) for one in week.milestones)
        yield Row(week.starts_on, week.is_now, week, due, may_go=week.starts_on + WEEK > today)


def _points(
    programme: Programme, library: Library, calendar: Weeks, done: Mapping[str, date], today: date
) -> Iterable[Point]:
    """One a week of the calendar, from the first to the programme's last; what was done earlier counts at the first."""
    asked = {week.week: _counted(week.lessons, week.milestones, library) for week in programme.weeks}
    day, end, planned = calendar.first, calendar.starts_on(programme.weeks[-1].week), 0
    while day <= end:
        is_paused = day in calendar.pauses
        number = 0 if is_paused else calendar.week_of(day)
        planned += len(asked.get(number, ()))
        counted = sum(when < day + WEEK for slug, when in done.items() if slug not in library.planned)
        yield Point(number, day, planned, counted if day <= today else None)
        day += WEEK


def _counted(slugs: Iterable[str], due: Iterable[str], library: Library) -> list[str]:
    return [*(slug for slug in slugs if slug in library.lessons), *due]


def _pace(
    db: Session,
    library: Library,
    learner: Learner,
    programme: Programme,
    calendar: Weeks,
    places: Mapping[str, Place],
    done: Mapping[str, date],
    zone: str,
    today: date,
) -> Pace | None:
    left = sum(_undone(week.week, _counted(week.lessons, week.milestones, library), done, calendar, today)
               for week in programme.weeks)  # fmt: skip
    if not left:
        return None
    days = _looked_at(calendar, today)
    minutes = _held(db, learner.user_id, days[0], today, zone)
    minutes += sum(
        place.lesson.minutes for place in places.values() if place.done_at and days[0] <= _day(place.done_at, zone)
    )
    hours, asked = minutes / 60 / len(days), hours_asked(programme.hours_a_week)
    return Pace(
        hours=round(hours, 1),
        weeks=len(days),
        asked=asked,
        left=round(left * asked, 1),
        done_on=_end(left * asked / hours, calendar, today) if hours >= 0.05 and asked else None,
        plan_ends_on=calendar.ends_on(programme.weeks[-1].week),
    )


def _undone(week: int, asked: Sequence[str], done: Mapping[str, date], calendar: Weeks, today: date) -> float:
    """Which part of a week's work is left. A week without anything that counts is over with its days."""
    if not asked:
        return float(calendar.ends_on(week) >= today)
    return sum(slug not in done for slug in asked) / len(asked)


def _looked_at(calendar: Weeks, today: date) -> list[date]:
    """First days of the weeks that the pace is taken from, this one last; pauses tell nothing about it."""
    found: list[date] = []
    day = calendar.week_start(today)
    while day >= calendar.first and len(found) < LOOKED_BACK:
        if day not in calendar.pauses:
            found.append(day)
        day -= WEEK
    return found[::-1] or [calendar.first]


def _end(weeks: float, calendar: Weeks, today: date) -> date | None:
    """The day after so many weeks of work, pauses left out."""
    if weeks > LONGEST:
        return None
    day = today + timedelta(days=round(weeks * 7))
    for pause in calendar.pauses:
        if today <= pause <= day:
            day += WEEK
    return day


def _held(db: Session, user_id: UUID, since: date, until: date, zone: str) -> int:
    """Minutes that the learner logged from the first of these days to the end of the last."""
    here = clock.zone_of(zone)
    start = datetime.combine(since, time(0), here).astimezone(UTC)
    end = datetime.combine(until + timedelta(days=1), time(0), here).astimezone(UTC)
    total = sa.select(sa.func.sum(states.took())).where(
        col(StudioSession.user_id) == user_id,
        states.was_held(),
        col(StudioSession.starts_at) >= start,
        col(StudioSession.starts_at) < end,
    )
    return int(db.scalar(total) or 0)


def _day(at: datetime, zone: str) -> date:
    return date.fromordinal(clock.study_day(at, zone))
