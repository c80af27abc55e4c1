"""Drive: its curve, and how little of it folds back."""

import numpy
import pytest

from curriculum.synth import drive, effects
from tests.curriculum.synth.specs import RATE, db, instead, spec


def sine(hertz: int, seconds: int = 2) -> numpy.ndarray:
    return 0.5 * numpy.sin(2 * numpy.pi * hertz / RATE * numpy.arange(seconds * RATE))


def partials(samples: numpy.ndarray) -> numpy.ndarray:
    """dB of each whole Hz; a second from the middle, in which every sine comes out even."""
    return db(numpy.fft.rfft(samples[RATE // 2 : RATE // 2 + RATE]) * 2 / RATE)


@pytest.mark.parametrize("shape", ["soft", "hard"])
@pytest.mark.parametrize(("hertz", "most"), [(441, -120), (997, -80), (4001, -68), (9973, -55)])
def test_next_to_nothing_folds_back(monkeypatch, shape, hertz, most):
    """At the most drive there is. most: dB of the loudest false partial against the tone itself, up to 20 kHz."""
    instead(monkeypatch, sine(hertz))

    out = partials(effects.overdrive(spec("drive", drive_db=24, shape=shape))[:, 0])

    false = numpy.ones(20_000, dtype=bool)
    false[:20] = false[hertz::hertz] = False
    assert out[:20_000][false].max() - out[hertz] < most


@pytest.mark.parametrize("shape", ["soft", "hard"])
@pytest.mark.parametrize("drive_db", [0, 6, 12, 24])
def test_the_partials_are_those_of_the_curve(monkeypatch, shape, drive_db):
    """Source: Fourier series of the curve on a sine, by a fine sum over one period."""
    instead(monkeypatch, sine(100))
    turn = numpy.arange(2**16) * 2 * numpy.pi / 2**16
    exact = drive.curve(0.5 * 10 ** (drive_db / 20) * numpy.sin(turn), shape)

    out = partials(effects.overdrive(spec("drive", drive_db=drive_db, shape=shape))[:, 0])

    wanted = db(numpy.fft.rfft(exact) * 2 / 2**16)[1:20:2]
    loud = wanted > -70
    assert numpy.abs(out[100:2000:200] - wanted)[loud].max() < 0.1


def test_more_drive_means_more_partials_and_less_crest():
    crests = []
    for drive_db in (0, 6, 12, 24):
        out = effects.overdrive(spec("drive", source="drums", drive_db=drive_db))[:, 0]
        crests.append(float(numpy.abs(out).max() / numpy.sqrt(numpy.mean(out**2))))

    assert crests == sorted(crests, reverse=True)


def test_soft_sound_is_left_as_it_is():
    for hertz, near in ((100, 0.001), (1000, 0.01), (10_000, 0.2)):
        after = partials(drive.driven(0.001 * sine(hertz), 0, "hard"))
        assert after[hertz] == pytest.approx(db(0.0005), abs=near)
