"""How far a learner is: computed from what they did, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from curriculum import lessons
from curriculum.lessons import Place
from curriculum.library import Library, Milestone, Planned, Programme, Track, Week
from curriculum.models import Learner

WEEK = timedelta(weeks=1)


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


def week_of(started_on: date, today: date) -> int:
    """Which week of a programme a day is in: 1 on its first day and the six after; 0 and less before it."""
    return (today - started_on) // WEEK + 1


def lesson_of_the_week(library: Library, learner: Learner, places: Mapping[str, Place], today: date) -> LessonOfTheWeek:
    """The first lesson in the programme's order (else the tracks') that can be read and is neither done nor skipped."""
    slugs = lessons.order(library, learner.programme)
    unread = [places[slug] for slug in slugs if slug in library.lessons and not places[slug].is_settled]
    first = unread[0] if unread else None
    programme = library.programmes.get(learner.programme)
    if programme is None or learner.started_on is None:
        return LessonOfTheWeek(first, programme, 0, len(programme.weeks) if programme else 0, False, (), (), "")
    number, weeks = week_of(learner.started_on, today), len(programme.weeks)
    now = next((week for week in programme.weeks if week.week == number), None)
    return LessonOfTheWeek(
        place=first,
        programme=programme,
        week=min(max(number, 0), weeks),
        weeks=weeks,
        is_over=number > weeks,
        unwritten=tuple(library.planned[slug] for slug in now.lessons if slug in library.planned) if now else (),
        milestones=tuple(library.milestones[slug] for slug in now.milestones) if now else (),
        note=now.note if now else "",
    )


def plan(
    library: Library, programme: Programme, places: Mapping[str, Place], started_on: date | None, today: date
) -> list[WeekPlan]:
    """The programme week by week. started_on: None for somebody who only looks at it."""
    number = week_of(started_on, today) if started_on else 0
    return [
        WeekPlan(
            week=week,
            starts_on=started_on + (week.week - 1) * WEEK if started_on else None,
            is_now=week.week == number,
            is_past=week.week < number,
            places=tuple(places[slug] for slug in week.lessons),
            milestones=tuple(library.milestones[slug] for slug in week.milestones),
        )
        for week in programme.weeks
    ]


def _track(track: Track, places: tuple[Place, ...]) -> TrackProgress:
    words = [place.word for place in places]
    planned = words.count("planned")
    return TrackProgress(track, places, words.count("done"), len(words) - planned, planned)
