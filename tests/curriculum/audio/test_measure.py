"""What is said of odd sounds: a right figure, or the sentence why there is none."""

import io
import json
import math
import struct
from pathlib import Path

import numpy
import pytest
import soundfile

from core.errors import Refused
from curriculum.audio import clipping, measure, spectrum
from curriculum.audio.sound import Form, Sound
from tests.curriculum.audio import signals

RATE = 48_000


@pytest.fixture
def figures(tmp_path):
    def figures(
        samples: numpy.ndarray, rate: int = RATE, kind: str = "WAV", subtype: str = "PCM_24", cut: int = 0
    ) -> dict:
        path = tmp_path / "sound"
        soundfile.write(path, samples, rate, format=kind, subtype=subtype)
        if cut:
            path.write_bytes(path.read_bytes()[:-cut])
        return measured(path).figures

    return figures


def measured(path: Path) -> measure.Result:
    with open(path, "rb", buffering=0) as file:
        result = measure.measure(Sound(file))
    json.dumps([result.figures, result.curves, result.peaks], allow_nan=False)
    return result


def tone(seconds: float = 4, level: float = -20, rate: int = RATE) -> numpy.ndarray:
    return signals.tones(rate, [(seconds, level)])


def missing(found: dict) -> set[str]:
    return {name for name, value in found.items() if value is None and name in found["reasons"]}


LOUDNESS = {"integrated", "momentary_max", "short_term_max", "range"}


def test_silence_is_said_in_words(figures):
    found = figures(numpy.zeros((4 * RATE, 2), "float32"))

    assert missing(found) >= {*LOUDNESS, "true_peak", "sample_peak", "crest", "plr", "tempo", "key", "correlation"}
    assert {found["reasons"][name] for name in missing(found)} == {"It is silent."}
    assert found["words"] == ["It is silent."]
    assert found["clips"] == 0


def test_a_sound_below_the_gate_has_no_integrated_loudness(figures):
    found = figures(tone(level=-80))

    assert missing(found) >= {"integrated", "range", "plr"}
    assert "below the gate" in found["reasons"]["integrated"]
    assert found["words"] == ["All of it lies below the gate of −70 LUFS."]
    assert found["momentary_max"] == pytest.approx(-80, abs=0.1)


@pytest.mark.parametrize(("seconds", "gone"), [(0.3, LOUDNESS), (2, {"short_term_max", "range"})])
def test_what_is_too_short_has_its_peaks_alone(figures, seconds, gone):
    found = figures(tone(seconds))

    assert missing(found) & LOUDNESS == gone
    assert all("too short" in found["reasons"][name] for name in gone)
    assert found["true_peak"] == pytest.approx(-20, abs=0.05)


@pytest.mark.parametrize(("seconds", "is_few"), [(10, True), (61, False)])
def test_a_range_of_less_than_a_minute_rests_on_few_data(figures, seconds, is_few):
    found = figures(tone(seconds, rate=8000), 8000)

    assert any(words.startswith("Few data") for words in found["words"]) == is_few


def test_mono_is_one_channel_and_louder_on_two_speakers(figures):
    found = figures(tone()[:, 0])

    assert found["integrated"] == pytest.approx(-23, abs=0.1)
    assert found["words"][0] == "One channel: 3 LU louder on two speakers than measured here."
    assert found["reasons"]["correlation"] == found["reasons"]["mono_drop"] == "It has one channel."


@pytest.mark.parametrize(("silent", "side"), [(0, "left"), (1, "right")])
def test_a_silent_side_is_named(figures, silent, side):
    samples = tone()
    samples[:, silent] = 0

    found = figures(samples)

    assert f"One side is silent: the {side} one." in found["words"]
    assert {"correlation", "mono_drop"} <= missing(found)


def test_opposite_polarity_disappears_in_mono(figures):
    found = figures(tone() * numpy.array([1, -1]))

    assert found["correlation"] == -1
    assert found["out_of_phase_longest"] == pytest.approx(4, abs=0.1)
    assert found["mono_drop"] is None
    assert "disappears in mono" in found["reasons"]["mono_drop"]
    assert found["reasons"]["mono_drop"] in found["words"]


def test_two_sides_that_know_nothing_of_each_other_lose_three_lu(figures):
    found = figures(signals.noise(RATE, 6, -20, 5))

    assert found["correlation"] == pytest.approx(0, abs=0.02)
    assert found["mono_drop"] == pytest.approx(3, abs=0.1)


