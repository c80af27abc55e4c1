"""Weeks that a learner's programme leaves out: later weeks, and what is due in them, move by as many."""

from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core import clock
from core.database import insert_into
from core.errors import Refused
from curriculum import pace, plans
from curriculum.models import Learner, PauseWeek
from curriculum.weeks import laid

FURTHEST = timedelta(days=730)  # from today
MOST = 52  # of one programme


def add(db: Session, user_id: UUID, day: date, *, zone: str, at: datetime) -> date:
    """Leave out the week that this day lies in. Returns its first day; twice is no error."""
    row = pace.row_of(db, user_id)
    if not row.programme or row.started_on is None:
        raise Refused("You follow no programme, so there is no week to leave out. Choose one first.", field="day")
    if abs(day - _today(at, zone)) > FURTHEST:
        raise Refused("This week is more than two years away. Choose a day nearer to today.", field="day")
    weeks = plans.weeks(db, row)
    assert weeks is not None
    start = weeks.week_start(day)
    if start < weeks.first:
        raise Refused("Your programme had not begun then. Choose a later day, or move its start.", field="day")
    if len(weeks.pauses) >= MOST and start not in weeks.pauses:
        raise Refused(f"You have {MOST} pause weeks already. Move the start of the programme instead.", field="day")
    values = {"user_id": user_id, "starts_on": start}
    db.execute(insert_into(db, PauseWeek).values(**values).on_conflict_do_nothing())
    return start


def remove(db: Session, user_id: UUID, starts_on: date) -> None:
    """Go on in this week after all. Twice is no error."""
    pace.row_of(db, user_id)
    db.execute(sa.delete(PauseWeek).where(col(PauseWeek.user_id) == user_id, col(PauseWeek.starts_on) == starts_on))


def lay_again(db: Session, learner: Learner) -> None:
    """The programme starts on another day: each pause is the week of it that has most of the days it had."""
    kept = plans.pause_days(db, learner.user_id)
    moved = laid(learner.started_on, kept).pauses if learner.started_on else ()
    if moved == kept:
        return
    db.execute(sa.delete(PauseWeek).where(col(PauseWeek.user_id) == learner.user_id))
    db.add_all(PauseWeek(user_id=learner.user_id, starts_on=day) for day in moved)
    db.flush()


def _today(at: datetime, zone: str) -> date:
    return date.fromordinal(clock.study_day(at, zone))
