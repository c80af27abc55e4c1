"""A programme's weeks on the calendar, and the weeks that a learner leaves out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.errors import Refused
from curriculum import lessons, pause_weeks, plans
from curriculum.models import Learner
from curriculum.weeks import WEEK, Weeks, laid
from tests.times import MONDAY

DAY = timedelta(days=1)
START = date(2026, 11, 23)  # a Monday
BERLIN = "Europe/Berlin"
weeks_on = some.builds(
    lambda first, places: laid(first, [first + place * WEEK for place in places]),
    some.dates(date(2020, 1, 1), date(2030, 1, 1)),
    some.lists(some.integers(0, 60), max_size=8),
)


@given(calendar=weeks_on, week=some.integers(1, 78), day=some.integers(0, 6))
def test_every_day_of_a_week_is_in_that_week_and_in_no_pause(calendar, week, day):
    moment = calendar.starts_on(week) + day * DAY

    assert calendar.week_of(moment) == week
    assert not calendar.is_paused(moment)
    assert calendar.ends_on(week) - calendar.starts_on(week) == 6 * DAY
    assert calendar.ends_on(week) < calendar.starts_on(week + 1)


@given(calendar=weeks_on, later=some.integers(0, 700))
def test_each_day_belongs_to_one_week_or_one_pause(calendar, later):
    day = calendar.first + later * DAY
    week = calendar.week_of(day)

    inside = calendar.starts_on(week) <= day <= calendar.ends_on(week) if week else False
    assert inside != calendar.is_paused(day)


def test_a_pause_moves_later_weeks_by_one_and_no_earlier_one():
    calendar = laid(START, [START + 2 * WEEK, START + 3 * WEEK])

    assert [(calendar.starts_on(week) - START) // WEEK for week in (1, 2, 3, 4)] == [0, 1, 4, 5]
    assert calendar.week_of(START + 3 * WEEK) == 2
    assert calendar.week_of(START - DAY) == 0


@pytest.mark.parametrize("days", [-10, -4, -3, 0, 3, 4, 10])
def test_a_moved_start_takes_the_pause_to_the_week_with_most_of_its_days(days):
    pause = START + 2 * WEEK
    moved = laid(START - timedelta(days=days), [pause])

    assert abs((moved.pauses[0] - pause).days) <= 3


def test_pauses_before_the_first_day_are_none():
    assert laid(START, [START - WEEK]) == Weeks(START)


# -- leaving weeks out ---------------------------------------------------------------------------------------


@pytest.fixture
def learner(db, library, ada) -> Learner:
    lessons.choose_programme(db, library, ada.id, "nine-months", START, zone=BERLIN, at=MONDAY)
    return plans.learner(db, ada.id)


def test_a_week_is_left_out_once_and_taken_back(db, ada, learner):
    for day in (START + 2 * WEEK + 3 * DAY, START + 2 * WEEK):
        assert pause_weeks.add(db, ada.id, day, zone=BERLIN, at=MONDAY) == START + 2 * WEEK
    assert plans.weeks(db, learner) == Weeks(START, (START + 2 * WEEK,))

    for _ in range(2):
        pause_weeks.remove(db, ada.id, START + 2 * WEEK)
    assert plans.weeks(db, learner) == Weeks(START)


def test_the_pauses_move_with_the_start(db, library, ada, learner):
    pause_weeks.add(db, ada.id, START + 2 * WEEK, zone=BERLIN, at=MONDAY)

    lessons.choose_programme(db, library, ada.id, "nine-months", START + 2 * DAY, zone=BERLIN, at=MONDAY)

    assert plans.pause_days(db, ada.id) == (START + 2 * WEEK + 2 * DAY,)


@pytest.mark.parametrize(
    ("day", "sentence"), [(START - DAY, "had not begun then"), (START + 731 * DAY, "more than two years away")]
)
def test_a_week_outside_the_programme_is_not_left_out(db, ada, learner, day, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        pause_weeks.add(db, ada.id, day, zone=BERLIN, at=MONDAY)
    assert refused.value.field == "day"


def test_without_a_programme_there_is_no_week_to_leave_out(db, ada):
    with pytest.raises(Refused, match="follow no programme"):
        pause_weeks.add(db, ada.id, START, zone=BERLIN, at=MONDAY)


def test_a_year_of_pauses_is_the_most(db, ada, learner):
    for week in range(pause_weeks.MOST):
        pause_weeks.add(db, ada.id, START + week * WEEK, zone=BERLIN, at=MONDAY)

    pause_weeks.add(db, ada.id, START, zone=BERLIN, at=MONDAY)
    with pytest.raises(Refused, match="Move the start"):
        pause_weeks.add(db, ada.id, START + 60 * WEEK, zone=BERLIN, at=MONDAY)


def test_nobody_takes_back_the_week_of_another(db, ada, eve, learner):
    pause_weeks.add(db, ada.id, START, zone=BERLIN, at=MONDAY)

    pause_weeks.remove(db, eve.id, START)

    assert plans.pause_days(db, ada.id) == (START,)
