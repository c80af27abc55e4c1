"""Delay, reverb, pan and width, by what they do to a click."""

import math

import numpy
import pytest
from scipy.signal import butter, sosfiltfilt

from curriculum.synth import effects, space
from tests.curriculum.synth.specs import RATE, click, db, instead, spec

AT = 1000  # frames; before it a source is still fading in


def places(sound: numpy.ndarray) -> dict[int, float]:
    return {int(at): round(float(sound[at]), 9) for at in numpy.flatnonzero(numpy.abs(sound) > 1e-9)}


@pytest.mark.parametrize(("ms", "frames"), [(1, 44), (7.3, 322), (250, 11_025), (333.333, 14_700), (1000, 44_100)])
def test_the_repeat_comes_at_its_sample(monkeypatch, ms, frames):
    instead(monkeypatch, click(1000))

    out = effects.delay(spec("delay", time_ms=ms, feedback=0, mix=0.25))

    assert places(out[:, 0]) == {1000: 0.75, 1000 + frames: 0.25}


def test_each_repeat_is_fed_back_and_falls_by_the_same_share(monkeypatch):
    instead(monkeypatch, click(1000))

    out = effects.delay(spec("delay", time_ms=500, feedback=0.5, mix=1))

    assert places(out[:, 0]) == {1000 + 22_050: 1, 1000 + 44_100: 0.5, 1000 + 66_150: 0.25}


def test_ping_pong_goes_left_right_left(monkeypatch):
    instead(monkeypatch, click(1000))

    out = effects.delay(spec("delay", time_ms=500, feedback=0.5, mix=0.5, ping_pong=True, channels=2))

    assert places(out[:, 0]) == {1000: 0.5, 23_050: 0.5, 67_150: 0.125}
    assert places(out[:, 1]) == {1000: 0.5, 45_100: 0.25}


def test_a_millisecond_makes_a_comb(monkeypatch):
    instead(monkeypatch, click(1000))

    out = effects.delay(spec("delay", time_ms=1, feedback=0, mix=0.5))[:, 0]

    spectrum = db(numpy.fft.rfft(out, 44_000))  # 44 samples late: teeth at each 1000 of 44,000 bins
    assert spectrum[[1000, 2000, 10_000]] == pytest.approx(0, abs=1e-6)
    assert spectrum[[500, 1500, 10_500]].max() < -100


def test_feedback_is_the_sum_of_all_repeats():
    sound = numpy.random.default_rng(1).normal(size=5000)

    slow = numpy.zeros(5000)
    for k in range(1, 5000 // 37 + 1):
        slow[37 * k :] += 0.9 ** (k - 1) * sound[: 5000 - 37 * k]

    assert numpy.abs(space.repeats(sound, 37, 0.9) - slow).max() < 1e-9


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("damp", [1000, 8000])
@pytest.mark.parametrize("rt60", [0.2, 1.5, 4.0])
def test_a_room_dies_away_in_its_rt60(monkeypatch, rate, damp, rt60):
    instead(monkeypatch, click(AT))

    room = spec("reverb", rate=rate, seconds=8 if rt60 > 2 else 3, rt60_s=rt60, damp_hz=damp, mix=1, predelay_ms=0)
    out = effects.reverb(room)[AT:, 0]

    for below in (0.7 * damp, 0.49 * rate):  # what is not damped, and all of it
        assert decay(out, rate, below) == pytest.approx(rt60, rel=0.05)


def decay(response: numpy.ndarray, rate: int, below_hz: float) -> float:
    """T30 in seconds. Source: ISO 3382-2: a line through Schroeder's backward integral from -5 to -35 dB, times two."""
    heard = sosfiltfilt(butter(4, below_hz, fs=rate, output="sos"), response)
    left = numpy.cumsum(heard[::-1] ** 2)[::-1]
    curve = 10 * numpy.log10(numpy.maximum(left / left[0], 1e-12))
    inside = numpy.flatnonzero((curve <= -5) & (curve >= -35))
    slope, _ = numpy.polyfit(inside / rate, curve[inside], 1)
    return float(-60 / slope)


def test_damping_takes_the_highs_sooner(monkeypatch):
    instead(monkeypatch, click(AT))
    out = effects.reverb(spec("reverb", rt60_s=1.5, damp_hz=2000, mix=1, predelay_ms=0, seconds=3))[AT:, 0]

    highs = sosfiltfilt(butter(4, 4000, "highpass", fs=RATE, output="sos"), out)

    assert decay(highs, RATE, below_hz=20_000) == pytest.approx(0.4 * 1.5, rel=0.05)


def test_predelay_is_silence_before_the_room(monkeypatch):
    instead(monkeypatch, click(AT))

    out = effects.reverb(spec("reverb", predelay_ms=40, mix=0.5))[AT:, 0]

    assert out[0] == pytest.approx(0.5)
    assert numpy.abs(out[1:1764]).max() < 1e-12
    assert numpy.abs(out[1764:1800]).max() > 1e-3


def test_the_room_differs_from_side_to_side_and_is_as_loud_as_what_sounds_in_it(monkeypatch):
    instead(monkeypatch, click(AT))

    left, right = effects.reverb(spec("reverb", mix=1, channels=2)).T

    assert abs(float(left @ right)) < 0.1
    assert float(left @ left) == pytest.approx(1, rel=0.01)


def test_a_source_stops_before_the_end_so_that_the_tail_is_heard():
    dry, wet = (effects.reverb(spec("reverb", source="pink", rt60_s=1, seconds=3, on=on)) for on in (False, True))

    assert numpy.abs(dry[: 2 * RATE - 441]).max() > 0.1
    assert not dry[2 * RATE :].any()
    assert numpy.abs(wet[2 * RATE : round(2.2 * RATE)]).max() > 0.01


def test_a_comb_has_no_tail_so_its_source_goes_on_to_the_end():
    comb = effects.delay(spec("delay", source="pink", time_ms=20))

    assert numpy.abs(comb[round(1.5 * RATE) :]).max() > 0.1


@pytest.mark.parametrize("position", [-1, -0.5, 0, 0.3, 1])
def test_pan_moves_power_from_side_to_side(position):
    left, right = effects.pan(spec("pan", position=position)).T
    powers = [float(side @ side) for side in (left, right)]

    middle = effects.pan(spec("pan", on=False)).T
    assert sum(powers) == pytest.approx(2 * float(middle[0] @ middle[0]))
    # Equal power: the sides are cosine and sine of an angle that goes from 0 to a right angle.
    assert math.atan2(math.sqrt(powers[1]), math.sqrt(powers[0])) == pytest.approx((position + 1) * math.pi / 4)


def test_in_the_middle_each_side_is_3_db_down():
    sound = numpy.ones(10)
    assert db(space.panned(sound, 0)) == pytest.approx(-3.0103, abs=1e-4)


def test_width_goes_from_mono_over_as_it_was_to_twice_the_difference():
    before = effects.width(spec("width", on=False))
    apart = before[:, 0] - before[:, 1]
    assert numpy.abs(apart).max() > 0.02

    for width in (0, 50, 100, 200):
        after = effects.width(spec("width", width_pct=width))
        assert numpy.abs(after[:, 0] - after[:, 1] - apart * width / 100).max() < 1e-12
        assert numpy.abs(after.sum(axis=1) - before.sum(axis=1)).max() < 1e-12


def test_a_flipped_side_disappears_in_mono():
    plain = effects.width(spec("width", width_pct=0))
    turned = effects.width(spec("width", width_pct=0, flip=True))

    assert numpy.array_equal(turned[:, 0], plain[:, 0])
    assert not turned.sum(axis=1).any()
