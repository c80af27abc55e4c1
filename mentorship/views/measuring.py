"""How far the measuring of a version is, and asking for it once more."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from sqlmodel import Session

from core import clock
from core.access import current_user, signed_in, wants_fragment
from core.database import get_db
from core.once import once
from core.web import go_on
from mentorship import measuring, portfolio
from mentorship.models.pieces import Version

bp = Blueprint("measuring", __name__, url_prefix="/portfolio/versions/<uuid:version_id>/measuring")


@bp.get("")
@signed_in
def show(version_id: UUID):
    """How far it is, to a script in figures; else on to the page of the piece, where it stands."""
    db = get_db()
    piece, version = portfolio.find_version(db, current_user().id, version_id)
    found = measuring.standing(db, version)
    if not wants_fragment():
        return redirect(url_for("portfolio.show", piece_id=piece.id, version=version.number), 303)
    if found is None or found.work is None:
        is_over = found is None or not found.is_under_way
        return {"state": "waiting", "stage": "", "done": 0, "total": 0, "is_over": is_over, "before": 0}
    figures = found.work.model_dump(include={"state", "stage", "done", "total"})
    return figures | {"is_over": False, "before": found.before}


@bp.post("")
@signed_in
@once(again=show)
def again(version_id: UUID):
    db = get_db()
    piece, version = portfolio.own_version(db, current_user().id, version_id)
    measuring.ask_again(db, current_user().id, version_id, at=clock.now())
    flash(f"V{version.number} of {piece.title} is measured again. The page shows how far it is.", "good")
    return go_on(url_for("portfolio.show", piece_id=piece.id, version=version.number, _anchor="measuring"))


def of_page(db: Session, viewer_id: UUID, version: Version | None) -> dict[str, object]:
    """What `mentorship/portfolio/_measuring.html` needs on a version's page."""
    found = measuring.standing(db, version) if version is not None and version.kind == "audio" else None
    return {
        "metering": found,  # `standing` is the piece's
        "may_measure": version is not None and version.user_id == viewer_id and version.kind == "audio",
        "here": request.full_path.rstrip("?"),
    }
