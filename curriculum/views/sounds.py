"""Sounds under their names, and whether a sitting goes by ear or without sound."""

from datetime import datetime

from flask import Blueprint, current_app, redirect, request, send_file, url_for
from flask import session as cookie
from pydantic import BaseModel, Field

from core import clock
from core.access import current_user, signed_in
from core.once import once
from core.web import FOR_GOOD, own_path, read_form
from curriculum.ear.takes import FORMATS, Takes

bp = Blueprint("sounds", __name__)
SILENT = "silent"  # in the cookie: the study day until whose end sounding cards are answered without sound


class BackForm(BaseModel):
    next: str = Field("", max_length=2000)


def takes() -> Takes:
    found: Takes = current_app.extensions["takes"]
    return found


def is_silent(at: datetime, zone: str) -> bool:
    """Whether this sitting goes without sound. It ends with the study day, or by the way back."""
    return cookie.get(SILENT) == clock.study_day(at, zone)


@bp.get("/sound/<name>.<any(flac, mp3):kind>")
def sound(name: str, kind: str):
    """What a showing kept under this name. The name is all that is needed: nobody can guess one, and nothing in the
    file says whose it is."""
    path = takes().sound(name, kind)
    answer = send_file(path, mimetype=FORMATS[kind], conditional=True, etag=f"{name}-{kind}", max_age=None)
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


def _back():
    """The page that the form was on."""
    return redirect(own_path(request.form.get("next"), url_for("reviews.desk")), 303)


@bp.post("/sitting/without-sound")
@signed_in
@once(again=_back)
def without_sound():
    form = read_form(BackForm)
    cookie[SILENT] = clock.study_day(clock.now(), current_user().zone)
    return redirect(own_path(form.next, url_for("reviews.desk")), 303)


@bp.post("/sitting/with-sound")
@signed_in
@once(again=_back)
def with_sound():
    form = read_form(BackForm)
    cookie.pop(SILENT, None)
    return redirect(own_path(form.next, url_for("reviews.desk")), 303)
