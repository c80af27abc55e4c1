"""A learner's own log of reviews as rows of a table, in the order in which it was written."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from curriculum.models import Review

HEAD = ("moment", "study day", "card", "what", "seconds", "interval in days", "due again", "taken back")
ANSWERS = {1: "forgot", 2: "hard", 3: "good", 4: "easy"}
WORDS = (
    ANSWERS
    | {10 + rating: f"practice: {word}" for rating, word in ANSWERS.items()}
    | {0: "taken back", -1: "suspended", -2: "buried", -3: "brought back", -4: "came with a memory", -5: "dated anew"}
)
AT_ONCE = 1000  # rows held in memory

Row = tuple[str | float | int, ...]


def rows(db: Session, user_id: UUID) -> Iterator[Row]:
    """Every row of the log, the oldest first; what was taken back is in it and says so."""
    mine = col(Review.user_id) == user_id
    undone = set(db.scalars(sa.select(col(Review.cancels)).where(mine, col(Review.cancels).is_not(None))))
    names = ("id", "at", "day", "card_id", "rating", "seconds", "days", "due_after")
    statement = sa.select(*(col(getattr(Review, name)) for name in names)).where(mine)
    for row in db.execute(statement.order_by(col(Review.at), col(Review.id)).execution_options(yield_per=AT_ONCE)):
        yield (
            row.at.isoformat(),
            date.fromordinal(row.day).isoformat(),
            row.card_id,
            WORDS.get(row.rating, str(row.rating)),
            round(row.seconds, 1),
            row.days,
            row.due_after.isoformat(),
            "yes" if row.id in undone else "no",
        )
