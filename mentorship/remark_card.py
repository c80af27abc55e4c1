"""A remark as a card of its piece's owner: asked by that stretch of sound, answered by the remark and its mend."""

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from markupsafe import Markup, escape
from sqlmodel import Session, col

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.storage import Staged, Storage
from curriculum import own_cards, reviews
from curriculum.card_block import ID_LETTERS
from curriculum.imports import media
from curriculum.imports.media import File, Files
from curriculum.models import OwnCard
from mentorship import clip, portfolio, remarks, time_links
from mentorship.models.pieces import Measurement, Piece, Version
from mentorship.models.remarks import Remark
from mentorship.remark_page import Said

MEDIA_TYPE = "audio/flac"
TAG = "remark"
ASKS = {
    "fix": "What would you mend here?",
    "idea": "What could be tried here?",
    "praise": "What works here, and why?",
    "question": "What was asked about this place, and what is the answer?",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What to cut. sha256: of a file that can be read; card_id: of the card that is there already."""

    sha256: str
    first: int  # ms
    last: int
    card_id: str


def asked(db: Session, owner_id: UUID, remark_id: UUID) -> Asked:
    """What a card of this remark needs; refused for anybody but the piece's owner."""
    remark, _, version = remarks.find(db, owner_id, remark_id)
    _refuse(remark, owner_id)
    measured = db.get(Measurement, (version.user_id, version.id))
    sha256 = (measured.listen_sha256 if measured else "") or version.sha256
    first, last = clip.stretch(remark.start_ms, remark.end_ms, remarks.last_ms(version))
    return Asked(sha256, first, last, card_of(db, remark))


@contextmanager
def cut(storage: Storage, what: Asked) -> Iterator[Staged | None]:
    """The clip as a file that is not kept yet; None where there is a card already. What was not kept is dropped."""
    if what.card_id:
        yield None
        return
    sound = storage.path(what.sha256)
    if not sound.is_file():
        raise NotFound("The file of this version is missing on the server. Please tell the people who run this site.")
    with tempfile.TemporaryDirectory(prefix="woodshed-clip-") as folder:
        out = Path(folder) / "clip.flac"
        clip.cut(sound, what.first, what.last, out)
        with out.open("rb") as file:
            staged = storage.stage(file, most=clip.LARGEST)
    try:
        storage.send_ahead(staged)
        yield staged
    finally:
        storage.drop(staged)


def make(
    db: Session,
    storage: Storage,
    owner_id: UUID,
    remark_id: UUID,
    mend: str,
    staged: Staged | None,
    *,
    dice: random.Random,
    at: datetime,
) -> str:
    """Make the card and put it into the owner's queue; returns its id. One that is there already stays the one."""
    remark, piece, version = remarks.locked(db, owner_id, remark_id)
    _refuse(remark, owner_id)
    if there := card_of(db, remark):
        return there
    if staged is None:
        raise Conflict("The card of this remark was deleted a moment ago. Make it once more.")
    count = sa.select(sa.func.count()).select_from(OwnCard).where(col(OwnCard.user_id) == owner_id)
    if (db.scalar(count) or 0) >= own_cards.MOST:
        raise Refused(f"You have {own_cards.MOST} cards of your own, and more we cannot keep. Delete some first.")
    portfolio.hold_files(db)
    storage.keep(staged)
    name = f"{portfolio.label(piece.title)} V{version.number} {time_links.words(remark.start_ms)}.flac"
    file = File(name, staged.sha256, MEDIA_TYPE, staged.size)
    media.note(db, owner_id, Files({name: file}), at=at)
    row = OwnCard(
        user_id=owner_id,
        id="own-" + "".join(dice.choices(ID_LETTERS, k=own_cards.ID_LENGTH)),
        markup="html",
        question=_front(remark, media.PLACE + staged.sha256),
        answer=_back(remark, mend),
        note=_note(remark, piece, version),
        tags=TAG,
        created_at=at,
        edited_at=at,
    )
    db.add(row)
    db.flush()
    reviews.add_cards(db, owner_id, own_cards.made_of(row), at=at)
    remark.card_id = row.id
    return row.id


def card_of(db: Session, remark: Remark) -> str:
    """The id of the remark's card, "" where none was made or its owner deleted it."""
    row = db.get(OwnCard, (remark.user_id, remark.card_id)) if remark.card_id else None
    return row.id if row and row.deleted_at is None else ""


def mend_of(said: Sequence[Said]) -> str:
    """What to offer as the mend: what was last answered."""
    return next((one.text for one in reversed(said) if not one.what), "")


def _refuse(remark: Remark, owner_id: UUID) -> None:
    if remark.user_id != owner_id:
        raise NotAllowed("Only the one who made the piece makes a card of this: it becomes theirs.")
    if remark.removed_at:
        raise Conflict("This remark was removed. Put it back first.")


def _front(remark: Remark, address: str) -> str:
    return f'<p>{ASKS[remark.kind]}</p><audio src="{address}" controls></audio>'


def _back(remark: Remark, mend: str) -> str:
    parts = [_lines(remark.text)]
    if mend.strip():
        parts.append(Markup("<p><strong>Mend:</strong></p>") + _lines(remarks.said(mend, "mend")))
    return "".join(parts)


def _lines(text: str) -> Markup:
    return Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in text.split("\n")))


def _note(remark: Remark, piece: Piece, version: Version) -> str:
    """Who said it, and the way back to the place."""
    link = Markup('<a href="/portfolio/remarks/{}">{}, V{}, {}</a>').format(
        remark.id, piece.title, version.number, time_links.words(remark.start_ms, remark.end_ms)
    )
    return Markup("<p>{}: {}</p>").format(remark.by_name, link)
