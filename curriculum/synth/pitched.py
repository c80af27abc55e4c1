"""Sounds with pitch: from the notes of a spec to raw samples."""

from collections.abc import Callable
from typing import Any

import numpy

from curriculum.synth import timbres
from curriculum.synth.notes import notes
from curriculum.synth.spec import Spec

Samples = numpy.ndarray[Any, Any]  # (frames, channels)

LEAD_S = 0.02  # silence before the first note: the fade of the whole sound would soften its beginning
TAIL_S = 0.02


def played(spec: Spec) -> Samples:
    """Its notes laid over one another, each begun on the nearest sample; the first after LEAD_S."""
    rate = spec["rate"]
    lead = round(LEAD_S * rate)
    laid = [(lead + round(note.at_s * rate), note) for note in notes(spec)]
    sounds = [
        timbres.note(
            note.timbre or spec["timbre"], note.midi + note.cents / 100, note.seconds, rate, spec["noise_seed"]
        )
        * note.loud
        for _, note in laid
    ]
    end = max(start + len(sound) for (start, _), sound in zip(laid, sounds, strict=True))
    whole = numpy.zeros(end + round(TAIL_S * rate))
    for (start, _), sound in zip(laid, sounds, strict=True):
        whole[start : start + len(sound)] += sound
    return on_sides(whole, spec)


def steady(spec: Spec) -> Samples:
    frames = round(spec["seconds"] * spec["rate"])
    return on_sides(timbres.tone(spec["freq_hz"], spec["harmonics"], frames, spec["rate"]), spec)


def on_sides(sound: Samples, spec: Spec) -> Samples:
    """The same on as many channels as the spec has."""
    return numpy.repeat(sound[:, None], spec["channels"], axis=1)


MAKERS: dict[str, Callable[[Spec], Samples]] = {
    **dict.fromkeys(("interval", "scale", "degree", "chord", "cadence", "progression"), played),
    "tone": steady,
}
