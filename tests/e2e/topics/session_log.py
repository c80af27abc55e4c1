"""Logging: the form in its kinds, a practice that runs, files on a session."""

import io
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from mentorship import practice_log, session_files
from mentorship.portfolio import Upload
from mentorship.probe import Found
from tests.e2e import sounds
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop

NO_PAGES = ("session_files.file", "sessions.sheet")


def opens_more(page: Page) -> None:
    page.locator("details.log-more").first.evaluate("one => { one.open = true; }")


def logs_tomorrow(page: Page) -> None:
    """Send a day that is still to come."""
    page.locator("form.log-form").evaluate("form => form.noValidate = true")
    page.locator("#f-day").fill("2099-01-01")
    page.locator("#f-minutes").fill("45")
    page.get_by_role("button", name="Log it").click()
    page.locator(".field-error").first.wait_for()


def asks_to_remove(page: Page) -> None:
    page.locator(".session-file details.confirm").first.evaluate("one => { one.open = true; }")


STOPS = [
    Stop("sessions.new", "/sessions/new?kind=meeting", ("ben",), "more", first=opens_more),
    Stop("sessions.new", "/sessions/new?kind=studio", ("ben",), "studio-more", first=opens_more),
    Stop("sessions.new", "/sessions/new?kind=practice", ("ben",), "tomorrow", first=logs_tomorrow),
    Stop("sessions.edit", "/sessions/{practice}/edit", ("ada",), "of-practice"),
    Stop("practice_log.stopping", "/sessions/{running}/stop", ("ada",)),
    Stop("meetings.show", "/sessions/{running}", ("ada",), "running"),
    Stop("meetings.show", "/sessions/{studio}", ("ada",), "with-files", first=asks_to_remove),
    Stop("meetings.show", "/sessions/{studio}", ("ben",), "with-files-of-hers"),
]


def fill(cast: Cast, db: Session, app: Flask) -> None:
    ada, storage = cast.id_of("ada"), app.extensions["storage"]
    studio = UUID(cast.ids["studio"])
    for octets, found, name in (
        (sounds.wav(), Found("audio", "audio/wav", 4.0, 44_100, 1), "Bass take 2, after the new strings, mono.wav"),
        (b"%PDF-1.7\n", Found("document", "application/pdf"), "Certificate.pdf"),
    ):
        upload = Upload(storage.stage(io.BytesIO(octets), most=10_000_000), found, name)
        session_files.add(db, storage, ada, studio, upload, at=days_ago(4))
    goal = "The bridge of Night bus at 96 bpm, three times without a stop"
    cast.ids["running"] = str(practice_log.start(db, ada, "Europe/Berlin", goal, at=days_ago(0.02)).id)
