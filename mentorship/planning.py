"""What planning is made of: times that may be proposed, the row of a planned session, and telling the other one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User
from core.errors import Conflict, Refused
from core.ids import uuid7
from core.words import one_line
from mentorship import clocks, news, sessions, states
from mentorship.models.meetings import StudioSession
from mentorship.sessions import FURTHEST_AHEAD, Between, Kind

MOST_FURTHER = 3  # times to choose from, besides the first
LONGEST = timedelta(days=1)
MODES = {"studio": "In the studio", "remote": "Remote", "location": "On location"}
NAMES = {"meeting": "meeting", "studio": "studio session", "practice": "practice"}


@dataclass(frozen=True, slots=True)
class Times:
    """When a session could be. further: other beginnings to choose from; zone: the writer's."""

    starts_at: datetime
    zone: str
    minutes: int
    further: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody writes down about a session to come. place: a name, an address or a link."""

    times: Times
    kind: Kind = "meeting"
    title: str = ""
    mode: str = ""
    place: str = ""


# -- what may be ---------------------------------------------------------------------------------------------


def check_times(
    db: Session,
    person_id: UUID,
    wanted: list[Times],
    *,
    besides: Collection[UUID] = (),
    anyway: bool = False,
    at: datetime,
) -> None:
    """Refuse times that are over or too far away, and, unless `anyway`, those at which one has something else.

    besides: sessions that do not count, as they are the ones that move.
    """
    if any(not 1 <= times.minutes <= LONGEST / timedelta(minutes=1) for times in wanted):
        raise Refused("A session takes between 1 and 1440 minutes.", field="minutes")
    starts = [start for times in wanted for start in (times.starts_at, *times.further)]
    if len(wanted[0].further) > MOST_FURTHER:
        raise Refused(f"Up to {MOST_FURTHER} further times can be offered. Leave some out.", field="further")
    if len(set(starts)) < len(starts):
        raise Refused("Two of these times are the same. Change one, or leave it out.", field="further")
    if min(starts) <= at:
        raise Refused(
            "This time is over already. Choose one that is still to come; what was held is logged instead.",
            field="day" if wanted[0].starts_at <= at else "further",
        )
    if max(starts) > at + FURTHEST_AHEAD:
        raise Refused("This is more than two years ahead. Choose a nearer day.", field="day")
    if not anyway and (clash := overlapping(db, person_id, wanted, besides=besides)):
        session, start = clash
        raise Refused(
            f"You have {name_of(session)} on {clocks.told(session.starts_at, wanted[0].zone)} for "
            f"{session.minutes} minutes, and {clocks.told(start, wanted[0].zone)} overlaps with it. "
            "Choose another time, or tick 'Plan it all the same'.",
            field="anyway",
        )


def overlapping(
    db: Session, person_id: UUID, wanted: list[Times], *, besides: Collection[UUID] = ()
) -> tuple[StudioSession, datetime] | None:
    """The first of somebody's own sessions ahead that overlaps with one of these times, and that time."""
    spans = [
        (start, start + timedelta(minutes=times.minutes))
        for times in wanted
        for start in (times.starts_at, *times.further)
    ]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    near = (
        select(StudioSession)
        .where(states.is_of(person_id), states.ahead(), col(StudioSession.id).not_in(besides))
        .where(col(StudioSession.starts_at) > first - LONGEST, col(StudioSession.starts_at) < last)
        .order_by(col(StudioSession.starts_at), col(StudioSession.id))
    )
    for session in db.exec(near):
        for start, end in spans:
            if session.starts_at < end and start < states.end_of(session):
                return session, start
    return None


def check_answer(db: Session, session: StudioSession, person_id: UUID, chosen: datetime, at: datetime) -> None:
    if session.asked_by == person_id:
        other = sessions.other(db, session, person_id)
        raise Refused(f"You proposed this yourself, so it waits for {other.name if other else 'the other one'}'s yes.")
    if chosen not in offered(session):
        raise Conflict("The time was changed meanwhile, so it is not confirmed yet. Look at it once more.")
    if chosen <= at:
        raise Refused("This time is over already, so it cannot be confirmed. Propose another one.")


