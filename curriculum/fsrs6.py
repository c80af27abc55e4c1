"""The formulas of FSRS-6: what one answer does to stability and difficulty. Numbers in, numbers out.

An answer at the desk asks for six outcomes; py-fsrs copies a card for each of them, which was a third of the time of
the whole rule. Parameters are still checked by py-fsrs; the tests hold these numbers against it and against fsrs-rs.

Source: https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm
"""

from functools import lru_cache
from math import exp

import fsrs

LEAST_STABILITY = 0.001  # days
EASIEST, HARDEST = 1.0, 10.0
LONGEST = 36_500  # days
FORGOT, HARD, GOOD, EASY = 1, 2, 3, 4


class Model:
    """FSRS-6 with one set of parameters and one retention to aim at.

    parameters: the 21 weights; others than py-fsrs takes are refused (ValueError). retention: above 0, below 1.
    """

    def __init__(self, parameters: tuple[float, ...], retention: float) -> None:
        fsrs.Scheduler(parameters=parameters)
        self.w = w = parameters
        self.decay = -w[20]
        self.factor = 0.9 ** (1 / self.decay) - 1
        self.days_per_stability = (retention ** (1 / self.decay) - 1) / self.factor
        self.easy_difficulty = self._first_difficulty(EASY)
        self.growth = exp(w[8])
        self.same_day_forgot = 1 / exp(w[17] * w[18])

    def first(self, rating: int) -> tuple[float, float]:
        """(stability in days, difficulty) after the first answer of all."""
        return max(self.w[rating - 1], LEAST_STABILITY), _clamped(self._first_difficulty(rating))

    def later(self, stability: float, difficulty: float, days: int, rating: int) -> tuple[float, float]:
        """(stability, difficulty) after an answer that came so many study days after the last one; 0: the same day."""
        if days < 1:
            after = self._same_day(stability, rating)
        elif rating == FORGOT:
            after = self._forgotten(stability, difficulty, 1 - self.recall(stability, days))
        else:
            after = self._recalled(stability, difficulty, 1 - self.recall(stability, days), rating)
        return max(after, LEAST_STABILITY), self._difficulty(difficulty, rating)

    def recall(self, stability: float, days: int) -> float:
        """The chance, 0 to 1, of recall so many days after the last answer."""
        return (1 + self.factor * days / stability) ** self.decay

    def interval(self, stability: float) -> int:
        """Days until recall has fallen to the retention aimed at, at least 1."""
        return min(max(round(stability * self.days_per_stability), 1), LONGEST)

    def _first_difficulty(self, rating: int) -> float:
        return self.w[4] - exp(self.w[5] * (rating - 1)) + 1

    def _difficulty(self, difficulty: float, rating: int) -> float:
        damped = difficulty - self.w[6] * (rating - 3) * (10 - difficulty) / 9
        return _clamped(self.w[7] * self.easy_difficulty + (1 - self.w[7]) * damped)

    def _same_day(self, stability: float, rating: int) -> float:
        growth = exp(self.w[17] * (rating - 3 + self.w[18])) * stability ** -self.w[19]
        return stability * (growth if rating == FORGOT else max(growth, 1.0))

    def _recalled(self, stability: float, difficulty: float, lost: float, rating: int) -> float:
        w = self.w
        part = w[15] if rating == HARD else w[16] if rating == EASY else 1.0
        growth = self.growth * (11 - difficulty) * stability ** -w[9] * (exp(lost * w[10]) - 1)
        return stability * (1 + growth * part)

    def _forgotten(self, stability: float, difficulty: float, lost: float) -> float:
        w = self.w
        long_term = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * exp(lost * w[14])
        return min(long_term, stability * self.same_day_forgot)


@lru_cache(maxsize=256)
def model(parameters: tuple[float, ...], retention: float) -> Model:
    return Model(parameters, retention)


def _clamped(difficulty: float) -> float:
    return min(max(difficulty, EASIEST), HARDEST)
