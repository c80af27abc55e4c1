"""Keys for programs: made, shown once, scoped, expiring, ended; and that they open nothing else."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlmodel import Session, select

from app import COMMANDS
from core import accounts, tokens
from core.accounts import ApiToken, User, hash_of
from core.cli import Commands
from core.database import Database
from core.errors import NotFound, Refused
from tests.conftest import Client, hash_with_least_work
from tests.times import DAY, HOUR, MINUTE, MONDAY

GOOD = "four walls of the woodshed"
QUEUE = "/api/v1/reviews/queue"
READ, WRITE = "reviews:read", "reviews:write"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_with_least_work(monkeypatch)


@pytest.fixture(autouse=True)
def scopes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "SCOPES", {READ: "See the cards of today", WRITE: "Send answers"})


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """The lines of the security log that are about keys."""
    caplog.set_level(logging.INFO)
    yield lambda: [record.getMessage() for record in caplog.records if " token." in record.getMessage()]


@pytest.fixture
def member(app: Flask, db: Session, ada: User) -> User:
    """Ada with a password."""
    with app.app_context():
        ada.password = accounts.password_hash(GOOD)
    db.add(ada)
    db.commit()
    return ada


@pytest.fixture
def program(app: Flask) -> Callable[..., Any]:
    """`program(secret)`: asks for the queue with this key; without a cookie."""

    def ask(secret: str = "", path: str = QUEUE, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return app.test_client().get(path, headers=headers, **more)

    return ask


def make(db: Session, user: User, scopes: tuple[str, ...] = (READ,), **more: Any) -> str:
    _, secret = tokens.make(db, user.id, name="Phone", scopes=list(scopes), at=more.pop("at", MONDAY), **more)
    db.commit()
    return secret


# -- the rules -----------------------------------------------------------------------------------------------


def test_only_the_hash_of_a_key_is_kept(db: Session, ada: User, fresh_db: Session) -> None:
    secret = make(db, ada)

    row = fresh_db.exec(select(ApiToken)).one()

    assert row.token_hash == hash_of(secret) and secret.startswith(ada.id.hex + ".")
    assert len(secret.partition(".")[2]) >= 43  # 256 bits
    assert row.expires_at == MONDAY + 90 * DAY
    assert not any(secret.partition(".")[2] in str(value) for value in row.model_dump().values())


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": [READ, "everything"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
    ],
)
def test_an_odd_wish_is_refused(db: Session, ada: User, given: dict[str, Any], field: str) -> None:
    wish: dict[str, Any] = {"name": "Phone", "scopes": [READ], **given}

    with pytest.raises(Refused) as refusal:
        tokens.make(db, ada.id, **wish, at=MONDAY)

    assert refusal.value.field == field


def test_somebody_has_at_most_twenty_keys_that_open(db: Session, ada: User) -> None:
    for _ in range(tokens.MOST_KEYS):
        make(db, ada, days=1)

    with pytest.raises(Refused):
        make(db, ada)
    make(db, ada, at=MONDAY + 2 * DAY)


def test_only_its_owner_ends_a_key(db: Session, ada: User, eve: User) -> None:
    token_hash = hash_of(make(db, ada))

    with pytest.raises(NotFound):
        tokens.end(db, eve.id, token_hash, at=MONDAY)

    assert [key.token_hash for key in tokens.own(db, ada.id)] == [token_hash]


def test_a_new_password_ends_all_keys(db: Session, ada: User) -> None:
    make(db, ada)

    accounts.set_password(db, ada, "a hash", at=MONDAY)

    assert tokens.own(db, ada.id) == []


# -- at the door ---------------------------------------------------------------------------------------------


def test_a_key_opens_the_door_until_it_expires(
    program: Callable[..., Any], db: Session, ada: User, at: Callable[[datetime], None]
) -> None:
    secret = make(db, ada, days=10)

    at(MONDAY + 10 * DAY - MINUTE)
    assert program(secret).status_code == 200
    at(MONDAY + 10 * DAY)
    answer = program(secret)

    assert answer.status_code == 401 and "expired" in answer.json["error"]


@pytest.mark.parametrize("wrong", ["", "x", "not.hex", "0" * 32 + "." + "y" * 43, "scheme", "ended", "disabled"])
def test_without_a_key_that_opens_nobody_gets_in(
    program: Callable[..., Any], db: Session, ada: User, lines: Callable[[], list[str]], wrong: str, app: Flask
) -> None:
    secret = make(db, ada)
    if wrong == "ended":
        tokens.end(db, ada.id, hash_of(secret), at=MONDAY)
    elif wrong == "disabled":
        ada.active = False
        db.add(ada)
    db.commit()

    if wrong == "scheme":
        answer = app.test_client().get(QUEUE, headers={"Authorization": f"Basic {secret}"})
    else:
        answer = program(secret if wrong in ("ended", "disabled") else wrong)

    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.is_json and answer.json["error"].endswith(".")
    assert len(lines()) == 1 and secret.partition(".")[2] not in lines()[0]


def test_a_key_of_another_scope_is_refused(
    program: Callable[..., Any], db: Session, ada: User, lines: Callable[[], list[str]]
) -> None:
    answer = program(make(db, ada, (WRITE,)))

    assert answer.status_code == 403 and READ in answer.json["error"]
    assert "token.scope" in lines()[0] and str(ada.id) in lines()[0]


def test_a_key_in_the_address_opens_nothing(program: Callable[..., Any], db: Session, ada: User) -> None:
    secret = make(db, ada)

    answers = [program(path=f"{QUEUE}?{name}={secret}") for name in ("token", "key", "access_token", "auth_token")]

    assert {answer.status_code for answer in answers} == {401}


def test_a_cookie_opens_nothing_here_and_a_key_nothing_else(
    as_ada: Client, program: Callable[..., Any], db: Session, ada: User
) -> None:
    secret = make(db, ada)

    assert as_ada.get(QUEUE).status_code == 401
    answer = program(secret, "/settings")

    assert answer.status_code == 302 and answer.location.startswith("/sign-in")
    assert "Set-Cookie" not in program(secret).headers


def test_a_key_that_was_used_says_so_to_the_hour(
    program: Callable[..., Any], db: Session, ada: User, fresh_db: Session, at: Callable[[datetime], None]
) -> None:
    secret = make(db, ada)

    at(MONDAY + 100 * MINUTE)
    program(secret)

    assert fresh_db.exec(select(ApiToken)).one().used_at == MONDAY + HOUR


def test_too_many_requests_with_one_key_end_in_429(
    program: Callable[..., Any], db: Session, ada: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, other = make(db, ada), make(db, ben)
    answers = [program(secret) for _ in range(301)]

    assert {answer.status_code for answer in answers[:300]} == {200}
    assert answers[300].status_code == 429 and int(answers[300].headers["Retry-After"]) > 0
    assert "error" in answers[300].json
    assert program(other).status_code == 200


def test_guessing_keys_ends_in_429(program: Callable[..., Any]) -> None:
    answers = [program(f"{'0' * 32}.{number}") for number in range(61)]

    assert [answer.status_code for answer in answers[59:]] == [401, 429]


# -- the page ------------------------------------------------------------------------------------------------

WISH = {"name": "Phone", "scopes": [READ, WRITE], "days": "30", "password": GOOD}


def shown_key(page: str) -> str | None:
    found = re.search(r'value="([0-9a-f]{32}\.[\w-]{43})"', page)
    return found[1] if found else None


def test_a_key_is_made_with_the_password_and_shown_once(
    client_of: Callable[..., Client], member: User, program: Callable[..., Any], lines: Callable[[], list[str]]
) -> None:
    browser = client_of(member)

    answer = browser.send("/settings/keys", WISH)
    first, second = browser.get(answer.location).text, browser.get(answer.location).text

    secret = shown_key(first)
    assert answer.status_code == 303 and secret and secret not in answer.location
    assert shown_key(second) is None and "Phone" in second and "See the cards of today" in second
    assert program(secret).status_code == 200
    assert "token.made" in lines()[0] and secret.partition(".")[2] not in "".join(lines())


@pytest.mark.parametrize(
    "wrong", [{"password": "not the password"}, {"password": ""}, {"scopes": []}, {"days": "366"}, {"name": ""}]
)
def test_a_wrong_wish_makes_no_key(
    client_of: Callable[..., Client], member: User, fresh_db: Session, wrong: dict[str, Any]
) -> None:
    answer = client_of(member).send("/settings/keys", WISH | wrong)

    assert answer.status_code == 422 and "field-error" in answer.text
    assert fresh_db.exec(select(ApiToken)).all() == []


def test_the_password_cannot_be_guessed_here(client_of: Callable[..., Client], member: User) -> None:
    browser = client_of(member)

    for number in range(10):
        assert browser.send("/settings/keys", WISH | {"password": f"guess {number}"}).status_code == 422
    answer = browser.send("/settings/keys", WISH)

    assert answer.status_code == 429


def test_ending_a_key_shuts_the_door_at_the_next_request(
    client_of: Callable[..., Client], member: User, program: Callable[..., Any], db: Session
) -> None:
    secret = make(db, member)

    answer = client_of(member).send(f"/settings/keys/{hash_of(secret)}/ended")

    assert answer.status_code == 303
    assert program(secret).status_code == 401


def test_somebody_elses_key_is_not_found(as_eve: Client, ada: User, db: Session, program: Callable[..., Any]) -> None:
    secret = make(db, ada)

    assert as_eve.send(f"/settings/keys/{hash_of(secret)}/ended").status_code == 404
    assert program(secret).status_code == 200


def test_changing_the_password_ends_the_keys(
    client_of: Callable[..., Client], member: User, program: Callable[..., Any], db: Session
) -> None:
    secret = make(db, member)
    new = "another set of four walls"

    client_of(member).send("/settings/password", {"password": GOOD, "new_password": new, "new_password_confirm": new})

    assert program(secret).status_code == 401


# -- the command ---------------------------------------------------------------------------------------------


@pytest.fixture
def run(app: Flask) -> Callable[..., Any]:
    commands = Commands(COMMANDS, default="serve", create_app=lambda: app)
    return lambda *words: CliRunner().invoke(commands, list(words))


def test_the_command_prints_a_key_that_opens(
    run: Callable[..., Any], program: Callable[..., Any], ada: User, db: Session, base: Database
) -> None:
    done = run("users", "token", ada.email, "--scope", READ, "--scope", WRITE, "--days", "5", "--name", "Script")

    secret = done.stdout.strip()
    assert done.exit_code == 0 and program(secret).status_code == 200
    key = db.exec(select(ApiToken)).one()
    assert (key.name, key.scopes, key.expires_at) == ("Script", f"{READ} {WRITE}", MONDAY + timedelta(days=5))


@pytest.mark.parametrize("words", [["nobody@example.com", "--scope", READ], ["ada@example.com", "--scope", "all"]])
def test_the_command_says_what_is_wrong(run: Callable[..., Any], ada: User, words: list[str]) -> None:
    done = run("users", "token", *words)

    assert done.exit_code == 1 and done.output.strip().endswith(".")
