"""Pictures that the app draws itself: text or numbers in, SVG and its words out. Nothing here knows people."""

from typing import NamedTuple

from markupsafe import Markup

Table = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]  # (head, rows)


class Picture(NamedTuple):
    """svg has no script, no style and nothing from elsewhere; its lines are currentColor.

    words: the text alternative, what is seen and never the name of what is asked; it stands in the SVG too (title, or
    title and desc). table: the same figures, where words alone would be too long.
    """

    svg: Markup
    words: str
    table: Table | None = None


class BadSource(Exception):
    """What a picture is to be drawn from cannot be read. line: counted from 0 inside the source."""

    def __init__(self, line: int, text: str, mend: str) -> None:
        super().__init__(f"line {line + 1}: {text} {mend}")
        self.line, self.text, self.mend = line, text, mend
