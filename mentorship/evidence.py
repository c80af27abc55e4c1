"""What stands as evidence for milestones: exact versions, with what the meter and the mentors said of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from curriculum import content
from curriculum.content import Milestone
from mentorship.models.milestones import Evidence
from mentorship.models.pieces import Measurement, Piece, Version
from mentorship.targets import Heard


@dataclass(frozen=True, slots=True)
class Measured:
    """What the meter found in a version, or how far it is."""

    state: str  # waiting, measuring, ready, failed
    reason: str = ""
    meter: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An exact version that stands as evidence."""

    evidence: Evidence
    version: Version
    piece: Piece
    newest: int  # number of the piece's newest version
    measured: Measured | None = None  # None: it holds no sound, or was never asked

    @property
    def is_earlier(self) -> bool:
        return self.version.number < self.newest


def exhibits(db: Session, user_id: UUID, slug: str | None = None) -> dict[str, list[Exhibit]]:
    """What is linked now, by milestone; of one milestone when its slug is given. In the order of linking."""
    later = aliased(Version)
    newest = (
        sa.select(sa.func.max(later.number))
        .where(col(later.user_id) == Version.user_id, col(later.piece_id) == Version.piece_id)
        .scalar_subquery()
    )
    measures = [getattr(Measurement, name) for name in ("state", "reason", "meter", "figures")]
    its_own = sa.and_(
        col(Measurement.user_id) == Version.user_id, col(Measurement.version_id) == Version.id
    )  # without the curves, which are long
    statement = (
        sa.select(Evidence, Version, Piece, newest, *measures)
        .join(Version, sa.and_(col(Version.user_id) == Evidence.user_id, col(Version.id) == Evidence.version_id))
        .join(Piece, sa.and_(col(Piece.user_id) == Version.user_id, col(Piece.id) == Version.piece_id))
        .outerjoin(Measurement, its_own)
        .where(col(Evidence.user_id) == user_id, col(Evidence.unlinked_at).is_(None))
        .order_by(col(Evidence.linked_at), col(Evidence.id))
    )
    if slug is not None:
        statement = statement.where(col(Evidence.milestone) == slug)
    found: dict[str, list[Exhibit]] = {}
    for evidence, version, piece, number, state, reason, meter, figures in db.execute(statement):
        measured = Measured(state, reason, meter, figures or {}) if state else None
        found.setdefault(evidence.milestone, []).append(Exhibit(evidence, version, piece, number, measured))
    return found


def candidates(db: Session, user_id: UUID) -> list[tuple[Piece, Version]]:
    """All versions that could become evidence (none of archived pieces), the newest pieces and versions first."""
    statement = (
        select(Piece, Version)
        .join(Version, sa.and_(col(Version.user_id) == Piece.user_id, col(Version.piece_id) == Piece.id))
        .where(Piece.user_id == user_id, col(Piece.archived_at).is_(None), col(Piece.is_reference).is_(False))
        .order_by(col(Piece.created_at).desc(), col(Piece.id).desc(), col(Version.number).desc())
    )
    return list(db.exec(statement))


def fits(item: content.Evidence, version: Version) -> bool:
    return item.kind in ("any", version.kind)


def heard(shown: Iterable[Exhibit], over_time: Mapping[UUID, list[float | None]]) -> list[Heard]:
    """As targets look at it. over_time: correlation of the versions that are asked for it."""
    return [_heard(one, over_time.get(one.version.id, [])) for one in shown]


def over_time(
    db: Session, user_id: UUID, milestones: Collection[Milestone], shown: dict[str, list[Exhibit]]
) -> dict[UUID, list[float | None]]:
    """Correlation over time of the evidence whose target holds for a share of it; else nothing is read."""
    items = {
        (milestone.slug, item)
        for milestone in milestones
        for target in milestone.targets
        if target.share is not None
        for item in target.of
    }
    wanted = {
        one.version.id
        for slug, here in shown.items()
        for one in here
        if (slug, one.evidence.item) in items and one.measured and one.measured.state == "ready"
    }
    if not wanted:
        return {}
    rows = sa.select(col(Measurement.version_id), col(Measurement.curves)).where(
        col(Measurement.user_id) == user_id, col(Measurement.version_id).in_(wanted)
    )
    return {
        version_id: (curves.get("correlation") or {}).get("values") or [] for version_id, curves in db.execute(rows)
    }


def _heard(exhibit: Exhibit, correlation: list[float | None]) -> Heard:
    state = ""
    if exhibit.version.kind == "audio":
        state = exhibit.measured.state if exhibit.measured else "waiting"
    measured = exhibit.measured or Measured(state)
    return Heard(
        item=exhibit.evidence.item,
        piece=exhibit.piece.title,
        number=exhibit.version.number,
        state=state,
        reason=measured.reason,
        figures=measured.figures,
        correlation=correlation,
    )
