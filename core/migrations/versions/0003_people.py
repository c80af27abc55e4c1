"""Mentors and apprentices, sessions, pieces and milestones

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
TABLES = [
    "invitation",
    "link",
    "studio_session",
    "action",
    "piece",
    "version",
    "milestone_attempt",
    "milestone_event",
    "evidence",
    "assessment",
]


def upgrade() -> None:
    _invitation()
    _link()
    _studio_session()
    _action()
    _piece()
    _version()
    _milestone_attempt()
    _milestone_event()
    _evidence()
    _assessment()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("accepted_at", UTCDateTime(), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("declined_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("expired_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_invitation_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_invitation"),
    )
    op.create_index("ix_invitation_secret_hash", "invitation", ["secret_hash"])


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("shows_lessons", sa.Boolean(), nullable=False),
        sa.Column("shows_sessions", sa.Boolean(), nullable=False),
        sa.Column("shows_pieces", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["mentor_id"], ["user.id"], name="fk_link_mentor_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_link_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_link"),
    )
    op.create_index("ix_link_mentor_id", "link", ["mentor_id"])
    op.create_index(
        "ix_link_one_active",
        "link",
        ["user_id", "mentor_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _studio_session() -> None:
    op.create_table(
        "studio_session",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("held_at", UTCDateTime(), nullable=True),
        sa.Column("logged_by", sa.Uuid(), nullable=False),
        sa.Column("logged_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["user.id"], name="fk_studio_session_mentor_id_user", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_studio_session_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_studio_session"),
    )


def _action() -> None:
    op.create_table(
        "action",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id", "session_id"],
            ["studio_session.user_id", "studio_session.id"],
            name="fk_action_user_id_session_id_studio_session",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_action_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_action"),
    )
    op.create_index("ix_action_session", "action", ["user_id", "session_id"])


def _piece() -> None:
    op.create_table(
        "piece",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("genre", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("shared_at", UTCDateTime(), nullable=True),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_piece_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_piece"),
    )


def _version() -> None:
    op.create_table(
        "version",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("piece_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("rate", sa.Integer(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("uploaded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "piece_id"],
            ["piece.user_id", "piece.id"],
            name="fk_version_user_id_piece_id_piece",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_version_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_version"),
    )
    op.create_index("ix_version_number", "version", ["user_id", "piece_id", "number"], unique=True)
    op.create_index("ix_version_sha256", "version", ["sha256"])


def _milestone_attempt() -> None:
    op.create_table(
        "milestone_attempt",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("milestone", sa.String(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_milestone_attempt_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "milestone", name="pk_milestone_attempt"),
    )


def _milestone_event() -> None:
    op.create_table(
        "milestone_event",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("milestone", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_milestone_event_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_milestone_event"),
    )
    op.create_index("ix_milestone_event_milestone", "milestone_event", ["user_id", "milestone", "at"])


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("milestone", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", UTCDateTime(), nullable=False),
        sa.Column("unlinked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id", "version_id"],
            ["version.user_id", "version.id"],
            name="fk_evidence_user_id_version_id_version",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_evidence_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_milestone", "evidence", ["user_id", "milestone"])


def _assessment() -> None:
    op.create_table(
        "assessment",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("milestone", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_assessment_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_milestone", "assessment", ["user_id", "milestone", "at"])
