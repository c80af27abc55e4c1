"""The cards of a ladder: which step joins after an answer, which one is offered, what an undone answer takes away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.errors import NotFound
from curriculum import day_list, reviews
from curriculum.cards import Aside, block_of
from curriculum.content import Card, Library
from curriculum.ear import ladders
from curriculum.log import Mark
from curriculum.models import Memory, Review
from curriculum.scheduling import State


@dataclass(frozen=True, slots=True)
class Step:
    """verb: up: this card joined just now; down: this easier one may be taken, and is not yet."""

    verb: str
    card: Card


def follow(
    db: Session, user_id: UUID, library: Library, card: Card, credits: Sequence[float], *, at: datetime
) -> Step | None:
    """What the last answers on this step lead to. The next one up joins the learner's cards; one down is only offered.

    credits: of the newest answers on this step of the ladder, the newest last. None: stay; it is the last one; or the
    learner has the card already.
    """
    verb = ladders.advice(credits) if card.level else ""
    near = _beside(library, card, {"up": 1, "down": -1}.get(verb, 0))
    if near is None:
        return None
    if verb == "up":
        return Step(verb, near) if reviews.add_cards(db, user_id, [near], at=at) else None
    return None if db.get(Memory, (user_id, near.id)) else Step(verb, near)


def take(db: Session, user_id: UUID, library: Library, card_id: str, *, at: datetime) -> Card:
    """Add a step that was offered. Of a ladder that the learner has not begun it is not found; again does nothing."""
    card = library.cards.get(card_id)
    if card is None or not card.level:
        raise NotFound
    has_begun = select(Memory.card_id).where(
        col(Memory.user_id) == user_id, col(Memory.card_id).in_([step.id for step in of_block(library, card.block)])
    )
    if db.exec(has_begun.limit(1)).first() is None:
        raise NotFound
    reviews.add_cards(db, user_id, [card], at=at)
    return card


def after_undo(db: Session, user_id: UUID, library: Library, card_id: str) -> str:
    """Take away the step that the answer to this card let join, which was undone just now. Returns its card, or ""."""
    card = library.cards.get(card_id)
    if card is None or not card.level:
        return ""
    mine = (col(Review.user_id) == user_id, col(Review.card_id) == card_id)
    undoing = select(Review).where(*mine, col(Review.rating) == int(Mark.UNDO))
    last = db.exec(undoing.order_by(col(Review.at).desc(), col(Review.id).desc()).limit(1)).first()
    undone = db.get(Review, (user_id, last.cancels)) if last and last.cancels else None
    return take_back(db, user_id, library, card, since=undone.at) if undone and undone.rating > 0 else ""


def take_back(db: Session, user_id: UUID, library: Library, card: Card, *, since: datetime) -> str:
    """Take away the step that an answer of this moment let join, when that answer is undone. Returns its card, or "".

    A step that was answered, suspended or buried meanwhile stays.
    """
    near = _beside(library, card, 1) if card.level else None
    if near is None:
        return ""
    was_touched = sa.exists().where(col(Review.user_id) == user_id, col(Review.card_id) == near.id)
    fresh = (col(Memory.state) == State.NEW, col(Memory.aside) == Aside.IN_QUEUE, col(Memory.added_at) >= since)
    mine = (col(Memory.user_id) == user_id, col(Memory.card_id) == near.id)
    gone = db.execute(sa.delete(Memory).where(*mine, *fresh, ~was_touched).returning(col(Memory.card_id))).all()
    if gone:
        day_list.forget(db, user_id)
    return near.id if gone else ""


def words(card: Card) -> str:
    """What a step asks: "nine octaves, +9 dB"."""
    return ladders.LEVELS[card.sounding.ladder][card.level] if card.sounding and card.level else ""


def of_block(library: Library, block: str) -> list[Card]:
    """All steps of a ladder's text, the easiest first."""
    found = [library.cards.get(f"{block_of(block)}.l{number}") for number in range(1, MOST_STEPS + 1)]
    return [card for card in found if card is not None]


MOST_STEPS = max(len(levels) for levels in ladders.LEVELS.values())


def _beside(library: Library, card: Card, by: int) -> Card | None:
    return library.cards.get(f"{card.block}.l{card.level + by}") if by else None
