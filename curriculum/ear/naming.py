"""What answers are called: on a button, and in the log as keys. All of them are said with a sound's own fields."""

from bisect import bisect_left
from collections.abc import Sequence

from curriculum.audio.spectrum import CENTRES
from curriculum.ear.asked import Choice, Spec
from curriculum.theory import chords, intervals

# Hz: thirds of an octave under their usual names; lower and higher ones are never asked. True: 1000 * 2 ** (n / 3).
NAMED_HZ = tuple(one for one in CENTRES if 31.5 <= one <= 16_000)
FIRST = -15  # n of the lowest, which is 31.25 Hz and called 31.5
LOWEST_HZ = 31.5
OCTAVES_HZ = NAMED_HZ[3::3]  # 63 Hz to 16 kHz

QUALITIES = chords.NAMES | {
    "maj": "major",
    "min": "minor",
    "dim": "diminished",
    "aug": "augmented",
    "sus2": "sus2",
    "sus4": "sus4",
    "6": "sixth",
    "m6": "minor sixth",
    "9": "ninth",
}
DEGREES = {"1": "tonic", "4": "fourth", "5": "fifth"}
FILTERS = {"lowpass": "low-pass", "highpass": "high-pass", "bandpass": "band-pass", "notch": "notch"}
COUNTED = {2: ("", "&"), 3: ("", "trip", "let"), 4: ("", "e", "&", "a"), 6: ("", "2", "3", "4", "5", "6")}


def centre(named_hz: float) -> float:
    """The true middle of the band with this name, Hz, as a spec keeps it."""
    return max(LOWEST_HZ, round(1000 * 2 ** ((NAMED_HZ.index(named_hz) + FIRST) / 3), 3))


def step(hz: float) -> int:
    """Of the grid of thirds, from 0: the nearest by ratio, so that 315 and 400 Hz are one step apart."""
    place = bisect_left(NAMED_HZ, hz)
    near = [one for one in (place - 1, place) if 0 <= one < len(NAMED_HZ)]
    return min(near, key=lambda one: max(hz, NAMED_HZ[one]) / min(hz, NAMED_HZ[one]))


def plain(value: float) -> str:
    """As canonical JSON writes it."""
    return f"{round(value, 3):.3f}".rstrip("0").rstrip(".")


def signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{plain(value)}"


def hz(value: float) -> str:
    """250 Hz, 1.25 kHz, 62.5 Hz under its usual name."""
    named = NAMED_HZ[step(value)]
    shown = named if abs(centre(named) - value) < 0.01 else value
    return f"{plain(shown / 1000)} kHz" if shown >= 1000 else f"{plain(shown)} Hz"


def db(value: float) -> str:
    """+9 dB, with a true minus."""
    return f"{signed(value)} dB".replace("-", "−")


def interval(semitones: int) -> Choice:
    return Choice(str(semitones), intervals.heard_name(semitones))


def quality(name: str, inversion: int | None = None) -> Choice:
    """inversion: None where it is not asked."""
    if inversion is None:
        return Choice(name, QUALITIES[name])
    return Choice(f"{name}/{inversion}", f"{QUALITIES[name]}, {chords.INVERSIONS[inversion]}")


def scale(name: str) -> Choice:
    return Choice(name, name.replace("-", " "))


def degree(name: str) -> Choice:
    return Choice(name, name.replace("b", "♭").replace("#", "♯"))


def cadence(name: str) -> Choice:
    return Choice(name, name)


def progression(numerals: Sequence[str]) -> Choice:
    key = " ".join(numerals)
    return Choice(key, key.replace("b", "♭").replace("#", "♯").replace("o", "°").replace(" ", " – "))


def band(named_hz: float, gain_db: float | None = None) -> Choice:
    """gain_db: None where all are boosts."""
    if gain_db is None:
        return Choice(plain(named_hz), hz(named_hz))
    return Choice(f"{'+' if gain_db > 0 else '-'}{plain(named_hz)}", f"{'+' if gain_db > 0 else '−'} {hz(named_hz)}")


def level(change_db: float) -> Choice:
    return Choice(signed(change_db), db(change_db))


def tempo(bpm: float) -> Choice:
    return Choice(plain(bpm), f"{plain(bpm)} BPM")


def rhythm(hits: dict[str, str], slots_per_beat: int) -> Choice:
    """Each voice's beats as musicians count them: 1, 2&, 4."""
    key = "; ".join(f"{voice} {_grouped(row, slots_per_beat)}" for voice, row in hits.items())
    said = [f"{voice} {counted(row, slots_per_beat)}" for voice, row in hits.items()]
    return Choice(key, "; ".join(said) if len(said) > 1 else said[0].partition(" ")[2])


def counted(row: str, slots_per_beat: int) -> str:
    """ "10001010" with two slots a beat: 1, 3, 4."""
    marks = COUNTED[slots_per_beat]
    places = [divmod(slot, slots_per_beat) for slot, hit in enumerate(row) if hit == "1"]
    return ", ".join(f"{beat + 1}{marks[part]}" for beat, part in places) or "nothing"


def band_words(one: Spec) -> str:
    """+9 dB at 1 kHz, Q 1.4"""
    shape = {"bell": f", Q {plain(one['q'])}", "low_shelf": ", low shelf", "high_shelf": ", high shelf"}
    return f"{db(one['gain_db'])} at {hz(one['freq_hz'])}{shape[one['type']]}"


def _grouped(row: str, slots_per_beat: int) -> str:
    return " ".join(row[first : first + slots_per_beat] for first in range(0, len(row), slots_per_beat))
