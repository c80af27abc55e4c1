"""Invitations: a secret that makes whoever opens it mentor or apprentice of its maker, once, within seven days.

One that names an e-mail address is for an account with that address alone; for everybody else it is not there. One
account at most is made by an invitation, and then only that account may answer it.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlmodel import Session, col, select

from core import accounts, inbox, mail
from core.accounts import User, hash_of, normalised
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from core.mail import Mail
from mentorship import links, news
from mentorship.models.people import Invitation, Link

LASTS = timedelta(days=7)
LONGEST_ADDRESS = 254  # RFC 5321


def invite(
    db: Session,
    person: UUID,
    role: str,
    name: str,
    *,
    email: str = "",
    mails: bool = False,
    most_a_day: int,
    at: datetime,
) -> tuple[Invitation, str]:
    """Make an invitation. role: what the invited becomes, "mentor" or "apprentice"; name: a label, for the inviter.

    email: who alone may accept, and to whom it is mailed. mails: whether this site sends mail.
    Returns it with its secret, which is shown this once and stored only as its hash.
    """
    _wait_for(db, person)
    today = select(sa.func.count()).where(Invitation.user_id == person, Invitation.created_at > at - timedelta(days=1))
    if db.exec(today).one() >= most_a_day:
        raise Refused(f"You made {most_a_day} invitations in the last 24 hours. Make the next one tomorrow.")
    inviter = db.get_one(User, person)
    to = _one_address(email)
    if to and normalised(to) == normalised(inviter.email):
        raise Refused("This is your own address. Write the address of the person you invite.", field="email")
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        user_id=person,
        id=uuid7(),
        role=role,
        name=name.strip(),
        email=normalised(to),
        secret_hash=hash_of(secret),
        created_at=at,
        expires_at=at + LASTS,
    )
    db.add(invitation)
    if to and mails:
        _put_mail(db, invitation, inviter, to, secret)
    return invitation, secret


def open_invitations(db: Session, person_id: UUID, *, at: datetime) -> list[Invitation]:
    """The invitations of somebody that can still be accepted, the newest first."""
    statement = select(Invitation).where(Invitation.user_id == person_id, *_is_open(at))
    return list(db.exec(statement.order_by(col(Invitation.created_at).desc())))


def over(db: Session, person_id: UUID, *, most: int, at: datetime) -> list[tuple[Invitation, str]]:
    """The newest invitations that came to nothing, each with its word: declined, withdrawn, expired."""
    came_to_nothing = sa.or_(
        col(Invitation.declined_at).is_not(None),
        col(Invitation.withdrawn_at).is_not(None),
        sa.and_(col(Invitation.expires_at) <= at, col(Invitation.accepted_at).is_(None)),
    )
    statement = select(Invitation).where(Invitation.user_id == person_id, came_to_nothing)
    found = db.exec(statement.order_by(col(Invitation.created_at).desc()).limit(most))
    return [(one, "declined" if one.declined_at else "withdrawn" if one.withdrawn_at else "expired") for one in found]


def withdraw(db: Session, person_id: UUID, invitation_id: UUID, *, at: datetime) -> None:
    """Take back an invitation of one's own. Twice is no error."""
    invitation = db.get(Invitation, (person_id, invitation_id), with_for_update=True)
    if invitation is None:
        raise NotFound
    if invitation.accepted_at:
        raise Conflict("This invitation was accepted already. To part ways, end the link instead.")
    if invitation.withdrawn_at:
        return
    is_open = invitation.declined_at is None and invitation.expires_at > at
    invitation.withdrawn_at = at
    _stop_mail(db, invitation, at)
    invited = _invited(db, invitation)
    if is_open and invited:
        text = f"{db.get_one(User, person_id).name} took back the invitation to you."
        _tell(db, invitation, invited, text, "/mentors", at)


