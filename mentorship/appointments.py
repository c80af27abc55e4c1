"""Agreeing on a session: proposed, confirmed, moved, cancelled, missed, held. Each step tells the other one.

Nobody says yes to their own proposal: `asked_by` proposed the times that stand, and the other one of the two confirms.
What is somebody's own, without a mentor, needs nobody's yes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.accounts import User
from core.errors import Conflict, Refused
from mentorship import clocks, news, planning, practice_log, series, sessions, signing, states
from mentorship.called_off import cancel_all_ahead as cancel_all_ahead
from mentorship.models.meetings import StudioSession
from mentorship.planning import NAMES, Plan, Times, stepped, tell
from mentorship.sessions import Between

UNDO = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Steps:
    """What one person can do with a session now.

    said: how it stands, as a sentence. choices: the times that wait for a yes of theirs, as they are sent and as they
    are said. clash: what else they have at one of these times. undo: the word that can be taken back (cancelled,
    missed, held); undo_minutes and unsign_minutes: for how long still. waiting, following: of its series.
    """

    said: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    clash: str = ""
    may_move: bool = False
    may_cancel: bool = False
    may_miss: bool = False
    may_hold: bool = False
    may_sign: bool = False
    undo: str = ""
    undo_minutes: int = 0
    unsign_minutes: int = 0
    waiting: int = 0
    following: int = 0
    other: str = ""  # the name of the other one


def propose(
    db: Session, person_id: UUID, between: Between, plan: Plan, *, anyway: bool = False, at: datetime
) -> StudioSession:
    """Plan a session, and ask the other one. anyway: also where it overlaps with another one of one's own."""
    sessions.check_between(db, person_id, plan.kind, between)
    planning.check_times(db, person_id, [plan.times], anyway=anyway, at=at)
    session = planning.new_row(person_id, between, plan, at)
    db.add(session)
    db.flush()
    choice = f", or {planning.other_times(len(plan.times.further))}" if plan.times.further else ""
    tell(db, session, person_id, f"proposes a {NAMES[plan.kind]}: {{when}}{choice}. It waits for your yes.", at)
    return session


def confirm(db: Session, person_id: UUID, session_id: UUID, chosen: datetime, *, at: datetime) -> StudioSession:
    """Say yes to one of the times that the other one proposed. The same yes twice is no error."""
    session = sessions.to_change(db, person_id, session_id)
    word = states.word_of(session)
    if word == "confirmed" and session.starts_at == chosen and session.asked_by != person_id:
        return session
    if word != "proposed":
        raise Conflict(f"This {NAMES[session.kind]} is {word} by now, so there is nothing to say yes to.")
    planning.check_answer(db, session, person_id, chosen, at)
    session.starts_at, session.other_times, session.confirmed_at = chosen, [], at
    stepped(session, at)
    tell(db, session, person_id, f"said yes to your {NAMES[session.kind]}: {{when}}.", at)
    return session


def move(
    db: Session, person_id: UUID, session_id: UUID, times: Times, *, seen: int, anyway: bool = False, at: datetime
) -> StudioSession:
    """Propose other times, for a proposed session or a confirmed one. What is with somebody waits for their yes again.

    seen: the `sequence` on the page from which this comes; where somebody changed it since, it is refused.
    """
    session = sessions.to_change(db, person_id, session_id)
    if session.asked_by == person_id and planning.times_of(session) == times:
        return session
    planning.check_movable(session, seen)
    planning.check_times(db, person_id, [times], besides={session.id}, anyway=anyway, at=at)
    was = session.starts_at
    was_confirmed = session.confirmed_at is not None
    planning.move_row(session, person_id, times, at)
    text = "asks to move your {name} to {when}" if was_confirmed else "proposes another time for your {name}: {when}"
    choice = f", or {planning.other_times(len(times.further))}" if times.further else ""
    tell(db, session, person_id, f"{text}{choice} (so far {{was}}). It waits for your yes.", at, was=was)
    return session


