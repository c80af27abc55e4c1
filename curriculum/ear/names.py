"""What an answer is called: its key, which is logged and compared, and the words on its button."""

from collections.abc import Mapping, Sequence
from typing import Any

from curriculum.ear import bands
from curriculum.quantities import shown
from curriculum.theory import chords, intervals, scales

Spec = Mapping[str, Any]

DEGREES = ("tonic", "second", "third", "fourth", "fifth", "sixth", "seventh")
CADENCES = {"authentic": "authentic cadence", "plagal": "plagal cadence", "half": "half cadence"} | {
    "deceptive": "deceptive cadence"
}
FILTERS = {"lowpass": "low-pass", "highpass": "high-pass", "bandpass": "band-pass", "notch": "notch"} | {
    "bell": "bell",
    "low_shelf": "low shelf",
    "high_shelf": "high shelf",
}
UNITS = {"_ms": "ms", "_s": "s", "_pct": "%", "_db": "dB"}
SIGNED = ("gain_db", "change_db", "change_pct")
EFFECTS = {
    "eq": "equaliser",
    "filter": "filter",
    "compression": "compressor",
    "level": "change of level",
    "pan": "panning",
    "width": "change of width",
    "delay": "delay",
    "reverb": "reverb",
    "drive": "drive",
    "noise-or-tone": "tone",
}


def key(names: Sequence[str], values: Mapping[str, Any], *, signed: bool = False) -> str:
    """The key of these fields' values. signed: of a band that may be a boost or a cut."""
    if names == ("quality", "inversion"):
        return f"{values['quality']}/{values['inversion']}"
    if names == ("freq_hz",) and signed:
        return f"{'-' if values['gain_db'] < 0 else '+'}{_text(values['freq_hz'])}"
    return "/".join(key_of(name, values[name]) for name in names)


def key_of(name: str, value: Any) -> str:
    if name == "change_db" and value > 0:
        return f"+{_text(value)}"
    if name == "hits":
        return "; ".join(f"{voice} {_in_fours(row)}" for voice, row in value.items())
    return " ".join(value) if isinstance(value, list) else _text(value)


def words(kind: str, names: Sequence[str], values: Mapping[str, Any], *, signed: bool = False) -> str:
    """What stands on the button."""
    if names == ("freq_hz",) and signed:
        return f"{'cut' if values['gain_db'] < 0 else 'boost'} at {hertz(values['freq_hz'])}"
    return ", ".join(words_of(kind, name, values[name]) for name in names)


