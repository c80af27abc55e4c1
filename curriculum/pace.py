"""How much a learner reviews: limits, the retention aimed at, lighter weekdays, and what that costs."""

from dataclasses import dataclass
from statistics import median
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core.database import insert_into
from core.errors import Refused
from curriculum import day_list, plans, scheduling, workload
from curriculum.log import counting
from curriculum.models import Learner, Memory, Review
from curriculum.workload import Cost

SECONDS_A_CARD = 15.0  # of somebody who has not answered enough yet: time to think before turning a card
LOOKED_AT = 300  # newest answers, whose time counts
FEWEST_TIMES = 20
WEEK = 0b111_1111  # all weekdays
FEWEST_CARDS = 30  # begun; with fewer, the work for typical ones says more


@dataclass(frozen=True, slots=True)
class Price:
    """What each retention costs this learner."""

    costs: list[Cost]
    cards: int  # that they are for
    is_own: bool  # False: typical cards, since there are too few
    seconds: float  # an answer takes

    def minutes(self, cost: Cost) -> float:
        """A day."""
        return cost.answers * self.seconds / 60


def row_of(db: Session, user_id: UUID) -> Learner:
    """The learner's row, made where there was none, to be changed."""
    values = Learner(user_id=user_id).model_dump()
    db.execute(insert_into(db, Learner).values(**values).on_conflict_do_nothing())
    return db.get_one(Learner, user_id, with_for_update=True)


def set_pace(
    db: Session, user_id: UUID, *, new_a_day: int, reviews_a_day: int, retention: float, easy_days: int
) -> None:
    """Today's list is made again with the limits; retention and lighter weekdays act from the next answer on.

    new_a_day, reviews_a_day: cards. retention: 0.80 to 0.97. easy_days: as in Learner.
    """
    if not scheduling.LOWEST_RETENTION <= retention <= scheduling.HIGHEST_RETENTION:
        raise Refused("Choose a retention from 80 to 97 percent.", field="retention")
    if easy_days & WEEK == WEEK:
        raise Refused("If every weekday is light, none is. Leave at least one as it is.", field="easy")
    row = row_of(db, user_id)
    row.new_a_day, row.reviews_a_day = new_a_day, reviews_a_day
    row.retention, row.easy_days = round(retention, 2), easy_days & WEEK
    day_list.forget(db, user_id)


def set_sounds(db: Session, user_id: UUID, *, plays_at_once: bool, saves_data: bool) -> None:
    """How cards that sound come: by themselves or at the press of a key, and whether as MP3 where that will do."""
    row = row_of(db, user_id)
    row.plays_at_once, row.saves_data = plays_at_once, saves_data


def price(db: Session, user_id: UUID) -> Price:
    """What each retention costs in reviews a day, for the cards that this learner has begun."""
    held = sa.select(col(Memory.stability), col(Memory.difficulty)).where(
        col(Memory.user_id) == user_id, col(Memory.aside) == 0, col(Memory.stability).is_not(None)
    )
    cards = [(stability, difficulty) for stability, difficulty in db.execute(held)]
    is_own = len(cards) >= FEWEST_CARDS
    cards = cards if is_own else workload.TYPICAL
    parameters = plans.of(plans.learner(db, user_id)).parameters
    return Price(workload.costs(cards, parameters), len(cards), is_own, seconds_a_card(db, user_id))


def seconds_a_card(db: Session, user_id: UUID) -> float:
    """The middle one of the times that the newest answers took."""
    timed = counting(user_id).where(col(Review.seconds) > 0).order_by(col(Review.at).desc()).limit(LOOKED_AT)
    seconds = [row.seconds for row in db.exec(timed)]
    return float(median(seconds)) if len(seconds) >= FEWEST_TIMES else SECONDS_A_CARD
