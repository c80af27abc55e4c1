"""Ada and Ben write the same notes at the same time, and her network is cut in between: no word is lost."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlmodel import Session, select

from app import create_app
from core import accounts, settings, startup
from core.accounts import User
from core.ids import uuid7
from mentorship import agenda, revisions, sessions
from mentorship.models.people import Link
from mentorship.sessions import Between, Entry
from tests.e2e.server import Server
from tests.e2e.watch import Watch

PASSWORD = "seven slow brown foxes"
CUT = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


class Table:
    """The two at one meeting, each with a browser."""

    def __init__(self, browser: Browser, server: Server, address: str, app: Flask, session_id: UUID) -> None:
        self.browser, self.server, self.address, self.app, self.session_id = browser, server, address, app, session_id
        self.watches: list[Watch] = []
        self.contexts: dict[str, BrowserContext] = {}

    def sits_down(self, name: str) -> Page:
        """At a new page of the meeting, in this person's one browser."""
        if name not in self.contexts:
            context = self.browser.new_context(base_url=self.server.url, viewport={"width": 1280, "height": 800})
            context.set_default_timeout(15_000)
            self.watches.append(Watch(context, self.server.url))
            self.contexts[name] = context
            page = context.new_page()
            page.goto("/sign-in")
            page.get_by_label("E-mail").fill(f"{name}@example.com")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("main").get_by_role("heading", level=1).wait_for()
            page.close()
        page = self.contexts[name].new_page()
        page.goto(self.address)
        return page

    def kept(self) -> list[str]:
        """The notes as they are saved, line by line."""
        with Session(self.app.extensions["database"].engine) as db:
            ada = accounts_by_name(db)["Ada"]
            session = sessions.seen(db, ada.id, self.session_id)
            return session.notes.split("\n")

    def states(self) -> list[str]:
        with Session(self.app.extensions["database"].engine) as db:
            ada = accounts_by_name(db)["Ada"]
            session = sessions.seen(db, ada.id, self.session_id)
            return [revisions.text_of(db, session, number) for number in range(1, session.notes_number + 1)]


def accounts_by_name(db: Session) -> dict[str, User]:
    return {user.name: user for user in db.exec(select(User))}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Flask]]:
    data = tmp_path_factory.mktemp("notes") / "data"
    startup.prepare(data=data)
    app = create_app(settings.load(data=data))
    now = datetime.now(UTC)
    with app.app_context(), Session(app.extensions["database"].writer, expire_on_commit=False) as db:
        hashed = accounts.password_hash(PASSWORD)
        ada, ben = (
            accounts.create(db, name=name, email=f"{name.lower()}@example.com", password=hashed, zone=zone, at=now)
            for name, zone in (("Ada", "Europe/Berlin"), ("Ben", "Europe/London"))
        )
        db.add(Link(user_id=ada.id, id=uuid7(), mentor_id=ben.id, began_at=now))
        db.commit()
    with Server(data) as server:
        yield server, app
        assert not server.new_faults()
    app.extensions["database"].engine.dispose()


@pytest.fixture
def table(browser: Browser, ground: tuple[Server, Flask]) -> Iterator[Table]:
    """A meeting that is about to begin, with three lines on its agenda."""
    server, app = ground
    now = datetime.now(UTC)
    with app.app_context(), app.extensions["database"].writing() as db:
        people = accounts_by_name(db)
        ada, ben = people["Ada"].id, people["Ben"].id
        entry = Entry(now + timedelta(minutes=5), "Europe/Berlin", 45)
        library = app.extensions["shelf"].library
        session = sessions.log(db, library, ada, "meeting", Between(ada, ben), entry, at=now)
        for line in ("one", "two", "three"):
            agenda.add(db, ada, session.id, line, at=now)
        found = Table(browser, server, f"/sessions/{session.id}", app, session.id)
    yield found
    for context in found.contexts.values():
        context.close()
    faults = [fault for watch in found.watches for fault in watch.faults if CUT not in fault]
    assert not faults, "\n".join(faults)


def notes(page: Page) -> Locator:
    return page.get_by_label("Shared notes, in Markdown")


def said(page: Page) -> Locator:
    return page.locator("form[data-notes=notes] [data-notes-said]")


def writes(page: Page, words: str) -> None:
    notes(page).press("Control+End")
    page.keyboard.insert_text(words)


