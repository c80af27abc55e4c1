"""Ben asked Ada about his own piece: once she waits, once she gave it, once he answered; one he took back."""

import io
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from mentorship import feedback, portfolio
from tests.e2e import sounds
from tests.e2e.cast import days_ago
from tests.e2e.stop import Stop

QUESTION = "Where would you stop listening, if nobody asked you to go on?"
PARTS = {
    "first_impression": "Warm and slow, like the last bus. I leaned back before the drums came in.",
    "strongest": "The bass answers the voice and never covers it, at 0:41 most of all.",
    "weakest": "The second verse says the same as the first. From 1:20 on I looked at my phone.",
    "next_step": "Take the pad out of the second verse, and bring it back in the last chorus.",
}
ANSWER = "You are right about 1:20. I shall take the pad out and send you V2."


def sends_half(page: Page) -> None:
    page.locator("[name=strongest]").fill("The bass.")
    page.locator("main form.form").evaluate("form => { form.noValidate = true; }")
    page.locator("main form.form button").click()
    page.wait_for_load_state()


STOPS = [
    Stop("feedback.new", "/portfolio/versions/{bens_v1}/feedback", ("ben",)),
    Stop("feedback.show", "/feedback/{asked_review}", ("ada", "ben"), "asked"),
    Stop("feedback.show", "/feedback/{asked_review}", ("ada",), "refused", 200, sends_half),
    Stop("feedback.show", "/feedback/{given_review}", ("ada", "ben"), "given"),
    Stop("feedback.show", "/feedback/{answered_review}", ("ada", "ben"), "answered"),
    Stop("feedback.show", "/feedback/{back_review}", ("ben",), "withdrawn"),
    Stop("portfolio.show", "/portfolio/pieces/{bens_piece}", ("ben",), "feedback"),
    Stop("portfolio.index", "/portfolio", ("ada", "ben"), "feedback"),
]


def fill(cast: Any, db: Session, app: Flask) -> None:
    ada, ben, storage = cast.id_of("ada"), cast.id_of("ben"), app.extensions["storage"]
    piece = portfolio.create(db, ben, title="Last stop", genre="Soul", at=days_ago(20))
    cast.ids["bens_piece"] = str(piece.id)
    for number, name in enumerate(("asked", "given", "answered", "back"), 1):
        content = io.BytesIO(sounds.wav(1 + number / 10))
        with portfolio.received(storage, content, f"last-stop-v{number}.wav", most=10**7, minutes=1) as file:
            version = portfolio.add_version(db, storage, piece, file, at=days_ago(20 - number))
        cast.ids[f"bens_v{number}"] = str(version.id)
        row = feedback.ask(db, ben, version.id, ada, QUESTION, at=days_ago(8 - number))
        cast.ids[f"{name}_review"] = str(row.id)
    for name in ("given", "answered"):
        feedback.give(db, ada, UUID(cast.ids[f"{name}_review"]), PARTS, at=days_ago(3))
    feedback.answer(db, ben, UUID(cast.ids["answered_review"]), ANSWER, at=days_ago(2))
    feedback.withdraw(db, ben, UUID(cast.ids["back_review"]), at=days_ago(1))
