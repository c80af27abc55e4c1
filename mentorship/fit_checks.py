"""The apprentice's private fit check: does working with this mentor suit her? Hers alone unless she shares one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User
from core.errors import InvalidForm, NotFound, Refused
from core.ids import uuid7
from mentorship import links, news
from mentorship.links import Pair
from mentorship.models.meetings import StudioSession
from mentorship.models.people import FitCheck, Link

FIRST_AFTER = 3  # held meetings
EVERY = timedelta(days=91)
LOW = 2  # this mark, or less, asks for a step
LONGEST_NOTE = 2000  # characters
MARKS = {1: "not at all", 2: "a little", 3: "in part", 4: "mostly", 5: "fully"}


@dataclass(frozen=True, slots=True)
class Statement:
    """key: kept with the answers, so it stays; advice: one plain sentence for a low mark."""

    key: str
    text: str
    short: str
    advice: str


STATEMENTS = (
    Statement(
        "next",
        "I leave our meetings knowing what to do next.",
        "next step",
        "Ask for it: end each meeting by reading the actions aloud, with a date for each.",
    ),
    Statement(
        "safe",
        "I feel safe to show unfinished work.",
        "safe",
        "Tell your mentor one thing that would make it easier to bring sketches. If you feel put down, pause: you owe "
        "nobody a reason.",
    ),
    Statement(
        "kept",
        "We both keep what we promise.",
        "promises",
        "Promise less: change the agreement to one action each, and look at it first in the next meeting.",
    ),
    Statement(
        "pace",
        "The pace suits me.",
        "pace",
        "Propose another rhythm: change how often you meet, or how much lies between two meetings.",
    ),
    Statement(
        "mine",
        "What we work on is what I want to become.",
        "direction",
        "Park a question for the next meeting: “What are we working towards?” Then change the goals you agreed on.",
    ),
)
KEYS = tuple(statement.key for statement in STATEMENTS)


@dataclass(frozen=True, slots=True)
class Fit:
    """What an apprentice sees of her checks with one mentor."""

    checks: list[FitCheck]  # the oldest first
    is_due: bool
    held: int  # meetings with this mentor

    @property
    def newest(self) -> FitCheck | None:
        return self.checks[-1] if self.checks else None


def due(db: Session, apprentice_id: UUID, at: datetime) -> list[Link]:
    """Her links in force with a check to make: after the third held meeting, then 91 days after the last check."""
    held, last = _held(Link.user_id, Link.mentor_id), _last()
    statement = (
        select(Link)
        .where(
            Link.user_id == apprentice_id,
            links.in_force(),
            held >= FIRST_AFTER,
            sa.or_(last.is_(None), last <= at - EVERY),
        )
        .order_by(col(Link.began_at), col(Link.id))
    )
    return list(db.exec(statement))


def of(db: Session, apprentice_id: UUID, link_id: UUID, *, at: datetime) -> tuple[Pair, Fit]:
    """The checks that the apprentice of a link made of this mentor, also in a former link. For nobody else."""
    pair = _hers(db, apprentice_id, link_id)
    held = db.scalar(sa.select(_held(pair.link.user_id, pair.link.mentor_id)))
    is_due = any(link.id == link_id for link in due(db, apprentice_id, at))
    return pair, Fit(_checks(db, pair.link), is_due, held or 0)


def shared_with(db: Session, mentor_id: UUID, link_id: UUID) -> list[FitCheck]:
    """What the apprentice of a link shared with its mentor, the oldest first; nothing once it is not in force."""
    pair = links.own_pair(db, mentor_id, link_id)
    if pair.is_mentor or pair.state != "active":
        return []
    return [check for check in _checks(db, pair.link) if check.shared_at]


def answer(
    db: Session, apprentice_id: UUID, link_id: UUID, answers: Mapping[str, int | None], note: str, *, at: datetime
) -> FitCheck:
    """Keep a check. answers: a mark of 1 to 5 for each statement, or InvalidForm; note: for herself."""
    _hers(db, apprentice_id, link_id)
    pair = links.to_change(db, apprentice_id, link_id)
    marks = {key: mark for key in KEYS if (mark := answers.get(key)) in MARKS and mark is not None}
    if missing := [key for key in KEYS if key not in marks]:
        raise InvalidForm({f"answers.{key}": "Choose one of the five, from 1 to 5." for key in missing})
    if len(note) > LONGEST_NOTE:
        raise Refused(f"This is longer than {LONGEST_NOTE} characters. Shorten it a little.", field="note")
    check = FitCheck(user_id=apprentice_id, id=uuid7(), link_id=pair.link.id, at=at, answers=marks, note=note.strip())
    db.add(check)
    return check


def share(db: Session, apprentice_id: UUID, link_id: UUID, check_id: UUID, *, at: datetime) -> None:
    """Let this mentor read this one check, with its note. Twice is no error."""
    check = _own(db, apprentice_id, link_id, check_id)
    pair = links.to_change(db, apprentice_id, link_id)
    if check.shared_at:
        return
    check.shared_at = at
    path = f"/links/{link_id}/fit"
    text = f"{db.get_one(User, apprentice_id).name} shared with you how working together is going. Talk about it."
    inbox.tell(db, pair.person.id, news.LINK, text, path=path, thread=links.thread_of(link_id), at=at)


def unshare(db: Session, apprentice_id: UUID, link_id: UUID, check_id: UUID) -> None:
    """Take a shared check back: from the next request on it is hers alone, also where the link is over."""
    _own(db, apprentice_id, link_id, check_id).shared_at = None


def advice(check: FitCheck) -> list[Statement]:
    """The statements with a low mark, each with what could help."""
    return [statement for statement in STATEMENTS if check.answers.get(statement.key, 5) <= LOW]


def _hers(db: Session, apprentice_id: UUID, link_id: UUID) -> Pair:
    pair = links.own_pair(db, apprentice_id, link_id)
    if not pair.is_mentor:
        raise NotFound
    return pair


def _own(db: Session, apprentice_id: UUID, link_id: UUID, check_id: UUID) -> FitCheck:
    pair = _hers(db, apprentice_id, link_id)
    found = next((check for check in _checks(db, pair.link) if check.id == check_id), None)
    if found is None:
        raise NotFound
    return found


def _checks(db: Session, link: Link) -> list[FitCheck]:
    of_pair = select(Link.id).where(Link.user_id == link.user_id, Link.mentor_id == link.mentor_id)
    statement = select(FitCheck).where(FitCheck.user_id == link.user_id, col(FitCheck.link_id).in_(of_pair))
    return list(db.exec(statement.order_by(col(FitCheck.at), col(FitCheck.id))))


def _held(apprentice: Any, mentor: Any) -> sa.ScalarSelect[int]:
    """How many meetings these two held. apprentice, mentor: ids, or columns of the statement around it."""
    together = (col(StudioSession.user_id) == apprentice, col(StudioSession.mentor_id) == mentor)
    took_place = (col(StudioSession.held_at).is_not(None), col(StudioSession.cancelled_at).is_(None))
    count = sa.select(sa.func.count()).select_from(StudioSession)
    return count.where(*together, *took_place, col(StudioSession.kind) == "meeting").scalar_subquery()


def _last() -> sa.ScalarSelect[datetime]:
    """When the apprentice of the Link around it made her last check of its mentor."""
    any_link = aliased(Link)
    of_pair = (col(any_link.user_id) == col(Link.user_id), col(any_link.mentor_id) == col(Link.mentor_id))
    checks = sa.select(sa.func.max(col(FitCheck.at))).join(any_link, col(any_link.id) == col(FitCheck.link_id))
    return checks.where(col(FitCheck.user_id) == col(Link.user_id), *of_pair).correlate(Link).scalar_subquery()
