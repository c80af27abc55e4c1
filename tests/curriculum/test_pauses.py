"""Pauses: due days move, what FSRS counts does not, and taking a pause back leaves no trace."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core import clock
from core.errors import NotFound, Refused
from curriculum import day_list, lessons, pauses, plans, replay, scheduling
from curriculum.models import Memory
from tests.curriculum.histories import played, write
from tests.times import BERLIN, DAY, MONDAY

HERE = clock.study_day(MONDAY + 150 * DAY, BERLIN)  # today: the last of the played days
NOW = MONDAY + 150 * DAY


@pytest.fixture
def cards(db, ada):
    write(db, ada, played(3, cards=60))


def on(day: int) -> date:
    return date.fromordinal(HERE + day)


def pause(db, person, first: int, last: int, *, at=NOW) -> pauses.Moved:
    return pauses.add(db, person.id, BERLIN, on(first), on(last), at=at)


def held(db, person) -> list[Memory]:
    db.flush()
    db.expire_all()
    rows = db.exec(select(Memory).where(Memory.user_id == person.id).order_by(Memory.card_id))
    return [row for row in rows if row.days]


def due_days(db, person) -> dict[str, int]:
    return {row.card_id: clock.study_day(row.due_at, BERLIN) for row in held(db, person)}


# What a pause does


spans = st.lists(st.tuples(st.integers(-120, 200), st.integers(1, 60)), min_size=1, max_size=5)


@given(spans=spans)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pausing_moves_due_days_in_order_and_taking_it_back_is_as_before(db, ada, cards, spans):
    before = due_days(db, ada)
    memories = {row.card_id: (row.stability, row.difficulty, row.days, row.reviewed_day) for row in held(db, ada)}
    added: list[tuple[int, int]] = []
    for first, length in spans:
        if all(first > last or first + length - 1 < start for start, last in added):
            pause(db, ada, first, first + length - 1)
            added.append((first, first + length - 1))

    after = due_days(db, ada)

    for name, day in after.items():
        assert not any(HERE + first <= day <= HERE + last for first, last in added), "due inside a pause"
        assert day >= before[name]
    for card in held(db, ada):
        unpaused = [
            day
            for day in range((card.reviewed_day or 0) + 1, after[card.card_id] + 1)
            if not any(HERE + first <= day <= HERE + last for first, last in added)
        ]
        assert len(unpaused) == card.days
    waited = [card for card in held(db, ada) if all((card.reviewed_day or 0) < HERE + first for first, _ in added)]
    in_order = sorted(waited, key=lambda card: before[card.card_id])
    for one, other in pairwise(in_order):
        assert after[one.card_id] <= after[other.card_id], "answered before the pauses: the order of due days is kept"
    assert replay.faults(db, ada.id) == []

    for first, _ in added:
        pauses.remove(db, ada.id, BERLIN, HERE + first, at=NOW)

    assert due_days(db, ada) == before
    assert memories == {
        row.card_id: (row.stability, row.difficulty, row.days, row.reviewed_day) for row in held(db, ada)
    }


def test_it_says_how_many_fell_due_in_these_days_and_how_many_later(db, ada, cards):
    before = due_days(db, ada).values()

    moved = pause(db, ada, 1, 14)

    assert moved.within == sum(HERE + 1 <= day <= HERE + 14 for day in before) > 0
    assert moved.later == sum(day > HERE + 14 for day in before) > 0


def test_the_days_that_fsrs_counts_are_the_real_ones(db, ada, cards):
    card = next(row for row in held(db, ada) if clock.study_day(row.due_at, BERLIN) in range(HERE + 2, HERE + 9))
    pause(db, ada, 1, 14)
    db.refresh(card)
    memory = scheduling.MemoryState(
        scheduling.State.REVIEW, None, card.stability, card.difficulty, card.reviewed_at, card.reviewed_day
    )
    at = card.due_at + timedelta(hours=3)

    outcome = scheduling.answer(memory, 3, at=at, zone=BERLIN, plan=plans.of(plans.learner(db, ada.id)))

    bare = scheduling.answer(memory, 3, at=at, zone=BERLIN)
    assert clock.study_day(at, BERLIN) - (card.reviewed_day or 0) > card.days
    assert outcome.memory == bare.memory


def test_a_pause_after_the_fact_moves_what_fell_due_then(db, ada, cards):
    before = due_days(db, ada)
    overdue = {name: day for name, day in before.items() if HERE - 10 <= day <= HERE - 1}

    pause(db, ada, -10, -1)

    after = due_days(db, ada)
    assert all(after[name] > HERE - 1 for name in overdue)


def test_on_a_day_of_a_pause_the_list_is_empty_and_back_again_when_it_ends(db, ada, library):
    lesson = library.lessons["daw-signal-path"]
    day_list.build(db, library, ada.id, BERLIN, at=NOW)
    lessons.mark_done(db, ada.id, lesson, at=NOW)
    pause(db, ada, 0, 6)
    day_list.build(db, library, ada.id, BERLIN, at=NOW)
    paused = day_list.waiting(db, ada.id, BERLIN, at=NOW)

    pauses.end_today(db, ada.id, BERLIN, at=NOW)
    day_list.build(db, library, ada.id, BERLIN, at=NOW)

    assert paused == 0
    assert day_list.waiting(db, ada.id, BERLIN, at=NOW) == 10


# Ending, and which pause is in force


def test_a_pause_that_is_ended_today_keeps_the_days_before(db, ada):
    pause(db, ada, -3, 6)

    pauses.end_today(db, ada.id, BERLIN, at=NOW)

    assert pauses.of(plans.learner(db, ada.id)) == [(HERE - 3, HERE - 1)]


def test_a_pause_that_began_today_is_gone_when_it_is_ended_today(db, ada):
    pause(db, ada, 0, 6)

    for _ in range(2):
        pauses.end_today(db, ada.id, BERLIN, at=NOW)

    assert pauses.of(plans.learner(db, ada.id)) == []


@pytest.mark.parametrize(("day", "is_paused"), [(-1, False), (0, True), (6, True), (7, False)])
def test_the_pause_in_force_is_the_one_that_today_lies_in(db, ada, day, is_paused):
    pause(db, ada, 0, 6)

    found = pauses.now(plans.learner(db, ada.id), HERE + day)

    assert (found == (HERE, HERE + 6)) is is_paused


# What is refused


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (5, 4, "lies before its first"),
        (0, 365, "at most 365 days; this one has 366"),
        (-800, -799, "more than two years away"),
        (731, 740, "more than two years away"),
        (12, 20, "You have a pause from .* already. Remove that one first"),
        (1, 40, "already"),
        (14, 14, "already"),
    ],
)
def test_a_pause_that_cannot_be_is_refused_in_a_sentence(db, ada, first, last, sentence):
    pause(db, ada, 10, 14)

    with pytest.raises(Refused, match=sentence):
        pause(db, ada, first, last)

    assert pauses.of(plans.learner(db, ada.id)) == [(HERE + 10, HERE + 14)]


def test_pauses_may_touch(db, ada):
    for first in (10, 0, 5):
        pause(db, ada, first, first + 4)

    assert len(pauses.of(plans.learner(db, ada.id))) == 3


def test_twenty_pauses_are_enough(db, ada):
    for number in range(pauses.MOST):
        pause(db, ada, 3 * number, 3 * number)

    with pytest.raises(Refused, match="20 pauses already"):
        pause(db, ada, 400, 401)


def test_a_pause_that_is_not_there_is_not_found(db, ada, eve):
    pause(db, ada, 0, 3)

    with pytest.raises(NotFound):
        pauses.remove(db, eve.id, BERLIN, HERE, at=NOW)


def test_days_have_their_names_and_a_foreign_year():
    assert pauses.named(date(2026, 12, 6).toordinal(), date(2026, 11, 23).toordinal()) == "Sunday 6 December"
    assert pauses.named(date(2027, 1, 3).toordinal(), date(2026, 11, 23).toordinal()) == "Sunday 3 January 2027"
