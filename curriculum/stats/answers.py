"""What the log of reviews says: how many answers, when, of which kind, and how long they took.

One statement reads the log once and hands back sums; every figure of the page is made of these.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from core.columns import EPOCH
from curriculum.log import PRACTICE
from curriculum.reviews import LONGEST_SECONDS
from curriculum.scheduling import State

MATURE_DAYS = 21  # an interval from which on a card counts as mature
FORGOT, EASY = 1, 4

MINUTE = 60_000_000  # in microseconds, as all moments of the log
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
RATINGS, KINDS = 5, 16  # how many numbers the packed key keeps for each
review = SQLModel.metadata.tables["review"]


class Kind(IntEnum):
    """What sort of answer it was, by what the card was before it."""

    NEW = 0
    LEARNING = 1  # in the steps of learning or of learning again
    YOUNG = 2  # in review, at an interval under 21 days
    MATURE = 3
    PRACTICE = 4  # extra practice, which never moves the schedule


ALL_KINDS = tuple(Kind)
IN_REVIEW = (Kind.YOUNG, Kind.MATURE)


class Tally(NamedTuple):
    """Answers of one study day that are alike."""

    day: int  # date ordinal
    kind: Kind
    rating: int  # 1 forgot ... 4 easy
    is_first: bool  # the card had not been answered on this day before; of cards in review alone
    answers: int
    seconds: float


@dataclass(slots=True)
class Sum:
    """Answers taken together."""

    answers: int = 0
    seconds: float = 0.0  # a minute at the most for each answer


def tallies(db: Session, user_id: UUID, *, since: datetime | None = None) -> list[Tally]:
    """All answers of this learner that count, extra practice with them, summed by day, kind and button. since: only
    those after this moment."""
    count, seconds = sa.func.count(), sa.func.sum(_seconds())
    key = _key().label("packed")
    statement = sa.select(key, count, seconds).where(*_that_count(user_id)).group_by("packed")
    if since is not None:
        statement = statement.where(review.c.at > since)
    return [_unpacked(*row) for row in db.execute(statement).all()]


def by_day(found: Iterable[Tally]) -> dict[int, Sum]:
    """Answers and seconds of each study day that has any."""
    days: dict[int, Sum] = {}
    for tally in found:
        day = days.setdefault(tally.day, Sum())
        day.answers += tally.answers
        day.seconds += tally.seconds
    return days


def begun_on(found: Iterable[Tally], day: int) -> int:
    """How many new cards were begun on this study day."""
    return sum(tally.answers for tally in found if tally.kind == Kind.NEW and tally.day == day)


@dataclass(frozen=True, slots=True)
class Buttons:
    """How often each of the four buttons was pressed at cards of one sort."""

    words: str
    forgot: int
    hard: int
    good: int
    easy: int

    @property
    def counts(self) -> tuple[int, ...]:
        return self.forgot, self.hard, self.good, self.easy

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def shares(self) -> tuple[float, ...]:
        """0 to 1, in the order of the buttons."""
        return tuple(count / self.total if self.total else 0.0 for count in self.counts)

    @property
    def recalled(self) -> float:
        """Share of the answers that were not *forgot*, 0 to 1."""
        return 1 - self.shares[0] if self.total else 0.0


def buttons(found: Iterable[Tally], first: int) -> tuple[Buttons, ...]:
    """The buttons pressed from a study day on, at cards in learning, young and mature ones. Practice is left out."""
    groups = {"Learning": (Kind.NEW, Kind.LEARNING), "Young": (Kind.YOUNG,), "Mature": (Kind.MATURE,)}
    counts = {words: [0, 0, 0, 0] for words in groups}
    word_of = {kind: words for words, kinds in groups.items() for kind in kinds}
    for tally in found:
        if tally.day >= first and tally.kind in word_of:
            counts[word_of[tally.kind]][tally.rating - 1] += tally.answers
    return tuple(Buttons(words, *pressed) for words, pressed in counts.items())


def _that_count(user_id: UUID) -> tuple[Any, ...]:
    """Answers and extra practice that no later row takes back."""
    mine, rating = review.c.user_id == user_id, review.c.rating
    undone = sa.select(review.c.cancels).where(mine, review.c.cancels.is_not(None))
    is_answer = sa.or_(rating.between(FORGOT, EASY), rating.between(PRACTICE + FORGOT, PRACTICE + EASY))
    return mine, is_answer, review.c.id.not_in(undone)


def _key() -> Any:
    """Day, kind, whether it was the first of its day, and rating in one number, which databases group by much faster
    than by four columns."""
    in_review = 2 * _kind_in_review() + sa.case((review.c.reviewed_day_before != review.c.day, 1), else_=0)
    kind = sa.case(
        (review.c.rating > PRACTICE, 2 * int(Kind.PRACTICE)),
        (review.c.state_before == State.NEW, 2 * int(Kind.NEW)),
        (review.c.state_before != State.REVIEW, 2 * int(Kind.LEARNING)),
        else_=in_review,
    )
    rating = sa.case((review.c.rating > PRACTICE, review.c.rating - PRACTICE), else_=review.c.rating)
    return (review.c.day * KINDS + kind) * RATINGS + rating


def _kind_in_review() -> Any:
    """Mature when the card had been put off for 21 days or more, those of a pause with them.

    A due moment is four in the morning where the learner is, so eight hours more than it lie in the middle of that
    calendar day, whatever the clocks did since.
    """
    ahead = sa.cast(review.c.utc_offset, sa.BigInteger) * MINUTE
    due = sa.type_coerce(review.c.due_before, sa.BigInteger) + ahead
    earliest = (review.c.reviewed_day_before + MATURE_DAYS - EPOCH.toordinal()) * sa.literal(DAY, sa.BigInteger)
    return sa.case((due + 8 * HOUR >= earliest, int(Kind.MATURE)), else_=int(Kind.YOUNG))


def _seconds() -> Any:
    """What came from elsewhere may be longer than what we keep."""
    return sa.case((review.c.seconds > LONGEST_SECONDS, LONGEST_SECONDS), else_=review.c.seconds)


def _unpacked(key: int, answers: int, seconds: float) -> Tally:
    rest, rating = divmod(key, RATINGS)
    day, kind = divmod(rest, KINDS)
    return Tally(day, ALL_KINDS[kind // 2], rating, kind % 2 == 1, answers, seconds)
