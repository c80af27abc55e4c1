"""A month of two people in two time zones, across the end of summer time in one: on a clock that the test sets."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session

from core import accounts
from core.accounts import User
from curriculum import lessons
from tests.e2e.clocked import ClockedSite, clocked_site
from tests.e2e.hands import main, title
from tests.e2e.pages import DESKTOP, PHONE
from tests.e2e.watch import Watch
from tests.times import on_the_wall

NEW_YORK, KOLKATA = "America/New_York", "Asia/Kolkata"
PASSWORD = "seven slow brown foxes"
START = on_the_wall(NEW_YORK, "2026-10-12 09:00")
FIRST, SECOND, THIRD, FOURTH = (date(2026, 10, 15) + timedelta(weeks=week) for week in range(4))
MOVED = date(2026, 10, 30)
LOOK = os.environ.get("LOOK", "")  # a folder for pictures of each page on the way, for eyes


@dataclass
class Person:
    page: Page
    zone: str

    def goes(self, site: ClockedSite, wall: str) -> None:
        """It is this hour on this person's wall."""
        site.at(on_the_wall(self.zone, wall))


@dataclass
class Month:
    site: ClockedSite
    ada: Person  # learns, in New York
    ben: Person  # her mentor, in Kolkata
    looked: int = 0

    def look(self, name: str) -> None:
        """Both pages in both sizes; none may be moved sideways."""
        self.looked += 1
        for who, person in (("ada", self.ada), ("ben", self.ben)):
            for size in (PHONE, DESKTOP):
                person.page.set_viewport_size(size)
                wide = person.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= size["width"], f"{name}, {who}: {wide} px wide at {size['width']}"
                if LOOK:
                    path = Path(LOOK) / f"{self.looked:02d}-{name}-{who}-{size['width']}.png"
                    person.page.screenshot(path=path, full_page=True)


@pytest.fixture
def month(browser: Browser, tmp_path: Path) -> Iterator[Month]:
    with clocked_site(tmp_path / "data", START) as site:
        with site.app.app_context(), Session(site.app.extensions["database"].writer) as db:
            for name, zone in (("Ada", NEW_YORK), ("Ben", KOLKATA)):
                settle_in(site, db, name, zone)
            db.commit()
        contexts = [browser.new_context(base_url=site.url, viewport=DESKTOP, locale="en-GB") for _ in range(2)]
        watches = [Watch(context, site.url) for context in contexts]
        ada, ben = (context.new_page() for context in contexts)
        for page, name in ((ada, "ada"), (ben, "ben")):
            page.set_default_timeout(15_000)
            signs_in(page, name)
        yield Month(site, Person(ada, NEW_YORK), Person(ben, KOLKATA))
        faults = [fault for watch in watches for fault in watch.faults]
        for context in contexts:
            context.close()
        assert not faults, "\n".join(faults)


def signs_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(title(page)).to_have_text(re.compile("Good"))


def settle_in(site: ClockedSite, db: Session, name: str, zone: str) -> User:
    hashed = accounts.password_hash(PASSWORD)
    email = f"{name.lower()}@example.com"
    user = accounts.create(db, name=name, email=email, password=hashed, zone=zone, at=START - timedelta(days=1))
    library = site.app.extensions["shelf"].library
    lessons.welcome(db, library, user.id, makes="", daw="", programme="nine-months", zone=zone, at=START)
    return user


