"""Tables as CSV that a spreadsheet opens without running anything in them."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

LINES = 500  # of a page
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def pages(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """CSV with commas and CRLF, as RFC 4180 says, some hundred lines at a time; each cell as `harmless` makes it."""
    left = iter(rows)
    while some := list(islice(left, LINES)):
        sheet = io.StringIO()
        csv.writer(sheet).writerows([harmless(cell) for cell in row] for row in some)
        yield sheet.getvalue()


def harmless(cell: object) -> object:
    """The cell as it may stand in a spreadsheet: the apostrophe before a would-be formula is the documented rule."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(STARTS_A_FORMULA) else cell
