"""What a card shows this time, and what an answer to it is worth. The seed stands still until the card is answered."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from curriculum.calculation import ANSWER, Values, number_of
from curriculum.content import Card
from curriculum.ear import credit, draw
from curriculum.ear.asked import Asked
from curriculum.typed import Part, Verdict
from curriculum.typed import judge as judge_typed

__all__ = ["Option", "Part", "Showing", "Verdict", "judge", "show"]

NOTHING_DRAWN: Values = {}
HARD, GOOD = 2, 3  # ratings


class Option(NamedTuple):
    text: Markup  # one line
    is_right: bool


class Showing(NamedTuple):
    front: Markup
    back: Markup
    note: Markup  # "" when there is none
    options: Sequence[Option] = ()  # choice: in the order of this showing
    values: Values = NOTHING_DRAWN  # calculation: by name, with the answer as "answer"
    unit: str = ""  # calculation: what stands beside the field
    is_signed: bool = False  # calculation: the answer may be below zero for some values
    asked: Asked | None = None  # sounding: what is heard, and what it may be called


def show(card: Card, seed: int) -> Showing:
    """The same seed shows the same."""
    if card.sounding is not None:
        asked = draw.ask(card.sounding, seed, card.id)
        return Showing(card.front, Markup("<p>{}</p>").format(asked.words), card.note, asked=asked)
    if card.calculation is not None:
        return _drawn(card, seed)
    if card.options:
        return Showing(card.front, card.back, card.note, options=_shuffled(card, seed))
    return Showing(card.front, card.back, card.note)


def still(card: Card) -> Showing:
    """As lists show it, where nothing is asked: what sounds is told by what it may be."""
    return Showing(card.front, card.back, card.note) if card.sounding is not None else show(card, 0)


def judge(card: Card, seed: int, given: str) -> Verdict | None:
    """given: what was typed; of a choice the place of the option, from "1"; of a sound a key. None: it asks nothing."""
    if card.sounding is not None:
        return _heard(draw.ask(card.sounding, seed, card.id), given)
    if card.calculation is not None:
        return card.calculation.judge(given, card.calculation.draw(seed, card.id))
    if card.options:
        return _chosen(_shuffled(card, seed), given)
    return judge_typed(given, card.accepted) if card.accepted else None


def _drawn(card: Card, seed: int) -> Showing:
    sum_ = card.calculation
    assert sum_ is not None
    values = sum_.draw(seed, card.id)
    return Showing(
        sum_.question.filled(values),
        Markup("<p>{}</p>").format(sum_.shown(values[ANSWER])),
        sum_.note.filled(values),
        values=values,
        unit=sum_.units[-1] if sum_.units else "",
        is_signed=sum_.is_signed,
    )


def _heard(asked: Asked, given: str) -> Verdict:
    mark = credit.judge(asked, given)
    kind = (
        "empty"
        if not given.strip()
        else "right"
        if mark.rating == GOOD
        else "close"
        if mark.rating == HARD
        else "wrong"
    )
    return Verdict(kind, mark.words, credit=mark.credit, rating=mark.rating)


def _shuffled(card: Card, seed: int) -> list[Option]:
    left = [Option(text, place == 0) for place, text in enumerate(card.options)]
    number, order = number_of(seed, card.id), []
    while left:
        number, place = divmod(number, len(left))
        order.append(left.pop(place))
    return order


def _chosen(options: Sequence[Option], given: str) -> Verdict:
    place = int(given) if given.isdecimal() and len(given) == 1 else 0
    if not 1 <= place <= len(options):
        return Verdict("empty", "You chose nothing.")
    if options[place - 1].is_right:
        return Verdict("right", "Right.", chosen=place)
    return Verdict("wrong", "Not this one.", chosen=place)