def words_of(kind: str, name: str, value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return _switched(kind, name, value)
    if isinstance(value, list):
        return " – ".join(_with_signs(one) for one in value)
    if name == "hits":
        return key_of(name, value)
    if isinstance(value, str):
        return _word(kind, name, value)
    if name.endswith("_hz") or name == "freq_hz":
        return hertz(value)
    return _number(name, value)


def hertz(value: float) -> str:
    """As engineers say it: 250 Hz, 1 kHz, 1.25 kHz."""
    value = bands.called(value)
    return f"{shown(value / 1000)} kHz" if value >= 1000 else f"{shown(value)} Hz"


def decibels(value: float) -> str:
    return f"{'+' if value > 0 else ''}{shown(value)} dB"


def _number(name: str, value: float) -> str:
    match name:
        case "semitones":
            return intervals.heard_name(int(value))
        case "inversion":
            return chords.INVERSIONS[int(value)]
        case "root" | "tonic" | "bass":
            return f"MIDI note {shown(value)}"
        case "cents":
            return f"{shown(value)} cents"
        case "bpm":
            return f"{shown(value)} BPM"
        case "ratio":
            return f"{shown(value)}:1" if value > 1 else "not compressed"
        case "slope":
            return f"{shown(value)} dB an octave"
        case "position":
            return position(value)
    if name in SIGNED:
        return decibels(value) if name.endswith("_db") else f"{'+' if value > 0 else ''}{shown(value)} %"
    unit = next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
    return f"{shown(value)} {unit}" if unit else f"{name.replace('_', ' ')} {shown(value)}"


def position(value: float) -> str:
    """Where something stands between the speakers."""
    if value == 0:
        return "centre"
    side = "left" if value < 0 else "right"
    return f"hard {side}" if abs(value) == 1 else f"{shown(abs(value) * 100)} % {side}"


def _word(kind: str, name: str, value: str) -> str:
    match kind, name:
        case _, "quality":
            return chords.NAMES[value]
        case "scale", "name":
            return scales.NAMES[value]
        case "cadence", "type":
            return CADENCES[value]
        case _, "type":
            return FILTERS.get(value, value)
        case _, "degree":
            return degree(value)
        case _, "direction":
            return {"up": "rising", "down": "falling", "together": "together"}[value]
        case _, "colour":
            return f"{value} noise"
    return value.replace("_", " ").replace("-", " ")


def degree(value: str) -> str:
    """ "flat third", "fifth", "tonic"."""
    sign, number = value.rstrip("1234567"), int(value[-1])
    return {"": "", "b": "flat ", "#": "sharp "}[sign] + DEGREES[number - 1]


def _switched(kind: str, name: str, value: bool) -> str:
    if name == "on":
        return f"{'with' if value else 'without'} the {EFFECTS.get(kind, 'effect')}"
    if name == "flip":
        return "one side turned round" if value else "both sides alike"
    return f"{name.replace('_', ' ')} {'on' if value else 'off'}"


def _with_signs(numeral: str) -> str:
    return numeral.replace("b", "♭", numeral.startswith("b")).replace("#", "♯")


def _text(value: Any) -> str:
    """As canonical JSON writes it, without the quotes of a text."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _in_fours(row: str) -> str:
    return " ".join(row[place : place + 4] for place in range(0, len(row), 4))


def said(spec: Spec) -> str:
    """What a sound was, in words, once it was answered: "+9 dB at 1 kHz, Q 1.4"."""
    kind = spec["kind"]
    if spec.get("on") is False:
        return f"Without the {EFFECTS.get(kind, 'effect')}."
    text = SAID[kind](spec)
    return f"{text if kind == 'progression' else _capital(text)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _interval(spec: Spec) -> str:
    how = {"up": ", rising", "down": ", falling", "together": ", both notes together"}[spec["direction"]]
    off = f", the second note {words_of('interval', 'cents', spec['cents'])} off" if spec["cents"] else ""
    return words_of("interval", "semitones", spec["semitones"]) + (how if spec["semitones"] else "") + off


def _chord(spec: Spec) -> str:
    return ", ".join(
        words_of("chord", name, spec[name]) for name in ("quality", "inversion") if name == "quality" or spec[name]
    )


def _bands(spec: Spec) -> str:
    return " and ".join(
        f"{decibels(band['gain_db'])} at {hertz(band['freq_hz'])}, "
        + (f"Q {shown(band['q'])}" if band["type"] == "bell" else FILTERS[band["type"]])
        for band in spec["bands"]
    )


def _filter(spec: Spec) -> str:
    return f"{FILTERS[spec['type']]} at {hertz(spec['freq_hz'])}"


def _compression(spec: Spec) -> str:
    return (
        f"{shown(spec['ratio'])}:1 above {shown(spec['threshold_db'])} dB, attack {shown(spec['attack_ms'])} ms, "
        f"release {shown(spec['release_ms'])} ms"
    )


def _width(spec: Spec) -> str:
    return f"{shown(spec['width_pct'])} % wide" + (", one side turned round" if spec["flip"] else "")


def _delay(spec: Spec) -> str:
    return f"an echo after {shown(spec['time_ms'])} ms, {shown(spec['mix'] * 100)} % of it mixed in"


def _reverb(spec: Spec) -> str:
    return f"{shown(spec['rt60_s'])} s of reverb, {shown(spec['mix'] * 100)} % of it mixed in"


def _tone(spec: Spec) -> str:
    more = spec["harmonics"]
    return f"a tone of {hertz(spec['freq_hz'])}" + (f" with {more} harmonic{'s' * (more > 1)}" if more else "")


def _noise(spec: Spec) -> str:
    tone = f" with a tone of {hertz(spec['tone_hz'])}" if spec["tone_hz"] else ""
    return f"{spec['colour']} noise{tone}"


SAID = {
    "interval": _interval,
    "scale": lambda spec: f"the {scales.NAMES[spec['name']]} scale",
    "degree": lambda spec: f"the {degree(spec['degree'])} of a {spec['mode']} key",
    "chord": _chord,
    "cadence": lambda spec: f"{'an' if spec['type'] == 'authentic' else 'a'} {CADENCES[spec['type']]}",
    "progression": lambda spec: words_of("progression", "numerals", spec["numerals"]),
    "eq": _bands,
    "filter": _filter,
    "compression": _compression,
    "level": lambda spec: decibels(spec["change_db"]),
    "pan": lambda spec: position(spec["position"]),
    "width": _width,
    "delay": _delay,
    "reverb": _reverb,
    "drive": lambda spec: f"{shown(spec['drive_db'])} dB of {spec['shape']} drive",
    "tone": _tone,
    "noise-or-tone": _noise,
    "rhythm": lambda spec: key_of("hits", spec["hits"]),
    "tempo": lambda spec: f"{shown(spec['bpm'] * (1 + spec['change_pct'] / 100))} BPM",
}
