"""Cards that sound, at the desk as a browser meets it."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from core.accounts import User
from core.ids import uuid7
from curriculum import own_cards, reviews, showing, spacing
from curriculum.content import Card
from curriculum.ear import answers, takes
from curriculum.library import Library, Shelf
from curriculum.log import Mark
from curriculum.models import EarAnswer, Memory, OwnCard, Review
from tests.curriculum import sounding_content
from tests.curriculum.sounding_content import IDS, SOUNDING
from tests.times import DAY, MINUTE, MONDAY

SCRIPT = {"X-Requested-With": "woodshed"}
ADDRESS = re.compile(r"/sound/([0-9a-f]{64})\.(flac|mp3)")
KINDS = sorted(SOUNDING)


@pytest.fixture(scope="session")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sounding_content, "IDS", {kind: IDS[kind] for kind in SOUNDING})
        return Shelf(sounding_content.write_content(tmp_path_factory.mktemp("sounding")))


@pytest.fixture
def course(app: Flask, sounding: Shelf) -> Library:
    app.extensions["shelf"] = sounding
    return sounding.library


@pytest.fixture
def learns(db: Session, course: Library, ada: User) -> Callable[[str], Card]:
    """`learns("eq")`: this card is all that Ada has."""

    def add(kind: str) -> Card:
        card = course.cards[IDS[kind]]
        reviews.add_cards(db, ada.id, [card], at=MONDAY)
        db.commit()
        return card

    return add


def asked_of(card: Card) -> Any:
    """As the desk shows it to somebody who never answered it."""
    return showing.show(card, spacing.seed_of(card.id, 0)).asked


def wrong_one(asked: Any) -> str:
    return next((choice.key for choice in asked.choices if choice.key != asked.right), "16000")


def rate(client: Any, card: Card, rating: int, given: str, **more: Any) -> Any:
    form = {"id": str(more.pop("id", uuid7())), "rating": rating, "seconds": "3", "given": given, "plays": 1, **more}
    return client.send(f"/reviews/{card.id}", form, headers=SCRIPT)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_heard_answered_and_kept(
    as_ada: Any, learns: Callable[[str], Card], fresh_db: Session, kind: str
) -> None:
    card = learns(kind)
    asked = asked_of(card)

    page = as_ada.get("/reviews").text
    found = ADDRESS.findall(page)
    assert {name for name, _ in found} >= {name for name, _ in found if name}
    assert page.count("data-ear-sound") == len(asked.specs)
    assert asked.words not in page
    given = as_ada.get("/reviews", query_string={"card": card.id, "given": asked.right, "plays": 2}).text
    assert asked.words in given.replace("&#39;", "'") and "data-ear-asks" not in given
    sent = rate(as_ada, card, 3, asked.right, plays=2)

    assert sent.status_code == 200, sent.text
    row = fresh_db.exec(select(EarAnswer)).one()
    review = fresh_db.exec(select(Review)).one()
    assert (row.id, row.card_id, row.asked, row.given, row.credit) == (review.id, card.id, asked.right, asked.right, 1)
    assert (row.plays, row.by_ear, row.at, row.day) == (2, True, review.at, review.day)
    assert showing.show(card, answers.unsigned(row.seed)).asked == asked
    assert row.specs == takes.as_text(asked.specs)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_the_same_whatever_the_answer(
    as_ada: Any, learns: Callable[[str], Card], db: Session, ada: User, kind: str
) -> None:
    card = learns(kind)
    pages: dict[Any, set[str]] = {}
    as_ada.get("/reviews")
    for seed in range(4):
        memory = db.get_one(Memory, (ada.id, card.id))
        memory.seed = seed
        db.commit()
        asked = showing.show(card, spacing.seed_of(card.id, seed)).asked
        told = (asked.choices, asked.specs[0].get("bpm") if asked.answered_by == "tap" else "")
        pages.setdefault(told, set()).add(_without_names(as_ada.get("/reviews", headers=SCRIPT).text))

    assert all(len(alike) == 1 for alike in pages.values())


def _without_names(page: str) -> str:
    page = ADDRESS.sub("/sound/NAME.\\2", page)
    page = re.sub(r'class="desk-interval">[^<]*<', "", page)  # of the fuzz, which has a seed, too
    return re.sub(r'name="(id|op|csrf_token)" value="[^"]*"', "", page)


def test_what_was_chosen_can_be_heard_beside_the_right_one(as_ada: Any, learns: Callable[[str], Card]) -> None:
    card = learns("interval")
    asked = asked_of(card)

    right = as_ada.get("/reviews", query_string={"card": card.id, "given": asked.right}).text
    wrong = as_ada.get("/reviews", query_string={"card": card.id, "given": wrong_one(asked)}).text

    assert right.count("data-ear-sound") == 1
    assert wrong.count("data-ear-sound") == 2 and "Your answer" in wrong
    assert f"You answered: {next(choice.words for choice in asked.choices if choice.key == wrong_one(asked))}" in wrong


@pytest.mark.parametrize(
    ("is_right", "plays", "rating", "status", "said"),
    [
        (True, 2, 4, 200, ""),
        (True, 3, 4, 422, "at most 2 plays"),
        (True, 9, 3, 200, ""),
        (True, 1, 1, 200, ""),
        (False, 1, 1, 200, ""),
        (False, 1, 2, 422, "at most"),
        (False, 1, 4, 422, "at most"),
    ],
)
def test_a_rating_is_never_better_than_the_answer(
    as_ada: Any,
    learns: Callable[[str], Card],
    fresh_db: Session,
    is_right: bool,
    plays: int,
    rating: int,
    status: int,
    said: str,
) -> None:
    card = learns("cadence")
    asked = asked_of(card)

    sent = rate(as_ada, card, rating, asked.right if is_right else wrong_one(asked), plays=plays)

    assert sent.status_code == status
    assert said in sent.text
    assert len(fresh_db.exec(select(Review)).all()) == len(fresh_db.exec(select(EarAnswer)).all()) == (status == 200)


def test_the_buttons_of_better_ratings_are_off(as_ada: Any, learns: Callable[[str], Card]) -> None:
    card = learns("cadence")
    asked = asked_of(card)

    right = as_ada.get("/reviews", query_string={"card": card.id, "given": asked.right, "plays": 3}).text
    wrong = as_ada.get("/reviews", query_string={"card": card.id, "given": wrong_one(asked)}).text

    assert re.findall(r'value="(\d)" data-key="\d" disabled', right) == ["4"]
    assert re.findall(r'value="(\d)" data-key="\d" disabled', wrong) == ["2", "3", "4"]


def test_nothing_can_be_looked_up_before_an_answer(as_ada: Any, learns: Callable[[str], Card]) -> None:
    card = learns("chord")

    page = as_ada.get("/reviews", query_string={"card": card.id}).text

    assert "data-ear-asks" in page and "desk-verdict" not in page
    assert asked_of(card).words not in page


def test_who_does_not_know_is_told_and_forgets(as_ada: Any, learns: Callable[[str], Card], fresh_db: Session) -> None:
    card = learns("scale")

    page = as_ada.get("/reviews", query_string={"card": card.id, "given": ""}).text
    assert asked_of(card).words in page
    assert rate(as_ada, card, 2, "").status_code == 422
    assert rate(as_ada, card, 1, "").status_code == 200

    assert fresh_db.exec(select(EarAnswer)).one().credit == 0


def test_the_same_answer_twice_is_kept_once(as_ada: Any, learns: Callable[[str], Card], fresh_db: Session) -> None:
    card, review_id = learns("scale"), uuid7()
    asked = asked_of(card)

    first, second = (rate(as_ada, card, 3, asked.right, id=review_id) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert len(fresh_db.exec(select(EarAnswer)).all()) == 1


def test_an_undone_answer_counts_no_longer(
    as_ada: Any, learns: Callable[[str], Card], fresh_db: Session, ada: User
) -> None:
    card = learns("scale")
    asked = asked_of(card)
    rate(as_ada, card, 1, wrong_one(asked))
    assert list(answers.last_credits(fresh_db, ada.id, "scale", 0)) == [0.0]

    as_ada.send("/reviews/undone")

    fresh_db.rollback()
    assert list(answers.last_credits(fresh_db, ada.id, "scale", 0)) == []
    assert len(fresh_db.exec(select(EarAnswer)).all()) == 1


def test_a_question_that_is_loaded_again_brings_its_sounds_back(
    app: Flask, as_ada: Any, learns: Callable[[str], Card]
) -> None:
    learns("interval")
    name, kind = ADDRESS.search(as_ada.get("/reviews").text.split("data-ear-sound")[0].rsplit("<audio", 1)[1]).groups()
    for path in app.extensions["takes"].folder.glob("??/*"):
        path.unlink()
    assert as_ada.get(f"/sound/{name}.{kind}").status_code == 404

    as_ada.get("/reviews")

    assert as_ada.get(f"/sound/{name}.{kind}").status_code == 200


def test_in_a_sitting_without_sound_a_picture_stands_there_and_the_answer_is_worth_the_same(
    as_ada: Any, learns: Callable[[str], Card], fresh_db: Session
) -> None:
    card = learns("interval")
    asked = asked_of(card)
    as_ada.send("/sitting/without-sound", {"next": "/reviews"})

    page = as_ada.get("/reviews").text
    assert "ear-picture" in page and "data-ear-sound" not in page and asked.words not in page
    assert [choice.words in page for choice in asked.choices] == [True] * len(asked.choices)
    opened = as_ada.get("/reviews", query_string={"card": card.id, "given": asked.right}).text
    assert 'name="by_ear" value="0"' in opened
    rate(as_ada, card, 4, asked.right, plays=0, by_ear=0)

    row = fresh_db.exec(select(EarAnswer)).one()
    assert (row.credit, row.by_ear) == (1, False)


def test_the_way_back_to_sound(as_ada: Any, learns: Callable[[str], Card]) -> None:
    learns("interval")
    as_ada.send("/sitting/without-sound")

    as_ada.send("/sitting/with-sound")

    assert "data-ear-sound" in as_ada.get("/reviews").text


def test_a_sitting_without_sound_ends_by_itself(
    as_ada: Any, learns: Callable[[str], Card], at: Callable[[datetime], None]
) -> None:
    learns("interval")
    as_ada.send("/sitting/without-sound")

    at(MONDAY + DAY)

    assert "data-ear-sound" in as_ada.get("/reviews").text


@pytest.fixture
def recording(db: Session, course: Library, ada: User) -> str:
    """A card that Ada brought along, whose question is a recording."""
    card_id = "anki-abcdefghjk"
    question = 'Which tempo? <audio controls src="/cards/media/0.wav"></audio>'
    db.add(
        OwnCard(
            user_id=ada.id,
            id=card_id,
            origin="anki",
            markup="html",
            question=question,
            answer="96",
            created_at=MONDAY,
            edited_at=MONDAY,
        )
    )
    db.flush()
    reviews.add_cards(db, ada.id, own_cards.made_of(db.get_one(OwnCard, (ada.id, card_id))), at=MONDAY)
    db.commit()
    return card_id


def test_without_sound_a_recording_is_put_off_and_undo_reaches_past_it(
    as_ada: Any, learns: Callable[[str], Card], recording: str, fresh_db: Session, at: Callable[[datetime], None]
) -> None:
    card = learns("scale")
    assert "Which tempo" in as_ada.get("/reviews").text
    as_ada.send("/sitting/without-sound")

    page = as_ada.get("/reviews").text

    assert "Put off until tomorrow" in page and "“Which tempo?”" in page and f'data-card="{card.id}"' in page
    assert "/sitting/with-sound" in page
    at(MONDAY + MINUTE)
    rate(as_ada, card, 1, "", by_ear=0)
    at(MONDAY + 2 * MINUTE)
    as_ada.send("/reviews/undone")
    assert f'data-card="{card.id}"' in as_ada.get("/reviews").text
    assert as_ada.send("/reviews/undone").status_code == 422  # nothing else was done by hand
    assert [row.rating for row in fresh_db.exec(select(Review).where(Review.card_id == recording))] == [Mark.BURIED]


def test_a_sitting_by_ear_asks_for_recordings(as_ada: Any, recording: str) -> None:
    assert "Which tempo" in as_ada.get("/reviews").text


def test_sounds_come_as_their_learner_wants_them(as_ada: Any, learns: Callable[[str], Card]) -> None:
    learns("drive")  # of a bass loop, which MP3 would change
    as_ada.send("/settings/reviews/sounds", {"plays_at_once": "1", "saves_data": "1"})
    page = as_ada.get("/reviews").text
    assert "data-ear-at-once" in page and {kind for _, kind in ADDRESS.findall(page)} == {"flac"}
    settings = as_ada.get("/settings/reviews").text
    assert re.search(r'name="plays_at_once" value="1" checked', settings)

    as_ada.send("/settings/reviews/sounds", {})

    assert "data-ear-at-once" not in as_ada.get("/reviews").text


def test_extra_practice_of_a_sound_moves_nothing(as_ada: Any, learns: Callable[[str], Card], fresh_db: Session) -> None:
    card = learns("chord")
    begun = as_ada.get("/practice/begun", query_string={"card": card.id}, follow_redirects=True)
    assert "data-ear-asks" in begun.text
    action = begun.request.path + "?" + begun.request.query_string.decode()
    asked = showing.show(card, 0).asked
    opened = as_ada.get(f"{action}&card_id={card.id}&given={asked.right}").text
    assert asked.words in opened

    fields = dict(re.findall(r'<input type="hidden" name="(card|seed|begun|most)" value="([^"]*)"', opened))
    sent = as_ada.send("/practice/round", {**fields, "card_id": card.id, "rating": 3, "given": asked.right})

    assert sent.status_code == 303
    assert not fresh_db.exec(select(EarAnswer)).all()
    assert fresh_db.get_one(Memory, (fresh_db.exec(select(User.id)).one(), card.id)).reps == 0
