"""Hits stand on their samples, the count-in counts the meter, and tempo is kept."""

import numpy
import pytest
from hypothesis import given, settings

from curriculum.synth import render, rhythms
from curriculum.synth.spec import read
from tests.curriculum.synth.any_spec import raws
from tests.curriculum.synth.test_pitched import LEAD, onset


def times(spec, voice):
    return [hit.at_s for hit in rhythms.hits(spec) if hit.voice == voice]


def rhythm(**fields):
    return read({"kind": "rhythm", "count_in": 0, **fields})


@pytest.mark.parametrize(("bpm", "slots", "swing"), [(40, 2, 50), (41.7, 2, 66), (50, 2, 58.5), (44, 3, 50)])
def test_a_hit_begins_on_the_nearest_sample(bpm, slots, swing):
    spec = rhythm(bpm=bpm, slots_per_beat=slots, swing_pct=swing, meter="2/4", hits={"clap": "1" * 2 * slots})
    for rate in (44_100, 48_000):
        sound = rhythms.drummed(spec | {"rate": rate})[:, 0]
        slot = 60 / bpm / slots
        for number in range(2 * slots):
            late = (swing - 50) / 50 * slot if number % 2 else 0
            at = LEAD + number * slot + late
            assert 0 <= onset(sound, at - 0.01, rate) - round(at * rate) <= 1


@settings(max_examples=20, deadline=None)
@given(raws(kinds=("rhythm",)))
def test_the_sound_is_its_hits_and_nothing_else(raw):
    """At any tempo, where hits lie over one another too: each in its place, cut where the sound ends."""
    spec = read(raw | {"count_in": 0, "channels": 1})
    bar_beats = {"2/4": 2, "3/4": 3, "4/4": 4, "5/4": 5, "6/8": 3, "7/8": 3.5}[spec["meter"]]
    beat, rate, lead = 60 / spec["bpm"], spec["rate"], round(LEAD * spec["rate"])
    expected = numpy.zeros(lead + round((spec["bars"] * bar_beats * beat + LEAD) * rate))
    for voice, row in spec["hits"].items():
        one = rhythms.sounded(voice, rate)
        for number in (place for place, mark in enumerate(row) if mark == "1"):
            swung = (spec["swing_pct"] / 100 - 0.5) * 2 * (number % 2)
            start = lead + round((number + swung) * beat / spec["slots_per_beat"] * rate)
            expected[start : start + len(one)] += one[: max(0, len(expected) - start)]

    found = rhythms.drummed(spec)[:, 0]
    assert len(found) == len(expected) and numpy.abs(found - expected).max() < 1e-9


@pytest.mark.parametrize(
    ("meter", "clicks", "bar_s", "loud"),
    [
        ("4/4", 4, 2.4, [0]),
        ("5/4", 5, 3.0, [0]),
        ("6/8", 6, 1.8, [0, 3]),
        ("7/8", 7, 2.1, [0, 2, 4]),
    ],
)
def test_a_bar_is_counted_before_the_pattern(meter, clicks, bar_s, loud):
    spec = read({"kind": "rhythm", "meter": meter, "bpm": 100, "count_in": 2, "slots_per_beat": 2})
    counted = [hit for hit in rhythms.hits(spec) if hit.voice.startswith("click")]

    assert len(counted) == 2 * clicks
    assert [hit.at_s for hit in counted] == pytest.approx([number * bar_s / clicks for number in range(2 * clicks)])
    assert [place for place, hit in enumerate(counted[:clicks]) if hit.loud == 1] == loud
    assert [place for place, hit in enumerate(counted) if hit.voice == "click-one"] == [0, clicks]
    assert min(times(spec, "kick")) == pytest.approx(2 * bar_s)


def test_left_out_hits_are_a_kick_on_each_beat():
    assert rhythm()["hits"] == {"kick": "1000100010001000"}
    assert rhythm(meter="6/8", slots_per_beat=2)["hits"] == {"kick": "111111"}
    assert rhythm(meter="6/8", slots_per_beat=4)["hits"] == {"kick": "101010101010"}
    assert rhythm(meter="7/8", slots_per_beat=2, bars=2)["hits"] == {"kick": "1" * 14}


def test_swing_delays_every_second_slot_alone():
    straight, swung = (rhythms.slot_times(rhythm(bpm=60, slots_per_beat=2, swing_pct=pct)) for pct in (50, 66.667))

    assert straight == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5])
    assert swung[1::2] == pytest.approx([2 / 3, 5 / 3, 8 / 3, 11 / 3], abs=1e-4) and swung[::2] == straight[::2]


@pytest.mark.parametrize("change", [-20, 0, 4, 20])
def test_a_tempo_is_what_it_says_and_b_is_faster_by_its_share(change):
    spec = read({"kind": "tempo", "bpm": 117, "bars": 2, "change_pct": change})
    beat = 60 / (117 * (1 + change / 100))

    assert sorted(times(spec, "kick") + times(spec, "snare")) == pytest.approx([n * beat for n in range(8)])
    assert len(render.pcm(spec)) == pytest.approx((8 * beat + 2 * LEAD) * 44_100, abs=2)
