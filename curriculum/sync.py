"""Answers that were given elsewhere and come in later: each counts once, whatever the order in which devices send them.

What a card's memory becomes hangs on the set of answers that count alone, put in order of time. So nothing here looks
at other cards: an interval is FSRS's with the seeded fuzz, without load balancing and lighter weekdays.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from curriculum import day_list, log, plans, replay, reviews, scheduling, spacing
from curriculum.cards import Aside, block_of, find, retired
from curriculum.library import Card, Library
from curriculum.log import Mark
from curriculum.models import Memory, OwnCard, QueueCard, Review
from curriculum.reviews import LONGEST_SECONDS
from curriculum.scheduling import MemoryState, Outcome, State
from curriculum.spacing import Plan
from curriculum.store import LEARN_AHEAD

OLDEST = timedelta(days=30)
AHEAD = timedelta(minutes=5)  # that a device's clock may be fast
HASTY = timedelta(milliseconds=300)  # an answer that comes so soon after another was hardly thought over


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer from a device, or the taking back of one (`undoes`)."""

    id: UUID
    card_id: str
    at: datetime
    rating: int = Mark.UNDO  # 1 forgot, 2 hard, 3 good, 4 easy
    seconds: float = 0.0
    undoes: UUID | None = None

    @property
    def kept_seconds(self) -> float:
        return min(max(self.seconds, 0.0), LONGEST_SECONDS)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one that was sent. row: as it stands in the log; refusal: why it does not."""

    row: Review | None = None
    refusal: Refused | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A card of today that a device takes along."""

    card: Card
    memory: Memory
    seed: int  # what is drawn for this showing hangs on it
    outcomes: tuple[Outcome, ...]  # what forgot, hard, good and easy lead to


@dataclass(frozen=True, slots=True)
class Queue:
    """Today's cards, the next one first."""

    day: int
    cards: list[Taken]
    left: int  # on today's list
    total: int  # on today's list when it was whole
    steps: int  # learning steps that are due by now, or soon


@dataclass(slots=True)
class Batch:
    """What is at work while one learner's answers are taken in."""

    db: Session
    library: Library
    user_id: UUID
    zone: str
    at: datetime
    plan: Plan
    known: dict[UUID, Review]  # rows with the ids that were sent, and with those that they take back
    undone: dict[UUID, str]  # what is taken back, before this batch or by it: id -> card
    memories: dict[str, Memory]
    new: dict[str, list[Review]] = field(default_factory=lambda: defaultdict(list))  # by card, in order of time


def queue(db: Session, library: Library, user_id: UUID, zone: str, *, limit: int, at: datetime) -> Queue:
    """What a device takes along: learning steps, and what is left of today's list, which has been built.

    Cards that sound are counted and left out: what they ask cannot be shown without what they are. The intervals are
    those that `take_in` will choose, if the answer is the next one of its card. limit: cards.
    """
    day = clock.study_day(at, zone)
    mine = (col(QueueCard.user_id) == user_id, col(QueueCard.day) == day)
    columns = sa.select(col(QueueCard.card_id), col(QueueCard.answered_by))
    places = list(db.execute(columns.where(*mine).order_by(col(QueueCard.position))))
    listed = [card_id for card_id, answered_by in places if answered_by is None]
    listed_here = [card_id for card_id in listed if not _sounds(library, card_id)]
    steps = _steps(db, user_id, day, at)
    held = select(Memory).where(col(Memory.user_id) == user_id, col(Memory.card_id).in_(listed_here[:limit]))
    memories = {row.card_id: row for row in db.exec(held) if row.state != State.REVIEW or row.reviewed_day != day}
    steps_here = [row for row in steps if not _sounds(library, row.card_id)]
    due = [row for row in steps_here if row.due_at <= at]
    taken = {row.card_id for row in steps_here}
    rows = due + [memories[card_id] for card_id in listed_here[:limit] if card_id in memories and card_id not in taken]
    rows = (rows + [row for row in steps_here if row.due_at > at])[:limit]
    plan = plans.of(plans.learner(db, user_id)).bare()
    texts = _texts(db, library, user_id, [row.card_id for row in rows])
    cards = [_taken(texts[row.card_id], row, plan, zone, at) for row in rows]
    return Queue(day, cards, len(listed), len(places), len(steps))


