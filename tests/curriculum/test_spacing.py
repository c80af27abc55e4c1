"""On which day a card comes back: fuzz, load, lighter weekdays and pauses, by their mathematics."""

from collections import Counter
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from curriculum import scheduling, spacing
from curriculum.scheduling import MemoryState, State
from curriculum.spacing import PLAN, Plan
from tests.times import BERLIN, DAY, MONDAY

TODAY = MONDAY.toordinal()
days = st.integers(1, 36_500)
seeds = st.integers(0, 2**63 - 1)


@st.composite
def pauses(draw):
    """Up to four pauses, in order and apart."""
    edges = sorted(draw(st.lists(st.integers(TODAY - 60, TODAY + 400), max_size=8, unique=True)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@given(interval=days, seed=seeds, loads=st.lists(st.integers(0, 300), max_size=91), easy=st.integers(0, 127))
def test_fuzz_stays_in_its_band_whatever_the_load(interval, seed, loads, easy):
    plan = Plan(easy_days=easy, loads=tuple(loads), loads_from=TODAY)
    low, high = spacing.band(interval)

    chosen = spacing.fuzzed(interval, seed, TODAY, plan)

    assert low <= chosen <= high
    assert 1 <= low <= interval <= high <= spacing.LONGEST
    assert chosen == spacing.fuzzed(interval, seed, TODAY, plan)


def test_bands_are_those_of_anki():
    """Worked out by hand from Anki's rule (rslib/src/scheduler/states/fuzz.rs): one day to and fro, and of the days
    from 2.5 to 7 another 15 %, to 20 another 10 %, beyond another 5 %."""
    assert [spacing.band(interval) for interval in (1, 2, 3, 7, 17, 100)] == [
        (1, 1),
        (2, 2),
        (2, 4),
        (5, 9),
        (14, 20),
        (93, 107),
    ]


def test_fuzz_bends_no_interval_on_average():
    drawn = [spacing.fuzzed(60, seed, TODAY, PLAN) for seed in range(4000)]

    assert abs(mean(drawn) - 60) < 0.3
    assert len(set(drawn)) == len(range(*spacing.band(60))) + 1


def test_lighter_days_get_the_cards():
    loads = [50] * 91
    loads[10] = 5
    drawn = Counter(spacing.fuzzed(10, seed, TODAY, Plan(loads=tuple(loads), loads_from=TODAY)) for seed in range(1000))

    assert drawn[10] > 900


def test_an_easy_weekday_gets_about_a_fifth_of_its_share():
    due = [TODAY + spacing.fuzzed(40, seed, TODAY, Plan(easy_days=0b1000000)) for seed in range(6000)]  # Sundays
    on_sundays = sum(spacing.is_easy(day, 0b1000000) for day in due) / len(due)

    assert 0.015 < on_sundays < 0.05  # a seventh would be 0.14


@given(day=st.integers(TODAY - 30, TODAY + 30), count=days, gaps=pauses())
def test_pauses_take_no_day_from_an_interval(day, count, gaps):
    due = spacing.advance(day, count, gaps)

    assert not spacing.is_paused(due, gaps)
    assert sum(not spacing.is_paused(one, gaps) for one in range(day + 1, due + 1)) == count if count < 1000 else True
    assert spacing.advance(day, count + 1, gaps) > due


@given(seed=seeds, stability=st.floats(0.5, 3000), wait=st.integers(1, 400), gaps=pauses(), easy=st.integers(0, 127))
def test_a_better_answer_never_comes_back_sooner(seed, stability, wait, gaps, easy):
    memory = MemoryState(State.REVIEW, None, stability, 5.0, MONDAY - wait * DAY, TODAY - wait)
    plan = Plan(easy_days=easy, pauses=gaps)

    shown = scheduling.preview(memory, at=MONDAY, zone=BERLIN, plan=plan, seed=seed)

    assert [one.days for one in shown[1:]] == sorted(one.days for one in shown[1:])
    for rating, outcome in enumerate(shown, 1):
        assert scheduling.answer(memory, rating, at=MONDAY, zone=BERLIN, plan=plan, seed=seed) == outcome


@given(stability=st.floats(0.5, 3000), wait=st.integers(1, 400), rating=st.integers(2, 4))
def test_neither_fuzz_nor_pauses_touch_what_is_remembered(stability, wait, rating):
    memory = MemoryState(State.REVIEW, None, stability, 5.0, MONDAY - wait * DAY, TODAY - wait)
    plain = scheduling.answer(memory, rating, at=MONDAY, zone=BERLIN)

    planned = scheduling.answer(
        memory, rating, at=MONDAY, zone=BERLIN, plan=Plan(pauses=((TODAY + 1, TODAY + 9),)), seed=7
    )

    assert planned.memory == plain.memory
