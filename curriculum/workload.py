"""How much work lies ahead: what a retention costs in reviews a day, and when a backlog is gone. Numbers in, numbers
out.

Both are played out under the learner's own model with dice of a fixed seed, so that the same cards give the same
figure again. We assume that a card is answered with Good when it is recalled, by its chance of recall, and with Forgot
and, ten minutes later, Good when it is not. Fuzz, light weekdays and buried siblings are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from curriculum.scheduling import HIGHEST_RETENTION, LOWEST_RETENTION, MAXIMUM_DAYS

if TYPE_CHECKING:
    import numpy as np

HORIZON = 365  # days over which the work is averaged
STEPS = 18
RETENTIONS = tuple(
    round(LOWEST_RETENTION + n * (HIGHEST_RETENTION - LOWEST_RETENTION) / (STEPS - 1), 2) for n in range(STEPS)
)
LIVES = 2000  # of cards played out for `costs`: a few are played often, of many every so manyth
TYPICAL = [(1.2 * 1.045**number, 2.0 + number % 7) for number in range(100)]  # a deck after some months
LONGEST_BACKLOG = 183  # days; what takes longer is not said in days
SPARE = 0.05  # of a day's limit, for what is left out and for worse luck: a promise is kept a day early, not late
SEED = 27


@dataclass(frozen=True, slots=True)
class Cost:
    """What a retention asks for on an average day of the coming year."""

    retention: float
    reviews: float  # cards that fall due
    answers: float  # those, and the second look at what was forgotten


@dataclass(frozen=True, slots=True)
class Held:
    """A card in review, as the projection of a backlog needs it. Days count from today; the past is below 0."""

    stability: float
    difficulty: float
    answered: int  # study day of the last answer
    due: int


def costs(cards: Sequence[tuple[float, float]], parameters: tuple[float, ...]) -> list[Cost]:
    """The work for these cards at each of RETENTIONS, when each was answered today and is from now on when it is due.

    cards: stability in days and difficulty of each. parameters: the 21 weights of FSRS-6.
    """
    import numpy as np

    if not cards:
        return [Cost(retention, 0.0, 0.0) for retention in RETENTIONS]
    chosen = _evenly(sorted(cards))
    lives = np.broadcast_to(np.array(chosen).T[:, None, :], (2, STEPS, len(chosen)))
    stability, difficulty = (part.ravel() for part in lives)
    row, column = (part.ravel() for part in np.indices((STEPS, len(chosen))))
    retention = np.array(RETENTIONS)[row]
    day = _interval(parameters, stability, retention)
    reviews, answers = np.zeros(STEPS), np.zeros(STEPS)
    dice = np.random.default_rng(SEED)
    while (goes_on := day <= HORIZON).any():  # all that fall due once more within the year
        stability, difficulty, row, column, retention, day = (
            part[goes_on] for part in (stability, difficulty, row, column, retention, day)
        )
        recall = _recall(parameters, _interval(parameters, stability, retention), stability)
        is_recalled = dice.random(len(chosen))[column] < recall  # the same luck at each retention
        reviews += np.bincount(row, minlength=STEPS)
        answers += np.bincount(row, 2.0 - is_recalled, minlength=STEPS)
        stability, difficulty = _answered(parameters, stability, difficulty, recall, is_recalled)
        day = day + _interval(parameters, stability, retention)
    share = len(cards) / len(chosen) / HORIZON
    figures = (reviews * share).tolist(), (answers * share).tolist()
    return [Cost(*one) for one in zip(RETENTIONS, *figures, strict=True)]


def gone_in(
    cards: Sequence[Held], a_day: int, parameters: tuple[float, ...], retention: float, *, most: int = LONGEST_BACKLOG
) -> int | None:
    """After how many days, today being the first, nothing is left over at the end of a day; None: not within `most`.

    a_day: reviews at most, the nearest to being forgotten first. What is answered may fall due again meanwhile.
    """
    import numpy as np

    waiting = sum(card.due <= 0 for card in cards)
    if waiting <= a_day or a_day < 1:
        return 1 if waiting <= a_day else None
    columns = np.array([(card.stability, card.difficulty, card.answered, card.due) for card in cards], dtype=float)
    stability, difficulty, answered, due = columns.T.copy()
    dice = np.random.default_rng(SEED)
    for day in range(most):
        here = np.flatnonzero(due <= day)
        luck = dice.random(len(cards))
        recall = _recall(parameters, day - answered[here], stability[here])
        first = np.argsort(recall, kind="stable")[:a_day]
        taken, recall = here[first], recall[first]
        stability[taken], difficulty[taken] = _answered(
            parameters, stability[taken], difficulty[taken], recall, luck[taken] < recall
        )
        answered[taken], due[taken] = day, day + _interval(parameters, stability[taken], np.array(retention))
        if len(here) <= a_day * (1 - SPARE):
            return day + 1
    return None


def _evenly(cards: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """About LIVES of them, each as often as any other."""
    if len(cards) >= LIVES:
        step = len(cards) / LIVES
        return [cards[int((n + 0.5) * step)] for n in range(LIVES)]
    return cards * (LIVES // len(cards))


# -- FSRS-6 for many cards at once; the tests hold it against scheduling.answer ------------------------------
# Source: https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm


def _recall(w: tuple[float, ...], days: "np.ndarray", stability: "np.ndarray") -> "np.ndarray":
    return (1 + (0.9 ** (-1 / w[20]) - 1) * days / stability) ** -w[20]


def _interval(w: tuple[float, ...], stability: "np.ndarray", retention: "np.ndarray") -> "np.ndarray":
    import numpy as np

    days = stability / (0.9 ** (-1 / w[20]) - 1) * (retention ** (-1 / w[20]) - 1)
    return np.clip(np.rint(days), 1, MAXIMUM_DAYS)


def _answered(
    w: tuple[float, ...],
    stability: "np.ndarray",
    difficulty: "np.ndarray",
    recall: "np.ndarray",
    is_recalled: "np.ndarray",
) -> "tuple[np.ndarray, np.ndarray]":
    """Stability and difficulty after Good, or after Forgot and Good."""
    import numpy as np

    good, again = (after(w, stability, difficulty, recall) for after in (_recalled, _forgotten))
    return np.where(is_recalled, good[0], again[0]), np.where(is_recalled, good[1], again[1])


def _recalled(
    w: tuple[float, ...], stability: "np.ndarray", difficulty: "np.ndarray", recall: "np.ndarray"
) -> "tuple[np.ndarray, np.ndarray]":
    import numpy as np

    gain = exp(w[8]) * (11 - difficulty) * stability ** -w[9] * (np.exp((1 - recall) * w[10]) - 1)
    return stability * (1 + gain), _harder(w, difficulty, 3)


def _forgotten(
    w: tuple[float, ...], stability: "np.ndarray", difficulty: "np.ndarray", recall: "np.ndarray"
) -> "tuple[np.ndarray, np.ndarray]":
    """After Forgot and, on the same day, Good."""
    import numpy as np

    long = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * np.exp((1 - recall) * w[14])
    after = np.maximum(np.minimum(long, stability / exp(w[17] * w[18])), 0.001)
    after = after * np.maximum(exp(w[17] * w[18]) * after ** -w[19], 1.0)
    return after, _harder(w, _harder(w, difficulty, 1), 3)


def _harder(w: tuple[float, ...], difficulty: "np.ndarray", rating: int) -> "np.ndarray":
    import numpy as np

    easiest = w[4] - exp(w[5] * 3) + 1
    moved = difficulty - w[6] * (rating - 3) * (10 - difficulty) / 9
    return np.clip(w[7] * easiest + (1 - w[7]) * moved, 1.0, 10.0)
