import sys
import time

import pytest

from core import confined


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Runs these lines in place of a module."""

    def run(lines: str, **more):
        monkeypatch.setattr(confined, "command", lambda module, *arguments: [sys.executable, "-c", lines, *arguments])
        return confined.run("any", "argument", folder=tmp_path, seconds=more.pop("seconds", 30), **more)

    return run


def test_what_a_child_says_comes_back(child, tmp_path):
    ended = child("import os, sys; print(os.getcwd(), sys.argv[1]); sys.exit('oh')")

    assert ended.status == 1
    assert ended.said.decode().split() == [str(tmp_path), "argument"]
    assert ended.complained.strip() == b"oh"


def test_a_child_that_takes_too_long_is_ended(child):
    began = time.monotonic()

    ended = child("import time; time.sleep(60)", seconds=0.2)

    assert ended.status is None
    assert time.monotonic() - began < 30


def test_a_child_is_ended_when_its_parent_changes_its_mind(child):
    def stop() -> None:
        raise KeyError("stop")

    began = time.monotonic()
    with pytest.raises(KeyError):
        child("import time; time.sleep(60)", meanwhile=stop)

    assert time.monotonic() - began < 30


def test_a_child_that_talks_without_end_is_heard_only_so_far(child):
    ended = child("print('x' * 1_000_000)")

    assert len(ended.said) == confined.SAID


def test_a_confined_process_can_open_nothing(child):
    lines = (
        "from core import confined\n"
        "confined.limit_this_process(cpu_seconds=5, memory=2_000_000_000, output=1000)\n"
        "open('/etc/hostname')"
    )

    ended = child(lines)

    assert ended.status == 1
    assert b"Too many open files" in ended.complained
