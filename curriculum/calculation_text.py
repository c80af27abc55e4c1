"""What an author writes of a calculation -> a Calculation, checked with many of the values that it can draw."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from markupsafe import Markup

from curriculum import formula, quantities
from curriculum.calculation import ANSWER, Calculation, Drawn, Slot, Text, draws
from curriculum.formula import CONSTANTS, FINEST, FUNCTIONS, NAME, Formula, FormulaError

SETTINGS = ("answer", "unit", "tolerance", "round")
MOST_VALUES = 10_000  # of one name
MOST_NAMES = 12
MOST_SLOTS = 40
FEW_DRAWS, MANY_DRAWS = 1_000, 50_000  # looked at when a lesson is read, and by `content check`

LINE = re.compile(r"\s*(?P<name>[^:]*?)\s*:\s*(?P<words>.*?)\s*")
NUMBER = r"[+-]?\d+(?:\.\d+)?"
RANGE = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})(?:\s+step\s+({NUMBER}))?")
LIST = re.compile(rf"{NUMBER}(?:\s*,\s*{NUMBER})*")
THOUSANDS = re.compile(r"(?<![\w.])\d{1,3},\d{3}(?!\d)")
TOLERANCE = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
BRACES = re.compile(r"\{([^{}]*)\}")
DECIMALS = re.compile(r"(?P<formula>.*?)\s*:\s*(?P<decimals>\d{1,2})\s*", re.DOTALL)

HOW_TO_DRAW = "Write bpm: 60..180, bpm: 60..180 step 5 or bars: 1, 2, 4."


@dataclass(frozen=True, slots=True)
class Fault:
    """What must be mended in a card. line: counted from 0 inside its part; None: the card as a whole."""

    part: str  # question | answer | note
    line: int | None
    text: str
    mend: str


class Unusable(Exception):
    """One line cannot be used: (text, mend)."""


@dataclass
class _Reading:
    faults: list[Fault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  # name -> its line in the answer part
    drawn: list[Drawn] = field(default_factory=list)
    derived: list[tuple[str, Formula]] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """What a formula below may use; a value that cannot be read is blamed once, at its own line."""
        return [name for name in self.lines if name not in SETTINGS]

    def add(self, name: str, text: str, mend: str) -> None:
        self.faults.append(Fault("answer", self.lines.get(name), text, mend))


def read(
    question: str, answer: str, note: str, html: Callable[[str], Markup]
) -> tuple[Calculation | None, list[Fault]]:
    """html: makes clean HTML of Markdown."""
    reading = _Reading()
    for number, line in enumerate(answer.split("\n")):
        if line.strip():
            _read_line(line, number, reading)
    solution = _answer(reading)
    units = tuple(" ".join(one.split()) for one in reading.settings.get("unit", "").split("|") if one.strip())
    decimals = _decimals(reading)
    tolerance, is_share = _tolerance(reading, decimals)
    texts = [
        _text(part, words, names, decimals, reading, html)
        for part, words, names in (("question", question, reading.names), ("note", note, [*reading.names, ANSWER]))
    ]
    if not reading.drawn and not reading.faults:
        mend = f"{HOW_TO_DRAW} A sum that never changes is a card of type typed."
        reading.faults.append(Fault("answer", None, "this calculation draws no value.", mend))
    if reading.faults or solution is None:
        return None, reading.faults
    made = Calculation(
        tuple(reading.drawn), tuple(reading.derived), solution, units, tolerance, is_share, decimals, texts[0], texts[1]
    )
    _check_uses(made, reading)
    if not reading.faults and (found := first_fault(made, FEW_DRAWS)):
        reading.add("answer", *found)
    if reading.faults:
        return None, reading.faults
    return replace(made, is_signed=_is_signed(made)), []


def _read_line(line: str, number: int, reading: _Reading) -> None:
    found = LINE.fullmatch(line)
    name = found["name"] if found else ""
    if found is None or not NAME.fullmatch(name):
        mend = "Write a name, a colon and a value: bpm: 60..180, answer: 60000 / bpm, unit: ms."
        reading.faults.append(Fault("answer", number, f'the line "{line.strip()}" cannot be read.', mend))
    elif name in reading.lines:
        reading.faults.append(Fault("answer", number, f'"{name}" stands twice.', "Keep one."))
    elif (name in FUNCTIONS and name not in SETTINGS) or name in CONSTANTS:
        text = f'"{name}" means something else in a formula.'
        reading.faults.append(Fault("answer", number, text, "Choose another name."))
    elif not found["words"]:
        reading.faults.append(Fault("answer", number, f'"{name}" has no value.', "Write one behind the colon."))
    else:
        reading.lines[name] = number
        if name in SETTINGS:
            reading.settings[name] = found["words"]
        else:
            _read_value(name, found["words"], reading)


def _read_value(name: str, words: str, reading: _Reading) -> None:
    if len(reading.names) > MOST_NAMES:
        reading.add(name, f"there are more than {MOST_NAMES} values.", "Make the sum simpler.")
        return
    try:
        if numbers := _numbers(words):
            reading.drawn.append(Drawn(name, numbers))
        else:
            before = [other for other in reading.names if other != name]
            reading.derived.append((name, formula.read(words, before)))
    except Unusable as unusable:
        reading.add(name, *unusable.args)
    except FormulaError as error:
        reading.add(name, str(error), f"Use names from the lines above. {HOW_TO_DRAW}")


def _numbers(words: str) -> tuple[float, ...]:
    """What may be drawn; () when it is a formula."""
    if THOUSANDS.search(words):
        mend = "Write 44100 without a comma, or a list with a space behind each comma: 100, 200."
        raise Unusable(f'"{words}" may be a list or one number.', mend)
    if LIST.fullmatch(words) and "," in words:
        numbers = tuple(float(one) for one in words.split(","))
        if len(set(numbers)) < len(numbers):
            raise Unusable("a value stands twice in this list.", "Keep one.")
        return numbers
    found = RANGE.fullmatch(words)
    if found is None:
        if ".." in words or re.match(r"[+-]?\d[^,]*,\s*[+-]?\d", words):
            raise Unusable(f'"{words}" cannot be read as values.', HOW_TO_DRAW)
        return ()
    first, last, step = (Decimal(one or "1") for one in found.groups())
    if first >= last:
        raise Unusable(f"{words} is empty: it goes from low to high.", "Write the smaller number first.")
    if step <= 0 or first + step > last:
        raise Unusable(f"a step of {step} does not fit into {first}..{last}.", "Choose a smaller step, above 0.")
    count = int((last - first) / step) + 1
    if count > MOST_VALUES:
        raise Unusable(f"{words} has {count} values; the most is {MOST_VALUES}.", "Choose a larger step.")
    return tuple(float(first + step * number) for number in range(count))


def _answer(reading: _Reading) -> Formula | None:
    if "answer" not in reading.settings:
        if "answer" not in reading.lines:
            mend = "Write answer: and the formula, such as answer: 60000 / bpm."
            reading.faults.append(Fault("answer", None, "this calculation has no line with its answer.", mend))
        return None
    try:
        return formula.read(reading.settings["answer"], reading.names)
    except FormulaError as error:
        names = f"Use {', '.join(reading.names)}." if reading.names else HOW_TO_DRAW
        reading.add("answer", str(error), names)
        return None


def _decimals(reading: _Reading) -> int | None:
    words = reading.settings.get("round")
    if words is None:
        return None
    if not re.fullmatch(r"\d{1,2}", words) or int(words) > FINEST // 2:
        reading.add("round", f'"{words}" is no number of decimals.', f"Write 0 to {FINEST // 2}.")
        return None
    return int(words)


def _tolerance(reading: _Reading, decimals: int | None) -> tuple[float, bool]:
    """What was written; else half of the last digit shown."""
    words = reading.settings.get("tolerance")
    if words is None:
        return (0.5 * 10**-decimals if decimals is not None else 0.0), False
    found = TOLERANCE.fullmatch(words)
    if found is None or (found[2] and float(found[1]) > 50):
        mend = "Write it in the answer's unit (0.5) or as a share (1%)."
        reading.add("tolerance", f'"{words}" is no tolerance.', mend)
        return 0.0, False
    return float(found[1]), bool(found[2])


def _text(
    part: str, words: str, names: list[str], answer: int | None, reading: _Reading, html: Callable[[str], Markup]
) -> Text:
    """names: what may stand between its braces. answer: the decimals of the answer."""
    slots: list[Slot] = []

    def taken_out(braces: re.Match[str]) -> str:
        found = DECIMALS.fullmatch(braces[1])
        inside, decimals = (found["formula"], int(found["decimals"])) if found else (braces[1], None)
        if decimals is None and inside.strip() == ANSWER:
            decimals = answer
        line = words.count("\n", 0, braces.start())
        try:
            slots.append(Slot(formula.read(inside, names), decimals if decimals is None else min(decimals, FINEST)))
        except FormulaError as error:
            mend = f"Put one of {', '.join(names)} between the braces, or a formula of them." if names else HOW_TO_DRAW
            reading.faults.append(Fault(part, line, str(error), mend))
        return f"\ue000{len(slots) - 1}\ue001"

    if "\ue000" in words or "\ue001" in words:
        reading.faults.append(Fault(part, None, "there is an invisible sign in the text.", "Write the text anew."))
    marked = BRACES.sub(taken_out, words)
    if stray := re.search(r"[{}]", marked):
        line = marked.count("\n", 0, stray.start())
        text = "a brace of this calculation cannot be read."
        reading.faults.append(Fault(part, line, text, "Write {name} or {formula}, one pair of braces each."))
    if len(slots) > MOST_SLOTS:
        reading.faults.append(Fault(part, None, f"there are more than {MOST_SLOTS} values.", "Shorten the text."))
    return Text(html(marked) if words and not reading.faults else Markup(""), tuple(slots))


def _check_uses(made: Calculation, reading: _Reading) -> None:
    """Each drawn value is seen by the learner, by itself or in what is worked out of it; nothing stands idle."""
    seen = set().union(*(slot.formula.names for slot in made.question.slots))
    used = set(seen | made.answer.names).union(*(slot.formula.names for slot in made.note.slots))
    for name, worked_out in reversed(made.derived):
        if name not in used:
            reading.add(name, f'"{name}" is used nowhere.', "Take the line out, or mend its name.")
        used |= worked_out.names
        seen |= worked_out.names if name in seen else set()
    for one in made.drawn:
        if one.name not in used:
            reading.add(one.name, f'"{one.name}" is used nowhere.', "Take the line out, or mend its name.")
        elif one.name not in seen:
            reading.add(one.name, f'the question does not show "{one.name}".', f"Write {{{one.name}}} into it.")


def first_fault(made: Calculation, most: int) -> tuple[str, str] | None:
    """(text, mend) of the first drawing that cannot be asked; most: about how many are tried when there are more."""
    answers = set()
    for chosen in draws(made.drawn, most):
        try:
            values = made.worked_out(chosen)
            for slot in (*made.question.slots, *made.note.slots):
                slot.formula.value(values)
            text = _fault_of_answer(made, made.exact(values))
        except FormulaError as error:
            text = str(error)
        if text:
            given = ", ".join(f"{name} = {quantities.shown(number)}" for name, number in chosen.items())
            mend = "Mend the formula or the values."
            if text.startswith("the answer is shown"):
                mend = "Write round: with more decimals, or a larger tolerance."
            return f"with {given}, {text}", mend
        answers.add(values[ANSWER])
    if len(answers) == 1:
        return "the answer is the same for all values.", "Use the values in the formula, or make a card of type typed."
    return None


def _fault_of_answer(made: Calculation, exact: float) -> str:
    if abs(exact) >= 1e15 or 0 < abs(exact) < 1e-9:
        return "the answer has too many digits to be typed."
    shown = quantities.shown(exact, made.decimals)
    number = float(shown.replace(",", "").replace("−", "-"))
    if abs(number - exact) > made.allowed(exact):
        return f"the answer is shown as {shown}, which its own tolerance calls wrong."
    return ""


def _is_signed(made: Calculation) -> bool:
    """Whether its answer can lie below zero: a phone's number pad often lacks the minus."""
    return any(made.exact(made.worked_out(chosen)) < 0 for chosen in draws(made.drawn, FEW_DRAWS))
