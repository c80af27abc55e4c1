"""Specs of every kind for Hypothesis, made from the table of fields."""

from typing import Any

from hypothesis import strategies as st

from curriculum.synth import field_types as types
from curriculum.synth.fields import KINDS, VOICES
from curriculum.synth.spec import slots_in_bar

NUMERALS = {
    "major": ["I", "ii", "iii", "IV", "V", "vi", "vii°", "V7", "ii7", "Imaj7", "V9", "V/V", "bVII", "I6", "V65"],
    "minor": ["i", "ii°", "III", "iv", "v", "V", "VI", "VII", "V7", "iv7", "iiø7", "vii°7", "i6", "V/V"],
}


def values(field: types.Field) -> st.SearchStrategy[Any]:
    if isinstance(field, types.Number):
        numbers = (
            st.integers(int(field.low), int(field.high))
            if field.is_whole
            else st.floats(field.low, field.high, allow_nan=False)
        )
        return numbers | st.none() if field.may_be_none else numbers
    if isinstance(field, types.Word | types.OneOf):
        return st.sampled_from(field.options)
    if isinstance(field, types.Flag):
        return st.booleans()
    if isinstance(field, types.Bands):
        band = st.fixed_dictionaries({}, optional={name: values(one) for name, one in field.band.items()})
        return st.lists(band, min_size=1, max_size=2)
    raise TypeError(type(field))


@st.composite
def raws(draw: st.DrawFn, kinds: tuple[str, ...] = tuple(KINDS)) -> dict[str, Any]:
    """What `spec.read` takes, some fields left out."""
    kind = draw(st.sampled_from(kinds))
    plain = {
        name: values(field) for name, field in KINDS[kind].items() if not isinstance(field, types.Numerals | types.Hits)
    }
    raw = {"kind": kind} | draw(st.fixed_dictionaries({}, optional=plain))
    return TOGETHER[kind](draw, raw) if kind in TOGETHER else raw


def _interval(draw: st.DrawFn, raw: dict[str, Any]) -> dict[str, Any]:
    return raw if raw.get("root", 60) >= 45 else raw | {"direction": "up"}


def _scale(draw: st.DrawFn, raw: dict[str, Any]) -> dict[str, Any]:
    return raw | {"direction": "up"} if raw.get("name") == "melodic-minor" else raw


def _chord(draw: st.DrawFn, raw: dict[str, Any]) -> dict[str, Any]:
    raw["inversion"] = min(raw.get("inversion", 0), 2)
    return raw | {"bass": draw(st.integers(24, raw.get("root", 60)) | st.none())}


def _progression(draw: st.DrawFn, raw: dict[str, Any]) -> dict[str, Any]:
    raw["numerals"] = draw(st.lists(st.sampled_from(NUMERALS[raw.get("mode", "major")]), min_size=2, max_size=8))
    return raw


def _delay(draw: st.DrawFn, raw: dict[str, Any]) -> dict[str, Any]:
    return raw | {"channels": 2} if raw.get("ping_pong") else raw


def _rhythm(draw: st.DrawFn, raw: dict[str, Any]) -> dict[str, Any]:
    per_beat = raw.get("slots_per_beat", 4)
    if per_beat not in (2, 4):
        raw["swing_pct"] = 50
    if raw.get("meter") == "7/8" and per_beat == 3:
        raw["meter"] = "6/8"
    slots = slots_in_bar(raw.get("meter", "4/4"), per_beat) * raw.get("bars", 1)
    row = st.text("01", min_size=slots, max_size=slots)
    return raw | {"hits": draw(st.dictionaries(st.sampled_from(VOICES), row, min_size=1, max_size=3))}


TOGETHER = {
    "interval": _interval,
    "scale": _scale,
    "chord": _chord,
    "progression": _progression,
    "delay": _delay,
    "rhythm": _rhythm,
}
