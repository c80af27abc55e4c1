"""What somebody writes down about a session for nobody else. It stays theirs, also when the link is over."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from core import prose
from core.database import insert_into
from core.errors import Refused
from mentorship import merging, notes, sessions
from mentorship.models.meetings import OwnNote


def of(db: Session, person_id: UUID, session_id: UUID) -> OwnNote | None:
    """Somebody's own note about a session."""
    return db.get(OwnNote, (person_id, session_id))


def save(
    db: Session, person_id: UUID, session_id: UUID, text: str, *, before: datetime | None, at: datetime
) -> tuple[OwnNote, bool]:
    """Save one's own note about a session that one may read. True: another page of theirs had saved since, and both
    texts are in it.

    before: its `changed_at` when the writer began.
    """
    sessions.seen(db, person_id, session_id)
    text = text.replace("\r\n", "\n").strip()
    notes.check_length(text)
    empty = {"user_id": person_id, "session_id": session_id, "text": "", "changed_at": at}
    db.execute(insert_into(db, OwnNote).values(empty).on_conflict_do_nothing())
    mine = select(OwnNote).where(OwnNote.user_id == person_id, OwnNote.session_id == session_id)
    note = db.exec(mine.with_for_update().execution_options(populate_existing=True)).one()
    if note.text == text:
        return note, False
    was_changed = bool(note.text) and note.changed_at != before
    both = merging.together(note.text, text) if was_changed else text
    if len(both) > prose.LONGEST_MARKDOWN:
        raise Refused(
            "You saved other words on another page, and with these they are too long. Copy these, reload this page, "
            "then bring them in.",
            field="own",
        )
    note.text, note.changed_at = both, at
    return note, was_changed