def check_ahead(session: StudioSession, done: str) -> None:
    """done: what somebody wanted, as in "cancelled"."""
    word = states.word_of(session)
    if word not in ("proposed", "confirmed"):
        raise Conflict(f"This {NAMES[session.kind]} is {word} by now, so it cannot be {done}.")


def check_movable(session: StudioSession, seen: int) -> None:
    check_ahead(session, "moved")
    if session.sequence != seen:
        raise Conflict(
            "Somebody changed this meanwhile, so nothing was moved. Look at it as it is now, then try again."
        )


def name_of(session: StudioSession) -> str:
    """Its title, or as in "a meeting"; practice has no article."""
    return session.title or (session.kind if session.kind == "practice" else f"a {NAMES[session.kind]}")


def offered(session: StudioSession) -> list[datetime]:
    """The times to choose from, as they were written."""
    return [session.starts_at, *(datetime.fromisoformat(moment) for moment in session.other_times)]


def times_of(session: StudioSession) -> Times:
    first, *further = offered(session)
    return Times(first, session.zone, session.minutes, tuple(further))


# -- rows: a series uses these, too --------------------------------------------------------------------------


def new_row(person_id: UUID, between: Between, plan: Plan, at: datetime) -> StudioSession:
    times = plan.times
    return StudioSession(
        user_id=between.apprentice_id,
        id=uuid7(),
        mentor_id=between.mentor_id,
        kind=plan.kind,
        title=one_line(plan.title),
        starts_at=times.starts_at,
        zone=times.zone,
        minutes=times.minutes,
        mode=plan.mode,
        place=one_line(plan.place),
        asked_by=person_id,
        other_times=_written(times.further),
        confirmed_at=None if between.mentor_id else at,
        logged_by=person_id,
        logged_at=at,
    )


def move_row(session: StudioSession, person_id: UUID, times: Times, at: datetime) -> None:
    session.starts_at, session.zone, session.minutes = times.starts_at, times.zone, times.minutes
    session.other_times, session.asked_by = _written(times.further), person_id
    session.confirmed_at = None if session.mentor_id else at
    stepped(session, at)


def cancel_row(session: StudioSession, person_id: UUID, reason: str, at: datetime) -> None:
    reason = one_line(reason)
    if session.mentor_id and not reason:
        raise Refused("Say in a few words why, so that the other one knows.", field="reason")
    session.cancelled_at, session.cancelled_by, session.cancel_reason = at, person_id, reason
    stepped(session, at)


def stepped(session: StudioSession, at: datetime) -> None:
    session.sequence, session.changed_at = session.sequence + 1, at


def tell(
    db: Session,
    session: StudioSession,
    by: UUID,
    text: str,
    at: datetime,
    *,
    was: datetime | None = None,
    kind: inbox.Kind = news.SESSION,
) -> None:
    """Tell the other one, if there is one. text: what `by` did, with {name}, {when} and {was} of the session."""
    other = sessions.other(db, session, by)
    if other is None:
        return
    person = db.get_one(User, by)
    words = {"{name}": NAMES[session.kind], "{when}": _when(session.starts_at, other, person)}
    if was:
        words["{was}"] = clocks.told(was, other.zone)
    for mark, said in words.items():
        text = text.replace(mark, said, 1)
    path, thread = f"/sessions/{session.id}", f"session:{session.id}"
    inbox.tell(db, other.id, kind, f"{person.name} {text}", path=path, thread=thread, at=at)


def _when(moment: datetime, reader: User, other: User) -> str:
    return clocks.both(moment, reader.zone, other.zone, other.name)


def other_times(count: int) -> str:
    return "one other time" if count == 1 else f"{count} other times"


def _written(moments: tuple[datetime, ...]) -> list[str]:
    return [moment.astimezone(UTC).isoformat() for moment in moments]
