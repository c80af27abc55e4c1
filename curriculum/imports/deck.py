"""A deck package from Anki: looked at before anything is written, then brought in, in one step."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from core.accounts import User
from core.database import Database, was_given_up
from core.errors import Busy
from core.storage import Storage
from curriculum import plans
from curriculum.anki import reading
from curriculum.anki.package import Unplaced
from curriculum.anki.reading import Package
from curriculum.imports import history, media
from curriculum.imports.history import Place
from curriculum.imports.media import Files
from curriculum.imports.merge import Counts, Prepared, write
from curriculum.imports.sorting import Sorter, Text
from curriculum.library import Library

MOST_DECKS_NAMED = 100
TRIES = 3


class Tell(Protocol):
    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None: ...


@dataclass(slots=True)
class Steps:
    """Says how far it is, and says it again while nothing new can be told: whoever wants it to end is heard."""

    tell: Tell
    said: tuple[str, int, int] = ("Opening the file", 0, 0)

    def say(self, stage: str, done: int = 0, total: int = 0) -> None:
        self.said = (stage, done, total)
        self.tell(*self.said)

    def again(self) -> bool:
        self.tell(*self.said)
        return False

    def of(self, stage: str, total: int) -> Callable[[int], None]:
        return lambda done: self.say(stage, min(done, total), total)


@dataclass(frozen=True, slots=True)
class Deck:
    """A file that somebody wants to bring in."""

    base: Database
    library: Library
    place: Place
    path: Path
    name: str  # as its owner calls it


def place_of(db: Session, user_id: UUID, *, at: datetime) -> Place:
    user = db.get_one(User, user_id)
    return Place(user_id, user.zone, plans.of(plans.learner(db, user_id)), at)


def look(deck: Deck, tell: Tell) -> dict[str, Any]:
    """What the package holds and what of it is new here, as plain values to be kept. Raises Refused."""
    steps = Steps(tell)
    with _opened(deck, steps) as package:
        files = _media(package, None, steps)
        sorter = _sorter(deck, package, files)
        counts, decks = Counts(), Counter[str]()
        for text in _texts(sorter, package, steps, "Comparing with your cards"):
            decks.update(card.card.deck for card in text.cards)
            counts.add(text, sum(history.missing(one.card, one.card_id, one.known, deck.place) for one in text.cards))
        return _summary(deck, package, sorter, counts) | {"decks": sorted(decks.items())[:MOST_DECKS_NAMED]}


def bring(
    deck: Deck, storage: Storage, tell: Tell, end: Callable[[Session, Mapping[str, Any]], None] = lambda *_: None
) -> dict[str, Any]:
    """Bring the package in: all of it or nothing. Returns what `look` says of it.

    end: called in the same transaction, with what is returned.
    """
    steps = Steps(tell)
    with _opened(deck, steps) as package:
        files = _media(package, storage, steps)
        sorter = _sorter(deck, package, files)
        prepared = Prepared()
        try:
            stage, total = "Working out when each card comes back", package.contents.notes
            for texts in sorter.texts(package.notes(), steps.of(stage, total)):
                prepared.add(texts, deck.place)
            result = _summary(deck, package, sorter, prepared.counts)
            _commit(deck, prepared, files, steps, lambda db: end(db, result))
        finally:
            prepared.close()
    return result


def _commit(deck: Deck, prepared: Prepared, files: Files, steps: Steps, end: Callable[[Session], None]) -> None:
    tell = steps.of("Writing your cards", prepared.counts.cards)
    for last in range(TRIES):
        try:
            tell(0)
            with deck.base.writing() as db:
                write(db, deck.place, prepared, files, tell)
                end(db)
            return
        except (Busy, OperationalError) as fault:
            if last == TRIES - 1 or (isinstance(fault, OperationalError) and not was_given_up(fault)):
                raise


@contextmanager
def _opened(deck: Deck, steps: Steps) -> Iterator[Package]:
    steps.say("Opening the file")

    def read(done: int, total: int) -> None:
        steps.say("Reading the notes", done, total)

    with reading.opened(deck.path, deck.name, progress_to=read, is_cancelled=steps.again) as package:
        yield package


def _media(package: Package, storage: Storage | None, steps: Steps) -> Files:
    wanted = {name for note in package.notes() for name in note.media}
    return media.receive(package.media(wanted), storage, steps.of("Looking at pictures and sounds", len(wanted)))


def _sorter(deck: Deck, package: Package, files: Files) -> Sorter:
    return Sorter(deck.base, deck.place, deck.library, package.contents, files)


def _texts(sorter: Sorter, package: Package, steps: Steps, stage: str) -> Iterator[Text]:
    for texts in sorter.texts(package.notes(), steps.of(stage, package.contents.notes)):
        yield from texts


def _summary(deck: Deck, package: Package, sorter: Sorter, counts: Counts) -> dict[str, Any]:
    contents, files = package.contents, sorter.files
    return {
        "name": deck.name,
        "notes": contents.notes,
        "cards": counts.cards,
        "reviews": contents.reviews,
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
        "back": counts.back,
        "new_reviews": counts.reviews,
        "pictures": files.count("image"),
        "sounds": files.count("audio"),
        "unplaced": [
            [one.what, one.count]
            for one in (
                *contents.unplaced,
                *(Unplaced(what, count) for what, count in files.refused.items()),
                *(Unplaced(what, count) for what, count in sorter.left_out.items()),
            )
        ],
    }


def sentence(result: Mapping[str, Any]) -> str:
    """What came in, for the person who asked for it."""
    new, changed = result["new"], result["changed"] + result["back"]
    parts = [f"{_count(new, 'new card')}"]
    if changed:
        parts.append(f"{changed:,} with a new text")
    if result["same"]:
        parts.append(f"{result['same']:,} as they were")
    answers = _count(result["new_reviews"], "answer")
    return f"{result['name']} is here: {', '.join(parts)}; {answers} joined your history."


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
