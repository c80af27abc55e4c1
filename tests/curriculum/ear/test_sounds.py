"""Sounds as a browser fetches them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from flask import Flask

from curriculum.ear.takes import Take, Takes
from curriculum.synth import spec

FIFTH = spec.read({"kind": "interval", "semitones": 7})


def sine(_take: Take, path: Path, beside: Path | None) -> None:
    for place in filter(None, (path, beside)):
        soundfile.write(place, 0.1 * np.sin(np.arange(44100) * 0.1), 44100)


@pytest.fixture
def name(app: Flask, tmp_path: Path) -> str:
    app.extensions["takes"] = Takes(tmp_path / "sounds", "k" * 40, 10**6, sine, "1")
    return str(app.extensions["takes"].keep(Take(FIFTH)))


@pytest.mark.parametrize(("kind", "media_type"), [("flac", "audio/flac"), ("mp3", "audio/mpeg")])
def test_a_sound_is_kept_by_the_browser_for_good(as_ada: Any, name: str, kind: str, media_type: str) -> None:
    answer = as_ada.get(f"/sound/{name}.{kind}")

    assert answer.status_code == 200
    assert answer.content_type == media_type
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in answer.headers.get("Vary", "") and "Set-Cookie" not in answer.headers
    again = as_ada.get(f"/sound/{name}.{kind}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_part_of_a_sound_can_be_had(as_ada: Any, name: str) -> None:
    whole = as_ada.get(f"/sound/{name}.flac").data

    part = as_ada.get(f"/sound/{name}.flac", headers={"Range": "bytes=100-199"})

    assert part.status_code == 206
    assert part.data == whole[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert as_ada.get(f"/sound/{name}.flac", headers={"Range": "bytes=99999999-"}).status_code == 416


@pytest.mark.parametrize("address", ["/sound/{}.flac", "/sound/{}.wav", "/sound/{}"])
def test_what_was_never_shown_cannot_be_made_to_sound(as_ada: Any, name: str, address: str) -> None:
    asked = "0" * 64 if "flac" in address else name

    answer = as_ada.get(address.format(asked), query_string=FIFTH)

    assert answer.status_code == 404
    assert "no-store" in answer.headers["Cache-Control"]
