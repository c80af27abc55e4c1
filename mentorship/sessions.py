"""Sessions: what was held or is planned: meetings, studio work, practice.

A session belongs to the apprentice. It is read by her, by the mentor it was held with (also when their link is over),
and by mentors whose link shows sessions. It is written by her and that mentor, while they are linked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from core import clock
from core.accounts import User
from core.database import get_or_404
from core.errors import Conflict, NotAllowed, Refused
from core.ids import uuid7
from curriculum.library import Library
from mentorship import links
from mentorship.models.meetings import NoteRevision, StudioSession

Kind = Literal["meeting", "studio", "practice"]
Mode = Literal["", "studio", "remote", "location"]
Involvement = Literal["", "watched", "assisted", "did", "led"]
Rows = Select[StudioSession, User]
FIRST_YEAR = 2000
LONGEST = 24 * 60  # minutes
FURTHEST_AHEAD = timedelta(days=730)
STILL_NEXT = timedelta(hours=3)  # a meeting that began this long ago may still be under way
UNTIMED = time(12)  # for a session of another day whose hour nobody wrote down


@dataclass(frozen=True, slots=True)
class Between:
    """Whose session it is, and the mentor it is with (None: alone, or with people who have no account)."""

    apprentice_id: UUID
    mentor_id: UUID | None = None


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


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as one person sees it."""

    session: StudioSession
    person: User | None  # the other one; None: nobody here, or an account that is gone
    is_mentor: bool  # whether that other one is the mentor
    word: str  # planned, held; cancelled: the link ended before it was held


# -- reading -------------------------------------------------------------------------------------------------


def seen(db: Session, viewer_id: UUID, session_id: UUID) -> StudioSession:
    """The session with this id, if this person may read it; else it is not found."""
    return get_or_404(db, _seen(db, viewer_id, session_id))


def may_change(db: Session, person_id: UUID, session: StudioSession) -> bool:
    """Whether this person may write in the session: one of its two, while they are linked."""
    if person_id not in (session.user_id, session.mentor_id):
        return False
    return session.mentor_id is None or links.are_linked(db, session.user_id, session.mentor_id)


def to_change(db: Session, person_id: UUID, session_id: UUID) -> StudioSession:
    """The session, locked, if this person may write in it; one that they may only read is refused with the reason."""
    session: StudioSession = get_or_404(db, _seen(db, person_id, session_id).with_for_update())
    if not may_change(db, person_id, session):
        raise NotAllowed(why_not(db, person_id, session))
    return session


def why_not(db: Session, person_id: UUID, session: StudioSession) -> str:
    """Why somebody who may read a session may not write in it."""
    if person_id not in (session.user_id, session.mentor_id):
        return "This session was held by others. You can read it, but not write in it."
    other = listed(db, person_id, session)
    name = other.person.name if other.person else "The other one"
    role = "mentor" if other.is_mentor else "apprentice"
    return f"{name} is no longer your {role}, so what you held together can be read but not changed."


def planned(db: Session, person_id: UUID) -> list[Listed]:
    """What is ahead of somebody, or waits to be marked as held, as apprentice and as mentor; the earliest first."""
    is_open = col(StudioSession.held_at).is_(None)
    mine = _with_mentor(person_id).where(is_open, ~_is_cancelled(db, person_id))
    mentored = _as_mentor(person_id, links.apprentices_of(db, person_id)).where(is_open)
    rows = _listed(db, mine, True, "planned") + _listed(db, mentored, False, "planned")
    return sorted(rows, key=lambda row: (row.session.starts_at, row.session.id))


def history(db: Session, person_id: UUID, *, most: int) -> list[Listed]:
    """What is behind somebody, as apprentice and as mentor; the latest first."""
    is_held = col(StudioSession.held_at).is_not(None)
    latest = col(StudioSession.starts_at).desc()
    everybody = links.apprentices_of(db, person_id, with_ended=True)
    mine = _with_mentor(person_id).where(is_held).order_by(latest).limit(most)
    cancelled = _with_mentor(person_id).where(_is_cancelled(db, person_id)).order_by(latest).limit(most)
    mentored = _as_mentor(person_id, everybody).where(is_held).order_by(latest).limit(most)
    rows = _listed(db, mine, True, "held") + _listed(db, mentored, False, "held")
    rows += _listed(db, cancelled, True, "cancelled")
    return sorted(rows, key=lambda row: (row.session.starts_at, row.session.id), reverse=True)[:most]


def of_apprentice(db: Session, viewer_id: UUID, apprentice_id: UUID, *, most: int) -> list[Listed]:
    """The newest sessions of one apprentice that this viewer may read, with their mentors; the latest first."""
    linked = links.mentors_of(db, apprentice_id)
    newest = _with_mentor(apprentice_id).where(_readable(db, viewer_id))
    rows = db.exec(newest.order_by(col(StudioSession.starts_at).desc()).limit(most))
    return [Listed(session, person, True, _word(session, session.mentor_id in linked)) for session, person in rows]


