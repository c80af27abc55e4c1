"""What somebody writes down about a session, and how it gets into the row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.accounts import User
from core.errors import Refused
from core.words import one_line
from curriculum.library import Library
from mentorship.models.meetings import NoteRevision, StudioSession
from mentorship.states import minutes_of

Mode = Literal["", "studio", "remote", "location"]
Involvement = Literal["", "watched", "assisted", "did", "led"]
LONGEST = 24 * 60  # minutes
FURTHEST_AHEAD = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody writes down about a session."""

    starts_at: datetime
    zone: str  # the writer's
    minutes: int  # what it took, or is planned for; 0: not said (practice)
    place: str = ""
    notes: str = ""  # Markdown; only as it is logged: later they are written on the session's page
    milestones: tuple[str, ...] = ()  # slugs it served
    title: str = ""
    mode: Mode = ""
    involvement: Involvement = ""  # what the apprentice did
    goal: str = ""
    result: str = ""
    course: str = ""  # an outside course: who gave it


def write_texts(session: StudioSession, entry: Entry) -> None:
    """Put the texts into the row; those that stand in lists and calendars become one line each."""
    session.title, session.place, session.course = map(one_line, (entry.title, entry.place, entry.course))
    session.mode, session.involvement = entry.mode, entry.involvement
    session.goal, session.result = entry.goal.strip(), entry.result.strip()


def in_calendars(session: StudioSession) -> tuple[object, ...]:
    """What calendars show of it; where that changes, its sequence number goes up."""
    return session.starts_at, minutes_of(session), session.title, session.place


def first_notes(session: StudioSession, writer: User, at: datetime) -> NoteRevision:
    """The notes with which a session was logged, as their first revision."""
    return NoteRevision(
        user_id=session.user_id,
        session_id=session.id,
        number=1,
        text=session.notes,
        by_id=writer.id,
        by_name=writer.name,
        at=at,
    )


def set_minutes(session: StudioSession, minutes: int) -> None:
    """What was planned stays, and what it took stands beside it."""
    if session.held_at and session.starts_at > session.logged_at:
        session.real_minutes = None if minutes == session.minutes else minutes
    else:
        session.minutes = minutes


def check(library: Library, kind: str, entry: Entry, known: Collection[str], at: datetime) -> None:
    """Refuse what cannot be. known: slugs that the session has already, also where the course has lost them."""
    check_minutes(kind, entry.minutes)
    if entry.starts_at > at + FURTHEST_AHEAD:
        raise Refused("This is more than two years ahead. Choose a nearer day.", field="day")
    if any(slug not in library.milestones and slug not in known for slug in entry.milestones):
        raise Refused("There is no such milestone. Choose among those shown.", field="milestones")


def check_minutes(kind: str, minutes: int) -> None:
    """Refuse more than a day, and none at all but for practice."""
    if not 0 <= minutes <= LONGEST:
        raise Refused("A day has 1440 minutes. Write longer ones down day by day.", field="minutes")
    if not minutes and kind != "practice":
        raise Refused("Say how many minutes it took; a guess will do.", field="minutes")
