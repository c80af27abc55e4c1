"""What came of a share link: when it was opened, heard, saved or answered. Never by whom: no address, no browser."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.ids import uuid7
from mentorship.models.shares import Share, ShareOpening

Kind = Literal["opened", "played", "saved", "remarked"]
KINDS: tuple[Kind, ...] = ("opened", "played", "saved", "remarked")
ONCE_IN = timedelta(minutes=30)  # guests are not told apart, so reloading and seeking count once
MOST_LISTED = 200


@dataclass(slots=True)
class Counted:
    of: dict[str, int] = field(default_factory=dict)  # kind -> rows
    last_at: datetime | None = None


def is_to_note(db: Session, share: Share, kind: Kind, *, at: datetime) -> bool:
    """Whether it would be news: none of this kind in the last half hour. Each remark is."""
    if kind == "remarked":
        return True
    recent = select(ShareOpening.id).where(*_of(share), ShareOpening.kind == kind, ShareOpening.at > at - ONCE_IN)
    return db.exec(recent.limit(1)).first() is None


def note(db: Session, share: Share, kind: Kind, *, at: datetime) -> None:
    """Keep that somebody did this. The link's row is held, so that two at once are one."""
    mine = (Share.user_id == share.user_id, Share.id == share.id)
    db.exec(select(Share.id).where(*mine).with_for_update()).one()
    if is_to_note(db, share, kind, at=at):
        db.add(ShareOpening(user_id=share.user_id, id=uuid7(), share_id=share.id, kind=kind, at=at))
        db.flush()


def of_share(db: Session, share: Share) -> list[ShareOpening]:
    """The newest first; the last 200."""
    rows = select(ShareOpening).where(*_of(share)).order_by(col(ShareOpening.at).desc(), col(ShareOpening.id).desc())
    return list(db.exec(rows.limit(MOST_LISTED)))


def counts(db: Session, shares: Iterable[Share]) -> dict[UUID, Counted]:
    """share id -> how often what happened, and when it was opened last."""
    found = {share.id: Counted() for share in shares}
    owners = {share.user_id for share in shares}
    if found:
        rows = db.exec(
            select(ShareOpening.share_id, ShareOpening.kind, sa.func.count(), sa.func.max(ShareOpening.at))
            .where(col(ShareOpening.user_id).in_(owners), col(ShareOpening.share_id).in_(found))
            .group_by(col(ShareOpening.share_id), col(ShareOpening.kind))
        )
        for share_id, kind, number, last_at in rows:
            found[share_id].of[kind] = number
            if kind == "opened":
                found[share_id].last_at = last_at
    return found


def _of(share: Share) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return col(ShareOpening.user_id) == share.user_id, col(ShareOpening.share_id) == share.id
