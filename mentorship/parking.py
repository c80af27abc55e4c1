"""Parked questions: what to ask at the next meeting, with where it came from.

A question is its writer's. The mentors whose link shows sessions read the open ones; what somebody parked as a mentor
is read by others only where it stands on an agenda (and there as the agenda's line).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.database import get_or_404
from core.errors import Conflict, Refused
from core.ids import uuid7
from curriculum import cards
from curriculum.library import Library
from curriculum.models import OwnCard
from mentorship import links, portfolio, time_links
from mentorship.models.meetings import ParkedQuestion, StudioSession

LONGEST = 1000  # characters of a question, and of its answer
LONGEST_TITLE = 80  # characters of a card's question, where it names the card
LONGEST_PATH = 300
MOST_OPEN = 500
PAGES = {  # how an address of this site begins -> what it is called
    "": "Today",
    "learn": "Learn",
    "learning": "How far you are",
    "lessons": "Learn",
    "glossary": "Glossary",
    "programme": "Programme",
    "reviews": "Review",
    "practice": "Practice",
    "cards": "Cards",
    "stats": "Statistics",
    "sessions": "Sessions",
    "actions": "Something to do",
    "portfolio": "Portfolio",
    "feedback": "Portfolio",
    "milestones": "Milestones",
    "mentors": "Mentors",
    "apprentices": "An apprentice",
    "questions": "Questions",
    "settings": "Settings",
}

Kind = Literal["", "lesson", "card", "piece", "page"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question came from. id: a slug, a card's id, a piece's id, or a path on this site. seconds: of a piece,
    in the version with this number."""

    kind: Kind = ""
    id: str = ""
    seconds: float | None = None
    version: int | None = None


NOWHERE = Source()


@dataclass(frozen=True, slots=True)
class Origin:
    """The same in words. title: "" where it is gone or not the viewer's to see; path: "" where it cannot be opened."""

    kind: Kind
    title: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    """A question as a page shows it."""

    question: ParkedQuestion
    origin: Origin | None
    session: StudioSession | None  # on whose agenda it stands, if the viewer was or will be there


def park(
    db: Session, library: Library, person_id: UUID, text: str, source: Source = NOWHERE, *, at: datetime
) -> ParkedQuestion:
    """Keep a question. A source that is not there, or not this person's to see, is left out and the words are kept."""
    is_open = select(sa.func.count()).where(ParkedQuestion.user_id == person_id, *_is_open())
    if db.exec(is_open).one() >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} questions wait already. Answer or remove some of them, then park this one.")
    found = source if _is_there(db, library, person_id, source) else NOWHERE
    question = ParkedQuestion(
        user_id=person_id,
        id=uuid7(),
        text=_said(text),
        source=found.kind,
        source_id=found.id,
        seconds=found.seconds,
        version=found.version,
        parked_at=at,
    )
    db.add(question)
    return question


def own(db: Session, person_id: UUID, question_id: UUID) -> ParkedQuestion:
    """The question of this person with this id; one that was removed is found, too."""
    found: ParkedQuestion = get_or_404(db, _own(person_id, question_id))
    return found


def edit(db: Session, person_id: UUID, question_id: UUID, text: str) -> ParkedQuestion:
    """Say it in other words. One that was answered or removed meanwhile is refused."""
    question = _to_change(db, person_id, question_id)
    if question.removed_at:
        raise Conflict("This question was removed. Put it back on the page of questions, then change it.")
    if question.answered_at:
        raise Conflict("This question was answered meanwhile. Open it again, then change it.")
    question.text = _said(text)
    return question


def answer(db: Session, person_id: UUID, question_id: UUID, text: str = "", *, at: datetime) -> ParkedQuestion:
    """It is answered. text: what the answer was, in a line; may be empty. Again: other words for the same answer."""
    question = _to_change(db, person_id, question_id)
    if question.removed_at:
        raise Conflict("This question was removed. Put it back on the page of questions, then answer it.")
    question.answered_at, question.answer = question.answered_at or at, text.strip()
    return question