def find_invitation(
    db: Session, secret: str, *, viewer_id: UUID | None = None, lock: bool = False, at: datetime
) -> tuple[Invitation, User]:
    """The invitation with this secret and who made it. One that `viewer_id` cannot accept (any more) says why; one for
    another address is not found."""
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
    if invitation.email and viewer_id and normalised(db.get_one(User, viewer_id).email) != invitation.email:
        raise NotFound
    _refuse_over(invitation, inviter, at)
    if invitation.joined_by and invitation.joined_by != viewer_id:
        raise NotAllowed(
            f"An account was made by this invitation from {inviter.name} already. If that was you, sign in and open it "
            "again; else ask for a new one."
        )
    return invitation, inviter


def is_open_invitation(db: Session, secret: str, *, at: datetime) -> bool:
    """Whether this secret opens the door to an account: once."""
    is_unused = col(Invitation.joined_by).is_(None)
    statement = select(Invitation.id).where(Invitation.secret_hash == hash_of(secret), is_unused, *_is_open(at))
    return db.exec(statement).first() is not None


def let_in(db: Session, secret: str, user: User, *, at: datetime) -> None:
    """Somebody made an account by an invitation, in this transaction: nobody else can any more. An account with another
    address than the invitation's is refused."""
    invitation, _inviter = find_invitation(db, secret, lock=True, at=at)
    if invitation.email and invitation.email != normalised(user.email):
        raise Refused(
            "This invitation is for another e-mail address. Make your account with the address that it was sent to.",
            field="email",
        )
    invitation.joined_by = user.id


def accept(db: Session, person: UUID, secret: str, *, at: datetime) -> Link:
    """Say yes: the two belong together from now on. By the inviter, or used, expired or taken back: a sentence."""
    invitation, inviter = find_invitation(db, secret, viewer_id=person, lock=True, at=at)
    apprentice, mentor = (inviter.id, person) if invitation.role == "mentor" else (person, inviter.id)
    _wait_for(db, apprentice)
    if link := links.open_link(db, apprentice, mentor):
        if links.state_of(link) == "paused":
            raise Conflict(
                f"Your link with {inviter.name} is paused. Take the pause back instead; nothing was changed."
            )
        raise Conflict(f"You and {inviter.name} are linked that way already. Nothing was changed.")
    link = Link(user_id=apprentice, id=uuid7(), mentor_id=mentor, began_at=at)
    db.add(link)
    invitation.accepted_at, invitation.accepted_by = at, person
    _stop_mail(db, invitation, at)
    text = f"{db.get_one(User, person).name} accepted and is {_a(invitation)} now. Next: agree on how you work."
    _tell(db, invitation, inviter.id, text, f"/links/{link.id}", at, thread=links.thread_of(link.id))
    db.flush()
    return link


def decline(db: Session, person: UUID, secret: str, *, at: datetime) -> None:
    """Say no; it cannot be taken back, but a new invitation can be made."""
    invitation, inviter = find_invitation(db, secret, viewer_id=person, lock=True, at=at)
    invitation.declined_at = at
    _stop_mail(db, invitation, at)
    text = f"{db.get_one(User, person).name} declined your invitation to be {_a(invitation)}."
    _tell(db, invitation, inviter.id, text, "/mentors", at)


def expire_invitations(db: Session, *, at: datetime) -> str:
    """The job: note invitations whose seven days are over, and tell who made them. Returns a few words."""
    is_noted = col(Invitation.expired_at).is_not(None)
    late = select(Invitation).where(Invitation.expires_at <= at, ~is_noted, *_unanswered()).with_for_update()
    expired = db.exec(late).all()
    for invitation in expired:
        invitation.expired_at = at
        _stop_mail(db, invitation, at)
        text = f"Your invitation to {_whom(invitation)} expired: each one lasts seven days. You can make a new one."
        _tell(db, invitation, invitation.user_id, text, "/mentors", at)
    return f"invitations expired: {len(expired)}"


# -- below the rules -----------------------------------------------------------------------------------------


