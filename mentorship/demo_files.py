"""The demo people's files, made on the spot: a beat in two versions, pictures of it, and words about it."""

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
import soundfile as sf
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Sound = NDArray[np.float64]

RATE = 22_050  # samples a second; mono, so that the demo stays small
TEMPO = 92  # quarter notes a minute
BAR = 4 * 60 / TEMPO  # seconds, in 4/4
STEP = BAR / 16
SWING = 0.18  # of a step: how late every second one comes
SNARE_LATE = 0.022  # seconds behind the beat; what the demo apprentice writes about
PEAK = 0.7  # -3 dBFS: an MP3 swings higher when it is decoded
FADE = 0.003  # seconds at the end of a single sound

CHORDS = {
    "A": ((57, 60, 64, 67), (53, 57, 60, 64)),  # Am7, Fmaj7: two bars, again and again
    "B": ((50, 57, 60, 65), (52, 55, 59, 62)),  # Dm7, Em7
}
KICK, SNARE, HAT = (0, 7, 10), (4, 12), tuple(range(0, 16, 2))  # sixteenths of a bar
FILL = (10, 11, 13, 14, 15)
BASS = ((0, 0), (3, 0), (7, 12), (10, 0), (14, 7))  # sixteenth, semitones above the root
LEAD = ((0, 76), (3, 74), (6, 72), (12, 69), (19, 67), (22, 69), (28, 72))  # sixteenth of two bars, note

