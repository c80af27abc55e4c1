"""Reviewing by its rules: what is due, answering once, undoing, and the log as the truth."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import User
from core.database import Database
from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from curriculum import cards, replay, reviews, scheduling, store
from curriculum import desk as desk_rules
from curriculum.models import Memory, QueueCard, Review
from tests.curriculum.at_the_desk import LESSON, Desk
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, SECOND, on_the_wall


def test_cards_of_a_lesson_come_with_the_limit_of_new_ones(desk: Desk) -> None:
    desk.add()

    shown = desk.sit_down(new=4)

    assert shown.card is not None and shown.total == 4


def test_answering_gives_the_next_card_in_the_same_call(desk: Desk) -> None:
    desk.add()
    first = desk.sit_down().card
    assert first is not None

    shown = desk.answer(first.id)

    assert shown.card is not None and shown.card.id != first.id
    assert shown.left == shown.total - 1
    assert scheduling.interval_words(shown.outcomes[0]) == "<1 min"


def test_a_card_adds_itself_once(desk: Desk, db: Session) -> None:
    desk.add()
    desk.add()

    cards = db.exec(select(Memory)).all()

    assert len(cards) == len(desk.library.lessons[LESSON].cards)


def test_gaps_of_one_text_do_not_meet_on_one_day(desk: Desk, db: Session) -> None:
    desk.add("theory-pitch")
    desk.sit_down(new=100)

    blocks = [cards.block_of(card_id) for card_id in db.exec(select(QueueCard.card_id))]

    assert len(blocks) == len(set(blocks))


def test_the_same_answer_sent_twice_counts_once(desk: Desk, db: Session) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    review_id = uuid7()

    once = desk.answer(card.id, review_id=review_id)
    twice = desk.answer(card.id, review_id=review_id, at=MONDAY + SECOND)

    assert len(db.exec(select(Review)).all()) == 1
    assert once.card is not None and twice.card is not None and once.card.id == twice.card.id


def test_the_same_id_with_another_button_is_a_conflict(desk: Desk, db: Session) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    review_id = uuid7()
    desk.answer(card.id, 3, review_id=review_id)

    with pytest.raises(Conflict):
        desk.answer(card.id, 4, review_id=review_id)

    assert [review.rating for review in db.exec(select(Review))] == [3]


def test_a_second_answer_from_a_stale_tab_is_refused(desk: Desk, db: Session) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    desk.answer(card.id, 4)

    with pytest.raises(Conflict, match="answered this already"):
        desk.answer(card.id, 1, at=MONDAY + MINUTE)

    assert len(db.exec(select(Review)).all()) == 1


def test_a_learning_step_comes_back_within_the_sitting(desk: Desk) -> None:
    desk.add()
    card = desk.sit_down(new=1).card
    assert card is not None

    shown = desk.answer(card.id, 1)

    assert shown.card is not None and shown.card.id == card.id and shown.is_early


def test_a_step_that_is_due_goes_before_the_list(desk: Desk) -> None:
    desk.add()
    first = desk.sit_down(new=3).card
    assert first is not None
    second = desk.answer(first.id, 1).card
    assert second is not None and second.id != first.id

    third = desk.answer(second.id, 4, at=MONDAY + 2 * MINUTE).card

    assert third is not None and third.id == first.id


def test_nothing_is_left_when_all_are_easy(desk: Desk) -> None:
    desk.add()
    shown, at = desk.sit_down(new=3), MONDAY
    while shown.card:
        at += SECOND
        shown = desk.answer(shown.card.id, 4, at=at)

    assert shown.left == 0 and shown.total == 3


def test_undo_brings_the_card_back_as_it_was(desk: Desk, db: Session) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    before = desk.memory(card.id).model_dump()
    desk.answer(card.id, 3)

    undone = desk.undo(at=MONDAY + MINUTE)
    after = desk.memory(card.id).model_dump()

    assert undone == card.id
    assert {**after, "reps": 0} == {**before, "reps": 0}
    assert len(db.exec(select(Review)).all()) == 2
    again = reviews.next_card(desk.store, desk.library, desk.person.id, BERLIN, at=MONDAY + MINUTE)
    assert again.card is not None and again.card.id == card.id


def test_undo_goes_back_step_by_step_and_then_says_so(desk: Desk) -> None:
    desk.add()
    first = desk.sit_down().card
    assert first is not None
    second = desk.answer(first.id, 4).card
    assert second is not None
    desk.answer(second.id, 4, at=MONDAY + SECOND)

    assert desk.undo(at=MONDAY + MINUTE) == second.id
    assert desk.undo(at=MONDAY + MINUTE) == first.id
    with pytest.raises(Refused, match="nothing of today"):
        desk.undo(at=MONDAY + MINUTE)


def test_an_answer_after_an_undo_counts(desk: Desk) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    desk.answer(card.id, 1)
    desk.undo(at=MONDAY + SECOND)

    desk.answer(card.id, 4, at=MONDAY + 2 * SECOND)

    assert desk.memory(card.id).state == scheduling.State.REVIEW
    assert replay.faults(desk.db, desk.person.id) == []


@pytest.mark.parametrize("seed", range(4))
def test_memories_equal_the_replay_of_the_log(desk: Desk, seed: int) -> None:
    import random

    dice = random.Random(seed)
    desk.add()
    at = MONDAY
    for _ in range(6):
        shown = desk.sit_down(at=at)
        for _ in range(25):
            if not shown.card:
                break
            shown = desk.answer(shown.card.id, dice.choice([1, 2, 3, 3, 3, 4]), at=at)
            at += dice.choice([SECOND, MINUTE, 11 * MINUTE])
            if dice.random() < 0.2:
                desk.undo(at=at)
                shown = reviews.next_card(desk.store, desk.library, desk.person.id, BERLIN, at=at)
        at += dice.choice([HOUR, 8 * HOUR, DAY, 3 * DAY])

    assert replay.faults(desk.db, desk.person.id) == []


def test_a_memory_that_was_tampered_with_is_found(desk: Desk, db: Session) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    desk.answer(card.id, 4)
    memory = desk.memory(card.id)
    memory.stability = 99.0
    db.commit()

    assert any(card.id in fault for fault in replay.faults(db, desk.person.id))


def test_nobody_answers_with_an_ended_sign_in_or_a_foreign_card(desk: Desk, db: Session, eve: User) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    stranger = Desk(desk.store.base, db, desk.library, eve)

    assert desk.answer(card.id, token=f"{desk.person.id.hex}.wrong") is None
    with pytest.raises(NotFound):
        stranger.answer(card.id)

    assert not db.exec(select(Review)).all()


@pytest.mark.parametrize(
    ("evening", "morning"),
    [("2026-11-23 23:30", "2026-11-24 07:00"), ("2026-10-24 23:30", "2026-10-25 07:00")],
)
def test_evening_then_morning_is_one_day_apart_at_the_desk(desk: Desk, db: Session, evening: str, morning: str) -> None:
    late, early = on_the_wall(BERLIN, evening), on_the_wall(BERLIN, morning)
    desk.add(at=late)
    card = desk.sit_down(at=late).card
    assert card is not None
    desk.answer(card.id, 3, at=late)
    desk.sit_down(at=early)
    desk.answer(card.id, 3, at=early)

    days = [review.day for review in db.exec(select(Review).order_by(Review.at))]

    assert days[1] - days[0] == 1


def test_when_more_is_due_than_the_limit_the_most_forgotten_go_first(desk: Desk, db: Session) -> None:
    desk.add()
    shown, at = desk.sit_down(new=6), MONDAY
    while shown.card:
        at += SECOND
        shown = desk.answer(shown.card.id, 4, at=at)
    memories = db.exec(select(Memory).where(Memory.state == scheduling.State.REVIEW)).all()
    weakest = memories[2]
    weakest.stability = 1.0
    db.commit()

    shown = desk.sit_down(at=MONDAY + 60 * DAY, new=0, most=1)

    assert shown.card is not None and shown.card.id == weakest.card_id and shown.total == 1


def test_store_writes_what_the_models_read(desk: Desk, db: Session) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    review_id = uuid7()
    desk.answer(card.id, 3, review_id=review_id)

    review = db.get(Review, (desk.person.id, review_id))

    assert review is not None
    assert (review.at, review.card_id, review.rating, review.card_version) == (MONDAY, card.id, 3, card.version)
    assert review.due_before == MONDAY and review.due_after == desk.memory(card.id).due_at


@pytest.mark.postgres
def test_an_answer_on_postgresql_takes_two_round_trips(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    trips = []
    import psycopg

    execute: Callable[..., Any] = psycopg.Cursor.execute

    def counted(self: Any, query: Any, *args: Any, **more: Any) -> Any:
        trips.append(str(query)[:40])
        return execute(self, query, *args, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    desk.answer(card.id)

    assert len(trips) == 2, trips


def together(*acts: Callable[[], object]) -> list[str]:
    """Do these at the same moment; the names of the errors that they raised."""
    gate, said = threading.Barrier(len(acts)), []

    def one(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except Refused as refusal:
            said.append(type(refusal).__name__)

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.fixture
def answer_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """`answer_at_once([(card_id, review_id), …])`: all of them have read before the first one writes."""
    write = store.Turn.write

    def answer(answers: list[tuple[str, UUID]]) -> list[str]:
        all_read = threading.Barrier(len(answers), timeout=20)

        def write_together(turn: store.Turn, *given: Any, **more: Any) -> Any:
            if not turn.store.is_sqlite:  # there the pen is taken before the reading
                all_read.wait()
            return write(turn, *given, **more)

        monkeypatch.setattr(store.Turn, "write", write_together)
        calls = [
            partial(
                reviews.answer,
                desk.store,
                desk.library,
                desk.token,
                card_id,
                review_id=review_id,
                rating=3,
                seconds=1.0,
                at=MONDAY,
                idle_before=MONDAY - DAY,
            )
            for card_id, review_id in answers
        ]
        return together(*calls)

    return answer


def test_an_answer_that_comes_four_times_at_once_is_one_answer(
    desk: Desk, answer_at_once: Callable[..., list[str]], fresh_db: Session
) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None

    refused = answer_at_once([(card.id, uuid7())] * 4)

    assert refused == []
    assert len(fresh_db.exec(select(Review)).all()) == 1


def test_one_id_for_four_cards_at_once_answers_one_of_them(
    desk: Desk, answer_at_once: Callable[..., list[str]], fresh_db: Session
) -> None:
    desk.add()
    desk.sit_down()
    review_id, listed = uuid7(), fresh_db.exec(select(QueueCard.card_id)).all()
    fresh_db.rollback()

    refused = answer_at_once([(card_id, review_id) for card_id in listed[:4]])

    assert refused == ["Conflict"] * 3
    assert len(fresh_db.exec(select(Review)).all()) == 1
    assert replay.faults(fresh_db, desk.person.id) == []


@pytest.mark.postgres
def test_two_who_take_back_the_same_answer_take_it_back_once(
    desk: Desk, base: Database, fresh_db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    desk.answer(card.id)
    user_id = desk.person.id
    desk.db.commit()
    both_looked, get = threading.Barrier(2, timeout=20), Session.get

    def get_together(db: Session, *given: Any, **more: Any) -> Any:
        if more.get("with_for_update"):
            both_looked.wait()
        return get(db, *given, **more)

    def take_back() -> None:
        with base.writing() as db:
            desk_rules.undo(db, user_id, BERLIN, at=MONDAY + SECOND)

    monkeypatch.setattr(Session, "get", get_together)
    refused = together(take_back, take_back)

    assert refused == ["Conflict"]
    assert [row.rating for row in fresh_db.exec(select(Review).order_by(col(Review.at)))] == [3, 0]
    assert replay.faults(fresh_db, desk.person.id) == []


def test_a_list_made_while_an_answer_was_written_does_not_ask_again(desk: Desk, db: Session) -> None:
    desk.add()
    first = desk.sit_down().card
    assert first is not None
    desk.answer(first.id, 4)
    db.execute(sa.update(QueueCard).values(answered_by=None))
    db.commit()

    shown = desk.sit_down()

    assert shown.card is not None and shown.card.id != first.id


def test_adding_cards_says_how_many_were_new(desk: Desk, db: Session) -> None:
    cards = desk.library.lessons[LESSON].cards

    first = reviews.add_cards(db, desk.person.id, cards[:4], at=MONDAY)
    second = reviews.add_cards(db, desk.person.id, cards[:6], at=MONDAY)

    assert (first, second) == (4, 2)


def test_an_answer_that_was_overtaken_keeps_the_order_of_the_log(desk: Desk) -> None:
    desk.add()
    card = desk.sit_down(new=1).card
    assert card is not None
    desk.answer(card.id, 1, at=MONDAY + SECOND)

    desk.answer(card.id, 3, at=MONDAY)

    assert replay.faults(desk.db, desk.person.id) == []
