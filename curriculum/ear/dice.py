"""Dice that fall the same way for the same seed in every version of Python: only `Random.random()` is promised so."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    def __init__(self, seed: int) -> None:
        self._throw = random.Random(seed).random

    def number(self, low: int, high: int) -> int:
        """Both ends may come."""
        return low + int(self._throw() * (high - low + 1))

    def part(self) -> float:
        """0 up to, not with, 1."""
        return self._throw()

    def choice(self, things: Sequence[T]) -> T:
        return things[self.number(0, len(things) - 1)]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        left = list(things)
        return [left.pop(self.number(0, len(left) - 1)) for _ in things]

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """count of them, or all, in the order in which they were given."""
        taken = set(self.shuffled(range(len(things)))[:count])
        return [thing for place, thing in enumerate(things) if place in taken]

    def among(self, things: Sequence[T], right: T, most: int) -> list[T]:
        """The right one and as many others as there is room for, in the order in which they were given."""
        others = self.some([thing for thing in things if thing != right], most - 1)
        return [thing for thing in things if thing == right or thing in others]
