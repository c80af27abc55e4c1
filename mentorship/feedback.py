"""Reviews in four parts. An apprentice asks a mentor about an exact version, and gets marks and a verdict, too; the
other way round, a mentor asks an apprentice what she hears in a piece of the mentor's. Both answer once.

The four parts stand here in one place, for every review of a piece.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User
from core.database import get_or_404
from core.errors import Conflict, InvalidForm, NotAllowed, Refused
from core.ids import uuid7
from mentorship import links, news, piece_states, portfolio, reviews
from mentorship.models.people import Link
from mentorship.models.pieces import Feedback, Piece, Version
from mentorship.portfolio import OF_PIECE

LONGEST = 1000  # characters of a part, of the question and of the answer
MOST_OPEN = 50  # asked by one person and not given yet


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
    """A review as one of its two sees it.

    is_linked: whether it can go on: their link is in force and, where a mentor is asked, shows that mentor the piece.
    newest: number of the piece's newest version now.
    """

    feedback: Feedback
    piece: Piece
    version: Version
    asker: User
    newest: int
    is_asker: bool
    is_linked: bool

    @property
    def of_mentor(self) -> bool:
        """Whether a mentor is asked, with marks and a verdict."""
        return self.feedback.side == "mentor"

    @property
    def hears(self) -> bool:
        """Whether the reader may open the version's file now."""
        return self.is_asker or (self.is_linked and self.feedback.withdrawn_at is None)

    @property
    def is_earlier(self) -> bool:
        return self.version.number < self.newest

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
        """Whether it is the reader's turn. What a mentor said need not be answered: the next version does."""
        if self.piece.archived_at or not self.is_linked:
            return False
        return self.word == ("given" if self.is_asker and not self.of_mentor else "" if self.is_asker else "asked")


def ask(
    db: Session, mentor_id: UUID, version_id: UUID, apprentice_id: UUID, question: str, *, at: datetime
) -> Feedback:
    """Ask an apprentice what she hears in a version of one's own piece; she may open that version from now on."""
    piece, version = portfolio.own_version(db, mentor_id, version_id)
    if apprentice_id not in links.apprentices_of(db, mentor_id):
        raise Refused("Choose one of your apprentices. Nobody else can be asked.", field="person")
    feedback, asker = _asked(db, mentor_id, version, apprentice_id, question, "apprentice", (), at)
    _tell(db, feedback, apprentice_id, f"{asker.name} asks what you hear in {piece.title}, V{version.number}.", at)
    return feedback


def ask_mentor(
    db: Session,
    owner_id: UUID,
    version_id: UUID,
    mentor_id: UUID,
    question: str,
    areas: Collection[str],
    *,
    at: datetime,
) -> Feedback:
    """Ask a mentor who sees pieces for a verdict on a version of one's own; the piece is shared with mentors by it.

    areas: names of reviews.AREAS, one at least. It cannot be taken back.
    """
    found, version = portfolio.own_version(db, owner_id, version_id)
    piece = portfolio.own(db, owner_id, found.id)  # held: nobody makes it a draft meanwhile
    if piece.is_reference:
        raise Refused(f"{piece.title} is a reference, somebody else's record. Ask about a piece of yours.")
    if mentor_id not in {mentor.id for mentor in links.mentors_who_see(db, owner_id, "pieces")}:
        raise Refused("Choose a mentor who sees your pieces. Nobody else can be asked.", field="person")
    wanted = tuple(area.name for area in reviews.AREAS if area.name in areas)
    if not wanted or len(wanted) != len(set(areas)):
        raise Refused("Choose what to listen for from the list, one thing at least.", field="areas")
    portfolio.share(db, piece, at=at)
    feedback, asker = _asked(db, owner_id, version, mentor_id, question, "mentor", wanted, at)
    _tell(db, feedback, mentor_id, f"{asker.name} asks you for a review of {piece.title}, V{version.number}.", at)
    return feedback


def find(db: Session, viewer_id: UUID, feedback_id: UUID) -> Seen:
    """The review with this id as its asker or the asked sees it.

    The asked finds it while it stands: not taken back, and the link in force (a mentor's must show pieces). What was
    given stays readable to both.
    """
    reach = _reach(db, viewer_id)
    row = get_or_404(db, _rows().where(Feedback.id == feedback_id, _readable(viewer_id, reach)))
    return _as_seen(viewer_id, row, reach)


def listed(db: Session, person_id: UUID, *conditions: sa.ColumnElement[bool]) -> list[Seen]:
    """All that somebody asked for or was asked for and may still read, the newest first."""
    reach = _reach(db, person_id)
    rows = _rows().where(_readable(person_id, reach), *conditions)
    newest = rows.order_by(col(Feedback.asked_at).desc(), col(Feedback.id).desc())
    return [_as_seen(person_id, row, reach) for row in db.execute(newest)]


