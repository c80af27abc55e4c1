"""Share links: a secret address by which somebody without an account hears one piece, until its owner ends it.

Whoever asks learns nothing from a refusal. An address that was never made, that ended or expired, whose piece was put
away, or that asks for a password which was not given: `opened` runs the same query for each and finds no row, so that
answer and time are the same (RELIABILITY T5).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import words
from core.accounts import User, hash_of
from core.database import get_or_404
from core.errors import NotFound, Refused
from core.ids import uuid7
from mentorship import portfolio, share_log
from mentorship.models.pieces import Piece, Version
from mentorship.models.shares import Share

MOST_OPEN = 50  # links of one piece
LONGEST_LABEL = 80
DAYS = (1, 7, 30, 90, 0)  # until a link ends by itself; 0: it does not
OF_SHARE = sa.and_(col(Piece.user_id) == Share.user_id, col(Piece.id) == Share.piece_id)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a link is to be. version: a number, None for always the newest; password_hash: "" for none."""

    label: str
    version: int | None = None
    days: int = 30
    password_hash: str = ""
    may_download: bool = False
    may_remark: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that opens, with the rows behind it. What a guest may read of them is in `Shown` alone."""

    share: Share
    piece: Piece
    version: Version
    owner: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The fields that a guest sees: this is all. No other version, no remark, no note, nothing else of the owner."""

    title: str
    by: str
    role: str
    genre: str
    credits: list[dict[str, str]]
    number: int  # of the version
    uploaded_at: datetime
    kind: str
    media_type: str
    size: int
    seconds: float | None
    width: int | None
    height: int | None
    may_download: bool
    may_remark: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A link as its owner sees it."""

    share: Share
    piece: Piece
    state: str  # active, expired, ended, resting (its piece is archived)
    number: int | None  # of the one version it shows; None: always the newest
    counts: Mapping[str, int] = field(default_factory=dict)
    last_at: datetime | None = None  # when it was opened last

    @property
    def is_open(self) -> bool:
        return self.state in ("active", "resting")


# -- its owner -----------------------------------------------------------------------------------------------


def make(db: Session, owner_id: UUID, piece_id: UUID, wish: Wish, *, at: datetime) -> tuple[Share, str]:
    """A link to a piece of this person, and its secret, which is shown this once and kept only as its SHA-256."""
    piece = portfolio.own(db, owner_id, piece_id)
    label = words.one_line(wish.label)
    if not label or len(label) > LONGEST_LABEL:
        raise Refused(f"Say for whom the link is, in up to {LONGEST_LABEL} characters.", field="label")
    if wish.days not in DAYS:
        raise Refused("Choose one of the offered times.", field="days")
    if piece.archived_at:
        raise Refused(f"{piece.title} is archived. Bring it back, then share it by a link.")
    if piece.is_reference:
        raise Refused(f"{piece.title} is somebody else's record, a reference. It is not yours to share by a link.")
    versions = {version.number: version.id for version in portfolio.versions(db, piece)}
    if not versions:
        raise Refused(f"{piece.title} has no version yet. Upload a first one, then share it by a link.")
    if wish.version is not None and wish.version not in versions:
        raise Refused("Choose one of the versions that are there.", field="version")
    if sum(row.is_open for row in listed(db, owner_id, piece_id, at=at)) >= MOST_OPEN:
        raise Refused(f"{piece.title} has {MOST_OPEN} open links already. End one of them, then make this one.")
    secret = secrets.token_urlsafe(32)
    share = Share(
        user_id=owner_id,
        id=uuid7(),
        piece_id=piece.id,
        version_id=versions[wish.version] if wish.version is not None else None,
        label=label,
        secret_hash=hash_of(secret),
        password_hash=wish.password_hash,
        may_download=wish.may_download,
        may_remark=wish.may_remark,
        made_at=at,
        expires_at=at + timedelta(days=wish.days) if wish.days else None,
    )
    db.add(share)
    db.flush()
    return share, secret


def end(db: Session, owner_id: UUID, share_id: UUID, *, at: datetime) -> Share:
    """The link opens nothing from now on, for good. Twice is no error."""
    mine = select(Share).where(Share.user_id == owner_id, Share.id == share_id)
    share: Share = get_or_404(db, mine.with_for_update())
    share.ended_at = share.ended_at or at
    return share


def own(db: Session, owner_id: UUID, share_id: UUID, *, at: datetime) -> Row:
    """The link of this person with this id."""
    rows = _rows(db, col(Share.user_id) == owner_id, col(Share.id) == share_id, at=at)
    if not rows:
        raise NotFound
    return rows[0]


def listed(db: Session, owner_id: UUID, piece_id: UUID | None = None, *, at: datetime) -> list[Row]:
    """This person's links, or those of one piece: open ones first, then the newest."""
    conditions = [col(Share.user_id) == owner_id]
    if piece_id is not None:
        conditions.append(col(Share.piece_id) == piece_id)
    return sorted(_rows(db, *conditions, at=at), key=lambda row: not row.is_open)


