"""Sessions: what was held or is planned: meetings, studio work, practice.

A session belongs to the apprentice. It is read by her and by the mentor it was held with (also after their link).
Mentors whose link shows sessions read her practice and studio work; what she held with another mentor only where she
handed it on. It is written by her and the mentor it is with, while they are linked.
"""

from collections.abc import Callable
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
from mentorship import entries, links
from mentorship.entries import FURTHEST_AHEAD as FURTHEST_AHEAD
from mentorship.entries import Entry as Entry
from mentorship.models.meetings import Handover, StudioSession
from mentorship.states import ahead, is_ahead, took, was_held
from mentorship.states import end_of as end_of
from mentorship.states import word_of as word_of

Kind = Literal["meeting", "studio", "practice"]
Rows = Select[StudioSession, User]
FIRST_YEAR = 2000
STILL_NEXT = timedelta(hours=3)  # a meeting that began this long ago may still be under way
UNTIMED = time(12)  # for a session of another day whose hour nobody wrote down


@dataclass(frozen=True, slots=True)
class Between:
    """Whose session it is, and the mentor it is with (None: alone, or with people who have no account)."""

    apprentice_id: UUID
    mentor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as one person sees it."""

    session: StudioSession
    person: User | None  # the other one; None: nobody here, or an account that is gone
    is_mentor: bool  # whether that other one is the mentor
    word: str  # as `word_of`; paused: it is ahead, and the link is paused; cancelled, too, where the link is over


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
    locked = _seen(db, person_id, session_id).with_for_update().execution_options(populate_existing=True)
    session: StudioSession = get_or_404(db, locked)
    if not may_change(db, person_id, session):
        raise NotAllowed(why_not(db, person_id, session))
    return session


def why_not(db: Session, person_id: UUID, session: StudioSession) -> str:
    """Why somebody who may read a session may not write in it."""
    if person_id not in (session.user_id, session.mentor_id):
        return "This session was held by others. You can read it, but not write in it."
    other = listed(db, person_id, session)
    name = other.person.name if other.person else "The other one"
    if session.mentor_id in links.paused_mentors_of(db, session.user_id):
        return f"Your link with {name} is paused, so this can be read but not changed until you go on."
    role = "mentor" if other.is_mentor else "apprentice"
    return f"{name} is no longer your {role}, so what you held together can be read but not changed."


def planned(db: Session, person_id: UUID) -> list[Listed]:
    """What is ahead of somebody, or waits to be marked as held, as apprentice and as mentor; the earliest first."""
    mine = _with_mentor(person_id).where(ahead(), ~_is_orphaned(db, person_id))
    mentored = _as_mentor(person_id, links.apprentices_of(db, person_id)).where(ahead())
    rows = _listed(db, person_id, mine) + [Listed(*row, False, word_of(row[0])) for row in db.exec(mentored)]
    return sorted(rows, key=lambda row: (row.session.starts_at, row.session.id))


def history(db: Session, person_id: UUID, *, most: int) -> list[Listed]:
    """What is behind somebody (held, missed, cancelled), as apprentice and as mentor; the latest first."""
    latest = col(StudioSession.starts_at).desc()
    is_over = sa.or_(~ahead(), _is_orphaned(db, person_id))
    mine = _with_mentor(person_id).where(is_over).order_by(latest).limit(most)
    everybody = links.apprentices_of(db, person_id, with_ended=True)
    readable = sa.or_(was_held(), col(StudioSession.user_id).in_(links.apprentices_of(db, person_id)))
    mentored = _as_mentor(person_id, everybody).where(~ahead(), readable).order_by(latest).limit(most)
    rows = _listed(db, person_id, mine) + [Listed(*row, False, word_of(row[0])) for row in db.exec(mentored)]
    return sorted(rows, key=lambda row: (row.session.starts_at, row.session.id), reverse=True)[:most]


def of_apprentice(db: Session, viewer_id: UUID, apprentice_id: UUID, *, most: int) -> list[Listed]:
    """The newest sessions of one apprentice that this viewer may read, with their mentors; the latest first."""
    newest = _with_mentor(apprentice_id).where(_readable(db, viewer_id))
    return _listed(db, apprentice_id, newest.order_by(col(StudioSession.starts_at).desc()).limit(most))


def held_together(db: Session, apprentice_id: UUID, mentor_id: UUID) -> list[StudioSession]:
    """What these two held, the latest first: readable to both for good."""
    statement = select(StudioSession).where(
        StudioSession.user_id == apprentice_id,
        StudioSession.mentor_id == mentor_id,
        was_held(),
    )
    return list(db.exec(statement.order_by(col(StudioSession.starts_at).desc())))


def listed(db: Session, viewer_id: UUID, session: StudioSession) -> Listed:
    """One session with its other person: for its mentor the apprentice, for everybody else the mentor."""
    is_mentor = viewer_id != session.mentor_id
    other_id = session.mentor_id if is_mentor else session.user_id
    return Listed(
        session, db.get(User, other_id) if other_id else None, is_mentor, _words(db, session.user_id)(session)
    )


def other(db: Session, session: StudioSession, person_id: UUID) -> User | None:
    """The other one of the two; None: nobody here, or an account that is gone."""
    other_id = session.mentor_id if person_id == session.user_id else session.user_id
    return db.get(User, other_id) if other_id else None


def next_meeting(db: Session, person_id: UUID, at: datetime) -> Listed | None:
    """The meeting that comes next, proposed or confirmed, or has just begun."""
    ahead = [row for row in planned(db, person_id) if row.session.kind == "meeting" and row.word != "paused"]
    return next((row for row in ahead if row.session.starts_at > at - STILL_NEXT), None)


def minutes_by_kind(db: Session, person_id: UUID, since: datetime | None = None) -> dict[str, int]:
    """Minutes held since then (None: ever) by kind, and under "mentoring" those held as somebody's mentor."""
    conditions: list[sa.ColumnElement[bool]] = [was_held()]
    if since:
        conditions.append(col(StudioSession.starts_at) >= since)
    total = sa.func.sum(took())
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
    """Write a session down. One that begins later than now is planned: what is with somebody is proposed to them, what
    is one's own needs nobody's yes. Any other was held."""
    check_between(db, person_id, kind, between)
    entries.check(library, kind, entry, set(), at)
    is_past = entry.starts_at <= at
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
        asked_by=None if is_past else person_id,
        confirmed_at=at if is_past or between.mentor_id is None else None,
        held_at=at if is_past else None,
        held_by=person_id if is_past else None,
        logged_by=person_id,
        logged_at=at,
    )
    entries.write_texts(session, entry)
    db.add(session)
    db.flush()
    if entry.notes:
        db.add(entries.first_notes(session, db.get_one(User, person_id), at))
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
    entries.check(library, session.kind, entry, set(session.milestones), at)
    if session.held_at and entry.starts_at > at:
        raise Refused("This session was held, so it cannot begin later than now.", field="day")
    if is_ahead(session) and session.mentor_id and entry.starts_at != session.starts_at:
        raise Refused("The other one has a say in when it is. Propose another time instead.", field="day")
    told = entries.in_calendars(session)
    session.starts_at, session.zone = entry.starts_at, entry.zone
    entries.set_minutes(session, entry.minutes)
    entries.write_texts(session, entry)
    if entries.in_calendars(session) != told:
        session.sequence += 1
    gone = [slug for slug in session.milestones if slug not in library.milestones]
    session.milestones = gone + list(entry.milestones)
    session.changed_at = at


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
    is_with_nobody = sa.and_(mentor.is_(None), col(StudioSession.kind) != "meeting")
    shown = sa.and_(owner.in_(links.owners_seen_by(db, viewer_id, "sessions")), is_with_nobody)
    is_linked = owner.in_(links.apprentices_of(db, viewer_id))
    everybody = owner.in_(links.apprentices_of(db, viewer_id, with_ended=True))
    together = sa.and_(everybody, mentor == viewer_id, sa.or_(was_held(), is_linked))
    handed = sa.exists().where(
        col(Handover.user_id) == owner,
        col(Handover.session_id) == col(StudioSession.id),
        col(Handover.mentor_id) == viewer_id,
    )
    return sa.or_(owner == viewer_id, shown, together, sa.and_(is_linked, was_held(), handed))


