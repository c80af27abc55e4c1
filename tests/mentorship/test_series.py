"""Meetings that come again: the same time on the planner's wall, whatever the clocks do."""

from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from mentorship import appointments, links, series, states
from mentorship.models.meetings import StudioSession
from mentorship.planning import Plan, Times
from mentorship.sessions import Between
from tests.conftest import person
from tests.mentorship.planned import agree, propose, told
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, NEW_YORK, WEEK, on_the_wall

KOLKATA = "Asia/Kolkata"


@pytest.fixture
def noor(db):
    """Learns in New York."""
    return person(db, "Noor", zone=NEW_YORK)


@pytest.fixture
def kavi(db):
    """Mentors her from Kolkata."""
    return person(db, "Kavi", zone=KOLKATA)


@pytest.fixture
def pair(noor, kavi, link_of):
    return link_of(noor, kavi)


def plan(db, apprentice, mentor, first, *, by=None, every=1, count=4, at=MONDAY, anyway=False, **more):
    by = by or apprentice
    wanted = Plan(Times(first, by.zone, 45, **more), title="Mixing")
    between = Between(apprentice.id, mentor.id)
    rows = series.propose(db, by.id, between, wanted, every=every, count=count, anyway=anyway, at=at)
    db.commit()
    return rows


def walls(rows, zone):
    return [f"{row.starts_at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for row in rows]


# -- across the changes of clocks ----------------------------------------------------------------------------


def test_in_autumn_the_planner_keeps_her_hour_and_the_other_one_meets_an_hour_later(db, noor, kavi, pair):
    first = on_the_wall(NEW_YORK, "2026-10-19 09:00")

    rows = plan(db, noor, kavi, first, at=first - WEEK)

    assert walls(rows, NEW_YORK) == ["10-19 09:00", "10-26 09:00", "11-02 09:00", "11-09 09:00"]
    assert walls(rows, KOLKATA) == ["10-19 18:30", "10-26 18:30", "11-02 19:30", "11-09 19:30"]
    assert {row.zone for row in rows} == {NEW_YORK}


def test_in_spring_the_mentors_wall_stands_still_and_hers_moves(db, noor, kavi, pair):
    first = on_the_wall(KOLKATA, "2027-03-01 19:00")

    rows = plan(db, noor, kavi, first, by=kavi, every=2, count=3)

    assert walls(rows, KOLKATA) == ["03-01 19:00", "03-15 19:00", "03-29 19:00"]
    assert walls(rows, NEW_YORK) == ["03-01 08:30", "03-15 09:30", "03-29 09:30"]


def test_a_series_that_would_fall_into_the_lost_hour_is_refused(db, noor, kavi, pair):
    first = on_the_wall(NEW_YORK, "2027-02-28 02:30")

    with pytest.raises(Refused, match="On 14 March 2027 the clocks go forward over 02:30") as refusal:
        plan(db, noor, kavi, first, count=4)

    assert refusal.value.field == "time"
    assert len(plan(db, noor, kavi, first, count=2)) == 2


def test_of_a_doubled_hour_the_first_counts(db, noor, kavi, pair):
    first = on_the_wall(NEW_YORK, "2026-10-18 01:30")

    rows = plan(db, noor, kavi, first, count=3, at=first - WEEK)

    assert rows[2].starts_at == on_the_wall(NEW_YORK, "2026-11-01 01:30")
    assert rows[2].starts_at - rows[1].starts_at == WEEK  # still in summer time


# -- how many ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [10_000, 27, 1, 0, -3])
def test_a_series_of_ten_thousand_is_refused(db, noor, kavi, pair, count):
    with pytest.raises(Refused, match="2 to 26 meetings") as refusal:
        plan(db, noor, kavi, MONDAY + DAY, count=count)

    assert refusal.value.field == "count"
    assert db.exec(select(StudioSession)).all() == []


def test_a_series_goes_on_every_one_two_or_four_weeks_at_one_time(db, noor, kavi, pair):
    with pytest.raises(Refused, match="every two or every four weeks"):
        plan(db, noor, kavi, MONDAY + DAY, every=3)
    with pytest.raises(Refused, match="A series has one time"):
        plan(db, noor, kavi, MONDAY + DAY, further=(MONDAY + 2 * DAY,))
    assert len(plan(db, noor, kavi, MONDAY + DAY, every=4, count=26)) == 26


def test_a_series_ends_within_two_years(db, noor, kavi, pair):
    with pytest.raises(Refused, match="two years ahead"):
        plan(db, noor, kavi, MONDAY + 100 * DAY, every=4, count=26)


def test_one_of_a_series_that_overlaps_with_something_stops_it(db, noor, kavi, pair):
    agree(db, noor, kavi, starts_at=MONDAY + DAY + 2 * WEEK + 15 * MINUTE)

    with pytest.raises(Refused, match="You have a meeting on Tuesday 8 December 2026"):
        plan(db, noor, kavi, MONDAY + DAY)

    assert len(plan(db, noor, kavi, MONDAY + DAY, anyway=True)) == 4


def test_a_long_meeting_does_not_overlap_with_its_own_series(db, noor, kavi, pair):
    assert len(plan(db, noor, kavi, MONDAY + DAY)) == 4


# -- saying yes ----------------------------------------------------------------------------------------------


def test_one_click_confirms_the_whole_series_and_tells_once(db, noor, kavi, pair):
    rows = plan(db, noor, kavi, MONDAY + DAY)
    assert told(db, kavi) == [
        "Noor proposes 4 meetings, every week from Tuesday 24 November 2026, 17:30, 07:00 for Noor on. "
        "They wait for your yes."
    ]

    with pytest.raises(Refused, match="You proposed these yourself"):
        series.confirm_all(db, noor.id, rows[0].series_id, at=MONDAY)
    assert series.confirm_all(db, kavi.id, rows[0].series_id, at=MONDAY) == rows
    assert series.confirm_all(db, kavi.id, rows[0].series_id, at=MONDAY) == []

    assert {states.word_of(row) for row in rows} == {"confirmed"}
    assert len(told(db, noor)) == 1


def test_single_ones_are_confirmed_and_the_rest_later(db, noor, kavi, pair):
    rows = plan(db, noor, kavi, MONDAY + DAY)
    appointments.confirm(db, kavi.id, rows[1].id, rows[1].starts_at, at=MONDAY)
    appointments.cancel(db, noor.id, rows[2].id, "Holiday", at=MONDAY)

    after_the_first = rows[0].starts_at + HOUR
    assert series.waiting(db, kavi.id, rows[0], at=MONDAY) == 2
    assert series.confirm_all(db, kavi.id, rows[0].series_id, at=after_the_first) == [rows[3]]

    assert [states.word_of(row) for row in rows] == ["proposed", "confirmed", "cancelled", "confirmed"]


def test_a_stranger_confirms_nobodys_series(db, noor, kavi, eve, pair):
    rows = plan(db, noor, kavi, MONDAY + DAY)

    for series_id in (rows[0].series_id, uuid7()):
        with pytest.raises(NotFound):
            series.confirm_all(db, eve.id, series_id, at=MONDAY)


def test_a_series_of_an_ended_link_is_not_confirmed(db, noor, kavi, pair):
    rows = plan(db, noor, kavi, MONDAY + DAY, by=kavi)
    links.end(db, kavi.id, pair.id, at=MONDAY)

    with pytest.raises(NotAllowed, match="no longer your mentor"):
        series.confirm_all(db, noor.id, rows[0].series_id, at=MONDAY)
    with pytest.raises(NotFound):
        series.confirm_all(db, kavi.id, rows[0].series_id, at=MONDAY)


# -- this one and those that follow --------------------------------------------------------------------------


def test_what_follows_moves_along_across_the_change_of_clocks(db, noor, kavi, pair):
    first = on_the_wall(NEW_YORK, "2026-10-19 09:00")
    rows = plan(db, noor, kavi, first, at=first - WEEK)
    series.confirm_all(db, kavi.id, rows[0].series_id, at=first - WEEK)
    new = Times(on_the_wall(NEW_YORK, "2026-10-27 10:30"), NEW_YORK, 45)

    moved = series.move_following(db, noor.id, rows[1].id, new, seen=rows[1].sequence, at=first)

    assert moved == rows[1:]
    assert walls(rows, NEW_YORK) == ["10-19 09:00", "10-27 10:30", "11-03 10:30", "11-10 10:30"]
    assert [states.word_of(row) for row in rows] == ["confirmed", "proposed", "proposed", "proposed"]
    assert told(db, kavi)[-1].startswith("Noor asks to move 3 of your meetings: the first to Tuesday 27 October")


def test_where_the_mover_lives_on_another_day_the_days_stay_together(db, noor, kavi, pair):
    """14:00 in New York is 23:30 in Kolkata in summer, and half past midnight of the next day in winter."""
    first = on_the_wall(NEW_YORK, "2026-10-27 14:00")
    rows = plan(db, noor, kavi, first, count=3, at=first - WEEK)
    assert walls(rows, KOLKATA) == ["10-27 23:30", "11-04 00:30", "11-11 00:30"]
    new = Times(on_the_wall(KOLKATA, "2026-10-27 22:00"), KOLKATA, 45)

    series.move_following(db, kavi.id, rows[0].id, new, seen=0, at=first - DAY)

    assert walls(rows, KOLKATA) == ["10-27 22:00", "11-03 22:00", "11-10 22:00"]


def test_one_of_a_series_is_moved_alone(db, noor, kavi, pair):
    rows = plan(db, noor, kavi, MONDAY + DAY)
    before = [row.starts_at for row in rows]

    new = Times(rows[1].starts_at + HOUR, NEW_YORK, 45)
    appointments.move(db, noor.id, rows[1].id, new, seen=0, at=MONDAY)

    assert [row.starts_at for row in rows] == [before[0], before[1] + HOUR, *before[2:]]


def test_what_was_held_or_cancelled_stays_where_it_was(db, noor, kavi, pair):
    rows = plan(db, noor, kavi, MONDAY + DAY)
    appointments.cancel(db, noor.id, rows[2].id, "Holiday", at=MONDAY)
    was = rows[2].starts_at

    new = Times(rows[1].starts_at + DAY, NEW_YORK, 45)
    assert series.move_following(db, noor.id, rows[1].id, new, seen=0, at=MONDAY) == [rows[1], rows[3]]

    assert rows[2].starts_at == was


def test_a_second_click_moves_a_series_once_and_a_stale_page_not_at_all(db, noor, kavi, pair):
    rows = plan(db, noor, kavi, MONDAY + DAY)
    new = Times(rows[0].starts_at + DAY, NEW_YORK, 45)

    for _ in range(2):
        series.move_following(db, noor.id, rows[0].id, new, seen=0, at=MONDAY)
    with pytest.raises(Conflict, match="changed this meanwhile"):
        series.move_following(db, kavi.id, rows[0].id, Times(new.starts_at + HOUR, KOLKATA, 45), seen=0, at=MONDAY)

    assert [row.starts_at - MONDAY for row in rows] == [2 * DAY + n * WEEK for n in range(4)]
    assert len(told(db, kavi)) == 2


def test_what_follows_is_cancelled_with_one_reason(db, noor, kavi, pair):
    rows = plan(db, noor, kavi, MONDAY + DAY)

    for _ in range(2):
        series.cancel_following(db, kavi.id, rows[1].id, "I travel", at=MONDAY)

    assert [states.word_of(row) for row in rows] == ["proposed", "cancelled", "cancelled", "cancelled"]
    assert {row.cancel_reason for row in rows[1:]} == {"I travel"}
    assert told(db, noor) == [
        "Kavi cancelled 3 of your meetings, the first of Tuesday 1 December 2026, 07:00, 17:30 for Kavi: I travel"
    ]


def test_what_is_no_series_has_nothing_that_follows(db, ada, ben, link_of):
    link_of(ada, ben)
    session = propose(db, ada, ben)

    with pytest.raises(Conflict, match="not part of a series"):
        series.cancel_following(db, ada.id, session.id, "Ill", at=MONDAY)
    with pytest.raises(Conflict, match="not part of a series"):
        series.move_following(db, ada.id, session.id, Times(MONDAY + DAY, BERLIN, 45), seen=0, at=MONDAY)
    assert series.following(db, session) == 0
