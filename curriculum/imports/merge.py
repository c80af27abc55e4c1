"""Writing what came from a package: all of it, or nothing.

What there is to write is worked out before and laid down in a file, so that the transaction is short.
"""

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from core.database import insert_into
from curriculum import cards, day_list, replay
from curriculum.cards import Aside
from curriculum.imports import history, media
from curriculum.imports.history import Place
from curriculum.imports.media import Files
from curriculum.imports.sorting import Text
from curriculum.log import Mark
from curriculum.models import Memory, OwnCard, Review
from curriculum.own_cards import stand_again

ROWS_AT_ONCE = 1000
IN_MEMORY = 4_000_000  # octets
TEXT_COLUMNS = ("deck", "type", "markup", "question", "answer", "note", "tags", "edited_at")
MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class Counts:
    """What was, or would be, written."""

    new: int = 0  # cards
    changed: int = 0  # cards whose text is another one now
    same: int = 0
    back: int = 0  # cards that their owner had deleted
    reviews: int = 0  # answers that were not here

    def add(self, text: Text, reviews: int) -> None:
        new = sum(card.is_new for card in text.cards)
        self.new += new
        rest = len(text.cards) - new
        if text.state in ("changed", "back"):
            setattr(self, text.state, getattr(self, text.state) + rest)
        else:
            self.same += rest
        self.reviews += reviews

    @property
    def cards(self) -> int:
        return self.new + self.changed + self.same + self.back


@dataclass(slots=True)
class Batch:
    """Rows of some notes. changed: texts that are here and say something else now; merged: cards that were here."""

    texts: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    memories: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def take(self, text: Text, place: Place, counts: Counts) -> None:
        if text.values and text.state == "new":
            self.texts.append(text.values)
        elif text.values and text.state in ("changed", "back"):
            self.changed.append(text.values)
        answers = 0
        for card in text.cards:
            if card.known and not card.is_new and not history.missing(card.card, card.card_id, card.known, place):
                continue
            at = place.at + MICROSECOND * min(max(card.card.due, 0), 10**6) if card.is_new else place.at
            found = history.of(
                card.card, card.card_id, place, card.due_day, card.known, is_new=card.is_new, added_at=at
            )
            answers += sum(row["rating"] > 0 for row in found.reviews)
            self.reviews += found.reviews
            if card.is_new:
                self.memories.append(found.memory | {"lesson": card.lesson})
            elif any(1 <= row["rating"] <= 4 or row["rating"] == Mark.START for row in found.reviews):
                self.merged.append(card.card_id)
        counts.add(text, answers)


class Prepared:
    """Batches in a file of our own: an import of a million answers is not to fill the memory."""

    def __init__(self) -> None:
        self._file = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 closed by `close`
        self.counts = Counts()

    def add(self, texts: Iterable[Text], place: Place) -> None:
        batch = Batch()
        for text in texts:
            batch.take(text, place, self.counts)
        pickle.dump(batch, self._file, protocol=pickle.HIGHEST_PROTOCOL)

    def batches(self) -> Iterator[Batch]:
        self._file.seek(0)
        while True:
            try:
                yield pickle.load(self._file)
            except EOFError:
                return

    def close(self) -> None:
        self._file.close()


def write(
    db: Session, place: Place, prepared: Prepared, files: Files, tell: Callable[[int], None] = lambda _: None
) -> None:
    """Put everything into this transaction. tell: called with how many cards were written."""
    user_id, written = place.user_id, 0
    media.note(db, user_id, files, at=place.at)
    for batch in prepared.batches():
        _insert(db, OwnCard, batch.texts)
        for values in batch.changed:
            _change(db, user_id, values)
        here = _here(db, user_id, [values["card_id"] for values in batch.memories])
        _insert(db, Memory, batch.memories)
        _insert(db, Review, batch.reviews)
        merged = [*batch.merged, *here]  # somebody else brought some of them meanwhile
        if merged:
            replay.rebuild(db, user_id, merged, place.zone, at=place.at, plan=place.plan)
        written += len(batch.memories) + len(batch.merged)
        tell(written)
    day_list.forget(db, user_id)


def _insert(db: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Rows whose key is there already are left out."""
    statement = insert_into(db, table.__table__).on_conflict_do_nothing()  # type: ignore[attr-defined]
    connection = db.connection()
    for first in range(0, len(rows), ROWS_AT_ONCE):
        connection.execute(statement, rows[first : first + ROWS_AT_ONCE])


def _here(db: Session, user_id: UUID, card_ids: list[str]) -> list[str]:
    mine = select(col(Memory.card_id)).where(col(Memory.user_id) == user_id, col(Memory.card_id).in_(card_ids))
    return list(db.exec(mine)) if card_ids else []


def _change(db: Session, user_id: UUID, values: dict[str, Any]) -> None:
    row = db.get(OwnCard, (user_id, values["id"]), with_for_update=True)
    if row is not None:
        change_text(db, row, {name: values[name] for name in TEXT_COLUMNS})


def change_text(db: Session, row: OwnCard, values: Mapping[str, Any]) -> None:
    """Let a text say something else. Gaps and sides that are gone rest, and a deleted one comes back."""
    for name, value in values.items():
        setattr(row, name, value)
    row.deleted_at = None
    db.flush()
    now = {card.id for card in cards.of_own(cards.text_of(row))}
    of_text = sa.or_(col(Memory.card_id) == row.id, col(Memory.card_id).startswith(f"{row.id}.", autoescape=True))
    resting = []
    for memory in db.exec(select(Memory).where(col(Memory.user_id) == row.user_id, of_text)):
        if memory.card_id not in now:
            memory.aside = Aside.DELETED
        elif memory.aside == Aside.DELETED:
            resting.append(memory.card_id)
    db.flush()
    if resting:
        stand_again(db, row.user_id, resting)
