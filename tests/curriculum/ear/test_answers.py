"""An answer to what sounded is written with its review, on both databases, and counts as long as that one."""

from typing import Any

import pytest
from sqlmodel import Session, select

from core.accounts import User
from core.database import Database
from core.errors import Refused
from core.ids import uuid7
from curriculum import reviews, showing, spacing
from curriculum.content import Library
from curriculum.ear import answers
from curriculum.ear.answers import Given
from curriculum.models import EarAnswer, Review
from tests.curriculum import sounding_content
from tests.curriculum.at_the_desk import Desk
from tests.times import MINUTE, MONDAY

CADENCE = sounding_content.card("cadence")
EQ = sounding_content.ladder("eq")[2]
PLAIN = sounding_content.card("tempo")  # answered by a rating alone, as by a program


@pytest.fixture
def listening(base: Database, db: Session, ada: User) -> Desk:
    """Ada at a desk with a card that sounds, one step of a ladder, and one to read."""
    library = Library(cards={card.id: card for card in (CADENCE, EQ, PLAIN)})
    desk = Desk(base, db, library, ada)
    reviews.add_cards(db, ada.id, library.cards.values(), at=MONDAY)
    db.commit()
    desk.sit_down()
    return desk


def right(desk: Desk, card: Any) -> str:
    asked = showing.show(card, spacing.seed_of(card.id, desk.memory(card.id).seed)).asked
    assert asked is not None
    return asked.right


def test_the_answer_is_written_with_the_review_or_not_at_all(listening: Desk, fresh_db: Session) -> None:
    key, review_id = right(listening, CADENCE), uuid7()
    with pytest.raises(Refused, match="at most 2 plays"):
        listening.answer(CADENCE.id, 4, given=Given(key, plays=3))
    assert not fresh_db.exec(select(EarAnswer)).all() and not fresh_db.exec(select(Review)).all()
    fresh_db.rollback()

    for _ in range(2):
        listening.answer(CADENCE.id, 3, given=Given(key, 3, by_ear=False), review_id=review_id)

    row, review = fresh_db.exec(select(EarAnswer)).one(), fresh_db.exec(select(Review)).one()
    assert row.id == review.id == review_id and row.user_id == review.user_id
    assert (row.at, row.day) == (review.at, review.day)
    assert (row.skill, row.level, row.asked, row.given, row.credit) == ("cadence", 0, key, key, 1.0)
    assert (row.plays, row.by_ear, row.round_id, row.number) == (3, False, None, 0)
    asked = showing.show(CADENCE, answers.unsigned(row.seed)).asked
    assert asked is not None and asked.right == key


def test_what_was_undone_counts_no_longer_for_its_ladder(listening: Desk) -> None:
    def credits() -> list[float]:
        found = list(answers.last_credits(listening.db, listening.person.id, "eq", 3))
        listening.db.commit()
        return found

    listening.answer(EQ.id, 3, given=Given(right(listening, EQ)), at=MONDAY)
    listening.answer(EQ.id, 1, given=Given(""), at=MONDAY + 20 * MINUTE)
    assert credits() == [1.0, 0.0]

    listening.undo(at=MONDAY + 21 * MINUTE)

    assert credits() == [1.0]


@pytest.mark.sqlite
def test_other_cards_cost_no_statement_more(listening: Desk) -> None:
    seen: list[str] = []
    run = type(listening.store.find_next).run

    def noted(self: Any, cursor: Any, values: Any) -> Any:
        seen.append(self.sql)
        return run(self, cursor, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(listening.store.find_next), "run", noted)
        listening.answer(PLAIN.id, 3, at=MONDAY)  # by a rating alone
        without = len(seen)
        seen.clear()
        listening.answer(CADENCE.id, 1, given=Given("half"), at=MONDAY)

    assert len(seen) == without + 1
    assert sum("ear_answer" in one for one in seen) == 1


@pytest.mark.parametrize(
    ("proposed", "plays", "best"), [(3, 0, 4), (3, 2, 4), (3, 3, 3), (2, 1, 2), (1, 0, 1), (3, 999, 3)]
)
def test_the_best_rating_of_an_answer(proposed: int, plays: int, best: int) -> None:
    assert answers.highest(proposed, plays) == best
    for rating in range(1, best + 1):
        answers.refuse_raised(proposed, rating, plays)
    for rating in range(best + 1, 5):
        with pytest.raises(Refused, match="at most"):
            answers.refuse_raised(proposed, rating, plays)
