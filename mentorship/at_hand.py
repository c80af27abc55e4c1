"""What lies at hand in a meeting: the piece in question, and when the two meet next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from mentorship import links
from mentorship.models.meetings import Action, AgendaItem, ParkedQuestion, StudioSession
from mentorship.models.pieces import Piece, Version


@dataclass(frozen=True, slots=True)
class InQuestion:
    """A piece with its newest version. is_named: the agenda or an action names it, rather than its being the newest."""

    piece: Piece
    version: Version
    is_named: bool


def piece_of(
    db: Session, viewer_id: UUID, session: StudioSession, promised: Iterable[Action], lines: Iterable[AgendaItem]
) -> InQuestion | None:
    """The piece that an action or the agenda names first, else the apprentice's newest that is shared; None where the
    viewer sees no pieces, or there is none with a version."""
    if session.kind != "meeting" or not links.may_see(db, viewer_id, session.user_id, "pieces"):
        return None
    named = [UUID(action.about_id) for action in promised if action.about == "piece"]
    named += _asked_about(db, session, lines)
    statement = (
        select(Piece, Version)
        .join(Version, (col(Version.user_id) == Piece.user_id) & (col(Version.piece_id) == Piece.id))
        .where(Piece.user_id == session.user_id, col(Piece.archived_at).is_(None))
        .order_by(col(Version.uploaded_at).desc())
    )
    is_shared = col(Piece.shared_at).is_not(None)
    if named:
        ours = statement.where(col(Piece.id).in_(named))
        rows = db.exec(ours if viewer_id == session.user_id else ours.where(is_shared)).all()
        for piece_id in named:
            if found := next((row for row in rows if row[0].id == piece_id), None):
                return InQuestion(found[0], found[1], True)
    newest = db.exec(statement.where(is_shared).limit(1)).first()
    return InQuestion(newest[0], newest[1], False) if newest else None


def next_date(db: Session, session: StudioSession, *, at: datetime) -> StudioSession | None:
    """The next meeting of these two besides this one, proposed or confirmed, that is still to come."""
    over = (StudioSession.held_at, StudioSession.cancelled_at, StudioSession.missed_at)
    statement = select(StudioSession).where(
        StudioSession.user_id == session.user_id,
        StudioSession.mentor_id == session.mentor_id,
        StudioSession.kind == "meeting",
        StudioSession.id != session.id,
        StudioSession.starts_at > max(at, session.starts_at),
        *(col(moment).is_(None) for moment in over),
    )
    return db.exec(statement.order_by(col(StudioSession.starts_at)).limit(1)).first()


def _asked_about(db: Session, session: StudioSession, lines: Iterable[AgendaItem]) -> list[UUID]:
    """The pieces from which questions on the agenda came."""
    asked = [UUID(line.source_id) for line in lines if line.source == "parked"]
    if not asked:
        return []
    statement = select(ParkedQuestion.source_id).where(
        col(ParkedQuestion.user_id).in_({one for one in (session.user_id, session.mentor_id) if one}),
        col(ParkedQuestion.id).in_(asked),
        ParkedQuestion.source == "piece",
    )
    return [UUID(piece_id) for piece_id in db.exec(statement)]
