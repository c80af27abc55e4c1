"""The log of reviews, which is the truth: what counts of it, and whether the memories equal its replay."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core import clock
from curriculum import scheduling
from curriculum.models import Memory, Review
from curriculum.scheduling import MemoryState, State

UNDO = 0  # the rating of a row that cancels another


@dataclass(frozen=True, slots=True)
class Answered:
    """One card that was answered today, and when it comes back."""

    card_id: str
    rating: int
    at: datetime
    due_at: datetime


def counting(user_id: UUID) -> SelectOfScalar[Review]:
    """The reviews that no later row cancels."""
    undone = select(col(Review.cancels)).where(col(Review.user_id) == user_id, col(Review.cancels).is_not(None))
    return select(Review).where(
        col(Review.user_id) == user_id, col(Review.rating) != UNDO, col(Review.id).not_in(undone)
    )


def newest_first(user_id: UUID, day: int) -> SelectOfScalar[Review]:
    """The reviews of a study day that count, the last answer first."""
    return counting(user_id).where(col(Review.day) == day).order_by(col(Review.at).desc(), col(Review.id).desc())


def answered_on(db: Session, user_id: UUID, day: int) -> list[Answered]:
    """The answers of a study day that were not undone, the newest first."""
    return [Answered(row.card_id, row.rating, row.at, row.due_after) for row in db.exec(newest_first(user_id, day))]


def coming(db: Session, user_id: UUID, start: datetime, end: datetime, *, new_a_day: int) -> int:
    """How many cards a day will ask for: those that fall due in this stretch of time, and new ones up to the limit."""
    mine = col(Memory.user_id) == user_id
    due = sa.select(sa.func.count()).where(
        mine, col(Memory.state) != State.NEW, col(Memory.due_at) >= start, col(Memory.due_at) < end
    )
    new = sa.select(sa.func.count()).where(mine, col(Memory.state) == State.NEW)
    return (db.scalar(due) or 0) + min(db.scalar(new) or 0, new_a_day)


def has_cards(db: Session, user_id: UUID) -> bool:
    return db.exec(select(col(Memory.card_id)).where(col(Memory.user_id) == user_id).limit(1)).first() is not None


def next_due(db: Session, user_id: UUID, zone: str, at: datetime) -> datetime | None:
    """When the next card comes to somebody who is done for today: a review or step of later, or tomorrow's new ones."""
    mine = col(Memory.user_id) == user_id
    later = sa.select(sa.func.min(col(Memory.due_at))).where(
        mine, col(Memory.state) != State.NEW, col(Memory.due_at) > at
    )
    new = sa.select(col(Memory.card_id)).where(mine, col(Memory.state) == State.NEW).limit(1)
    tomorrow = clock.day_start(clock.study_day(at, zone) + 1, zone)
    moments = [db.scalar(later), tomorrow if db.scalar(new) else None]
    return min((moment for moment in moments if moment), default=None)


def all_faults(db: Session) -> list[str]:
    """The `faults` of every learner."""
    return [fault for user_id in db.exec(select(col(Memory.user_id)).distinct()) for fault in faults(db, user_id)]


def faults(db: Session, user_id: UUID) -> list[str]:
    """Where this learner's memories differ from the replay of the log: a sentence for each; none is as it should be."""
    reviews: dict[str, list[Review]] = {}
    for row in db.exec(counting(user_id).order_by(col(Review.at), col(Review.id))):
        reviews.setdefault(row.card_id, []).append(row)
    found = []
    for memory in db.exec(select(Memory).where(col(Memory.user_id) == user_id)):
        log = reviews.pop(memory.card_id, [])
        replayed = scheduling.replay((row.rating, row.at, row.day) for row in log)
        due_at = log[-1].due_after if log else memory.added_at
        if not _equal(replayed, of_memory(memory)) or due_at != memory.due_at:
            found.append(
                f"The memory of card {memory.card_id} of {user_id} is not what its {len(log)} answers lead to."
            )
    found += [f"Card {card_id} of {user_id} has answers but no memory." for card_id in reviews]
    return found


def of_memory(memory: Memory) -> MemoryState:
    return MemoryState(
        State(memory.state), memory.step, memory.stability, memory.difficulty, memory.reviewed_at, memory.reviewed_day
    )


def _equal(one: MemoryState, other: MemoryState) -> bool:
    def near(a: float | None, b: float | None) -> bool:
        return a == b or (a is not None and b is not None and abs(a - b) <= 1e-9 * max(1.0, abs(a)))

    return (
        (one.state, one.step, one.reviewed_day) == (other.state, other.step, other.reviewed_day)
        and near(one.stability, other.stability)
        and near(one.difficulty, other.difficulty)
    )
