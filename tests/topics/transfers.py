"""Files sent in parts."""

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from mentorship.models.pieces import Transfer
from tests.matrix import ADA, ADA_DOES, Case, only, own
from tests.times import MINUTE, MONDAY
from tests.world import PRIVATE, World

READERS = {"transfer name": PRIVATE}

MATRIX: dict[str, list[Case]] = {
    "POST transfers.begun": [
        own(303, form={"name": "mix.wav", "size": "5000000"}),
        own(413, form={"name": "mix.wav", "size": "900000000000"}),
    ],
    "GET transfers.show": [only(ADA, url={"transfer_id": "@transfer"})],
    "PATCH transfers.received": [only({"ada": 422}, url={"transfer_id": "@transfer"}, about="a form is no part")],
    "POST transfers.dropped": [only(ADA_DOES, url={"transfer_id": "@transfer"})],
}


def build(world: World, db: Session, app: Flask) -> None:
    """A file of Ada's of which nothing has arrived."""
    ada = world.id_of("ada")
    row = Transfer(user_id=ada, id=uuid7(), file_name=world.canaries["transfer name"], size=9, made_at=MONDAY - MINUTE)
    world.ids["transfer"] = str(row.id)
    db.add(row)
