"""Who gets an account, and where somebody is signed in."""

import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlmodel import Session, select

from app import COMMANDS
from core import accounts
from core.accounts import SignIn, User, hash_of
from core.cli import Commands
from core.database import Database
from core.errors import Refused
from core.ids import uuid7
from core.settings import Settings
from mentorship.models.people import Invitation
from tests.conftest import Client, hash_with_least_work
from tests.times import DAY, MONDAY

GOOD = "four walls of the woodshed"
OTHER = "a second set of walls"
FORM = {"name": "Ada", "email": "ada@example.com", "password": GOOD, "zone": "Europe/Berlin"}


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_with_least_work(monkeypatch)


@pytest.fixture
def open_site(site: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setitem(site.__dict__, "registration", "open")
    return site


@pytest.fixture
def member(app: Flask, db: Session) -> User:
    """Ada with a password, from before this test."""
    with app.app_context():
        hashed = accounts.password_hash(GOOD)
    user = accounts.create(db, name="Ada", email="Ada@Example.com", password=hashed, zone="Europe/Berlin", at=MONDAY)
    db.commit()
    return user


def people(db: Session) -> list[User]:
    db.rollback()
    return list(db.exec(select(User).order_by(User.created_at)).all())


def sign_ins(db: Session) -> list[SignIn]:
    db.rollback()
    return list(db.exec(select(SignIn)).all())


def signed_in(client: Client, email: str = "ada@example.com", password: str = GOOD, ip: str = "127.0.0.1") -> Any:
    given = {"email": email, "password": password}
    return client.send("/sign-in", given, environ_base={"REMOTE_ADDR": ip})


def is_in(client: Client) -> bool:
    return client.get("/settings").status_code == 200


# -- sign-up -------------------------------------------------------------------------------------------------


def test_the_first_account_runs_the_site_and_is_signed_in(anonymous: Client, fresh_db: Session) -> None:
    answer = anonymous.send("/sign-up", FORM)

    assert (answer.status_code, answer.location) == (303, "/")
    [ada] = people(fresh_db)
    assert ada.is_host and (ada.name, ada.zone) == ("Ada", "Europe/Berlin")
    assert is_in(anonymous)


def test_the_second_account_needs_an_invitation(ada: User, anonymous: Client, fresh_db: Session) -> None:
    page = anonymous.get("/sign-up")
    answer = anonymous.send("/sign-up", {**FORM, "email": "new@example.com"})

    assert (page.status_code, answer.status_code) == (403, 403)
    assert "invitation" in page.text and "invitation" in answer.text
    assert len(people(fresh_db)) == 1


def test_an_invitation_opens_the_door_to_an_account(
    anonymous: Client, db: Session, fresh_db: Session, ada: User
) -> None:
    row = {"user_id": ada.id, "id": uuid7(), "role": "mentor", "created_at": MONDAY, "expires_at": MONDAY + 7 * DAY}
    db.add(Invitation(**row, secret_hash=hash_of("the-secret")))
    db.commit()
    anonymous.get("/invitations/the-secret")

    answer = anonymous.send("/sign-up", {**FORM, "name": "Ben", "email": "ben@example.com"})

    assert answer.status_code == 303
    assert [person.is_host for person in people(fresh_db) if person.name == "Ben"] == [False]


def test_an_invitation_that_ran_out_opens_no_door(
    anonymous: Client, db: Session, fresh_db: Session, ada: User, at: Callable[[datetime], None]
) -> None:
    row = {"user_id": ada.id, "id": uuid7(), "role": "mentor", "created_at": MONDAY, "expires_at": MONDAY + 7 * DAY}
    db.add(Invitation(**row, secret_hash=hash_of("the-secret")))
    db.commit()
    anonymous.get("/invitations/the-secret")
    at(MONDAY + 8 * DAY)

    answer = anonymous.send("/sign-up", {**FORM, "email": "ben@example.com"})

    assert answer.status_code == 403
    assert len(people(fresh_db)) == 1


def test_a_school_can_leave_the_door_open(open_site: Settings, ada: User, anonymous: Client, fresh_db: Session) -> None:
    answer = anonymous.send("/sign-up", {**FORM, "email": "new@example.com"})

    assert answer.status_code == 303
    assert sum(person.is_host for person in people(fresh_db)) == 0  # Ada was not made by signing up
    assert len(people(fresh_db)) == 2


@pytest.mark.parametrize("spelling", ["ada@example.com", " ADA@example.com", "Ada@EXAMPLE.com"])
def test_one_address_has_one_account(
    open_site: Settings, member: User, anonymous: Client, fresh_db: Session, spelling: str
) -> None:
    answer = anonymous.send("/sign-up", {**FORM, "name": "Another Ada", "email": spelling})

    assert answer.status_code == 422
    assert "an account with this e-mail address already" in answer.text
    assert "Another Ada" in answer.text
    assert len(people(fresh_db)) == 1


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 8 characters"),
        ("password1", "first that people guess"),
        ("PASSWORD1", "first that people guess"),
        ("aaaaaaaaaaaa", "first that people guess"),
        ("ada@example.com", "first that people guess"),
        ("x1" * 40, "longer than 64"),
    ],
)
def test_a_weak_password_is_refused_with_a_sentence(
    anonymous: Client, fresh_db: Session, password: str, said: str
) -> None:
    answer = anonymous.send("/sign-up", {**FORM, "password": password})

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="ada@example.com"' in answer.text and f'value="{password}"' not in answer.text.replace(
        'value="ada@example.com"', ""
    )
    assert people(fresh_db) == []


