"""Tables of remarks: what was said at a second of a version, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from mentorship.models.people import own


class Remark(SQLModel, table=True):
    """A comment at a moment or a stretch of one version. Bound to it for good; its state is the last RemarkStep's."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "version_id"], ["version.user_id", "version.id"], ondelete="CASCADE"),
        Index("ix_remark_version", "user_id", "version_id", "start_ms"),
    )

    user_id: UUID = own()  # whose piece it is
    id: UUID = Field(primary_key=True)
    version_id: UUID
    by_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")  # None: a guest, or gone
    by_name: str  # as it was then; stays when the account goes
    share_id: UUID | None = None  # the share link by which a guest wrote it
    kind: str  # fix, idea, praise, question
    start_ms: int  # from the beginning
    end_ms: int | None = None  # None: a moment
    text: str
    card_id: str = ""  # of the owner's card that was made of it
    at: datetime
    edited_at: datetime | None = None
    removed_at: datetime | None = None


class RemarkStep(SQLModel, table=True):
    """What became of a remark: fixed (in a later version), yes or not yet (heard by its writer or a mentor), dropped,
    reopened. Rows are only ever added."""

    __tablename__ = "remark_step"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "remark_id"], ["remark.user_id", "remark.id"], ondelete="CASCADE"),
        Index("ix_remark_step_remark", "user_id", "remark_id", "at"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    remark_id: UUID
    kind: str
    version_id: UUID | None = None  # fixed, yes, not yet: in which version
    by_id: UUID
    by_name: str
    text: str = ""
    at: datetime


class RemarkReply(SQLModel, table=True):
    """An answer under a remark."""

    __tablename__ = "remark_reply"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "remark_id"], ["remark.user_id", "remark.id"], ondelete="CASCADE"),
        Index("ix_remark_reply_remark", "user_id", "remark_id", "at"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    remark_id: UUID
    by_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    by_name: str
    text: str
    at: datetime
    removed_at: datetime | None = None
