"""What was answered elsewhere as rows of our log, and the memory that they lead to.

The log is replayed as if it had been answered here, so that `check` finds nothing to say; the day on which a card is
due stays the one it had, as the interval of its last answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from core import clock
from core.columns import EPOCH
from curriculum import scheduling, spacing
from curriculum.anki.package import Card, Kind, Review, ReviewKind
from curriculum.cards import Aside
from curriculum.imports import names
from curriculum.log import PRACTICE, Mark, fold_of
from curriculum.reviews import LONGEST_SECONDS, is_leech
from curriculum.scheduling import MemoryState, State
from curriculum.spacing import Plan

SAME_ANSWER_MS = 2_000  # two moments nearer than this may be one answer that went out and came back
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
Pauses = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a learner takes something in."""

    user_id: UUID
    zone: str
    plan: Plan
    at: datetime

    @property
    def today(self) -> int:
        return clock.study_day(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the log that is here already."""

    id: UUID
    ms: int  # its moment, in milliseconds since 1970
    rating: int


@dataclass(slots=True)
class History:
    """reviews: values of rows to add. memory: values of the card's memory, as these rows lead to it alone."""

    reviews: list[dict[str, Any]] = field(default_factory=list)
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """A card's life, answer by answer."""

    place: Place
    card_id: str
    due_at: datetime
    memory: MemoryState = scheduling.NEW
    days: int = 0
    lapses: int = 0
    seed: int = 0
    is_leech: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)

    def row(self, id: UUID, at: datetime, rating: int, **more: Any) -> dict[str, Any]:
        """A row of this moment; without more it leaves everything as it is."""
        zone = self.place.zone
        row = {
            "user_id": self.place.user_id,
            "id": id,
            "card_id": self.card_id,
            "at": at,
            "day": clock.study_day(at, zone),
            "utc_offset": clock.utc_offset_minutes(at, zone),
            "rating": rating,
            "cancels": None,
            "seconds": 0.0,
            "card_version": "",
            "model": scheduling.MODEL_VERSION,
            "state_before": int(self.memory.state),
            "step_before": self.memory.step,
            "stability_before": self.memory.stability,
            "difficulty_before": self.memory.difficulty,
            "due_before": self.due_at,
            "reviewed_at_before": self.memory.reviewed_at,
            "reviewed_day_before": self.memory.reviewed_day,
            "lapses_before": self.lapses,
            "seed_before": self.seed,
            "due_after": self.due_at,
            "days": self.days,
        } | more
        self.rows.append(row)
        return row

    def values(self, added_at: datetime) -> dict[str, Any]:
        after = self.memory
        return {
            "user_id": self.place.user_id,
            "card_id": self.card_id,
            "lesson": "",
            "added_at": added_at,
            "state": int(after.state),
            "step": after.step,
            "days": self.days,
            "stability": after.stability,
            "difficulty": after.difficulty,
            "due_at": self.due_at,
            "reviewed_at": after.reviewed_at,
            "reviewed_day": after.reviewed_day,
            "reps": len(self.rows),
            "lapses": self.lapses,
            "seed": self.seed,
            "aside": int(Aside.IN_QUEUE),
            "buried_day": None,
        }


def of(
    card: Card,
    card_id: str,
    place: Place,
    due_day: int | None,
    known: Sequence[Known] = (),
    *,
    is_new: bool = True,
    added_at: datetime,
) -> History:
    """What one card brings along.

    due_day: the day on which it waits, None when it waits for none. known: the rows of this card that are here, those
    that were undone too; what is among them is not brought again. is_new: it is not among the learner's cards yet.
    added_at: when the card comes into the queue.
    """
    found = History()
    run = _Run(place, card_id, added_at)
    started = next((row.ms for row in known if row.rating == Mark.START), None)
    counting = _counting(card, started, place)
    here = _matched(counting, known)
    for review in counting:
        _answer(run, review, here.get(review.id), is_last=review is counting[-1], card=card, due_day=due_day)
    practice = _practice(card, set(counting), place)
    for review in practice:
        id = names.review_id(card_id, review.id)
        run.row(id, review.at, review.ease + PRACTICE, seconds=_seconds(review))
    is_untouched = not counting and not any(1 <= row.rating <= 4 or row.rating == Mark.START for row in known)
    if is_untouched and card.type in (Kind.REVIEW, Kind.RELEARNING):
        _start(run, card, due_day)
    found.memory = run.values(added_at)
    if is_new:
        _stand(run, card, found.memory)
    ids = {row.id for row in known}
    there = {one for one in _matched(practice, known)}
    skipped = ids | {names.review_id(card_id, one) for one in there}
    found.reviews = [row for row in run.rows if row["id"] not in skipped]
    return found


def missing(card: Card, card_id: str, known: Sequence[Known], place: Place) -> int:
    """How many answers the card would bring."""
    started = next((row.ms for row in known if row.rating == Mark.START), None)
    counting = _counting(card, started, place)
    both = [*counting, *_practice(card, set(counting), place)]
    return len(both) - len(_matched(both, known))


def _counting(card: Card, started: int | None, place: Place) -> list[Review]:
    """The answers that the schedule hangs on: since the card was last begun anew, and since it came here without
    its history."""
    if card.type == Kind.NEW:
        return []
    reset = max((one.id for one in card.reviews if _is_reset(one)), default=0)
    after = max(reset, started or 0)
    return [one for one in card.reviews if one.id > after and _is_answer(one, place) and not _is_practice(one)]


