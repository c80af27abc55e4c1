"""A foreign sound is measured in a child that has limits, and what that child says is looked at twice."""

import json
import sys
from pathlib import Path

import numpy
import pytest
import soundfile

from core import confined
from core.errors import Refused
from curriculum.audio import METER, child, trust
from tests.curriculum.audio import signals

RATE = 44_100
SOUND = {"meter": "m", "figures": {"integrated": -14.2, "reasons": {"range": "It is too short."}}, "curves": {}}
PEAKS = {"version": 2, "channels": 1, "sample_rate": 8, "samples_per_pixel": 4, "bits": 8, "length": 1, "data": [0, 1]}


@pytest.fixture
def sound(tmp_path) -> Path:
    path = tmp_path / "sound.aiff"
    soundfile.write(path, signals.tones(RATE, [(3, -20)]), RATE, subtype="PCM_24")
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    return path


def test_a_sound_is_measured_with_its_waveform_and_a_copy_that_every_browser_plays(sound, folder):
    told: list[float] = []

    measured = child.measure_file(sound, folder=folder, seconds=3, want_copy=True, progress=told.append)

    assert measured.meter == METER
    assert measured.figures["integrated"] == pytest.approx(-20, abs=0.1)
    assert len(measured.curves["loudness"]["momentary"]) == 31
    assert json.loads(measured.peaks.read_text("utf-8"))["length"] == -(-3 * RATE // 1024)
    copied, rate = soundfile.read(measured.copy, dtype="float32")
    assert (rate, soundfile.info(measured.copy).subtype) == (RATE, "PCM_24")
    assert numpy.abs(copied - soundfile.read(sound, dtype="float32")[0]).max() < 2**-23
    assert told and told == sorted(told)


def test_who_stops_it_ends_the_child(sound, folder):
    class Cancelled(Exception):
        pass

    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        child.measure_file(sound, folder=folder, seconds=3, progress=stop)


def test_what_is_no_sound_is_refused_in_words(tmp_path, folder):
    path = tmp_path / "text"
    path.write_text("#EXTM3U\nfile:///etc/passwd\n", "utf-8")

    with pytest.raises(Refused, match="cannot be read as sound"):
        child.measure_file(path, folder=folder, seconds=3)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know other limits")
def test_a_child_that_takes_too_long_is_ended(sound, folder, monkeypatch):
    monkeypatch.setattr(child, "CPU_SECONDS", -1)
    monkeypatch.setattr(child, "CPU_A_MINUTE", 20)
    monkeypatch.setattr(child, "WAITING", 0.1)

    with pytest.raises(Refused, match="longer than it should"):
        child.measure_file(sound, folder=folder, seconds=3)


@pytest.mark.parametrize(
    ("seconds", "allowed"),
    [(0, 10), (60, 13), (900, 55)],
)
def test_the_time_that_it_may_take_grows_with_the_sound(seconds, allowed):
    assert child._cpu_seconds(seconds) == allowed


def run(monkeypatch, folder: Path, answer: object, peaks: object = PEAKS, status: int | None = 0) -> None:
    """As if a child had said this."""

    def said(*arguments, folder, **more):
        for name, what in ((child.ANSWER, answer), (child.PEAKS, peaks)):
            (folder / name).write_text(what if isinstance(what, str) else json.dumps(what), "utf-8")
        return confined.Ended(status, b"", b"")

    monkeypatch.setattr(confined, "run", said)
    child.measure_file(folder / "sound", folder=folder, seconds=3)


def test_a_child_in_its_right_form_is_believed(monkeypatch, folder):
    run(monkeypatch, folder, SOUND)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "[" * 50_000,
        '{"meter": "m", "figures": {"integrated": NaN}, "curves": {}}',
        '{"meter": "m", "figures": {"integrated": 1e999}, "curves": {}}',
        {"meter": "m", "figures": {}},
        {"meter": 1, "figures": {}, "curves": {}},
        {"meter": "m", "figures": {"script": 1}, "curves": {}},
        {"meter": "m", "figures": {"key": "x" * 5000}, "curves": {}},
        {"meter": "m", "figures": {"words": ["x"] * 5000}, "curves": {}},
        {"meter": "m", "figures": {"words": [[[["deep"]]]]}, "curves": {}},
        {"meter": "m", "figures": {"tempo": True}, "curves": {}},
        {"refused": ["no text"]},
        {**SOUND, "figures": {"words": ["x" * 390] * 3999, "warnings": ["y" * 390] * 3999}},
    ],
)
def test_a_child_that_says_something_else_is_not_believed(monkeypatch, folder, answer):
    with pytest.raises(Refused, match="damaged"):
        run(monkeypatch, folder, answer)


@pytest.mark.parametrize(
    "peaks",
    [
        "",
        PEAKS | {"version": 1},
        PEAKS | {"more": 1},
        PEAKS | {"length": 2},
        PEAKS | {"data": [0, 300]},
        PEAKS | {"data": [0, "1"]},
        PEAKS | {"channels": "1"},
    ],
)
def test_a_waveform_that_is_none_is_not_kept(monkeypatch, folder, peaks):
    with pytest.raises(Refused, match="damaged"):
        run(monkeypatch, folder, SOUND, peaks)


def test_a_copy_that_is_no_flac_is_not_kept(tmp_path):
    path = tmp_path / "listen.flac"
    path.write_bytes(b"<html>")

    with pytest.raises(ValueError, match="FLAC"):
        trust.flac(path)


def test_a_full_disk_is_no_fault_of_the_file(monkeypatch, folder):
    with pytest.raises(OSError, match="No space"):
        run(monkeypatch, folder, "", status=child.DISK_FULL)
