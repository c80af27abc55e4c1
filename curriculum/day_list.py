"""The learner's list for a study day: which cards, in which order. Built once, kept as rows."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock
from core.database import insert_into
from curriculum import scheduling
from curriculum.library import Library
from curriculum.log import counting, of_memory
from curriculum.models import Memory, QueueCard, QueueDay, Review
from curriculum.scheduling import State
from curriculum.store import LEARN_AHEAD


def build(
    db: Session, library: Library, user_id: UUID, zone: str, *, new_a_day: int, reviews_a_day: int, at: datetime
) -> None:
    """Build the learner's list for this study day, once: due reviews with new cards spread among them.

    Of cards that share a block (gaps of one text) one is shown a day. When more is due than the limit, what is
    closest to being forgotten goes first.
    """
    day = clock.study_day(at, zone)
    claim = insert_into(db, QueueDay).values(user_id=user_id, day=day, built_at=at)
    if not db.execute(claim.on_conflict_do_nothing().returning(col(QueueDay.day))).all():
        return
    taken = set(
        db.exec(
            select(col(QueueCard.card_id)).where(
                col(QueueCard.user_id) == user_id, col(QueueCard.day) == day, col(QueueCard.answered_by).is_not(None)
            )
        )
    )
    db.execute(sa.delete(QueueCard).where(col(QueueCard.user_id) == user_id, col(QueueCard.answered_by).is_(None)))
    begun, reviewed = _done_today(db, user_id, day)
    buried = {block_of(card_id) for card_id in taken}
    due = _due(db, library, user_id, day, zone, buried)[: max(0, reviews_a_day - reviewed)]
    new = _new(db, library, user_id, buried)[: max(0, new_a_day - begun)]
    first = _last_position(db, user_id, day) + 1
    for position, card_id in enumerate(_mixed(due, new), first):
        db.add(QueueCard(user_id=user_id, day=day, position=position, card_id=card_id))
    db.flush()


def is_built(db: Session, user_id: UUID, day: int) -> bool:
    return db.get(QueueDay, (user_id, day)) is not None


def waiting(db: Session, user_id: UUID, zone: str, *, at: datetime) -> int:
    """How many cards wait on today's list and in learning steps, as the top bar says; 0 before the list is built."""
    day = clock.study_day(at, zone)
    listed = sa.select(sa.func.count()).where(
        col(QueueCard.user_id) == user_id, col(QueueCard.day) == day, col(QueueCard.answered_by).is_(None)
    )
    steps = sa.select(sa.func.count()).where(
        col(Memory.user_id) == user_id, col(Memory.state).in_((1, 3)), col(Memory.due_at) <= at + LEARN_AHEAD
    )
    return (db.scalar(listed) or 0) + (db.scalar(steps) or 0)


def forget(db: Session, user_id: UUID) -> None:
    """Have the day's list built again at the next look: cards came in, or a limit changed."""
    db.execute(sa.delete(QueueDay).where(col(QueueDay.user_id) == user_id))


def block_of(card_id: str) -> str:
    """What the gaps of one text share: the written id before the dot."""
    return card_id.split(".", 1)[0]


def _done_today(db: Session, user_id: UUID, day: int) -> tuple[int, int]:
    """(new cards begun, reviews answered) on this study day."""
    states = [row.state_before for row in db.exec(counting(user_id).where(col(Review.day) == day))]
    return states.count(State.NEW), states.count(State.REVIEW)


def _due(db: Session, library: Library, user_id: UUID, day: int, zone: str, buried: set[str]) -> list[str]:
    """Cards to review on this day, what is closest to being forgotten first. Fills `buried` with their blocks."""
    statement = select(Memory).where(
        col(Memory.user_id) == user_id,
        col(Memory.state) == State.REVIEW,
        col(Memory.due_at) < clock.day_start(day + 1, zone),
    )
    rows = [memory for memory in db.exec(statement) if memory.card_id in library.cards]
    rows.sort(key=lambda memory: (scheduling.retrievability(of_memory(memory), day=day), memory.card_id))
    return _one_of_a_block([memory.card_id for memory in rows], buried)


def _new(db: Session, library: Library, user_id: UUID, buried: set[str]) -> list[str]:
    """Cards not begun, in the order of lessons added and of the text."""
    statement = select(col(Memory.card_id), col(Memory.added_at)).where(
        col(Memory.user_id) == user_id, col(Memory.state) == State.NEW
    )
    rows = [
        (added_at, library.cards[card_id].line, card_id)
        for card_id, added_at in db.exec(statement)
        if card_id in library.cards
    ]
    return _one_of_a_block([card_id for *_, card_id in sorted(rows)], buried)


def _one_of_a_block(card_ids: list[str], buried: set[str]) -> list[str]:
    kept = []
    for card_id in card_ids:
        if block_of(card_id) not in buried:
            buried.add(block_of(card_id))
            kept.append(card_id)
    return kept


def _last_position(db: Session, user_id: UUID, day: int) -> int:
    """The last place taken on a day's list; 0 on an empty one."""
    of_day = (col(QueueCard.user_id) == user_id, col(QueueCard.day) == day)
    return db.scalar(sa.select(sa.func.max(col(QueueCard.position))).where(*of_day)) or 0


def _mixed(due: list[str], new: list[str]) -> list[str]:
    """New cards spread evenly among the reviews."""
    total = len(due) + len(new)
    places = [(place + 0.5) / len(kind) for kind in (due, new) for place in range(len(kind))]
    ordered = sorted(zip(places, range(total), due + new, strict=True))
    return [card_id for *_, card_id in ordered]
