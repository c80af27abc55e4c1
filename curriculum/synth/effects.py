"""Makers of the sounds that are heard on a source: what an effect does to it, or the source as it is."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy

from curriculum.synth import drive, dynamics, filters, levels, sources, space
from curriculum.synth.noise import noise

Samples = numpy.ndarray[Any, Any]
Spec = Mapping[str, Any]  # whole, as spec.read gives it

SOUNDING = 2 / 3  # of the seconds: then the source stops, so that the tail of a delay or a room is heard alone
COMB_MS = 20  # up to here a delay is heard as a colour and has no tail


def eq(spec: Spec) -> Samples:
    sound = one_side(spec)
    if spec["on"]:
        sound = filters.filtered(sound, filters.eq_sections(spec["bands"], spec["rate"]))
    return on_all_sides(sound, spec)


def filter_(spec: Spec) -> Samples:
    sound = one_side(spec)
    if spec["on"]:
        sections = filters.filter_sections(spec["type"], spec["freq_hz"], spec["q"], spec["slope"], spec["rate"])
        sound = filters.filtered(sound, sections)
    return on_all_sides(sound, spec)


def compression(spec: Spec) -> Samples:
    sound = one_side(spec)
    if spec["on"]:
        values = {name: spec[name] for name in ("threshold_db", "ratio", "attack_ms", "release_ms", "knee_db")}
        sound = dynamics.compressed(sound, spec["rate"], **values)
    return on_all_sides(sound, spec)


def level(spec: Spec) -> Samples:
    return on_all_sides(one_side(spec) * 10 ** ((spec["change_db"] if spec["on"] else 0) / 20), spec)


def pan(spec: Spec) -> Samples:
    return space.panned(one_side(spec), spec["position"] if spec["on"] else 0)


def width(spec: Spec) -> Samples:
    sound = sources.source(spec["source"], frames_of(spec), spec["rate"], spec["noise_seed"], sides=2)
    return space.widened(sound, spec["width_pct"], flip=spec["flip"]) if spec["on"] else sound


def delay(spec: Spec) -> Samples:
    sound = one_side(spec) if spec["time_ms"] <= COMB_MS else with_a_tail(spec)
    if spec["on"]:
        values = {name: spec[name] for name in ("time_ms", "feedback", "mix", "ping_pong")}
        sound = space.delayed(sound, spec["rate"], **values)
    return on_all_sides(sound, spec)


def reverb(spec: Spec) -> Samples:
    sound = with_a_tail(spec)
    if spec["on"]:
        values = {name: spec[name] for name in ("rt60_s", "predelay_ms", "damp_hz", "mix")}
        seed, sides = spec["noise_seed"], spec["channels"]
        sound = space.reverberated(sound, spec["rate"], **values, seed=seed, sides=sides)
    return on_all_sides(sound, spec)


def overdrive(spec: Spec) -> Samples:
    sound = one_side(spec)
    if spec["on"]:
        sound = drive.driven(sound, spec["drive_db"], spec["shape"])
    return on_all_sides(sound, spec)


def noise_or_tone(spec: Spec) -> Samples:
    """The tone's level is its RMS against that of the noise."""
    frames, rate = frames_of(spec), spec["rate"]
    sound = noise(spec["colour"], frames, rate, spec["noise_seed"]) * sources.RMS
    if spec["on"] and spec["tone_hz"] is not None:
        top = sources.RMS * 2**0.5 * 10 ** (spec["tone_db"] / 20)
        sound = sound + top * numpy.sin(2 * numpy.pi * spec["tone_hz"] / rate * numpy.arange(frames))
    return on_all_sides(sound, spec)


def frames_of(spec: Spec) -> int:
    return round(spec["seconds"] * spec["rate"])


def one_side(spec: Spec) -> Samples:
    return sources.source(spec["source"], frames_of(spec), spec["rate"], spec["noise_seed"])


def with_a_tail(spec: Spec) -> Samples:
    frames, rate = frames_of(spec), spec["rate"]
    sound = sources.source(spec["source"], round(SOUNDING * frames), rate, spec["noise_seed"])
    whole = numpy.zeros(frames)
    whole[: len(sound)] = levels.fade(sound[:, None], rate)[:, 0]
    return whole


def on_all_sides(sound: Samples, spec: Spec) -> Samples:
    """(frames, channels): one side is heard on all of them."""
    if sound.ndim == 1:
        sound = sound[:, None]
    return sound if sound.shape[1] == spec["channels"] else numpy.repeat(sound[:, :1], spec["channels"], axis=1)


MAKERS: dict[str, Callable[[Spec], Samples]] = {
    "eq": eq,
    "filter": filter_,
    "compression": compression,
    "level": level,
    "pan": pan,
    "width": width,
    "delay": delay,
    "reverb": reverb,
    "drive": overdrive,
    "noise-or-tone": noise_or_tone,
}
