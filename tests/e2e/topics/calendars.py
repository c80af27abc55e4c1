"""The pages of calendars."""

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from mentorship import calendars
from mentorship.calendars import Choice
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop

NO_PAGES = {"calendars.feed", "calendars.single"}


def makes_an_address(page: Page) -> None:
    page.get_by_label("Time for your cards").check()
    page.get_by_label("Cards begin at").fill("07:30")
    page.get_by_role("button", name="Make the address").click()
    page.locator("#f-copy").wait_for()


def chooses_nothing(page: Page) -> None:
    for box in page.locator("[name=shows]").all():
        box.uncheck()
    page.get_by_role("button", name="Save").click()
    page.locator(".field-error").first.wait_for()


STOPS = [
    Stop("calendars.show", "/settings/calendar", ("fay",), "none"),
    Stop("calendars.show", "/settings/calendar", ("ada",), "some"),
    Stop("calendars.show", "/settings/calendar", ("ben",), "made", 200, makes_an_address),
    Stop("calendars.show", "/settings/calendar", ("ada",), "refused", 200, chooses_nothing),
]


def fill(cast: Cast, db: Session, app: Flask) -> None:
    """Ada has an address since last week."""
    shows = Choice(("sessions", "actions", "reviews"), 450)
    calendars.make(db, cast.id_of("ada"), shows, at=days_ago(7))
