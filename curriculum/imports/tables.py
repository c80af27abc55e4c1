"""Cards as a table of text (CSV): read whatever program wrote it, and the guard against formulas.

A cell that a spreadsheet would reckon with (=, +, -, @, tab or carriage return at its beginning) goes out with a ' in
front, and loses it on the way back; so does a cell that begins with such a ' itself.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from core.errors import Refused, TooLarge

MOST_ROWS = 50_000
MOST_COLUMNS = 50
MOST_OCTETS = 20_000_000
SHOWN = 8  # rows of the preview
LONGEST_CELL = 20_000  # characters
COLUMNS = ("question", "answer", "note", "tags", "type")
DELIMITERS = ",;\t|"
FORMULA = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")
HEADINGS = {
    **dict.fromkeys(("question", "front", "frage", "text", "prompt", "term", "word"), "question"),
    **dict.fromkeys(("answer", "back", "antwort", "definition", "meaning"), "answer"),
    **dict.fromkeys(("note", "notes", "extra", "comment", "explanation", "hint"), "note"),
    **dict.fromkeys(("tags", "tag", "labels", "topic", "topics"), "tags"),
    **dict.fromkeys(("type", "kind", "card type"), "type"),
}
ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig", ""),
    (b"\xff\xfe", "utf-16", "It is written in UTF-16."),
    (b"\xfe\xff", "utf-16", "It is written in UTF-16."),
)
LATIN = (
    "It is not written in UTF-8, so we read it as Latin-1. Look at accents and signs below; where they are wrong, save "
    "the file again with the encoding UTF-8."
)


@dataclass(frozen=True, slots=True)
class Table:
    """rows: without the heading. note: a sentence about its encoding, or "". mapping: what each column is, or ""."""

    rows: tuple[tuple[str, ...], ...]
    has_heading: bool
    mapping: tuple[str, ...]
    note: str = ""


def read(octets: bytes, *, has_heading: bool | None = None) -> Table:
    """A file as a table. has_heading: whether its first row names the columns; found out when None.

    Raises Refused with a sentence on what to do.
    """
    if len(octets) > MOST_OCTETS:
        raise TooLarge(f"This table is larger than the {MOST_OCTETS // 10**6} MB we can take. Split it in two.")
    text, note = _text(octets)
    rows = _rows(text)
    if not rows:
        raise Refused("There is no row in this table. Write one card a line: question, answer.")
    width = max(map(len, rows))
    if width > MOST_COLUMNS:
        raise Refused(f"This table has {width} columns, more than {MOST_COLUMNS}. Look whether it is the right file.")
    rows = [(*row, *[""] * (width - len(row))) for row in rows]
    named = [HEADINGS.get(cell.strip().casefold(), "") for cell in rows[0]]
    is_heading = "question" in named if has_heading is None else has_heading
    mapping = _once(named) if is_heading and any(named) else (*COLUMNS, *[""] * width)[:width]
    return Table(tuple(rows[1:] if is_heading else rows), is_heading, tuple(mapping), note)


def _text(octets: bytes) -> tuple[str, str]:
    for mark, encoding, note in ENCODINGS:
        if octets.startswith(mark):
            try:
                return octets.decode(encoding), note
            except UnicodeDecodeError:
                raise Refused("This file is damaged: its text breaks off. Save it again as UTF-8.") from None
    if b"\0" in octets[:1000]:
        raise Refused("This is no table of text. In your spreadsheet, choose Save as, then CSV (UTF-8).")
    try:
        return octets.decode("utf-8"), ""
    except UnicodeDecodeError:
        return octets.decode("cp1252", errors="replace"), LATIN


def _rows(text: str) -> list[tuple[str, ...]]:
    if "\0" in text:
        raise Refused("This is no table of text. In your spreadsheet, choose Save as, then CSV (UTF-8).")
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            cells = tuple(unguarded(cell.strip()) for cell in row)
            if any(cells):
                rows.append(cells)
            if len(rows) > MOST_ROWS + 1:
                raise TooLarge(f"This table has more than {MOST_ROWS:,} rows. Split it into smaller ones.")
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise Refused(f"Row {len(rows)} has a cell with more than {LONGEST_CELL:,} letters. Shorten it.")
    except csv.Error as fault:
        raise Refused(
            f"Row {len(rows) + 1} cannot be read ({fault}). Look for a quotation mark without a partner."
        ) from None
    return rows


def _delimiter(text: str) -> str:
    """The one that splits the first rows into most columns of which all have the same number."""
    head = text[:20_000].splitlines()[:20]
    head = head[:-1] if len(text) > 20_000 else head

    def score(one: str) -> tuple[int, int]:
        try:
            counts = [len(row) for row in csv.reader(head, delimiter=one) if row]
        except csv.Error:
            return 0, 0
        usual = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(usual), usual) if usual > 1 else (0, 0)

    return max(DELIMITERS, key=score)


def _once(named: Iterable[str]) -> tuple[str, ...]:
    """Each name for the first column that has it."""
    seen: set[str] = set()
    found = []
    for name in named:
        found.append("" if name in seen else name)
        seen.add(name)
    return tuple(found)


def guarded(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell


def written(rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Lines of a CSV file with heading, guarded against formulas; line ends as RFC 4180 has them."""
    for row in chain([COLUMNS], rows):
        line = io.StringIO(newline="")
        csv.writer(line).writerow([guarded(cell) for cell in row])
        yield line.getvalue()
