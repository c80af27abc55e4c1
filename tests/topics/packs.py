"""Evidence packs in the route matrix: Ada's, which nobody else finds, not even her mentor."""

import json

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from core.work import Work
from mentorship import packs
from tests.matrix import ADA, Case, only, own
from tests.mentorship import pack_sample
from tests.times import MONDAY
from tests.world import World

READERS: dict[str, set[str]] = {"pack title": {"ada"}, "pack name": {"ada"}, "pack content": {"ada"}}
SOME = {"ada": 303, "fay": 303}  # who has something to put in
OF = {"work_id": "@pack"}
MATRIX: dict[str, list[Case]] = {
    "POST packs.asked": [only(SOME, others=422)],
    "POST packs.asked_of_milestone": [
        only(SOME, others=422, url={"slug": "first-beat"}, about="the others have nothing in it"),
        own(404, url={"slug": "no-such-milestone"}),
    ],
    "GET packs.show": [only(ADA, url=OF), only({}, url={"work_id": "@export"}, about="of another kind")],
    "GET packs.archive": [only(ADA, url=OF)],
    "GET packs.paper": [only(ADA, url=OF)],
}


def build(world: World, db: Session, app: Flask) -> None:
    """A pack that was made; what is in its files is a word that nobody else may read."""
    say, ada = world.canaries, world.id_of("ada")
    kept = pack_sample.keep(app.extensions["storage"], say["pack content"].encode())
    wish = {"milestone": "first-beat", "drafts": False, "name": say["pack name"]}
    found = {"sha256": kept.sha256, "paper": kept.sha256, "size": kept.size, "pages": 1, "files": 1, "said": ""}
    piece = Work(user_id=ada, id=uuid7(), kind=packs.KIND, title=say["pack title"], state="done", made_at=MONDAY)
    piece.asked, piece.result, piece.started_at, piece.ended_at = json.dumps(wish), json.dumps(found), MONDAY, MONDAY
    db.add(piece)
    world.ids["pack"] = str(piece.id)
