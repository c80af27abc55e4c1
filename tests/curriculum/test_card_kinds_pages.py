"""Each kind of card on the desk, as a browser meets it with and without script."""

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from core.accounts import User
from curriculum import reviews, showing, spacing
from curriculum.library import Library
from curriculum.showing import Showing
from tests.times import MONDAY

SCRIPT = {"X-Requested-With": "woodshed"}
SUM, CHOICE, TYPED, NOTE, REVERSE = "c3yj6u", "f7s4wk", "hqq6my", "bvg5k4", "4tejyb.r"


@pytest.fixture
def deal(db: Session, library: Library, ada: User) -> Callable[[str], None]:
    """`deal("k7m2qd")`: the card is the only one on Ada's desk."""

    def put(card_id: str) -> None:
        reviews.add_cards(db, ada.id, [library.cards[card_id]], at=MONDAY)
        db.commit()

    return put


def shown_first(library: Library, card_id: str) -> Showing:
    """What the desk shows of a card that has never been answered."""
    return showing.show(library.cards[card_id], spacing.seed_of(card_id, 0))


def question_on(page: str) -> str:
    found = re.search(r'<div class="desk-question">(.*?)</div>', page, re.S)
    assert found
    return found[1]


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def button_in_focus(page: str) -> str:
    found = re.search(r'value="(\d)" data-key="\d" autofocus', page)
    assert found
    return found[1]


def test_a_sum_shows_its_values_and_keeps_its_answer_until_asked(
    as_ada: Any, deal: Callable[[str], None], library: Library
) -> None:
    deal(SUM)
    shown = shown_first(library, SUM)

    page = as_ada.get("/reviews").text

    assert str(shown.front) in page and "…" not in shown.front
    assert 'inputmode="decimal"' in page and "Your answer in dB" in words_of(page)
    assert page.index("data-desk-answer hidden") < page.index(str(shown.back))


def test_values_stand_still_until_the_answer_and_come_back_with_undo(as_ada: Any, deal: Callable[[str], None]) -> None:
    deal("2ud9yf")
    first = question_on(as_ada.get("/reviews").text)
    again = question_on(as_ada.get("/reviews", query_string={"card": "2ud9yf", "given": "9"}).text)

    as_ada.send("/reviews/2ud9yf", {"id": str(UUID(int=5)), "rating": 1, "seconds": "1"})
    other = question_on(as_ada.get("/reviews").text)
    as_ada.send("/reviews/undone")

    assert first == again != other
    assert question_on(as_ada.get("/reviews").text) == first


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_a_sum_is_judged_with_its_deviation_and_its_steps(
    as_ada: Any, deal: Callable[[str], None], library: Library, headers: dict[str, str]
) -> None:
    deal(SUM)
    shown = shown_first(library, SUM)
    near = f"{shown.values['answer'] + 2:.1f}"

    page = as_ada.get("/reviews", query_string={"card": SUM, "given": near}, headers=headers).text

    assert "Too high by 2\xa0dB." in html.unescape(page)
    assert str(shown.back) in page and str(shown.note) in page and f"<del>{near}</del>" in page
    assert button_in_focus(page) == "1"


def test_a_right_sum_puts_the_focus_on_good(as_ada: Any, deal: Callable[[str], None], library: Library) -> None:
    deal(SUM)
    answer = shown_first(library, SUM).values["answer"]

    page = as_ada.get("/reviews", query_string={"card": SUM, "given": f"{answer} dB"}).text

    assert "Right." in page and button_in_focus(page) == "3"


def test_a_sum_whose_answer_may_be_negative_leaves_the_minus_on_the_keyboard(
    as_ada: Any, deal: Callable[[str], None]
) -> None:
    deal("s6b3yg")

    assert "inputmode" not in as_ada.get("/reviews").text


