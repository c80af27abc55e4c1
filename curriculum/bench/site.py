"""Sites made for the measurement, with people who are signed in: everything as shipped, whatever this machine's
settings say, and nothing of its data touched."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import sqlalchemy as sa
from flask import Flask
from flask import session as cookie
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlmodel import Session, SQLModel, col

from core import clock, startup
from core.accounts import ME, SignIn, User, create, hash_of
from core.columns import to_micros
from core.database import Database
from core.ids import uuid7
from core.settings import Settings
from curriculum import day_list
from curriculum.content import Card, Library
from curriculum.models import Learner as Pace
from curriculum.models import Memory, QueueCard, Review
from curriculum.scheduling import MODEL_VERSION, State

SHIPPED, OTHER = "FULL", "NORMAL"  # SQLite's `synchronous`; the targets are for the first
AS_A_SCRIPT = {"X-Requested-With": "woodshed", "Content-Type": "application/x-www-form-urlencoded"}
KEY = "only-for-the-measurement" * 2
Make = Callable[[Settings], Flask]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    user_id: UUID
    token: str
    uniquifier: str


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    rounds: int
    cards: int  # answers a round of the part in one process
    batch: int  # answers a round and kind at each size of the table: the day's list is about as long as limits allow
    sizes: tuple[int, ...]  # memories in the table
    most_of_one: int  # memories; a larger table is shared by several learners
    connections: int
    answers: int  # a round and connection
    hellos: int  # a round and connection

    @property
    def due(self) -> int:
        """Cards on the day's list at each size: each kind takes its batches from it, the one that warms up too."""
        return 2 * self.batch * (self.rounds + 1)


WHOLE = Scale(9, 40, 6, (1_000, 10_000, 100_000, 1_000_000), 100_000, 32, 25, 100)
QUICK = Scale(1, 6, 3, (50, 200), 100, 3, 4, 8)


def make_site(folder: Path, mode: Any, **more: Any) -> Settings:
    site = Settings.model_construct(data=folder, synchronous=mode, secret_key=KEY, **more)
    site.files.mkdir(parents=True)
    site.backups.mkdir()
    startup.migrate(site)
    return site


@contextmanager
def made(make: Make, site: Settings) -> Iterator[Flask]:
    app = make(site)
    yield app
    app.extensions["database"].engine.dispose()


def sign_up(db: Session, number: int, *, at: datetime) -> Person:
    """An account of the measurement's own, signed in for a day."""
    user = create(db, name="Bench", email=f"bench-{number}@example.com", password="", zone="UTC", at=at)
    token = f"{user.id.hex}.bench"
    ends = at + timedelta(days=1)
    hashed = hash_of(token)
    db.add(SignIn(user_id=user.id, token_hash=hashed, browser="bench", created_at=at, seen_at=at, expires_at=ends))
    db.flush()
    return Person(user.id, token, user.fs_uniquifier)


def browser_of(app: Flask, person: Person) -> tuple[FlaskClient, str]:
    """A browser in which this person is signed in, and the forgery guard of its forms."""
    client = app.test_client()
    with app.test_request_context():
        csrf_token = generate_csrf()
        raw = cookie["csrf_token"]
    with client.session_transaction() as kept:
        kept.update({"_user_id": person.uniquifier, "_fresh": True, ME: person.token, "csrf_token": raw})
    return client, csrf_token


def answer(client: FlaskClient, card_id: str, form: bytes) -> None:
    given = client.post(f"/reviews/{card_id}", data=form, headers=AS_A_SCRIPT)
    if given.status_code != 200:
        raise click.ClickException(f"An answer gave {given.status_code}: {given.text[:200]}")


# -- large tables --------------------------------------------------------------------------------------------


def silent_cards(library: Library) -> list[Card]:
    """Those that are answered by a rating alone."""
    return [card for card in library.cards.values() if card.sounding is None]


class Copies:
    """A shelf with as many cards of the course as the day's list is long, in the place of the app's own."""

    def __init__(self, library: Library, count: int) -> None:
        originals = cycle(silent_cards(library))
        names = [card_name(number) for number in range(count)]
        cards = {name: replace(next(originals), id=name, block=name) for name in names}
        self.library = replace(library, cards=cards)


def card_name(number: int) -> str:
    return f"z{number:07d}"


