"""The remarks of a version as markers for a DAW, and markers as remarks: taken together, and taken back together."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core import words
from core.accounts import User
from core.errors import Refused
from mentorship import markers, portfolio, remark_steps, remarks, time_links
from mentorship.markers import Noted
from mentorship.midi_markers import Marker
from mentorship.models.pieces import Version
from mentorship.models.remarks import Remark

COULD_ROUND = 10  # ms that a DAW may write a place beyond the end of the sound


def out(db: Session, version: Version) -> list[Marker]:
    """All remarks that stand, by place."""
    statement = select(Remark).where(Remark.user_id == version.user_id, Remark.version_id == version.id, remarks.STANDS)
    rows = db.exec(statement.order_by(col(Remark.start_ms), col(Remark.id)))
    return [Marker(row.start_ms, row.end_ms, markers.label(row.kind, row.text)) for row in rows]


def take(db: Session, person_id: UUID, version_id: UUID, found: list[Noted], *, at: datetime) -> list[Remark]:
    """Write markers as this person's remarks, all or none; what stands there already in the same words is left out.

    Refused, with the line, where one has no place in the version or no words, or where they are too many.
    """
    piece, version = portfolio.find_version(db, person_id, version_id)
    portfolio.find(db, person_id, piece.id)
    remarks.hold(db, version)
    there = {(one.start_ms, one.end_ms, one.text.casefold()) for one in out(db, version)}
    taken: list[Remark] = []
    for one in found:
        start, end = _place(one, version)
        key = (start, end, markers.label(one.kind, one.text).casefold())
        if key in there:
            continue
        there.add(key)
        try:
            taken.append(remarks.new(db, version, one.kind, start, end, one.text, at, is_counted=False))
        except Refused as refusal:
            raise Refused(f"Line {one.line}: {refusal.text} Nothing was taken.", field="file") from None
    if len(taken) > remarks.room(db, version):
        raise Refused(
            f"V{version.number} would have more than {remarks.MOST} remarks, the most we keep. Nothing was taken.",
            field="file",
        )
    name = db.get_one(User, person_id).name
    for row in taken:
        row.by_id, row.by_name = person_id, name
    db.add_all(taken)
    db.flush()
    if taken:
        text = f"{name} wrote at seconds of {piece.title}, V{version.number}."
        remarks.tell(db, piece, version, person_id, text, at=at)
    return taken


def take_back(db: Session, person_id: UUID, version_id: UUID, moment: datetime, *, at: datetime) -> int:
    """Remove what this person took at that moment, but for what was answered since. Returns how many. Refused after
    15 minutes."""
    piece, version = portfolio.find_version(db, person_id, version_id)
    portfolio.find(db, person_id, piece.id)
    if at - moment > remarks.UNDO_LASTS:
        raise Refused("These were taken more than 15 minutes ago. Remove those that you do not need one by one.")
    mine = select(Remark).where(
        Remark.user_id == version.user_id,
        Remark.version_id == version.id,
        Remark.by_id == person_id,
        Remark.at == moment,
        remarks.STANDS,
    )
    rows = db.exec(mine.with_for_update()).all()
    answered = remark_steps.answered(db, version.user_id, {row.id for row in rows})
    gone = [row for row in rows if row.id not in answered]
    for row in gone:
        row.removed_at = at
    return len(gone)


def file_name(title: str, version: Version, ending: str) -> str:
    """As in "Night bus V2 remarks.csv"."""
    return portfolio.label(f"{words.one_line(title)} V{version.number} remarks.{ending}")


def _place(one: Noted, version: Version) -> tuple[int, int | None]:
    """Its place, with an end that a DAW rounded up brought back into the sound."""
    last = remarks.last_ms(version)
    start, end = (
        min(ms, last) if ms is not None and ms <= last + COULD_ROUND else ms for ms in (one.start_ms, one.end_ms)
    )
    assert start is not None
    if max(start, end or 0) > last:
        raise Refused(
            f"Line {one.line}: {time_links.words(one.start_ms, one.end_ms)} is beyond the end of V{version.number}, "
            f"which is {time_links.words(last)} long. Nothing was taken.",
            field="file",
        )
    return start, end if end is None or end > start else None
