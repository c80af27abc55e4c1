"""Holidays and tours: days on which nothing falls due, entered before or after the fact.

A pause shifts due days; the days that FSRS counts between two answers stay the real ones.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core import clock
from core.errors import NotFound, Refused
from curriculum import day_list, plans, replay
from curriculum.models import Learner, Memory
from curriculum.pace import row_of
from curriculum.scheduling import State

LONGEST = 365  # days of one pause
MOST = 20  # pauses of one learner
FURTHEST = 730  # days from today, either way

Pause = tuple[int, int]  # first and last study day


@dataclass(frozen=True, slots=True)
class Moved:
    """What a pause did to the due days."""

    within: int  # cards that fell due in these days
    later: int  # cards that were due after them and moved, too


def of(learner: Learner) -> list[Pause]:
    """In order."""
    return list(plans.pauses_of(learner.pauses))


def now(learner: Learner, day: int) -> Pause | None:
    """The pause that this study day lies in."""
    return next((pause for pause in of(learner) if pause[0] <= day <= pause[1]), None)


def add(db: Session, user_id: UUID, zone: str, first: date, last: date, *, at: datetime) -> Moved:
    """Pause from the first to the last of these study days."""
    today = clock.study_day(at, zone)
    start, end = first.toordinal(), last.toordinal()
    if end < start:
        raise Refused("The last day of the pause lies before its first. Swap them, or choose another.", field="last")
    if end - start + 1 > LONGEST:
        raise Refused(f"A pause has at most {LONGEST} days; this one has {end - start + 1}.", field="last")
    if abs(start - today) > FURTHEST:
        raise Refused("This pause is more than two years away. Choose days nearer to today.", field="first")
    row = row_of(db, user_id)
    kept = of(row)
    if overlapping := next((one for one in kept if start <= one[1] and one[0] <= end), None):
        held = words(overlapping, today)
        raise Refused(f"You have a pause {held} already. Remove that one first, or choose other days.", field="first")
    if len(kept) >= MOST:
        raise Refused(f"You have {MOST} pauses already. Remove one that is long over, then add this one.")
    within = _due_within(db, user_id, zone, start, end)
    moved = _keep(db, row, [*kept, (start, end)], zone, at)
    return Moved(within, max(0, moved - within))


def remove(db: Session, user_id: UUID, zone: str, first: int, *, at: datetime) -> Pause:
    """Take back the pause that begins on this study day. Returns it, so that it can be put back."""
    row = row_of(db, user_id)
    found = next((one for one in of(row) if one[0] == first), None)
    if found is None:
        raise NotFound
    _keep(db, row, [one for one in of(row) if one != found], zone, at)
    return found


def end_today(db: Session, user_id: UUID, zone: str, *, at: datetime) -> None:
    """Go on reviewing today: the pause that today lies in ends with yesterday. Without one nothing changes."""
    row, today = row_of(db, user_id), clock.study_day(at, zone)
    found = now(row, today)
    if found is None:
        return
    others = [one for one in of(row) if one != found]
    _keep(db, row, others + ([(found[0], today - 1)] if found[0] < today else []), zone, at)


def words(pause: Pause, today: int) -> str:
    """As in "from Tuesday 1 December to Sunday 6 December"."""
    first, last = (named(day, today) for day in pause)
    return f"on {first}" if first == last else f"from {first} to {last}"


def named(day: int, today: int) -> str:
    """ "Sunday 6 December"; with its year when it is another one than today's."""
    when = date.fromordinal(day)
    year = "" if when.year == date.fromordinal(today).year else f" {when.year}"
    return f"{when:%A} {when.day} {when:%B}{year}"


def _keep(db: Session, row: Learner, pauses: list[Pause], zone: str, at: datetime) -> int:
    row.pauses = json.dumps(sorted(pauses), separators=(",", ":")) if pauses else ""
    db.flush()
    day_list.forget(db, row.user_id)
    return replay.replan(db, row.user_id, zone, at=at)


def _due_within(db: Session, user_id: UUID, zone: str, first: int, last: int) -> int:
    start, end = clock.day_start(first, zone), clock.day_start(last + 1, zone)
    due = sa.select(sa.func.count()).where(
        col(Memory.user_id) == user_id,
        col(Memory.state) == State.REVIEW,
        col(Memory.aside) == 0,
        col(Memory.due_at) >= start,
        col(Memory.due_at) < end,
    )
    return db.scalar(due) or 0
