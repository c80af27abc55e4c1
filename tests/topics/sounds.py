"""Sounds by their names, and sittings without sound. An answer without sound is known to nobody but whoever gave it."""

from typing import Any

from flask import Flask
from sqlmodel import Session

from curriculum.ear.takes import Take
from curriculum.synth import spec
from tests.matrix import Case, for_all, own

READERS: dict[str, set[str]] = {}
MISSING = {"sound": "0" * 64}

MATRIX: dict[str, list[Case]] = {
    "GET sounds.sound": [
        for_all(url={"name": "@sound", "kind": "flac"}, about="the name is the key to it, and says nothing"),
        for_all(404, url={"name": "0" * 64, "kind": "flac"}),
    ],
    "POST sounds.without_sound": [own(303)],
    "POST sounds.with_sound": [own(303)],
    "POST review_settings.sounds_set": [own(303, form={"plays_at_once": "1"})],
}


def build(world: Any, db: Session, app: Flask) -> None:
    world.ids["sound"] = app.extensions["takes"].keep(Take(spec.read({"kind": "interval"})))
