"""Rows of the log that are no answer that counts: what they hold, and what they leave of a card's standing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core import clock
from core.ids import uuid7
from curriculum import scheduling
from curriculum.cards import Aside
from curriculum.log import Mark
from curriculum.models import Memory, Review
from curriculum.reviews import is_leech
from curriculum.scheduling import State


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is done, in the terms of the log."""

    at: datetime
    day: int  # study day
    utc_offset: int  # minutes

    def new_id(self) -> UUID:
        """An id that lies where rows of this moment lie, so that they are found by it."""
        return uuid7(int(self.at.timestamp() * 1000))


def moment(at: datetime, zone: str) -> Moment:
    return Moment(at, clock.study_day(at, zone), clock.utc_offset_minutes(at, zone))


def ids_from(at: datetime) -> UUID:
    """The lowest id that a row of this moment can have."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def after(at: datetime) -> datetime:
    """The next millisecond, as ids count."""
    return at + timedelta(milliseconds=1)


def row(user_id: UUID, memory: Memory, rating: int, when: Moment, **more: Any) -> Review:
    """A row that leaves the memory as it is. more: columns that are not as in the memory, such as `cancels`."""
    return Review(
        **{"id": when.new_id(), "model": scheduling.MODEL_VERSION, **more},
        user_id=user_id,
        card_id=memory.card_id,
        at=when.at,
        day=when.day,
        utc_offset=when.utc_offset,
        rating=rating,
        state_before=memory.state,
        step_before=memory.step,
        stability_before=memory.stability,
        difficulty_before=memory.difficulty,
        due_before=memory.due_at,
        reviewed_at_before=memory.reviewed_at,
        reviewed_day_before=memory.reviewed_day,
        lapses_before=memory.lapses,
        seed_before=memory.seed,
        due_after=memory.due_at,
        days=memory.days,
    )


def standing(rows: Iterable[Review]) -> tuple[Aside, int | None]:
    """Whether the log of one card sets it aside, and the study day for which it was buried last.

    rows: all of the card's, in order; those that were undone count for nothing.
    """
    rows = list(rows)
    undone = {one.cancels for one in rows if one.cancels}
    aside, buried = Aside.IN_QUEUE, None
    for one in rows:
        if one.id in undone:
            continue
        if one.rating == Mark.SUSPENDED:
            aside = Aside.SUSPENDED
        elif one.rating == Mark.BURIED:
            buried = one.day
        elif one.rating == Mark.RETURNED:
            aside, buried = Aside.IN_QUEUE, None
        elif one.rating == 1 and one.state_before == State.REVIEW and is_leech(one.lapses_before + 1):
            aside = Aside.LEECH
    return aside, buried
