"""Who belongs to whom: invite, accept, end; and `may_see`, the one place that decides who looks at whose work."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.accounts import User, hash_of
from core.database import get_or_404
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from mentorship.models.people import Invitation, Link

INVITATION_LASTS = timedelta(days=7)
What = Literal["lessons", "sessions", "pieces"]
SHOWS = {
    "lessons": col(Link.shows_lessons),
    "sessions": col(Link.shows_sessions),
    "pieces": col(Link.shows_pieces),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A link with its other person, as one of the two sees it."""

    link: Link
    person: User  # the other one
    is_mentor: bool  # whether that other one is the mentor


def owners_seen_by(db: Session, viewer_id: UUID, what: What) -> set[UUID]:
    """Whose work of this kind somebody may look at: their own, and that of apprentices whose active link shows it."""
    statement = select(Link.user_id).where(Link.mentor_id == viewer_id, _in_force(), SHOWS[what].is_(True))
    return {viewer_id, *db.exec(statement)}


def may_see(db: Session, viewer_id: UUID, owner_id: UUID, what: What) -> bool:
    """Whether somebody may look at this kind of work of its owner, now."""
    return viewer_id == owner_id or owner_id in owners_seen_by(db, viewer_id, what)


def mentors_who_see(db: Session, apprentice_id: UUID, what: What) -> list[User]:
    """The active mentors whose link shows this kind of work, by name."""
    statement = (
        select(User)
        .join(Link, col(Link.mentor_id) == User.id)
        .where(Link.user_id == apprentice_id, _in_force(), SHOWS[what].is_(True))
        .order_by(col(User.name))
    )
    return list(db.exec(statement))


def are_linked(db: Session, apprentice_id: UUID, mentor_id: UUID) -> bool:
    """Whether the link of these two is in force: then the mentor may write in what they hold together."""
    return db.exec(_active_link(apprentice_id, mentor_id)).first() is not None


def apprentices_of(db: Session, mentor_id: UUID, *, with_ended: bool = False) -> set[UUID]:
    """Whose mentor somebody is, whatever the links show. with_ended: or was."""
    statement = select(Link.user_id).where(Link.mentor_id == mentor_id)
    return set(db.exec(statement if with_ended else statement.where(_in_force())))


def mentors_of(db: Session, apprentice_id: UUID) -> set[UUID]:
    """Who is somebody's mentor now, whatever the links show."""
    return set(db.exec(select(Link.mentor_id).where(Link.user_id == apprentice_id, _in_force())))


def paused_mentors_of(db: Session, apprentice_id: UUID) -> set[UUID]:
    """With whom somebody's link as an apprentice is paused now."""
    is_open = (col(Link.ended_at).is_(None), col(Link.completed_at).is_(None))
    is_paused = col(Link.paused_at).is_not(None)
    return set(db.exec(select(Link.mentor_id).where(Link.user_id == apprentice_id, is_paused, *is_open)))


def link_with(db: Session, mentor_id: UUID, apprentice_id: UUID) -> Link:
    """The link in force by which somebody is this apprentice's mentor; without one the apprentice is not found."""
    return get_or_404(db, _active_link(apprentice_id, mentor_id))


def last_end(db: Session, apprentice_id: UUID, mentor_id: UUID) -> datetime | None:
    """When the last link of these two ended; None while one is in force."""
    if are_linked(db, apprentice_id, mentor_id):
        return None
    ends = select(sa.func.max(Link.ended_at)).where(Link.user_id == apprentice_id, Link.mentor_id == mentor_id)
    return db.exec(ends).first()


def active(db: Session, person_id: UUID) -> list[Pair]:
    """The links of somebody that are in force, mentors first."""
    return _pairs(db, person_id, _in_force())


def ended(db: Session, person_id: UUID) -> list[Pair]:
    """The links of somebody that are over, the latest first: what was held together stays readable to both."""
    pairs = _pairs(db, person_id, col(Link.ended_at).is_not(None))
    return sorted(pairs, key=lambda pair: pair.link.ended_at or pair.link.began_at, reverse=True)


