"""Cards as a browser meets them: writing, finding, changing many, one card's page; without script."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session, select

from core.accounts import User
from curriculum import lessons
from curriculum.library import Library
from curriculum.models import Memory, OwnCard, Review
from tests.times import MONDAY

SCRIPT = {"X-Requested-With": "woodshed"}
LESSON = "daw-signal-path"
BASIC = {"type": "basic", "question": "What does a *low cut* remove?", "answer": "What lies below it", "tags": "eq mix"}


@pytest.fixture
def read(db: Session, library: Library, ada: User) -> None:
    lessons.mark_done(db, ada.id, library.lessons[LESSON], at=MONDAY)
    db.commit()


def words(page: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def write(client: Any, **more: Any) -> str:
    """Save a card; the address that it leads to."""
    sent = client.send("/cards", BASIC | more)
    assert sent.status_code == 303, words(sent)
    return str(sent.location)


def undo_of(page: Any) -> dict[str, str]:
    """The fields of the notice's form."""
    form = page.text.split('action="/cards/undone"')[1].split("</form>")[0]
    return dict(re.findall(r'name="(verb|at|tags)" value="([^"]*)"', form))


# Writing


def test_a_card_is_written_and_stands_on_its_page(as_ada, fresh_db):
    where = write(as_ada)

    page = as_ada.get(where)

    assert "What does a <em>low cut</em> remove?" in page.text
    assert "What lies below it" in words(page) and "eq mix" in words(page)
    assert fresh_db.exec(select(Memory.state)).one() == 0


def test_a_form_that_is_refused_keeps_what_was_typed(as_ada, fresh_db):
    sent = as_ada.send("/cards", {"type": "cloze", "question": "No gap in here", "tags": "eq"})

    assert sent.status_code == 422
    assert "This cloze card has no gap." in words(sent) and "No gap in here" in sent.text
    assert fresh_db.exec(select(OwnCard)).all() == []


def test_the_preview_shows_every_card_of_a_text_and_keeps_none(as_ada, fresh_db):
    form = {"type": "cloze", "question": "{{C}} is the root, {{2:G|which?}} the fifth."}

    part = as_ada.send("/cards/preview", form, headers=SCRIPT)
    page = as_ada.send("/cards/preview", form)

    assert "Card 1 of 2" in part.text and "[which?]" in part.text and "<html" not in part.text
    assert "Card 1 of 2" in page.text and "{{C}} is the root" in page.text
    assert fresh_db.exec(select(OwnCard)).all() == []


def test_another_one_like_this_brings_kind_tags_and_lesson_along(as_ada):
    write(as_ada, lesson=LESSON, type="typed")
    sent = as_ada.send("/cards", BASIC | {"another": "1", "lesson": LESSON, "type": "typed"})

    page = as_ada.get(sent.location)

    assert 'value="typed" checked' in page.text and 'value="eq mix"' in page.text
    assert f'<option value="{LESSON}" selected' in page.text


def test_a_sentence_of_a_lesson_becomes_a_gap_text(as_ada):
    asked = {"lesson": LESSON, "text": "The preamp lifts the level.", "gap": "preamp"}

    page = as_ada.get("/cards/new", query_string=asked)

    assert "The {{preamp}} lifts the level." in page.text and 'value="cloze" checked' in page.text


def test_the_lesson_lists_own_cards_and_offers_to_write_one(as_ada, read):
    write(as_ada, lesson=LESSON, question="A question of my own", back="lesson")

    page = as_ada.get(f"/lessons/{LESSON}")

    assert "A question of my own" in page.text and "Write a card for this lesson" in words(page)


def test_editing_from_the_desk_leads_back_to_the_desk(as_ada, fresh_db):
    write(as_ada)
    card_id = fresh_db.exec(select(OwnCard.id)).one()

    shown = as_ada.get(f"/cards/{card_id}?back=desk", follow_redirects=True)
    sent = as_ada.send(f"/cards/{card_id}/edited", BASIC | {"question": "Asked anew?", "back": "desk"})

    assert "Edit a card" in words(shown) and 'name="back" value="desk"' in shown.text
    assert sent.location == "/reviews"


def test_a_course_card_can_be_written_in_own_words(as_ada, library):
    card = next(card for card in library.lessons[LESSON].cards if card.type == "basic")

    page = as_ada.get(f"/cards/new?instead={card.id}")

    assert str(card.front.striptags()) in html.unescape(page.text)


# The browser


