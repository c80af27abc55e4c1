"""Long work that a person asked for and that goes on when they leave the page: an import, a fit, a measurement.

The job process does it, one piece after the other: next is whoever was served longest ago, with their oldest piece, so
that nobody waits for all twenty files of somebody else. Its lock (core/jobs.py) is the lease. So a piece
that is found "running" when the process starts was cut off: its kind says whether it is begun again. Kinds are listed
in app.py.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from core import clock
from core.database import Database, database, get_or_404, rows_changed
from core.errors import Busy, Refused
from core.ids import uuid7

LOOK_SECONDS = 1.0  # between two looks for somebody's wish
TELL_SECONDS = 0.5  # progress is written at most this often
TELL_PATIENCE = 0.05  # seconds that a word on progress may wait for the database
ENDING_TRIES = 12  # of five seconds each: what came of the work is worth waiting for
STARTS = 2  # a piece that ends the process each time is not begun for ever
MOST_UNFINISHED = 5  # pieces of one kind, of one person
KEPT = timedelta(days=30)
UNFINISHED = ("waiting", "running")
FAILED = (
    "Something went wrong on our side, and this was given up. It is noted for the people who run this site. "
    "Try again; if it happens once more, tell them."
)
CUT_OFF_AGAIN = "The server was stopped in the middle of this, more than once. Ask the people who run this site."
log = logging.getLogger("woodshed.work")


class Work(SQLModel, table=True):
    """One piece of work and how far it is. Done by the job process, one after the other."""

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: str  # its name in app.py
    title: str  # as the page calls it
    state: str = "waiting"  # waiting | running | done | failed | cancelled
    stage: str = ""  # what is being done now, in words
    done: int = 0
    total: int = 0  # 0: not known yet
    asked: str = "{}"  # what it was asked to do, as JSON
    result: str = "{}"  # what came of it, as JSON; {"error": sentence} when it failed
    made_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancel_asked_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.state not in UNFINISHED

    @property
    def wish(self) -> dict[str, Any]:
        """What it was asked to do."""
        found: dict[str, Any] = json.loads(self.asked)
        return found

    @property
    def outcome(self) -> dict[str, Any]:
        """What came of it."""
        found: dict[str, Any] = json.loads(self.result)
        return found


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work.

    run: does it and returns what came of it, to be kept as JSON; `said` in there is the sentence on its page. It raises
    Refused with a sentence when it cannot.
    asked_on: endpoint and words of the page where it is asked for.
    leads_to: endpoint (given the piece's id as `work_id`) and words of the way on when it is done.
    goes_on: whether that page opens by itself.
    cut_off: what to say when the server was stopped in the middle; "": it is begun again.
    """

    run: "Callable[[Task], Mapping[str, Any]]"
    asked_on: tuple[str, str]
    leads_to: tuple[str, str]
    goes_on: bool = False
    cut_off: str = ""


class Cancelled(Exception):
    """Whoever asked for the work does not want it any more."""


class CutOff(Exception):
    """The process is told to end."""


