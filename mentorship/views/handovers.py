"""Handing sessions on to another mentor."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from pydantic import BaseModel

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import Conflict, NotAllowed
from core.once import once
from core.web import read_form
from mentorship import handovers, links

bp = Blueprint("handovers", __name__)


class HandedForm(BaseModel):
    sessions: list[UUID] = []


@bp.get("/links/<uuid:link_id>/handed")
@signed_in
def show(link_id: UUID):
    db, me = get_db(), current_user()
    pair = links.own_pair(db, me.id, link_id)
    if not pair.is_mentor:
        raise NotAllowed("Sessions are handed on by the apprentice alone. You find what was handed on under Sessions.")
    if pair.state != "active":
        raise Conflict(links.why_not(pair))
    offers = handovers.offered(db, me.id, pair.person.id)
    return render_template("mentorship/links/handed.html", pair=pair, offers=offers)


@bp.post("/links/<uuid:link_id>/handed")
@signed_in
@once(again=show)
def handed(link_id: UUID):
    form = read_form(HandedForm)
    count = handovers.hand_on(get_db(), current_user().id, link_id, form.sessions, at=clock.now())
    flash(f"Saved: {count or 'no'} {'session is' if count == 1 else 'sessions are'} handed on now.")
    return redirect(url_for("links.show", link_id=link_id), 303)
