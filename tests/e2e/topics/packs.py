"""Evidence packs: the panel of the portfolio with earlier ones, one to save, one that was put away."""

import json

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from core.work import Work
from mentorship import packs
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop
from tests.mentorship import pack_sample

NO_PAGES = {"packs.archive", "packs.paper"}
STOPS = [
    Stop("packs.show", "/packs/{pack}"),
    Stop("packs.show", "/packs/{old_pack}", name="put-away"),
]


def fill(cast: Cast, db: Session, app: Flask) -> None:
    ada = cast.id_of("ada")
    kept = pack_sample.keep(app.extensions["storage"], b"a pack").sha256

    def piece(name: str, milestone: str, title: str, sha256: str, days: int) -> None:
        wish = {"milestone": milestone, "drafts": False, "name": "woodshed-portfolio-2026-11-20"}
        found = {"sha256": sha256, "paper": sha256, "size": 48_200_000, "pages": 14, "files": 3, "said": ""}
        at = days_ago(days)
        row = Work(user_id=ada, id=uuid7(), kind=packs.KIND, title=title, state="done", made_at=at)
        row.asked, row.result, row.started_at, row.ended_at = json.dumps(wish), json.dumps(found), at, at
        db.add(row)
        cast.ids[name] = str(row.id)

    piece("pack", "", "Evidence pack of your portfolio", kept, 3)
    piece("old_pack", "", "Evidence pack of your portfolio", "0" * 64, 20)
    piece("beat_pack", "first-beat", "Evidence pack of M01 First finished beat", kept, 6)
