"""What is done with many cards at once, and undone by one click: each thing done is found again by its moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.columns import from_micros, to_micros
from core.errors import NotFound, Refused
from curriculum import cards, day_list, marks, own_cards, own_text
from curriculum.cards import Aside
from curriculum.log import Mark
from curriculum.models import Memory, OwnCard, QueueCard, Review

MOST = 5_000  # cards at once: nobody else can write meanwhile, for about two seconds
AT_ONCE = 400
VERBS = ("suspended", "returned", "buried", "tagged", "untagged", "deleted")
MARKS = {"suspended": Mark.SUSPENDED, "returned": Mark.RETURNED, "buried": Mark.BURIED}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, as its undoing needs it."""

    verb: str
    count: int  # cards; of tags and deletions the texts
    at: int  # microseconds since 1970
    tags: str = ""

    @property
    def sentence(self) -> str:
        many = "One card" if self.count == 1 else f"{self.count} cards"
        has = "is" if self.count == 1 else "are"
        return {
            "suspended": f"{many} {has} suspended.",
            "returned": f"{many} {has} back in the queue.",
            "buried": f"{many} will not come today.",
            "tagged": f"{many} got the tag {self.tags}.",
            "untagged": f"The tag {self.tags} was taken off {many.lower()}.",
            "deleted": f"{many} deleted.",
        }[self.verb]


def act(
    db: Session, user_id: UUID, verb: str, card_ids: Sequence[str], zone: str, *, tags: str = "", at: datetime
) -> Done:
    """Do one thing with many cards. Those for which there is nothing to do stay as they are and are not counted.

    verb: one of VERBS; tags and deletion are for own cards alone. A card that is not among the learner's is NotFound.
    """
    if verb not in VERBS:
        raise NotFound
    if not card_ids:
        raise Refused("No card is ticked. Tick those that you mean, then press the button again.")
    if len(card_ids) > MOST:
        raise Refused(f"These are {len(card_ids)} cards; {MOST} can be changed at once. Search for fewer.")
    _refuse_foreign(db, user_id, card_ids)
    words = ""
    if verb in MARKS:
        count = _mark(db, user_id, MARKS[verb], card_ids, zone, at)
    else:
        blocks = {cards.block_of(card_id) for card_id in card_ids if cards.is_own(card_id)}
        if not blocks:
            raise Refused("These cards belong to lessons: only cards of your own can be deleted or get tags.")
        if verb == "deleted":
            count = own_cards.delete(db, user_id, blocks, at=at)
        else:
            words = " ".join(own_text.tags_of(tags))
            count = own_cards.tag(db, user_id, blocks, words, is_on=verb == "tagged", at=at)
    return Done(verb, count, to_micros(at), words)


def undo(db: Session, user_id: UUID, done: Done, zone: str, *, at: datetime) -> int:
    """Take back exactly what was done at that moment; a second time there is nothing left. Returns how many cards."""
    moment = from_micros(done.at)
    if done.verb in MARKS:
        return _unmark(db, user_id, MARKS[done.verb], moment, zone, at)
    if done.verb == "deleted":
        return own_cards.restore(db, user_id, moment)
    if done.verb in ("tagged", "untagged"):
        changed = select(col(OwnCard.id)).where(col(OwnCard.user_id) == user_id, col(OwnCard.edited_at) == moment)
        blocks = list(db.exec(changed))
        return own_cards.tag(db, user_id, blocks, done.tags, is_on=done.verb == "untagged", at=at) if blocks else 0
    raise NotFound


def _refuse_foreign(db: Session, user_id: UUID, card_ids: Sequence[str]) -> None:
    for some in _slices(sorted(set(card_ids))):
        mine = (col(Memory.user_id) == user_id, col(Memory.card_id).in_(some), col(Memory.aside) != Aside.DELETED.value)
        if db.scalar(sa.select(sa.func.count()).select_from(Memory).where(*mine)) != len(some):
            raise NotFound


