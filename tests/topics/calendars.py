"""Calendars in the route matrix: Ada's feed, which opens to whoever has its secret, and single sessions."""

from flask import Flask
from sqlmodel import Session

from mentorship import calendars
from mentorship.calendars import Choice
from tests.matrix import BOTH, PERSONS, WITH_CARL, Case, for_all, only, own
from tests.times import DAY, MONDAY
from tests.world import World

EVERY = Choice(("sessions", "actions", "milestones", "reviews"), 450)
IN_THE_FEED = frozenset(
    {
        *("meeting place", "former place", "meeting action", "former action", "own action", "calendar secret"),
        *("proposed title", "proposed place", "asked title", "series title"),
    }
)

MATRIX: dict[str, list[Case]] = {
    "GET calendars.feed": [
        for_all(url={"secret": "@calendar secret"}, shows=IN_THE_FEED, about="whoever brings the secret reads it"),
        for_all(404, url={"secret": "@ended calendar secret"}),
        for_all(404, url={"secret": "0" * 43}),
    ],
    "GET calendars.single": [
        only(BOTH, url={"session_id": "@meeting"}),
        only(BOTH, url={"session_id": "@planned"}),
        only(WITH_CARL, url={"session_id": "@former"}),
        only(BOTH, url={"session_id": "@practice"}),
    ],
    "GET calendars.show": [own()],
    "POST calendars.made": [
        own(303, form={"shows": "sessions"}),
        own(422, form={"shows": "reviews"}),
        own(422, form={"shows": "everything"}),
    ],
    "POST calendars.renewed": [only({"ada": 303}, others=422, about="others have none")],
    "POST calendars.ended": [own(303)],
    "POST calendars.shows": [
        only({"ada": 303}, others=422, form={"shows": "reviews", "review_time": "07:30"}),
        only(dict.fromkeys(PERSONS, 422), form={"shows": ""}),
    ],
}
READERS: dict[str, set[str]] = {"calendar secret": set()}  # shown to its maker once, and to whoever brings it
MISSING = {"calendar secret": "0" * 43, "ended calendar secret": "0" * 43}


def build(world: World, db: Session, app: Flask) -> None:
    """Ada's calendar, made anew once."""
    ada = world.id_of("ada")
    world.ids["ended calendar secret"] = calendars.make(db, ada, EVERY, at=MONDAY - 2 * DAY)
    world.ids["calendar secret"] = calendars.renew(db, ada, at=MONDAY - DAY)
    world.canaries["calendar secret"] = world.ids["calendar secret"]