def _refuse_over(invitation: Invitation, inviter: User, at: datetime) -> None:
    if invitation.accepted_at:
        raise NotAllowed(f"This invitation from {inviter.name} was used already. Ask for a new one.")
    if invitation.withdrawn_at:
        raise NotAllowed(f"{inviter.name} took this invitation back. Ask for a new one.")
    if invitation.declined_at:
        raise NotAllowed("This invitation was declined. Ask for a new one if that was a mistake.")
    if invitation.expires_at <= at:
        raise NotAllowed(f"This invitation from {inviter.name} expired: each one lasts seven days. Ask for a new one.")


def _one_address(text: str) -> str:
    """One e-mail address as it was typed, or "": refused is whatever is no address, or more than one."""
    if not text.strip():
        return ""
    try:
        if len(text) > LONGEST_ADDRESS:
            raise EmailNotValidError
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Refused(
            "This is not one e-mail address. Write a single one, like name@example.com, on one line.", field="email"
        ) from None
    return text.strip()


def _put_mail(db: Session, invitation: Invitation, inviter: User, to: str, secret: str) -> None:
    """The invitation as a mail in the outbox; the way to it stands below the text."""
    name = mail.one_line(inviter.name)
    asks = f"{name} asks you to be a mentor" if invitation.role == "mentor" else f"{name} offers to be your mentor"
    paragraphs = [
        f"{asks} in Woodshed, where people learn to produce music. See what it means, then say yes or no.",
        f"It works once, until {invitation.expires_at:%d %b %Y, %H:%M} UTC, for an account with this e-mail address.",
        f"If you do not know {name}, do nothing: without your yes nothing happens.",
    ]
    cause = {"kind": mail.INVITATION, "slot": str(invitation.id)}
    path = f"/invitations/{secret}"
    text = "\n\n".join(paragraphs)
    mail.put_to(db, invitation.user_id, to, **cause, subject=asks, text=text, path=path, at=invitation.created_at)


def _stop_mail(db: Session, invitation: Invitation, at: datetime) -> None:
    """An invitation that is answered or over is not mailed any more, and no secret waits in the outbox."""
    unsent = (
        col(Mail.user_id) == invitation.user_id,
        col(Mail.kind) == mail.INVITATION,
        col(Mail.slot) == str(invitation.id),
        col(Mail.sent_at).is_(None),
        col(Mail.failed_at).is_(None),
    )
    db.execute(
        sa.update(Mail).where(*unsent).values(failed_at=at, text="", path="", fault="the invitation was over before")
    )


def _invited(db: Session, invitation: Invitation) -> UUID | None:
    """Who has an account and knows of this invitation: the one that was made by it, or that has its address."""
    if invitation.joined_by:
        return invitation.joined_by if db.get(User, invitation.joined_by) else None
    found = accounts.find(db, invitation.email) if invitation.email else None
    return found.id if found else None


def _tell(
    db: Session, invitation: Invitation, user_id: UUID, text: str, path: str, at: datetime, thread: str = ""
) -> None:
    inbox.tell(db, user_id, news.LINK, text, path=path, thread=thread or f"invitation:{invitation.id}", at=at)


def _a(invitation: Invitation) -> str:
    return "your mentor" if invitation.role == "mentor" else "your apprentice"


def _whom(invitation: Invitation) -> str:
    return mail.one_line(invitation.name) or invitation.email or f"a new {invitation.role}"


def _unanswered() -> tuple[sa.ColumnElement[bool], ...]:
    answers = (Invitation.accepted_at, Invitation.withdrawn_at, Invitation.declined_at)
    return tuple(col(answer).is_(None) for answer in answers)


def _is_open(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_unanswered(), col(Invitation.expires_at) > at)


def _wait_for(db: Session, person_id: UUID) -> None:
    """Two requests that count or link for the same person go one after the other, on PostgreSQL too."""
    db.exec(select(User.id).where(User.id == person_id).with_for_update(key_share=True)).first()
