"""Who else listened to a version, and when: noted once in half an hour, and shown to its owner."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import User
from core.ids import uuid7
from mentorship import portfolio
from mentorship.models.pieces import Listening, Piece, Version

ONE_LISTENING = timedelta(minutes=30)  # whoever plays again within it listens still
SHOWN = 6  # of a piece


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody who listened to a version: the last time, and how often in all."""

    name: str
    number: int  # of the version
    last_at: datetime
    times: int


def note(db: Session, listener_id: UUID, version_id: UUID, *, at: datetime) -> Listening | None:
    """Somebody plays a version. None: it is their own, or no sound, or was noted within the last half hour.

    A version that they may not open is not found.
    """
    _, version = portfolio.find_version(db, listener_id, version_id)
    if version.user_id == listener_id or version.kind != "audio":
        return None
    mine = (Version.user_id == version.user_id, Version.id == version.id)
    db.exec(select(Version.id).where(*mine).with_for_update(key_share=True)).one()  # two at once wait for each other
    noted = select(Listening.id).where(
        Listening.user_id == version.user_id,
        Listening.version_id == version.id,
        Listening.by_id == listener_id,
        Listening.at > at - ONE_LISTENING,
    )
    if db.exec(noted).first():
        return None
    row = Listening(
        user_id=version.user_id,
        id=uuid7(),
        version_id=version.id,
        by_id=listener_id,
        by_name=db.get_one(User, listener_id).name,
        at=at,
    )
    db.add(row)
    return row


def of_piece(db: Session, piece: Piece) -> list[Heard]:
    """Who else listened to which version of a piece, the last first; for its owner."""
    last, times = sa.func.max(Listening.at), sa.func.count()
    rows = db.execute(
        sa.select(sa.func.max(Listening.by_name), col(Version.number), last, times)
        .join(Version, sa.and_(col(Version.user_id) == Listening.user_id, col(Version.id) == Listening.version_id))
        .where(col(Listening.user_id) == piece.user_id, col(Version.piece_id) == piece.id)
        .group_by(col(Listening.by_id), col(Version.number))
        .order_by(last.desc())
        .limit(SHOWN)
    )
    return [Heard(*row) for row in rows]
