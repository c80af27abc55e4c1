"""True retention: how many review cards were still known when they came, against what was aimed at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from curriculum.stats.answers import FORGOT, IN_REVIEW, Kind, Tally

WINDOWS = (7, 30, 365)  # study days, today with them
FEWEST = 20  # answers; with fewer we say nothing
CERTAINTY = 1.959964  # standard deviations to either side that hold 95 % of a normal distribution
SORTS = {"All": IN_REVIEW, "Young": (Kind.YOUNG,), "Mature": (Kind.MATURE,)}


@dataclass(frozen=True, slots=True)
class Retention:
    """The first answers of a day to cards in review, over some study days."""

    days: int
    words: str  # All, Young, Mature
    recalled: int
    answers: int

    @property
    def is_known(self) -> bool:
        """Whether there are answers enough to say anything."""
        return self.answers >= FEWEST

    @property
    def share(self) -> float:
        """0 to 1; 0 without answers."""
        return self.recalled / self.answers if self.answers else 0.0

    @property
    def between(self) -> tuple[float, float]:
        """Where the true share lies with a certainty of 95 %."""
        return wilson(self.recalled, self.answers)

    def against(self, desired: float) -> str:
        """more, less or about as much as desired, as far as these answers can tell; "" when they are too few."""
        low, high = self.between
        if not self.is_known:
            return ""
        return "more" if low > desired else "less" if high < desired else "about as much"


def windows(found: Sequence[Tally], today: int) -> list[Retention]:
    """All, young and mature cards over the last 7, 30 and 365 study days."""
    return [_over(found, today, days, words) for days in WINDOWS for words in SORTS]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share that was seen as `hits` of `of`; 0 to 1 without any.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    if not of:
        return 0.0, 1.0
    share, z2 = hits / of, CERTAINTY**2
    middle = share + z2 / (2 * of)
    reach = CERTAINTY * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, (middle - reach) / (1 + z2 / of)), min(1.0, (middle + reach) / (1 + z2 / of))


def _over(found: Sequence[Tally], today: int, days: int, words: str) -> Retention:
    counted = [one for one in found if one.is_first and one.kind in SORTS[words] and today - days < one.day <= today]
    recalled = sum(one.answers for one in counted if one.rating != FORGOT)
    return Retention(days, words, recalled, sum(one.answers for one in counted))
