import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile
from PIL import Image

from core import confined
from core.errors import Refused, TooLarge, WrongKind
from mentorship import probe

RATE = 44_100
ATTEMPTS = ["open('/etc/hostname')", "socket.socket()", "os.pipe()", "print('x' * 70_000)"]
if sys.platform == "linux":  # other systems do not count address space
    ATTEMPTS.append("bytearray(600_000_000)")


def tone(seconds: float = 0.5, channels: int = 2) -> numpy.ndarray:
    one = 0.2 * numpy.sin(2 * numpy.pi * 220 * numpy.arange(int(seconds * RATE)) / RATE)
    return numpy.repeat(one[:, None], channels, axis=1).astype("float32")


def sound(container: str, subtype: str | None = None, seconds: float = 0.5, rate: int = RATE) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, tone(seconds), rate, format=container, subtype=subtype)
    return out.getvalue()


def wav(samples: bytes, *, claims: int | None = None, channels: int = 1, rate: int = RATE, code: int = 1) -> bytes:
    """A WAV written by hand. claims: octets of samples that its header promises; code: 1 whole numbers, 3 floats."""
    size = len(samples) if claims is None else claims
    width = 4 if code == 3 else 2
    frame = channels * width
    layout = struct.pack("<HHIIHH", code, channels, rate, rate * frame & 0xFFFF_FFFF, frame & 0xFFFF, width * 8)
    head = b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt " + struct.pack("<I", 16) + layout
    return head + b"data" + struct.pack("<I", size) + samples


def picture(kind: str = "PNG", size: tuple[int, int] = (120, 80)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).save(out, kind)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred octets that says it has so many pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("beat.wav", b"RIFF")
    return out.getvalue()


@pytest.fixture
def look(tmp_path):
    def look(content: bytes, name: str, minutes: int = 15) -> probe.Found:
        path = tmp_path / "content"
        path.write_bytes(content)
        return probe.look(path, name, minutes=minutes)

    return look


@pytest.mark.parametrize(
    ("container", "subtype", "name", "media_type"),
    [
        ("WAV", "PCM_24", "beat.wav", "audio/wav"),
        ("WAV", "FLOAT", "beat.wav", "audio/wav"),
        ("RF64", "PCM_16", "beat.wav", "audio/wav"),
        ("W64", "PCM_16", "beat.w64", "audio/x-w64"),
        ("AIFF", "PCM_16", "beat.aif", "audio/aiff"),
        ("CAF", "PCM_16", "beat.caf", "audio/x-caf"),
        ("FLAC", "PCM_16", "beat.flac", "audio/flac"),
        ("MP3", "MPEG_LAYER_III", "beat.mp3", "audio/mpeg"),
        ("OGG", "VORBIS", "beat.ogg", "audio/ogg"),
    ],
)
def test_sound_is_known_by_its_content_and_counted(look, container, subtype, name, media_type):
    found = look(sound(container, subtype), name)

    assert (found.kind, found.media_type, found.rate, found.channels) == ("audio", media_type, RATE, 2)
    assert found.seconds == pytest.approx(0.5, abs=0.01)
    assert found.warning == ""


def test_opus_is_taken(look):
    out = io.BytesIO()
    soundfile.write(out, tone(), 48_000, format="OGG", subtype="OPUS")

    found = look(out.getvalue(), "beat.opus")

    assert (found.media_type, found.rate) == ("audio/ogg", 48_000)


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_pictures_are_taken_with_their_size(look, kind, media_type):
    found = look(picture(kind), f"desk.{kind.lower()}")

    assert (found.kind, found.media_type, found.width, found.height) == ("picture", media_type, 120, 80)


