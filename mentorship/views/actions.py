"""What somebody promised: written down, done, open again."""

from datetime import date
from typing import Annotated
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import own_path, read_form
from mentorship import actions
from mentorship.actions import Promise
from mentorship.views import meetings

bp = Blueprint("actions", __name__)

Line = Annotated[str, StringConstraints(max_length=200)]


class ActionForm(BaseModel):
    text: Line
    owner: UUID
    due: date | None = None


class OwnActionForm(BaseModel):
    text: Line
    due: date | None = None


class BackForm(BaseModel):
    next: str = ""


@bp.post("/sessions/<uuid:session_id>/actions")
@signed_in
@once(again=meetings.show)
def promised(session_id: UUID):
    form = read_form(ActionForm)
    promise = Promise(form.text, form.owner, form.due)
    actions.add_action(get_db(), current_user().id, session_id, promise, at=clock.now())
    return redirect(url_for("meetings.show", session_id=session_id, _anchor="actions"), 303)


@bp.get("/actions/new")
@signed_in
def new():
    return render_template("mentorship/sessions/action.html")


@bp.post("/actions")
@signed_in
@once(again=new)
def noted():
    form, back = read_form(OwnActionForm), read_form(BackForm)
    actions.add_own_action(get_db(), current_user().id, form.text, form.due, at=clock.now())
    return redirect(own_path(back.next, url_for("sessions.index")), 303)


@bp.post("/actions/<uuid:action_id>/done")
@signed_in
@once()
def done(action_id: UUID):
    back = read_form(BackForm)
    action = actions.finish(get_db(), current_user().id, action_id, at=clock.now())
    return redirect(own_path(back.next, _home_of(action.session_id)), 303)


@bp.post("/actions/<uuid:action_id>/open")
@signed_in
@once()
def reopened(action_id: UUID):
    back = read_form(BackForm)
    action = actions.reopen(get_db(), current_user().id, action_id)
    return redirect(own_path(back.next, _home_of(action.session_id)), 303)


def _home_of(session_id: UUID | None) -> str:
    if session_id is None:
        return url_for("sessions.index")
    return url_for("meetings.show", session_id=session_id, _anchor="actions")
