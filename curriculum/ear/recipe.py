"""How a sounding card is made anew at each showing: what stays, what is drawn, what is asked."""

from dataclasses import dataclass
from typing import Any

MOST_CHOICES = 8  # buttons
SIDE = ("side",)  # what is asked of a pair: which of the two has it

Values = tuple[Any, ...]  # what one field may be, in the order in which it was written


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an author wrote below a sounding card's question; `draw` makes a question of it.

    Either a ladder and its level, or a kind of sound with its fields.
    """

    kind: str = ""
    fields: tuple[tuple[str, Values], ...] = ()  # each drawn by itself; one value: it stays
    asks: tuple[str, ...] = ()  # the fields whose values are the answer; SIDE: which of a pair has it
    words: tuple[tuple[str, str], ...] = ()  # key of an answer -> the author's words for it
    pair: bool = False  # A without, B with
    answered_by: str = "choice"  # one of asked.ANSWERED_BY
    most: int = MOST_CHOICES  # buttons
    ladder: str = ""  # skill; then all of the above is the ladder's
    level: int = 0  # of the ladder, from 1
    joins: bool = True  # not a ladder, or the step that it starts with

    def values_of(self, name: str) -> Values:
        return dict(self.fields).get(name, ())
