"""The saved states of a session's shared notes. Each saving adds one; none is ever changed or taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from core.accounts import User
from core.database import get_or_404
from mentorship.models.meetings import NoteRevision, StudioSession

ONE_SITTING = timedelta(minutes=10)  # savings of one writer that lie closer are one step of the history


@dataclass(frozen=True, slots=True)
class Step:
    """A state that somebody left the notes in. before: the number of the state they began with; 0: nothing."""

    number: int
    before: int
    by_id: UUID
    by_name: str
    at: datetime


def keep(db: Session, session: StudioSession, text: str, by_id: UUID, *, at: datetime) -> int:
    """The session's notes become this text. Returns the number of the revision. session: locked."""
    session.notes_number += 1
    session.notes = text
    _add(db, session, by_id, at)
    return session.notes_number


def catch_up(db: Session, session: StudioSession) -> None:
    """Keep what came into the notes with the session itself, as its logger's first revision. session: locked."""
    if number_of(db, session) > session.notes_number:
        keep(db, session, session.notes, session.logged_by, at=session.changed_at or session.logged_at)


def number_of(db: Session, session: StudioSession) -> int:
    """The number of the state that the notes are in, whether or not it was kept already."""
    newest = db.get(NoteRevision, (session.user_id, session.id, session.notes_number)) if session.notes_number else None
    return session.notes_number + (session.notes != (newest.text if newest else ""))


def newest(db: Session, session: StudioSession) -> NoteRevision | None:
    """The last one; None while nothing was kept."""
    if not session.notes_number:
        return None
    return db.get(NoteRevision, (session.user_id, session.id, session.notes_number))


def text_of(db: Session, session: StudioSession, number: int) -> str:
    """What the notes said then; 0: nothing yet. A number that was never reached is not found."""
    return find(db, session, number).text if number else ""


def find(db: Session, session: StudioSession, number: int) -> NoteRevision:
    return get_or_404(
        db,
        select(NoteRevision).where(
            NoteRevision.user_id == session.user_id,
            NoteRevision.session_id == session.id,
            NoteRevision.number == number,
        ),
    )


def others_since(db: Session, session: StudioSession, number: int, person_id: UUID) -> str:
    """Who else saved after this state: "Ben"."""
    statement = (
        select(NoteRevision.by_name)
        .where(
            NoteRevision.user_id == session.user_id,
            NoteRevision.session_id == session.id,
            NoteRevision.number > number,
            NoteRevision.by_id != person_id,
        )
        .distinct()
    )
    return " and ".join(sorted(db.exec(statement)))


def steps(db: Session, session: StudioSession) -> list[Step]:
    """The history of the notes, the latest first: what one writer saved in one sitting is one step."""
    columns = (NoteRevision.number, NoteRevision.by_id, NoteRevision.by_name, NoteRevision.at)
    statement = select(*columns).where(NoteRevision.user_id == session.user_id, NoteRevision.session_id == session.id)
    found: list[Step] = []
    for number, by_id, by_name, at in db.exec(statement.order_by(col(NoteRevision.number))):
        last = found[-1] if found else None
        if last and last.by_id == by_id and at - last.at < ONE_SITTING:
            found[-1] = Step(number, last.before, by_id, by_name, at)
        else:
            found.append(Step(number, number - 1, by_id, by_name, at))
    return found[::-1]


def step_of(steps: Sequence[Step], number: int) -> Step | None:
    """The step that holds this revision."""
    return next((step for step in steps if step.before < number <= step.number), None)


def _add(db: Session, session: StudioSession, by_id: UUID, at: datetime) -> None:
    writer = db.get(User, by_id)
    db.add(
        NoteRevision(
            user_id=session.user_id,
            session_id=session.id,
            number=session.notes_number,
            text=session.notes,
            by_id=by_id,
            by_name=writer.name if writer else "Somebody who left",
            at=at,
        )
    )
    db.flush()
