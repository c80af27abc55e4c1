"""Ben plays a version of Ada's, and it is noted; both compare its versions, with a reference that is no draft."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from mentorship import portfolio
from mentorship.models.pieces import Comparison, Listening, Version
from tests.matrix import ADA, BOTH, BOTH_DO, Case, only
from tests.times import DAY, MONDAY

PAIR = {"ada", "ben"}
READERS = {
    "shared reference": PAIR,
    "draft reference": {"ada"},
    "who listened": {"ada"},
    "who compared": PAIR,
}

ONE = {"compared.1": "@v1", "preferred.1": "@v1"}
RESULT = {**ONE, "compared.2": "@v2"}

MATRIX: dict[str, list[Case]] = {
    "POST listening.heard": [
        only(BOTH_DO, url={"version_id": "@v1"}),
        only(BOTH_DO, url={"version_id": "@version of Ben"}, about="Ben asked Ada about this one"),
        only({"ada": 303}, url={"version_id": "@draft version"}),
    ],
    "GET comparing.show": [
        only(BOTH, url={"piece_id": "@piece"}),
        only(ADA, url={"piece_id": "@draft"}),
    ],
    "POST comparing.kept": [
        only(BOTH_DO, url={"piece_id": "@piece"}, form=RESULT),
        only({"ada": 422, "ben": 422}, url={"piece_id": "@piece"}, form=ONE),
        only({"ada": 404}, url={"piece_id": "@draft"}, form=RESULT, about="none of them is of that piece"),
    ],
}


def build(world: Any, db: Session, app: Flask) -> None:
    ada, say = world.id_of("ada"), world.canaries
    v1 = db.get_one(Version, (ada, UUID(world.ids["v1"])))
    for name, shared_at in (("shared reference", MONDAY - DAY), ("draft reference", None)):
        record = portfolio.create(db, ada, title=say[name], at=MONDAY - 2 * DAY)
        record.is_reference, record.shared_at = True, shared_at
        db.flush()
        more = {"id": uuid7(), "piece_id": record.id, "number": 1, "sha256": v1.sha256, "seconds": 60.0}
        db.add(Version(**v1.model_dump(exclude=set(more)), **more))
    ben = world.id_of("ben")
    db.add(
        Listening(user_id=ada, id=uuid7(), version_id=v1.id, by_id=ben, by_name=say["who listened"], at=MONDAY - DAY)
    )
    compared = [world.ids["v1"], world.ids["v2"]]
    row = {"user_id": ada, "piece_id": v1.piece_id, "by_id": ada, "by_name": say["who compared"]}
    db.add(Comparison(id=uuid7(), compared=compared, preferred=compared[:1], at=MONDAY - DAY, **row))
