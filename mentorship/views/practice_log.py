"""Practice under way: started with a goal, stopped with a result."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from pydantic import BaseModel, Field

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import go_on, read_form
from mentorship import entries, practice_log, session_files
from mentorship.views import files
from mentorship.views.session_forms import Line, Text
from mentorship.views.sessions import new

bp = Blueprint("practice_log", __name__, url_prefix="/sessions")


class StartForm(BaseModel):
    goal: Line = ""


class StopForm(BaseModel):
    minutes: Annotated[int, Field(ge=0, le=entries.LONGEST)] = 0
    goal: Line = ""
    result: Text = ""


@bp.post("/practice/started")
@signed_in
@once(again=new)
def started():
    form, me = read_form(StartForm), current_user()
    session = practice_log.start(get_db(), me.id, me.zone, form.goal, at=clock.now())
    flash("It runs. Leave this page; stop it when you are done.")
    return redirect(url_for("practice_log.stopping", session_id=session.id), 303)


@bp.get("/<uuid:session_id>/stop")
@signed_in
def stopping(session_id: UUID):
    session = practice_log.to_stop(get_db(), current_user().id, session_id)
    at = clock.now()
    return render_template(
        "mentorship/sessions/stop.html",
        session=session,
        minutes=practice_log.minutes_so_far(session, at=at),
        was_forgotten=practice_log.was_forgotten(session, at=at),
        accepted=files.ACCEPTED,
        site=files.site(),
    )


@bp.post("/<uuid:session_id>/stopped")
@signed_in
@files.taking
@once(again=stopping)
def stopped(session_id: UUID):
    form, me, at = read_form(StopForm), current_user(), clock.now()
    with files.sent_file() as upload:
        db = get_db()
        practice_log.stop(db, me.id, session_id, **form.model_dump(), at=at)
        if upload:
            session_files.add(db, files.storage(), me.id, session_id, upload, at=at)
    flash("Logged.")
    files.warn(upload)
    return go_on(url_for("meetings.show", session_id=session_id))


@bp.post("/<uuid:session_id>/thrown-away")
@signed_in
@once(again=stopping)
def thrown_away(session_id: UUID):
    practice_log.throw_away(get_db(), current_user().id, session_id, at=clock.now())
    flash("Thrown away: it does not count.")
    return redirect(url_for("sessions.new", kind="practice"), 303)
