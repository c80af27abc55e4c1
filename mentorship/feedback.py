"""Reviews in four parts. Here the other way round: a mentor asks an apprentice what she hears in a piece of the
mentor's; she answers once, and the mentor answers her.

The four parts stand here in one place, for every review of a piece.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select as Rows

from core import inbox
from core.accounts import User
from core.database import get_or_404
from core.errors import Conflict, InvalidForm, NotAllowed, Refused
from core.ids import uuid7
from mentorship import links, news, portfolio
from mentorship.models.pieces import Feedback, Piece, Version
from mentorship.portfolio import OF_PIECE

LONGEST = 1000  # characters of a part, of the question and of the answer
MOST_OPEN = 50  # asked by one mentor and not given yet


@dataclass(frozen=True, slots=True)
class Part:
    """One of the four parts of a review. name: the column and the field."""

    name: str
    words: str
    hint: str


PARTS = (
    Part("first_impression", "First impression", "What it did to you before you began to think about it."),
    Part("strongest", "Strongest", "What must stay as it is, and why it works."),
    Part("weakest", "Weakest", "What pulls you out of it, and where: a minute and second help."),
    Part("next_step", "Next step", "The one thing to try first in the next version."),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A review as one of its two sees it. hears: whether they may open the version's file now."""

    feedback: Feedback
    piece: Piece
    version: Version
    asker: User
    is_asker: bool
    is_linked: bool

    @property
    def hears(self) -> bool:
        return self.is_asker or (self.is_linked and self.feedback.withdrawn_at is None)

    @property
    def word(self) -> str:
        """asked, given, answered or withdrawn."""
        if self.feedback.answered_at:
            return "answered"
        if self.feedback.given_at:
            return "given"
        return "withdrawn" if self.feedback.withdrawn_at else "asked"

    @property
    def waits(self) -> bool:
        """Whether it is the reader's turn."""
        return self.is_linked and self.word == ("given" if self.is_asker else "asked")


def ask(
    db: Session, mentor_id: UUID, version_id: UUID, apprentice_id: UUID, question: str, *, at: datetime
) -> Feedback:
    """Ask an apprentice what she hears in a version of one's own piece; she may open that version from now on."""
    piece, version = portfolio.own_version(db, mentor_id, version_id)
    if apprentice_id not in links.apprentices_of(db, mentor_id):
        raise Refused("Choose one of your apprentices. Nobody else can be asked.", field="person")
    if not question.strip():
        raise Refused("Ask one question, so that they know what to listen for.", field="question")
    open_ones = _open(db, mentor_id)
    if len(open_ones) >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} of your questions wait for an answer. Take some of them back first.")
    apprentice = db.get_one(User, apprentice_id)
    if any(one.version_id == version_id and one.from_id == apprentice_id for one in open_ones):
        raise Conflict(f"You asked {apprentice.name} about V{version.number} already. Nothing was sent again.")
    feedback = Feedback(
        user_id=mentor_id,
        id=uuid7(),
        version_id=version_id,
        from_id=apprentice_id,
        from_name=apprentice.name,
        question=question.strip(),
        asked_at=at,
    )
    db.add(feedback)
    asker = db.get_one(User, mentor_id)
    _tell(db, feedback, apprentice_id, f"{asker.name} asks what you hear in {piece.title}, V{version.number}.", at)
    return feedback


def find(db: Session, viewer_id: UUID, feedback_id: UUID) -> Seen:
    """The review with this id as its asker or the asked sees it.

    The asked finds it while the link is in force and it was not taken back; what was given stays readable to both.
    """
    row = get_or_404(db, _rows().where(Feedback.id == feedback_id, _readable(db, viewer_id)))
    return _as_seen(viewer_id, row, links.mentors_of(db, viewer_id), links.apprentices_of(db, viewer_id))


def listed(db: Session, person_id: UUID) -> list[Seen]:
    """All that somebody asked for or was asked for and may still read, the newest first."""
    newest = _rows().where(_readable(db, person_id)).order_by(col(Feedback.asked_at).desc(), col(Feedback.id).desc())
    mentors, apprentices = links.mentors_of(db, person_id), links.apprentices_of(db, person_id)
    return [_as_seen(person_id, row, mentors, apprentices) for row in db.exec(newest)]


def waiting_for(db: Session, person_id: UUID) -> list[Seen]:
    """What somebody is asked to review and has not given yet, the oldest first."""
    return [one for one in reversed(listed(db, person_id)) if one.waits and not one.is_asker]


def to_answer(db: Session, person_id: UUID) -> list[Seen]:
    """What was given to somebody who has not answered it yet, and still can; the oldest first."""
    return [one for one in reversed(listed(db, person_id)) if one.waits and one.is_asker]


def of_piece(db: Session, owner_id: UUID, piece_id: UUID) -> list[Seen]:
    """What was asked about one's own piece, the newest first."""
    return [one for one in listed(db, owner_id) if one.is_asker and one.piece.id == piece_id]