def waiting_for(db: Session, person_id: UUID) -> list[Seen]:
    """What somebody is asked to review and has not given yet, the oldest first."""
    is_open = (col(Feedback.from_id) == person_id, col(Feedback.given_at).is_(None))
    return [one for one in reversed(listed(db, person_id, *is_open)) if one.waits]


def to_answer(db: Session, person_id: UUID) -> list[Seen]:
    """What was given to somebody who has not answered it yet, and still can; the oldest first."""
    return [one for one in reversed(listed(db, person_id)) if one.waits and one.is_asker]


def of_piece(db: Session, viewer_id: UUID, piece_id: UUID) -> list[Seen]:
    """What was asked about a piece and this person may read, the newest first."""
    return listed(db, viewer_id, col(Piece.id) == piece_id)


def give(
    db: Session,
    person_id: UUID,
    feedback_id: UUID,
    parts: Mapping[str, str],
    levels: Mapping[str, int] | None = None,
    verdict: str = "",
    *,
    at: datetime,
) -> Feedback:
    """Send a review, once. parts: name of each of PARTS -> what was written; an empty one is refused.

    Of a mentor also levels: each area that was asked -> 1 to 4 (reviews.LEVELS), and a verdict of reviews.VERDICTS.
    """
    seen = _to_change(db, person_id, feedback_id)
    feedback, asker = seen.feedback, seen.asker
    if seen.is_asker:
        raise NotAllowed(f"You asked {feedback.from_name}. Only they can send this review.")
    if feedback.given_at:
        raise Conflict("You sent this review already. What you sent first stays as it was.")
    check_parts(parts, _missing_marks(feedback, levels or {}, verdict) if seen.of_mentor else {})
    for part in PARTS:
        setattr(feedback, part.name, parts[part.name].strip())
    if seen.of_mentor:
        feedback.levels, feedback.verdict = {area: (levels or {})[area] for area in feedback.areas}, verdict
    feedback.given_at = at
    said = {"approved": "approved", "changes": "asks for changes in"}.get(feedback.verdict, "reviewed")
    _tell(db, feedback, asker.id, f"{feedback.from_name} {said} {seen.piece.title}, V{seen.version.number}.", at)
    return feedback


def answer(db: Session, person_id: UUID, feedback_id: UUID, text: str, *, at: datetime) -> Feedback:
    """Whoever asked answers what was given, once, while the two are linked."""
    seen = _to_change(db, person_id, feedback_id)
    feedback = seen.feedback
    if not seen.is_asker:
        raise NotAllowed(f"{seen.asker.name} answers this. You can read it here when it is done.")
    if feedback.given_at is None:
        raise Conflict(f"{feedback.from_name} has not sent the review yet. You can answer when it is here.")
    if not seen.is_linked:
        raise NotAllowed(
            f"{feedback.from_name} is no longer your {feedback.side}, so this can be read but not answered."
        )
    if feedback.answered_at:
        raise Conflict("You answered this already. What you sent first stays as it was.")
    if not text.strip():
        raise Refused("Write a line first: what you take from it.", field="answer")
    feedback.answer, feedback.answered_at = text.strip(), at
    if feedback.from_id:
        _tell(db, feedback, feedback.from_id, f"{seen.asker.name} answered your review of {seen.piece.title}.", at)
    return feedback


def withdraw(db: Session, person_id: UUID, feedback_id: UUID, *, at: datetime) -> Feedback:
    """Take back what an apprentice was asked: the file is closed to her. What was given stays readable. Twice is no
    error. What a mentor was asked stays: a version in review cannot be withdrawn."""
    seen = _to_change(db, person_id, feedback_id)
    feedback = seen.feedback
    if not seen.is_asker:
        raise NotAllowed(f"{seen.asker.name} asked for this, so only {seen.asker.name} can take it back.")
    if seen.of_mentor:
        raise Refused(
            f"A version in review stays with {feedback.from_name}. Upload a newer one: then both of you see that this "
            "request is about an earlier version."
        )
    feedback.withdrawn_at = feedback.withdrawn_at or at
    return feedback


def check_parts(parts: Mapping[str, str], more: Mapping[str, str] | None = None) -> None:
    """Refuse a review in which a part is missing or too long, with a sentence for each; more: what else is wrong."""
    errors = dict(more or {})
    for part in PARTS:
        text = parts.get(part.name, "").strip()
        if not text:
            errors[part.name] = "One sentence is enough, but all four parts belong to a review."
        elif len(text) > LONGEST:
            errors[part.name] = f"This is longer than {LONGEST} characters. Shorten it a little."
    if errors:
        raise InvalidForm(errors)


# -- below the rules -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reach:
    """Whom somebody can ask, and who can ask them, now."""

    mentors: set[UUID]
    apprentices: set[UUID]
    readers: set[UUID]  # mentors who see this person's pieces
    owners: set[UUID]  # whose pieces this person sees as a mentor


