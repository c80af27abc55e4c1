"""Ada's programme: everybody has their own and nobody else's."""

from flask import Flask
from sqlmodel import Session

from tests.matrix import Case, own
from tests.world import World

READERS: dict[str, set[str]] = {}

MATRIX: dict[str, list[Case]] = {
    "GET programme.show": [own()],
    "POST programme.chosen": [
        own(303, form={"programme": "self-study"}),
        own(422, form={"programme": "no-programme"}),
    ],
    "POST programme.paused": [own(422, form={"day": "1926-11-23"})],
    "POST programme.removed_pause": [own(303, form={"starts_on": "2026-12-07"})],
}


def build(world: World, db: Session, app: Flask) -> None:
    """Their programmes stand already."""
