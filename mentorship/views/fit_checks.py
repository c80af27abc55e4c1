"""The private fit check: the apprentice's own page, and what a mentor sees of it when she shares."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import NotFound
from core.once import once
from core.web import read_form
from mentorship import fit_checks, fit_pictures, links
from mentorship.models.people import FitCheck

bp = Blueprint("fit_checks", __name__)


class CheckForm(BaseModel):
    answers: dict[str, str] = {}
    note: Annotated[str, StringConstraints(max_length=fit_checks.LONGEST_NOTE)] = ""


@bp.get("/links/<uuid:link_id>/fit")
@signed_in
def show(link_id: UUID):
    """For the apprentice her checks and the next one; for the mentor what she shares; else not found."""
    db, me = get_db(), current_user()
    if not links.own_pair(db, me.id, link_id).is_mentor:
        return _shared(link_id)
    pair, fit = fit_checks.of(db, me.id, link_id, at=clock.now())
    return render_template(
        "mentorship/links/fit.html",
        pair=pair,
        fit=fit,
        advice=fit_checks.advice(fit.newest) if fit.newest else [],
        **_pictures(fit.checks),
    )


@bp.post("/links/<uuid:link_id>/fit")
@signed_in
@once(again=show)
def answered(link_id: UUID):
    form = read_form(CheckForm)
    marks = {key: int(text) if text in "12345" and len(text) == 1 else None for key, text in form.answers.items()}
    fit_checks.answer(get_db(), current_user().id, link_id, marks, form.note, at=clock.now())
    flash("Kept. Nobody but you sees it.")
    return redirect(url_for("fit_checks.show", link_id=link_id), 303)


@bp.post("/links/<uuid:link_id>/fit/<uuid:check_id>/shared")
@signed_in
@once(again=lambda link_id, check_id: show(link_id))
def shared(link_id: UUID, check_id: UUID):
    fit_checks.share(get_db(), current_user().id, link_id, check_id, at=clock.now())
    flash("Shared: this one, with its note. You can take it back any time.")
    return redirect(url_for("fit_checks.show", link_id=link_id), 303)


@bp.post("/links/<uuid:link_id>/fit/<uuid:check_id>/unshared")
@signed_in
@once(again=lambda link_id, check_id: show(link_id))
def unshared(link_id: UUID, check_id: UUID):
    fit_checks.unshare(get_db(), current_user().id, link_id, check_id)
    flash("It is yours alone again.")
    return redirect(url_for("fit_checks.show", link_id=link_id), 303)


def _shared(link_id: UUID) -> Any:
    db, me = get_db(), current_user()
    checks = fit_checks.shared_with(db, me.id, link_id)
    if not checks:
        raise NotFound
    pair = links.own_pair(db, me.id, link_id)
    return render_template("mentorship/links/fit_shared.html", pair=pair, checks=checks, **_pictures(checks))


def _pictures(checks: list[FitCheck]) -> dict[str, Any]:
    trails = [
        (
            statement,
            fit_pictures.trail([check.answers[statement.key] for check in checks if statement.key in check.answers]),
        )
        for statement in fit_checks.STATEMENTS
    ]
    return {"statements": fit_checks.STATEMENTS, "marks": fit_checks.MARKS, "trails": trails}
