"""Files on their way in or out: kept for a day, and known to the sweep as long."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from sqlmodel import Session, col, or_, select

from core import work
from core.errors import Refused, TooLarge
from core.storage import Staged, Storage
from core.words import size
from core.work import UNFINISHED, Work
from curriculum.imports.media_kinds import ending

KEPT = timedelta(days=1)
LOOK_DECK, LOOK_TABLE = "look-at-deck", "look-at-table"
IMPORT_DECK, IMPORT_TABLE = "import-deck", "import-table"
EXPORT = "export-cards"
LOOKS = {LOOK_DECK: IMPORT_DECK, LOOK_TABLE: IMPORT_TABLE}  # what looks at a file -> what brings it in
IMPORTS = tuple(LOOKS.values())
TABLES = ("csv", "tsv", "txt")
GONE = "This file was put away, as files are after a day. Choose it once more; nothing was changed."


def received(storage: Storage, stream: BinaryIO, *, most: int) -> Staged:
    """The uploaded file in the storage. most: octets."""
    try:
        staged = storage.stage(stream, most=most)
    except TooLarge:
        raise TooLarge(
            f"This file is larger than the {size(most)} we can take. Export fewer decks at a time, or without media.",
            field="file",
        ) from None
    storage.keep(staged)
    return staged


def ask_look(db: Session, user_id: UUID, staged: Staged, name: str, *, at: datetime) -> Work:
    """Have somebody's file looked at. Nothing of it is brought in yet."""
    if not staged.size:
        raise Refused("This file is empty. Choose another one.", field="file")
    kind = LOOK_TABLE if ending(name) in TABLES else LOOK_DECK
    return work.ask(db, user_id, kind, f"Looking into {name}", {"sha256": staged.sha256, "name": name}, at=at)


def ask_import(
    db: Session, storage: Storage, look: Work, more: Mapping[str, Any] | None = None, *, at: datetime
) -> Work:
    """Have a file brought in that was looked at. more: what else there is to know, as JSON."""
    if look.kind not in LOOKS or look.state != "done":
        raise Refused("This file was not looked at yet. Wait until that is done.")
    if not is_there(storage, look):
        raise Refused(GONE)
    asked = {name: look.wish[name] for name in ("sha256", "name")} | dict(more or {})
    return work.ask(db, look.user_id, LOOKS[look.kind], f"Import of {look.wish['name']}", asked, at=at)


def leave(db: Session, look: Work) -> None:
    """Forget a file that was looked at; the sweep removes it."""
    if look.kind in LOOKS and look.is_over:
        db.delete(look)


def is_there(storage: Storage, piece: Work) -> bool:
    return storage.has(piece.wish["sha256"])


def known_hashes(db: Session, *, at: datetime) -> set[str]:
    """The SHA-256 of files that somebody looks at, brings in or will fetch."""
    mine = select(Work).where(
        col(Work.kind).in_([*LOOKS, *IMPORTS, EXPORT]),
        or_(col(Work.state).in_(UNFINISHED), col(Work.made_at) > at - KEPT),
    )
    pieces = db.exec(mine).all()
    return {found["sha256"] for piece in pieces for found in (piece.wish, piece.outcome) if "sha256" in found}
