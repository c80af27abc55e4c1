"""Reviewing in full: own cards, own parameters, pauses; keys for programs; long work

Revision: 0004, after 0003
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from core.columns import EPOCH

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ["own_card", "card_media", "parameter_set", "api_token", "work"]
COLUMNS: dict[str, list[tuple[str, Any, Any]]] = {
    "learner": [
        ("retention", sa.Float(), "0.9"),
        ("weights", sa.String(), ""),
        ("easy_days", sa.Integer(), "0"),
        ("pauses", sa.String(), ""),
        ("spread_until", sa.Integer(), None),
        ("loads", sa.String(), ""),
        ("loads_from", sa.Integer(), "0"),
    ],
    "memory": [
        ("days", sa.Integer(), "0"),
        ("seed", sa.BigInteger(), "0"),
        ("aside", sa.SmallInteger(), "0"),
        ("buried_day", sa.Integer(), None),
    ],
    "review": [
        ("seed_before", sa.BigInteger(), "0"),
        ("days", sa.Integer(), "0"),
    ],
    "queue_day": [
        ("is_stale", sa.Boolean(), sa.false()),
        ("more_new", sa.Integer(), "0"),
        ("more_reviews", sa.Integer(), "0"),
        ("takes_all", sa.Boolean(), sa.false()),
    ],
}
LOW_BITS = 2**63 - 1
STEPS = {timedelta(seconds=seconds) for seconds in (60, 330, 600, 900)}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    _own_card()
    _card_media()
    _parameter_set()
    _api_token()
    _work()
    _retell()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for table, columns in COLUMNS.items():
        for name, *_ in columns:
            op.drop_column(table, name)


def _retell() -> None:
    """Give the reviews that were logged before now what the new columns would have held."""
    connection = op.get_bind()
    names = ("user_id", "id", "card_id", "at", "day", "utc_offset", "rating", "cancels", "due_after")
    review = sa.table("review", *(sa.column(name, sa.Uuid() if name in ("user_id", "id", "cancels") else None)
                                  for name in names), sa.column("seed_before"), sa.column("days"))  # fmt: skip
    memory = sa.table("memory", sa.column("user_id", sa.Uuid()), sa.column("card_id"), sa.column("seed"),
                      sa.column("days"))  # fmt: skip
    rows = connection.execute(sa.select(*(review.c[name] for name in names)).order_by(review.c.at)).all()
    cancelled = {row.cancels for row in rows}
    held: dict[tuple[object, str], tuple[int, int]] = {}
    for row in rows:
        key = (row.user_id, row.card_id)
        seed, _ = held.get(key, (0, 0))
        days = _days(row)
        connection.execute(
            sa.update(review)
            .where(review.c.user_id == row.user_id, review.c.id == row.id)
            .values(seed_before=seed, days=days)
        )
        if row.rating and row.id not in cancelled:
            held[key] = (seed ^ (row.id.int & LOW_BITS), days)
    for (user_id, card_id), (seed, days) in held.items():
        connection.execute(
            sa.update(memory)
            .where(memory.c.user_id == user_id, memory.c.card_id == card_id)
            .values(seed=seed, days=days)
        )


def _days(row: sa.Row) -> int:
    """Study days from the answer to the due day, which begins at four on the wall, give or take summer time."""
    if timedelta(microseconds=row.due_after - row.at) in STEPS:
        return 0
    wall: datetime = EPOCH + timedelta(microseconds=row.due_after, minutes=row.utc_offset) - timedelta(hours=2)
    return max(0, wall.astimezone(UTC).toordinal() - row.day)


def _mine() -> sa.Column:
    return sa.Column("user_id", sa.Uuid(), nullable=False)


def _keys(table: str, *key: str) -> tuple[sa.Constraint, sa.Constraint]:
    return (
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{table}_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", *key, name=f"pk_{table}"),
    )


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, UTCDateTime(), nullable=nullable) for name in names]


def _own_card() -> None:
    op.create_table(
        "own_card",
        _mine(),
        *_texts("id", "origin", "lesson", "deck", "type", "markup", "question", "answer", "note", "tags"),
        *_moments("created_at", "edited_at"),
        *_moments("deleted_at", nullable=True),
        *_keys("own_card", "id"),
    )


def _card_media() -> None:
    op.create_table(
        "card_media",
        _mine(),
        *_texts("sha256", "name", "media_type"),
        sa.Column("size", sa.Integer(), nullable=False),
        *_moments("added_at"),
        *_keys("card_media", "sha256"),
    )


def _parameter_set() -> None:
    op.create_table(
        "parameter_set",
        _mine(),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_moments("fitted_at"),
        *_texts("weights"),
        sa.Column("outcomes", sa.Integer(), nullable=False),
        sa.Column("loss_before", sa.Float(), nullable=False),
        sa.Column("loss_after", sa.Float(), nullable=False),
        *_moments("adopted_at", "ended_at", nullable=True),
        *_keys("parameter_set", "id"),
    )


def _api_token() -> None:
    op.create_table(
        "api_token",
        _mine(),
        *_texts("token_hash", "name", "scopes"),
        *_moments("created_at", "expires_at"),
        *_moments("used_at", "ended_at", nullable=True),
        *_keys("api_token", "token_hash"),
    )


def _work() -> None:
    op.create_table(
        "work",
        _mine(),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("kind", "title", "state", "stage"),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        *_texts("asked", "result"),
        *_moments("made_at"),
        *_moments("started_at", "ended_at", "cancel_asked_at", nullable=True),
        *_keys("work", "id"),
    )
