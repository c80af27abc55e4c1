"""Noises and loops: are they what they say, are they fit to train on, do they never click?"""

import numpy
import pytest

from curriculum.synth import instruments, loops, sources
from curriculum.synth.hearable import HEARD
from curriculum.synth.noise import noise, white
from tests.curriculum.synth.specs import RATE, db

SEEDS = range(16)
FIRST = [11749869230777074271, 4976686463289251617]  # of numpy 2.4
OCTAVES = numpy.array([63, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000])


def octaves(sound: numpy.ndarray) -> numpy.ndarray:
    """dB of the energy in each octave."""
    power = numpy.abs(numpy.fft.rfft(sound)) ** 2
    hertz = numpy.fft.rfftfreq(len(sound), 1 / RATE)
    edges = [((hertz >= c / 2**0.5) & (hertz < c * 2**0.5)) for c in OCTAVES]
    return 10 * numpy.log10([power[edge].sum() for edge in edges])


@pytest.mark.parametrize(("colour", "slope"), [("white", 3.01), ("pink", 0), ("brown", -3.01)])
def test_a_noise_has_the_slope_of_its_colour(colour, slope):
    heard = numpy.mean([octaves(noise(colour, 8 * RATE, RATE, seed)) for seed in range(4)], axis=0)

    # The last octave ends at half the rate, so it is left out.
    assert numpy.polyfit(range(6), heard[2:8], 1)[0] == pytest.approx(slope, abs=0.15)


def test_white_noise_is_centred_uncorrelated_and_nearly_a_bell_curve():
    dice = white(400_000, 5)

    assert dice.mean() == pytest.approx(0, abs=0.01)
    assert dice.std() == pytest.approx(1, abs=0.01)
    assert (dice**4).mean() == pytest.approx(2.7, abs=0.05)  # four even dice; a bell curve has 3
    assert abs(numpy.corrcoef(dice[1:], dice[:-1])[0, 1]) < 0.01


def test_noise_is_the_same_on_every_machine_and_in_every_version():
    raw = numpy.random.PCG64(0).random_raw(2)  # numpy promises this stream: NEP 19
    by_hand = [(sum((int(one) >> shift) & 0xFFFF for shift in (0, 16, 32, 48)) - 131_070) for one in raw]

    assert white(2, 0) * (65_536 / 3**0.5) == pytest.approx(by_hand)
    assert [int(one) for one in raw] == FIRST


def test_each_of_the_sixteen_seeds_sounds_otherwise():
    for name in sources.SOURCES:
        heard = [sources.source(name, RATE, RATE, seed) for seed in SEEDS]
        alike = numpy.abs(numpy.corrcoef(heard)) - numpy.eye(len(heard))
        assert alike.max() < 0.99, name


@pytest.mark.parametrize("name", sources.SOURCES)
def test_a_source_has_something_where_an_equaliser_is_to_be_heard(name):
    low, high = HEARD[name]
    asked = (low <= OCTAVES) & (high >= OCTAVES)
    for seed in range(0, 16, 3):
        heard = octaves(sources.source(name, 3 * RATE, RATE, seed))
        assert heard.max() - heard[asked].min() < 27, seed


@pytest.mark.parametrize("name", ["drums", "snare"])
def test_drums_have_transients_to_compress(name):
    for seed in SEEDS:
        sound = sources.source(name, 3 * RATE, RATE, seed)
        crest = db(numpy.abs(sound).max() / numpy.sqrt(numpy.mean(sound**2)))
        assert 11 < crest < 21, seed


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_every_hit_and_note_begins_and_ends_in_silence(rate):
    played = {
        "kick": instruments.kick(rate),
        "snare": instruments.snare(rate),
        "hat": instruments.hat(rate),
        "open hat": instruments.hat(rate, 0.16),
        "bass": instruments.bass(33, 0.31, rate),
        "key": instruments.key(60, 0.47, rate),
        "voice": instruments.sung(50, "a", 0.4, rate),
        "s": instruments.hiss(rate),
        "t": instruments.burst(rate),
    }
    for name, sound in played.items():
        assert abs(sound[0]) < 1e-9, name
        assert abs(sound[-1]) < 2e-3, name


def test_a_loop_goes_on_without_a_seam_as_long_as_it_is_asked_for():
    for name in loops.MAKERS:
        short = loops.MAKERS[name](2 * RATE, RATE, 5)
        whole = loops.MAKERS[name](8 * RATE, RATE, 5)
        assert numpy.array_equal(whole[: 2 * RATE], short), name


def test_what_is_kept_for_the_other_side_of_a_pair_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        sources.source("drums", RATE, RATE, 1)[0] = 1


@pytest.mark.parametrize("name", sources.SOURCES)
def test_every_source_has_a_width_and_is_the_same_in_mono(name):
    wide = sources.source(name, RATE, RATE, 5, sides=2)
    mono = sources.source(name, RATE, RATE, 5)
    middle, side = wide.mean(axis=1), (wide[:, 0] - wide[:, 1]) / 2

    assert db(numpy.sqrt((side**2).sum() / (middle**2).sum())) == pytest.approx(-8, abs=4)
    assert numpy.corrcoef(middle, mono)[0, 1] == pytest.approx(1, abs=1e-6)
