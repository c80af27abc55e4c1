"""Markers in a MIDI file, out and in. At 120 BPM with 500 ticks a quarter, a tick is exactly a millisecond.

A MIDI marker is a moment, so that a stretch names its end: "fix: The hat bites. [to 1:20.000]".
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.errors import Refused

TEMPO = 500_000  # µs a quarter: 120 BPM
TICKS = 500  # a quarter
MOST_EVENTS = 100_000
UNTIL = re.compile(r"(.*?) ?\[to (\d{1,5}):([0-5]\d)\.(\d{3})\]", re.DOTALL | re.ASCII)
BROKEN = "This MIDI file cannot be read: it is damaged, or no MIDI file. Export the markers once more."
NAMES = ("marker", "cue_marker")
LATIN = "latin-1"  # octets as they are; what they mean is looked at when they are read


@dataclass(frozen=True, slots=True)
class Marker:
    """A named moment, or stretch, of a sound."""

    start_ms: int
    end_ms: int | None
    text: str


def write(markers: Sequence[Marker]) -> bytes:
    """One track with the tempo and the markers; names in UTF-8."""
    import mido

    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=TEMPO)])
    last = 0
    for one in sorted(markers, key=lambda marker: marker.start_ms):
        until = (
            ""
            if one.end_ms is None
            else f" [to {one.end_ms // 60_000}:{one.end_ms % 60_000 // 1000:02d}.{one.end_ms % 1000:03d}]"
        )
        name = (one.text + until).encode().decode(LATIN)
        track.append(mido.MetaMessage("marker", text=name, time=one.start_ms - last))
        last = one.start_ms
    out = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=TICKS, tracks=[track], charset=LATIN).save(file=out)
    return out.getvalue()


def read(octets: bytes) -> list[Marker]:
    """The markers of all tracks in the order of time, whatever the tempo does meanwhile. Refused when damaged."""
    import mido

    try:
        file = mido.MidiFile(file=io.BytesIO(octets), charset=LATIN, clip=True)
    except Exception:  # mido raises whatever it stumbles upon
        raise Refused(BROKEN, field="file") from None
    if file.ticks_per_beat <= 0 or file.ticks_per_beat > 0x7FFF:
        raise Refused("This MIDI file counts film frames, not beats. Export it with ticks per quarter.", field="file")
    if sum(len(track) for track in file.tracks) > MOST_EVENTS:
        raise Refused("This MIDI file has too many events. Export the markers alone.", field="file")
    return [_marker(ms, text) for ms, text in _timed(file)]


def _timed(file: Any) -> Iterator[tuple[int, str]]:
    """(ms, name) of each marker. Asynchronous tracks (type 2) are taken as if they began together."""
    events: list[tuple[int, int, Any]] = []
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += int(message.time)
            if message.type == "set_tempo" or message.type in NAMES:
                events.append((tick, message.type != "set_tempo", message))
    tempo, last, micros = 500_000, 0, Fraction(0)
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        micros += Fraction((tick - last) * tempo, file.ticks_per_beat)
        last = tick
        if message.type == "set_tempo":
            tempo = message.tempo
        else:
            yield round(micros / 1000), _text(message.text)


def _text(name: str) -> str:
    octets = name.encode(LATIN, "replace")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _marker(ms: int, text: str) -> Marker:
    if (found := UNTIL.fullmatch(text)) is None:
        return Marker(ms, None, text)
    end = int(found[2]) * 60_000 + int(found[3]) * 1000 + int(found[4])
    return Marker(ms, end if end > ms else None, found[1])
