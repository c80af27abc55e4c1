"""Meetings that come again: weekly, every two or four weeks, at the same time on the planner's wall.

Each is a row of its own with the `series_id` that they share; one of them, or one and all that follow, is moved or
cancelled.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core import clock
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from mentorship import planning, sessions, states
from mentorship.models.meetings import StudioSession
from mentorship.planning import NAMES, Plan, Times, tell
from mentorship.sessions import Between

EVERY = {1: "every week", 2: "every two weeks", 4: "every four weeks"}
FEWEST, MOST = 2, 26


def propose(
    db: Session,
    person_id: UUID,
    between: Between,
    plan: Plan,
    *,
    every: int,
    count: int,
    anyway: bool = False,
    at: datetime,
) -> list[StudioSession]:
    """Plan `count` sessions (2 to 26), `every` 1, 2 or 4 weeks, and ask the other one for all of them at once.

    On the planner's wall they all begin at the same time; a day on which the clocks leave that time out is refused.
    """
    if every not in EVERY:
        raise Refused("A series goes on every week, every two or every four weeks. Choose one of them.", field="every")
    if not FEWEST <= count <= MOST:
        raise Refused(
            f"A series has {FEWEST} to {MOST} meetings. Plan the next ones when these are over.", field="count"
        )
    if plan.times.further:
        raise Refused("A series has one time. Leave the further times out, or plan a single meeting.", field="further")
    sessions.check_between(db, person_id, plan.kind, between)
    starts = [_weeks_later(plan.times, every * number) for number in range(count)]
    wanted = [replace(plan.times, starts_at=start) for start in starts]
    planning.check_times(db, person_id, wanted, anyway=anyway, at=at)
    series_id = uuid7()
    rows = [planning.new_row(person_id, between, replace(plan, times=times), at) for times in wanted]
    for row in rows:
        row.series_id = series_id
    db.add_all(rows)
    db.flush()
    text = f"proposes {count} {NAMES[plan.kind]}s, {EVERY[every]} from {{when}} on. They wait for your yes."
    tell(db, rows[0], person_id, text, at)
    return rows


def confirm_all(db: Session, person_id: UUID, series_id: UUID, *, at: datetime) -> list[StudioSession]:
    """Say yes to all of a series that the other one proposed and that are still to come. Twice is no error.

    Those that offer several times, and those whose time is over, are left for themselves.
    """
    rows = _to_change(db, person_id, series_id)
    mine = [row for row in rows if row.asked_by == person_id and states.word_of(row) == "proposed"]
    found = [row for row in rows if _waits(row, person_id, at)]
    if not found:
        if mine and len(mine) == sum(states.is_ahead(row) for row in rows):
            raise Refused("You proposed these yourself, so they wait for the other one's yes.")
        return []
    for row in found:
        row.confirmed_at = at
        planning.stepped(row, at)
    text = f"said yes to {len(found)} {NAMES[found[0].kind]}s, the first: {{when}}."
    tell(db, found[0], person_id, text, at)
    return found


def move_following(
    db: Session, person_id: UUID, session_id: UUID, times: Times, *, seen: int, anyway: bool = False, at: datetime
) -> list[StudioSession]:
    """Move one of a series and all that follow it: by as many days, to the same time on the mover's wall."""
    rows = _following(db, person_id, session_id)
    first = rows[0]
    if first.asked_by == person_id and planning.times_of(first) == times:
        return rows
    planning.check_movable(first, seen)
    if times.further:
        raise Refused("Several at once are moved to one time. Leave the further times out.", field="further")
    was, old_day, new_day = first.starts_at, _day_of(first), _local(times.starts_at, times.zone).date()
    wanted = [
        replace(times, starts_at=_on(new_day + (_day_of(row) - old_day), times)) if row is not first else times
        for row in rows
    ]
    planning.check_times(db, person_id, wanted, besides={row.id for row in rows}, anyway=anyway, at=at)
    for row, new in zip(rows, wanted, strict=True):
        planning.move_row(row, person_id, new, at)
    text = f"asks to move {_count(rows)}: the first to {{when}} (so far {{was}}). They wait for your yes."
    tell(db, first, person_id, text, at, was=was)
    return rows


