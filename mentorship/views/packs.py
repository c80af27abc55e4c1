"""Evidence packs: asked for on the pages of a milestone and of the portfolio, made by the job process, saved here."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, send_file, url_for
from pydantic import BaseModel

from core import clock, words, work
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import read_form
from curriculum.views import library
from mentorship import milestones, packs
from mentorship.views import files
from mentorship.views import milestones as milestone_views
from mentorship.views import portfolio as portfolio_views

bp = Blueprint("packs", __name__)


class PackForm(BaseModel):
    drafts: bool = False


@bp.post("/portfolio/pack")
@signed_in
@once(again=portfolio_views.index)
def asked():
    form = read_form(PackForm)
    piece = packs.ask(get_db(), current_user().id, None, drafts=form.drafts, at=clock.now())
    return redirect(url_for("profile.work", work_id=piece.id), 303)


@bp.post("/milestones/<slug>/pack")
@signed_in
@once(again=milestone_views.show)
def asked_of_milestone(slug: str):
    milestone = milestones.find(library(), slug)
    piece = packs.ask(get_db(), current_user().id, milestone, at=clock.now())
    return redirect(url_for("profile.work", work_id=piece.id), 303)


@bp.get("/packs/<uuid:work_id>")
@signed_in
def show(work_id: UUID):
    piece = _piece(work_id)
    if piece.state != "done":
        return redirect(url_for("profile.work", work_id=work_id), 303)
    return render_template(
        "mentorship/packs/show.html",
        work=piece,
        found=piece.outcome,
        size=words.size(piece.outcome["size"]),
        milestone=library().milestones.get(piece.wish["milestone"]),
        is_there=packs.is_there(files.storage(), piece),
        kept=packs.MOST_KEPT,
    )


@bp.get("/packs/<uuid:work_id>/zip")
@signed_in
def archive(work_id: UUID):
    return _sent(_piece(work_id), "sha256", "zip", "application/zip")


@bp.get("/packs/<uuid:work_id>/paper")
@signed_in
def paper(work_id: UUID):
    return _sent(_piece(work_id), "paper", "pdf", "application/pdf")


def _piece(work_id: UUID) -> work.Work:
    return work.find(get_db(), current_user().id, work_id, packs.KIND)


def _sent(piece: work.Work, name: str, ending: str, media_type: str) -> Any:
    answer = send_file(
        packs.file_of(files.storage(), piece, name),
        mimetype=media_type,
        as_attachment=True,
        download_name=f"{piece.wish['name']}.{ending}",
        conditional=True,
        etag=piece.outcome[name],
    )
    answer.headers["Content-Security-Policy"] = files.FILE_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
