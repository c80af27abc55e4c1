"""When a card comes back: FSRS-6 in study days. Numbers in, numbers out.

py-fsrs counts whole 24-hour periods, so 23 hours later would be the same day. It is therefore given noon UTC of the
two study days, and real moments only within one day. What we read back is the gap, never its due moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache

import fsrs
from fsrs.scheduler import DEFAULT_PARAMETERS

from core import clock

MODEL_VERSION = 1  # FSRS-6 of py-fsrs 6.3; goes up when the same log would replay to other numbers
DEFAULT: tuple[float, ...] = DEFAULT_PARAMETERS
LEARNING_STEPS = (timedelta(minutes=1), timedelta(minutes=10))
RELEARNING_STEPS = (timedelta(minutes=10),)
MAXIMUM_DAYS = 36_500
LOWEST_RETENTION, HIGHEST_RETENTION = 0.80, 0.97

MINUTE = timedelta(minutes=1)
UNDER_A_DAY = timedelta(hours=23, minutes=59)  # the study day on which the clocks go back has 25 hours
FIRST_NOON = datetime(1, 1, 1, 12, tzinfo=UTC)
DAYS_A_MONTH, DAYS_A_YEAR = 365 / 12, 365


class State(IntEnum):
    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


@dataclass(frozen=True, slots=True)
class MemoryState:
    """What the model holds of one card between two answers."""

    state: State
    step: int | None  # index into the learning or relearning steps
    stability: float | None  # days until recall falls to 0.9
    difficulty: float | None  # 1 (easy) to 10 (hard)
    reviewed_at: datetime | None
    reviewed_day: int | None  # study day of the last answer, in the zone that held then


NEW = MemoryState(State.NEW, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer leads to."""

    memory: MemoryState
    zone: str  # where the learner is
    days: int  # study days until it is due; 0 for a learning step
    gap: timedelta  # as FSRS chose it: whole days, or a learning step

    @property
    def due_at(self) -> datetime:
        """The start of a study day, or the end of a learning step."""
        assert self.memory.reviewed_at is not None
        return clock.day_start(self.due_day, self.zone) if self.days else self.memory.reviewed_at + self.gap

    @property
    def due_day(self) -> int:
        assert self.memory.reviewed_day is not None
        return self.memory.reviewed_day + self.days if self.days else clock.study_day(self.due_at, self.zone)


def answer(
    memory: MemoryState,
    rating: int,
    *,
    at: datetime,
    zone: str,
    retention: float = 0.90,
    parameters: tuple[float, ...] = DEFAULT,
) -> Outcome:
    """The memory after an answer, and when the card is due again.

    rating: 1 forgot, 2 hard, 3 good, 4 easy; any other is refused (ValueError).
    zone: where the learner is now; the day of the last answer stays as it was stored.
    retention: chance of recall to aim at, 0.80 to 0.97.
    parameters: the 21 weights of FSRS-6.

    Source: FSRS-6, https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm
    """
    day = clock.study_day(at, zone)
    at = at.astimezone(UTC)
    card, moment = _for_model(memory, at, day)
    return _outcome(_model(parameters, retention), card, fsrs.Rating(rating), moment, at, day, zone)


def preview(
    memory: MemoryState,
    *,
    at: datetime,
    zone: str,
    retention: float = 0.90,
    parameters: tuple[float, ...] = DEFAULT,
) -> tuple[Outcome, Outcome, Outcome, Outcome]:
    """What each of the four answers would lead to, from forgot to easy."""
    day = clock.study_day(at, zone)
    at = at.astimezone(UTC)
    card, moment = _for_model(memory, at, day)
    model = _model(parameters, retention)
    again, hard, good, easy = (_outcome(model, card, rating, moment, at, day, zone) for rating in fsrs.Rating)
    return again, hard, good, easy


