"""Testimonials: asked for on the piece's page; written, and said yes to, at a secret address without an account."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, url_for
from flask import session as cookie
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import database, get_db
from core.errors import Refused
from core.limits import limiter
from core.once import once
from core.web import read_form
from mentorship import portfolio, testimonials
from mentorship.views.portfolio import show as piece_page

bp = Blueprint("testimonials", __name__)
MADE = "testimonial"  # cookie: (piece, name, secret) of what was just asked, until its address was shown

Name = Annotated[str, StringConstraints(min_length=1, max_length=testimonials.LONGEST_NAME)]


class AskForm(BaseModel):
    name: Name


class YesForm(BaseModel):
    name: Name
    text: Annotated[str, StringConstraints(min_length=1, max_length=testimonials.LONGEST)]


def guessed(response: Any) -> bool:
    """Only misses count towards the limit on opening."""
    return bool(response.status_code == 404)


opening = limiter.shared_limit("60 per minute", scope="testimonials", deduct_when=guessed)
writing = limiter.shared_limit("30 per hour", scope="testimonials written")


# -- the owner -----------------------------------------------------------------------------------------------


@bp.post("/portfolio/pieces/<uuid:piece_id>/testimonials")
@signed_in
@once(again=piece_page)
def asked(piece_id: UUID):
    form = read_form(AskForm)
    row, secret = testimonials.ask(get_db(), current_user().id, piece_id, form.name, at=clock.now())
    cookie[MADE] = (str(row.piece_id), row.name, secret)
    return redirect(url_for("testimonials.made"), 303)


@bp.get("/portfolio/testimonials/made")
@signed_in
def made():
    """The address of what was just asked for: shown this once."""
    piece_id, name, secret = cookie.pop(MADE, ("", "", ""))
    if not secret:
        flash("The address is shown once. If you lost it, withdraw the testimonial and ask for a new one.")
        return redirect(url_for("portfolio.index"))
    return render_template(
        "mentorship/testimonials/made.html",
        piece=portfolio.find(get_db(), current_user().id, UUID(piece_id)),
        name=name,
        address=current_app.extensions["settings"].url + url_for("testimonials.show", secret=secret),
    )


def _page(testimonial_id: UUID):
    return piece_page(testimonials.own(get_db(), current_user().id, testimonial_id).piece_id)


@bp.post("/portfolio/testimonials/<uuid:testimonial_id>/hidden")
@signed_in
@once(again=_page)
def hidden(testimonial_id: UUID):
    row = testimonials.own(get_db(), current_user().id, testimonial_id)
    testimonials.hide(row, at=clock.now())
    flash(f"Hidden. What {row.name} said is kept, and nobody else reads it.", "good")
    return _to(row.piece_id)


@bp.post("/portfolio/testimonials/<uuid:testimonial_id>/shown")
@signed_in
@once(again=_page)
def shown(testimonial_id: UUID):
    row = testimonials.own(get_db(), current_user().id, testimonial_id)
    testimonials.unhide(row)
    flash("Shown again.", "good")
    return _to(row.piece_id)


@bp.post("/portfolio/testimonials/<uuid:testimonial_id>/withdrawn")
@signed_in
@once(again=_page)
def withdrawn(testimonial_id: UUID):
    row = testimonials.own(get_db(), current_user().id, testimonial_id)
    testimonials.withdraw(row, at=clock.now())
    flash(f"Withdrawn. The address that {row.name} has leads nowhere now.", "good")
    return _to(row.piece_id)


# -- the client ----------------------------------------------------------------------------------------------


@bp.get("/testimonials/<secret>")
@opening
def show(secret: str):
    """What is asked, and by whom; no sound, and nothing else of the portfolio."""
    with database().reading() as db:
        found = testimonials.find(db, secret)
    return _unlisted(render_template("mentorship/testimonials/show.html", asked=found, secret=secret))


@bp.post("/testimonials/<secret>/yes")
@opening
@writing
def yes(secret: str):
    try:
        form = read_form(YesForm)
        with database().writing() as db:
            testimonials.say_yes(db, secret, form.name, form.text, at=clock.now())
    except Refused as refusal:
        if refusal.status == 404:
            raise
        g.refusal = refusal
        return show(secret), refusal.status
    flash("Thank you. Your words are shown with the piece from now on.", "good")
    return redirect(url_for("testimonials.show", secret=secret), 303)


@bp.post("/testimonials/<secret>/no")
@opening
@writing
def no(secret: str):
    with database().writing() as db:
        testimonials.take_back(db, secret, at=clock.now())
    flash("Taken back: nobody reads your words any more.", "good")
    return redirect(url_for("testimonials.show", secret=secret), 303)


def _unlisted(page: str):
    answer = make_response(page)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _to(piece_id: UUID):
    return redirect(url_for("portfolio.show", piece_id=piece_id), 303)
