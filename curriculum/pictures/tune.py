"""A short piece of written music, as it is read from ABC and as it is engraved and told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

LETTERS = "CDEFGAB"
SHARPS, FLATS = "FCGDAEB", "BEADGCF"  # the order in a key signature
CLEFS = {  # name -> (sign, its line from below, what stands on the lowest line: steps above C0)
    "treble": ("G", 2, 30),
    "bass": ("F", 4, 18),
    "alto": ("C", 3, 24),
    "tenor": ("C", 4, 22),
    "perc": ("perc", 3, 30),
}


@dataclass(frozen=True, slots=True)
class Note:
    letter: str
    octave: int  # 4: from middle C
    sign: int | None  # half steps, as written at the note; None: nothing is written
    alter: int  # half steps, as it sounds: with the key and the bar
    is_tied: bool = False  # to the same note after it
    is_cross: bool = False  # its head: cymbals and hi-hat

    @property
    def step(self) -> int:
        """White keys above C0."""
        return 7 * self.octave + LETTERS.index(self.letter)

    @property
    def midi(self) -> int:
        return 12 * (self.octave + 1) + (0, 2, 4, 5, 7, 9, 11)[LETTERS.index(self.letter)] + self.alter


@dataclass(slots=True)
class Event:
    """Notes that begin together, or a rest."""

    notes: tuple[Note, ...]  # from below; (): a rest
    value: Fraction  # of a whole note, as it is written: 1/4, 3/8 (dotted)
    tuplet: int = 0  # number of its group; 0: none
    in_time_of: tuple[int, int] = (1, 1)  # a triplet: (3, 2)
    is_joined: bool = False  # by a beam to what follows
    is_hidden: bool = False  # a rest that is not drawn
    marks: tuple[str, ...] = ()  # staccato, accent, fermata
    above: str = ""
    below: str = ""
    chord: str = ""  # symbol

    @property
    def length(self) -> Fraction:
        return self.value * self.in_time_of[1] / self.in_time_of[0]


@dataclass(slots=True)
class Bar:
    events: list[Event] = field(default_factory=list)
    begins_repeat: bool = False
    end: str = "single"  # single, dbl, end, rptend, invis
    ending: str = ""  # "1", "2"
    begins_line: bool = False


@dataclass(slots=True)
class Voice:
    clef: str = "treble"
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tune:
    key: str  # as written: "G", "Am"; "none"
    fifths: int  # sharps, or flats below zero
    meter: str  # "4/4", "C", "C|", "" for none
    tempo: tuple[Fraction, int] | None  # (note value, how many a minute)
    voices: Sequence[Voice]

    @property
    def bars(self) -> int:
        return max(len(voice.bars) for voice in self.voices)


def dots_of(value: Fraction) -> tuple[int, int] | None:
    """(the value without dots as 1/n, dots); None for what no single note can say."""
    for dots in range(3):
        plain = value / (2 - Fraction(1, 2**dots))
        if plain.numerator == 1 and plain.denominator in (1, 2, 4, 8, 16, 32, 64):
            return plain.denominator, dots
    return None
