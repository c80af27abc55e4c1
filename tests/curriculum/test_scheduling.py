"""FSRS in study days. The outside source for the numbers is fsrs-rs, the engine that Anki uses.

fsrs-rs knows neither steps nor clocks: one answer is a rating and a whole number of days since the last, the first
being 0. It takes 0 for the same day (short-term stability), as py-fsrs takes less than 24 hours. Learning steps move
only the due moment, never the memory. So the two agree if and only if we hand on the right days. It reckons in 32 bits,
therefore stability is compared in proportion.
"""

from dataclasses import replace
from datetime import UTC, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import fsrs_rs_python
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core import clock
from curriculum import scheduling
from curriculum.scheduling import NEW, MemoryState, State
from curriculum.spacing import Plan
from tests.times import (
    AUCKLAND,
    BERLIN,
    DAY,
    HONOLULU,
    HOUR,
    MINUTE,
    MONDAY,
    MONDAY_EVENING,
    NEW_YORK,
    ZONES,
    on_the_wall,
)

FORGOT, HARD, GOOD, EASY = 1, 2, 3, 4
FIRST_DAY = clock.study_day(MONDAY, BERLIN)
OTHER_WEIGHTS = tuple(round(weight * 1.1, 4) for weight in scheduling.DEFAULT)
FSRS_RS_LONGEST_STABILITY = 36_500  # days; py-fsrs has no such limit

ratings = st.integers(1, 4)
histories = st.lists(
    st.tuples(
        ratings,
        st.one_of(st.integers(0, 3), st.integers(0, 365)),  # days since the last answer
        st.integers(0, 22 * 60),  # minutes into the study day, which has 23 hours at least
    ),
    min_size=1,
    max_size=20,
)


def at_days(history, zone):
    """Rating, moment and study day of each answer."""
    day, minutes, reviews = FIRST_DAY, 0, []
    for n, (rating, days, minute) in enumerate(history):
        minutes = max(minutes, minute) if not days else minute
        day += days if n else 0
        reviews.append((rating, clock.day_start(day, zone) + minutes * MINUTE, day))
    return reviews


def by_fsrs_rs(reviews, parameters=scheduling.DEFAULT):
    """The memory after each answer, by fsrs-rs, from the study days alone."""
    days = [day for _, _, day in reviews]
    gaps = [0] + [later - earlier for earlier, later in pairwise(days)]
    item = fsrs_rs_python.FSRSItem(
        [fsrs_rs_python.FSRSReview(rating, gap) for (rating, _, _), gap in zip(reviews, gaps, strict=True)]
    )
    return fsrs_rs_python.FSRS(list(parameters)).historical_memory_states(item)


def after(memory, rating, days):
    """The memory one answer later, by fsrs-rs."""
    before = fsrs_rs_python.MemoryState(memory.stability, memory.difficulty)
    states = fsrs_rs_python.FSRS(list(scheduling.DEFAULT)).next_states(before, 0.9, days)
    return [states.again, states.hard, states.good, states.easy][rating - 1].memory


def agree(ours, theirs):
    return ours.stability == pytest.approx(theirs.stability, rel=1e-4) and ours.difficulty == pytest.approx(
        theirs.difficulty, abs=1e-4
    )


def stability_of(memory: MemoryState) -> float:
    assert memory.stability is not None
    return memory.stability


def learnt(at, zone, *, stability=10.0):
    """A memory in review, last answered at this moment."""
    return MemoryState(State.REVIEW, None, stability, 5.0, at, clock.study_day(at, zone))


# Against fsrs-rs


@settings(deadline=None, max_examples=300)
@given(history=histories, zone=st.sampled_from(ZONES), parameters=st.sampled_from([scheduling.DEFAULT, OTHER_WEIGHTS]))
def test_every_answer_of_a_history_leaves_the_memory_and_the_interval_that_fsrs_rs_finds(history, zone, parameters):
    reviews = at_days(history, zone)
    memory = NEW

    for (rating, at, day), theirs in zip(reviews, by_fsrs_rs(reviews, parameters), strict=True):
        outcome = scheduling.answer(memory, rating, at=at, zone=zone, plan=Plan(parameters=parameters))
        memory = outcome.memory
        assume(stability_of(memory) < FSRS_RS_LONGEST_STABILITY)

        assert memory.reviewed_day == day
        assert agree(memory, theirs), (memory, theirs.stability, theirs.difficulty)
        if outcome.days:
            exact = fsrs_rs_python.FSRS(list(parameters)).next_interval(theirs.stability, 0.9, rating)
            assert abs(outcome.days - max(exact, 1)) <= 0.5 + 1e-4 * exact  # theirs reckons in 32 bits


