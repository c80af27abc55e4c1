"""Uploaded files between the browser and the rules: how one is received, and how a kept one is sent."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Response, current_app, flash, request, send_file
from sqlmodel import Session, col, select

from core import words
from core.accounts import User
from core.errors import NotFound, Refused
from core.settings import Settings
from core.storage import Storage
from core.web import note
from mentorship import file_kinds, measuring, portfolio, session_files
from mentorship.models.meetings import SessionFile, StudioSession
from mentorship.models.pieces import Measurement, Version

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
    as_attachment = file.kind not in SHOWN_INLINE or "download" in request.args
    return _send(file.sha256, file.media_type, portfolio.download_name(file), missing, as_attachment=as_attachment)


def send_sound(version: Version, row: Measurement | None) -> Any:
    """A version as every browser plays it: the copy that was made of it, else the file."""
    if version.kind != "audio":
        raise NotFound
    if row is None or not row.listen_sha256:
        return _send(version.sha256, version.media_type, portfolio.download_name(version), measuring.GONE)
    return _send(row.listen_sha256, "audio/flac", f"{version.file_name}.flac", measuring.GONE)


def send_peaks(row: Measurement | None) -> Any:
    """The waveform of a version that was measured, packed where the browser takes that."""
    if row is None or not row.peaks_sha256:
        raise NotFound("There is no waveform yet: this version was not measured.")
    path = storage().path(row.peaks_sha256)
    if not path.is_file():
        raise NotFound("The waveform of this version is missing on the server. Have it measured again.")
    octets = path.read_bytes()
    answer = Response(octets, mimetype="application/json")
    if request.accept_encodings["gzip"]:
        answer.set_data(gzip.compress(octets, 5, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _send(sha256: str, media_type: str, name: str, missing: str, *, as_attachment: bool = False) -> Any:
    path = storage().path(sha256)
    if not path.is_file():
        raise NotFound(missing)
    answer = send_file(
        path,
        mimetype=media_type,
        as_attachment=as_attachment,
        download_name=name,
        conditional=True,
        etag=sha256,
    )
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@dataclass(frozen=True, slots=True)
class Shown:
    """A file of a session as its page shows it."""

    file: SessionFile
    about: str  # "0:42 · MP3 · 1.3 MB"
    by: str  # who added it; "": an account that is gone
    is_own: bool
    plays_everywhere: bool
    is_missing: bool  # on the server


def of_session(db: Session, viewer_id: UUID, session: StudioSession) -> dict[str, object]:
    """What `mentorship/sessions/_files.html` needs to show a session's files on its page."""
    rows = session_files.of_session(db, viewer_id, session)
    people = db.exec(select(User).where(col(User.id).in_({one.added_by for one in rows}))) if rows else ()
    names = {person.id: person.name for person in people}
    return {
        "files": [
            Shown(
                one,
                _about(one),
                "you" if one.added_by == viewer_id else names.get(one.added_by, ""),
                one.added_by == viewer_id,
                one.media_type in PLAYED_EVERYWHERE,
                not storage().path(one.sha256).is_file(),
            )
            for one in rows
        ],
        "accepted": ACCEPTED,
        "site": site(),
    }


def _about(file: SessionFile) -> str:
    parts = [file_kinds.LABELS[file.media_type], words.size(file.size)]
    if file.seconds is not None:
        parts.insert(0, words.clock_time(round(file.seconds)))
    return " · ".join(parts)


def storage() -> Storage:
    return cast(Storage, current_app.extensions["storage"])


def site() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
