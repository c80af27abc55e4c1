"""What a person really remembers, where we know it since we made it up: for simulations."""

import random
from datetime import datetime
from typing import Protocol

from curriculum import scheduling
from curriculum.scheduling import NEW, MemoryState


class Truth(Protocol):
    """What the person really remembers of each card."""

    def recall(self, card_id: str, day: int) -> float:
        """The chance, 0 to 1, that the card is recalled on this study day."""
        ...

    def answered(self, card_id: str, rating: int, at: datetime, day: int) -> None: ...


class Fsrs:
    """FSRS-6 with parameters that the rules do not know."""

    def __init__(self, parameters: tuple[float, ...]) -> None:
        self.parameters = parameters
        self.memories: dict[str, MemoryState] = {}

    def recall(self, card_id: str, day: int) -> float:
        return scheduling.retrievability(self.memories.get(card_id, NEW), day=day, parameters=self.parameters)

    def answered(self, card_id: str, rating: int, at: datetime, day: int) -> None:
        before = self.memories.get(card_id, NEW)
        self.memories[card_id] = scheduling.replay([(rating, at, day)], parameters=self.parameters, start=before)


class HalfLives:
    """Each card has a half-life that grows with every success on another day and shrinks when it is forgotten."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.held: dict[str, tuple[float, int]] = {}  # half-life in days, day of the last answer
        self.ease: dict[str, float] = {}

    def recall(self, card_id: str, day: int) -> float:
        half_life, last = self.held.get(card_id, (0.0, day))
        return 2 ** (-(day - last) / half_life) if half_life else 0.0

    def answered(self, card_id: str, rating: int, at: datetime, day: int) -> None:
        ease = self.ease.setdefault(card_id, self.dice.lognormvariate(0.75, 0.25))
        half_life, last = self.held.get(card_id, (0.0, day))
        if not half_life:
            half_life = {1: 2.0, 2: 6.0, 3: 14.0, 4: 40.0}[rating]
        elif rating == 1:
            half_life = max(1.0, half_life * 0.35)
        elif day > last:
            half_life *= 1 + (ease - 0.6) * min(1.0, 2 * (1 - self.recall(card_id, day)) + 0.3)
        self.held[card_id] = (min(half_life, 4000.0), day)


def rate(dice: random.Random, truth: Truth, card_id: str, day: int) -> int:
    """The button that the person presses: forgot by the truth's chance, else mostly Good."""
    recall = truth.recall(card_id, day)
    if not recall:
        return dice.choices((1, 2, 3, 4), (30, 15, 45, 10))[0]  # the first time
    if dice.random() >= recall:
        return 1
    return dice.choices((2, 3, 4), (12, 80, 8))[0]
