"""Tables of the people's side. What belongs to a pair lies under the apprentice's id, first in every key."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel


def own() -> Any:
    """The person whose row it is (of a pair: the apprentice), first in every key."""
    return Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)


class Invitation(SQLModel, table=True):
    """A secret that makes whoever opens it mentor or apprentice of its maker, once, within seven days."""

    user_id: UUID = own()  # who invites
    id: UUID = Field(primary_key=True)
    role: str  # what the invited becomes: "mentor" or "apprentice"
    name: str = ""  # whom it is meant for, as a label
    secret_hash: str = Field(index=True)  # SHA-256, hex
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    accepted_by: UUID | None = None
    declined_at: datetime | None = None
    withdrawn_at: datetime | None = None
    expired_at: datetime | None = None  # noted by the job; expires_at alone decides


class Link(SQLModel, table=True):
    """Apprentice and mentor belong together until ended_at. Only `links.may_see` reads its state to give access."""

    __table_args__ = (
        Index(
            "ix_link_one_active",
            "user_id",
            "mentor_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    mentor_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", index=True)
    began_at: datetime
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    shows_lessons: bool = True  # lessons and cards: counts and states
    shows_sessions: bool = True
    shows_pieces: bool = True  # those that are no drafts, and milestones


class StudioSession(SQLModel, table=True):
    """Something that was held, or will be: a meeting with the mentor, work with others, or practice alone."""

    __tablename__ = "studio_session"

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    mentor_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")  # with whom: meetings
    kind: str  # meeting, studio, practice
    starts_at: datetime
    zone: str  # where it was written down
    minutes: int
    place: str = ""  # studio, remote, on location, or a name
    notes: str = ""  # Markdown, shared by the two
    milestones: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # slugs it served
    held_at: datetime | None = None  # None: planned
    logged_by: UUID
    logged_at: datetime
    changed_at: datetime | None = None


class Action(SQLModel, table=True):
    """What somebody promised in a meeting, or to themselves."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "session_id"], ["studio_session.user_id", "studio_session.id"], ondelete="CASCADE"
        ),
        Index("ix_action_session", "user_id", "session_id"),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    session_id: UUID | None = None
    owner_id: UUID  # who does it: apprentice or mentor
    text: str
    due_on: date | None = None
    created_at: datetime
    done_at: datetime | None = None


class Piece(SQLModel, table=True):
    """A work in the portfolio."""

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    title: str
    role: str = ""  # what its owner did: producer, mixer ...
    genre: str = ""
    about: str = ""  # Markdown
    created_at: datetime
    shared_at: datetime | None = None  # None: a draft, seen by its owner alone
    archived_at: datetime | None = None


class Version(SQLModel, table=True):
    """One upload of a piece. Never changed; the next one is a new row."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "piece_id"], ["piece.user_id", "piece.id"], ondelete="CASCADE"),
        Index("ix_version_number", "user_id", "piece_id", "number", unique=True),
        Index("ix_version_sha256", "sha256"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    piece_id: UUID
    number: int  # 1, 2, 3 ...
    kind: str  # audio, picture, text, document (PDF, MIDI)
    media_type: str  # by content, never by name
    file_name: str  # a label, never a path
    sha256: str  # hex; names the file in storage
    size: int  # octets
    seconds: float | None = None  # audio
    rate: int | None = None  # Hz
    channels: int | None = None
    width: int | None = None  # pixels, pictures
    height: int | None = None
    changes: str = ""  # what is new in it
    uploaded_at: datetime


class MilestoneAttempt(SQLModel, table=True):
    """A learner has begun a milestone. Its state is the last MilestoneEvent's; this row is what they lock."""

    __tablename__ = "milestone_attempt"

    user_id: UUID = own()
    milestone: str = Field(primary_key=True)  # slug
    begun_at: datetime


class MilestoneEvent(SQLModel, table=True):
    """A step of a milestone: submitted, returned, verified, reopened, attested. Rows are only ever added."""

    __tablename__ = "milestone_event"
    __table_args__ = (Index("ix_milestone_event_milestone", "user_id", "milestone", "at"),)

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    milestone: str
    kind: str
    by_id: UUID
    by_name: str  # as it was then; stays when the account goes
    at: datetime
    reason: str = ""  # of a return or a reopening
    kept: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # as it was at that moment: criteria with state and reason, evidence with version numbers and SHA-256


class Evidence(SQLModel, table=True):
    """An exact version shows something that a milestone asks for."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "version_id"], ["version.user_id", "version.id"], ondelete="CASCADE"),
        Index("ix_evidence_milestone", "user_id", "milestone"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    milestone: str
    item: str  # id of the evidence item in the milestone's file
    version_id: UUID
    linked_at: datetime
    unlinked_at: datetime | None = None


class Assessment(SQLModel, table=True):
    """A mark on the milestone's rubric, by learner or mentor. Rows are only added; the newest of each counts."""

    __table_args__ = (Index("ix_assessment_milestone", "user_id", "milestone", "at"),)

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    milestone: str
    by_id: UUID
    by_name: str
    side: str  # self, mentor
    level: int  # 1 not yet, 2 nearly, 3 meets, 4 stands out
    comment: str = ""
    at: datetime
