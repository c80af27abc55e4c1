"""Numbers and units as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum import quantities


@pytest.mark.parametrize(
    ("text", "readings", "unit"),
    [
        ("1,000", (1000, 1), ""),
        ("1.000", (1, 1000), ""),
        ("1 000", (1000,), ""),
        ("1'000", (1000,), ""),
        ("1\u202f234\u202f567", (1234567,), ""),
        ("1,234.5", (1234.5,), ""),
        ("1.234,5 Hz", (1234.5,), "Hz"),
        ("0,5", (0.5,), ""),
        ("0,500", (0.5,), ""),
        ("12,5ms", (12.5,), "ms"),
        (".5", (0.5,), ""),
        ("−7.8 dB", (-7.8,), "dB"),
        ("minus 6", (-6,), ""),
        ("+ 6 dB", (6,), "dB"),
        ("1e3 Hz", (1000,), "Hz"),
        ("€ 5.50", (5.5,), "€"),
        ("5.50 €", (5.5,), "€"),
        ("25%", (25,), "%"),
        ("440 Hz.", (440,), "Hz"),
        ("3 times a second", (3,), "times a second"),
    ],
)
def test_a_number_is_read_as_it_was_meant(text: str, readings: tuple[float, ...], unit: str) -> None:
    assert quantities.read(text) == quantities.Quantity(readings, unit)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1 2", "12 3", "1,00,000", "1.5.5", "3-2-1", "1:30", "4/4", "--5", "5 5 Hz", "$5 Hz", "9" * 31, "1__0"],
)
def test_what_is_not_one_number_is_not_guessed_at(text: str) -> None:
    assert quantities.read(text) is None


@pytest.mark.parametrize(
    ("unit", "wanted", "times"),
    [
        ("kHz", "Hz", 1000),
        ("hertz", "Hz", 1),
        ("ms", "s", 0.001),
        ("seconds", "ms", 1000),
        ("minutes", "hours", 1 / 60),
        ("Decibels", "dB", 1),
        ("semitones", "cents", 100),
        ("Hz", "ms", None),
        ("dB", "dBFS", None),
        ("bytes", "bits", None),
        ("bananas", "Hz", None),
    ],
)
def test_units_fit_when_they_measure_the_same(unit: str, wanted: str, times: float | None) -> None:
    assert quantities.measured_alike(unit, (wanted,)) == (None if times is None else pytest.approx(times))


def test_a_unit_of_the_authors_own_fits_itself_in_each_of_its_names() -> None:
    assert quantities.measured_alike("Beats", ("beat", "beats")) == 1
    assert quantities.measured_alike("beat", ("beat", "beats")) == 1
    assert quantities.measured_alike("bars", ("beat", "beats")) is None


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (44100, None, "44,100"),
        (1760, None, "1760"),
        (-7.8, None, "−7.8"),
        (0.1 + 0.2, None, "0.3"),
        (1 / 3, None, "0.333333"),
        (261.6255653, None, "261.626"),
        (1234567.5, None, "1,234,568"),
        (1e-7, None, "0.0000001"),
        (12.5, 2, "12.50"),
        (12, 2, "12"),
        (2.345, 2, "2.35"),
        (-0.04, 1, "0"),
        (1e12, 0, "1,000,000,000,000"),
    ],
)
def test_a_number_is_shown_as_the_pages_write_it(number: float, decimals: int | None, text: str) -> None:
    assert quantities.shown(number, decimals) == text


@given(st.decimals(-(10**9), 10**9, places=3).map(float), st.sampled_from(["", " Hz", "ms", " beats"]))
def test_what_is_shown_is_read_back(number: float, unit: str) -> None:
    read = quantities.read(quantities.shown(number, 3) + unit)

    assert read and read.unit == unit.strip()
    assert any(abs(one - number) <= 0.0005 for one in read.readings)


@given(st.text(max_size=30))
def test_nothing_that_can_be_typed_stops_the_reading(text: str) -> None:
    read = quantities.read(text)

    assert read is None or read.readings
