"""What learners read, tick and remember

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from core.columns import Microseconds

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
TABLES = ["learner", "lesson_visit", "step_tick", "memory", "review", "queue_day", "queue_card"]


def upgrade() -> None:
    _learner()
    _lesson_visit()
    _step_tick()
    _memory()
    _review()
    _queue_day()
    _queue_card()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _learner() -> None:
    op.create_table(
        "learner",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("makes", sa.String(), nullable=False),
        sa.Column("daw", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("welcomed_at", UTCDateTime(), nullable=True),
        sa.Column("new_a_day", sa.Integer(), nullable=False),
        sa.Column("reviews_a_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_learner_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_learner"),
    )


def _lesson_visit() -> None:
    op.create_table(
        "lesson_visit",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("skipped_at", UTCDateTime(), nullable=True),
        sa.Column("starred_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_lesson_visit_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "lesson", name="pk_lesson_visit"),
    )


def _step_tick() -> None:
    op.create_table(
        "step_tick",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("ticked_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_step_tick_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "lesson", "step", name="pk_step_tick"),
    )


def _memory() -> None:
    op.create_table(
        "memory",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("added_at", Microseconds(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("stability", sa.Float(), nullable=True),
        sa.Column("difficulty", sa.Float(), nullable=True),
        sa.Column("due_at", Microseconds(), nullable=False),
        sa.Column("reviewed_at", Microseconds(), nullable=True),
        sa.Column("reviewed_day", sa.Integer(), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=False),
        sa.Column("lapses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_memory_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "card_id", name="pk_memory"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_memory_due", "memory", ["user_id", "due_at", "card_id", "lesson", "state"])
    op.create_index(
        "ix_memory_learning",
        "memory",
        ["user_id", "due_at"],
        sqlite_where=sa.text("state IN (1, 3)"),
        postgresql_where=sa.text("state IN (1, 3)"),
    )


def _review() -> None:
    op.create_table(
        "review",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("at", Microseconds(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("utc_offset", sa.Integer(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("cancels", sa.Uuid(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("card_version", sa.String(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("state_before", sa.SmallInteger(), nullable=False),
        sa.Column("step_before", sa.Integer(), nullable=True),
        sa.Column("stability_before", sa.Float(), nullable=True),
        sa.Column("difficulty_before", sa.Float(), nullable=True),
        sa.Column("due_before", Microseconds(), nullable=False),
        sa.Column("reviewed_at_before", Microseconds(), nullable=True),
        sa.Column("reviewed_day_before", sa.Integer(), nullable=True),
        sa.Column("lapses_before", sa.Integer(), nullable=False),
        sa.Column("due_after", Microseconds(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_review_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_review"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_card", "review", ["user_id", "card_id", "at"])


def _queue_day() -> None:
    op.create_table(
        "queue_day",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("built_at", Microseconds(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_queue_day_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "day", name="pk_queue_day"),
        sqlite_with_rowid=False,
    )


def _queue_card() -> None:
    op.create_table(
        "queue_card",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_queue_card_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "day", "position", name="pk_queue_card"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_queue_card_card", "queue_card", ["user_id", "day", "card_id"], unique=True)