@pytest.mark.parametrize(
    ("content", "name", "kind", "media_type"),
    [
        ("Ich wählte die Stille.\n".encode(), "choice.txt", "text", "text/plain"),
        ("\ufeffA choice".encode(), "choice", "text", "text/plain"),
        (b"caffeine, then the bridge", "idea.txt", "text", "text/plain"),
        (b"ID3 tags are still missing", "idea.txt", "text", "text/plain"),
        (b"See the AVI from Monday", "idea.txt", "text", "text/plain"),
        (b"%PDF-1.7\n%more", "split-sheet.pdf", "document", "application/pdf"),
        (b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f\0", "lead.mid", "document", "audio/midi"),
    ],
)
def test_text_and_documents_are_taken(look, content, name, kind, media_type):
    found = look(content, name)

    assert (found.kind, found.media_type) == (kind, media_type)


@pytest.mark.parametrize("container", ["WAV", "FLAC", "MP3", "AIFF"])
def test_a_sound_that_ends_early_is_taken_with_a_word(look, container):
    whole = sound(container, seconds=6)

    found = look(whole[: len(whole) * 2 // 3], f"beat.{container.lower()}")

    assert 2.5 < (found.seconds or 0) < 5
    assert "ends early" in found.warning


def test_the_length_is_counted_and_not_believed(look):
    ten_frames = wav(struct.pack("<10h", *range(10)), claims=2_000_000_000)

    found = look(ten_frames, "hours.wav")

    assert found.seconds == pytest.approx(10 / RATE, abs=1e-6)
    assert "ends early" in found.warning


def test_a_header_that_was_never_finished_is_no_fault(look):
    found = look(wav(b"\1\0" * 4410, claims=0xFFFF_FFD0), "stream.wav")

    assert found.seconds == pytest.approx(0.1)
    assert found.warning == ""


def test_samples_that_are_no_numbers_are_named(look):
    samples = struct.pack("<4f", 0.1, float("nan"), float("inf"), 0.2) * 1000

    found = look(wav(samples, code=3), "hot.wav")

    assert found.kind == "audio"
    assert "no numbers" in found.warning


def test_a_name_that_says_another_sound_is_mentioned(look):
    found = look(sound("MP3"), "beat.wav")

    assert found.media_type == "audio/mpeg"
    assert found.warning == "The name says WAV, but inside is MP3."


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<!doctype html><script>alert(1)</script>", "beat.wav", "The name says WAV, but this is a web page"),
        (b"  <html><body>Hello", "page.txt", "a web page"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "desk.svg", "an SVG drawing"),
        (b"<svg onload='alert(1)'/>", "desk.png", "The name says PNG, but this is an SVG drawing"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "beat.mp3", "The name says MP3, but this is a playlist"),
        (b"[playlist]\nFile1=http://127.0.0.1:8000/\n", "beat.mp3", "a playlist"),
        (b"http://127.0.0.1:8000/health\n", "beat.m3u", "The name says a playlist"),
        (b"concat:/etc/passwd|/etc/hosts", "beat.wav", "The name says WAV, but this is text"),
        (b"#!/bin/sh\nrm -r music\n", "beat.wav", "a program"),
        (b"MZ\x90\0\3\0\0\0", "plugin.exe", "a program"),
        (archive(), "beat.wav", "The name says WAV, but this is a ZIP archive. Unpack it"),
        (picture(), "beat.wav", "The name says WAV, but this is a picture (PNG)"),
        (sound("WAV"), "desk.png", "The name says PNG, but this is sound (WAV)"),
        (b"%PDF-1.7\n", "beat.wav", "this is a document (PDF)"),
        (b"GIF89a" + bytes(20), "desk.gif", "This is a GIF picture, which we do not take. Save it as PNG or JPEG."),
        (b"text with \0 in it", "choice.txt", "we do not know"),
        (b"text" * 2000 + b"\0", "choice.txt", "we do not know"),
        ("Grüße".encode("latin-1"), "choice.txt", "UTF-8"),
        ("Hello".encode("utf-16"), "choice.txt", "UTF-8"),
        (os.urandom(5000), "beat.wav", "The name says WAV, but this is"),
    ],
)
def test_what_is_not_what_it_says_is_refused_in_words(look, content, name, words):
    with pytest.raises(WrongKind) as refusal:
        look(content, name)

    assert words in refusal.value.text
    assert refusal.value.text.endswith(".")
    assert refusal.value.field == "file"


def test_m4a_gets_the_way_out(look):
    with pytest.raises(WrongKind) as refusal:
        look(b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom", "beat.m4a")

    assert refusal.value.text == (
        "This is an M4A file and this server cannot read AAC. Export WAV, FLAC or a 320 kbit/s MP3."
    )


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "beat.wav", "empty"),
        (b" \n\n ", "choice.txt", "empty lines"),
        (wav(b""), "beat.wav", "no sound in it"),
        (wav(b"\1\0" * 4000, channels=1000), "beat.wav", "1000 channels"),
        (wav(b"\1\0" * 4000, channels=60_000), "beat.wav", "damaged"),
        (wav(b"\1\0" * 4000, channels=7), "beat.wav", "7 channels"),
        (wav(b"\1\0" * 4000, rate=4000), "beat.wav", "4000 Hz"),
        (wav(b"\1\0" * 4000, rate=384_000), "beat.wav", "384000 Hz"),
        (b"RIFF\x24\0\0\0WAVE", "beat.wav", "damaged"),
        (b"OggS\0" + os.urandom(4000), "beat.ogg", "damaged"),
        (b"ID3\4\0\0\0\0\0\0" + b"<html>" * 1000, "beat.mp3", "damaged"),
        (sound("FLAC", seconds=4)[:2000], "beat.flac", "damaged"),
        (picture()[:3000], "desk.png", "damaged"),
        (picture("JPEG")[:800], "desk.jpg", "damaged"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(look, content, name, words):
    with pytest.raises(Refused) as refusal:
        look(content, name)

    assert refusal.value.status == 422
    assert words in refusal.value.text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (wav(b"\0\0" * 8000 * 61, rate=8000), "long.wav", "up to 1 min"),
        (png_bomb(60_000, 60_000), "bomb.png", "60000 × 60000 pixels"),
        (b"la " * 400_000, "words.txt", "1 MB"),
    ],
)
def test_what_is_too_long_is_refused_in_words(look, content, name, words):
    with pytest.raises(TooLarge) as refusal:
        look(content, name, minutes=1)

    assert words in refusal.value.text


