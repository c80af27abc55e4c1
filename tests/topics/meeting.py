"""A meeting's page: its agenda, notes, own notes and actions, as the route matrix asks for them."""

from datetime import datetime
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from mentorship import agenda, links, notes, own_notes
from mentorship.models.meetings import ParkedQuestion
from mentorship.notes import Written
from tests.matrix import ADA, ADA_DOES, BOTH, BOTH_DO, Case, only
from tests.times import DAY, MINUTE, MONDAY
from tests.world import LESSON, World

PAIR = {"ada", "ben"}
READERS = {
    "agenda line": PAIR,
    "former agenda line": {"ada", "carl"},
    "own note of ada": {"ada"},
    "own note of ada about carl": {"ada"},
    "earlier notes": PAIR,
    "later notes": PAIR,
    "parked for ben": PAIR,
}
FORMER_PAIR = {"ada": 200, "carl": 200}
OVER = dict.fromkeys(FORMER_PAIR, 403)  # read, but not written any more
PLANNED, FORMER = {"session_id": "@planned"}, {"session_id": "@former"}
LINE = {**PLANNED, "item_id": "@line"}
FORMER_LINE = {**FORMER, "item_id": "@former line"}
WORDS = {"notes": "We heard it twice.", "base": "3"}


def of_a_line(verb: str) -> dict[str, list[Case]]:
    return {
        f"POST agenda.{verb}": [
            only(BOTH_DO, url=LINE),
            only(OVER, url=FORMER_LINE),
            only({}, url={"session_id": "@meeting", "item_id": "@line"}, about="of another meeting"),
        ]
    }


MATRIX: dict[str, list[Case]] = {
    "POST agenda.added": [
        only(BOTH_DO, url=PLANNED, form={"line": "The end"}),
        only(dict.fromkeys(BOTH, 422), url=PLANNED, form={"line": " "}),
        only(OVER, url=FORMER, form={"line": "The end"}),
        only(ADA_DOES | {"ben": 403}, url={"session_id": "@practice"}, form={"line": "The end"}),
    ],
    "POST agenda.taken": [
        only(BOTH_DO, url=PLANNED, form={"source": "parked", "source_id": "@parked"}),
        only(dict.fromkeys(BOTH, 422), url=PLANNED, form={"source": "parked", "source_id": "@parked of eve"}),
    ],
    "POST agenda.templated": [
        only(BOTH_DO, url=PLANNED, form={"template": "regular"}),
        only(dict.fromkeys(BOTH, 422), url=PLANNED, form={"template": "none"}),
    ],
    "POST agenda.ordered": [
        only(BOTH_DO, url=PLANNED, form={"item": "@line", "by": "1"}),
        only(BOTH_DO, url=PLANNED, form={"items": "@line"}),
        only(OVER, url=FORMER, form={"items": "@former line"}),
    ],
    **of_a_line("covered"),
    **of_a_line("uncovered"),
    **of_a_line("removed"),
    **of_a_line("put_back"),
    "POST notes.saved": [
        only(BOTH_DO, url=PLANNED, form=WORDS),
        only(dict.fromkeys(BOTH, 409), url=PLANNED, form={"notes": "It was odd.", "base": "2"}),
        only(dict.fromkeys(BOTH, 422), url=PLANNED, form={**WORDS, "base": "99"}),
        only(OVER, url=FORMER, form=WORDS),
        only(ADA_DOES | {"ben": 403}, url={"session_id": "@practice"}, form={"notes": "x", "base": "1"}),
    ],
    "GET notes.now": [
        only(BOTH, url=PLANNED),
        only(BOTH, url=PLANNED, query="after=3"),
        only(FORMER_PAIR, url=FORMER),
        only(BOTH, url={"session_id": "@practice"}),
    ],
    "GET notes.history": [
        only(BOTH, url=PLANNED),
        only(BOTH, url=PLANNED, query="number=2"),
        only(FORMER_PAIR, url=FORMER),
        only(ADA, url={"session_id": "@practice"}),
    ],
    "POST notes.taken_up": [
        only(BOTH_DO, url={**PLANNED, "number": "1"}, form={"base": "3"}),
        only(dict.fromkeys(BOTH, 409), url={**PLANNED, "number": "1"}, form={"base": "1"}),
        only({}, url={**PLANNED, "number": "7"}, form={"base": "3"}),
        only(OVER, url={**FORMER, "number": "1"}, form={"base": "1"}),
    ],
    "POST notes.own_saved": [
        only(BOTH_DO, url=PLANNED, form={"own": "Mine."}),
        only({"ada": 303, "carl": 303}, url=FORMER, form={"own": "Mine."}, about="own notes stay open"),
    ],
    "GET notes.own": [only(BOTH, url=PLANNED), only(FORMER_PAIR, url=FORMER)],
    "POST actions.assigned": [
        only(BOTH_DO, url=PLANNED, form={"kind": "lesson", "lesson": LESSON}),
        only(BOTH_DO, url=PLANNED, form={"kind": "cards", "lesson": LESSON}),
        only(BOTH_DO, url=PLANNED, form={"kind": "piece", "piece": "@piece"}),
        only({"ada": 303, "ben": 404}, url=PLANNED, form={"kind": "piece", "piece": "@draft"}),
        only(dict.fromkeys(BOTH, 422), url=PLANNED, form={"kind": "tag", "tag": "no-such-tag"}),
        only(OVER, url=FORMER, form={"kind": "lesson", "lesson": LESSON}),
    ],
    "POST actions.dropped": [
        only(BOTH_DO, url={"action_id": "@meeting action"}, form={"why": "No time."}),
        only({"ada": 303, "carl": 403}, url={"action_id": "@former action"}),
        only(ADA_DOES, url={"action_id": "@own action"}),
    ],
}


def build(world: World, db: Session, app: Flask) -> None:
    """Lines on two agendas, notes that were saved twice, own notes about both meetings, a parked question."""
    say, ada = world.canaries, world.id_of("ada")
    planned, former = UUID(world.ids["planned"]), UUID(world.ids["former"])
    at = MONDAY - 30 * MINUTE
    world.ids["line"] = str(agenda.add(db, ada, planned, say["agenda line"], at=at).id)
    agenda.add(db, ada, planned, "Another line", at=at)
    ended = _set_end(db, world, None)
    world.ids["former line"] = str(agenda.add(db, ada, former, say["former agenda line"], at=at).id)
    _set_end(db, world, ended)
    first = f"We heard *much* of {say['planned notes']}.\nIt was {say['earlier notes']}."
    notes.save(db, ada, planned, Written(first, 1), at=at)
    notes.save(db, ada, planned, Written(first.replace(say["earlier notes"], say["later notes"]), 2), at=at + MINUTE)
    own_notes.save(db, ada, planned, say["own note of ada"], before=None, at=at)
    own_notes.save(db, ada, former, say["own note of ada about carl"], before=None, at=at)
    for name, owner, text in (("parked", "ada", say["parked for ben"]), ("parked of eve", "eve", "Mine alone.")):
        row = ParkedQuestion(user_id=world.id_of(owner), id=uuid7(), text=text, parked_at=MONDAY - DAY)
        db.add(row)
        world.ids[name] = str(row.id)
    db.flush()


def _set_end(db: Session, world: World, at: datetime | None) -> datetime | None:
    """Carl's link is open while its agenda is written. Returns when it had ended before."""
    link = links.own(db, world.id_of("ada"), UUID(world.ids["link of ada and carl"]))
    before, link.ended_at = link.ended_at, at
    db.flush()
    return before
