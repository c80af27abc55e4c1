"""Moments and days as people say them."""

import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core import clock


def ago(at: datetime, zone: str = "UTC") -> str:
    """As people say it: 'tomorrow 19:00', '3 days ago', 'in 6 days', '12 Mar 2027'; in the reader's zone."""
    local, today = at.astimezone(ZoneInfo(zone)), clock.now().astimezone(ZoneInfo(zone)).date()
    said = day(local.date(), today)
    return f"{said} {local:%H:%M}" if abs((local.date() - today).days) <= 1 else said


def exact(at: datetime, zone: str = "UTC") -> str:
    """The whole moment, for the title and for screen readers: "Tue 24 Nov 2026, 19:00 GMT"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


def day(when: date, today: date | None = None) -> str:
    """'today', 'tomorrow', 'in 6 days', '3 days ago'; further away the date itself."""
    today = today or clock.now().date()
    away = (when - today).days
    if away in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[away + 1]
    if 1 < away <= 14:
        return f"in {away} days"
    if -14 <= away < -1:
        return f"{-away} days ago"
    return f"{when.day} {when:%b %Y}"


def minutes(total: int) -> str:
    """As in '45 min' or '3 h 40 min'."""
    hours, rest = divmod(total, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def one_line(text: str) -> str:
    """A text for one line: line breaks, tabs and other control characters become spaces, several of them one."""
    return " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())


def size(octets: int) -> str:
    """As in '240 MB' or '12 kB': decimal units, as file managers show."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if octets >= factor:
            return f"{octets / factor:.3g} {unit}"
    return f"{octets} bytes"


def clock_time(seconds: float) -> str:
    """As in '1:12.480': minutes, seconds and milliseconds of a position in audio."""
    whole, ms = divmod(round(seconds * 1000), 1000)
    return f"{whole // 60}:{whole % 60:02d}" + (f".{ms:03d}" if ms else "")
