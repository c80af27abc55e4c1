"""Remarks for an evidence pack: numbered by their place in each version, with what became of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlmodel import Session, col, select

from mentorship.models.remarks import Remark, RemarkReply, RemarkStep
from mentorship.pack_models import Answer, Note, Step


def of_versions(db: Session, user_id: UUID, numbers: Mapping[UUID, int]) -> dict[UUID, list[Note]]:
    """version id -> its remarks, in order; without removed ones. numbers: the number of each version."""
    mine = (Remark.user_id == user_id, col(Remark.version_id).in_(numbers), col(Remark.removed_at).is_(None))
    places = (col(Remark.start_ms), col(Remark.at), col(Remark.id))
    remarks = db.exec(select(Remark).where(*mine).order_by(*places)).all()
    ids = {remark.id for remark in remarks}
    steps = _steps(db, user_id, ids, numbers)
    replies = _replies(db, user_id, ids)
    found: dict[UUID, list[Note]] = {}
    for remark in remarks:
        here = found.setdefault(remark.version_id, [])
        here.append(
            Note(
                number=len(here) + 1,
                kind=remark.kind,
                start=remark.start_ms / 1000,
                end=None if remark.end_ms is None else remark.end_ms / 1000,
                by=remark.by_name,
                text=remark.text,
                at=remark.at,
                steps=steps.get(remark.id, []),
                replies=replies.get(remark.id, []),
            )
        )
    return found


def _steps(
    db: Session, user_id: UUID, remark_ids: Iterable[UUID], numbers: Mapping[UUID, int]
) -> dict[UUID, list[Step]]:
    found: dict[UUID, list[Step]] = defaultdict(list)
    mine = (RemarkStep.user_id == user_id, col(RemarkStep.remark_id).in_(set(remark_ids)))
    for row in db.exec(select(RemarkStep).where(*mine).order_by(col(RemarkStep.at), col(RemarkStep.id))):
        number = numbers.get(row.version_id) if row.version_id else None
        found[row.remark_id].append(Step(row.kind, number, row.by_name, row.text, row.at))
    return found


def _replies(db: Session, user_id: UUID, remark_ids: Iterable[UUID]) -> dict[UUID, list[Answer]]:
    found: dict[UUID, list[Answer]] = defaultdict(list)
    mine = (RemarkReply.user_id == user_id, col(RemarkReply.remark_id).in_(set(remark_ids)))
    stand = col(RemarkReply.removed_at).is_(None)
    for row in db.exec(select(RemarkReply).where(*mine, stand).order_by(col(RemarkReply.at), col(RemarkReply.id))):
        found[row.remark_id].append(Answer(row.by_name, row.text, row.at))
    return found