def reopen(db: Session, person_id: UUID, question_id: UUID) -> ParkedQuestion:
    """It is not answered after all; what was written as its answer stays. Twice is no error."""
    question = _to_change(db, person_id, question_id)
    question.answered_at = None
    return question


def remove(db: Session, person_id: UUID, question_id: UUID, *, at: datetime) -> ParkedQuestion:
    """Take it off the list. An agenda on which it stands keeps its line. Twice is no error."""
    question = _to_change(db, person_id, question_id)
    question.removed_at = question.removed_at or at
    return question


def restore(db: Session, person_id: UUID, question_id: UUID) -> ParkedQuestion:
    """Put back what was removed. Twice is no error."""
    question = _to_change(db, person_id, question_id)
    question.removed_at = None
    return question


def open_of(db: Session, viewer_id: UUID, apprentice_id: UUID) -> list[ParkedQuestion]:
    """The open questions of somebody, the oldest first; none where the link does not show sessions to the viewer.

    What she parked as somebody's mentor, and put on that apprentice's agenda, is for nobody but herself.
    """
    if not links.may_see(db, viewer_id, apprentice_id, "sessions"):
        return []
    statement = select(ParkedQuestion).where(ParkedQuestion.user_id == apprentice_id, *_is_open())
    if viewer_id != apprentice_id:
        others = select(StudioSession.id).where(StudioSession.mentor_id == apprentice_id)
        is_free = col(ParkedQuestion.session_id).is_(None)
        statement = statement.where(sa.or_(is_free, col(ParkedQuestion.session_id).not_in(others)))
    return list(db.exec(statement.order_by(col(ParkedQuestion.parked_at), col(ParkedQuestion.id))))


def answered_of(db: Session, person_id: UUID, *, most: int) -> list[ParkedQuestion]:
    """One's own that were answered, the latest first."""
    statement = select(ParkedQuestion).where(
        ParkedQuestion.user_id == person_id,
        col(ParkedQuestion.answered_at).is_not(None),
        col(ParkedQuestion.removed_at).is_(None),
    )
    latest = statement.order_by(col(ParkedQuestion.answered_at).desc(), col(ParkedQuestion.id).desc())
    return list(db.exec(latest.limit(most)))


def shown(db: Session, library: Library, viewer_id: UUID, questions: Collection[ParkedQuestion]) -> list[Parked]:
    """Questions with where they came from and on which agenda they stand, as this viewer may see it."""
    found = origins(db, library, viewer_id, questions)
    ids = {question.session_id for question in questions if question.session_id}
    theirs = sa.or_(col(StudioSession.user_id) == viewer_id, col(StudioSession.mentor_id) == viewer_id)
    rows = db.exec(select(StudioSession).where(col(StudioSession.id).in_(ids), theirs)) if ids else ()
    sessions = {session.id: session for session in rows}
    return [
        Parked(question, found.get(question.id), sessions.get(question.session_id) if question.session_id else None)
        for question in questions
    ]


def origins(
    db: Session, library: Library, viewer_id: UUID, questions: Collection[ParkedQuestion]
) -> dict[UUID, Origin]:
    """question id -> where it came from, as this viewer may see it; those from nowhere are left out."""
    of = {one.id: (one.user_id, _source_of(one)) for one in questions if one.source}
    named = _named(db, library, viewer_id, set(of.values()))
    return {question_id: named[asked] for question_id, asked in of.items() if asked in named}


def origin_of(db: Session, library: Library, person_id: UUID, source: Source) -> Origin | None:
    """A source in words for who writes there, before anything is parked; None where it is not there."""
    if not _is_there(db, library, person_id, source):
        return None
    return _named(db, library, person_id, {(person_id, source)}).get((person_id, source))


def page_title(path: str) -> str:
    """What a page of this site is called; "" where we have no name for it."""
    return PAGES.get(path.removeprefix("/").split("/", 1)[0].split("?", 1)[0], "")


