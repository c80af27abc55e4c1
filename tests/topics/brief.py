"""Routes of the brief and of the mentor's desk, and who may read what stands on them."""

from uuid import UUID

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from mentorship.models.meetings import AgendaItem, ParkedQuestion
from tests.matrix import ADA, BEN, Case, only, own
from tests.times import MONDAY
from tests.world import PAIR, World

READERS = {"brief question": PAIR, "brief agenda": PAIR}
MATRIX: dict[str, list[Case]] = {
    "GET brief.show": [only(BEN, url={"person_id": "@ada"}), only(BEN, url={"person_id": "@fay"})],
    "GET brief.own": [
        only(ADA, url={"link_id": "@link of ada and ben"}),
        only({}, url={"link_id": "@link of ada and carl"}, about="it has ended"),
        only({"fay": 200}, url={"link_id": "@link of fay and ben"}),
    ],
    "GET mentoring.index": [own(), own(query="sort=meeting&q=a")],
}


def build(world: World, db: Session, app: Flask) -> None:
    """A question that Ada parked, and a line on the agenda of the meeting that is ahead of her and Ben."""
    ada, say = world.id_of("ada"), world.canaries
    db.add(ParkedQuestion(user_id=ada, id=uuid7(), text=say["brief question"], parked_at=MONDAY))
    place = {"user_id": ada, "session_id": UUID(world.ids["planned"]), "added_by": ada, "added_at": MONDAY}
    db.add(AgendaItem(id=uuid7(), position=1, text=say["brief agenda"], **place))
