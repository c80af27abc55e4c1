"""The statements of the hot path, as SQLAlchemy Core: compiled once for the database in use (`store`)."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from core.accounts import SignIn, User
from curriculum.cards import OwnText
from curriculum.models import IN_STEPS

memory, review, queue, learner, own_card, ear_answer = (
    SQLModel.metadata.tables[name] for name in ("memory", "review", "queue_card", "learner", "own_card", "ear_answer")
)
EAR = "ear_"  # before the names of an ear answer's parameters, since some are called like the review's
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


def ask() -> Any:
    signed, person = SignIn.__table__, User.__table__  # type: ignore[attr-defined]
    who = sa.bindparam("user_id", type_=sa.types.NullType())
    known = sa.and_(review.c.user_id == person.c.id, review.c.id == plain("review_id"))
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
        .outerjoin(memory, sa.and_(memory.c.user_id == person.c.id, memory.c.card_id == plain("card_id")))
        .outerjoin(review, known)
        .where(
            signed.c.user_id == who,
            signed.c.token_hash == plain("token_hash"),
            signed.c.ended_at.is_(None),
            signed.c.expires_at > plain("at"),
            signed.c.seen_at > plain("idle_before"),
            person.c.active.is_(sa.true()),
        )
    )


def plan() -> Any:
    return sa.select(*(learner.c[name] for name in PLAN)).where(learner.c.user_id == plain("user_id"))


def own() -> Any:
    mine = (own_card.c.user_id == plain("user_id"), own_card.c.id == plain("block"))
    return sa.select(*(own_card.c[name] for name in OwnText._fields)).where(*mine, own_card.c.deleted_at.is_(None))


def following(not_card: Any) -> Any:
    """The first learning step, due (tier 0) or due soon (2), and the first card on the list (1) with its place: a row
    each, and beside it the list's last place; one row without a card when there is neither. Nothing here counts: a
    day's list may be long."""
    user, ahead, now = plain("user_id"), plain("ahead"), plain("now")
    columns = [memory.c[name] for name in CARD]
    tier = sa.case((memory.c.due_at <= now, number(0)), else_=number(2))
    step = (
        sa.select(tier.label("tier"), number(0).label("position"), *columns)
        .where(memory.c.user_id == user, IN_STEPS, memory.c.due_at <= ahead, memory.c.card_id != not_card)
        .where(memory.c.aside == number(0), sa.func.coalesce(memory.c.buried_day, number(0)) != plain("day"))
        .order_by(memory.c.due_at)
        .limit(number(1))
        .offset(number(0))
        .subquery("step")
    )
    on_list = sa.and_(queue.c.user_id == user, queue.c.day == plain("day"), queue.c.answered_by.is_(None))
    is_open = sa.or_(memory.c.state != number(2), memory.c.reviewed_day != plain("day"))  # a list made meanwhile
    listed = (
        sa.select(number(1).label("tier"), queue.c.position, *columns)
        .select_from(
            queue.join(memory, sa.and_(memory.c.user_id == queue.c.user_id, memory.c.card_id == queue.c.card_id))
        )
        .where(on_list, queue.c.card_id != not_card, is_open)
        .order_by(queue.c.position)
        .limit(number(1))
        .offset(number(0))
        .subquery("listed")
    )
    either = sa.union_all(sa.select(step), sa.select(listed)).subquery("either")
    of_day = sa.and_(queue.c.user_id == user, queue.c.day == plain("day"))
    last = sa.select(sa.func.max(queue.c.position).label("last")).where(of_day).subquery("last_place")
    found = (either.c.tier, last.c.last, either.c.position, *(either.c[name] for name in CARD))
    return sa.select(*found).select_from(last.outerjoin(either, sa.true()))


def log() -> Any:
    values = {column.name: plain(column.name) for column in review.c}
    return sqlite.insert(review).values(**values).on_conflict_do_nothing()


def heard() -> Any:
    return sqlite.insert(ear_answer).values(**{column.name: _of_ear(column.name) for column in ear_answer.c})


def _of_ear(name: str) -> Any:
    return plain("user_id" if name == "user_id" else EAR + name)


def move() -> Any:
    model = ("state", "step", "stability", "difficulty", "due_at", "reviewed_at", "reviewed_day")
    moved = (*model, "lapses", "days", "seed", "aside")
    return (
        sa.update(memory)
        .where(
            memory.c.user_id == plain("user_id"),
            memory.c.card_id == plain("card_id"),
            memory.c.reps == plain("reps_read"),
        )
        .values(reps=plain("reps_read") + number(1), **{name: plain(f"new_{name}") for name in moved})
    )


def take_off() -> Any:
    return (
        sa.update(queue)
        .where(queue.c.user_id == plain("user_id"), queue.c.day == plain("day"), queue.c.card_id == plain("card_id"))
        .values(answered_by=plain("id"))
    )


def write_all(*, sounded: bool = False) -> Any:
    """PostgreSQL: the parts of one statement see the state before it, so the next-card part leaves the answered out.

    sounded: with a row for an answer to what was heard.
    """
    moved = move().returning(memory.c.card_id).cte("moved")
    columns = [column.name for column in review.c]
    logged = (
        postgresql.insert(review)
        .from_select(columns, sa.select(*(sa.cast(plain(c.name), c.type) for c in review.c)).select_from(moved))
        .returning(review.c.id)
        .cte("logged")
    )
    taken = take_off().where(sa.exists(sa.select(moved.c.card_id))).returning(queue.c.card_id).cte("taken")
    found = following(plain("not_card")).subquery("found")
    count = sa.select(sa.func.count()).select_from(moved).scalar_subquery()
    parts = [logged, taken]
    if sounded:
        values = sa.select(*(sa.cast(_of_ear(c.name), c.type) for c in ear_answer.c)).select_from(moved)
        insert = postgresql.insert(ear_answer).from_select([column.name for column in ear_answer.c], values)
        parts.append(insert.returning(ear_answer.c.id).cte("heard"))
    return sa.select(count.label("moved_rows"), *found.c).add_cte(*parts)


def plain(name: str) -> Any:
    """A parameter that the driver gets as it is: no type of SQLAlchemy's stands between."""
    return sa.bindparam(name, type_=sa.types.NullType())


def number(value: int) -> Any:
    """A number written into the statement, so that it is no parameter."""
    return sa.literal_column(str(value), sa.Integer)
