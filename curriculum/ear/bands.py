"""The frequencies that are asked for: thirds of an octave around 1 kHz, under their usual rounded names."""

from bisect import bisect_left

from curriculum.audio.spectrum import CENTRES

NAMED_HZ = tuple(one for one in CENTRES if 31.5 <= one <= 16_000)  # lower and higher ones are never asked
FIRST = -15  # the lowest, 1000 * 2 ** (-15 / 3) = 31.25 Hz
OCTAVES_HZ = NAMED_HZ[3::3]  # 63 Hz to 16 kHz
STEPS_OF_AN_OCTAVE = 3
SAME = 0.0005  # of the frequency: how exact a spec is


def centre(named_hz: float) -> float:
    """The true middle of the band with this name, Hz, as a spec keeps it. No spec goes below 31.5 Hz."""
    return max(NAMED_HZ[0], round(1000 * 2 ** ((NAMED_HZ.index(named_hz) + FIRST) / STEPS_OF_AN_OCTAVE), 3))


def step(hz: float) -> int:
    """On the grid of thirds, from 0: the nearest by ratio, so that 315 and 400 Hz are one step apart."""
    place = bisect_left(NAMED_HZ, hz)
    near = [one for one in (place - 1, place) if 0 <= one < len(NAMED_HZ)]
    return min(near, key=lambda one: max(hz, NAMED_HZ[one]) / min(hz, NAMED_HZ[one]))


def called(hz: float) -> float:
    """A true centre under its usual name, 1259.921 as 1250; any other frequency as it is."""
    named = NAMED_HZ[step(hz)]
    return named if abs(centre(named) / hz - 1) < SAME else hz
