"""Which takes the sounds of a lesson's example are, so that all of one example are equally loud."""

import json

from curriculum.content import Example
from curriculum.ear.takes import Take
from curriculum.synth.spec import Spec

MOST_IN_A_LIST = 6  # sounds of a try block for who has no script
UNMATCHED = "level"  # here the difference is what is heard


def takes(example: Example) -> tuple[tuple[str, Take], ...]:
    """(label, take) of each sound, in the order of the example. A figure has none to be heard."""
    if example.name == "figure" or not example.sounds:
        return ()
    specs: list[Spec] = [json.loads(sound.spec) for sound in example.sounds]
    labels = [sound.label for sound in example.sounds]
    if len(specs) == 1:
        return ((labels[0], Take(specs[0])),)
    beside = _measure(example, specs)
    return tuple((label, _beside(one, beside)) for label, one in zip(labels, specs, strict=True))


def untouched(example: Example) -> Take | None:
    """A try's sound without the effect, as loud as the others."""
    if not example.untouched:
        return None
    specs: list[Spec] = [json.loads(sound.spec) for sound in example.sounds]
    return _beside(json.loads(example.untouched), _measure(example, specs))


def few(example: Example) -> tuple[int, ...]:
    """Places of a few of a try's sounds: all of them, or some at even distances, first and last among them."""
    count = len(example.sounds)
    if count <= MOST_IN_A_LIST:
        return tuple(range(count))
    return tuple(round(number * (count - 1) / (MOST_IN_A_LIST - 1)) for number in range(MOST_IN_A_LIST))


def keeps_place(example: Example) -> bool:
    """Whether one sound takes over where another stood; notes one after the other begin anew."""
    spec = json.loads(example.sounds[0].spec)
    return "source" in spec or spec["kind"] == "tone" or spec.get("direction") == "together"


def _measure(example: Example, specs: list[Spec]) -> Spec:
    """The sound that each of the others is laid beside.

    Of levels the loudest: it sets one gain for all, and the differences stay. Else the untouched one, or the first.
    """
    if specs[0]["kind"] == UNMATCHED:
        return max(specs, key=lambda one: one["change_db"] if one["on"] else 0.0)
    untouched: Spec = json.loads(example.untouched) if example.untouched else specs[0]
    return untouched


def _beside(one: Spec, measure: Spec) -> Take:
    return Take(one) if one == measure else Take(one, measure)
