"""What the cards of a learner say, as a search reads it: folded once, and again only when a text was edited."""

import html
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from curriculum.card_block import GAP
from curriculum.library import Library
from curriculum.models import OwnCard
from curriculum.search import fold

MOST_LEARNERS = 20  # whose texts are kept in memory; about 0.5 kB a card
AT_ONCE = 500
TAG = re.compile(r"<[^>]*>")
EMPHASIS = re.compile(r"[*`]+")
BETWEEN = " \x1f "  # the sides, so that no phrase reaches over the edge


@dataclass(frozen=True, slots=True)
class Text:
    """What a search looks at of one card, or of all cards of one own text; everything folded."""

    folded: str  # question and answer
    tags: tuple[str, ...]
    type: str
    origin: str = "course"  # course | own | anki | csv
    deck: str = ""

    @property
    def is_imported(self) -> bool:
        return self.origin in ("anki", "csv")


class Read(NamedTuple):
    """The columns of OwnCard that a search looks at."""

    id: str
    type: str
    markup: str
    question: str
    answer: str
    tags: str
    origin: str
    deck: str


NONE = Text("", (), "")
_course: dict[str, dict[str, Text]] = {}  # of the newest version, by its hash
_kept: OrderedDict[UUID, dict[str, tuple[Any, Text]]] = OrderedDict()
_turn = threading.Lock()


def of(db: Session, library: Library, user_id: UUID) -> dict[str, Text]:
    """The texts of the course by card, and this learner's own by the id of the text."""
    return _of_course(library) | _own(db, user_id)


def _of_course(library: Library) -> dict[str, Text]:
    kept = _course.get(library.hash)
    if kept is None:
        kept = {
            card.id: Text(
                fold(BETWEEN.join((card.title, card.back.striptags()))),
                tuple(fold(tag) for tag in card.tags),
                card.type,
            )
            for card in library.cards.values()
        }
        _course.clear()
        _course[library.hash] = kept
    return kept


def _own(db: Session, user_id: UUID) -> dict[str, Text]:
    mine = (col(OwnCard.user_id) == user_id, col(OwnCard.deleted_at).is_(None))
    stamp = sa.type_coerce(col(OwnCard.edited_at), sa.types.NullType())  # as the driver gives it: only ever compared
    stamps = {card_id: edited for card_id, edited in db.execute(sa.select(col(OwnCard.id), stamp).where(*mine))}
    with _turn:
        known = _kept.pop(user_id, {})
    fresh = {one: kept for one, kept in known.items() if stamps.get(one) == kept[0]}
    missing = [card_id for card_id in stamps if card_id not in fresh]
    columns = [col(getattr(OwnCard, name)) for name in Read._fields]
    for first in range(0, len(missing), AT_ONCE):
        some = col(OwnCard.id).in_(missing[first : first + AT_ONCE])
        for row in db.execute(sa.select(*columns).where(*mine, some)):
            read = Read(*row)
            fresh[read.id] = (stamps[read.id], _text(read))
    with _turn:
        _kept[user_id] = fresh
        while len(_kept) > MOST_LEARNERS:
            _kept.popitem(last=False)
    return {card_id: text for card_id, (_, text) in fresh.items()}


def _text(row: Read) -> Text:
    return Text(
        fold(BETWEEN.join(_plain(side, row.markup) for side in (row.question, row.answer))),
        tuple(fold(tag) for tag in row.tags.split()),
        row.type,
        row.origin,
        fold(row.deck),
    )


def _plain(side: str, markup: str) -> str:
    words = GAP.sub(lambda gap: gap["text"], side)
    return html.unescape(TAG.sub(" ", words)) if markup == "html" else EMPHASIS.sub("", words)
