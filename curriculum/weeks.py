"""A programme's weeks laid on days: each takes seven, and pause weeks in between are left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weeks:
    """From the programme's first day on. pauses: the first days of the weeks left out, in order, each on a weekday
    like `first`; what lies before it is none."""

    first: date
    pauses: tuple[date, ...] = ()

    def starts_on(self, week: int) -> date:
        """First day of a week of the programme; 1 is its first. 0 and less lie before it."""
        day = self.first + (week - 1) * WEEK
        for pause in self.pauses:
            if pause <= day:
                day += WEEK
        return day

    def ends_on(self, week: int) -> date:
        """Last day of a week of the programme."""
        return self.starts_on(week) + WEEK - DAY

    def week_of(self, day: date) -> int:
        """Which week of the programme a day is in; in a pause the one before it. 0 and less: it has not begun."""
        return (day - self.first) // WEEK + 1 - sum(pause <= day for pause in self.pauses)

    def is_paused(self, day: date) -> bool:
        return self.week_start(day) in self.pauses

    def week_start(self, day: date) -> date:
        """First day of the week that a day lies in, whether a week of the programme or a pause."""
        return self.first + (day - self.first) // WEEK * WEEK


def laid(first: date, pauses: Iterable[date]) -> Weeks:
    """Pauses that stand otherwise (the start was moved) count for the week that they have most days of."""
    plain = Weeks(first)
    half = timedelta(days=3)
    starts = {plain.week_start(pause + half) for pause in pauses}
    return Weeks(first, tuple(sorted(start for start in starts if start >= first)))