def test_a_password_is_the_same_however_its_letters_were_typed(
    member: User, anonymous: Client, client_of: Callable[..., Client]
) -> None:
    signed_in(anonymous)

    changed_password(anonymous, GOOD, "Caf\u00e9 and ﬁddle at nine")

    assert signed_in(client_of(None), password="Cafe\u0301 and fiddle at nine").status_code == 302


@pytest.mark.parametrize(("field", "value"), [("email", "no address"), ("name", ""), ("name", "A" * 81)])
def test_a_field_that_does_not_fit_is_refused(anonymous: Client, fresh_db: Session, field: str, value: str) -> None:
    answer = anonymous.send("/sign-up", {**FORM, field: value})

    assert answer.status_code == 422
    assert people(fresh_db) == []


def test_of_two_first_accounts_at_the_same_moment_one_is_made(
    client_of: Callable[..., Client], fresh_db: Session
) -> None:
    gate, statuses = threading.Barrier(4), []

    def sign_up(number: int, client: Client) -> None:
        gate.wait()
        statuses.append(client.send("/sign-up", {**FORM, "email": f"{number}@example.com"}).status_code)

    threads = [threading.Thread(target=sign_up, args=(number, client_of(None))) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [303, 403, 403, 403]
    assert [person.is_host for person in people(fresh_db)] == [True]


@pytest.mark.parametrize("emails", [["a@example.com"] * 4, [f"{number}@example.com" for number in range(4)]])
def test_accounts_made_at_the_same_moment_have_one_host_and_one_owner_of_an_address(
    base: Database, fresh_db: Session, emails: list[str]
) -> None:
    gate, said = threading.Barrier(4), []

    def make(email: str) -> None:
        gate.wait()
        try:
            with base.writing() as db:
                accounts.create(db, name="Ada", email=email, password="-", zone="Europe/Berlin", at=MONDAY)
        except Refused as refusal:
            said.append(refusal.field)

    threads = [threading.Thread(target=make, args=(email,)) for email in emails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = people(fresh_db)
    assert [len(made), *said] == [len(set(emails)), *["email"] * (4 - len(set(emails)))]
    assert sum(person.is_host for person in made) == 1


def test_a_time_zone_that_only_the_browser_knows_keeps_nobody_out(anonymous: Client, fresh_db: Session) -> None:
    anonymous.send("/sign-up", {**FORM, "zone": "Mars/Olympus"})

    assert [person.zone for person in people(fresh_db)] == ["Europe/London"]


def test_fields_that_are_in_no_form_are_ignored(open_site: Settings, ada: User, anonymous: Client, fresh_db: Session):
    given = {"host_since": "2026-01-01", "is_host": "1", "id": str(uuid7()), "active": "0", "demo_since": "2026-01-01"}

    anonymous.send("/sign-up", {**FORM, **given, "email": "new@example.com"})

    [new] = [person for person in people(fresh_db) if person.id != ada.id]
    assert new.active and new.host_since is None and new.demo_since is None
    assert str(new.id) != given["id"]


# -- sign-in and sign-out ------------------------------------------------------------------------------------


def test_signing_in_makes_a_row_and_signing_out_ends_it(member: User, anonymous: Client, fresh_db: Session) -> None:
    assert signed_in(anonymous).status_code == 302
    assert is_in(anonymous)
    assert [row.ended_at for row in sign_ins(fresh_db)] == [None]

    anonymous.send("/sign-out")

    assert not is_in(anonymous)
    assert [row.ended_at for row in sign_ins(fresh_db)] == [MONDAY]


def test_a_copied_cookie_is_dead_after_signing_out(member: User, client_of: Callable[..., Client]) -> None:
    mine, thief = client_of(None), client_of(None)
    signed_in(mine)
    with mine.session_transaction() as cookie:
        copied = dict(cookie)
    with thief.session_transaction() as cookie:
        cookie.update(copied)
    assert is_in(thief)

    mine.send("/sign-out")

    assert not is_in(thief)


def test_a_new_sign_in_in_the_same_browser_ends_the_old_one(member: User, anonymous: Client, fresh_db: Session) -> None:
    signed_in(anonymous)
    with anonymous.session_transaction() as cookie:
        cookie.pop("_user_id")

    signed_in(anonymous)

    assert sorted(row.ended_at is None for row in sign_ins(fresh_db)) == [False, True]


def test_the_token_itself_is_not_stored(member: User, anonymous: Client, fresh_db: Session) -> None:
    signed_in(anonymous)
    with anonymous.session_transaction() as cookie:
        token = cookie[accounts.ME]

    [row] = sign_ins(fresh_db)

    assert row.token_hash == hash_of(token)
    assert token not in str(row.model_dump())


def test_ending_another_browser_acts_at_its_next_request(
    member: User, client_of: Callable[..., Client], fresh_db: Session
) -> None:
    here, there = client_of(None), client_of(None)
    signed_in(here)
    signed_in(there)
    with there.session_transaction() as cookie:
        token_hash = hash_of(cookie[accounts.ME])

    answer = here.send(f"/settings/sign-ins/{token_hash}/ended")

    assert answer.status_code == 303
    assert is_in(here) and not is_in(there)


def test_somebody_elses_sign_in_cannot_be_ended(as_eve: Client, as_ada: Client) -> None:
    with as_ada.session_transaction() as cookie:
        token_hash = hash_of(cookie[accounts.ME])

    answer = as_eve.send(f"/settings/sign-ins/{token_hash}/ended")

    assert answer.status_code == 404
    assert is_in(as_ada)


def test_a_sign_in_ends_after_two_weeks_without_a_visit(
    member: User, anonymous: Client, at: Callable[[datetime], None]
) -> None:
    signed_in(anonymous)
    at(MONDAY + 13 * DAY)
    assert is_in(anonymous)
    at(MONDAY + 26 * DAY)
    assert is_in(anonymous)

    at(MONDAY + 31 * DAY)

    assert not is_in(anonymous)  # thirty days in all, though visited


def test_a_sign_in_that_was_not_used_ends_sooner(
    member: User, anonymous: Client, at: Callable[[datetime], None]
) -> None:
    signed_in(anonymous)

    at(MONDAY + 15 * DAY)

    assert not is_in(anonymous)


def test_a_closed_account_is_out_at_once(member: User, anonymous: Client, db: Session) -> None:
    signed_in(anonymous)
    member.active = False
    db.add(member)
    db.commit()

    assert not is_in(anonymous)
    assert signed_in(anonymous).status_code == 200
    assert not is_in(anonymous)


@pytest.mark.parametrize(("ticked", "lasts"), [({"remember": "y"}, True), ({}, False)])
def test_who_stays_signed_in_is_asked(member: User, anonymous: Client, ticked: dict[str, str], lasts: bool) -> None:
    answer = anonymous.send("/sign-in", {"email": "ada@example.com", "password": GOOD, **ticked})

    cookies = answer.headers.getlist("Set-Cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["woodshed"]
    assert ("Expires=" in cookies[0]) is lasts
    assert "HttpOnly" in cookies[0] and "SameSite=Lax" in cookies[0]


def test_signing_out_takes_everything_out_of_the_cookie(as_ada: Client) -> None:
    as_ada.send("/invitations", {"role": "mentor"})

    as_ada.send("/sign-out")

    with as_ada.session_transaction() as cookie:
        assert not {"sign_in", "_user_id", "invitation"} & cookie.keys()


@pytest.mark.parametrize("kept", ["_user_id", "_fresh"])
def test_half_a_cookie_is_nobody(member: User, anonymous: Client, kept: str) -> None:
    signed_in(anonymous)
    with anonymous.session_transaction() as cookie:
        value = cookie[kept]
        cookie.clear()
        cookie[kept] = value

    assert not is_in(anonymous)


def test_a_cookie_of_two_people_is_nobody(as_ada: Client, as_eve: Client) -> None:
    with as_eve.session_transaction() as cookie:
        eves_token = cookie[accounts.ME]

    with as_ada.session_transaction() as cookie:
        cookie[accounts.ME] = eves_token

    assert not is_in(as_ada)


@pytest.mark.parametrize("token", ["", "x", "x.y", "0" * 32 + ".", "\x00.\x00"])
def test_an_odd_token_is_nobody(as_ada: Client, token: str) -> None:
    with as_ada.session_transaction() as cookie:
        cookie[accounts.ME] = token

    assert not is_in(as_ada)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    member: User, client_of: Callable[..., Client]
) -> None:
    wrong = signed_in(client_of(None), "ada@example.com", "not her password")
    unknown = signed_in(client_of(None), "eva@example.com", "not her password")

    assert wrong.status_code == unknown.status_code == 200
    assert plain(wrong.text) == plain(unknown.text).replace("eva@example.com", "ada@example.com")
    assert "do not belong together" in wrong.text


def plain(page: str) -> str:
    """The page without what is new on each showing."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


# -- passwords -----------------------------------------------------------------------------------------------


def changed_password(client: Client, old: str = GOOD, new: str = OTHER, again: str | None = None) -> Any:
    given = {"password": old, "new_password": new, "new_password_confirm": new if again is None else again}
    return client.send("/settings/password", given)


def test_a_new_password_ends_all_other_sign_ins(
    member: User, client_of: Callable[..., Client], fresh_db: Session
) -> None:
    here, there = client_of(None), client_of(None)
    signed_in(here)
    signed_in(there)

    answer = changed_password(here)

    assert answer.status_code == 302
    assert is_in(here) and not is_in(there)
    assert sum(row.ended_at is None for row in sign_ins(fresh_db)) == 1
    assert signed_in(client_of(None), password=GOOD).status_code == 200
    assert signed_in(client_of(None), password=OTHER).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("wrong password", OTHER, None), (GOOD, "short", None), (GOOD, "password1", None), (GOOD, OTHER, "another")],
)
def test_a_change_of_password_that_does_not_fit_changes_nothing(
    member: User, anonymous: Client, client_of: Callable[..., Client], old: str, new: str, again: str | None
) -> None:
    signed_in(anonymous)

    answer = changed_password(anonymous, old, new, again)

    assert answer.status_code == 200 and "aria-invalid" in answer.text
    assert is_in(anonymous)
    assert signed_in(client_of(None), password=GOOD).status_code == 302


def test_the_host_can_reset_a_password_and_everybody_is_out(
    app: Flask, member: User, anonymous: Client, client_of: Callable[..., Client]
) -> None:
    signed_in(anonymous)

    result = run(app, "users", "reset", "ADA@example.com", "--password", OTHER)

    assert result.exit_code == 0, result.output
    assert not is_in(anonymous)
    assert signed_in(client_of(None), password=OTHER).status_code == 302


def test_the_host_can_make_an_account(app: Flask, anonymous: Client, fresh_db: Session) -> None:
    result = run(app, "users", "add", "new@example.com", "--name", "Nell", "--password", GOOD)

    assert result.exit_code == 0, result.output
    assert [person.name for person in people(fresh_db)] == ["Nell"]
    assert signed_in(anonymous, "new@example.com").status_code == 302


@pytest.mark.parametrize(
    "arguments", [("reset", "nobody@example.com"), ("add", "ada@example.com"), ("add", "no-address")]
)
def test_the_commands_refuse_with_a_sentence(app: Flask, member: User, arguments: tuple[str, str]) -> None:
    more = ("--name", "X") if arguments[0] == "add" else ()
    result = run(app, "users", *arguments, *more, "--password", GOOD)

    assert result.exit_code == 1
    assert "Traceback" not in result.output and len(result.output.strip().splitlines()) == 1


def run(app: Flask, *arguments: str) -> Any:
    return CliRunner().invoke(Commands(COMMANDS, "serve", lambda: app), list(arguments))


# -- guessing ------------------------------------------------------------------------------------------------


def test_the_eleventh_wrong_password_waits(member: User, anonymous: Client) -> None:
    statuses = [signed_in(anonymous, password="a guess").status_code for _ in range(11)]

    right = signed_in(anonymous)

    assert statuses == [200] * 10 + [429]
    assert right.status_code == 429 and 0 < int(right.headers["Retry-After"]) <= 900
    assert not is_in(anonymous)


def test_guesses_at_an_unknown_account_are_answered_alike(member: User, client_of: Callable[..., Client]) -> None:
    known, unknown = (
        [signed_in(client_of(None), email, "a guess", ip) for _ in range(11)]
        for email, ip in (("ada@example.com", "192.0.2.1"), ("eva@example.com", "192.0.2.2"))
    )

    assert [answer.status_code for answer in known] == [answer.status_code for answer in unknown]
    assert plain(known[-1].text) == plain(unknown[-1].text)
    assert sorted(known[-1].headers.keys()) == sorted(unknown[-1].headers.keys())


@pytest.mark.parametrize(
    "spelling", ["ADA@example.com", " ada@example.com ", "ada@EXAMPLE.COM", "ada@ｅxample.com", "ada@example。com"]
)
def test_another_spelling_of_the_address_is_the_same_count(member: User, anonymous: Client, spelling: str) -> None:
    for _ in range(10):
        signed_in(anonymous, password="a guess")

    answer = signed_in(anonymous, spelling, "a guess")

    assert answer.status_code == 429


def test_an_address_may_not_try_many_accounts(member: User, anonymous: Client) -> None:
    statuses = [signed_in(anonymous, f"{number}@example.com", "a guess").status_code for number in range(21)]

    assert statuses == [200] * 20 + [429]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_header_does_not_make_another_address(member: User, anonymous: Client, header: str) -> None:
    statuses = [
        anonymous.send(
            "/sign-in",
            {"email": f"{number}@example.com", "password": "a guess"},
            headers={header: f"for=192.0.2.{number}" if header == "Forwarded" else f"192.0.2.{number}"},
        ).status_code
        for number in range(21)
    ]

    assert statuses[-1] == 429


def test_signing_in_rightly_does_not_count(member: User, client_of: Callable[..., Client]) -> None:
    statuses = {signed_in(client_of(None)).status_code for _ in range(12)}

    assert statuses == {302}


def test_sign_ups_are_limited(ada: User, anonymous: Client) -> None:
    statuses = [
        anonymous.send("/sign-up", {**FORM, "email": f"{number}@example.com"}).status_code for number in range(21)
    ]

    assert statuses == [403] * 20 + [429]


# -- going on elsewhere --------------------------------------------------------------------------------------

ELSEWHERE = [
    *("//evil.example", "https://evil.example", "http:evil.example", "/\\evil.example", "\\\\evil.example"),
    *("///evil.example", "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "https:///evil.example"),
    *("/ /evil.example", "%2f%2fevil.example", "evil.example", "/\x00/evil.example", "http://localhost@evil.example"),
]


def leads_home(location: str) -> bool:
    """As a browser reads it: tabs and line ends are dropped, and a backslash is a slash."""
    seen = re.sub(r"[\t\r\n]", "", location).replace("\\", "/").strip()
    return urlsplit(urljoin("http://localhost/sign-in", seen)).netloc == "localhost"


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("by", ["form", "address"])
def test_signing_in_never_leads_elsewhere(member: User, anonymous: Client, target: str, by: str) -> None:
    given = {"email": "ada@example.com", "password": GOOD} | ({"next": target} if by == "form" else {})
    query = {"next": target} if by == "address" else {}

    answer = anonymous.send("/sign-in", given, query_string=query)

    assert answer.status_code in (200, 302, 400)
    assert leads_home(answer.headers.get("Location", "/"))


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_up_never_leads_elsewhere(anonymous: Client, target: str) -> None:
    answer = anonymous.send("/sign-up", {**FORM, "next": target})

    assert answer.status_code in (303, 422)
    assert leads_home(answer.headers.get("Location", "/"))


def test_signing_in_goes_on_where_somebody_wanted_to_go(member: User, anonymous: Client) -> None:
    asked = anonymous.get("/portfolio?sort=new")
    answer = anonymous.send(asked.location, {"email": "ada@example.com", "password": GOOD})

    assert asked.status_code == 302 and asked.location.startswith("/sign-in?next=")
    assert answer.location == "/portfolio?sort=new"
