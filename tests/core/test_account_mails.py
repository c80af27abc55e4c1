"""Mails about the account: an address shown to be one's own, and a way back in for who forgot the password."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import Session, select

from app import create_app
from core import accounts, outbox
from core.accounts import ApiToken, SignIn, User
from core.database import Database
from core.mail import Mail
from core.settings import Settings
from tests.conftest import Client, hash_with_least_work, person
from tests.core.smtp_sink import Sink
from tests.times import DAY, MONDAY

GOOD, OTHER = "four walls and a door", "a second set of walls"
RESET = "/reset"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_with_least_work(monkeypatch)


@pytest.fixture
def mailing(site: Settings) -> Settings:
    given = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "w@school.example", "base_url": "https://school.example"}
    return site.model_copy(update=given | {"registration": "open"})


@pytest.fixture
def app(mailing: Settings, base: Database, shelf: Any, at: Callable[..., None]) -> Iterator[Flask]:
    app = create_app(mailing)
    app.extensions["shelf"] = shelf
    app.config.update(TESTING=True, SERVER_NAME=None, SESSION_COOKIE_SECURE=False, SESSION_COOKIE_NAME="woodshed")
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def member(app: Flask, db: Session) -> User:
    """Ada, with a password."""
    ada = person(db, "Ada")
    with app.app_context():
        ada.password = accounts.password_hash(GOOD)
    db.commit()
    return ada


def mails(db: Session) -> list[Mail]:
    db.rollback()
    return list(db.exec(select(Mail).order_by(Mail.id)))


def signs_in(client: Client, password: str) -> bool:
    return client.send("/sign-in", {"email": "ada@example.com", "password": password}).status_code == 302


def asked(client: Client, fresh_db: Session, email: str = "ada@example.com") -> str:
    """Where the link in the mail leads."""
    assert client.send(RESET, {"email": email}).status_code == 200
    return mails(fresh_db)[-1].path


def chosen(client: Client, path: str, password: str = OTHER) -> Any:
    return client.send(path, {"password": password, "password_confirm": password})


# -- a new password ------------------------------------------------------------------------------------------


def test_a_link_by_mail_gives_a_new_password_once(anonymous, member, fresh_db):
    path = asked(anonymous, fresh_db)
    assert "Choose a new password" in anonymous.get(path).text

    answer = chosen(anonymous, path)

    assert answer.status_code == 302 and answer.location.endswith("/sign-in")
    assert signs_in(anonymous, OTHER)
    fresh = anonymous.application.test_client()
    assert not signs_in(fresh, GOOD)
    again = chosen(fresh, path, "a third set of walls")
    assert again.status_code == 302 and again.location.endswith("/reset")
    assert "used already" in fresh.get(again.location).text
    assert not signs_in(fresh, "a third set of walls")


def test_the_mail_says_what_it_is_and_leads_to_this_sites_own_address(anonymous, member, fresh_db, mailing, base):
    anonymous.send(RESET, {"email": "ada@example.com"}, base_url="http://localhost")

    with Sink() as sink:
        outbox.send_due(base, mailing.model_copy(update={"smtp_url": sink.url}), at=MONDAY)

    [text] = sink.texts
    assert text.startswith("Hello Ada,\n\nSomebody, you I hope, asked for a new password")
    assert re.search(r"\nhttps://school\.example/reset/\S+\n", text)
    assert mails(fresh_db)[0].path == "", "what opens an account does not stay in the database"


def test_setting_a_password_anew_ends_every_sign_in_and_key_and_shows_the_address(
    anonymous, member, db, fresh_db, client_of
):
    elsewhere = client_of(member)
    row = {"user_id": member.id, "token_hash": "0" * 64, "name": "App", "scopes": "", "created_at": MONDAY}
    db.add(ApiToken(**row, expires_at=MONDAY + DAY))
    db.commit()
    assert elsewhere.get("/settings").status_code == 200

    chosen(anonymous, asked(anonymous, fresh_db))

    assert elsewhere.get("/settings").status_code == 302
    fresh_db.rollback()
    assert [one.ended_at for one in fresh_db.exec(select(SignIn))] == [MONDAY]
    assert [one.ended_at for one in fresh_db.exec(select(ApiToken))] == [MONDAY]
    assert fresh_db.get(User, member.id).confirmed_at == MONDAY
    assert mails(fresh_db)[-1].subject == "Your password was changed"


def test_a_link_is_over_after_an_hour(anonymous, member, fresh_db, monkeypatch):
    path = asked(anonymous, fresh_db)
    import itsdangerous.timed

    now = itsdangerous.timed.TimestampSigner.get_timestamp
    monkeypatch.setattr(itsdangerous.timed.TimestampSigner, "get_timestamp", lambda self: now(self) + 3700)

    answer = chosen(anonymous, path)

    assert "more than an hour old" in anonymous.get(answer.location).text
    assert not signs_in(anonymous, OTHER)


def test_a_link_that_was_touched_gives_nothing(anonymous, member, fresh_db):
    path = asked(anonymous, fresh_db)

    assert chosen(anonymous, path[:-3] + "abc").location.endswith("/reset")
    assert not signs_in(anonymous, OTHER)


def test_a_weak_password_is_refused_beside_its_field(anonymous, member, fresh_db):
    answer = chosen(anonymous, asked(anonymous, fresh_db), "password1")

    assert answer.status_code == 200 and "first that people guess" in answer.text


@pytest.mark.parametrize("email", ["nobody@example.com", "no address", "gone@example.com", "demo@example.com"])
def test_nobody_learns_who_has_an_account(anonymous, member, db, fresh_db, email):
    person(db, "Gone", active=False)
    person(db, "Demo", demo_since=MONDAY)
    known = anonymous.send(RESET, {"email": "ada@example.com"})
    before = len(mails(fresh_db))

    unknown = anonymous.send(RESET, {"email": email})

    def said(answer: Any) -> str:
        page = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
        return re.sub(r'value="[^"]*@[^"]*"|value="no address"', "", page)

    assert unknown.status_code == known.status_code == 200
    assert said(unknown) == said(known)
    assert "If there is an account with this address" in known.text
    assert len(mails(fresh_db)) == before


def test_as_much_is_done_for_an_address_that_nobody_has(anonymous, app, member, fresh_db, monkeypatch):
    """The same work, so that no watch tells them apart: one hash, one transaction that writes a row."""
    hashes: list[str] = []
    for module in ("flask_security.views", "core.account_mails"):
        monkeypatch.setattr(f"{module}.hash_password", lambda text: hashes.append(text))
    seen: list[str] = []
    import sqlalchemy as sa

    sa.event.listen(app.extensions["database"].engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    work = []
    for email in ("ada@example.com", "nobody@example.com"):
        seen.clear()
        anonymous.send(RESET, {"email": email})
        work.append((len(hashes), sum(one.startswith("INSERT") for one in seen), seen.count("COMMIT")))
        hashes.clear()

    assert work[0] == work[1]


def test_five_an_hour_for_an_account_and_for_an_address(anonymous, member, fresh_db):
    for _ in range(5):
        assert anonymous.send(RESET, {"email": "ada@example.com"}).status_code == 200
    refused = anonymous.send(RESET, {"email": "ada@example.com"})
    elsewhere = anonymous.send(
        RESET, {"email": "ADA@example.com "}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )  # fmt: skip

    assert (refused.status_code, elsewhere.status_code) == (429, 429)
    assert refused.headers["Retry-After"]
    assert len(mails(fresh_db)) == 5


def test_without_a_mail_server_the_sign_in_page_says_whom_to_ask(site, base, shelf, at):
    plain = create_app(site)
    page = plain.test_client().get("/sign-in").text
    rules = {rule.rule for rule in plain.url_map.iter_rules()}
    plain.extensions["database"].engine.dispose()

    assert "Ask the person who runs this site to reset it (python3 app.py users reset)" in page
    assert "/reset" not in rules


def test_with_one_it_leads_to_the_way_back_in(anonymous):
    assert 'href="/reset"' in anonymous.get("/sign-in").text


# -- an address that is one's own ----------------------------------------------------------------------------


def test_who_signs_up_gets_a_mail_and_may_use_everything_meanwhile(anonymous, member, fresh_db):
    form = {"name": "Dora", "email": "dora@example.com", "password": GOOD, "zone": "Europe/Rome"}

    assert anonymous.send("/sign-up", form).status_code == 303

    assert anonymous.get("/settings").status_code == 200
    [mail] = mails(fresh_db)
    assert (mail.address, mail.kind) == ("dora@example.com", "account")
    assert mail.path.startswith("/confirm/")


def test_the_link_shows_a_button_and_the_button_confirms(anonymous, member, db, fresh_db, client_of):
    browser = client_of(member)
    browser.send("/settings/confirmation")
    path = mails(fresh_db)[-1].path

    assert "Yes, it is mine" in anonymous.get(path).text
    fresh_db.rollback()
    assert fresh_db.get(User, member.id).confirmed_at is None, "a program that looks into links confirms nothing"
    assert anonymous.send(path).status_code == 303

    fresh_db.rollback()
    assert fresh_db.get(User, member.id).confirmed_at == MONDAY
    assert "is confirmed already" in anonymous.get(path).text
    assert browser.get("/settings").status_code == 200, "whoever is signed in stays so"


@pytest.mark.parametrize("change", [lambda path: path[:-2], lambda _: "/confirm/nothing"])
def test_a_link_that_this_site_did_not_make_confirms_nothing(anonymous, member, fresh_db, client_of, change):
    client_of(member).send("/settings/confirmation")
    path = change(mails(fresh_db)[-1].path)

    assert anonymous.get(path).status_code == 422
    assert anonymous.send(path).status_code == 422
    assert fresh_db.get(User, member.id).confirmed_at is None


def test_a_link_for_an_address_that_is_no_longer_the_accounts_confirms_nothing(
    anonymous, member, db, fresh_db, client_of
):
    client_of(member).send("/settings/confirmation")
    path = mails(fresh_db)[-1].path
    db.execute(update(User).values(email="new@example.com"))
    db.commit()

    assert anonymous.send(path).status_code == 422


def test_asking_for_the_mail_is_limited(member, fresh_db, client_of):
    browser = client_of(member)

    statuses = [browser.send("/settings/confirmation").status_code for _ in range(6)]

    assert statuses == [303] * 5 + [429]
    assert len(mails(fresh_db)) == 5


# -- what hosts see ------------------------------------------------------------------------------------------


def test_hosts_see_what_was_given_up_and_others_do_not(app, db, client_of, member):
    hanna = person(db, "Hanna", host_since=MONDAY)
    row = {
        "user_id": member.id,
        "id": member.id,
        "kind": "session",
        "slot": "1",
        "subject": "Secret subject",
        "text": "",
    }
    db.add(Mail(**row, address="ada@example.com", made_at=MONDAY, due_at=MONDAY, failed_at=MONDAY, fault="550 no"))
    db.commit()

    page = client_of(hanna).get("/outbox").text

    assert "550 no" in page and "Secret subject" not in page
    assert client_of(member).get("/outbox").status_code == 403
