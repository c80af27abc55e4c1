"""Actions: what somebody promised in a session, or to themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core.database import get_or_404
from core.errors import NotAllowed, NotFound, Refused
from core.ids import uuid7
from mentorship import links, sessions
from mentorship.models.meetings import Action, StudioSession


@dataclass(frozen=True, slots=True)
class Promise:
    """An action to write down. owner_id: who does it."""

    text: str
    owner_id: UUID
    due_on: date | None = None


def actions_of(db: Session, viewer_id: UUID, session: StudioSession) -> list[Action]:
    """What was promised in a session. A former mentor sees it as it stood when the link ended; rows are not changed."""
    statement = select(Action).where(Action.user_id == session.user_id, Action.session_id == session.id)
    actions = list(db.exec(statement.order_by(col(Action.created_at), col(Action.id))))
    ended_at = links.last_end(db, session.user_id, viewer_id) if viewer_id == session.mentor_id else None
    if ended_at is None:
        return actions
    return [
        Action(**action.model_dump(exclude={"done_at"}), done_at=_until(action.done_at, ended_at)) for action in actions
    ]


def open_actions(db: Session, person_id: UUID) -> list[Action]:
    """What somebody still has to do, the most pressing first; promises of links that are over are left out."""
    owners = {person_id, *links.apprentices_of(db, person_id)}
    statement = select(Action).where(
        col(Action.user_id).in_(owners), Action.owner_id == person_id, col(Action.done_at).is_(None)
    )
    return sorted(db.exec(statement), key=lambda action: (action.due_on or date.max, action.created_at, action.id))


def add_action(db: Session, person_id: UUID, session_id: UUID, promise: Promise, *, at: datetime) -> Action:
    """Write down what one of the two promised."""
    return _add_action(db, sessions.to_change(db, person_id, session_id), promise, at)


def add_own_action(db: Session, person_id: UUID, text: str, due_on: date | None, *, at: datetime) -> Action:
    """Write down something to do by oneself, outside any session."""
    action = Action(user_id=person_id, id=uuid7(), owner_id=person_id, text=_said(text), due_on=due_on, created_at=at)
    db.add(action)
    return action


def finish(db: Session, person_id: UUID, action_id: UUID, *, at: datetime) -> Action:
    """An action is done. Twice is no error."""
    action = _action_to_change(db, person_id, action_id)
    action.done_at = action.done_at or at
    return action


def reopen(db: Session, person_id: UUID, action_id: UUID) -> Action:
    """An action is not done after all."""
    action = _action_to_change(db, person_id, action_id)
    action.done_at = None
    return action


def _add_action(db: Session, session: StudioSession, promise: Promise, at: datetime) -> Action:
    if promise.owner_id not in (session.user_id, session.mentor_id):
        raise Refused("Choose which of you two does it.", field="owner")
    action = Action(
        user_id=session.user_id,
        id=uuid7(),
        session_id=session.id,
        owner_id=promise.owner_id,
        text=_said(promise.text),
        due_on=promise.due_on,
        created_at=at,
    )
    db.add(action)
    return action


def _said(text: str) -> str:
    if not text.strip():
        raise Refused("Say in a few words what is to be done.", field="text")
    return text.strip()


def _action_to_change(db: Session, person_id: UUID, action_id: UUID) -> Action:
    """The action, locked: one's own, or of a session of these two while they are linked."""
    owners = {person_id, *links.apprentices_of(db, person_id, with_ended=True)}
    statement = select(Action).where(col(Action.user_id).in_(owners), Action.id == action_id)
    action: Action = get_or_404(db, statement.with_for_update())
    if action.user_id == action.owner_id == person_id:
        return action
    if action.session_id is None:
        raise NotFound
    session = sessions.seen(db, person_id, action.session_id)
    if not sessions.may_change(db, person_id, session):
        raise NotAllowed(sessions.why_not(db, person_id, session))
    return action


def _until(done_at: datetime | None, ended_at: datetime) -> datetime | None:
    return done_at if done_at and done_at <= ended_at else None
