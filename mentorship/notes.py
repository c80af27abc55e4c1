"""The notes that the two of a session share. Two who write at once lose no word: what touches different lines is
brought together, what touches the same ones is shown to whoever saves last."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core import prose
from core.errors import Conflict, NotFound, Refused
from mentorship import merging, revisions, signing, writing
from mentorship.models.meetings import StudioSession

SAME_LINES = (
    "{by} changed the same lines, so yours are not saved yet. Both texts are below: bring them together, then save."
)
TOO_LONG_TOGETHER = (
    "{by} wrote meanwhile, and both texts together are longer than {most:,} characters, so yours are not saved yet. "
    "Both are below: shorten them, then save."
)


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote. base: the number of the state they began with; since: the text they really began with,
    where their page has gone on from that state by itself (None: as it was kept)."""

    text: str  # Markdown
    base: int
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of it. others: whose words were brought together with these, as in "Ben"; "": nobody's."""

    session: StudioSession
    number: int
    others: str = ""
    unsigned: bool = False  # there was a signature, and it went


class NotesConflict(Conflict):
    """Somebody else changed the same lines meanwhile; nothing was saved."""

    def __init__(self, text: str, *, theirs: str, mine: str, both: str, number: int, by: str) -> None:
        super().__init__(text)
        self.theirs = theirs  # as saved now
        self.mine = mine
        self.both = both  # every line of both, to begin with
        self.number = number  # of what is saved now
        self.by = by


def save(db: Session, person_id: UUID, session_id: UUID, written: Written, *, at: datetime) -> Saved:
    """Save the notes. What others saved since `written.base` stays: merged, or NotesConflict."""
    session = writing.to_write(db, person_id, session_id)
    revisions.catch_up(db, session)
    text = written.text.replace("\r\n", "\n").strip()
    check_length(text)
    if text == session.notes:
        return Saved(session, session.notes_number)
    if written.base > session.notes_number:
        raise Refused("This page knows a state of the notes that is not there. Reload it, then bring your words in.")
    if written.base == session.notes_number and written.since is None:
        return _kept(db, session, person_id, text, "", at)
    others = revisions.others_since(db, session, written.base, person_id)
    base = written.since if written.since is not None else revisions.text_of(db, session, written.base)
    merged = merging.merge(base, text, session.notes)
    if not merged.is_clear or len(merged.text) > prose.LONGEST_MARKDOWN:
        by = others or "You, on another page,"
        why = SAME_LINES if not merged.is_clear else TOO_LONG_TOGETHER
        raise NotesConflict(
            why.format(by=by, most=prose.LONGEST_MARKDOWN),
            theirs=session.notes,
            mine=text,
            both=merged.text,
            number=session.notes_number,
            by=others,
        )
    if merged.text == session.notes:
        return Saved(session, session.notes_number, others)
    return _kept(db, session, person_id, merged.text, others, at)


def take_up(db: Session, person_id: UUID, session_id: UUID, number: int, base: int, *, at: datetime) -> Saved:
    """Let the notes say again what they said in an earlier state, as a new one.

    base: the newest state that the person knew of; a newer one refuses (Conflict).
    """
    session = writing.to_write(db, person_id, session_id)
    revisions.catch_up(db, session)
    earlier = revisions.find(db, session, number)
    if base != session.notes_number:
        raise Conflict("Somebody saved newer notes while you were looking. Look at them first; nothing was changed.")
    if earlier.text == session.notes:
        return Saved(session, session.notes_number)
    return _kept(db, session, person_id, earlier.text, "", at)


def of_the_two(session: StudioSession, person_id: UUID) -> StudioSession:
    """The session, for those who wrote in it; for everybody else there are no earlier states."""
    if person_id not in (session.user_id, session.mentor_id):
        raise NotFound
    return session


def check_length(text: str) -> None:
    if len(text) > prose.LONGEST_MARKDOWN:
        raise Refused(
            f"These notes have {len(text):,} characters; the most we can take is {prose.LONGEST_MARKDOWN:,}. Nothing "
            "was saved. Put a part of them elsewhere, then save again.",
            field="notes",
        )


def _kept(db: Session, session: StudioSession, person_id: UUID, text: str, others: str, at: datetime) -> Saved:
    number = revisions.keep(db, session, text, person_id, at=at)
    unsigned = signing.clear(db, session, person_id, at=at)
    writing.tell_other(db, session, person_id, "wrote in the notes", at=at)
    return Saved(session, number, others, unsigned)
