"""Names of single notes and of chords by their root: which key they mean, and how they are spelled."""

import re
from dataclasses import dataclass

from curriculum.theory.pitch import MIDDLE, Pitch

ACCIDENTAL = (
    r"(?:\s*(?:♯♯|♭♭|##|𝄪|𝄫|[#♯♭♮])|bb|b|x(?![a-z])|[\s-]*(?:(?:double[\s-]*)?(?:sharp|flat)|natural)(?![a-z]))?"
)
NOTE = rf"(?P<letter>[a-gA-G])(?P<accidental>{ACCIDENTAL})"
WHOLE = re.compile(
    rf"(?:(?:the\s+)?note\s+)?{NOTE}(?P<octave>\s*-?\d(?!\d))?(?P<rest>[^/]*?)(?:\s*/\s*(?P<bass>[^/]+))?",
)
HALF_STEPS = {
    "": 0, "♮": 0, "natural": 0, "#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1, "##": 2, "♯♯": 2, "𝄪": 2,
    "x": 2, "doublesharp": 2, "bb": -2, "♭♭": -2, "𝄫": -2, "doubleflat": -2,
}  # fmt: skip

# What may follow a root: written in many ways, one meaning each. The longest stand first.
QUALITIES = (
    (r"half[\s-]*dim(inished)?|ø", "m7♭5"), (r"dim(inished)?|°", "dim"), (r"aug(mented)?|\+", "aug"),
    (r"maj(or)?|M(?=\d|$)|Δ", "maj"), (r"min(or)?|m(?![a-z])", "m"),
)  # fmt: skip
AFTER_ROOT = re.compile(
    r"(?:maj(?:or)?|min(?:or)?|m(?![a-z])|m(?=maj|add|sus)|M(?=\d|$)|half[\s-]*dim(?:inished)?|dim(?:inished)?"
    r"|aug(?:mented)?|sus|add|[ø°+Δ]|[#♯♭b]?\d{1,2}|[\s(),-])*"
)


@dataclass(frozen=True, slots=True)
class Named:
    """key: half steps above C (0 to 11); with an octave behind the letter the MIDI number (middle C is C4, 60)."""

    key: int
    has_octave: bool
    quality: str  # "" for a single note
    bass: int | None  # of a chord over another bass note
    spelling: tuple[str, ...]

    def sounds_like(self, other: "Named") -> bool:
        here, there = ((one.key, one.has_octave, one.quality, one.bass) for one in (self, other))
        return here == there


def read(text: str) -> Named | None:
    """None when it is no note and no chord."""
    found = WHOLE.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    octave, rest = found["octave"], found["rest"].strip(" -")
    if (octave and (rest or found["bass"])) or not AFTER_ROOT.fullmatch(rest):
        octave, rest = None, f"{found['octave'] or ''}{found['rest']}".strip(" -")
        if not AFTER_ROOT.fullmatch(rest):
            return None
    bass = None
    if found["bass"]:
        bass = read(found["bass"])
        if bass is None or bass.quality or bass.has_octave:
            return None
    letter, sign = found["letter"].upper(), re.sub(r"[\s-]", "", found["accidental"]).lower()
    note = Pitch(letter, HALF_STEPS[sign], int(octave or MIDDLE))
    spelling = (note.name, *(bass.spelling if bass else ()))
    if octave:
        return Named(note.midi, True, "", None, spelling)
    return Named(note.key, False, _quality(rest), bass.key if bass else None, spelling)


def _quality(rest: str) -> str:
    text = re.sub(r"[\s()-]", "", rest).replace("#", "♯")
    text = re.sub(r"b(?=\d)", "♭", text)
    for written, meaning in QUALITIES:
        text, count = re.subn(rf"^(?:{written})", meaning, text)
        if count:
            break
    return text.lower()
