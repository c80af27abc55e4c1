"""Taking an import back: the cards that it made, but for those that were answered here since."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.work import Work
from curriculum import own_cards
from curriculum.cards import block_of
from curriculum.models import OwnCard, Review


def count(db: Session, piece: Work) -> int:
    """How many card texts would go."""
    return len(_untouched(db, piece))


def take_back(db: Session, piece: Work, *, at: datetime) -> int:
    """Delete them, as one deletes own cards: another import brings them back. Returns how many."""
    return own_cards.delete(db, piece.user_id, _untouched(db, piece), at=at)


def _untouched(db: Session, piece: Work) -> set[str]:
    """The texts that came with this import, which all have its moment, and that nobody has answered since."""
    moment = datetime.fromisoformat(piece.outcome["at"])
    mine = (col(OwnCard.user_id) == piece.user_id, col(OwnCard.created_at) == moment)
    made = set(db.exec(select(col(OwnCard.id)).where(*mine, col(OwnCard.deleted_at).is_(None))))
    if not made:
        return made
    since = sa.select(col(Review.card_id)).where(
        col(Review.user_id) == piece.user_id, col(Review.at) > moment, col(Review.rating) > 0
    )
    return made - {block_of(card_id) for card_id in db.scalars(since)}
