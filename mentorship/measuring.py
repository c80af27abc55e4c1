"""The meter's work on versions: asked for when one is added, done by the job process, kept beside the version.

A Measurement's row is the truth about figures, its piece of work the truth about how far it is. What was measured once
stays while it is measured anew.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import work
from core.database import get_or_404, rows_changed
from core.errors import Refused
from core.storage import Staged, Storage
from core.work import FAILED, Cancelled, Task, Work
from curriculum.audio import METER
from mentorship.kept_files import hold_files
from mentorship.models.pieces import Measurement, Piece, Version

if TYPE_CHECKING:
    from curriculum.audio.child import Measured

KIND = "measure"
MOST_WAITING = 60  # pieces of one person; whatever is beyond waits for the job that catches up
AT_A_TIME = 200  # versions that one run of that job sees to
MOST_OCTETS = 2_000_000_000  # of a copy that every browser plays
STOPPED = "It was stopped, as you asked."
GONE = "The file of this version is missing on the server. Please tell the people who run this site."
OF_VERSION = sa.and_(col(Measurement.user_id) == col(Version.user_id), col(Measurement.version_id) == col(Version.id))


Tell = Callable[[int, int], None]  # how many percent, of 100
Measure = Callable[[Path, Version, Path, Tell], "Measured"]  # (the file, its row, a folder of its own, progress)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the measuring of a version is."""

    state: str  # waiting, measuring, ready, failed
    row: Measurement
    work: Work | None  # as long as it is under way
    before: int = 0  # pieces of work that are done first
    reason: str = ""

    @property
    def is_under_way(self) -> bool:
        return self.work is not None or self.state in ("waiting", "measuring")

    @property
    def is_old(self) -> bool:
        """Whether an earlier meter than today's made the figures."""
        return self.state == "ready" and self.row.meter != METER


# -- asking --------------------------------------------------------------------------------------------------


def ask(db: Session, version: Version, *, at: datetime) -> None:
    """Have a version measured, in the transaction that adds it. Nothing to do where it is no sound."""
    if version.kind != "audio":
        return
    row = Measurement(user_id=version.user_id, version_id=version.id, state="waiting", asked_at=at)
    db.add(row)
    db.flush()
    _queue(db, row, at=at)


def ask_again(db: Session, owner_id: UUID, version_id: UUID, *, at: datetime) -> None:
    """Measure one's own version once more; while that is under way already, nothing changes."""
    mine = (Version.user_id == owner_id, Version.id == version_id, Version.kind == "audio")
    version: Version = get_or_404(db, select(Version).where(*mine))
    found = select(Measurement).where(Measurement.user_id == owner_id, Measurement.version_id == version_id)
    row = db.exec(found.with_for_update()).first()
    if row is None:
        ask(db, version, at=at)
        return
    if _under_way(db, row) is not None:
        return
    if row.state != "ready":
        row.state = "waiting"
    row.reason, row.work_id, row.asked_at = "", None, at
    _queue(db, row, at=at)


def _queue(db: Session, row: Measurement, *, at: datetime) -> None:
    """Its piece of work; where too many wait already it comes later, by itself."""
    number, title = db.execute(
        sa.select(col(Version.number), col(Piece.title))
        .join(Piece, sa.and_(col(Piece.user_id) == Version.user_id, col(Piece.id) == Version.piece_id))
        .where(col(Version.user_id) == row.user_id, col(Version.id) == row.version_id)
    ).one()
    wish = {"version": str(row.version_id)}
    try:
        piece = work.ask(db, row.user_id, KIND, f"Measuring {title}, V{number}", wish, most=MOST_WAITING, at=at)
    except Refused:
        return
    row.work_id = piece.id
    db.add(row)
    db.flush()


def catch_up(db: Session, *, at: datetime) -> str:
    """Ask for what nobody measures: versions from before there was a meter, and work that was lost. A few words."""
    old = (
        select(Version)
        .outerjoin(Measurement, OF_VERSION)
        .where(Version.kind == "audio", col(Measurement.version_id).is_(None))
        .order_by(col(Version.uploaded_at))
        .limit(AT_A_TIME)
    )
    asked = 0
    for version in db.exec(old).all():
        ask(db, version, at=at)
        asked += 1
    lost = (
        select(Measurement, Work)
        .outerjoin(Work, sa.and_(col(Work.user_id) == Measurement.user_id, col(Work.id) == Measurement.work_id))
        .where(
            col(Measurement.state).in_(("waiting", "measuring")),
            sa.or_(col(Work.id).is_(None), col(Work.state).not_in(work.UNFINISHED)),
        )
        .order_by(col(Measurement.asked_at))
        .limit(AT_A_TIME)
    )
    found: Any = db.exec(lost).all()
    for row, piece in found:
        if piece is None:
            _queue(db, row, at=at)
            asked += row.work_id is not None
        else:
            row.state, row.reason = "failed", _why(piece)
    return f"{asked} versions asked for"