def test_the_browser_finds_by_words_and_says_how_many(as_ada, read, library):
    write(as_ada, question="What does the Café mode do?")

    everything = as_ada.get("/cards")
    found = as_ada.get("/cards?q=cafe")

    assert re.search(rf'class="count">{len(library.lessons[LESSON].cards) + 1}<', everything.text)
    assert 'class="count">1<' in found.text and "Café mode" in found.text


@pytest.mark.parametrize("query", ["colour:red", "is:purple", "prop:weight>3", '"open', "(a", "track:nowhere"])
def test_a_search_that_cannot_be_read_says_what_to_write(as_ada, read, query):
    page = as_ada.get("/cards", query_string={"q": query})

    assert page.status_code == 422
    assert 'id="q-error"' in page.text


def test_an_unknown_order_is_refused(as_ada):
    assert as_ada.get("/cards?sort=id;drop table memory").status_code == 422


def test_many_are_suspended_and_brought_back_by_one_undo(as_ada, read, fresh_db):
    ids = [one for one in fresh_db.exec(select(Memory.card_id))][:3]
    as_ada.send("/cards/changed", {"verb": "suspended", "card": ids})
    page = as_ada.get("/cards?q=is:suspended")
    fresh_db.rollback()
    aside = fresh_db.exec(select(Memory.card_id).where(Memory.aside == 1)).all()

    as_ada.send("/cards/undone", undo_of(page))

    fresh_db.rollback()
    assert "3 cards are suspended." in words(page) and sorted(aside) == sorted(ids)
    assert fresh_db.exec(select(Memory.card_id).where(Memory.aside != 0)).all() == []
    assert sorted(fresh_db.exec(select(Review.rating))) == [-1, -1, -1, 0, 0, 0]


def test_everything_that_a_search_finds_is_changed_at_once(as_ada, read, fresh_db, library):
    as_ada.send("/cards/changed", {"verb": "suspended", "everything": "1", "q": "is:new"})

    assert len(fresh_db.exec(select(Memory).where(Memory.aside == 1)).all()) == len(library.lessons[LESSON].cards)


def test_a_deleted_card_is_gone_and_undo_brings_it_back(as_ada, fresh_db):
    where = write(as_ada)
    card_id = where.rsplit("/", 1)[1]

    as_ada.send("/cards/changed", {"verb": "deleted", "card": card_id})
    gone = as_ada.get(where).status_code
    notice = as_ada.get("/cards")
    as_ada.send("/cards/undone", undo_of(notice))

    assert gone == 404 and "One card deleted." in words(notice)
    assert as_ada.get(where).status_code == 200
    assert fresh_db.exec(select(Memory.aside)).one() == 0


def test_nothing_ticked_is_said(as_ada, read):
    sent = as_ada.send("/cards/changed", {"verb": "suspended"})

    assert sent.status_code == 422 and "No card is ticked" in words(sent)


def test_ticked_cards_are_practised(as_ada, read, fresh_db):
    ids = list(fresh_db.exec(select(Memory.card_id)))[:2]

    sent = as_ada.send("/cards/changed", {"verb": "practised", "card": ids})
    begun = as_ada.get(sent.location)

    assert parse_qs(urlsplit(begun.location).query)["card"] == ids


def test_a_stranger_sees_no_card_of_mine(as_ada, as_eve, fresh_db):
    where = write(as_ada)
    card_id = where.rsplit("/", 1)[1]

    answers = [
        as_eve.get(where),
        as_eve.get(f"/cards/{card_id}/edit"),
        as_eve.send(f"/cards/{card_id}/edited", BASIC),
        as_eve.send("/cards/changed", {"verb": "deleted", "card": card_id}),
        as_eve.get(f"/cards/new?like={card_id}"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert fresh_db.exec(select(OwnCard.deleted_at)).one() is None


# One card


def test_a_course_card_that_is_not_begun_says_so(as_ada, library):
    card = library.lessons[LESSON].cards[0]

    assert "not in your reviews yet" in words(as_ada.get(f"/cards/{card.id}"))


def test_the_page_lists_answers_and_what_was_taken_back(as_ada, read, fresh_db):
    page = as_ada.get("/reviews").text
    action = re.search(r'action="(/reviews/[^"]+)" data-desk-grades', page)
    review_id = re.search(r'name="id" value="([^"]+)"', page)
    assert action and review_id
    as_ada.send(action[1], {"id": review_id[1], "rating": 3, "seconds": "4"})
    as_ada.send("/reviews/undone")

    said = words(as_ada.get(f"/cards/{action[1].rsplit('/', 1)[1]}"))

    assert "Good taken back" in said and "Taken back" in said and "4 s" in said
