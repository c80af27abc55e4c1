"""The statements of the hot path, answering a review: the one room with SQL by hand.

Written as SQLAlchemy Core, compiled once for the database in use, and run on raw driver connections. SQLite: one
transaction that starts with BEGIN IMMEDIATE. PostgreSQL: two round trips, a SELECT and one statement that updates,
logs and finds the next card. Only `curriculum.reviews` calls this; it commits for itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from core.accounts import SignIn, User
from core.columns import to_micros
from core.database import Database
from curriculum.cards import OwnText, block_of, is_own
from curriculum.models import IN_STEPS

LEARN_AHEAD = timedelta(minutes=20)  # a learning step may be answered this much early when nothing else is left
memory, review, queue, learner, own_card = (
    SQLModel.metadata.tables[name] for name in ("memory", "review", "queue_card", "learner", "own_card")
)
CARD = (
    "card_id",
    "state",
    "step",
    "stability",
    "difficulty",
    "reviewed_at",
    "reviewed_day",
    "due_at",
    "reps",
    "lapses",
    "seed",
    "aside",
)
PLAN = ("retention", "weights", "easy_days", "pauses", "loads", "loads_from")  # as `plans.of_kept` takes them


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
    plan: tuple[Any, ...]  # columns PLAN of Learner
    card: CardRow | None  # None: not among this learner's cards
    known: tuple[str, int] | None  # card id and rating of the review with this id, when it was logged before


class Next(NamedTuple):
    """The card that comes next, and how far the day's list is."""

    card: CardRow | None
    is_early: bool  # a learning step that is not due yet
    left: int  # on the day's list, learning steps not counted
    total: int  # on the day's list when it was whole
    text: OwnText | None = None  # of one of the learner's own cards


