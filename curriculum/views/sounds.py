"""Sounds under their names, and whether a sitting goes by ear or without sound."""

from datetime import datetime, timedelta

from flask import Blueprint, current_app, redirect, request, send_file, url_for
from flask import session as cookie
from pydantic import BaseModel, Field

from core import clock
from core.access import signed_in
from core.once import once
from core.web import FOR_GOOD, own_path, read_form
from curriculum.ear.takes import FORMATS, Takes

bp = Blueprint("sounds", __name__)
SILENT = "silent"  # in the cookie: until when sounding cards are answered without sound, Unix time
SITTING = timedelta(hours=8)


class BackForm(BaseModel):
    next: str = Field("", max_length=2000)


def takes() -> Takes:
    found: Takes = current_app.extensions["takes"]
    return found


def is_silent(at: datetime) -> bool:
    """Whether this sitting goes without sound, which was chosen in it and is kept nowhere else."""
    return bool(cookie.get(SILENT, 0) > at.timestamp())


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
    cookie[SILENT] = int((clock.now() + SITTING).timestamp())
    return redirect(own_path(form.next, url_for("reviews.desk")), 303)


@bp.post("/sitting/with-sound")
@signed_in
@once(again=_back)
def with_sound():
    form = read_form(BackForm)
    cookie.pop(SILENT, None)
    return redirect(own_path(form.next, url_for("reviews.desk")), 303)