def test_the_network_is_cut_while_both_write_and_no_word_is_lost(table: Table) -> None:
    ada, ben = table.sits_down("ada"), table.sits_down("ben")
    writes(ada, "Kick at 60 Hz.\n\nBass: too long.")
    expect(said(ada)).to_contain_text("Saved")
    writes(ben, "Hello from Ben.")
    expect(said(ben)).to_contain_text("Ada wrote meanwhile; both texts are in.")
    expect(notes(ben)).to_have_value("Kick at 60 Hz.\n\nBass: too long.\nHello from Ben.")

    table.contexts["ada"].set_offline(True)
    writes(ada, " Shorten it to 180 ms.")
    ada.get_by_role("heading", level=1).click()
    expect(said(ada)).to_contain_text("Not sent yet, kept here.")
    writes(ben, "\nBen hears it, too.")
    expect(said(ben)).to_have_text(re.compile("^Saved"))
    writes(ada, " And again.")
    table.contexts["ada"].set_offline(False)

    expect(said(ada)).to_contain_text("both texts are in")
    whole = [
        "Kick at 60 Hz.",
        "",
        "Bass: too long. Shorten it to 180 ms. And again.",
        "Hello from Ben.",
        "Ben hears it, too.",
    ]
    expect(notes(ada)).to_have_value("\n".join(whole))
    assert table.kept() == whole


def test_words_that_were_not_sent_are_offered_again_after_a_reload(table: Table) -> None:
    ada = table.sits_down("ada")
    table.contexts["ada"].set_offline(True)
    writes(ada, "Only in this browser.")
    expect(said(ada)).to_contain_text("Not sent yet")
    ada.close()
    table.contexts["ada"].set_offline(False)

    again = table.sits_down("ada")
    expect(again.locator("[data-notes-offer]").first).to_contain_text("were not sent")
    again.get_by_role("button", name="Bring them in").click()
    expect(said(again)).to_contain_text("Saved")

    assert table.kept() == ["Only in this browser."]
    assert again.evaluate("Object.keys(localStorage).filter(key => key.startsWith('woodshed.draft.')).length") == 0


def test_the_same_line_is_shown_twice_and_nothing_is_lost(table: Table) -> None:
    ada, ben = table.sits_down("ada"), table.sits_down("ben")
    writes(ada, "The end comes too soon.")
    expect(said(ada)).to_contain_text("Saved")
    ben.reload()
    writes(ben, " Eight bars more.")
    expect(said(ben)).to_contain_text("Saved")

    for watch in table.watches:
        watch.expected = {409}
    writes(ada, " Four bars more.")
    expect(ada.locator("[data-notes-offer]").first).to_contain_text("Somebody else changed the same lines.")
    ada.get_by_role("button", name="See both texts").click()
    field = ada.get_by_label("Both, to bring together")
    expect(field).to_have_value("The end comes too soon. Eight bars more.\nThe end comes too soon. Four bars more.")
    field.fill("The end comes too soon: four bars more, or eight.")
    ada.get_by_role("button", name="Save this text").click()

    expect(notes(ada)).to_have_value("The end comes too soon: four bars more, or eight.")
    assert "The end comes too soon. Eight bars more." in table.states()


def test_the_page_says_what_the_other_one_saved_and_shows_it_when_asked(table: Table) -> None:
    ada, ben = table.sits_down("ada"), table.sits_down("ben")
    writes(ben, "From Ben alone.")
    expect(said(ben)).to_contain_text("Saved")
    ada.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(ada.locator("[data-notes-offer]").first).to_contain_text("Ben saved at")
    expect(notes(ada)).to_have_value("")
    ada.get_by_role("button", name="Show").click()

    expect(notes(ada)).to_have_value("From Ben alone.")


def test_another_button_of_the_page_does_not_lose_what_was_just_typed(table: Table) -> None:
    ada = table.sits_down("ada")
    writes(ada, "Half a thought")
    ada.get_by_label("Covered: one").dispatch_event("click")
    expect(ada.get_by_label("Covered: one")).to_have_attribute("aria-pressed", "true")

    assert table.kept() == ["Half a thought"]


def test_the_agenda_is_put_in_order_by_keys_and_kept(table: Table) -> None:
    ada = table.sits_down("ada")
    ada.get_by_label("Covered: one").focus()
    with ada.expect_response("**/agenda/order"):
        ada.keyboard.press("Alt+ArrowDown")
    ada.reload()
    expect(ada.locator(".agenda-text")).to_have_text(["two", "one", "three"])
    with ada.expect_response("**/agenda/order"):
        ada.locator("[data-item]").nth(2).drag_to(ada.locator("[data-item]").nth(0), target_position={"x": 30, "y": 3})
    ada.reload()

    expect(ada.locator(".agenda-text")).to_have_text(["three", "two", "one"])
