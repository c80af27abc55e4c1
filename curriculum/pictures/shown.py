"""The picture of a lesson's example, drawn from its specs when somebody first looks at it."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from curriculum.content import Example
from curriculum.pictures import Picture, curves
from curriculum.pictures.chain import chain
from curriculum.synth import spec

MOST_KEPT = 256  # pictures; each is about 10 kB
FINE_S, COARSE_S, LONG_S = 0.02, 0.05, 1.5  # stretches of a level over time: of a short sound, of a long one


def picture(example: Example) -> Picture | None:
    """None for an example without a picture."""
    if example.picture == "chain":
        return chain(example.stages, example.marked)
    if not example.picture:
        return None
    return _drawn(example.picture, tuple((sound.label, sound.spec) for sound in example.sounds), example.zoom_ms)


@lru_cache(maxsize=MOST_KEPT)
def _drawn(kind: str, sounds: tuple[tuple[str, str], ...], zoom_ms: float = 0) -> Picture:
    specs = [json.loads(one) for _, one in sounds]
    first, second = (label for label, _ in (*sounds, ("", ""))[:2])
    names = (first, second)
    if kind == "eq":
        gains = [_gain(one) for one in specs]
        return curves.response(gains[0], gains[1] if len(gains) > 1 else None, names)
    if kind == "compressor":
        return curves.compressor(specs[0]["threshold_db"], specs[0]["ratio"], specs[0]["knee_db"])
    rate = specs[0]["rate"]
    heard = rendered(specs)
    if kind == "waveform":
        wave = heard[0]
        if zoom_ms:
            wave = wave[len(wave) // 2 :][: round(rate * zoom_ms / 1000)]
        return curves.waveform(wave, rate)
    if kind == "level":
        step_s = FINE_S if len(heard[0]) < rate * LONG_S else COARSE_S
        levels = [curves.level_of(one, rate, step_s) for one in heard]
        return curves.level(levels[0], levels[1] if len(levels) > 1 else None, names, step_s=step_s)
    bands = [curves.thirds(one, rate) for one in heard]
    return curves.spectrum(bands[0], bands[1] if len(bands) > 1 else None, names)


def rendered(specs: list[spec.Spec]) -> list[Any]:
    """The samples as they are served: two sounds are matched."""
    from curriculum.synth import render

    return [render.pcm(specs[0])] if len(specs) == 1 else list(render.pair(specs[0], specs[1]))


def _gain(one: spec.Spec) -> Callable[[float], float]:
    import numpy

    from curriculum.synth import filters

    if one["kind"] == "eq":
        sections = filters.eq_sections(one["bands"], one["rate"])
    else:
        sections = filters.filter_sections(one["type"], one["freq_hz"], one["q"], one["slope"], one["rate"])
    if not one["on"]:
        return lambda hertz: 0.0
    return lambda hertz: float(filters.gain_db(sections, numpy.array([hertz]), one["rate"])[0])
