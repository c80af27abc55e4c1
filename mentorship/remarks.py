"""Remarks: what somebody says at a moment or a stretch of one version of a piece, and what others answer.

They lie with the piece. Whoever sees the piece reads them and may write; what became of one is told in `remark_steps`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User
from core.database import get_or_404
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from mentorship import links, news, portfolio, time_links
from mentorship.models.pieces import Piece, Version
from mentorship.models.remarks import Remark, RemarkReply, RemarkStep
from mentorship.portfolio import OF_PIECE

KINDS = {"fix": "Fix", "idea": "Idea", "praise": "Praise", "question": "Question"}
LONGEST = 1000  # characters of a remark, a reply, a line with a step
LONGEST_NAME = 80  # characters of a guest's name
MOST = 1000  # remarks of one version
MOST_REPLIES = 100  # under one remark
UNDO_LASTS = timedelta(minutes=15)
OF_REMARK = sa.and_(col(Remark.user_id) == Version.user_id, col(Remark.version_id) == Version.id)
STANDS = col(Remark.removed_at).is_(None)


def add(
    db: Session,
    person_id: UUID,
    version_id: UUID,
    *,
    kind: str,
    start_ms: int,
    end_ms: int | None = None,
    text: str,
    at: datetime,
) -> Remark:
    """Say something at a place of a version of one's own piece, or of one that an apprentice shows.

    Refused: a version without sound, a place beyond its end, an empty or too long text, one remark more than MOST.
    """
    piece, version = _heard(db, person_id, version_id)
    remark = new(db, version, kind, start_ms, end_ms, text, at)
    writer = db.get_one(User, person_id)
    remark.by_id, remark.by_name = person_id, writer.name
    db.add(remark)
    db.flush()
    tell(db, piece, version, person_id, f"{writer.name} wrote at seconds of {piece.title}, V{version.number}.", at=at)
    return remark


def add_guest(
    db: Session,
    version: Version,
    share_id: UUID,
    name: str,
    *,
    kind: str,
    start_ms: int,
    end_ms: int | None = None,
    text: str,
    at: datetime,
) -> Remark:
    """The same by a guest. Whether this share link shows the version and takes remarks, the caller has looked at."""
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise Refused(f"Write who you are, in at most {LONGEST_NAME} characters.", field="name")
    remark = new(db, version, kind, start_ms, end_ms, text, at)
    remark.by_name, remark.share_id = said, share_id
    db.add(remark)
    db.flush()
    piece = db.get_one(Piece, (version.user_id, version.piece_id))
    text = f"{said}, a guest, wrote at seconds of {piece.title}, V{version.number}."
    tell(db, piece, version, None, text, at=at)
    return remark


def find(db: Session, viewer_id: UUID, remark_id: UUID) -> tuple[Remark, Piece, Version]:
    """The remark with this id that this person may read where it stands; one that was removed is its writer's alone."""
    statement = select(Remark, Version, Piece).join(Version, OF_REMARK).join(Piece, OF_PIECE)
    remark, version, piece = get_or_404(db, statement.where(Remark.id == remark_id))
    portfolio.find(db, viewer_id, piece.id)
    if remark.removed_at and not may_remove(remark, viewer_id):
        raise NotFound
    return remark, piece, version


def locked(db: Session, viewer_id: UUID, remark_id: UUID) -> tuple[Remark, Piece, Version]:
    """The same, for a change: a second tab waits here for the first."""
    found = find(db, viewer_id, remark_id)
    db.refresh(found[0], with_for_update=True)
    return found


def may_edit(remark: Remark, viewer_id: UUID) -> bool:
    """Whether it is this person's own. Whether somebody answered meanwhile is looked at when it is done."""
    return remark.by_id == viewer_id


def may_remove(remark: Remark, viewer_id: UUID) -> bool:
    """One's own; what a guest wrote on one's own piece, too."""
    return remark.by_id == viewer_id or (remark.share_id is not None and remark.user_id == viewer_id)


def edit(
    db: Session,
    person_id: UUID,
    remark_id: UUID,
    *,
    kind: str,
    start_ms: int,
    end_ms: int | None,
    text: str,
    at: datetime,
) -> Remark:
    """Say it in other words, or elsewhere. Only one's own, and only while nobody answered."""
    remark, _, version = locked(db, person_id, remark_id)
    if not may_edit(remark, person_id):
        raise NotAllowed(f"{remark.by_name} wrote this. You can answer below it.")
    if remark.removed_at:
        raise Conflict("This remark was removed. Put it back first.")
    _refuse_answered(db, remark, "changed")
    _check(version, kind, start_ms, end_ms)
    remark.kind, remark.start_ms, remark.end_ms = kind, start_ms, end_ms
    remark.text, remark.edited_at = said(text), at
    return remark