def give(db: Session, person_id: UUID, feedback_id: UUID, parts: Mapping[str, str], *, at: datetime) -> Feedback:
    """Send a review, once. parts: name of each of PARTS -> what was written; an empty one is refused."""
    seen = _to_change(db, person_id, feedback_id)
    feedback, asker = seen.feedback, seen.asker
    if seen.is_asker:
        raise NotAllowed(f"You asked {feedback.from_name}. Only they can send this review.")
    if feedback.given_at:
        raise Conflict("You sent this review already. What you sent first stays as it was.")
    check_parts(parts)
    for part in PARTS:
        setattr(feedback, part.name, parts[part.name].strip())
    feedback.given_at = at
    _tell(db, feedback, asker.id, f"{feedback.from_name} reviewed {seen.piece.title}, V{seen.version.number}.", at)
    return feedback


def answer(db: Session, person_id: UUID, feedback_id: UUID, text: str, *, at: datetime) -> Feedback:
    """The mentor answers what was given, once, while the two are linked."""
    seen = _to_change(db, person_id, feedback_id)
    feedback = seen.feedback
    if not seen.is_asker:
        raise NotAllowed(f"{seen.asker.name} answers this. You can read it here when it is done.")
    if feedback.given_at is None:
        raise Conflict(f"{feedback.from_name} has not sent the review yet. You can answer when it is here.")
    if not seen.is_linked:
        raise NotAllowed(f"{feedback.from_name} is no longer your apprentice, so this can be read but not answered.")
    if feedback.answered_at:
        raise Conflict("You answered this already. What you sent first stays as it was.")
    if not text.strip():
        raise Refused("Write a line first: what you take from it.", field="answer")
    feedback.answer, feedback.answered_at = text.strip(), at
    if feedback.from_id:
        _tell(db, feedback, feedback.from_id, f"{seen.asker.name} answered your review of {seen.piece.title}.", at)
    return feedback


def withdraw(db: Session, person_id: UUID, feedback_id: UUID, *, at: datetime) -> Feedback:
    """Take back what was asked: the file is closed to the asked. What was given stays readable. Twice is no error."""
    seen = _to_change(db, person_id, feedback_id)
    feedback = seen.feedback
    if not seen.is_asker:
        raise NotAllowed(f"{seen.asker.name} asked for this, so only {seen.asker.name} can take it back.")
    feedback.withdrawn_at = feedback.withdrawn_at or at
    return feedback


def check_parts(parts: Mapping[str, str]) -> None:
    """Refuse a review in which a part is missing or too long, with a sentence for each."""
    errors = {}
    for part in PARTS:
        text = parts.get(part.name, "").strip()
        if not text:
            errors[part.name] = "One sentence is enough, but all four parts belong to a review."
        elif len(text) > LONGEST:
            errors[part.name] = f"This is longer than {LONGEST} characters. Shorten it a little."
    if errors:
        raise InvalidForm(errors)


def _rows() -> Rows[Feedback, Piece, Version, User]:
    of_version = sa.and_(col(Version.user_id) == Feedback.user_id, col(Version.id) == Feedback.version_id)
    return (
        select(Feedback, Piece, Version, User)
        .join(Version, of_version)
        .join(Piece, OF_PIECE)
        .join(User, col(User.id) == Feedback.user_id)
    )


def _readable(db: Session, viewer_id: UUID) -> sa.ColumnElement[bool]:
    mentors = links.mentors_of(db, viewer_id)
    is_open = sa.and_(col(Feedback.withdrawn_at).is_(None), col(Feedback.user_id).in_(mentors))
    is_given = col(Feedback.given_at).is_not(None)
    return sa.or_(
        col(Feedback.user_id) == viewer_id,
        sa.and_(col(Feedback.from_id) == viewer_id, sa.or_(is_given, is_open)),
    )


def _as_seen(
    viewer_id: UUID, row: tuple[Feedback, Piece, Version, User], mentors: set[UUID], apprentices: set[UUID]
) -> Seen:
    feedback, piece, version, asker = row
    is_asker = feedback.user_id == viewer_id
    is_linked = feedback.from_id in apprentices if is_asker else feedback.user_id in mentors
    return Seen(feedback, piece, version, asker, is_asker, is_linked)


def _to_change(db: Session, person_id: UUID, feedback_id: UUID) -> Seen:
    """The review, locked: a second tab waits here for the first."""
    seen = find(db, person_id, feedback_id)
    db.refresh(seen.feedback, with_for_update=True)
    return seen


def _open(db: Session, mentor_id: UUID) -> list[Feedback]:
    """What a mentor asked and nobody has given or taken back; two that ask at once wait for each other."""
    db.exec(select(User.id).where(User.id == mentor_id).with_for_update(key_share=True)).first()
    is_open = (col(Feedback.given_at).is_(None), col(Feedback.withdrawn_at).is_(None))
    return list(db.exec(select(Feedback).where(Feedback.user_id == mentor_id, *is_open)))


def _tell(db: Session, feedback: Feedback, to: UUID, text: str, at: datetime) -> None:
    path, thread = f"/feedback/{feedback.id}", f"feedback:{feedback.id}"
    inbox.tell(db, to, news.FEEDBACK, text, path=path, thread=thread, at=at)
