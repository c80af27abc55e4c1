"""What was heard, on a staff, spelled as it is written."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from curriculum.pictures import Picture, notation
from curriculum.pictures.tune import Bar, Event, Note, Tune, Voice
from curriculum.synth.notes import degree_step, notes
from curriculum.theory import keys
from curriculum.theory.pitch import Pitch
from curriculum.theory.steps import CADENCES

Spec = Mapping[str, Any]
Chord = tuple[Sequence[Pitch], str]  # what sounds together, and what stands above it

WHOLE, HALF, QUARTER = Fraction(1), Fraction(1, 2), Fraction(1, 4)
BASS_BELOW = 57  # MIDI: the mean pitch under which a bass clef is easier to read


def written(spec: Spec) -> Picture:
    """Of an interval, a scale, a degree, a chord, a cadence or a progression."""
    return notation.engrave(WRITERS[spec["kind"]](spec))


def _interval(spec: Spec) -> Tune:
    down = spec["direction"] == "down"
    low, high = keys.spelled_interval(spec["root"] - spec["semitones"] * down, spec["semitones"])
    if spec["direction"] == "together":
        return _one_staff([((low,) if low == high else (low, high), "")], WHOLE)
    return _one_staff([((one,), "") for one in ((high, low) if down else (low, high))], HALF)


def _scale(spec: Spec) -> Tune:
    run = keys.spelled_scale(spec["tonic"], spec["name"], spec["direction"])
    sounding = [note.midi for note in notes(spec)]
    by_sound = {one.midi % 12: one for one in run}
    return _one_staff([((_in_octave(by_sound[midi % 12], midi),), "") for midi in sounding], QUARTER)


def _degree(spec: Spec) -> Tune:
    key = keys.Key(keys.tonic(spec["tonic"], spec["mode"]), spec["mode"])
    asked = key.spell(spec["tonic"] + degree_step(spec["degree"]))
    return _one_staff([((key.tonic,), ""), ((asked,), "")], HALF, key.signature)


def _chord(spec: Spec) -> Tune:
    spelled = {one.midi % 12: one for one in keys.spelled_chord(spec["root"], spec["quality"]).notes}
    sounding = sorted({note.midi for note in notes(spec)})
    pitches = [_in_octave(spelled.get(midi % 12) or keys.names(midi)[0], midi) for midi in sounding]
    return _one_staff([(pitches, "")], WHOLE)


def _cadence(spec: Spec) -> Tune:
    return _led(spec, CADENCES[spec["mode"]][spec["type"]], HALF)


def _progression(spec: Spec) -> Tune:
    return _led({**spec, "style": "block"}, spec["numerals"], WHOLE if len(spec["numerals"]) <= 4 else HALF)


def _led(spec: Spec, numerals: Sequence[str], value: Fraction) -> Tune:
    """Four voices: the bass on a staff of its own, the numerals above."""
    key = keys.Key(keys.tonic(spec["tonic"], spec["mode"]), spec["mode"])
    played: dict[float, list[int]] = {}
    for note in notes(spec):
        played.setdefault(round(note.at_s, 4), []).append(note.midi)
    upper, lower = [], []
    for numeral, sounding in zip(numerals, played.values(), strict=True):
        bass, *others = (key.spell(midi) for midi in sounding)
        upper.append((sorted(set(others), key=lambda one: one.place), numeral.replace("b", "♭")))
        lower.append(([bass], ""))
    voices = [_voice("treble", upper, value, key.signature), _voice("bass", lower, value, key.signature)]
    return Tune(key.name, key.signature, "", None, voices)


def _one_staff(chords: Sequence[Chord], value: Fraction, fifths: int = 0) -> Tune:
    pitches = [one for some, _ in chords for one in some]
    clef = "bass" if sum(one.midi for one in pitches) / len(pitches) < BASS_BELOW else "treble"
    return Tune("none", fifths, "", None, [_voice(clef, chords, value, fifths)])


def _voice(clef: str, chords: Sequence[Chord], value: Fraction, fifths: int) -> Voice:
    signs: dict[tuple[str, int], int] = {}
    events = []
    for some, above in chords:
        written_notes = tuple(_note(one, signs, fifths) for one in some)
        events.append(Event(written_notes, value, chord=above))
    return Voice(clef, [Bar(events, end="end")])


def _note(pitch: Pitch, signs: dict[tuple[str, int], int], fifths: int) -> Note:
    """A sign is written where the key and the bar so far would have it otherwise."""
    place = pitch.letter, pitch.octave
    in_key = (
        1 if pitch.letter in "FCGDAEB"[: max(fifths, 0)] else -1 if pitch.letter in "BEADGCF"[: max(-fifths, 0)] else 0
    )
    sign = None if signs.get(place, in_key) == pitch.alteration else pitch.alteration
    signs[place] = pitch.alteration
    return Note(pitch.letter, pitch.octave, sign, pitch.alteration)


def _in_octave(pitch: Pitch, midi: int) -> Pitch:
    return Pitch(pitch.letter, pitch.alteration, pitch.octave + (midi - pitch.midi) // 12)


WRITERS: dict[str, Callable[[Spec], Tune]] = {
    "interval": _interval,
    "scale": _scale,
    "degree": _degree,
    "chord": _chord,
    "cadence": _cadence,
    "progression": _progression,
}
