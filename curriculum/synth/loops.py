"""Loops played by the generated instruments: (frames, 2). A seed chooses tempo, key, groove and progression."""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy

from curriculum.synth import instruments

Sound = numpy.ndarray[Any, Any]

STEPS = 16  # of a bar, sixteenths
LEAD_S = 0.012  # of silence first, so that the fade at the start does not swallow the first hit
GROOVES = (  # kick, snare, hat: X loud, x plain, o soft
    ("X.....x.X.x.....", "....X..o.o..X...", "x.o.x.o.x.o.x.o."),
    ("X...X...X...X...", "....X.......X..o", "..X...X...X...X."),
    ("X..x..X...x..x..", "....X..o....X.oo", "xoxoxoxoxoxoxoxo"),
    ("X.x.......X..x..", "....X.......X...", "x.x.x.x.x.x.x.x."),
)
SNARES = ("X..o.o.oX.o...o.", "X..oo.X.oo.oX.oo", "X.o.oo..X..o..oo", "X.oo.oo.X.oox.x.")
BASSES = (  # steps above the chord's root on each sixteenth; - holds, . rests
    ("0", "-", ".", "0", ".", ".", "12", ".", "0", "-", "0", ".", "7", ".", "10", "."),
    ("0", "-", "0", "-", "0", "-", "0", "-", "0", "-", "0", "-", "7", "-", "12", "-"),
    ("0", "-", "-", ".", ".", "0", "7", "-", ".", "0", "-", ".", "12", ".", "7", "."),
    ("0", ".", "12", ".", "0", ".", "12", ".", "0", ".", "12", ".", "0", ".", "10", "."),
)
PROGRESSIONS = (  # half steps above the tonic, chord; two chords a bar
    ((0, "min"), (-4, "maj"), (3, "maj"), (-2, "maj")),
    ((0, "maj"), (-5, "maj"), (-3, "min"), (5, "maj")),
    ((0, "min"), (5, "min"), (-2, "maj"), (3, "maj")),
    ((0, "maj"), (9, "min"), (2, "min"), (-5, "maj")),
)
CHORDS = {"maj": (0, 7, 12, 16, 19, 23), "min": (0, 7, 12, 15, 19, 22)}
CONTOURS = ((5, 7, 9, 7, 5), (0, 4, 7, 9, 7), (12, 9, 7, 4, 5), (7, 5, 2, 0, 4))  # of the voice, above its low tonic
SYLLABLES = "aeioua"
LOUD = {"X": 1.0, "x": 0.7, "o": 0.3}


