"""Night bus measured, with its waveforms, a reference beside it; Ben listened, and Ada compared her two versions."""

import io
import json
from typing import Any
from uuid import UUID

import numpy as np
import soundfile as sf
from flask import Flask
from sqlmodel import Session, select

from core.ids import uuid7
from mentorship.models.pieces import Listening, Measurement, Version
from tests.e2e.cast import days_ago
from tests.e2e.stop import Stop

STEP = 1024  # samples a pixel

STOPS: list[Stop] = []


def fill(cast: Any, db: Session, app: Flask) -> None:
    storage = app.extensions["storage"]
    for name, loudness in (("v1", -14.2), ("v2", -11.9), ("bens_v1", -12.0)):
        if name in cast.ids:
            measured(db, storage, UUID(cast.ids[name]), loudness)
    version = db.get_one(Version, (cast.id_of("ada"), UUID(cast.ids["v2"])))
    for days in (0.9, 2, 3):
        ben = cast.people["ben"]
        row = {"user_id": version.user_id, "version_id": version.id, "by_id": ben.id, "by_name": ben.name}
        db.add(Listening(id=uuid7(), at=days_ago(days), **row))


def measured(db: Session, storage: Any, version_id: UUID, loudness: float) -> None:
    """As if the meter had been here."""
    version = db.exec(select(Version).where(Version.id == version_id)).one()
    samples, rate = sf.read(storage.path(version.sha256), always_2d=True)
    staged = storage.stage(io.BytesIO(peaks(samples, rate).encode()), most=10**6)
    storage.keep(staged)
    row = {"user_id": version.user_id, "version_id": version.id, "asked_at": version.uploaded_at}
    figures = {"integrated": loudness, "reasons": {}}
    db.merge(Measurement(state="ready", figures=figures, peaks_sha256=staged.sha256, **row))
    db.flush()


def peaks(samples: np.ndarray, rate: int) -> str:
    """audiowaveform's JSON, version 2, of 8 bits."""
    blocks = [samples[start : start + STEP] for start in range(0, len(samples), STEP)]
    data = [
        round(float(edge) * 127)
        for block in blocks
        for channel in range(samples.shape[1])
        for edge in (block[:, channel].min(), block[:, channel].max())
    ]
    head = {"version": 2, "channels": samples.shape[1], "sample_rate": rate, "samples_per_pixel": STEP, "bits": 8}
    return json.dumps({**head, "length": len(blocks), "data": data})
