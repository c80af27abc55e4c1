"""Night bus measured, with its waveforms, a reference beside it; Ben listened, and Ada compared her two versions."""

import io
import json
from typing import Any
from uuid import UUID

import numpy as np
import soundfile as sf
from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session, select

from core.ids import uuid7
from curriculum.audio import METER
from curriculum.audio.measure import measure
from curriculum.audio.sound import Sound
from mentorship import comparing, portfolio
from mentorship.models.pieces import Listening, Measurement, Version
from tests.e2e import sounds
from tests.e2e.cast import days_ago
from tests.e2e.stop import Stop


def goes_blind(page: Page) -> None:
    page.get_by_role("switch").check()
    page.get_by_text("Round 1 of 5").wait_for()


STOPS: list[Stop] = [
    Stop("comparing.show", "/portfolio/pieces/{beat}/compare", ("ada", "ben")),
    Stop("comparing.show", "/portfolio/pieces/{beat}/compare", ("ada",), "blind", 200, goes_blind),
    Stop("comparing.show", "/portfolio/pieces/{beat}/compare?side={v1}", ("ada",), "one"),
    Stop("comparing.show", "/portfolio/pieces/{empty}/compare", ("ada",), "empty"),
]


def fill(cast: Any, db: Session, app: Flask) -> None:
    storage = app.extensions["storage"]
    for name in ("v1", "v2"):
        measured(db, storage, UUID(cast.ids[name]))
    record = portfolio.create(db, cast.id_of("ada"), title="The record I want to sound like", at=days_ago(40))
    record.is_reference, record.shared_at = True, days_ago(39)
    content = io.BytesIO(sounds.flac(5, 104))
    with portfolio.received(storage, content, "record.flac", most=10**7, minutes=1) as file:
        reference = portfolio.add_version(db, storage, record, file, at=days_ago(40))
    measured(db, storage, reference.id)
    takes(cast, db, storage)
    mine = [UUID(cast.ids[name]) for name in ("v2", "v1")]
    comparing.keep(
        db,
        cast.id_of("ada"),
        UUID(cast.ids["beat"]),
        [*mine, reference.id],
        [mine[0], mine[0], mine[1], mine[0], mine[0]],
        at=days_ago(1),
    )
    version = db.get_one(Version, (cast.id_of("ada"), UUID(cast.ids["v2"])))
    for days in (0.9, 2, 3):
        ben = cast.people["ben"]
        row = {"user_id": version.user_id, "version_id": version.id, "by_id": ben.id, "by_name": ben.name}
        db.add(Listening(id=uuid7(), at=days_ago(days), **row))


def takes(cast: Any, db: Session, storage: Any) -> None:
    """One take four times: in stereo; quieter and with one channel; brighter and louder; and once not measured."""
    ada = cast.id_of("ada")
    piece = portfolio.create(db, ada, title="One take", at=days_ago(25))
    cast.ids["takes"] = str(piece.id)
    chance = np.random.default_rng(11)
    base = sounds.beat(4) * 0.6 + np.cumsum(chance.standard_normal(4 * sounds.RATE)) * 0.0002
    bright = np.diff(base, prepend=0.0)
    stereo = np.stack([base, base * 0.7], axis=1)
    forms = (stereo, base * 0.3, stereo + 0.8 * np.stack([bright, -bright], axis=1), stereo * 0.5)
    for number, samples in enumerate(forms, 1):
        file = io.BytesIO()
        sf.write(file, np.clip(samples, -1, 1), sounds.RATE, format="WAV", subtype="PCM_24")
        file.seek(0)
        with portfolio.received(storage, file, f"take-{number}.wav", most=10**7, minutes=1) as upload:
            version = portfolio.add_version(db, storage, piece, upload, at=days_ago(25 - number))
        cast.ids[f"take_{number}"] = str(version.id)
        if number < 4:
            measured(db, storage, version.id)


def measured(db: Session, storage: Any, version_id: UUID) -> None:
    """By the meter, here and now."""
    version = db.exec(select(Version).where(Version.id == version_id)).one()
    with open(storage.path(version.sha256), "rb", buffering=0) as file:
        found = measure(Sound(file))
    staged = storage.stage(io.BytesIO(json.dumps(found.peaks).encode()), most=10**6)
    storage.keep(staged)
    row = db.get_one(Measurement, (version.user_id, version.id))
    row.state, row.meter, row.work_id = "ready", METER, None
    row.figures, row.curves, row.peaks_sha256 = found.figures, found.curves, staged.sha256
    db.flush()
