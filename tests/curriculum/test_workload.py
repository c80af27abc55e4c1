"""What a retention costs and when a backlog is gone, held against the model itself, played out card by card."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from curriculum import fsrs6, scheduling, workload
from curriculum.scheduling import DEFAULT, MemoryState, State
from curriculum.spacing import Plan
from tests.times import DAY, MONDAY

ZONE = "UTC"
FIRST_DAY = clock.study_day(MONDAY, ZONE)
FORGOT, GOOD = 1, 3
OTHER = tuple(weight * factor for weight, factor in zip(DEFAULT, [0.5] * 4 + [1.0] * 17, strict=True))


def deck(count: int, seed: int) -> list[tuple[float, float]]:
    """Stability, a few hours to half a year, and difficulty."""
    dice = random.Random(seed)
    return [(10 ** dice.uniform(-0.5, 2.2), dice.uniform(1, 10)) for _ in range(count)]


def memory(stability: float, difficulty: float, day: int = FIRST_DAY) -> MemoryState:
    at = MONDAY + (day - FIRST_DAY) * DAY
    return MemoryState(State.REVIEW, None, stability, difficulty, at, day)


def answered(card: MemoryState, day: int, dice: random.Random, parameters: tuple[float, ...], retention: float):
    """Recalled by chance: Good; else Forgot and ten minutes later Good. The outcome, and whether it was recalled."""
    at, rules = MONDAY + (day - FIRST_DAY) * DAY, {"zone": ZONE, "plan": Plan(retention, parameters)}
    is_recalled = dice.random() < scheduling.retrievability(card, day=day, parameters=parameters)
    outcome = scheduling.answer(card, GOOD if is_recalled else FORGOT, at=at, **rules)
    if not is_recalled:
        outcome = scheduling.answer(outcome.memory, GOOD, at=outcome.due_at, **rules)
    return outcome, is_recalled


def played(cards, parameters, retention, seed) -> tuple[float, float]:
    """Reviews and answers a day when the coming year is played out."""
    dice, reviews, answers = random.Random(seed), 0, 0
    model = fsrs6.model(parameters, retention)
    for stability, difficulty in cards:
        card = memory(stability, difficulty)
        day = FIRST_DAY + model.interval(stability)
        while day <= FIRST_DAY + workload.HORIZON:
            outcome, is_recalled = answered(card, day, dice, parameters, retention)
            reviews += 1
            answers += 1 if is_recalled else 2
            card, day = outcome.memory, day + outcome.days
    return reviews / workload.HORIZON, answers / workload.HORIZON


# -- what a retention costs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [DEFAULT, OTHER], ids=["standard", "quick to forget"])
@pytest.mark.parametrize("retention", [0.80, 0.90, 0.97])
def test_the_expected_work_is_what_the_model_plays_out(parameters, retention):
    cards = deck(400, seed=7)

    found = next(cost for cost in workload.costs(cards, parameters) if cost.retention == retention)

    reviews, answers = played(cards, parameters, retention, seed=11)
    assert found.reviews == pytest.approx(reviews, rel=0.06)
    assert found.answers == pytest.approx(answers, rel=0.06)


@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_remembering_more_costs_more_reviews(seed):
    found = workload.costs(deck(300, seed), DEFAULT)

    reviews = [cost.reviews for cost in found]
    assert reviews == sorted(reviews)
    assert all(cost.reviews <= cost.answers <= 2 * cost.reviews for cost in found)


def test_twice_the_cards_cost_twice_as_much():
    cards = deck(300, seed=1)

    for one, both in zip(workload.costs(cards, DEFAULT), workload.costs(cards * 2, DEFAULT), strict=True):
        assert both.reviews == pytest.approx(2 * one.reviews, rel=0.06)


def test_of_many_cards_every_so_manyth_speaks_for_the_others():
    cards = deck(9000, seed=2)

    for all_of_them, some in zip(workload.costs(cards, DEFAULT), workload.costs(cards[:1500], DEFAULT), strict=True):
        assert all_of_them.reviews == pytest.approx(6 * some.reviews, rel=0.06)


def test_cards_that_hold_cost_less_than_fresh_ones():
    fresh, firm = ([(stability, 5.0)] * 50 for stability in (2.0, 200.0))

    for one, other in zip(workload.costs(fresh, DEFAULT), workload.costs(firm, DEFAULT), strict=True):
        assert one.reviews > other.reviews


def test_without_cards_there_is_nothing_to_do():
    assert {cost.reviews for cost in workload.costs([], DEFAULT)} == {0.0}


def test_the_curve_covers_what_may_be_chosen():
    assert workload.RETENTIONS[0] == 0.80
    assert workload.RETENTIONS[-1] == 0.97
    assert len(set(workload.RETENTIONS)) == 18


@given(
    stability=st.floats(0.01, 3000),
    difficulty=st.floats(1, 10),
    days=st.integers(1, 2000),
    parameters=st.sampled_from([DEFAULT, OTHER]),
)
@settings(deadline=None)
def test_the_sums_for_many_cards_are_those_of_the_scheduler(stability, difficulty, days, parameters):
    import numpy as np

    card, at = memory(stability, difficulty), MONDAY + days * DAY
    recall = workload._recall(parameters, np.array(days), np.array(stability))
    rules = {"zone": ZONE, "plan": Plan(0.90, parameters)}
    good = scheduling.answer(card, GOOD, at=at, **rules)
    forgot = scheduling.answer(card, FORGOT, at=at, **rules)
    again = scheduling.answer(forgot.memory, GOOD, at=forgot.due_at, **rules)

    assert float(recall) == pytest.approx(scheduling.retrievability(card, day=FIRST_DAY + days, parameters=parameters))
    for outcome, ours in (
        (good, workload._recalled(parameters, np.array(stability), np.array(difficulty), recall)),
        (again, workload._forgotten(parameters, np.array(stability), np.array(difficulty), recall)),
    ):
        assert outcome.memory.stability == pytest.approx(float(ours[0]), rel=1e-9)
        assert outcome.memory.difficulty == pytest.approx(float(ours[1]), rel=1e-9)
        assert outcome.days == int(workload._interval(parameters, ours[0], np.array(0.90)))


# -- when a backlog is gone ----------------------------------------------------------------------------------


def away(count: int, seed: int, days: int = 14) -> list[workload.Held]:
    """Cards of somebody who was away: nearly all are due."""
    dice = random.Random(seed)
    cards = []
    for stability, difficulty in deck(count, seed):
        interval = max(1, round(stability))
        since = dice.randrange(interval) + days
        cards.append(workload.Held(stability, difficulty, -since, interval - since))
    return cards


def due(cards: list[workload.Held]) -> int:
    return sum(card.due <= 0 for card in cards)


def test_a_backlog_that_fits_into_today_is_gone_today():
    cards = away(200, seed=1)

    assert workload.gone_in(cards, due(cards), DEFAULT, 0.9) == 1
    assert workload.gone_in([], 10, DEFAULT, 0.9) == 1


def test_what_a_small_limit_cannot_hold_is_not_promised():
    assert workload.gone_in(away(2000, seed=1), 5, DEFAULT, 0.9) is None
    assert workload.gone_in(away(20, seed=1), 0, DEFAULT, 0.9) is None


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 999), a_day=st.integers(20, 200))
def test_twice_as_many_a_day_never_take_longer(seed, a_day):
    cards = away(500, seed)
    slow, fast = (workload.gone_in(cards, limit, DEFAULT, 0.9) for limit in (a_day, 2 * a_day))

    assert slow is None or (fast is not None and fast <= slow)


@pytest.mark.parametrize(("parameters", "retention"), [(DEFAULT, 0.90), (DEFAULT, 0.80), (OTHER, 0.95)])
def test_the_promised_days_are_those_that_the_model_takes(parameters, retention):
    cards = away(700, seed=3)
    promised = workload.gone_in(cards, 60, parameters, retention)

    later: dict[int, list[MemoryState]] = {}
    queue: list[MemoryState] = []
    dice, day = random.Random(5), 0
    for card in cards:
        held = memory(card.stability, card.difficulty, FIRST_DAY + card.answered)
        later.setdefault(max(card.due, 0), []).append(held)
    while queue or not day:
        queue += later.pop(day, [])
        queue.sort(key=lambda card: scheduling.retrievability(card, day=FIRST_DAY + day, parameters=parameters))
        for one in queue[:60]:
            outcome, _ = answered(one, FIRST_DAY + day, dice, parameters, retention)
            later.setdefault(day + outcome.days, []).append(outcome.memory)
        queue, day = queue[60:], day + 1

    assert promised == pytest.approx(day, abs=2, rel=0.1)


def test_the_same_cards_are_promised_the_same_days():
    assert len({workload.gone_in(away(300, seed=9), 40, DEFAULT, 0.9) for _ in range(3)}) == 1
