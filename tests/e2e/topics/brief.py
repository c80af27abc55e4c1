"""The brief and the mentor's desk, with something in each of their parts."""

from uuid import UUID

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from mentorship.models.meetings import AgendaItem, ParkedQuestion
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop

STOPS = [
    Stop("brief.show", "/apprentices/{ada}/brief", ("ben",)),
    Stop("brief.show", "/apprentices/{cleo}/brief", ("ben",), name="of-somebody-new"),
    Stop("brief.own", "/links/{link_ada_ben}/brief"),
    Stop("mentoring.index", "/mentoring", ("ben",)),
    Stop("mentoring.index", "/mentoring?q=nobody", ("ben",), name="nobody-found"),
    Stop("mentoring.index", "/mentoring", ("ada",), name="without-apprentices"),
]


def fill(cast: Cast, db: Session, app: Flask) -> None:
    ada = cast.id_of("ada")
    texts = ("Why does the bass disappear on my phone?", "Is -14 LUFS a rule or a habit? I read both, in one week.")
    questions = [
        ParkedQuestion(user_id=ada, id=uuid7(), text=text, parked_at=days_ago(4 - number))
        for number, text in enumerate(texts)
    ]
    db.add_all(questions)
    place = {"user_id": ada, "session_id": UUID(cast.ids["ahead"]), "added_by": ada, "added_at": days_ago(1)}
    db.add(AgendaItem(id=uuid7(), position=1, text="Listen to V2 from the second chorus", **place))
    db.add(AgendaItem(id=uuid7(), position=2, text=texts[0], source="parked", source_id=str(questions[0].id), **place))