def _pairs(db: Session, person_id: UUID, condition: sa.ColumnElement[bool]) -> list[Pair]:
    mentors = select(Link, User).join(User, col(User.id) == Link.mentor_id)
    apprentices = select(Link, User).join(User, col(User.id) == Link.user_id)
    mine = db.exec(mentors.where(Link.user_id == person_id, condition).order_by(col(User.name)))
    theirs = db.exec(apprentices.where(Link.mentor_id == person_id, condition).order_by(col(User.name)))
    return [Pair(link, person, True) for link, person in mine] + [Pair(link, person, False) for link, person in theirs]


def own(db: Session, person_id: UUID, link_id: UUID) -> Link:
    """The link with this id, if this person is one of its two."""
    return get_or_404(db, _own(person_id, link_id))


def own_pair(db: Session, person_id: UUID, link_id: UUID) -> Pair:
    """A link with its other person, in force or over, as `person_id` sees it."""
    link = own(db, person_id, link_id)
    is_mentor = link.user_id == person_id
    return Pair(link, db.get_one(User, link.mentor_id if is_mentor else link.user_id), is_mentor)


def invite(db: Session, person: UUID, role: str, name: str, *, most_a_day: int, at: datetime) -> tuple[Invitation, str]:
    """Make an invitation. role: what the invited becomes, "mentor" or "apprentice"; name: a label, for the inviter.

    Returns it with its secret, which is shown this once and stored only as its hash.
    """
    _wait_for(db, person)
    today = select(sa.func.count()).where(Invitation.user_id == person, Invitation.created_at > at - timedelta(days=1))
    if db.exec(today).one() >= most_a_day:
        raise Refused(f"You made {most_a_day} invitations in the last 24 hours. Make the next one tomorrow.")
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        user_id=person,
        id=uuid7(),
        role=role,
        name=name.strip(),
        secret_hash=hash_of(secret),
        created_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    db.add(invitation)
    return invitation, secret


def open_invitations(db: Session, person_id: UUID, *, at: datetime) -> list[Invitation]:
    """The invitations of somebody that can still be accepted, the newest first."""
    statement = select(Invitation).where(Invitation.user_id == person_id, *_is_open(at))
    return list(db.exec(statement.order_by(col(Invitation.created_at).desc())))


def withdraw(db: Session, person_id: UUID, invitation_id: UUID, *, at: datetime) -> None:
    """Take back an invitation of one's own. Twice is no error."""
    invitation = db.get(Invitation, (person_id, invitation_id), with_for_update=True)
    if invitation is None:
        raise NotFound
    if invitation.accepted_at:
        raise Conflict("This invitation was accepted already. To part ways, end the link instead.")
    invitation.withdrawn_at = invitation.withdrawn_at or at


def find_invitation(
    db: Session, secret: str, *, viewer_id: UUID | None = None, lock: bool = False, at: datetime
) -> tuple[Invitation, User]:
    """The invitation with this secret and who made it. One that `viewer_id` cannot accept (any more) says why."""
    statement = (
        select(Invitation, User)
        .join(User, col(User.id) == Invitation.user_id)
        .where(Invitation.secret_hash == hash_of(secret))
    )
    row = db.exec(statement.with_for_update(of=Invitation) if lock else statement).first()
    if row is None:
        raise NotFound
    invitation, inviter = row
    if inviter.id == viewer_id:
        raise NotAllowed("This is your own invitation. Send its address to the person it is meant for.")
    if invitation.accepted_at:
        raise NotAllowed(f"This invitation from {inviter.name} was used already. Ask for a new one.")
    if invitation.withdrawn_at:
        raise NotAllowed(f"{inviter.name} took this invitation back. Ask for a new one.")
    if invitation.declined_at:
        raise NotAllowed("This invitation was declined. Ask for a new one if that was a mistake.")
    if invitation.expires_at <= at:
        raise NotAllowed(f"This invitation from {inviter.name} expired: each one lasts seven days. Ask for a new one.")
    return invitation, inviter


