"""Where a piece stands: worked out from what was asked and answered about its versions, for many pieces at once.

A verdict on a later version counts before one on an earlier one; on the same version, a request that is open before
what was said, and then the newest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from mentorship import links
from mentorship.models.people import Link
from mentorship.models.pieces import Feedback, Piece, Version

WORDS = ("draft", "shared", "in review", "changes asked", "approved", "showcased", "archived", "reference")
OF_VERSION = sa.and_(col(Version.user_id) == Feedback.user_id, col(Version.id) == Feedback.version_id)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody said of a version, or is asked to say. word: in review, changes asked, approved."""

    word: str
    version_id: UUID
    number: int
    by_id: UUID | None
    by: str
    is_own: bool  # its maker approved it without a mentor
    at: datetime

    @property
    def words(self) -> str:
        """In a few words: "V2 approved by Ben"."""
        version = f"V{self.number}"
        if self.word == "in review":
            return f"{version} waits for {self.by}"
        if self.word == "changes asked":
            return f"{self.by} asked for changes in {version}"
        return f"{version} approved by its maker" if self.is_own else f"{version} approved by {self.by}"


@dataclass(frozen=True, slots=True)
class Standing:
    """word: one of WORDS; last: what decides it, if anything was asked or said; approved: the latest such version."""

    word: str
    last: Verdict | None = None
    approved: Verdict | None = None
    is_on_show: bool = False  # on the public page, where there is one

    @property
    def is_hollow(self) -> bool:
        """Whether it counts as approved on its maker's word alone."""
        return self.word in ("approved", "showcased") and self.approved is not None and self.approved.is_own

    @property
    def words(self) -> str:
        return self.last.words if self.last else ""


def of(db: Session, pieces: Iterable[Piece]) -> dict[UUID, Standing]:
    """piece id -> where it stands."""
    asked = list(pieces)
    said = _said(db, asked)
    return {piece.id: _standing(piece, said.get(piece.id, [])) for piece in asked}


def of_one(db: Session, piece: Piece) -> Standing:
    return of(db, [piece])[piece.id]


def open_requests(db: Session, piece: Piece) -> list[Verdict]:
    """The versions of a piece that mentors are asked about now: such a version cannot be withdrawn."""
    return [verdict for verdict in _said(db, [piece]).get(piece.id, []) if verdict.word == "in review"]


def approved_versions(db: Session, owner_id: UUID) -> dict[UUID, Verdict]:
    """Somebody's versions of which the newest verdict is yes, each with that verdict."""
    newest = {verdict.version_id: verdict for _, verdict in _verdicts(db, col(Version.user_id) == owner_id)}
    return {version_id: verdict for version_id, verdict in newest.items() if verdict.word == "approved"}


def stands() -> sa.ColumnElement[bool]:
    """Whether a request to a mentor is open: not answered, and a link in force shows that mentor the pieces."""
    link = (
        sa.select(col(Link.id))
        .where(
            col(Link.user_id) == Feedback.user_id,
            col(Link.mentor_id) == Feedback.from_id,
            links.in_force(),
            links.SHOWS["pieces"].is_(True),
        )
        .exists()
    )
    is_open = (col(Feedback.given_at).is_(None), col(Feedback.withdrawn_at).is_(None))
    return sa.and_(col(Feedback.side) == "mentor", *is_open, link)


def _standing(piece: Piece, said: Sequence[Verdict]) -> Standing:
    """said: in the order in which it counts, what counts most last."""
    last = said[-1] if said else None
    newest = {verdict.version_id: verdict for verdict in said if verdict.word != "in review"}
    yes = [verdict for verdict in newest.values() if verdict.word == "approved"]
    approved = max(yes, key=lambda verdict: verdict.number) if yes else None
    is_on_show = bool(piece.showcased_at and approved and not piece.archived_at and not piece.is_reference)
    return Standing(_word(piece, last, is_on_show), last, approved, is_on_show)


def _word(piece: Piece, last: Verdict | None, is_on_show: bool) -> str:
    if piece.archived_at:
        return "archived"
    if piece.is_reference:
        return "reference"
    if last:
        return "showcased" if last.word == "approved" and is_on_show else last.word
    return "shared" if piece.shared_at else "draft"


def _said(db: Session, pieces: Sequence[Piece]) -> dict[UUID, list[Verdict]]:
    """piece id -> what was asked and said about it, what counts most last."""
    if not pieces:
        return {}
    ids, owners = {piece.id for piece in pieces}, {piece.user_id for piece in pieces}
    found: dict[UUID, list[Verdict]] = {}
    for piece_id, verdict in _verdicts(db, sa.and_(col(Version.user_id).in_(owners), col(Version.piece_id).in_(ids))):
        found.setdefault(piece_id, []).append(verdict)
    return found


def _verdicts(db: Session, condition: sa.ColumnElement[bool]) -> list[tuple[UUID, Verdict]]:
    """(piece id, verdict), what counts most last."""
    is_said = sa.and_(col(Feedback.verdict) != "", col(Feedback.given_at).is_not(None))
    rows = db.exec(
        select(Feedback, Version.piece_id, Version.number)
        .join(Version, OF_VERSION)
        .where(condition, col(Feedback.withdrawn_at).is_(None), sa.or_(is_said, stands()))
    )
    found = [(piece_id, _verdict(feedback, number)) for feedback, piece_id, number in rows]
    return sorted(found, key=lambda one: (one[1].number, one[1].word == "in review", one[1].at, str(one[0])))


def _verdict(feedback: Feedback, number: int) -> Verdict:
    word = {"approved": "approved", "changes": "changes asked"}.get(feedback.verdict, "in review")
    return Verdict(
        word=word,
        version_id=feedback.version_id,
        number=number,
        by_id=feedback.from_id,
        by=feedback.from_name,
        is_own=feedback.side == "self",
        at=feedback.given_at or feedback.asked_at,
    )
