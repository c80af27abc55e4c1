"""What of a package is new, has changed or is here already, note by note."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

from sqlmodel import Session, col, select

from core.columns import EPOCH, to_micros
from core.database import Database
from curriculum.anki.package import Card, Contents, Draft, Kind, Note, Queue
from curriculum.imports import names
from curriculum.imports.history import Known, Place
from curriculum.imports.media import Files, placed
from curriculum.library import Library
from curriculum.models import Memory, OwnCard, Review

AT_ONCE = 300  # notes
LONGEST_PART = 100_000  # characters of a question, an answer or a note
LONGEST_DECK = 300
MOST_TAGS, LONGEST_TAG = 20, 60
LATEST = 2**33  # seconds since 1970

TOO_LONG = f"cards with more than {LONGEST_PART:,} letters"
TAGS = f"tags beyond {MOST_TAGS} on a card, or longer than {LONGEST_TAG} letters"
GONE = "cards of lessons that this course does not have"

State = Literal["new", "changed", "same", "back"]


@dataclass(slots=True)
class Arrived:
    """A card that came. known: the rows of its log that are here."""

    card: Card
    card_id: str
    lesson: str
    due_day: int | None
    is_new: bool
    known: list[Known] = field(default_factory=list)


@dataclass(slots=True)
class Text:
    """A card text that came, with its cards. values: the columns of OwnCard, None for a card of the course.

    state: "back" for one that its owner deleted here.
    """

    block: str
    values: dict[str, Any] | None
    cards: list[Arrived]
    state: State = "same"


@dataclass(slots=True)
class Sorter:
    base: Database
    place: Place
    library: Library
    contents: Contents
    files: Files
    left_out: dict[str, int] = field(default_factory=dict)
    _types: dict[str, str] = field(default_factory=dict)  # block of the course -> its type

    def __post_init__(self) -> None:
        self._types = {card.block: card.type for card in self.library.cards.values()}

    def texts(self, notes: Iterable[Note], tell: Callable[[int], None] = lambda _: None) -> Iterator[list[Text]]:
        """All card texts of a package, some at a time. tell: called with how many notes were seen."""
        notes, seen = iter(notes), 0
        while some := list(islice(notes, AT_ONCE)):
            seen += len(some)
            texts = [text for note in some for text in self._texts(note)]
            with self.base.reading() as db:
                self._compare(db, texts)
            yield texts
            tell(seen)

    def _texts(self, note: Note) -> Iterator[Text]:
        cards = {card.ord: card for card in note.cards}
        if note.own_id in self._types:
            yield from self._of_course(note, cards)
            return
        base = names.block_of(note)
        for draft in note.drafts:
            if max(len(draft.question), len(draft.answer), len(draft.note)) > LONGEST_PART:
                self._leave_out(TOO_LONG)
                continue
            ord = draft.ords[0] if draft.ords else 0
            block = f"{base}-{ord + 1}" if draft.type == "basic" and ord else base
            mine = [cards[one] for one in draft.ords if one in cards]
            if mine:
                arrived = [self._arrived(card, names.card_id(block, draft.type, card.ord)) for card in mine]
                yield Text(block, self._values(note, draft, block, mine[0]), arrived)

    def _of_course(self, note: Note, cards: dict[int, Card]) -> Iterator[Text]:
        """A card of the course that went out and comes back: its history, and no copy of its text."""
        arrived = []
        for card in cards.values():
            card_id = names.card_id(note.own_id, self._types[note.own_id], card.ord)
            if card_id in self.library.cards:
                arrived.append(self._arrived(card, card_id, self.library.cards[card_id].lesson))
            else:
                self._leave_out(GONE)
        if arrived:
            yield Text(note.own_id, None, arrived)

    def _arrived(self, card: Card, card_id: str, lesson: str = "") -> Arrived:
        return Arrived(card, card_id, lesson, self._due_day(card), is_new=True)

    def _due_day(self, card: Card) -> int | None:
        zone = self.place.zone
        if card.queue == Queue.DAY_LEARNING and card.type == Kind.LEARNING and abs(card.due) < 10**6:
            return max(1, self.contents.first_day(zone) + card.due)
        return self.contents.due_day(card, zone)

    def _values(self, note: Note, draft: Draft, block: str, card: Card) -> dict[str, Any]:
        answer = "|".join(draft.accepted) if draft.type == "typed" else draft.answer
        question, answer, extra = (placed(part, self.files.address_of) for part in (draft.question, answer, draft.note))
        return {
            "user_id": self.place.user_id,
            "id": block,
            "origin": block.partition("-")[0],
            "lesson": "",
            "deck": card.deck[:LONGEST_DECK],
            "type": draft.type,
            "markup": "html",
            "question": question,
            "answer": answer,
            "note": extra,
            "tags": self._tags(note.tags),
            "created_at": self.place.at,
            "edited_at": min(moment(note.changed), self.place.at),
            "deleted_at": None,
        }

    def _tags(self, tags: Iterable[str]) -> str:
        given = list(dict.fromkeys(re.sub(r"[\s,;]+", "_", tag) for tag in tags))
        kept = [tag for tag in given if len(tag) <= LONGEST_TAG][:MOST_TAGS]
        self._leave_out(TAGS, len(given) - len(kept))
        return " ".join(kept)

    def _leave_out(self, what: str, count: int = 1) -> None:
        if count:
            self.left_out[what] = self.left_out.get(what, 0) + count

    def _compare(self, db: Session, texts: list[Text]) -> None:
        """Fill in what is here: texts, memories, rows of the log."""
        user_id = self.place.user_id
        blocks = [text.block for text in texts if text.values]
        arrived = {one.card_id: one for text in texts for one in text.cards}
        mine = select(OwnCard).where(col(OwnCard.user_id) == user_id, col(OwnCard.id).in_(blocks))
        here = {row.id: row for row in db.exec(mine)}
        for text in texts:
            text.state = _state(here.get(text.block), text)
        there = select(col(Memory.card_id)).where(
            col(Memory.user_id) == user_id, col(Memory.card_id).in_(list(arrived))
        )
        for card_id in db.exec(there):
            arrived[card_id].is_new = False
        for text in texts:
            if text.values is None and any(one.is_new for one in text.cards):
                text.state = "new"
        log = select(col(Review.card_id), col(Review.id), col(Review.at), col(Review.rating))
        for card_id, id, at, rating in db.exec(
            log.where(col(Review.user_id) == user_id, col(Review.card_id).in_(list(arrived)))
        ):
            arrived[card_id].known.append(Known(id, to_micros(at) // 1000, rating))


def _state(row: OwnCard | None, text: Text) -> State:
    if text.values is None:
        return "same"
    if row is None:
        return "new"
    if row.deleted_at:
        return "back"
    new = text.values
    names = ("type", "question", "answer", "note", "tags", "deck")
    is_newer = new["edited_at"] > row.edited_at
    return "changed" if is_newer and any(getattr(row, name) != new[name] for name in names) else "same"


def moment(seconds: int) -> datetime:
    """seconds: since 1970; what no clock shows is the nearest that one does."""
    return EPOCH + timedelta(seconds=max(0, min(seconds, LATEST)))
