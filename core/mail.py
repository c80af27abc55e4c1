"""The outbox: every mail is a row first, and the job process sends it (core/outbox.py).

Nothing here knows whether this site sends mail at all. News reaches the outbox by a job that runs only where it does;
who puts a mail in directly asks `settings.mails` first.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col

from core.accounts import User
from core.database import insert_into, rows_changed
from core.ids import uuid7

LONGEST_SUBJECT = 120
ACCOUNT = "account"  # about the account itself: confirm, reset
INVITATION = "invitation"
WITHOUT_WAY_OUT = frozenset({ACCOUNT, INVITATION})  # mails that nobody can turn off


class Mail(SQLModel, table=True):
    """One mail to one person."""

    __table_args__ = (
        UniqueConstraint("user_id", "kind", "slot", name="uq_mail_slot"),
        Index("ix_mail_due", "sent_at", "failed_at", "due_at"),
    )

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)  # for whom, or who asked for it
    id: UUID = Field(primary_key=True)
    kind: str  # of core.inbox, or: account, invitation, digest, reminder:meeting, reminder:reviews
    slot: str  # unique with user and kind: of a reminder the local day, else the cause's id
    address: str  # to whom
    subject: str
    text: str  # plain sentences, from the greeting on; emptied once it was sent or given up
    path: str = ""  # where it leads, on this site; emptied with the text, since it may hold a secret
    made_at: datetime
    due_at: datetime  # not to be tried before
    tries: int = 0
    sent_at: datetime | None = None
    failed_at: datetime | None = None  # given up
    fault: str = ""  # what the mail server said last


def put(
    db: Session, user: User, *, kind: str, slot: str, subject: str, text: str, path: str = "", at: datetime
) -> bool:
    """Put a mail to somebody into the outbox; False when one for this kind and slot is there already.

    text: sentences without greeting; paragraphs with an empty line between. path: where it leads, on this site. Nothing
    is put for the demo's people, whose addresses are nobody's. Only where the site sends mail (`settings.mails`).
    """
    if user.demo_since or not user.active:
        return False
    greeted = f"Hello {one_line(user.name)},\n\n{text.strip()}"
    return put_to(
        db, user.id, user.email, kind=kind, slot=slot, subject=subject, text=greeted, path=path, at=at
    )  # fmt: skip


def put_to(
    db: Session, user_id: UUID, address: str, *, kind: str, slot: str, subject: str, text: str, path: str, at: datetime
) -> bool:
    """Put a mail to any address into the outbox, as an invitation is; user_id: who asked for it. Else as `put`."""
    row = {"user_id": user_id, "id": uuid7(), "kind": kind, "slot": slot, "address": address.strip()}
    row |= {"subject": shortened(one_line(subject)), "text": text, "path": path, "made_at": at, "due_at": at}
    new = insert_into(db, Mail).values(**row, tries=0, fault="").on_conflict_do_nothing().returning(col(Mail.id))
    return db.execute(new).first() is not None


def one_line(text: str) -> str:
    """Without line breaks and other characters that no header can hold; one space between words."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SUBJECT else text[: LONGEST_SUBJECT - 1].rsplit(" ", 1)[0] + "…"


def forget_old(db: Session, *, before: datetime) -> int:
    """Remove mails that were sent or given up before then. Their slots are of days long past."""
    is_over = sa.or_(col(Mail.sent_at) < before, col(Mail.failed_at) < before)
    return rows_changed(db, sa.delete(Mail).where(is_over))
