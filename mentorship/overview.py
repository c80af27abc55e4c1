"""A mentor's page of one apprentice: as much as the link shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core import clock
from core.accounts import User
from core.columns import EPOCH
from curriculum import lessons, log, plans, progress
from curriculum.library import Library
from curriculum.models import Review
from curriculum.progress import TrackProgress
from mentorship import links, milestones, portfolio, programme, sessions, sign_offs
from mentorship.milestones import Row
from mentorship.models.people import Link
from mentorship.portfolio import Tile
from mentorship.programme import Standing
from mentorship.sessions import Listed

MOST_SESSIONS = 10
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Cards:
    answered: int  # in the last seven days
    due: int  # by the end of the apprentice's study day, new ones not counted


@dataclass(frozen=True, slots=True)
class Overview:
    """What one apprentice shows; None: not shown."""

    link: Link
    person: User
    tracks: list[TrackProgress] | None
    cards: Cards | None
    held: list[Listed]  # also without their being shown: those held with this mentor
    pieces: list[Tile] | None
    milestones: list[Row] | None  # those that were begun
    programme: Standing | None  # None, too: they follow none; it rests on lessons and milestones


def of(db: Session, library: Library, mentor_id: UUID, apprentice_id: UUID, *, at: datetime) -> Overview:
    """The apprentice as this mentor may see her, while the link is in force; else she is not found."""
    link = links.link_with(db, mentor_id, apprentice_id)
    person = db.get_one(User, apprentice_id)
    shows_lessons = links.may_see(db, mentor_id, apprentice_id, "lessons")
    places = lessons.places(db, library, apprentice_id) if shows_lessons else {}
    shows_pieces = links.may_see(db, mentor_id, apprentice_id, "pieces")
    return Overview(
        link=link,
        person=person,
        tracks=progress.by_track(library, places) if shows_lessons else None,
        cards=_cards(db, person, at) if shows_lessons else None,
        held=sessions.of_apprentice(db, mentor_id, apprentice_id, most=MOST_SESSIONS),
        pieces=_pieces(db, mentor_id, apprentice_id) if shows_pieces else None,
        milestones=_milestones(db, library, apprentice_id, at) if shows_pieces else None,
        programme=_programme(db, library, person, at) if shows_lessons and shows_pieces else None,
    )


def _programme(db: Session, library: Library, person: User, at: datetime) -> Standing | None:
    return programme.of(db, library, plans.learner(db, person.id), person.zone, at=at)


def _cards(db: Session, person: User, at: datetime) -> Cards:
    recent = log.counting(person.id).where(col(Review.at) > at - WEEK)
    answered = db.scalar(sa.select(sa.func.count()).select_from(recent.subquery()))
    day_ends = clock.day_start(clock.study_day(at, person.zone) + 1, person.zone)
    return Cards(answered or 0, log.coming(db, person.id, EPOCH, day_ends, new_a_day=0))


def _pieces(db: Session, mentor_id: UUID, apprentice_id: UUID) -> list[Tile]:
    return next((one.tiles for one in portfolio.shared_with(db, mentor_id) if one.person.id == apprentice_id), [])


def _milestones(db: Session, library: Library, apprentice_id: UUID, at: datetime) -> list[Row]:
    """Those whose page the mentor may open: what is only begun is the apprentice's own affair."""
    open_to_mentors = sign_offs.open_to_mentors(db, apprentice_id)
    return [
        row for row in milestones.overview(db, library, apprentice_id, at=at) if row.milestone.slug in open_to_mentors
    ]
