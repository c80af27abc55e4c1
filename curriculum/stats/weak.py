"""Which cards fail: those forgotten after they were learnt that hold least today, and those set aside for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from curriculum.cards import Aside
from curriculum.scheduling import DEFAULT, State
from curriculum.stats import memories
from curriculum.stats.answers import EASY, FORGOT
from curriculum.stats.memories import Row

MOST = 10  # cards
LAST = 10  # answers that are looked at
review = SQLModel.metadata.tables["review"]


@dataclass(frozen=True, slots=True)
class Weak:
    """A card that fails."""

    card_id: str
    lesson: str  # slug, or "" of a card of one's own
    recall: float  # the chance that it is recalled today, 0 to 1
    lapses: int
    recalled: int  # of the last answers in review
    answers: int  # how many those are, LAST at the most

    @property
    def share(self) -> float:
        """Recalled of the last answers, 0 to 1."""
        return self.recalled / self.answers if self.answers else 0.0


def weakest(
    db: Session, held: Iterable[Row], user_id: UUID, day: int, parameters: tuple[float, ...] = DEFAULT
) -> list[Weak]:
    """The ten cards with the lowest chance of recall on this study day among those that were forgotten after they were
    learnt and are not set aside; of equal ones those forgotten more often.

    held: the learner's memories. What was recalled is counted over the last ten answers to the card in review.
    """
    failing = sorted(
        (memories.recall(row.stability, day - row.reviewed_day, parameters), -row.lapses, row.card_id, row.lesson)
        for row in held
        if row.lapses and row.aside == Aside.IN_QUEUE and row.stability is not None and row.reviewed_day is not None
    )[:MOST]
    counted = _last_answers(db, user_id, [card_id for _, _, card_id, _ in failing])
    return [
        Weak(card_id, lesson, recall, -lapses, *counted.get(card_id, (0, 0)))
        for recall, lapses, card_id, lesson in failing
    ]


def leeches(held: Iterable[Row]) -> list[Row]:
    """The cards that were set aside because they were forgotten too often, the most forgotten first."""
    return sorted((row for row in held if row.aside == Aside.LEECH), key=lambda row: (-row.lapses, row.card_id))


def _last_answers(db: Session, user_id: UUID, card_ids: list[str]) -> dict[str, tuple[int, int]]:
    """(recalled, answers) of the last answers in review, by card."""
    mine = sa.and_(review.c.user_id == user_id, review.c.card_id.in_(card_ids))
    undone = sa.select(review.c.cancels).where(mine, review.c.cancels.is_not(None))
    newest = sa.func.row_number().over(partition_by=review.c.card_id, order_by=(review.c.at.desc(), review.c.id.desc()))
    numbered = (
        sa.select(review.c.card_id, review.c.rating, newest.label("number"))
        .where(mine, review.c.rating.between(FORGOT, EASY))
        .where(review.c.state_before == State.REVIEW, review.c.id.not_in(undone))
        .subquery()
    )
    recalled = sa.func.sum(sa.case((numbered.c.rating > FORGOT, 1), else_=0))
    statement = (
        sa.select(numbered.c.card_id, recalled, sa.func.count())
        .where(numbered.c.number <= LAST)
        .group_by(numbered.c.card_id)
    )
    return {card_id: (int(good), int(all_)) for card_id, good, all_ in db.execute(statement)}
