"""Histories of a learner made by chance, and the same figures worked out from them row by row."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from core import clock
from core.ids import uuid7
from curriculum import scheduling
from curriculum.models import Memory, Review
from curriculum.scheduling import MemoryState, State
from tests.times import DAY

ODD_ZONES = (
    "Europe/Berlin",
    "Australia/Lord_Howe",  # its clocks move by half an hour
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Kiritimati",  # 14 hours ahead
    "Pacific/Pago_Pago",  # 11 behind
    "Africa/Casablanca",
)


@dataclass
class History:
    """Rows as the desk writes them, in order."""

    user_id: UUID
    zone: str
    now: datetime
    rows: list[Review] = field(default_factory=list)
    memories: dict[str, Memory] = field(default_factory=dict)

    @property
    def today(self) -> int:
        return clock.study_day(self.now, self.zone)


def make(dice: random.Random, user_id: UUID, card_ids: list[str], now: datetime, days: int) -> History:
    """Some weeks of answers, undone answers, extra practice and cards set aside, up to `now`."""
    history = History(user_id, dice.choice(ODD_ZONES), now)
    states = dict.fromkeys(card_ids, scheduling.NEW)
    due = dict.fromkeys(card_ids, now - days * DAY)
    lapses: Counter[str] = Counter()
    moments = sorted(now - timedelta(seconds=dice.randrange(days * 86_400)) for _ in range(dice.randrange(1, 160)))
    for at in moments:
        card_id, rating = dice.choice(card_ids), dice.choice((1, 2, 3, 3, 3, 4))
        memory = states[card_id]
        outcome = scheduling.answer(memory, rating, at=at, zone=history.zone)
        row = _row(history, card_id, memory, due[card_id], at)
        row.rating, row.days, row.due_after = rating, outcome.days, outcome.due_at
        row.seconds, row.lapses_before = dice.choice((0.0, 2.5, 7.25, 60.0, 300.0)), lapses[card_id]
        history.rows.append(row)
        what = dice.random()
        if what < 0.15:
            row.rating, row.days, row.due_after = rating + 10, 0, due[card_id]
        if what > 0.85:
            undo = _row(history, card_id, memory, due[card_id], at + timedelta(microseconds=1))
            undo.rating, undo.cancels = 0, row.id
            history.rows.append(undo)
        elif what > 0.8:
            row.rating = dice.choice((-1, -2, -3))
        elif what >= 0.15:
            lapses[card_id] += rating == 1 and memory.state == State.REVIEW
            states[card_id], due[card_id] = outcome.memory, outcome.due_at
    for card_id, memory in states.items():
        history.memories[card_id] = Memory(
            user_id=user_id,
            card_id=card_id,
            lesson="",
            added_at=now - days * DAY,
            state=memory.state,
            step=memory.step,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due_at=due[card_id],
            reviewed_at=memory.reviewed_at,
            reviewed_day=memory.reviewed_day,
            lapses=lapses[card_id],
            aside=dice.choice((0, 0, 0, 1, 2, 3)),
        )
    return history


def counted(history: History) -> list[Review]:
    """Answers and extra practice that were not undone."""
    undone = {row.cancels for row in history.rows}
    return [row for row in history.rows if row.rating in (1, 2, 3, 4, 11, 12, 13, 14) and row.id not in undone]


def sort_of(row: Review, zone: str) -> str:
    if row.rating > 10:
        return "practice"
    if row.state_before != State.REVIEW:
        return "learning"
    assert row.reviewed_day_before is not None
    return "mature" if clock.study_day(row.due_before, zone) - row.reviewed_day_before >= 21 else "young"


def recalled_and_asked(history: History, days: int, sorts: tuple[str, ...]) -> tuple[int, int]:
    """Over the last study days: of each card and day the first answer, if the card was in review by then."""
    by_card_and_day: dict[tuple[str, int], list[Review]] = defaultdict(list)
    for row in counted(history):
        if row.rating <= 4:
            by_card_and_day[row.card_id, row.day].append(row)
    recent = [rows for (_, day), rows in by_card_and_day.items() if 0 <= history.today - day < days]
    firsts = [min(rows, key=lambda row: row.at) for rows in recent]
    asked = [row for row in firsts if sort_of(row, history.zone) in sorts]
    return sum(row.rating > 1 for row in asked), len(asked)


def _row(history: History, card_id: str, memory: MemoryState, due_at: datetime, at: datetime) -> Review:
    return Review(
        user_id=history.user_id,
        id=uuid7(),
        card_id=card_id,
        at=at,
        day=clock.study_day(at, history.zone),
        utc_offset=clock.utc_offset_minutes(at, history.zone),
        rating=0,
        model=1,
        state_before=memory.state,
        step_before=memory.step,
        stability_before=memory.stability,
        difficulty_before=memory.difficulty,
        due_before=due_at,
        reviewed_at_before=memory.reviewed_at,
        reviewed_day_before=memory.reviewed_day,
        due_after=due_at,
    )
