"""A ladder as its learner meets it: at the desk, on a card's page and in the lists."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from core.accounts import User
from core.ids import uuid7
from curriculum import reviews, showing, spacing
from curriculum.library import Library, Shelf
from curriculum.models import EarAnswer, Memory
from tests.curriculum import sounding_content
from tests.curriculum.sounding_content import IDS
from tests.times import MONDAY

START, NEXT, LOWER = "sndeqx.l3", "sndeqx.l4", "sndeqx.l2"
SCRIPT = {"X-Requested-With": "woodshed"}


@pytest.fixture(scope="module")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(sounding_content.write_content(tmp_path_factory.mktemp("ladders")))


@pytest.fixture
def course(app: Flask, sounding: Shelf, db: Session, ada: User) -> Library:
    """Ada has the start of the equaliser's ladder, and nothing else."""
    app.extensions["shelf"] = sounding
    reviews.add_cards(db, ada.id, [sounding.library.cards[START]], at=MONDAY)
    db.commit()
    return sounding.library


def heard(db: Session, ada: User, credit: float, count: int = 19) -> None:
    """Ada answered questions of this step before, in the ear room."""
    for number in range(count):
        db.add(
            EarAnswer(
                user_id=ada.id,
                id=uuid7(),
                at=MONDAY - timedelta(minutes=30 - number),
                day=1,
                skill="eq",
                level=3,
                seed=number,
                synth=1,
                specs="[]",
                asked="1000",
                given="1000",
                credit=credit,
            )
        )
    db.commit()


def answer(as_ada: Any, course: Library, *, is_right: bool) -> str:
    """Ada answers the card on her desk; gives what she sees next."""
    as_ada.get("/reviews")
    card = course.cards[START]
    asked = showing.show(card, spacing.seed_of(card.id, 0)).asked
    assert asked is not None
    given = asked.right if is_right else ""
    form = {"id": str(uuid7()), "rating": 3 if is_right else 1, "seconds": "3", "given": given, "plays": 1}
    sent = as_ada.send(f"/reviews/{START}", form, headers=SCRIPT)
    assert sent.status_code == 200, sent.text
    return str(sent.text)


def cards_of(fresh_db: Session) -> set[str]:
    return set(fresh_db.exec(select(Memory.card_id)))


def test_the_twentieth_good_answer_brings_the_next_step_and_undoing_it_takes_it_away(
    as_ada: Any, db: Session, fresh_db: Session, ada: User, course: Library
) -> None:
    heard(db, ada, 1.0)

    seen = answer(as_ada, course, is_right=True)

    assert "Step 4 of this ladder joins your cards" in seen
    assert cards_of(fresh_db) == {START, NEXT}
    fresh_db.rollback()
    as_ada.send("/reviews/undone", {})
    assert cards_of(fresh_db) == {START}


def test_poor_answers_offer_the_easier_step_and_the_cards_page_gives_it(
    as_ada: Any, db: Session, fresh_db: Session, ada: User, course: Library
) -> None:
    heard(db, ada, 0.2)

    seen = answer(as_ada, course, is_right=False)

    assert "Step 2 is easier; take it on the card&#39;s page" in seen
    assert cards_of(fresh_db) == {START}
    fresh_db.rollback()
    page = as_ada.get(f"/cards/{START}").text
    assert page.count("Take step ") == 6 and "in your reviews" in page
    taken = as_ada.send("/cards/changed", {"verb": "taken", "card": LOWER, "back": f"/cards/{START}"})
    assert taken.headers["Location"] == f"/cards/{START}"
    assert "Step 2 of this ladder joins your reviews." in as_ada.get(f"/cards/{START}").text
    assert cards_of(fresh_db) == {START, LOWER}


def test_a_step_of_a_ladder_that_was_not_begun_cannot_be_taken(as_ada: Any, fresh_db: Session, course: Library) -> None:
    sent = as_ada.send("/cards/changed", {"verb": "taken", "card": "sndchr.l2"})

    assert sent.status_code == 404
    assert cards_of(fresh_db) == {START}
    assert "Take step" not in as_ada.get("/cards/sndchr.l1").text


def test_others_take_no_step_of_adas_ladder(as_eve: Any, course: Library) -> None:
    assert as_eve.send("/cards/changed", {"verb": "taken", "card": LOWER}).status_code == 404


@pytest.mark.parametrize("kind", sorted(IDS))
def test_a_cards_page_says_what_may_sound_and_never_one_answer(as_ada: Any, course: Library, kind: str) -> None:
    page = as_ada.get(f"/cards/{IDS[kind]}")

    assert page.status_code == 200
    if kind in sounding_content.SOUNDING:
        assert "It sounds" in page.text and "<audio" not in page.text
        assert showing.show(course.cards[IDS[kind]], 0).back not in page.text


def test_titles_in_lists_leave_the_picture_out(as_ada: Any, db: Session, ada: User, course: Library) -> None:
    reviews.add_cards(db, ada.id, [course.cards[IDS["pianoroll"]]], at=MONDAY)
    db.commit()

    page = as_ada.get("/cards").text

    assert "Which chord is this?" in page and "Piano roll" not in page
    assert "Step 3 of 7" in page
