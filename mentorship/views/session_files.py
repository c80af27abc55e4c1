"""The files of a session: voice memos, certificates, things made in it."""

from uuid import UUID

from flask import Blueprint, flash, url_for

from core import clock
from core.access import current_user, signed_in
from core.database import database, get_db
from core.errors import Refused
from core.once import once
from core.web import go_on
from mentorship import session_files
from mentorship.views import files, meetings

bp = Blueprint("session_files", __name__, url_prefix="/sessions/<uuid:session_id>/files")


@bp.post("")
@signed_in
@files.taking
@once(again=meetings.again)
def added(session_id: UUID):
    with database().reading() as db:  # who may not write is refused before the file is looked at
        session_files.check_may_add(db, current_user().id, session_id)
    with files.sent_file() as upload:
        if upload is None:
            raise Refused("Choose a file first.", field="file")
        session_files.add(get_db(), files.storage(), current_user().id, session_id, upload, at=clock.now())
    flash(f"{upload.name} is here.", "good")
    files.warn(upload)
    return go_on(url_for("meetings.show", session_id=session_id, tab="more", _anchor="files"))


@bp.get("/<uuid:file_id>")
@signed_in
def file(session_id: UUID, file_id: UUID):
    """The bytes as they were uploaded; `?download=1` saves what would be shown."""
    found = session_files.find(get_db(), current_user().id, session_id, file_id)
    return files.send(found, "This file is missing on the server. Please tell the people who run this site.")


@bp.post("/<uuid:file_id>/removed")
@signed_in
@once(again=meetings.again)
def removed(session_id: UUID, file_id: UUID):
    name = session_files.remove(get_db(), current_user().id, session_id, file_id)
    flash(f"{name} is removed.", "good")
    return go_on(url_for("meetings.show", session_id=session_id, tab="more", _anchor="files"))