def test_the_options_of_a_choice_are_buttons_with_keys(
    as_ada: Any, deal: Callable[[str], None], library: Library
) -> None:
    deal(CHOICE)
    order = [str(option.text) for option in shown_first(library, CHOICE).options]

    page = as_ada.get("/reviews").text

    buttons = re.findall(
        r'<button class="desk-option" name="given" value="(\d)" data-key="(\d)">.*?<span>(.*?)</span>', page
    )
    assert buttons == [(str(place), str(place), text) for place, text in enumerate(order, 1)]
    asked, _, answer = page.partition("data-desk-answer hidden")
    assert "desk-option-right" in answer and "desk-option-right" not in asked


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_a_wrong_choice_is_marked_beside_the_right_one(
    as_ada: Any, deal: Callable[[str], None], library: Library, headers: dict[str, str]
) -> None:
    deal(CHOICE)
    options = shown_first(library, CHOICE).options
    wrong = next(place for place, option in enumerate(options, 1) if not option.is_right)

    page = as_ada.get("/reviews", query_string={"card": CHOICE, "given": str(wrong)}, headers=headers).text

    marks = dict(re.findall(r'<li class="desk-option ?(\S*)"><span>(.*?)</span>', page))
    assert marks["desk-option-wrong"] == options[wrong - 1].text
    assert marks["desk-option-right"] == library.cards[CHOICE].options[0]
    assert "Yours" in words_of(page) and "Not this one." in page and button_in_focus(page) == "1"
    assert 'class="desk-option" name="given"' not in page


def test_the_right_choice_is_said_to_be_yours(as_ada: Any, deal: Callable[[str], None], library: Library) -> None:
    deal(CHOICE)
    options = shown_first(library, CHOICE).options
    right = next(place for place, option in enumerate(options, 1) if option.is_right)

    page = as_ada.get("/reviews", query_string={"card": CHOICE, "given": str(right)}).text

    assert "Yours, and right" in page and "desk-option-wrong" not in page and button_in_focus(page) == "3"


def test_a_choice_may_be_opened_without_choosing(as_ada: Any, deal: Callable[[str], None]) -> None:
    deal(CHOICE)

    page = as_ada.get("/reviews", query_string={"card": CHOICE}).text

    assert "desk-option-right" in page and "desk-verdict" not in page and button_in_focus(page) == "3"


def test_a_slip_in_a_typed_word_is_marked_and_said(as_ada: Any, deal: Callable[[str], None]) -> None:
    deal(TYPED)

    page = as_ada.get("/reviews", query_string={"card": TYPED, "given": "mixing enginer"}).text

    assert "mixing engine<ins>e</ins>r" in page
    assert "“mixing enginer”. Missing: “e”." in words_of(page)
    assert "Almost" in page and button_in_focus(page) == "2"


def test_the_other_name_of_a_key_is_told_apart_from_right_and_wrong(as_ada: Any, deal: Callable[[str], None]) -> None:
    deal(NOTE)

    page = as_ada.get("/reviews", query_string={"card": NOTE, "given": "E double sharp"}).text

    assert "Right pitch, other spelling: here it is called F♯." in page and button_in_focus(page) == "3"


def test_nothing_typed_is_said_to_be_nothing(as_ada: Any, deal: Callable[[str], None]) -> None:
    deal(TYPED)

    page = as_ada.get("/reviews", query_string={"card": TYPED, "given": "  "}).text

    assert "You wrote nothing." in page and "“" not in words_of(page) and button_in_focus(page) == "1"


def test_what_was_typed_is_shown_as_text(as_ada: Any, deal: Callable[[str], None]) -> None:
    bad = "<img src=x onerror=alert(1)>"
    for card_id in (TYPED, SUM, CHOICE):
        deal(card_id)
    for _ in range(3):
        page = as_ada.get("/reviews").text
        card = re.search(r'name="card" value="([^"]+)"', page)
        assert card
        judged = as_ada.get("/reviews", query_string={"card": card[1], "given": bad}).text
        assert "<img src" not in judged
        review = re.search(r'name="id" value="([^"]+)"', judged)
        assert review
        as_ada.send(f"/reviews/{card[1]}", {"id": review[1], "rating": 4, "seconds": "1"})


def test_the_way_back_of_a_reverse_card_asks_with_the_answer(as_ada: Any, deal: Callable[[str], None]) -> None:
    deal(REVERSE)

    page = as_ada.get("/reviews").text

    assert "+4 dBu" in question_on(page)


def test_the_list_of_answered_cards_shows_a_sum_without_values(as_ada: Any, deal: Callable[[str], None]) -> None:
    deal(SUM)
    page = as_ada.get("/reviews").text
    review = re.search(r'name="id" value="([^"]+)"', page)
    assert review

    as_ada.send(f"/reviews/{SUM}", {"id": review[1], "rating": 4, "seconds": "1"})

    assert "A desk sends +… dBu into a consumer input" in words_of(as_ada.get("/reviews").text)