class Groove(NamedTuple):
    """What a seed chose."""

    frames: int
    rate: int
    step_s: float  # a sixteenth
    swing: float  # of a sixteenth, by which each second one comes late
    tonic: int  # MIDI, in the bass
    pattern: int
    chords: tuple[tuple[int, str], ...]

    def at(self, step: int) -> float:
        """Seconds."""
        return LEAD_S + (step + (self.swing if step % 2 else 0.0)) * self.step_s

    @property
    def steps(self) -> int:
        """How many begin within the loop."""
        return int(self.frames / self.rate / self.step_s) + 1

    def chord(self, step: int) -> tuple[int, str]:
        root, quality = self.chords[step // (STEPS // 2) % len(self.chords)]
        return self.tonic + root, quality


def chosen(frames: int, rate: int, seed: int) -> Groove:
    dice = random.Random(seed)
    bpm = 84 + 3 * (5 * seed % 16)  # sixteen tempos, so that no two of the pool are the same
    swing = (0.0, 0.0, 0.16, 0.3)[int(dice.random() * 4)]
    tonic = 31 + int(dice.random() * 8)
    return Groove(frames, rate, 15 / bpm, swing, tonic, seed % 4, PROGRESSIONS[seed // 4 % 4])


class Tape:
    """Two sides on which sounds are laid one over the other."""

    def __init__(self, frames: int, rate: int) -> None:
        self.sides, self.rate = numpy.zeros((2, frames)), rate

    def lay(self, sound: Sound, at_s: float, gain: float, place: float = 0.0) -> None:
        """place: -1 left, 1 right. What would begin before the tape or end after it is cut."""
        start = round(at_s * self.rate)
        piece = sound[: max(0, self.sides.shape[1] - start)] if start >= 0 else sound[:0]
        for side, share in enumerate((1 - place, 1 + place)):
            self.sides[side, start : start + len(piece)] += min(1.0, share) * gain * piece


def drums(frames: int, rate: int, seed: int) -> Sound:
    groove = chosen(frames, rate, seed)
    tape = Tape(frames, rate)
    play_drums(tape, groove)
    return tape.sides.T


def play_drums(tape: Tape, groove: Groove, gain: float = 1.0) -> None:
    kick, snare, hat = GROOVES[groove.pattern]
    for step in range(groove.steps):
        at, beat = groove.at(step), step % STEPS
        if kick[beat] in LOUD:
            tape.lay(instruments.kick(groove.rate), at, gain * LOUD[kick[beat]])
        if snare[beat] in LOUD:
            tape.lay(instruments.snare(groove.rate), at, 0.8 * gain * LOUD[snare[beat]], 0.1)
        if hat[beat] in LOUD:
            is_open = beat == STEPS - 2 and groove.pattern != 2
            tape.lay(instruments.hat(groove.rate, 0.16 if is_open else 0.035), at, 0.9 * gain * LOUD[hat[beat]], -0.4)


def snares(frames: int, rate: int, seed: int) -> Sound:
    groove = chosen(frames, rate, seed)
    tape = Tape(frames, rate)
    for step in range(groove.steps):
        loud = SNARES[groove.pattern][step % STEPS]
        if loud in LOUD:
            tape.lay(instruments.snare(rate, 168 + 6 * (seed % 8)), groove.at(step), LOUD[loud])
    return tape.sides.T


def basses(frames: int, rate: int, seed: int) -> Sound:
    groove = chosen(frames, rate, seed)
    tape = Tape(frames, rate)
    play_bass(tape, groove)
    return tape.sides.T


def play_bass(tape: Tape, groove: Groove, gain: float = 1.0) -> None:
    line = BASSES[groove.pattern]
    for step in range(groove.steps):
        above = line[step % STEPS]
        if above in "-.":
            continue
        held = 1
        while line[(step + held) % STEPS] == "-":
            held += 1
        length = round((held + 0.8) * groove.step_s, 4)
        root, _ = groove.chord(step)
        tape.lay(instruments.bass(root + int(above), length, groove.rate), groove.at(step), gain)


def keys(frames: int, rate: int, seed: int) -> Sound:
    groove = chosen(frames, rate, seed)
    tape = Tape(frames, rate)
    play_keys(tape, groove)
    return tape.sides.T


def play_keys(tape: Tape, groove: Groove, gain: float = 1.0, *, has_left_hand: bool = True) -> None:
    """A chord on the beat, held, and two short ones off it; spread over both sides from low to high."""
    off = (3, 4, 6, 3)[groove.pattern]
    chords = ((0, off - 0.2, 1.0), (off, 1.6, 0.75), (off + 2, 6.3 - off, 0.6))  # step, steps held, how loud
    for half in range(0, groove.steps, STEPS // 2):
        root, quality = groove.chord(half)
        for step, held, loud in chords:
            for number, above in enumerate(CHORDS[quality]):
                is_left_hand = number < 2
                if is_left_hand and not has_left_hand:
                    continue
                midi = root + above + (0 if is_left_hand else 12)
                note = instruments.key(midi, round(held * groove.step_s, 4), groove.rate)
                at = groove.at(half + step) + 0.006 * number
                tape.lay(note, at, gain * loud * (1.0 if is_left_hand else 0.7), -0.5 + 0.2 * number)


def voice(frames: int, rate: int, seed: int) -> Sound:
    groove = chosen(frames, rate, seed)
    tape = Tape(frames, rate)
    play_voice(tape, groove)
    return tape.sides.T


def play_voice(tape: Tape, groove: Groove, gain: float = 1.0) -> None:
    """Syllables of two to four sixteenths, each begun by a consonant; each takes the chord's note nearest to a line."""
    count = step = 0
    while step < groove.steps:
        wished = groove.tonic + 12 + CONTOURS[groove.pattern][count % 5]
        held = (3, 3, 2, 4, 2)[count % 5]
        vowel = SYLLABLES[(count + groove.pattern) % len(SYLLABLES)]
        is_hissed = count % 2 == 0
        consonant = instruments.hiss(groove.rate) if is_hissed else instruments.burst(groove.rate)
        at = groove.at(step)
        tape.lay(consonant, max(0.0, at - (0.07 if is_hissed else 0.01)), gain)
        length = round(held * groove.step_s - 0.02, 4)
        note = instruments.sung(nearest(wished, *groove.chord(step)), vowel, length, groove.rate)
        tape.lay(note, at, gain * (1.0 if count % 4 == 0 else 0.8))
        count, step = count + 1, step + held


def nearest(wished: int, root: int, quality: str) -> int:
    """The note of the chord, in any octave, that is nearest to the one wished for."""
    triad = {(root + above) % 12 for above in CHORDS[quality][1:5]}
    return min((wished + away for away in range(-4, 5) if (wished + away) % 12 in triad), key=lambda n: abs(n - wished))


def mix(frames: int, rate: int, seed: int) -> Sound:
    """All of them together."""
    groove = chosen(frames, rate, seed)
    tape = Tape(frames, rate)
    play_drums(tape, groove, 1.4)
    play_bass(tape, groove, 0.42)
    play_keys(tape, groove, 0.3, has_left_hand=False)
    play_voice(tape, groove, 0.4)
    return tape.sides.T


MAKERS: dict[str, Callable[[int, int, int], Sound]] = {
    "drums": drums,
    "snare": snares,
    "bass": basses,
    "keys": keys,
    "voice": voice,
    "mix": mix,
}
