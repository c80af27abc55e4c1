"""The day's list: limits, a backlog and its three choices, turns of lessons, pauses."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from curriculum import day_list, reviews
from curriculum.models import Memory, QueueCard
from curriculum.scheduling import State
from tests.curriculum.at_the_desk import Desk
from tests.times import BERLIN, DAY, HOUR, MONDAY, TUESDAY

TODAY = MONDAY.toordinal()


def remember(desk: Desk, overdue: int, fresh: int) -> None:
    """Cards that have been learnt: so many due before today, so many due today."""
    reviews.add_cards(desk.db, desk.person.id, desk.library.cards.values(), at=MONDAY - 90 * DAY)
    alone = {card.block: card.id for card in desk.library.cards.values()}  # one of a block
    memories = [desk.db.get_one(Memory, (desk.person.id, card_id)) for card_id in alone.values()]
    assert len(memories) >= overdue + fresh
    for place, memory in enumerate(memories[: overdue + fresh]):
        late = 3 + place if place < overdue else 0
        memory.state, memory.stability, memory.difficulty = State.REVIEW, 10.0, 5.0
        memory.reviewed_at, memory.reviewed_day = MONDAY - (late + 10) * DAY, TODAY - late - 10
        memory.days = 10
        memory.due_at = day_list.clock.day_start(TODAY - late, BERLIN)
    desk.db.commit()


def on_list(desk: Desk, *, at=MONDAY) -> list[str]:
    day_list.build(desk.db, desk.library, desk.person.id, BERLIN, at=at)
    mine = select(col(QueueCard.card_id)).where(col(QueueCard.answered_by).is_(None))
    found = list(desk.db.exec(mine.where(col(QueueCard.day) == at.toordinal()).order_by(col(QueueCard.position))))
    desk.db.commit()
    return found


def old_ones(desk: Desk, card_ids: Iterable[str]) -> int:
    kept = [desk.db.get_one(Memory, (desk.person.id, card_id)).state for card_id in card_ids]
    desk.db.commit()
    return kept.count(State.REVIEW)


def test_under_a_backlog_the_cap_holds_and_new_cards_wait(desk: Desk) -> None:
    remember(desk, overdue=20, fresh=5)
    desk.wish(new_a_day=10, reviews_a_day=8)

    listed = on_list(desk)

    assert len(listed) == old_ones(desk, listed) == 8
    waiting = day_list.backlog(desk.db, desk.library, desk.person.id, BERLIN, at=MONDAY)
    assert (waiting.due, waiting.overdue, waiting.today, waiting.is_over) == (25, 20, 8, True)


def test_without_a_backlog_reviews_and_new_cards_are_mixed(desk: Desk) -> None:
    remember(desk, overdue=0, fresh=6)
    desk.wish(new_a_day=3, reviews_a_day=120)

    listed = on_list(desk)

    assert old_ones(desk, listed) == 6 and len(listed) == 9
    assert old_ones(desk, listed[:3]) in (1, 2)


def test_all_at_once_is_for_today_alone(desk: Desk) -> None:
    remember(desk, overdue=20, fresh=5)
    desk.wish(reviews_a_day=8)

    day_list.more_today(desk.db, desk.person.id, BERLIN, all_due=True, at=MONDAY)

    assert old_ones(desk, on_list(desk)) == 25
    assert len(on_list(desk, at=TUESDAY)) == 8


def test_more_today_adds_to_today_alone(desk: Desk) -> None:
    remember(desk, overdue=20, fresh=5)
    desk.wish(reviews_a_day=8, new_a_day=4)

    day_list.more_today(desk.db, desk.person.id, BERLIN, reviews=5, new=2, at=MONDAY)

    listed = on_list(desk)
    assert (old_ones(desk, listed), len(listed)) == (13, 15)
    assert len(on_list(desk, at=TUESDAY)) == 8


def test_more_today_counts_what_was_answered_before(desk: Desk) -> None:
    remember(desk, overdue=20, fresh=5)
    desk.wish(reviews_a_day=8)
    first = on_list(desk)[0]
    desk.answer(first, 3)

    day_list.more_today(desk.db, desk.person.id, BERLIN, reviews=2, at=MONDAY)

    assert old_ones(desk, on_list(desk)) == 9


def test_a_backlog_spread_over_days_is_gone_when_it_was_promised(desk: Desk) -> None:
    remember(desk, overdue=21, fresh=4)
    desk.wish(reviews_a_day=100, spread_until=TODAY + 2)
    asked = []

    for days in range(3):
        at = MONDAY + days * DAY
        for card_id in (listed := on_list(desk, at=at)):
            desk.answer(card_id, 4, at=at)
        asked.append(len(listed))
    desk.db.commit()

    assert asked[0] == 4 + 7
    assert day_list.backlog(desk.db, desk.library, desk.person.id, BERLIN, at=MONDAY + 2 * DAY + HOUR).overdue == 0


@given(
    fresh=st.lists(st.integers(0, 60), min_size=1, max_size=30),
    overdue=st.integers(0, 5000),
)
def test_the_last_day_of_a_spread_leaves_nothing(fresh, overdue):
    for place, due in enumerate(fresh):
        today = day_list.quota(due, overdue, 0, len(fresh) - place)
        assert today <= due + overdue
        overdue -= max(0, today - due)

    assert overdue == 0


def test_lessons_take_turns(desk: Desk) -> None:
    remember(desk, overdue=0, fresh=30)
    listed = on_list(desk)

    lessons = [desk.library.cards[card_id].lesson for card_id in listed]

    runs = sum(one != other for one, other in pairwise(lessons))
    assert len(set(lessons)) > 2
    assert runs > len(lessons) / 2


def test_nothing_falls_due_in_a_pause(desk: Desk) -> None:
    remember(desk, overdue=5, fresh=5)
    desk.wish(pauses=f"[[{TODAY},{TODAY + 6}]]")

    assert on_list(desk) == []
    assert len(on_list(desk, at=MONDAY + 7 * DAY)) > 5


def test_a_day_of_loads_is_kept_for_balancing(desk: Desk) -> None:
    remember(desk, overdue=0, fresh=6)
    on_list(desk)

    plan = day_list.plans.of(day_list.plans.learner(desk.db, desk.person.id))

    assert (plan.loads_from, plan.loads[0], len(plan.loads)) == (TODAY, 6, 91)


@pytest.mark.parametrize("days", [0, 400])
def test_volatile_cards_pause_when_their_lesson_is_past_its_date(desk: Desk, days: int) -> None:
    ageing = next((card for card in desk.library.cards.values() if card.checked), None)
    assert ageing is not None
    reviews.add_cards(desk.db, desk.person.id, [ageing], at=MONDAY)

    assert on_list(desk, at=MONDAY + days * DAY) == ([] if days else [ageing.id])