def cancel_following(
    db: Session, person_id: UUID, session_id: UUID, reason: str, *, at: datetime
) -> list[StudioSession]:
    """Cancel one of a series and all that follow it. Twice is no error."""
    rows = _following(db, person_id, session_id)
    if rows[0].cancelled_at:
        return rows
    planning.check_ahead(rows[0], "cancelled")
    for row in rows:
        planning.cancel_row(row, person_id, reason, at)
    text = f"cancelled {_count(rows)}, the first of {{when}}: {rows[0].cancel_reason}"
    tell(db, rows[0], person_id, text, at)
    return rows


def following(db: Session, session: StudioSession) -> int:
    """How many of its series come after a session and are still ahead."""
    if session.series_id is None:
        return 0
    return len(db.exec(_of(session).where(states.ahead(), col(StudioSession.starts_at) > session.starts_at)).all())


def waiting(db: Session, person_id: UUID, session: StudioSession, *, at: datetime) -> int:
    """How many of a session's series wait for this person's yes, and can have it all at once."""
    if session.series_id is None:
        return 0
    return sum(_waits(row, person_id, at) for row in db.exec(_of(session)))


# -- below the rules -----------------------------------------------------------------------------------------


def _of(session: StudioSession) -> SelectOfScalar[StudioSession]:
    mine = StudioSession.user_id == session.user_id, StudioSession.series_id == session.series_id
    return select(StudioSession).where(*mine).order_by(col(StudioSession.starts_at), col(StudioSession.id))


def _to_change(db: Session, person_id: UUID, series_id: UUID) -> list[StudioSession]:
    """All of a series, locked, for one of its two while they are linked; else it is not found, or refused."""
    mine = select(StudioSession).where(StudioSession.series_id == series_id, states.is_of(person_id))
    locked = mine.order_by(col(StudioSession.starts_at), col(StudioSession.id)).with_for_update()
    rows = list(db.exec(locked.execution_options(populate_existing=True)))
    if not rows:
        raise NotFound
    sessions.seen(db, person_id, rows[0].id)
    if not sessions.may_change(db, person_id, rows[0]):
        raise NotAllowed(sessions.why_not(db, person_id, rows[0]))
    return rows


def _following(db: Session, person_id: UUID, session_id: UUID) -> list[StudioSession]:
    """This one of a series, and those after it that are still ahead."""
    session = sessions.seen(db, person_id, session_id)
    if session.series_id is None:
        raise Conflict("This one is not part of a series, so nothing follows it.")
    rows = _to_change(db, person_id, session.series_id)
    later = [row for row in rows if row.starts_at > session.starts_at and states.is_ahead(row)]
    return [session, *later]


def _waits(row: StudioSession, person_id: UUID, at: datetime) -> bool:
    is_plain = not row.other_times and row.starts_at > at
    return states.word_of(row) == "proposed" and row.asked_by != person_id and is_plain


def _weeks_later(times: Times, weeks: int) -> datetime:
    day = _local(times.starts_at, times.zone).date() + timedelta(weeks=weeks)
    return times.starts_at if not weeks else _on(day, times)


def _on(day: date, times: Times) -> datetime:
    """That day at the time of `times` on its wall."""
    wall = _local(times.starts_at, times.zone).time()
    local = datetime.combine(day, wall, clock.zone_of(times.zone))
    moment = local.astimezone(UTC)
    if _local(moment, times.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(
            f"On {day.day} {day:%B %Y} the clocks go forward over {wall:%H:%M}, so one of the series would have no "
            "time. Choose another time, or fewer meetings.",
            field="time",
        )
    return moment


def _day_of(row: StudioSession) -> date:
    return _local(row.starts_at, row.zone).date()


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(clock.zone_of(zone))


def _count(rows: Sequence[StudioSession]) -> str:
    name = NAMES[rows[0].kind]
    return f"your {name}" if len(rows) == 1 else f"{len(rows)} of your {name}s"
