"""What a learner asked of the scheduler, and how the programme's weeks lie on days, read from where it is kept."""

import json
from datetime import date
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from curriculum.models import Learner, PauseWeek
from curriculum.spacing import PLAN, STANDARD, Plan
from curriculum.weeks import Weeks, laid

Kept = tuple[float, str, int, str, str, int]


def learner(db: Session, user_id: UUID) -> Learner:
    """What this learner told about themselves; of somebody who said nothing yet, a row that is not kept."""
    return db.get(Learner, user_id) or Learner(user_id=user_id)


def weeks(db: Session, learner: Learner) -> Weeks | None:
    """The weeks of the learner's programme on the calendar; None without one. All its dates come from here."""
    if not learner.programme or learner.started_on is None:
        return None
    return laid(learner.started_on, pause_days(db, learner.user_id))


def pause_days(db: Session, user_id: UUID) -> tuple[date, ...]:
    """First days of the weeks that the programme leaves out, in order."""
    kept = sa.select(col(PauseWeek.starts_on)).where(col(PauseWeek.user_id) == user_id)
    return tuple(db.scalars(kept.order_by(col(PauseWeek.starts_on))))


def of(learner: Learner) -> Plan:
    return of_kept(
        (
            learner.retention,
            learner.weights,
            learner.easy_days,
            learner.pauses,
            learner.loads,
            learner.loads_from,
        )
    )


@lru_cache(maxsize=4096)
def of_kept(kept: Kept | tuple[None, ...]) -> Plan:
    """kept: the columns of Learner, in the order of `Kept`; all None for somebody without a row."""
    if kept[0] is None:
        return PLAN
    retention, weights, easy_days, pauses, loads, loads_from = kept
    return Plan(
        retention,
        tuple(json.loads(weights)) if weights else STANDARD,
        easy_days or 0,
        pauses_of(pauses or ""),
        tuple(json.loads(loads)) if loads else (),
        loads_from or 0,
    )


def pauses_of(kept: str) -> tuple[tuple[int, int], ...]:
    """kept: as `Learner.pauses`. First and last study day of each, in order."""
    return tuple((first, last) for first, last in sorted(json.loads(kept))) if kept else ()