def remove(db: Session, person_id: UUID, remark_id: UUID, *, at: datetime) -> Remark:
    """Take one's own back while nobody answered, or a guest's off one's own piece. Twice is no error."""
    remark, _, _ = locked(db, person_id, remark_id)
    if not may_remove(remark, person_id):
        raise NotAllowed(f"{remark.by_name} wrote this, so only {remark.by_name} can take it back.")
    if remark.removed_at is None:
        if remark.by_id == person_id:
            _refuse_answered(db, remark, "removed")
        remark.removed_at = at
    return remark


def restore(db: Session, person_id: UUID, remark_id: UUID, *, at: datetime) -> Remark:
    """Undo `remove`, for 15 minutes. Twice is no error."""
    remark, _, _ = locked(db, person_id, remark_id)
    if remark.removed_at and at - remark.removed_at > UNDO_LASTS:
        raise Refused("This was removed more than 15 minutes ago. Write it again.")
    remark.removed_at = None
    return remark


def just_removed(db: Session, viewer_id: UUID, version: Version, *, at: datetime) -> Remark | None:
    """What this person removed last from a version, while it can be put back."""
    statement = select(Remark).where(
        Remark.user_id == version.user_id,
        Remark.version_id == version.id,
        col(Remark.removed_at) > at - UNDO_LASTS,
        sa.or_(
            col(Remark.by_id) == viewer_id,
            sa.and_(col(Remark.share_id).is_not(None), col(Remark.user_id) == viewer_id),
        ),
    )
    return db.exec(statement.order_by(col(Remark.removed_at).desc(), col(Remark.id)).limit(1)).first()


def reply(db: Session, person_id: UUID, remark_id: UUID, text: str, *, at: datetime) -> RemarkReply:
    """Answer below a remark."""
    remark, piece, version = locked(db, person_id, remark_id)
    if remark.removed_at:
        raise Conflict("This remark was removed. Put it back first.")
    count = select(sa.func.count()).where(RemarkReply.user_id == remark.user_id, RemarkReply.remark_id == remark.id)
    if db.exec(count).one() >= MOST_REPLIES:
        raise Refused(f"{MOST_REPLIES} answers stand here already. Talk about it when you meet.", field="reply")
    writer = db.get_one(User, person_id)
    row = RemarkReply(
        user_id=remark.user_id,
        id=uuid7(),
        remark_id=remark.id,
        by_id=person_id,
        by_name=writer.name,
        text=said(text, "reply"),
        at=at,
    )
    db.add(row)
    db.flush()
    where = time_links.words(remark.start_ms)
    news_of = f"{writer.name} answered at {where} of {piece.title}, V{version.number}."
    tell(db, piece, version, person_id, news_of, to={remark.by_id}, at=at)
    return row


def remove_reply(db: Session, person_id: UUID, remark_id: UUID, reply_id: UUID, *, at: datetime) -> None:
    """Take one's own answer back. Twice is no error."""
    row = _own_reply(db, person_id, remark_id, reply_id)
    row.removed_at = row.removed_at or at


def restore_reply(db: Session, person_id: UUID, remark_id: UUID, reply_id: UUID, *, at: datetime) -> None:
    """Undo `remove_reply`, for 15 minutes. Twice is no error."""
    row = _own_reply(db, person_id, remark_id, reply_id)
    if row.removed_at and at - row.removed_at > UNDO_LASTS:
        raise Refused("This was removed more than 15 minutes ago. Write it again.")
    row.removed_at = None


def tell(
    db: Session,
    piece: Piece,
    version: Version,
    by_id: UUID | None,
    text: str,
    *,
    to: Collection[UUID | None] | None = None,
    at: datetime,
) -> None:
    """Tell the other side: the owner what others do, the mentors who see the piece what she does.

    to: the mentors whom alone it concerns. One unread notice for a piece is enough: the next one takes its place.
    """
    readers = {piece.user_id}
    if piece.shared_at and (to is not None or by_id == piece.user_id):
        mentors = {mentor.id for mentor in links.mentors_who_see(db, piece.user_id, "pieces")}
        readers |= mentors if to is None else mentors.intersection(to)
    thread = f"piece:{piece.id}"
    path = f"/portfolio/pieces/{piece.id}?version={version.number}"
    for person_id in sorted(one for one in readers if one != by_id):
        unread = select(inbox.Notice).where(
            inbox.Notice.user_id == person_id,
            inbox.Notice.thread == thread,
            inbox.Notice.kind == news.REMARK.name,
            col(inbox.Notice.read_at).is_(None),
        )
        if there := db.exec(unread.limit(1)).first():
            there.text, there.path, there.at = text, path, at
        else:
            inbox.tell(db, person_id, news.REMARK, text, path=path, thread=thread, at=at)


