"""What else happens at the desk: taking back, suspending, burying. Each is a row in the log and can be undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core import clock
from core.errors import Conflict, NotFound, Refused
from curriculum import log, marks, replay
from curriculum.cards import Aside
from curriculum.log import Mark
from curriculum.models import Memory, QueueCard


def undo(db: Session, user_id: UUID, zone: str, *, undo_id: UUID | None = None, at: datetime) -> str:
    """Take back the newest thing done at the desk on this study day that still counts; again for the one before.

    Returns its card. The log keeps both rows: what was done, and the one that cancels it.
    """
    day = clock.study_day(at, zone)
    last = db.exec(log.on_desk(user_id, day)).first()
    if last is None:
        raise Refused("There is nothing of today to take back.")
    memory = _memory(db, user_id, last.card_id)
    if db.exec(log.on_desk(user_id, day)).first() != last:
        raise Conflict("This card was answered or taken back elsewhere meanwhile. Nothing was changed.")
    _write(db, memory, zone, Mark.UNDO, row_id=undo_id, cancels=last.id, at=at)
    if last.rating == Mark.BURIED:
        memory.buried_day = None
    elif last.rating == Mark.SUSPENDED or memory.aside == Aside.LEECH:
        memory.aside = Aside.IN_QUEUE
    if last.rating > 0:
        replay.rebuild(db, user_id, [last.card_id], zone, at=at)
    _put_back(db, user_id, day, [last.id])
    return last.card_id


def suspend(db: Session, user_id: UUID, card_id: str, zone: str, *, at: datetime) -> None:
    """Set a card aside until it is taken back into the queue. Again changes nothing."""
    memory = _memory(db, user_id, card_id)
    if memory.aside == Aside.IN_QUEUE:
        memory.aside = Aside.SUSPENDED
        _write(db, memory, zone, Mark.SUSPENDED, at=at)


def bury(db: Session, user_id: UUID, card_id: str, zone: str, *, at: datetime) -> None:
    """Do not show a card again on this study day."""
    memory = _memory(db, user_id, card_id)
    day = clock.study_day(at, zone)
    if memory.buried_day != day:
        memory.buried_day = day
        _write(db, memory, zone, Mark.BURIED, at=at)


def _memory(db: Session, user_id: UUID, card_id: str) -> Memory:
    memory = db.get(Memory, (user_id, card_id), with_for_update=True, populate_existing=True)
    if memory is None:
        raise NotFound
    return memory


def _write(
    db: Session,
    memory: Memory,
    zone: str,
    mark: Mark,
    *,
    row_id: UUID | None = None,
    cancels: UUID | None = None,
    at: datetime,
) -> None:
    """Log the row, and take the card off the day's list where it is set aside."""
    when = marks.moment(at, zone)
    row = marks.row(memory.user_id, memory, mark, when, id=row_id or when.new_id(), cancels=cancels)
    db.add(row)
    if mark in (Mark.SUSPENDED, Mark.BURIED):
        place = (
            col(QueueCard.user_id) == memory.user_id,
            col(QueueCard.day) == when.day,
            col(QueueCard.card_id) == memory.card_id,
            col(QueueCard.answered_by).is_(None),
        )
        db.execute(sa.update(QueueCard).where(*place).values(answered_by=row.id))


def _put_back(db: Session, user_id: UUID, day: int, row_ids: Any) -> None:
    """Back on the day's list, whatever these rows of the log took off it."""
    of_day = (col(QueueCard.user_id) == user_id, col(QueueCard.day) == day)
    db.execute(sa.update(QueueCard).where(*of_day, col(QueueCard.answered_by).in_(row_ids)).values(answered_by=None))
