"""Parked questions and the capture box."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from mentorship import parking
from mentorship.parking import Source
from tests.matrix import ADA, ADA_DOES, Case, only, own
from tests.times import HOUR, MONDAY
from tests.world import LESSON

OPEN, ANSWERED, REMOVED = "@parked question", "@answered question", "@removed question"
CAPTURED = {"text": "Why?", "from": f"/lessons/{LESSON}"}

READERS = {
    "parked text": {"ada", "ben"},  # on the pages that prepare a meeting
    "parked answer": {"ada"},
    "removed text": {"ada"},
}

MATRIX: dict[str, list[Case]] = {
    "GET parking.capture": [
        own(),
        own(query=f"from=/lessons/{LESSON}&back=/reviews"),
        own(query="from=//evil.example"),
    ],
    "POST parking.captured": [
        own(303, form={**CAPTURED, "kind": "question"}),
        own(303, form={**CAPTURED, "kind": "todo"}),
        own(303, form={**CAPTURED, "kind": "practice"}),
        own(303, form={**CAPTURED, "kind": "card"}),
        own(422, form={**CAPTURED, "kind": "remark"}),
        own(303, form={"text": "Whose?", "kind": "question", "from": "/cards/own-zzzzzzzzzz"}),
    ],
    "GET parking.index": [own(), own(query="removed=nonsense")],
    "GET parking.show": [only(ADA, url={"question_id": name}) for name in (OPEN, ANSWERED, REMOVED)],
    "POST parking.edited": [
        only(ADA_DOES, url={"question_id": OPEN}, form={"text": "Other words"}),
        only({"ada": 409}, url={"question_id": ANSWERED}, form={"text": "Other words"}),
    ],
    "POST parking.answered": [
        only(ADA_DOES, url={"question_id": OPEN}, form={"answer": "Phase."}),
        only({"ada": 409}, url={"question_id": REMOVED}),
    ],
    "POST parking.reopened": [only(ADA_DOES, url={"question_id": ANSWERED})],
    "POST parking.removed": [only(ADA_DOES, url={"question_id": OPEN})],
    "POST parking.restored": [only(ADA_DOES, url={"question_id": REMOVED})],
}


def build(world: Any, db: Session, app: Flask) -> None:
    """Three questions of Ada's: one that waits, one that was answered, one that she removed."""
    ada, library, say = world.id_of("ada"), app.extensions["shelf"].library, world.canaries

    def park(name: str, text: str, source: Source) -> UUID:
        question = parking.park(db, library, ada, text, source, at=MONDAY - HOUR)
        world.ids[name] = str(question.id)
        db.flush()
        return question.id

    park("parked question", say["parked text"], Source("lesson", LESSON))
    answered = park("answered question", "Why not?", Source("page", "/stats"))
    parking.answer(db, ada, answered, say["parked answer"], at=MONDAY)
    removed = park("removed question", say["removed text"], Source("card", world.ids["own card"]))
    parking.remove(db, ada, removed, at=MONDAY)