def test_a_picture_that_promises_more_than_it_has_is_damaged(look):
    with pytest.raises(Refused) as refusal:
        look(png_bomb(7000, 7000), "bomb.png")

    assert "damaged" in refusal.value.text


def test_a_child_that_takes_too_long_is_ended(look, monkeypatch):
    monkeypatch.setattr(probe, "WAITING", 0.001)

    with pytest.raises(Refused) as refusal:
        look(sound("WAV"), "beat.wav")

    assert refusal.value.status == 422


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        '{"kind": "text", "media_type": "text/html"}',
        '{"kind": "text", "media_type": "image/png"}',
        '{"kind": "audio", "media_type": "audio/wav", "path": "/etc/passwd"}',
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(look, monkeypatch, answer):
    started = subprocess.Popen
    script = f"print({answer!r})"
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: started([sys.executable, "-c", script], **options))

    with pytest.raises(Refused) as refusal:
        look(sound("WAV"), "beat.wav")

    assert refusal.value.status == 422


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_child_can_open_nothing_and_grow_nowhere(tmp_path, attempt):
    script = f"import os, socket; from mentorship import probe; probe.limit_this_process(1); {attempt}; os._exit(7)"

    with open(tmp_path / "out", "wb") as out:
        child = subprocess.run([sys.executable, "-c", script], env=confined.environment(), stdout=out, stderr=out)

    assert child.returncode not in (0, 7)
    assert (tmp_path / "out").stat().st_size <= probe.OUTPUT


def test_the_child_has_ten_seconds_of_processor():
    script = (
        "import resource; from mentorship import probe; probe.limit_this_process(15); "
        "print(resource.getrlimit(resource.RLIMIT_CPU))"
    )

    child = subprocess.run([sys.executable, "-c", script], env=confined.environment(), capture_output=True, check=True)

    assert child.stdout.strip() == b"(10, 10)"


def test_the_child_sees_neither_our_environment_nor_our_folder(look, monkeypatch):
    monkeypatch.setenv("WOODSHED_SECRET_KEY", "not for children")
    seen: dict[str, Any] = {}
    started = subprocess.Popen

    def spy(command, **options):
        seen.update(options, files=list(Path(options["cwd"]).iterdir()))
        return started(command, **options)

    monkeypatch.setattr(subprocess, "Popen", spy)
    look(b"A choice", "choice.txt")

    assert "WOODSHED_SECRET_KEY" not in seen["env"]
    assert seen["files"] == []
    assert not Path(seen["cwd"]).exists()
