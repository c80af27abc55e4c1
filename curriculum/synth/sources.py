"""What effects are heard on: three noises from raw PCG64 output, and loops that are generated, none sampled."""

from functools import lru_cache
from typing import Any

import numpy

from curriculum.synth import loops
from curriculum.synth.noise import COLOURS, noise

Sound = numpy.ndarray[Any, Any]  # (frames,), or (frames, 2) where it has two sides

LOOPS = tuple(loops.MAKERS)
SOURCES = (*COLOURS, *LOOPS)
PEAK = 0.5  # of a loop: -6 dBFS, where a threshold of -20 dB has something to do
REFLECTED_MS, WIDE = (11, 17), 0.3  # what is heard on the sides alone, and how loud against the middle
RMS = 0.125  # of a noise: -18 dBFS, which peaks at about the same


@lru_cache(maxsize=6)  # both sides of a pair ask for the same one
def source(name: str, frames: int, rate: int, seed: int, sides: int = 1) -> Sound:
    """One of SOURCES, the same for the same values; not to be written to. seed: of the noise, and of the groove."""
    if name in COLOURS:
        made = of_noise(name, frames, rate, seed, sides)
    else:
        made = loops.MAKERS[name](frames, rate, seed)
        made = spread(made, rate) if sides == 2 else made.mean(axis=1)
        made = made * (PEAK / float(numpy.abs(made).max()))
    made.flags.writeable = False
    return made


def spread(sound: Sound, rate: int) -> Sound:
    """Early reflections that differ from side to side and vanish in mono: a lone bass has a width to change, too."""
    middle = sound.mean(axis=1)
    near, far = (round(ms * rate / 1000) for ms in REFLECTED_MS)
    side = numpy.zeros(len(sound))
    side[near:] += WIDE * middle[: max(0, len(sound) - near)]
    side[far:] -= WIDE * middle[: max(0, len(sound) - far)]
    return sound + numpy.stack([side, -side], axis=1)


def of_noise(colour: str, frames: int, rate: int, seed: int, sides: int) -> Sound:
    middle = noise(colour, frames, rate, seed) * RMS
    if sides == 1:
        return middle
    side = noise(colour, frames, rate, seed + 1000) * (RMS / 2)
    return numpy.stack([middle + side, middle - side], axis=1)
