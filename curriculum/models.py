"""Tables of the learner's side. The curriculum's text lives in content/; here is what a learner did with it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, SmallInteger, text
from sqlmodel import Field, SQLModel

from core.columns import Microseconds

IN_STEPS = text("state IN (1, 3)")  # scheduling.State: learning, relearning


def own() -> Any:
    """The learner, first in every key."""
    return Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)


class Learner(SQLModel, table=True):
    """What a learner told about themselves; all of it may be left out."""

    user_id: UUID = own()
    makes: str = ""  # what kind of music
    daw: str = ""  # one of the curriculum's, or ""
    programme: str = ""  # slug, or "": the order of the tracks
    started_on: date | None = None  # first day of the programme
    welcomed_at: datetime | None = None  # the three questions were answered or skipped
    new_a_day: int = 10  # cards
    reviews_a_day: int = 120  # cards


class LessonVisit(SQLModel, table=True):
    """Where a learner is with a lesson. No row: unread."""

    __tablename__ = "lesson_visit"

    user_id: UUID = own()
    lesson: str = Field(primary_key=True)  # slug
    opened_at: datetime
    done_at: datetime | None = None
    content_hash: str = ""  # of the lesson when it was marked done
    skipped_at: datetime | None = None
    starred_at: datetime | None = None  # come back


class StepTick(SQLModel, table=True):
    """A ticked box of a lesson's task list."""

    __tablename__ = "step_tick"

    user_id: UUID = own()
    lesson: str = Field(primary_key=True)
    step: str = Field(primary_key=True)  # the step's key, made from its text
    ticked_at: datetime


class Memory(SQLModel, table=True):
    """What one learner remembers of one card. The card's text lives in content/. Equals the replay of the reviews."""

    __table_args__ = (
        Index("ix_memory_due", "user_id", "due_at", "card_id", "lesson", "state"),
        Index("ix_memory_learning", "user_id", "due_at", sqlite_where=IN_STEPS, postgresql_where=IN_STEPS),
        {"sqlite_with_rowid": False},
    )

    user_id: UUID = own()
    card_id: str = Field(primary_key=True)  # "k7m2qd", "k7m2qd.1": written in the lesson
    lesson: str  # slug, for building the day's queue
    added_at: datetime = Field(sa_column=Column(Microseconds, nullable=False))
    state: int = Field(sa_column=Column(SmallInteger, nullable=False))  # scheduling.State
    step: int | None = None  # learning step, from 0
    stability: float | None = None  # days until recall falls to 0.9; None: never reviewed
    difficulty: float | None = None  # 1 (easy) to 10 (hard)
    due_at: datetime = Field(sa_column=Column(Microseconds, nullable=False))
    reviewed_at: datetime | None = Field(default=None, sa_column=Column(Microseconds))
    reviewed_day: int | None = None  # study day as date ordinal
    reps: int = 0  # answers that count
    lapses: int = 0  # times forgotten after it was learnt


class Review(SQLModel, table=True):
    """One answer, or the undoing of one. Rows are only ever added; with an account they go."""

    __table_args__ = (
        Index("ix_review_card", "user_id", "card_id", "at"),
        {"sqlite_with_rowid": False},
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)  # UUIDv7 made by the page
    card_id: str
    at: datetime = Field(sa_column=Column(Microseconds, nullable=False))
    day: int  # the learner's study day then, as date ordinal
    utc_offset: int  # minutes, then and there
    rating: int = Field(sa_column=Column(SmallInteger, nullable=False))  # 1 forgot, 2 hard, 3 good, 4 easy; 0 undo
    cancels: UUID | None = None  # the review that this row undoes
    seconds: float = 0.0  # time at the card
    card_version: str = ""  # hash of the card's text
    model: int  # scheduling.MODEL_VERSION
    state_before: int = Field(sa_column=Column(SmallInteger, nullable=False))
    step_before: int | None = None
    stability_before: float | None = None
    difficulty_before: float | None = None
    due_before: datetime = Field(sa_column=Column(Microseconds, nullable=False))
    reviewed_at_before: datetime | None = Field(default=None, sa_column=Column(Microseconds))
    reviewed_day_before: int | None = None
    lapses_before: int = 0
    due_after: datetime = Field(sa_column=Column(Microseconds, nullable=False))


class QueueDay(SQLModel, table=True):
    """Says that a learner's queue for a study day has been built."""

    __tablename__ = "queue_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: UUID = own()
    day: int = Field(primary_key=True)  # date ordinal
    built_at: datetime = Field(sa_column=Column(Microseconds, nullable=False))


class QueueCard(SQLModel, table=True):
    """A place in a learner's queue for a study day."""

    __tablename__ = "queue_card"
    __table_args__ = (
        Index("ix_queue_card_card", "user_id", "day", "card_id", unique=True),
        {"sqlite_with_rowid": False},
    )

    user_id: UUID = own()
    day: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    card_id: str
    answered_by: UUID | None = None  # the review that took it off
