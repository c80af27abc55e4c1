"""What a step of a milestone keeps, as it was at that moment: criteria, exact files with figures and remarks, marks."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core import words
from curriculum.content import Milestone
from mentorship import criteria, targets
from mentorship.criteria import Criterion
from mentorship.evidence import Exhibit
from mentorship.models.milestones import Assessment
from mentorship.models.pieces import Version
from mentorship.models.remarks import Remark, RemarkStep

TOLD = ("integrated", "range", "true_peak", "correlation", "seconds", "rate", "bits")  # figures, in this order
IS_FIXED = ("fixed", "yes")  # the last step of a remark that asks for nothing more
IS_GONE, PRAISE = "dropped", "praise"


def of(
    db: Session,
    owner_id: UUID,
    milestone: Milestone,
    asked: Iterable[Criterion],
    shown: Collection[Exhibit],
    marks: Mapping[str, Assessment | None],
) -> dict[str, Any]:
    """All of it as plain values. asked: the criteria, with the learner's word; marks: by side (self, mentor)."""
    titles = {item.id: item.title for item in milestone.evidence}
    counted = remarks(db, owner_id, [exhibit.version for exhibit in shown])
    held = criteria.held(db, owner_id).get(milestone.slug, criteria.Held())
    return {
        "criteria": [asdict(criterion) for criterion in asked],
        "evidence": [_file(exhibit, titles, counted[exhibit.version.id]) for exhibit in shown],
        "marks": {side: mark_kept(mark) for side, mark in marks.items()},
        "sessions": asdict(held),
    }


def remarks(db: Session, owner_id: UUID, versions: Collection[Version]) -> dict[UUID, dict[str, int]]:
    """By version: how many remarks on its piece, up to this version, are open and how many fixed; removed ones not."""
    pieces = {version.piece_id for version in versions}
    statement = (
        sa.select(col(Remark.id), col(Version.piece_id), col(Version.number))
        .join(Version, sa.and_(col(Version.user_id) == Remark.user_id, col(Version.id) == Remark.version_id))
        .where(col(Remark.user_id) == owner_id, col(Version.piece_id).in_(pieces), col(Remark.removed_at).is_(None))
        .where(col(Remark.kind) != PRAISE)
    )
    rows = db.execute(statement).all()
    steps = (
        sa.select(col(RemarkStep.remark_id), col(RemarkStep.kind))
        .where(col(RemarkStep.user_id) == owner_id, col(RemarkStep.remark_id).in_([row[0] for row in rows]))
        .order_by(col(RemarkStep.at), col(RemarkStep.id))
    )
    last = {remark_id: kind for remark_id, kind in db.execute(steps)}
    found = {}
    for version in versions:
        here = [
            last.get(remark_id, "")
            for remark_id, piece_id, number in rows
            if piece_id == version.piece_id and number <= version.number
        ]
        fixed = sum(kind in IS_FIXED for kind in here)
        found[version.id] = {"open": len(here) - fixed - here.count(IS_GONE), "fixed": fixed}
    return found


def mark_kept(mark: Assessment | None) -> dict[str, Any] | None:
    """A mark as plain values."""
    if mark is None:
        return None
    return {"by": mark.by_name, "level": mark.level, "comment": mark.comment, "at": mark.at.isoformat()}


def figures_in_words(file: Mapping[str, Any]) -> str:
    """What the meter had found in a kept file: "−9.2 LUFS · −1.1 dBTP"; "" where it had nothing."""
    measured = file.get("measures") or {}
    figures = measured.get("figures") or {}
    said = [targets.written(name, figures[name]) for name in TOLD if isinstance(figures.get(name), int | float)]
    return " · ".join([*said, measured["meter"]] if said and measured.get("meter") else said)


def sessions_in_words(kept: Mapping[str, Any]) -> str:
    """The sessions that a step counted: "2 sessions for it, 3 h 20 min, 1 signed by both."; "" for none."""
    held = kept.get("sessions") or {}
    if not held.get("count"):
        return ""
    said = [f"{held['count']} session{'s' if held['count'] != 1 else ''} for it", words.minutes(held["minutes"])]
    return ", ".join([*said, *([f"{held['signed']} signed by both"] if held["signed"] else [])]) + "."


def remarks_in_words(file: Mapping[str, Any]) -> str:
    """How many remarks there were on a kept file: "4 fixed, 1 open"; "" for none."""
    counted = file.get("remarks") or {}
    return ", ".join(f"{counted[word]} {word}" for word in ("fixed", "open") if counted.get(word))


def _file(exhibit: Exhibit, titles: Mapping[str, str], remarks: dict[str, int]) -> dict[str, Any]:
    version, measured = exhibit.version, exhibit.measured
    return {
        "item": exhibit.evidence.item,
        "item_title": titles.get(exhibit.evidence.item, exhibit.evidence.item),
        "piece": exhibit.piece.title,
        "piece_id": str(exhibit.piece.id),
        "version_id": str(version.id),
        "number": version.number,
        "kind": version.kind,
        "file_name": version.file_name,
        "size": version.size,
        "sha256": version.sha256,
        "measures": asdict(measured) if measured else None,
        "remarks": remarks,
    }
