"""Writing down afterwards what was held: three lines, and the third is a promise; changing it later."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from core import prose
from core.errors import Refused
from curriculum.library import Library
from mentorship import actions, news, planning, sessions, signing
from mentorship.actions import Promise
from mentorship.models.meetings import StudioSession
from mentorship.sessions import Between, Entry, Kind


@dataclass(frozen=True, slots=True)
class Lines:
    """What somebody has to say in under a minute."""

    did: str = ""  # what we did
    take: str = ""  # what I take with me
    next: str = ""  # the next step: a promise
    more: str = ""  # longer notes, Markdown


@dataclass(frozen=True, slots=True)
class Next:
    """Whose the next step is, and by when. owner_id None: the apprentice's."""

    owner_id: UUID | None = None
    due_on: date | None = None


def afterwards(
    db: Session,
    library: Library,
    person_id: UUID,
    kind: Kind,
    between: Between,
    entry: Entry,
    lines: Lines,
    step: Next,
    *,
    at: datetime,
) -> StudioSession:
    """Write down what was held, with its next step as an action. What is still to come is refused: it is planned."""
    if entry.starts_at > at:
        raise Refused("This is still to come, and a log is for what was held. Plan it instead.", field="day")
    session = sessions.log(db, library, person_id, kind, between, entry, at=at)
    if lines.next:
        promise = Promise(lines.next, step.owner_id or session.user_id, step.due_on)
        actions.add_action(db, person_id, session.id, promise, at=at)
    if kind == "meeting":
        said = "logged your {name} of {when}. Read it, and sign it if so it was."
        planning.tell(db, session, person_id, said, at, kind=news.SIGNING)
    return session


def change(
    db: Session,
    library: Library,
    person_id: UUID,
    session_id: UUID,
    entry: Entry,
    *,
    before: datetime | None,
    at: datetime,
) -> bool:
    """Write a session anew, as `sessions.change`; True: it had been signed, and is not any more."""
    session = sessions.to_change(db, person_id, session_id)
    signed = _what_is_signed(session)
    sessions.change(db, library, person_id, session_id, entry, before=before, at=at)
    return _what_is_signed(session) != signed and signing.clear(db, session, person_id, at=at)


def notes_of(lines: Lines, kind: Kind) -> str:
    """The lines as one text in Markdown; those that say nothing are left out."""
    who = "I" if kind == "practice" else "we"
    said = ((f"What {who} did", lines.did), ("What I take with me", lines.take), ("Next step", lines.next))
    parts = [f"**{name}.** {text}" for name, text in said if text]
    notes = "\n\n".join([*parts, lines.more] if lines.more else parts)
    if len(notes) > prose.LONGEST_MARKDOWN:
        raise Refused(
            f"These notes have {len(notes)} characters together; we keep up to {prose.LONGEST_MARKDOWN}. Shorten them, "
            "or add the long text as a file afterwards.",
            field="notes",
        )
    return notes


def _what_is_signed(session: StudioSession) -> tuple[object, ...]:
    return (
        *(session.starts_at, session.minutes, session.real_minutes, session.title, session.mode, session.place),
        *(session.involvement, session.goal, session.result, session.course, tuple(session.milestones)),
    )
