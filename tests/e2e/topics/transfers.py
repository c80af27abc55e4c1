"""Files sent in parts: one of them was cut off."""

import io

from flask import Flask
from sqlmodel import Session

from mentorship import transfers
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop

NO_PAGES = ("transfers.show",)
STOPS = [Stop("portfolio.index", "/portfolio", ("ada",), "cut-off")]


def fill(cast: Cast, db: Session, app: Flask) -> None:
    storage, name = app.extensions["storage"], "Night bus, the long version with the second ending.wav"
    at = days_ago(0.1)
    row = transfers.begin(db, cast.id_of("ada"), name, 48_000_000, most=10**9, quota=10**10, at=at)
    storage.add_part(row.id, io.BytesIO(b"\0" * 2_000_000), place=0, most=2_000_000)
