"""Measuring: how far it is, the sound that every browser plays, the waveform."""

import io
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from mentorship.models.pieces import Measurement
from tests.matrix import ADA_DOES, BOTH, BOTH_DO, Case, only
from tests.times import MONDAY
from tests.world import PAIR, World

READERS = {"meter figures": PAIR, "meter peaks": PAIR, "listen content": PAIR}

MATRIX: dict[str, list[Case]] = {
    "GET portfolio.listen": [
        only(BOTH, url={"version_id": "@v1"}),
        only({"ada": 404}, url={"version_id": "@draft version"}, about="text is not played"),
    ],
    "GET portfolio.peaks": [
        only(BOTH, url={"version_id": "@v1"}),
        only({"ada": 404, "ben": 404}, url={"version_id": "@loose version"}, about="not measured yet"),
    ],
    "GET measuring.show": [
        only(BOTH_DO, url={"version_id": "@v1"}),
        only(BOTH_DO, url={"version_id": "@v2"}, about="waits"),
    ],
    "POST measuring.again": [
        only(ADA_DOES, url={"version_id": "@v1"}),
        only({"ada": 404}, url={"version_id": "@draft version"}, about="text is not measured"),
    ],
}


def build(world: World, db: Session, app: Flask) -> None:
    """The first version of the shared piece is measured, with a copy to listen to."""
    storage, say = app.extensions["storage"], world.canaries

    def kept(words: str) -> str:
        staged = storage.stage(io.BytesIO(words.encode()), most=1000)
        storage.keep(staged)
        return staged.sha256

    row = db.get(Measurement, (world.id_of("ada"), UUID(world.ids["v1"])))
    assert row is not None
    row.state, row.meter, row.measured_at = "ready", "test 1", MONDAY
    row.figures = {"words": [say["meter figures"]]}
    row.peaks_sha256, row.listen_sha256 = kept(f'["{say["meter peaks"]}"]'), kept(say["listen content"])
    db.add(row)
