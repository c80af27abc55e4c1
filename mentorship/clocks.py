"""One moment on two walls: what the reader's clock shows, and the other one's where it differs."""

from datetime import datetime

from core import clock


def told(at: datetime, zone: str) -> str:
    """As in "Tuesday 24 November 2026, 19:00"."""
    local = at.astimezone(clock.zone_of(zone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def theirs(at: datetime, zone: str, their_zone: str, name: str) -> str:
    """As in "18:30 for Ben", with the weekday where it is another day there; "" where their clock shows the same."""
    here, there = at.astimezone(clock.zone_of(zone)), at.astimezone(clock.zone_of(their_zone))
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return ""
    day = f"{there:%A} " if there.date() != here.date() else ""
    return f"{day}{there:%H:%M} for {name}"


def both(at: datetime, zone: str, their_zone: str, name: str) -> str:
    """As in "Tuesday 24 November 2026, 19:00, 18:30 for Ben"."""
    return ", ".join(filter(None, (told(at, zone), theirs(at, zone, their_zone, name))))
