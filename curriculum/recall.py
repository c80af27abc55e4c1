"""Predicted recall of a course's cards, one by one: what is known today of the lessons that a milestone rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core import clock
from curriculum import plans
from curriculum.cards import Aside, is_in_use
from curriculum.content import Library, Milestone
from curriculum.models import Memory
from curriculum.stats import memories

MOST = 200  # cards in a round of practice


@dataclass(frozen=True, slots=True)
class Known:
    """Of the cards of some lessons. recall: mean chance of those begun, 0 to 1; None: none was begun."""

    recall: float | None
    begun: int
    cards: int


def by_card(db: Session, library: Library, user_id: UUID, zone: str, *, at: datetime) -> dict[str, float]:
    """The chance of recall on this study day, of each card of the course that this learner has begun."""
    day = clock.study_day(at, zone)
    parameters = plans.of(plans.learner(db, user_id)).parameters
    begun = sa.select(col(Memory.card_id), col(Memory.stability), col(Memory.reviewed_day)).where(
        col(Memory.user_id) == user_id,
        col(Memory.lesson) != "",
        col(Memory.aside) != Aside.DELETED,
        col(Memory.stability).is_not(None),
        col(Memory.reviewed_day).is_not(None),
    )
    return {
        card_id: memories.recall(stability, day - reviewed_day, parameters)
        for card_id, stability, reviewed_day in db.execute(begun)
        if is_in_use(library, card_id, day)
    }


def of_milestone(library: Library, milestone: Milestone, chances: Mapping[str, float]) -> Known:
    """chances: as `by_card` gives them."""
    cards = _cards(library, milestone)
    found = [chances[card_id] for card_id in cards if card_id in chances]
    return Known(sum(found) / len(found) if found else None, len(found), len(cards))


def faded(library: Library, milestone: Milestone, chances: Mapping[str, float]) -> list[str]:
    """Its cards that are known less well than the milestone asks for, the least first; none while together they are
    known well enough."""
    known, wanted = of_milestone(library, milestone, chances).recall, milestone.recall
    if wanted is None or known is None or known >= wanted:
        return []
    weak = [card_id for card_id in _cards(library, milestone) if chances.get(card_id, 1.0) < wanted]
    return sorted(weak, key=lambda card_id: chances[card_id])[:MOST]


def _cards(library: Library, milestone: Milestone) -> list[str]:
    lessons: Iterable[str] = (slug for slug in milestone.lessons if slug in library.lessons)
    return [card.id for slug in lessons for card in library.lessons[slug].cards]
