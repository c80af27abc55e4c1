"""What the page of a piece shows of its remarks: those of one version as a list, and those of earlier ones as a check
list. Also which of a person's pieces have open remarks, for agenda, brief and Today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from mentorship import remark_steps, remarks, time_links
from mentorship.models.pieces import Piece, Version
from mentorship.models.remarks import Remark, RemarkReply, RemarkStep
from mentorship.portfolio import OF_PIECE
from mentorship.remark_steps import TO_DO, State
from mentorship.remarks import KINDS, OF_REMARK

SAYS = {"yes": "heard it", "not yet": "not yet", "reopened": "opened it again"}


@dataclass(frozen=True, slots=True)
class Said:
    """A step or a reply in words. what: "fixed in V3"; "" for a reply."""

    id: UUID
    what: str
    by: str  # "you", or a name
    text: str
    at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A remark as one viewer sees it."""

    remark: Remark
    number: int  # in the list of its version, from 1; 0: not in one
    version: int  # number of the version that it is about
    state: State
    fixed_in: int | None  # number of the version in which its owner says it is fixed, or last said so
    by: str  # "you", or a name
    is_guest: bool
    is_own: bool  # written by the viewer
    is_owners: bool  # whether the viewer owns the piece
    may_judge: bool
    may_drop: bool
    said: tuple[Said, ...]  # replies and steps in order

    @property
    def id(self) -> UUID:
        return self.remark.id

    @property
    def place(self) -> str:
        return time_links.words(self.remark.start_ms, self.remark.end_ms)

    @property
    def beginning(self) -> str:
        return time_links.words(self.remark.start_ms)

    @property
    def ending(self) -> str:
        return "" if self.remark.end_ms is None else time_links.words(self.remark.end_ms)

    @property
    def start(self) -> str:
        """Seconds, for addresses and scripts."""
        return time_links.seconds(self.remark.start_ms)

    @property
    def end(self) -> str:
        return "" if self.remark.end_ms is None else time_links.seconds(self.remark.end_ms)

    @property
    def kind(self) -> str:
        return KINDS[self.remark.kind]

    @property
    def is_answered(self) -> bool:
        return any(not one.is_own or one.what for one in self.said)

    @property
    def is_to_do(self) -> bool:
        return self.state in TO_DO

    @property
    def word(self) -> str:
        """open, fixed in V3, heard in V3, not yet in V3, answered, left as it is; "" for praise."""
        last = next((one.what for one in reversed(self.said) if one.what), "")
        match self.state:
            case "fixed":
                return f"fixed in V{self.fixed_in}?"
            case "heard":
                return f"fixed in V{self.fixed_in}"
            case "dropped":
                return "answered" if self.remark.kind == "question" else "left as it is"
            case "open" if last.startswith("not yet"):
                return last
        return self.state

    @property
    def drop_words(self) -> str:
        return "It is answered" if self.remark.kind == "question" else "Leave it as it is"


@dataclass(frozen=True, slots=True)
class OpenOnes:
    """The open remarks of one version. starts: where they begin, in words."""

    piece: Piece
    version: Version
    starts: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/portfolio/pieces/{self.piece.id}?version={self.version.number}"

    @property
    def count(self) -> str:
        return f"{len(self.starts)} open remark{'' if len(self.starts) == 1 else 's'}"

    def at(self, most: int) -> str:
        """As in "0:41, 1:12 and 3 more"."""
        more = len(self.starts) - most
        return ", ".join(self.starts[:most]) + (f" and {more} more" if more > 0 else "")


def of_page(
    db: Session,
    viewer_id: UUID,
    piece: Piece,
    version: Version | None,
    versions: Sequence[Version],
    show: str,
    at: datetime,
) -> dict[str, Any]:
    """What `mentorship/portfolio/_remarks.html` needs. versions: all of the piece; show: "open", else all."""
    if version is None or version.kind != "audio":
        return {"remarks": None}
    listed = of_version(db, viewer_id, piece, version, versions)
    to_check = check_list(db, viewer_id, piece, version, versions)
    only_open = show == "open"
    return {
        "remarks": [one for one in listed if one.is_to_do] if only_open else listed,
        "remarks_all": len(listed),
        "remarks_open": sum(one.is_to_do for one in listed),
        "remarks_shown": "open" if only_open else "all",
        "remarks_to_check": to_check,
        "remarks_settled": sum(one.state == "heard" for one in to_check),
        "remark_kinds": list(KINDS.items()),
        "remark_removed": remarks.just_removed(db, viewer_id, version, at=at),
        "longest_remark": remarks.LONGEST,
    }


def of_version(db: Session, viewer_id: UUID, piece: Piece, version: Version, versions: Sequence[Version]) -> list[Seen]:
    """The remarks of one version by their place, numbered; the viewer sees the piece."""
    return _seen(db, viewer_id, piece, _standing(db, [version]), versions)


def check_list(db: Session, viewer_id: UUID, piece: Piece, version: Version, versions: Sequence[Version]) -> list[Seen]:
    """What was said of earlier versions and asks to be mended: what is open, and what was fixed in this one."""
    earlier = [one for one in versions if one.number < version.number]
    asking = [one for one in _standing(db, earlier) if one.kind != "praise"]
    found = _seen(db, viewer_id, piece, asking, versions)
    return [one for one in found if one.is_to_do or (one.state == "heard" and one.fixed_in == version.number)]


