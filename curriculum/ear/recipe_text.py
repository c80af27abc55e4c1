"""The lines below a sounding card's question -> a Recipe, proven by drawing from it; or what must be mended."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import Refused
from curriculum.calculation_text import Fault, Unusable
from curriculum.ear import draw, names
from curriculum.ear.asked import ANSWERED_BY
from curriculum.ear.recipe import MOST_CHOICES, SIDE, Recipe, Values
from curriculum.synth.field_types import Field, Number, tidy
from curriculum.synth.fields import KINDS

SETTINGS = ("kind", "ladder", "levels", "ask", "pair", "answer", "buttons", "words")
KINDS_OF = {
    "sound-interval": ("interval", "scale", "degree"),
    "sound-chord": ("chord", "cadence", "progression"),
    "sound-eq": (
        *("eq", "filter", "compression", "level", "pan", "width", "delay", "reverb", "drive", "tone", "noise-or-tone"),
    ),
    "notation": ("rhythm", "tempo"),
}
MOST_VALUES = 200  # of one field
LINE = re.compile(r"\s*(?P<name>[A-Za-z_][\w-]*)\s*:\s*(?P<words>.*?)\s*")
NUMBER = r"[+-]?\d+(?:\.\d+)?"
RANGE = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})(?:\s+step\s+(octave|third|{NUMBER}))?")
FIRST_LINE = re.compile(r"\s*(?:kind|ladder)\s*:")
YES, NO = ("on", "true", "yes"), ("off", "false", "no")
HOW = "Write a name, a colon and what it may be: semitones: 5, 7 or root: 48..72."


@dataclass
class _Reading:
    card_type: str
    faults: list[Fault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def add(self, name: str | None, text: str, mend: str) -> None:
        self.faults.append(Fault("answer", self.lines.get(name) if name else None, text, mend))


def is_recipe(answer: str) -> bool:
    """Whether a notation card's second part tells how it sounds."""
    return FIRST_LINE.match(answer) is not None


def read(card_type: str, answer: str) -> tuple[list[Recipe], list[Fault]]:
    """One recipe; of a ladder one for each of its steps."""
    reading = _Reading(card_type)
    for number, line in enumerate(answer.split("\n")):
        if line.strip():
            _read_line(line, number, reading)
    kind = reading.words.get("kind", "")
    allowed = KINDS_OF[card_type]
    if not reading.faults and not kind:
        reading.add(None, "this card does not say what sounds.", f"Write kind: and one of {', '.join(allowed)}.")
    elif kind and kind not in allowed:
        where = next((one for one, kinds in KINDS_OF.items() if kind in kinds), "")
        mend = f"Make it a card of type {where}." if where else f"Use one of {', '.join(allowed)}."
        reading.add("kind", f'a card of type {card_type} has no sound "{kind}".', mend)
    if reading.faults:
        return [], reading.faults
    recipe = _recipe(kind, reading)
    return ([] if reading.faults else [recipe]), reading.faults


def _read_line(line: str, number: int, reading: _Reading) -> None:
    found = LINE.fullmatch(line)
    if found is None:
        reading.faults.append(Fault("answer", number, f'the line "{line.strip()}" cannot be read.', HOW))
    elif found["name"] in reading.words:
        reading.faults.append(Fault("answer", number, f'"{found["name"]}" stands twice.', "Keep one."))
    elif not found["words"]:
        reading.faults.append(Fault("answer", number, f'"{found["name"]}" has no value.', "Write one behind the colon."))
    else:
        reading.lines[found["name"]] = number
        reading.words[found["name"]] = found["words"]


def _recipe(kind: str, reading: _Reading) -> Recipe:
    known, fields = draw.fields_of(kind), []
    for name, words in reading.words.items():
        if name in SETTINGS:
            continue
        if name not in known:
            mend = f"It has: {', '.join(known)}. Besides: {', '.join(SETTINGS)}."
            reading.add(name, f'a sound of kind {kind} has no "{name}".', mend)
            continue
        try:
            fields.append((name, _values(name, words, known[name])))
        except Unusable as unusable:
            reading.add(name, *unusable.args)
        except Refused as refused:
            reading.add(name, f"{str(refused).rstrip('.')}.", HOW)
    asks = tuple(name.strip() for name in reading.words.get("ask", "").split(",") if name.strip())
    return Recipe(
        kind,
        tuple(fields),
        asks,
        _own_words(reading),
        _yes_or_no("pair", reading),
        _one_of("answer", ANSWERED_BY, reading),
        _buttons(reading),
    )


def _values(name: str, words: str, known: Field) -> Values:
    if found := RANGE.fullmatch(words):
        return _range(name, *found.groups(), known)
    values = tuple(known.from_text(name, one) for one in words.split(","))
    for place, value in enumerate(values):
        if value in values[:place]:
            raise Unusable(f'"{words.split(",")[place].strip()}" stands twice in this list.', "Keep one.")
    return values


def _range(name: str, first: str, last: str, step: str | None, known: Field) -> Values:
    if not isinstance(known, Number):
        raise Unusable(f'"{name}" is no number, so it has no range.', f"It can be {known.range_words()}.")
    low, high = known.from_text(name, first), known.from_text(name, last)
    if low >= high:
        raise Unusable(f"the range {first}..{last} holds nothing.", "Write the smaller number first.")
    if step in ("octave", "third") or (step is None and known.unit == "Hz"):
        factor = 2.0 if step == "octave" else 2 ** (1 / 3)
        many = round(_log(high / low) / _log(factor))
        values = tuple(dict.fromkeys(_named(low * factor**number) for number in range(many + 1)))
        return tuple(known.read(name, value) for value in values)
    wide = float(step) if step else _finest(first, last, is_whole=known.is_whole)
    many = int((high - low) / wide + 1e-9) + 1 if wide > 0 else 0
    if not 1 < many <= MOST_VALUES:
        text = f"the range {first}..{last} holds {many if many > 0 else 'no'} value{'s' * (many != 1)}."
        raise Unusable(text, f"Write a step that gives 2 to {MOST_VALUES}: {first}..{last} step 5.")
    return tuple(known.read(name, tidy(low + wide * number)) for number in range(many))
