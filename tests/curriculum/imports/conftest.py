"""Decks as somebody brings them, made with our own writer, and Ada who takes them in."""

import contextlib
import importlib
import io
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core import confined
from core.accounts import User
from core.database import Database
from core.storage import Storage
from curriculum import packages
from curriculum.anki import write
from curriculum.anki.package import Kind, Review
from curriculum.anki.write import OutCard, OutNote
from curriculum.imports import deck as decks
from curriculum.imports.deck import Deck
from curriculum.library import Library
from tests.times import DAY, MONDAY

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 50
MP3 = b"ID3\3" + bytes(range(256))
TODAY = MONDAY.date().toordinal()
FIRST = TODAY - 100


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def history(*answers: tuple[float, int], begun: datetime = MONDAY - 60 * DAY) -> tuple[Review, ...]:
    """Answers as (days after the first, rating). Each interval is as long as the gap that follows."""
    found = []
    for number, (days, ease) in enumerate(answers):
        ahead = answers[number + 1][0] - days if number + 1 < len(answers) else 12
        interval = round(ahead) or -600
        found.append(Review(ms(begun + days * DAY), ease, interval, 0, 500, 4000, 1 if number > 1 else 0))
    return tuple(found)


def note(name: str, question: str = "", answer: str = "", **more: Any) -> OutNote:
    values: dict[str, Any] = {
        "type": "basic",
        "front": question or f"What is {name}?",
        "back": answer or f"It is {name}.",
    }
    values |= {"guid": name, "deck": "Jazz::Harmony", "created_at": ms(MONDAY - 90 * DAY)}
    values |= {"changed": ms(MONDAY - 80 * DAY) // 1000}
    return OutNote("", **(values | more))


def learnt(name: str, *, due_in: int = 5, answers: tuple[Review, ...] | None = None, **more: Any) -> OutNote:
    """A note with one card in review, due so many days from Monday."""
    rows = history((0, 3), (0.01, 3), (3, 3), (12, 3), (30, 3)) if answers is None else answers
    card = OutCard(0, Kind.REVIEW, due_day=TODAY + due_in, interval=35, reps=len(rows), reviews=rows)
    return note(name, cards=(replace(card, **more.pop("card", {})),), **more)


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Path]:
    """`package(note, note)`: a file of these notes."""
    made: list[Path] = []

    def make(*notes: OutNote, media: Iterable[tuple[str, bytes]] = ()) -> Path:
        path = tmp_path / f"deck-{len(made)}.apkg"
        made.append(path)
        files = [(name, io.BytesIO(octets)) for name, octets in media]
        write.package(path, notes, files, first_day=FIRST, west=-60)
        return path

    return make


@pytest.fixture(autouse=True)
def forked_children(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The children that read packages are forks of the test, which need no second to start; but where it says so."""
    if hasattr(os, "fork") and "real_children" not in request.fixturenames:
        monkeypatch.setattr(confined, "run", run_forked)


def run_forked(
    module: str, *arguments: str, folder: Path, seconds: float, meanwhile: Callable[[], None] | None = None
) -> confined.Ended:
    main = importlib.import_module(module).main
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if not child:
            os.chdir(folder)
            os.dup2(said.fileno(), 1)
            sys.stdout = os.fdopen(1, "w")
            with contextlib.suppress(BaseException):
                main(*arguments)
                sys.stdout.flush()
            os._exit(0)
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if meanwhile:
                try:
                    meanwhile()
                except BaseException:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    raise
            time.sleep(0.005)
        said.seek(0)
        return confined.Ended(0, said.read(confined.SAID), b"")


class Taker:
    """Somebody who brings decks in and takes them out."""

    def __init__(self, db: Session, base: Database, library: Library, storage: Storage, person: User) -> None:
        self.db, self.base, self.library, self.storage, self.user_id = db, base, library, storage, person.id
        self.told: list[tuple[str, int, int]] = []

    def deck(self, path: Path, at: datetime = MONDAY) -> Deck:
        self.db.rollback()  # a look at Ada may have taken the pen
        with self.base.reading() as db:
            place = decks.place_of(db, self.user_id, at=at)
        return Deck(self.base, self.library, place, path, path.name)

    def look(self, path: Path, *, at: datetime = MONDAY) -> dict[str, Any]:
        return decks.look(self.deck(path, at), self.tell)

    def bring(self, path: Path, *, at: datetime = MONDAY, tell: Any = None) -> dict[str, Any]:
        return decks.bring(self.deck(path, at), self.storage, tell or self.tell)

    def take_out(self, path: Path, track: str = "", *, at: datetime = MONDAY) -> write.Written:
        with self.base.reading() as db:
            place = decks.place_of(db, self.user_id, at=at)
            return packages.write(db, self.library, self.storage, place, path, track)

    def tell(self, stage: str, done: int = 0, total: int = 0) -> None:
        self.told.append((stage, done, total))


@pytest.fixture
def taker(base: Database, db: Session, library: Library, storage: Storage, ada: User) -> Taker:
    return Taker(db, base, library, storage, ada)
