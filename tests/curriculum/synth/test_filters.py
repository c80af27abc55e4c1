"""Equaliser and filters, by impulse response of what is rendered, against the cookbook written out a second time."""

import math

import numpy
import pytest
from scipy.signal import freqz

from curriculum.synth import effects, filters
from tests.curriculum.synth.specs import RATE, click, db, instead, spec

AUDIBLE = numpy.geomspace(40, 16_000, 400)
SECONDS = 2  # of an impulse response: long enough for 31.5 Hz at Q 10


def cookbook(kind: str, f0: float, gain: float = 0.0, q: float = 1.0) -> tuple[list[float], list[float]]:
    """Source: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", line by line."""
    A, w0 = 10 ** (gain / 40), 2 * math.pi * f0 / RATE
    c, s = math.cos(w0), math.sin(w0)
    alpha = s / 2 * math.sqrt((A + 1 / A) * (1 / 1 - 1) + 2) if "shelf" in kind else s / (2 * q)
    r = 2 * math.sqrt(A) * alpha
    return {
        "bell": ([1 + alpha * A, -2 * c, 1 - alpha * A], [1 + alpha / A, -2 * c, 1 - alpha / A]),
        "low_shelf": (
            [A * ((A + 1) - (A - 1) * c + r), 2 * A * ((A - 1) - (A + 1) * c), A * ((A + 1) - (A - 1) * c - r)],
            [(A + 1) + (A - 1) * c + r, -2 * ((A - 1) + (A + 1) * c), (A + 1) + (A - 1) * c - r],
        ),
        "high_shelf": (
            [A * ((A + 1) + (A - 1) * c + r), -2 * A * ((A - 1) + (A + 1) * c), A * ((A + 1) + (A - 1) * c - r)],
            [(A + 1) - (A - 1) * c + r, 2 * ((A - 1) - (A + 1) * c), (A + 1) - (A - 1) * c - r],
        ),
        "lowpass": ([(1 - c) / 2, 1 - c, (1 - c) / 2], [1 + alpha, -2 * c, 1 - alpha]),
        "highpass": ([(1 + c) / 2, -(1 + c), (1 + c) / 2], [1 + alpha, -2 * c, 1 - alpha]),
        "bandpass": ([alpha, 0, -alpha], [1 + alpha, -2 * c, 1 - alpha]),
        "notch": ([1, -2 * c, 1], [1 + alpha, -2 * c, 1 - alpha]),
    }[kind]


def expected(kind: str, at: numpy.ndarray, f0: float, gain: float = 0.0, q: float = 1.0) -> numpy.ndarray:
    return db(freqz(*cookbook(kind, f0, gain, q), worN=at, fs=RATE)[1])


def heard(monkeypatch, of: dict, at: numpy.ndarray) -> numpy.ndarray:
    """dB at these frequencies, of what the maker does to a click."""
    instead(monkeypatch, click())
    response = effects.MAKERS[of["kind"]](of)[:, 0]
    if len(at) < 5:
        turns = numpy.outer(at / RATE, numpy.arange(len(response)))
        return db(numpy.exp(-2j * numpy.pi * turns) @ response)
    spectrum = numpy.fft.rfft(response, 2**17)
    return numpy.interp(at, numpy.fft.rfftfreq(2**17, 1 / RATE), db(spectrum))


@pytest.mark.parametrize("freq", [31.5, 63, 250, 1000, 4000, 16_000])
@pytest.mark.parametrize(("gain", "q"), [(12, 1.4), (-6, 4), (3, 2), (15, 0.3), (-15, 10)])
def test_a_bell_is_the_cookbooks_bell(monkeypatch, freq, gain, q):
    bell = spec("eq", seconds=SECONDS, bands=[{"type": "bell", "freq_hz": freq, "gain_db": gain, "q": q}])

    assert heard(monkeypatch, bell, numpy.array([freq]))[0] == pytest.approx(gain, abs=0.1)
    curve = heard(monkeypatch, bell, AUDIBLE)
    assert numpy.abs(curve - expected("bell", AUDIBLE, freq, gain, q)).max() <= 0.2


