"""Learners who are played out: a truth says what is recalled, the standard model says when a card comes."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from core import clock
from core.accounts import User
from core.ids import uuid7
from curriculum import replay, scheduling
from curriculum.fitting import Answer
from curriculum.log import fold_of
from curriculum.models import Memory, Review
from curriculum.scheduling import DEFAULT, NEW
from tests.times import BERLIN, DAY, MINUTE, MONDAY

FIRST, THEN = (0.25, 0.10, 0.50, 0.15), (0.10, 0.80, 0.10)  # chances of the ratings: at first; of those recalled
LATER = timedelta(minutes=11)


def played(
    seed: int, truth: tuple[float, ...] = DEFAULT, *, cards: int = 150, days: int = 150, start: datetime = MONDAY
) -> list[list[Answer]]:
    """The answers to each card, one of which is begun each day. truth: parameters by which this learner forgets."""
    dice = random.Random(seed)
    return [_card(dice, truth, start, number, days) for number in range(cards)]


def _card(dice: random.Random, truth: tuple[float, ...], start: datetime, number: int, days: int) -> list[Answer]:
    held, believed, answers = NEW, NEW, []
    first = clock.study_day(start, BERLIN)
    at = start + number * (DAY + MINUTE)
    rating = dice.choices((1, 2, 3, 4), FIRST)[0]
    while at < start + days * DAY:
        today = clock.study_day(at, BERLIN)
        answers.append((rating, at, today))
        outcome = scheduling.answer(believed, rating, at=at, zone=BERLIN)
        believed, held = outcome.memory, scheduling.replay(answers[-1:], parameters=truth, start=held)
        if not outcome.days:
            at, rating = at + LATER, 3
            continue
        at = start + (today - first + outcome.days) * DAY + number * MINUTE
        chance = scheduling.retrievability(held, day=today + outcome.days, parameters=truth)
        rating = dice.choices((2, 3, 4), THEN)[0] if dice.random() < chance else 1
    return answers


def write(
    db: Session, user: User, histories: list[list[Answer]], *, seconds: float = 4.0, names: Sequence[str] = ()
) -> None:
    """Put the answers into this learner's log, and what they lead to into the memories. names: the cards' ids; some
    that no lesson has when left out."""
    names = names or [f"kk{number:04d}" for number in range(len(histories))]
    for name, answers in zip(names, histories, strict=True):
        db.add(Memory(user_id=user.id, card_id=name, lesson="", added_at=answers[0][1], state=0, due_at=answers[0][1]))
        ids, memory = [], NEW
        for rating, at, day in answers:
            outcome = scheduling.answer(memory, rating, at=at, zone=user.zone)
            ids.append(uuid7())
            db.add(
                Review(
                    user_id=user.id,
                    id=ids[-1],
                    card_id=name,
                    at=at,
                    day=day,
                    utc_offset=60,
                    rating=rating,
                    seconds=seconds,
                    model=scheduling.MODEL_VERSION,
                    state_before=memory.state,
                    reviewed_day_before=memory.reviewed_day,
                    due_before=at,
                    seed_before=fold_of(ids[:-1]),
                    due_after=outcome.due_at,
                    days=outcome.days,
                )
            )
            memory = outcome.memory
    replay.rebuild(db, user.id, names, user.zone, at=MONDAY)
    db.commit()
