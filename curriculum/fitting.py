"""Fitting FSRS-6 to one learner: histories in, parameters and how well they predict out. The package is optional."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from itertools import pairwise
from math import isfinite, log

from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

from curriculum import scheduling

PACKAGE = "fsrs_rs_python"
FEWEST = 400  # outcomes; with fewer the figures of the newest fifth are luck
HELD_OUT = 0.2  # of the outcomes, the newest
SURE = 1e-5  # no prediction counts as nearer to 0 or 1
DIGITS = 4  # of a parameter, as the standard ones have

Answer = tuple[int, datetime, int]  # rating, moment, study day
History = Sequence[Answer]  # all answers to one card from the first on, in order


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer on a later study day than the one before: what parameters are fitted to and tried on."""

    history: History  # up to this answer and with it
    at: datetime

    @property
    def is_recalled(self) -> bool:
        return self.history[-1][0] > 1


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters fitted to the oldest outcomes, and how they and those in use predict the newest."""

    parameters: tuple[float, ...]
    outcomes: int  # in all
    tried_on: int  # the newest fifth
    loss_before: float  # log loss, lower is better
    loss_after: float

    @property
    def wins(self) -> bool:
        return self.loss_after < self.loss_before


def is_installed() -> bool:
    return find_spec(PACKAGE) is not None


def outcomes(histories: Iterable[History]) -> list[Outcome]:
    """One for each answer that came at least one study day after the last, in order of time."""
    found = [
        Outcome(history[: number + 1], history[number][1])
        for history in histories
        for number in range(1, len(history))
        if history[number][2] > history[number - 1][2]
    ]
    return sorted(found, key=lambda outcome: outcome.at)


def fit(found: Sequence[Outcome], in_use: tuple[float, ...]) -> Fit:
    """Fit to the oldest four fifths and try on the newest, beside the parameters in use.

    found: of one learner, in order of time, FEWEST at least. What comes back is exactly the set that was tried: one
    fitted to all of them might be better still, but nobody would know.
    Raises ValueError when the package gives no numbers.
    """
    import fsrs_rs_python

    cut = len(found) - tried_on(len(found))
    items = [
        fsrs_rs_python.FSRSItem([fsrs_rs_python.FSRSReview(*pair) for pair in gaps(one.history)]) for one in found[:cut]
    ]
    steps = len(scheduling.RELEARNING_STEPS)
    fitted = fsrs_rs_python.FSRS(list(scheduling.DEFAULT)).compute_parameters(items, num_relearning_steps=steps)
    parameters = checked(fitted)
    newest = found[cut:]
    return Fit(parameters, len(found), len(newest), log_loss(newest, in_use), log_loss(newest, parameters))


def tried_on(count: int) -> int:
    """How many of so many outcomes are held out to try the parameters on."""
    return round(count * HELD_OUT)


def gaps(history: History) -> list[tuple[int, int]]:
    """Rating and study days since the answer before; the first gap is 0, and so is one after a flight west."""
    days = [day for _, _, day in history]
    since = [0] + [max(0, later - earlier) for earlier, later in pairwise(days)]
    return [(rating, gap) for (rating, _, _), gap in zip(history, since, strict=True)]


def log_loss(found: Sequence[Outcome], parameters: tuple[float, ...]) -> float:
    """How badly these parameters predict the outcomes: the mean of -log of the chance given to what happened."""
    total = 0.0
    for outcome in found:
        *before, (_, _, day) = outcome.history
        memory = scheduling.replay(before, parameters=parameters)
        chance = min(max(scheduling.retrievability(memory, day=day, parameters=parameters), SURE), 1 - SURE)
        total -= log(chance if outcome.is_recalled else 1 - chance)
    return total / len(found)


def checked(weights: Sequence[float]) -> tuple[float, ...]:
    """The 21 weights within the bounds of the model, as they are kept; ValueError for what are no numbers."""
    if len(weights) != len(scheduling.DEFAULT) or not all(isfinite(weight) for weight in weights):
        raise ValueError("The fit did not come to an end: it gave no numbers.")
    return tuple(
        round(min(max(weight, low), high), DIGITS)
        for weight, low, high in zip(weights, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    )
