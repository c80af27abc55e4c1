"""The measures of a version on its piece's page, and the owner's word on tempo and key."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session

from core.access import current_user, signed_in
from core.database import get_db
from core.errors import Refused
from core.once import once
from core.web import go_on, read_form
from curriculum.views import library
from mentorship import measures, portfolio
from mentorship.models.pieces import Piece, Version

bp = Blueprint("measures", __name__, url_prefix="/portfolio/pieces/<uuid:piece_id>")


class GuessForm(BaseModel):
    """Each alone, or both: what is not sent stays; what is sent empty is taken back."""

    tempo: Annotated[str, StringConstraints(max_length=20)] | None = None
    key: Annotated[str, StringConstraints(max_length=20)] | None = None


@bp.get("/tempo-and-key")
@signed_in
def guesses(piece_id: UUID):
    piece = portfolio.own(get_db(), current_user().id, piece_id)
    return render_template("mentorship/portfolio/guesses.html", piece=piece, keys=measures.KEYS)


@bp.post("/tempo-and-key")
@signed_in
@once(again=guesses)
def guessed(piece_id: UUID):
    form = read_form(GuessForm)
    piece = portfolio.own(get_db(), current_user().id, piece_id)
    if form.tempo is not None:
        measures.say_tempo(piece, _number(form.tempo))
    if form.key is not None:
        measures.say_key(piece, form.key)
    flash("Saved: your word on tempo and key stands before the meter's guess.", "good")
    return go_on(url_for("portfolio.show", piece_id=piece_id, _anchor="tempo-and-key"))


def of_page(db: Session, viewer_id: UUID, piece: Piece, version: Version | None) -> dict[str, object]:
    """What `mentorship/portfolio/_measures.html` needs on a piece's page; `?reference=` names what to compare with."""
    panel = None
    if version is not None and version.kind == "audio":
        asked = request.args.get("reference")
        panel = measures.panel(db, library(), viewer_id, piece, version, reference_id=asked)
    return {"measures": panel}


def _number(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise Refused("Write the tempo as a number, such as 120 or 92.5.", field="tempo") from None
