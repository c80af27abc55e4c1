"""Uploaded files between the browser and the rules: how one is received, and how a kept one is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from flask import current_app, flash, request, send_file

from core.errors import NotFound, Refused
from core.settings import Settings
from core.storage import Storage
from core.web import note
from mentorship import file_kinds, portfolio
from mentorship.models.meetings import SessionFile
from mentorship.models.pieces import Version

PLAYED_EVERYWHERE = {"audio/wav", "audio/flac", "audio/mpeg", "audio/ogg"}
SHOWN_INLINE = {"audio", "picture"}
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
ACCEPTED = ",".join(f".{ending}" for _, _, endings in file_kinds.TAKEN.values() for ending in endings)


@contextmanager
def sent_file() -> Iterator[portfolio.Upload | None]:
    """The form's file, received and looked at; None when none was chosen."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        yield None
        return
    sent.stream.seek(0)  # a transaction that is tried again reads it again
    stream, most = cast(BinaryIO, sent.stream), site().upload_mb * 1_000_000
    try:
        with portfolio.received(storage(), stream, sent.filename, most=most, minutes=site().upload_minutes) as upload:
            yield upload
    except Refused as refusal:
        if refusal.field == "file":
            note("upload.rejected", status=refusal.status)
        raise


def warn(upload: portfolio.Upload | None) -> None:
    """Say what was odd about a file that was taken all the same."""
    if upload and upload.found.warning:
        flash(upload.found.warning, "warn")


def send(file: Version | SessionFile, missing: str) -> Any:
    """The bytes as they were uploaded; `?download=1` saves what would be shown. missing: what to say without them."""
    path = storage().path(file.sha256)
    if not path.is_file():
        raise NotFound(missing)
    answer = send_file(
        path,
        mimetype=file.media_type,
        as_attachment=file.kind not in SHOWN_INLINE or "download" in request.args,
        download_name=portfolio.download_name(file),
        conditional=True,
        etag=file.sha256,
    )
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def storage() -> Storage:
    return cast(Storage, current_app.extensions["storage"])


def site() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
