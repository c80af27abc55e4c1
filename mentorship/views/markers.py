"""The remarks of a version for a DAW, and markers of a DAW as remarks."""

import io
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import NotFound, Refused
from core.once import once
from core.web import read_form
from mentorship import markers, portfolio, remark_markers, remarks
from mentorship.models.pieces import Piece, Version

bp = Blueprint("markers", __name__, url_prefix="/portfolio/versions/<uuid:version_id>/markers")


class MarkersForm(BaseModel):
    text: Annotated[str, StringConstraints(max_length=markers.LARGEST)] = ""
    kind: Literal["fix", "idea", "praise", "question"] = "fix"


class TakenBackForm(BaseModel):
    moment: datetime


@bp.get("")
@signed_in
def show(version_id: UUID):
    """What can be taken out, and brought in. `taken`: the moment of what was just brought in."""
    db = get_db()
    piece, version = _seen(version_id)
    return render_template(
        "mentorship/portfolio/markers.html",
        piece=piece,
        version=version,
        count=len(remark_markers.out(db, version)),
        formats=markers.FORMATS.values(),
        kinds=list(remarks.KINDS.items()),
        taken=_moment(request.args.get("taken", "")),
    )


@bp.get("/<name>")
@signed_in
def file(version_id: UUID, name: str):
    piece, version = _seen(version_id)
    if name not in markers.FORMATS:
        raise NotFound
    made = markers.FORMATS[name]
    answer = send_file(
        io.BytesIO(made.write(remark_markers.out(get_db(), version))),
        mimetype=made.media_type,
        as_attachment=True,
        download_name=remark_markers.file_name(piece.title, version, made.ending),
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("")
@signed_in
@once(again=show)
def taken(version_id: UUID):
    form, at = read_form(MarkersForm), clock.now()
    _seen(version_id)
    sent = request.files.get("file")
    octets = sent.stream.read(markers.LARGEST + 1) if sent and sent.filename else form.text.encode()
    if sent:
        sent.stream.seek(0)  # a transaction that is tried again reads it again
    if not octets.strip():
        raise Refused("Choose a file, or paste its lines below.", field="file")
    found = markers.read(octets, kind=form.kind)
    rows = remark_markers.take(get_db(), current_user().id, version_id, found, at=at)
    if not rows:
        flash("All of these stand there already.", "info")
        return redirect(url_for("markers.show", version_id=version_id), 303)
    flash(f"Taken: {len(rows)} {'remark' if len(rows) == 1 else 'remarks'}.", "good")
    return redirect(url_for("markers.show", version_id=version_id, taken=at.isoformat()), 303)


@bp.post("/taken-back")
@signed_in
@once(again=show)
def taken_back(version_id: UUID):
    form = read_form(TakenBackForm)
    gone = remark_markers.take_back(get_db(), current_user().id, version_id, _utc(form.moment), at=clock.now())
    flash(f"Taken back: {gone} {'remark' if gone == 1 else 'remarks'}. What was answered stays.", "good")
    return redirect(url_for("markers.show", version_id=version_id), 303)


def _seen(version_id: UUID) -> tuple[Piece, Version]:
    """A version with sound, of a piece that this person sees; else not found."""
    db, me = get_db(), current_user()
    piece, version = portfolio.find_version(db, me.id, version_id)
    portfolio.find(db, me.id, piece.id)
    if version.kind != "audio":
        raise NotFound
    return piece, version


def _moment(text: str) -> str:
    """The moment that the address names, while what was taken then can be taken back; else ""."""
    try:
        moment = _utc(datetime.fromisoformat(text))
    except ValueError:
        return ""
    return moment.isoformat() if clock.now() - moment <= remarks.UNDO_LASTS else ""


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
