"""Taking cards out: a package for Anki, made by the job process, or a table at once."""

from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, send_file, stream_with_context, url_for
from pydantic import BaseModel

from core import clock, work
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import Refused
from core.once import once
from core.storage import Storage
from core.web import read_form
from curriculum import exports, log
from curriculum.imports import tables, uploads
from curriculum.views import library

bp = Blueprint("exports", __name__, url_prefix="/cards")
ALL = "all"  # what the form says for no track in particular
BOM = "\ufeff"  # so that spreadsheets read the table as UTF-8


class ExportForm(BaseModel):
    track: str = ALL


@bp.get("/export")
@signed_in
def new():
    return render_template(
        "curriculum/cards/export.html",
        tracks=[(ALL, "All my cards"), *((track.name, track.title) for track in library().tracks)],
        has_cards=log.has_cards(get_db(), current_user().id),
    )


@bp.post("/export")
@signed_in
@once(again=new)
def asked():
    form = read_form(ExportForm)
    titles = {ALL: "all cards", **{track.name: track.title for track in library().tracks}}
    if form.track not in titles:
        raise Refused("Choose one of the offered tracks.", field="track")
    at = clock.now()
    track, word = ("", "cards") if form.track == ALL else (form.track, form.track)
    wish = {"track": track, "name": f"woodshed-{word}-{at:%Y-%m-%d}.apkg"}
    piece = work.ask(get_db(), current_user().id, uploads.EXPORT, f"Export of {titles[form.track]}", wish, at=at)
    return redirect(url_for("profile.work", work_id=piece.id), 303)


@bp.get("/export/<uuid:work_id>")
@signed_in
def show(work_id: UUID):
    piece = _piece(work_id)
    if piece.state != "done":
        return redirect(url_for("profile.work", work_id=work_id), 303)
    return render_template(
        "curriculum/cards/exported.html", work=piece, found=piece.outcome, is_there=_path(piece).is_file()
    )


@bp.get("/export/<uuid:work_id>/file")
@signed_in
def file(work_id: UUID):
    piece = _piece(work_id)
    if piece.state != "done" or not _path(piece).is_file():
        raise Refused("This file was put away, as files are after a day. Take the cards out once more.")
    answer = send_file(
        _path(piece),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=piece.outcome["name"],
        conditional=True,
        etag=piece.outcome["sha256"],
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/export/cards.csv")
@signed_in
def table():
    """The own cards as a table; a cell that a spreadsheet would reckon with has a ' in front."""
    lines = tables.written(exports.rows(get_db(), current_user().id))
    answer = Response(stream_with_context(_text(lines)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=woodshed-cards.csv"
    return answer


def _text(lines: Any) -> Any:
    yield BOM
    yield from lines


def _piece(work_id: UUID) -> work.Work:
    return work.find(get_db(), current_user().id, work_id, uploads.EXPORT)


def _path(piece: work.Work) -> Any:
    return cast(Storage, current_app.extensions["storage"]).path(piece.outcome["sha256"])
