"""Planned sessions of Ada's: one that waits for Ben, one and a series that wait for her, one that is signed."""

from uuid import UUID

from flask import Flask
from sqlmodel import Session

from mentorship import appointments, series, signing
from mentorship.planning import Plan, Times
from mentorship.sessions import Between
from tests.matrix import BOTH, BOTH_DO, WITH_CARL, Case, only, own
from tests.times import DAY, HOUR, MONDAY, WEEK
from tests.world import World

PAIR = {"ada", "ben"}
READERS: dict[str, set[str]] = {
    "proposed title": PAIR,
    "proposed place": PAIR,
    "asked title": PAIR,
    "series title": PAIR,
    "cancelled reason": PAIR,
}
TIMES = {"day": "2026-12-22", "time": "10:00", "minutes": "45"}
MOVE = {**TIMES, "seen": "0"}
NO = dict.fromkeys(WITH_CARL, 403)  # they read it, and their link is over
BOTH_REFUSED = dict.fromkeys(BOTH, 422)
PRACTICE = {"ada": 303, "ben": 403}  # her own


def url(name: str) -> dict[str, str]:
    return {"session_id": f"@{name}"}


MATRIX: dict[str, list[Case]] = {
    "GET hours.show": [own()],
    "GET appointments.plan": [own()],
    "POST appointments.planned": [
        own(303, form={**TIMES, "kind": "practice"}),
        only({"ada": 303, "fay": 303}, others=422, form={**TIMES, "who": "mentor:@ben"}),
        only({"ben": 303}, others=422, form={**TIMES, "who": "apprentice:@ada", "every": "1", "count": "3"}),
        only({}, others=422, form={**TIMES, "who": "mentor:@carl"}),
    ],
    "GET appointments.times": [
        only(BOTH, url=url("proposed")),
        only(NO, url=url("former")),
        only({"ada": 200, "ben": 403}, url=url("practice")),
    ],
    "POST appointments.moved": [
        only(BOTH_DO, url=url("proposed"), form=MOVE),
        only(BOTH_DO, url=url("in series"), form={**MOVE, "scope": "following"}),
        only(NO, url=url("former"), form=MOVE),
        only({"ada": 403}, url=url("cancelled"), form=MOVE, about="its link is over"),
    ],
    "GET appointments.cancelling": [only(BOTH, url=url("proposed")), only(NO, url=url("former"))],
    "POST appointments.cancelled": [
        only(BOTH_DO, url=url("proposed"), form={"reason": "Ill"}),
        only(BOTH_DO, url=url("in series"), form={"reason": "Ill", "scope": "following"}),
        only(BOTH_REFUSED, url=url("proposed"), about="without a reason"),
        only(NO, url=url("former"), form={"reason": "Ill"}),
    ],
    "POST appointments.confirmed": [
        only({"ben": 303, "ada": 422}, url=url("proposed"), form={"chosen": "@proposed time"}),
        only({"ada": 303, "ben": 422}, url=url("asked"), form={"chosen": "@asked time"}),
        only(dict.fromkeys(BOTH, 409), url=url("called off"), form={"chosen": "@asked time"}),
        only(NO, url=url("former"), form={"chosen": "@asked time"}),
    ],
    "POST appointments.confirmed_all": [
        only({"ada": 303, "ben": 422}, url={"series_id": "@series"}),
    ],
    "POST appointments.held": [
        only(BOTH_DO, url=url("planned")),
        only(BOTH_REFUSED, url=url("proposed"), about="it has not begun"),
        only({"ada": 403}, url=url("cancelled"), about="its link is over"),
        only(PRACTICE, url=url("practice")),
    ],
    "POST appointments.missed": [
        only(BOTH_REFUSED, url=url("proposed"), about="nobody said yes"),
        only(NO, url=url("former")),
    ],
    "POST appointments.undone": [
        only({"ada": 422, "ben": 303}, url=url("called off"), about="who did it"),
        only(NO, url=url("former")),
    ],
    "POST appointments.signed": [
        only(BOTH_DO, url=url("meeting")),
        only(BOTH_REFUSED, url=url("called off"), about="it was cancelled"),
        only({"ada": 422, "ben": 403}, url=url("practice")),
        only(NO, url=url("former")),
    ],
    "POST appointments.unsigned": [only(BOTH_DO, url=url("signed")), only(NO, url=url("former"))],
}


def build(world: World, db: Session, _app: Flask) -> None:
    say, ada, ben = world.canaries, world.id_of("ada"), world.id_of("ben")
    between = Between(ada, ben)

    def propose(name: str, by: UUID, days: int, **texts: str) -> UUID:
        plan = Plan(Times(MONDAY + days * DAY, "Europe/Berlin", 45), **texts)
        session = appointments.propose(db, by, between, plan, at=MONDAY - HOUR)
        world.ids |= {name: str(session.id), f"{name} time": session.starts_at.isoformat()}
        return session.id

    propose("proposed", ada, 2, title=say["proposed title"], place=say["proposed place"])
    propose("asked", ben, 3, title=say["asked title"])
    called_off = propose("called off", ada, 4)
    appointments.cancel(db, ben, called_off, f"I am {say['cancelled reason']}.", at=MONDAY)
    plan = Plan(Times(MONDAY + WEEK, "Europe/London", 45), title=say["series title"])
    rows = series.propose(db, ben, between, plan, every=1, count=3, at=MONDAY - HOUR)
    world.ids |= {"in series": str(rows[1].id), "series": str(rows[0].series_id)}
    signed = propose("signed", ada, 5)
    session = appointments.confirm(db, ben, signed, MONDAY + 5 * DAY, at=MONDAY - HOUR)
    session.starts_at = MONDAY - 2 * HOUR  # as time goes by
    appointments.hold(db, ben, signed, at=MONDAY - HOUR)
    for person in (ada, ben):
        signing.sign(db, person, signed, at=MONDAY)
