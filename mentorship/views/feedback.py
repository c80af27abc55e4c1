"""Reviews: asked of a mentor with a verdict, or of an apprentice by her mentor; given in four parts, and answered."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import read_form
from mentorship import feedback, links, portfolio, reviews
from mentorship.views.portfolio import heard

bp = Blueprint("feedback", __name__)

Text = Annotated[str, StringConstraints(min_length=1, max_length=feedback.LONGEST)]


class AskForm(BaseModel):
    person: UUID
    question: Text
    areas: list[str] = []


class PartsForm(BaseModel):
    """The rule looks at the parts, so that one place says what is wrong with each."""

    first_impression: str = ""
    strongest: str = ""
    weakest: str = ""
    next_step: str = ""
    levels: dict[str, str] = {}
    verdict: str = ""


class AnswerForm(BaseModel):
    answer: Text


@bp.get("/portfolio/versions/<uuid:version_id>/feedback")
@signed_in
def new(version_id: UUID):
    db, me = get_db(), current_user()
    piece, version = portfolio.own_version(db, me.id, version_id)
    of_mentor = _of_mentor()
    people = [
        (str(pair.person.id), pair.person.name)
        for pair in links.active(db, me.id)
        if pair.is_mentor == of_mentor and (pair.link.shows_pieces or not of_mentor)
    ]
    return render_template(
        "mentorship/feedback/new.html",
        piece=piece,
        version=version,
        side="mentor" if of_mentor else "apprentice",
        people=people,
        areas=[(area.name, area.words, area.hint) for area in reviews.AREAS],
        chosen=request.form.getlist("areas"),
        longest=feedback.LONGEST,
    )


@bp.post("/portfolio/versions/<uuid:version_id>/feedback")
@signed_in
@once(again=new)
def asked(version_id: UUID):
    db, me = get_db(), current_user()
    portfolio.own_version(db, me.id, version_id)
    form = read_form(AskForm)
    at = clock.now()
    if _of_mentor():
        row = feedback.ask_mentor(db, me.id, version_id, form.person, form.question, form.areas, at=at)
        flash(f"Sent to {row.from_name}. You are told when the review is here.", "good")
    else:
        row = feedback.ask(db, me.id, version_id, form.person, form.question, at=at)
        flash(f"Sent to {row.from_name}, who can open this one version now.", "good")
    return _to(row.id)


@bp.get("/feedback/<uuid:feedback_id>")
@signed_in
def show(feedback_id: UUID):
    seen = feedback.find(get_db(), current_user().id, feedback_id)
    return render_template(
        "mentorship/feedback/show.html",
        seen=seen,
        review=seen.feedback,
        parts=feedback.PARTS,
        longest=feedback.LONGEST,
        areas=[area for area in reviews.AREAS if area.name in seen.feedback.areas],
        levels=reviews.LEVELS,
        verdicts=reviews.VERDICTS,
        **(heard(seen.piece, seen.version) if seen.hears else {"piece": seen.piece, "version": seen.version}),
    )


@bp.post("/feedback/<uuid:feedback_id>/given")
@signed_in
@once(again=show)
def given(feedback_id: UUID):
    form = read_form(PartsForm)
    parts = {part.name: getattr(form, part.name) for part in feedback.PARTS}
    levels = {area: int(level) for area, level in form.levels.items() if level in map(str, reviews.LEVELS)}
    feedback.give(get_db(), current_user().id, feedback_id, parts, levels, form.verdict, at=clock.now())
    flash("Sent. You both read it here from now on.", "good")
    return _to(feedback_id)


@bp.post("/feedback/<uuid:feedback_id>/answered")
@signed_in
@once(again=show)
def answered(feedback_id: UUID):
    row = feedback.answer(get_db(), current_user().id, feedback_id, read_form(AnswerForm).answer, at=clock.now())
    flash(f"Sent to {row.from_name}.", "good")
    return _to(feedback_id)


@bp.post("/feedback/<uuid:feedback_id>/withdrawn")
@signed_in
@once(again=show)
def withdrawn(feedback_id: UUID):
    row = feedback.withdraw(get_db(), current_user().id, feedback_id, at=clock.now())
    flash(f"Taken back: {row.from_name} can no longer open this version.", "good")
    return _to(feedback_id)


def _of_mentor() -> bool:
    """Whether a mentor is asked; `?of=apprentice` in the address asks an apprentice."""
    return request.args.get("of", "mentor") != "apprentice"


def _to(feedback_id: UUID):
    return redirect(url_for("feedback.show", feedback_id=feedback_id), 303)
