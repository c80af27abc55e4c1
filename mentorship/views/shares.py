"""Share links of one's pieces: made, listed with what came of them, ended."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from pydantic import BaseModel, StringConstraints

from core import accounts, clock
from core.access import current_user, signed_in
from core.database import database, get_db
from core.limits import limiter
from core.once import once
from core.web import note, read_form
from mentorship import portfolio, share_log, shares
from mentorship.views import files

bp = Blueprint("shares", __name__, url_prefix="/portfolio")
MADE = "share"  # cookie: [id, secret] of the link that was just made, until its owner was shown it
LASTS = {1: "A day", 7: "A week", 30: "A month", 90: "Three months", 0: "Until you end it"}


class ShareForm(BaseModel):
    label: Annotated[str, StringConstraints(min_length=1, max_length=shares.LONGEST_LABEL)]
    version: int | None = None
    days: int = 30
    password: Annotated[str, StringConstraints(max_length=200)] = ""
    may_download: bool = False
    may_remark: bool = False


@bp.get("/shares")
@signed_in
def index():
    rows = shares.listed(get_db(), current_user().id, at=clock.now())
    return render_template(
        "mentorship/shares/index.html",
        shares=[row for row in rows if row.is_open],
        over=[row for row in rows if not row.is_open],
    )


@bp.get("/pieces/<uuid:piece_id>/shares/new")
@signed_in
def new(piece_id: UUID):
    db = get_db()
    piece = portfolio.own(db, current_user().id, piece_id)
    versions = portfolio.versions(db, piece)
    return render_template(
        "mentorship/shares/new.html",
        piece=piece,
        versions=[(version.number, f"Version {version.number} alone") for version in versions],
        is_audio=bool(versions) and versions[0].kind == "audio",
        lasts=list(LASTS.items()),
        longest=shares.LONGEST_LABEL,
    )


@bp.post("/pieces/<uuid:piece_id>/shares")
@signed_in
@limiter.limit("60 per hour", key_func=lambda: f"shares:{current_user().id}")
@once(again=new)
def made(piece_id: UUID):
    form = read_form(ShareForm)
    with database().reading() as db:  # a foreign piece is refused before a password is hashed
        portfolio.own(db, current_user().id, piece_id)
    password = accounts.password_hash(request.form["password"]) if form.password else ""
    wish = shares.Wish(form.label, form.version, form.days, password, form.may_download, form.may_remark)
    share, secret = shares.make(get_db(), current_user().id, piece_id, wish, at=clock.now())
    cookie[MADE] = [str(share.id), secret]
    note("share.made", share_id=share.id)
    return redirect(url_for("shares.show", share_id=share.id), 303)


@bp.get("/shares/<uuid:share_id>")
@signed_in
def show(share_id: UUID):
    """One link: its address, shown this once when it was just made, and what came of it."""
    db = get_db()
    row = shares.own(db, current_user().id, share_id, at=clock.now())
    name, secret = cookie.get(MADE) or ("", "")
    if name == str(share_id):
        cookie.pop(MADE)
    return render_template(
        "mentorship/shares/show.html",
        row=row,
        address=files.site().url + url_for("guests.show", secret=secret) if name == str(share_id) else "",
        log=share_log.of_share(db, row.share),
        most=share_log.MOST_LISTED,
    )


@bp.post("/shares/<uuid:share_id>/ended")
@signed_in
@once(again=show)
def ended(share_id: UUID):
    share = shares.end(get_db(), current_user().id, share_id, at=clock.now())
    note("share.ended", share_id=share.id)
    flash(f"The link for {share.label} has ended. Whoever opens it finds nothing, and what plays stops.", "good")
    return redirect(url_for("shares.index"), 303)
