"""A meeting's agenda: lines by hand, from proposals and templates, in an order, ticked as they are covered."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.errors import NotFound, Refused
from core.ids import uuid7
from curriculum.library import Library
from mentorship import proposals, writing
from mentorship.agenda_templates import TEMPLATES
from mentorship.models.meetings import AgendaItem, ParkedQuestion, StudioSession

MOST = 60  # lines
LONGEST = 300  # characters of a line
PUT_BACK = timedelta(minutes=15)  # for so long the page offers it
FULL = f"This agenda has {MOST} lines, which is more than a meeting can hold. Cover or remove some of them first."


def items(db: Session, session: StudioSession) -> list[AgendaItem]:
    """The lines of a session that may be read, in order."""
    statement = select(AgendaItem).where(*_of(session), col(AgendaItem.removed_at).is_(None))
    return list(db.exec(statement.order_by(col(AgendaItem.position), col(AgendaItem.id))))


def counts(db: Session, sessions: Collection[StudioSession]) -> dict[UUID, int]:
    """How many lines stand on the agenda of each of these; those without one are left out."""
    statement = (
        select(AgendaItem.session_id, sa.func.count())
        .where(
            col(AgendaItem.user_id).in_({session.user_id for session in sessions}),
            col(AgendaItem.session_id).in_({session.id for session in sessions}),
            col(AgendaItem.removed_at).is_(None),
        )
        .group_by(col(AgendaItem.session_id))
    )
    return dict(db.exec(statement).all())


def just_removed(db: Session, session: StudioSession, *, at: datetime) -> AgendaItem | None:
    """The line that was taken off last, while it can be put back with one click."""
    removed_at = col(AgendaItem.removed_at)
    statement = select(AgendaItem).where(*_of(session), removed_at > at - PUT_BACK)
    return db.exec(statement.order_by(removed_at.desc()).limit(1)).first()


def add(db: Session, person_id: UUID, session_id: UUID, text: str, *, at: datetime) -> AgendaItem:
    """Write a line by hand, at the end."""
    session = writing.to_write(db, person_id, session_id)
    said = " ".join(text.split())
    if not said:
        raise Refused("Write in a few words what you want to talk about.", field="line")
    if len(said) > LONGEST:
        raise Refused(f"A line of the agenda has at most {LONGEST} characters. Shorten it.", field="line")
    return _add(db, session, person_id, [(said, "", "")], at)[0]


def take(
    db: Session, library: Library, person_id: UUID, session_id: UUID, source: str, source_id: str, *, at: datetime
) -> AgendaItem:
    """Put a proposal on the agenda. One that is there already stays once; one that is not offered is refused."""
    session = writing.to_write(db, person_id, session_id)
    there = next((one for one in items(db, session) if (one.source, one.source_id) == (source, source_id)), None)
    if there:
        return there
    offered = proposals.of(db, library, person_id, session, at=at)
    found = next((one for one in offered if (one.source, one.source_id) == (source, source_id)), None)
    if found is None:
        raise Refused("This proposal is no longer there: it was dealt with meanwhile. Nothing was changed.")
    item = _add(db, session, person_id, [(found.text, source, source_id)], at)[0]
    if question := _question(db, session, item):
        question.session_id = session.id
    return item


def use_template(db: Session, person_id: UUID, session_id: UUID, name: str, *, at: datetime) -> list[AgendaItem]:
    """Add the lines of a template that are not on the agenda yet."""
    session = writing.to_write(db, person_id, session_id)
    if name not in TEMPLATES:
        raise Refused("There is no such template. Choose one of those shown.", field="template")
    there = {item.text for item in items(db, session)}
    lines = [(text, "template", name) for text in TEMPLATES[name][1] if text not in there]
    return _add(db, session, person_id, lines, at)


def cover(db: Session, person_id: UUID, session_id: UUID, item_id: UUID, *, at: datetime) -> None:
    """It was talked about; a parked question is answered by that. Twice is no error."""
    session, item = _to_change(db, person_id, session_id, item_id)
    item.covered_at = item.covered_at or at
    if question := _question(db, session, item):
        question.answered_at = question.answered_at or at


def uncover(db: Session, person_id: UUID, session_id: UUID, item_id: UUID) -> None:
    """It was not talked about after all. Twice is no error."""
    session, item = _to_change(db, person_id, session_id, item_id)
    question = _question(db, session, item)
    if question and question.answered_at == item.covered_at and not question.answer:
        question.answered_at = None
    item.covered_at = None


def remove(db: Session, person_id: UUID, session_id: UUID, item_id: UUID, *, at: datetime) -> None:
    """Take a line off; a parked question waits again. Twice is no error."""
    session, item = _to_change(db, person_id, session_id, item_id)
    item.removed_at = item.removed_at or at
    if question := _question(db, session, item):
        question.session_id = None


def put_back(db: Session, person_id: UUID, session_id: UUID, item_id: UUID) -> None:
    """Undo `remove`: where it stood. Twice is no error."""
    session, item = _to_change(db, person_id, session_id, item_id)
    if item.removed_at is None:
        return
    if len(items(db, session)) >= MOST:
        raise Refused(FULL)
    item.removed_at = None
    if question := _question(db, session, item):
        question.session_id = session.id


def step(db: Session, person_id: UUID, session_id: UUID, item_id: UUID, by: int) -> None:
    """Move a line up (-1) or down (1). At the edge nothing happens."""
    session, item = _to_change(db, person_id, session_id, item_id)
    lines = items(db, session)
    if item not in lines:
        raise Refused("This line was taken off the agenda meanwhile. Reload the page.")
    place = lines.index(item)
    lines.insert(max(0, place + by), lines.pop(place))
    _number(lines)


def arrange(db: Session, person_id: UUID, session_id: UUID, order: Sequence[UUID]) -> None:
    """Put the lines into this order. Those that are not named (somebody added them meanwhile) follow at the end."""
    session = writing.to_write(db, person_id, session_id)
    places = {item_id: place for place, item_id in enumerate(order)}
    _number(sorted(items(db, session), key=lambda item: places.get(item.id, len(places))))


def _number(lines: list[AgendaItem]) -> None:
    for position, item in enumerate(lines, 1):
        if item.position != position:
            item.position = position


def _add(
    db: Session, session: StudioSession, person_id: UUID, lines: Sequence[tuple[str, str, str]], at: datetime
) -> list[AgendaItem]:
    """lines: (text, source, id of the source)."""
    there = items(db, session)
    if len(there) + len(lines) > MOST:
        raise Refused(FULL)
    last = there[-1].position if there else 0
    added = [
        AgendaItem(
            user_id=session.user_id,
            id=uuid7(),
            session_id=session.id,
            position=last + number,
            text=text,
            source=source,
            source_id=source_id,
            added_by=person_id,
            added_at=at,
        )
        for number, (text, source, source_id) in enumerate(lines, 1)
    ]
    db.add_all(added)
    db.flush()
    if added:
        writing.tell_other(db, session, person_id, "added to the agenda", at=at)
    return added


def _to_change(db: Session, person_id: UUID, session_id: UUID, item_id: UUID) -> tuple[StudioSession, AgendaItem]:
    session = writing.to_write(db, person_id, session_id)
    item = db.get(AgendaItem, (session.user_id, item_id))
    if item is None or item.session_id != session.id:
        raise NotFound
    return session, item


def _of(session: StudioSession) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return col(AgendaItem.user_id) == session.user_id, col(AgendaItem.session_id) == session.id


def _question(db: Session, session: StudioSession, item: AgendaItem) -> ParkedQuestion | None:
    """The parked question that a line came from, of either of the two; locked."""
    if item.source != "parked":
        return None
    writers = {person_id for person_id in (session.user_id, session.mentor_id) if person_id}
    statement = select(ParkedQuestion).where(
        col(ParkedQuestion.user_id).in_(writers), ParkedQuestion.id == UUID(item.source_id)
    )
    return db.exec(statement.with_for_update()).first()
