"""Milestones that the meter has looked at: one in progress, one handed in with a missed target and an older version;
and a reached one whose cards faded."""

from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlmodel import Session, col

from core import clock
from curriculum.models import Memory
from curriculum.scheduling import State
from mentorship import criteria, milestones
from mentorship.models.pieces import Measurement
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop

STOPS = [
    Stop("milestones.show", "/milestones/full-arrangement", ("ada",), "measured"),
    Stop("milestones.apprentice", "/apprentices/{ada}/milestones/streaming-master", ("ben",), "measured"),
]
FIGURES = {
    "integrated": -7.1, "range": 4.2, "true_peak": -0.2, "sample_peak": -0.5, "correlation": 0.62, "seconds": 3.0,
    "rate": 48000, "channels": 2, "bits": 24, "clips": 0,
}  # fmt: skip


def fill(cast: Cast, db: Session, app: Flask) -> None:
    ada, library = cast.people["ada"], app.extensions["shelf"].library
    first, second = UUID(cast.ids["v1"]), UUID(cast.ids["v2"])
    for version_id in (first, second):
        figures = FIGURES | ({"integrated": -9.4, "true_peak": -1.3} if version_id == second else {})
        values = {"state": "ready", "meter": "woodshed 1", "figures": figures, "measured_at": days_ago(6)}
        db.merge(Measurement(user_id=ada.id, version_id=version_id, asked_at=days_ago(6), **values))
    arrangement = library.milestones["full-arrangement"]
    milestones.link(db, ada.id, arrangement, "arrangement", second, at=days_ago(3))
    master = library.milestones["streaming-master"]
    milestones.link(db, ada.id, master, "master-24", first, at=days_ago(3))
    milestones.link(db, ada.id, master, "master-16", second, at=days_ago(3))
    milestones.assess(db, ada, master, 4, "It stands beside the references.", at=days_ago(3))
    asked = criteria.of(master, criteria.record(db, library, ada.id, at=days_ago(2)))
    reasons = {one.id: "The two references are as loud, and a listener asked for it." for one in asked}
    checked = [one.id for one in asked if one.is_word]
    milestones.submit(db, library, ada, master, checked, reasons, at=days_ago(2))
    forget(db, cast, [card.id for card in library.lessons["daw-signal-path"].cards])


def forget(db: Session, cast: Cast, card_ids: list[str]) -> None:
    """Cards of Ada's that were known two months ago."""
    long_ago = clock.study_day(days_ago(60), "UTC")
    mine = (col(Memory.user_id) == cast.id_of("ada"), col(Memory.card_id).in_(card_ids))
    known = {"state": int(State.REVIEW), "stability": 4.0, "difficulty": 5.0, "reviewed_day": long_ago}
    db.execute(sa.update(Memory).where(*mine).values(**known, due_at=days_ago(-1), reviewed_at=days_ago(60)))