def test_the_same_on_both_sides_loses_nothing(figures):
    found = figures(tone())

    assert (found["correlation"], found["mono_drop"], found["out_of_phase_longest"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("channels", "loud", "level"),
    [(3, 2, -23), (4, 3, -21.5), (5, 4, -21.5), (6, 5, -21.5)],
)
def test_each_channel_counts_by_its_place(figures, channels, loud, level):
    samples = numpy.zeros((2 * RATE, channels), "float32")
    samples[:, loud] = tone(2)[:, 0]

    assert figures(samples)["integrated"] == pytest.approx(level, abs=0.1)


def test_the_lfe_counts_nothing_for_loudness(figures):
    samples = numpy.zeros((2 * RATE, 6), "float32")
    samples[:, 3] = tone(2)[:, 0]

    found = figures(samples)

    assert found["integrated"] is None
    assert found["true_peak"] == pytest.approx(-20, abs=0.1)
    assert found["reasons"]["correlation"] == "Left and right are silent."


def test_seven_channels_are_refused(figures):
    with pytest.raises(Refused, match="7 channels"):
        figures(numpy.zeros((100, 7), "float32"))


def test_eight_bits_clip_at_their_own_full_scale(figures):
    samples = tone(1, -6)
    samples[1000:1005] = 127 / 128

    found = figures(samples, subtype="PCM_U8")

    assert (found["bits"], found["clips"], found["clip_places"]) == (8, 2, [round(1000 / RATE, 6)])


@pytest.mark.parametrize(("length", "level", "count"), [(3, 1.0, 2), (2, 1.0, 0), (9, 0.999, 0)])
def test_three_samples_at_full_scale_are_clipped(figures, length, level, count):
    samples = tone(1, -6)
    samples[4800 : 4800 + length] = -level

    assert figures(samples, subtype="PCM_16")["clips"] == count


def test_many_clipped_places_are_counted_and_the_first_twenty_told(figures):
    found = figures(numpy.clip(4 * tone(1, -6), -1, 1))

    assert found["clips"] == 4000
    assert len(found["clip_places"]) == clipping.PLACES
    assert found["clip_places"][0] < 0.001


def test_192_khz_is_measured_with_its_own_filters(figures):
    found = figures(tone(3.2, rate=192_000), 192_000)

    assert found["integrated"] == pytest.approx(-20, abs=0.1)
    assert found["rate"] == 192_000


def test_a_float_sound_may_be_above_full_scale(figures):
    found = figures(tone(level=6), subtype="FLOAT")

    assert found["sample_peak"] == pytest.approx(6, abs=0.01)
    assert found["true_peak"] == pytest.approx(6, abs=0.05)
    assert found["clips"] > 0


def test_what_is_no_number_is_read_as_silence_with_a_warning(figures):
    samples = tone()
    samples[100:110] = numpy.nan
    samples[200, 0] = numpy.inf
    samples[300, 1] = -3e38

    found = figures(samples, subtype="FLOAT")

    assert found["warnings"] == ["Some of its samples are no numbers; they were read as silence."]
    assert found["integrated"] == pytest.approx(-20, abs=0.1)


def test_a_file_that_ends_early_is_measured_with_a_warning(figures):
    found = figures(tone(), cut=2 * RATE * 3 * 2)

    assert found["seconds"] == pytest.approx(2, abs=0.1)
    assert found["warnings"][0].startswith("The file ends early: 2 seconds")
    assert found["integrated"] == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all, but some text that is long enough" * 9])
def test_what_is_no_sound_is_refused(tmp_path, content):
    path = tmp_path / "sound"
    path.write_bytes(content)

    with pytest.raises(Refused, match="cannot be read as sound"):
        measured(path)


def test_a_sound_without_samples_is_refused(tmp_path):
    out = io.BytesIO()
    soundfile.write(out, numpy.zeros((0, 2)), RATE, format="WAV")
    path = tmp_path / "sound"
    path.write_bytes(out.getvalue())

    with pytest.raises(Refused, match="no sound in it"):
        measured(path)


@pytest.mark.parametrize("rate", [1000, 400_000])
def test_a_rate_that_we_do_not_measure_is_refused(figures, rate):
    with pytest.raises(Refused, match="8 to 192 kHz"):
        figures(numpy.zeros((100, 1), "float32"), rate)


@pytest.mark.parametrize(("kind", "subtype"), [("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"), ("FLAC", "PCM_16")])
def test_other_formats_read_the_same(figures, kind, subtype):
    found = figures(tone(), kind=kind, subtype=subtype)

    assert found["integrated"] == pytest.approx(-20, abs=0.4)  # MP3 adds a short lead-in
    assert (found["bits"] is None) == (kind != "FLAC")


def test_crest_and_plr_are_what_they_are_named_for(figures):
    found = figures(tone())

    assert found["crest"] == pytest.approx(10 * math.log10(2), abs=0.01)
    assert found["plr"] == pytest.approx(found["true_peak"] - found["integrated"], abs=0.011)


def test_places_are_told_in_seconds(figures):
    samples = signals.tones(RATE, [(2, -40), (1, -10), (4, -40)])
    samples[int(2.5 * RATE), 1] = 0.9

    found = figures(samples)

    assert found["sample_peak_at"] == pytest.approx(2.5, abs=1e-4)
    assert found["true_peak_at"] == pytest.approx(2.5, abs=1e-3)
    assert found["momentary_max_at"] == pytest.approx(2.3, abs=0.31)
    assert 0 <= found["short_term_max_at"] <= 2


@pytest.mark.parametrize(("rate", "hertz", "band"), [(44_100, 1000, 17), (48_000, 63, 5), (96_000, 12_500, 28)])
def test_a_tone_stands_in_its_third_of_an_octave(rate, hertz, band):
    meter = spectrum.Spectrum(rate, 2)
    meter.feed(numpy.ascontiguousarray(signals.tones(rate, [(3, -12)], hertz=hertz).T))

    bands = meter.bands()

    assert bands[band] == pytest.approx(-12, abs=0.3)
    assert all(level is None or level < -40 for number, level in enumerate(bands) if abs(number - band) > 2)


def test_white_noise_rises_three_db_an_octave():
    meter = spectrum.Spectrum(RATE, 2)
    meter.feed(numpy.ascontiguousarray(signals.noise(RATE, 20, -20, 3).T))

    bands = meter.bands()

    assert (bands[26] or 0) - (bands[17] or 0) == pytest.approx(9, abs=0.4)
    power = sum(10 ** (level / 10) for level in bands if level is not None)
    assert 10 * math.log10(power / 2) == pytest.approx(-20 + 10 * math.log10(22_387 / 24_000), abs=0.1)


def test_bands_beyond_half_the_rate_have_no_level():
    meter = spectrum.Spectrum(8000, 1)
    meter.feed(signals.noise(8000, 3, -20, 3, channels=1).T.copy())

    assert next(hertz for hertz, level in zip(spectrum.CENTRES, meter.bands(), strict=True) if level is None) == 5000


def test_curves_stand_at_the_moment_when_a_meter_shows_them(tmp_path):
    path = tmp_path / "sound"
    soundfile.write(path, signals.tones(RATE, [(2, -40), (3, -20)]), RATE, format="WAV")

    curve = measured(path).curves["loudness"]

    assert curve["step"] == 0.1
    assert curve["momentary"][:4] == [None] * 4
    assert curve["momentary"][20] == pytest.approx(-40, abs=0.1)
    assert curve["momentary"][24] == pytest.approx(-20, abs=0.1)
    assert len(curve["momentary"]) == len(curve["short_term"]) == 51


def test_a_long_sound_has_no_longer_curves_than_others(monkeypatch):
    monkeypatch.setattr(measure, "MOST_VALUES", 100)
    meter = measure.Meter(Form(8000, 1, bits=16))
    meter.feed(signals.noise(8000, 25, -20, 3, channels=1))

    curve = meter.result([]).curves["loudness"]

    assert curve["step"] == 0.3
    assert len(curve["momentary"]) <= 100


def test_the_waveform_is_audiowaveforms(tmp_path):
    path = tmp_path / "sound"
    samples = numpy.zeros((2500, 2), "float32")
    samples[100] = (0.5, -0.25)
    samples[2400] = (1, -1)
    soundfile.write(path, samples, RATE, format="WAV", subtype="FLOAT")

    peaks = measured(path).peaks

    assert {name: value for name, value in peaks.items() if name != "data"} == {
        "version": 2,
        "channels": 2,
        "sample_rate": RATE,
        "samples_per_pixel": 1024,
        "bits": 8,
        "length": 3,
    }
    assert peaks["data"] == [0, 64, -32, 0] + [0] * 4 + [0, 127, -128, 0]
    assert struct.pack(f"{len(peaks['data'])}b", *peaks["data"])
