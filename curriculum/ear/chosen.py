"""The sound of an answer that was chosen, to be heard beside the right one."""

from typing import Any

from core.errors import Refused
from curriculum.ear import names
from curriculum.ear.asked import Asked, Spec
from curriculum.ear.takes import Take
from curriculum.synth import spec as specs
from curriculum.synth.fields import BAND, KINDS

FIELDS = {  # which field an answer's key is the value of
    "interval": ("semitones",),
    "scale": ("name",),
    "degree": ("degree",),
    "cadence": ("type",),
    "progression": ("numerals",),
    "tone": ("freq_hz",),
    "level": ("change_db",),
    "rhythm": ("hits",),
    "tempo": ("bpm", "change_pct"),
}
BOOSTED = {"+": "boost at ", "-": "cut at "}
NEVER = frozenset({"rate", "channels", "noise_seed", "seconds", "timbre", "source", "on"})


def take(asked: Asked, key: str) -> Take | None:
    """As the question sounds when its answer is `key`; None for the right one, and for what cannot be rendered."""
    if not key or key == asked.right:
        return None
    place = _of_answer(asked)
    try:
        spec = _with(asked, asked.specs[place], key)
        if spec is None or spec == asked.specs[place]:
            return None
        whole = specs.read(spec)
    except (Refused, ValueError, KeyError, IndexError, TypeError):
        return None
    return Take(whole, asked.specs[1 - place] if len(asked.specs) > 1 else None)


def words(asked: Asked, key: str) -> str:
    """An answer as its button calls it, as the axis does, or as such a value is called; else as it was given."""
    if found := next((choice.words for choice in asked.choices if choice.key == key), ""):
        return found
    try:
        if asked.answered_by == "axis":
            return " and ".join(f"{BOOSTED.get(hz[:1], '')}{names.hertz(float(hz.lstrip('+-')))}" for hz in key.split())
        for name in FIELDS.get(asked.kind, ())[:1]:
            return names.words_of(asked.kind, name, KINDS[asked.kind][name].from_text(name, key))
    except (Refused, ValueError):
        pass  # what was typed is no such value
    return key


def _of_answer(asked: Asked) -> int:
    """Of a pair the side with what is asked: the one that is switched on."""
    return next((place for place, spec in enumerate(asked.specs) if spec.get("on") is True), len(asked.specs) - 1)


def _with(asked: Asked, spec: Spec, key: str) -> dict[str, Any] | None:
    if asked.kind == "chord":
        quality, _, inversion = key.partition("/")
        return {**spec, "quality": quality, "inversion": int(inversion or 0)}
    if asked.kind == "eq":
        return _equalised(spec, asked.right, key)
    for name in FIELDS.get(asked.kind) or [name for name in spec if name not in NEVER | {"kind"}]:
        known = KINDS[asked.kind].get(name)
        if known is not None and names.key_of(name, spec[name]) == asked.right:
            return {**spec, name: known.from_text(name, key)}
    return None


def _equalised(spec: Spec, right: str, key: str) -> dict[str, Any] | None:
    """With each band where the key has it, boost or cut; or with another gain, Q or shape of the one band."""
    first = spec["bands"][0]
    for name in ("gain_db", "q", "type"):
        if names.key_of(name, first[name]) == right:
            return {**spec, "bands": [{**first, name: BAND[name].from_text(name, key)}, *spec["bands"][1:]]}
    bands = [
        {**band, "freq_hz": abs(float(hz)), "gain_db": _turned(band["gain_db"], hz)}
        for band, hz in zip(spec["bands"], key.split(), strict=True)
    ]
    return {**spec, "bands": bands}


def _turned(gain_db: float, hz: str) -> float:
    return {"+": abs(gain_db), "-": -abs(gain_db)}.get(hz[0], gain_db)
