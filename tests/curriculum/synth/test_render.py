"""Finished sounds: level, fades, pairs, files, and the same samples each time."""

import hashlib
import io
import itertools
import json
import os
import subprocess
import sys
from typing import Any

import numpy
import pytest
import soundfile
from hypothesis import given, settings

from core.errors import Refused
from core.settings import HERE
from curriculum.synth import render
from curriculum.synth.fields import KINDS, TIMBRES
from curriculum.synth.spec import canonical, drawn, read
from tests.curriculum.synth.any_spec import raws
from tests.curriculum.synth.listening import lufs

FULL_SCALE_12 = 10 ** (-12 / 20)
SHORT = {"seconds": 1, "bars": 2, "note_s": 0.5}  # what makes a sound short, where its kind has it
PITCHED = [kind for kind, table in KINDS.items() if "timbre" in table]


def short(kind, **fields):
    return read({"kind": kind} | {name: value for name, value in SHORT.items() if name in KINDS[kind]} | fields)


def digest(spec):
    return hashlib.sha256(render.whole_steps(render.pcm(spec)).tobytes()).hexdigest()


def well_finished(samples, rate):
    """Peak at most -12 dBFS in 16 bits too, and both ends within a raised cosine of 10 ms."""
    count = round(0.01 * rate)
    ramp = 0.5 - 0.5 * numpy.cos(numpy.pi * numpy.arange(count) / count)
    loudest = numpy.abs(samples).max(axis=1)
    assert numpy.isfinite(samples).all()
    assert numpy.abs(render.whole_steps(samples)).max() <= FULL_SCALE_12 * 32_768
    assert (loudest[:count] <= FULL_SCALE_12 * ramp + 1e-12).all()
    assert (loudest[::-1][:count] <= FULL_SCALE_12 * ramp + 1e-12).all()


def test_every_kind_has_its_maker():
    assert render.MAKERS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_timbre_is_well_finished(kind):
    timbres = TIMBRES if kind in PITCHED else ("",)
    for timbre in timbres:
        spec = short(kind, **({"timbre": timbre} if timbre else {}))
        samples = render.pcm(spec)

        well_finished(samples, spec["rate"])
        peak = numpy.abs(samples).max()
        is_at_the_peak = peak == pytest.approx(FULL_SCALE_12, rel=0.005)
        assert is_at_the_peak or lufs(samples, spec["rate"]) == pytest.approx(-26, abs=0.1)


@settings(max_examples=40, deadline=None)
@given(raws())
def test_whatever_may_be_asked_for_can_be_made(raw):
    spec = read(raw)
    samples = render.pcm(spec)

    assert samples.shape[1] == spec["channels"] and samples.dtype == "float64"
    assert len(samples) >= 0.15 * spec["rate"]
    well_finished(samples, spec["rate"])


