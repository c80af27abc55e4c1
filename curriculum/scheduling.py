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

from core import clock
from curriculum import spacing
from curriculum.spacing import PLAN, STANDARD, Plan

MODEL_VERSION = 1  # FSRS-6 of py-fsrs 6.3; goes up when the same log would replay to other numbers
DEFAULT = STANDARD
LEARNING_STEPS = (timedelta(minutes=1), timedelta(minutes=10))
RELEARNING_STEPS = (timedelta(minutes=10),)
MAXIMUM_DAYS = spacing.LONGEST
LOWEST_RETENTION, HIGHEST_RETENTION = 0.80, 0.97

MINUTE = timedelta(minutes=1)
UNDER_A_DAY = timedelta(hours=23, minutes=59)  # the study day on which the clocks go back has 25 hours
RECALLED = (fsrs.Rating.Hard, fsrs.Rating.Good, fsrs.Rating.Easy)
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
    days: int  # study days until it is due, pauses left out; 0 for a learning step
    gap: timedelta  # as FSRS chose it: whole days, or a learning step
    pauses: tuple[tuple[int, int], ...] = ()

    @property
    def due_at(self) -> datetime:
        """The start of a study day, or the end of a learning step."""
        assert self.memory.reviewed_at is not None
        return clock.day_start(self.due_day, self.zone) if self.days else self.memory.reviewed_at + self.gap

    @property
    def due_day(self) -> int:
        if not self.days:
            return clock.study_day(self.due_at, self.zone)
        assert self.memory.reviewed_day is not None
        return spacing.advance(self.memory.reviewed_day, self.days, self.pauses)


def answer(
    memory: MemoryState,
    rating: int,
    *,
    at: datetime,
    zone: str,
    plan: Plan = PLAN,
    seed: int | None = None,
    day: int | None = None,
) -> Outcome:
    """The memory after an answer, and when the card is due again.

    rating: 1 forgot, 2 hard, 3 good, 4 easy; any other is refused (ValueError).
    zone: where the learner is now; the day of the last answer stays as it was stored.
    seed: what the fuzz is drawn from (`spacing.seed_of`); None: the interval as FSRS rounds it.
    day: the study day of the answer, where it was stored; the one of `at` when left out.

    Source: FSRS-6, https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm
    """
    day = clock.study_day(at, zone) if day is None else day
    if seed is None or rating <= fsrs.Rating.Hard:
        return _outcomes(memory, (fsrs.Rating(rating),), at, day, zone, plan, seed)[0]
    return _outcomes(memory, RECALLED[: rating - 1], at, day, zone, plan, seed)[-1]


def preview(
    memory: MemoryState, *, at: datetime, zone: str, plan: Plan = PLAN, seed: int | None = None
) -> tuple[Outcome, ...]:
    """What each of the four answers would lead to, from forgot to easy."""
    return tuple(_outcomes(memory, tuple(fsrs.Rating), at, clock.study_day(at, zone), zone, plan, seed))


def replay(
    reviews: Iterable[tuple[int, datetime, int]], *, parameters: tuple[float, ...] = DEFAULT, start: MemoryState = NEW
) -> MemoryState:
    """The memory that a log of answers leaves behind; `start` for an empty one.

    reviews: rating, moment and stored study day of each, in order of answering.
    """
    model = _model(parameters, 0.90)  # the retention aimed at moves due days, never the memory
    memory = start
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


def _outcomes(
    memory: MemoryState,
    ratings: tuple[fsrs.Rating, ...],
    at: datetime,
    day: int,
    zone: str,
    plan: Plan,
    seed: int | None,
) -> list[Outcome]:
    """The outcome of each rating, in rising order: fuzz never makes a better answer come back sooner."""
    at = at.astimezone(UTC)
    card, moment = _for_model(memory, at, day)
    model = _model(plan.parameters, plan.retention)
    outcomes: list[Outcome] = []
    shortest = 0
    for rating in ratings:
        after, _ = model.review_card(card, rating, moment)
        gap = after.due - moment
        days = gap.days
        if days and seed is not None:
            days = max(spacing.fuzzed(days, seed, day, plan), shortest)
        if rating != fsrs.Rating.Again:
            shortest = days
        outcomes.append(Outcome(_memory(after, at, day), zone, days, gap, plan.pauses))
    return outcomes


def _memory(card: fsrs.Card, at: datetime, day: int) -> MemoryState:
    return MemoryState(State(card.state), card.step, card.stability, card.difficulty, at, day)


def _noon(day: int) -> datetime:
    return FIRST_NOON + timedelta(days=day - 1)
