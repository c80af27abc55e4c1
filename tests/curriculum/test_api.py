"""Reviews for programs: what the door lets through, what it refuses, and that each thing counts once."""

import json
import logging
import random
import re
import shlex
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from core import tokens
from core.accounts import User
from core.ids import uuid7
from core.settings import HERE
from curriculum import own_cards, replay, reviews
from curriculum.library import Library
from curriculum.models import Memory, Review
from tests.times import DAY, MINUTE, MONDAY, SECOND

LESSON = "daw-signal-path"
REVIEWS = "/api/v1/reviews"
BOTH = ("reviews:read", "reviews:write")


class Program:
    """A device of somebody's, with a key."""

    def __init__(self, app: Flask, db: Session, user: User, scopes: tuple[str, ...] = BOTH) -> None:
        _, self.key = tokens.make(db, user.id, name="Phone", scopes=list(scopes), at=MONDAY)
        db.commit()
        self.app = app

    def ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return self.app.test_client().open(path, method=method, headers=headers, **more)

    def queue(self, query: str = "") -> Any:
        return self.ask("GET", f"{REVIEWS}/queue{query}")

    def send(self, *items: Any) -> list[dict[str, Any]]:
        answer = self.ask("POST", REVIEWS, json={"reviews": list(items)})
        assert answer.status_code == 200, answer.json
        return list(answer.json["results"])


def item(card_id: str, rating: Any = 3, *, at: datetime = MONDAY, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "card_id": card_id, "rating": rating, "answered_at": at.isoformat(), **more}


@pytest.fixture
def cards(db: Session, library: Library, ada: User) -> list[str]:
    """Ada's."""
    reviews.add_cards(db, ada.id, library.lessons[LESSON].cards, at=MONDAY)
    db.commit()
    return [card.id for card in library.lessons[LESSON].cards]


@pytest.fixture
def phone(app: Flask, db: Session, ada: User) -> Program:
    return Program(app, db, ada)


@pytest.fixture
def kept(fresh_db: Session) -> Callable[[], list[Review]]:
    """The log as it was committed, in order of time."""

    def rows() -> list[Review]:
        fresh_db.rollback()
        return list(fresh_db.exec(select(Review).order_by(col(Review.at))))

    return rows


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[str], list[str]]:
    caplog.set_level(logging.INFO)
    return lambda event: [line for line in caplog.messages if f" {event} " in line]


# -- what it is for ------------------------------------------------------------------------------------------


def test_a_device_takes_todays_cards_and_sends_its_answers(
    phone: Program, cards: list[str], kept: Callable[[], list[Review]], db: Session, ada: User
) -> None:
    today = phone.queue("?limit=3").json
    first = today["cards"][0]

    results = phone.send(item(first["id"], 4), item(today["cards"][1]["id"], 1, at=MONDAY + SECOND))

    assert today["day"] == "2026-11-23" and today["left"] == today["total"] == 10 and len(today["cards"]) == 3
    assert first["front"].startswith("<") and first["state"] == "new"
    assert [interval["rating"] for interval in first["intervals"]] == [1, 2, 3, 4]
    assert results[0]["due_at"] == first["intervals"][3]["due_at"]
    assert [row.rating for row in kept()] == [4, 1]
    after = phone.queue().json
    assert after["left"] == 8 and after["steps"] == 1
    assert replay.faults(db, ada.id) == []


def test_everything_that_the_kinds_of_cards_need_is_there(
    phone: Program, library: Library, db: Session, ada: User
) -> None:
    reviews.add_cards(db, ada.id, library.cards.values(), at=MONDAY)
    db.commit()
    phone_of_many = phone.queue("?limit=200").json["cards"]

    kinds = {card["type"]: card for card in phone_of_many}

    assert set(kinds) <= {"basic", "reverse", "cloze", "typed", "choice", "calculation"} and "basic" in kinds
    for card in phone_of_many:
        assert bool(card["accepted"]) == (card["type"] == "typed") or card["type"] != "typed"
        assert bool(card["options"]) == (card["type"] == "choice")
        assert bool(card["values"]) == (card["type"] == "calculation")


