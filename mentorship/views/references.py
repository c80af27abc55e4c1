"""Reference tracks: somebody else's records, to compare one's own with."""

from typing import Annotated

from flask import Blueprint, flash, render_template, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import Refused, WrongKind
from core.once import once
from core.web import go_on, read_form
from mentorship import measures, portfolio
from mentorship.views import files

bp = Blueprint("references", __name__, url_prefix="/portfolio/references")


class ReferenceForm(BaseModel):
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]


@bp.get("")
@signed_in
def index():
    me = current_user()
    return render_template(
        "mentorship/portfolio/references.html",
        references=measures.references(get_db(), me.id, me.id),
        accepted=files.ACCEPTED,
        site=files.site(),
    )


@bp.post("")
@signed_in
@once(again=index)
def added():
    form = read_form(ReferenceForm)
    at = clock.now()
    with files.sent_file() as upload:
        if upload is None:
            raise Refused("Choose the file of the record first.", field="file")
        if upload.found.kind != "audio":
            raise WrongKind(
                "A reference is a sound to compare with, and this is none. Choose WAV, FLAC or MP3.", field="file"
            )
        db = get_db()
        piece = portfolio.create(db, current_user().id, title=form.title, at=at)
        piece.is_reference = True
        portfolio.add_version(db, files.storage(), piece, upload, at=at)
    flash(f"{piece.title} is a reference now: it stands beside your pieces as soon as it is measured.", "good")
    files.warn(upload)
    return go_on(url_for("references.index"))
