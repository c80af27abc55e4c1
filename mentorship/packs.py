"""Evidence packs: asking for one, what became of it, and which files of them the storage keeps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core import work
from core.errors import Refused
from core.storage import Storage
from core.words import size as size_words
from core.work import UNFINISHED, Work
from curriculum.content import Milestone
from mentorship import milestones, pack_contents
from mentorship.pack_contents import Chosen
from mentorship.pack_models import Scope

KIND = "evidence-pack"
MOST_KEPT = 5  # packs of one person, the newest; for as long as their rows last (a month)
PAPER_SIZE = 150_000  # octets, about, of what is beside the files
NOTHING_YET = "There is nothing to put into a pack yet. Share a piece or start a milestone first."
NOTHING_HERE = "There is nothing to put into a pack yet. Start this milestone or link its evidence first."
PUT_AWAY = f"This pack was put away: the newest {MOST_KEPT} are kept, for a month. Make it once more."


@dataclass(frozen=True, slots=True)
class Earlier:
    """A pack that was made. is_there: it can still be fetched."""

    work: Work
    is_there: bool

    @property
    def sha256(self) -> str:
        return str(self.work.outcome["sha256"])

    @property
    def size(self) -> str:
        return size_words(self.work.outcome["size"])


@dataclass(frozen=True, slots=True)
class Panel:
    """What a page says of packs: what would be in one, the one that is being made, and earlier ones."""

    milestone: str  # slug; "" for the portfolio
    pieces: int
    files: int
    size: str  # about
    is_empty: bool
    under_way: Work | None
    earlier: Sequence[Earlier]


def panel(db: Session, storage: Storage, user_id: UUID, milestone: str = "") -> Panel:
    chosen = pack_contents.choose(db, user_id, Scope(milestone))
    mine = [one for one in _all(db, user_id) if one.wish["milestone"] == milestone]
    return Panel(
        milestone=milestone,
        pieces=len(chosen.pieces),
        files=len(chosen.files),
        size=size_words(round(chosen.size + PAPER_SIZE, -4)),
        is_empty=_is_empty(db, user_id, chosen, milestone),
        under_way=next((one for one in mine if one.state in UNFINISHED), None),
        earlier=[Earlier(one, is_there(storage, one)) for one in mine if one.state == "done"],
    )


def ask(db: Session, user_id: UUID, milestone: Milestone | None, *, drafts: bool = False, at: datetime) -> Work:
    """Have a pack made, of one milestone or of the whole portfolio. Asked again while it is made, it is one pack."""
    scope = Scope(milestone.slug if milestone else "", drafts)
    if _is_empty(db, user_id, pack_contents.choose(db, user_id, scope), scope.milestone):
        raise Refused(NOTHING_HERE if milestone else NOTHING_YET)
    of = f"m{milestone.number:02d}-{milestone.slug}" if milestone else "portfolio"
    title = (
        f"Evidence pack of M{milestone.number:02d} {milestone.title}" if milestone else "Evidence pack of everything"
    )
    wish = {"milestone": scope.milestone, "drafts": scope.drafts, "name": f"woodshed-{of}-{at:%Y-%m-%d}"}
    return work.ask(db, user_id, KIND, title, wish, at=at)


def is_there(storage: Storage, piece: Work) -> bool:
    return piece.state == "done" and all(storage.path(piece.outcome[name]).is_file() for name in ("sha256", "paper"))


def file_of(storage: Storage, piece: Work, name: str) -> Any:
    """The path of a finished pack's file. name: sha256 (the zip) or paper. Refused once it was put away."""
    if not is_there(storage, piece):
        raise Refused(PUT_AWAY)
    return storage.path(piece.outcome[name])


def known_hashes(db: Session) -> set[str]:
    """The SHA-256 of all files of packs that are kept."""
    done = select(Work).where(Work.kind == KIND, Work.state == "done").order_by(col(Work.ended_at).desc())
    kept: dict[UUID, list[Work]] = {}
    for piece in db.exec(done):
        mine = kept.setdefault(piece.user_id, [])
        if len(mine) < MOST_KEPT:
            mine.append(piece)
    return {piece.outcome[name] for mine in kept.values() for piece in mine for name in ("sha256", "paper")}


def _all(db: Session, user_id: UUID) -> Collection[Work]:
    """The newest first."""
    mine = select(Work).where(Work.user_id == user_id, Work.kind == KIND)
    return db.exec(mine.order_by(col(Work.made_at).desc(), col(Work.id).desc())).all()


def _is_empty(db: Session, user_id: UUID, chosen: Chosen, milestone: str) -> bool:
    if chosen.pieces:
        return False
    begun = milestones.states(db, user_id)
    return milestone not in begun if milestone else not begun