def test_own_cards_go_along(phone: Program, library: Library, db: Session, ada: User) -> None:
    draft = own_cards.Draft(type="cloze", question="The {{hat}} and the {{kick}}", tags="drums")
    row = own_cards.write(db, library, ada.id, draft, dice=random.Random(1), at=MONDAY)
    db.commit()

    first = phone.queue().json["cards"][0]
    results = phone.send(item(first["id"], 4))

    assert first["id"].startswith(row.id) and first["tags"] == ["drums"] and "kick" in first["front"] + first["back"]
    assert results[0]["status"] == 200 and results[0]["days"] == first["intervals"][3]["days"] > 0


def test_answers_go_in_the_order_in_which_they_were_given(
    phone: Program, cards: list[str], kept: Callable[[], list[Review]]
) -> None:
    sent = [item(cards[0], rating, at=MONDAY - minutes * MINUTE) for minutes, rating in ((1, 4), (2, 3), (3, 1))]

    results = phone.send(*sent)

    assert [result["id"] for result in results] == [one["id"] for one in sent]
    rows = kept()
    assert [row.rating for row in rows] == [1, 3, 4] and rows[1].reviewed_at_before == rows[0].at


def test_the_same_again_gives_the_same_result(
    phone: Program, cards: list[str], kept: Callable[[], list[Review]]
) -> None:
    one, other = item(cards[0]), item(cards[1], at=MONDAY + SECOND)

    first = phone.send(one)
    again = phone.send(one, other, one)

    assert again[0] == again[2] == first[0] and first[0]["status"] == 200
    assert len(kept()) == 2


def test_one_answer_needs_no_list_around_it(
    phone: Program, cards: list[str], kept: Callable[[], list[Review]], openapi: dict[str, Any]
) -> None:
    alone = item(cards[0])

    taken = [phone.ask("POST", REVIEWS, json=body).json["results"] for body in (alone, {"reviews": [alone]})]
    odd = phone.ask("POST", REVIEWS, json=alone | {"id": str(uuid7()), "rating": 5}).json["results"]
    both = phone.ask("POST", REVIEWS, json=alone | {"reviews": [alone]})

    assert [one["status"] for one in taken[0]] == [200] and taken[0] == taken[1]
    assert [one["status"] for one in odd] == [422] and list(odd[0]["errors"]) == ["rating"]
    assert both.status_code == 422
    assert [str(row.id) for row in kept()] == [alone["id"]]
    assert {"$ref": "#/components/schemas/Item"} in openapi["components"]["schemas"]["Batch"]["anyOf"]


def test_the_same_id_for_another_answer_is_409(
    phone: Program, cards: list[str], kept: Callable[[], list[Review]]
) -> None:
    one = item(cards[0])

    results = phone.send(one, {**one, "rating": 1})

    assert sorted(result["status"] for result in results) == [200, 409]
    assert len(kept()) == 1