def of_page(db: Session, viewer_id: UUID, piece: Piece, *, at: datetime) -> dict[str, object]:
    """What `_shares.html` needs on the page of a piece: its owner's links; nothing for anybody else."""
    if piece.user_id != viewer_id:
        return {"shares": None}
    rows = listed(db, viewer_id, piece.id, at=at)
    return {"shares": [row for row in rows if row.is_open], "shares_over": sum(not row.is_open for row in rows)}


def count_open(db: Session, owner_id: UUID, *, at: datetime) -> int:
    """How many links of this person open something now."""
    live = select(sa.func.count()).select_from(Share).join(Piece, OF_SHARE).where(Share.user_id == owner_id, *_live(at))
    return db.exec(live).one()


def _rows(db: Session, *conditions: sa.ColumnElement[bool], at: datetime) -> list[Row]:
    one_version = sa.and_(col(Version.user_id) == Share.user_id, col(Version.id) == Share.version_id)
    found = db.exec(
        select(Share, Piece, Version.number)
        .join(Piece, OF_SHARE)
        .outerjoin(Version, one_version)
        .where(*conditions)
        .order_by(col(Share.made_at).desc(), col(Share.id).desc())
    ).all()
    counted = share_log.counts(db, [share for share, _, _ in found])
    return [
        Row(share, piece, _state(share, piece, at), number, counted[share.id].of, counted[share.id].last_at)
        for share, piece, number in found
    ]


def _state(share: Share, piece: Piece, at: datetime) -> str:
    if share.ended_at:
        return "ended"
    if share.expires_at and share.expires_at <= at:
        return "expired"
    return "resting" if piece.archived_at or piece.is_reference else "active"


# -- its guests ----------------------------------------------------------------------------------------------


def opened(db: Session, secret: str, *, has_proof: bool, at: datetime) -> Opened | None:
    """What this address opens now; None for every reason there may be, found in the same way and the same time.

    has_proof: whether the guest showed for this very secret that they know its password.
    """
    last = sa.select(sa.func.max(Version.number)).where(
        col(Version.user_id) == Share.user_id, col(Version.piece_id) == Share.piece_id
    )
    is_it = sa.or_(
        col(Version.id) == Share.version_id,
        sa.and_(col(Share.version_id).is_(None), col(Version.number) == last.correlate(Share).scalar_subquery()),
    )
    conditions = [col(Share.secret_hash) == hash_of(secret), *_live(at)]
    if not has_proof:
        conditions.append(col(Share.password_hash) == "")
    row = db.exec(
        select(Share, Piece, Version, User.name)
        .join(Piece, OF_SHARE)
        .join(Version, sa.and_(portfolio.OF_PIECE, is_it))
        .join(User, col(User.id) == Share.user_id)
        .where(*conditions, col(User.active).is_(True))
    ).first()
    return Opened(*row) if row else None


def password_of(db: Session, secret: str, *, at: datetime) -> str:
    """The hash of the password that this address asks for; "" where it asks for none or opens nothing at all."""
    asked = (
        select(Share.password_hash)
        .join(Piece, OF_SHARE)
        .join(User, col(User.id) == Share.user_id)
        .where(Share.secret_hash == hash_of(secret), *_live(at), col(User.active).is_(True))
    )
    return db.exec(asked).first() or ""


def shown(found: Opened) -> Shown:
    """What a guest reads."""
    share, piece, version = found.share, found.piece, found.version
    return Shown(
        title=piece.title,
        by=found.owner,
        role=piece.role,
        genre=piece.genre,
        credits=piece.credits,
        number=version.number,
        uploaded_at=version.uploaded_at,
        kind=version.kind,
        media_type=version.media_type,
        size=version.size,
        seconds=version.seconds,
        width=version.width,
        height=version.height,
        may_download=share.may_download,
        may_remark=share.may_remark and version.kind == "audio",
    )


def _live(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Share.ended_at).is_(None),
        sa.or_(col(Share.expires_at).is_(None), col(Share.expires_at) > at),
        col(Piece.archived_at).is_(None),
        col(Piece.is_reference).is_(False),
    )
