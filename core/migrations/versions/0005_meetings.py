"""Meetings in full: states, agenda, notes, files, agreements; an inbox and an outbox; calendars

Revision: 0005, after 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = [
    "agreement",
    "fit_check",
    "feedback",
    "handover",
    "session_file",
    "agenda_item",
    "note_revision",
    "own_note",
    "parked_question",
    "calendar_feed",
    "notice",
    "telling",
    "mail",
]
NO, ZERO, NONE = sa.false(), "0", ""
COLUMNS: dict[str, list[tuple[str, Any, Any]]] = {
    "user": [("confirmed_at", UTCDateTime(), None)],
    "invitation": [("email", sa.String(), NONE), ("joined_by", sa.Uuid(), None)],
    "link": [
        ("paused_at", UTCDateTime(), None),
        ("paused_by", sa.Uuid(), None),
        ("completed_at", UTCDateTime(), None),
        ("completed_by", sa.Uuid(), None),
        ("shows_worksheet", sa.Boolean(), NO),
        ("shows_money", sa.Boolean(), NO),
    ],
    "studio_session": [
        ("title", sa.String(), NONE),
        ("real_minutes", sa.Integer(), None),
        ("mode", sa.String(), NONE),
        ("involvement", sa.String(), NONE),
        ("goal", sa.String(), NONE),
        ("result", sa.String(), NONE),
        ("course", sa.String(), NONE),
        ("notes_number", sa.Integer(), ZERO),
        ("series_id", sa.Uuid(), None),
        ("asked_by", sa.Uuid(), None),
        ("other_times", sa.JSON(), "[]"),
        ("confirmed_at", UTCDateTime(), None),
        ("held_by", sa.Uuid(), None),
        ("cancelled_at", UTCDateTime(), None),
        ("cancelled_by", sa.Uuid(), None),
        ("cancel_reason", sa.String(), NONE),
        ("missed_at", UTCDateTime(), None),
        ("missed_by", sa.Uuid(), None),
        ("signed_at", UTCDateTime(), None),
        ("mentor_signed_at", UTCDateTime(), None),
        ("sequence", sa.Integer(), ZERO),
    ],
    "action": [
        ("about", sa.String(), NONE),
        ("about_id", sa.String(), NONE),
        ("created_by", sa.Uuid(), None),
        ("dropped_at", UTCDateTime(), None),
        ("dropped_why", sa.String(), NONE),
    ],
}
INDEXES = [
    ("ix_studio_session_starts", "studio_session", ["user_id", "starts_at"]),
    ("ix_studio_session_mentor", "studio_session", ["mentor_id", "starts_at"]),
    ("ix_action_owner", "action", ["owner_id"]),
]
WAS_OPEN = sa.text("ended_at IS NULL")
UNSIGNED = sa.text("mentor_signed_at IS NULL")
IS_OPEN = sa.text("ended_at IS NULL AND completed_at IS NULL")
SESSION = ("user_id", "session_id"), "studio_session", ("user_id", "id")


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    for name, table, indexed in INDEXES:
        op.create_index(name, table, indexed)
    _one_link(IS_OPEN)
    op.create_index(
        "ix_studio_session_unsigned", "studio_session", ["mentor_id"], sqlite_where=UNSIGNED, postgresql_where=UNSIGNED
    )
    for table in TABLES:
        globals()[f"_{table}"]()
    _retell()


def downgrade() -> None:
    op.drop_index("ix_studio_session_unsigned", "studio_session")
    for table in reversed(TABLES):
        op.drop_table(table)
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    op.drop_index("ix_link_one_active", "link")
    for table, columns in COLUMNS.items():
        for name, *_ in columns:
            op.drop_column(table, name)
    op.create_index(
        "ix_link_one_active", "link", ["user_id", "mentor_id"], unique=True,
        sqlite_where=WAS_OPEN, postgresql_where=WAS_OPEN,
    )  # fmt: skip


def _one_link(where: Any) -> None:
    op.drop_index("ix_link_one_active", "link")
    op.create_index(
        "ix_link_one_active", "link", ["user_id", "mentor_id"], unique=True, sqlite_where=where, postgresql_where=where
    )


def _retell() -> None:
    """What was planned so far was agreed on; notes become their own first revision, by whom they were logged."""
    op.execute("UPDATE studio_session SET confirmed_at = logged_at, asked_by = logged_by")
    op.execute(
        "INSERT INTO note_revision (user_id, session_id, number, text, by_id, by_name, at) "
        "SELECT s.user_id, s.id, 1, s.notes, s.logged_by, COALESCE(u.name, ''), s.logged_at "
        "FROM studio_session s LEFT JOIN \"user\" u ON u.id = s.logged_by WHERE s.notes <> ''"
    )
    op.execute("UPDATE studio_session SET notes_number = 1 WHERE notes <> ''")


def _mine() -> sa.Column:
    return sa.Column("user_id", sa.Uuid(), nullable=False)


def _keys(table: str, *key: str) -> tuple[sa.Constraint, sa.Constraint]:
    return _person(table, "user_id"), sa.PrimaryKeyConstraint("user_id", *key, name=f"pk_{table}")


def _person(table: str, column: str, ondelete: str = "CASCADE") -> sa.Constraint:
    return sa.ForeignKeyConstraint([column], ["user.id"], name=f"fk_{table}_{column}_user", ondelete=ondelete)


def _of(table: str, columns: tuple[str, ...], other: str, found: tuple[str, ...]) -> sa.Constraint:
    name = f"fk_{table}_{'_'.join(columns)}_{other}"
    return sa.ForeignKeyConstraint(list(columns), [f"{other}.{one}" for one in found], name=name, ondelete="CASCADE")


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _ids(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=nullable) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, UTCDateTime(), nullable=nullable) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def _json(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]


def _agreement() -> None:
    op.create_table(
        "agreement",
        _mine(),
        *_ids("id", "link_id"),
        *_texts("goals", "cadence", "ways"),
        *_ids("written_by"),
        *_moments("written_at"),
        *_moments("apprentice_yes_at", "mentor_yes_at", nullable=True),
        *_keys("agreement", "id"),
        _of("agreement", ("user_id", "link_id"), "link", ("user_id", "id")),
    )
    op.create_index("ix_agreement_link", "agreement", ["user_id", "link_id", "written_at"])


def _fit_check() -> None:
    op.create_table(
        "fit_check",
        _mine(),
        *_ids("id", "link_id"),
        *_moments("at"),
        *_json("answers"),
        *_texts("note"),
        *_moments("shared_at", nullable=True),
        *_keys("fit_check", "id"),
        _of("fit_check", ("user_id", "link_id"), "link", ("user_id", "id")),
    )
    op.create_index("ix_fit_check_link", "fit_check", ["user_id", "link_id", "at"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        _mine(),
        *_ids("id", "version_id"),
        *_ids("from_id", nullable=True),
        *_texts("from_name", "question"),
        *_moments("asked_at"),
        *_texts("first_impression", "strongest", "weakest", "next_step"),
        *_moments("given_at", nullable=True),
        *_texts("answer"),
        *_moments("answered_at", "withdrawn_at", nullable=True),
        *_keys("feedback", "id"),
        _person("feedback", "from_id", "SET NULL"),
        _of("feedback", ("user_id", "version_id"), "version", ("user_id", "id")),
    )
    op.create_index("ix_feedback_from", "feedback", ["from_id"])


def _handover() -> None:
    op.create_table(
        "handover",
        _mine(),
        *_ids("session_id", "mentor_id"),
        *_moments("handed_at"),
        *_keys("handover", "session_id", "mentor_id"),
        _person("handover", "mentor_id"),
        _of("handover", *SESSION),
    )
    op.create_index("ix_handover_mentor", "handover", ["mentor_id"])


def _session_file() -> None:
    op.create_table(
        "session_file",
        _mine(),
        *_ids("id", "session_id"),
        *_texts("kind", "media_type", "file_name", "sha256"),
        *_numbers("size"),
        sa.Column("seconds", sa.Float(), nullable=True),
        *_ids("added_by"),
        *_moments("added_at"),
        *_keys("session_file", "id"),
        _of("session_file", *SESSION),
    )
    op.create_index("ix_session_file_session", "session_file", ["user_id", "session_id"])
    op.create_index("ix_session_file_sha256", "session_file", ["sha256"])


def _agenda_item() -> None:
    op.create_table(
        "agenda_item",
        _mine(),
        *_ids("id", "session_id"),
        *_numbers("position"),
        *_texts("text", "source", "source_id"),
        *_ids("added_by"),
        *_moments("added_at"),
        *_moments("covered_at", "removed_at", nullable=True),
        *_keys("agenda_item", "id"),
        _of("agenda_item", *SESSION),
    )
    op.create_index("ix_agenda_item_session", "agenda_item", ["user_id", "session_id", "position"])


def _note_revision() -> None:
    op.create_table(
        "note_revision",
        _mine(),
        *_ids("session_id"),
        *_numbers("number"),
        *_texts("text"),
        *_ids("by_id"),
        *_texts("by_name"),
        *_moments("at"),
        *_keys("note_revision", "session_id", "number"),
        _of("note_revision", *SESSION),
    )


def _own_note() -> None:
    op.create_table(
        "own_note", _mine(), *_ids("session_id"), *_texts("text"), *_moments("changed_at"),
        *_keys("own_note", "session_id"),
    )  # fmt: skip


def _parked_question() -> None:
    op.create_table(
        "parked_question",
        _mine(),
        *_ids("id"),
        *_texts("text", "source", "source_id"),
        sa.Column("seconds", sa.Float(), nullable=True),
        *_moments("parked_at"),
        *_ids("session_id", nullable=True),
        *_moments("answered_at", nullable=True),
        *_texts("answer"),
        *_moments("removed_at", nullable=True),
        *_keys("parked_question", "id"),
    )
    op.create_index("ix_parked_question_open", "parked_question", ["user_id", "answered_at"])


def _calendar_feed() -> None:
    op.create_table(
        "calendar_feed",
        _mine(),
        *_ids("id"),
        *_texts("secret_hash"),
        *_moments("made_at"),
        *_moments("ended_at", nullable=True),
        *_json("shows"),
        *_numbers("review_minute", nullable=True),
        *_keys("calendar_feed", "id"),
    )
    op.create_index("ix_calendar_feed_secret_hash", "calendar_feed", ["secret_hash"])


def _notice() -> None:
    op.create_table(
        "notice",
        _mine(),
        *_ids("id"),
        *_texts("kind", "thread", "text", "path"),
        *_moments("at"),
        *_moments("read_at", nullable=True),
        sa.Column("is_mailed", sa.Boolean(), nullable=False),
        *_keys("notice", "id"),
    )
    op.create_index("ix_notice_unread", "notice", ["user_id", "read_at", "at"])
    op.create_index("ix_notice_at", "notice", ["at"])


def _telling() -> None:
    op.create_table(
        "telling",
        _mine(),
        *_json("off"),
        *_texts("digest", "digest_day", "reviews_day"),
        *_moments("asked_at", nullable=True),
        *_numbers("digest_hour", "digest_weekday"),
        *_numbers("reminds_before", nullable=True),
        sa.Column("reminds_reviews", sa.Boolean(), nullable=False),
        *_keys("telling"),
    )


def _mail() -> None:
    op.create_table(
        "mail",
        _mine(),
        *_ids("id"),
        *_texts("kind", "slot", "address", "subject", "text", "path"),
        *_moments("made_at", "due_at"),
        *_numbers("tries"),
        *_moments("sent_at", "failed_at", nullable=True),
        *_texts("fault"),
        *_keys("mail", "id"),
        sa.UniqueConstraint("user_id", "kind", "slot", name="uq_mail_slot"),
    )
    op.create_index("ix_mail_due", "mail", ["sent_at", "failed_at", "due_at"])
