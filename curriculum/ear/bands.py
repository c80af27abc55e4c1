"""The frequencies that are asked for: thirds of an octave around 1 kHz, under their usual rounded names."""

import math

from curriculum.audio.thirds import CENTRES

NAMED_HZ = tuple(one for one in CENTRES if 31.5 <= one <= 16_000)  # lower and higher ones are never asked
FIRST = -15  # step of the lowest, 1000 * 2 ** (-15 / 3) = 31.25 Hz
OCTAVES_HZ = NAMED_HZ[3::3]  # 63 Hz to 16 kHz
STEPS_OF_AN_OCTAVE = 3
SAME = 0.0005  # of the frequency: how exact a spec is


def centre(named_hz: float) -> float:
    """The true middle of the band with this name, Hz, as a spec keeps it. No spec goes below 31.5 Hz."""
    return max(NAMED_HZ[0], round(1000 * 2 ** ((NAMED_HZ.index(named_hz) + FIRST) / STEPS_OF_AN_OCTAVE), 3))


def step(hz: float) -> int:
    """On the grid of thirds, 0 at 1 kHz: the nearest by ratio, so that 315 and 400 Hz are one step apart."""
    return round(STEPS_OF_AN_OCTAVE * math.log2(hz / 1000))


def called(hz: float) -> float:
    """A true centre under its usual name, 1259.921 as 1250; any other frequency as it is."""
    place = step(hz) - FIRST
    if not 0 <= place < len(NAMED_HZ) or abs(centre(NAMED_HZ[place]) / hz - 1) >= SAME:
        return hz
    return NAMED_HZ[place]
