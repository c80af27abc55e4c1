"""Which nightly backups stay: one a day for a week, one a week for four more, nothing older than 35 days."""

from collections.abc import Iterable

DAYS = 7
WHOLE_DAYS = 35


def kept(days: Iterable[int], *, today: int) -> set[int]:
    """The study days (date ordinals) whose backup stays, out of those that have one.

    The newest one always stays, however old. Weeks begin on Monday; the last day of each that has a backup speaks for
    it. Weeks are the calendar's: seven days counted back from today would move on every night, and no backup would
    ever grow old enough for the next of them.
    """
    given = set(days)
    last_of_week: dict[int, int] = {}
    for day in sorted(given):
        last_of_week[(day - 1) // 7] = day  # ordinal 1 was a Monday
    of_days = {day for day in given if day > today - DAYS}
    of_weeks = {day for day in last_of_week.values() if day > today - WHOLE_DAYS}
    return of_days | of_weeks | set(sorted(given)[-1:])
