"""The first few of many, and how many more there are: what has to fit on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Few(Generic[T]):
    shown: tuple[T, ...]
    more: int = 0  # that are not shown

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.shown) + self.more

    def __bool__(self) -> bool:
        return bool(self.shown)


def few(found: Sequence[T], most: int) -> Few[T]:
    return Few(tuple(found[:most]), max(0, len(found) - most))
