"""Actions that tick themselves: what the app saw done since it was promised. Worked out when shown, never stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from curriculum.library import Library
from curriculum.models import LessonVisit, Memory, Review
from mentorship import links
from mentorship.links import What
from mentorship.models.meetings import Action
from mentorship.models.milestones import MilestoneEvent
from mentorship.models.pieces import Piece, Version

TAG = "tag:"  # how about_id begins where the cards are those with a tag
SCOPES: dict[str, What] = {"lesson": "lessons", "cards": "lessons", "piece": "pieces", "milestone": "pieces"}
Seen = dict[UUID, datetime]  # action -> when the app saw it done


def seen(db: Session, library: Library, viewer_id: UUID, actions: Collection[Action], *, exact: bool = True) -> Seen:
    """When the app saw these done, those that it saw, as far as the viewer may know of it.

    exact: False is quicker, and says of cards only when they were last answered.
    """
    wanted = [action for action in actions if action.about in SCOPES and not action.done_at and not action.dropped_at]
    if not wanted:
        return {}
    shown = {what: links.owners_seen_by(db, viewer_id, what) for what in {SCOPES[one.about] for one in wanted}}
    by_kind: dict[str, list[Action]] = defaultdict(list)
    for action in wanted:
        if action.owner_id in shown[SCOPES[action.about]]:
            by_kind[action.about].append(action)
    return {
        **_lessons(db, by_kind["lesson"]),
        **_cards(db, library, by_kind["cards"], exact),
        **_pieces(db, viewer_id, by_kind["piece"]),
        **_milestones(db, by_kind["milestone"]),
    }


def cards_of(library: Library, about_id: str) -> frozenset[str]:
    """Ids of the cards that an action is about: of a lesson, or of the course with a tag."""
    if about_id.startswith(TAG):
        tag = about_id.removeprefix(TAG)
        return frozenset(card.id for card in library.cards.values() if tag in card.tags and card.joins)
    lesson = library.lessons.get(about_id)
    return frozenset(card.id for card in lesson.cards) if lesson else frozenset()


def _lessons(db: Session, actions: list[Action]) -> Seen:
    if not actions:
        return {}
    statement = select(LessonVisit.user_id, LessonVisit.lesson, LessonVisit.done_at).where(
        col(LessonVisit.user_id).in_(_owners(actions)),
        col(LessonVisit.lesson).in_(_abouts(actions)),
        col(LessonVisit.done_at).is_not(None),
    )
    return _first_since(actions, db.exec(statement))


def _cards(db: Session, library: Library, actions: list[Action], exact: bool) -> Seen:
    wanted = {action.id: cards_of(library, action.about_id) for action in actions}
    ids = frozenset().union(*wanted.values())
    if not ids:
        return {}
    statement = select(Memory.user_id, Memory.card_id, Memory.reviewed_at).where(
        col(Memory.user_id).in_(_owners(actions)),
        col(Memory.card_id).in_(ids),
        col(Memory.reviewed_at).is_not(None),
    )
    last = {(user_id, card_id): at for user_id, card_id, at in db.exec(statement) if at}
    found = {}
    for action in actions:
        answered = [last.get((action.owner_id, card_id)) for card_id in wanted[action.id]]
        moments = [at for at in answered if at and at >= action.created_at]
        if answered and len(moments) == len(answered):
            found[action.id] = max(moments)
    return _exactly(db, [one for one in actions if one.id in found], wanted) if exact and found else found


def _exactly(db: Session, actions: list[Action], wanted: dict[UUID, frozenset[str]]) -> Seen:
    """When the last of an action's cards was answered for the first time since the promise."""
    statement = select(Review.user_id, Review.card_id, Review.at).where(
        col(Review.user_id).in_(_owners(actions)),
        col(Review.card_id).in_(frozenset().union(*(wanted[action.id] for action in actions))),
        col(Review.at) >= min(action.created_at for action in actions),
        col(Review.rating).between(1, 4),
    )
    answers: dict[tuple[UUID, str], list[datetime]] = defaultdict(list)
    for user_id, card_id, at in db.exec(statement):
        answers[user_id, card_id].append(at)
    return {
        action.id: max(
            min(at for at in answers[action.owner_id, card_id] if at >= action.created_at)
            for card_id in wanted[action.id]
        )
        for action in actions
    }


def _pieces(db: Session, viewer_id: UUID, actions: list[Action]) -> Seen:
    """A new version. Drafts say nothing to anybody but their owner."""
    if not actions:
        return {}
    statement = (
        select(Version.user_id, Version.piece_id, Version.uploaded_at)
        .join(Piece, (col(Piece.user_id) == Version.user_id) & (col(Piece.id) == Version.piece_id))
        .where(
            col(Version.user_id).in_(_owners(actions)),
            col(Version.piece_id).in_([UUID(action.about_id) for action in actions]),
            (col(Piece.user_id) == viewer_id) | col(Piece.shared_at).is_not(None),
        )
    )
    return _first_since(actions, ((user_id, str(piece_id), at) for user_id, piece_id, at in db.exec(statement)))


def _milestones(db: Session, actions: list[Action]) -> Seen:
    if not actions:
        return {}
    statement = select(MilestoneEvent.user_id, MilestoneEvent.milestone, MilestoneEvent.at).where(
        col(MilestoneEvent.user_id).in_(_owners(actions)),
        col(MilestoneEvent.milestone).in_(_abouts(actions)),
        col(MilestoneEvent.kind).in_(("submitted", "attested")),
    )
    return _first_since(actions, db.exec(statement))


def _first_since(actions: list[Action], rows: Iterable[tuple[UUID, str, datetime | None]]) -> Seen:
    """rows: (whose, what it is about, when it was done)."""
    done: dict[tuple[UUID, str], list[datetime]] = defaultdict(list)
    for user_id, about_id, at in rows:
        if at:
            done[user_id, about_id].append(at)
    found = {}
    for action in actions:
        since = [at for at in done[action.owner_id, action.about_id] if at >= action.created_at]
        if since:
            found[action.id] = min(since)
    return found


def _owners(actions: Iterable[Action]) -> set[UUID]:
    return {action.owner_id for action in actions}


def _abouts(actions: Iterable[Action]) -> set[str]:
    return {action.about_id for action in actions}