def test_a_month_of_meetings_in_two_time_zones_across_a_clock_change(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page

    become_a_pair(month)
    agree_on_how_to_work(month)
    plan_four_meetings(month)
    prepare_the_first(month)
    hold_the_first(month)
    keep_one_promise_and_miss_another(month)
    cancel_the_second(month)
    move_the_third(month)
    sign_and_change_it(month)
    hold_the_fourth_after_the_clocks_went_back(month)
    are_reminded_to_sign(month)

    ada.goto("/sessions")
    expect(main(ada)).to_contain_text("cancelled")
    for page in (ada, ben):
        page.goto("/sessions/hours")
        expect(main(page)).to_contain_text("2 h 15")
    month.look("hours")
    assert states_in(feed_of(month)) == {"CONFIRMED": 3, "CANCELLED": 1}


def become_a_pair(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    ada.goto("/mentors")
    ada.get_by_role("button", name="Invite a mentor").click()
    address = ada.locator("#f-copy").input_value()
    ben.goto(address.replace(re.match(r"https?://[^/]+", address)[0], ""))
    month.look("invitation")
    ben.get_by_role("button", name="Accept").click()
    expect(ben.locator(".flashes")).to_contain_text("mentor")
    ada.goto("/inbox")
    expect(main(ada)).to_contain_text("Ben")
    month.look("linked")


def agree_on_how_to_work(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    ben.goto("/mentors")
    ben.get_by_role("link", name="Ada").first.click()
    ben.goto("/mentors")
    link = ben.locator("a[href^='/links/']").first.get_attribute("href")
    ben.goto(f"{link}/agreement/edit")
    ben.get_by_label("What for").fill("Finish one song a month, and hear why it works.")
    ben.get_by_role("button", name="Send to Ada").click()
    ada.goto(f"{link}/agreement")
    month.look("agreement")
    ada.get_by_role("button", name="Say yes to this").click()
    expect(main(ada)).to_contain_text("Both of you said yes")


def plan_four_meetings(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    ada.goto("/sessions/plan")
    ada.get_by_label("Day", exact=True).fill(str(FIRST))
    ada.get_by_label("Begins at").fill("08:00")
    ada.get_by_label("What it is about").fill("Weekly; mixing, and more")
    ada.get_by_text("Make it a series").click()
    ada.get_by_label("How often").select_option("1")
    ada.get_by_label("How many").fill("4")
    month.look("plan")
    ada.get_by_role("button", name="Plan it").click()
    expect(ada.locator(".flashes")).to_contain_text("4 sessions")

    ben.goto("/sessions")
    ahead = main(ben).locator("li.row").filter(has_text="Meeting with Ada")
    expect(ahead).to_contain_text("17:30, 08:00 for Ada")
    expect(ahead).to_contain_text("the first of 4")
    month.look("proposed")
    ben.get_by_role("button", name="Yes to all 4").click()
    ben.goto("/sessions")
    expect(ahead.locator(".state").filter(has_text="confirmed")).to_have_count(4)
    for row, here in enumerate(("17:30",) * 3 + ("18:30",)):
        expect(ahead.nth(row)).to_contain_text(f"{here}, 08:00 for Ada")
    month.look("confirmed")


def opens(page: Page, number: int) -> str:
    """The page of a meeting of the series, by its place among those ahead."""
    page.goto("/sessions")
    page.locator("li.row a.row-title").filter(has_text="Weekly").nth(number).click()
    page.wait_for_url("**/sessions/*-*")
    return page.url.split("?")[0].split("#")[0]


def prepare_the_first(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    month.ada.goes(month.site, "2026-10-14 20:00")
    ada.goto("/lessons/daw-signal-path")
    ada.keyboard.press("q")
    ada.get_by_role("dialog").get_by_role("textbox").first.fill("Why is a balanced cable quieter?")
    ada.keyboard.press("Control+Enter")
    expect(ada.locator("[data-capture-kept]")).to_contain_text("Parked")

    address = opens(ben, 0)
    ben.get_by_role("button", name=re.compile("Take.*balanced cable")).click()
    expect(ben.locator(".agenda-line")).to_have_count(1)
    ben.get_by_label("To talk about").fill("The loop at 92 bpm")
    ben.keyboard.press("Enter")
    expect(ben.locator(".agenda-line")).to_have_count(2)
    ada.goto(address)
    expect(ada.locator(".agenda-line")).to_have_count(2)
    month.look("prepared")


def hold_the_first(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    month.ada.goes(month.site, "2026-10-15 08:40")
    for page in (ada, ben):
        page.reload()
    ben.get_by_role("button", name=re.compile("Covered.*balanced cable")).click()
    ben.locator("#f-notes").fill("We listened twice. The bass hides under the kick.")
    ben.locator("[data-notes='notes'] button").filter(has_text="Save").click()
    expect(ben.locator("[data-notes='notes'] [data-notes-said]")).to_contain_text(re.compile("saved", re.I))
    for text, due in (("Move the bass off beat one", "2026-10-20"), ("Sketch a second section", "2026-10-18")):
        ben.locator("#f-text").fill(text)
        ben.locator(".action-add [name=due]").fill(due)
        ben.locator(".action-add button").click()
        expect(ben.locator(".action").filter(has_text=text)).to_be_visible()
    ben.get_by_role("button", name="It was held").click()
    expect(ben.locator("h1 .state")).to_have_text("held")
    for page in (ada, ben):
        page.reload()
        page.get_by_role("button", name="Sign it").click()
    expect(ben.locator("h1 .state")).to_have_text("signed")
    month.look("signed")


def keep_one_promise_and_miss_another(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    month.ada.goes(month.site, "2026-10-19 19:00")
    ada.goto("/")
    promised = ada.locator(".today-line").filter(has_text="Promised")
    expect(promised).to_contain_text("overdue")
    promised.locator("li").filter(has_text="Move the bass").get_by_role("button", name="Done").click()
    expect(promised.locator("li")).to_have_count(1)
    ben.goto("/mentoring")
    ben.get_by_role("link", name="Ada").first.click()
    month.look("brief")
    expect(main(ben)).to_contain_text("Sketch a second section")
    expect(main(ben)).to_contain_text("Move the bass off beat one")


def cancel_the_second(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    opens(ben, 0)
    ben.get_by_role("link", name="Cancel it").click()
    ben.get_by_label("Why").fill("My train is late; sorry")
    month.look("cancelling")
    ben.get_by_role("button", name="Cancel the meeting").click()
    expect(ben.locator("h1 .state")).to_have_text("cancelled")
    ada.goto("/inbox")
    expect(main(ada)).to_contain_text("cancelled")
    ada.get_by_role("link", name=re.compile("cancelled")).first.click()
    expect(main(ada)).to_contain_text("My train is late")
    month.look("cancelled")


def move_the_third(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    month.ada.goes(month.site, "2026-10-27 10:00")
    address = opens(ada, 0)
    ada.get_by_role("link", name="Move it").click()
    ada.get_by_label("Day", exact=True).fill(str(MOVED))
    ada.get_by_label("Begins at").fill("09:30")
    ada.get_by_role("button", name="Ask to move it").click()
    expect(ada.locator("h1 .state")).to_have_text("proposed")
    ben.goto(address)
    expect(main(ben)).to_contain_text("19:00")
    month.look("moved")
    ben.get_by_role("button", name="Yes, that suits me").click()
    expect(ben.locator("h1 .state")).to_have_text("confirmed")


def sign_and_change_it(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    month.ada.goes(month.site, "2026-10-30 10:20")
    ada.reload()
    ada.get_by_role("button", name="It was held").click()
    ada.get_by_role("button", name="Sign it").click()
    ben.reload()
    ben.get_by_role("button", name="Sign it").click()
    expect(ben.locator("h1 .state")).to_have_text("signed")
    ada.reload()
    if ada.locator("#f-notes").count() == 0:
        ada.get_by_role("link", name="Write").click()
    ada.locator("#f-notes").fill("One thing more: the fill in bar 16.")
    ada.locator("[data-notes='notes'] button").filter(has_text="Save").click()
    expect(ada.locator("[data-notes='notes'] [data-notes-said]")).to_contain_text(re.compile("saved", re.I))
    ben.reload()
    expect(ben.locator("h1 .state")).to_have_text("held")
    month.look("changed-after-signing")
    for page in (ada, ben):
        page.reload()
        page.get_by_role("button", name="Sign it").click()
    expect(ben.locator("h1 .state")).to_have_text("signed")


def hold_the_fourth_after_the_clocks_went_back(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    month.ada.goes(month.site, "2026-11-04 21:00")
    address = opens(ben, 0)
    expect(main(ben)).to_contain_text("18:30")
    expect(main(ben)).to_contain_text("08:00")
    month.ada.goes(month.site, "2026-11-05 08:45")
    ada.goto(address)
    ada.get_by_role("button", name="It was held").click()
    ada.get_by_role("button", name="Sign it").click()
    expect(ada.locator("h1 .state")).to_have_text("held")
    ben.reload()
    month.look("fourth")


def are_reminded_to_sign(month: Month) -> None:
    ada, ben = month.ada.page, month.ben.page
    for page in (ada, ben):
        page.goto("/")
    for day in ("11", "12", "13", "14"):
        month.ada.goes(month.site, f"2026-11-{day} 10:00")
        month.site.run_jobs()
    signs_in(ada, "ada")  # a sign-in lasts thirty days
    signs_in(ben, "ben")
    ben.goto("/inbox")
    reminder = main(ben).get_by_role("link", name=re.compile("sign", re.I))
    expect(reminder.first).to_be_visible()
    month.look("reminded")
    reminder.first.click()
    ben.get_by_role("button", name="Sign it").click()
    expect(ben.locator("h1 .state")).to_have_text("signed")


def feed_of(month: Month) -> str:
    ada = month.ada.page
    ada.goto("/settings/calendar")
    ada.get_by_role("button", name=re.compile("Make")).first.click()
    address = ada.locator("input[readonly]").first.input_value()
    month.look("calendar")
    path = re.sub(r"^https?://[^/]+", "", address)
    return ada.context.request.get(path).text()


def states_in(feed: str) -> dict[str, int]:
    """How many meetings have which status."""
    found: dict[str, int] = {}
    for event in vobject.readOne(feed).vevent_list:
        if "Weekly" in event.summary.value:
            found[event.status.value] = found.get(event.status.value, 0) + 1
    return found
