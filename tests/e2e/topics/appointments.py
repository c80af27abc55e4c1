"""Meetings of Ada and Ben that are being agreed on, were missed or cancelled, and wait for signatures."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from mentorship import appointments, series, signing
from mentorship.planning import Plan, Times
from mentorship.sessions import Between
from tests.e2e.cast import NOW, Cast, days_ago
from tests.e2e.stop import Stop

NO_PAGES: set[str] = set()
PLACE = "https://meet.example.com/woodshed/ada-and-ben-listen-together"
TITLE = "Night bus: where the second verse loses its groove, and what to leave out of it"


def overlaps(page: Page) -> None:
    """Plan a meeting over the whole of a day on which Ada has given an hour to another one."""
    day = days_ago(-5).astimezone(ZoneInfo("Europe/Berlin"))
    page.get_by_label("Day", exact=True).fill(f"{day:%Y-%m-%d}")
    page.get_by_label("Begins at").fill("00:00")
    page.get_by_label("Minutes").fill("1440")
    page.get_by_role("button", name="Plan it").click()
    page.get_by_label("Plan it all the same").wait_for()


def opens_everything(page: Page) -> None:
    for summary in page.locator("details.figures-behind > summary").all():
        summary.click()


def offers_more(page: Page) -> None:
    page.get_by_text("Offer other times to choose from").click()
    page.get_by_text("Make it a series").click()


STOPS: list[Stop] = [
    Stop("appointments.plan", "/sessions/plan", ("ada", "ben", "cleo")),
    Stop("appointments.plan", "/sessions/plan", name="whole", first=offers_more),
    Stop("appointments.plan", "/sessions/plan", name="overlaps", status=200, first=overlaps),
    Stop("appointments.times", "/sessions/{asked}/times", ("ada", "ben")),
    Stop("appointments.times", "/sessions/{in_series}/times", name="series"),
    Stop("appointments.times", "/sessions/{called_off}/times", name="over"),
    Stop("appointments.cancelling", "/sessions/{in_series}/cancelled", name="series"),
    Stop("appointments.cancelling", "/sessions/{confirmed}/cancelled", ("ada", "ben")),
    Stop("meetings.show", "/sessions/{asked}", ("ada", "ben"), name="asked"),
    Stop("meetings.show", "/sessions/{in_series}", name="of-a-series"),
    Stop("meetings.show", "/sessions/{confirmed}", name="confirmed"),
    Stop("meetings.show", "/sessions/{called_off}", ("ada", "ben"), name="called-off"),
    Stop("meetings.show", "/sessions/{missed}", name="missed"),
    Stop("meetings.show", "/sessions/{signed_once}", ("ada", "ben"), name="signed-once"),
    Stop("hours.show", "/sessions/hours", ("ada", "ben", "cleo")),
    Stop("hours.show", "/sessions/hours", name="figures", first=opens_everything),
]


def fill(cast: Cast, db: Session, _app: Flask) -> None:
    ada, ben = cast.id_of("ada"), cast.id_of("ben")
    between = Between(ada, ben)

    def propose(name: str, by: UUID, days: float, *further: float, title: str = "", place: str = "") -> UUID:
        zone = cast.people["ada" if by == ada else "ben"].zone
        times = Times(days_ago(-days), zone, 45, tuple(days_ago(-one) for one in further))
        plan = Plan(times, title=title, mode="remote", place=place)
        session = appointments.propose(db, by, between, plan, anyway=True, at=days_ago(40))
        cast.ids[name] = str(session.id)
        return session.id

    def confirmed(name: str, days: float, **texts: str) -> UUID:
        session_id = propose(name, ada, days, **texts)
        appointments.confirm(db, ben, session_id, days_ago(-days), at=days_ago(39))
        return session_id

    propose("asked", ben, 4.1, 4.6, 5.1, title=TITLE, place=PLACE)
    confirmed("confirmed", 5, title="Bass and kick", place=PLACE)
    called_off = confirmed("called_off", 6)
    appointments.cancel(db, ben, called_off, "My train was cancelled, so I am on the road all day", at=NOW)
    missed = confirmed("missed", -4)
    appointments.miss(db, ada, missed, at=days_ago(3))
    for days in (33, 26, 19, 12):
        held = confirmed("signed_once", -days, title="Mixing")
        appointments.hold(db, ben, held, real_minutes=70 if days == 19 else None, at=days_ago(days - 1))
        signing.sign(db, ben, held, at=days_ago(days - 1))
        if days > 20:
            signing.sign(db, ada, held, at=days_ago(days - 1))
    plan = Plan(Times(days_ago(-8), cast.people["ben"].zone, 45), title="Arranging", mode="studio")
    rows = series.propose(db, ben, between, plan, every=2, count=6, anyway=True, at=NOW - timedelta(hours=1))
    cast.ids["in_series"] = str(rows[0].id)
