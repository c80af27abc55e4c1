"""Extra practice: a round from its first card to its last, and the schedule that stays as it is."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.accounts import User
from core.errors import NotFound, Refused
from curriculum import browser, desk, lessons, practice, replay
from curriculum.library import Library
from curriculum.log import Mark
from curriculum.models import Memory, QueueCard, Review
from curriculum.practice import Chosen
from tests.times import BERLIN, MINUTE, MONDAY, SECOND

LESSON = "daw-signal-path"
CHOSEN = Chosen(lesson=LESSON)
SCRIPT = {"X-Requested-With": "woodshed"}


@pytest.fixture
def read(db: Session, library: Library, ada: User) -> None:
    lessons.mark_done(db, ada.id, library.lessons[LESSON], at=MONDAY)
    db.commit()


def a_round(db: Session, library: Library, ada: User, chosen: Chosen = CHOSEN, **more: Any) -> practice.Round:
    look = browser.look(library, ada.id, BERLIN, at=MONDAY)
    return practice.of(db, look, chosen, **{"seed": 1, "begun": MONDAY, **more})


def say(db: Session, library: Library, ada: User, rating: int, at: datetime, most: int = 200) -> str:
    look = browser.look(library, ada.id, BERLIN, at=at)
    now = practice.of(db, look, CHOSEN, seed=1, begun=MONDAY, most=most)
    assert now.card
    practice.answer(db, now, look, now.card.id, rating, 4.0, at=at)
    db.flush()
    return now.card.id


def schedule(db: Session) -> list[Any]:
    db.expire_all()
    rows = [*db.exec(select(Memory).order_by(Memory.card_id)), *db.exec(select(QueueCard).order_by(QueueCard.position))]
    return [row.model_dump() for row in rows]


def test_what_was_forgotten_comes_again_at_the_end_until_it_is_recalled(db, library, ada, read):
    asked = [say(db, library, ada, rating, MONDAY + place * MINUTE, most=3) for place, rating in enumerate([1, 3, 1])]
    asked += [
        say(db, library, ada, rating, MONDAY + (10 + place) * MINUTE, most=3) for place, rating in enumerate([1, 3, 3])
    ]

    end = a_round(db, library, ada, most=3)

    first, second, third = asked[:3]
    assert asked[3:] == [first, third, first]
    assert end.card is None and end.done == 3 and end.answers == 6
    assert sorted(end.forgotten) == sorted([first, third]) and end.first[second] == 3


def test_the_seed_says_the_order(db, library, ada, read):
    orders = [a_round(db, library, ada, seed=seed).order for seed in (1, 1, 2)]

    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(card.id for card in library.lessons[LESSON].cards)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from([1, 2, 3, 4, "undo"]), min_size=1, max_size=25), seconds=st.floats(0, 500))
def test_the_schedule_never_moves(db, library, ada, read, steps, seconds):
    before = schedule(db)
    look = browser.look(library, ada.id, BERLIN, at=MONDAY)
    for place, step in enumerate(steps):
        at = MONDAY + place * SECOND
        now = practice.of(db, look, CHOSEN, seed=3, begun=MONDAY)
        if step == "undo" and now.answers:
            practice.undo(db, now, look, MONDAY, at=at)
        elif step != "undo" and now.card:
            practice.answer(db, now, look, now.card.id, step, seconds, at=at)
        db.flush()

    assert schedule(db) == before
    assert replay.faults(db, ada.id) == []
    ratings = set(db.exec(select(Review.rating)))
    assert ratings <= {11, 12, 13, 14, Mark.UNDO} and max(db.exec(select(Review.seconds)), default=0) <= 60
    db.rollback()


def test_an_undone_answer_is_asked_again(db, library, ada, read):
    first = say(db, library, ada, 3, MONDAY + SECOND)
    look = browser.look(library, ada.id, BERLIN, at=MONDAY)

    back = practice.undo(db, a_round(db, library, ada), look, MONDAY, at=MONDAY + MINUTE)
    db.flush()
    now = a_round(db, library, ada)

    assert back == first and now.card and now.card.id == first and now.answers == 0
    with pytest.raises(Refused, match="no answer of this round"):
        practice.undo(db, now, look, MONDAY, at=MONDAY + 2 * MINUTE)


def test_a_card_that_is_not_in_the_reviews_can_be_practised_and_does_not_join_them(db, library, ada):
    say(db, library, ada, 1, MONDAY + SECOND)
    db.commit()

    assert db.exec(select(Memory)).all() == [] and db.exec(select(Review.rating)).one() == 11
    assert replay.faults(db, ada.id) == []


def test_the_desk_cannot_take_practice_back(db, library, ada, read):
    say(db, library, ada, 3, MONDAY + SECOND)

    with pytest.raises(Refused, match="nothing of today"):
        desk.undo(db, ada.id, BERLIN, at=MONDAY + MINUTE)


def test_the_cards_forgotten_today_are_those_of_the_desk(as_ada, db, library, ada, read):
    page = as_ada.get("/reviews").text
    action = re.search(r'action="(/reviews/[^"]+)" data-desk-grades', page)
    review_id = re.search(r'name="id" value="([^"]+)"', page)
    assert action and review_id
    as_ada.send(action[1], {"id": review_id[1], "rating": 1})

    found = a_round(db, library, ada, Chosen(failed="today"), begun=MONDAY + MINUTE)

    assert found.order == (action[1].rsplit("/", 1)[1],)


@pytest.mark.parametrize(
    ("chosen", "least"),
    [
        (Chosen(track="daw"), 1),
        (Chosen(q="is:new"), 1),
        (Chosen(milestone="first-beat"), 1),
    ],
)
def test_a_round_of_each_kind(db, library, ada, read, chosen, least):
    assert len(a_round(db, library, ada, chosen).order) >= least


def test_a_choice_without_cards_is_refused(db, library, ada, read):
    for chosen in (Chosen(q="tag:nothing-has-this"), Chosen(), Chosen(failed="today")):
        with pytest.raises(Refused):
            a_round(db, library, ada, chosen)
    with pytest.raises(NotFound):
        a_round(db, library, ada, Chosen(lesson="no-lesson"))


def test_cards_of_somebody_else_are_not_practised(db, library, ada, eve, read):
    with pytest.raises(Refused):
        a_round(db, library, ada, Chosen(card=("own-abcdefghjk",)))


def test_a_card_that_is_not_of_the_round_is_not_found(db, library, ada, read):
    look = browser.look(library, ada.id, BERLIN, at=MONDAY)
    other = next(card for card in library.cards.values() if card.lesson != LESSON)

    with pytest.raises(NotFound):
        practice.answer(db, a_round(db, library, ada), look, other.id, 3, 1.0, at=MONDAY)


# Pages


def answer(client: Any, page: str, rating: int, **more: Any) -> Any:
    form = page.split("data-desk-grades")[1].split("</form>")[0]
    fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form)) | {"rating": rating}
    fields.pop("csrf_token")
    return client.send("/practice/round", fields, **more)


def test_a_round_without_script(as_ada, read, fresh_db, at):
    page = as_ada.get(f"/practice/begun?lesson={LESSON}&most=3", follow_redirects=True).text
    assert "the schedule stays as it is" in page
    for place, rating in enumerate([1, 3, 3, 4], 1):
        at(MONDAY + timedelta(minutes=place))
        sent = answer(as_ada, page, rating)
        assert sent.status_code == 303
        page = as_ada.get(sent.location).text

    assert "Round done" in page and "Again the ones I forgot" in page
    assert sorted(fresh_db.exec(select(Review.rating))) == [11, 13, 13, 14]
    assert set(fresh_db.exec(select(Memory.reps))) == {0}


def test_a_script_gets_the_next_card_alone(as_ada, read):
    page = as_ada.get(f"/practice/begun?lesson={LESSON}", follow_redirects=True).text

    part = answer(as_ada, page, 3, headers=SCRIPT, follow_redirects=True)

    assert part.status_code == 200 and "data-desk-grades" in part.text and "<html" not in part.text


def test_undo_in_a_round_shows_the_card_again(as_ada, read):
    page = as_ada.get(f"/practice/begun?lesson={LESSON}", follow_redirects=True).text
    after = as_ada.get(answer(as_ada, page, 3).location).text
    form = after.split("data-desk-undo")[1].split("</form>")[0]
    fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
    fields.pop("csrf_token")

    back = as_ada.send("/practice/round/undone", fields, follow_redirects=True).text

    question = re.search(r'<div class="desk-question">(.*?)</div>', page, re.S)
    assert question and question[1] in back


def test_a_round_without_its_parts_is_not_found(as_ada, read):
    for query in ("", "?lesson=daw-signal-path", "?lesson=daw-signal-path&seed=1&begun=-4"):
        assert as_ada.get(f"/practice/round{query}").status_code == 404


def test_what_can_be_practised_is_offered(as_ada, read):
    page = as_ada.get("/practice")

    assert page.status_code == 200 and "Before a milestone" in page.text and "Nothing was forgotten today" in page.text