@settings(deadline=None)
@given(stability=st.floats(0.01, 30_000), retention=st.sampled_from([0.80, 0.85, 0.90, 0.95, 0.97]), rating=ratings)
def test_whole_day_intervals_are_those_of_fsrs_rs(stability, retention, rating):
    memory = learnt(MONDAY, BERLIN, stability=stability)
    outcome = scheduling.answer(memory, rating, at=MONDAY + 3 * DAY, zone=BERLIN, plan=Plan(retention=retention))
    assume(outcome.days)

    theirs = fsrs_rs_python.FSRS(list(scheduling.DEFAULT)).next_interval(outcome.memory.stability, retention, rating)

    assert outcome.days == pytest.approx(min(max(theirs, 1), 36_500), abs=0.51, rel=1e-4)


# Study days


def test_practising_an_hour_earlier_each_day_changes_no_interval():
    answers = [GOOD, GOOD, HARD, GOOD, EASY, FORGOT, GOOD, GOOD, HARD, GOOD, GOOD, EASY, GOOD, FORGOT, GOOD, GOOD, GOOD]
    late = on_the_wall(BERLIN, "2026-11-23 23:00")
    steady, earlier = NEW, NEW

    for n, rating in enumerate(answers):
        at_the_same_hour = scheduling.answer(steady, rating, at=late + n * DAY, zone=BERLIN)
        an_hour_earlier = scheduling.answer(earlier, rating, at=late + n * DAY - n * HOUR, zone=BERLIN)
        steady, earlier = at_the_same_hour.memory, an_hour_earlier.memory

        assert (an_hour_earlier.days, an_hour_earlier.gap) == (at_the_same_hour.days, at_the_same_hour.gap)
        assert (earlier.stability, earlier.difficulty) == (steady.stability, steady.difficulty)


@pytest.mark.parametrize("hours", [9, 13, 20])
def test_evening_then_next_day_is_one_study_day(hours):
    assert scheduling.days_between(MONDAY_EVENING, MONDAY_EVENING + hours * HOUR, BERLIN) == 1


@pytest.mark.parametrize(
    "zone, sunday_of_the_change",
    [
        (BERLIN, "2026-03-29"),
        (BERLIN, "2026-10-25"),
        (NEW_YORK, "2026-03-08"),
        (NEW_YORK, "2026-11-01"),
        (AUCKLAND, "2026-04-05"),
        (AUCKLAND, "2026-09-27"),
        (BERLIN, "2026-11-22"),
        (NEW_YORK, "2026-11-22"),
        (AUCKLAND, "2026-11-22"),
    ],
)
def test_half_past_eleven_and_seven_next_morning_are_one_day_apart(zone, sunday_of_the_change):
    midday = on_the_wall(zone, f"{sunday_of_the_change} 12:00").astimezone(ZoneInfo(zone))
    for n in range(-6, 7):  # the week before and the week after: wall-clock days
        noon = midday + n * DAY
        evening = (noon - DAY).replace(hour=23, minute=30).astimezone(UTC)
        morning = noon.replace(hour=7).astimezone(UTC)
        memory = learnt(evening, zone)

        outcome = scheduling.answer(memory, GOOD, at=morning, zone=zone)

        assert scheduling.days_between(evening, morning, zone) == 1
        assert agree(outcome.memory, after(memory, GOOD, days=1))


@pytest.mark.parametrize("zone, saturday", [(BERLIN, "2026-10-24"), (NEW_YORK, "2026-10-31"), (AUCKLAND, "2026-04-04")])
def test_the_study_day_of_25_hours_is_one_day(zone, saturday):
    first = on_the_wall(zone, f"{saturday} 04:01")
    last = first + 24 * HOUR + 50 * MINUTE
    memory = learnt(first, zone)

    outcome = scheduling.answer(memory, GOOD, at=last, zone=zone)

    assert last.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "03:51"
    assert scheduling.days_between(first, last, zone) == 0
    assert agree(outcome.memory, after(memory, GOOD, days=0))


@pytest.mark.parametrize("zone, saturday", [(BERLIN, "2026-10-24"), (BERLIN, "2026-03-28"), (AUCKLAND, "2026-04-04")])
def test_a_card_comes_back_at_four_in_the_morning_on_either_side_of_a_clock_change(zone, saturday):
    at = on_the_wall(zone, f"{saturday} 21:00")

    for outcome in scheduling.preview(learnt(at - 3 * DAY, zone), at=at, zone=zone)[1:]:
        due = outcome.due_at.astimezone(ZoneInfo(zone))
        assert due.strftime("%H:%M") == "04:00"
        assert due.toordinal() == outcome.due_day == clock.study_day(at, zone) + outcome.days