@pytest.mark.parametrize("kind", ["low_shelf", "high_shelf"])
@pytest.mark.parametrize(("freq", "gain"), [(80, 9), (250, -6), (3000, 12), (10_000, -15)])
def test_a_shelf_has_half_its_gain_at_the_corner(monkeypatch, kind, freq, gain):
    shelf = spec("eq", seconds=SECONDS, bands=[{"type": kind, "freq_hz": freq, "gain_db": gain, "q": 5}])

    assert heard(monkeypatch, shelf, numpy.array([freq]))[0] == pytest.approx(gain / 2, abs=0.1)
    curve = heard(monkeypatch, shelf, AUDIBLE)
    assert numpy.abs(curve - expected(kind, AUDIBLE, freq, gain)).max() <= 0.2


def test_two_bands_add_up(monkeypatch):
    bands = [
        {"type": "bell", "freq_hz": 250, "gain_db": 6, "q": 2},
        {"type": "high_shelf", "freq_hz": 8000, "gain_db": -3, "q": 1},
    ]
    both = expected("bell", AUDIBLE, 250, 6, 2) + expected("high_shelf", AUDIBLE, 8000, -3)

    curve = heard(monkeypatch, spec("eq", seconds=SECONDS, bands=bands), AUDIBLE)

    assert numpy.abs(curve - both).max() <= 0.2
    assert numpy.abs(filters.gain_db(filters.eq_sections(bands, RATE), AUDIBLE, RATE) - both).max() <= 1e-6


@pytest.mark.parametrize("kind", ["lowpass", "highpass", "bandpass", "notch"])
@pytest.mark.parametrize(("freq", "q"), [(100, 0.707), (1000, 3), (8000, 0.5)])
def test_a_filter_of_12_db_is_the_cookbooks(monkeypatch, kind, freq, q):
    curve = heard(monkeypatch, spec("filter", type=kind, freq_hz=freq, q=q, slope=12, seconds=SECONDS), AUDIBLE)

    whole = expected(kind, AUDIBLE, freq, q=q)
    assert numpy.abs(curve - whole)[whole > -60].max() <= 0.2


@pytest.mark.parametrize(("kind", "far"), [("lowpass", (1000, 2000)), ("highpass", (62.5, 31.25))])
def test_the_slope_is_what_it_says(monkeypatch, kind, far):
    for slope in (12, 24):
        steep = spec("filter", type=kind, freq_hz=250, q=0.707, slope=slope, seconds=SECONDS)
        corner, near, octave_on = heard(monkeypatch, steep, numpy.array([250, *far]))

        assert corner == pytest.approx(-3.01, abs=0.05)
        assert near - octave_on == pytest.approx(slope, rel=0.05)


@pytest.mark.parametrize("q", [0.5, 1, 4])
def test_a_steeper_lowpass_has_the_same_height_at_its_corner(monkeypatch, q):
    for slope in (12, 24):
        steep = spec("filter", type="lowpass", freq_hz=500, q=q, slope=slope, seconds=SECONDS)
        assert heard(monkeypatch, steep, numpy.array([500]))[0] == pytest.approx(20 * math.log10(q), abs=0.05)


@pytest.mark.parametrize("kind", ["bandpass", "notch"])
def test_a_steeper_band_is_as_wide_as_the_plain_one(monkeypatch, kind):
    fine = numpy.geomspace(100, 4000, 20_000)
    widths = []
    for slope in (12, 24):
        band = spec("filter", type=kind, freq_hz=500, q=2, slope=slope, seconds=SECONDS)
        curve = heard(monkeypatch, band, fine)
        inside = fine[curve > -3.01] if kind == "bandpass" else fine[curve < -3.01]
        widths.append(math.log2(inside.max() / inside.min()))

    assert widths[1] == pytest.approx(widths[0], rel=0.02)


def test_off_is_the_source_untouched(monkeypatch):
    assert numpy.abs(heard(monkeypatch, spec("eq", on=False), AUDIBLE)).max() < 1e-9
