"""What a milestone asks, and how much of it is there: computed from lessons, evidence and marks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from curriculum import content, lessons
from curriculum.content import Library, Milestone
from curriculum.lessons import Place
from mentorship.models.milestones import Assessment, Evidence
from mentorship.models.pieces import Piece, Version

OPTION = re.compile(r"\(option(al)?\)", re.IGNORECASE)
TARGET = "target-"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a milestone asks. Targets are not measured yet: what holds is the learner's word."""

    id: str  # "lessons", "evidence-beat", "self", "target-length": written into forms and into what is kept
    title: str
    state: str  # met, not met; of a target: to check, checked
    note: str = ""
    reason: str = ""  # why it was handed in without it

    @property
    def is_target(self) -> bool:
        return self.id.startswith(TARGET)

    @property
    def is_met(self) -> bool:
        return self.state in ("met", "checked")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An exact version that stands as evidence."""

    evidence: Evidence
    version: Version
    piece: Piece
    newest: int  # number of the piece's newest version

    @property
    def is_earlier(self) -> bool:
        return self.version.number < self.newest


@dataclass(frozen=True, slots=True)
class Record:
    """What one learner has done, as far as milestones ask."""

    places: Mapping[str, Place]
    exhibits: Mapping[str, list[Exhibit]]  # by milestone
    marked: frozenset[str]  # milestones that the learner has marked


def record(db: Session, library: Library, user_id: UUID) -> Record:
    marked = select(Assessment.milestone).where(Assessment.user_id == user_id, Assessment.side == "self")
    return Record(
        lessons.places(db, library, user_id), exhibits(db, user_id), frozenset(db.exec(marked.distinct()).all())
    )


def exhibits(db: Session, user_id: UUID, slug: str | None = None) -> dict[str, list[Exhibit]]:
    """What is linked now, by milestone; of one milestone when its slug is given. In the order of linking."""
    later = aliased(Version)
    newest = (
        sa.select(sa.func.max(later.number))
        .where(col(later.user_id) == Version.user_id, col(later.piece_id) == Version.piece_id)
        .scalar_subquery()
    )
    statement = (
        select(Evidence, Version, Piece, newest)
        .join(Version, sa.and_(col(Version.user_id) == Evidence.user_id, col(Version.id) == Evidence.version_id))
        .join(Piece, sa.and_(col(Piece.user_id) == Version.user_id, col(Piece.id) == Version.piece_id))
        .where(Evidence.user_id == user_id, col(Evidence.unlinked_at).is_(None))
        .order_by(col(Evidence.linked_at), col(Evidence.id))
    )
    if slug is not None:
        statement = statement.where(Evidence.milestone == slug)
    found: dict[str, list[Exhibit]] = {}
    for row in db.exec(statement):
        found.setdefault(row[0].milestone, []).append(Exhibit(*row))
    return found


def candidates(db: Session, user_id: UUID) -> list[tuple[Piece, Version]]:
    """All versions that could become evidence (none of archived pieces), the newest pieces and versions first."""
    statement = (
        select(Piece, Version)
        .join(Version, sa.and_(col(Version.user_id) == Piece.user_id, col(Version.piece_id) == Piece.id))
        .where(Piece.user_id == user_id, col(Piece.archived_at).is_(None))
        .order_by(col(Piece.created_at).desc(), col(Piece.id).desc(), col(Version.number).desc())
    )
    return list(db.exec(statement))


def of(milestone: Milestone, record: Record) -> tuple[Criterion, ...]:
    """Everything that the milestone asks: first what is computed, then the targets."""
    shown = record.exhibits.get(milestone.slug, [])
    reading = _reading(milestone, record.places)
    mark = _met("self", "Self-mark on the four levels", milestone.slug in record.marked)
    return (
        *((reading,) if reading else ()),
        *(_evidence(item, shown) for item in milestone.evidence if not is_option(item)),
        mark,
        *(Criterion(TARGET + target.id, target.title, "to check") for target in milestone.targets),
    )


def is_option(item: content.Evidence) -> bool:
    """Whether the milestone takes this evidence but does not ask for it."""
    return OPTION.search(item.title) is not None


def fits(item: content.Evidence, version: Version) -> bool:
    return item.kind in ("any", version.kind)


def count(criteria: Iterable[Criterion]) -> tuple[int, int]:
    """(how many are met, of how many) of those that are computed."""
    states = [criterion.is_met for criterion in criteria if not criterion.is_target]
    return sum(states), len(states)


def is_ready(criteria: Iterable[Criterion]) -> bool:
    """A hint, never a gate."""
    met, total = count(criteria)
    return met == total


def kept(criteria: Iterable[Criterion], milestone: Milestone, shown: Iterable[Exhibit]) -> dict[str, Any]:
    """Criteria and evidence as plain values, to be kept with a step of the milestone as they are now."""
    titles = {item.id: item.title for item in milestone.evidence}
    return {
        "criteria": [asdict(criterion) for criterion in criteria],
        "evidence": [
            {
                "item": exhibit.evidence.item,
                "item_title": titles.get(exhibit.evidence.item, exhibit.evidence.item),
                "piece": exhibit.piece.title,
                "piece_id": str(exhibit.piece.id),
                "version_id": str(exhibit.version.id),
                "number": exhibit.version.number,
                "kind": exhibit.version.kind,
                "sha256": exhibit.version.sha256,
            }
            for exhibit in shown
        ],
    }


def from_kept(kept: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """The criteria that a step of the milestone keeps."""
    return tuple(Criterion(**values) for values in kept.get("criteria", []))


def _reading(milestone: Milestone, places: Mapping[str, Place]) -> Criterion | None:
    """None: nobody has written any of its lessons yet, so there is nothing to ask."""
    words = [places[slug].word for slug in milestone.lessons if slug in places]
    written = [word for word in words if word != "planned"]
    if not written:
        return None
    done, planned = written.count("done"), len(words) - len(written)
    note = f"{done} of {len(written)}" + (f"; {planned} more not written yet, so not asked for" if planned else "")
    return _met("lessons", "Its lessons are done", done == len(written), note)


def _evidence(item: content.Evidence, shown: Iterable[Exhibit]) -> Criterion:
    is_there = any(exhibit.evidence.item == item.id and fits(item, exhibit.version) for exhibit in shown)
    return _met(f"evidence-{item.id}", item.title, is_there)


def _met(criterion_id: str, title: str, is_met: bool, note: str = "") -> Criterion:
    return Criterion(criterion_id, title, "met" if is_met else "not met", note)