def cancel(db: Session, person_id: UUID, session_id: UUID, reason: str, *, at: datetime) -> StudioSession:
    """Call a session off, with a few words why where somebody else waits for it. Twice is no error."""
    session = sessions.to_change(db, person_id, session_id)
    if session.cancelled_at:
        return session
    planning.check_ahead(session, "cancelled")
    planning.cancel_row(session, person_id, reason, at)
    tell(db, session, person_id, f"cancelled your {{name}} of {{when}}: {session.cancel_reason}", at)
    return session


def miss(db: Session, person_id: UUID, session_id: UUID, *, at: datetime) -> StudioSession:
    """A confirmed session did not take place. Twice is no error; before its beginning it is refused."""
    session = sessions.to_change(db, person_id, session_id)
    if states.word_of(session) == "missed":
        return session
    planning.check_ahead(session, "marked as missed")
    if session.confirmed_at is None:
        raise Refused("Nobody said yes to this time, so nobody missed it. Cancel it, or propose another time.")
    if session.starts_at > at:
        raise Refused("This session has not begun yet, so nobody missed it. If it is called off, cancel it.")
    session.missed_at, session.missed_by = at, person_id
    stepped(session, at)
    tell(db, session, person_id, "marked your {name} of {when} as missed.", at)
    return session


def hold(
    db: Session, person_id: UUID, session_id: UUID, *, real_minutes: int | None = None, at: datetime
) -> StudioSession:
    """A session took place, also one that was marked as missed. Twice is no error; before its beginning it is refused.

    real_minutes: what it took, 1 to 1440; None: as planned.
    """
    session = sessions.to_change(db, person_id, session_id)
    word = states.word_of(session)
    if word in ("held", "signed"):
        return session
    if word == "cancelled":
        raise Refused("This session was cancelled, so it cannot be marked as held. If it took place after all, log it.")
    if session.starts_at > at:
        raise Refused("This session has not begun yet. Mark it as held afterwards, or propose another time first.")
    if real_minutes is not None and not 1 <= real_minutes <= 24 * 60:
        raise Refused("A session takes between 1 and 1440 minutes.", field="real_minutes")
    session.missed_at = session.missed_by = None
    session.held_at, session.held_by, session.other_times = at, person_id, []
    session.real_minutes = real_minutes if real_minutes != session.minutes else None
    stepped(session, at)
    needs = " Sign it if that is so." if session.kind == "meeting" else ""
    tell(db, session, person_id, f"marked your {{name}} of {{when}} as held.{needs}", at, kind=news.SIGNING)
    return session


def undo(db: Session, person_id: UUID, session_id: UUID, *, at: datetime) -> StudioSession:
    """Take back that a session was cancelled, missed or held: by who said so, within 15 minutes, before a signature."""
    session = sessions.to_change(db, person_id, session_id)
    word, by, since = last_step(session)
    if since is None:
        return session
    if by != person_id:
        raise Refused("Only who did this can take it back. Ask them, or tell them in the notes.")
    if at >= since + UNDO:
        raise Refused(f"That it was {word} can be taken back for 15 minutes, and they are over.")
    if session.signed_at or session.mentor_signed_at:
        raise Refused("This meeting is signed already, so it stays held. Take the signature back first.")
    if word == "cancelled":
        session.cancelled_at, session.cancelled_by, session.cancel_reason = None, None, ""
    elif word == "missed":
        session.missed_at = session.missed_by = None
    else:
        session.held_at = session.held_by = session.real_minutes = None
    stepped(session, at)
    tell(db, session, person_id, f"took it back that your {{name}} of {{when}} was {word}.", at)
    return session


def last_step(session: StudioSession) -> tuple[str, UUID | None, datetime | None]:
    """What ended its being ahead, and can be taken back: its word, who did it, when. A logged one was held at once."""
    word = states.word_of(session)
    if word == "cancelled":
        return word, session.cancelled_by, session.cancelled_at
    if word == "missed":
        return word, session.missed_by, session.missed_at
    if session.held_at and session.held_at != session.logged_at:
        return "held", session.held_by, session.held_at
    return word, None, None


