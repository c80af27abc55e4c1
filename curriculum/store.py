"""The hot path, answering a review: with `statements`, the one room with SQL by hand.

The statements are compiled once for the database in use, and run on raw driver connections. SQLite: one
transaction that starts with BEGIN IMMEDIATE. PostgreSQL: two round trips, a SELECT and one statement that updates,
logs and finds the next card. Only `curriculum.reviews` calls this; it commits for itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from core.columns import to_micros
from core.database import Database
from curriculum import statements
from curriculum.cards import OwnText, block_of, is_own
from curriculum.statements import Statement

LEARN_AHEAD = timedelta(minutes=20)  # a learning step may be answered this much early when nothing else is left


class CardRow(NamedTuple):
    """What the memory table holds of a card; moments in microseconds since 1970."""

    card_id: str
    state: int
    step: int | None
    stability: float | None
    difficulty: float | None
    reviewed_at: int | None
    reviewed_day: int | None
    due_at: int
    reps: int
    lapses: int
    seed: int
    aside: int


class Asked(NamedTuple):
    """Who answers which card."""

    zone: str
    plan: tuple[Any, ...]  # columns `statements.PLAN` of Learner
    card: CardRow | None  # None: not among this learner's cards
    known: tuple[str, int] | None  # card id and rating of the review with this id, when it was logged before


class Next(NamedTuple):
    """The card that comes next, and how far the day's list is."""

    card: CardRow | None
    is_early: bool  # a learning step that is not due yet
    left: int  # on the day's list, from the first that is not answered on; learning steps not counted
    total: int  # on the day's list when it was whole
    text: OwnText | None = None  # of one of the learner's own cards


class Store:
    """The hot path's way into one database."""

    def __init__(self, base: Database) -> None:
        self.base = base
        self.is_sqlite = base.is_sqlite
        if self.is_sqlite:
            self.engine, dialect = base.engine, base.engine.dialect
            self.pen: Any = None  # a connection kept for answers: whoever has the writer's turn has it, too
            sa.event.listen(self.engine, "engine_disposed", self._put_down)
        else:  # a small pool of its own in autocommit: each statement is one round trip
            self.engine = base.new_engine(isolation_level="AUTOCOMMIT", pool_size=4, max_overflow=4)
            dialect = self.engine.dialect
        self.ask = Statement(statements.ask(), dialect)
        self.find_plan = Statement(statements.plan(), dialect)
        self.find_own = Statement(statements.own(), dialect)
        self.find_next = Statement(statements.following(sa.bindparam("not_card")), dialect)
        if self.is_sqlite:
            self.writes = [
                Statement(part, dialect) for part in (statements.log(), statements.move(), statements.take_off())
            ]
            self.write_heard = Statement(statements.heard(), dialect)
        else:
            self.write_all = Statement(statements.write_all(), dialect)
            self.write_all_heard = Statement(statements.write_all(sounded=True), dialect)

    def next(self, user_id: UUID, day: int, at: datetime) -> Next:
        """The next card of this learner's study day."""
        with self._cursor() as cursor:
            given = {**self._moment(user_id, day, at), "not_card": ""}
            return self.with_text(cursor, user_id, _as_next(self.find_next.run(cursor, given).fetchall()))

    def plan(self, user_id: UUID) -> tuple[Any, ...]:
        """The columns `statements.PLAN` of this learner; all None for somebody who never said anything."""
        with self._cursor() as cursor:
            row = self.find_plan.run(cursor, {"user_id": self.uuid(user_id)}).fetchone()
        return row or (None,) * len(statements.PLAN)

    def with_text(self, cursor: Any, user_id: UUID, following: Next) -> Next:
        """The next card with its text, when it is one of the learner's own."""
        if following.card is None or not is_own(following.card.card_id):
            return following
        given = {"user_id": self.uuid(user_id), "block": block_of(following.card.card_id)}
        row = self.find_own.run(cursor, given).fetchone()
        return following._replace(text=OwnText(*row) if row else None)

    @contextmanager
    def turn(self) -> Iterator["Turn"]:
        """One answer: everything inside is one transaction, acknowledged only when this ends without an error."""
        if not self.is_sqlite:
            with self._cursor() as cursor:
                yield Turn(self, cursor)
            return
        left = self.base.take_turn()
        try:
            cursor = self._take_up()
            cursor.execute(f"PRAGMA busy_timeout={left}")
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield Turn(self, cursor)
                cursor.execute("COMMIT")
            except BaseException:
                if cursor.connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise
        except self.engine.dialect.loaded_dbapi.OperationalError as error:
            self._put_down(self.engine)  # whatever is wrong with it, the next answer opens the file anew
            raise sa.exc.OperationalError(None, None, error) from error
        finally:
            self.base.write_lock.release()

    def _take_up(self) -> Any:
        """A cursor of the kept connection, which spares a trip to the pool and keeps its pages from turn to turn."""
        if self.pen is None:
            connection = self.engine.raw_connection()
            self.pen = connection.driver_connection
            connection.detach()
        return self.pen.cursor()

    def _put_down(self, _engine: sa.Engine) -> None:
        if self.pen is not None:
            self.pen.close()
            self.pen = None

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()
        except self.engine.dialect.loaded_dbapi.OperationalError as error:
            raise sa.exc.OperationalError(None, None, error) from error
        finally:
            connection.close()

    def uuid(self, value: UUID) -> Any:
        """An id as the database keeps it: 32 hex letters in SQLite."""
        return value.hex if self.is_sqlite else value

    def moment(self, at: datetime) -> Any:
        """A moment as the ordinary tables keep it (the hot tables keep microseconds)."""
        return at.isoformat(" ", "microseconds")[:26] if self.is_sqlite else at

    def _moment(self, user_id: UUID, day: int, at: datetime) -> dict[str, Any]:
        now = to_micros(at)
        return {"user_id": self.uuid(user_id), "day": day, "now": now, "ahead": now + _AHEAD}


