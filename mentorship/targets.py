"""A milestone's targets beside the meter's figures of its evidence: whether each is met, and in words by how much.

Pure: figures in, words out. A measure advises, never decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import words
from curriculum.content import Milestone, Target

NEARLY = 1e-6  # what rounding on the way may add to a figure
UNITS = {
    "integrated": "LUFS", "momentary_max": "LUFS", "short_term_max": "LUFS", "range": "LU", "true_peak": "dBTP",
    "sample_peak": "dBFS", "crest": "dB", "plr": "dB", "mono_drop": "LU", "tempo": "BPM",
}  # fmt: skip
STEPS = {"LUFS": "LU", "dBTP": "dB", "dBFS": "dB"}  # unit of a figure -> unit of the way between two of them
PLACES = {"correlation": 2, "tempo": 1}  # decimals; one elsewhere
BEYOND = {
    "integrated": ("louder", "quieter"), "momentary_max": ("louder", "quieter"),
    "short_term_max": ("louder", "quieter"), "seconds": ("longer", "shorter"), "tempo": ("faster", "slower"),
    "range": ("wider", "narrower"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """What the meter found in a version that stands as evidence."""

    item: str  # id of the evidence item
    piece: str  # its title
    number: int  # of the version
    state: str  # waiting, measuring, ready, failed; "": it holds no sound
    reason: str = ""  # why it failed
    figures: Mapping[str, Any] = field(default_factory=dict)
    correlation: Sequence[float | None] = ()  # over time

    @property
    def name(self) -> str:
        return f"{self.piece}, V{self.number}"

    def value(self, measure: str) -> float | None:
        found = self.figures.get(measure)
        return float(found) if isinstance(found, int | float) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """state: met, not met; "": not measured, so the learner's word holds. note: figures in words, or why there is none.
    figures: what it rests on, as plain values."""

    state: str
    note: str = ""
    figures: tuple[dict[str, Any], ...] = ()


def read(target: Target, milestone: Milestone, heard: Iterable[Heard]) -> Reading:
    """One target on what stands as evidence now."""
    if not target.measure:
        return Reading("")
    heard = list(heard)
    items = {item.id: item for item in milestone.evidence}
    shown: list[Heard] = []
    for item_id in (*target.of, *filter(None, [target.no_more_than])):
        here = [one for one in heard if one.item == item_id and one.state]
        if not here and not items[item_id].is_option:
            return Reading("", f"Nothing to measure yet: no sound stands for “{items[item_id].title}”.")
        shown += here
    for one in shown:
        if silence := _silence(one, target):
            return Reading("", silence)
    measured = [one for one in shown if one.item in target.of]
    if not measured:
        return Reading("", "Nothing to measure: no sound stands for it.")
    figures = tuple(_figure(one, target.measure) for one in shown)
    parts, is_met = _judged(target, measured, [one for one in shown if one.item == target.no_more_than], items)
    return Reading("met" if is_met else "not met", "; ".join(parts), figures)


def written(measure: str, value: float, *, places: int | None = None) -> str:
    """A figure with its unit: "−9.2 LUFS", "1:12.480", "44.1 kHz"."""
    if measure == "seconds":
        return words.clock_time(value)
    if measure == "rate":
        return f"{value / 1000:g} kHz"
    if measure == "bits":
        return f"{value:g} bit"
    if measure == "channels":
        return "mono" if value == 1 else "stereo" if value == 2 else f"{value:g} channels"
    if measure == "clips":
        return "no clipping" if not value else f"{value:g} clipped " + ("place" if value == 1 else "places")
    number = f"{value:.{PLACES.get(measure, 1) if places is None else places}f}"
    unit = UNITS.get(measure, "")
    sign = "+" if measure == "correlation" and value > 0 else ""
    return _minus(sign + number) + (f" {unit}" if unit else "")


def _silence(one: Heard, target: Target) -> str:
    """Why this version gives no figure, or ""."""
    if one.state in ("waiting", "measuring"):
        return f"Not measured yet: {one.name}."
    if one.state == "failed":
        return f"{one.name} could not be measured: {one.reason or 'the meter gave up'}".rstrip(".") + "."
    if target.share is not None:
        return (
            "" if any(value is not None for value in one.correlation) else f"{one.name} has no correlation over time."
        )
    if one.value(target.measure) is None:
        reason = (one.figures.get("reasons") or {}).get(target.measure) or "the meter has no figure for it"
        return f"{one.name}: {reason}".rstrip(".") + "."
    return ""


def _figure(one: Heard, measure: str) -> dict[str, Any]:
    return {
        "item": one.item,
        "piece": one.piece,
        "number": one.number,
        "measure": measure,
        "value": one.value(measure),
    }


def _judged(
    target: Target, measured: list[Heard], base: list[Heard], items: Mapping[str, Any]
) -> tuple[list[str], bool]:
    if target.within is not None:
        return _together(target, target.within, measured)
    parts, is_met = [], True
    highest = min((one.value(target.measure) or 0.0 for one in base), default=target.highest)
    for one in measured:
        if target.share is not None:
            text, fits = _over_time(target, target.share, one)
        else:
            value = one.value(target.measure)
            assert value is not None
            limit = f"“{items[target.no_more_than].title}”" if base else ""
            text, fits = _beside(target, value, highest, limit)
        parts.append(f"{one.name}: {text}")
        is_met = is_met and fits
    return parts, is_met


def _beside(target: Target, value: float, highest: float | None, limit: str) -> tuple[str, bool]:
    """A figure beside its window. limit: what the highest is called, where it is a figure itself."""
    measure, lowest = target.measure, target.lowest
    if target.one_of and not any(abs(value - one) <= NEARLY for one in target.one_of):
        wanted = " or ".join(written(measure, one) for one in target.one_of)
        return f"{written(measure, value)}, not {wanted}", False
    if measure == "clips" and highest is not None and value > highest:
        most = f"{limit} has {highest:g}" if limit else f"{highest:g} is the most"
        return f"{written(measure, value)}; {most}", False
    above, below = BEYOND.get(measure, ("above", "below"))
    if highest is not None and value > highest + NEARLY:
        return _off(measure, value, value - highest, above, _edge(measure, lowest, highest, limit)), False
    if lowest is not None and value < lowest - NEARLY:
        return _off(measure, value, lowest - value, below, _edge(measure, highest, lowest, limit)), False
    return written(measure, value), True


def _edge(measure: str, other: float | None, edge: float, limit: str) -> str:
    return limit or ("the target window" if other is not None else written(measure, edge))


def _off(measure: str, value: float, gap: float, word: str, edge: str) -> str:
    """ "−9.2 LUFS, 1.2 LU louder than the target window"; with a further decimal where the gap is small."""
    joined = f"{word} {edge}" if word in ("above", "below") else f"{word} than {edge}"
    places = 2 if gap < 0.1 and PLACES.get(measure, 1) == 1 else None
    return f"{written(measure, value, places=places)}, {_way(measure, gap)} {joined}"


def _way(measure: str, gap: float) -> str:
    """How far: "1.2 LU", "3.250 s"."""
    if measure == "seconds":
        return words.clock_time(gap) if gap >= 60 else f"{gap:.3f}".rstrip("0").rstrip(".") + " s"
    if measure in ("rate", "bits"):
        return written(measure, gap)
    unit = UNITS.get(measure, "")
    places = max(PLACES.get(measure, 1), 2 if gap < 0.1 else 0)
    return (f"{gap:.{places}f}" if gap >= 0.005 else "less than 0.01") + (f" {STEPS.get(unit, unit)}" if unit else "")


def _together(target: Target, within: float, measured: list[Heard]) -> tuple[list[str], bool]:
    """Figures that should lie close to each other."""
    values = [one.value(target.measure) or 0.0 for one in measured]
    gap = max(values) - min(values)
    is_met = gap <= within + NEARLY
    shown = ", ".join(
        f"{one.name}: {written(target.measure, value)}" for one, value in zip(measured, values, strict=True)
    )
    limit = _way(target.measure, within)
    text = f"{shown}; {_way(target.measure, gap)} apart" if gap > NEARLY else f"{shown}; alike"
    return [text if is_met else f"{text}, and {limit} is the most"], is_met


def _over_time(target: Target, share: float, one: Heard) -> tuple[str, bool]:
    """Bounds that must hold for a share of the time."""
    values = [value for value in one.correlation if value is not None]
    low = float("-inf") if target.lowest is None else target.lowest - NEARLY
    high = float("inf") if target.highest is None else target.highest + NEARLY
    held = sum(low <= value <= high for value in values) / len(values)
    text = f"in the target window for {_percent(held)} of the time"
    return (text, True) if held >= share - NEARLY else (f"{text}; {_percent(share)} is asked for", False)


def _percent(share: float) -> str:
    return f"{int(share * 1000 + NEARLY) / 10:g} %"


def _minus(number: str) -> str:
    return number.replace("-", "−") if float(number) else number.lstrip("+-")
