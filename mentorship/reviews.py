"""What a review with a verdict is made of, approving without a mentor, and the showcase of approved pieces."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core.accounts import User
from core.errors import Refused
from core.ids import uuid7
from mentorship import links, piece_states, portfolio
from mentorship.models.pieces import Feedback, Piece


@dataclass(frozen=True, slots=True)
class Area:
    """Something to listen for. name: as it is kept."""

    name: str
    words: str
    hint: str


AREAS = (
    Area("balance", "Balance", "What is loud, what is buried"),
    Area("low-end", "Low end", "Kick, bass, and what is between them"),
    Area("tone", "Tone and EQ", "Harsh, dull, boxy, clear"),
    Area("dynamics", "Dynamics", "Squeezed, jumpy, alive"),
    Area("space", "Space", "Width, depth, reverb and delay"),
    Area("arrangement", "Arrangement", "What comes when, and how long it stays"),
    Area("performance", "Performance", "Timing, tuning, conviction"),
    Area("emotion", "Emotion", "What it makes you feel, and when"),
    Area("loudness", "Loudness", "Level and limiting beside other records"),
    Area("editing", "Editing", "Clicks, comps, breaths, noises"),
)
AREA_WORDS = {area.name: area.words for area in AREAS}
LEVELS = {1: "not yet", 2: "nearly", 3: "meets", 4: "stands out"}
VERDICTS = {"approved": "Approved", "changes": "Changes asked"}


def approve_own(db: Session, owner_id: UUID, version_id: UUID, *, at: datetime) -> Piece:
    """Approve a version of one's own, where no mentor could. Twice is no error."""
    found, version = portfolio.own_version(db, owner_id, version_id)
    piece = portfolio.own(db, owner_id, found.id)
    if piece.is_reference:
        raise Refused(f"{piece.title} is a reference, somebody else's record. There is nothing to approve.")
    if piece.archived_at:
        raise Refused(f"{piece.title} is archived. Bring it back, then approve V{version.number}.")
    if mentors := links.mentors_who_see(db, owner_id, "pieces"):
        raise Refused(f"{mentors[0].name} can review V{version.number}. Ask there instead of approving it yourself.")
    if _own_approval(db, owner_id, version_id) is None:
        owner = db.get_one(User, owner_id)
        db.add(
            Feedback(
                user_id=owner_id,
                id=uuid7(),
                version_id=version_id,
                from_id=owner_id,
                from_name=owner.name,
                side="self",
                asked_at=at,
                verdict="approved",
                given_at=at,
            )
        )
        db.flush()
    return piece


def disapprove_own(db: Session, owner_id: UUID, version_id: UUID, *, at: datetime) -> Piece:
    """Take one's own approval back. What a mentor said stays. Twice is no error."""
    found, _ = portfolio.own_version(db, owner_id, version_id)
    piece = portfolio.own(db, owner_id, found.id)
    if approval := _own_approval(db, owner_id, version_id):
        approval.withdrawn_at = at
        db.flush()
    return piece


def showcase(db: Session, piece: Piece, *, at: datetime) -> None:
    """Choose an approved piece for the public page. piece: locked for a change. Twice is no error."""
    standing = piece_states.of_one(db, piece)
    if piece.is_reference:
        raise Refused(f"{piece.title} is a reference, somebody else's record, so it cannot be shown as yours.")
    if piece.archived_at:
        raise Refused(f"{piece.title} is archived. Bring it back, then showcase it.")
    if standing.approved is None:
        raise Refused(f"No version of {piece.title} is approved yet. Have one approved, then showcase it.")
    piece.showcased_at = piece.showcased_at or at


def unshowcase(piece: Piece) -> None:
    """Take it off the public page. It stays approved."""
    piece.showcased_at = None


def _own_approval(db: Session, owner_id: UUID, version_id: UUID) -> Feedback | None:
    mine = (Feedback.user_id == owner_id, Feedback.version_id == version_id, Feedback.side == "self")
    return db.exec(select(Feedback).where(*mine, col(Feedback.withdrawn_at).is_(None))).first()
