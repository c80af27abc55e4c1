"""Our meter against EBU Tech 3341 and 3342 and libebur128, in short forms; `proofs.whole` is the full set."""

from functools import cache

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.audio import tempo
from curriculum.audio.measure import Meter
from curriculum.audio.sound import Form
from tests.curriculum.audio import pieces, proofs, signals

RATES = [44_100, 48_000]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("level", [-23, -33])
def test_a_steady_tone_reads_as_it_is(rate, level):
    proofs.steady(rate, level, 4)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 96_000, 192_000])
def test_a_steady_tone_reads_the_same_at_every_rate(rate):
    proofs.steady(rate, -23, 4)


@pytest.mark.parametrize("case", proofs.INTEGRATED)
def test_both_gates_hold_back_what_is_too_quiet(case):
    proofs.gated(RATES[case % 2], case)


@pytest.mark.parametrize("rate", RATES)
def test_surround_channels_weigh_more(rate):
    proofs.five_channels(rate, 3)


@pytest.mark.parametrize("rate", RATES)
def test_windows_that_hold_the_same_read_the_same(rate):
    proofs.case_9(rate)
    proofs.case_12(rate)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seconds", [3, 0.4])
def test_a_maximum_is_found_wherever_it_begins(rate, seconds):
    for number in (1, 7, 13, 19):
        proofs.maximum(rate, seconds, number * seconds / 20)
    proofs.successive(rate, seconds, range(3, 20, 8))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", proofs.PEAKS)
def test_a_peak_between_samples_is_seen(rate, case):
    proofs.true_peaks(rate, case)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("offset", range(4))
def test_one_high_wave_among_many_is_seen(rate, offset):
    proofs.burst(rate, offset)


@pytest.mark.parametrize("case", proofs.RANGES)
def test_the_range_is_between_the_quiet_and_the_loud_parts(case):
    proofs.ranges(RATES[case % 2], case)


@pytest.mark.parametrize(
    ("rate", "name"),  # a minute of music once is enough: `proofs.whole` has it at every rate
    [(rate, name) for rate in RATES for name in proofs.PROGRAMMES if name != "music" or rate == RATES[1]],
)
def test_libebur128_says_the_same(rate, name):
    proofs.agrees(rate, name)


@pytest.mark.parametrize("name", proofs.BROKEN)
def test_a_wrong_meter_does_not_pass(name, monkeypatch):
    broken, rate, proof = proofs.BROKEN[name]
    proof(rate)

    broken(monkeypatch)

    with pytest.raises(AssertionError):
        proof(rate)


def burst_of_everything(rate: int, seconds: float) -> numpy.ndarray:
    """Music, noise, a clipped stretch and silence, so that every part of the meter has something to find."""
    samples = pieces.song(3, rate=rate, seconds=seconds).samples * 2
    samples += signals.noise(rate, seconds, -40, 1)
    samples[rate : rate + 40] = 1
    samples[2 * rate : 2 * rate + 500] = 0
    return numpy.clip(samples, -1, 1).astype("float32")


RATE = 11_025  # 10 ms are no whole number of frames
SECONDS = 4.6


@cache
def samples() -> numpy.ndarray:
    return burst_of_everything(RATE, SECONDS)


def measured(sizes: list[int]) -> dict:
    meter = Meter(Form(RATE, 2, bits=16))
    first, number = 0, 0
    while first < len(samples()):
        size = sizes[number % len(sizes)]
        meter.feed(samples()[first : first + size])
        first, number = first + size, number + 1
    result = meter.result([])
    return {"figures": result.figures, "curves": result.curves, "peaks": result.peaks}


@cache
def in_one_block() -> dict:
    return measured([65_536])


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(400, 9000), min_size=1, max_size=4))
def test_the_size_of_blocks_changes_nothing(sizes):
    assert are_equal(measured(sizes), in_one_block())


def test_blocks_of_a_few_samples_change_nothing_either():
    assert in_one_block()["figures"]["clips"] == 2
    assert are_equal(measured([7, 1, 3000, 2, 1]), in_one_block())


def are_equal(one: object, other: object) -> bool:
    """To a thousandth in figures of two places: one step of rounding is nothing; curves have one place."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(are_equal(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(are_equal, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 0.1
    return one == other


def test_the_size_of_blocks_changes_no_loudness_by_a_thousandth():
    def levels(size: int) -> list[float]:
        meter = proofs.loudness.Loudness(RATE, 2)
        peak = proofs.true_peak.TruePeak(2)
        for first in range(0, len(samples()), size):
            block = numpy.ascontiguousarray(samples()[first : first + size].T)
            meter.feed(block)
            peak.feed(block)
        peak.finish()
        powers = meter.energies().powers(40)
        return [*(10 * numpy.log10(powers + 1e-12)), 20 * numpy.log10(peak.value)]

    assert numpy.abs(numpy.subtract(levels(65_536), levels(613))).max() < 0.001


def test_tempo_and_key_of_music_are_mostly_found():
    songs = [pieces.song(seed, seconds=10) for seed in range(100, 108)]
    found = [guesses(song.samples) for song in songs]

    tempos = [tempo.is_near(one["tempo"], song.bpm) for one, song in zip(found, songs, strict=True)]
    keys = [one["key"] in (song.key, pieces.relative(song.key)) for one, song in zip(found, songs, strict=True)]
    assert sum(tempos) >= 7
    assert sum(keys) >= 6
    assert min(one["tempo_confidence"] for one in found) > 0.5


@pytest.mark.parametrize("seed", [1, 2])
def test_noise_has_no_tempo_or_key_to_be_sure_of(seed):
    found = guesses(signals.noise(22_050, 12, -20, seed))

    assert found["tempo_confidence"] < 0.2
    assert found["key_confidence"] < 0.2


def test_a_steady_tone_has_no_beat():
    found = guesses(signals.tones(22_050, [(6, -20)]))

    assert found["tempo"] is None
    assert found["reasons"]["tempo"] == "No beat stands out."


def guesses(samples: numpy.ndarray) -> dict:
    meter = Meter(Form(22_050, 2, bits=16))
    meter.feed(samples)
    return meter.result([]).figures
