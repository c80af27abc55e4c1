"""The mentor's page before a meeting: what happened since the last one of the pair, as far as the link shows it.

The apprentice sees the very same page. Nothing on it is typed, and nothing is asked of the database that is not shown.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core.accounts import User
from core.errors import NotFound
from curriculum import scheduling
from curriculum.library import Library
from mentorship import brief_learning, brief_meetings, brief_work, links, states
from mentorship.brief_learning import Cards, Reading
from mentorship.brief_meetings import Ahead, Hours, Offered, Promises
from mentorship.brief_work import Asked, Changed, Milestones
from mentorship.few import Few
from mentorship.models.meetings import StudioSession
from mentorship.models.people import Link
from mentorship.parking import Parked
from mentorship.remark_page import OpenOnes


@dataclass(frozen=True, slots=True)
class Brief:
    """The page. None: the link does not show it."""

    link: Link
    apprentice: User
    mentor: User
    at: datetime
    since: datetime
    last: StudioSession | None  # the meeting from which it counts; None: from the link's beginning
    days: int  # since then
    reading: Reading | None
    cards: Cards | None
    hours: Hours
    questions: Few[Parked] | None
    promises: Promises
    pieces: Few[Changed] | None
    remarks: Few[OpenOnes] | None  # that are open, by version
    reviews: Few[Asked] | None
    milestones: Milestones | None
    ahead: Ahead | None
    offered: Offered  # for its agenda


def for_mentor(db: Session, library: Library, mentor_id: UUID, apprentice_id: UUID, *, at: datetime) -> Brief:
    """The brief of an apprentice, while the link is in force; else she is not found."""
    return _gather(db, library, links.link_with(db, mentor_id, apprentice_id), at)


def for_apprentice(db: Session, library: Library, apprentice_id: UUID, link_id: UUID, *, at: datetime) -> Brief:
    """What the mentor of this link sees of its apprentice, for herself; not found for anybody else, or out of force."""
    link = links.own(db, apprentice_id, link_id)
    if link.user_id != apprentice_id or not links.are_linked(db, link.user_id, link.mentor_id):
        raise NotFound
    return _gather(db, library, links.link_with(db, link.mentor_id, apprentice_id), at)


def last_meeting(db: Session, link: Link, at: datetime) -> StudioSession | None:
    """The newest meeting that these two held."""
    statement = (
        select(StudioSession)
        .where(
            StudioSession.user_id == link.user_id,
            StudioSession.mentor_id == link.mentor_id,
            StudioSession.kind == "meeting",
            states.was_held(),
            col(StudioSession.starts_at) <= at,
        )
        .order_by(col(StudioSession.starts_at).desc(), col(StudioSession.id).desc())
    )
    return db.exec(statement.limit(1)).first()


def _gather(db: Session, library: Library, link: Link, at: datetime) -> Brief:
    apprentice, mentor = db.get_one(User, link.user_id), db.get_one(User, link.mentor_id)
    last = last_meeting(db, link, at)
    since = last.starts_at if last else link.began_at
    reading = brief_learning.reading(db, library, apprentice.id, since) if link.shows_lessons else None
    cards = brief_learning.cards(db, library, apprentice, since, at) if link.shows_lessons else None
    questions = brief_meetings.questions(db, library, link) if link.shows_sessions else None
    promises = brief_meetings.promises(db, library, link, since, at)
    pieces = brief_work.pieces(db, apprentice.id, since) if link.shows_pieces else None
    reviews = brief_work.reviews(db, apprentice.id, mentor.id) if link.shows_pieces else None
    milestones = None
    if link.shows_pieces:
        milestones = brief_work.milestones(db, library, apprentice.id, with_ready=link.shows_lessons)
    ahead = brief_meetings.ahead(db, link, apprentice.zone, mentor.zone, at)
    return Brief(
        link=link,
        apprentice=apprentice,
        mentor=mentor,
        at=at,
        since=since,
        last=last,
        days=scheduling.days_between(since, at, apprentice.zone),
        reading=reading,
        cards=cards,
        hours=brief_meetings.hours(db, link, apprentice.zone, since, at),
        questions=questions,
        promises=promises,
        pieces=pieces,
        remarks=brief_work.remarks(db, apprentice.id) if link.shows_pieces else None,
        reviews=reviews,
        milestones=milestones,
        ahead=ahead,
        offered=brief_meetings.offered(db, library, link, ahead, at),
    )