def test_a_learning_step_is_counted_from_the_moment_itself():
    shortly_before_four = on_the_wall(BERLIN, "2026-11-24 03:55")

    outcome = scheduling.answer(NEW, GOOD, at=shortly_before_four, zone=BERLIN)

    assert outcome.due_at == shortly_before_four + 10 * MINUTE
    assert outcome.memory.reviewed_day == FIRST_DAY
    assert (outcome.due_day, outcome.days) == (FIRST_DAY + 1, 0)


# Travel


def test_after_a_flight_west_an_earlier_study_day_counts_as_the_same():
    before_the_flight = on_the_wall(AUCKLAND, "2026-11-24 09:00")
    memory = learnt(before_the_flight, AUCKLAND)
    landed = before_the_flight + 13 * HOUR
    assert clock.study_day(landed, HONOLULU) == memory.reviewed_day - 1

    there = scheduling.answer(memory, GOOD, at=landed, zone=HONOLULU)
    next_day = scheduling.answer(there.memory, GOOD, at=landed + DAY, zone=HONOLULU)

    assert agree(there.memory, after(memory, GOOD, days=0))
    assert there.due_day == clock.study_day(landed, HONOLULU) + there.days
    assert agree(next_day.memory, after(there.memory, GOOD, days=1))


def test_a_study_day_that_a_flight_west_makes_40_hours_long_is_still_one():
    memory = learnt(on_the_wall(AUCKLAND, "2026-11-23 04:30"), AUCKLAND)
    at = on_the_wall(HONOLULU, "2026-11-23 22:00")
    assert at - memory.reviewed_at > 40 * HOUR

    outcome = scheduling.answer(memory, GOOD, at=at, zone=HONOLULU)

    assert agree(outcome.memory, after(memory, GOOD, days=0))
    assert outcome.due_at > at


@settings(deadline=None)
@given(history=histories, now=st.sampled_from(ZONES), days=st.integers(2, 100))
def test_a_change_of_zone_does_not_move_history(history, now, days):
    reviews = at_days(history, AUCKLAND)
    memory = scheduling.replay(reviews)
    assume(stability_of(memory) < FSRS_RS_LONGEST_STABILITY)
    day = reviews[-1][2] + days
    at = clock.day_start(day, now) + 5 * HOUR

    outcome = scheduling.answer(memory, GOOD, at=at, zone=now)

    assert agree(outcome.memory, by_fsrs_rs([*reviews, (GOOD, at, day)])[-1])


# What always holds


@settings(deadline=None)
@given(history=histories, zone=st.sampled_from(ZONES))
def test_the_replay_of_the_log_equals_answering_step_by_step(history, zone):
    reviews = at_days(history, zone)
    memory = NEW

    for rating, at, _ in reviews:
        memory = scheduling.answer(memory, rating, at=at, zone=zone, plan=Plan(retention=0.85)).memory

    assert scheduling.replay(reviews) == memory


@settings(deadline=None)
@given(history=histories, zone=st.sampled_from(ZONES), wait=st.integers(0, 1000 * 24 * 60))
def test_what_is_answered_is_due_later_and_as_the_preview_said(history, zone, wait):
    reviews = at_days(history, zone)
    memory = scheduling.replay(reviews)
    at = reviews[-1][1] + wait * MINUTE

    shown = scheduling.preview(memory, at=at, zone=zone)

    assert shown == tuple(scheduling.answer(memory, rating, at=at, zone=zone) for rating in (FORGOT, HARD, GOOD, EASY))
    for outcome in shown:
        assert outcome.due_at > at
        assert outcome.due_day == clock.study_day(outcome.due_at, zone)
        assert outcome.days <= scheduling.MAXIMUM_DAYS
        assert outcome.memory.difficulty is not None and 1 <= outcome.memory.difficulty <= 10
        assert stability_of(outcome.memory) > 0


@settings(deadline=None)
@given(
    stability=st.floats(0.01, 40_000),
    difficulty=st.floats(1, 10),
    wait=st.integers(0, 1000 * 24 * 60),
    retention=st.floats(0.80, 0.97),
)
def test_the_better_the_answer_the_longer_the_interval(stability, difficulty, wait, retention):
    memory = MemoryState(State.REVIEW, None, stability, difficulty, MONDAY, FIRST_DAY)

    shown = scheduling.preview(memory, at=MONDAY + wait * MINUTE, zone=BERLIN, plan=Plan(retention=retention))

    gaps = [outcome.gap for outcome in shown]
    stabilities = [stability_of(outcome.memory) for outcome in shown]
    assert gaps == sorted(gaps)
    assert stabilities == sorted(stabilities)
    assert (shown[0].memory.state, shown[0].gap) == (State.RELEARNING, 10 * MINUTE)