def test_an_answer_is_taken_back_and_twice_is_no_error(
    phone: Program, cards: list[str], kept: Callable[[], list[Review]], db: Session, ada: User
) -> None:
    one = item(cards[0])
    phone.send(one)

    answers = [phone.ask("DELETE", f"{REVIEWS}/{one['id']}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200] and answers[0].json == answers[1].json
    assert len(kept()) == 2 and replay.faults(db, ada.id) == []


def test_a_device_takes_back_what_it_answered_while_it_was_away(
    phone: Program, cards: list[str], db: Session, ada: User
) -> None:
    one = item(cards[0])
    back = {"id": str(uuid7()), "card_id": cards[0], "answered_at": MONDAY.isoformat(), "undoes": one["id"]}

    results = phone.send(back, one)

    assert [result["status"] for result in results] == [200, 200]
    memory = db.exec(select(Memory).where(Memory.card_id == cards[0])).one()
    assert memory.reviewed_at is None and replay.faults(db, ada.id) == []


def test_two_devices_that_post_at_once_lose_nothing(
    app: Flask, phone: Program, cards: list[str], kept: Callable[[], list[Review]], db: Session, ada: User
) -> None:
    sent = [[item(card_id, 3, at=MONDAY + who * SECOND) for card_id in cards] for who in range(2)]
    start, results = threading.Barrier(2), []

    def post(who: int) -> None:
        start.wait(10)
        for one in sent[who]:
            results.extend(phone.send(one))

    threads = [threading.Thread(target=post, args=(who,), daemon=True) for who in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert {result["status"] for result in results} == {200}
    assert {str(row.id) for row in kept() if row.rating > 0} == {one["id"] for device in sent for one in device}
    assert replay.faults(db, ada.id) == []


# -- what it refuses -----------------------------------------------------------------------------------------

ODD: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown card": ({"card_id": "zzzzzz"}, "card_id"),
    "no card": ({"card_id": None}, "card_id"),
    "a card with a NUL": ({"card_id": "w4\0kd7p"}, "card_id"),
    "rating 0": ({"rating": 0}, "rating"),
    "rating 5": ({"rating": 5}, "rating"),
    "rating in words": ({"rating": "3"}, "rating"),
    "rating as a fraction": ({"rating": 2.5}, "rating"),
    "a moment without a zone": ({"answered_at": "2026-11-23T12:00:00"}, "answered_at"),
    "a moment as a number": ({"answered_at": 1795435200}, "answered_at"),
    "a moment of long ago": ({"answered_at": "2026-10-20T12:00:00Z"}, "answered_at"),
    "a moment ahead": ({"answered_at": "2026-11-23T12:06:00Z"}, "answered_at"),
    "the year 1": ({"answered_at": "0001-01-01T00:00:00+14:00"}, "answered_at"),
    "the year 9999": ({"answered_at": "9999-12-31T23:59:59-14:00"}, "answered_at"),
    "less than no time": ({"seconds": -1}, "seconds"),
    "time in words": ({"seconds": "4"}, "seconds"),
    "an id of version 4": ({"id": str(uuid4())}, "id"),
    "no id": ({"id": "one"}, "id"),
    "a field that is none": ({"user_id": str(uuid7())}, "user_id"),
    "a field of the log": ({"due_after": MONDAY.isoformat()}, "due_after"),
    "both at once": ({"undoes": str(uuid7())}, ""),
    "neither": ({"rating": None}, ""),
}


@pytest.mark.parametrize("what", ODD)
def test_one_odd_item_is_refused_by_its_field_and_the_others_count(
    phone: Program, cards: list[str], kept: Callable[[], list[Review]], lines: Callable[[str], list[str]], what: str
) -> None:
    odd, field = ODD[what]
    good = item(cards[1])

    results = phone.send({**item(cards[0]), **odd}, good)

    assert [result["status"] for result in results] == [422, 200]
    assert list(results[0]["errors"]) == [field] and results[0]["errors"][field].endswith(".")
    assert [str(row.id) for row in kept()] == [good["id"]]
    assert len(lines("review.rejected")) == 1 and "items=1" in lines("review.rejected")[0]


@pytest.mark.parametrize("value", [None, 3, "text", [], [[]]])
def test_what_is_no_item_is_refused_alone(phone: Program, cards: list[str], value: Any) -> None:
    results = phone.send(value, item(cards[0]))

    assert [result["status"] for result in results] == [422, 200]


BODIES: dict[str, tuple[Any, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"reviews=1", 400),
    "half of it": (b'{"reviews": [', 400),
    "not UTF-8": (b'{"reviews": "\xff\xfe"}', 400),
    "nested deep": (b'{"reviews": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400),
    "endless numbers": (b'{"reviews": ' + b"9" * 500_000 + b"}", 400),
    "a list": (b"[]", 422),
    "text in text": (b'"{\\"reviews\\": []}"', 422),
    "no reviews": (b"{}", 422),
    "none at all": (b'{"reviews": []}', 422),
    "501 of them": (json.dumps({"reviews": [{}] * 501}).encode(), 422),
    "another field": (b'{"reviews": [{}], "user_id": 1}', 422),
    "10 MB": (b'{"reviews": ["' + b"x" * 10_000_000 + b'"]}', 413),
}


@pytest.mark.parametrize("what", BODIES)
def test_an_odd_body_is_refused_whole(
    phone: Program, cards: list[str], kept: Callable[[], list[Review]], what: str
) -> None:
    body, status = BODIES[what]

    answer = phone.ask("POST", REVIEWS, data=body, content_type="application/json")

    assert answer.status_code == status, answer.text[:200]
    assert answer.json["error"].endswith(".") and kept() == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_read(phone: Program, kind: str) -> None:
    assert phone.ask("POST", REVIEWS, data=b'{"reviews": []}', content_type=kind).status_code == 415


def test_a_body_of_unknown_length_is_refused(phone: Program) -> None:
    sent = {"data": b'{"reviews": []}', "content_type": "application/json"}

    answer = phone.ask("POST", REVIEWS, headers={"Transfer-Encoding": "chunked"}, **sent)

    assert answer.status_code == 400 and "Content-Length" in answer.json["error"]


@pytest.mark.parametrize("query", ["?limit=0", "?limit=201", "?limit=many", "?sort=1", "?limit=1&user_id=2"])
def test_an_odd_wish_for_the_queue_is_refused(phone: Program, query: str) -> None:
    answer = phone.queue(query)

    assert answer.status_code == 422 and answer.json["errors"]


def test_a_stranger_gets_nothing_by_adas_ids(
    app: Flask, db: Session, phone: Program, cards: list[str], eve: User, kept: Callable[[], list[Review]]
) -> None:
    one = item(cards[0])
    phone.send(one)
    stranger = Program(app, db, eve)

    answers = [stranger.ask("DELETE", f"{REVIEWS}/{number}") for number in (one["id"], str(uuid7()))]
    results = stranger.send(one, item(cards[1]))

    assert [answer.status_code for answer in answers] == [404, 404] and answers[0].data == answers[1].data
    assert [result["status"] for result in results] == [422, 422]
    assert stranger.queue().json["cards"] == [] and len(kept()) == 1


def test_two_people_may_give_the_same_id(
    app: Flask, db: Session, library: Library, phone: Program, cards: list[str], eve: User
) -> None:
    reviews.add_cards(db, eve.id, library.lessons[LESSON].cards, at=MONDAY)
    db.commit()
    one = item(cards[0])

    results = [*phone.send(one), *Program(app, db, eve).send(one)]

    assert [result["status"] for result in results] == [200, 200]


@pytest.mark.parametrize(("scopes", "is_open"), [(BOTH[:1], (True, False)), (BOTH[1:], (False, True))])
def test_a_key_does_what_it_is_for(
    app: Flask, db: Session, ada: User, cards: list[str], scopes: tuple[str, ...], is_open: tuple[bool, bool]
) -> None:
    program = Program(app, db, ada, scopes)

    asked = program.queue().status_code
    sent = program.ask("POST", REVIEWS, json={"reviews": [item(cards[0])]}).status_code
    deleted = program.ask("DELETE", f"{REVIEWS}/{uuid7()}").status_code

    assert (asked == 200, sent == 200) == is_open and {asked, sent} == {200, 403}
    assert deleted == (404 if is_open[1] else 403)


def test_who_has_no_key_is_told_so_before_anything_is_read(app: Flask) -> None:
    answer = app.test_client().post(REVIEWS, data=b"x" * 5_000_000, content_type="text/plain")

    assert answer.status_code == 401 and "key" in answer.json["error"]


def test_an_address_that_is_none_is_said_in_json(phone: Program) -> None:
    answers = [phone.ask("GET", "/api/v1/nothing"), phone.ask("DELETE", f"{REVIEWS}/x"), phone.ask("PUT", REVIEWS)]

    assert [(answer.status_code, answer.is_json) for answer in answers] == [(404, True), (404, True), (405, True)]


def test_a_pace_that_nobody_has_is_noted(phone: Program, cards: list[str], lines: Callable[[str], list[str]]) -> None:
    results = phone.send(*(item(cards[number % 3], at=MONDAY - DAY + number * SECOND / 10) for number in range(20)))

    assert {result["status"] for result in results} == {200}
    assert "answers=19" in lines("review.pace")[0]


def test_while_somebody_writes_reading_goes_on(phone: Program, cards: list[str], app: Flask) -> None:
    phone.queue()

    with app.extensions["database"].write_lock:
        answer = phone.queue()

    assert answer.status_code == 200 and answer.json["cards"]


def test_when_the_database_is_busy_nothing_is_half_done(
    phone: Program, cards: list[str], app: Flask, monkeypatch: pytest.MonkeyPatch, kept: Callable[[], list[Review]]
) -> None:
    phone.send(item(cards[0]))
    monkeypatch.setattr("core.database.WAIT_SECONDS", 0.2)
    base = app.extensions["database"]

    with base.write_lock:
        answer = phone.ask("POST", REVIEWS, json={"reviews": [item(cards[1])]})

    assert answer.status_code == 503 and answer.headers["Retry-After"] and answer.json["error"]
    assert len(kept()) == 1


# -- its description -----------------------------------------------------------------------------------------


@pytest.fixture
def openapi(app: Flask) -> dict[str, Any]:
    return dict(app.test_client().get("/api/v1/openapi.json").json or {})


def test_the_description_names_every_address_with_its_scope(app: Flask, openapi: dict[str, Any]) -> None:
    described = {
        (path, method): words["security"] for path, item in openapi["paths"].items() for method, words in item.items()
    }

    assert openapi["openapi"].startswith("3.1")
    assert described == {
        ("/api/v1/reviews/queue", "get"): [{"key": ["reviews:read"]}],
        ("/api/v1/reviews", "post"): [{"key": ["reviews:write"]}],
        ("/api/v1/reviews/{review_id}", "delete"): [{"key": ["reviews:write"]}],
    }
    on_the_map = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert on_the_map == {"api.queue", "api.reviews", "api.taken_back", "profile.openapi"}


def test_every_reference_of_the_description_leads_somewhere(openapi: dict[str, Any]) -> None:
    text = json.dumps(openapi)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert named <= set(openapi["components"]["schemas"]) and "Item" in named


# -- its guide -----------------------------------------------------------------------------------------------

GUIDE = (HERE / "docs/api.md").read_text("utf-8")
CURL = re.compile(r"^curl .*?(?=^```)", re.MULTILINE | re.DOTALL)
EXAMPLES = [shlex.split(example) for example in CURL.findall(GUIDE)]


def asked(words: list[str]) -> dict[str, Any]:
    """The request that a line of curl makes."""
    given: dict[str, Any] = {"method": "GET", "headers": {}}
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            given["method"] = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            given["headers"][name] = value
        elif word == "-d":
            given["data"] = next(rest)
        else:
            given["path"] = word.removeprefix("$SITE")
    return given


def test_the_examples_of_the_guide_work(phone: Program, cards: list[str], kept: Callable[[], list[Review]]) -> None:
    answers = []
    for words in EXAMPLES:
        given = asked(words)
        assert given["headers"].pop("Authorization") == "Bearer $KEY"
        answers.append(phone.ask(**given))

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [result["status"] for result in answers[1].json["results"]] == [200, 200]
    assert len(kept()) == 2


def test_the_guide_knows_every_refusal_scope_and_limit(openapi: dict[str, Any]) -> None:
    statuses = {
        status for item in openapi["paths"].values() for words in item.values() for status in words["responses"]
    }

    assert [status for status in statuses - {"200"} if not re.search(rf"^\| .*\b{status}\b", GUIDE, re.MULTILINE)] == []
    assert [scope for scope in tokens.SCOPES if f"`{scope}`" not in GUIDE] == []
    assert openapi["components"]["schemas"]["Batch"]["properties"]["reviews"]["maxItems"] == 500
