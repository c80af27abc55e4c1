"""What can be heard lies under a name that tells nothing, and is made when it is first asked for."""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from core.errors import NotFound
from curriculum.ear import takes
from curriculum.ear.asked import Asked, Choice
from curriculum.ear.takes import Take, Takes
from curriculum.synth import spec

FIFTH = spec.read({"kind": "interval", "semitones": 7})
FOURTH = spec.read({"kind": "interval", "semitones": 5})


class Hand:
    """Writes a short sine, and notes what it was asked for."""

    def __init__(self) -> None:
        self.made: list[Take] = []

    def __call__(self, take: Take, path: Path, beside: Path | None) -> None:
        self.made.append(take)
        time.sleep(0.02)
        for place in filter(None, (path, beside)):
            soundfile.write(place, 0.1 * np.sin(np.arange(4410) * 0.1), 44100)


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def shelf(tmp_path: Path, hand: Hand) -> Takes:
    return Takes(tmp_path / "sounds", "k" * 40, 10**6, hand, "1")


def test_the_name_hangs_on_key_spec_and_version_and_tells_none(shelf: Takes, tmp_path: Path) -> None:
    names = {
        shelf.name(Take(FIFTH)),
        shelf.name(Take(FOURTH)),
        shelf.name(Take(FIFTH, FOURTH)),
        shelf.name(Take(FOURTH, FIFTH)),
        Takes(tmp_path, "other" * 8, 1, version="1").name(Take(FIFTH)),
        Takes(tmp_path, "k" * 40, 1, version="2").name(Take(FIFTH)),
    }

    assert len(names) == 6
    assert all(len(name) == 64 and set(name) <= set("0123456789abcdef") for name in names)
    assert shelf.name(Take(FIFTH)) == shelf.name(Take(json.loads(json.dumps(FIFTH))))


def test_a_sound_is_made_once_and_comes_back_after_the_folder_is_emptied(shelf: Takes, hand: Hand) -> None:
    name = shelf.keep(Take(FIFTH))
    first, again = shelf.sound(name, "flac"), shelf.sound(name, "flac")
    assert first == again and len(hand.made) == 1

    for path in shelf.folder.glob("??/*"):
        path.unlink()
    with pytest.raises(NotFound):
        shelf.sound(name, "flac")

    assert shelf.keep(Take(FIFTH)) == name
    assert shelf.sound(name, "flac").is_file()


@pytest.mark.parametrize("name", ["0" * 64, "", "../" * 21 + "x", "F" * 64, "0" * 63])
def test_a_name_that_nobody_was_shown_is_not_found(shelf: Takes, hand: Hand, name: str) -> None:
    with pytest.raises(NotFound):
        shelf.sound(name, "flac")
    assert not hand.made


def test_eight_who_ask_at_once_wait_for_one_rendering(shelf: Takes, hand: Hand) -> None:
    name = shelf.keep(Take(FIFTH))
    askers = [threading.Thread(target=shelf.sound, args=(name, "flac")) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert len(hand.made) == 1
    assert not shelf.under_way


def test_both_sides_of_a_pair_come_out_of_one_rendering(shelf: Takes, hand: Hand) -> None:
    one, other = (shelf.keep(take) for take in takes.of([FIFTH, FOURTH]))

    assert shelf.sound(one, "flac") != shelf.sound(other, "flac")
    assert len(hand.made) == 1


def test_a_rendering_that_fails_leaves_nothing_and_the_next_one_works(tmp_path: Path, hand: Hand) -> None:
    def falls(_take: Take, path: Path, _beside: Path | None) -> None:
        path.write_bytes(b"half")
        raise ArithmeticError

    broken = Takes(tmp_path / "sounds", "k" * 40, 10**6, falls, "1")
    name = broken.keep(Take(FIFTH))
    with pytest.raises(ArithmeticError):
        broken.sound(name, "flac")
    assert [path.suffix for path in broken.folder.glob("??/*")] == [".json"]

    assert Takes(broken.folder, "k" * 40, 10**6, hand, "1").sound(name, "flac").is_file()


def test_the_trimming_takes_what_was_longest_out_of_use(tmp_path: Path, hand: Hand) -> None:
    small = Takes(tmp_path, "k" * 40, 9000, hand, "1")
    sounds = [small.sound(small.keep(Take(one)), "flac") for one in (FIFTH, FOURTH)]
    for path in small.folder.glob("??/*"):
        age = 10 if path == sounds[1] else 90_000
        os.utime(path, (time.time() - age, time.time() - age))
    size = sounds[1].stat().st_size

    said = Takes(tmp_path, "k" * 40, size, hand, "1").trim()

    assert [path for path in small.folder.glob("??/*")] == [sounds[1]]
    assert said.startswith("3 of 4 files")


def asked(*specs: Any, choices: str = "", kind: str = "") -> Asked:
    return Asked(
        skill="eq",
        level=0,
        kind=kind or specs[0]["kind"],
        specs=tuple(map(spec.read, specs)),
        right="",
        words="",
        choices=tuple(Choice(key, key) for key in choices.split()),
    )


@pytest.mark.parametrize(
    ("question", "may"),
    [
        (asked({"kind": "eq"}, choices="+250 +1000 +4000"), True),
        (asked({"kind": "eq"}, choices="+125 +1000 +4000"), False),
        (asked({"kind": "eq"}), False),  # on the axis, where all is possible
        (asked({"kind": "eq", "on": False}, {"kind": "eq"}, choices="+1000 +2000"), False),
        (asked({"kind": "rhythm"}), False),
        (asked({"kind": "pan"}), False),
        (asked({"kind": "interval", "root": 60}), False),
        (asked({"kind": "interval", "root": 70}), True),
        (asked({"kind": "reverb", "source": "snare"}), True),
        (asked({"kind": "drive", "source": "bass"}), False),
    ],
)
def test_mp3_is_for_what_it_keeps(question: Asked, may: bool) -> None:
    assert takes.may_lose(question) is may


def test_whether_mp3_will_do_never_hangs_on_the_answer() -> None:
    choices = "125 250 4000"

    said = {takes.may_lose(asked({"kind": "tone", "freq_hz": hz}, choices=choices)) for hz in (125, 250, 4000)}

    assert len(said) == 1