@dataclass(slots=True)
class Turn:
    """The statements of one answer, in order: `asked`, then `write`."""

    store: Store
    cursor: Any

    def asked(
        self, user_id: UUID, token_hash: str, *, card_id: str, review_id: UUID, at: datetime, idle_before: datetime
    ) -> Asked | None:
        """Who asks, the card's memory, and whether this review is known; None when the sign-in is over."""
        store = self.store
        row = store.ask.run(
            self.cursor,
            {
                "user_id": store.uuid(user_id),
                "token_hash": token_hash,
                "card_id": card_id,
                "review_id": store.uuid(review_id),
                "at": store.moment(at),
                "idle_before": store.moment(idle_before),
            },
        ).fetchone()
        if row is None:
            return None
        card = CardRow(*row[9:]) if row[9] is not None else None
        return Asked(row[0], tuple(row[3:9]), card, (row[1], row[2]) if row[1] is not None else None)

    def write(
        self,
        user_id: UUID,
        day: int,
        at: datetime,
        values: dict[str, Any],
        *,
        reps: int,
        heard: dict[str, Any] | None = None,
    ) -> Next | None:
        """Log the answer, move the memory, take the card off the day's list, find the next one.

        values: the columns of Review as `review_values` makes them, and of Memory with "new_" before each name.
        reps: as it was read. heard: the columns of EarAnswer, of a card that sounds. None: another answer came first,
        or this id was given to one, and nothing was written.
        """
        store = self.store
        given = {
            **values,
            **store._moment(user_id, day, at),
            "id": store.uuid(values["id"]),
            "cancels": None,
            "reps_read": reps,
            "not_card": values["card_id"],
        }
        if heard is not None:
            given |= {statements.EAR + name: value for name, value in heard.items()}
            given[f"{statements.EAR}id"] = given["id"]
        if not store.is_sqlite:
            write_all = store.write_all if heard is None else store.write_all_heard
            try:
                rows = write_all.run(self.cursor, given).fetchall()
            except store.engine.dialect.loaded_dbapi.IntegrityError:
                return None
            return store.with_text(self.cursor, user_id, _as_next([row[1:] for row in rows])) if rows[0][0] else None
        for statement in store.writes:
            if statement.run(self.cursor, given).rowcount == 0 and statement is not store.writes[-1]:
                return None
        if heard is not None:
            store.write_heard.run(self.cursor, given)
        return store.with_text(self.cursor, user_id, _as_next(store.find_next.run(self.cursor, given).fetchall()))


_AHEAD = LEARN_AHEAD // timedelta(microseconds=1)


@lru_cache(maxsize=8)
def of(base: Database) -> Store:
    """The store of a database, compiled once."""
    return Store(base)


def _as_next(rows: list[Any]) -> Next:
    """rows: what `statements.following` finds, one or two; the lower tier comes first."""
    tier, last, _, *card = min(rows, key=itemgetter(0))
    total = last or 0
    left = next((total - row[2] + 1 for row in rows if row[0] == 1), 0)
    return Next(CardRow(*card) if tier is not None else None, tier == 2, left, total)
