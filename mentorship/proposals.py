"""What could go on a meeting's agenda: parked questions, what was left over, open remarks, failing cards, milestones.

A viewer is offered only what the link shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from curriculum import cards, log
from curriculum.library import Library
from curriculum.models import Review
from mentorship import actions, links, milestones, remark_page, sign_offs
from mentorship.models.meetings import Action, AgendaItem, ParkedQuestion, StudioSession

FORGOTTEN_WITHIN = timedelta(days=14)
FORGOTTEN_TWICE = 2
MOST_CARDS = 5
MOST_QUESTIONS = 20
MOST_REMARKED = 5  # versions
MOST_SECONDS = 6  # named of each
LONGEST = 300  # characters


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line that could go on the agenda. count, moment: of what `source` says: times forgotten; parked or due then."""

    source: str  # parked, card, carried, action, remark, milestone
    source_id: str
    text: str
    count: int = 0
    moment: datetime | None = None


def of(db: Session, library: Library, viewer_id: UUID, session: StudioSession, *, at: datetime) -> list[Proposal]:
    """What this viewer can put on the agenda of a meeting of theirs, without what stands on it already."""
    there = select(AgendaItem.source, AgendaItem.source_id).where(
        AgendaItem.user_id == session.user_id,
        AgendaItem.session_id == session.id,
        col(AgendaItem.removed_at).is_(None),
    )
    taken = set(db.exec(there))
    found = [
        *_parked(db, viewer_id, session),
        *_left_over(db, session),
        *_promised(db, library, viewer_id, session, at),
        *_remarks(db, viewer_id, session.user_id),
        *_cards(db, library, viewer_id, session.user_id, at),
        *_milestones(db, library, viewer_id, session.user_id, at),
    ]
    return [one for one in found if (one.source, one.source_id) not in taken]


def _parked(db: Session, viewer_id: UUID, session: StudioSession) -> Iterable[Proposal]:
    """The viewer's own, and the apprentice's where the link shows sessions. One that waits on another agenda is not
    offered a second time."""
    writers = {viewer_id}
    if links.may_see(db, viewer_id, session.user_id, "sessions"):
        writers.add(session.user_id)
    over = (StudioSession.held_at, StudioSession.cancelled_at, StudioSession.missed_at)
    elsewhere = select(StudioSession.id).where(
        sa.or_(col(StudioSession.user_id).in_(writers), col(StudioSession.mentor_id).in_(writers)),
        *(col(moment).is_(None) for moment in over),
    )
    waits_at = col(ParkedQuestion.session_id)
    statement = select(ParkedQuestion).where(
        col(ParkedQuestion.user_id).in_(writers),
        col(ParkedQuestion.answered_at).is_(None),
        col(ParkedQuestion.removed_at).is_(None),
        sa.or_(waits_at.is_(None), waits_at.not_in(elsewhere)),
    )
    latest = statement.order_by(col(ParkedQuestion.parked_at).desc(), col(ParkedQuestion.id).desc()).limit(
        MOST_QUESTIONS
    )
    return [Proposal("parked", str(one.id), _line(one.text), moment=one.parked_at) for one in db.exec(latest)]


