"""Thirty and more hostile or broken files: refused, or kept where they can do nothing; and the next one is served."""

import io
import time

from sqlmodel import select

from mentorship.models.pieces import Piece, Version
from tests.mentorship import hostile_files

FILES = list(hostile_files.files())


def test_there_are_thirty_of_them_and_none_twice():
    assert len({one.octets + one.name.encode() for one in FILES}) == len(FILES) >= 30


def test_hostile_files_are_refused_or_contained(as_ada, fresh_db, storage, at, monkeypatch):
    monkeypatch.setattr("mentorship.views.files.UPLOADS", "1000 per hour")
    faults = []
    for one in FILES:
        fresh_db.rollback()
        names, pieces = storage.names(), len(fresh_db.exec(select(Piece)).all())
        began = time.process_time()
        answer = as_ada.send("/portfolio/pieces", {"title": "Loop", "file": (io.BytesIO(one.octets), one.name)})
        if answer.status_code not in one.statuses:
            faults.append(f"{one.what}: {answer.status_code}")
        if time.process_time() - began > 2:
            faults.append(f"{one.what}: the web process worked on it itself")
        fresh_db.rollback()
        if answer.status_code != 303:
            if len(fresh_db.exec(select(Piece)).all()) != pieces or storage.names() != names:
                faults.append(f"{one.what}: refused, and something stayed")
            continue
        faults += [f"{one.what}: {fault}" for fault in served(as_ada, fresh_db, one)]

    assert faults == []
    assert not list((storage.folder / "incoming").iterdir())


def served(client, fresh_db, one: hostile_files.Hostile) -> list[str]:
    """What is wrong with the way in which the newest file comes back."""
    version = fresh_db.exec(select(Version).order_by(Version.uploaded_at.desc(), Version.id.desc())).first()
    found = []
    for address in ("file", "file?download=1", "listen"):
        answer = client.get(f"/portfolio/versions/{version.id}/{address}")
        if address == "listen" and version.kind != "audio":
            continue
        headers = answer.headers
        if answer.status_code != 200 or answer.data != one.octets:
            found.append(f"{address} does not give it back")
        if "sandbox" not in headers["Content-Security-Policy"] or headers["X-Content-Type-Options"] != "nosniff":
            found.append(f"{address} is not sandboxed")
        if answer.mimetype in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"):
            found.append(f"{address} is served as {answer.mimetype}")
        is_saved = headers.get("Content-Disposition", "").startswith("attachment")
        if not is_saved and (version.kind in ("text", "document") or "download" in address):
            found.append(f"{address} is opened instead of saved")
    if len(version.file_name) > 160 or set(version.file_name) & set("/\\\r\n"):
        found.append(f"its name stayed as {version.file_name[:40]!r}")
    page = client.get(f"/portfolio/pieces/{version.piece_id}").text
    if "<img src=x" in page or "<script>alert" in page:
        found.append("its name acts on the page")
    return found
