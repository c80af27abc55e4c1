"""A portfolio that listens: measures, remarks, reviews with a verdict, comparisons, share links; weeks left out

Revision: 0006, after 0005
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NO, EMPTY, LIST, MAPPING = sa.false(), "", "[]", "{}"
COLUMNS: dict[str, list[tuple[str, Any, Any]]] = {
    "piece": [
        ("pathway", sa.String(), EMPTY),
        ("category", sa.String(), EMPTY),
        ("client", sa.String(), EMPTY),
        ("credits", sa.JSON(), LIST),
        ("tempo", sa.Float(), None),
        ("key", sa.String(), EMPTY),
        ("is_reference", sa.Boolean(), NO),
        ("showcased_at", UTCDateTime(), None),
    ],
    "parked_question": [("version", sa.Integer(), None)],
    "version": [("warning", sa.String(), EMPTY)],
    "feedback": [
        ("side", sa.String(), "apprentice"),
        ("areas", sa.JSON(), LIST),
        ("levels", sa.JSON(), MAPPING),
        ("verdict", sa.String(), EMPTY),
    ],
}
VERSION = ("version_id", "version")
PIECE = ("piece_id", "piece")
REMARK = ("remark_id", "remark")
Table = tuple[list[sa.Column], list[sa.Constraint], dict[str, list[str]]]  # columns, constraints, indexes


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    for table, (columns, constraints, indexes) in tables().items():
        op.create_table(table, *columns, *constraints)
        for name, indexed in indexes.items():
            op.create_index(f"ix_{table}_{name}", table, indexed, unique=name == "handle")


def downgrade() -> None:
    for table, (_, _, indexes) in reversed(tables().items()):
        for name in indexes:
            op.drop_index(f"ix_{table}_{name}", table)
        op.drop_table(table)
    for table, columns in COLUMNS.items():
        for name, *_ in columns:
            op.drop_column(table, name)


def tables() -> dict[str, Table]:
    """By name, in the order in which they are made."""
    return pieces() | remarks() | shown()


def pieces() -> dict[str, Table]:
    return {
        "measurement": (
            [*ids("user_id", "version_id"), *texts("state", "reason"), *ids("work_id", nullable=True), *texts("meter"),
             *json("figures", "curves"), *texts("peaks_sha256", "listen_sha256"), *moments("asked_at"),
             *moments("measured_at", nullable=True)],
            keys("measurement", VERSION, key="version_id"),
            {"peaks": ["peaks_sha256"], "listen": ["listen_sha256"]},
        ),
        "transfer": (
            [*ids("user_id", "id"), *texts("file_name"), *numbers("size"), *moments("made_at")],
            keys("transfer"),
            {"made": ["made_at"]},
        ),
        "testimonial": (
            [*ids("user_id", "id", "piece_id"), *texts("name", "text", "secret_hash"), *moments("asked_at"),
             *moments("yes_at", "hidden_at", "withdrawn_at", nullable=True)],
            keys("testimonial", PIECE),
            {"secret": ["secret_hash"]},
        ),
        "comparison": (
            [*ids("user_id", "id", "piece_id", "by_id"), *texts("by_name"), *json("compared", "preferred"),
             *moments("at")],
            keys("comparison", PIECE),
            {"piece": ["user_id", "piece_id", "at"]},
        ),
        "listening": (
            [*ids("user_id", "id", "version_id", "by_id"), *texts("by_name"), *moments("at")],
            keys("listening", VERSION),
            {"version": ["user_id", "version_id", "at"]},
        ),
    }  # fmt: skip


def remarks() -> dict[str, Table]:
    return {
        "remark": (
            [*ids("user_id", "id", "version_id"), *ids("by_id", nullable=True), *texts("by_name"),
             *ids("share_id", nullable=True), *texts("kind"), *numbers("start_ms"), *numbers("end_ms", nullable=True),
             *texts("text", "card_id"), *moments("at"), *moments("edited_at", "removed_at", nullable=True)],
            [*keys("remark", VERSION), person("remark")],
            {"version": ["user_id", "version_id", "start_ms"]},
        ),
        "remark_step": (
            [*ids("user_id", "id", "remark_id"), *texts("kind"), *ids("version_id", nullable=True), *ids("by_id"),
             *texts("by_name", "text"), *moments("at")],
            keys("remark_step", REMARK),
            {"remark": ["user_id", "remark_id", "at"]},
        ),
        "remark_reply": (
            [*ids("user_id", "id", "remark_id"), *ids("by_id", nullable=True), *texts("by_name", "text"),
             *moments("at"), *moments("removed_at", nullable=True)],
            [*keys("remark_reply", REMARK), person("remark_reply")],
            {"remark": ["user_id", "remark_id", "at"]},
        ),
    }  # fmt: skip


def shown() -> dict[str, Table]:
    return {
        "share": (
            [*ids("user_id", "id", "piece_id"), *ids("version_id", nullable=True),
             *texts("label", "secret_hash", "password_hash"), *flags("may_download", "may_remark"),
             *moments("made_at"), *moments("expires_at", "ended_at", nullable=True)],
            keys("share", PIECE),
            {"secret": ["secret_hash"], "piece": ["user_id", "piece_id"]},
        ),
        "share_opening": (
            [*ids("user_id", "id", "share_id"), *texts("kind"), *moments("at")],
            keys("share_opening", ("share_id", "share")),
            {"share": ["user_id", "share_id", "at"]},
        ),
        "public_page": (
            [*ids("user_id"), *texts("handle", "headline", "about", "contact"), *flags("is_indexed"),
             *moments("shown_at", nullable=True)],
            keys("public_page", key=""),
            {"handle": ["handle"]},
        ),
        "pause_week": (
            [*ids("user_id"), sa.Column("starts_on", sa.Date(), nullable=False)],
            keys("pause_week", key="starts_on"),
            {},
        ),
    }  # fmt: skip


def keys(table: str, parent: tuple[str, str] | None = None, *, key: str = "id") -> list[sa.Constraint]:
    """Its owner, its primary key (user_id, then `key` if it has one), and what it belongs to: (column, table)."""
    found: list[sa.Constraint] = [
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{table}_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", *([key] if key else []), name=f"pk_{table}"),
    ]
    if parent:
        column, other = parent
        name = f"fk_{table}_user_id_{column}_{other}"
        columns, referred = ["user_id", column], [f"{other}.user_id", f"{other}.id"]
        found.append(sa.ForeignKeyConstraint(columns, referred, name=name, ondelete="CASCADE"))
    return found


def person(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=f"fk_{table}_by_id_user", ondelete="SET NULL")


def ids(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=nullable) for name in names]


def texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def moments(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, UTCDateTime(), nullable=nullable) for name in names]


def numbers(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def flags(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def json(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]
