"""What a piece's page says about reviews, to its owner and to a mentor who sees it."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from mentorship import feedback, links, piece_states
from mentorship.models.pieces import Piece, Version


def of_page(db: Session, viewer_id: UUID, piece: Piece, version: Version | None) -> dict[str, Any]:
    """reviews: those of this piece that the viewer may read; mentors: whom the owner may ask for a verdict.

    approved_alone: whether its owner approved this version without a mentor.
    """
    is_own = piece.user_id == viewer_id
    standing = piece_states.of_one(db, piece)
    is_open = is_own and version is not None and not piece.archived_at and not piece.is_reference
    yes = piece_states.approved_versions(db, piece.user_id).get(version.id) if is_own and version else None
    return {
        "standing": standing,
        "reviews": feedback.of_piece(db, viewer_id, piece.id),
        "review_is_open": is_open,
        "mentors": links.mentors_who_see(db, viewer_id, "pieces") if is_own else [],
        "may_ask": is_open and bool(links.apprentices_of(db, viewer_id)),
        "approved_alone": yes is not None and yes.is_own,
    }
