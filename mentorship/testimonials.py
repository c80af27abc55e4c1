"""What a client says of a piece. The owner asks and gets a secret address once; who opens it needs no account, writes,
and says yes, or takes the yes back by the same address. Without the yes nobody reads a word of it."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User, hash_of
from core.database import get_or_404
from core.errors import NotFound, Refused
from core.ids import uuid7
from mentorship import news, portfolio
from mentorship.models.pieces import Piece, Testimonial

LONGEST_NAME, LONGEST = 80, 600  # characters
MOST_A_DAY = 20  # asked by one person
OF_PIECE = sa.and_(col(Piece.user_id) == Testimonial.user_id, col(Piece.id) == Testimonial.piece_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the client sees: nothing but this, and no sound."""

    testimonial: Testimonial
    piece: str  # its title
    owner: str  # who asks


def ask(db: Session, owner_id: UUID, piece_id: UUID, name: str, *, at: datetime) -> tuple[Testimonial, str]:
    """Ask a client about a piece of one's own. name: the client. Returns it with its secret, shown this once and stored
    only as its hash."""
    db.exec(select(User.id).where(User.id == owner_id).with_for_update(key_share=True)).first()
    piece = portfolio.own(db, owner_id, piece_id)
    if piece.is_reference:
        raise Refused(f"{piece.title} is a reference, somebody else's record. Ask about a piece of yours.")
    if not name.strip():
        raise Refused("Write the client's name, as it is to stand below the words.", field="name")
    mine = (Testimonial.user_id == owner_id, Testimonial.asked_at > at - timedelta(days=1))
    if db.exec(select(sa.func.count()).where(*mine)).one() >= MOST_A_DAY:
        raise Refused(f"You asked for {MOST_A_DAY} testimonials in the last 24 hours. Ask for the next one tomorrow.")
    secret = secrets.token_urlsafe(32)
    testimonial = Testimonial(
        user_id=owner_id,
        id=uuid7(),
        piece_id=piece_id,
        name=name.strip(),
        secret_hash=hash_of(secret),
        asked_at=at,
    )
    db.add(testimonial)
    db.flush()
    return testimonial, secret


def of_page(db: Session, viewer_id: UUID, piece: Piece) -> dict[str, Any]:
    """testimonials: for the owner all that were not withdrawn, the newest first; for others those that are shown."""
    if piece.user_id != viewer_id:
        return {"testimonials": shown(db, [piece.id]).get(piece.id, [])}
    mine = (Testimonial.user_id == viewer_id, Testimonial.piece_id == piece.id)
    kept = select(Testimonial).where(*mine, col(Testimonial.withdrawn_at).is_(None))
    return {"testimonials": list(db.exec(kept.order_by(col(Testimonial.asked_at).desc(), col(Testimonial.id).desc())))}


def shown(db: Session, piece_ids: Collection[UUID]) -> dict[UUID, list[Testimonial]]:
    """piece id -> what clients said yes to and the owner does not hide, the oldest yes first. Whether the reader may
    see the piece is decided before."""
    if not piece_ids:
        return {}
    rows = db.exec(
        select(Testimonial)
        .where(
            col(Testimonial.piece_id).in_(piece_ids),
            col(Testimonial.yes_at).is_not(None),
            col(Testimonial.hidden_at).is_(None),
            col(Testimonial.withdrawn_at).is_(None),
        )
        .order_by(col(Testimonial.yes_at), col(Testimonial.id))
    )
    found: dict[UUID, list[Testimonial]] = {}
    for testimonial in rows:
        found.setdefault(testimonial.piece_id, []).append(testimonial)
    return found


def own(db: Session, owner_id: UUID, testimonial_id: UUID) -> Testimonial:
    """The testimonial of this person with this id, locked for a change."""
    mine = select(Testimonial).where(Testimonial.user_id == owner_id, Testimonial.id == testimonial_id)
    found: Testimonial = get_or_404(db, mine.with_for_update())
    return found


def hide(testimonial: Testimonial, *, at: datetime) -> None:
    testimonial.hidden_at = testimonial.hidden_at or at


def unhide(testimonial: Testimonial) -> None:
    testimonial.hidden_at = None


def withdraw(testimonial: Testimonial, *, at: datetime) -> None:
    """Take it down for good: its words are deleted, and its address leads nowhere. Twice is no error."""
    testimonial.withdrawn_at = testimonial.withdrawn_at or at
    testimonial.text = ""


# -- by the secret address, without an account ---------------------------------------------------------------


def find(db: Session, secret: str, *, lock: bool = False) -> Asked:
    """What was asked by this secret. A wrong one and one that was withdrawn are not found, in the same way."""
    statement = (
        select(Testimonial, Piece.title, User.name)
        .join(Piece, OF_PIECE)
        .join(User, col(User.id) == Testimonial.user_id)
        .where(Testimonial.secret_hash == hash_of(secret), col(Testimonial.withdrawn_at).is_(None))
    )
    row = db.exec(statement.with_for_update(of=Testimonial) if lock else statement).first()
    if row is None:
        raise NotFound
    return Asked(*row)


def say_yes(db: Session, secret: str, name: str, text: str, *, at: datetime) -> Asked:
    """The client's words, and the yes that they are shown, with this name. Saying it again changes the words."""
    asked = find(db, secret, lock=True)
    if not name.strip():
        raise Refused("Write your name, as it is to stand below the words.", field="name")
    if not text.strip():
        raise Refused("Write a sentence first: what it was like to work together.", field="text")
    testimonial = asked.testimonial
    if (testimonial.name, testimonial.text, bool(testimonial.yes_at)) == (name.strip(), text.strip(), True):
        return asked
    testimonial.name, testimonial.text, testimonial.yes_at = name.strip(), text.strip(), at
    _tell(db, asked, f"{testimonial.name} wrote about {asked.piece}, and said yes to showing it.", at)
    return asked


def take_back(db: Session, secret: str, *, at: datetime) -> Asked:
    """The client takes the yes back: from now on nobody reads the words, the owner neither. Twice is no error."""
    asked = find(db, secret, lock=True)
    if asked.testimonial.yes_at:
        asked.testimonial.yes_at = None
        _tell(db, asked, f"{asked.testimonial.name} took back the words about {asked.piece}.", at)
    return asked


def _tell(db: Session, asked: Asked, text: str, at: datetime) -> None:
    piece_id = asked.testimonial.piece_id
    path, thread = f"/portfolio/pieces/{piece_id}", f"piece:{piece_id}"
    inbox.tell(db, asked.testimonial.user_id, news.TESTIMONIAL, text, path=path, thread=thread, at=at)
