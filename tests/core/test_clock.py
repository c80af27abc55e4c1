from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core import clock
from tests.times import AUCKLAND, BERLIN, DAY, HOUR, MINUTE, MONDAY, NEW_YORK, SECOND, ZONES, on_the_wall

BAKU = "Asia/Baku"  # its clocks changed at four in the morning until 2015
APIA = "Pacific/Apia"  # left out the whole of 30 December 2011
KWAJALEIN = "Pacific/Kwajalein"  # had 30 September 1969 twice, left out 21 August 1993


def ordinal(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.fixture
def own_clock():
    yield lambda read: clock.use(read, testing=True)
    clock.use(None, testing=True)


def test_now_is_the_present_in_utc():
    before = datetime.now(UTC)

    now = clock.now()

    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)


def test_a_test_can_stop_the_clock_and_let_it_go_again(own_clock):
    own_clock(lambda: MONDAY.astimezone(ZoneInfo(AUCKLAND)))
    assert clock.now() == MONDAY
    assert clock.now().tzinfo is UTC

    own_clock(None)
    assert clock.now() != MONDAY


def test_outside_the_test_configuration_a_foreign_clock_is_refused():
    with pytest.raises(RuntimeError, match="only be used in the test configuration"):
        clock.use(lambda: MONDAY, testing=False)

    assert clock.now() != MONDAY


def test_a_clock_without_a_zone_is_refused(own_clock):
    own_clock(lambda: MONDAY.replace(tzinfo=None))

    with pytest.raises(ValueError, match="has no time zone"):
        clock.now()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "wall, day",
    [
        ("2026-11-23 04:00", "2026-11-23"),
        ("2026-11-23 23:59", "2026-11-23"),
        ("2026-11-24 00:00", "2026-11-23"),
        ("2026-11-24 03:59", "2026-11-23"),
        ("2026-11-24 04:00", "2026-11-24"),
    ],
)
def test_the_study_day_turns_at_four_in_the_morning(zone, wall, day):
    assert clock.study_day(on_the_wall(zone, wall), zone) == ordinal(day)


def test_a_moment_is_the_same_day_in_whatever_zone_it_is_written():
    assert clock.study_day(MONDAY.astimezone(ZoneInfo(AUCKLAND)), BERLIN) == clock.study_day(MONDAY, BERLIN)


def test_a_day_can_turn_at_another_hour():
    after_midnight = on_the_wall(BERLIN, "2026-11-24 00:30")

    assert clock.study_day(after_midnight, BERLIN, turns_at_hour=0) == ordinal("2026-11-24")
    assert clock.day_start(ordinal("2026-11-24"), BERLIN, turns_at_hour=0) == on_the_wall(BERLIN, "2026-11-24 00:00")


@pytest.mark.parametrize(
    "zone, day, start",
    [
        (BERLIN, "2026-11-23", "2026-11-23T03:00Z"),
        (BERLIN, "2026-07-01", "2026-07-01T02:00Z"),
        (NEW_YORK, "2026-11-23", "2026-11-23T09:00Z"),
        (NEW_YORK, "2026-07-01", "2026-07-01T08:00Z"),
        (AUCKLAND, "2026-11-23", "2026-11-22T15:00Z"),
        (AUCKLAND, "2026-07-01", "2026-06-30T16:00Z"),
    ],
)
def test_a_study_day_starts_at_four_on_the_learners_wall(zone, day, start):
    found = clock.day_start(ordinal(day), zone)

    assert found == datetime.fromisoformat(start)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "zone, night_before, hours",
    [
        (BERLIN, "2026-03-28", 23),
        (BERLIN, "2026-10-24", 25),
        (NEW_YORK, "2026-03-07", 23),
        (NEW_YORK, "2026-10-31", 25),
        (AUCKLAND, "2026-09-26", 23),
        (AUCKLAND, "2026-04-04", 25),
    ],
)
def test_the_study_day_before_a_clock_change_is_an_hour_shorter_or_longer(zone, night_before, hours):
    day = ordinal(night_before)

    assert clock.day_start(day + 1, zone) - clock.day_start(day, zone) == hours * HOUR


def test_where_four_o_clock_is_left_out_the_day_starts_at_the_jump():
    # 04:00 became 05:00 at midnight UTC
    assert clock.day_start(ordinal("2015-03-29"), BAKU) == datetime(2015, 3, 29, 0, tzinfo=UTC)
    # after 29 December 23:59:59 came 31 December 00:00:00
    assert clock.day_start(ordinal("2011-12-30"), APIA) == datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert clock.day_start(ordinal("2011-12-31"), APIA) == datetime(2011, 12, 30, 14, tzinfo=UTC)


def test_where_four_o_clock_comes_twice_the_day_starts_at_the_first():
    # 05:00 became 04:00 at midnight UTC
    assert clock.day_start(ordinal("2015-10-25"), BAKU) == datetime(2015, 10, 24, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone, day",
    [
        (BERLIN, "2026-03-29"),
        (BERLIN, "2026-10-25"),
        (BAKU, "2015-03-29"),
        (BAKU, "2015-10-25"),
        (APIA, "2011-12-30"),
        (KWAJALEIN, "1969-09-30"),
        (KWAJALEIN, "1993-08-21"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Antarctica/Casey", "2018-10-07"),
    ],
)
def test_the_study_day_never_goes_back(zone, day):
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - 2 * DAY

    days = [clock.study_day(start + n * 5 * MINUTE, zone) for n in range(4 * 24 * 12)]

    assert days == sorted(days)


@settings(deadline=None)
@given(
    zone=st.sampled_from(sorted(available_timezones())),
    at=st.integers(0, 140 * 365 * 24 * 60).map(lambda minutes: datetime(1970, 1, 1, tzinfo=UTC) + minutes * MINUTE),
)
@example(zone=BERLIN, at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
@example(zone=BAKU, at=datetime(2015, 3, 29, 0, tzinfo=UTC))
@example(zone=BAKU, at=datetime(2015, 10, 25, 0, 30, tzinfo=UTC))
@example(zone=APIA, at=datetime(2011, 12, 30, 10, tzinfo=UTC))
@example(zone=KWAJALEIN, at=datetime(1969, 9, 30, 14, tzinfo=UTC))
def test_every_moment_lies_inside_its_study_day(zone, at):
    day = clock.study_day(at, zone)

    assert clock.day_start(day, zone) <= at < clock.day_start(day + 1, zone)
    assert clock.study_day(clock.day_start(day + 1, zone) - SECOND, zone) == day


@pytest.mark.parametrize(
    "zone, winter, summer",
    [(BERLIN, 60, 120), (NEW_YORK, -300, -240), (AUCKLAND, 780, 720), ("Asia/Kolkata", 330, 330), ("UTC", 0, 0)],
)
def test_the_offset_is_minutes_ahead_of_utc(zone, winter, summer):
    assert clock.utc_offset_minutes(MONDAY, zone) == winter
    assert clock.utc_offset_minutes(MONDAY - timedelta(days=150), zone) == summer


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "Europe", "../etc/passwd", "/etc/localtime", "Z\0ne", "Zürich"])
def test_an_unknown_zone_is_refused_with_a_sentence(name):
    with pytest.raises(ValueError, match="We know no time zone called") as refusal:
        clock.study_day(MONDAY, name)

    assert "Use a name such as Europe/Berlin." in str(refusal.value)


def test_a_moment_without_a_zone_is_refused():
    for ask in (clock.study_day, clock.utc_offset_minutes):
        with pytest.raises(ValueError, match="has no time zone"):
            ask(MONDAY.replace(tzinfo=None), BERLIN)