def _left_over(db: Session, session: StudioSession) -> Iterable[Proposal]:
    """What was not covered in the last meeting that these two held before this one."""
    last = (
        select(StudioSession.id)
        .where(*_of_the_pair(session), StudioSession.id != session.id)
        .where(col(StudioSession.held_at).is_not(None), StudioSession.starts_at <= session.starts_at)
        .where(col(StudioSession.cancelled_at).is_(None), col(StudioSession.missed_at).is_(None))
        .order_by(col(StudioSession.starts_at).desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = select(AgendaItem).where(
        AgendaItem.user_id == session.user_id,
        col(AgendaItem.session_id) == last,
        col(AgendaItem.covered_at).is_(None),
        col(AgendaItem.removed_at).is_(None),
        col(AgendaItem.source) != "parked",  # these are proposed as what they are
    )
    lines = db.exec(statement.order_by(col(AgendaItem.position)))
    return [Proposal("carried", str(line.id), line.text) for line in lines]


def _promised(
    db: Session, library: Library, viewer_id: UUID, session: StudioSession, at: datetime
) -> Iterable[Proposal]:
    """What was promised in earlier meetings of these two and is neither done nor dropped."""
    together = select(StudioSession.id).where(*_of_the_pair(session), StudioSession.id != session.id)
    statement = select(Action).where(
        Action.user_id == session.user_id,
        col(Action.session_id).in_(together),
        col(Action.done_at).is_(None),
        col(Action.dropped_at).is_(None),
    )
    promised = db.exec(statement.order_by(col(Action.created_at))).all()
    return [
        Proposal("action", str(row.action.id), _line(f"Promised: {row.action.text}"), moment=row.action.created_at)
        for row in actions.shown(db, library, viewer_id, promised, at=at, exact=False)
        if row.is_to_do
    ]


def _remarks(db: Session, viewer_id: UUID, apprentice_id: UUID) -> Iterable[Proposal]:
    """The open remarks on each version of a piece that is shown."""
    if not links.may_see(db, viewer_id, apprentice_id, "pieces"):
        return []
    found = remark_page.open_ones(db, apprentice_id, only_shown=True, most=MOST_REMARKED)
    return [
        Proposal(
            "remark",
            str(one.version.id),
            _line(f"{one.piece.title}, V{one.version.number}: {one.count}, at {one.at(MOST_SECONDS)}"),
            count=len(one.starts),
        )
        for one in found
    ]


def _cards(db: Session, library: Library, viewer_id: UUID, apprentice_id: UUID, at: datetime) -> Iterable[Proposal]:
    """The cards that the apprentice forgot most; a card she wrote herself is offered to her alone."""
    if not links.may_see(db, viewer_id, apprentice_id, "lessons"):
        return []
    times = sa.func.count()
    statement = (
        log.counting(apprentice_id)
        .where(col(Review.at) > at - FORGOTTEN_WITHIN, col(Review.rating) == 1)
        .with_only_columns(col(Review.card_id), times)
        .group_by(col(Review.card_id))
        .having(times >= FORGOTTEN_TWICE)
        .order_by(times.desc(), col(Review.card_id))
        .limit(10 * MOST_CARDS)
    )
    found: list[Proposal] = []
    for card_id, count in db.execute(statement).all():
        is_own = cards.is_own(card_id)
        card = library.cards.get(card_id)
        if is_own and viewer_id == apprentice_id:
            card = cards.find(db, library, apprentice_id, card_id)
        if card and len(found) < MOST_CARDS:
            found.append(Proposal("card", card_id, _line(f"Card: {card.title}"), count=count))
    return found


def _milestones(
    db: Session, library: Library, viewer_id: UUID, apprentice_id: UUID, at: datetime
) -> Iterable[Proposal]:
    """Those that are handed in, or whose criteria are all met."""
    if not links.may_see(db, viewer_id, apprentice_id, "pieces"):
        return []
    rows = milestones.overview(db, library, apprentice_id, at=at)
    if viewer_id != apprentice_id:
        shown = sign_offs.open_to_mentors(db, apprentice_id)
        rows = [row for row in rows if row.milestone.slug in shown]
    found = []
    for row in rows:
        is_ready = row.state in ("in progress", "returned", "reopened") and row.total and row.met == row.total
        if row.state == "submitted" or is_ready:
            word = "handed in" if row.state == "submitted" else "ready to hand in"
            title = f"M{row.milestone.number:02d} {row.milestone.title}: {word}"
            found.append(Proposal("milestone", row.milestone.slug, title))
    return found


def _of_the_pair(session: StudioSession) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(StudioSession.user_id) == session.user_id,
        col(StudioSession.mentor_id) == session.mentor_id,
        col(StudioSession.kind) == "meeting",
    )


def _line(text: str) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1].rstrip()}…"
