"""The lines below a sounding card's question -> a Recipe, proven by drawing from it; or what must be mended."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import Refused
from curriculum.calculation_text import Fault, Unusable
from curriculum.ear import draw, ladders, proof
from curriculum.ear.asked import ANSWERED_BY
from curriculum.ear.bands import NAMED_HZ
from curriculum.ear.recipe import MOST_CHOICES, Recipe, Values
from curriculum.synth.field_types import Field, Number, tidy

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
LEVELS = re.compile(r"(\d{1,2})\s*\.\.\s*(\d{1,2})")
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
    if "ladder" in reading.words:
        return _ladder(reading)
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
    if not reading.faults and (fault := proof.first_fault(recipe, proof.FEW_DRAWS)):
        reading.add(*fault)
    return ([] if reading.faults else [recipe]), reading.faults


def _ladder(reading: _Reading) -> tuple[list[Recipe], list[Fault]]:
    """All its steps, or those that the author wants; the first to join is the ladder's start, or the nearest to it."""
    skill = reading.words["ladder"]
    for name in reading.words.keys() - {"ladder", "levels"}:
        reading.add(name, f'a ladder makes its own questions, so it has no "{name}".', "Take the line out.")
    allowed = [one for one in KINDS_OF[reading.card_type] if one in ladders.SKILLS]
    if skill not in ladders.SKILLS:
        reading.add("ladder", f'there is no ladder "{skill}".', f"Use one of {', '.join(allowed)}.")
    elif skill not in allowed:
        where = next(one for one, kinds in KINDS_OF.items() if skill in kinds)
        text = f'a card of type {reading.card_type} has no ladder "{skill}".'
        reading.add("ladder", text, f"Make it a card of type {where}.")
    if reading.faults:
        return [], reading.faults
    highest = len(ladders.LEVELS[skill])
    found = LEVELS.fullmatch(reading.words.get("levels", f"1..{highest}"))
    first, last = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= first < last <= highest:
        text = f'"levels" is "{reading.words["levels"]}".'
        reading.add("levels", text, f"Write the lowest and the highest step, from 1..{highest}: levels: 1..3.")
        return [], reading.faults
    start = min(max(ladders.START[skill], first), last)
    return [Recipe(ladder=skill, level=one, joins=one == start) for one in range(first, last + 1)], []


def _read_line(line: str, number: int, reading: _Reading) -> None:
    found = LINE.fullmatch(line)
    if found is None:
        reading.faults.append(Fault("answer", number, f'the line "{line.strip()}" cannot be read.', HOW))
    elif found["name"] in reading.words:
        reading.faults.append(Fault("answer", number, f'"{found["name"]}" stands twice.', "Keep one."))
    elif not found["words"]:
        reading.faults.append(
            Fault("answer", number, f'"{found["name"]}" has no value.', "Write one behind the colon.")
        )
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
        return _range(name, found[1], found[2], found[3], known)
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
        return _in_thirds(words=f"{first}..{last}", low=low, high=high, by=3 if step == "octave" else 1)
    places = max(len(one.partition(".")[2]) for one in (first, last))
    wide = float(step) if step else 1.0 if known.is_whole else 10.0**-places
    many = int((high - low) / wide + 1e-9) + 1 if wide > 0 else 0
    if not 1 < many <= MOST_VALUES:
        text = f"the range {first}..{last} holds {many if many > 0 else 'no'} value{'s' * (many != 1)}."
        raise Unusable(text, f"Write a step that gives 2 to {MOST_VALUES}: {first}..{last} step 5.")
    return tuple(known.read(name, tidy(low + wide * number)) for number in range(many))


def _in_thirds(words: str, low: float, high: float, by: int) -> Values:
    """Bands by their usual names: thirds of an octave, or whole ones from the lowest."""
    if low not in NAMED_HZ or high not in NAMED_HZ:
        named = ", ".join(f"{hz:g}" for hz in NAMED_HZ)
        text = f"the range {words} does not begin and end at a band's usual centre."
        raise Unusable(text, f"Take two of {named}; or write a step in Hz, as in {words} step 10.")
    first, last = NAMED_HZ.index(low), NAMED_HZ.index(high)
    return NAMED_HZ[first : last + 1 : by]


def _one_of(name: str, allowed: Sequence[str], reading: _Reading) -> str:
    word = reading.words.get(name, allowed[0])
    if word not in allowed:
        reading.add(name, f'"{name}" is "{word}".', f"Use one of {', '.join(allowed)}.")
    return word


def _yes_or_no(name: str, reading: _Reading) -> bool:
    word = reading.words.get(name, "off")
    if word not in YES + NO:
        reading.add(name, f'"{name}" is "{word}".', "Write on, or leave the line out.")
    return word in YES


def _buttons(reading: _Reading) -> int:
    word = reading.words.get("buttons", str(MOST_CHOICES))
    if not word.isdecimal() or not 2 <= int(word) <= MOST_CHOICES:
        reading.add("buttons", f'"buttons" is "{word}".', f"Write 2 to {MOST_CHOICES}.")
        return MOST_CHOICES
    return int(word)


def _own_words(reading: _Reading) -> tuple[tuple[str, str], ...]:
    own: dict[str, str] = {}
    for one in filter(str.strip, reading.words.get("words", "").split(";")):
        key, equals, said = (part.strip() for part in one.partition("="))
        if not equals or not key or not said:
            mend = "Write each answer, an equals sign and your words: 0 = the same note; 12 = an octave apart."
            reading.add("words", f'"{one.strip()}" cannot be read.', mend)
        elif key in own:
            reading.add("words", f'"{key}" has two names.', "Keep one.")
        else:
            own[key] = said
    return tuple(own.items())