def said(text: str, field: str = "text") -> str:
    if not text.strip():
        raise Refused("Write what you hear there, in a few words.", field=field)
    if len(text.strip()) > LONGEST:
        raise Refused(f"This is longer than {LONGEST} characters. Shorten it a little.", field=field)
    return text.strip()


def last_ms(version: Version) -> int:
    """The last place of a version's sound."""
    return ceil((version.seconds or 0) * 1000)


def room(db: Session, version: Version) -> int:
    """How many remarks the version still takes."""
    count = select(sa.func.count()).where(Remark.user_id == version.user_id, Remark.version_id == version.id, STANDS)
    return MOST - db.exec(count).one()


def _heard(db: Session, person_id: UUID, version_id: UUID) -> tuple[Piece, Version]:
    """A version of one's own piece or of one that is shown, for a new remark; several at once wait for each other."""
    piece, version = portfolio.find_version(db, person_id, version_id)
    portfolio.find(db, person_id, piece.id)  # who was asked to review one version reads and writes on that page alone
    return piece, version


def new(
    db: Session,
    version: Version,
    kind: str,
    start_ms: int,
    end_ms: int | None,
    text: str,
    at: datetime,
    *,
    is_counted: bool = True,
) -> Remark:
    """A remark without its writer yet. is_counted: whether to refuse it where the version has too many; the caller
    counts otherwise."""
    _check(version, kind, start_ms, end_ms)
    if is_counted:
        hold(db, version)
        if room(db, version) <= 0:
            raise Refused(f"This version has {MOST} remarks, the most we keep. Make the next one and go on there.")
    return Remark(
        user_id=version.user_id,
        id=uuid7(),
        version_id=version.id,
        by_name="",
        kind=kind,
        start_ms=start_ms,
        end_ms=end_ms,
        text=said(text),
        at=at,
    )


def hold(db: Session, version: Version) -> None:
    """New remarks of a version wait for each other, so that they can be counted."""
    lock = select(Version.id).where(Version.user_id == version.user_id, Version.id == version.id)
    db.exec(lock.with_for_update()).one()


def _check(version: Version, kind: str, start_ms: int, end_ms: int | None) -> None:
    if version.kind != "audio":
        raise Refused(f"V{version.number} is no sound, so it has no seconds. Write a remark on a version that plays.")
    if kind not in KINDS:
        raise Refused("Choose one of the four kinds.", field="kind")
    if start_ms < 0 or (end_ms is not None and end_ms <= start_ms):
        raise Refused("It ends before it begins. Write the earlier time first.", field="end")
    if max(start_ms, end_ms or 0) > last_ms(version):
        length = time_links.words(last_ms(version))
        field = "start" if start_ms > last_ms(version) else "end"
        raise Refused(f"V{version.number} is {length} long, so it has no such place. Look at the time.", field=field)


def _refuse_answered(db: Session, remark: Remark, verb: str) -> None:
    of = (col(RemarkReply.user_id) == remark.user_id, col(RemarkReply.remark_id) == remark.id)
    reply = select(RemarkReply.id).where(
        *of, col(RemarkReply.removed_at).is_(None), _by_others(RemarkReply.by_id, remark)
    )
    step = select(RemarkStep.id).where(RemarkStep.user_id == remark.user_id, RemarkStep.remark_id == remark.id)
    if db.exec(reply.limit(1)).first() or db.exec(step.limit(1)).first():
        raise Conflict(
            f"Somebody answered this meanwhile, so it cannot be {verb} any more. Add what you mean below it."
        )


def _by_others(column: object, remark: Remark) -> sa.ColumnElement[bool]:
    by = col(column)
    return sa.or_(by.is_(None), by != remark.by_id)


def _own_reply(db: Session, person_id: UUID, remark_id: UUID, reply_id: UUID) -> RemarkReply:
    remark, _, _ = locked(db, person_id, remark_id)
    mine = select(RemarkReply).where(
        RemarkReply.user_id == remark.user_id,
        RemarkReply.id == reply_id,
        RemarkReply.remark_id == remark.id,
        RemarkReply.by_id == person_id,
    )
    found: RemarkReply = get_or_404(db, mine.with_for_update())
    return found
