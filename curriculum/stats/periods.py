"""Stretches of time to look back on, and the days, weeks or months that a picture of one is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from curriculum.stats.answers import Sum
from curriculum.stats.pictures import WEEKS

PERIODS = {"30": "30 days", "90": "90 days", "365": "A year", "all": "All"}
SAID = {
    "30": "In the last 30 days",
    "90": "In the last 90 days",
    "365": "In the last year",
    "all": "Since your first answer",
}
DEFAULT = "30"
MOST_DAYS, MOST_WEEKS, MOST_MONTHS = 92, 106, 120  # bars that a picture has room for


@dataclass(frozen=True, slots=True)
class Span:
    """A day, week or month of practice, or a year."""

    first: int  # study days
    last: int
    label: str
    words: str
    answers: int
    seconds: float
    days: int  # on which something was answered

    @property
    def minutes(self) -> float:
        return self.seconds / 60

    @property
    def minutes_a_day(self) -> float:
        """Of the days on which something was answered, on average; 0 without any."""
        return self.minutes / self.days if self.days else 0.0

    @property
    def seconds_a_card(self) -> float:
        """Of each answer, on average; 0 without any."""
        return self.seconds / self.answers if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Week:
    """Answers on the seven days from a Monday on; None: a day that is still to come."""

    first: int
    answers: tuple[int | None, ...]

    @property
    def total(self) -> int:
        return sum(count or 0 for count in self.answers)


def first_day(period: str, days: Mapping[int, Sum], today: int) -> int:
    """The first study day of a period; of all of it, the first with an answer."""
    return min(days, default=today) if period == "all" else today - int(period) + 1


def spans(days: Mapping[int, Sum], first: int, today: int) -> list[Span]:
    """The stretch from `first` to today in days, weeks, months or years, whichever gives a picture."""
    length = today - first + 1
    if length <= MOST_DAYS:
        starts = list(range(first, today + 1))
    elif length <= 7 * MOST_WEEKS:
        starts = list(range(first - (first - 1) % 7, today + 1, 7))
    else:
        starts = _months(first, today, 1 if length <= 30 * MOST_MONTHS else 12)
    ends = [*(start - 1 for start in starts[1:]), today]
    return [_span(days, max(start, first), end) for start, end in zip(starts, ends, strict=True)]


def total(days: Mapping[int, Sum], first: int, today: int) -> Span:
    """The whole stretch as one."""
    return _span(days, first, today)


def unit(first: int, today: int) -> str:
    """What one bar of `spans` stands for."""
    length = today - first + 1
    if length <= MOST_DAYS:
        return "day"
    return "week" if length <= 7 * MOST_WEEKS else "month" if length <= 30 * MOST_MONTHS else "year"


def day_words(day: int) -> str:
    return f"{date.fromordinal(day):%a} {date_words(day)}"


def date_words(day: int) -> str:
    when = date.fromordinal(day)
    return f"{when.day} {when:%b %Y}"


def short_day(day: int) -> str:
    when = date.fromordinal(day)
    return f"{when.day} {when:%b}"


def weeks(days: Mapping[int, Sum], today: int) -> list[Week]:
    """The last 53 weeks from Monday on, the newest first."""
    monday = today - (today - 1) % 7  # ordinal 1 was a Monday
    return [
        Week(
            monday - 7 * back,
            tuple(_answers(days, day, today) for day in range(monday - 7 * back, monday - 7 * back + 7)),
        )
        for back in range(WEEKS)
    ]


def _answers(days: Mapping[int, Sum], day: int, today: int) -> int | None:
    if day > today:
        return None
    return days[day].answers if day in days else 0


def _span(days: Mapping[int, Sum], first: int, last: int) -> Span:
    found = [days[day] for day in range(first, last + 1) if day in days]
    start = date.fromordinal(first)
    label = f"{start.day} {start:%b}" if last - first < 27 else f"{start:%Y}" if last - first > 40 else f"{start:%b %y}"
    words = day_words(first) if first == last else f"{date_words(first)} to {date_words(last)}"
    seconds = sum(one.seconds for one in found)
    return Span(first, last, label, words, sum(one.answers for one in found), seconds, len(found))


def _months(first: int, today: int, step: int) -> list[int]:
    """The first study day, and the first of every month (step 1) or year (step 12) after it."""
    start, starts = date.fromordinal(first), [first]
    number = start.year * 12 + start.month - 1
    while True:
        number += step - (number % 12 if step == 12 else 0)
        following = date(number // 12, number % 12 + 1, 1).toordinal()
        if following > today:
            return starts
        starts.append(following)
