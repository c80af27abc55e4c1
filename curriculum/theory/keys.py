"""Keys: their signatures and notes, and how a sound that has only a number is best spelled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from curriculum.theory import chords, scales
from curriculum.theory.intervals import USUAL
from curriculum.theory.pitch import KEYS, LETTERS, Pitch
from curriculum.theory.steps import SCALES

MODES = {"major": "major", "minor": "natural-minor"}
FIFTHS = "FCGDAEB"  # the order of sharps; flats come from behind
MOST_SIGNS = 7
MINOR_THIRD = 3  # half steps
UNUSUAL_ROOTS = ("A♯", "D♯")
RELATIVE = {"major": (5, 9), "minor": (2, 3)}  # staff steps and half steps up to the relative key's tonic


@dataclass(frozen=True, slots=True)
class Key:
    tonic: Pitch
    mode: str  # major, minor, or another seven-note scale of `steps.SCALES`

    @property
    def scale(self) -> str:
        return MODES.get(self.mode, self.mode)

    @property
    def name(self) -> str:
        """E♭ major"""
        return f"{self.tonic.name} {self.mode}"

    @property
    def notes(self) -> tuple[Pitch, ...]:
        """From tonic to tonic, in minor the natural one."""
        return scales.notes(self.tonic, self.scale)

    @property
    def signature(self) -> int:
        """How many sharps; flats are below zero. Of a key that needs double signs more than 7."""
        return sum(note.alteration for note in self.notes[:-1])

    @property
    def signs(self) -> tuple[Pitch, ...]:
        """The sharps or flats in the order in which they are written, F♯ or B♭ first."""
        count, order = self.signature, FIFTHS if self.signature > 0 else FIFTHS[::-1]
        return tuple(Pitch(letter, 1 if count > 0 else -1) for letter in order[: min(abs(count), MOST_SIGNS)])

    @property
    def relative(self) -> "Key":
        """Minor of major and major of minor, with the same signature, in the octave from the tonic up."""
        places, half_steps = RELATIVE[self.mode]
        return Key(self.tonic.moved(places, half_steps), "minor" if self.mode == "major" else "major")

    @property
    def parallel(self) -> "Key":
        return Key(self.tonic, "minor" if self.mode == "major" else "major")

    def spell(self, midi: int) -> Pitch:
        """The key's own note, or else the one that its degree is raised or lowered to: ♭2 ♯4, in minor ♯6 ♯7 too."""
        above = (midi - self.tonic.midi) % 12
        steps = SCALES[self.scale]
        number = steps.index(above) + 1 if above in steps else FOREIGN[above]
        octaves = (midi - self.tonic.midi) // 12
        return self.tonic.moved(number - 1 + 7 * octaves, midi - self.tonic.midi)


FOREIGN = dict(enumerate(USUAL)) | {11: 7, 9: 6, 4: 3}  # half steps above the tonic -> number of a note outside the key


def names(midi: int) -> tuple[Pitch, ...]:
    """One natural, or the sharp and the flat."""
    octave, key = midi // 12 - 1, midi % 12
    if plain := [letter for letter in LETTERS if KEYS[letter] == key]:
        return (Pitch(plain[0], 0, octave),)
    below, above = (next(letter for letter in LETTERS if KEYS[letter] == near) for near in (key - 1, key + 1))
    return (Pitch(below, 1, octave), Pitch(above, -1, octave))


def tonic(midi: int, mode: str) -> Pitch:
    """The usual tonic of that sound: the one whose key has fewer signs. mode: as of a Key."""
    return _plainest(midi, lambda root: scales.notes(root, MODES.get(mode, mode)))[0]


def spelled_scale(midi: int, name: str, direction: str = "up") -> tuple[Pitch, ...]:
    root = _plainest(midi, lambda one: scales.notes(one, name))[0]
    return scales.notes(root, name, direction)


def spelled_interval(midi: int, half_steps: int) -> tuple[Pitch, Pitch]:
    """From the lower note, under the interval's usual name, with as few signs as can be."""
    octaves, rest = divmod(half_steps, 12)
    low, high = _plainest(midi, lambda root: (root, root.moved(USUAL[rest] - 1 + 7 * octaves, half_steps)))
    return low, high


def spelled_chord(midi: int, quality: str, inversion: int = 0) -> chords.Chord:
    """midi: the root."""
    root = _plainest(midi, lambda one: chords.notes(one, quality))[0]
    return chords.Chord(root, quality, inversion)


def degree(tonic: Pitch, written: str) -> Pitch:
    """ "b3", "#4": against the major scale of the tonic."""
    number = int(written[-1])
    sign = {"b": -1, "#": 1}.get(written[0], 0)
    return tonic.moved(number - 1, SCALES["major"][number - 1] + sign)


def _plainest(midi: int, notes: Callable[[Pitch], Sequence[Pitch]]) -> Sequence[Pitch]:
    """Double signs are worst, then roots that nobody uses, then many signs. Of equal ones: flat major, sharp minor."""

    def oddness(root: Pitch) -> tuple[int, bool, int, bool]:
        signs = [abs(note.alteration) for note in notes(root)]
        is_minor = root.midi + MINOR_THIRD in [note.midi for note in notes(root)]
        return (
            sum(one > 1 for one in signs),
            root.name in UNUSUAL_ROOTS,
            sum(signs),
            (root.alteration < 0) == is_minor,  # C♯ minor, but D♭ major
        )

    return notes(min(names(midi), key=oddness))