def _mark(db: Session, user_id: UUID, mark: Mark, card_ids: Sequence[str], zone: str, at: datetime) -> int:
    """Log the mark for each card that it changes, and change it."""
    when, rows = marks.moment(at, zone), []
    for some in _slices(sorted(set(card_ids))):
        mine = select(Memory).where(col(Memory.user_id) == user_id, col(Memory.card_id).in_(some))
        changed = [memory for memory in db.exec(mine.with_for_update()) if _applies(mark, memory, when.day)]
        for memory in changed:
            rows.append(marks.row(user_id, memory, mark, when))
            _put(mark, memory, when.day)
    db.flush()
    _insert(db, rows)
    if mark == Mark.RETURNED:
        _put_back(db, user_id, when.day, [row.card_id for row in rows])
    else:
        _take_off(db, user_id, when.day, [(row.card_id, row.id) for row in rows])
    if rows:
        day_list.forget(db, user_id)
    return len(rows)


def _applies(mark: Mark, memory: Memory, day: int) -> bool:
    match mark:
        case Mark.SUSPENDED:
            return memory.aside == Aside.IN_QUEUE
        case Mark.BURIED:
            return memory.buried_day != day
        case _:
            return memory.aside in (Aside.SUSPENDED, Aside.LEECH) or memory.buried_day == day


def _put(mark: Mark, memory: Memory, day: int) -> None:
    if mark == Mark.SUSPENDED:
        memory.aside = Aside.SUSPENDED
    elif mark == Mark.BURIED:
        memory.buried_day = day
    else:
        memory.aside, memory.buried_day = Aside.IN_QUEUE, None


def _unmark(db: Session, user_id: UUID, mark: Mark, moment: datetime, zone: str, at: datetime) -> int:
    """Cancel the rows of that moment that still count, and let the cards stand as their log says without them."""
    undone = select(col(Review.cancels)).where(col(Review.user_id) == user_id, col(Review.cancels).is_not(None))
    rows = db.exec(
        select(Review).where(
            col(Review.user_id) == user_id,
            col(Review.id).between(marks.ids_from(moment), marks.ids_from(marks.after(moment))),
            col(Review.at) == moment,
            col(Review.rating) == int(mark),
            col(Review.id).not_in(undone),
        )
    ).all()
    cancelled = {row.card_id: row.id for row in rows}
    when, cancelling = marks.moment(at, zone), []
    for some in _slices(sorted(cancelled)):
        mine = select(Memory).where(col(Memory.user_id) == user_id, col(Memory.card_id).in_(some))
        for memory in db.exec(mine.with_for_update()):
            row = marks.row(user_id, memory, Mark.UNDO, when, cancels=cancelled[memory.card_id])
            cancelling.append(row)
    _insert(db, cancelling)
    own_cards.stand_again(db, user_id, sorted(cancelled))
    day_list.forget(db, user_id)
    return len(rows)


def _insert(db: Session, rows: Sequence[Review]) -> None:
    """Many rows in one go: as objects of the session they would cost ten times as much."""
    if rows:
        db.execute(sa.insert(Review), [row.model_dump() for row in rows])


def _take_off(db: Session, user_id: UUID, day: int, marked: Sequence[tuple[str, UUID]]) -> None:
    """Take cards off the day's list, each by the row that did it, so that undoing that row at the desk puts it back."""
    listed = dict(marked)
    places = (col(QueueCard.user_id) == user_id, col(QueueCard.day) == day, col(QueueCard.answered_by).is_(None))
    for place in db.exec(select(QueueCard).where(*places)):
        if place.card_id in listed:
            place.answered_by = listed[place.card_id]


def _put_back(db: Session, user_id: UUID, day: int, card_ids: Sequence[str]) -> None:
    """Put cards back on the day's list if they were set aside or buried on this day."""
    aside = (Mark.SUSPENDED, Mark.BURIED)
    for some in _slices(card_ids):
        of_these = (col(Review.user_id) == user_id, col(Review.card_id).in_(some), col(Review.rating).in_(aside))
        took_off = sa.select(col(Review.id)).where(*of_these)
        places = (col(QueueCard.user_id) == user_id, col(QueueCard.day) == day)
        put = sa.update(QueueCard).where(*places, col(QueueCard.answered_by).in_(took_off)).values(answered_by=None)
        db.execute(put, execution_options={"synchronize_session": False})


def _slices(values: Sequence[Any]) -> Iterable[list[Any]]:
    for first in range(0, len(values), AT_ONCE):
        yield list(values[first : first + AT_ONCE])
