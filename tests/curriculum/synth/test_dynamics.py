"""The compressor: static curve on a steady square wave, time constants on a step, and the slow loop as an oracle."""

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.synth import dynamics, effects
from tests.curriculum.synth.specs import RATE, db, instead, spec

TEMPERATE = {"threshold_db": -20.0, "ratio": 4.0, "attack_ms": 5.0, "release_ms": 50.0, "knee_db": 0.0}


def square(level_db: float, seconds: float = 1.0, hertz: float = 100) -> numpy.ndarray:
    half = round(RATE / hertz / 2)
    return 10 ** (level_db / 20) * numpy.where(numpy.arange(round(seconds * RATE)) // half % 2, -1.0, 1.0)


@pytest.mark.parametrize("level", [-50, -30, -21, -20, -19, -12, -6, 0])
@pytest.mark.parametrize("ratio", [1, 1.5, 4, 20])
def test_a_steady_square_comes_out_at_threshold_plus_excess_over_ratio(monkeypatch, level, ratio):
    instead(monkeypatch, square(level))

    out = effects.compression(spec("compression", **(TEMPERATE | {"ratio": ratio})))

    wanted = level if level <= -20 else -20 + (level + 20) / ratio
    assert numpy.abs(db(out[RATE // 2 : RATE, 0]) - wanted).max() <= 0.1


@pytest.mark.parametrize(
    ("level", "wanted"),
    # ratio 4, knee 12: below -26 and above -14 the straight lines; between them x - 0.75 (x + 26)^2 / 24
    [(-30, -30), (-26, -26), (-23, -23.28125), (-20, -21.125), (-17, -19.53125), (-14, -18.5), (-8, -17)],
)
def test_the_knee_bends_from_line_to_line(monkeypatch, level, wanted):
    instead(monkeypatch, square(level))

    out = effects.compression(spec("compression", **(TEMPERATE | {"knee_db": 12})))

    assert numpy.abs(db(out[RATE // 2 : RATE, 0]) - wanted).max() <= 0.1


@pytest.mark.parametrize(
    ("which", "ms"),
    [*(("attack_ms", ms) for ms in (0.5, 5, 30, 200)), *(("release_ms", ms) for ms in (10, 50, 300))],
)
def test_after_a_time_constant_63_percent_of_the_way_are_gone(which, ms):
    parts = (-40.0, -4.0) if which == "attack_ms" else (-4.0, -40.0)
    samples = numpy.concatenate([square(level, 2.0, 441) for level in parts])

    values = TEMPERATE | {"attack_ms": 2.0, "release_ms": 20.0, which: ms}
    out = dynamics.compressed(samples, RATE, **values)

    reduction = -db(out / samples)
    start, end = reduction[2 * RATE - 1], reduction[-1]
    way = (reduction[2 * RATE :] - start) / (end - start)
    measured = (1 + int(numpy.argmax(way >= 1 - 1 / math.e))) / RATE * 1000
    assert measured == pytest.approx(ms, rel=0.05)


@given(
    seed=st.integers(0, 2**32 - 1),
    attack_ms=st.floats(0.1, 200),
    release_ms=st.floats(10, 2000),
    frames=st.integers(1, 1500),
)
def test_the_guess_that_is_improved_ends_where_a_loop_over_samples_does(seed, attack_ms, release_ms, frames):
    wanted = numpy.maximum(numpy.random.default_rng(seed).normal(3, 6, frames), 0)
    attack, release = (math.exp(-1000 / (ms * RATE)) for ms in (attack_ms, release_ms))

    y, slow = 0.0, []
    for one in wanted.tolist():
        c = attack if one > y else release
        y = c * y + (1 - c) * one
        slow.append(y)

    assert numpy.abs(dynamics.smoothed(wanted, attack, release) - slow).max() < 1e-9


def test_both_sides_are_turned_down_together():
    samples = numpy.stack([square(-6), 0.1 * square(-6)], axis=1)

    out = dynamics.compressed(samples, RATE, **TEMPERATE)

    assert out[:, 0] / out[:, 1] == pytest.approx(10)


def test_nothing_below_the_threshold_is_touched():
    quiet = square(-20.5)
    assert numpy.array_equal(dynamics.compressed(quiet, RATE, **TEMPERATE), quiet)
