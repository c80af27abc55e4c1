"""Tables of the portfolio."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index
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
    pathway: str = ""  # studio, remote, sync, beats; "": none named
    category: str = ""  # what the pathway's checklist counts it as; "": nothing
    client: str = ""  # for whom it was made
    credits: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # [{"name": "Mara", "role": "vocals"}], in order
    tempo: float | None = None  # quarter notes a minute, the owner's word; wins over what was measured
    key: str = ""  # "F♯ minor", the owner's word
    is_reference: bool = False  # somebody else's record, to compare with: never shared beyond mentors
    created_at: datetime
    shared_at: datetime | None = None  # None: a draft, seen by its owner alone
    showcased_at: datetime | None = None  # on the public page, where there is one
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
    warning: str = ""  # what was odd about the file, in a sentence
    uploaded_at: datetime


class Feedback(SQLModel, table=True):
    """A review of a version in four parts, asked for by its owner: of a mentor, with a verdict; or, the other way
    round, by a mentor of an apprentice. By the owner herself, without the parts: approved where there is no mentor."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "version_id"], ["version.user_id", "version.id"], ondelete="CASCADE"),
        Index("ix_feedback_from", "from_id"),
    )

    user_id: UUID = own()  # whose piece it is
    id: UUID = Field(primary_key=True)
    version_id: UUID
    from_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")  # who is asked
    from_name: str  # as it was then; stays when the account goes
    side: str = "apprentice"  # whose ears: mentor, apprentice or self
    question: str = ""
    areas: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # what to listen for
    asked_at: datetime
    first_impression: str = ""
    strongest: str = ""
    weakest: str = ""
    next_step: str = ""
    levels: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # area -> 1 to 4
    verdict: str = ""  # approved, changes; "": none was asked for or given
    given_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    withdrawn_at: datetime | None = None


class Measurement(SQLModel, table=True):
    """What the meter found in a version's audio, and how far it is."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "version_id"], ["version.user_id", "version.id"], ondelete="CASCADE"),
        Index("ix_measurement_peaks", "peaks_sha256"),
        Index("ix_measurement_listen", "listen_sha256"),
    )

    user_id: UUID = own()
    version_id: UUID = Field(primary_key=True)
    state: str  # waiting, measuring, ready, failed
    reason: str = ""  # why it failed, a sentence
    work_id: UUID | None = None  # the piece of work that does it; gone after a month
    meter: str = ""  # name and version of the meter that made the figures
    figures: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    curves: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    peaks_sha256: str = ""  # of the waveform (audiowaveform JSON 2) in storage
    listen_sha256: str = ""  # of a copy that every browser plays (FLAC); "": the file itself is played
    asked_at: datetime
    measured_at: datetime | None = None


class Transfer(SQLModel, table=True):
    """A file that is being sent in parts. What came so far lies in storage's incoming folder under this id."""

    __table_args__ = (Index("ix_transfer_made", "made_at"),)

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    file_name: str  # a label, never a path
    size: int  # octets, as the browser says
    made_at: datetime


class Testimonial(SQLModel, table=True):
    """What a client says of a piece. It is shown only with the client's own yes, given by a secret address."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "piece_id"], ["piece.user_id", "piece.id"], ondelete="CASCADE"),
        Index("ix_testimonial_secret", "secret_hash"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    piece_id: UUID
    name: str  # the client, as it will stand there
    text: str = ""
    secret_hash: str  # SHA-256, hex
    asked_at: datetime
    yes_at: datetime | None = None  # the client's; None again: taken back by the same address
    hidden_at: datetime | None = None  # by its owner, for a while
    withdrawn_at: datetime | None = None  # by its owner, for good: the address leads nowhere


class Comparison(SQLModel, table=True):
    """A blind comparison that somebody finished: what was compared, and which they preferred before they knew."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "piece_id"], ["piece.user_id", "piece.id"], ondelete="CASCADE"),
        Index("ix_comparison_piece", "user_id", "piece_id", "at"),
    )

    user_id: UUID = own()  # whose piece it is
    id: UUID = Field(primary_key=True)
    piece_id: UUID
    by_id: UUID
    by_name: str
    compared: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # ids of versions
    preferred: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # one of them each round
    at: datetime


class Listening(SQLModel, table=True):
    """Somebody else listened to a version; its owner sees it."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "version_id"], ["version.user_id", "version.id"], ondelete="CASCADE"),
        Index("ix_listening_version", "user_id", "version_id", "at"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    version_id: UUID
    by_id: UUID
    by_name: str  # as it was then; stays when the account goes
    at: datetime
