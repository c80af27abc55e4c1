"""Gaps in a note's text, {{c1::gap::hint}}: shown as on a card, or turned into ours.

Gaps may stand in gaps. Reading is one pass over the text, without recursion.
"""

import html
import re
from dataclasses import dataclass, field

OPEN = re.compile(r"\{\{c([0-9][0-9,]{0,40})::")
MARK = re.compile(r"\{\{c[0-9][0-9,]{0,40}::|\}\}")
DEEPEST = 8  # gaps inside gaps, as in Anki
HIGHEST = 499  # number of a gap, as in Anki
OURS_CANNOT_HOLD = re.compile(r"[{}|]")


@dataclass(slots=True)
class Gap:
    """numbers: the cards that ask for it; () for the text as a whole."""

    numbers: tuple[int, ...] = ()
    opening: str = ""
    parts: "list[str | Gap]" = field(default_factory=list)
    hinting: list[str] | None = None

    @property
    def hint(self) -> str:
        return "".join(self.hinting or ())


def read(text: str) -> Gap:
    """The text as a tree. Braces without a partner, and what is nested too deep, stay text."""
    stack = [Gap()]
    place = 0
    for mark in MARK.finditer(text):
        _put(stack[-1], text[place : mark.start()])
        place = mark.end()
        if mark[0] != "}}":
            if len(stack) <= DEEPEST:
                stack.append(Gap(_numbers(mark[0]), mark[0]))
            else:
                _put(stack[-1], mark[0])
        elif len(stack) > 1:
            gap = stack.pop()
            stack[-1].parts.append(gap)
        else:
            _put(stack[-1], mark[0])
    _put(stack[-1], text[place:])
    while len(stack) > 1:
        unclosed = stack.pop()
        stack[-1].parts += [unclosed.opening, *unclosed.parts]
        if unclosed.hinting is not None:
            stack[-1].parts += ["::", *unclosed.hinting]
    return stack[0]


def _put(gap: Gap, text: str) -> None:
    if gap.hinting is not None:
        gap.hinting.append(text)
    elif gap.opening and "::" in text:
        before, _, hint = text.partition("::")
        gap.parts.append(before)
        gap.hinting = [hint]
    elif text:
        gap.parts.append(text)


def _numbers(opening: str) -> tuple[int, ...]:
    written = OPEN.fullmatch(opening)
    return tuple(int(one) for one in written[1].split(",") if 0 < len(one) < 10) if written else ()


def numbers(text: str) -> set[int]:
    """The gap numbers of a text. Only those that a card can have: 1 to 499."""
    found: set[int] = set()
    for mark in OPEN.finditer(text):
        found.update(one for one in _numbers(mark[0]) if 0 < one <= HIGHEST)
    return found


def show(text: str, number: int, *, is_front: bool) -> str:
    """The text with this gap open (front) or filled and marked (back), and all others filled. "" without this gap."""
    tree = read(text)
    made: list[str] = []
    found = _show(tree, number, is_front, made)
    return "".join(made) if found else ""


def _show(gap: Gap, number: int, is_front: bool, made: list[str]) -> bool:
    found = number in gap.numbers
    if found and is_front:
        made.append(f'<span class="gap">[{gap.hint or "…"}]</span>')
        return True
    if found:
        made.append('<mark class="gap">')
    for part in gap.parts:
        if isinstance(part, str):
            made.append(part)
        else:
            found = _show(part, number, is_front, made) or found
    if number in gap.numbers:
        made.append("</mark>")
    return found


def only(text: str, number: int) -> str:
    """What is in this gap; several are joined by commas."""
    found: list[str] = []
    _collect(read(text), number, found)
    return ", ".join(found)


def _collect(gap: Gap, number: int, found: list[str]) -> None:
    if number in gap.numbers:
        made: list[str] = []
        _show(Gap(parts=gap.parts), -1, False, made)
        found.append("".join(made))
        return
    for part in gap.parts:
        if isinstance(part, Gap):
            _collect(part, number, found)


def to_ours(text: str) -> str | None:
    """The text with our gaps, {{1:gap|hint}}; None where ours cannot say the same."""
    made = []
    for part in read(text).parts:
        if isinstance(part, str):
            if "{{" in part or "}}" in part:
                return None
            made.append(part)
            continue
        inside = "".join(one for one in part.parts if isinstance(one, str))
        is_plain = (
            len(part.numbers) == 1 and 0 < part.numbers[0] <= HIGHEST and all(type(one) is str for one in part.parts)
        )
        if not is_plain or not inside.strip() or OURS_CANNOT_HOLD.search(inside + part.hint):
            return None
        made.append(f"{{{{{part.numbers[0]}:{inside}" + (f"|{part.hint}" if part.hint else "") + "}}")
    return "".join(made)


def from_ours(text: str, gap: re.Pattern[str]) -> str:
    """Our text with Anki's gaps. gap: `card_block.GAP`. A hint is text, so it is escaped."""

    def anki(found: re.Match[str]) -> str:
        hint = f"::{html.escape(found['hint'])}" if found["hint"] else ""
        return f"{{{{c{found['number'] or 1}::{found['text']}{hint}}}}}"

    return gap.sub(anki, text)
