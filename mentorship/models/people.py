"""Tables of mentors and apprentices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

IS_OPEN = text("ended_at IS NULL AND completed_at IS NULL")


def own() -> Any:
    """The person whose row it is (of a pair: the apprentice), first in every key."""
    return Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)


class Invitation(SQLModel, table=True):
    """A secret that makes whoever opens it mentor or apprentice of its maker, once, within seven days."""

    user_id: UUID = own()  # who invites
    id: UUID = Field(primary_key=True)
    role: str  # what the invited becomes: "mentor" or "apprentice"
    name: str = ""  # whom it is meant for, as a label
    email: str = ""  # normalised; only an account with this address may accept. "": whoever brings the secret
    secret_hash: str = Field(index=True)  # SHA-256, hex
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    accepted_by: UUID | None = None
    joined_by: UUID | None = None  # the account that was made by it: from then on nobody else may accept
    declined_at: datetime | None = None
    withdrawn_at: datetime | None = None
    expired_at: datetime | None = None  # noted by the job; expires_at alone decides


class Link(SQLModel, table=True):
    """Apprentice and mentor belong together until it is completed or ended; while it is paused it gives no access. Only
    `links` reads its state to give access."""

    __table_args__ = (
        Index(
            "ix_link_one_active",
            "user_id",
            "mentor_id",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    mentor_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", index=True)
    began_at: datetime
    paused_at: datetime | None = None  # None: not paused now
    paused_by: UUID | None = None
    completed_at: datetime | None = None  # reached what they wanted
    completed_by: UUID | None = None
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    shows_lessons: bool = True  # lessons and cards: counts and states
    shows_sessions: bool = True  # practice and studio work; meetings with other mentors only where they are handed on
    shows_pieces: bool = True  # those that are no drafts, and milestones
    shows_worksheet: bool = False
    shows_money: bool = False


class Agreement(SQLModel, table=True):
    """What two people agreed on at the start. A change is a new row; the newest to which both said yes holds."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "link_id"], ["link.user_id", "link.id"], ondelete="CASCADE"),
        Index("ix_agreement_link", "user_id", "link_id", "written_at"),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    link_id: UUID
    goals: str  # Markdown, each of the three
    cadence: str
    ways: str  # how we work
    written_by: UUID
    written_at: datetime
    apprentice_yes_at: datetime | None = None
    mentor_yes_at: datetime | None = None


class FitCheck(SQLModel, table=True):
    """How an apprentice finds working with a mentor; seen by her alone unless she shares it."""

    __tablename__ = "fit_check"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "link_id"], ["link.user_id", "link.id"], ondelete="CASCADE"),
        Index("ix_fit_check_link", "user_id", "link_id", "at"),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    link_id: UUID
    at: datetime
    answers: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # question -> 1 (not at all) to 5 (fully)
    note: str = ""
    shared_at: datetime | None = None
