"""What the two of a link agree on: the paper, and writing it."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from pydantic import BaseModel, BeforeValidator, StringConstraints

from core import clock, prose
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import Conflict
from core.once import once
from core.web import read_form
from mentorship import agreements, links
from mentorship.agreements import Step, Terms

bp = Blueprint("agreements", __name__)
Text = Annotated[str, StringConstraints(max_length=agreements.LONGEST)]


class TermsForm(BaseModel):
    goals: Text = ""
    cadence: Text = ""
    ways: Text = ""
    before: Annotated[UUID | None, BeforeValidator(lambda text: text or None)] = None


class YesForm(BaseModel):
    agreement: UUID


@bp.get("/links/<uuid:link_id>/agreement")
@signed_in
def show(link_id: UUID):
    db, me = get_db(), current_user()
    pair = links.own_pair(db, me.id, link_id)
    agreed = agreements.of(db, pair.link)
    waits = agreed.waits
    return render_template(
        "mentorship/links/agreement.html",
        pair=pair,
        agreed=agreed,
        waits_for_me=bool(waits and not agreements.has_said_yes(waits.agreement, me.id)),
        parts=parts,
    )


@bp.get("/links/<uuid:link_id>/agreement/edit")
@signed_in
def edit(link_id: UUID):
    """The form, with what was agreed on or proposed last; with a start to change where there is nothing yet."""
    db, me = get_db(), current_user()
    pair = links.own_pair(db, me.id, link_id)
    if pair.state != "active":
        raise Conflict(links.why_not(pair))
    history = agreements.of(db, pair.link).history
    newest = history[0].agreement if history else None
    return render_template(
        "mentorship/links/agreement_edit.html",
        pair=pair,
        newest=newest,
        text=newest or agreements.START,
        newest_parts=parts(history[0]) if history else [],
    )


@bp.post("/links/<uuid:link_id>/agreement")
@signed_in
@once(again=edit)
def written(link_id: UUID):
    form, me = read_form(TermsForm), current_user()
    terms = Terms(form.goals, form.cadence, form.ways)
    agreements.write(get_db(), me.id, link_id, terms, before=form.before, at=clock.now())
    flash("Sent. It holds as soon as the other one says yes.")
    return redirect(url_for("agreements.show", link_id=link_id), 303)


@bp.post("/links/<uuid:link_id>/agreement/agreed")
@signed_in
@once(again=show)
def agreed(link_id: UUID):
    form = read_form(YesForm)
    agreements.say_yes(get_db(), current_user().id, link_id, form.agreement, at=clock.now())
    flash("Agreed: it holds from now on.")
    return redirect(url_for("agreements.show", link_id=link_id), 303)


def parts(step: Step) -> list[tuple[str, str]]:
    """(heading, HTML) of what somebody wrote."""
    row = step.agreement
    texts = [("What for", row.goals), ("How often", row.cadence), ("How we work", row.ways)]
    return [(heading, prose.render(text)) for heading, text in texts if text]
