"""What else happens at the desk: suspending, burying, leeches, taking back; and what the log makes of it."""

from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from core.errors import NotFound, Refused
from core.ids import uuid7
from curriculum import card_acts, log, replay, reviews
from curriculum import desk as rules
from curriculum.cards import Aside
from curriculum.library import Card
from curriculum.models import Review
from curriculum.scheduling import State
from tests.curriculum.at_the_desk import Desk
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, SECOND, TUESDAY


def first_card(desk: Desk) -> Card:
    desk.add()
    card = desk.sit_down().card
    assert card is not None
    return card


def now_on_desk(desk: Desk) -> Card:
    card = desk.sit_down(at=MONDAY + HOUR).card
    assert card is not None
    return card


def test_a_suspended_card_stays_away_until_it_is_taken_back(desk: Desk) -> None:
    card = first_card(desk)

    rules.suspend(desk.db, desk.person.id, card.id, BERLIN, at=MONDAY)
    desk.db.commit()

    shown = desk.sit_down()
    assert shown.card and shown.card.id != card.id
    card_acts.act(desk.db, desk.person.id, "returned", [card.id], BERLIN, at=MONDAY + MINUTE)
    desk.db.commit()
    desk.sit_down(at=MONDAY + MINUTE, new=100)
    assert card.id in listed(desk)


def test_a_buried_card_comes_again_tomorrow(desk: Desk) -> None:
    card = first_card(desk)

    rules.bury(desk.db, desk.person.id, card.id, BERLIN, at=MONDAY)
    desk.db.commit()

    assert now_on_desk(desk).id != card.id
    assert card.id not in listed(desk)
    desk.sit_down(at=TUESDAY, new=100)
    assert card.id in listed(desk)


def test_a_buried_learning_step_does_not_come_again_today(desk: Desk) -> None:
    card = first_card(desk)
    desk.answer(card.id, 1)

    rules.bury(desk.db, desk.person.id, card.id, BERLIN, at=MONDAY + SECOND)
    desk.db.commit()

    shown = reviews.next_card(desk.store, desk.library, desk.person.id, BERLIN, at=MONDAY + 5 * MINUTE)
    assert shown.card and shown.card.id != card.id


def test_undo_takes_back_answers_burials_and_suspensions_in_turn(desk: Desk) -> None:
    one = first_card(desk)
    desk.answer(one.id, 4)
    two = now_on_desk(desk)
    rules.bury(desk.db, desk.person.id, two.id, BERLIN, at=MONDAY + 2 * HOUR)
    desk.db.commit()
    three = now_on_desk(desk)
    rules.suspend(desk.db, desk.person.id, three.id, BERLIN, at=MONDAY + 3 * HOUR)
    desk.db.commit()

    taken_back = [desk.undo(at=MONDAY + 4 * HOUR) for _ in range(3)]

    assert taken_back == [three.id, two.id, one.id]
    assert {(desk.memory(card.id).aside, desk.memory(card.id).buried_day) for card in (one, two, three)} == {(0, None)}
    assert desk.memory(one.id).state == State.NEW
    with pytest.raises(Refused, match="nothing of today"):
        desk.undo(at=MONDAY + 4 * HOUR)
    assert replay.faults(desk.db, desk.person.id) == []


def test_what_is_taken_back_leaves_the_same_values_to_draw(desk: Desk) -> None:
    card = first_card(desk)
    before = desk.memory(card.id).seed
    desk.answer(card.id, 3)
    between = desk.memory(card.id).seed
    desk.undo(at=MONDAY + MINUTE)

    assert desk.memory(card.id).seed == before != between


def test_a_card_forgotten_six_times_is_set_aside_and_says_so(desk: Desk) -> None:
    card = first_card(desk)
    desk.answer(card.id, 4)
    forget(desk, card, times=5)
    assert desk.memory(card.id).aside == Aside.IN_QUEUE

    shown = forget(desk, card, times=1)

    assert shown.set_aside is not None and shown.set_aside.id == card.id
    assert desk.memory(card.id).aside == Aside.LEECH
    assert desk.memory(card.id).lapses == 6
    assert replay.faults(desk.db, desk.person.id) == []


def test_undoing_the_sixth_lapse_brings_the_leech_back(desk: Desk) -> None:
    card = first_card(desk)
    desk.answer(card.id, 4)
    forget(desk, card, times=6)

    at = desk.memory(card.id).reviewed_at
    assert at is not None
    desk.undo(at=at + SECOND)

    memory = desk.memory(card.id)
    assert (memory.aside, memory.lapses, memory.state) == (Aside.IN_QUEUE, 5, State.REVIEW)
    assert replay.faults(desk.db, desk.person.id) == []


