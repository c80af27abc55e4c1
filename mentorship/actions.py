"""Actions: what somebody promised in a session, or to themselves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from core.database import get_or_404
from core.errors import NotAllowed, NotFound, Refused
from core.ids import uuid7
from curriculum.library import Library
from mentorship import links, sessions, ticks, writing
from mentorship.models.meetings import Action, StudioSession

MOST = 40  # of one session
LONGEST = 200  # characters
KEPT = "kept by itself"
TO_DO = ("open", "overdue")


@dataclass(frozen=True, slots=True)
class Promise:
    """An action to write down. owner_id: who does it; about, about_id: what it hangs on, as in the table."""

    text: str
    owner_id: UUID
    due_on: date | None = None
    about: str = ""
    about_id: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An action as one viewer sees it. since: when it came to be so; None for what is to be done."""

    action: Action
    word: str  # open, overdue, done, kept by itself, dropped
    since: datetime | None = None

    @property
    def is_to_do(self) -> bool:
        return self.word in TO_DO


def actions_of(db: Session, viewer_id: UUID, session: StudioSession) -> list[Action]:
    """What was promised in a session. A former mentor sees it as it stood when the link ended; rows are not changed."""
    statement = select(Action).where(Action.user_id == session.user_id, Action.session_id == session.id)
    actions = list(db.exec(statement.order_by(col(Action.created_at), col(Action.id))))
    ended_at = links.last_end(db, session.user_id, viewer_id) if viewer_id == session.mentor_id else None
    if ended_at is None:
        return actions
    return [_as_of(action, ended_at) for action in actions if action.created_at <= ended_at]


def shown(
    db: Session, library: Library, viewer_id: UUID, actions: Collection[Action], *, at: datetime, exact: bool = True
) -> list[Shown]:
    """How these actions stand, in their order, as far as the viewer may know: what ticks itself says so only to those
    whom the link shows it. Three to seven queries, however many there are.

    exact: False is quicker where nobody asks since when cards were answered.
    """
    seen = ticks.seen(db, library, viewer_id, actions, exact=exact)
    ids = {action.owner_id for action in actions if action.due_on}
    zones = dict(db.exec(select(User.id, User.zone).where(col(User.id).in_(ids))).all()) if ids else {}
    return [_shown(action, seen.get(action.id), zones.get(action.owner_id, "UTC"), at) for action in actions]


def open_actions(db: Session, person_id: UUID) -> list[Action]:
    """What somebody has not ticked off, the most pressing first; promises of links that are over are left out.

    `to_do` leaves out what ticked itself, too.
    """
    owners = {person_id, *links.apprentices_of(db, person_id)}
    statement = select(Action).where(
        col(Action.user_id).in_(owners),
        Action.owner_id == person_id,
        col(Action.done_at).is_(None),
        col(Action.dropped_at).is_(None),
    )
    return sorted(db.exec(statement), key=lambda action: (action.due_on or date.max, action.created_at, action.id))


def to_do(db: Session, library: Library, person_id: UUID, *, at: datetime) -> list[Shown]:
    """What somebody still has to do, the most pressing first."""
    rows = shown(db, library, person_id, open_actions(db, person_id), at=at, exact=False)
    return [row for row in rows if row.is_to_do]


def _shown(action: Action, seen_at: datetime | None, zone: str, at: datetime) -> Shown:
    if action.dropped_at:
        return Shown(action, "dropped", action.dropped_at)
    if action.done_at:
        return Shown(action, "done", action.done_at)
    if seen_at:
        return Shown(action, KEPT, seen_at)
    is_late = action.due_on is not None and action.due_on < at.astimezone(clock.zone_of(zone)).date()
    return Shown(action, "overdue" if is_late else "open")


def add_action(db: Session, person_id: UUID, session_id: UUID, promise: Promise, *, at: datetime) -> Action:
    """Write down what one of the two promised."""
    session = writing.to_write(db, person_id, session_id)
    action = _add_action(db, session, person_id, promise, at)
    writing.tell_other(db, session, person_id, "wrote down an action", at=at)
    return action


def add_own_action(db: Session, person_id: UUID, text: str, due_on: date | None, *, at: datetime) -> Action:
    """Write down something to do by oneself, outside any session."""
    action = Action(
        user_id=person_id,
        id=uuid7(),
        owner_id=person_id,
        text=_said(text),
        due_on=due_on,
        created_by=person_id,
        created_at=at,
    )
    db.add(action)
    return action


def finish(db: Session, person_id: UUID, action_id: UUID, *, at: datetime) -> Action:
    """An action is done. Twice is no error."""
    action = _action_to_change(db, person_id, action_id)
    action.done_at, action.dropped_at, action.dropped_why = action.done_at or at, None, ""
    return action


def drop(db: Session, person_id: UUID, action_id: UUID, why: str, *, at: datetime) -> Action:
    """An action is not to be done after all. why: in a few words; may be empty. Again: other words for it."""
    action = _action_to_change(db, person_id, action_id)
    if len(why) > LONGEST:
        raise Refused(f"Say why in at most {LONGEST} characters.", field="why")
    action.done_at, action.dropped_at, action.dropped_why = None, action.dropped_at or at, why.strip()
    return action


def reopen(db: Session, person_id: UUID, action_id: UUID) -> Action:
    """An action is neither done nor dropped after all."""
    action = _action_to_change(db, person_id, action_id)
    action.done_at, action.dropped_at, action.dropped_why = None, None, ""
    return action


def _add_action(db: Session, session: StudioSession, person_id: UUID, promise: Promise, at: datetime) -> Action:
    if promise.owner_id not in (session.user_id, session.mentor_id):
        raise Refused("Choose which of you two does it.", field="owner")
    there = select(Action.id).where(Action.user_id == session.user_id, Action.session_id == session.id)
    if len(db.exec(there.limit(MOST)).all()) == MOST:
        raise Refused(f"{MOST} actions came of this session already. Write down further ones in the next.")
    action = Action(
        user_id=session.user_id,
        id=uuid7(),
        session_id=session.id,
        owner_id=promise.owner_id,
        text=_said(promise.text),
        due_on=promise.due_on,
        about=promise.about,
        about_id=promise.about_id,
        created_by=person_id,
        created_at=at,
    )
    db.add(action)
    return action


def _said(text: str) -> str:
    if not text.strip():
        raise Refused("Say in a few words what is to be done.", field="text")
    if len(text.strip()) > LONGEST:
        raise Refused(f"An action has at most {LONGEST} characters. Shorten it.", field="text")
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
    if not writing.may_write(db, person_id, session):
        raise NotAllowed(writing.why_not(db, person_id, session))
    return action


def _as_of(action: Action, ended_at: datetime) -> Action:
    """A copy as it stood then. What ticked itself is not shown by a link that is over anyway."""
    found = Action(**action.model_dump())
    if found.done_at and found.done_at > ended_at:
        found.done_at = None
    if found.dropped_at and found.dropped_at > ended_at:
        found.dropped_at, found.dropped_why = None, ""
    return found