def test_one_spec_is_one_sound_bit_for_bit_in_another_process_too():
    specs = [read(drawn({"kind": kind} | ({"seconds": 1} if "seconds" in KINDS[kind] else {}), 5)) for kind in KINDS]
    here = [digest(spec) for spec in specs]
    code = (
        "import hashlib, json, sys; from curriculum.synth import render\n"
        "for line in reversed(sys.stdin.readlines()):\n"
        "    print(hashlib.sha256(render.whole_steps(render.pcm(json.loads(line))).tobytes()).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        input="\n".join(canonical(spec) for spec in specs),
        env=os.environ | {"PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert there.stdout.split()[::-1] == here
    assert len(set(here)) == len(here) - 1  # pink noise, 3 dB up or not, is the same once it is finished


@pytest.mark.parametrize("kind", ["eq", "filter", "level", "pan", "reverb", "noise-or-tone"])
def test_another_noise_seed_is_another_noise(kind):
    assert digest(short(kind, noise_seed=1)) != digest(short(kind, noise_seed=2))
    assert digest(short("chord", timbre="pluck", noise_seed=1)) != digest(short("chord", timbre="pluck", noise_seed=2))


PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "interval": ({"semitones": 7}, {"semitones": 12}),
    "chord": ({"quality": "maj"}, {"quality": "dim7"}),
    "progression": ({"style": "block"}, {"style": "arpeggio"}),
    "eq": ({"gain_db": 12, "freq_hz": 4000}, {"gain_db": -12, "freq_hz": 250}),
    "filter": ({"freq_hz": 200}, {"on": False}),
    "compression": ({"ratio": 20, "threshold_db": -40}, {"on": False}),
    "pan": ({"position": -1}, {"position": 0}),
    "width": ({"width_pct": 200}, {"width_pct": 0}),
    "delay": ({"mix": 0.9}, {"on": False}),
    "reverb": ({"mix": 0.9}, {"on": False}),
    "drive": ({"drive_db": 24}, {"on": False}),
    "tone": ({"freq_hz": 100}, {"freq_hz": 3000}),
    "noise-or-tone": ({"tone_hz": 1000}, {"on": False}),
    "tempo": ({}, {"change_pct": 8}),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_both_sides_of_a_pair_are_equally_loud_by_an_outside_meter(kind):
    a, b = (read({"kind": kind} | fields) for fields in PAIRS[kind])
    first, second = render.pair(a, b)

    assert abs(lufs(first, 44_100) - lufs(second, 44_100)) <= 0.1
    well_finished(first, 44_100)
    well_finished(second, 44_100)


@pytest.mark.parametrize("change", [-12, -1, 0.5, 3, 12])
def test_of_levels_alone_the_difference_stays(change):
    a, b = (short("level", change_db=db) for db in (0, change))
    first, second = render.pair(a, b)
    ratio = 20 * numpy.log10((second[:, 0] @ second[:, 0]) ** 0.5 / (first[:, 0] @ first[:, 0]) ** 0.5)

    assert ratio == pytest.approx(change, abs=0.001)
    well_finished(first, 44_100)
    well_finished(second, 44_100)


@pytest.mark.parametrize("form", ["flac", "wav"])
def test_a_lossless_file_holds_every_step(form, tmp_path):
    spec = short("width")
    samples = render.pcm(spec)
    render.write(samples, spec["rate"], tmp_path / f"sound.{form}")
    read_back, rate = soundfile.read(tmp_path / f"sound.{form}", dtype="int16")

    assert rate == spec["rate"] and (read_back == render.whole_steps(samples)).all()
    assert soundfile.info(tmp_path / f"sound.{form}").subtype == "PCM_16"
    assert [path.name for path in tmp_path.iterdir()] == [f"sound.{form}"]


def test_an_mp3_has_what_is_asked_up_to_16_khz():
    spec = read({"kind": "eq", "freq_hz": 10000, "gain_db": 9})
    samples = render.pcm(spec)
    lossy, rate = soundfile.read(io.BytesIO(render.encoded(samples, spec["rate"], "mp3")))

    assert rate == spec["rate"] and len(lossy) == pytest.approx(len(samples), abs=3_000)
    before, after = (thirds(sound, rate) for sound in (samples[:, 0], lossy))
    assert numpy.abs(after - before).max() <= 0.3  # dB


def thirds(sound, rate):
    """dB of the power in thirds of an octave from 200 Hz to 14 kHz."""
    power = numpy.abs(numpy.fft.rfft(sound, 2**18)) ** 2
    hz = numpy.fft.rfftfreq(2**18, 1 / rate)
    edges = 200 * 2 ** (numpy.arange(19) / 3)
    return 10 * numpy.log10([power[(hz >= low) & (hz < high)].sum() for low, high in itertools.pairwise(edges)])


def test_a_name_without_a_format_is_refused(tmp_path):
    for name in ("sound", "sound.ogg", "sound.json"):
        with pytest.raises(Refused, match=r"Take \.wav, \.flac or \.mp3"):
            render.write(numpy.zeros((10, 1)), 44_100, tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_whole_leaves_nothing(tmp_path, monkeypatch):
    def broken(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(render, "encoded", broken)
    with pytest.raises(OSError):
        render.write(numpy.zeros((10, 1)), 44_100, tmp_path / "sound.wav")

    assert list(tmp_path.iterdir()) == []


def test_a_sound_without_a_hit_is_silence_and_no_fault():
    spec = read({"kind": "rhythm", "count_in": 0, "hits": {"kick": "0" * 16}})

    assert not render.pcm(spec).any()
    assert json.loads(canonical(spec)) == spec
