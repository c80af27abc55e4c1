"""Remarks at seconds of Ada's piece: hers, Ben's, Carl's of long ago, a guest's; one removed, one of a draft."""

import io
from typing import Any
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from mentorship import portfolio, remark_steps, remarks
from mentorship.models.pieces import Version
from mentorship.models.remarks import Remark
from mentorship.portfolio import Upload
from mentorship.probe import Found
from tests.matrix import ADA, ADA_DOES, BEN_DOES, BOTH, BOTH_DO, FILE, Case, only, own
from tests.times import DAY, HOUR, MINUTE, MONDAY

PAIR = {"ada", "ben"}
READERS = {
    "remark of Ada": PAIR,
    "remark of Ben": PAIR,
    "remark of Carl": PAIR | {"carl"},
    "remark of a guest": PAIR,
    "guest name": PAIR,
    "answer of Ada": PAIR,
    "line of Ben": PAIR,
    "removed remark": {"ben"},
    "remark on a draft": {"ada"},
}
FIELDS = {"remark_start": "0:01", "remark_kind": "fix", "remark_text": "The hat."}
HIS, HERS, CARLS, GUESTS, ANSWERED, FIXED, REMOVED, OF_DRAFT = (
    {"remark_id": f"@{name}"}
    for name in (
        "remark of Ben", "remark of Ada", "remark of Carl", "guest remark", "answered remark", "fixed remark",
        "removed remark", "draft remark",
    )
)  # fmt: skip
V1, V2, WORDS, DRAFT = ({"version_id": f"@{name}"} for name in ("v1", "v2", "words", "draft sound"))
LABELS = "1.0\t1.0\tfix: Hat\n"
REPLY = {**ANSWERED, "reply_id": "@answer of Ada"}

MATRIX: dict[str, list[Case]] = {
    "POST remarks.added": [
        only(BOTH_DO, url=V1, form=FIELDS),
        only({"ada": 422, "ben": 422}, url=V1, form=FIELDS | {"remark_start": "9:00"}),
        only({"ada": 422, "ben": 422}, url=WORDS, form=FIELDS, about="words have no seconds"),
        only(ADA_DOES, url=DRAFT, form=FIELDS),
        only(
            {"ben": 422},
            url={"version_id": "@version of Ben"},
            form=FIELDS,
            about="Ada reviews it elsewhere",
        ),
    ],
    "GET remarks.kept": [own(shows=frozenset({"piece title"}), about="Carl reads his own words, and of what")],
    "GET remarks.show": [
        *(only(BOTH, url=url) for url in (HIS, HERS, CARLS, GUESTS, ANSWERED, FIXED)),
        only({"ben": 200}, url=REMOVED),
        only(ADA, url=OF_DRAFT),
    ],
    "POST remarks.edited": [
        only({"ben": 303, "ada": 403}, url=HIS, form=FIELDS),
        only({"ada": 403, "ben": 409}, url=ANSWERED, form=FIELDS),
        only({"ben": 409}, url=REMOVED, form=FIELDS),
    ],
    "POST remarks.removed": [
        only({"ben": 303, "ada": 403}, url=HIS),
        only({"ada": 303, "ben": 403}, url=GUESTS),
        only({"ada": 403, "ben": 409}, url=ANSWERED),
    ],
    "POST remarks.restored": [only(BEN_DOES, url=REMOVED), only(BOTH_DO, url=HIS, about="it stands, and stays")],
    "POST remarks.replied": [
        only(BOTH_DO, url=HIS, form={"reply": "Which hat?"}),
        only(ADA_DOES, url=OF_DRAFT, form={"reply": "Mine."}),
    ],
    "POST remarks.removed_reply": [only(ADA_DOES, url=REPLY), only({}, url={**HIS, "reply_id": "@answer of Ada"})],
    "POST remarks.restored_reply": [only(ADA_DOES, url=REPLY)],
    "POST remarks.fixed": [
        only({"ada": 303, "ben": 403}, url=HIS, form={"version": "@v2"}),
        only({"ada": 422, "ben": 403}, url=HIS, form={"version": "@v1"}),
        only({"ben": 403}, url=HIS, form={"version": "@loose version"}, about="another piece's version is not found"),
    ],
    "POST remarks.judged": [
        only({"ben": 303, "ada": 403}, url=FIXED, form={"heard": "no", "line": "Closer."}),
        only({"ben": 303, "ada": 403}, url=FIXED, form={"heard": "yes"}),
        only({"ben": 409, "ada": 403}, url=HIS, form={"heard": "yes"}),
    ],
    "POST remarks.dropped": [only(BOTH_DO, url=HIS), only({"ada": 303, "ben": 403}, url=CARLS)],
    "POST remarks.reopened": [only(BOTH_DO, url=FIXED)],
    "POST remarks.made_card": [
        only({"ada": 422, "ben": 403}, url=HIS, form={"mend": "Softer."}, about="no sound can be read there"),
    ],
    "POST remarks.parked": [only(BOTH_DO, url=HIS)],
    "GET markers.show": [only(BOTH, url=V1), only(ADA, url=DRAFT), only({}, url=WORDS)],
    "GET markers.file": [
        *(only(BOTH, url={**V1, "name": name}) for name in ("reaper", "audacity", "midi")),
        only({}, url={**V1, "name": "logic"}),
        only(ADA, url={**DRAFT, "name": "reaper"}),
    ],
    "POST markers.taken": [
        only(BOTH_DO, url=V1, form={"text": LABELS, "kind": "idea"}),
        only(BOTH_DO, url=V1, form={"file": FILE + LABELS, "kind": "idea"}),
        only({"ada": 422, "ben": 422}, url=V1, form={"text": "", "kind": "idea"}),
        only({"ada": 422, "ben": 422}, url=V1, form={"text": "hello", "kind": "idea"}),
        only(ADA_DOES, url=DRAFT, form={"text": LABELS, "kind": "idea"}),
    ],
    "POST markers.taken_back": [
        only(BOTH_DO, url=V1, form={"moment": "2026-11-23T11:50:00+00:00"}),
        only({"ada": 422, "ben": 422}, url=V1, form={"moment": "2026-11-23T10:00:00+00:00"}),
    ],
}