# -- what can be done now ------------------------------------------------------------------------------------


def steps(db: Session, person_id: UUID, session: StudioSession, *, at: datetime) -> Steps:
    """What this reader of a session can do with it now. Who may not write in it can do nothing."""
    person, other = db.get_one(User, person_id), sessions.other(db, session, person_id)
    if not sessions.may_change(db, person_id, session):
        return Steps(said=_how_it_ended(db, session, person_id))
    if practice_log.is_running(session):
        return Steps()
    word, has_begun = states.word_of(session), session.starts_at <= at
    is_open, is_signed = states.is_ahead(session), signing.signature_of(session, person_id)
    moments = planning.offered(session) if word == "proposed" and session.asked_by != person_id else []
    ended, by, since = last_step(session)
    can_undo = since is not None and by == person_id and at < since + UNDO
    has_signature = session.signed_at is not None or session.mentor_signed_at is not None
    return Steps(
        said=_said(db, session, person_id, other, at),
        choices=tuple((moment.isoformat(), _both(moment, person, other)) for moment in moments if moment > at),
        clash=_clash(db, person, session, [moment for moment in moments if moment > at]),
        may_move=is_open,
        may_cancel=is_open,
        may_miss=word == "confirmed" and has_begun,
        may_hold=(is_open or word == "missed") and has_begun,
        may_sign=not signing.why_unsignable(session) and not is_signed,
        undo=ended if can_undo and not has_signature else "",
        undo_minutes=_minutes_left(since, at),
        unsign_minutes=_minutes_left(is_signed, at),
        waiting=series.waiting(db, person_id, session, at=at) if moments else 0,
        following=series.following(db, session) if is_open else 0,
        other=other.name if other else "",
    )


def _said(db: Session, session: StudioSession, person_id: UUID, other: User | None, at: datetime) -> str:
    word, name = states.word_of(session), other.name if other else "the other one"
    has_begun = session.starts_at <= at
    if word == "proposed":
        if has_begun and max(planning.offered(session)) <= at:
            return "Its time is over, and nobody said yes."
        return f"It waits for {name}'s yes." if session.asked_by == person_id else f"{name} waits for your yes."
    if word == "confirmed":
        return "Was it held?" if states.end_of(session) <= at else ""
    if word in ("held", "signed") and session.kind == "meeting":
        signed = [session.signed_at, session.mentor_signed_at]
        if all(signed) or session.mentor_id is None:
            return ""
        if not any(signed):
            return "Nobody has signed it yet."
        return f"{name} has not signed it yet." if signing.signature_of(session, person_id) else f"{name} signed it."
    return _how_it_ended(db, session, person_id)


def _how_it_ended(db: Session, session: StudioSession, person_id: UUID) -> str:
    """As in "Cancelled by Ben: ill."; "" where it was not cancelled or missed."""
    word, by, _ = last_step(session)
    if word not in ("cancelled", "missed") or by is None:
        return ""
    who = db.get(User, by)
    name = "you" if by == person_id else who.name if who else "somebody who left"
    why = f": {session.cancel_reason}" if word == "cancelled" and session.cancel_reason else "."
    return f"{word.capitalize()} by {name}{why}" if word == "cancelled" else f"Marked as missed by {name}."


def _clash(db: Session, person: User, session: StudioSession, moments: list[datetime]) -> str:
    """What else somebody has at a time that waits for their yes."""
    wanted = [Times(moment, person.zone, session.minutes) for moment in moments]
    found = planning.overlapping(db, person.id, wanted, besides={session.id}) if wanted else None
    if found is None:
        return ""
    return f"You have {planning.name_of(found[0])} on {clocks.told(found[0].starts_at, person.zone)} as well."


def _both(moment: datetime, person: User, other: User | None) -> str:
    return clocks.both(moment, person.zone, other.zone if other else person.zone, other.name if other else "")


def _minutes_left(since: datetime | None, at: datetime) -> int:
    """Of the quarter of an hour, begun minutes counted as whole."""
    return max(0, -((at - since - UNDO) // MINUTE)) if since else 0
