"""Places in a sound as people type them ("1:12.480", "1:12-1:20"), and "#1:12" in a text as a link that plays."""

import re

from markupsafe import Markup, escape

from core.errors import Refused
from core.words import clock_time

HOW = "Write minutes and seconds, like 1:12 or 1:12.480."
TIME = r"(?:\d{1,2}:)?\d{1,3}:[0-5]\d(?:[.,]\d{1,3})?"
TYPED = re.compile(
    r"(?:(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):)?(?P<seconds>\d{1,5})(?:[.,](?P<ms>\d{1,3}))?", re.ASCII
)
DASH = re.compile(r"\s*[-‐‑‒–—−]\s*")
MARKED = re.compile(rf"(?<![\w#&/:])#(?P<start>{TIME})(?:[-–](?P<end>{TIME}))?(?![\d:])", re.ASCII)


def moment(text: str) -> int:
    """What somebody typed, in ms; "1:12.480", seconds alone ("72.5") and hours ("1:02:03"). ValueError for others."""
    found = TYPED.fullmatch(text.strip())
    if found is None or (found["minutes"] is not None and len(found["seconds"]) != 2):
        raise ValueError(text)
    hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
    if found["minutes"] is not None and (seconds > 59 or (found["hours"] is not None and minutes > 59)):
        raise ValueError(text)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((found["ms"] or "").ljust(3, "0"))


def place(start: str, end: str = "") -> tuple[int, int | None]:
    """What somebody typed into the two fields of a place, in ms; the first may hold both: "1:12-1:20".

    Refused beside its field when it cannot be read, or ends before it begins.
    """
    parts = [start, end] if end.strip() else DASH.split(start.strip(), maxsplit=1)
    moments: list[int] = []
    for name, part in zip(("start", "end"), parts, strict=False):
        try:
            moments.append(moment(part))
        except ValueError:
            raise Refused(f"This is no place in a sound. {HOW}", field=name if end.strip() else "start") from None
    if len(moments) == 1:
        return moments[0], None
    if moments[1] < moments[0]:
        field = "end" if end.strip() else "start"
        raise Refused("It ends before it begins. Write the earlier time first.", field=field)
    return moments[0], moments[1] if moments[1] > moments[0] else None


def words(start_ms: int, end_ms: int | None = None) -> str:
    """As in "1:12.480" or "1:12–1:20"."""
    said = clock_time(start_ms / 1000)
    return said if end_ms is None else f"{said}–{clock_time(end_ms / 1000)}"


def seconds(ms: int) -> str:
    """For addresses and scripts: "72.48"."""
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".")


def linked(text: str, plays: bool = True) -> Markup:
    """A person's plain text, with each "#1:12" in it as a link that plays the sound of its page from there.

    plays: whether there is a sound on that page; without one the text stays as it is.
    """
    shown, last = Markup(""), 0
    for found in MARKED.finditer(text) if plays else ():
        start = moment(found["start"])
        end = moment(found["end"]) if found["end"] else None
        until = Markup(' data-play-to="{}"').format(seconds(end)) if end is not None and end > start else ""
        link = Markup('<a href="#t={0}" data-play-at="{0}"{1}>{2}</a>').format(seconds(start), until, found[0])
        shown += escape(text[last : found.start()]) + link
        last = found.end()
    return shown + escape(text[last:])
