"""Sounds that need help: M4A through ffmpeg where there is one, and a copy where a browser may not play the file."""

import io
import os
import shlex
import stat
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from core.errors import Refused
from mentorship import aac, probe, sounds
from tests.e2e import sounds as made

M4A = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom" + bytes(100)
posix = pytest.mark.skipif(os.name == "nt", reason="a program as POSIX has them")


@pytest.fixture
def ffmpeg(tmp_path, monkeypatch):
    """`ffmpeg("exit 1")`: what the server's ffmpeg does, as a shell script."""

    def ffmpeg(script: str) -> None:
        program = tmp_path / "ffmpeg"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(aac, "ffmpeg", lambda: str(program))

    return ffmpeg


@pytest.fixture
def m4a(tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(M4A)
    return path


def decoded(tmp_path: Path) -> str:
    """A script that writes one second of FLAC, whatever it is asked."""
    (tmp_path / "one.flac").write_bytes(made.flac(1))
    return f"/bin/cat {shlex.quote(str(tmp_path / 'one.flac'))} > {aac.COPY}"


@posix
def test_an_m4a_is_taken_where_the_server_has_ffmpeg(ffmpeg, m4a, tmp_path):
    ffmpeg(decoded(tmp_path))

    found = probe.look(m4a, "mix.m4a", minutes=15)

    assert (found.kind, found.media_type, found.seconds, found.warning) == ("audio", "audio/mp4", 1.0, "")


@posix
@pytest.mark.parametrize("script", ["exit 1", "exit 0", f": > {aac.COPY}", f"/bin/ln -s /etc/passwd {aac.COPY}"])
def test_an_m4a_that_ffmpeg_cannot_read_is_refused(ffmpeg, m4a, script):
    ffmpeg(script)

    with pytest.raises(Refused, match="This M4A file cannot be read"):
        probe.look(m4a, "mix.m4a", minutes=15)


@posix
def test_an_m4a_that_is_longer_than_it_may_be_is_refused(ffmpeg, m4a, tmp_path):
    ffmpeg(decoded(tmp_path))

    with pytest.raises(Refused, match="too long"):
        probe.look(m4a, "mix.m4a", minutes=0)


@posix
def test_ffmpeg_without_an_end_is_stopped(ffmpeg, m4a, tmp_path, monkeypatch):
    monkeypatch.setattr(aac, "WAITING", 0.02)
    ffmpeg("while :; do :; done")

    assert aac.decode(m4a, tmp_path, seconds=1) is None


def test_ffmpeg_reads_local_files_with_one_demuxer_and_nothing_else():
    words = aac.arguments("/files/a", 60)

    assert words[words.index("-protocol_whitelist") + 1] == "file"
    assert words[words.index("-i") - 1] == "mov" and words[words.index("-i") + 1] == "file:/files/a"


def test_without_ffmpeg_a_version_that_is_there_already_says_why_it_is_not_measured(m4a, tmp_path):
    version = SimpleNamespace(seconds=1.0, media_type=aac.MEDIA_TYPE)

    with pytest.raises(Refused, match="cannot read AAC any more"):
        sounds.measure(m4a, version, tmp_path, lambda *_: None)


@pytest.mark.parametrize(
    ("container", "subtype", "media_type", "plays"),
    [
        ("WAV", "PCM_16", "audio/wav", True),
        ("WAV", "PCM_24", "audio/wav", True),
        ("WAVEX", "PCM_16", "audio/wav", True),
        ("WAV", "FLOAT", "audio/wav", False),
        ("WAV", "ULAW", "audio/wav", False),
        ("RF64", "PCM_16", "audio/wav", False),
        ("AIFF", "PCM_16", "audio/aiff", False),
        ("CAF", "PCM_16", "audio/x-caf", False),
        ("FLAC", "PCM_16", "audio/flac", True),
    ],
)
def test_which_files_every_browser_plays(tmp_path, container, subtype, media_type, plays):
    path = tmp_path / "sound"
    with open(path, "wb") as file:
        soundfile.write(file, np.zeros((100, 2)), 44_100, subtype, format=container)

    assert sounds.plays_everywhere(path, media_type) is plays


def test_a_sound_that_browsers_may_not_play_gets_a_copy_of_the_same_length(tmp_path):
    path, folder = tmp_path / "sound", tmp_path / "out"
    folder.mkdir()
    tone = 0.25 * np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)
    octets = io.BytesIO()
    soundfile.write(octets, np.stack([tone, tone], 1), 44_100, "PCM_16", format="AIFF")
    path.write_bytes(octets.getvalue())
    version, told = SimpleNamespace(seconds=1.0, media_type="audio/aiff"), []

    found = sounds.measure(path, version, folder, lambda done, total: told.append((done, total)))

    assert found.copy is not None and soundfile.info(str(found.copy)).frames == 44_100
    assert found.figures["bits"] == 16 and found.peaks.stat().st_size > 50
    assert all(0 <= done <= total == 100 for done, total in told)
