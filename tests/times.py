"""The moments and places that tests use. Nobody asks the real clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)  # no clock changes in the four weeks around it
MONDAY_EVENING = MONDAY + 8 * HOUR
TUESDAY = MONDAY + DAY

BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
AUCKLAND = "Pacific/Auckland"
HONOLULU = "Pacific/Honolulu"
ZONES = [BERLIN, NEW_YORK, AUCKLAND]


def on_the_wall(zone: str, text: str) -> datetime:
    """The moment (UTC) at which the clock on the wall shows "2026-03-29 07:00"; the first one where there are two."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
