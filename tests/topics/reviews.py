"""Ada asked Ben for reviews of a piece of hers: one waits, one was given. Eve, who has no mentor, approved her own.
Clients said yes to testimonials, or were only asked; one was withdrawn."""

import io
from typing import Any
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from mentorship import feedback, portfolio, reviews, testimonials
from mentorship.portfolio import Upload
from mentorship.probe import Found
from tests.matrix import ADA_DOES, Case, for_all, only, own
from tests.times import DAY, HOUR, MONDAY

PAIR = {"ada", "ben"}
MINE = {"ada"}
READERS = {
    "reviewed title": PAIR,
    "review question": PAIR,
    "review of Ben": PAIR,
    "client name": PAIR,
    "client words": PAIR,
    "asked client": MINE,
    "hidden words": MINE,
    "withdrawn client": set(),
    "taken words": set(),
}
MISSING = {"client secret": "0" * 43, "withdrawn secret": "1" * 43}

PARTS = [part.name for part in feedback.PARTS]
YES = {"name": "Mara", "text": "A good day."}
OPEN = frozenset({"name", "reviewed title", "client name", "client words"})  # to whoever has the address

MATRIX: dict[str, list[Case]] = {
    "POST verdicts.approved": [
        only({"ada": 422}, url={"version_id": "@reviewed version"}, about="Ben can review it"),
        only({"eve": 303}, url={"version_id": "@version of Eve"}),
    ],
    "POST verdicts.unapproved": [only({"eve": 303}, url={"version_id": "@version of Eve"})],
    "POST verdicts.showcased": [
        only({"ada": 422}, url={"piece_id": "@loose"}, about="nothing of it is approved"),
        only({"eve": 303}, url={"piece_id": "@piece of Eve"}),
    ],
    "POST verdicts.unshowcased": [only({"eve": 303}, url={"piece_id": "@piece of Eve"})],
    "GET portfolio.pathway": [own(url={"pathway": "beats"}), own(404, url={"pathway": "opera"})],
    "POST testimonials.asked": [only(ADA_DOES, url={"piece_id": "@reviewed"}, form={"name": "Jo"})],
    "GET testimonials.made": [own(302)],
    "POST testimonials.hidden": [only(ADA_DOES, url={"testimonial_id": "@said testimonial"})],
    "POST testimonials.shown": [only(ADA_DOES, url={"testimonial_id": "@hidden testimonial"})],
    "POST testimonials.withdrawn": [only(ADA_DOES, url={"testimonial_id": "@said testimonial"})],
    "GET testimonials.show": [
        for_all(url={"secret": "@client secret"}, shows=OPEN),
        for_all(404, url={"secret": "@withdrawn secret"}),
    ],
    "POST testimonials.yes": [
        for_all(303, url={"secret": "@client secret"}, form=YES, by_secret=True),
        for_all(422, url={"secret": "@client secret"}, form={"name": "Mara"}, shows=OPEN),
        for_all(404, url={"secret": "@withdrawn secret"}, form=YES),
    ],
    "POST testimonials.no": [
        for_all(303, url={"secret": "@client secret"}, by_secret=True),
        for_all(404, url={"secret": "@withdrawn secret"}),
    ],
}


def build(world: Any, db: Session, app: Flask) -> None:
    ada, ben, eve, say = world.id_of("ada"), world.id_of("ben"), world.id_of("eve"), world.canaries
    storage = app.extensions["storage"]

    def piece(name: str, owner: UUID, title: str) -> Any:
        made = portfolio.create(db, owner, title=title, at=MONDAY - 9 * DAY)
        world.ids[name] = str(made.id)
        return made

    def upload(name: str, of: Any) -> UUID:
        staged = storage.stage(io.BytesIO(f"{name}, some words".encode()), most=1000)
        found = Upload(staged, Found("text", "text/plain"), "words.txt")
        version = portfolio.add_version(db, storage, of, found, at=MONDAY - 8 * DAY)
        world.ids[name] = str(version.id)
        return version.id

    reviewed = piece("reviewed", ada, say["reviewed title"])
    for name, version in (
        ("given", upload("first reviewed version", reviewed)),
        ("waiting", upload("reviewed version", reviewed)),
    ):
        row = feedback.ask_mentor(db, ada, version, ben, say["review question"], ["tone"], at=MONDAY - DAY)
        world.ids[f"{name} review of Ben"] = str(row.id)
    upload("third reviewed version", reviewed)
    words = dict.fromkeys(PARTS, say["review of Ben"])
    given = UUID(world.ids["given review of Ben"])
    feedback.give(db, ben, given, words, {"tone": 2}, "changes", at=MONDAY - HOUR)
    own_piece = piece("piece of Eve", eve, "Alone")
    reviews.approve_own(db, eve, upload("version of Eve", own_piece), at=MONDAY - DAY)
    _testimonials(world, db, ada, reviewed.id)


def _testimonials(world: Any, db: Session, ada: UUID, piece_id: UUID) -> None:
    say = world.canaries

    def ask(name: str, client: str, words: str = "") -> Any:
        row, secret = testimonials.ask(db, ada, piece_id, client, at=MONDAY - DAY)
        world.ids[f"{name} testimonial"], world.ids[f"{name} secret"] = str(row.id), secret
        if words:
            testimonials.say_yes(db, secret, client, words, at=MONDAY - HOUR)
        return row

    ask("said", say["client name"], say["client words"])
    world.ids["client secret"] = world.ids["said secret"]
    ask("asked", say["asked client"])
    testimonials.hide(ask("hidden", "Jo", say["hidden words"]), at=MONDAY)
    ask("taken", "Kim", say["taken words"])
    testimonials.take_back(db, world.ids["taken secret"], at=MONDAY)
    testimonials.withdraw(ask("withdrawn", say["withdrawn client"], "Once."), at=MONDAY)
