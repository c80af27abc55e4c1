"""What follows from a yes: a version approved without a mentor, a piece on show."""

from uuid import UUID

from flask import Blueprint, flash, url_for

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import go_on
from mentorship import portfolio, reviews
from mentorship.models.pieces import Piece
from mentorship.views.portfolio import show

bp = Blueprint("verdicts", __name__, url_prefix="/portfolio")


def _page(version_id: UUID):
    piece, _ = portfolio.own_version(get_db(), current_user().id, version_id)
    return show(piece.id)


@bp.post("/versions/<uuid:version_id>/approved")
@signed_in
@once(again=_page)
def approved(version_id: UUID):
    piece = reviews.approve_own(get_db(), current_user().id, version_id, at=clock.now())
    flash("Approved, on your own word. A mentor's review can follow later.", "good")
    return _to(piece, version_id)


@bp.post("/versions/<uuid:version_id>/unapproved")
@signed_in
@once(again=_page)
def unapproved(version_id: UUID):
    piece = reviews.disapprove_own(get_db(), current_user().id, version_id, at=clock.now())
    flash("Your approval is taken back.", "good")
    return _to(piece, version_id)


@bp.post("/pieces/<uuid:piece_id>/showcased")
@signed_in
@once(again=show)
def showcased(piece_id: UUID):
    db = get_db()
    piece = portfolio.own(db, current_user().id, piece_id)
    reviews.showcase(db, piece, at=clock.now())
    flash(f"{piece.title} is in your showcase.", "good")
    return go_on(url_for("portfolio.show", piece_id=piece_id))


@bp.post("/pieces/<uuid:piece_id>/unshowcased")
@signed_in
@once(again=show)
def unshowcased(piece_id: UUID):
    piece = portfolio.own(get_db(), current_user().id, piece_id)
    reviews.unshowcase(piece)
    flash(f"{piece.title} is no longer in your showcase.", "good")
    return go_on(url_for("portfolio.show", piece_id=piece_id))


def _to(piece: Piece, version_id: UUID):
    _, version = portfolio.own_version(get_db(), current_user().id, version_id)
    return go_on(url_for("portfolio.show", piece_id=piece.id, version=version.number))
