"""Fades, aim and peak of a finished sound; pairs of one loudness, with libebur128 as the second opinion."""

import itertools
import math

import numpy
import pyebur128
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.synth import effects, levels, sources
from tests.curriculum.synth.specs import BELL, OWN, RATE, db, spec


def as_outsiders_hear_it(samples: numpy.ndarray) -> float:
    """LUFS of the 16-bit sound."""
    pcm = (numpy.round(samples * 32_767) / 32_768).astype("float32")
    state = pyebur128.R128State(samples.shape[1], RATE, pyebur128.MeasurementMode.MODE_I)
    state.add_frames(pcm.ravel(), len(pcm))
    return float(pyebur128.get_loudness_global(state))


@pytest.mark.parametrize("kind", OWN)
def test_a_finished_sound_keeps_to_aim_and_peak(kind):
    for seed in (0, 7):
        done = levels.finish(effects.MAKERS[kind](spec(kind, noise_seed=seed)), RATE)

        peak = db(numpy.abs(done).max())
        assert peak <= -12
        loud = as_outsiders_hear_it(done)
        assert loud <= -26 + 0.1
        assert loud == pytest.approx(-26, abs=0.1) or peak == pytest.approx(-12, abs=0.02)


def test_a_fade_is_10_ms_of_raised_cosine():
    done = levels.fade(numpy.ones((RATE, 2)), RATE)

    rise = [0.5 - 0.5 * math.cos(math.pi * n / 441) for n in range(441)]
    assert done[:441, 0] == pytest.approx(rise)
    assert done[:-442:-1, 1] == pytest.approx(rise)
    assert (done[441:-441] == 1).all()


PAIRS = [
    *((kind, {"on": True}, {"on": False}) for kind in OWN if kind != "level"),
    ("eq", {"bands": [BELL | {"freq_hz": 4000, "gain_db": 12}]}, {"on": False}),
    ("eq", {"source": "drums", "bands": [BELL | {"freq_hz": 63, "gain_db": -12}]}, {"source": "drums", "on": False}),
    ("eq", {"source": "voice", "bands": [BELL | {"freq_hz": 500, "gain_db": 6}]}, {"source": "voice", "on": False}),
    ("reverb", {"rt60_s": 4, "mix": 0.8}, {"rt60_s": 0.3, "mix": 0.8}),
    ("compression", {"ratio": 20, "threshold_db": -50}, {"ratio": 1, "threshold_db": -50}),
    ("filter", {"freq_hz": 100, "slope": 24}, {"freq_hz": 16_000, "slope": 24}),
]


@pytest.mark.parametrize(("kind", "one", "other"), PAIRS)
def test_a_pair_is_equally_loud_and_neither_side_was_turned_up(kind, one, other):
    finished = [levels.finish(effects.MAKERS[kind](spec(kind, **fields)), RATE) for fields in (one, other)]
    together = levels.matched(finished[0], finished[1], RATE)

    loud = [as_outsiders_hear_it(side) for side in together]
    assert abs(loud[0] - loud[1]) <= 0.1
    gains = [numpy.abs(after).max() / numpy.abs(before).max() for before, after in zip(finished, together, strict=True)]
    assert max(gains) == 1


def test_what_is_too_short_for_a_block_is_matched_by_its_plain_mean():
    t = numpy.arange(round(0.2 * RATE)) / RATE
    low, high = (levels.finish(numpy.sin(2 * numpy.pi * hertz * t)[:, None], RATE) for hertz in (60, 3000))

    a, b = levels.matched(low, high * 0.9, RATE)

    assert levels.loudness(a, RATE) == pytest.approx(levels.loudness(b, RATE), abs=0.02)


def test_a_level_step_survives_when_both_are_finished_with_one_gain():
    for change in (-12, -3, 0.5, 12):
        raw = tuple(effects.level(spec("level", change_db=change, on=on)) for on in (True, False))
        a, b = levels.finish_all(raw, RATE)

        assert db(numpy.sqrt((a**2).mean() / (b**2).mean())) == pytest.approx(change, abs=0.1)
        assert max(numpy.abs(a).max(), numpy.abs(b).max()) <= 10 ** (-12 / 20)


@settings(max_examples=15)
@given(seed=st.integers(0, 99), gain=st.floats(-60, 30), seconds=st.floats(0.01, 1.5), hertz=st.floats(30, 12_000))
def test_whatever_comes_is_finished_within_bounds(seed, gain, seconds, hertz):
    frames = round(seconds * RATE)
    raw = numpy.random.default_rng(seed).normal(size=(frames, 1)) * numpy.exp(-numpy.arange(frames) / 3000)[:, None]
    raw += numpy.sin(2 * numpy.pi * hertz / RATE * numpy.arange(frames))[:, None]

    done = levels.finish(raw * 10 ** (gain / 20), RATE)

    assert numpy.abs(done).max() <= 10 ** (-12 / 20)
    assert levels.loudness(done, RATE) <= -26 + 0.05
    assert abs(done[0, 0]) < 1e-9


def test_silence_stays_silent():
    still = numpy.zeros((RATE, 2))
    assert not levels.finish(still, RATE).any()
    assert not levels.matched(still, still, RATE)[0].any()


def test_the_same_spec_gives_the_same_samples():
    for kind in OWN:
        once = effects.MAKERS[kind](spec(kind)).copy()
        sources.source.cache_clear()
        again = effects.MAKERS[kind](spec(kind))

        assert numpy.array_equal(once, again), kind
        assert once.shape == (2 * RATE, spec(kind)["channels"])


def test_both_sides_of_a_pair_share_source_length_and_channels():
    for kind, channels in itertools.product(OWN, (1, 2)):
        if kind in ("pan", "width") and channels == 1:
            continue
        on, off = (effects.MAKERS[kind](spec(kind, channels=channels, on=on)) for on in (True, False))
        assert on.shape == off.shape == (2 * RATE, channels)
        assert not numpy.array_equal(on, off), kind
