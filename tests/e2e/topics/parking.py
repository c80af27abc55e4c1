"""Parked questions and the capture box, as somebody in the middle of their work sees them."""

from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page, expect
from sqlmodel import Session

from mentorship import parking
from mentorship.parking import Source
from tests.e2e.cast import days_ago
from tests.e2e.hands import leaves_field
from tests.e2e.stop import Stop

LONG = (
    "When I turn the bus compressor to four to one, the snare loses its edge, but two to one hardly moves the needle. "
    "Is the attack too fast, or do I expect the bus to do what the channel should have done?"
)


def opens_the_box(page: Page) -> None:
    leaves_field(page)
    page.keyboard.press("q")
    expect(page.locator("[data-capture-box]")).to_be_visible()


def writes_something_to_do(page: Page) -> None:
    opens_the_box(page)
    page.keyboard.type("Buy strings")
    page.locator("[data-capture-box] input[value=todo]").check()


def keeps_a_question(page: Page) -> None:
    opens_the_box(page)
    page.keyboard.type("Why 4:1?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-capture-kept]")).to_contain_text("Parked.")


def sends_nothing(page: Page) -> None:
    form = page.locator("main form.form")
    form.evaluate("form => { form.noValidate = true; }")
    form.locator("button").click()
    page.wait_for_load_state()


STOPS = [
    Stop("parking.capture", "/capture", ("ada", "fay")),
    Stop("parking.capture", "/capture?from=/lessons/{done}", ("ada",), "lesson"),
    Stop("parking.capture", "/capture", ("ada",), "refused", 200, sends_nothing),
    Stop("parking.index", "/questions", ("ada", "fay")),
    Stop("parking.index", "/questions?removed={removed_question}", ("ada",), "removed"),
    Stop("parking.show", "/questions/{question}"),
    Stop("parking.show", "/questions/{answered_question}", ("ada",), "answered"),
    Stop("lessons.show", "/lessons/{done}", ("ada",), "capture", 200, opens_the_box),
    Stop("reviews.desk", "/reviews", ("ada",), "capture", 200, opens_the_box),
    Stop("reviews.desk", "/reviews", ("dora",), "kept", 200, keeps_a_question),
    Stop("sessions.index", "/sessions", ("ben",), "capture", 200, writes_something_to_do),
]


def fill(cast: Any, db: Session, app: Flask) -> None:
    ada, library = cast.id_of("ada"), app.extensions["shelf"].library

    def park(name: str, text: str, days: float, kind: parking.Kind = "", source_id: str = "") -> Any:
        question = parking.park(db, library, ada, text, Source(kind, source_id), at=days_ago(days))
        db.flush()
        cast.ids[name] = str(question.id)
        return question

    park("question", LONG, 3, "lesson", cast.ids["done"])
    park("of_card", "Is that the same as headroom?", 2, "card", next(iter(library.cards)))
    on_agenda = park("of_piece", "Does it end too soon?", 1, "piece", cast.ids["beat"])
    on_agenda.session_id = UUID(cast.ids["ahead"])
    park("of_page", "How much practice is enough?", 0.5, "page", "/stats")
    answered = park("answered_question", "What is a send for?", 9, "lesson", cast.ids["done"])
    parking.answer(db, ada, answered.id, "One reverb for many tracks, each as loud as you send it.", at=days_ago(8))
    removed = park("removed_question", "What was I thinking?", 4)
    parking.remove(db, ada, removed.id, at=days_ago(1))
