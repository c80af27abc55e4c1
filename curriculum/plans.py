"""What a learner asked of the scheduler, read from where it is kept."""

import json
from functools import lru_cache
from uuid import UUID

from sqlmodel import Session

from curriculum.models import Learner
from curriculum.spacing import PLAN, STANDARD, Plan

Kept = tuple[float, str, int, str, str, int]


def learner(db: Session, user_id: UUID) -> Learner:
    """What this learner told about themselves; of somebody who said nothing yet, a row that is not kept."""
    return db.get(Learner, user_id) or Learner(user_id=user_id)


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
