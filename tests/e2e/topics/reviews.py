"""Ada asked Ben about her remix: once he said what to change, once it waits, and a newer version stands above it. One
client said yes to a testimonial, another was asked."""

import io
from typing import Any

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from mentorship import feedback, pathways, portfolio, reviews, testimonials
from mentorship.models.pieces import Piece
from tests.e2e import sounds
from tests.e2e.cast import days_ago
from tests.e2e.stop import Stop

QUESTION = "Is the bass still fighting with the kick, or is it only loud?"
AREAS = ("low-end", "space", "emotion")
LEVELS = {"low-end": 1, "space": 3, "emotion": 4}
PARTS = {
    "first_impression": "I nodded before I noticed. Then the second drop came and I did not know where to look.",
    "strongest": "The silence before 0:41. Keep it exactly as long as it is.",
    "weakest": "From 1:20 the kick loses against the bass on everything smaller than your headphones.",
    "next_step": "Give the kick the octave around 60 Hz, and let the bass sing above it.",
}
CREDITS = [("Mara Lind", "Vocals"), ("Jo", "Guitar"), ("Ada", "Producer")]


def asks_a_client(page: Page) -> None:
    page.get_by_text("Ask a client", exact=True).click()
    page.get_by_label("The client's name").fill("Jo")
    page.get_by_role("button", name="Make the address").click()
    page.wait_for_load_state()


STOPS = [
    Stop("feedback.new", "/portfolio/versions/{remix_v3}/feedback", ("ada",), "mentor"),
    Stop("feedback.show", "/feedback/{remix_waits}", ("ada", "ben"), "review-waits"),
    Stop("feedback.show", "/feedback/{remix_given}", ("ada", "ben"), "review-given"),
    Stop("portfolio.show", "/portfolio/pieces/{remix}", ("ada", "ben"), "review"),
    Stop("portfolio.edit", "/portfolio/pieces/{remix}/edit", ("ada",), "credits"),
    Stop("portfolio.pathway", "/portfolio/checklist/studio", ("ada",)),
    Stop("testimonials.made", "/portfolio/pieces/{remix}", ("ada",), "", 200, asks_a_client),
    Stop("testimonials.show", "/testimonials/{asked_secret}", ("",)),
    Stop("testimonials.show", "/testimonials/{said_secret}", ("",), "said"),
]


def fill(cast: Any, db: Session, app: Flask) -> None:
    ada, ben, storage = cast.id_of("ada"), cast.id_of("ben"), app.extensions["storage"]
    library = app.extensions["shelf"].library
    piece = portfolio.create(db, ada, title="Glass remix", role="Producer", genre="Electronic", at=days_ago(20))
    cast.ids["remix"] = str(piece.id)
    described = {"pathway": "studio", "category": "production", "client": "Mara Lind", "credits": CREDITS}
    pathways.describe(library, piece, **described)

    def upload(of: Piece, number: int, seconds: float) -> Any:
        content = io.BytesIO(sounds.wav(seconds))
        with portfolio.received(storage, content, f"glass-v{number}.wav", most=10**7, minutes=1) as file:
            return portfolio.add_version(db, storage, of, file, at=days_ago(20 - number))

    first = upload(piece, 1, 1.11)
    given = feedback.ask_mentor(db, ada, first.id, ben, QUESTION, AREAS, at=days_ago(9))
    feedback.give(db, ben, given.id, PARTS, LEVELS, "changes", at=days_ago(7))
    waits = feedback.ask_mentor(db, ada, upload(piece, 2, 1.12).id, ben, QUESTION, AREAS, at=days_ago(3))
    cast.ids["remix_v3"] = str(upload(piece, 3, 1.13).id)
    cast.ids |= {"remix_given": str(given.id), "remix_waits": str(waits.id)}

    _, cast.ids["asked_secret"] = testimonials.ask(db, ada, piece.id, "Jo", at=days_ago(2))
    _, cast.ids["said_secret"] = testimonials.ask(db, ada, piece.id, "Mara Lind", at=days_ago(2))
    words = "Ada heard what I meant before I could say it. We were done a day early, and I was not tired."
    testimonials.say_yes(db, cast.ids["said_secret"], "Mara Lind", words, at=days_ago(1))

    song = portfolio.create(db, ada, title="Paper boats", role="Mixer", at=days_ago(19))
    pathways.describe(library, song, **(described | {"category": "mix", "credits": []}))
    row = feedback.ask_mentor(db, ada, upload(song, 4, 1.14).id, ben, QUESTION, AREAS, at=days_ago(3))
    feedback.give(db, ben, row.id, PARTS, dict.fromkeys(AREAS, 3), "approved", at=days_ago(2))
    reviews.showcase(db, song, at=days_ago(1))