def held_together(db: Session, apprentice_id: UUID, mentor_id: UUID) -> list[StudioSession]:
    """What these two held, the latest first: readable to both for good."""
    statement = select(StudioSession).where(
        StudioSession.user_id == apprentice_id,
        StudioSession.mentor_id == mentor_id,
        col(StudioSession.held_at).is_not(None),
    )
    return list(db.exec(statement.order_by(col(StudioSession.starts_at).desc())))


def listed(db: Session, viewer_id: UUID, session: StudioSession) -> Listed:
    """One session with its other person: for its mentor the apprentice, for everybody else the mentor."""
    is_mentor = viewer_id != session.mentor_id
    other_id = session.mentor_id if is_mentor else session.user_id
    is_linked = session.mentor_id is not None and links.are_linked(db, session.user_id, session.mentor_id)
    return Listed(session, db.get(User, other_id) if other_id else None, is_mentor, _word(session, is_linked))


def next_meeting(db: Session, person_id: UUID, at: datetime) -> Listed | None:
    """The planned meeting that comes next, or has just begun."""
    ahead = [row for row in planned(db, person_id) if row.session.kind == "meeting"]
    return next((row for row in ahead if row.session.starts_at > at - STILL_NEXT), None)


def minutes_by_kind(db: Session, person_id: UUID, since: datetime | None = None) -> dict[str, int]:
    """Minutes held since then (None: ever) by kind, and under "mentoring" those held as somebody's mentor."""
    conditions: list[sa.ColumnElement[bool]] = [col(StudioSession.held_at).is_not(None)]
    if since:
        conditions.append(col(StudioSession.starts_at) >= since)
    total = sa.func.sum(StudioSession.minutes)
    own = select(StudioSession.kind, total).where(StudioSession.user_id == person_id, *conditions)
    apprentices = links.apprentices_of(db, person_id, with_ended=True)
    mentoring = select(total).where(
        col(StudioSession.user_id).in_(apprentices), StudioSession.mentor_id == person_id, *conditions
    )
    found = {kind: int(minutes) for kind, minutes in db.exec(own.group_by(StudioSession.kind))}
    return found | {"mentoring": int(db.exec(mentoring).one() or 0)}


# -- writing -------------------------------------------------------------------------------------------------


def log(
    db: Session,
    library: Library,
    person_id: UUID,
    kind: Kind,
    between: Between,
    entry: Entry,
    *,
    at: datetime,
) -> StudioSession:
    """Write a session down. One that begins later than now is planned, any other was held."""
    _check_between(db, person_id, kind, between)
    _check_entry(library, kind, entry, set(), at)
    session = StudioSession(
        user_id=between.apprentice_id,
        id=uuid7(),
        mentor_id=between.mentor_id,
        kind=kind,
        starts_at=entry.starts_at,
        zone=entry.zone,
        minutes=entry.minutes,
        notes=entry.notes,
        notes_number=1 if entry.notes else 0,
        milestones=list(entry.milestones),
        held_at=at if entry.starts_at <= at else None,
        logged_by=person_id,
        logged_at=at,
    )
    _write_texts(session, entry)
    db.add(session)
    db.flush()
    if entry.notes:
        db.add(_first_notes(session, db.get_one(User, person_id), at))
    return session


def change(
    db: Session,
    library: Library,
    person_id: UUID,
    session_id: UUID,
    entry: Entry,
    *,
    before: datetime | None,
    at: datetime,
) -> None:
    """Write a session anew, all but its notes.

    before: its `changed_at` when the writer began; if somebody saved since, nothing changes (Conflict).
    """
    session = to_change(db, person_id, session_id)
    if session.changed_at != before:
        raise Conflict(
            "Somebody saved this session while you were writing, so yours is not saved yet. Theirs and yours are both "
            "below: bring them together, then save again."
        )
    _check_entry(library, session.kind, entry, set(session.milestones), at)
    if session.held_at and entry.starts_at > at:
        raise Refused("This session was held, so it cannot begin later than now.", field="day")
    session.starts_at, session.zone = entry.starts_at, entry.zone
    _set_minutes(session, entry.minutes)
    _write_texts(session, entry)
    gone = [slug for slug in session.milestones if slug not in library.milestones]
    session.milestones = gone + list(entry.milestones)
    session.changed_at = at


def hold(db: Session, person_id: UUID, session_id: UUID, *, at: datetime) -> None:
    """A planned session took place. Twice is no error; before its beginning it is refused."""
    session = to_change(db, person_id, session_id)
    if session.held_at:
        return
    if session.starts_at > at:
        raise Refused("This session has not begun yet. Mark it as held afterwards, or change its time first.")
    session.held_at = at