def _own(person_id: UUID, question_id: UUID) -> SelectOfScalar[ParkedQuestion]:
    return select(ParkedQuestion).where(ParkedQuestion.user_id == person_id, ParkedQuestion.id == question_id)


def _to_change(db: Session, person_id: UUID, question_id: UUID) -> ParkedQuestion:
    found: ParkedQuestion = get_or_404(db, _own(person_id, question_id).with_for_update())
    return found


def _is_there(db: Session, library: Library, person_id: UUID, source: Source) -> bool:
    match source.kind:
        case "lesson":
            return source.id in library.lessons
        case "card":
            return cards.find(db, library, person_id, source.id) is not None
        case "piece":
            return bool(portfolio.titles(db, person_id, [UUID(source.id)]))
        case "page":
            return len(source.id) <= LONGEST_PATH and bool(page_title(source.id))
    return False


def _named(
    db: Session, library: Library, viewer_id: UUID, asked: set[tuple[UUID, Source]]
) -> dict[tuple[UUID, Source], Origin]:
    """(whose question, its source) -> the source in words for the viewer."""
    learning = links.owners_seen_by(db, viewer_id, "lessons")
    own_texts = _own_cards(db, viewer_id, {source.id for owner, source in asked if owner == viewer_id})
    pieces = portfolio.titles(db, viewer_id, {UUID(source.id) for _, source in asked if source.kind == "piece"})
    found = {}
    for owner, source in asked:
        is_mine, is_shown, title, path = owner == viewer_id, owner in learning, "", ""
        match source.kind:
            case "lesson" if is_shown and source.id in library.lessons:
                title, path = library.lessons[source.id].title, f"/lessons/{source.id}"
            case "card" if is_shown and source.id in library.cards:
                title, path = _line(library.cards[source.id].title), f"/cards/{source.id}"
            case "card" if is_mine and source.id in own_texts:
                title, path = own_texts[source.id], f"/cards/{source.id}"
            case "piece" if UUID(source.id) in pieces:
                title, path = _of_piece(source, pieces[UUID(source.id)])
            case "page":
                title, path = page_title(source.id), source.id if is_mine else ""
        found[owner, source] = Origin(source.kind, title, path)
    return found


def _source_of(question: ParkedQuestion) -> Source:
    return Source(cast(Kind, question.source), question.source_id, question.seconds, question.version)


def _of_piece(source: Source, title: str) -> tuple[str, str]:
    """A piece in words, and where it opens: at the second, if one was meant."""
    path = f"/portfolio/pieces/{source.id}" + (f"?version={source.version}" if source.version else "")
    if source.seconds is None:
        return title, path
    ms = round(source.seconds * 1000)
    return f"{title}, {time_links.words(ms)}", f"{path}#t={time_links.seconds(ms)}"


def _own_cards(db: Session, viewer_id: UUID, source_ids: Iterable[str]) -> dict[str, str]:
    """card id -> its question, of the viewer's own cards among these."""
    blocks = {cards.block_of(source_id) for source_id in source_ids if cards.is_own(source_id)}
    if not blocks:
        return {}
    mine = select(OwnCard).where(
        OwnCard.user_id == viewer_id, col(OwnCard.id).in_(blocks), col(OwnCard.deleted_at).is_(None)
    )
    made = (card for row in db.exec(mine) for card in cards.of_own(cards.text_of(row)))
    return {card.id: _line(card.title) for card in made}


def _line(whole: str) -> str:
    return whole if len(whole) <= LONGEST_TITLE else f"{whole[: LONGEST_TITLE - 1].rstrip()}…"


def _is_open() -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return col(ParkedQuestion.answered_at).is_(None), col(ParkedQuestion.removed_at).is_(None)


def _said(text: str) -> str:
    if not text.strip():
        raise Refused("Write the question first.", field="text")
    return text.strip()
