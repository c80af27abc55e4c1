"""The rows of a table as own cards: a row whose question is known changes that card, any other makes one."""

import hashlib
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.database import Database, insert_into
from core.errors import Refused
from curriculum import cards, day_list, own_text
from curriculum.card_block import GAP, TYPES
from curriculum.imports import tables
from curriculum.imports.merge import change_text
from curriculum.library import Card
from curriculum.models import OwnCard
from curriculum.own_cards import MOST
from curriculum.own_text import OwnText
from curriculum.reviews import add_cards

AT_ONCE = 500
MOST_FAULTS = 50  # rows that are named
TYPE_WORDS = {"": "", "reversed": "reverse", "both ways": "reverse", "gap": "cloze", "gaps": "cloze"}


@dataclass(slots=True)
class Row:
    number: int  # as a spreadsheet counts
    text: OwnText
    cards: list[Card]


@dataclass(slots=True)
class Sheet:
    """What a table says. faults: row number and what to mend."""

    rows: dict[str, Row] = field(default_factory=dict)  # by question
    faults: list[tuple[int, str]] = field(default_factory=list)
    doubles: int = 0  # rows whose question stands further down once more


def look(path: Path) -> dict[str, Any]:
    """The first rows and what the columns may be, as plain values to be kept."""
    table = tables.read(path.read_bytes())
    return {
        "rows": len(table.rows),
        "has_heading": table.has_heading,
        "mapping": list(table.mapping),
        "first": [[cell[:200] for cell in row] for row in table.rows[: tables.SHOWN]],
        "note": table.note,
    }


def check_mapping(mapping: Sequence[str]) -> None:
    """Raises Refused where a table could not be read so."""
    if "question" not in mapping:
        raise Refused("Say which column holds the question.")
    named = [name for name in mapping if name]
    if double := next((name for name in named if named.count(name) > 1), ""):
        raise Refused(f"Two columns are called {double}. Leave one of them out.")


def read(path: Path, mapping: Sequence[str], *, has_heading: bool, tell: Callable[[int, int], None]) -> Sheet:
    """All rows, each checked as if it had been typed into the form."""
    check_mapping(mapping)
    table = tables.read(path.read_bytes(), has_heading=has_heading)
    places = {name: place for place, name in enumerate(mapping) if name in tables.COLUMNS}
    sheet = Sheet()
    for number, cells in enumerate(table.rows, 1 + table.has_heading):
        values = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        _take(sheet, number, values)
        tell(number, len(table.rows))
    return sheet


def _take(sheet: Sheet, number: int, values: Mapping[str, str]) -> None:
    tags = own_text.tags_of(values.get("tags", ""))
    question, answer = (values.get(name, "").replace("\r\n", "\n").strip() for name in ("question", "answer"))
    type = _type(values.get("type", ""), question, answer)
    answer = "" if type == "cloze" else answer
    text = OwnText(_id(question), "", type, "markdown", question, answer, values.get("note", ""), " ".join(tags))
    if type not in TYPES:
        sheet.faults.append((number, f"There is no card type “{type[:30]}”. Use one of {', '.join(TYPES)}."))
        return
    made, errors = own_text.make(text)
    fault = next(iter(errors.values()), "") or own_text.fault_of_tags(tags)
    if fault:
        sheet.faults.append((number, fault))
        return
    sheet.doubles += question in sheet.rows
    sheet.rows[question] = Row(number, text, made)


def _type(given: str, question: str, answer: str) -> str:
    """What the row says; a text with gaps and without an answer is one with gaps."""
    type = given.strip().casefold()
    type = TYPE_WORDS.get(type, type)
    return type or ("cloze" if not answer and GAP.search(question) else "basic")


def _id(question: str) -> str:
    digest = hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()
    return "csv-" + b32encode(digest[:15]).decode().lower()


def bring(
    base: Database,
    user_id: UUID,
    sheet: Sheet,
    tell: Callable[[int, int], None],
    end: Callable[[Session, Mapping[str, Any]], None],
    *,
    at: datetime,
) -> dict[str, Any]:
    """Write all rows without a fault, in one transaction. end: called in it, with what is returned."""
    with base.writing() as db:
        questions, ids = _here(db, user_id)
        if len(ids) + len(sheet.rows.keys() - questions.keys()) > MOST:
            raise Refused(f"That would be more than {MOST:,} cards of your own. Delete some that you do not need.")
        new, changed = [], 0
        for number, row in enumerate(sheet.rows.values()):
            known = questions.get(row.text.question) or (row.text.id if row.text.id in ids else "")
            if known:
                changed += _change(db, user_id, known, row, at)
            else:
                new.append(row)
            tell(number, len(sheet.rows))
        _add(db, user_id, new, at)
        result = {
            "new": len(new),
            "changed": changed,
            "same": len(sheet.rows) - len(new) - changed,
            "faults": sheet.faults[:MOST_FAULTS],
            "refused": len(sheet.faults),
            "doubles": sheet.doubles,
        }
        end(db, result)
    return result


def _here(db: Session, user_id: UUID) -> tuple[dict[str, str], set[str]]:
    """(question -> id, all ids) of the learner's own texts; those in HTML are known by their id alone."""
    mine = sa.select(col(OwnCard.id), col(OwnCard.question), col(OwnCard.markup)).where(col(OwnCard.user_id) == user_id)
    rows = db.execute(mine).all()
    return {row.question: row.id for row in rows if row.markup == "markdown"}, {row.id for row in rows}


def _change(db: Session, user_id: UUID, card_id: str, row: Row, at: datetime) -> bool:
    kept = db.exec(select(OwnCard).where(OwnCard.user_id == user_id, OwnCard.id == card_id)).one()
    text = row.text
    names = ("type", "question", "answer", "note", "tags")
    if kept.deleted_at is None and all(getattr(kept, name) == getattr(text, name) for name in names):
        return False
    values = {name: getattr(text, name) for name in names} | {"markup": "markdown", "edited_at": at}
    change_text(db, kept, values)
    add_cards(db, user_id, cards.of_own(cards.text_of(kept)), at=at)
    return True


def _add(db: Session, user_id: UUID, rows: Sequence[Row], at: datetime) -> None:
    statement = insert_into(db, OwnCard)
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        values = [
            row.text._asdict()
            | {"user_id": user_id, "origin": "csv", "deck": "", "created_at": at, "edited_at": at, "deleted_at": None}
            for row in some
        ]
        db.execute(statement.values(values))
        add_cards(db, user_id, [card for row in some for card in row.cards], at=at)
    day_list.forget(db, user_id)


def sentence(name: str, result: Mapping[str, Any]) -> str:
    """What came in, for the person who asked for it."""
    parts = [f"{result['new']:,} new", f"{result['changed']:,} changed", f"{result['same']:,} as they were"]
    said = f"{name} is here: {', '.join(parts)}."
    if result["refused"]:
        said += f" {result['refused']:,} {'row' if result['refused'] == 1 else 'rows'} could not be taken."
    return said
