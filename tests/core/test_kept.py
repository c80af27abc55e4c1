"""Which nightly backups stay."""

from hypothesis import given
from hypothesis import strategies as st

from core.kept import kept

MONDAY = 739943  # 2026-11-23 as date ordinal
DAYS = st.sets(st.integers(MONDAY - 400, MONDAY), min_size=1)


def test_after_a_year_of_nights_seven_days_and_four_weeks_stay():
    left: set[int] = set()
    for today in range(MONDAY - 365, MONDAY + 7):
        left = kept(left | {today}, today=today)

        if today > MONDAY - 300:
            assert {today - age for age in range(7)} <= left
            assert len(left) == 7 + 4


def test_the_weeks_are_spoken_for_by_their_sundays():
    left = kept(range(MONDAY - 100, MONDAY + 1), today=MONDAY)

    assert sorted(MONDAY - day for day in left) == [0, 1, 2, 3, 4, 5, 6, 8, 15, 22, 29]


def test_the_only_one_stays_however_old():
    assert kept([MONDAY - 399], today=MONDAY) == {MONDAY - 399}
    assert kept([], today=MONDAY) == set()


@given(DAYS, st.integers(MONDAY, MONDAY + 60))
def test_what_must_always_be_true(days, today):
    left = kept(days, today=today)

    assert left <= days and max(days) in left
    assert {day for day in days if day > today - 7} <= left
    assert all(day > today - 35 for day in left - {max(days)})
    assert len([day for day in left if day <= today - 7]) <= 5
    assert kept(left, today=today) == left


@given(DAYS)
def test_waiting_a_night_brings_nothing_back_and_ends_empty_of_old_ones(days):
    left = days
    for today in range(MONDAY, MONDAY + 40):
        before, left = left, kept(left, today=today)
        assert left <= before

    assert left == {max(days)}