def build(world: Any, db: Session, app: Flask) -> None:
    ada, ben, carl = (world.id_of(name) for name in ("ada", "ben", "carl"))
    say, v1 = world.canaries, UUID(world.ids["v1"])

    def write(name: str, by: UUID, text: str, second: int, version: UUID = v1) -> UUID:
        row = remarks.add(
            db, by, version, kind="fix", start_ms=second * 1000, end_ms=None, text=text, at=MONDAY - DAY
        )  # fmt: skip
        world.ids[name] = str(row.id)
        return row.id

    write("remark of Ada", ada, say["remark of Ada"], 1)
    write("remark of Ben", ben, say["remark of Ben"], 2)
    answered = write("answered remark", ben, "The hat.", 3)
    world.ids["answer of Ada"] = str(remarks.reply(db, ada, answered, say["answer of Ada"], at=MONDAY - MINUTE).id)
    fixed = write("fixed remark", ben, "The kick.", 4)
    remark_steps.fix(db, ada, fixed, UUID(world.ids["v2"]), at=MONDAY - HOUR)
    remark_steps.judge(db, ben, fixed, False, say["line of Ben"], at=MONDAY - HOUR)
    remark_steps.fix(db, ada, fixed, UUID(world.ids["v2"]), at=MONDAY - MINUTE)
    removed = write("removed remark", ben, say["removed remark"], 5)
    remarks.remove(db, ben, removed, at=MONDAY - MINUTE)
    version = db.get_one(Version, (ada, v1))
    guest = remarks.add_guest(
        db, version, uuid7(), say["guest name"], kind="praise", start_ms=6000, text=say["remark of a guest"], at=MONDAY
    )  # fmt: skip
    world.ids["guest remark"] = str(guest.id)
    world.ids["remark of Carl"] = str(_of_carl(db, version, carl, say["remark of Carl"]).id)
    draft = portfolio.find(db, ada, UUID(world.ids["draft"]))
    staged = app.extensions["storage"].stage(io.BytesIO(b"a draft's sound"), most=1000)
    sound = Upload(staged, Found("audio", "audio/wav", 60.0, 48_000, 2), "draft.wav")
    heard = portfolio.add_version(db, app.extensions["storage"], draft, sound, at=MONDAY - 9 * DAY)
    world.ids["draft sound"] = str(heard.id)
    write("draft remark", ada, say["remark on a draft"], 1, heard.id)


def _of_carl(db: Session, version: Version, carl: UUID, text: str) -> Remark:
    """From the time when he was her mentor."""
    row = Remark(
        user_id=version.user_id,
        id=uuid7(),
        version_id=version.id,
        by_id=carl,
        by_name="Carl",
        kind="fix",
        start_ms=7_000,
        text=text,
        at=MONDAY - 8 * DAY,
    )
    db.add(row)
    db.flush()
    return row