# -- looking -------------------------------------------------------------------------------------------------


def row_of(db: Session, version: Version) -> Measurement | None:
    return db.get(Measurement, (version.user_id, version.id))


def standing(db: Session, version: Version) -> Standing | None:
    """How far the measuring of a version is that the asker may see; None where there is nothing to measure."""
    row = row_of(db, version)
    if row is None:
        return None
    piece = _piece(db, row)
    if piece is not None and not piece.is_over:
        state = row.state if row.state == "ready" else "measuring" if piece.state == "running" else "waiting"
        return Standing(state, row, piece, work.before(db, piece) if piece.state == "waiting" else 0)
    if row.state in ("waiting", "measuring") and piece is not None:  # ended before it could say so itself
        return Standing("failed", row, None, reason=_why(piece))
    return Standing(row.state, row, None, reason=row.reason)


def _piece(db: Session, row: Measurement) -> Work | None:
    return db.get(Work, (row.user_id, row.work_id)) if row.work_id else None


def _under_way(db: Session, row: Measurement) -> Work | None:
    piece = _piece(db, row)
    return piece if piece is not None and not piece.is_over else None


def _why(piece: Work) -> str:
    return STOPPED if piece.state == "cancelled" else piece.outcome.get("error", FAILED)


# -- doing it ------------------------------------------------------------------------------------------------


def run(task: Task, *, storage: Storage, measure: Measure, now: Callable[[], datetime]) -> Mapping[str, Any]:
    """Measure the version that was asked for. May run twice: the second time finds the same.

    now: looks at the clock, once the figures are there.
    """
    version_id = UUID(task.asked["version"])
    with task.base.reading() as db:
        version = db.exec(select(Version).where(Version.user_id == task.user_id, Version.id == version_id)).first()
    if version is None:
        raise Refused("This version is not there any more, so it was not measured.")
    try:
        task.tell("Measuring")
        _set(task, version_id, unless_ready=True, state="measuring")
        path = storage.path(version.sha256)
        if not path.is_file():
            raise Refused(GONE)
        with tempfile.TemporaryDirectory(prefix="woodshed-measure-") as folder:
            found = measure(path, version, Path(folder), lambda done, total: task.tell("Measuring", done, total))
            return _keep(task, storage, version_id, found, at=now())
    except Cancelled:
        _fail(task, version_id, STOPPED)
        raise
    except Refused as refusal:
        _fail(task, version_id, refusal.text)
        raise
    except Exception as fault:
        if not isinstance(fault, work.CutOff):
            _fail(task, version_id, FAILED)
        raise


def _keep(task: Task, storage: Storage, version_id: UUID, found: "Measured", *, at: datetime) -> Mapping[str, Any]:
    """Files first, then the row that names them and the word that it is done, in one transaction."""
    result = {"said": "Measured.", "version": str(version_id)}
    staged: list[Staged] = []
    try:
        for path in filter(None, (found.peaks, found.copy)):
            with open(path, "rb") as file:
                staged.append(storage.stage(file, most=MOST_OCTETS))
        peaks, *listen = [one.sha256 for one in staged]
        for one in staged:
            storage.send_ahead(one)
        with task.base.writing() as db:
            hold_files(db)
            for one in staged:
                storage.keep(one)
            values = {
                "state": "ready",
                "reason": "",
                "meter": found.meter,
                "figures": found.figures,
                "curves": found.curves,
                "peaks_sha256": peaks,
                "listen_sha256": listen[0] if listen else "",
                "measured_at": at,
            }
            db.execute(sa.update(Measurement).where(*_of(task, version_id)).values(**values))
            task.end(db, result, at=at)
    finally:
        for one in staged:
            storage.drop(one)
    return result


def _fail(task: Task, version_id: UUID, reason: str) -> None:
    _set(task, version_id, unless_ready=True, state="failed")
    _set(task, version_id, reason=reason)


def _set(task: Task, version_id: UUID, *, unless_ready: bool = False, **values: str) -> int:
    where = [*_of(task, version_id)]
    if unless_ready:
        where.append(col(Measurement.state) != "ready")
    with task.base.writing() as db:
        return rows_changed(db, sa.update(Measurement).where(*where).values(**values))


def _of(task: Task, version_id: UUID) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return col(Measurement.user_id) == task.user_id, col(Measurement.version_id) == version_id


def known_hashes(db: Session) -> set[str]:
    """The SHA-256 of every waveform and every copy to listen to."""
    rows = db.execute(sa.select(col(Measurement.peaks_sha256), col(Measurement.listen_sha256)).distinct())
    return {sha256 for row in rows for sha256 in row if sha256}
