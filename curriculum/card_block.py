"""Card blocks in a lesson's text: where they stand, what their header says, which parts they have."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from curriculum.content import Report
from curriculum.source_text import Fences

ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is easily taken for another
ID = re.compile(rf"[{ID_LETTERS}]{{6}}")
OPENING = re.compile(r"(?P<indent>\s*)(?P<slashes>/{3,})\s*card\s*(?:\|(?P<fields>.*))?")
ANY_OPENING = re.compile(r"\s*/{3,}\s*(?P<name>[A-Za-z][\w-]*)\s*(?:\|.*)?")
CLOSING = re.compile(r"\s*/{3,}\s*")
SEPARATOR = re.compile(r"\s*-{3}\s*")
GAP = re.compile(r"\{\{(?:(?P<number>\d{1,3}):)?(?P<text>[^{}|]+?)(?:\|(?P<hint>[^{}|]*))?\}\}")

TYPES = ("basic", "cloze", "typed")
FIELDS = ("id", "type", "tags", "source", "checked", "country")
HOW_TO_CLOSE = "End each card with a line of three slashes."


@dataclass(frozen=True, slots=True)
class Block:
    """A card as it stands in the file; line numbers start at 1."""

    first: int  # line of "/// card"
    last: int  # line of the closing "///"
    indent: str
    header: str  # what follows the bar
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardText:
    """A card block, read and checked, not yet rendered."""

    line: int
    id: str
    type: str
    question: str
    answer: str  # "" for cloze
    note: str
    accepted: tuple[str, ...]
    tags: tuple[str, ...]
    source: str
    checked: date | None
    country: str

    def gaps(self) -> list[int]:
        """The gap numbers of a cloze text, each once, in order."""
        return sorted({int(found["number"] or 1) for found in GAP.finditer(self.question)})


def blocks(lines: Sequence[str], report: Report) -> Iterator[Block]:
    """The card blocks outside code, in order; what is not closed or not a card is reported and left out."""
    fences, opened, start = Fences(), None, 0
    for number, line in enumerate(lines, 1):
        if opening := OPENING.fullmatch(line):
            if opened:
                report.add(start, "this card has no end.", HOW_TO_CLOSE)
            if opened or not fences.holds(line):
                fences, opened, start = Fences(), opening, number
        elif fences.holds(line):
            continue
        elif CLOSING.fullmatch(line):
            if opened:
                yield _block(lines, opened, start, number)
            else:
                report.add(number, "this line ends a card that never began.", "Take it out, or mend the card above.")
            opened = None
        elif not opened and (other := ANY_OPENING.fullmatch(line)):
            report.add(number, f'there is no block called "{other["name"]}".', 'A card begins with "/// card | id: …".')
    if opened:
        report.add(start, "this card has no end.", HOW_TO_CLOSE)


def _block(lines: Sequence[str], opening: re.Match[str], first: int, last: int) -> Block:
    indent = opening["indent"]
    body = tuple(line.removeprefix(indent) for line in lines[first : last - 1])
    return Block(first, last, indent, (opening["fields"] or "").strip(), body)


def read(block: Block, report: Report) -> CardText | None:
    """The card in a block, or None when something is reported."""
    before = len(report.problems)
    fields = _fields(block, report)
    card_type = _type(block, fields, report)
    _check_id(block, fields, report)
    checked = _day(block, fields, report)
    parts = _parts(block)
    question = parts[0]
    accepted: tuple[str, ...] = ()
    if not question:
        report.add(block.first, "this card has no question.", "Write it below the card's first line.")
    if card_type == "cloze":
        answer, note = "", _rest(parts, 2, block, report)
        _check_gaps(block, question, report)
    else:
        answer, note = parts[1] if len(parts) > 1 else "", _rest(parts, 3, block, report)
        accepted = tuple(way.strip() for way in answer.split("|") if way.strip()) if card_type == "typed" else ()
        if not answer.strip("| \n"):
            report.add(block.first, "this card has no answer.", "Write it below the question, after a line of ---.")
    if len(report.problems) > before:
        return None
    return CardText(
        line=block.first,
        id=fields["id"],
        type=card_type,
        question=question,
        answer=accepted[0] if accepted else answer,
        note=note,
        accepted=accepted,
        tags=tuple(fields.get("tags", "").split()),
        source=fields.get("source", ""),
        checked=checked,
        country=fields.get("country", ""),
    )


def header_fields(header: str) -> list[tuple[str, str]]:
    """(name, value) of each comma-separated field, as written."""
    pairs = [part.partition(":") for part in header.split(",") if part.strip()]
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _fields(block: Block, report: Report) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in header_fields(block.header):
        if name not in FIELDS:
            report.add(block.first, f'a card has no field "{name}".', f"Use: {', '.join(FIELDS)}; no comma in a value.")
        elif name in fields:
            report.add(block.first, f'this card has the field "{name}" twice.', "Keep one.")
        fields.setdefault(name, value)
    return fields


def _type(block: Block, fields: dict[str, str], report: Report) -> str:
    card_type = fields.get("type", "")
    if card_type not in TYPES:
        text = f'the card type "{card_type}" is unknown.' if card_type else "this card has no type."
        report.add(block.first, text, f"Write type: and one of {', '.join(TYPES)}.")
    return card_type


def _check_id(block: Block, fields: dict[str, str], report: Report) -> None:
    card_id = fields.get("id", "")
    if not card_id:
        report.add(block.first, "this card has no id.", "Run: python3 app.py content stamp")
    elif not ID.fullmatch(card_id):
        text = f'the card id "{card_id}" is not six of the characters {ID_LETTERS}.'
        report.add(block.first, text, "Take it out and run: python3 app.py content stamp")


def _day(block: Block, fields: dict[str, str], report: Report) -> date | None:
    if "checked" not in fields:
        return None
    try:
        return date.fromisoformat(fields["checked"])
    except ValueError:
        report.add(block.first, f'"{fields["checked"]}" is not a day.', "Write it like: checked: 2026-11-22")
        return None


def _parts(block: Block) -> list[str]:
    """The texts between lines of three dashes; dashes inside fenced code do not count."""
    fences = Fences()
    parts: list[list[str]] = [[]]
    for line in block.body:
        if not fences.holds(line) and SEPARATOR.fullmatch(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return ["\n".join(part).strip("\n").rstrip() for part in parts]


def _rest(parts: list[str], most: int, block: Block, report: Report) -> str:
    if len(parts) > most:
        allowed = "a text and a note" if most == 2 else "a question, an answer and a note"
        text = f"this card has {len(parts)} parts; its type takes {allowed}."
        report.add(block.first, text, "Take a line of --- out, or make a second card.")
    return parts[most - 1] if len(parts) >= most else ""


def _check_gaps(block: Block, question: str, report: Report) -> None:
    found = [int(gap["number"] or 1) for gap in GAP.finditer(question)]
    if question and not found:
        report.add(block.first, "this cloze card has no gap.", "Put double braces around the words to recall: {{so}}.")
    if 0 in found:
        report.add(block.first, "a gap has the number 0.", "Count gaps from 1.")
    if question.count("{{") != len(found):
        text = "a gap of this cloze card cannot be read."
        report.add(block.first, text, "Write {{gap}}, {{gap|hint}} or {{1:gap|hint}}, without braces inside.")