def _reach(db: Session, person_id: UUID) -> _Reach:
    pairs = db.execute(
        sa.select(col(Link.user_id), col(Link.mentor_id), links.SHOWS["pieces"]).where(
            sa.or_(col(Link.user_id) == person_id, col(Link.mentor_id) == person_id), links.in_force()
        )
    ).all()
    return _Reach(
        mentors={mentor for _, mentor, _ in pairs} - {person_id},
        apprentices={apprentice for apprentice, _, _ in pairs} - {person_id},
        readers={mentor for _, mentor, shows in pairs if shows} - {person_id},
        owners={apprentice for apprentice, _, shows in pairs if shows} - {person_id},
    )


def _asked(
    db: Session,
    owner_id: UUID,
    version: Version,
    person_id: UUID,
    question: str,
    side: str,
    areas: tuple[str, ...],
    at: datetime,
) -> tuple[Feedback, User]:
    """(what was asked, who asks). The same question to the same person twice, or too many at once, are refused."""
    if not question.strip():
        raise Refused("Ask one question, so that they know what to listen for.", field="question")
    open_ones = _open(db, owner_id)
    if len(open_ones) >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} of your questions wait for an answer. Ask the next one when some are answered.")
    person = db.get_one(User, person_id)
    if any(one.version_id == version.id and one.from_id == person_id for one in open_ones):
        raise Conflict(f"You asked {person.name} about V{version.number} already. Nothing was sent again.")
    feedback = Feedback(
        user_id=owner_id,
        id=uuid7(),
        version_id=version.id,
        from_id=person_id,
        from_name=person.name,
        side=side,
        question=question.strip(),
        areas=list(areas),
        asked_at=at,
    )
    db.add(feedback)
    return feedback, db.get_one(User, owner_id)


def _missing_marks(feedback: Feedback, levels: Mapping[str, int], verdict: str) -> dict[str, str]:
    """field -> what is wrong with it."""
    errors = {
        f"levels.{area}": f"Mark {reviews.AREA_WORDS.get(area, area)} on the four levels."
        for area in feedback.areas
        if levels.get(area) not in reviews.LEVELS
    }
    if verdict not in reviews.VERDICTS:
        errors["verdict"] = "Say whether it is approved, or what you want changed first."
    return errors


def _rows() -> Any:  # of Feedback, Piece, Version, User and a number
    later = aliased(Version)
    newest = (
        sa.select(sa.func.max(later.number))
        .where(col(later.user_id) == Version.user_id, col(later.piece_id) == Version.piece_id)
        .scalar_subquery()
    )
    return (
        sa.select(Feedback, Piece, Version, User, newest)
        .join(Version, piece_states.OF_VERSION)
        .join(Piece, OF_PIECE)
        .join(User, col(User.id) == Feedback.user_id)
        .where(col(Feedback.side) != "self")
    )


def _readable(viewer_id: UUID, reach: _Reach) -> sa.ColumnElement[bool]:
    owner, side = col(Feedback.user_id), col(Feedback.side)
    of_mentors = sa.and_(side == "apprentice", owner.in_(reach.mentors))
    of_apprentices = sa.and_(side == "mentor", owner.in_(reach.owners), col(Piece.shared_at).is_not(None))
    is_open = sa.and_(col(Feedback.withdrawn_at).is_(None), sa.or_(of_mentors, of_apprentices))
    is_given = col(Feedback.given_at).is_not(None)
    return sa.or_(owner == viewer_id, sa.and_(col(Feedback.from_id) == viewer_id, sa.or_(is_given, is_open)))


def _as_seen(viewer_id: UUID, row: tuple[Feedback, Piece, Version, User, int], reach: _Reach) -> Seen:
    feedback, piece, version, asker, newest = row
    is_asker = feedback.user_id == viewer_id
    if feedback.side == "mentor":
        people = reach.readers if is_asker else reach.owners
        stands = piece.shared_at is not None
    else:
        people, stands = reach.apprentices if is_asker else reach.mentors, True
    is_linked = stands and (feedback.from_id if is_asker else feedback.user_id) in people
    return Seen(feedback, piece, version, asker, newest, is_asker, is_linked)


def _to_change(db: Session, person_id: UUID, feedback_id: UUID) -> Seen:
    """The review, locked: a second tab waits here for the first."""
    seen = find(db, person_id, feedback_id)
    db.refresh(seen.feedback, with_for_update=True)
    return seen


def _open(db: Session, owner_id: UUID) -> list[Feedback]:
    """What somebody asked and nobody has given or taken back; two that ask at once wait for each other."""
    db.exec(select(User.id).where(User.id == owner_id).with_for_update(key_share=True)).first()
    is_open = (col(Feedback.given_at).is_(None), col(Feedback.withdrawn_at).is_(None))
    return list(db.exec(select(Feedback).where(Feedback.user_id == owner_id, *is_open)))


def _tell(db: Session, feedback: Feedback, to: UUID, text: str, at: datetime) -> None:
    path, thread = f"/feedback/{feedback.id}", f"feedback:{feedback.id}"
    inbox.tell(db, to, news.FEEDBACK, text, path=path, thread=thread, at=at)
