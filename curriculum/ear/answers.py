"""Answers to what sounded at the desk: each is a row beside its review, written with it, and counts as long as it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.columns import to_micros
from core.errors import Refused
from curriculum import showing
from curriculum.content import Card
from curriculum.ear import takes
from curriculum.models import EarAnswer, Review
from curriculum.synth import VERSION

EASY = 4
GOOD = 3
MOST_PLAYS_FOR_EASY = 2
MOST_PLAYS = 999
LOOKED_AT = 20  # answers by which a ladder advises


@dataclass(frozen=True, slots=True)
class Given:
    """What came back with a rating. key: "" for somebody who does not know."""

    key: str = ""
    plays: int = 0
    by_ear: bool = True


def highest(proposed: int, plays: int) -> int:
    """The best rating that an answer may get: the proposed one, or easy where it was good after at most two plays."""
    return EASY if proposed == GOOD and plays <= MOST_PLAYS_FOR_EASY else proposed


def refuse_raised(proposed: int, rating: int, plays: int) -> None:
    if rating <= highest(proposed, plays):
        return
    if rating == EASY and proposed == GOOD:
        raise Refused(
            f"Easy is for what you knew after at most {MOST_PLAYS_FOR_EASY} plays; this one you played {plays} times. "
            "Choose good, or less."
        )
    raise Refused(
        f"What you answered is worth “{WORDS[proposed - 1]}” at most. Choose that, or less; a card that you know by "
        "luck comes back too late."
    )


WORDS = ("forgot", "hard", "good", "easy")


def row(card: Card, seed: int, given: Given, rating: int, *, review_id: UUID, day: int, at: datetime) -> dict[str, Any]:
    """The columns of EarAnswer but for the learner, judged again from the seed. A rating above what it is worth is
    refused."""
    asked, verdict = showing.show(card, seed).asked, showing.judge(card, seed, given.key)
    assert asked is not None and verdict is not None
    plays = min(max(given.plays, 0), MOST_PLAYS)
    refuse_raised(verdict.grade, rating, plays)
    return {
        "id": review_id,
        "at": to_micros(at),
        "day": day,
        "card_id": card.id,
        "round_id": None,
        "number": 0,
        "skill": asked.skill,
        "level": asked.level,
        "seed": signed(seed),
        "synth": VERSION,
        "specs": takes.as_text(asked.specs),
        "asked": asked.right,
        "given": given.key,
        "credit": verdict.credit or 0.0,
        "plays": plays,
        "by_ear": given.by_ear,
    }


def signed(seed: int) -> int:
    """64 bits as databases keep them; `unsigned` gives back what the showing was drawn from."""
    return seed - 2**64 if seed >= 2**63 else seed


def unsigned(kept: int) -> int:
    return kept % 2**64


def last_credits(db: Session, user_id: UUID, skill: str, level: int, most: int = LOOKED_AT) -> Sequence[float]:
    """What the newest answers on a step of a ladder were worth, the oldest of them first; those that were undone left
    out."""
    mine = (col(EarAnswer.user_id) == user_id, col(EarAnswer.skill) == skill, col(EarAnswer.level) == level)
    rows = select(EarAnswer.credit).where(*mine, col(EarAnswer.id).not_in(undone(user_id)))
    newest = rows.order_by(col(EarAnswer.at).desc(), col(EarAnswer.id).desc()).limit(most)
    return list(db.exec(newest))[::-1]


def undone(user_id: UUID) -> Any:
    """Ids of the reviews that were taken back; of answers with one of these nothing counts."""
    return sa.select(col(Review.cancels)).where(col(Review.user_id) == user_id, col(Review.cancels).is_not(None))