@dataclass(slots=True)
class Task:
    """A piece of work under way, as its kind sees it."""

    base: Database
    work: Work
    stop: threading.Event = field(default_factory=threading.Event)
    _told: tuple[str, float] = ("", 0.0)  # the last stage that was written, and when (monotonic)

    @property
    def user_id(self) -> UUID:
        return self.work.user_id

    @property
    def asked(self) -> dict[str, Any]:
        return self.work.wish

    def tell(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done now. total: 0 when it is not known.

        To be called often: it costs nothing but twice a second. Raises Cancelled or CutOff when the work is to end, so
        that whatever was not committed is taken back.
        """
        if self.stop.is_set():
            raise CutOff
        now = time.monotonic()
        if stage == self._told[0] and now - self._told[1] < TELL_SECONDS:
            return
        self._told = (stage, now)
        if self._is_cancelled(stage, done, total):
            raise Cancelled

    def end(self, db: Session, result: Mapping[str, Any], *, at: datetime) -> None:
        """Mark the work as done within the transaction of its effect. Raises CutOff if somebody else took it over."""
        if not _close(db, self.work, "done", result, at=at):
            raise CutOff

    def _is_cancelled(self, stage: str, done: int, total: int) -> bool:
        """Write how far it is. On SQLite that is left out while the work itself, or somebody else, is writing."""
        asked = col(Work.cancel_asked_at)
        try:
            with self.base.writing(patience=TELL_PATIENCE) as db:
                update = sa.update(Work).where(*_under_way(self.work)).values(stage=stage, done=done, total=total)
                row = db.execute(update.returning(asked)).first()
        except (Busy, OperationalError):
            with self.base.reading() as db:
                row = db.execute(sa.select(asked).where(*_under_way(self.work))).first()
        if row is None:
            raise CutOff
        return row[0] is not None


# -- what people ask for -------------------------------------------------------------------------------------


def ask(
    db: Session,
    user_id: UUID,
    kind: str,
    title: str,
    asked: Mapping[str, Any],
    *,
    most: int = MOST_UNFINISHED,
    at: datetime,
) -> Work:
    """Put a piece of work into the queue; the same wish, while it waits or is done, is one piece.

    most: unfinished pieces of this kind that one person may have; one more is refused.
    """
    mine = (col(Work.user_id) == user_id, col(Work.kind) == kind)
    unfinished = db.exec(select(Work).where(*mine, col(Work.state).in_(UNFINISHED))).all()
    wish = json.dumps(asked, sort_keys=True)
    for work in unfinished:
        if work.asked == wish and work.cancel_asked_at is None:
            return work
    if len(unfinished) >= most:
        raise Refused(f"{most} pieces of your work are waiting already. Let one of them end first.")
    work = Work(user_id=user_id, id=uuid7(), kind=kind, title=title, asked=wish, made_at=at)
    db.add(work)
    return work


def find(db: Session, user_id: UUID, work_id: UUID, *kinds: str) -> Work:
    """One of this person's pieces, or NotFound. kinds: which it may be; any when left out."""
    mine = select(Work).where(col(Work.user_id) == user_id, col(Work.id) == work_id)
    if kinds:
        mine = mine.where(col(Work.kind).in_(kinds))
    found: Work = get_or_404(db, mine)
    return found


def before(db: Session, work: Work) -> int:
    """How many pieces are done before this one, which waits; about, since people take turns."""
    unfinished = sa.select(col(Work.user_id), sa.func.count()).where(col(Work.state).in_(UNFINISHED))
    mine = db.scalar(
        sa.select(sa.func.count()).where(
            col(Work.user_id) == work.user_id, col(Work.state).in_(UNFINISHED), col(Work.made_at) < work.made_at
        )
    )
    others = db.execute(unfinished.where(col(Work.user_id) != work.user_id).group_by(col(Work.user_id)))
    return (mine or 0) + sum(min(count, (mine or 0) + 1) for _, count in others)


def cancel(db: Session, work: Work, *, at: datetime) -> None:
    """End a piece of work: at once while it waits, else at its next word on how far it is. Over is over."""
    mine = (col(Work.user_id) == work.user_id, col(Work.id) == work.id)
    waits = sa.update(Work).where(*mine, col(Work.state) == "waiting")
    if not rows_changed(db, waits.values(state="cancelled", ended_at=at, cancel_asked_at=at)):
        running = sa.update(Work).where(*mine, col(Work.state) == "running", col(Work.cancel_asked_at).is_(None))
        db.execute(running.values(cancel_asked_at=at))


def forget_old(db: Session, *, at: datetime) -> int:
    """Remove pieces that were over a month ago. Returns how many."""
    return rows_changed(db, sa.delete(Work).where(col(Work.ended_at) < at - KEPT))


# -- doing it ------------------------------------------------------------------------------------------------


def look_after(app: Flask, stop: threading.Event) -> None:
    """Do what people asked for until `stop` is set. Only in the process that holds the lock of the jobs."""
    is_begun = False
    while not stop.is_set():
        try:
            if not is_begun:
                take_up(app)
                is_begun = True
            if run_next(app, stop):
                continue
        except Exception:
            log.exception("the queue of work could not be read; it is tried again")
        stop.wait(LOOK_SECONDS)


def take_up(app: Flask) -> None:
    """See to the pieces that were cut off when the last process ended."""
    with app.app_context():
        with database().reading() as db:
            found = db.exec(select(Work).where(col(Work.state) == "running")).all()
        for work in found:
            _put_back(database(), work, app.extensions["work"].get(work.kind))


def run_next(app: Flask, stop: threading.Event | None = None) -> bool:
    """Do the piece whose turn it is; False when there is none. Whatever it raises ends as a sentence on its page."""
    with app.app_context():
        base = database()
        work = _take(base)
        if work is None:
            return False
        task = Task(base, work, stop or threading.Event())
        kind: Kind | None = app.extensions["work"].get(work.kind)
        try:
            if kind is None:
                raise Refused("This Woodshed does not know that kind of work any more. Begin it anew on its page.")
            _finish(base, work, "done", kind.run(task))
        except Cancelled:
            _finish(base, work, "cancelled", {})
        except CutOff:
            _put_back(base, work, kind)
        except Refused as refusal:
            _finish(base, work, "failed", {"error": refusal.text})
        except Exception:
            log.exception("%s %s of %s failed", work.kind, work.id, work.user_id)
            _finish(base, work, "failed", {"error": FAILED})
        return True


def _take(base: Database) -> Work | None:
    """Claim the oldest piece of whoever was served longest ago."""
    theirs = aliased(Work)
    served = sa.select(sa.func.max(theirs.started_at)).where(col(theirs.user_id) == col(Work.user_id)).scalar_subquery()
    turns = (served.is_not(None), served, col(Work.made_at), col(Work.id))  # never served: first
    waits = select(Work).where(col(Work.state) == "waiting").order_by(*turns).limit(1)
    with base.reading() as db:
        if db.exec(waits).first() is None:  # most looks end here, and nobody's writing waits for them
            return None
    with base.writing() as db:
        work = db.exec(waits.with_for_update(skip_locked=True)).first()
        if work is None:
            return None
        work.state, work.started_at = "running", clock.now()
        db.add(work)
        db.flush()
        db.expunge(work)
    return work


def _put_back(base: Database, work: Work, kind: Kind | None) -> None:
    """A piece that was cut off: begun again, once, or marked as failed."""
    starts = work.outcome.get("starts", 1)
    if work.cancel_asked_at is not None:
        _finish(base, work, "cancelled", {})
    elif kind is None or kind.cut_off or starts >= STARTS:
        _finish(base, work, "failed", {"error": (kind and kind.cut_off) or CUT_OFF_AGAIN})
    else:
        with base.writing() as db:
            again = {"state": "waiting", "stage": "", "done": 0, "result": json.dumps({"starts": starts + 1})}
            db.execute(sa.update(Work).where(*_under_way(work)).values(**again))


def _finish(base: Database, work: Work, state: str, result: Mapping[str, Any]) -> None:
    """Keep how a piece of work ended; nothing to do where it said so itself in its own transaction."""
    for last in range(ENDING_TRIES):
        try:
            with base.writing() as db:
                _close(db, work, state, result, at=clock.now())
            return
        except (Busy, OperationalError):
            if last == ENDING_TRIES - 1:
                raise


def _close(db: Session, work: Work, state: str, result: Mapping[str, Any], *, at: datetime) -> bool:
    values = {"state": state, "result": json.dumps(dict(result)), "ended_at": at}
    return rows_changed(db, sa.update(Work).where(*_under_way(work)).values(**values)) == 1


def _under_way(work: Work) -> tuple[Any, ...]:
    """The row of a piece, as long as it is under way by whoever took it."""
    return (
        col(Work.user_id) == work.user_id,
        col(Work.id) == work.id,
        col(Work.state) == "running",
        col(Work.started_at) == work.started_at,
    )