PARTS = ("keys", "lead", "bass", "kick", "snare", "hat")
COLOURS = ("#4f7fb5", "#8a6fb0", "#3f8f7a", "#b0703c", "#a8505c", "#8c8452")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the arrangement."""

    name: str
    bars: int
    parts: frozenset[str]
    loop: str = "A"  # which chords
    ends_in_fill: bool = False


def _section(name: str, bars: int, parts: str, loop: str = "A", ends_in_fill: bool = False) -> Section:
    return Section(name, bars, frozenset(parts.split()), loop, ends_in_fill)


FIRST = (_section("Loop", 24, "keys bass kick snare hat"),)
SECOND = (
    _section("Intro", 4, "keys hat"),
    _section("A", 8, "keys bass kick snare hat", ends_in_fill=True),
    _section("B", 8, "keys lead bass kick hat", "B", ends_in_fill=True),
    _section("A'", 6, "keys lead bass kick snare hat"),
    _section("End", 2, "keys bass"),
)
RING_OUT = 2.4  # seconds after the last bar of the second version


def beat(arrangement: tuple[Section, ...], kind: str, *, ring_out: float = 0.0) -> bytes:
    """An instrumental. kind: FLAC or MP3. ring_out: seconds after the last bar; 0 cuts it off there."""
    bars = sum(section.bars for section in arrangement)
    track = np.zeros(int((bars * BAR + ring_out) * RATE))
    bar = 0
    for section in arrangement:
        for number in range(section.bars):
            has_fill = section.ends_in_fill and number == section.bars - 1
            _play_bar(track, section, bar, number % 2, has_fill)
            bar += 1
    file = io.BytesIO()
    louder = np.tanh(track * 1.3)
    sf.write(file, louder / np.abs(louder).max() * PEAK, RATE, format=kind)
    return file.getvalue()


def arrangement_picture(arrangement: tuple[Section, ...], title: str) -> bytes:
    """A PNG: the parts as rows, the bars as columns, a light mark where a fill is."""
    picture = Image.new("RGB", (1280, 520), "#20242a")
    pen = ImageDraw.Draw(picture)
    pen.text((24, 18), title, fill="#e8e6e1", font=_font(24))
    left, top, height = 120, 96, 60
    width = (picture.width - left - 24) / sum(section.bars for section in arrangement)
    for row, part in enumerate(PARTS):
        pen.text((24, top + row * (height + 6) + 18), part, fill="#b8b5ae", font=_font(20))
    bar = 0
    for section in arrangement:
        pen.text((left + bar * width + 4, 62), section.name, fill="#b8b5ae", font=_font(20))
        for number in range(section.bars):
            start = left + (bar + number) * width
            for row, part in enumerate(PARTS):
                if part in section.parts:
                    y = top + row * (height + 6)
                    pen.rectangle((start, y, start + width - 2, y + height), fill=COLOURS[row])
            if section.ends_in_fill and number == section.bars - 1:
                y = top + PARTS.index("snare") * (height + 6)
                pen.rectangle((start, y, start + width - 2, y + height), fill="#f0dca0")
        bar += section.bars
    return _png(picture)


def signal_path_picture(stages: tuple[str, ...], title: str) -> bytes:
    """A PNG: numbered boxes in a row of four, then the next row, with lines between."""
    picture = Image.new("RGB", (1280, 460), "#f6f3ec")
    pen = ImageDraw.Draw(picture)
    pen.text((40, 24), title, fill="#2b2b2b", font=_font(26))
    for number, stage in enumerate(stages):
        x, y = 40 + number % 4 * 308, 110 + number // 4 * 160
        if number + 1 < len(stages) and number % 4 < 3:
            pen.line((x + 260, y + 50, x + 308, y + 50), fill="#2b2b2b", width=4)
        pen.rectangle((x, y, x + 260, y + 100), fill="#ffffff", outline="#2b2b2b", width=3)
        pen.text((x + 16, y + 14), f"{number + 1}", fill="#9a5b1e", font=_font(22))
        pen.text((x + 16, y + 48), stage, fill="#2b2b2b", font=_font(22))
    return _png(picture)


def _play_bar(track: Sound, section: Section, bar: int, half: int, has_fill: bool) -> None:
    """Add one bar. half: 0 or 1, which bar of the two-bar loop."""
    chord = CHORDS[section.loop][half]
    if "keys" in section.parts:
        for note in chord:
            _add(track, bar, 0, _keys(note, BAR * 1.1), 0.16)
            _add(track, bar, 10, _keys(note, BAR * 0.4), 0.08)
    if "bass" in section.parts:
        root = chord[0] - (24 if chord[0] > 52 else 12)
        for step, above in BASS:
            _add(track, bar, step, _bass(root + above), 0.34)
    if "lead" in section.parts:
        for step, note in LEAD:
            if step // 16 == half:
                _add(track, bar, step % 16, _keys(note, 0.7, brightness=3.0), 0.17)
    for step in KICK if "kick" in section.parts else ():
        _add(track, bar, step, _kick(), 0.9)
    snares = SNARE if "snare" in section.parts else ()
    for step in (*(step for step in snares if not (has_fill and step > 8)), *(FILL if has_fill else ())):
        _add(track, bar, step, _snare(step), 0.42 if step in SNARE else 0.3, late=SNARE_LATE)
    for step in HAT if "hat" in section.parts else ():
        _add(track, bar, step, _hat(step), 0.12 if step % 4 else 0.2)


def _add(track: Sound, bar: int, step: int, sound: Sound, level: float, *, late: float = 0.0) -> None:
    swing = SWING * STEP if step % 2 else 0.0
    start = int((bar * BAR + step * STEP + swing + late) * RATE)
    room = max(0, min(len(sound), len(track) - start))
    track[start : start + room] += sound[:room] * level


def _times(seconds: float) -> Sound:
    return np.arange(int(seconds * RATE)) / RATE


def _faded(sound: Sound) -> Sound:
    length = int(FADE * RATE)
    sound[-length:] *= np.linspace(1, 0, length)
    return sound


@cache
def _keys(note: int, seconds: float, brightness: float = 1.6) -> Sound:
    """An electric piano of two sines, one bending the other's phase. note: MIDI, 69 = 440 Hz."""
    t = _times(seconds)
    angle = 2 * np.pi * 440 * 2 ** ((note - 69) / 12) * t
    bent = np.sin(angle + brightness * np.exp(-t * 6) * np.sin(angle))
    return _faded(bent * np.exp(-t * 1.5) * np.minimum(t / 0.006, 1))


@cache
def _bass(note: int) -> Sound:
    t = _times(STEP * 3)
    angle = 2 * np.pi * 440 * 2 ** ((note - 69) / 12) * t
    return _faded((np.sin(angle) + 0.25 * np.sin(2 * angle)) * np.exp(-t * 3) * np.minimum(t / 0.004, 1))


@cache
def _kick() -> Sound:
    t = _times(0.28)
    return _faded(np.sin(2 * np.pi * (48 * t + 3.2 * (1 - np.exp(-t * 30)))) * np.exp(-t * 12))


@cache
def _snare(seed: int) -> Sound:
    t = _times(0.2)
    noise = np.random.default_rng(seed).standard_normal(len(t)) * 0.5
    return _faded((noise + np.sin(2 * np.pi * 190 * t)) * np.exp(-t * 22))


@cache
def _hat(seed: int) -> Sound:
    t = _times(0.06)
    noise = np.random.default_rng(seed).standard_normal(len(t))
    return _faded(np.diff(noise, prepend=0.0) * np.exp(-t * 70))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
