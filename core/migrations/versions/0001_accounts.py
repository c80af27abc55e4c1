"""Accounts, sign-ins, and what guards against repeats

Revision: 0001, after nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
TABLES = ["user", "user_email", "sign_in", "operation", "rate_count", "job_claim"]


def upgrade() -> None:
    _user()
    _user_email()
    _sign_in()
    _operation()
    _rate_count()
    _job_claim()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _user() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("host_since", UTCDateTime(), nullable=True),
        sa.Column("demo_since", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
    )
    op.create_index("ix_user_fs_uniquifier", "user", ["fs_uniquifier"])


def _user_email() -> None:
    op.create_table(
        "user_email",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_user_email_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("email", name="pk_user_email"),
    )


def _sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_sign_in_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "token_hash", name="pk_sign_in"),
    )


def _operation() -> None:
    op.create_table(
        "operation",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_operation_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_operation"),
    )


def _rate_count() -> None:
    op.create_table(
        "rate_count",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rate_count"),
    )


def _job_claim() -> None:
    op.create_table(
        "job_claim",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", name="pk_job_claim"),
    )
