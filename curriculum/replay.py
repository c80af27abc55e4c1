"""What a card's log leads to, and putting it into the memory: after an undo, a merge, an import, a change of plan."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from core.ids import uuid7
from curriculum import plans, scheduling, spacing
from curriculum.log import Mark, answers, fold_of
from curriculum.models import Memory, Review
from curriculum.scheduling import MemoryState, Outcome, State
from curriculum.spacing import Plan

AT_ONCE = 500  # cards whose logs are held in memory together


@dataclass(frozen=True, slots=True)
class Truth:
    """The memory that a log leads to.

    days, due_at: None when no row of the log says when the card is due: its answers came together from two places.
    """

    memory: MemoryState
    before: MemoryState  # without the last answer
    days: int | None
    due_at: datetime | None
    lapses: int
    seed: int


def truth(rows: Sequence[Review], added_at: datetime, zone: str, plan: Plan) -> Truth:
    """What the rows of one card lead to; those that were undone count for nothing.

    zone: where the learner is now: a due day begins there. added_at: when the card came into the queue.
    """
    counting = answers(rows)
    memory, lapses = _start(rows)
    before = memory
    for row in counting:
        before = memory
        lapses += row.rating == 1 and memory.state == State.REVIEW
        memory = scheduling.replay([(row.rating, row.at, row.day)], parameters=plan.parameters, start=memory)
    seed = fold_of(row.id for row in counting)
    dated = _dated(rows, counting, seed)
    if dated is None:
        is_new = memory.state == State.NEW
        return Truth(memory, before, 0 if is_new else None, added_at if is_new else None, lapses, seed)
    due_at = dated.due_after
    if dated.days and memory.reviewed_day is not None:
        due_at = clock.day_start(spacing.advance(memory.reviewed_day, dated.days, plan.pauses), zone)
    return Truth(memory, before, dated.days, due_at, lapses, seed)


def rebuild(
    db: Session, user_id: UUID, card_ids: Iterable[str], zone: str, *, at: datetime, plan: Plan | None = None
) -> None:
    """Put what the log leads to into these memories. Where no row says when a card is due, the interval is drawn with
    the seed alone and logged."""
    plan = plan or plans.of(plans.learner(db, user_id))
    wanted = list(dict.fromkeys(card_ids))
    db.flush()
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        logs = _logs(db, user_id, some)
        memories = select(Memory).where(col(Memory.user_id) == user_id, col(Memory.card_id).in_(some))
        for memory in db.exec(memories.with_for_update()):
            _put(db, memory, logs[memory.card_id], zone, plan, at)
        db.flush()


def replan(db: Session, user_id: UUID, zone: str, *, at: datetime) -> int:
    """Move due days to where pauses and zone have them now. Returns how many cards moved."""
    plan = plans.of(plans.learner(db, user_id))
    mine = (col(Memory.user_id) == user_id, col(Memory.days) > 0)
    moved = []
    for card_id, day, days, due_at in db.execute(
        sa.select(col(Memory.card_id), col(Memory.reviewed_day), col(Memory.days), col(Memory.due_at)).where(*mine)
    ):
        new = clock.day_start(spacing.advance(day, days, plan.pauses), zone)
        if new != due_at:
            moved.append({"user_id": user_id, "card_id": card_id, "due_at": new})
    if moved:
        db.execute(sa.update(Memory), moved)
        for held in [row for row in db.identity_map.values() if isinstance(row, Memory)]:
            db.expire(held)
    return len(moved)


def retell(db: Session, user_id: UUID, zone: str, *, at: datetime) -> int:
    """Replay every memory with the parameters in use now; due days stay. Returns how many there are."""
    begun = (col(Memory.user_id) == user_id, col(Memory.reviewed_at).is_not(None))
    card_ids = list(db.exec(select(col(Memory.card_id)).where(*begun)))
    rebuild(db, user_id, card_ids, zone, at=at)
    return len(card_ids)


def _start(rows: Sequence[Review]) -> tuple[MemoryState, int]:
    """The memory that the card came with, and its lapses; NEW for one that began here."""
    for row in rows:
        if row.rating == Mark.START:
            state = State(row.state_before)
            held = (row.step_before, row.stability_before, row.difficulty_before)
            return MemoryState(state, *held, row.reviewed_at_before, row.reviewed_day_before), row.lapses_before
    return scheduling.NEW, 0


def _dated(rows: Sequence[Review], counting: Sequence[Review], seed: int) -> Review | None:
    """The row that says when the card is due: one that was written when just these answers counted."""
    computed = [row for row in rows if row.rating == Mark.DATED and row.seed_before == seed]
    if computed:
        return computed[-1]
    if counting:
        last = counting[-1]
        return last if last.seed_before ^ fold_of([last.id]) == seed else None
    return next((row for row in rows if row.rating == Mark.START), None)


def _logs(db: Session, user_id: UUID, card_ids: list[str]) -> dict[str, list[Review]]:
    logs: dict[str, list[Review]] = defaultdict(list)
    mine = select(Review).where(col(Review.user_id) == user_id, col(Review.card_id).in_(card_ids))
    for row in db.exec(mine.order_by(col(Review.at), col(Review.id))):
        logs[row.card_id].append(row)
    return logs


def _put(db: Session, memory: Memory, rows: list[Review], zone: str, plan: Plan, at: datetime) -> None:
    found = truth(rows, memory.added_at, zone, plan)
    days, due_at = found.days, found.due_at
    if days is None or due_at is None:
        outcome = _drawn(memory.card_id, answers(rows)[-1], found, zone, plan)
        days, due_at = outcome.days, outcome.due_at
        _log_date(db, memory, found, days, due_at, zone, at)
    after = found.memory
    memory.state, memory.step = after.state, after.step
    memory.stability, memory.difficulty = after.stability, after.difficulty
    memory.reviewed_at, memory.reviewed_day = after.reviewed_at, after.reviewed_day
    memory.days, memory.due_at, memory.lapses, memory.seed = days, due_at, found.lapses, found.seed
    memory.reps += 1  # the guard of the next answer; a number never comes back


def _drawn(card_id: str, last: Review, found: Truth, zone: str, plan: Plan) -> Outcome:
    """The interval after the last answer, by the seed alone: the same whoever brings the answers together."""
    seed = spacing.seed_of(card_id, found.seed ^ fold_of([last.id]))
    return scheduling.answer(
        found.before, last.rating, at=last.at, zone=zone, plan=plan.bare(), seed=seed, day=last.day
    )


def _log_date(db: Session, memory: Memory, found: Truth, days: int, due_at: datetime, zone: str, at: datetime) -> None:
    db.add(
        Review(
            user_id=memory.user_id,
            id=uuid7(),
            card_id=memory.card_id,
            at=at,
            day=clock.study_day(at, zone),
            utc_offset=clock.utc_offset_minutes(at, zone),
            rating=Mark.DATED,
            model=scheduling.MODEL_VERSION,
            state_before=found.memory.state,
            due_before=memory.due_at,
            seed_before=found.seed,
            days=days,
            due_after=due_at,
        )
    )


def all_faults(db: Session) -> list[str]:
    """The `faults` of every learner."""
    return [fault for user_id in db.exec(select(col(Memory.user_id)).distinct()) for fault in faults(db, user_id)]


def faults(db: Session, user_id: UUID) -> list[str]:
    """Where this learner's memories differ from the replay of the log: a sentence for each; none is as it should be."""
    plan = plans.of(plans.learner(db, user_id))
    zone = db.get_one(User, user_id).zone
    memories = list(db.exec(select(Memory).where(col(Memory.user_id) == user_id)))
    found = []
    for first in range(0, len(memories), AT_ONCE):
        some = memories[first : first + AT_ONCE]
        logs = _logs(db, user_id, [memory.card_id for memory in some])
        for memory in some:
            rows = logs[memory.card_id]
            if not _holds(memory, truth(rows, memory.added_at, zone, plan)):
                count = len(answers(rows))
                card = f"card {memory.card_id} of {user_id}"
                found.append(f"The memory of {card} is not what its {count} answers lead to.")
    known = select(col(Memory.card_id)).where(col(Memory.user_id) == user_id)
    answered = (col(Review.user_id) == user_id, col(Review.rating).between(1, 4))  # practice needs no memory
    lost = select(col(Review.card_id)).where(*answered, col(Review.card_id).not_in(known))
    return found + [f"Card {card_id} of {user_id} has answers but no memory." for card_id in db.exec(lost.distinct())]


def _holds(memory: Memory, found: Truth) -> bool:
    def near(a: float | None, b: float | None) -> bool:
        return a == b or (a is not None and b is not None and abs(a - b) <= 1e-9 * max(1.0, abs(a)))

    after = found.memory
    return (
        (memory.state, memory.step, memory.reviewed_day) == (after.state, after.step, after.reviewed_day)
        and (memory.days, memory.due_at, memory.lapses) == (found.days, found.due_at, found.lapses)
        and memory.seed == found.seed
        and near(after.stability, memory.stability)
        and near(after.difficulty, memory.difficulty)
    )
