"""The command measure: the portfolio's meter on any sound file."""

import json
from pathlib import Path
from typing import Any

import click

from core.errors import Refused
from core.words import clock_time
from curriculum.audio import METER
from curriculum.audio.names import sureness

LINES = {
    "integrated": ("Integrated loudness", "LUFS", ""),
    "momentary_max": ("Loudest 400 ms", "LUFS", "momentary_max_at"),
    "short_term_max": ("Loudest 3 s", "LUFS", "short_term_max_at"),
    "range": ("Loudness range", "LU", ""),
    "true_peak": ("True peak", "dBTP", "true_peak_at"),
    "sample_peak": ("Sample peak", "dBFS", "sample_peak_at"),
    "crest": ("Crest factor", "dB", ""),
    "plr": ("Peak to loudness", "dB", ""),
    "correlation": ("Stereo correlation", "", ""),
    "mono_drop": ("Lost in mono", "LU", ""),
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="All figures and curves as JSON; null has its reason.")
def command(file: Path, as_json: bool) -> None:
    """Measure the sound FILE: loudness, peaks, stereo, spectrum, and guesses at tempo and key."""
    from curriculum.audio import measure
    from curriculum.audio.sound import Sound

    try:
        with open(file, "rb", buffering=0) as opened:
            result = measure.measure(Sound(opened))
    except OSError as fault:
        raise Refused(f"{file} cannot be opened: {(fault.strerror or str(fault)).lower()}. Check its name.") from None
    if as_json:
        said = {"meter": METER, **result.figures, "curves": result.curves}
        click.echo(json.dumps(said, ensure_ascii=False, allow_nan=False, indent=1))
        return
    for line in lines(file.name, result.figures, METER):
        click.echo(line)


def lines(name: str, found: dict[str, Any], meter: str) -> list[str]:
    """What people read of the figures."""
    bits = f", {found['bits']} bits" if found["bits"] else ""
    channels = {1: "mono", 2: "stereo"}.get(found["channels"], f"{found['channels']} channels")
    said = [f"{name}: {clock_time(found['seconds'])}, {found['rate'] / 1000:g} kHz, {channels}{bits}", ""]
    for figure, (words, unit, place) in LINES.items():
        said.append(_line(words, _value(found[figure], unit), found, figure, place))
    places = ", ".join(clock_time(at) for at in found["clip_places"][:5])
    more = " ..." if len(found["clip_places"]) > 5 else ""
    said.append(f"{'Clipped':<22}{found['clips']:>8} times" + (f"   first at {places}{more}" if places else ""))
    said.append(_line("Tempo, a guess", _value(found["tempo"], "BPM"), found, "tempo", "", _sure(found, "tempo")))
    said.append(_line("Key, a guess", found["key"] or "", found, "key", "", _sure(found, "key")))
    remarks = [*found["words"], *found["warnings"]]
    return [*said, *([""] if remarks else []), *remarks, "", meter]


def _line(words: str, value: str, found: dict[str, Any], figure: str, place: str, more: str = "") -> str:
    if found[figure] is None:
        return f"{words:<22}{'none':>8}   {found['reasons'][figure]}"
    at = f"   at {clock_time(found[place])}" if place else ""
    return f"{words:<22}{value:>8}{at}{more}"


def _value(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:8.2f} {unit}".replace("-", "−").rstrip()


def _sure(found: dict[str, Any], figure: str) -> str:
    confidence = found[f"{figure}_confidence"]
    return "" if confidence is None else f"   {sureness(confidence)} ({confidence:.0%} sure)"
