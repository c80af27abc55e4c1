"""The inbox: what somebody is told, in the app always, by mail where they want it.

Each wing offers the kinds of news that it has; `tell` is the one way in.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, Session, SQLModel

from core.ids import uuid7


class Notice(SQLModel, table=True):
    """One piece of news in somebody's inbox."""

    __table_args__ = (Index("ix_notice_unread", "user_id", "read_at", "at"),)

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: str  # name of a Kind
    thread: str  # what belongs together: "session:ID"; at most one mail for it until it is read
    text: str  # one plain sentence
    path: str  # where it leads, on this site
    at: datetime
    read_at: datetime | None = None
    is_mailed: bool = False  # a mail about it was put into the outbox


class Telling(SQLModel, table=True):
    """How somebody wants to be told. No row: mail for what is urgent, no digest, no reminders."""

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)
    off: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # kinds without mail
    digest: str = ""  # daily, weekly; "": none
    digest_hour: int = 7  # on the wall where the learner is
    digest_weekday: int = 0  # 0: Monday
    reminds_before: int | None = None  # hours before a meeting; None: no reminder
    reminds_reviews: bool = False  # of cards that wait, at the digest's hour


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of news. words: as the settings name it; mails: at once, unless somebody turned it off."""

    name: str
    words: str
    mails: bool = False


KINDS: dict[str, Kind] = {}


def offer(name: str, words: str, *, mails: bool = False) -> Kind:
    """Name a kind of news that a wing has."""
    KINDS[name] = Kind(name, words, mails)
    return KINDS[name]


def tell(db: Session, user_id: UUID, kind: Kind, text: str, *, path: str, thread: str, at: datetime) -> Notice:
    """Put a piece of news into somebody's inbox.

    text: one plain sentence without Markdown; path: where it leads; thread: what belongs together, like "session:ID".
    """
    notice = Notice(user_id=user_id, id=uuid7(), kind=kind.name, thread=thread, text=text, path=path, at=at)
    db.add(notice)
    return notice
