"""A made-up listener whose ear is known, to see where the ladders lead: `python3 app.py ears`.

The right answer is heard with strength d' over noise of deviation 1, each wrong one with none, and the strongest is
given (m-alternative forced choice; Green and Swets, 1966). d' falls from step to step of a ladder. A wrong answer is
likelier the nearer it is to the right one. Whoever taps or types is not modelled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist

from curriculum.ear import bands, credit, ladders
from curriculum.ear.asked import Asked
from curriculum.ear.dice import Dice

EASE = 0.85  # of d' that is left on the next step
NEARNESS = 2.0  # steps over which a mistake becomes e times rarer
QUESTIONS = 1000
POINTS, WIDE = 240, 6.0  # of the integral, and how many deviations it covers
SEEDS = 1 << 32  # showings draw from so many


@dataclass(frozen=True, slots=True)
class Listener:
    d_prime: float  # on the first step

    def on(self, level: int) -> float:
        return self.d_prime * EASE ** (level - 1)

    def answer(self, asked: Asked, dice: Dice) -> str:
        """One of the choices; of two bands one for each."""
        given = []
        for right in asked.right.split(" ") if asked.kind == "eq" else [asked.right]:
            keys = [choice.key for choice in asked.choices]
            if dice.part() < chance(round(self.on(asked.level), 3), len(keys)):
                given.append(right)
            else:
                given.append(_mistaken(asked.kind, right, [key for key in keys if key != right], dice))
        return " ".join(given)


@dataclass(slots=True)
class Climb:
    """A life on one ladder. moves: (questions answered until then, the new level)."""

    levels: list[int] = field(default_factory=list)  # on which each question was asked
    moves: list[tuple[int, int]] = field(default_factory=list)

    def home(self) -> int:
        """The level with most questions in the second half."""
        half = self.levels[len(self.levels) // 2 :]
        return max(set(half), key=half.count)

    def needed(self) -> int:
        """Questions until home was reached first."""
        return self.levels.index(self.home())

    def at(self, *levels: int) -> float:
        """The part of the questions since home was reached that were asked on these."""
        after = self.levels[self.needed() :]
        return sum(level in levels for level in after) / len(after)

    def moved(self) -> float:
        """How often the level changed after home was reached, for a hundred questions."""
        after = [count for count, _ in self.moves if count > self.needed()]
        return 100 * len(after) / (len(self.levels) - self.needed())


def climb(skill: str, listener: Listener, *, seed: int, questions: int = QUESTIONS, forgets: bool = True) -> Climb:
    """Takes every advice at once, as nobody must: the hardest case for the rule.

    forgets: whether only answers since the last change of level count.
    """
    dice, level, found = Dice(seed), ladders.START[skill], Climb()
    credits: dict[int, list[float]] = {}
    for count in range(questions):
        asked = ladders.ask(skill, level, dice.number(0, SEEDS - 1))
        found.levels.append(level)
        here = credits.setdefault(level, [])
        here.append(credit.judge(asked, listener.answer(asked, dice)).credit)
        to = level + {"up": 1, "down": -1, "": 0}[ladders.advice(here)]
        if to != level and to in ladders.LEVELS[skill]:
            level = to
            if forgets:
                credits = {}
            found.moves.append((count + 1, level))
    return found


def fitting(skill: str, listener: Listener, *, seed: int, questions: int = 400) -> tuple[int, ...]:
    """The levels on which the mean credit is neither high enough to go up nor low enough to go down.

    If there is none, the first that is too hard and the one before it; if nothing is too hard, the last.
    """
    found = {level: expected(skill, level, listener, seed=seed, questions=questions) for level in ladders.LEVELS[skill]}
    between = tuple(level for level, mean in found.items() if ladders.DOWN <= mean < ladders.UP)
    hard = next((level for level, mean in found.items() if mean < ladders.DOWN), max(found))
    return between or tuple({max(hard - 1, 1), hard} if found[hard] < ladders.DOWN else {hard})


def expected(skill: str, level: int, listener: Listener, *, seed: int, questions: int = 400) -> float:
    """Mean credit of a listener who stays on a level."""
    dice = Dice(seed)
    total = 0.0
    for _ in range(questions):
        asked = ladders.ask(skill, level, dice.number(0, SEEDS - 1))
        total += credit.judge(asked, listener.answer(asked, dice)).credit
    return total / questions


@lru_cache(maxsize=4096)
def chance(d_prime: float, choices: int) -> float:
    """That the right one of so many is the strongest: the integral of pdf(x - d') * cdf(x) ** (m - 1)."""
    normal, step = NormalDist(), 2 * WIDE / POINTS
    places = (d_prime - WIDE + step * (point + 0.5) for point in range(POINTS))
    return step * sum(normal.pdf(x - d_prime) * normal.cdf(x) ** (choices - 1) for x in places)


def _mistaken(kind: str, right: str, wrong: Sequence[str], dice: Dice) -> str:
    weights = [math.exp(-_distance(kind, right, key) / NEARNESS) for key in wrong]
    left = dice.part() * sum(weights)
    for key, weight in zip(wrong, weights, strict=True):
        left -= weight
        if left < 0:
            return key
    return wrong[-1]


def _distance(kind: str, right: str, other: str) -> float:
    """Thirds of an octave, half steps; a chord's other position is nearer than another chord."""
    if kind == "eq":
        swapped = 3 * (right[0] != other[0] and right[0] in "+-")
        return swapped + abs(bands.step(float(right.lstrip("+-"))) - bands.step(float(other.lstrip("+-"))))
    if kind == "interval":
        return abs(int(right) - int(other))
    return 1.0 if right.partition("/")[0] == other.partition("/")[0] else 3.0
