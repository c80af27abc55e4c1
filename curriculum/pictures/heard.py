"""What a question to the ear looks like: instead of hearing it, with equal credit; and once it is answered.

Before the answer there are facts alone, from which it can be worked out: notes over time, levels in thirds of an octave
or over time, a grid. Two sounds stand in one picture, told apart by their letters and by the kind of line.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from curriculum.ear.asked import Asked
from curriculum.pictures import Picture, grid, levels_heard, piano_roll, staff_heard, times
from curriculum.pictures.key_words import name
from curriculum.synth import spec as specs
from curriculum.synth.notes import notes

Spec = Mapping[str, Any]

PITCHED = ("interval", "scale", "degree", "chord", "cadence", "progression")
SIDES = ("A", "B")
BETWEEN_S = 0.5  # from the end of A to the beginning of B
KEPT = 256  # pictures; each about 10 kB


def instead(asked: Asked) -> Picture:
    """Facts, never the answer's name; the same for the same sounds."""
    return _instead(tuple(specs.canonical(one) for one in asked.specs))


def after(asked: Asked) -> Picture:
    """What it was: notes on a staff, the curve of an equaliser or compressor, a spectrum, levels, a grid."""
    return _after(tuple(specs.canonical(one) for one in asked.specs))


@lru_cache(KEPT)
def _instead(heard: tuple[str, ...]) -> Picture:
    sounds = [json.loads(one) for one in heard]
    kind = sounds[0]["kind"]
    if kind in PITCHED:
        return _roll(sounds)
    if kind == "rhythm":
        return _grid(sounds)
    if kind == "tempo":
        return _beats(sounds)
    return _retold(*levels_heard.facts(sounds))


@lru_cache(KEPT)
def _after(heard: tuple[str, ...]) -> Picture:
    sounds = [json.loads(one) for one in heard]
    kind = sounds[-1]["kind"]
    if kind in PITCHED:
        return staff_heard.written(sounds[-1])
    if kind == "rhythm":
        return _grid(sounds)
    if kind == "tempo":
        return _beats(sounds)
    return levels_heard.answer(sounds)


def _roll(sounds: Sequence[Spec]) -> Picture:
    bars: list[piano_roll.Bar] = []
    begin = 0.0
    for number, sound in enumerate(sounds):
        side = SIDES[number] if len(sounds) > 1 else ""
        played = [
            piano_roll.Bar(
                note.midi, _spelled(note), round(begin + note.at_s, 3), round(begin + note.at_s + note.seconds, 3), side
            )
            for note in notes(sound)
        ]
        bars += dict.fromkeys(played)
        begin = max(bar.end for bar in played) + BETWEEN_S
    low, high = piano_roll.fitted([bar.key for bar in bars])
    return piano_roll.draw(bars, low, high, begin - BETWEEN_S)


def _spelled(note: Any) -> str:
    """With so many cents where it is out of tune."""
    cents = round(note.cents) if hasattr(note, "cents") else 0
    return name(note.midi) + (f" {cents:+d} cents".replace("-", "−") if cents else "")


def _grid(sounds: Sequence[Spec]) -> Picture:
    rows = [
        grid.Row(f"{SIDES[number]} {voice}" if len(sounds) > 1 else voice, slots)
        for number, sound in enumerate(sounds)
        for voice, slots in sound["hits"].items()
    ]
    beat = sounds[0]["slots_per_beat"]
    words = grid.in_words(rows, beat)
    for number, sound in enumerate(sounds):
        if sound["swing_pct"] != 50:
            begins = [f"{60 / sound['bpm'] * share:.2f}" for share in _swung(sound)]
            which = f"of {SIDES[number]} " if len(sounds) > 1 else ""
            words += f" The slots of the first beat {which}begin at {', '.join(begins)} s."
    return grid.draw(rows, beat, words=words)


def _swung(sound: Spec) -> list[float]:
    """Where in the beat its slots begin, from 0 to 1: every second one is late."""
    count = sound["slots_per_beat"]
    late = (sound["swing_pct"] / 50 - 1) / count
    return [slot / count + late * (slot % 2) for slot in range(count)]


def _beats(sounds: Sequence[Spec]) -> Picture:
    made = []
    for number, sound in enumerate(sounds):
        beat_s = 60 / (sound["bpm"] * (1 + sound["change_pct"] / 100))
        made.append((SIDES[number] if len(sounds) > 1 else "", [beat * beat_s for beat in range(4 * sound["bars"])]))
    return times.draw(made)


def _retold(picture: Picture, words: str) -> Picture:
    """With these words: those of a curve tell where it is highest, which is what is asked."""
    svg = str(picture.svg).replace(f'aria-label="{escape(picture.words)}"', f'aria-label="{escape(words)}"')
    return Picture(Markup(svg), words, picture.table)
