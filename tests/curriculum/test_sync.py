"""Answers from devices that were apart: whatever the order in which they are sent, the same memories and one log."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from core.database import Database
from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from curriculum import day_list, desk, log, replay, reviews, sync
from curriculum.cards import Aside
from curriculum.library import Library
from curriculum.models import Memory, QueueCard, Review
from curriculum.scheduling import State
from curriculum.sync import Kept, Sent
from tests.conftest import person
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, SECOND

LESSON = "daw-signal-path"
SEED = 20261123  # of the random histories
HISTORIES = 1000
ANSWERED = MONDAY + 25 * DAY  # when the devices send what they have
SAME_EACH_TIME = set(Memory.model_fields) - {"user_id", "reps"}  # `reps` counts writes
MADE_HERE = (log.Mark.DATED, log.Mark.START)  # rows that no device sends


def answer(card_id: str, rating: int = 3, *, at: datetime, **more: Any) -> Sent:
    return Sent(more.pop("id", None) or uuid7(), card_id, at, rating, 4.0, **more)


def undo(of: Sent, *, at: datetime, **more: Any) -> Sent:
    return Sent(more.pop("id", None) or uuid7(), of.card_id, at, undoes=of.id)


class Server:
    """What stands on the server for one learner."""

    def __init__(self, db: Session, library: Library, user_id: UUID, at: datetime = ANSWERED) -> None:
        self.db, self.library, self.user_id, self.at = db, library, user_id, at

    def take(self, *sent: Sent, at: datetime | None = None) -> list[Kept]:
        return sync.take_in(self.db, self.library, self.user_id, BERLIN, sent, at=at or self.at)

    def memories(self) -> dict[str, dict[str, Any]]:
        self.db.flush()
        rows = self.db.exec(select(Memory).where(Memory.user_id == self.user_id)).all()
        return {row.card_id: row.model_dump(include=SAME_EACH_TIME) for row in rows}

    def memory(self, card_id: str) -> dict[str, Any]:
        return self.memories()[card_id]

    def log(self) -> set[UUID]:
        rows = select(col(Review.id)).where(Review.user_id == self.user_id, col(Review.rating).not_in(MADE_HERE))
        return set(self.db.exec(rows))

    def faults(self) -> list[str]:
        self.db.flush()
        return replay.faults(self.db, self.user_id)


def came_with_a_memory(user_id: UUID, card_id: str) -> tuple[Memory, Review]:
    """A card from elsewhere, with what was remembered of it and five lapses, but without its history."""
    reviewed_at, added_at = MONDAY - 12 * DAY, MONDAY - DAY
    reviewed_day = clock.study_day(reviewed_at, BERLIN)
    state = {"state": State.REVIEW, "stability": 10.0, "difficulty": 6.0, "lapses": 5, "reviewed_at": reviewed_at}
    state |= {"reviewed_day": reviewed_day, "due_at": clock.day_start(reviewed_day + 10, BERLIN)}
    mine = {"user_id": user_id, "card_id": card_id, "days": 10}
    memory = Memory(**mine, lesson="", added_at=added_at, **state)
    start = Review(
        **mine,
        id=uuid7(),
        at=added_at,
        day=clock.study_day(added_at, BERLIN),
        utc_offset=60,
        rating=log.Mark.START,
        model=1,
        due_after=state["due_at"],
        **{f"{name.removesuffix('_at') if name == 'due_at' else name}_before": value for name, value in state.items()},
    )
    return memory, start


@pytest.fixture
def cards(library: Library) -> list[str]:
    return [card.id for card in library.lessons[LESSON].cards]


@pytest.fixture
def server(db: Session, library: Library, ada: User) -> Server:
    reviews.add_cards(db, ada.id, library.lessons[LESSON].cards, at=MONDAY)
    db.commit()
    return Server(db, library, ada.id)


@pytest.fixture
def another(db: Session, library: Library) -> Server:
    """The same cards, in the hands of somebody to whom the same is sent in another order."""
    fay = person(db, "Fay")
    reviews.add_cards(db, fay.id, library.lessons[LESSON].cards, at=MONDAY)
    db.commit()
    return Server(db, library, fay.id)


# -- one answer ----------------------------------------------------------------------------------------------


def test_an_answer_from_elsewhere_counts_on_its_own_day(server: Server, cards: list[str]) -> None:
    given = MONDAY + 3 * DAY

    kept = server.take(answer(cards[0], at=given))[0]

    assert kept.row is not None and kept.row.at == given
    assert kept.row.day == clock.study_day(given, BERLIN) and kept.row.utc_offset == 60
    assert server.memory(cards[0])["reviewed_at"] == given
    assert server.faults() == []


def test_the_same_again_gives_what_stands_in_the_log(server: Server, cards: list[str]) -> None:
    one = answer(cards[0], 4, at=MONDAY)
    first = server.take(one)[0].row
    before = server.memories()

    again = server.take(one, one)

    assert [kept.row for kept in again] == [first, first]
    assert server.memories() == before and len(server.log()) == 1


@pytest.mark.parametrize(
    "other",
    [{"rating": 1}, {"seconds": 9.0}, {"at": MONDAY + SECOND}, {"card": 1}, {"rating": 0, "undoes": UUID(int=7)}],
)
def test_the_same_id_for_something_else_is_refused_and_the_first_one_counts(
    server: Server, cards: list[str], other: dict[str, Any]
) -> None:
    one = answer(cards[0], at=MONDAY)
    server.take(one)
    before = server.memories()
    if "card" in other:
        other = {"card_id": cards[other["card"]]}

    refusal = server.take(replace(one, **other))[0].refusal

    assert isinstance(refusal, Conflict)
    assert server.memories() == before and len(server.log()) == 1


def test_one_that_is_refused_stops_none_of_the_others(server: Server, cards: list[str]) -> None:
    good, bad = answer(cards[0], at=MONDAY), answer("zzzzzz", at=MONDAY)

    kept = server.take(bad, good, answer(cards[1], 5, at=MONDAY))

    assert [one.refusal is None for one in kept] == [False, True, False]
    assert server.log() == {good.id}


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        (-30 * DAY, True),
        (-30 * DAY - SECOND, False),
        (5 * MINUTE, True),
        (5 * MINUTE + SECOND, False),
    ],
)
def test_an_answer_may_be_thirty_days_old_and_five_minutes_ahead(
    server: Server, cards: list[str], given: timedelta, is_taken: bool
) -> None:
    kept = server.take(answer(cards[0], at=ANSWERED + given))[0]

    assert (kept.refusal is None) is is_taken


def test_somebody_elses_cards_and_answers_are_none(
    server: Server, another: Server, cards: list[str], db: Session
) -> None:
    theirs = answer(cards[0], at=MONDAY)
    another.take(theirs)
    db.execute(sa.delete(Memory).where(Memory.user_id == server.user_id, Memory.card_id == cards[1]))

    kept = server.take(answer(cards[1], at=MONDAY))[0]

    assert kept.refusal is not None and kept.refusal.field == "card_id"
    with pytest.raises(NotFound):
        sync.take_back(db, server.library, server.user_id, BERLIN, theirs.id, at=ANSWERED)


def test_a_card_that_is_not_due_is_taken_all_the_same(server: Server, cards: list[str]) -> None:
    server.take(answer(cards[0], 4, at=MONDAY))
    assert server.memory(cards[0])["due_at"] > MONDAY + DAY

    kept = server.take(answer(cards[0], 3, at=MONDAY + DAY))[0]

    assert kept.refusal is None and server.memory(cards[0])["reviewed_at"] == MONDAY + DAY


# -- two devices ---------------------------------------------------------------------------------------------


def test_an_answer_that_comes_late_takes_its_place(server: Server, another: Server, cards: list[str]) -> None:
    early, late = answer(cards[0], 3, at=MONDAY), answer(cards[0], 4, at=MONDAY + 4 * DAY)

    for one in (late, early):
        assert server.take(one)[0].refusal is None
    another.take(early, late)

    assert server.memories() == another.memories()
    assert server.faults() == another.faults() == []


def test_two_answers_of_one_moment_go_by_their_ids(server: Server, another: Server, cards: list[str]) -> None:
    one, other = answer(cards[0], 1, at=MONDAY), answer(cards[0], 4, at=MONDAY)

    server.take(one)
    server.take(other)
    another.take(other)
    another.take(one)

    assert server.memories() == another.memories()
    assert server.faults() == []


def test_what_is_taken_back_counts_for_nothing_whoever_comes_first(
    server: Server, another: Server, cards: list[str]
) -> None:
    first, second = answer(cards[0], 4, at=MONDAY), answer(cards[0], 1, at=MONDAY + 5 * DAY)
    back = undo(first, at=MONDAY + 6 * DAY)

    for one in (back, second, first):
        assert server.take(one)[0].refusal is None
    another.take(first, second, back)

    assert server.memories() == another.memories()
    assert server.memory(cards[0])["lapses"] == 0 and server.faults() == []


def test_taking_back_twice_is_no_error(server: Server, cards: list[str], db: Session) -> None:
    one = answer(cards[0], at=MONDAY)
    server.take(one)

    for _ in range(2):
        row = sync.take_back(db, server.library, server.user_id, BERLIN, one.id, at=ANSWERED)

    assert row.id == one.id and len(server.log()) == 2
    assert server.memory(cards[0])["state"] == State.NEW and server.faults() == []


@pytest.mark.parametrize("wrong", ["another card", "an undo", "itself"])
def test_only_an_answer_of_that_card_is_taken_back(server: Server, cards: list[str], wrong: str) -> None:
    one = answer(cards[0], at=MONDAY)
    back = undo(one, at=MONDAY + SECOND)
    server.take(one, back)
    odd = {
        "another card": replace(back, id=uuid7(), card_id=cards[1]),
        "an undo": Sent(uuid7(), cards[0], MONDAY, undoes=back.id),
        "itself": Sent(one_id := uuid7(), cards[0], MONDAY, undoes=one_id),
    }[wrong]

    refusal = server.take(odd)[0].refusal

    assert isinstance(refusal, Refused) and refusal.field == "undoes"


def test_a_card_forgotten_for_the_sixth_time_is_set_aside_in_any_order(
    server: Server, another: Server, cards: list[str]
) -> None:
    sent = [
        answer(cards[0], rating, at=MONDAY + day * DAY + minute * MINUTE)
        for day in range(7)
        for minute, rating in ((0, 1), (11, 4))
    ]

    server.take(*sent[::2])
    server.take(*sent[1::2])
    for one in sent:
        another.take(one)

    assert server.memories() == another.memories()
    assert server.memory(cards[0])["lapses"] == 6 and server.memory(cards[0])["aside"] == Aside.LEECH


def test_a_suspended_card_stays_so(server: Server, cards: list[str], db: Session) -> None:
    desk.suspend(db, server.user_id, cards[0], BERLIN, at=MONDAY)

    kept = server.take(answer(cards[0], at=MONDAY + HOUR), answer(cards[0], at=MONDAY - HOUR))

    assert [one.refusal for one in kept] == [None, None]
    assert server.memory(cards[0])["aside"] == Aside.SUSPENDED and server.faults() == []


def test_a_card_that_came_with_a_memory_goes_on_from_there_in_any_order(
    server: Server, another: Server, db: Session
) -> None:
    for one in (server, another):
        db.add_all(came_with_a_memory(one.user_id, "anki-1"))
    first, second = answer("anki-1", 4, at=MONDAY + DAY), answer("anki-1", 1, at=MONDAY + 9 * DAY)

    for sent in (second, first):
        assert server.take(sent)[0].refusal is None
    another.take(first, second)

    assert server.memories() == another.memories() and server.faults() == another.faults() == []
    assert server.memory("anki-1")["lapses"] == 6 and server.memory("anki-1")["aside"] == Aside.LEECH


# -- today's list --------------------------------------------------------------------------------------------


@pytest.fixture
def listed(server: Server, db: Session) -> Callable[[], set[str]]:
    """Which cards are left on the list of Monday."""

    def left() -> set[str]:
        day_list.build(db, server.library, server.user_id, BERLIN, at=MONDAY)
        db.flush()
        place = (QueueCard.user_id == server.user_id, QueueCard.day == clock.study_day(MONDAY, BERLIN))
        return set(db.exec(select(col(QueueCard.card_id)).where(*place, col(QueueCard.answered_by).is_(None))))

    server.at = MONDAY
    return left


def test_what_a_device_answered_is_off_the_list_and_on_again_when_taken_back(
    server: Server, listed: Callable[[], set[str]]
) -> None:
    before = listed()
    one = answer(min(before), at=MONDAY - MINUTE)

    server.take(one)
    after = listed()
    server.take(undo(one, at=MONDAY))

    assert after == before - {one.card_id}
    assert listed() == before


def test_what_was_answered_yesterday_is_not_asked_again_today(server: Server, listed: Callable[[], set[str]]) -> None:
    card_id = min(listed())

    server.take(answer(card_id, 4, at=MONDAY - DAY))

    assert card_id not in listed()


def test_a_device_takes_along_what_the_server_would_choose(
    server: Server, listed: Callable[[], set[str]], db: Session
) -> None:
    listed()
    queue = sync.queue(db, server.library, server.user_id, BERLIN, limit=3, at=MONDAY)
    first = queue.cards[0]

    row = server.take(answer(first.card.id, 4, at=MONDAY))[0].row

    assert len(queue.cards) == 3 and queue.left == queue.total == len(listed()) + 1
    assert row is not None and row.due_after == first.outcomes[3].due_at
    assert row.days == first.outcomes[3].days


def test_learning_steps_come_before_the_list_and_soon_ones_after(
    server: Server, listed: Callable[[], set[str]], db: Session
) -> None:
    early, late = sorted(listed())[:2]
    server.take(answer(early, 1, at=MONDAY - 2 * MINUTE), answer(late, 3, at=MONDAY - MINUTE))

    queue = sync.queue(db, server.library, server.user_id, BERLIN, limit=200, at=MONDAY)

    assert (queue.cards[0].card.id, queue.cards[-1].card.id, queue.steps) == (early, late, 2)


# -- any history ---------------------------------------------------------------------------------------------


def history(dice: random.Random, name: str) -> list[list[Sent]]:
    """What two devices did while they were apart: up to 16 answers and undos of up to three cards, rarely 32 of one;
    clocks apart by up to six hours, moments so coarse that some are the same."""
    is_stubborn = dice.random() < 0.05  # one card, forgotten again and again
    cards = [f"{name}.{number}" for number in range(1 if is_stubborn else dice.randint(1, 3))]
    devices: list[list[Sent]] = []
    for _ in range(2):
        at = MONDAY + dice.choice([-3 * HOUR, 0 * HOUR, 0 * HOUR, 3 * HOUR])
        done: list[Sent] = []
        for _ in range(16 if is_stubborn else dice.randint(1, 8)):
            at += dice.choice([0 * HOUR, MINUTE, 10 * MINUTE, 8 * HOUR, DAY, DAY, 3 * DAY])
            if at > MONDAY + 24 * DAY:
                break
            answers = [one for other in [*devices, done] for one in other if not one.undoes]
            number = UUID(int=dice.getrandbits(128) & ~(0xF << 76) | 0x7 << 76)
            if answers and dice.random() < (0.05 if is_stubborn else 0.2):
                done.append(undo(dice.choice(answers), at=at, id=number))
            else:
                rating = dice.choice([1, 4] if is_stubborn else [1, 2, 3, 3, 3, 4])
                done.append(answer(dice.choice(cards), rating, at=at, id=number))
        devices.append(done)
    return devices


def deliveries(dice: random.Random, devices: list[list[Sent]]) -> list[list[Sent]]:
    """The same, cut into batches, some of them sent twice, in any order, and each in any order."""
    batches = []
    for device in devices:
        cuts = sorted(dice.sample(range(len(device) + 1), min(dice.randint(0, 2), len(device))))
        batches += [device[start:end] for start, end in zip([0, *cuts], [*cuts, len(device)], strict=True)]
    batches += dice.sample(batches, dice.randint(0, 1))
    dice.shuffle(batches)
    return [dice.sample(batch, len(batch)) for batch in batches]


def sent_to(db: Session, library: Library, histories: list[list[list[Sent]]], rounds: list[list[Sent]]) -> Server:
    """A new learner's server that has taken in these rounds, one after the other."""
    user_id, zone = uuid7(), BERLIN
    known = {"id": user_id, "email": user_id.hex, "name": "Ada", "fs_uniquifier": user_id.hex, "active": True}
    db.execute(sa.insert(User), [{**known, "zone": zone, "created_at": MONDAY}])
    cards = {one.card_id for devices in histories for device in devices for one in device}
    for card_id in cards:
        blank = {"lesson": "", "added_at": MONDAY - DAY, "due_at": MONDAY - DAY, "state": State.NEW}
        is_old = card_id.endswith(".1")
        db.add_all(
            came_with_a_memory(user_id, card_id) if is_old else [Memory(user_id=user_id, card_id=card_id, **blank)]
        )
    server = Server(db, library, user_id)
    for sent in rounds:
        assert [kept.refusal for kept in server.take(*sent) if kept.refusal] == []
    return server


