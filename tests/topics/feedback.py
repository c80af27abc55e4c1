"""Ben asks Ada what she hears in a piece of his: one question waits, one was given, one was taken back."""

import io
from typing import Any
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from mentorship import feedback, portfolio
from mentorship.portfolio import Upload
from mentorship.probe import Found
from tests.matrix import ADA, ADA_DOES, BEN, BOTH, Case, only
from tests.times import DAY, HOUR, MONDAY

PAIR = {"ada", "ben"}
READERS = {
    "review of Ada": PAIR,
    "question of Ben": PAIR,
    "piece of Ben": PAIR,
    "content of Ben": PAIR,
    "content kept by Ben": {"ben"},
}

ASKED, GIVEN, BACK = ({"feedback_id": f"@{name} review"} for name in ("asked", "given", "withdrawn"))
PARTS = dict.fromkeys((part.name for part in feedback.PARTS), "The hat.")

WAITS, REVIEWED = ({"feedback_id": f"@{name} review of Ben"} for name in ("waiting", "given"))
MARKS = {"levels.tone": "3", "verdict": "approved"}
OF_BEN = {"person": "@ben", "question": "Is it dull?", "areas": "tone"}

MATRIX: dict[str, list[Case]] = {
    "GET feedback.new": [
        only(BEN, url={"version_id": "@version of Ben"}),
        only(ADA, url={"version_id": "@reviewed version"}),
    ],
    "POST feedback.asked": [
        only(ADA_DOES, url={"version_id": "@third reviewed version"}, form=OF_BEN),
        only({"ada": 409}, url={"version_id": "@reviewed version"}, form=OF_BEN, about="Ben was asked already"),
        only({"ada": 422}, url={"version_id": "@reviewed version"}, form=OF_BEN | {"person": "@dora"}),
        only(
            {"ben": 303},
            url={"version_id": "@other version of Ben"},
            query="of=apprentice",
            form={"person": "@fay", "question": "What do you hear?"},
        ),
        only(
            {"ben": 409},
            url={"version_id": "@version of Ben"},
            query="of=apprentice",
            form={"person": "@ada", "question": "Once more?"},
            about="Ada was asked about it already",
        ),
        only(
            {"ben": 422},
            url={"version_id": "@version of Ben"},
            query="of=apprentice",
            form={"person": "@dora", "question": "And you?"},
            about="Dora is not Ben's apprentice",
        ),
    ],
    "GET feedback.show": [
        only(BOTH, url=ASKED),
        only(BOTH, url=GIVEN),
        only(BEN, url=BACK),
        only(BOTH, url=WAITS),
        only(BOTH, url=REVIEWED),
    ],
    "POST feedback.given": [
        only({"ben": 303, "ada": 403}, url=WAITS, form=PARTS | MARKS),
        only({"ben": 422, "ada": 403}, url=WAITS, form=PARTS),
        only({"ada": 303, "ben": 403}, url=ASKED, form=PARTS),
        only({"ada": 422, "ben": 403}, url=ASKED, form=PARTS | {"weakest": ""}),
        only({"ada": 409, "ben": 403}, url=GIVEN, form=PARTS),
        only({"ben": 403}, url=BACK, form=PARTS),
    ],
    "POST feedback.answered": [
        only({"ada": 303, "ben": 403}, url=REVIEWED, form={"answer": "I hear it."}),
        only({"ben": 303, "ada": 403}, url=GIVEN, form={"answer": "I hear it."}),
        only({"ben": 409, "ada": 403}, url=ASKED, form={"answer": "I hear it."}),
    ],
    "POST feedback.withdrawn": [
        only({"ada": 422, "ben": 403}, url=WAITS, about="a version in review stays there"),
        only({"ben": 303, "ada": 403}, url=ASKED),
        only({"ben": 303, "ada": 403}, url=GIVEN),
    ],
}


def build(world: Any, db: Session, app: Flask) -> None:
    ada, ben, say, storage = world.id_of("ada"), world.id_of("ben"), world.canaries, app.extensions["storage"]
    piece = portfolio.create(db, ben, title=say["piece of Ben"], at=MONDAY - 9 * DAY)

    def upload(name: str, content: str) -> UUID:
        staged = storage.stage(io.BytesIO(f"{name} {content}".encode()), most=1000)
        found = Upload(staged, Found("text", "text/plain"), "words.txt")
        version = portfolio.add_version(db, storage, piece, found, at=MONDAY - 8 * DAY)
        world.ids[name] = str(version.id)
        return version.id

    first = upload("version of Ben", say["content of Ben"])
    second = upload("second version of Ben", "second")
    third = upload("third version of Ben", "third")
    upload("other version of Ben", say["content kept by Ben"])
    for name, version in (("asked", first), ("given", second), ("withdrawn", third)):
        row = feedback.ask(db, ben, version, ada, say["question of Ben"], at=MONDAY - DAY)
        world.ids[f"{name} review"] = str(row.id)
    given = dict.fromkeys(PARTS, say["review of Ada"])
    feedback.give(db, ada, UUID(world.ids["given review"]), given, at=MONDAY - HOUR)
    feedback.withdraw(db, ben, UUID(world.ids["withdrawn review"]), at=MONDAY - HOUR)