def fill(base: Database, library: Library, size: int, scale: Scale, *, at: datetime) -> tuple[Person, list[str]]:
    """Put `size` memories, each reviewed once, into an empty table. Returns a learner, and her cards that are due.

    Learners own `scale.most_of_one` memories each, or all there are.
    """
    with base.writing() as db:
        people = [sign_up(db, number, at=at) for number in range(-(-size // scale.most_of_one))]
        learner = people[len(people) // 2]  # her rows lie in the midst of the others'
        table, log = (SQLModel.metadata.tables[name] for name in ("memory", "review"))
        indexes = [index for one in (table, log) for index in one.indexes]
        for index in indexes:
            index.drop(db.connection())
        for person in people:
            _remember(db, person, min(size, scale.most_of_one), scale.due if person is learner else 0, at)
        for index in indexes:
            index.create(db.connection())
    with base.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with base.writing() as db:
        return learner, build_list(db, library, learner.user_id, reviews=scale.due, at=at)


def build_list(
    db: Session, library: Library, user_id: UUID, *, new: int = 0, reviews: int = 0, at: datetime
) -> list[str]:
    """The cards on the day's list, in its order."""
    db.merge(Pace(user_id=user_id, new_a_day=new, reviews_a_day=reviews))
    db.flush()
    day_list.build(db, library, user_id, "UTC", at=at)
    mine = sa.select(col(QueueCard.card_id)).where(col(QueueCard.user_id) == user_id)
    return list(db.scalars(mine.order_by(col(QueueCard.position))))


def _remember(db: Session, person: Person, count: int, due: int, at: datetime) -> None:
    """Memories in review, the first `due` of them due today and the others on the days of a year."""
    numbers = count_to(count)
    number, day_length = numbers.c.number, 86_400_000_000
    before, now = at - timedelta(days=10), to_micros(at)
    name = sa.func.printf("z%07d", number)
    shown = {
        "user_id": sa.literal(person.user_id, User.__table__.c.id.type),  # type: ignore[attr-defined]
        "card_id": name,
        "lesson": "lesson-" + sa.cast(number % 50, sa.String),
        "state": int(State.REVIEW),
        "days": 10,
        "stability": 10.0 + number % 17,
        "difficulty": 5.0 + number % 5,
        "added_at": to_micros(before),
        "due_at": sa.case((number < due, now), else_=now + (1 + number * 7919 % 365) * day_length),
        "reviewed_at": to_micros(before),
        "reviewed_day": clock.study_day(before, "UTC"),
        "reps": 3,
    }
    logged = {
        **{name: shown[name] for name in ("user_id", "card_id", "days")},
        "id": sa.func.printf("%032x", number),
        "at": to_micros(before),
        "day": clock.study_day(before, "UTC"),
        "utc_offset": 0,
        "rating": 3,
        "model": MODEL_VERSION,
        "state_before": int(State.NEW),
        "due_before": to_micros(before),
        "due_after": now,
    }
    insert_rows(db, Memory, shown, numbers)
    insert_rows(db, Review, logged, numbers)


def count_to(count: int) -> sa.CTE:
    """The numbers from 0 up to it, as a table with the column `number`."""
    first = sa.select(sa.literal_column("0").label("number")).cte("numbers", recursive=True)
    return first.union_all(sa.select(first.c.number + 1).where(first.c.number < count - 1))


def insert_rows(db: Session, model: type[SQLModel], values: dict[str, Any], numbers: sa.CTE) -> None:
    """A row for each number. values: by column, as SQLite keeps them, or made of `numbers.c.number`; what is left out
    is null or the model's default."""
    table = model.__table__  # type: ignore[attr-defined]
    columns = [column for column in table.c if column.name in values or not column.nullable]
    chosen = [_literal(values.get(one.name, model.model_fields[one.name].default)) for one in columns]
    db.execute(sa.insert(table).from_select(columns, sa.select(*chosen).select_from(numbers)))


def _literal(value: Any) -> Any:
    """As it stands in the file: the columns' types would make moments and ids of these."""
    if isinstance(value, sa.ColumnElement):
        return value
    return sa.literal_column(f"'{value}'" if isinstance(value, str) else str(int(value)))


def filled_form(csrf_token: str, rating: int) -> bytes:
    """What the page's script sends with one press of a key."""
    return f"csrf_token={csrf_token}&id={uuid7()}&rating={rating}&seconds=5".encode()