def is_open_invitation(db: Session, secret: str, *, at: datetime) -> bool:
    """Whether this secret opens the door to an account."""
    statement = select(Invitation.id).where(Invitation.secret_hash == hash_of(secret), *_is_open(at))
    return db.exec(statement).first() is not None


def accept(db: Session, person: UUID, secret: str, *, at: datetime) -> Link:
    """Say yes: the two belong together from now on. By the inviter, or used, expired or taken back: a sentence."""
    invitation, inviter = find_invitation(db, secret, viewer_id=person, lock=True, at=at)
    apprentice, mentor = (inviter.id, person) if invitation.role == "mentor" else (person, inviter.id)
    _wait_for(db, apprentice)
    if are_linked(db, apprentice, mentor):
        raise Conflict(f"You and {inviter.name} are linked that way already. Nothing was changed.")
    link = Link(user_id=apprentice, id=uuid7(), mentor_id=mentor, began_at=at)
    db.add(link)
    invitation.accepted_at, invitation.accepted_by = at, person
    db.flush()
    return link


def decline(db: Session, person: UUID, secret: str, *, at: datetime) -> None:
    invitation, _inviter = find_invitation(db, secret, viewer_id=person, lock=True, at=at)
    invitation.declined_at = at


def end(db: Session, person_id: UUID, link_id: UUID, *, at: datetime) -> Link:
    """End a link, from either side; it acts at the next request. Twice is no error."""
    link = get_or_404(db, _own(person_id, link_id).with_for_update())
    if link.ended_at is None:
        link.ended_at, link.ended_by = at, person_id
    return link


def show(db: Session, person_id: UUID, link_id: UUID, *, lessons: bool, sessions: bool, pieces: bool) -> None:
    """Set what the mentor of this link sees. Only the apprentice may."""
    link = get_or_404(db, _own(person_id, link_id).with_for_update())
    if link.user_id != person_id:
        raise NotAllowed("What a mentor sees is decided by the apprentice alone. Nothing was changed.")
    if link.ended_at:
        raise Conflict("This link has ended, so nothing of yours is shown by it any more.")
    link.shows_lessons, link.shows_sessions, link.shows_pieces = lessons, sessions, pieces


def expire_invitations(db: Session, *, at: datetime) -> str:
    """The job: note invitations whose seven days are over. Returns a few words."""
    is_noted = col(Invitation.expired_at).is_not(None)
    over = select(Invitation).where(Invitation.expires_at <= at, ~is_noted, *_unanswered()).with_for_update()
    expired = db.exec(over).all()
    for invitation in expired:
        invitation.expired_at = at
    return f"invitations expired: {len(expired)}"


def _in_force() -> sa.ColumnElement[bool]:
    return sa.and_(*(col(moment).is_(None) for moment in (Link.ended_at, Link.completed_at, Link.paused_at)))


def _own(person_id: UUID, link_id: UUID) -> SelectOfScalar[Link]:
    is_one_of_two = sa.or_(col(Link.user_id) == person_id, col(Link.mentor_id) == person_id)
    return select(Link).where(Link.id == link_id, is_one_of_two)


def _active_link(apprentice_id: UUID, mentor_id: UUID) -> SelectOfScalar[Link]:
    return select(Link).where(Link.user_id == apprentice_id, Link.mentor_id == mentor_id, _in_force())


def _unanswered() -> tuple[sa.ColumnElement[bool], ...]:
    answers = (Invitation.accepted_at, Invitation.withdrawn_at, Invitation.declined_at)
    return tuple(col(answer).is_(None) for answer in answers)


def _is_open(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_unanswered(), col(Invitation.expires_at) > at)


def _wait_for(db: Session, person_id: UUID) -> None:
    """Two requests that count or link for the same person go one after the other, on PostgreSQL too."""
    db.exec(select(User.id).where(User.id == person_id).with_for_update(key_share=True)).first()
