"""Answering: the card that comes next, one answer, and the card after it. `desk` has what else happens there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core import clock
from core.accounts import hash_of
from core.columns import from_micros, to_micros
from core.database import insert_into, rows_changed
from core.errors import Conflict, NotFound, Refused
from curriculum import day_list, plans, scheduling, spacing
from curriculum.cards import Aside, one_of, retired
from curriculum.ear import answers as ear_answers
from curriculum.ear.answers import Given
from curriculum.library import Card, Library
from curriculum.log import fold_of
from curriculum.models import Memory
from curriculum.scheduling import MemoryState, Outcome, State
from curriculum.spacing import Plan
from curriculum.store import LEARN_AHEAD, CardRow, Next, Store

LEECH_LAPSES, LEECH_AGAIN = 6, 3
LONGEST_SECONDS = 60.0  # more at one card is a break, not thinking


@dataclass(frozen=True, slots=True)
class Shown:
    """A card on the desk. card: None when nothing is left for now."""

    card: Card | None
    outcomes: tuple[Outcome, ...]  # what forgot, hard, good and easy lead to
    is_early: bool  # a learning step before its time
    left: int  # on today's list, learning steps not counted
    total: int  # on today's list when it was whole
    seed: int = 0  # what the values and the order of choices on this showing are drawn from
    set_aside: Card | None = None  # the card that was just answered, when it was forgotten too often


def add_cards(db: Session, user_id: UUID, cards: Iterable[Card], *, at: datetime) -> int:
    """Put cards into a learner's queue; those that are there already stay as they are. Returns how many were new."""
    rows = [
        {
            "user_id": user_id,
            "card_id": card.id,
            "lesson": card.lesson,
            "added_at": at,
            "due_at": at,
            "state": State.NEW,
            "reps": 0,
            "lapses": 0,
        }
        for card in cards
    ]
    if not rows:
        return 0
    added = rows_changed(db, insert_into(db, Memory).values(rows).on_conflict_do_nothing())
    day_list.forget(db, user_id)
    return added


def answer(
    store: Store,
    library: Library,
    token: str,
    card_id: str,
    *,
    review_id: UUID,
    rating: int,
    seconds: float,
    at: datetime,
    idle_before: datetime,
    given: Given | None = None,
) -> Shown | None:
    """Log one answer and give the next card; None when the sign-in behind `token` is over.

    rating: 1 forgot, 2 hard, 3 good, 4 easy. seconds: time at the card, counted up to 60. given: the answer to a card
    that sounds; it is judged again, and a rating above what it is worth is refused. None: nobody listened.
    The same review_id again changes nothing and gives the next card; another one for a card that is not due is refused.
    """
    if rating not in (1, 2, 3, 4):
        raise Refused("Choose one of the four answers: forgot, hard, good or easy.")
    user_id = _claimed_user(token)
    if user_id is None:
        return None
    with store.turn() as turn:
        ask = partial(
            turn.asked, user_id, hash_of(token), card_id=card_id, review_id=review_id, at=at, idle_before=idle_before
        )
        asked = ask()
        if asked is None:
            return None
        if asked.card is None:
            raise NotFound
        at = _after_the_last(asked.card, at)
        day = clock.study_day(at, asked.zone)
        if asked.known:
            _same_answer(asked.known, card_id, rating)
        else:
            _refuse_if_not_due(asked.card, day, asked.zone, at)
            plan, seed = plans.of_kept(asked.plan), spacing.seed_of(card_id, asked.card.seed)
            outcome = scheduling.answer(
                state_of(asked.card), rating, at=at, zone=asked.zone, plan=plan, seed=seed, day=day
            )
            values = _review_values(asked.card, library, outcome, review_id, rating, seconds, day, asked.zone, at)
            heard = _heard(library, asked.card, given, rating, review_id, day, at)
            following = turn.write(user_id, day, at, values, reps=asked.card.reps, heard=heard)
            if following:
                following = _or_early(following, asked.card, outcome, values, at)
                shown = _shown(following, library, asked.zone, plan, at)
                if values["new_aside"] == Aside.LEECH != asked.card.aside:
                    return replace(shown, set_aside=library.cards.get(card_id) or retired(card_id))
                return shown
            latest = ask()  # somebody was faster: this very answer, sent twice at once, or another one
            _same_answer(latest.known if latest else None, card_id, rating)
    return _shown(store.next(user_id, day, at), library, asked.zone, plans.of_kept(asked.plan), at)


def next_card(store: Store, library: Library, user_id: UUID, zone: str, *, at: datetime) -> Shown:
    """The card that comes next on this learner's desk; the day's list has been built (`day_list.build`)."""
    plan = plans.of_kept(store.plan(user_id))
    return _shown(store.next(user_id, clock.study_day(at, zone), at), library, zone, plan, at)


def _heard(
    library: Library, row: CardRow, given: Given | None, rating: int, review_id: UUID, day: int, at: datetime
) -> dict[str, object] | None:
    """The columns of EarAnswer; None for a card that does not sound."""
    card = library.cards.get(row.card_id)
    if given is None or card is None or card.sounding is None:
        return None
    seed = spacing.seed_of(row.card_id, row.seed)
    return ear_answers.row(card, seed, given, rating, review_id=review_id, day=day, at=at)


