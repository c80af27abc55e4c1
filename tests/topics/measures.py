"""Measures: the owner's word on tempo and key, and references."""

from flask import Flask
from sqlmodel import Session

from tests.matrix import ADA, ADA_DOES, Case, only, own
from tests.mentorship.measured import figures, measured
from tests.times import MONDAY
from tests.world import PRIVATE, World

READERS = {"reference title": PRIVATE}

MATRIX: dict[str, list[Case]] = {
    "GET measures.guesses": [only(ADA, url={"piece_id": "@piece"})],
    "POST measures.guessed": [
        only(ADA_DOES, url={"piece_id": "@piece"}, form={"tempo": "120", "key": "A minor"}),
        only({"ada": 422}, url={"piece_id": "@piece"}, form={"tempo": "fast"}, about="no number"),
    ],
    "GET references.index": [own()],
    "POST references.added": [own(422, form={"title": "Mara Quell: Low water"}, about="without a file")],
}


def build(world: World, db: Session, app: Flask) -> None:
    measured(
        db, app.extensions["storage"], world.id_of("ada"), world.canaries["reference title"],
        at=MONDAY, is_reference=True, found=figures(),
    )  # fmt: skip