def test_a_stranger_cannot_set_a_card_aside(desk: Desk, eve) -> None:
    card = first_card(desk)

    with pytest.raises(NotFound):
        rules.suspend(desk.db, eve.id, card.id, BERLIN, at=MONDAY)

    desk.db.rollback()
    assert desk.memory(card.id).aside == Aside.IN_QUEUE


def test_an_answer_taken_out_of_the_middle_dates_the_card_anew(desk: Desk, fresh_db: Session) -> None:
    """As a merge of two devices does: no logged interval was chosen for just these answers."""
    card = first_card(desk)
    desk.answer(card.id, 4)
    middle = uuid7()
    due = desk.memory(card.id).due_at
    desk.answer(card.id, 3, at=due, review_id=middle)
    desk.answer(card.id, 3, at=desk.memory(card.id).due_at)
    cancel(desk, middle)

    replay.rebuild(desk.db, desk.person.id, [card.id], BERLIN, at=MONDAY + 90 * DAY)
    desk.db.commit()

    dated = fresh_db.exec(select(Review).where(col(Review.rating) == log.Mark.DATED)).all()
    assert [row.card_id for row in dated] == [card.id]
    assert desk.memory(card.id).due_at == dated[0].due_after
    assert replay.faults(desk.db, desk.person.id) == []
    before = desk.memory(card.id).model_dump(exclude={"reps"})
    replay.rebuild(desk.db, desk.person.id, [card.id], BERLIN, at=MONDAY + 91 * DAY)
    desk.db.commit()
    assert desk.memory(card.id).model_dump(exclude={"reps"}) == before


def test_other_parameters_retell_the_memories_and_leave_the_due_days(desk: Desk) -> None:
    card = first_card(desk)
    desk.answer(card.id, 4)
    desk.answer(card.id, 3, at=desk.memory(card.id).due_at)
    before = desk.memory(card.id)
    stability, due = before.stability, before.due_at
    weights = [0.5, 1.5, 3.0, 9.0, *reviews.scheduling.DEFAULT[4:]]
    desk.wish(weights=str(weights))

    told = replay.retell(desk.db, desk.person.id, BERLIN, at=MONDAY + 30 * DAY)
    desk.db.commit()

    after = desk.memory(card.id)
    assert told == 1
    assert after.due_at == due and after.stability != stability
    assert replay.faults(desk.db, desk.person.id) == []


def test_moving_to_another_zone_moves_due_days_with_her(desk: Desk) -> None:
    card = first_card(desk)
    desk.answer(card.id, 4)
    before = desk.memory(card.id).due_at
    desk.person.zone = "Pacific/Auckland"
    desk.db.add(desk.person)

    moved = replay.replan(desk.db, desk.person.id, "Pacific/Auckland", at=MONDAY + HOUR)
    desk.db.commit()

    assert moved == 1
    assert before - desk.memory(card.id).due_at == 12 * HOUR
    assert replay.faults(desk.db, desk.person.id) == []


def test_a_pause_moves_due_days_and_its_removal_moves_them_back(desk: Desk) -> None:
    card = first_card(desk)
    desk.answer(card.id, 4)
    memory = desk.memory(card.id)
    before, stability = memory.due_at, memory.stability
    first = MONDAY.toordinal() + 1
    desk.wish(pauses=f"[[{first},{first + 13}]]")

    replay.replan(desk.db, desk.person.id, BERLIN, at=MONDAY)
    desk.db.commit()

    assert desk.memory(card.id).due_at == before + 14 * DAY
    assert desk.memory(card.id).stability == stability
    assert replay.faults(desk.db, desk.person.id) == []
    desk.wish(pauses="")
    replay.replan(desk.db, desk.person.id, BERLIN, at=MONDAY)
    desk.db.commit()
    assert desk.memory(card.id).due_at == before


def listed(desk: Desk) -> set[str]:
    waiting = select(col(reviews.day_list.QueueCard.card_id)).where(
        col(reviews.day_list.QueueCard.answered_by).is_(None)
    )
    found = set(desk.db.exec(waiting))
    desk.db.commit()
    return found


def forget(desk: Desk, card: Card, *, times: int) -> reviews.Shown:
    """Forgotten on its day, learnt again ten minutes later, as often; the last time only forgotten."""
    for _ in range(times):
        memory = desk.memory(card.id)
        if memory.state == State.RELEARNING:
            desk.answer(card.id, 3, at=memory.due_at)
            memory = desk.memory(card.id)
        shown = desk.answer(card.id, 1, at=memory.due_at)
    return shown


def cancel(desk: Desk, review_id: UUID) -> None:
    row = desk.db.get_one(Review, (desk.person.id, review_id))
    kept = row.model_dump(exclude={"id", "rating", "cancels", "at"})
    desk.db.add(Review(**kept, id=uuid7(), rating=log.Mark.UNDO, cancels=review_id, at=MONDAY + 80 * DAY))
    desk.db.commit()
