"""Any spec of an effect: whole, finite, in its bounds, and no louder than the same with the effect off."""

import numpy
import pytest
from hypothesis import given, settings

from core.errors import Refused
from curriculum.synth import effects, levels, render
from curriculum.synth import spec as specs
from tests.curriculum.synth.any_spec import raws

KINDS = tuple(effects.MAKERS)


@settings(max_examples=40, deadline=None)
@given(raw=raws(kinds=KINDS))
def test_whatever_is_asked_sounds_within_bounds_and_is_matched(raw):
    on = specs.read(raw | {"seconds": 1 if raw.get("time_ms", 250) <= 900 else 2})
    off = dict(on) | {"on": False}

    a, b = render.pair(on, off)

    for side in (a, b):
        assert side.shape == (on["rate"] * on["seconds"], on["channels"])
        assert numpy.isfinite(side).all()
        assert 10 ** (-60 / 20) < numpy.abs(side).max() <= 10 ** (-12 / 20)
        assert levels.loudness(side, on["rate"]) <= -26 + 0.05
        assert numpy.abs(side[[0, -1]]).max() < 1e-3
    if on["kind"] != "level":
        assert levels.loudness(a, on["rate"]) == pytest.approx(levels.loudness(b, on["rate"]), abs=0.05)


def test_a_delay_whose_repeat_would_come_after_the_end_is_refused():
    with pytest.raises(Refused, match="nothing is left for the repeat"):
        specs.read({"kind": "delay", "time_ms": 950, "seconds": 1})


@pytest.mark.parametrize("source", ["drums", "snare"])
def test_compression_brings_loud_and_soft_of_a_loop_nearer_to_each_other(source):
    asked = {"kind": "compression", "source": source, "threshold_db": -30, "ratio": 8, "attack_ms": 1}
    for seed in (0, 5, 10, 15):
        on, off = (
            effects.compression(specs.read(asked | {"noise_seed": seed, "on": is_on}))[:, 0] for is_on in (True, False)
        )
        spans = []
        for sound in (on, off):
            loud = numpy.abs(sound[: len(sound) // 441 * 441].reshape(-1, 441)).max(axis=1)
            spans.append(numpy.subtract(*numpy.percentile(20 * numpy.log10(loud[loud > 1e-4]), [95, 40])))

        assert spans[0] < spans[1] - 3, seed
