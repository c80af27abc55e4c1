"""`measure FILE`: the portfolio's meter for people at a terminal."""

import json

import numpy
import pytest
import soundfile
from click.testing import CliRunner, Result

from app import COMMANDS
from core.cli import Commands
from tests.curriculum.audio import signals

RATE = 44_100


@pytest.fixture
def measure(tmp_path):
    def measure(samples: numpy.ndarray | None, *words: str) -> Result:
        path = tmp_path / "mix.wav"
        if samples is not None:
            soundfile.write(path, samples, RATE)
        commands = Commands(COMMANDS, default="serve", create_app=lambda: None)
        return CliRunner().invoke(commands, ["measure", str(path), *words])

    return measure


def test_people_read_lines(measure):
    done = measure(signals.tones(RATE, [(4, -20)]))

    assert done.exit_code == 0
    assert "mix.wav: 0:04, 44.1 kHz, stereo, 16 bits" in done.output
    assert "Integrated loudness     −19.99 LUFS" in done.output
    assert "Few data for the loudness range" in done.output


def test_programs_read_json_with_null_and_its_reason(measure):
    done = measure(numpy.zeros((RATE, 2)), "--json")

    said = json.loads(done.stdout)
    assert done.exit_code == 0
    assert said["integrated"] is None
    assert said["reasons"]["integrated"] == "It is silent."
    assert said["curves"]["loudness"]["momentary"][-1] is None
    assert said["meter"] == "Woodshed meter 1"


def test_every_null_has_its_reason_in_the_lines(measure):
    done = measure(numpy.zeros((RATE, 1)))

    assert done.exit_code == 0
    assert done.output.count("It is silent.") >= 10


def test_a_missing_file_is_a_sentence(measure):
    done = measure(None)

    assert done.exit_code == 1
    assert done.output.endswith("mix.wav cannot be opened: no such file or directory. Check its name.\n")


def test_what_is_no_sound_is_a_sentence(measure, tmp_path):
    (tmp_path / "mix.wav").write_text("some words", "utf-8")

    done = measure(None)

    assert done.exit_code == 1
    assert done.output.startswith("This file cannot be read as sound")
