"""The figures of a sound as they are kept and shown: each one, or a sentence why there is none."""

import math
from dataclasses import dataclass
from typing import Any

import numpy

from curriculum.audio import loudness, stereo
from curriculum.audio.key import Key
from curriculum.audio.sound import Form
from curriculum.audio.tempo import Tempo, other_tempos

SILENT = "It is silent."
BELOW_THE_GATE = "All of it lies below the gate of −70 LUFS."
TOO_SHORT = "It is too short: this needs {} s of sound."
ONE_CHANNEL = "It has one channel."
ONE_SIDE = "One side is silent: the {} one."
GONE_IN_MONO = "It disappears in mono: left and right cancel each other out."
NO_BEAT = "No beat stands out."
NO_NOTES = "No notes stand out."
FEW_DATA = "Few data for the loudness range: it says more over a minute of sound or longer."
MONO_IS_LOUDER = "One channel: 3 LU louder on two speakers than measured here."
BOTH_SILENT = "both"

FEW_SECONDS = 60
OPPOSITE = -0.98  # correlation
DROP = 20.0  # LU: what is left in mono is next to nothing


@dataclass(frozen=True, slots=True)
class Findings:
    """What one pass through a sound has found."""

    form: Form
    frames: int
    energies: loudness.Energies
    stereo: numpy.ndarray | None  # see `Stereo.sums`; None: one channel
    true_peak: float
    true_peak_at: float  # frames
    sample_peak: float
    sample_peak_at: int
    mean_square: float  # of all samples
    clips: int
    clip_places: list[int]
    tempo: Tempo | None
    key: Key | None
    warnings: list[str]

    @property
    def is_silent(self) -> bool:
        return self.sample_peak == 0


def figures_of(found: Findings) -> dict[str, Any]:
    """Names and units are listed in docs/measures.md. A figure that is None has its sentence in "reasons"."""
    form, seconds = found.form, found.frames / found.form.rate
    figures: dict[str, Any] = {"reasons": {}, "words": [], "warnings": list(found.warnings)}
    _loudness(figures, found)
    _peaks(figures, found)
    _stereo(figures, found)
    _guesses(figures, found)
    figures |= {"seconds": round(seconds, 6), "rate": form.rate, "channels": form.channels, "bits": form.bits}
    if form.bits is None:
        figures["reasons"]["bits"] = "It is kept lossily, without a number of bits."
    if form.channels == 1 and not found.is_silent:
        figures["words"].append(MONO_IS_LOUDER)
    if figures["range"] is not None and seconds < FEW_SECONDS:
        figures["words"].append(FEW_DATA)
    return figures


def _loudness(figures: dict[str, Any], found: Findings) -> None:
    momentary = found.energies.powers(loudness.MOMENTARY)
    short_term = found.energies.powers(loudness.SHORT_TERM)
    for name, powers, least in (("momentary_max", momentary, "0.4"), ("short_term_max", short_term, "3")):
        _maximum(figures, name, powers, _why(found, powers, least))
    gated = loudness.integrated(momentary[:: loudness.STEP])
    spread = loudness.loudness_range(short_term[:: loudness.STEP])
    _set(figures, "integrated", gated, _why(found, momentary, "0.4"))
    _set(figures, "range", spread, _why(found, short_term, "3"))
    if found.is_silent:
        figures["words"].append(SILENT)
    elif gated is None and len(momentary):
        figures["words"].append(BELOW_THE_GATE)


def _maximum(figures: dict[str, Any], name: str, powers: numpy.ndarray, why: str) -> None:
    highest = float(powers.max()) if len(powers) else 0.0
    _set(figures, name, loudness.lufs(highest) if highest > 0 else None, why)
    if figures[name] is not None:
        figures[f"{name}_at"] = round(int(powers.argmax()) / loudness.HOPS, 2)


def _why(found: Findings, powers: numpy.ndarray, least: str) -> str:
    if found.is_silent:
        return SILENT
    return BELOW_THE_GATE if len(powers) else TOO_SHORT.format(least)


def _peaks(figures: dict[str, Any], found: Findings) -> None:
    rate = found.form.rate
    for name, value, at in (
        ("true_peak", found.true_peak, found.true_peak_at),
        ("sample_peak", found.sample_peak, found.sample_peak_at),
    ):
        _set(figures, name, _db(value), SILENT)
        if figures[name] is not None:
            figures[f"{name}_at"] = round(min(at, found.frames) / rate, 6)
    is_heard = found.mean_square > 0
    crest = 20 * math.log10(found.sample_peak) - 10 * math.log10(found.mean_square) if is_heard else None
    _set(figures, "crest", crest, SILENT)
    both = figures["true_peak"] is not None and figures["integrated"] is not None
    plr = figures["true_peak"] - figures["integrated"] if both else None
    _set(figures, "plr", plr, figures["reasons"].get("integrated", SILENT))
    figures["clips"] = found.clips
    figures["clip_places"] = [round(place / rate, 6) for place in found.clip_places]


def _stereo(figures: dict[str, Any], found: Findings) -> None:
    sums = found.stereo
    side = stereo.silent_side(sums) if sums is not None else ""
    if sums is None or side in ("left", "right", BOTH_SILENT):
        why = {"": ONE_CHANNEL, BOTH_SILENT: SILENT}.get(side, ONE_SIDE.format(side))
        if side == BOTH_SILENT and not found.is_silent:
            why = "Left and right are silent."
        for name in ("correlation", "mono_drop", "out_of_phase_longest"):
            _set(figures, name, None, why)
        if side and why != SILENT:
            figures["words"].append(why)
        return
    alike = stereo.correlation(sums)
    _set(figures, "correlation", alike, ONE_SIDE.format(side), places=3)
    _set(figures, "out_of_phase_longest", stereo.longest_below_zero(stereo.curve(sums)), "", places=1)
    both = loudness.integrated(found.energies.powers(loudness.MOMENTARY, loudness.STEP, weights=(1.0, 1.0)))
    mono = loudness.integrated(found.energies.mono_powers(loudness.MOMENTARY, loudness.STEP))
    drop = both - mono if both is not None and mono is not None else None
    is_gone = (alike is not None and alike < OPPOSITE and (drop is None or drop > DROP)) or (drop or 0) > DROP
    why = GONE_IN_MONO if is_gone else figures["reasons"].get("integrated", BELOW_THE_GATE)
    _set(figures, "mono_drop", drop, why)
    if is_gone:
        figures["words"].append(GONE_IN_MONO)


def _guesses(figures: dict[str, Any], found: Findings) -> None:
    beat = None if found.is_silent else found.tempo
    _set(figures, "tempo", beat.bpm if beat else None, SILENT if found.is_silent else NO_BEAT, places=1)
    figures["tempo_confidence"] = beat.confidence if beat else None
    half, double = other_tempos(beat.bpm) if beat else (None, None)
    figures["tempo_half"] = round(half, 1) if half else None
    figures["tempo_double"] = round(double, 1) if double else None
    notes = None if found.is_silent else found.key
    _set(figures, "key", notes.name if notes else None, SILENT if found.is_silent else NO_NOTES)
    figures["key_confidence"] = notes.confidence if notes else None
    figures["key_second"] = notes.second if notes else None


def _set(figures: dict[str, Any], name: str, value: float | str | None, why: str, *, places: int = 2) -> None:
    figures[name] = round(value, places) + 0.0 if isinstance(value, float | int) else value
    if value is None:
        figures["reasons"][name] = why


def _db(value: float) -> float | None:
    return 20 * math.log10(value) if value > 0 else None
