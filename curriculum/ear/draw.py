"""A question to the ear drawn from a card's recipe: the same seed and card ask the same, for ever."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from core.errors import Refused
from curriculum.calculation import ATTEMPTS, number_of
from curriculum.ear import ladders, names
from curriculum.ear.asked import Asked, Choice, Spec
from curriculum.ear.recipe import SIDE, Recipe, Values
from curriculum.synth import spec as specs
from curriculum.synth.fields import BAND, KINDS, NOISE_SEEDS, TIMBRES

SEEDS = 2**32
ROOTS = tuple(range(48, 73))  # C3 to C5
SIDES = (Choice("a", "A"), Choice("b", "B"))
USUALLY: Mapping[str, Values] = {
    "root": ROOTS,
    "tonic": ROOTS,
    "timbre": TIMBRES,
    "noise_seed": tuple(range(NOISE_SEEDS)),
}


class Lot:
    """Evenly spread picks out of one large number."""

    def __init__(self, number: int) -> None:
        self._left = number

    def place(self, many: int) -> int:
        self._left, place = divmod(self._left, many)
        return place

    def one_of(self, values: Sequence[Any]) -> Any:
        return values[self.place(len(values))]


def ask(recipe: Recipe, seed: int, card_id: str) -> Asked:
    """A recipe that was proven is never refused; where two drawn values do not go together, others are drawn."""
    if recipe.ladder:
        return ladders.ask(recipe.ladder, recipe.level, number_of(seed, card_id) % SEEDS)
    for attempt in range(ATTEMPTS - 1):
        try:
            return asked_at(recipe, number_of(seed, card_id, attempt))
        except Refused:
            continue
    return asked_at(recipe, number_of(seed, card_id, ATTEMPTS))


def asked_at(recipe: Recipe, number: int) -> Asked:
    """The question that this large number gives. Values that do not go together are refused."""
    lot = Lot(number)
    drawn = _drawn(recipe, lot)
    if recipe.asks == SIDE:
        is_b = lot.place(2) == 1
        two = _pair(recipe.kind, drawn)
        side = _sides(recipe)[is_b]
        return _asked(
            recipe, two if is_b else two[::-1], side.key, f"{side.words}: {names.said(two[1])}", _sides(recipe)
        )
    right = names.key(recipe.asks, drawn, signed=is_signed(recipe))
    made = _pair(recipe.kind, drawn) if recipe.pair else (spec_of(recipe.kind, drawn),)
    shown = _some(possible(recipe), right, recipe.most, lot) if recipe.answered_by == "choice" else ()
    own = dict(recipe.words).get(right, "")
    said = f"{own[:1].upper()}{own[1:]}: {names.said(made[-1])}" if own else names.said(made[-1])
    return _asked(recipe, made, right, said, shown)


def variants(recipe: Recipe, number: int) -> list[tuple[str, Spec]]:
    """What each possible answer would sound like, were nothing else drawn than at this showing."""
    drawn = _drawn(recipe, Lot(number))
    signed = is_signed(recipe)
    return [
        (names.key(recipe.asks, values, signed=signed), spec_of(recipe.kind, drawn | values))
        for values in answers(recipe)
    ]


def possible(recipe: Recipe) -> tuple[Choice, ...]:
    """Every answer that a recipe can have, as written."""
    own, signed = dict(recipe.words), is_signed(recipe)
    found: dict[str, Choice] = {}
    for values in answers(recipe):
        key = names.key(recipe.asks, values, signed=signed)
        found.setdefault(key, Choice(key, own.get(key) or names.words(recipe.kind, recipe.asks, values, signed=signed)))
    return tuple(found.values())


def answers(recipe: Recipe) -> list[dict[str, Any]]:
    """The values of what is asked in all their combinations; of a band that may be boosted or cut, with its gain."""
    wanted = (*recipe.asks, "gain_db") if is_signed(recipe) else recipe.asks
    return [dict(zip(wanted, one, strict=True)) for one in product(*(recipe.values_of(name) for name in wanted))]


def is_signed(recipe: Recipe) -> bool:
    """Whether it is asked where a band stands that may be a cut."""
    return recipe.kind == "eq" and recipe.asks == ("freq_hz",) and min(recipe.values_of("gain_db"), default=1) < 0


def spec_of(kind: str, values: Mapping[str, Any]) -> Spec:
    return specs.read({"kind": kind, **values})


def _drawn(recipe: Recipe, lot: Lot) -> dict[str, Any]:
    """A value for each field: of those that were written, and of those that change though nobody wrote them."""
    values = {name: lot.one_of(some) for name, some in recipe.fields}
    known = KINDS[recipe.kind]
    for name, some in USUALLY.items():
        if name in known and name not in values and (name != "noise_seed" or {"source", "colour"} & known.keys()):
            values[name] = lot.one_of(some)
    return values


def _pair(kind: str, values: dict[str, Any]) -> tuple[Spec, Spec]:
    """Without, and with."""
    without = {"change_pct": 0} if kind == "tempo" else {"on": False}
    return spec_of(kind, values | without), spec_of(kind, values)


def _some(choices: tuple[Choice, ...], right: str, most: int, lot: Lot) -> tuple[Choice, ...]:
    """So many that there is a button for each, the right one among them; in their order, which tells nothing."""
    wrong = [place for place, choice in enumerate(choices) if choice.key != right]
    kept = {place for place, choice in enumerate(choices) if choice.key == right}
    while wrong and len(kept) < most:
        kept.add(wrong.pop(lot.place(len(wrong))))
    return tuple(choices[place] for place in sorted(kept))


def _sides(recipe: Recipe) -> tuple[Choice, ...]:
    own = dict(recipe.words)
    return tuple(Choice(side.key, own.get(side.key, side.words)) for side in SIDES)


def _asked(recipe: Recipe, made: tuple[Spec, ...], right: str, said: str, choices: tuple[Choice, ...]) -> Asked:
    return Asked(recipe.kind, 0, recipe.kind, made, right, said, recipe.answered_by, choices)


def fields_of(kind: str) -> dict[str, Any]:
    """The fields that a recipe of this kind may have; those of a band stand beside the others."""
    known = {name: field for name, field in KINDS[kind].items() if name != "bands"}
    return known | (BAND if kind == "eq" else {})