class Statement:
    """A Core statement compiled for one dialect."""

    def __init__(self, statement: Any, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        names = getattr(compiled, "positiontup", None)
        self.given: Callable[[dict[str, Any]], Any] = dict
        if names:
            self.given = itemgetter(*names) if len(names) > 1 else lambda values: (values[names[0]],)

    def run(self, cursor: Any, values: dict[str, Any]) -> Any:
        """values: the statement's parameters by name; others among them are left alone."""
        return cursor.execute(self.sql, self.given(values))


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
        self.ask = Statement(_ask(), dialect)
        self.find_plan = Statement(_plan(), dialect)
        self.find_own = Statement(_own(), dialect)
        self.find_next = Statement(_next(sa.bindparam("not_card")), dialect)
        if self.is_sqlite:
            self.writes = [Statement(part, dialect) for part in (_log(), _move(), _take_off())]
        else:
            self.write_all = Statement(_write_all(), dialect)

    def next(self, user_id: UUID, day: int, at: datetime) -> Next:
        """The next card of this learner's study day."""
        with self._cursor() as cursor:
            given = {**self._moment(user_id, day, at), "not_card": ""}
            return self.with_text(cursor, user_id, _as_next(self.find_next.run(cursor, given).fetchall()))

    def plan(self, user_id: UUID) -> tuple[Any, ...]:
        """The columns PLAN of this learner; all None for somebody who never said anything."""
        with self._cursor() as cursor:
            row = self.find_plan.run(cursor, {"user_id": self.uuid(user_id)}).fetchone()
        return row or (None,) * len(PLAN)

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

    def write(self, user_id: UUID, day: int, at: datetime, values: dict[str, Any], *, reps: int) -> Next | None:
        """Log the answer, move the memory, take the card off the day's list, find the next one.

        values: the columns of Review as `review_values` makes them, and of Memory with "new_" before each name.
        reps: as it was read. None: another answer came first, or this id was given to one, and nothing was written.
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
        if not store.is_sqlite:
            try:
                rows = store.write_all.run(self.cursor, given).fetchall()
            except store.engine.dialect.loaded_dbapi.IntegrityError:
                return None
            return store.with_text(self.cursor, user_id, _as_next([row[1:] for row in rows])) if rows[0][0] else None
        for statement in store.writes:
            if statement.run(self.cursor, given).rowcount == 0 and statement is not store.writes[-1]:
                return None
        return store.with_text(self.cursor, user_id, _as_next(store.find_next.run(self.cursor, given).fetchall()))


_AHEAD = LEARN_AHEAD // timedelta(microseconds=1)


@lru_cache(maxsize=8)
def of(base: Database) -> Store:
    """The store of a database, compiled once."""
    return Store(base)


def _as_next(rows: list[Any]) -> Next:
    """rows: what `_next` finds, one or two; the lower tier comes first."""
    tier, left, total, *card = min(rows, key=itemgetter(0))
    return Next(CardRow(*card) if tier is not None else None, tier == 2, left, total)


def _ask() -> Any:
    signed, person = SignIn.__table__, User.__table__  # type: ignore[attr-defined]
    who = sa.bindparam("user_id", type_=sa.types.NullType())
    known = sa.and_(review.c.user_id == person.c.id, review.c.id == _plain("review_id"))
    return (
        sa.select(
            person.c.zone,
            review.c.card_id,
            review.c.rating,
            *(learner.c[name] for name in PLAN),
            *(memory.c[name] for name in CARD),
        )
        .select_from(signed)
        .join(person, person.c.id == signed.c.user_id)
        .outerjoin(learner, learner.c.user_id == person.c.id)
        .outerjoin(memory, sa.and_(memory.c.user_id == person.c.id, memory.c.card_id == _plain("card_id")))
        .outerjoin(review, known)
        .where(
            signed.c.user_id == who,
            signed.c.token_hash == _plain("token_hash"),
            signed.c.ended_at.is_(None),
            signed.c.expires_at > _plain("at"),
            signed.c.seen_at > _plain("idle_before"),
            person.c.active.is_(sa.true()),
        )
    )


def _plan() -> Any:
    return sa.select(*(learner.c[name] for name in PLAN)).where(learner.c.user_id == _plain("user_id"))


def _own() -> Any:
    mine = (own_card.c.user_id == _plain("user_id"), own_card.c.id == _plain("block"))
    return sa.select(*(own_card.c[name] for name in OwnText._fields)).where(*mine, own_card.c.deleted_at.is_(None))


def _next(not_card: Any) -> Any:
    """The first learning step, due (tier 0) or due soon (2), and the first card on the list (1): a row each with how
    far the list is; one row without a card when there is neither."""
    user, ahead, now = _plain("user_id"), _plain("ahead"), _plain("now")
    columns = [memory.c[name] for name in CARD]
    tier = sa.case((memory.c.due_at <= now, _number(0)), else_=_number(2))
    step = (
        sa.select(tier.label("tier"), *columns)
        .where(memory.c.user_id == user, IN_STEPS, memory.c.due_at <= ahead, memory.c.card_id != not_card)
        .where(memory.c.aside == _number(0), sa.func.coalesce(memory.c.buried_day, _number(0)) != _plain("day"))
        .order_by(memory.c.due_at)
        .limit(_number(1))
        .offset(_number(0))
        .subquery("step")
    )
    on_list = sa.and_(queue.c.user_id == user, queue.c.day == _plain("day"), queue.c.answered_by.is_(None))
    is_open = sa.or_(memory.c.state != _number(2), memory.c.reviewed_day != _plain("day"))  # a list made meanwhile
    listed = (
        sa.select(_number(1).label("tier"), *columns)
        .select_from(
            queue.join(memory, sa.and_(memory.c.user_id == queue.c.user_id, memory.c.card_id == queue.c.card_id))
        )
        .where(on_list, queue.c.card_id != not_card, is_open)
        .order_by(queue.c.position)
        .limit(_number(1))
        .offset(_number(0))
        .subquery("listed")
    )
    either = sa.union_all(sa.select(step), sa.select(listed)).subquery("either")
    of_day = sa.and_(queue.c.user_id == user, queue.c.day == _plain("day"))
    is_left = sa.and_(queue.c.answered_by.is_(None), queue.c.card_id != not_card)
    left, in_all = sa.func.count(sa.case((is_left, _number(1)))), sa.func.count()
    counts = sa.select(left.label("left_over"), in_all.label("in_all")).where(of_day).subquery("counts")
    return sa.select(either.c.tier, *counts.c, *(either.c[name] for name in CARD)).select_from(
        counts.outerjoin(either, sa.true())
    )


def _log() -> Any:
    values = {column.name: _plain(column.name) for column in review.c}
    return sqlite.insert(review).values(**values).on_conflict_do_nothing()


def _move() -> Any:
    model = ("state", "step", "stability", "difficulty", "due_at", "reviewed_at", "reviewed_day")
    moved = (*model, "lapses", "days", "seed", "aside")
    return (
        sa.update(memory)
        .where(
            memory.c.user_id == _plain("user_id"),
            memory.c.card_id == _plain("card_id"),
            memory.c.reps == _plain("reps_read"),
        )
        .values(reps=_plain("reps_read") + _number(1), **{name: _plain(f"new_{name}") for name in moved})
    )


def _take_off() -> Any:
    return (
        sa.update(queue)
        .where(queue.c.user_id == _plain("user_id"), queue.c.day == _plain("day"), queue.c.card_id == _plain("card_id"))
        .values(answered_by=_plain("id"))
    )


def _write_all() -> Any:
    """PostgreSQL: the parts of one statement see the state before it, so the next-card part leaves the answered out."""
    moved = _move().returning(memory.c.card_id).cte("moved")
    columns = [column.name for column in review.c]
    logged = (
        postgresql.insert(review)
        .from_select(columns, sa.select(*(sa.cast(_plain(c.name), c.type) for c in review.c)).select_from(moved))
        .returning(review.c.id)
        .cte("logged")
    )
    taken = _take_off().where(sa.exists(sa.select(moved.c.card_id))).returning(queue.c.card_id).cte("taken")
    found = _next(_plain("not_card")).subquery("found")
    count = sa.select(sa.func.count()).select_from(moved).scalar_subquery()
    return sa.select(count.label("moved_rows"), *found.c).add_cte(logged, taken)


def _plain(name: str) -> Any:
    """A parameter that the driver gets as it is: no type of SQLAlchemy's stands between."""
    return sa.bindparam(name, type_=sa.types.NullType())


def _number(value: int) -> Any:
    """A number written into the statement, so that it is no parameter."""
    return sa.literal_column(str(value), sa.Integer)
