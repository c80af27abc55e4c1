"""Files that are sent in parts, so that a cut connection goes on where it stopped.

A part stands at its place in the file, so sending one twice changes nothing. A transfer lives for a day; then its row
and, with the next sweep, its octets are gone. Whole, it is read anew into the storage as any other file: what its
owner still writes into the parts never reaches a kept file.
"""

from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.database import get_or_404, rows_changed
from core.errors import Conflict, Refused, TooLarge
from core.ids import uuid7
from core.storage import Storage
from core.words import size as size_words
from mentorship import kept_files
from mentorship.models.pieces import Transfer

PART = 4_000_000  # octets of one part at most
MOST_OPEN = 20  # of one person
KEPT = kept_files.TRANSFERS_KEPT


def begin(db: Session, owner_id: UUID, name: str, size: int, *, most: int, quota: int, at: datetime) -> Transfer:
    """Announce a file. most: octets of a file; quota: of all that this person keeps."""
    if size > most:
        raise TooLarge(
            f"This file is {size_words(size)}; the most we can take is {size_words(most)}. "
            "Try an MP3 at 320 kbit/s, or a shorter bounce.",
            field="file",
        )
    if size < 1:
        raise Refused("This file is empty. Check that the export finished, then upload it again.", field="file")
    if len(listed(db, owner_id, at=at)) >= MOST_OPEN:
        raise Refused(
            f"{MOST_OPEN} uploads of yours are not finished. Finish one of them or drop it on the portfolio page, "
            "then send this one.",
            field="file",
        )
    kept_files.refuse_beyond(db, owner_id, size, quota=quota, at=at)
    transfer = Transfer(user_id=owner_id, id=uuid7(), file_name=kept_files.label(name), size=size, made_at=at)
    db.add(transfer)
    db.flush()
    return transfer


def find(db: Session, owner_id: UUID, transfer_id: UUID, *, at: datetime) -> Transfer:
    """One of this person's own that is open."""
    found: Transfer = get_or_404(db, _open(owner_id, at).where(col(Transfer.id) == transfer_id))
    return found


def listed(db: Session, owner_id: UUID, *, at: datetime) -> list[Transfer]:
    """This person's open ones, the oldest first."""
    return list(db.exec(_open(owner_id, at).order_by(col(Transfer.made_at), col(Transfer.id))))


def offset(storage: Storage, transfer: Transfer) -> int:
    """How many octets have arrived."""
    return storage.part_size(transfer.id)


def receive(storage: Storage, transfer: Transfer, place: int, stream: BinaryIO, length: int) -> int:
    """Take in a part of `length` octets that belongs at `place`; returns how many octets are there then."""
    there = offset(storage, transfer)
    if not 0 <= place <= there:
        raise Conflict(
            f"This part comes too early: {there} octets have arrived so far. Send the one that begins there."
        )
    if length > PART:
        raise TooLarge(f"This part is larger than {size_words(PART)}. Send smaller ones.")
    if place + length > transfer.size:
        raise Refused(f"This is more than the {transfer.size} octets that were announced. Choose the file once more.")
    return storage.add_part(transfer.id, stream, place=place, most=length)


def whole(db: Session, storage: Storage, owner_id: UUID, transfer_id: UUID, *, at: datetime) -> Transfer:
    """One that has arrived to the last octet; else it is refused."""
    transfer = find(db, owner_id, transfer_id, at=at)
    there = offset(storage, transfer)
    if there < transfer.size:
        raise Conflict(
            f"Only {size_words(there)} of {transfer.file_name} have arrived. Choose the file again: it goes on there.",
        )
    return transfer


def end(db: Session, owner_id: UUID, transfer_id: UUID) -> None:
    """It became a file, or nobody wants it. Twice is no error."""
    db.execute(sa.delete(Transfer).where(col(Transfer.user_id) == owner_id, col(Transfer.id) == transfer_id))


def expire(db: Session, *, at: datetime) -> int:
    """Forget those that are older than a day. Returns how many."""
    return rows_changed(db, sa.delete(Transfer).where(col(Transfer.made_at) <= at - KEPT))


def known_names(db: Session, *, at: datetime) -> set[str]:
    """The names of the parts that the sweep must leave."""
    rows = db.exec(select(Transfer.id).where(col(Transfer.made_at) > at - KEPT))
    return {transfer_id.hex for transfer_id in rows}


def _open(owner_id: UUID, at: datetime) -> Any:
    return select(Transfer).where(col(Transfer.user_id) == owner_id, col(Transfer.made_at) > at - KEPT)