def take_in(
    db: Session, library: Library, user_id: UUID, zone: str, sent: Sequence[Sent], *, at: datetime
) -> list[Kept]:
    """Log what one of this learner's devices sends, and bring the memories to what the log leads to.

    Returns what became of each, in the order in which they were sent. One that is refused stops none of the others. The
    same one again gives what stands in the log; an answer is taken in although another device was faster, or though
    the card was not due. What takes back an answer that is not here yet is kept, and counts when the answer comes.
    """
    batch = _begin(db, library, user_id, zone, sent, at)
    kept: dict[int, Kept] = {}
    for place in sorted(range(len(sent)), key=lambda place: (sent[place].at, sent[place].id.int, place)):
        try:
            kept[place] = Kept(_logged(batch, sent[place]))
        except Refused as refusal:
            kept[place] = Kept(refusal=refusal)
    _move(batch)
    return [kept[place] for place in range(len(sent))]


def take_back(db: Session, library: Library, user_id: UUID, zone: str, review_id: UUID, *, at: datetime) -> Review:
    """Take back one answer, whenever it was given. Returns its row. Twice is no error."""
    _one_at_a_time(db, user_id)
    row = db.get(Review, (user_id, review_id))
    if row is None or not 1 <= row.rating <= 4:
        raise NotFound
    if not _undone(db, user_id, [review_id]):
        take_in(db, library, user_id, zone, [Sent(uuid7(), row.card_id, at, undoes=review_id)], at=at)
    return row


def hasty(sent: Iterable[Sent]) -> int:
    """How many answers came sooner after another one than somebody can think."""
    moments = sorted(one.at for one in sent if not one.undoes)
    return sum(later - earlier < HASTY for earlier, later in pairwise(moments))


def _sounds(library: Library, card_id: str) -> bool:
    card = library.cards.get(card_id)
    return card is not None and card.sounding is not None


def _steps(db: Session, user_id: UUID, day: int, at: datetime) -> list[Memory]:
    """Learning steps that are due now or soon, the earliest first."""
    steps = select(Memory).where(
        col(Memory.user_id) == user_id,
        col(Memory.state).in_((State.LEARNING, State.RELEARNING)),
        col(Memory.due_at) <= at + LEARN_AHEAD,
        col(Memory.aside) == Aside.IN_QUEUE,
        sa.func.coalesce(col(Memory.buried_day), 0) != day,
    )
    return list(db.exec(steps.order_by(col(Memory.due_at), col(Memory.card_id))))


def _texts(db: Session, library: Library, user_id: UUID, card_ids: list[str]) -> dict[str, Card]:
    blocks = {block_of(card_id) for card_id in card_ids if card_id not in library.cards}
    at_hand = list(db.exec(select(OwnCard).where(col(OwnCard.user_id) == user_id, col(OwnCard.id).in_(blocks))))
    texts = {card_id: find(db, library, user_id, card_id) or retired(card_id) for card_id in card_ids}
    del at_hand  # until here it kept `find` from asking for each of them
    return texts


def _taken(card: Card, memory: Memory, plan: Plan, zone: str, at: datetime) -> Taken:
    seed = spacing.seed_of(card.id, memory.seed)
    return Taken(card, memory, seed, scheduling.preview(log.of_memory(memory), at=at, zone=zone, plan=plan, seed=seed))


def _begin(db: Session, library: Library, user_id: UUID, zone: str, sent: Sequence[Sent], at: datetime) -> Batch:
    """Everything that the batch needs, in a handful of statements; its memories are locked in one order."""
    _one_at_a_time(db, user_id)
    ids = {one.id for one in sent} | {one.undoes for one in sent if one.undoes}
    rows = db.exec(select(Review).where(col(Review.user_id) == user_id, col(Review.id).in_(ids)))
    known = {row.id: row for row in rows}
    wanted = (col(Memory.user_id) == user_id, col(Memory.card_id).in_({one.card_id for one in sent}))
    held = select(Memory).where(*wanted).order_by(col(Memory.card_id)).with_for_update()
    memories = {row.card_id: row for row in db.exec(held.execution_options(populate_existing=True))}
    plan = plans.of(plans.learner(db, user_id)).bare()
    return Batch(db, library, user_id, zone, at, plan, known, _undone(db, user_id, ids), memories)


def _one_at_a_time(db: Session, user_id: UUID) -> None:
    """Two devices of one person wait for each other; on SQLite all writers do."""
    db.execute(sa.select(col(User.id)).where(col(User.id) == user_id).with_for_update(key_share=True))


