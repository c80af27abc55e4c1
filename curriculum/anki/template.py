"""Anki's template language: read once for a note type, filled in for each card.

Every step is linear in its input: who wrote these texts may want us to be slow.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from curriculum.anki import cloze
from curriculum.anki.limits import LONGEST_SIDE

LONGEST_TEMPLATE = 200_000  # characters
DEEPEST = 50  # sections inside sections
EMPTY = re.compile(r"(?:\s|</?(?:br|div)\s?/?>)*+", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
OTHER_BRACES = re.compile(r"\s*\{\{=\s*<%\s+%>\s*=\}\}")


class Broken(ValueError):
    """This template, or what it would make of a note, cannot be shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field goes. filters: outermost last."""

    name: str
    filters: tuple[str, ...] = ()


@dataclass(slots=True)
class Section:
    """What is shown where a field is filled, or (if_empty) where it is not."""

    name: str
    if_empty: bool = False
    parts: "list[str | Place | Section]" = field(default_factory=list)


@dataclass(slots=True)
class Side:
    """What a template is filled with, and what came of it."""

    values: Mapping[str, str]
    ord: int
    is_front: bool
    is_cloze: bool
    made: list[str] = field(default_factory=list)
    room: int = LONGEST_SIDE
    has_content: bool = False  # a field that is not empty was shown

    def put(self, text: str) -> None:
        self.room -= len(text)
        if self.room < 0:
            raise Broken("a side is too long")
        self.made.append(text)


def parse(template: str) -> Section:
    """The template as a tree. Raises Broken."""
    if len(template) > LONGEST_TEMPLATE:
        raise Broken("a template is too long")
    if other := OTHER_BRACES.match(template):
        template = template[other.end() :].replace("<%", "{{").replace("%>", "}}")
    stack = [Section("")]
    for is_tag, text in _tokens(template):
        here = stack[-1]
        if not is_tag:
            here.parts.append(text)
        elif text[:1] in ("#", "^"):
            section = Section(text[1:].strip(), if_empty=text[0] == "^")
            here.parts.append(section)
            stack.append(section)
            if len(stack) > DEEPEST:
                raise Broken("sections are nested too deep")
        elif text[:1] == "/":
            if len(stack) == 1 or here.name != text[1:].strip():
                raise Broken("a section ends that did not begin")
            stack.pop()
        else:
            *filters, name = text.split(":")
            here.parts.append(Place(name.strip(), tuple(reversed([one.strip() for one in filters]))))
    if len(stack) > 1:
        raise Broken("a section has no end")
    return stack[0]


def _tokens(template: str) -> "list[tuple[bool, str]]":
    """(whether it stood in double braces, text). Comments are text."""
    found: list[tuple[bool, str]] = []
    place = 0
    while (start := template.find("{{", place)) >= 0:
        comment = template.find("<!--", place, start)
        if comment >= 0:
            end = template.find("-->", comment)
            if end < 0:
                break
            found.append((False, template[place : end + 3]))
            place = end + 3
            continue
        end = template.find("}}", start)
        if end < 0:
            raise Broken("braces have no end")
        found += [(False, template[place:start]), (True, template[start + 2 : end].strip())]
        place = end + 2
    found.append((False, template[place:]))
    return found


def fill(tree: Section, values: Mapping[str, str], *, ord: int, is_cloze: bool, front: str | None = None) -> Side:
    """One side of a card as HTML (`made`, in pieces). front: what {{FrontSide}} shows; None on the front itself.

    Raises Broken where the side would be too long or its gaps are nested too deep.
    """
    side = Side(values, ord, front is None, is_cloze)
    _fill(tree, side, front or "")
    return side


def _fill(section: Section, side: Side, front: str) -> None:
    for part in section.parts:
        if isinstance(part, str):
            side.put(part)
        elif isinstance(part, Section):
            if is_filled(part.name, side) != part.if_empty:
                _fill(part, side, front)
        elif part.name == "FrontSide":
            side.put(front)
        else:
            text = side.values.get(part.name, "")
            shown = _filtered(text, part, side)
            side.has_content = side.has_content or _counts(part, text, shown, side)
            side.put(shown)


def _counts(part: Place, text: str, shown: str, side: Side) -> bool:
    if side.is_cloze and any(name.startswith("cloze") for name in part.filters):
        return side.ord + 1 in cloze.numbers(text)
    return bool(shown) and not is_empty(text)


def is_filled(name: str, side: Side) -> bool:
    """Whether a section about this field is shown. "c2" asks for the card of gap 2."""
    if side.is_cloze and name == f"c{side.ord + 1}":
        return True
    return not is_empty(side.values.get(name, ""))


def is_empty(text: str) -> bool:
    return EMPTY.fullmatch(text) is not None


def _filtered(text: str, part: Place, side: Side) -> str:
    if "type" in part.filters:
        if side.is_front:
            return ""
        return cloze.only(text, side.ord + 1) if "cloze" in part.filters else text
    for name in part.filters:
        if name == "cloze":
            text = cloze.show(text, side.ord + 1, is_front=side.is_front)
        elif name == "cloze-only":
            text = cloze.only(text, side.ord + 1)
        elif name == "hint":
            text = "" if is_empty(text) else f"<details><summary>{html.escape(part.name)}</summary>{text}</details>"
        elif name == "tts" or name.startswith(("tts ", "tts-")):
            text = ""
        elif name in SIMPLE:
            text = SIMPLE[name](text)
    return text


def plain(text: str) -> str:
    """HTML as one line of text."""
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def readings(text: str, shown: Callable[[str, str], str]) -> str:
    """Japanese readings, " 音楽[おんがく]". shown: (word, reading) -> HTML."""
    made = []
    for piece in re.split(r"(?<=[ >])", text):
        word, bracket, rest = piece.partition("[")
        reading, end, after = rest.partition("]")
        if bracket and end and word and reading and not reading.startswith(("sound:", "anki:")):
            made.append(shown(word, reading) + after)
        else:
            made.append(piece)
    return "".join(made)


SIMPLE: dict[str, Callable[[str], str]] = {
    "text": plain,
    "kanji": lambda text: readings(text, lambda word, _: word),
    "kana": lambda text: readings(text, lambda _, reading: reading),
    "furigana": lambda text: readings(text, lambda word, said: f"<ruby>{word}<rt>{said}</rt></ruby>"),
}
