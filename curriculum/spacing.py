"""On which day a card comes back: fuzz around the interval that FSRS chose, lighter days first, holidays left out.

Numbers in, numbers out. The draw hangs on a seed alone, so that a preview, an answer and a replay agree.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import accumulate

from fsrs.scheduler import DEFAULT_PARAMETERS

from curriculum.fsrs6 import LONGEST

STANDARD: tuple[float, ...] = DEFAULT_PARAMETERS
RETENTION = 0.90
LEAST_FUZZED = 2.5  # days; shorter intervals stay as they are
SPREAD = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float("inf"), 0.05))  # from, to (days), part of it
LONGEST_BALANCED = 90  # days; further ahead nobody knows the load
LOAD_POWER = 2.15
EASY_DAY = 0.2  # how heavy a lighter weekday may be, beside another day


@dataclass(frozen=True)
class Plan:
    """What a learner wants of the scheduler. Days are study days, as date ordinals."""

    retention: float = RETENTION  # chance of recall to aim at
    parameters: tuple[float, ...] = STANDARD  # of FSRS-6
    easy_days: int = 0  # lighter weekdays: 1 Monday, 2 Tuesday, 4 Wednesday, ... added up
    pauses: tuple[tuple[int, int], ...] = ()  # first and last day of each, in order, apart
    loads: tuple[int, ...] = ()  # cards due on each of the days from `loads_from`
    loads_from: int = 0

    @cached_property
    def heaped(self) -> tuple[float, ...]:
        """How likely the days from `loads_from` are, summed up: one more number than there are loads."""
        likely = [_likely(load, self.loads_from + place, self.easy_days) for place, load in enumerate(self.loads)]
        return tuple(accumulate(likely, initial=0.0))

    def bare(self) -> "Plan":
        """Without what depends on other cards or on weekdays: what merged histories are dated with."""
        return Plan(self.retention, self.parameters, 0, self.pauses)


PLAN = Plan()


def fuzzed(interval: int, seed: int, day: int, plan: Plan) -> int:
    """The interval to take, drawn from the band around the one that FSRS chose on `day`; both in days.

    Lighter days are likelier where the load is known. Bands and power as in Anki 24 (rslib/src/scheduler/states,
    fuzz.rs and load_balancer.rs), without its preference for shorter intervals, which would bend the retention.
    """
    return drawn(interval, chance(seed), day, plan)


def drawn(interval: int, chance: float, day: int, plan: Plan) -> int:
    """As `fuzzed`, with the number from 0 up to 1 that decides."""
    low, high = band(interval)
    if low == high:
        return low
    here = day - plan.loads_from
    if not plan.pauses and high <= LONGEST_BALANCED and here >= 0 and here + high < len(plan.loads):
        heaped = plan.heaped
        floor = heaped[here + low]
        place = bisect_right(heaped, floor + chance * (heaped[here + high + 1] - floor))
        return min(max(place - 1 - here, low), high)
    if not plan.pauses and not plan.easy_days:
        return low + int(chance * (high - low + 1))
    sums = list(accumulate(_weights(low, high, day, plan)))
    return low + min(bisect_left(sums, chance * sums[-1]), high - low)


@lru_cache(maxsize=1024)
def band(interval: int) -> tuple[int, int]:
    """The shortest and the longest interval that fuzz may make of this one; days."""
    if interval < LEAST_FUZZED:
        return interval, interval
    reach = 1.0
    for start, end, part in SPREAD:
        if interval > start:
            reach += part * (min(interval, end) - start)
    return max(2, round(interval - reach)), min(LONGEST, round(interval + reach))


def advance(day: int, days: int, pauses: Iterable[tuple[int, int]]) -> int:
    """The study day that lies so many unpaused days after `day`. A day inside a pause does not count."""
    due = day + days
    for first, last in pauses:
        first = max(first, day + 1)
        if last < first:
            continue
        if due < first:
            break
        due += last - first + 1
    return due


def is_paused(day: int, pauses: Iterable[tuple[int, int]]) -> bool:
    return any(first <= day <= last for first, last in pauses)


def is_easy(day: int, easy_days: int) -> bool:
    return bool(easy_days >> date.fromordinal(day).weekday() & 1)


def _weights(low: int, high: int, day: int, plan: Plan) -> list[float]:
    """How likely each interval of the band is, where a pause or a weekday has a say."""
    weights = []
    for interval in range(low, high + 1):
        due = advance(day, interval, plan.pauses)
        place = due - plan.loads_from
        is_known = high <= LONGEST_BALANCED and 0 <= place < len(plan.loads)
        weights.append(_likely(plan.loads[place] if is_known else 0, due, plan.easy_days))
    return weights


def _likely(load: int, day: int, easy_days: int) -> float:
    weight: float = (1 + load) ** -LOAD_POWER
    return weight * EASY_DAY if easy_days and is_easy(day, easy_days) else weight


def chance(seed: int) -> float:
    """A number from 0 up to 1 that hangs on the seed alone."""
    octets = blake2b(seed.to_bytes(8, "big"), digest_size=7, person=b"woodshed.fuzz").digest()
    return int.from_bytes(octets, "big") / 2**56


def seed_of(card_id: str, seed: int) -> int:
    """What the draws of a card hang on: its id, and the answers that count so far (`Memory.seed`)."""
    mixed = blake2b(card_id.encode(), digest_size=8, key=seed.to_bytes(8, "big")).digest()
    return int.from_bytes(mixed, "big")
