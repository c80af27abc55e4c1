"""How far a learner is: computed from what they did, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from curriculum import lessons
from curriculum.lessons import Place
from curriculum.library import Library, Milestone, Planned, Programme, Track, Week
from curriculum.models import Learner
from curriculum.weeks import Weeks


@dataclass(frozen=True, slots=True)
class TrackProgress:
    """A track with the learner's places in it. Counts are lessons."""

    track: Track
    places: tuple[Place, ...]
    done: int
    written: int
    planned: int


@dataclass(frozen=True, slots=True)
class LessonOfTheWeek:
    """What to read next, and where the programme stands."""

    place: Place | None  # None: all that is written is done or skipped
    programme: Programme | None
    week: int  # of the programme, from 1; 0: it has not begun yet, or there is none
    weeks: int
    is_over: bool  # the last week has passed
    is_paused: bool  # a week that is left out; `week` is the one before it
    unwritten: tuple[Planned, ...]  # lessons of this week that nobody has written yet
    milestones: tuple[Milestone, ...]  # due at the end of this week
    note: str  # what the programme says about this week


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """A week of a programme as this learner sees it."""

    week: Week
    starts_on: date | None
    is_now: bool
    is_past: bool
    places: tuple[Place, ...]
    milestones: tuple[Milestone, ...]


def by_track(library: Library, places: Mapping[str, Place]) -> list[TrackProgress]:
    return [_track(track, tuple(places[slug] for slug in track.lessons)) for track in library.tracks]


def lesson_of_the_week(
    library: Library, learner: Learner, places: Mapping[str, Place], calendar: Weeks | None, today: date
) -> LessonOfTheWeek:
    """The first lesson in the programme's order (else the tracks') that can be read and is neither done nor skipped.

    calendar: where the programme's weeks lie (`plans.weeks`).
    """
    slugs = lessons.order(library, learner.programme)
    unread = [places[slug] for slug in slugs if slug in library.lessons and not places[slug].is_settled]
    first = unread[0] if unread else None
    programme = library.programmes.get(learner.programme)
    if programme is None or calendar is None:
        return LessonOfTheWeek(first, programme, 0, len(programme.weeks) if programme else 0, False, False, (), (), "")
    number, weeks = calendar.week_of(today), len(programme.weeks)
    is_over = number > weeks or (number == weeks and calendar.ends_on(weeks) < today)
    is_paused = calendar.is_paused(today) and not is_over
    now = next((week for week in programme.weeks if week.week == number), None)
    return LessonOfTheWeek(
        place=first,
        programme=programme,
        week=min(max(number, 0), weeks),
        weeks=weeks,
        is_over=is_over,
        is_paused=is_paused,
        unwritten=tuple(library.planned[slug] for slug in now.lessons if slug in library.planned) if now else (),
        milestones=tuple(library.milestones[slug] for slug in now.milestones) if now else (),
        note=now.note if now else "",
    )


def plan(
    library: Library, programme: Programme, places: Mapping[str, Place], calendar: Weeks | None, today: date
) -> list[WeekPlan]:
    """The programme week by week. calendar: None for somebody who only looks at it."""
    number = calendar.week_of(today) if calendar else 0
    is_paused = calendar is not None and calendar.is_paused(today)
    return [
        WeekPlan(
            week=week,
            starts_on=calendar.starts_on(week.week) if calendar else None,
            is_now=week.week == number and not is_paused,
            is_past=week.week < number or (is_paused and week.week == number),
            places=tuple(places[slug] for slug in week.lessons),
            milestones=tuple(library.milestones[slug] for slug in week.milestones),
        )
        for week in programme.weeks
    ]


def _track(track: Track, places: tuple[Place, ...]) -> TrackProgress:
    words = [place.word for place in places]
    planned = words.count("planned")
    return TrackProgress(track, places, words.count("done"), len(words) - planned, planned)
