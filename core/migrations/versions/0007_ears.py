"""Sounding cards: answers by ear, ladders, rounds in the ear room; how a learner hears them

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHOSEN = ("plays_at_once", "saves_data")


def upgrade() -> None:
    for name in CHOSEN:
        op.add_column("learner", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "ear_answer",
        *ids("user_id", "id"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *numbers("day"),
        *texts("card_id"),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        *numbers("number"),
        *texts("skill"),
        *numbers("level"),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        *numbers("synth"),
        *texts("specs", "asked", "given"),
        sa.Column("credit", sa.Float(), nullable=False),
        *numbers("plays"),
        sa.Column("by_ear", sa.Boolean(), nullable=False),
        *keys("ear_answer", "id"),
    )
    op.create_index("ix_ear_answer_skill", "ear_answer", ["user_id", "skill", "at"])
    op.create_table(
        "ear_level",
        *ids("user_id"),
        *texts("skill"),
        *numbers("level"),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        *keys("ear_level", "skill"),
    )
    op.create_table(
        "ear_round",
        *ids("user_id", "id"),
        *texts("skill"),
        *numbers("level"),
        *texts("mode"),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("by_ear", sa.Boolean(), nullable=False),
        *texts("material", "grid"),
        *numbers("questions"),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        *keys("ear_round", "id"),
    )


def downgrade() -> None:
    op.drop_table("ear_round")
    op.drop_table("ear_level")
    op.drop_index("ix_ear_answer_skill", "ear_answer")
    op.drop_table("ear_answer")
    for name in CHOSEN:
        op.drop_column("learner", name)


def keys(table: str, key: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{table}_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", key, name=f"pk_{table}"),
    ]


def ids(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]
