"""Pictures that the app draws itself: text or numbers in, SVG with its words out. Nothing here knows people or Flask."""

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
