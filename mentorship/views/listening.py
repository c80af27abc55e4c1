"""Playing a version: what its player needs, and noting for the owner that somebody else listened."""

from uuid import UUID

from flask import Blueprint, current_app, request, url_for
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from core import clock
from core.access import current_user, signed_in
from core.database import database, get_db
from core.errors import Busy
from core.once import once
from core.web import go_on
from mentorship import listening, measuring
from mentorship.models.pieces import Piece, Version

bp = Blueprint("listening", __name__)

NOTING_PATIENCE = 0.2  # seconds that a file may wait to note who opens it


@bp.post("/portfolio/versions/<uuid:version_id>/heard")
@signed_in
@once()
def heard(version_id: UUID):
    """The player tells of the first play of a version."""
    listening.note(get_db(), current_user().id, version_id, at=clock.now())
    return go_on(url_for("portfolio.file", version_id=version_id))


def of_page(db: Session, piece: Piece, *, is_own: bool) -> dict[str, object]:
    """What `portfolio/_listening.html` needs on the page of a piece."""
    return {"listened": listening.of_piece(db, piece) if is_own else []}


def sound_of(db: Session, version: Version) -> dict[str, object]:
    """What the player of an audio version needs."""
    measured = measuring.row_of(db, version)
    is_own = version.user_id == current_user().id
    return {
        "src": url_for("portfolio.listen", version_id=version.id),
        "peaks": url_for("portfolio.peaks", version_id=version.id) if measured and measured.peaks_sha256 else "",
        "heard": "" if is_own else url_for("listening.heard", version_id=version.id),
        "version": version.id,
        "is_copied": bool(measured and measured.listen_sha256),
    }


def note_file(version: Version) -> None:
    """A sound is fetched from its beginning: without script that is all we learn of somebody who plays it.

    The file comes first: with a busy database it is sent all the same, and nothing is noted.
    """
    wanted = request.range
    is_whole = wanted is None or any(start == 0 for start, _ in wanted.ranges)
    if request.method != "GET" or not is_whole or version.user_id == current_user().id or version.kind != "audio":
        return
    try:
        with database().writing(patience=NOTING_PATIENCE) as db:
            listening.note(db, current_user().id, version.id, at=clock.now())
    except (Busy, OperationalError) as fault:
        current_app.logger.warning("a listening was not noted: %s", getattr(fault, "orig", fault))
