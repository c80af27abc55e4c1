"""What two people keep of their time together, also when their link is over: sessions held, marks and decisions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from curriculum.library import Library
from mentorship import sessions
from mentorship.models.meetings import StudioSession
from mentorship.models.milestones import Assessment, MilestoneEvent
from mentorship.models.people import Link


@dataclass(frozen=True, slots=True)
class Said:
    """What the mentor said about a milestone: a mark on its rubric, or a decision."""

    title: str  # of the milestone
    words: str  # "marked 3 of 4", "returned"
    text: str  # comment or reason
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    held: list[StudioSession]
    said: list[Said]  # the latest first


def counts(db: Session, over: Collection[Link]) -> dict[UUID, tuple[int, int]]:
    """(sessions held together, marks given) of each link's two people, by the link's id."""
    held = _by_pair(
        db, over, col(StudioSession.user_id), col(StudioSession.mentor_id), col(StudioSession.held_at).is_not(None)
    )
    marks = _by_pair(db, over, col(Assessment.user_id), col(Assessment.by_id), col(Assessment.side) == "mentor")
    pairs = {link.id: (link.user_id, link.mentor_id) for link in over}
    return {link_id: (held.get(pair, 0), marks.get(pair, 0)) for link_id, pair in pairs.items()}


def _by_pair(
    db: Session, over: Collection[Link], apprentice: Any, mentor: Any, condition: sa.ColumnElement[bool]
) -> dict[tuple[UUID, UUID], int]:
    """How many rows there are by (apprentice, mentor)."""
    ours = (apprentice.in_({link.user_id for link in over}), mentor.in_({link.mentor_id for link in over}))
    rows = db.execute(
        sa.select(apprentice, mentor, sa.func.count()).where(*ours, condition).group_by(apprentice, mentor)
    )
    return {(one, other): count for one, other, count in rows}


def kept(db: Session, library: Library, link: Link) -> Kept:
    """All of it, for either of the two."""
    held = sessions.held_together(db, link.user_id, link.mentor_id)
    said = [
        Said(_title(library, mark.milestone), f"marked {mark.level} of 4", mark.comment, mark.at)
        for mark in db.exec(select(Assessment).where(*_marked_by(link)))
    ]
    said += [
        Said(_title(library, event.milestone), event.kind, event.reason, event.at)
        for event in db.exec(
            select(MilestoneEvent).where(MilestoneEvent.user_id == link.user_id, MilestoneEvent.by_id == link.mentor_id)
        )
    ]
    return Kept(held, sorted(said, key=lambda one: one.at, reverse=True))


def _marked_by(link: Link) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Assessment.user_id) == link.user_id,
        col(Assessment.by_id) == link.mentor_id,
        col(Assessment.side) == "mentor",
    )


def _title(library: Library, slug: str) -> str:
    """As the course names it; a milestone that it no longer has, by its slug."""
    milestone = library.milestones.get(slug)
    return f"M{milestone.number:02d} {milestone.title}" if milestone else slug
