"""Roman numerals: which chord "V7/ii" or "♭VII" is in a key, and how its notes are spelled.

Upper case is major, lower case minor, ° (or o) diminished, ø half-diminished, + augmented. A 7 is the key's own
seventh: I7 is a major seventh, V7 a dominant one; write I♭7 for the blues, maj7 and m7 to say it outright. Figures
turn the chord: 6 64, 65 43 42. In minor VI and VII stand on natural minor, vi and vii on the raised sixth and seventh,
and ♭III, ♭VI, ♭VII are the same as III, VI, VII. In front of a slash stands what a chord is to another: V/V.
"""

import re
from dataclasses import dataclass

from core.errors import Refused
from curriculum.theory.chords import Chord
from curriculum.theory.intervals import Interval
from curriculum.theory.pitch import Pitch
from curriculum.theory.steps import SCALES

DEGREES = ("i", "ii", "iii", "iv", "v", "vi", "vii")
WRITTEN = re.compile(
    r"(?P<sign>[b♭#♯]?)(?P<degree>III|II|IV|I|VII|VI|V|iii|ii|iv|i|vii|vi|v)(?P<mark>[°oø+]?)"
    r"(?P<rest>maj7|M7|m7|[b♭]7|7|9|65|64|6|43|42|2|sus2|sus4)?"
)
TURNS = {"6": 1, "64": 2, "65": 1, "43": 2, "42": 3, "2": 3}
MODES = {"major": "major", "minor": "natural-minor"}


@dataclass(frozen=True, slots=True)
class Read:
    """A numeral as it stands in a key, whatever the tonic."""

    number: int  # letters from the tonic to the root, 1 to 7
    above: int  # half steps from the tonic to the root, 0 to 11
    quality: str  # of `steps.CHORDS`
    inversion: int = 0


def chord(numeral: str, mode: str) -> tuple[int, str]:
    """Half steps from tonic to root (0 to 11), and quality. mode: major, minor. Refused: what is no numeral."""
    found = read(numeral, mode)
    return found.above, found.quality


def in_key(numeral: str, tonic: Pitch, mode: str) -> Chord:
    """With its spelling; the root is less than an octave above the tonic, as its letter says."""
    found = read(numeral, mode)
    return Chord(tonic.moved(found.number - 1, found.above), found.quality, found.inversion)


def read(numeral: str, mode: str) -> Read:
    """Refused: what is no numeral, and a chord that no quality of `steps.CHORDS` has."""
    first, _, home = numeral.strip().partition("/")
    if home:
        return _applied(first, read(home, mode), numeral)
    found = WRITTEN.fullmatch(numeral.strip())
    if found is None:
        raise Refused(f'"{numeral}" is no numeral. Write V7, ♭VII, vii°, V/V, or ii65 for an inversion.')
    number = DEGREES.index(found["degree"].lower()) + 1
    above = _root(found, number, mode)
    seventh, ninth = (_in_key(number + letters, mode) - above for letters in (6, 8))
    return Read(number, above % 12, _quality(found, seventh, ninth, numeral), TURNS.get(found["rest"] or "", 0))


def _applied(first: str, home: Read, numeral: str) -> Read:
    """first in the key of the chord behind the slash, major or minor as that chord is."""
    if home.quality in ("dim", "m7b5", "dim7", "aug"):
        raise Refused(f'"{numeral}": behind the slash stands a major or minor chord, as in V/V or V7/ii.')
    found = read(first, "minor" if home.quality.startswith("m") and home.quality != "maj" else "major")
    number = (home.number + found.number - 2) % 7 + 1
    return Read(number, (home.above + found.above) % 12, found.quality, found.inversion)


def _root(found: re.Match[str], number: int, mode: str) -> int:
    natural = SCALES[MODES[mode]][number - 1]
    sign, degree = found["sign"], found["degree"]
    if mode == "minor" and number in (6, 7):
        is_raised = degree.islower() if not sign else sign in "#♯"
        return natural + is_raised
    if mode == "minor" and number == 3 and sign in ("b", "♭"):
        return natural
    return natural + {"": 0, "b": -1, "♭": -1, "#": 1, "♯": 1}[sign]


def _in_key(number: int, mode: str) -> int:
    """Half steps above the tonic of the scale's note with this number, 8 for the octave."""
    octaves, step = divmod(number - 1, 7)
    return SCALES[MODES[mode]][step] + 12 * octaves


def _quality(found: re.Match[str], seventh: int, ninth: int, numeral: str) -> str:
    rest, mark, is_major = found["rest"] or "", found["mark"], found["degree"].isupper()
    triad = {"°": "dim", "o": "dim", "ø": "m7b5", "+": "aug"}.get(mark) or ("maj" if is_major else "min")
    if rest in ("sus2", "sus4"):
        triad, rest = rest, ""
    if rest in ("", "6", "64"):
        return triad
    if rest in ("maj7", "M7"):
        seventh = 11
    elif rest in ("m7", "b7", "♭7"):
        seventh = 10
    if rest == "9":
        triad = "9" if (triad, seventh, ninth) == ("maj", 10, 14) else ""
    made = {
        ("maj", 11): "maj7",
        ("maj", 10): "7",
        ("min", 10): "m7",
        ("min", 11): "m7",  # iv7 in major: the seventh of a minor chord is a minor one, whatever the key has
        ("m7b5", seventh): "m7b5",
        ("dim", seventh): "dim7",
        ("9", 10): "9",
    }.get((triad, seventh))
    if made is None or (rest in ("maj7", "M7") and triad != "maj"):
        raise Refused(
            f'"{numeral}": this chord is none of those that Woodshed plays. Leave out what follows the numeral.'
        )
    return made


def root_interval(numeral: str, mode: str) -> Interval:
    """From the tonic up to the chord's root."""
    found = read(numeral, mode)
    return Interval(found.number, found.above)