def state_of(row: CardRow) -> MemoryState:
    reviewed_at = None if row.reviewed_at is None else from_micros(row.reviewed_at)
    return MemoryState(State(row.state), row.step, row.stability, row.difficulty, reviewed_at, row.reviewed_day)


def _claimed_user(token: str) -> UUID | None:
    try:
        return UUID(hex=token.split(".", 1)[0])
    except ValueError:
        return None


def _after_the_last(card: CardRow, at: datetime) -> datetime:
    """A moment after the card's last answer: the log is replayed in order of time, and requests may overtake each other
    between the look at the clock and the writer's turn."""
    if card.reviewed_at is None or to_micros(at) > card.reviewed_at:
        return at
    return from_micros(card.reviewed_at + 1)


def _same_answer(known: tuple[str, int] | None, card_id: str, rating: int) -> None:
    if known is None:
        raise Conflict("You answered this already, on another page. Go on with the next card.")
    if known != (card_id, rating):
        raise Conflict("This answer was sent before for another card or button; the first one counts.")


def _refuse_if_not_due(card: CardRow, day: int, zone: str, at: datetime) -> None:
    """A learning step may be answered a little early; a review on its study day; anything else was answered already."""
    if card.due_at <= to_micros(at):
        return
    in_steps = card.state in (State.LEARNING, State.RELEARNING)
    latest = at + LEARN_AHEAD if in_steps else clock.day_start(day + 1, zone)
    if card.due_at > to_micros(latest) or (not in_steps and card.due_at == to_micros(latest)):
        raise Conflict("You answered this already. Go on with the next card.")


def _review_values(
    card: CardRow,
    library: Library,
    outcome: Outcome,
    review_id: UUID,
    rating: int,
    seconds: float,
    day: int,
    zone: str,
    at: datetime,
) -> dict[str, object]:
    """The columns of the log's row, and of the memory it leads to with "new_" before each name."""
    text = library.cards.get(card.card_id)
    after = outcome.memory
    due, now = to_micros(outcome.due_at), to_micros(at)
    lapses = card.lapses + (rating == 1 and card.state == State.REVIEW)
    return {
        "id": review_id,
        "card_id": card.card_id,
        "at": now,
        "day": day,
        "utc_offset": clock.utc_offset_minutes(at, zone),
        "rating": rating,
        "seconds": min(max(seconds, 0.0), LONGEST_SECONDS),
        "card_version": text.version if text else "",
        "model": scheduling.MODEL_VERSION,
        "state_before": card.state,
        "step_before": card.step,
        "stability_before": card.stability,
        "difficulty_before": card.difficulty,
        "due_before": card.due_at,
        "reviewed_at_before": card.reviewed_at,
        "reviewed_day_before": card.reviewed_day,
        "lapses_before": card.lapses,
        "seed_before": card.seed,
        "due_after": due,
        "days": outcome.days,
        "new_state": int(after.state),
        "new_step": after.step,
        "new_stability": after.stability,
        "new_difficulty": after.difficulty,
        "new_due_at": due,
        "new_reviewed_at": now,
        "new_reviewed_day": day,
        "new_lapses": lapses,
        "new_days": outcome.days,
        "new_seed": card.seed ^ fold_of([review_id]),
        "new_aside": Aside.LEECH if lapses > card.lapses and is_leech(lapses) else card.aside,
    }


def is_leech(lapses: int) -> bool:
    """Whether a card that was forgotten for this time is set aside: at the sixth time, then at every third."""
    return lapses >= LEECH_LAPSES and (lapses - LEECH_LAPSES) % LEECH_AGAIN == 0


def _or_early(following: Next, card: CardRow, outcome: Outcome, values: dict[str, Any], at: datetime) -> Next:
    """The answered card itself, when nothing else is left and its next step comes sooner than any other."""
    if (following.card is not None and not following.is_early) or outcome.days or outcome.due_at > at + LEARN_AHEAD:
        return following
    if values["new_aside"]:
        return following
    due = to_micros(outcome.due_at)
    if following.card is not None and following.card.due_at <= due:
        return following
    after = outcome.memory
    itself = card._replace(
        state=int(after.state),
        step=after.step,
        stability=after.stability,
        difficulty=after.difficulty,
        reviewed_at=to_micros(at),
        reviewed_day=after.reviewed_day,
        due_at=due,
        reps=card.reps + 1,
        seed=values["new_seed"],
    )
    return following._replace(card=itself, is_early=True)


def _shown(following: Next, library: Library, zone: str, plan: Plan, at: datetime) -> Shown:
    row = following.card
    if row is None:
        return Shown(None, (), False, following.left, following.total)
    card = one_of(following.text, row.card_id) if following.text else library.cards.get(row.card_id)
    seed = spacing.seed_of(row.card_id, row.seed)
    outcomes = scheduling.preview(state_of(row), at=at, zone=zone, plan=plan, seed=seed)
    return Shown(card or retired(row.card_id), outcomes, following.is_early, following.left, following.total, seed)
