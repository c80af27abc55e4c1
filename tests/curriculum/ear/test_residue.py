"""Undoing an equaliser: the bell's curve, and what is left when two of them meet."""

import cmath
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from curriculum.ear import residue
from curriculum.ear.residue import GRIDS, QS, Bell


def test_an_octave_grid_has_the_usual_eight_octaves():
    assert [residue.hertz(one) for one in residue.centres("octave")] == [
        *("63 Hz", "125 Hz", "250 Hz", "500 Hz", "1 kHz", "2 kHz", "4 kHz", "8 kHz")
    ]


def test_thirds_of_an_octave_are_called_by_their_usual_names():
    names = [residue.hertz(one) for one in residue.centres("third")]

    assert names[:8] == ["63 Hz", "80 Hz", "100 Hz", "125 Hz", "160 Hz", "200 Hz", "250 Hz", "315 Hz"]
    assert names[-5:] == ["3.15 kHz", "4 kHz", "5 kHz", "6.3 kHz", "8 kHz"]


@pytest.mark.parametrize("grid", GRIDS)
def test_every_place_of_a_grid_has_a_name_and_a_key_of_its_own(grid):
    places = residue.centres(grid)

    assert len({residue.hertz(one) for one in places}) == len(places)
    assert all(residue.read(Bell(one, 3, 1.4).key, grid) == Bell(one, 3, 1.4) for one in places)


@given(st.sampled_from(residue.centres("twelfth")), st.integers(-12, 12), st.sampled_from(QS))
@settings(max_examples=30, deadline=None)
def test_the_opposite_bell_leaves_nothing(freq_hz, gain_db, q):
    bell = Bell(freq_hz, gain_db, q)

    assert residue.left([bell, bell.undone]) < 1e-9
    assert residue.left([bell]) == pytest.approx(abs(gain_db), abs=0.05)


@given(st.sampled_from(residue.centres("third")), st.integers(-12, 12), st.sampled_from(QS), st.floats(40, 16_000))
@settings(max_examples=60, deadline=None)
def test_the_curve_is_that_of_the_cookbooks_analogue_bell_bent_by_the_sampling(freq_hz, gain_db, q, at_hz):
    """H(s) = (s² + s·A/Q + 1) / (s² + s/(A·Q) + 1), with s by the bilinear transform: another way to the same curve."""
    a = 10 ** (gain_db / 40)
    s = 1j * math.tan(math.pi * at_hz / residue.RATE) / math.tan(math.pi * freq_hz / residue.RATE)
    analogue = (s * s + s * a / q + 1) / (s * s + s / (a * q) + 1)

    found = residue.decibels(Bell(freq_hz, gain_db, q), at_hz)
    assert found == pytest.approx(20 * math.log10(abs(cmath.polar(analogue)[0])), abs=1e-6)


@pytest.mark.parametrize(
    ("given_key", "credit", "rating"),
    [
        ("1000 -6 1.4", 1.0, 3),
        ("1000 -5 1.4", 1.0, 3),
        ("1000 -4 1.4", 0.67, 2),
        ("1000 -3 1.4", 0.67, 2),
        ("1000 -2 1.4", 0.0, 1),
        ("1000 +6 1.4", 0.0, 1),
        ("2000 -6 1.4", 0.0, 1),
    ],
)
def test_what_is_left_decides(given_key, credit, rating):
    mark = residue.judge("1000 -6 1.4", given_key, "octave")

    assert (mark.credit, mark.rating) == (credit, rating)
    assert "dB is left" in mark.words


@pytest.mark.parametrize(
    "text", ["", "1000", "1010 -6 1.4", "1000 -13 1.4", "1000 -6 1.3", "1000 -6 nan", "1e3 -6 1.4"]
)
def test_a_bell_that_no_slider_can_set_is_refused(text):
    with pytest.raises(Refused, match="none that the sliders can set"):
        residue.read(text, "octave")
