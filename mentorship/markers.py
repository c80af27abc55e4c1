"""Remarks as markers of a DAW and back: REAPER's region and marker list (CSV), Audacity's labels, MIDI markers.

All three keep places to the millisecond. A marker's name is "fix: The hat bites."; one that names no kind is taken as
the kind that its reader chooses.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.errors import Refused
from core.words import one_line
from mentorship import midi_markers
from mentorship.midi_markers import Marker

LARGEST = 200_000  # octets of a file with markers
MOST = 500  # markers in one file
KINDS = ("fix", "idea", "praise", "question")
NAMED = re.compile(rf"({'|'.join(KINDS)}): ?(.*)", re.IGNORECASE | re.DOTALL)
HEAD = ["#", "Name", "Start", "End", "Length"]
REAPER_TIME = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,4}):)?(\d{1,6})(?:\.(\d{1,6}))?", re.ASCII)
SECONDS = re.compile(r"(\d{1,6})(?:[.,](\d{1,9}))?", re.ASCII)
RULER = "Set REAPER's ruler to Minutes:Seconds, then export again."


@dataclass(frozen=True, slots=True)
class Noted:
    """A marker read back. line: where it stood in its file; in MIDI its number."""

    start_ms: int
    end_ms: int | None
    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Format:
    name: str  # in addresses
    words: str
    ending: str
    media_type: str
    write: Callable[[Sequence[Marker]], bytes]


def label(kind: str, text: str) -> str:
    """A remark as a marker's name: one line."""
    return f"{kind}: {one_line(text)}"


def reaper(markers: Sequence[Marker]) -> bytes:
    """As REAPER's Region/Marker Manager writes and takes it: M1, M2 ... for moments, R1, R2 ... for stretches."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(HEAD)
    counts = {"M": 0, "R": 0}
    for one in markers:
        letter = "M" if one.end_ms is None else "R"
        counts[letter] += 1
        length = "" if one.end_ms is None else _clock(one.end_ms - one.start_ms)
        end = "" if one.end_ms is None else _clock(one.end_ms)
        rows.writerow([f"{letter}{counts[letter]}", one.text, _clock(one.start_ms), end, length])
    return out.getvalue().encode()


def audacity(markers: Sequence[Marker]) -> bytes:
    """Audacity's label track: begin, end (the same for a moment), name, with tabs between."""
    lines = (f"{_seconds(one.start_ms)}\t{_seconds(one.end_ms or one.start_ms)}\t{one.text}\n" for one in markers)
    return "".join(lines).encode()


FORMATS = {
    one.name: one
    for one in (
        Format("reaper", "REAPER regions and markers (CSV)", "csv", "text/csv", reaper),
        Format("audacity", "Audacity labels (TXT)", "txt", "text/plain", audacity),
        Format("midi", "MIDI markers, 120 BPM (MID)", "mid", "audio/midi", midi_markers.write),
    )
}


def read(octets: bytes, *, kind: str) -> list[Noted]:
    """The markers in a file of any of the three formats, in its order. kind: of those that name none.

    Refused, with the line: what is none of the three, too large, or has a place that cannot be read.
    """
    if len(octets) > LARGEST:
        raise Refused(f"This is larger than {LARGEST // 1000} kB, which no list of markers needs.", field="file")
    if octets.startswith(b"MThd"):
        found = [(one.start_ms, one.end_ms, one.text, number) for number, one in _numbered(midi_markers.read(octets))]
    else:
        found = list(_of_text(octets))
    if not found:
        raise Refused("There is no marker in it. Export them once more, and look into the file.", field="file")
    if len(found) > MOST:
        raise Refused(f"There are more than {MOST} markers in it. Bring a part of them.", field="file")
    return [_noted(*one, kind) for one in found]


def _numbered(markers: Iterable[Marker]) -> Iterable[tuple[int, Marker]]:
    return enumerate(markers, 1)


def _of_text(octets: bytes) -> Iterable[tuple[int, int | None, str, int]]:
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "This is no text in UTF-8, and no MIDI file. Export the markers once more.", field="file"
        ) from None
    if "\0" in text:
        raise Refused(
            "This is no list of markers. Take a CSV of REAPER, labels of Audacity or a MIDI file.", field="file"
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    return _of_reaper(text) if first.lstrip().startswith("#,") else _of_audacity(text)


def _of_reaper(text: str) -> Iterable[tuple[int, int | None, str, int]]:
    rows = csv.reader(io.StringIO(text), strict=True)
    columns: dict[str, int] = {}
    try:
        for row in rows:
            line = rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if not columns:
                columns = {name.strip().casefold(): place for place, name in enumerate(row)}
                if not {"#", "name", "start"} <= columns.keys():
                    raise _refuse(line, "the first line must name the columns #, Name and Start")
                continue
            cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
            start = _reaper_ms(cells["start"], line)
            end = _reaper_ms(cells["end"], line) if cells.get("end") and cells["#"][:1] not in "Mm" else None
            yield start, _later(start, end, line), cells["name"], line
    except csv.Error:
        raise _refuse(rows.line_num, "this is no CSV: a quotation mark is not closed") from None


def _of_audacity(text: str) -> Iterable[tuple[int, int | None, str, int]]:
    for line, row in enumerate(text.splitlines(), 1):
        if not row.strip() or row.startswith("\\"):  # the second line of a label with frequencies
            continue
        parts = row.split("\t")
        places = [SECONDS.fullmatch(part.strip()) for part in parts[:2]]
        if len(parts) < 2 or None in places:
            raise _refuse(line, "Audacity writes begin, end and name there, with tabs between")
        start, end = (_ms(found[1], found[2]) for found in places if found)
        yield start, _later(start, end if end != start else None, line), "\t".join(parts[2:]).strip(), line


def _reaper_ms(text: str, line: int) -> int:
    if text.count(".") > 1:
        raise _refuse(line, f'"{text[:20]}" is a bar. {RULER}')
    if text.count(":") > 2:
        raise _refuse(line, f'"{text[:20]}" counts frames. {RULER}')
    found = REAPER_TIME.fullmatch(text)
    if found is None:
        raise _refuse(line, f'"{text[:20]}" is no time. {RULER}')
    hours, minutes = int(found[1] or 0), int(found[2] or 0)
    return (hours * 60 + minutes) * 60_000 + _ms(found[3], found[4])


def _ms(whole: str, part: str | None) -> int:
    """Rounded to the nearest."""
    digits = (part or "").ljust(4, "0")
    return int(whole) * 1000 + int(digits[:3]) + (digits[3] >= "5")


def _later(start: int, end: int | None, line: int) -> int | None:
    if end is not None and end < start:
        raise _refuse(line, "it ends before it begins")
    return end if end != start else None


def _noted(start: int, end: int | None, text: str, line: int, kind: str) -> Noted:
    said = one_line(text)
    if named := NAMED.fullmatch(said):
        kind, said = named[1].lower(), named[2].strip()
    return Noted(start, end, kind, said, line)


def _refuse(line: int, why: str) -> Refused:
    return Refused(f"Line {line}: {why.rstrip('.')}. Nothing was taken.", field="file")


def _clock(ms: int) -> str:
    """ "1:12.480", always with its milliseconds."""
    return f"{ms // 60_000}:{ms % 60_000 // 1000:02d}.{ms % 1000:03d}"


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03d}000"
