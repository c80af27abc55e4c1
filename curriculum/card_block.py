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

TYPES = ("basic", "reverse", "cloze", "typed", "choice", "calculation")  # those that a learner can write, too
SOUNDING = ("sound-interval", "sound-chord", "sound-eq")
SHOWING = ("notation", "keyboard", "pianoroll")
COURSE_TYPES = (*TYPES, *SOUNDING, *SHOWING)
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
    """What an author wrote; the header is checked, the parts are not."""

    id: str
    type: str
    question: str
    answer: str = ""  # "" for cloze
    note: str = ""
    tags: tuple[str, ...] = ()
    source: str = ""
    checked: date | None = None
    country: str = ""
    line: int = 0
    lines: tuple[int, int, int] = (0, 0, 0)  # where question, answer and note begin


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
    if card_type == "cloze":
        parts[1:1] = [("", block.first)]
    _check_parts(block, parts, card_type, report)
    if len(report.problems) > before:
        return None
    (question, first), (answer, second), (note, third), *_ = [*parts, ("", block.first), ("", block.first)]
    return CardText(
        id=fields["id"],
        type=card_type,
        question=question,
        answer=answer,
        note=note,
        tags=tuple(fields.get("tags", "").split()),
        source=fields.get("source", ""),
        checked=checked,
        country=fields.get("country", ""),
        line=block.first,
        lines=(first, second, third),
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
    if card_type not in COURSE_TYPES:
        text = f'the card type "{card_type}" is unknown.' if card_type else "this card has no type."
        report.add(block.first, text, f"Write type: and one of {', '.join(COURSE_TYPES)}.")
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


def _parts(block: Block) -> list[tuple[str, int]]:
    """The texts between lines of three dashes, each with its first line; dashes inside fenced code do not count."""
    fences = Fences()
    parts: list[list[str]] = [[]]
    starts = [block.first + 1]
    for number, line in enumerate(block.body, block.first + 1):
        if not fences.holds(line) and SEPARATOR.fullmatch(line):
            parts.append([])
            starts.append(number + 1)
        else:
            parts[-1].append(line)
    return [_without_edges(part, start) for part, start in zip(parts, starts, strict=True)]


def _without_edges(lines: list[str], start: int) -> tuple[str, int]:
    text = "\n".join(lines)
    bare = text.lstrip("\n")
    return bare.rstrip(), start + len(text) - len(bare)


def _check_parts(block: Block, parts: list[tuple[str, int]], card_type: str, report: Report) -> None:
    if len(parts) <= 3:
        return
    count, allowed = len(parts), "a question, an answer and a note"
    if card_type == "cloze":
        count, allowed = count - 1, "a text and a note"
    text = f"this card has {count} parts; its type takes {allowed}."
    report.add(block.first, text, "Take a line of --- out, or make a second card.")
