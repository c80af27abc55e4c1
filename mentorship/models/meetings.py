"""Tables of sessions and what hangs on them. What belongs to a pair lies under the apprentice's id."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from mentorship.models.people import own

UNSIGNED = text("mentor_signed_at IS NULL")


class StudioSession(SQLModel, table=True):
    """Something that was held, or will be: a meeting with the mentor, work with others, or practice alone.

    Its state is the first that fits: cancelled, missed, held (signed: by both), confirmed, proposed.
    """

    __tablename__ = "studio_session"
    __table_args__ = (
        Index("ix_studio_session_starts", "user_id", "starts_at"),
        Index("ix_studio_session_mentor", "mentor_id", "starts_at"),
        Index("ix_studio_session_unsigned", "mentor_id", sqlite_where=UNSIGNED, postgresql_where=UNSIGNED),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    mentor_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")  # with whom: meetings
    kind: str  # meeting, studio, practice
    title: str = ""
    starts_at: datetime
    zone: str  # where it was written down
    minutes: int  # planned, or what it took; 0: not said (practice)
    real_minutes: int | None = None  # what it took, where that differs from the plan
    mode: str = ""  # studio, remote, location
    place: str = ""  # a name or an address
    involvement: str = ""  # what the apprentice did: watched, assisted, did, led
    goal: str = ""  # practice: what for
    result: str = ""  # practice: what came of it
    course: str = ""  # an outside course: who gave it
    notes: str = ""  # Markdown, shared by the two
    notes_number: int = 0  # of the newest NoteRevision
    milestones: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # slugs it served
    series_id: UUID | None = None  # planned together with others
    asked_by: UUID | None = None  # who proposed its time last; the other one confirms
    other_times: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # further moments to choose from, ISO 8601 UTC
    confirmed_at: datetime | None = None
    held_at: datetime | None = None  # when it was marked so
    held_by: UUID | None = None  # who marked it so; None: from before it was kept
    cancelled_at: datetime | None = None
    cancelled_by: UUID | None = None
    cancel_reason: str = ""
    missed_at: datetime | None = None
    missed_by: UUID | None = None  # who marked it so
    signed_at: datetime | None = None  # by the apprentice
    mentor_signed_at: datetime | None = None
    logged_by: UUID
    logged_at: datetime
    changed_at: datetime | None = None  # of anything but the notes
    sequence: int = 0  # iCalendar's SEQUENCE: goes up with each change of time, title or state


class Handover(SQLModel, table=True):
    """The apprentice lets another mentor read a session that was held with somebody else."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "session_id"], ["studio_session.user_id", "studio_session.id"], ondelete="CASCADE"
        ),
        Index("ix_handover_mentor", "mentor_id"),
    )

    user_id: UUID = own()  # the apprentice
    session_id: UUID = Field(primary_key=True)
    mentor_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)  # who may read it
    handed_at: datetime


class SessionFile(SQLModel, table=True):
    """A file that shows what a session was: a voice memo, a certificate, something made in it."""

    __tablename__ = "session_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "session_id"], ["studio_session.user_id", "studio_session.id"], ondelete="CASCADE"
        ),
        Index("ix_session_file_session", "user_id", "session_id"),
        Index("ix_session_file_sha256", "sha256"),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    session_id: UUID
    kind: str  # audio, picture, text, document: as file_kinds finds
    media_type: str  # by content, never by name
    file_name: str  # a label, never a path
    sha256: str  # hex; names the file in storage
    size: int  # octets
    seconds: float | None = None  # audio
    added_by: UUID
    added_at: datetime


class AgendaItem(SQLModel, table=True):
    """A line of a meeting's agenda."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "session_id"], ["studio_session.user_id", "studio_session.id"], ondelete="CASCADE"
        ),
        Index("ix_agenda_item_session", "user_id", "session_id", "position"),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    session_id: UUID
    position: int  # 1, 2, 3 ...
    text: str
    source: str = ""  # parked, card, action, carried, remark, milestone, template; "": by hand
    source_id: str = ""  # what it came from: an id, a card's id, a slug
    added_by: UUID
    added_at: datetime
    covered_at: datetime | None = None  # ticked in the meeting
    removed_at: datetime | None = None  # taken off; can be put back


class NoteRevision(SQLModel, table=True):
    """One saved state of a session's shared notes. Rows are only ever added."""

    __tablename__ = "note_revision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "session_id"], ["studio_session.user_id", "studio_session.id"], ondelete="CASCADE"
        ),
    )

    user_id: UUID = own()  # the apprentice
    session_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)  # 1, 2, 3 ...
    text: str  # Markdown
    by_id: UUID
    by_name: str  # as it was then; stays when the account goes
    at: datetime


class OwnNote(SQLModel, table=True):
    """What one person wrote down about a session for nobody else. It stays its author's."""

    __tablename__ = "own_note"

    user_id: UUID = own()  # its author
    session_id: UUID = Field(primary_key=True)  # of StudioSession, whoever's it is
    text: str  # Markdown
    changed_at: datetime


class ParkedQuestion(SQLModel, table=True):
    """Something to ask at the next meeting, with where it came from."""

    __tablename__ = "parked_question"
    __table_args__ = (Index("ix_parked_question_open", "user_id", "answered_at"),)

    user_id: UUID = own()  # who parked it
    id: UUID = Field(primary_key=True)
    text: str
    source: str = ""  # lesson, card, piece, page; "": from nowhere
    source_id: str = ""  # slug, card id, piece id, path
    seconds: float | None = None  # of a version's audio
    version: int | None = None  # number of that version
    parked_at: datetime
    session_id: UUID | None = None  # on whose agenda it stands; of StudioSession
    answered_at: datetime | None = None
    answer: str = ""
    removed_at: datetime | None = None


class Action(SQLModel, table=True):
    """What somebody promised in a meeting, or to themselves. Whether the app saw it done is worked out when shown."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "session_id"], ["studio_session.user_id", "studio_session.id"], ondelete="CASCADE"
        ),
        Index("ix_action_session", "user_id", "session_id"),
        Index("ix_action_owner", "owner_id"),
    )

    user_id: UUID = own()  # the apprentice
    id: UUID = Field(primary_key=True)
    session_id: UUID | None = None
    owner_id: UUID  # who does it: apprentice or mentor
    text: str
    about: str = ""  # lesson, cards, piece, milestone: what it hangs on; "": nothing
    about_id: str = ""  # slug; the lesson of the cards; piece id
    due_on: date | None = None
    created_by: UUID | None = None  # None: from before it was kept
    created_at: datetime
    done_at: datetime | None = None
    dropped_at: datetime | None = None  # not to be done after all
    dropped_why: str = ""


class CalendarFeed(SQLModel, table=True):
    """A private address for calendar programs; its secret is kept as a hash. A renewed one is a new row."""

    __tablename__ = "calendar_feed"
    __table_args__ = (Index("ix_calendar_feed_secret_hash", "secret_hash"),)

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    secret_hash: str  # SHA-256, hex
    made_at: datetime
    ended_at: datetime | None = None
    shows: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # sessions, actions, milestones, reviews
    review_minute: int | None = None  # of the day, where the daily review block begins
