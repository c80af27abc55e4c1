"""Assigning from within a meeting: a lesson, cards or a piece become an action with a date.

Only what the course and the apprentice's portfolio have. Assigning tells the mentor nothing that the link hides."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlmodel import Session, col, select

from core.errors import NotFound, Refused
from curriculum import reviews
from curriculum.library import Library
from mentorship import actions, links, portfolio, ticks, writing
from mentorship.actions import Promise
from mentorship.models.meetings import Action, StudioSession
from mentorship.models.pieces import Piece

Kind = Literal["lesson", "cards", "tag", "piece", "milestone"]
MOST_CARDS = 100  # by one tag at a time
MOST_PIECES = 50


@dataclass(frozen=True, slots=True)
class Assigned:
    """kind and target: a lesson's slug, also for its cards; a tag; a piece's id; a milestone's slug."""

    kind: Kind
    target: str
    due_on: date | None = None


def assign(
    db: Session, library: Library, person_id: UUID, session_id: UUID, assigned: Assigned, *, at: datetime
) -> Action:
    """Make it an action of the apprentice's. Cards join her queue; those that are there already stay as they are."""
    session = writing.to_write(db, person_id, session_id)
    promise = _promise(db, library, person_id, session, assigned)
    if promise.about == "cards":
        wanted = ticks.cards_of(library, promise.about_id)
        cards = [card for card in library.cards.values() if card.id in wanted]
        reviews.add_cards(db, session.user_id, cards, at=at)
    return actions.add_action(db, person_id, session_id, promise, at=at)


def tags(library: Library) -> list[tuple[str, int]]:
    """(tag, how many cards of the course have it), by name; those with too many are left out."""
    counts: dict[str, int] = {}
    for card in library.cards.values():
        for tag in card.tags if card.joins else ():
            counts[tag] = counts.get(tag, 0) + 1
    return sorted((tag, count) for tag, count in counts.items() if count <= MOST_CARDS)


def pieces(db: Session, viewer_id: UUID, apprentice_id: UUID) -> list[Piece]:
    """The apprentice's pieces that this viewer may assign, the newest first: those that they see."""
    if not links.may_see(db, viewer_id, apprentice_id, "pieces"):
        return []
    statement = select(Piece).where(Piece.user_id == apprentice_id, col(Piece.archived_at).is_(None))
    if viewer_id != apprentice_id:
        statement = statement.where(col(Piece.shared_at).is_not(None))
    return list(db.exec(statement.order_by(col(Piece.created_at).desc()).limit(MOST_PIECES)))


def _promise(db: Session, library: Library, person_id: UUID, session: StudioSession, assigned: Assigned) -> Promise:
    owner, due, target = session.user_id, assigned.due_on, assigned.target
    match assigned.kind:
        case "lesson" | "cards":
            lesson = library.lessons.get(target)
            if lesson is None:
                raise Refused("The course has no such lesson, or it is not written yet.", field=assigned.kind)
            if assigned.kind == "lesson":
                return Promise(_line(f"Lesson: {lesson.title}"), owner, due, "lesson", target)
            if not lesson.cards:
                raise Refused("This lesson has no cards. Choose another one.", field="cards")
            return Promise(_line(f"Cards: {lesson.title} ({len(lesson.cards)})"), owner, due, "cards", target)
        case "tag":
            count = dict(tags(library)).get(target, 0)
            if not count:
                raise Refused(
                    "The course has no cards with this tag. Choose one of those that are offered.", field="tag"
                )
            return Promise(_line(f"Cards about {target} ({count})"), owner, due, "cards", f"{ticks.TAG}{target}")
        case "milestone":
            if target not in library.milestones:
                raise Refused("The course has no such milestone.", field="milestone")
            one = library.milestones[target]
            return Promise(_line(f"Hand in M{one.number:02d} {one.title}"), owner, due, "milestone", target)
    piece = _piece(db, person_id, session, target)
    return Promise(_line(f"New version: {piece.title}"), owner, due, "piece", target)


def _piece(db: Session, person_id: UUID, session: StudioSession, target: str) -> Piece:
    try:
        piece = portfolio.find(db, person_id, UUID(target))
    except ValueError:
        raise NotFound from None
    if piece.user_id != session.user_id:
        raise Refused("Choose a piece of the apprentice's.", field="piece")
    return piece


def _line(text: str) -> str:
    return text if len(text) <= actions.LONGEST else f"{text[: actions.LONGEST - 1].rstrip()}…"
