"""The note types that are exactly one of our card types: Anki's own, in any language, and those that we write."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from curriculum.anki.package import Template

ANSWER = "{{FrontSide}}\n\n<hr id=answer>\n\n"
NOTE = "\n{{#Note}}<div class=note>{{Note}}</div>{{/Note}}"
OWN_ID = "Woodshed id"
ALSO = "Also right"
FIELDS = ("Front", "Back", "Note", OWN_ID)

CSS = """.card { font-family: sans-serif; font-size: 20px; line-height: 1.5; text-align: center; }
.note { margin-top: 1em; font-size: 80%; }
.cloze { font-weight: bold; }
"""


@dataclass(frozen=True, slots=True)
class OwnNotetype:
    """A note type that we write. Its id never changes: Anki takes a second import for the same one by it."""

    id: int
    type: str  # basic, reverse, typed, cloze
    name: str
    fields: tuple[str, ...]
    templates: tuple[Template, ...]


OWN = {
    one.type: one
    for one in (
        OwnNotetype(
            1764000000001,
            "basic",
            "Woodshed Basic",
            FIELDS,
            (Template("Card 1", "{{Front}}", ANSWER + "{{Back}}" + NOTE),),
        ),
        OwnNotetype(
            1764000000002,
            "reverse",
            "Woodshed Reversed",
            FIELDS,
            (
                Template("Card 1", "{{Front}}", ANSWER + "{{Back}}" + NOTE),
                Template("Card 2", "{{Back}}", ANSWER + "{{Front}}" + NOTE),
            ),
        ),
        OwnNotetype(
            1764000000003,
            "typed",
            "Woodshed Typed",
            (*FIELDS, ALSO),
            (
                Template(
                    "Card 1",
                    "{{Front}}\n\n{{type:Back}}",
                    f"{{{{Front}}}}\n\n<hr id=answer>\n\n{{{{type:Back}}}}\n{{{{#{ALSO}}}}}<div>{ALSO}: {{{{{ALSO}}}}}"
                    f"</div>{{{{/{ALSO}}}}}{NOTE}",
                ),
            ),
        ),
        OwnNotetype(
            1764000000004,
            "cloze",
            "Woodshed Cloze",
            ("Front", "Note", OWN_ID),
            (Template("Cloze", "{{cloze:Front}}", "{{cloze:Front}}" + NOTE),),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A note type that says what one of our types says; which field is which part.

    also: the field with further accepted answers, one a line of HTML (typed). own_id: the field with our card's id.
    """

    type: str
    question: str
    answer: str = ""
    note: str = ""
    also: str = ""
    own_id: str = ""


NAME = r"[^{}:#^/|]+"
BASIC = re.compile(rf"\{{\{{({NAME})\}}\}}>\{{\{{FrontSide\}}\}}<hrid=answer>\{{\{{({NAME})\}}\}}")
TYPED = re.compile(
    rf"\{{\{{({NAME})\}}\}}\{{\{{type:({NAME})\}}\}}"
    rf">\{{\{{(?:FrontSide|\1)\}}\}}<hrid=answer>\{{\{{type:\2\}}\}}"
)
CLOZE = re.compile(rf"\{{\{{cloze:({NAME})\}}\}}>\{{\{{cloze:\1\}}\}}(?:<br>\{{\{{({NAME})\}}\}})?")


def shape(is_cloze: bool, fields: Sequence[str], templates: Sequence[Template]) -> Shape | None:
    """Which of our types this note type is exactly; None where its cards must be rendered."""
    if own := _own(fields, templates):
        return Shape(
            own.type,
            "Front",
            "Back" if "Back" in own.fields else "",
            "Note",
            ALSO if ALSO in own.fields else "",
            OWN_ID,
        )
    written = [_squeezed(one.front) + ">" + _squeezed(one.back) for one in templates]
    named = {_squeezed(name): name for name in fields}
    if len(named) != len(fields):
        return None
    if is_cloze:
        found = CLOZE.fullmatch(written[0]) if len(written) == 1 else None
        return _named(named, "cloze", found[1], "", found[2] or "") if found else None
    sides = [BASIC.fullmatch(one) for one in written]
    if len(sides) == 1 and sides[0]:
        return _named(named, "basic", sides[0][1], sides[0][2])
    if len(sides) == 2 and sides[0] and sides[1] and sides[0].groups() == sides[1].groups()[::-1]:
        return _named(named, "reverse", sides[0][1], sides[0][2])
    if len(written) == 1 and (found := TYPED.fullmatch(written[0])):
        return _named(named, "typed", found[1], found[2])
    return None


def _own(fields: Sequence[str], templates: Sequence[Template]) -> OwnNotetype | None:
    """Compared by what it says: names and ids change when Anki merges note types."""
    written = [(_squeezed(one.front), _squeezed(one.back)) for one in templates]
    for own in OWN.values():
        if tuple(fields) == own.fields and written == [
            (_squeezed(one.front), _squeezed(one.back)) for one in own.templates
        ]:
            return own
    return None


def _named(named: dict[str, str], type: str, question: str, answer: str, note: str = "") -> Shape | None:
    parts = [question, answer, note]
    if any(part and part not in named for part in parts):
        return None
    return Shape(type, *[named.get(part, "") for part in parts])


def _squeezed(template: str) -> str:
    return re.sub(r"\s+", "", template)
