"""A mentor asks an apprentice what she hears; she answers in four parts, and he answers her."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import read_form
from mentorship import feedback, links, portfolio
from mentorship.views.portfolio import heard

bp = Blueprint("feedback", __name__)

Text = Annotated[str, StringConstraints(min_length=1, max_length=feedback.LONGEST)]


class AskForm(BaseModel):
    person: UUID
    question: Text


class PartsForm(BaseModel):
    """The rule looks at the parts, so that one place says what is wrong with each."""

    first_impression: str = ""
    strongest: str = ""
    weakest: str = ""
    next_step: str = ""


class AnswerForm(BaseModel):
    answer: Text


@bp.get("/portfolio/versions/<uuid:version_id>/feedback")
@signed_in
def new(version_id: UUID):
    db, me = get_db(), current_user()
    piece, version = portfolio.own_version(db, me.id, version_id)
    return render_template(
        "mentorship/feedback/new.html",
        piece=piece,
        version=version,
        people=[(str(pair.person.id), pair.person.name) for pair in links.active(db, me.id) if not pair.is_mentor],
        longest=feedback.LONGEST,
    )


@bp.post("/portfolio/versions/<uuid:version_id>/feedback")
@signed_in
@once(again=new)
def asked(version_id: UUID):
    db, me = get_db(), current_user()
    portfolio.own_version(db, me.id, version_id)
    form = read_form(AskForm)
    row = feedback.ask(db, me.id, version_id, form.person, form.question, at=clock.now())
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
        **(heard(seen.piece, seen.version) if seen.hears else {"piece": seen.piece, "version": seen.version}),
    )


@bp.post("/feedback/<uuid:feedback_id>/given")
@signed_in
@once(again=show)
def given(feedback_id: UUID):
    parts = read_form(PartsForm).model_dump()
    feedback.give(get_db(), current_user().id, feedback_id, parts, at=clock.now())
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


def _to(feedback_id: UUID):
    return redirect(url_for("feedback.show", feedback_id=feedback_id), 303)
