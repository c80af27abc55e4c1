"""Tables of what is shown to people without an account: share links and public pages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from mentorship.models.people import own


class Share(SQLModel, table=True):
    """A secret address by which anybody hears one piece, until it ends."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "piece_id"], ["piece.user_id", "piece.id"], ondelete="CASCADE"),
        Index("ix_share_secret", "secret_hash"),
        Index("ix_share_piece", "user_id", "piece_id"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    piece_id: UUID
    version_id: UUID | None = None  # None: always the newest
    label: str = ""  # for whom, as its owner calls it
    secret_hash: str  # SHA-256, hex
    password_hash: str = ""  # argon2id; "": none
    may_download: bool = False
    may_remark: bool = False
    made_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None


class ShareOpening(SQLModel, table=True):
    """Somebody opened a share link, listened or saved the file."""

    __tablename__ = "share_opening"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "share_id"], ["share.user_id", "share.id"], ondelete="CASCADE"),
        Index("ix_share_opening_share", "user_id", "share_id", "at"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    share_id: UUID
    kind: str  # opened, played, saved, remarked
    at: datetime


class PublicPage(SQLModel, table=True):
    """A page of showcased pieces that anybody may open. No row, or shown_at None: there is none."""

    __tablename__ = "public_page"
    __table_args__ = (Index("ix_public_page_handle", "handle", unique=True),)

    user_id: UUID = own()
    handle: str  # in the address: small letters, digits, hyphens
    headline: str = ""
    about: str = ""  # Markdown
    contact: str = ""  # an address that its owner wants to be seen
    is_indexed: bool = False  # whether search engines may list it
    shown_at: datetime | None = None
