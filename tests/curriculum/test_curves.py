"""Pictures of sounds: what stands in the words and in the table is what was measured."""

import math
import re
import xml.etree.ElementTree as etree

import numpy
import pytest

from curriculum.pictures import chain, curves

RATE = 44_100
SECOND = numpy.arange(RATE) / RATE


def sine(hertz: float, amplitude: float = 0.1) -> numpy.ndarray:
    return amplitude * numpy.sin(2 * math.pi * hertz * SECOND)[:, None]


def noise(colour: float = 0.0) -> numpy.ndarray:
    white = numpy.random.default_rng(3).standard_normal((RATE, 1)) * 0.05
    return white - colour * numpy.roll(white, 1)


PICTURES = {
    "one spectrum": lambda: curves.spectrum(curves.thirds(sine(440), RATE)),
    "two spectra": lambda: curves.spectrum(curves.thirds(noise(), RATE), curves.thirds(noise(0.7), RATE)),
    "silence": lambda: curves.spectrum(curves.thirds(sine(440, 0.0), RATE)),
    "an EQ": lambda: curves.response(lambda hertz: 9.0 if 500 < hertz < 2000 else 0.0),
    "a flat EQ": lambda: curves.response(lambda hertz: 0.0),
    "a filter": lambda: curves.response(lambda hertz: -24 * math.log2(max(1, hertz / 1000))),
    "a compressor": lambda: curves.compressor(-24, 4, 6),
    "a level": lambda: curves.level(curves.level_of(sine(440), RATE)),
    "two levels": lambda: curves.level(curves.level_of(sine(440), RATE), curves.level_of(sine(440, 0.05), RATE)),
    "no level": lambda: curves.level(curves.level_of(sine(440, 0.0), RATE)),
    "a wave": lambda: curves.waveform(sine(440), RATE),
    "a short wave": lambda: curves.waveform(sine(440)[:400], RATE),
    "a chain": lambda: chain.chain(["voice", "mic <b>", "DAW"], ["DAW"]),
}


@pytest.mark.parametrize("what", PICTURES)
def test_every_picture_is_whole_has_words_and_brings_no_style(what):
    picture = PICTURES[what]()

    root = etree.fromstring(str(picture.svg))
    assert not any("style" in one.attrib or one.tag == "style" for one in root.iter())
    assert not re.search(r"nan|inf\b", str(picture.svg))
    assert picture.words.endswith(".")
    if picture.table:
        head, rows = picture.table
        assert rows == () or {len(row) for row in rows} == {len(head)}


def test_a_sine_stands_in_its_own_third_of_an_octave():
    levels = curves.thirds(sine(1000, 0.1), RATE)

    assert max(zip(levels, curves.BANDS, strict=True), key=lambda one: one[0] or -200)[1] == 1000
    assert levels[17] == pytest.approx(-20, abs=0.1)


def test_two_sounds_are_told_apart_by_dash_and_name():
    picture = PICTURES["two spectra"]()

    assert picture.svg.count("stroke-dasharray") == 2  # the line and its key
    assert ">A<" in picture.svg and ">B<" in picture.svg
    assert "A lies highest above B around 20 Hz" in picture.words


def test_a_compressor_curve_says_what_comes_out():
    head, rows = curves.compressor(-20, 4).table or ((), ())

    assert head == ("In, dB", "Out, dB", "Turned down by, dB")
    assert ("−36", "−36", "0") in rows
    assert ("0", "−15", "15") in rows


def test_half_the_amplitude_shows_as_six_decibels_less():
    _, rows = PICTURES["two levels"]().table or ((), ())

    assert {row[-1] for row in rows} == {"6"}


def test_a_chain_reads_in_order():
    picture = PICTURES["a chain"]()

    assert picture.words == "From left to right: voice, then mic <b>, then DAW."
    assert "mic &lt;b&gt;" in picture.svg