def starting(day: date, clock_time: time | None, minutes: int, zone: str, *, at: datetime) -> datetime:
    """The moment (UTC) at which a session began, as written on the wall in `zone`.

    Without a time: one of today has just ended, one of another day counts as noon. An hour that the clocks leave out is
    refused.
    """
    here = clock.zone_of(zone)
    if not FIRST_YEAR <= day.year < 9999:
        raise Refused(f"Choose a day of the year {FIRST_YEAR} or later.", field="day")
    if clock_time is None:
        if day == at.astimezone(here).date():
            midnight = datetime.combine(day, time(0), here).astimezone(UTC)
            return max(at - timedelta(minutes=minutes), midnight)
        clock_time = UNTIMED
    wall = datetime.combine(day, clock_time.replace(tzinfo=None), here)
    moment = wall.astimezone(UTC)
    if moment.astimezone(here).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise Refused(f"The clocks go forward over {clock_time:%H:%M} that day. Choose another time.", field="time")
    return moment


# -- below the rules -----------------------------------------------------------------------------------------


def _readable(db: Session, viewer_id: UUID) -> sa.ColumnElement[bool]:
    """Which sessions somebody may read: the one place in this file that decides."""
    owner, mentor = col(StudioSession.user_id), col(StudioSession.mentor_id)
    shown = owner.in_(links.owners_seen_by(db, viewer_id, "sessions"))
    everybody = links.apprentices_of(db, viewer_id, with_ended=True)
    is_held = col(StudioSession.held_at).is_not(None)
    is_linked = owner.in_(links.apprentices_of(db, viewer_id))
    together = sa.and_(owner.in_(everybody), mentor == viewer_id, sa.or_(is_held, is_linked))
    return sa.or_(shown, together)


def _word(session: StudioSession, is_linked: bool) -> str:
    if session.held_at:
        return "held"
    return "planned" if session.mentor_id is None or is_linked else "cancelled"


def _seen(db: Session, viewer_id: UUID, session_id: UUID) -> SelectOfScalar[StudioSession]:
    return select(StudioSession).where(StudioSession.id == session_id, _readable(db, viewer_id))


def _check_between(db: Session, person_id: UUID, kind: Kind, between: Between) -> None:
    if between.mentor_id is None:
        if between.apprentice_id != person_id:
            raise Refused("Only your own practice and studio work can be logged without a mentor.", field="who")
        if kind == "meeting":
            raise Refused("Choose with whom the meeting is.", field="who")
        return
    if kind == "practice":
        raise Refused("Practice is alone. Log it as studio work if somebody was with you.", field="who")
    is_one_of_two = person_id in (between.apprentice_id, between.mentor_id)
    if not is_one_of_two or not links.are_linked(db, between.apprentice_id, between.mentor_id):
        raise Refused("Choose somebody you are linked with now.", field="who")


def _write_texts(session: StudioSession, entry: Entry) -> None:
    session.title, session.place, session.course = (
        " ".join(text.split()) for text in (entry.title, entry.place, entry.course)
    )
    session.mode, session.involvement = entry.mode, entry.involvement
    session.goal, session.result = entry.goal.strip(), entry.result.strip()


def _first_notes(session: StudioSession, writer: User, at: datetime) -> NoteRevision:
    return NoteRevision(
        user_id=session.user_id,
        session_id=session.id,
        number=1,
        text=session.notes,
        by_id=writer.id,
        by_name=writer.name,
        at=at,
    )


def _set_minutes(session: StudioSession, minutes: int) -> None:
    """What was planned stays, and what it took stands beside it."""
    if session.held_at and session.starts_at > session.logged_at:
        session.real_minutes = None if minutes == session.minutes else minutes
    else:
        session.minutes = minutes


def _check_entry(library: Library, kind: str, entry: Entry, known: Collection[str], at: datetime) -> None:
    if not 0 <= entry.minutes <= LONGEST:
        raise Refused("A day has 1440 minutes. Write longer ones down day by day.", field="minutes")
    if not entry.minutes and kind != "practice":
        raise Refused("Say how many minutes it took; a guess will do.", field="minutes")
    if entry.starts_at > at + FURTHEST_AHEAD:
        raise Refused("This is more than two years ahead. Choose a nearer day.", field="day")
    if any(slug not in library.milestones and slug not in known for slug in entry.milestones):
        raise Refused("There is no such milestone. Choose among those shown.", field="milestones")


def _is_cancelled(db: Session, apprentice_id: UUID) -> sa.ColumnElement[bool]:
    """Planned with a mentor whose link has ended."""
    mentor = col(StudioSession.mentor_id)
    return sa.and_(
        col(StudioSession.held_at).is_(None),
        mentor.is_not(None),
        mentor.not_in(links.mentors_of(db, apprentice_id)),
    )


def _with_mentor(apprentice_id: UUID) -> Rows:
    mentors = select(StudioSession, User).join(User, col(User.id) == StudioSession.mentor_id, isouter=True)
    return mentors.where(StudioSession.user_id == apprentice_id)


def _as_mentor(mentor_id: UUID, apprentices: set[UUID]) -> Rows:
    statement = select(StudioSession, User).join(User, col(User.id) == StudioSession.user_id)
    return statement.where(col(StudioSession.user_id).in_(apprentices), StudioSession.mentor_id == mentor_id)


def _listed(db: Session, statement: Rows, is_mentor: bool, word: str) -> list[Listed]:
    return [Listed(session, person, is_mentor, word) for session, person in db.exec(statement)]
