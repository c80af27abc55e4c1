"""What other calendar programs read out of our files: vobject stands for them."""

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorship.calendar_file import Event, plain, written
from tests.times import BERLIN, HOUR, MINUTE, MONDAY, NEW_YORK, on_the_wall

KOLKATA, LORD_HOWE = "Asia/Kolkata", "Australia/Lord_Howe"
ZONES = [NEW_YORK, KOLKATA, LORD_HOWE]
CLOCK_CHANGES = ["2026-03-08", "2026-04-05", "2026-10-04", "2026-11-01"]  # two of New York's, two of Lord Howe's
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)
NASTY = st.lists(
    st.sampled_from(
        [
            ";",
            ",",
            "\\",
            "\n",
            "\r\n",
            "\\n",
            "\\N",
            ":",
            '"',
            "BEGIN:VEVENT",
            "\x0b",
            "\x85",
            "\u2028",
            "\t",
            "🎚",
            "ä",
            "\u202e",
        ]
    )
    | TEXTS,
    max_size=12,
).map("".join)


def event(title: str = "Meeting with Ben", **more: Any) -> Event:
    facts: dict[str, Any] = {"uid": "1@woodshed.example", "starts": MONDAY, "minutes": 45, "changed_at": MONDAY}
    return Event(title=title, **facts | more)


def read(*events: Event) -> list[Any]:
    """The events as vobject finds them in our file."""
    calendar = vobject.readOne(written(events, name="Woodshed", at=MONDAY).decode())
    return list(getattr(calendar, "vevent_list", []))


@settings(max_examples=int(os.environ.get("TITLES", "150")), deadline=None)  # TITLES=1000: the full number
@given(TEXTS | NASTY, TEXTS | NASTY)
def test_a_title_comes_back_as_it_was_written(title: str, place: str) -> None:
    found = read(event(title, place=place), event("The next one", uid="2@woodshed.example"))

    assert [one.uid.value for one in found] == ["1@woodshed.example", "2@woodshed.example"]
    assert found[0].summary.value == plain(title)
    if plain(place):
        assert found[0].location.value == plain(place)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))))
def test_a_title_without_control_characters_is_not_touched(title: str) -> None:
    assert plain(title) == title


@pytest.mark.parametrize(
    "breaking", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
)
def test_a_title_cannot_put_a_second_event_into_the_calendar(breaking: str) -> None:
    title = breaking.join(
        ["Lesson", "END:VEVENT", "BEGIN:VEVENT", "SUMMARY:Pay Eve", "ATTENDEE:mailto:eve@example.com"]
    )

    octets = written([event(title, place=title, about=title)], name=title, at=MONDAY)

    assert octets.decode().splitlines().count("BEGIN:VEVENT") == 1
    assert not any(line.startswith("ATTENDEE") for line in octets.decode().splitlines())
    assert len(vobject.readOne(octets.decode()).vevent_list) == 1


def test_no_line_is_longer_than_75_octets_and_no_letter_is_cut() -> None:
    octets = written([event("🎚" * 60 + "ä" * 60)], name="Woodshed", at=MONDAY)

    assert octets.endswith(b"\r\n")
    for line in octets.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", CLOCK_CHANGES)
def test_a_meeting_stays_at_its_moment_across_clock_changes(zone: str, day: str) -> None:
    """Every half hour of the day on which clocks change, doubled hours too."""
    midnight = on_the_wall(zone, f"{day} 00:00")
    moments = [midnight + number * 30 * MINUTE for number in range(52)]

    found = read(*(event(starts=at, minutes=45, uid=f"{number}@x") for number, at in enumerate(moments)))

    here = ZoneInfo(zone)
    assert [one.dtstart.value.astimezone(here).isoformat() for one in found] == [
        at.astimezone(here).isoformat() for at in moments
    ]
    assert [one.dtend.value for one in found] == [at + 45 * MINUTE for at in moments]


@pytest.mark.parametrize("zone", [*ZONES, BERLIN, "Africa/Casablanca", "UTC"])
def test_the_daily_block_stays_at_its_time_on_the_wall(zone: str) -> None:
    first = datetime(2026, 2, 20, 7, 30, tzinfo=ZoneInfo(zone))

    (found,) = read(event("Review cards", starts=first, minutes=15, changed_at=first, daily_in=zone))

    days = [first + timedelta(days=number) for number in range(500)]  # on the wall
    repeated = list(found.getrruleset(addRDate=True)[: len(days)])
    offsets = {at.utcoffset() for at in repeated}
    assert [at.astimezone(UTC) for at in repeated] == [day.astimezone(UTC) for day in days]
    assert len(offsets) == {KOLKATA: 1, "UTC": 1}.get(zone, 2)
    assert found.duration.value == timedelta(minutes=15)


def test_a_zone_changes_its_clocks_as_in_the_standards_own_example() -> None:
    """RFC 5545, section 3.6.5: New York goes forward at two on the wall of winter, back at two on that of summer."""
    first = datetime(2026, 2, 20, 7, 30, tzinfo=ZoneInfo(NEW_YORK))

    text = written([event(starts=first, changed_at=first, daily_in=NEW_YORK)], name="Woodshed", at=MONDAY).decode()

    parts = [part.split("END:")[0].split() for part in text.split("BEGIN:")]
    assert ["DAYLIGHT", "DTSTART:20260308T020000", "TZNAME:EDT", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400"] in parts
    assert ["STANDARD", "DTSTART:20261101T020000", "TZNAME:EST", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500"] in parts


@pytest.mark.parametrize("status", ["TENTATIVE", "CONFIRMED", "CANCELLED"])
def test_a_meeting_brings_its_state_and_how_often_it_changed(status: Any) -> None:
    (found,) = read(event(status=status, sequence=3, changed_at=MONDAY + HOUR, url="https://x.example/sessions/1"))

    assert found.status.value == status
    assert found.sequence.value == "3"
    assert found.last_modified.value == found.dtstamp.value == MONDAY + HOUR
    assert found.url.value == "https://x.example/sessions/1"
    assert found.transp.value == ("TRANSPARENT" if status == "CANCELLED" else "OPAQUE")


def test_what_is_due_on_a_day_takes_the_whole_day_and_no_time() -> None:
    (found,) = read(event("Bounce V3", starts=date(2026, 12, 31), minutes=0))

    assert (found.dtstart.value, found.dtend.value) == (date(2026, 12, 31), date(2027, 1, 1))
    assert found.transp.value == "TRANSPARENT"


def test_a_calendar_says_how_often_to_ask_for_it() -> None:
    text = written([], name="Woodshed", at=MONDAY).decode()

    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "X-PUBLISHED-TTL:PT1H\r\n" in text
    assert vobject.readOne(text).version.value == "2.0"
