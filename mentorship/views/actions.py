"""What somebody promised: written down, done, open again."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import own_path, read_form
from curriculum.views import library
from mentorship import actions, assigning
from mentorship.actions import Promise
from mentorship.assigning import Assigned
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


class AssignForm(BaseModel):
    kind: Literal["lesson", "cards", "tag", "piece"]
    lesson: Line = ""
    tag: Line = ""
    piece: Line = ""
    until: date | None = None


class DropForm(BaseModel):
    why: Line = ""


class BackForm(BaseModel):
    next: str = ""


@bp.post("/sessions/<uuid:session_id>/actions")
@signed_in
@once(again=meetings.again)
def promised(session_id: UUID):
    form = read_form(ActionForm)
    promise = Promise(form.text, form.owner, form.due)
    actions.add_action(get_db(), current_user().id, session_id, promise, at=clock.now())
    return redirect(meetings.page(session_id, "actions"), 303)


@bp.post("/sessions/<uuid:session_id>/assigned")
@signed_in
@once(again=meetings.again)
def assigned(session_id: UUID):
    form = read_form(AssignForm)
    target = {"lesson": form.lesson, "cards": form.lesson, "tag": form.tag, "piece": form.piece}[form.kind]
    wanted = Assigned(form.kind, target, form.until)
    action = assigning.assign(get_db(), library(), current_user().id, session_id, wanted, at=clock.now())
    flash(f"Assigned: {action.text}.")
    return redirect(meetings.page(session_id, "actions"), 303)


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


@bp.post("/actions/<uuid:action_id>/dropped")
@signed_in
@once()
def dropped(action_id: UUID):
    form, back = read_form(DropForm), read_form(BackForm)
    action = actions.drop(get_db(), current_user().id, action_id, form.why, at=clock.now())
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
    return meetings.page(session_id, "actions")
