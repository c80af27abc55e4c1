"""Ada is in the middle of a round in the ear room, undoes an equaliser in another, and has ended a third."""

from typing import Any

from flask import Flask
from sqlmodel import Session

from curriculum.ear import rounds
from curriculum.ear.rounds import Chosen, Heard
from tests.matrix import ADA, ADA_DOES, Case, only, own
from tests.times import HOUR, MONDAY

OPEN, ENDED = {"round_id": "@open round"}, {"round_id": "@ended round"}
ANSWER = {"number": "2", "given": ""}
BELL = {"number": "2", "freq_hz": "1000", "gain_db": "3", "q": "1.4"}

READERS: dict[str, set[str]] = {}

MATRIX: dict[str, list[Case]] = {
    "GET ear.index": [own()],
    "GET ear.skill": [own(url={"skill": "interval"}), own(url={"skill": "correct"}), own(404, url={"skill": "smell"})],
    "POST ear.stepped": [
        own(303, url={"skill": "eq"}, form={"level": "4"}),
        own(422, url={"skill": "eq"}, form={"level": "8"}),
    ],
    "POST ear.begun": [
        own(303, form={"skill": "chord"}),
        own(303, form={"skill": "correct", "level": "4"}),
        own(404, form={"skill": "smell"}),
    ],
    "GET ear.show": [
        only(ADA, url=OPEN),
        only(ADA, url=ENDED),
        only(ADA, url=ENDED, query="answered=1"),
        only({"ada": 404}, url=ENDED, query="answered=9"),
    ],
    "GET ear_mixes.sound": [
        only({}, url={**OPEN, "number": "2", "side": "a"}, about="it is made of generated sounds"),
    ],
    "POST ear.answered": [
        only(ADA_DOES, url=OPEN, form=ANSWER),
        only({"ada": 409}, url=ENDED, form=ANSWER),
    ],
    "POST ear.corrected": [only({"ada": 422}, url=OPEN, form=BELL, about="its questions have buttons")],
    "POST ear.ended": [only(ADA_DOES, url=OPEN), only(ADA_DOES, url=ENDED, about="it stays as it was")],
}


def build(world: Any, db: Session, app: Flask) -> None:
    ada = world.id_of("ada")
    for name, skill in (("ended round", "eq"), ("open round", "interval")):
        row = rounds.begin(db, ada, Chosen(skill), seed=5, at=MONDAY - HOUR)
        db.flush()
        world.ids[name] = str(row.id)
        rounds.answer(db, ada, row.id, 1, "", Heard(plays=2), zone="Europe/Berlin", at=MONDAY - HOUR)
    db.flush()
