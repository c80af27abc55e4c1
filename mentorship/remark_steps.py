"""What becomes of a remark: fixed in a later version, heard there or not yet, dropped, open again. Every step is kept.

The owner says where it is fixed; the remark's writer or a mentor who sees the piece listens and says yes or not yet.
Without such a mentor she says it herself. Praise asks for nothing and takes no steps.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import User
from core.database import get_or_404
from core.errors import Conflict, NotAllowed, Refused
from core.ids import uuid7
from mentorship import links, remarks, time_links
from mentorship.models.pieces import Piece, Version
from mentorship.models.remarks import Remark, RemarkReply, RemarkStep

State = Literal["", "open", "fixed", "heard", "dropped"]
AFTER: dict[str, State] = {
    "fixed": "fixed",
    "yes": "heard",
    "not yet": "open",
    "dropped": "dropped",
    "reopened": "open",
}
TO_DO: tuple[State, ...] = ("open", "fixed")  # what a next version still has to show


def state_of(remark: Remark, last: RemarkStep | None) -> State:
    """open, fixed (the owner says so), heard (yes), dropped; "" for praise."""
    if remark.kind == "praise":
        return ""
    return AFTER[last.kind] if last else "open"


def of(db: Session, owner_id: UUID, remark_ids: Collection[UUID]) -> dict[UUID, list[RemarkStep]]:
    """remark id -> its steps, the first first."""
    steps: dict[UUID, list[RemarkStep]] = {}
    if not remark_ids:
        return steps
    statement = select(RemarkStep).where(RemarkStep.user_id == owner_id, col(RemarkStep.remark_id).in_(remark_ids))
    for step in db.exec(statement.order_by(col(RemarkStep.at), col(RemarkStep.id))):
        steps.setdefault(step.remark_id, []).append(step)
    return steps


def answered(db: Session, owner_id: UUID, remark_ids: Collection[UUID]) -> set[UUID]:
    """Those among these remarks that somebody answered, or that took a step."""
    if not remark_ids:
        return set()
    replies = select(RemarkReply.remark_id).where(
        RemarkReply.user_id == owner_id,
        col(RemarkReply.remark_id).in_(remark_ids),
        col(RemarkReply.removed_at).is_(None),
    )
    return {*db.exec(replies), *of(db, owner_id, remark_ids)}


def is_open() -> sa.ColumnElement[bool]:
    """Whether a remark that stands asks for something and its last step left it open."""
    later = sa.orm.aliased(RemarkStep)
    newer = sa.or_(
        col(later.at) > RemarkStep.at, sa.and_(col(later.at) == RemarkStep.at, col(later.id) > RemarkStep.id)
    )
    is_last = ~(
        sa.exists()
        .where(col(later.user_id) == RemarkStep.user_id, col(later.remark_id) == RemarkStep.remark_id, newer)
        .correlate(RemarkStep)
    )
    closed = (
        sa.exists()
        .where(
            col(RemarkStep.user_id) == Remark.user_id,
            col(RemarkStep.remark_id) == Remark.id,
            col(RemarkStep.kind).in_([kind for kind, state in AFTER.items() if state != "open"]),
            is_last,
        )
        .correlate(Remark)
    )
    return sa.and_(remarks.STANDS, col(Remark.kind) != "praise", ~closed)


def listeners(db: Session, piece: Piece) -> set[UUID]:
    """The mentors who see the piece now."""
    if piece.shared_at is None:
        return set()
    return {mentor.id for mentor in links.mentors_who_see(db, piece.user_id, "pieces")}


def may_judge(remark: Remark, viewer_id: UUID, mentors: Collection[UUID]) -> bool:
    """Whether this person, who sees the piece, says yes or not yet. mentors: `listeners`."""
    return viewer_id in mentors or (viewer_id == remark.user_id and (not mentors or remark.by_id == viewer_id))


def may_drop(remark: Remark, viewer_id: UUID) -> bool:
    return viewer_id in (remark.user_id, remark.by_id)


def fix(db: Session, owner_id: UUID, remark_id: UUID, version_id: UUID, *, at: datetime) -> RemarkStep:
    """The owner says in which later version it is fixed. Again in the same one is no error."""
    remark, piece, spoken_of = remarks.locked(db, owner_id, remark_id)
    if owner_id != remark.user_id:
        raise NotAllowed("Only the one who made the piece says where it is fixed.")
    of_piece = select(Version).where(Version.user_id == owner_id, Version.piece_id == piece.id)
    version: Version = get_or_404(db, of_piece.where(Version.id == version_id))
    steps = _steps(db, remark)
    state = _state(remark, steps)
    if state == "fixed" and steps[-1].version_id == version_id:
        return steps[-1]
    if version.number <= spoken_of.number:
        raise Refused(f"The remark is about V{spoken_of.number}. Upload the next version, then say it is fixed there.")
    if state not in TO_DO:
        raise Conflict("This remark is settled already. Open it again first.")
    where = time_links.words(remark.start_ms)
    news = f"{_name(db, owner_id)} says {where} of {piece.title} is fixed in V{version.number}. Is it?"
    return _add(db, remark, piece, version, owner_id, "fixed", "", news, at, to=_asked(db, remark, piece))


def judge(db: Session, person_id: UUID, remark_id: UUID, is_heard: bool, text: str = "", *, at: datetime) -> RemarkStep:
    """Yes, it is fixed, or not yet; with a line if wanted. Refused before its owner says where it is fixed."""
    remark, piece, _ = remarks.locked(db, person_id, remark_id)
    if not may_judge(remark, person_id, listeners(db, piece)):
        raise NotAllowed("A mentor listens and says whether it is fixed. You can say it where nobody else can.")
    steps, kind = _steps(db, remark), "yes" if is_heard else "not yet"
    if steps and steps[-1].kind == kind and steps[-1].by_id == person_id:
        return steps[-1]
    if _state(remark, steps) != "fixed":
        raise Conflict("Nobody says that it is fixed now: it was settled or opened again meanwhile. Reload the page.")
    version = db.get_one(Version, (remark.user_id, steps[-1].version_id))
    where = time_links.words(remark.start_ms)
    heard = "is fixed, too" if is_heard else "is not there yet"
    news = f"{_name(db, person_id)} says {where} of {piece.title}, V{version.number}, {heard}."
    line = remarks.said(text, "line") if text.strip() else ""
    return _add(db, remark, piece, version, person_id, kind, line, news, at, to={remark.by_id})


def drop(db: Session, person_id: UUID, remark_id: UUID, text: str = "", *, at: datetime) -> RemarkStep:
    """It is left as it is, or answered: by the owner or the remark's writer. Twice is no error."""
    remark, piece, version = remarks.locked(db, person_id, remark_id)
    if not may_drop(remark, person_id):
        raise NotAllowed(f"Only {remark.by_name} and the one who made the piece can settle this remark.")
    steps = _steps(db, remark)
    state = _state(remark, steps)
    if state == "dropped":
        return steps[-1]
    if state not in TO_DO:
        raise Conflict("This remark is settled already. Open it again first.")
    how = "answered" if remark.kind == "question" else "left as it is"
    news = f"{_name(db, person_id)} marked {time_links.words(remark.start_ms)} of {piece.title} as {how}."
    line = remarks.said(text, "line") if text.strip() else ""
    return _add(db, remark, piece, version, person_id, "dropped", line, news, at, to={remark.by_id})


