"""A spec: what one sound is, whole and checked, so that the same one always gives the same sound."""

import copy
import json
import random
from collections.abc import Mapping
from typing import Any

from core.errors import Refused
from curriculum.synth.field_types import read_all
from curriculum.synth.fields import BAND, KINDS, METERS, NOISE_SEEDS, TIMBRES
from curriculum.theory import numerals
from curriculum.theory.steps import CHORDS

Spec = Mapping[str, Any]  # `kind` and every field of the kind; never changed once it is read

LOWEST_NOTE = 21  # MIDI: A0, the piano's lowest
DRAWN_NOTES = (48, 72)  # MIDI: where roots and tonics are drawn


def read(raw: Any) -> Spec:
    """All fields of the kind, defaults filled in, numbers to three decimals.

    An unknown field, one out of its range, and fields that do not go together are refused.
    """
    if not isinstance(raw, Mapping):
        raise Refused('A sound is written as fields and values in braces, as in {"kind": "interval", "semitones": 7}.')
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Refused(f"`kind` says which sound it is. It can be {', '.join(KINDS)}.", field="kind")
    given = {name: value for name, value in raw.items() if name != "kind"}
    if kind == "eq":
        given = _one_band(given)
    spec = {"kind": kind, **copy.deepcopy(read_all(KINDS[kind], given, f"the kind {kind}"))}
    if kind in TOGETHER:
        TOGETHER[kind](spec)
    return spec


def drawn(raw: Any, seed: int) -> Any:
    """raw with what a showing draws, where it is left out: root or tonic from C3 to C5, timbre, noise seed."""
    kind = raw.get("kind") if isinstance(raw, Mapping) else None
    if not isinstance(kind, str) or kind not in KINDS:
        return raw
    throw = random.Random(seed).random  # alone promised to stay the same
    low, high = DRAWN_NOTES
    note = low + int(throw() * (high - low + 1))
    dice = {
        "root": note,
        "tonic": note,
        "timbre": TIMBRES[int(throw() * len(TIMBRES))],
        "noise_seed": int(throw() * NOISE_SEEDS),
    }
    return {name: value for name, value in dice.items() if name in KINDS[kind]} | dict(raw)


def canonical(spec: Spec) -> str:
    """One text for one sound: keys sorted, no spaces, no NaN, at most three decimals, whole numbers without ".0"."""
    return json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def slots_in_bar(meter: str, slots_per_beat: int) -> int:
    """How many slots the grid of a rhythm has in a bar. 7/8 with 3 a quarter note do not add up: refused."""
    slots = METERS[meter] * slots_per_beat
    if slots != int(slots):
        raise Refused(f"A bar of {meter} has no whole number of slots with {slots_per_beat} a beat. Take 2, 4 or 6.")
    return int(slots)


def _one_band(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a band may stand beside `kind` when there is only one."""
    band = {name: given.pop(name) for name in BAND if name in given}
    if band and "bands" in given:
        raise Refused(f"`{next(iter(band))}` belongs inside `bands`, or leave `bands` out.", field=next(iter(band)))
    return given | {"bands": [band]} if band else given


def _interval(spec: dict[str, Any]) -> None:
    lowest = spec["root"] - spec["semitones"] * (spec["direction"] == "down")
    if lowest < LOWEST_NOTE:
        raise Refused(
            f"{spec['semitones']} half steps down from {spec['root']} end at {lowest}; the lowest note is "
            f"{LOWEST_NOTE}. Take a higher `root`.",
            field="root",
        )


def _scale(spec: dict[str, Any]) -> None:
    if spec["name"] == "melodic-minor" and spec["direction"] == "down":
        raise Refused(
            "Melodic minor on its way down is natural minor. Let it go up, or name that one.", field="direction"
        )


def _chord(spec: dict[str, Any]) -> None:
    most = len(CHORDS[spec["quality"]]) - 1
    if spec["inversion"] > most:
        raise Refused(
            f"`inversion` is {spec['inversion']}, but {spec['quality']} can be 0 to {most}: it has {most + 1} notes.",
            field="inversion",
        )
    lowest = spec["root"] + CHORDS[spec["quality"]][spec["inversion"]]
    if spec["bass"] is not None and spec["bass"] > lowest:
        raise Refused(
            f"`bass` is {spec['bass']}, above the chord's lowest note, {lowest}. Take one that is not higher.",
            field="bass",
        )


def _progression(spec: dict[str, Any]) -> None:
    for numeral in spec["numerals"]:
        numerals.read(numeral, spec["mode"])


def _delay(spec: dict[str, Any]) -> None:
    if spec["ping_pong"] and spec["channels"] != 2:
        raise Refused("`ping_pong` goes from side to side: it needs `channels` 2.", field="ping_pong")
    if spec["time_ms"] > 900 * spec["seconds"]:
        raise Refused(
            f"`time_ms` is {spec['time_ms']}, so of {spec['seconds']} s nothing is left for the repeat. Take more "
            "`seconds`, or a shorter time.",
            field="time_ms",
        )


def _rhythm(spec: dict[str, Any]) -> None:
    slots = slots_in_bar(spec["meter"], spec["slots_per_beat"]) * spec["bars"]
    if spec["hits"] is None:
        beat = spec["slots_per_beat"] if spec["meter"].endswith("4") or spec["slots_per_beat"] == 3 else 0
        beat = beat or spec["slots_per_beat"] // 2
        spec["hits"] = {"kick": "".join("01"[slot % beat == 0] for slot in range(slots))}
    for voice, row in spec["hits"].items():
        if len(row) != slots:
            raise Refused(
                f"`hits` of the {voice} has {len(row)} slots, but {spec['bars']} bar(s) of {spec['meter']} with "
                f"{spec['slots_per_beat']} slots a beat have {slots}. Write that many.",
                field="hits",
            )
    if spec["swing_pct"] != 50 and spec["slots_per_beat"] not in (2, 4):
        raise Refused("`swing_pct` moves every second slot: it needs `slots_per_beat` 2 or 4.", field="swing_pct")


TOGETHER = {
    "interval": _interval,
    "scale": _scale,
    "chord": _chord,
    "progression": _progression,
    "delay": _delay,
    "rhythm": _rhythm,
}
