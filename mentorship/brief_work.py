"""The brief's pieces, open remarks and milestones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from curriculum import content
from curriculum.library import Library
from mentorship import milestones as rules
from mentorship import piece_states, remark_page, sign_offs
from mentorship.few import Few, few
from mentorship.models.milestones import MilestoneEvent
from mentorship.models.pieces import Feedback, Piece, Version
from mentorship.portfolio import OF_PIECE
from mentorship.remark_page import OpenOnes

MOST_PIECES, MOST_MILESTONES = 5, 4
MOST_REMARKED = 4  # versions with open remarks


@dataclass(frozen=True, slots=True)
class Changed:
    """A piece that got new versions, or that is shared since."""

    piece: Piece
    numbers: tuple[int, ...]  # of the new versions, the first first; none: only shared
    changes: str  # what the newest says is new
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A review that waits for the mentor. number: of the version."""

    piece: Piece
    number: int
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that asks for something. at: when it came to this state; None: it is only ready."""

    milestone: content.Milestone
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Milestones:
    """ready: all that is computed is met, and it is not handed in; None: not shown, since it rests on lessons."""

    ready: Few[Reached] | None
    submitted: Few[Reached]
    returned: Few[Reached]


def pieces(db: Session, user_id: UUID, since: datetime) -> Few[Changed]:
    """What is shared and changed, the newest first."""
    rows = db.exec(
        select(Piece, Version)
        .outerjoin(
            Version,
            sa.and_(
                col(Version.user_id) == Piece.user_id,
                col(Version.piece_id) == Piece.id,
                col(Version.uploaded_at) > since,
            ),
        )
        .where(
            Piece.user_id == user_id,
            col(Piece.shared_at).is_not(None),
            col(Piece.archived_at).is_(None),
            sa.or_(col(Version.id).is_not(None), col(Piece.shared_at) > since),
        )
        .order_by(col(Version.number))
    )
    found: dict[UUID, tuple[Piece, list[Version]]] = {}
    for piece, version in rows:
        found.setdefault(piece.id, (piece, []))[1].extend([version] if version else [])
    changed = [_changed(piece, versions, since) for piece, versions in found.values()]
    return few(sorted(changed, key=lambda one: (one.at, one.piece.id), reverse=True), MOST_PIECES)


def remarks(db: Session, user_id: UUID) -> Few[OpenOnes]:
    """Which seconds of which version have open remarks, the latest said first."""
    return few(remark_page.open_ones(db, user_id, only_shown=True), MOST_REMARKED)


def reviews(db: Session, user_id: UUID, mentor_id: UUID) -> Few[Asked]:
    """What this mentor is asked to review, the longest waiting first."""
    rows = db.exec(
        select(Piece, Version, Feedback)
        .join(Version, OF_PIECE)
        .join(Feedback, piece_states.OF_VERSION)
        .where(
            Feedback.user_id == user_id,
            Feedback.from_id == mentor_id,
            piece_states.stands(),
            col(Piece.shared_at).is_not(None),
            col(Piece.archived_at).is_(None),
        )
        .order_by(col(Feedback.asked_at), col(Feedback.id))
    )
    return few([Asked(piece, version.number, feedback) for piece, version, feedback in rows], MOST_PIECES)


def milestones(db: Session, library: Library, user_id: UUID, *, with_ready: bool) -> Milestones:
    """with_ready: whether lessons are shown, too; else nothing that rests on them is looked at."""
    last = _last_steps(db, user_id)
    states = {slug: rules.STATES[event.kind] for slug, event in last.items()}
    ready: Few[Reached] | None = None
    if with_ready:
        opened = sign_offs.open_to_mentors(db, user_id)  # what is only begun is the apprentice's own affair
        ready = few(
            [
                Reached(row.milestone)
                for row in rules.overview(db, library, user_id)
                if row.total
                and row.met == row.total
                and row.state not in (*rules.LOCKED, "returned")
                and row.milestone.slug in opened
            ],
            MOST_MILESTONES,
        )

    def standing(state: str) -> Few[Reached]:
        here = [
            Reached(milestone, last[milestone.slug].at)
            for milestone in library.milestones.values()
            if states.get(milestone.slug) == state
        ]
        return few(here, MOST_MILESTONES)

    return Milestones(ready, standing("submitted"), standing("returned"))


def _changed(piece: Piece, versions: Sequence[Version], since: datetime) -> Changed:
    assert piece.shared_at is not None
    moments = [version.uploaded_at for version in versions] + [piece.shared_at]
    changes = versions[-1].changes if versions else ""
    return Changed(piece, tuple(version.number for version in versions), changes, max(moments))


def _last_steps(db: Session, user_id: UUID) -> dict[str, MilestoneEvent]:
    events = select(MilestoneEvent).where(MilestoneEvent.user_id == user_id).order_by(col(MilestoneEvent.at))
    return {event.milestone: event for event in db.exec(events)}