def _practice(card: Card, counting: set[Review], place: Place) -> list[Review]:
    return [one for one in card.reviews if _is_answer(one, place) and one not in counting]


def _is_answer(review: Review, place: Place) -> bool:
    return review.is_answer and OLDEST <= review.at <= place.at + timedelta(days=1)


def _is_reset(review: Review) -> bool:
    return review.type == ReviewKind.MANUAL and not review.factor


def _is_practice(review: Review) -> bool:
    """In a filtered deck, without a new date."""
    return review.type == ReviewKind.FILTERED and not review.factor


def _matched(reviews: Sequence[Review], known: Sequence[Known]) -> dict[int, UUID]:
    """Moment of an answer -> the row that it is already. A package has no two answers at one moment, so that a moment
    may have been moved a little on its way; each row is one answer at most."""
    left = sorted((row for row in known if row.rating > 0), key=lambda row: row.ms)
    found: dict[int, UUID] = {}
    for review in sorted(reviews, key=lambda one: one.id):
        near = [
            row
            for row in left
            if abs(row.ms - review.id) <= SAME_ANSWER_MS and row.rating in (review.ease, review.ease + PRACTICE)
        ]
        if near:
            nearest = min(near, key=lambda row: abs(row.ms - review.id))
            left.remove(nearest)
            found[review.id] = nearest.id
    return found


def _answer(run: _Run, review: Review, here: UUID | None, *, is_last: bool, card: Card, due_day: int | None) -> None:
    """One answer that counts. The last one says when the card is due, as it was due elsewhere."""
    place, zone = run.place, run.place.zone
    id = here or names.review_id(run.card_id, review.id)
    day = clock.study_day(review.at, zone)
    days = max(0, min(review.interval, spacing.LONGEST))
    due_at = review.at + timedelta(seconds=max(60, -review.interval) if review.interval <= 0 else 0)
    if is_last and due_day is not None:
        days = max(1, unpaused(day, due_day, place.plan.pauses))
    elif is_last and card.type in (Kind.LEARNING, Kind.RELEARNING):
        days, due_at = 0, _moment(card.due, review.at, due_at)
    if days:
        due_at = clock.day_start(spacing.advance(day, days, place.plan.pauses), zone)
    run.row(id, review.at, review.ease, seconds=_seconds(review), days=days, due_after=due_at)
    if review.ease == 1 and run.memory.state == State.REVIEW:
        run.lapses += 1
        run.is_leech = run.is_leech or is_leech(run.lapses)
    answered = [(review.ease, review.at, day)]
    run.memory = scheduling.replay(answered, parameters=place.plan.parameters, start=run.memory)
    run.seed ^= fold_of([id])
    run.days, run.due_at = days, due_at


def _start(run: _Run, card: Card, due_day: int | None) -> None:
    """A card that has learnt something of which nothing is told: its interval, and what Anki thinks of it."""
    place = run.place
    interval = max(1, min(card.interval, spacing.LONGEST))
    due = due_day if due_day is not None else place.today
    last = min(due - interval, place.today)
    at = min(clock.day_start(last, place.zone) + timedelta(hours=8), place.at)
    stability = card.stability or float(interval)
    difficulty = card.difficulty or difficulty_of_ease(card.factor, stability, place.plan.parameters)
    run.memory = MemoryState(State.REVIEW, None, stability, difficulty, at, last)
    run.lapses = card.lapses
    run.days = max(1, unpaused(last, due, place.plan.pauses))
    run.due_at = clock.day_start(spacing.advance(last, run.days, place.plan.pauses), place.zone)
    run.row(names.review_id(run.card_id, "start"), place.at, Mark.START)


def _stand(run: _Run, card: Card, values: dict[str, Any]) -> None:
    """Suspended stays suspended, and nothing else is: forgotten often elsewhere is no reason to set a card aside."""
    last = run.memory.reviewed_at or OLDEST
    when = min(max(EPOCH + timedelta(seconds=min(card.changed, 2**33)), last), run.place.at)
    if card.is_suspended:
        run.row(names.review_id(run.card_id, "suspended"), when, Mark.SUSPENDED)
        values["aside"] = int(Aside.SUSPENDED)
    elif run.is_leech:
        run.row(names.review_id(run.card_id, "returned"), when, Mark.RETURNED)
    if card.is_buried:
        values["buried_day"] = run.place.today


def unpaused(day: int, due: int, pauses: Pauses) -> int:
    """How many study days without a pause lie between the two: `spacing.advance` turned round."""
    paused = sum(max(0, min(last, due) - max(first, day + 1) + 1) for first, last in pauses)
    return due - day - paused


def difficulty_of_ease(factor: int, stability: float, parameters: Sequence[float]) -> float:
    """The difficulty, 1 to 10, that fits an ease of SM-2. factor: thousandths, 2500 as Anki begins.

    Source: fsrs-rs, memory_state_from_sm2, for a retention of 0.9.
    """
    ease = max(1.3, (factor or 2500) / 1000)
    growth = math.exp(parameters[8]) * stability ** -parameters[9] * math.expm1(0.1 * parameters[10])
    return max(1.0, min(10.0, 11.0 - (ease - 1.0) / growth))


def _moment(due: int, answered: datetime, otherwise: datetime) -> datetime:
    """due: seconds since 1970, where it is such a moment."""
    if not 0 < due < 2**33:
        return otherwise
    return max(EPOCH + timedelta(seconds=due), answered)


def _seconds(review: Review) -> float:
    return min(max(review.millis / 1000, 0.0), LONGEST_SECONDS)