def test_a_thousand_histories_of_two_devices_end_the_same_in_any_order(base: Database, library: Library) -> None:
    """Histories go side by side, a hundred to a learner: their cards know nothing of each other."""
    for bundle in range(10 if base.is_sqlite else 1):
        dice = random.Random(SEED + bundle)
        histories = [history(dice, f"h{bundle}x{number}") for number in range(HISTORIES // 10)]
        everything = [one for devices in histories for device in devices for one in device]
        cut = [deliveries(dice, devices) for devices in histories]
        rounds = [[one for batch in batches if batch for one in batch] for batches in zip_longest(*cut)]
        with base.writing() as db:
            at_once = sent_to(db, library, histories, [everything])
            by_and_by = sent_to(db, library, histories, rounds)

            one, other = at_once.memories(), by_and_by.memories()
            assert [card_id for card_id in one if one[card_id] != other[card_id]] == [], f"seed {SEED + bundle}"
            assert at_once.log() == by_and_by.log() == {one.id for one in everything}
            assert at_once.faults() + by_and_by.faults() == [], f"seed {SEED + bundle}"
            assert any(memory["aside"] for memory in one.values()) and any(memory["lapses"] for memory in one.values())


# -- at once -------------------------------------------------------------------------------------------------


def test_two_devices_that_send_at_the_same_time_lose_nothing(
    base: Database, server: Server, another: Server, cards: list[str], fresh_db: Session
) -> None:
    start = threading.Barrier(2)
    faults: list[Refused] = []
    sent = [
        [
            answer(card_id, dice, at=MONDAY + minute * MINUTE + device * SECOND)
            for minute, card_id in enumerate(cards * 3)
        ]
        for device, dice in enumerate((3, 1))
    ]

    def send(device: int) -> None:
        start.wait(10)
        for first in range(0, len(sent[device]), 5):
            with base.writing() as db:
                kept = Server(db, server.library, server.user_id).take(*sent[device][first : first + 5])
                faults.extend(one.refusal for one in kept if one.refusal)

    threads = [threading.Thread(target=send, args=(device,), daemon=True) for device in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    another.take(*sent[1], *sent[0])

    assert faults == []
    found = Server(fresh_db, server.library, server.user_id)
    assert found.log() == {one.id for device in sent for one in device}
    assert found.memories() == another.memories() and found.faults() == []


@pytest.mark.parametrize("is_late", [False, True])
def test_a_full_batch_asks_the_database_no_more_often_than_a_small_one(
    server: Server, cards: list[str], db: Session, base: Database, is_late: bool
) -> None:
    """Each of ten cards has fifty answers, all in order of time, or all before one that is there."""
    sent = [answer(cards[number % 10], 3, at=MONDAY + number * HOUR) for number in range(500)]
    if is_late:
        server.take(*(answer(card_id, at=MONDAY + 21 * DAY) for card_id in cards[:10]))
    counts: list[int] = []

    @sa.event.listens_for(base.engine, "before_cursor_execute")
    def count(*_told: Any) -> None:
        counts[-1] += 1

    for some in (sent[:10], sent[10:]):
        counts.append(0)
        assert [kept.refusal for kept in server.take(*some) if kept.refusal] == []
        db.commit()
    sa.event.remove(base.engine, "before_cursor_execute", count)

    assert counts[1] <= counts[0] + 2 and counts[1] < 40, counts
