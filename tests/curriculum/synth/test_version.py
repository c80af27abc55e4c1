"""Whoever changes how an effect sounds raises the version of the synth: sounds are kept, and named, by it."""

import numpy
import pytest

from curriculum.synth import VERSION, effects, render
from curriculum.synth.spec import read

STEPS = {  # of 16 bits: each 8000th sample from the 4000th on, of version 1
    "eq": (-2691, 1166, -3693, 709, -1460, 102),
    "filter": (-1311, 1445, -4174, -2114, -1641, 268),
    "compression": (-1686, 158, 15, -1175, -623, -1),
    "level": (-2545, 1554, -3593, 278, -1186, 137),
    "pan": (-1799, 1099, -2541, 197, -839, 97),
    "width": (-1087, -1785, 791, -74, -17, 179),
    "delay": (1243, 721, 1657, -741, -149, 8),
    "reverb": (-1477, -2569, 1765, -548, 60, -5),
    "drive": (2998, 1791, 2570, 2950, 2086, 94),
    "noise-or-tone": (-2545, 1554, -3593, 278, -1186, 137),
}


@pytest.mark.parametrize("kind", effects.MAKERS)
def test_what_was_heard_in_version_1_sounds_the_same_today(kind):
    assert VERSION == 1, "Take the new version's steps over into this test."

    steps = render.whole_steps(render.pcm(read({"kind": kind, "seconds": 1, "noise_seed": 5})))

    assert numpy.abs(steps[4000::8000, -1] - numpy.array(STEPS[kind])).max() <= 1  # 1: another CPU may round otherwise
