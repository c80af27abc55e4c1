"""When a card comes back: FSRS-6 in study days, with learning steps. Numbers in, numbers out.

Days between answers are study days, so that evening and next morning are one day apart, whatever the hours between.
Within a study day, or after a flight west into an earlier one, an answer counts as one of the same day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from core import clock
from curriculum import fsrs6, spacing
from curriculum.fsrs6 import EASY, FORGOT, GOOD, HARD, Model
from curriculum.spacing import PLAN, STANDARD, Plan

MODEL_VERSION = 1  # FSRS-6; goes up when the same log would replay to other numbers
DEFAULT = STANDARD
LEARNING_STEPS = (timedelta(minutes=1), timedelta(minutes=10))
RELEARNING_STEPS = (timedelta(minutes=10),)
MAXIMUM_DAYS = spacing.LONGEST
LOWEST_RETENTION, HIGHEST_RETENTION = 0.80, 0.97

MINUTE = timedelta(minutes=1)
RATINGS = (FORGOT, HARD, GOOD, EASY)
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
    if rating not in RATINGS:
        raise ValueError(f"There is no rating {rating}: use 1 to 4.")
    day = clock.study_day(at, zone) if day is None else day
    needed = (rating,) if seed is None or rating <= HARD else RATINGS[1:rating]  # fuzz looks at the weaker ones, too
    return _outcomes(memory, needed, at, day, zone, plan, seed)[-1]


def preview(
    memory: MemoryState, *, at: datetime, zone: str, plan: Plan = PLAN, seed: int | None = None
) -> tuple[Outcome, ...]:
    """What each of the four answers would lead to, from forgot to easy."""
    return tuple(_outcomes(memory, RATINGS, at, clock.study_day(at, zone), zone, plan, seed))


def replay(
    reviews: Iterable[tuple[int, datetime, int]], *, parameters: tuple[float, ...] = DEFAULT, start: MemoryState = NEW
) -> MemoryState:
    """The memory that a log of answers leaves behind; `start` for an empty one.

    reviews: rating, moment and stored study day of each, in order of answering.
    """
    model = fsrs6.model(parameters, spacing.RETENTION)  # the retention aimed at moves due days, never the memory
    memory = start
    for rating, answered_at, day in reviews:
        memory, _ = _answered(model, memory, rating, answered_at.astimezone(UTC), day)
    return memory


def retrievability(memory: MemoryState, *, day: int, parameters: tuple[float, ...] = DEFAULT) -> float:
    """The chance, 0 to 1, that the learner recalls the card on this study day; 0 for a new card."""
    if memory.reviewed_day is None or memory.stability is None:
        return 0.0
    model = fsrs6.model(parameters, spacing.RETENTION)
    return model.recall(memory.stability, max(0, day - memory.reviewed_day))


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


def _outcomes(
    memory: MemoryState, ratings: tuple[int, ...], at: datetime, day: int, zone: str, plan: Plan, seed: int | None
) -> list[Outcome]:
    """The outcome of each rating, in rising order: fuzz never makes a better answer come back sooner."""
    if not LOWEST_RETENTION <= plan.retention <= HIGHEST_RETENTION:
        raise ValueError(f"A retention of {plan.retention} is outside {LOWEST_RETENTION} to {HIGHEST_RETENTION}.")
    at = at.astimezone(UTC)
    model = fsrs6.model(plan.parameters, plan.retention)
    chance = None if seed is None else spacing.chance(seed)
    outcomes: list[Outcome] = []
    shortest = 0
    for rating in ratings:
        after, step = _answered(model, memory, rating, at, day)
        if step is not None:
            outcomes.append(Outcome(after, zone, 0, step, plan.pauses))
            continue
        assert after.stability is not None
        interval = days = model.interval(after.stability)
        if chance is not None:
            days = max(spacing.drawn(interval, chance, day, plan), shortest)
        shortest = days
        outcomes.append(Outcome(after, zone, days, timedelta(interval), plan.pauses))
    return outcomes


def _answered(
    model: Model, memory: MemoryState, rating: int, at: datetime, day: int
) -> tuple[MemoryState, timedelta | None]:
    """The memory after an answer, and its learning step; None when it waits for another day."""
    if memory.stability is None or memory.difficulty is None:
        stability, difficulty = model.first(rating)
    else:
        days = 0 if memory.reviewed_day is None else day - memory.reviewed_day
        stability, difficulty = model.later(memory.stability, memory.difficulty, days, rating)
    state, step, wait = _stepped(memory, rating)
    return MemoryState(state, step, stability, difficulty, at, day), wait


def _stepped(memory: MemoryState, rating: int) -> tuple[State, int | None, timedelta | None]:
    """State, step and wait after an answer, as Anki's steps go: Hard stays on its step, a bit longer on the first."""
    if memory.state == State.REVIEW:
        return (State.RELEARNING, 0, RELEARNING_STEPS[0]) if rating == FORGOT else (State.REVIEW, None, None)
    relearns = memory.state == State.RELEARNING
    state, steps = (State.RELEARNING, RELEARNING_STEPS) if relearns else (State.LEARNING, LEARNING_STEPS)
    step = memory.step or 0
    if rating == FORGOT:
        return state, 0, steps[0]
    if rating == EASY or step >= len(steps) or (rating == GOOD and step + 1 == len(steps)):
        return State.REVIEW, None, None
    if rating == GOOD:
        return state, step + 1, steps[step + 1]
    first = steps[0] * 1.5 if len(steps) == 1 else (steps[0] + steps[1]) / 2
    return state, step, steps[step] if step else first