def _undone(db: Session, user_id: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Which of these were taken back, and under the name of which card."""
    rows = select(col(Review.cancels), col(Review.card_id)).where(col(Review.user_id) == user_id)
    return {one: card_id for one, card_id in db.exec(rows.where(col(Review.cancels).in_(list(ids)))) if one}


def _logged(batch: Batch, one: Sent) -> Review:
    """The row of one that was sent, new or as it stands in the log already."""
    if known := batch.known.get(one.id):
        same = (known.card_id, known.rating, known.cancels, known.at, known.seconds)
        if same != (one.card_id, one.rating, one.undoes, one.at, one.kept_seconds):
            raise Conflict("Something else was sent with this id before; that one counts. Give a new one its own id.")
        return known
    if not batch.at - OLDEST <= one.at <= batch.at + AHEAD:
        raise Refused(
            f"An answer can be sent up to {OLDEST.days} days after it was given, and not before. "
            "Look at the clock of the device.",
            field="answered_at",
        )
    memory = batch.memories.get(one.card_id)
    if memory is None:
        raise Refused("This card is not among yours. Add its lesson first.", field="card_id")
    if one.undoes:
        _refuse_odd_undo(batch, one, one.undoes)
        batch.undone[one.undoes] = one.card_id
    elif _sounds(batch.library, one.card_id):
        text = "This card sounds, so its answer is judged where it was heard. Answer it on the page of your reviews."
        raise Refused(text, field="card_id")
    elif one.rating not in (1, 2, 3, 4):
        raise Refused("Choose one of the four answers: 1 forgot, 2 hard, 3 good, 4 easy.", field="rating")
    elif batch.undone.get(one.id, one.card_id) != one.card_id:
        raise Refused("The answer with this id was taken back under the name of another card.", field="card_id")
    row = _row(batch, one, memory)
    batch.known[row.id] = row
    batch.new[row.card_id].append(row)
    return row


def _refuse_odd_undo(batch: Batch, one: Sent, undoes: UUID) -> None:
    """Only answers are taken back here, and under the name of their own card."""
    named = batch.known.get(undoes)
    if undoes == one.id or (named and (named.card_id != one.card_id or not 1 <= named.rating <= 4)):
        raise Refused("There is no answer of this card with that id to take back.", field="undoes")


def _row(batch: Batch, one: Sent, memory: Memory) -> Review:
    """The log's row, as if nothing had come before; `_set_before` puts in what did."""
    text = batch.library.cards.get(one.card_id)
    return Review(
        user_id=batch.user_id,
        id=one.id,
        card_id=one.card_id,
        at=one.at,
        day=clock.study_day(one.at, batch.zone),
        utc_offset=clock.utc_offset_minutes(one.at, batch.zone),
        rating=one.rating,
        cancels=one.undoes,
        seconds=one.kept_seconds,
        card_version=text.version if text else "",
        model=scheduling.MODEL_VERSION,
        state_before=memory.state,
        due_before=memory.due_at,
        due_after=memory.due_at,
    )


# -- moving the memories -------------------------------------------------------------------------------------


def _move(batch: Batch) -> None:
    """Answers that come after all others of their card move its memory on; with any others its log is replayed."""
    woven = [card_id for card_id, rows in batch.new.items() if not _is_next(batch, batch.memories[card_id], rows)]
    logs = _logs(batch, woven)
    for card_id, rows in batch.new.items():
        if card_id in logs:
            _weave(batch, batch.memories[card_id], logs[card_id])
        else:
            _go_on(batch, batch.memories[card_id], rows)
    batch.db.add_all(row for rows in batch.new.values() for row in rows)
    replay.rebuild(batch.db, batch.user_id, woven, batch.zone, at=batch.at)
    batch.db.flush()
    _tidy_list(batch, logs)


def _is_next(batch: Batch, memory: Memory, rows: list[Review]) -> bool:
    """Whether these are answers that count, given after everything that the memory stands for."""
    count = all(not row.cancels and row.id not in batch.undone for row in rows)
    return count and (memory.reviewed_at is None or rows[0].at > memory.reviewed_at)


def _logs(batch: Batch, card_ids: list[str]) -> dict[str, list[Review]]:
    """All rows of these cards, those of the batch among them, in order of time."""
    logs = {card_id: list(batch.new[card_id]) for card_id in card_ids}
    mine = select(Review).where(col(Review.user_id) == batch.user_id, col(Review.card_id).in_(card_ids))
    for row in batch.db.exec(mine) if card_ids else ():
        logs[row.card_id].append(row)
    for rows in logs.values():
        rows.sort(key=lambda row: (row.at, row.id))
    return logs


def _go_on(batch: Batch, memory: Memory, rows: list[Review]) -> None:
    for row in rows:
        state = log.of_memory(memory)
        outcome = _outcome(batch, row, state, memory.seed)
        _set_before(row, state, memory.due_at, memory.lapses, memory.seed, outcome)
        after = outcome.memory
        if row.rating == 1 and state.state == State.REVIEW:
            memory.lapses += 1
            if memory.aside == Aside.IN_QUEUE and reviews.is_leech(memory.lapses):
                memory.aside = Aside.LEECH
        memory.state, memory.step = after.state, after.step
        memory.stability, memory.difficulty = after.stability, after.difficulty
        memory.reviewed_at, memory.reviewed_day = after.reviewed_at, after.reviewed_day
        memory.days, memory.due_at = outcome.days, row.due_after
        memory.seed ^= log.fold_of([row.id])
        memory.reps += 1  # the guard of the next answer; a number never comes back


def _weave(batch: Batch, memory: Memory, rows: list[Review]) -> None:
    """Give the new rows among these what came before them, and the card its place aside if it is a leech."""
    new = {row.id for row in batch.new[memory.card_id]}
    counting = {row.id for row in log.answers(rows)}
    begun = [row for row in rows if row.rating == Mark.START]
    came = replay.truth(begun, memory.added_at, batch.zone, batch.plan)
    state, lapses, seed, due_at, is_leech = came.memory, came.lapses, 0, came.due_at or memory.added_at, False
    for row in rows:
        outcome = _outcome(batch, row, state, seed) if 1 <= row.rating <= 4 else None
        if row.id in new:
            _set_before(row, state, due_at, lapses, seed, outcome)
        if row.rating == Mark.RETURNED:
            is_leech = False
        if outcome is None or row.id not in counting:
            continue
        if row.rating == 1 and state.state == State.REVIEW:
            lapses += 1
            is_leech = is_leech or reviews.is_leech(lapses)
        state, due_at, seed = outcome.memory, row.due_after, seed ^ log.fold_of([row.id])
    if memory.aside in (Aside.IN_QUEUE, Aside.LEECH):
        memory.aside = Aside.LEECH if is_leech else Aside.IN_QUEUE


def _outcome(batch: Batch, row: Review, state: MemoryState, seed: int) -> Outcome:
    drawn_from = spacing.seed_of(row.card_id, seed)
    return scheduling.answer(
        state, row.rating, at=row.at, zone=batch.zone, plan=batch.plan, seed=drawn_from, day=row.day
    )


def _set_before(
    row: Review, state: MemoryState, due_at: datetime, lapses: int, seed: int, outcome: Outcome | None
) -> None:
    row.state_before, row.step_before = state.state, state.step
    row.stability_before, row.difficulty_before = state.stability, state.difficulty
    row.reviewed_at_before, row.reviewed_day_before = state.reviewed_at, state.reviewed_day
    row.due_before, row.lapses_before, row.seed_before = due_at, lapses, seed
    row.due_after, row.days = (outcome.due_at, outcome.days) if outcome else (due_at, 0)


def _tidy_list(batch: Batch, logs: dict[str, list[Review]]) -> None:
    """Take what was answered today off today's list, and put back what was taken back; anything further away may have
    changed what is due, so the list is then built again."""
    today = clock.study_day(batch.at, batch.zone)
    place = (col(QueueCard.user_id) == batch.user_id, col(QueueCard.day) == today)
    back = [*place, col(QueueCard.answered_by).in_(list(batch.undone))]
    if batch.undone:
        batch.db.execute(sa.update(QueueCard).where(*back).values(answered_by=None))
    answered = [log.answers(logs.get(card_id, new)) for card_id, new in batch.new.items()]
    off = [{"card": rows[-1].card_id, "by": rows[-1].id} for rows in answered if rows and rows[-1].day == today]
    if off:
        table: Any = QueueCard.__table__  # type: ignore[attr-defined]
        one = (table.c.user_id == batch.user_id, table.c.day == today, table.c.card_id == sa.bindparam("card"))
        change = sa.update(table).where(*one).values(answered_by=sa.bindparam("by", type_=sa.Uuid()))
        batch.db.connection().execute(change, off)
    if logs or any(row.day != today for rows in batch.new.values() for row in rows):
        day_list.forget(batch.db, batch.user_id)
