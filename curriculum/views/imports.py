"""Bringing cards in: a file is chosen, looked at, and brought in only when its owner has seen what is in it."""

from typing import Any, cast
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from pydantic import BaseModel

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import NotFound, Refused
from core.once import once
from core.settings import Settings
from core.storage import Storage
from core.web import go_on, note, read_form
from core.work import find
from curriculum.imports import media, media_kinds, sheet, take_back, uploads
from curriculum.imports.tables import COLUMNS

bp = Blueprint("imports", __name__, url_prefix="/cards")
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
ACCEPTED = ".apkg,.csv,.tsv,.txt"


class TableForm(BaseModel):
    column: dict[str, str] = {}  # place -> question, answer, note, tags, type or ""
    has_heading: str = ""


@bp.get("/import")
@signed_in
def new():
    return render_template("curriculum/cards/import.html", accepted=ACCEPTED, most_mb=_site().upload_mb)


@bp.post("/import")
@signed_in
@once(again=new)
def uploaded():
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("Choose a file first.", field="file")
    sent.stream.seek(0)  # a transaction that is tried again reads it again
    try:
        staged = uploads.received(_storage(), cast(Any, sent.stream), most=_site().upload_mb * 1_000_000)
    except Refused as refusal:
        note("import.rejected", status=refusal.status)
        raise
    name = sent.filename.replace("\\", "/").rpartition("/")[2][:120]
    piece = uploads.ask_look(get_db(), current_user().id, staged, name, at=clock.now())
    return go_on(url_for("profile.work", work_id=piece.id))


@bp.get("/import/<uuid:work_id>")
@signed_in
def show(work_id: UUID):
    """What a file holds, before anything is written; or what was brought in."""
    piece = find(get_db(), current_user().id, work_id, *uploads.LOOKS, *uploads.IMPORTS)
    if piece.state != "done":
        return redirect(url_for("profile.work", work_id=work_id), 303)
    if piece.kind in uploads.IMPORTS:
        can_go = take_back.count(get_db(), piece)
        return render_template("curriculum/cards/imported.html", work=piece, found=piece.outcome, can_go=can_go)
    is_table = piece.kind == uploads.LOOK_TABLE
    page = "curriculum/cards/import_table.html" if is_table else "curriculum/cards/import_deck.html"
    return render_template(
        page,
        work=piece,
        found=piece.outcome,
        is_there=uploads.is_there(_storage(), piece),
        columns=[("", "leave it out"), *((name, name) for name in COLUMNS)],
    )


@bp.post("/import/<uuid:work_id>/begun")
@signed_in
@once(again=show)
def begun(work_id: UUID):
    form = read_form(TableForm)
    db = get_db()
    look = find(db, current_user().id, work_id, *uploads.LOOKS)
    more: dict[str, Any] = {}
    if look.kind == uploads.LOOK_TABLE:
        mapping = [form.column.get(str(place), "") for place in range(len(look.outcome.get("mapping", [])))]
        sheet.check_mapping(mapping)
        more = {"mapping": mapping, "has_heading": bool(form.has_heading)}
    piece = uploads.ask_import(db, _storage(), look, more, at=clock.now())
    return redirect(url_for("profile.work", work_id=piece.id), 303)


@bp.post("/import/<uuid:work_id>/left")
@signed_in
@once(again=show)
def left(work_id: UUID):
    uploads.leave(get_db(), find(get_db(), current_user().id, work_id, *uploads.LOOKS))
    flash("Left. Nothing was changed.", "info")
    return redirect(url_for("imports.new"), 303)


@bp.post("/import/<uuid:work_id>/taken-back")
@signed_in
@once(again=show)
def taken_back(work_id: UUID):
    piece = find(get_db(), current_user().id, work_id, *uploads.IMPORTS)
    gone = take_back.take_back(get_db(), piece, at=clock.now())
    flash(
        f"Taken back: {gone:,} {'card text' if gone == 1 else 'card texts'} of it. Those you answered here stay.",
        "good",
    )
    return redirect(url_for("imports.show", work_id=work_id), 303)


@bp.get("/media/<sha256>")
@signed_in
def file(sha256: str):
    """A picture or sound of one's own cards; to be saved, not shown, unless it is one."""
    row = media.own(get_db(), current_user().id, sha256)
    path = _storage().path(row.sha256)
    if not path.is_file():
        raise NotFound("This file is missing on the server. Please tell the people who run this site.")
    answer = send_file(
        path,
        mimetype=row.media_type,
        as_attachment=row.media_type not in media_kinds.EXTENSIONS,
        download_name=f"{row.sha256[:12]}.{media_kinds.EXTENSIONS.get(row.media_type, 'bin')}",
        conditional=True,
        etag=row.sha256,
    )
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _storage() -> Storage:
    return cast(Storage, current_app.extensions["storage"])


def _site() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
