"""Which notes a pitched sound plays, and when: what `pitched` sounds and a piano roll shows."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from curriculum.synth.spec import Spec
from curriculum.synth.voices import led
from curriculum.theory.steps import CADENCES, CHORDS, SCALES, SCALES_DOWN

HOME = 55  # MIDI: chords of a key are laid around its tonic from here up to an octave above, whichever was drawn
CONTEXT_CHORD_S, DRONE_ALONE_S, PAUSE_S = 0.42, 0.9, 0.35
BASS_LOUD, DRONE_LOUD = 1.1, 0.5
MAJOR = SCALES["major"]


class Note(NamedTuple):
    midi: int
    at_s: float  # from the first note's beginning
    seconds: float
    loud: float = 1.0
    timbre: str = ""  # "": that of the spec
    cents: float = 0.0  # out of tune


def notes(spec: Spec) -> tuple[Note, ...]:
    """Of an interval, a scale, a degree, a chord, a cadence or a progression; none of any other kind."""
    return tuple(PLAYED[spec["kind"]](spec)) if spec["kind"] in PLAYED else ()


def chord_notes(root: int, quality: str, inversion: int, voicing: str) -> list[int]:
    """MIDI from the bass up; the inversion's note stays lowest in every voicing.

    open: every second note an octave up. drop2: the second from below an octave up, so that it comes second from the
    top as when a player drops it.
    """
    steps = CHORDS[quality]
    stacked = sorted(step + 12 * (place < inversion) for place, step in enumerate(steps))
    lifted = {"close": (), "open": range(1, len(stacked), 2), "drop2": (1,)}[voicing]
    return sorted(root + step + 12 * (place in lifted) for place, step in enumerate(stacked))


def degree_step(degree: str) -> int:
    """Half steps above the tonic: of "b3" 3."""
    return MAJOR[int(degree[-1]) - 1] + degree.count("#") - degree.count("b")


def home(tonic: int) -> int:
    return HOME + (tonic - HOME) % 12


def _interval(spec: Spec) -> list[Note]:
    away = -spec["semitones"] if spec["direction"] == "down" else spec["semitones"]
    later = 0.0 if spec["direction"] == "together" else spec["note_s"] + spec["gap_s"]
    return [
        Note(spec["root"], 0.0, spec["note_s"]),
        Note(spec["root"] + away, later, spec["note_s"], cents=spec["cents"]),
    ]


def _scale(spec: Spec) -> list[Note]:
    steps = (SCALES if spec["direction"] == "up" else SCALES_DOWN)[spec["name"]]
    count = len(steps) if spec["steps"] is None else spec["steps"]
    run = [12 * (number // len(steps)) + steps[number % len(steps)] for number in range(count + 1)]
    if spec["direction"] == "down":
        run = _downwards(steps, count)
    return [Note(spec["tonic"] + step, number * spec["note_s"], spec["note_s"]) for number, step in enumerate(run)]


def _downwards(steps: tuple[int, ...], count: int) -> list[int]:
    """From the upper tonic down; a run longer than an octave goes on below."""
    return [12 + 12 * (-number // len(steps)) + steps[-number % len(steps)] for number in range(count + 1)]


def _degree(spec: Spec) -> list[Note]:
    played: list[Note] = []
    at = 0.0
    if spec["context"] == "cadence":
        tonic = CADENCES[spec["mode"]]["authentic"][-1:]
        numerals = CADENCES[spec["mode"]]["authentic"] if spec["new_key"] else tonic
        played = _led(numerals, spec, CONTEXT_CHORD_S, is_cadence=True)
        at = CONTEXT_CHORD_S * len(numerals) + PAUSE_S
    elif spec["context"] == "drone":
        at, low = DRONE_ALONE_S, home(spec["tonic"]) - 12
        played = [Note(low + step, 0.0, at + spec["note_s"], DRONE_LOUD, "organ") for step in (0, 12)]
    return [*played, Note(spec["tonic"] + degree_step(spec["degree"]), at, spec["note_s"])]


def _chord(spec: Spec) -> list[Note]:
    pitches = chord_notes(spec["root"], spec["quality"], spec["inversion"], spec["voicing"])
    if spec["bass"] is not None and spec["bass"] < pitches[0]:
        pitches = [spec["bass"], *pitches]
    step = spec["strum_ms"] / 1000
    end = spec["note_s"] + step * (len(pitches) - 1)
    return [Note(pitch, number * step, end - number * step) for number, pitch in enumerate(pitches)]


def _cadence(spec: Spec) -> list[Note]:
    return _led(CADENCES[spec["mode"]][spec["type"]], spec, spec["note_s"], is_cadence=True)


def _progression(spec: Spec) -> list[Note]:
    beat = 60 / spec["bpm"]
    length = spec["beats_per_chord"] * beat
    block = _led(spec["numerals"], spec, length)
    if spec["style"] == "block":
        return block
    played = []
    for first in range(0, len(block), 4):
        bass, *upper = block[first : first + 4]
        order = (*upper, upper[1])  # up and back, in eighths
        played.append(bass)
        for eighth in range(2 * spec["beats_per_chord"]):
            note = order[eighth % len(order)]
            played.append(Note(note.midi, bass.at_s + eighth * beat / 2, beat / 2))
    return played


def _led(numerals: Sequence[str], spec: Spec, length: float, *, is_cadence: bool = False) -> list[Note]:
    tonic = home(spec["tonic"])
    return [
        Note(tonic + step, number * length, length, BASS_LOUD if voice == 0 else 1.0)
        for number, voicing in enumerate(led(tuple(numerals), spec["mode"], is_cadence=is_cadence))
        for voice, step in enumerate(voicing)
    ]


PLAYED: dict[str, Callable[[Spec], list[Note]]] = {
    "interval": _interval,
    "scale": _scale,
    "degree": _degree,
    "chord": _chord,
    "cadence": _cadence,
    "progression": _progression,
}
