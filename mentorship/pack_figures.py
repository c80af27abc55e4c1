"""The meter's figures in words, for an evidence pack: one row for each, a sentence where there is none."""

from collections.abc import Mapping
from typing import Any

from core.words import clock_time

ROWS: tuple[tuple[str, str, str, int], ...] = (
    ("integrated", "Loudness, whole piece", "LUFS", 1),
    ("short_term_max", "Loudest 3 seconds", "LUFS", 1),
    ("momentary_max", "Loudest 0.4 seconds", "LUFS", 1),
    ("range", "Loudness range", "LU", 1),
    ("true_peak", "True peak", "dBTP", 1),
    ("sample_peak", "Sample peak", "dBFS", 1),
    ("plr", "Peak to loudness (PLR)", "dB", 1),
    ("crest", "Crest factor", "dB", 1),
    ("clips", "Clipped places", "", 0),
    ("correlation", "Stereo correlation", "", 2),
    ("mono_drop", "Lost in mono", "LU", 1),
    ("tempo", "Tempo, a guess", "BPM", 1),
    ("key", "Key, a guess", "", 0),
)  # name, title, unit, decimals
PLACES = {"true_peak": "true_peak_at", "sample_peak": "sample_peak_at", "short_term_max": "short_term_max_at"}
PLACES |= {"momentary_max": "momentary_max_at"}


def rows(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(what it is, its figure with its unit and place, or why there is none)."""
    reasons = figures.get("reasons") or {}
    found = []
    for name, title, unit, decimals in ROWS:
        value = figures.get(name)
        if value is not None:
            found.append((title, _said(value, unit, decimals) + _place(figures, name)))
        elif reasons.get(name):
            found.append((title, f"no figure: {reasons[name]}"))
    return found


def sentences(figures: Mapping[str, Any]) -> list[str]:
    """What the meter has to say beside its figures."""
    return [str(one) for name in ("words", "warnings") for one in figures.get(name) or []]


def _said(value: Any, unit: str, decimals: int) -> str:
    if isinstance(value, str):
        return value
    figure = f"{value:.{decimals}f}".replace("-", "−")
    if set(figure) <= set("−0."):
        figure = figure.removeprefix("−")
    return f"{figure} {unit}".strip()


def _place(figures: Mapping[str, Any], name: str) -> str:
    at = figures.get(PLACES.get(name, ""))
    return f" at {clock_time(at)}" if isinstance(at, int | float) else ""
