"""A sum to work out: values drawn from a seed, the formula behind it, and judging what somebody answers."""

import hashlib
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from curriculum import quantities
from curriculum.formula import Formula, FormulaError
from curriculum.typed import Part, Verdict

ANSWER = "answer"  # the name of the rounded answer in a note
NARROW = "\u00a0"  # a space that keeps a unit with its number
TIGHT = {"%", "°"}  # units that stand close to their number
ATTEMPTS = 100  # draws before a card is given up; a card that passed its check needs one

Values = Mapping[str, float]
SLOT = re.compile("\ue000(\\d+)\ue001")  # where a value goes; no author writes these signs


@dataclass(frozen=True, slots=True)
class Drawn:
    """A value that each showing draws anew."""

    name: str
    numbers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    formula: Formula
    decimals: int | None  # None: as many as it needs, up to six digits


@dataclass(frozen=True, slots=True)
class Text:
    """Clean HTML with slots for values."""

    html: Markup
    slots: tuple[Slot, ...] = ()

    def filled(self, values: Values) -> Markup:
        """Values are numbers, so they are safe wherever they stand; they are escaped all the same."""
        if not self.slots:
            return self.html
        words = [escape(quantities.shown(slot.formula.value(values), slot.decimals)) for slot in self.slots]
        return Markup(SLOT.sub(lambda slot: words[int(slot[1])], self.html))

    def open(self) -> Markup:
        """For lists, where nothing is drawn."""
        return Markup(SLOT.sub("…", self.html))


@dataclass(frozen=True, slots=True)
class Calculation:
    drawn: tuple[Drawn, ...]
    derived: tuple[tuple[str, Formula], ...]  # in order; each may use those before it
    answer: Formula
    units: tuple[str, ...]  # names of one unit, the last one for many: ("hour", "hours"); () for a bare number
    tolerance: float
    is_share: bool  # the tolerance is a hundredth of the answer
    decimals: int | None  # of the answer as shown
    question: Text
    note: Text
    is_signed: bool = False  # its answer is below zero for some values

    def draw(self, seed: int, card_id: str) -> dict[str, float]:
        """The same seed draws the same values, on every machine and for ever."""
        for attempt in range(ATTEMPTS):
            try:
                return self.worked_out(_picked(self.drawn, number_of(seed, card_id, attempt)))
            except FormulaError:
                continue
        raise FormulaError(f'The card "{card_id}" has no values that can be worked out.')

    def worked_out(self, chosen: Values) -> dict[str, float]:
        """With the derived values, and the answer rounded as it is shown."""
        values = dict(chosen)
        for name, formula in self.derived:
            values[name] = formula.value(values)
        exact = self.answer.value(values)
        values[ANSWER] = exact if self.decimals is None else quantities.rounded(exact, self.decimals)
        return values

    def exact(self, values: Values) -> float:
        return self.answer.value(values)

    def allowed(self, exact: float) -> float:
        """How far off an answer may be."""
        return (abs(exact) * self.tolerance / 100 if self.is_share else self.tolerance) + 1e-9 * max(1.0, abs(exact))

    def shown(self, number: float) -> str:
        """A number with the unit."""
        return self._with_unit(quantities.shown(number, self.decimals), is_one=abs(number) == 1)

    def _with_unit(self, digits: str, *, is_one: bool = False) -> str:
        if not self.units:
            return digits
        unit = self.units[0 if is_one else -1]
        return f"{digits}{'' if unit in TIGHT else NARROW}{unit}"

    def judge(self, given: str, values: Values) -> Verdict:
        """A unit may be left out, but one that is written must fit; 1 kHz counts as 1000 Hz."""
        given = " ".join(given.split())[:80]
        if not given:
            return Verdict("empty", "You wrote nothing.")
        parts = (Part("extra", given),)
        written = quantities.read(given)
        if written is None:
            return Verdict("wrong", "That cannot be read as a number.", parts)
        times = quantities.measured_alike(written.unit, self.units) if written.unit else 1.0
        if times is None:
            wanted = f"in {self.units[-1]}" if self.units else "a number without a unit"
            return Verdict("wrong", f"The answer is {wanted}; “{written.unit}” does not fit.", parts)
        exact = self.exact(values)
        numbers = [number * times for number in written.readings]
        nearest = min(numbers, key=lambda number: abs(number - exact))
        if abs(nearest - exact) <= self.allowed(exact):
            return Verdict("right", self._how_near(nearest, exact))
        return Verdict("wrong", self._how_far(numbers[0], exact), parts)

    def _how_near(self, number: float, exact: float) -> str:
        is_same = quantities.shown(number, self.decimals) == quantities.shown(exact, self.decimals)
        return "Right." if is_same else "Right, within the tolerance."

    def _how_far(self, number: float, exact: float) -> str:
        off = number - exact
        digits = quantities.shown(abs(off), self.decimals)
        if digits == "0":
            digits = quantities.shown(float(f"{abs(off):.2g}"))
        share = f", which is {quantities.shown(abs(off / exact) * 100, 1)}%" if self.is_share and exact else ""
        return f"Too {'high' if off > 0 else 'low'} by {self._with_unit(digits)}{share}."


def number_of(seed: int, card_id: str, attempt: int = 0) -> int:
    """A large number made of the seed: it spreads evenly over whatever it is divided by."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{card_id}:{attempt}".encode()).digest())


def draws(drawn: Iterable[Drawn], most: int) -> Iterator[dict[str, float]]:
    """Every choice of values when they are few enough; else the corners, each value once, and many at random."""
    drawn = list(drawn)
    names = [one.name for one in drawn]
    if math.prod(len(one.numbers) for one in drawn) <= most:
        for chosen in itertools.product(*(one.numbers for one in drawn)):
            yield dict(zip(names, chosen, strict=True))
        return
    ends = [(one.numbers[0], one.numbers[-1], min(one.numbers, key=abs)) for one in drawn[:6]]
    others = {one.name: one.numbers[0] for one in drawn[6:]}
    for chosen in itertools.product(*ends):
        yield dict(zip(names, chosen, strict=False)) | others
    for one in drawn:
        for place, number in enumerate(one.numbers[:most]):
            yield _picked(drawn, number_of(place, one.name)) | {one.name: number}
    for turn in range(most):
        yield _picked(drawn, number_of(turn, "draws"))


def _picked(drawn: Iterable[Drawn], numbers: int) -> dict[str, float]:
    chosen = {}
    for one in drawn:
        numbers, place = divmod(numbers, len(one.numbers))
        chosen[one.name] = one.numbers[place]
    return chosen