def test_the_same_answer_gives_the_same_interval_every_time():
    memory = learnt(MONDAY, BERLIN, stability=400.0)

    assert len({scheduling.answer(memory, GOOD, at=MONDAY + 300 * DAY, zone=BERLIN) for _ in range(50)}) == 1


# Steps, limits, words


def test_a_new_card_is_learnt_in_two_steps():
    first = scheduling.answer(NEW, GOOD, at=MONDAY, zone=BERLIN)
    second = scheduling.answer(first.memory, GOOD, at=first.due_at, zone=BERLIN)

    assert (first.memory.state, first.gap, first.days) == (State.LEARNING, 10 * MINUTE, 0)
    assert second.memory.state == State.REVIEW
    assert second.days >= 1
    assert second.gap == second.days * DAY


def test_a_forgotten_card_is_learnt_again_in_one_step():
    forgotten = scheduling.answer(learnt(MONDAY, BERLIN), FORGOT, at=MONDAY + 9 * DAY, zone=BERLIN)
    back = scheduling.answer(forgotten.memory, GOOD, at=forgotten.due_at, zone=BERLIN)

    assert (forgotten.memory.state, forgotten.memory.step, forgotten.gap) == (State.RELEARNING, 0, 10 * MINUTE)
    assert (back.memory.state, back.memory.step) == (State.REVIEW, None)


def test_the_buttons_of_a_new_card():
    shown = scheduling.preview(NEW, at=MONDAY, zone=BERLIN)

    assert [scheduling.interval_words(outcome) for outcome in shown] == ["<1 min", "6 min", "10 min", "8 d"]


@pytest.mark.parametrize(
    "days, words",
    [
        (1, "1 d"),
        (29, "29 d"),
        (30, "1 mo"),
        (70, "2.3 mo"),
        (364, "12 mo"),
        (365, "1 y"),
        (400, "1.1 y"),
        (3650, "10 y"),
        (36500, "100 y"),
    ],
)
def test_an_interval_in_words(days, words):
    outcome = scheduling.answer(NEW, EASY, at=MONDAY, zone=BERLIN)

    assert scheduling.interval_words(replace(outcome, days=days, gap=timedelta(days=days))) == words


def test_who_wants_to_remember_more_sees_a_card_sooner():
    memory = learnt(MONDAY, BERLIN)
    days = [
        scheduling.answer(memory, GOOD, at=MONDAY + 9 * DAY, zone=BERLIN, plan=Plan(retention=retention)).days
        for retention in (0.80, 0.90, 0.97)
    ]

    assert days == sorted(days, reverse=True)
    assert len(set(days)) == 3


def test_no_interval_is_longer_than_36500_days():
    memory = learnt(MONDAY, BERLIN, stability=36_000.0)
    at = MONDAY + 9000 * DAY

    outcome = scheduling.answer(memory, EASY, at=at, zone=BERLIN)

    assert outcome.days == 36_500
    assert outcome.due_day == clock.study_day(at, BERLIN) + 36_500


def test_recall_falls_to_nine_in_ten_when_as_many_days_have_passed_as_the_stability():
    memory = learnt(MONDAY, BERLIN, stability=10.0)

    assert scheduling.retrievability(memory, day=FIRST_DAY + 10) == pytest.approx(0.9)
    assert scheduling.retrievability(memory, day=FIRST_DAY) == 1
    assert scheduling.retrievability(memory, day=FIRST_DAY - 1) == 1
    assert scheduling.retrievability(NEW, day=FIRST_DAY) == 0


def test_moments_are_kept_in_utc_whatever_zone_they_come_in():
    at = MONDAY.astimezone(ZoneInfo(AUCKLAND))

    outcome = scheduling.answer(NEW, GOOD, at=at, zone=BERLIN)

    assert outcome.memory.reviewed_at is not None and outcome.memory.reviewed_at.tzinfo is UTC
    assert outcome.due_at.tzinfo is UTC
    assert outcome == scheduling.answer(NEW, GOOD, at=MONDAY, zone=BERLIN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rating": 0},
        {"rating": 5},
        {"at": MONDAY.replace(tzinfo=None)},
        {"zone": "Mars/Olympus"},
        {"plan": Plan(retention=0.79)},
        {"plan": Plan(retention=0.98)},
        {"plan": Plan(parameters=(1.0, 2.0))},
    ],
)
def test_numbers_out_of_range_are_refused(wrong):
    given = {"rating": GOOD, "at": MONDAY, "zone": BERLIN} | wrong

    with pytest.raises(ValueError):
        scheduling.answer(NEW, given.pop("rating"), **given)