def _words(db: Session, apprentice_id: UUID) -> Callable[[StudioSession], str]:
    """The state words of an apprentice's sessions, with what her links say of those ahead."""
    linked, paused = links.mentors_of(db, apprentice_id), links.paused_mentors_of(db, apprentice_id)

    def word(session: StudioSession) -> str:
        if not is_ahead(session) or session.mentor_id is None or session.mentor_id in linked:
            return word_of(session)
        return "paused" if session.mentor_id in paused else "cancelled"

    return word


def _seen(db: Session, viewer_id: UUID, session_id: UUID) -> SelectOfScalar[StudioSession]:
    return select(StudioSession).where(StudioSession.id == session_id, _readable(db, viewer_id))


def check_between(db: Session, person_id: UUID, kind: Kind, between: Between) -> None:
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


def _is_orphaned(db: Session, apprentice_id: UUID) -> sa.ColumnElement[bool]:
    """Ahead, with a mentor whose link is over."""
    mentor = col(StudioSession.mentor_id)
    open_mentors = links.mentors_of(db, apprentice_id) | links.paused_mentors_of(db, apprentice_id)
    return sa.and_(ahead(), mentor.is_not(None), mentor.not_in(open_mentors))


def _with_mentor(apprentice_id: UUID) -> Rows:
    mentors = select(StudioSession, User).join(User, col(User.id) == StudioSession.mentor_id, isouter=True)
    return mentors.where(StudioSession.user_id == apprentice_id)


def _as_mentor(mentor_id: UUID, apprentices: set[UUID]) -> Rows:
    statement = select(StudioSession, User).join(User, col(User.id) == StudioSession.user_id)
    return statement.where(col(StudioSession.user_id).in_(apprentices), StudioSession.mentor_id == mentor_id)


def _listed(db: Session, apprentice_id: UUID, statement: Rows) -> list[Listed]:
    word = _words(db, apprentice_id)
    return [Listed(session, person, True, word(session)) for session, person in db.exec(statement)]
