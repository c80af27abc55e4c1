"""A pitch with its spelling: letter, alteration, octave. C♯4 and D♭4 sound alike and are two pitches."""

from dataclasses import dataclass

LETTERS = "CDEFGAB"
KEYS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}  # half steps above C
MIDDLE = 4  # the octave of middle C, MIDI 60


@dataclass(frozen=True, slots=True)
class Pitch:
    """letter: C to B. alteration: half steps, +1 for a sharp. octave: of the letter, so B♯3 sounds like C4."""

    letter: str
    alteration: int = 0
    octave: int = MIDDLE

    @property
    def midi(self) -> int:
        return 12 * (self.octave + 1) + KEYS[self.letter] + self.alteration

    @property
    def key(self) -> int:
        """Half steps above C, 0 to 11."""
        return self.midi % 12

    @property
    def place(self) -> int:
        """Steps of the staff above C0: the same for F and F♯ of one octave."""
        return 7 * self.octave + LETTERS.index(self.letter)

    @property
    def name(self) -> str:
        """F♯"""
        return self.letter + sign(self.alteration)

    @property
    def whole_name(self) -> str:
        """F♯4"""
        return f"{self.name}{self.octave}"

    def moved(self, places: int, half_steps: int) -> "Pitch":
        """places: steps of the staff. half_steps: how far the sound goes, whatever the letter."""
        octave, letter = divmod(self.place + places, 7)
        plain = Pitch(LETTERS[letter], 0, octave)
        return Pitch(plain.letter, self.midi + half_steps - plain.midi, octave)


def sign(alteration: int) -> str:
    """♯, ♭♭; nothing for a natural."""
    return ("♯" if alteration > 0 else "♭") * abs(alteration)