def reopen(db: Session, person_id: UUID, remark_id: UUID, *, at: datetime) -> RemarkStep | None:
    """It is open again: by the owner, its writer or a mentor. On an open one nothing happens."""
    remark, piece, version = remarks.locked(db, person_id, remark_id)
    steps = _steps(db, remark)
    if _state(remark, steps) == "open":
        return None
    news = f"{_name(db, person_id)} opened {time_links.words(remark.start_ms)} of {piece.title} again."
    return _add(db, remark, piece, version, person_id, "reopened", "", news, at, to={remark.by_id})


def _asked(db: Session, remark: Remark, piece: Piece) -> set[UUID | None]:
    """Who is asked whether it is fixed: its writer if he can hear it, else every mentor who can."""
    mentors = listeners(db, piece)
    return {remark.by_id} if remark.by_id in mentors else {*mentors}


def _steps(db: Session, remark: Remark) -> Sequence[RemarkStep]:
    if remark.removed_at:
        raise Conflict("This remark was removed. Put it back first.")
    if remark.kind == "praise":
        raise Refused("Praise asks for nothing, so there is nothing to settle.")
    return of(db, remark.user_id, [remark.id]).get(remark.id, [])


def _state(remark: Remark, steps: Sequence[RemarkStep]) -> State:
    return state_of(remark, steps[-1] if steps else None)


def _name(db: Session, person_id: UUID) -> str:
    return db.get_one(User, person_id).name


def _add(
    db: Session,
    remark: Remark,
    piece: Piece,
    version: Version,
    by_id: UUID,
    kind: str,
    text: str,
    news: str,
    at: datetime,
    *,
    to: Collection[UUID | None],
) -> RemarkStep:
    """version: in which it is fixed or heard; else the remark's own."""
    step = RemarkStep(
        user_id=remark.user_id,
        id=uuid7(),
        remark_id=remark.id,
        kind=kind,
        version_id=version.id if kind in ("fixed", "yes", "not yet") else None,
        by_id=by_id,
        by_name=_name(db, by_id),
        text=text,
        at=at,
    )
    db.add(step)
    db.flush()
    remarks.tell(db, piece, version, by_id, news, to=to, at=at)
    return step
