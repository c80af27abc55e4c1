"""Real files to upload, made on the spot."""

import io

import numpy as np
import pyebur128
import soundfile as sf
from PIL import Image, ImageDraw

RATE = 44_100  # samples a second


def beat(seconds: float, tempo: float = 96.0) -> np.ndarray:
    """A kick on every beat and a hat between, mono, peak -6 dBFS."""
    time = np.arange(int(seconds * RATE)) / RATE
    since = time % (60 / tempo)
    kick = np.sin(2 * np.pi * 55 * since) * np.exp(-since * 18)
    since = (time + 30 / tempo) % (60 / tempo)
    hat = np.random.default_rng(7).standard_normal(len(time)) * np.exp(-since * 60) * 0.2
    mixed = kick + hat
    return mixed / np.abs(mixed).max() * 0.5


def wav(seconds: float = 4.0, tempo: float = 96.0) -> bytes:
    """16 bit PCM."""
    return _written(beat(seconds, tempo), "WAV")


def mp3(seconds: float = 4.0, tempo: float = 96.0) -> bytes:
    return _written(beat(seconds, tempo), "MP3")


def flac(seconds: float = 4.0, tempo: float = 96.0) -> bytes:
    return _written(beat(seconds, tempo), "FLAC")


def loudness(samples: np.ndarray) -> float:
    """Integrated, in LUFS, by libebur128; one channel, or one in each column."""
    frames = samples.reshape(len(samples), -1)
    state = pyebur128.R128State(frames.shape[1], RATE, pyebur128.MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(frames, dtype=np.float64).ravel(), len(frames))
    return float(pyebur128.get_loudness_global(state))


def midi() -> bytes:
    """A MIDI file with one empty track."""
    track = bytes.fromhex("00ff2f00")
    return b"MThd" + bytes.fromhex("0000000600000001") + b"\x01\xe0" + b"MTrk" + len(track).to_bytes(4, "big") + track


def screenshot() -> bytes:
    """A PNG that looks like clips on tracks."""
    picture = Image.new("RGB", (640, 360), "#23272e")
    pen = ImageDraw.Draw(picture)
    for track, colour in enumerate(("#b45f06", "#1f5d8c", "#1d6b3f", "#8a5a00")):
        for bar in range(track % 2, 12 - track):
            pen.rectangle((20 + bar * 50, 30 + track * 80, 62 + bar * 50, 90 + track * 80), fill=colour)
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _written(samples: np.ndarray, kind: str) -> bytes:
    file = io.BytesIO()
    sf.write(file, samples, RATE, format=kind)
    return file.getvalue()
