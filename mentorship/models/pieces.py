"""Tables of the portfolio."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from mentorship.models.people import own


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


class Feedback(SQLModel, table=True):
    """A mentor asked an apprentice to review a piece of the mentor's: four parts, and the mentor's answer."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "version_id"], ["version.user_id", "version.id"], ondelete="CASCADE"),
        Index("ix_feedback_from", "from_id"),
    )

    user_id: UUID = own()  # whose piece it is: the mentor
    id: UUID = Field(primary_key=True)
    version_id: UUID
    from_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")  # who is asked
    from_name: str  # as it was then; stays when the account goes
    question: str = ""
    asked_at: datetime
    first_impression: str = ""
    strongest: str = ""
    weakest: str = ""
    next_step: str = ""
    given_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    withdrawn_at: datetime | None = None
