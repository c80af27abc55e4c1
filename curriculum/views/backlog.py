"""What waits beyond today's limit: the choices at the desk, on Today and on the end page; more for today; a pause."""

from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import own_path, read_form
from curriculum import backlog, pauses
from curriculum.views import library

bp = Blueprint("backlog", __name__)


class ChoiceForm(BaseModel):
    choice: Literal["cap", "spread", "all"]
    days: int = 7
    next: str = ""


class MoreForm(BaseModel):
    reviews: int = 0
    new: int = 0
    next: str = ""


@bp.get("/reviews/backlog")
@signed_in
def show():
    """How many wait, and the three ways to deal with them."""
    return render_template("curriculum/reviews_back.html", **for_page(clock.now()))


@bp.post("/reviews/backlog")
@signed_in
@once(again=show)
def chosen():
    form, me, at = read_form(ChoiceForm), current_user(), clock.now()
    db, today = get_db(), clock.study_day(at, me.zone)
    if form.choice == "spread":
        last = backlog.spread(db, me.id, me.zone, form.days, at=at)
        flash(f"Spread until {pauses.named(last, today)}.", "good")
    elif form.choice == "all":
        backlog.take_all(db, me.id, me.zone, at=at)
        flash("All of it comes today. Stop when you like: what is left waits.", "good")
    else:
        backlog.cap(db, me.id, me.zone, at=at)
        flash("Your limit holds: the nearest to being forgotten come first.", "good")
    return redirect(own_path(form.next, url_for("reviews.desk", chosen=1)), 303)


@bp.post("/reviews/more")
@signed_in
@once(again=show)
def more():
    form, me = read_form(MoreForm), current_user()
    backlog.more(get_db(), me.id, me.zone, reviews=form.reviews, new=form.new, at=clock.now())
    return redirect(own_path(form.next, url_for("reviews.desk", chosen=1)), 303)


def instead(at: datetime) -> str | None:
    """The page that stands before the desk: during a pause, and for somebody who is back with more than fits."""
    db, me = get_db(), current_user()
    if pause := backlog.pause_now(db, me.id, me.zone, at=at):
        until = pauses.named(pause[1], clock.study_day(at, me.zone))
        return render_template("curriculum/reviews_paused.html", until=until)
    if request.args.get("chosen") or not backlog.is_back(db, me.id, me.zone, at=at):
        return None
    found = for_page(at)
    return render_template("curriculum/reviews_back.html", **found) if found["offer"].is_over else None


def for_page(at: datetime) -> dict[str, Any]:
    """What the panels need."""
    me = current_user()
    offer = backlog.offer(get_db(), library(), me.id, me.zone, at=at)
    until = pauses.named(offer.spread_until, clock.study_day(at, me.zone)) if offer.spread_until is not None else ""
    return {"offer": offer, "spread_until": until, "more_reviews": backlog.MORE_REVIEWS, "more_new": backlog.MORE_NEW}
