"""What the meter's child wrote down, believed only as far as it has the right form: a child may be taken over.

Everything here raises ValueError, TypeError or KeyError where something is wrong.
"""

import json
import math
from pathlib import Path
from typing import Any

MOST_ANSWER = 2_000_000  # octets
MOST_PEAKS = 20_000_000
MOST_VALUES = 4_000  # of a curve, or of any list
LONGEST_TEXT = 400  # characters

NAMES = {
    *("integrated", "momentary_max", "short_term_max", "range", "true_peak", "sample_peak", "crest", "plr", "clips"),
    *("correlation", "mono_drop", "out_of_phase_longest", "seconds", "rate", "channels", "bits", "tempo", "key"),
    *("sample_peak_at", "true_peak_at", "clip_places", "momentary_max_at", "short_term_max_at"),
    *("tempo_confidence", "tempo_half", "tempo_double", "key_confidence", "key_second"),
    *("reasons", "words", "warnings"),
}
CURVES = {"loudness", "correlation", "spectrum"}


def answer(path: Path) -> dict[str, Any]:
    """{"meter", "figures", "curves"}, or {"refused": a sentence}."""
    said = _json(path, MOST_ANSWER)
    if "refused" in said:
        return {"refused": _text(said["refused"])}
    _text(said["meter"])
    if said["figures"].keys() - NAMES or said["curves"].keys() - CURVES:
        raise ValueError("names that are none of ours")
    for one in (said["figures"], said["curves"]):
        _plain(one, 0)
    return {name: said[name] for name in ("meter", "figures", "curves")}


def peaks(path: Path) -> None:
    """Whether it is audiowaveform's JSON, version 2."""
    said = _json(path, MOST_PEAKS)
    whole = [said[name] for name in ("channels", "sample_rate", "samples_per_pixel", "length")]
    if said["version"] != 2 or said["bits"] != 8 or len(said) != 7 or not all(type(one) is int for one in whole):
        raise ValueError("no waveform")
    data = said["data"]
    if len(data) != 2 * said["channels"] * said["length"]:
        raise ValueError("not as long as it says")
    if not all(type(one) is int and -128 <= one <= 127 for one in data):
        raise ValueError("no samples")


def flac(path: Path) -> None:
    with open(path, "rb") as file:
        if file.read(4) != b"fLaC":
            raise ValueError("no FLAC")


def _json(path: Path, most: int) -> dict[str, Any]:
    if path.is_symlink() or path.stat().st_size > most:
        raise ValueError("too much")
    said = json.loads(path.read_text("utf-8"), parse_constant=_no_number)
    if not isinstance(said, dict):
        raise TypeError("no object")
    return said


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _plain(value: Any, depth: int) -> None:
    """Numbers, short texts, None; lists and objects of them, three deep."""
    if depth > 3:
        raise ValueError("too deep")
    if isinstance(value, dict):
        for name, one in value.items():
            _text(name)
            _plain(one, depth + 1)
    elif isinstance(value, list):
        if len(value) > MOST_VALUES:
            raise ValueError("too many")
        for one in value:
            _plain(one, depth + 1)
    elif isinstance(value, str):
        _text(value)
    elif value is not None and not (type(value) in (int, float) and math.isfinite(value)):
        raise TypeError("no figure")


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise TypeError("no text")
    return value
