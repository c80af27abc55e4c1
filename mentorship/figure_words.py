"""The meter's figures as people read them: a row each, beside the target windows that fit, in words and as a bar.

Pure: figures and windows in, words and places out. A measure advises, never decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core import words
from mentorship.targets import BEYOND, PLACES, STEPS, UNITS, written

NEARLY = 1e-6  # what rounding on the way may add to a figure
TITLES = {
    "integrated": "Integrated loudness",
    "short_term_max": "Loudest 3 seconds",
    "momentary_max": "Loudest 400 ms",
    "range": "Loudness range",
    "true_peak": "True peak",
    "sample_peak": "Sample peak",
    "clips": "Clipping",
    "crest": "Crest factor",
    "plr": "Peak to loudness",
    "correlation": "Stereo correlation",
    "mono_drop": "Lost in mono",
    "out_of_phase_longest": "Longest out of phase",
}  # in the order in which they are shown
MAIN = ("integrated", "short_term_max", "range", "true_peak", "clips", "correlation")  # the others stand in "more"
OTHERS = ("seconds", "rate", "bits", "channels", "tempo")  # have a row where a target asks for them
SCALES = {
    "integrated": (-40.0, 0.0),
    "short_term_max": (-40.0, 0.0),
    "momentary_max": (-40.0, 0.0),
    "range": (0.0, 25.0),
    "true_peak": (-15.0, 3.0),
    "sample_peak": (-15.0, 3.0),
    "crest": (0.0, 30.0),
    "plr": (0.0, 30.0),
    "correlation": (-1.0, 1.0),
    "mono_drop": (0.0, 12.0),
}  # ends of the bar
PLACED = ("true_peak", "sample_peak", "momentary_max", "short_term_max")  # have a moment of their own
EXACT = ("clips", "seconds", "rate", "bits", "channels")


@dataclass(frozen=True, slots=True)
class Window:
    """What a milestone asks of a figure. A bound that is None does not count."""

    measure: str
    lowest: float | None
    highest: float | None
    title: str  # of the target
    of: str  # "M15 Streaming master"


@dataclass(frozen=True, slots=True)
class Bar:
    """In per cent of its width."""

    start: float  # of the window
    width: float
    value: float


@dataclass(frozen=True, slots=True)
class Saying:
    """A figure beside one window."""

    text: str
    is_met: bool
    window: Window
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Row:
    measure: str
    title: str
    value: str  # "−9.2 LUFS"; "": none
    why: str  # why there is none
    at: float | None  # seconds: where it is
    at_words: str
    sayings: tuple[Saying, ...]
    is_main: bool


def rows(figures: Mapping[str, Any], windows: Iterable[Window] = ()) -> list[Row]:
    """The figures in their order, each with the windows that ask for it."""
    asked: dict[str, list[Window]] = {}
    for window in windows:
        asked.setdefault(window.measure, []).append(window)
    shown = [name for name in TITLES if name in figures] + [
        name for name in OTHERS if name in asked and name in figures
    ]
    return [_row(name, figures, asked.get(name, [])) for name in shown]


def beside(window: Window, value: float, at: float | None = None) -> Saying:
    """ "2.1 LU louder than the target window (−16 to −8 LUFS)", "0.6 dB over −1 dBTP, at 1:12.480"."""
    lowest, highest = window.lowest, window.highest
    edge, gap = None, 0.0
    if highest is not None and value > highest + NEARLY:
        edge, gap = highest, value - highest
    elif lowest is not None and value < lowest - NEARLY:
        edge, gap = lowest, lowest - value
    bar = _bar(window, value)
    if edge is None:
        return Saying(f"as wanted: {_asked(window)}", True, window, bar)
    if window.measure == "clips":
        return Saying(f"{_asked(window)} asked for", False, window, bar)
    is_over = edge == highest
    if lowest is None or highest is None:
        place = f", at {words.clock_time(at)}" if at is not None and is_over else ""
        text = f"{_gap(window.measure, gap)} {'over' if is_over else 'under'} {_short(window.measure, edge)}{place}"
    else:
        louder, quieter = BEYOND.get(window.measure, ("above", "below"))
        word = louder if is_over else quieter
        joined = word if word in ("above", "below") else f"{word} than"
        text = f"{_gap(window.measure, gap)} {joined} the target window ({_asked(window)})"
    return Saying(text, False, window, bar)


def number_of(figures: Mapping[str, Any], name: str) -> float | None:
    """A figure as a number; None where there is none."""
    value = figures.get(name)
    return float(value) if isinstance(value, int | float) else None


def _row(name: str, figures: Mapping[str, Any], windows: list[Window]) -> Row:
    value, title = number_of(figures, name), TITLES.get(name, name.capitalize())
    reasons = figures.get("reasons") or {}
    at = number_of(figures, f"{name}_at") if name in PLACED else None
    if name == "clips" and figures.get("clip_places"):
        at = float(figures["clip_places"][0])
    sayings = tuple(beside(window, value, at) for window in windows) if value is not None else ()
    return Row(
        name,
        title,
        "" if value is None else f"{value:.1f} s" if name == "out_of_phase_longest" else written(name, value),
        "" if value is not None else str(reasons.get(name) or "The meter has no figure for it."),
        at,
        "" if at is None else words.clock_time(at),
        sayings,
        name in MAIN or bool(windows),
    )


def _asked(window: Window) -> str:
    """ "−16 to −8 LUFS", "−1 dBTP at most", "24 bit or more"."""
    lowest, highest = window.lowest, window.highest
    if window.measure == "clips" and highest is not None:
        return "no clipping" if highest == 0 else f"{highest:g} clipped places at most"
    if lowest is not None and highest is not None:
        unit = UNITS.get(window.measure, "")
        if window.measure in EXACT:
            return f"{written(window.measure, lowest)} to {written(window.measure, highest)}"
        return f"{_plain(lowest)} to {_plain(highest)} {unit}".rstrip()
    if highest is not None:
        return f"{_short(window.measure, highest)} at most"
    return f"{_short(window.measure, lowest)} or more" if lowest is not None else "a figure"


def _short(measure: str, edge: float) -> str:
    """An edge as it was asked for: "−1 dBTP", not "−1.0 dBTP"."""
    if measure in EXACT:
        return written(measure, edge)
    return f"{_plain(edge)} {UNITS.get(measure, '')}".rstrip()


def _plain(number: float) -> str:
    return f"{number:g}".replace("-", "−")


def _gap(measure: str, gap: float) -> str:
    if measure == "seconds":
        return f"{gap:.3f} s"
    if measure in EXACT:
        return written(measure, gap)
    unit = UNITS.get(measure, "")
    places = max(PLACES.get(measure, 1), 2 if gap < 0.1 else 0)
    return f"{gap:.{places}f} {STEPS.get(unit, unit)}".rstrip()


def _bar(window: Window, value: float) -> Bar | None:
    if window.measure not in SCALES:
        return None
    low, high = SCALES[window.measure]

    def across(number: float | None, otherwise: float) -> float:
        number = otherwise if number is None else number
        return round(100 * (min(high, max(low, number)) - low) / (high - low), 2)

    start, end = across(window.lowest, low), across(window.highest, high)
    return Bar(start, max(1.0, end - start), across(value, low))
