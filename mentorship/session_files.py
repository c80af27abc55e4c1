"""Files that show what a session was: a voice memo, a certificate, something made in it.

Who may read a session gets its files. Sound is heard by the apprentice and by those she is linked with now: after the
end of a link what was held together stays readable to both, but silent.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import User
from core.database import get_or_404
from core.errors import Conflict, NotAllowed, Refused
from core.ids import uuid7
from core.storage import Storage
from mentorship import links, sessions, writing
from mentorship.kept_files import hold_files
from mentorship.models.meetings import SessionFile, StudioSession
from mentorship.portfolio import Upload

MOST_FILES = 20  # of a session


def of_session(db: Session, viewer_id: UUID, session: StudioSession) -> list[SessionFile]:
    """The files of a session that this person may read, as far as this person gets them; the earliest first."""
    statement = select(SessionFile).where(*_of(session)).order_by(col(SessionFile.added_at), col(SessionFile.id))
    if not _may_hear(db, viewer_id, session):
        statement = statement.where(SessionFile.kind != "audio")
    return list(db.exec(statement))


def find(db: Session, viewer_id: UUID, session_id: UUID, file_id: UUID) -> SessionFile:
    """One file of a session, if this person gets it; else it is not found."""
    session = sessions.seen(db, viewer_id, session_id)
    statement = select(SessionFile).where(*_of(session), SessionFile.id == file_id)
    if not _may_hear(db, viewer_id, session):
        statement = statement.where(SessionFile.kind != "audio")
    return get_or_404(db, statement)


def check_may_add(db: Session, person_id: UUID, session_id: UUID) -> None:
    """Say no to somebody who may not write in a session before their file is looked at."""
    session = sessions.seen(db, person_id, session_id)
    if not writing.may_write(db, person_id, session):
        raise NotAllowed(writing.why_not(db, person_id, session))


def add(
    db: Session, storage: Storage, person_id: UUID, session_id: UUID, upload: Upload, *, at: datetime
) -> SessionFile:
    """Keep a file with a session; its row is written after the file stands in its place.

    The very same file twice is refused, and so is more than MOST_FILES.
    """
    session = writing.to_write(db, person_id, session_id)
    hold_files(db)
    there = db.exec(select(SessionFile).where(*_of(session))).all()
    for one in there:
        if one.sha256 == upload.staged.sha256:
            raise Refused(f"This very file is here already, as {one.file_name}. Nothing was added.", field="file")
    if len(there) >= MOST_FILES:
        raise Refused(
            f"This session has {MOST_FILES} files, the most that one can have. Remove one first, "
            "or put what you made into your portfolio.",
            field="file",
        )
    found = upload.found
    file = SessionFile(
        user_id=session.user_id,
        id=uuid7(),
        session_id=session.id,
        kind=found.kind,
        media_type=found.media_type,
        file_name=upload.name,
        sha256=upload.staged.sha256,
        size=upload.staged.size,
        seconds=found.seconds,
        added_by=person_id,
        added_at=at,
    )
    storage.keep(upload.staged)
    db.add(file)
    db.flush()
    writing.tell_other(db, session, person_id, "added a file to the page", at=at)
    return file


def remove(db: Session, person_id: UUID, session_id: UUID, file_id: UUID) -> str:
    """Take a file away from a session, by who added it; returns its name. Not after both have signed.

    Its content goes with the next sweep, unless something else is the same file.
    """
    session = writing.to_write(db, person_id, session_id)
    file = get_or_404(db, select(SessionFile).where(*_of(session), SessionFile.id == file_id))
    if file.added_by != person_id:
        other = db.get(User, file.added_by)
        name = other.name if other else "somebody who left"
        raise NotAllowed(f"{file.file_name} was added by {name}. Who adds a file can remove it.")
    if session.signed_at and session.mentor_signed_at:
        raise Conflict(
            f"You both signed this session with {file.file_name}, so it stays. Take your signature back first, "
            "or add a better file beside it."
        )
    db.delete(file)
    db.flush()
    return file.file_name


def known_hashes(db: Session) -> set[str]:
    """The SHA-256 of every file that a session names. Until the transaction ends, no upload adds one."""
    hold_files(db, alone=True)
    return set(db.exec(select(SessionFile.sha256).distinct()))


def _of(session: StudioSession) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return col(SessionFile.user_id) == session.user_id, col(SessionFile.session_id) == session.id


def _may_hear(db: Session, viewer_id: UUID, session: StudioSession) -> bool:
    return viewer_id == session.user_id or links.are_linked(db, session.user_id, viewer_id)
