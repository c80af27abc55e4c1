"""Logging: files on sessions, and a practice that runs."""

import io
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from mentorship import links, practice_log, session_files
from mentorship.portfolio import Upload
from mentorship.probe import Found
from tests.matrix import ADA, BOTH, BOTH_DO, FILE, PERSONS, Case, only, own
from tests.times import HOUR, MINUTE, MONDAY
from tests.world import OVER, PAIR, PRIVATE, World

READERS = {
    "memo name": PAIR,
    "memo content": PAIR,
    "practice memo name": PAIR,
    "practice memo content": PAIR,
    "former memo name": PRIVATE,  # sound: silent for Carl, whose link is over
    "former memo content": PRIVATE,
    "former paper name": {"ada", "carl"},
    "former paper content": {"ada", "carl"},
    "running goal": PAIR,
}
STOP = {"minutes": "5", "result": "Clean at 80."}
TEXT = {"file": FILE + "a few words"}


def _file(session: str, file: str) -> dict[str, str]:
    return {"session_id": f"@{session}", "file_id": f"@{file}"}


MATRIX: dict[str, list[Case]] = {
    "GET session_files.file": [
        only(BOTH, url=_file("meeting", "memo")),
        only(BOTH, url=_file("practice", "practice memo")),
        only(ADA, url=_file("former", "former memo")),
        only({"ada": 200, "carl": 200}, url=_file("former", "former paper")),
        only({}, url=_file("meeting", "practice memo"), about="of another session"),
    ],
    "POST session_files.added": [
        only(BOTH_DO, url={"session_id": "@meeting"}, form=TEXT),
        only({"ada": 303, "ben": 403}, url={"session_id": "@practice"}, form=TEXT),
        only({"ada": 403, "carl": 403}, url={"session_id": "@former"}, form=TEXT),
        only(dict.fromkeys(BOTH, 415), url={"session_id": "@meeting"}, form={"file": FILE + "\x00\x01\x02"}),
    ],
    "POST session_files.removed": [
        only({"ada": 303, "ben": 403}, url=_file("meeting", "memo")),
        only({"ada": 403, "carl": 403}, url=_file("former", "former paper")),
        only({}, url=_file("meeting", "practice memo"), about="of another session"),
    ],
    "GET sessions.sheet": [own()],
    "POST practice_log.started": [
        Case(sees={**dict.fromkeys(PERSONS, 303), "ada": 409}, form={"goal": "Even sixteenths"}, about="one runs"),
    ],
    "GET practice_log.stopping": [
        only({"ada": 200, "ben": 403}, url={"session_id": "@running"}),
        only({"ada": 409, "ben": 403}, url={"session_id": "@practice"}),
    ],
    "POST practice_log.stopped": [
        only({"ada": 303, "ben": 403}, url={"session_id": "@running"}, form=STOP),
        only({"ada": 409, "ben": 403}, url={"session_id": "@practice"}, form=STOP),
    ],
    "POST practice_log.thrown_away": [only({"ada": 303, "ben": 403}, url={"session_id": "@running"})],
}


def build(world: World, db: Session, app: Flask) -> None:
    say, ada, storage = world.canaries, world.id_of("ada"), app.extensions["storage"]
    sound, text = Found("audio", "audio/wav", 60.0, 48_000, 2), Found("text", "text/plain")

    def add(name: str, session: str, found: Found) -> None:
        staged = storage.stage(io.BytesIO(say[f"{name} content"].encode()), most=1000)
        upload = Upload(staged, found, say[f"{name} name"])
        file = session_files.add(db, storage, ada, UUID(world.ids[session]), upload, at=MONDAY - HOUR)
        world.ids[name] = str(file.id)

    add("memo", "meeting", sound)
    add("practice memo", "practice", sound)
    link = links.own(db, ada, UUID(world.ids["link of ada and carl"]))
    link.ended_at = None  # these were added while Carl was a mentor
    db.flush()
    add("former memo", "former", sound)
    add("former paper", "former", text)
    link.ended_at = OVER
    begun = MONDAY - 20 * MINUTE
    world.ids["running"] = str(practice_log.start(db, ada, "Europe/Berlin", say["running goal"], at=begun).id)