def one(db: Session, viewer_id: UUID, remark: Remark, piece: Piece, versions: Sequence[Version]) -> Seen:
    """One remark by itself, with its number among those of its version."""
    version = next(one for one in versions if one.id == remark.version_id)
    others = _standing(db, [version])
    number = next((number for number, other in enumerate(others, 1) if other.id == remark.id), 0)
    return _seen(db, viewer_id, piece, [remark], versions, number)[0]


def open_ones(db: Session, owner_id: UUID, *, only_shown: bool, most: int = 100) -> list[OpenOnes]:
    """The open remarks of a person's pieces, by version, the latest said first. only_shown: without drafts."""
    statement = (
        select(Remark, Version, Piece)
        .join(Version, OF_REMARK)
        .join(Piece, OF_PIECE)
        .where(Remark.user_id == owner_id, remark_steps.is_open(), col(Piece.archived_at).is_(None))
    )
    if only_shown:
        statement = statement.where(col(Piece.shared_at).is_not(None))
    found: dict[UUID, tuple[Piece, Version, list[Remark]]] = {}
    for remark, version, piece in db.exec(statement.order_by(col(Remark.start_ms), col(Remark.id))):
        found.setdefault(version.id, (piece, version, []))[2].append(remark)
    latest = sorted(found.values(), key=lambda row: (max(one.at for one in row[2]), row[1].id), reverse=True)
    return [
        OpenOnes(piece, version, tuple(time_links.words(one.start_ms) for one in some))
        for piece, version, some in latest[:most]
    ]


def _standing(db: Session, versions: Sequence[Version]) -> list[Remark]:
    if not versions:
        return []
    statement = select(Remark).where(
        Remark.user_id == versions[0].user_id,
        col(Remark.version_id).in_([version.id for version in versions]),
        remarks.STANDS,
    )
    return list(db.exec(statement.order_by(col(Remark.start_ms), col(Remark.id))))


def _seen(
    db: Session,
    viewer_id: UUID,
    piece: Piece,
    found: Sequence[Remark],
    versions: Sequence[Version],
    first: int = 1,
) -> list[Seen]:
    ids = [remark.id for remark in found]
    steps = remark_steps.of(db, piece.user_id, ids)
    replies = _replies(db, piece.user_id, ids)
    mentors = remark_steps.listeners(db, piece)
    numbers = {version.id: version.number for version in versions}
    return [
        _as_seen(viewer_id, remark, number, steps.get(remark.id, []), replies.get(remark.id, []), mentors, numbers)
        for number, remark in enumerate(found, first)
    ]


def _as_seen(
    viewer_id: UUID,
    remark: Remark,
    number: int,
    steps: list[RemarkStep],
    replies: list[RemarkReply],
    mentors: Collection[UUID],
    numbers: dict[UUID, int],
) -> Seen:
    fixed = [step.version_id for step in steps if step.kind == "fixed" and step.version_id]
    said = [
        Said(step.id, _what(remark, step, numbers), _by(viewer_id, step), step.text, step.at, step.by_id == viewer_id)
        for step in steps
    ]
    said += [Said(row.id, "", _by(viewer_id, row), row.text, row.at, row.by_id == viewer_id) for row in replies]
    return Seen(
        remark=remark,
        number=number,
        version=numbers[remark.version_id],
        state=remark_steps.state_of(remark, steps[-1] if steps else None),
        fixed_in=numbers.get(fixed[-1]) if fixed else None,
        by=_by(viewer_id, remark),
        is_guest=remark.share_id is not None,
        is_own=remark.by_id == viewer_id,
        is_owners=remark.user_id == viewer_id,
        may_judge=remark_steps.may_judge(remark, viewer_id, mentors),
        may_drop=remark_steps.may_drop(remark, viewer_id),
        said=tuple(sorted(said, key=lambda one: (one.at, one.id))),
    )


def _what(remark: Remark, step: RemarkStep, numbers: dict[UUID, int]) -> str:
    number = numbers.get(step.version_id) if step.version_id else None
    if step.kind == "fixed":
        return f"fixed in V{number}"
    if step.kind == "dropped":
        return "answered" if remark.kind == "question" else "left as it is"
    return SAYS[step.kind] + (f" in V{number}" if number else "")


def _by(viewer_id: UUID, row: Remark | RemarkStep | RemarkReply) -> str:
    return "you" if row.by_id == viewer_id else row.by_name


def _replies(db: Session, owner_id: UUID, remark_ids: Collection[UUID]) -> dict[UUID, list[RemarkReply]]:
    replies: dict[UUID, list[RemarkReply]] = {}
    if not remark_ids:
        return replies
    statement = select(RemarkReply).where(
        RemarkReply.user_id == owner_id,
        col(RemarkReply.remark_id).in_(remark_ids),
        col(RemarkReply.removed_at).is_(None),
    )
    for row in db.exec(statement.order_by(col(RemarkReply.at), col(RemarkReply.id))):
        replies.setdefault(row.remark_id, []).append(row)
    return replies
