"""What a spec may say, and the one text that stands for it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from curriculum.synth import field_types, spec
from curriculum.synth.fields import BAND, KINDS, TIMBRES
from tests.curriculum.synth.any_spec import raws

KINDS_OF_THE_COURSE = {
    *("interval", "scale", "degree", "chord", "cadence", "progression", "eq", "filter", "compression", "level", "pan"),
    *("width", "delay", "reverb", "drive", "tone", "noise-or-tone", "rhythm", "tempo"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_alone_is_a_whole_sound(kind):
    found = spec.read({"kind": kind})

    assert found.keys() == {"kind", *KINDS[kind]}
    assert spec.read(found) == found
    assert KINDS.keys() == KINDS_OF_THE_COURSE


@given(raws())
def test_one_text_stands_for_one_sound(raw):
    found = spec.read(raw)
    text = spec.canonical(found)

    assert spec.canonical(spec.read(json.loads(text))) == text
    assert spec.canonical(spec.read(dict(reversed(raw.items())))) == text
    assert " " not in text.replace(json.dumps(found.get("numerals", "")), "")
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text
    numbers = re.findall(r"(?<=[:\[,])-?\d[\d.e+-]*", text)
    assert all(re.fullmatch(r"-?(0|[1-9]\d*)(\.\d{0,2}[1-9])?", number) and number != "-0" for number in numbers)


@given(raws(), st.data())
def test_what_is_read_has_nothing_in_common_with_what_was_sent(raw, data):
    before = json.dumps(raw)
    found: Any = spec.read(raw)
    for name in ("bands", "hits", "numerals"):
        if name in found:
            found[name].clear()

    assert json.dumps(raw) == before
    assert spec.read({"kind": raw["kind"]}) == spec.read({"kind": raw["kind"]})
    assert spec.read({"kind": raw["kind"]}).get("bands", True)


@pytest.mark.parametrize(
    ("raw", "field", "words"),
    [
        ({"kind": "interval", "semitone": 7}, "semitone", "`semitone` is no field of the kind interval. It has: rate"),
        ({"kind": "interval", "semitones": 25}, "semitones", "whole number from 0 to 24 half steps"),
        ({"kind": "interval", "semitones": 2.5}, "semitones", "is 2.5"),
        ({"kind": "interval", "semitones": True}, "semitones", "is true"),
        ({"kind": "interval", "semitones": "7"}, "semitones", "is 7; it can be a whole number"),
        ({"kind": "interval", "gap_s": float("nan")}, "gap_s", "0 to 0.5 s"),
        ({"kind": "interval", "gap_s": None}, "gap_s", "is null"),
        ({"kind": "interval", "root": 36, "semitones": 24, "direction": "down"}, "root", "end at 12"),
        ({"kind": "scale", "name": "melodic-minor", "direction": "down"}, "direction", "is natural minor"),
        ({"kind": "chord", "inversion": 3}, "inversion", "maj can be 0 to 2: it has 3 notes"),
        ({"kind": "chord", "bass": 61}, "bass", "above the chord's lowest note, 60"),
        ({"kind": "chord", "quality": "minor"}, "quality", "maj, min, dim"),
        ({"kind": "degree", "degree": "8"}, "degree", "b3"),
        ({"kind": "progression", "numerals": ["I"]}, "numerals", "2 to 8 Roman numerals"),
        ({"kind": "progression", "numerals": "I V"}, "numerals", "2 to 8 Roman numerals"),
        ({"kind": "progression", "numerals": ["I", "Vmaj9"]}, None, "is no numeral"),
        ({"kind": "progression", "numerals": ["I", 5]}, "numerals", "2 to 8 Roman numerals"),
        ({"kind": "eq", "freq_hz": 31}, "freq_hz", "31.5 to 16000 Hz"),
        ({"kind": "eq", "q": 1, "bands": [{}]}, "q", "belongs inside `bands`"),
        ({"kind": "eq", "bands": []}, "bands", "1 to 2 bands"),
        ({"kind": "eq", "bands": [{}, {}, {}]}, "bands", "1 to 2 bands"),
        ({"kind": "eq", "bands": [3]}, None, "a band of `bands` is 3"),
        ({"kind": "eq", "bands": [{"gain": 3}]}, "gain", "no field of a band of `bands`. It has: type, freq_hz"),
        ({"kind": "filter", "slope": 18}, "slope", "12, 24 dB an octave"),
        ({"kind": "pan", "channels": 1}, "channels", "can be 2"),
        ({"kind": "delay", "ping_pong": True}, "ping_pong", "needs `channels` 2"),
        ({"kind": "level", "on": 1}, "on", "is 1; it can be true, false"),
        ({"kind": "level", "rate": 44100.5}, "rate", "44100, 48000 Hz"),
        ({"kind": "level", "rate": True}, "rate", "44100, 48000 Hz"),
        ({"kind": "rhythm", "hits": {"kick": "10"}}, "hits", "of the kick has 2 slots, but 1 bar(s) of 4/4"),
        ({"kind": "rhythm", "hits": {"tom": "1000100010001000"}}, "hits", "kick, snare, hat, clap"),
        ({"kind": "rhythm", "hits": {"kick": "x000100010001000"}}, "hits", "kick, snare, hat, clap"),
        ({"kind": "rhythm", "hits": {"kick": 1}}, "hits", "kick, snare, hat, clap"),
        ({"kind": "rhythm", "meter": "7/8", "slots_per_beat": 3}, None, "7/8 has no whole number of slots"),
        ({"kind": "rhythm", "slots_per_beat": 3, "swing_pct": 60}, "swing_pct", "every second slot"),
        ({"kind": "rhythms"}, "kind", "It can be interval, scale"),
        ({"kind": ["eq"]}, "kind", "It can be interval, scale"),
        ({}, "kind", "says which sound it is"),
        ([], None, "as fields and values"),
        ("eq", None, "as fields and values"),
    ],
)
def test_what_cannot_sound_is_refused_with_its_name_and_range(raw, field, words):
    with pytest.raises(Refused) as refusal:
        spec.read(raw)

    assert words in refusal.value.text and refusal.value.field == field
    assert len(refusal.value.text) < 400


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        (kind, name, field)
        for kind, table in KINDS.items()
        for name, field in table.items()
        if isinstance(field, field_types.Number) and name != "inversion"
    ],
)
def test_both_ends_of_a_range_are_in_it_and_the_next_is_not(kind, name, field):
    step = 1 if field.is_whole else 0.001
    for end, beyond in ((field.low, field.low - step), (field.high, field.high + step)):
        others = {"root": 84} if name == "bass" else {}
        assert spec.read({"kind": kind, name: end, **others})[name] == end
        with pytest.raises(Refused, match=re.escape(f"`{name}` is")):
            spec.read({"kind": kind, name: beyond, **others})


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (BAND["gain_db"], "−3.5", -3.5),
        (BAND["gain_db"], " +6 ", 6),
        (BAND["type"], "bell", "bell"),
        (KINDS["scale"]["steps"], "none", None),
        (KINDS["level"]["on"], "off", False),
        (KINDS["level"]["rate"], "48000", 48000),
        (KINDS["progression"]["numerals"], "I V  vi IV", ["I", "V", "vi", "IV"]),
        (
            KINDS["rhythm"]["hits"],
            "snare 0000 1000; kick 1000 0010",
            {"kick": "10000010", "snare": "00001000"},
        ),
    ],
)
def test_authors_write_values_as_text(field, text, value):
    assert field.from_text("it", text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (BAND["gain_db"], "loud"),
        (BAND["gain_db"], "none"),
        (BAND["type"], "none"),
        (KINDS["level"]["on"], "maybe"),
        (KINDS["level"]["rate"], "4e4"),
        (KINDS["rhythm"]["hits"], "kick 1000; kick 0001"),
        (KINDS["rhythm"]["hits"], "kick"),
        (KINDS["rhythm"]["hits"], ""),
        (KINDS["progression"]["numerals"], "I"),
        (KINDS["eq"]["bands"], "bell"),
    ],
)
def test_text_that_is_no_value_is_refused(field, text):
    with pytest.raises(Refused, match="`it` is"):
        field.from_text("it", text)


def test_a_band_may_stand_beside_the_kind():
    alone = spec.read({"kind": "eq", "freq_hz": 250, "gain_db": -6})

    assert alone == spec.read({"kind": "eq", "bands": [{"freq_hz": 250, "gain_db": -6}]})
    assert alone["bands"] == [{"type": "bell", "freq_hz": 250, "gain_db": -6, "q": 1.4}]


def test_a_seed_draws_only_what_is_left_open():
    sent = {"kind": "chord", "timbre": "organ"}
    seeds = [spec.read(spec.drawn(sent, seed)) for seed in range(300)]

    assert seeds[7] == spec.read(spec.drawn(sent, 7))
    assert {one["timbre"] for one in seeds} == {"organ"}
    assert {one["root"] for one in seeds} == set(range(48, 73))
    assert {one["noise_seed"] for one in seeds} == set(range(16))
    assert {spec.read(spec.drawn({"kind": "scale"}, seed))["timbre"] for seed in range(60)} == set(TIMBRES)
    assert "root" not in spec.drawn({"kind": "eq"}, 1)
    with pytest.raises(Refused, match="It can be"):
        spec.read(spec.drawn({"kind": []}, 1))


@settings(max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda one: (
            st.lists(one, max_size=3)
            | st.dictionaries(st.sampled_from(["kind", "bands", "hits", "numerals", "root", "q"]), one, max_size=3)
        ),
        max_leaves=8,
    ),
    st.sampled_from(list(KINDS)),
)
def test_whatever_is_sent_is_read_or_refused(value, kind):
    for raw in (
        value,
        {"kind": kind, "bands": value},
        {"kind": kind, "hits": value},
        {"kind": kind, "numerals": value},
        {"kind": kind, "noise_seed": value},
    ):
        try:
            spec.canonical(spec.read(raw))
        except Refused as refusal:
            assert refusal.text
