"""The outbox: every mail is a row first, and the job process sends it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Mail(SQLModel, table=True):
    """One mail to one person."""

    __table_args__ = (
        UniqueConstraint("user_id", "kind", "slot", name="uq_mail_slot"),
        Index("ix_mail_due", "sent_at", "failed_at", "due_at"),
    )

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)  # for whom, or who asked for it
    id: UUID = Field(primary_key=True)
    kind: str  # of core.inbox, or: account, invitation, digest, reminder
    slot: str  # unique with user and kind: of a reminder the local day, else the cause's id
    address: str  # to whom
    subject: str
    text: str  # emptied once it was sent
    unsubscribe: str = ""  # path that turns this kind off with one click
    made_at: datetime
    due_at: datetime  # not to be tried before
    tries: int = 0
    sent_at: datetime | None = None
    failed_at: datetime | None = None  # given up
    fault: str = ""  # what the mail server said last