def replay(reviews: Iterable[tuple[int, datetime, int]], *, parameters: tuple[float, ...] = DEFAULT) -> MemoryState:
    """The memory that a log of answers leaves behind; NEW for an empty one.

    reviews: rating, moment and stored study day of each, in order of answering.
    """
    model = _model(parameters, 0.90)  # the retention aimed at moves due days, never the memory
    memory = NEW
    for rating, answered_at, day in reviews:
        at = answered_at.astimezone(UTC)
        card, moment = _for_model(memory, at, day)
        card, _ = model.review_card(card, fsrs.Rating(rating), moment)
        memory = _memory(card, at, day)
    return memory


def retrievability(memory: MemoryState, *, day: int, parameters: tuple[float, ...] = DEFAULT) -> float:
    """The chance, 0 to 1, that the learner recalls the card on this study day; 0 for a new card."""
    if memory.reviewed_day is None:
        return 0.0
    card = fsrs.Card(card_id=0, stability=memory.stability, due=FIRST_NOON, last_review=_noon(memory.reviewed_day))
    return _model(parameters, 0.90).get_card_retrievability(card, _noon(day))


def days_between(earlier: datetime, later: datetime, zone: str) -> int:
    """Study days from one moment to another, both taken in this zone."""
    return clock.study_day(later, zone) - clock.study_day(earlier, zone)


def interval_words(outcome: Outcome) -> str:
    """The interval as its button shows it: <1 min, 10 min, 6 d, 2.3 mo, 1.1 y."""
    if not outcome.days:
        return "<1 min" if outcome.gap <= MINUTE else f"{outcome.gap / MINUTE:.0f} min"
    if outcome.days < 30:
        return f"{outcome.days} d"
    if outcome.days < DAYS_A_YEAR:
        return f"{outcome.days / DAYS_A_MONTH:.1f}".removesuffix(".0") + " mo"
    return f"{outcome.days / DAYS_A_YEAR:.1f}".removesuffix(".0") + " y"


@lru_cache(maxsize=256)
def _model(parameters: tuple[float, ...], retention: float) -> fsrs.Scheduler:
    if not LOWEST_RETENTION <= retention <= HIGHEST_RETENTION:
        raise ValueError(f"A retention of {retention} is outside {LOWEST_RETENTION} to {HIGHEST_RETENTION}.")
    return fsrs.Scheduler(
        parameters=parameters,
        desired_retention=retention,
        learning_steps=LEARNING_STEPS,
        relearning_steps=RELEARNING_STEPS,
        maximum_interval=MAXIMUM_DAYS,
        enable_fuzzing=False,  # theirs draws from global randomness
    )


def _for_model(memory: MemoryState, at: datetime, day: int) -> tuple[fsrs.Card, datetime]:
    """The card and the moment to hand to py-fsrs, so that its 24-hour days are our study days."""
    moment, last = at, None
    if memory.reviewed_at is not None and memory.reviewed_day is not None:
        if day > memory.reviewed_day:
            moment, last = _noon(day), _noon(memory.reviewed_day)
        else:  # the same day, or an earlier one after a flight west
            last = max(memory.reviewed_at, at - UNDER_A_DAY)
    card = fsrs.Card(
        card_id=0,  # without an id the constructor sleeps for 1 ms
        state=fsrs.State(memory.state or State.LEARNING),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=moment,
        last_review=last,
    )
    return card, moment


def _outcome(
    model: fsrs.Scheduler, card: fsrs.Card, rating: fsrs.Rating, moment: datetime, at: datetime, day: int, zone: str
) -> Outcome:
    card, _ = model.review_card(card, rating, moment)
    gap = card.due - moment
    return Outcome(_memory(card, at, day), zone, gap.days, gap)


def _memory(card: fsrs.Card, at: datetime, day: int) -> MemoryState:
    return MemoryState(State(card.state), card.step, card.stability, card.difficulty, at, day)


def _noon(day: int) -> datetime:
    return FIRST_NOON + timedelta(days=day - 1)
