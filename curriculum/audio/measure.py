"""All figures and curves of a sound, from one pass through it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy

from curriculum.audio import clipping, key, loudness, spectrum, stereo, tempo, true_peak, waveform
from curriculum.audio.figures import Findings, figures_of
from curriculum.audio.sound import Form, Sound

MOST_VALUES = 2400  # of a curve; longer sounds are told in larger steps


@dataclass(frozen=True, slots=True)
class Result:
    figures: dict[str, Any]  # see `curriculum.audio.figures`
    curves: dict[str, Any]
    peaks: dict[str, Any]  # the waveform, audiowaveform's JSON


class Meter:
    """Takes a sound in blocks of (frames, channels), float32, any size; `result` is the same for all sizes."""

    def __init__(self, form: Form) -> None:
        rate, channels = form.rate, form.channels
        self.form, self.frames = form, 0
        self.loudness = loudness.Loudness(rate, channels)
        self.true_peak = true_peak.TruePeak(channels)
        self.clipping = clipping.Clipping(channels, clipping.limit_of(form.full_scale, form.bits))
        self.stereo = stereo.Stereo(rate) if channels > 1 else None
        self.spectrum = spectrum.Spectrum(rate, channels)
        self.onsets = tempo.Onsets(rate)
        self.notes = key.Notes(rate / self.spectrum.size)
        self.waveform = waveform.Waveform(rate, channels)
        self.sample_peak, self.sample_peak_at = 0.0, 0
        self.squares = 0.0

    def feed(self, block: numpy.ndarray) -> None:
        sides = numpy.ascontiguousarray(block.T)
        self.loudness.feed(sides)
        self.true_peak.feed(sides)
        self.clipping.feed(sides)
        if self.stereo:
            self.stereo.feed(sides)
        for magnitudes in self.spectrum.feed(sides):
            self.notes.feed(magnitudes)
        self.onsets.feed(sides)
        self.waveform.feed(sides)
        highest = numpy.abs(sides)
        if (peak := float(highest.max())) > self.sample_peak:
            self.sample_peak = peak
            self.sample_peak_at = self.frames + int(highest.max(axis=0).argmax())
        self.squares += float(numpy.square(sides, dtype="float64").sum())
        self.frames += len(block)

    def result(self, warnings: list[str]) -> Result:
        self.true_peak.finish()
        self.clipping.finish()
        self.waveform.finish()
        energies = self.loudness.energies()
        sums = self.stereo.sums() if self.stereo else None
        bands = self.spectrum.bands()
        findings = Findings(
            form=self.form,
            frames=self.frames,
            energies=energies,
            stereo=sums,
            true_peak=self.true_peak.value,
            true_peak_at=self.true_peak.at,
            sample_peak=self.sample_peak,
            sample_peak_at=self.sample_peak_at,
            mean_square=self.squares / max(1, self.frames * self.form.channels),
            clips=self.clipping.count,
            clip_places=self.clipping.places,
            tempo=self.onsets.tempo(),
            key=self.notes.key(),
            warnings=warnings,
        )
        curves = {
            "loudness": _loudness_curve(energies),
            "correlation": None if sums is None else _correlation_curve(sums),
            "spectrum": {"hz": list(spectrum.CENTRES), "db": _tenths(bands)},
        }
        return Result(figures_of(findings), curves, self.waveform.peaks())


def measure(
    sound: Sound,
    progress: Callable[[float], None] = lambda _: None,
    *,
    beside: Callable[[numpy.ndarray], None] | None = None,
) -> Result:
    """Read a sound to its end and say what is in it.

    progress: told the share that was read. beside: is given each block, too. Refused when nothing can be read.
    """
    meter = Meter(sound.form)
    for block in sound.blocks(progress):
        meter.feed(block)
        if beside:
            beside(block)
    return meter.result(sound.warnings)


def _loudness_curve(energies: loudness.Energies) -> dict[str, Any]:
    """The readings at 0, step, 2 * step ... seconds, each of the window that ends there; None before the first."""
    tenths = len(energies.frames) // loudness.STEP
    every = max(1, math.ceil(tenths / MOST_VALUES))
    curves: dict[str, Any] = {"step": every / 10}
    for name, size in (("momentary", loudness.MOMENTARY), ("short_term", loudness.SHORT_TERM)):
        powers = energies.powers(size, loudness.STEP)
        before: list[float | None] = [None] * (size // loudness.STEP)
        levels = before + [loudness.lufs(float(power)) for power in powers]
        curves[name] = _tenths(levels[::every])
    return curves


def _correlation_curve(sums: numpy.ndarray) -> dict[str, Any]:
    """The same of the correlation in 3 s."""
    values = stereo.curve(sums)
    before: list[float | None] = [None] * stereo.WINDOW
    whole = before + [None if math.isnan(value) else round(float(value), 2) for value in values]
    every = max(1, math.ceil(len(whole) / MOST_VALUES))
    return {"step": every / stereo.HOPS, "values": whole[::every] if len(values) else []}


def _tenths(levels: list[float | None]) -> list[float | None]:
    return [None if level is None or not math.isfinite(level) else round(level, 1) for level in levels]
