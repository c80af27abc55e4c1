"""The review desk as a browser meets it, with and without script."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from core.accounts import User
from core.ids import uuid7
from curriculum import lessons
from curriculum.library import Library
from curriculum.models import Memory, Review
from tests.times import DAY, MINUTE, MONDAY

SCRIPT = {"X-Requested-With": "woodshed"}


@pytest.fixture
def cards(db: Session, library: Library, ada: User) -> None:
    lessons.mark_done(db, ada.id, library.lessons["daw-signal-path"], at=MONDAY)
    db.commit()


def grade(client: Any, page: str, rating: int, **more: Any) -> Any:
    """Press a button of the page's form."""
    action = re.search(r'action="(/reviews/[^"]+)" data-desk-grades', page)
    review_id = re.search(r'name="id" value="([^"]+)"', page)
    assert action and review_id
    return client.send(action[1], {"id": review_id[1], "rating": rating, "seconds": "3.5"}, **more)


def test_a_day_of_reviews_without_script(as_ada: Any, cards: None, fresh_db: Session) -> None:
    page = as_ada.get("/reviews").text
    answers = 0
    while "data-desk-grades" in page:
        sent = grade(as_ada, page, 4)
        assert sent.status_code == 303
        answers += 1
        page = as_ada.get("/reviews").text

    assert answers == 10
    assert "Done for today" in page and "Comes back" in page
    assert len(fresh_db.exec(select(Review)).all()) == 10


def test_the_answer_is_shown_without_script(as_ada: Any, cards: None) -> None:
    closed = as_ada.get("/reviews").text
    card = re.search(r'name="card" value="([^"]+)"', closed)
    assert card

    opened = as_ada.get(f"/reviews?card={card[1]}").text

    assert "data-desk-answer hidden" in closed
    assert "data-desk-answer hidden" not in opened


def test_a_script_gets_the_next_card_in_the_same_answer(as_ada: Any, cards: None) -> None:
    page = as_ada.get("/reviews").text

    answer = grade(as_ada, page, 3, headers=SCRIPT)

    assert answer.status_code == 200
    assert answer.text.startswith("<article") or answer.text.lstrip().startswith("<article")
    assert "data-desk-grades" in answer.text and "<html" not in answer.text


def test_a_double_click_counts_once(as_ada: Any, cards: None, fresh_db: Session) -> None:
    page = as_ada.get("/reviews").text

    first, second = (grade(as_ada, page, 3, headers=SCRIPT) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert len(fresh_db.exec(select(Review)).all()) == 1


def test_a_stale_tab_is_told_and_changes_nothing(as_ada: Any, cards: None, fresh_db: Session) -> None:
    page = as_ada.get("/reviews").text
    grade(as_ada, page, 4)
    stale = re.sub(r'name="id" value="[^"]+"', f'name="id" value="{uuid7()}"', page)

    refused = grade(as_ada, stale, 1, headers=SCRIPT)

    assert refused.status_code == 409
    assert "answered this already" in refused.json["error"]
    assert len(fresh_db.exec(select(Review)).all()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("rating", "5"), ("rating", ""), ("id", "x"), ("seconds", "long"), ("seconds", "nan"), ("seconds", "-inf")],
)
def test_a_form_that_is_wrong_changes_nothing(
    as_ada: Any, cards: None, fresh_db: Session, field: str, value: str
) -> None:
    page = as_ada.get("/reviews").text
    action = re.search(r'action="(/reviews/[^"]+)" data-desk-grades', page)
    assert action
    form = {"id": str(uuid7()), "rating": "3", "seconds": "1", field: value}

    assert as_ada.send(action[1], form, headers=SCRIPT).status_code == 422
    assert not fresh_db.exec(select(Review)).all()


def test_undo_shows_the_card_again(as_ada: Any, cards: None, fresh_db: Session) -> None:
    page = as_ada.get("/reviews").text
    grade(as_ada, page, 4)

    undone = as_ada.send("/reviews/undone", follow_redirects=True)

    question = re.search(r'<div class="desk-question">(.*?)</div>', page, re.S)
    assert question and question[1] in undone.text
    assert [review.rating for review in fresh_db.exec(select(Review).order_by(Review.at, Review.id))] == [4, 0]


@pytest.mark.parametrize(("typed", "said"), [("48 V", "Right."), ("12", "The answer is")])
def test_a_typed_answer_is_compared(as_ada: Any, cards: None, library: Library, typed: str, said: str) -> None:
    page = as_ada.get("/reviews").text
    while "inputmode" in page or 'name="given" type="text"' not in page:
        grade(as_ada, page, 4)
        page = as_ada.get("/reviews").text
    card_id = re.search(r'name="card" value="([^"]+)"', page)
    assert card_id
    card = library.cards[card_id[1]]
    right = card.accepted[0] if said == "Right." else typed

    answer = as_ada.get("/reviews", query_string={"card": card.id, "given": right}, headers=SCRIPT).text

    assert said in answer


def test_an_empty_desk_says_what_to_do(as_ada: Any) -> None:
    assert "No cards yet" in as_ada.get("/reviews").text


def test_the_end_of_the_day_says_what_tomorrow_brings(
    as_ada: Any, cards: None, db: Session, ada: User, library: Library, at: Callable[[datetime], None]
) -> None:
    lessons.mark_done(db, ada.id, library.lessons["theory-pitch"], at=MONDAY)
    db.commit()
    page = as_ada.get("/reviews").text
    while "data-desk-grades" in page:
        grade(as_ada, page, 4)
        page = as_ada.get("/reviews").text

    assert "10 cards tomorrow" in page
    at(MONDAY + DAY)
    assert "data-desk-grades" in as_ada.get("/reviews").text


def test_eve_cannot_answer_adas_card(as_ada: Any, as_eve: Any, cards: None, fresh_db: Session) -> None:
    page = as_ada.get("/reviews").text

    assert grade(as_eve, page, 4, headers=SCRIPT).status_code == 404
    assert not fresh_db.exec(select(Review)).all()


def test_a_signed_out_browser_is_sent_to_sign_in(as_ada: Any, anonymous: Any, cards: None, fresh_db: Session) -> None:
    page = as_ada.get("/reviews").text

    assert grade(anonymous, page, 4).headers["Location"].startswith("/sign-in")
    assert grade(anonymous, page, 4, headers=SCRIPT).status_code == 401
    assert not fresh_db.exec(select(Review)).all()


def test_a_learning_step_waits_its_minutes(
    as_ada: Any, cards: None, fresh_db: Session, at: Callable[[datetime], None]
) -> None:
    page = as_ada.get("/reviews").text
    grade(as_ada, page, 1)
    first = fresh_db.exec(select(Memory).where(Memory.reps == 1)).one()

    at(MONDAY + 2 * MINUTE)

    assert f"/reviews/{first.card_id}" in as_ada.get("/reviews").text
