"""What somebody said about other people's pieces. Their own words stay readable to them, also after a link's end; the
sound, and what others wrote there, only while the piece is shown to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import User
from mentorship import portfolio, time_links
from mentorship.models.pieces import Piece, Version
from mentorship.models.remarks import Remark, RemarkReply, RemarkStep
from mentorship.portfolio import OF_PIECE
from mentorship.remark_page import SAYS
from mentorship.remarks import KINDS, OF_REMARK

MOST = 500  # of each kind of words, the newest


@dataclass(frozen=True, slots=True)
class Words:
    """One thing that somebody wrote. what: the kind of a remark, "answer", or what a step said."""

    version: int
    start_ms: int
    end_ms: int | None
    what: str
    text: str
    at: datetime

    @property
    def place(self) -> str:
        return time_links.words(self.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What was said of one piece, by version and place. is_shown: whether the piece can be opened now."""

    piece: Piece
    owner: User
    is_shown: bool
    words: tuple[Words, ...]


def of(db: Session, person_id: UUID) -> list[Shelf]:
    """By piece, that with the newest words first."""
    found: dict[UUID, tuple[Piece, User, list[Words]]] = {}
    for piece, owner, words in [*_remarks(db, person_id), *_replies(db, person_id), *_steps(db, person_id)]:
        found.setdefault(piece.id, (piece, owner, []))[2].append(words)
    shown = portfolio.titles(db, person_id, found.keys())
    latest = sorted(found.values(), key=lambda row: (max(one.at for one in row[2]), row[0].id), reverse=True)
    return [
        Shelf(
            piece,
            owner,
            piece.id in shown,
            tuple(sorted(words, key=lambda one: (-one.version, one.start_ms, one.at))),
        )
        for piece, owner, words in latest
    ]


def has_any(db: Session, person_id: UUID) -> bool:
    """Whether there is a remark of theirs on somebody else's piece."""
    theirs = select(Remark.id).where(Remark.by_id == person_id, Remark.user_id != person_id)
    return db.exec(theirs.limit(1)).first() is not None


def _remarks(db: Session, person_id: UUID) -> list[tuple[Piece, User, Words]]:
    statement = (
        _joined(sa.select(Remark, Version, Piece, User).select_from(Remark))
        .where(col(Remark.by_id) == person_id, col(Remark.user_id) != person_id)
        .order_by(col(Remark.at).desc())
        .limit(MOST)
    )
    return [
        (piece, owner, _words(remark, version, KINDS[remark.kind], remark.text, remark.at))
        for remark, version, piece, owner in db.execute(statement)
    ]


def _replies(db: Session, person_id: UUID) -> list[tuple[Piece, User, Words]]:
    of_reply = sa.and_(col(RemarkReply.user_id) == Remark.user_id, col(RemarkReply.remark_id) == Remark.id)
    statement = (
        _joined(sa.select(RemarkReply, Remark, Version, Piece, User).select_from(RemarkReply).join(Remark, of_reply))
        .where(col(RemarkReply.by_id) == person_id, col(RemarkReply.user_id) != person_id)
        .where(col(RemarkReply.removed_at).is_(None))
        .order_by(col(RemarkReply.at).desc())
        .limit(MOST)
    )
    return [
        (piece, owner, _words(remark, version, "Answer", row.text, row.at))
        for row, remark, version, piece, owner in db.execute(statement)
    ]


def _steps(db: Session, person_id: UUID) -> list[tuple[Piece, User, Words]]:
    of_step = sa.and_(col(RemarkStep.user_id) == Remark.user_id, col(RemarkStep.remark_id) == Remark.id)
    statement = (
        _joined(sa.select(RemarkStep, Remark, Version, Piece, User).select_from(RemarkStep).join(Remark, of_step))
        .where(col(RemarkStep.by_id) == person_id, col(RemarkStep.user_id) != person_id)
        .where(col(RemarkStep.text) != "")
        .order_by(col(RemarkStep.at).desc())
        .limit(MOST)
    )
    return [
        (piece, owner, _words(remark, version, SAYS.get(step.kind, step.kind).capitalize(), step.text, step.at))
        for step, remark, version, piece, owner in db.execute(statement)
    ]


def _joined(statement: sa.Select) -> sa.Select:
    """With version, piece and owner, without remarks that were taken back."""
    return (
        statement.join(Version, OF_REMARK)
        .join(Piece, OF_PIECE)
        .join(User, col(User.id) == Remark.user_id)
        .where(col(Remark.removed_at).is_(None))
    )


def _words(remark: Remark, version: Version, what: str, text: str, at: datetime) -> Words:
    return Words(version.number, remark.start_ms, remark.end_ms, what, text, at)
