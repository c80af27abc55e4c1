"""Undoing with a bell what was done to a sound, graded by what is left of both curves together."""

import cmath
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Refused
from curriculum.ear.asked import Mark

RATE = 44_100  # Hz, of the file and of the browser's filter
LOWEST, HIGHEST = 40.0, 16_000.0  # Hz: where the residue is looked for
POINTS = 48  # an octave
GAINS = (-12, 12)  # dB, whole ones
QS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
GRIDS = {"octave": 1, "third": 3, "sixth": 6, "twelfth": 12}  # steps an octave
DOWN, UP = 4, 3  # octaves of the grid around 1 kHz: 63 Hz to 8 kHz
EXACT, NEAR = 1.5, 3.0  # dB
USUAL = (1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8)  # as thirds of an octave are called
CALLED = 0.018  # how far a frequency may be from its usual name
ONE = re.compile(r"(\d{2,5}(?:\.\d)?) ([+-]?\d{1,2}) (\d\.\d)")


@dataclass(frozen=True, slots=True)
class Bell:
    """A peaking filter of the RBJ cookbook, which is the browser's, too."""

    freq_hz: float
    gain_db: int
    q: float

    @property
    def key(self) -> str:
        """As it is logged: "1000 +6 1.4"."""
        return f"{self.freq_hz:g} {self.gain_db:+d} {self.q:.1f}"

    @property
    def words(self) -> str:
        return f"{signed(self.gain_db)} dB at {hertz(self.freq_hz)}, Q {self.q:g}"

    @property
    def undone(self) -> "Bell":
        """The one that takes it back whole."""
        return Bell(self.freq_hz, -self.gain_db, self.q)


def centres(grid: str) -> tuple[float, ...]:
    """The frequencies that can be chosen, in Hz: 1000·2^(n/steps), to a tenth."""
    steps = GRIDS[grid]
    return tuple(round(1000 * 2 ** (n / steps), 1) for n in range(-DOWN * steps, UP * steps + 1))


def read(text: str, grid: str) -> Bell:
    """A bell as its key says it. One that the page's sliders cannot reach is refused."""
    if found := ONE.fullmatch(text.strip()):
        bell = Bell(float(found[1]), int(found[2]), float(found[3]))
        if bell.freq_hz in centres(grid) and GAINS[0] <= bell.gain_db <= GAINS[1] and bell.q in QS:
            return bell
    raise Refused("This bell is none that the sliders can set. Move them once more and send again.", field="given")


def decibels(bell: Bell, at_hz: float, *, rate: int = RATE) -> float:
    """What the bell does at a frequency. Source: Bristow-Johnson, Audio EQ Cookbook, peakingEQ."""
    a, w = 10 ** (bell.gain_db / 40), 2 * math.pi * bell.freq_hz / rate
    alpha, middle = math.sin(w) / (2 * bell.q), -2 * math.cos(w)
    z = cmath.exp(-2j * math.pi * at_hz / rate)
    above = (1 + alpha * a) + middle * z + (1 - alpha * a) * z * z
    below = (1 + alpha / a) + middle * z + (1 - alpha / a) * z * z
    return 20 * math.log10(abs(above) / abs(below))


def left(bells: Sequence[Bell], *, rate: int = RATE) -> float:
    """The largest |dB| of all these together, 40 Hz to 16 kHz."""
    octaves = math.log2(HIGHEST / LOWEST)
    places = [LOWEST * 2 ** (n / POINTS) for n in range(int(octaves * POINTS) + 1)]
    places += [HIGHEST, *(bell.freq_hz for bell in bells)]
    return max(abs(sum(decibels(bell, place, rate=rate) for bell in bells)) for place in places)


def judge(right: str, given: str, grid: str) -> Mark:
    """What undoing is worth: 1 within 1.5 dB, 0.67 within 3 dB. right: the bell that undoes it whole."""
    tried = read(given, grid)
    aim = read(right, grid)
    rest = left([aim.undone, tried])
    if rest <= EXACT:
        credit, rating, said = 1.0, 3, "Undone"
    elif rest <= NEAR:
        credit, rating, said = 0.67, 2, "Nearly undone"
    else:
        credit, rating, said = 0.0, 1, "Not undone"
    return Mark(credit, rating, f"{said}: {rest:.1f} dB is left at most.")


def hertz(value: float) -> str:
    """63 Hz, 250 Hz, 1.25 kHz: the usual name where there is one."""
    power = 10 ** math.floor(math.log10(value * (1 + CALLED)))
    near = min(USUAL, key=lambda one: abs(one * power / value - 1))
    named = near * power if abs(near * power / value - 1) <= CALLED else float(f"{value:.3g}")
    return f"{named / 1000:g} kHz" if named >= 1000 else f"{named:g} Hz"


def signed(decibel: int) -> str:
    """+6, −6: with a true minus."""
    return f"{decibel:+d}".replace("-", "−") if decibel else "0"
