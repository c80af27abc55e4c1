"""An author's file as numbered lines."""

import re
from collections.abc import Iterator

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FENCE = re.compile(r"\s*(`{3,}|~{3,})")


def lines_of(text: str) -> list[str]:
    """The lines as an editor counts them, without their ends."""
    return re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))


def line_with(lines: list[str], needle: str, default: int = 1) -> int:
    """The number of the first line that holds the needle as a whole word; the first line is 1."""
    whole = re.compile(rf"(?<![\w-]){re.escape(needle)}(?![\w-])")
    return next((number for number, line in enumerate(lines, 1) if whole.search(line)), default)


class Fences:
    """Told line after line, knows which of them are code between fences (the fences count)."""

    def __init__(self) -> None:
        self._open = ""

    def holds(self, line: str) -> bool:
        found = FENCE.match(line)
        if not self._open:
            if found:
                self._open = found[1]
            return bool(found)
        if found and found[1].startswith(self._open) and not line.strip().strip(self._open[0]):
            self._open = ""
        return True


def outside_code(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The numbered lines that are not code between fences."""
    fences = Fences()
    for number, line in enumerate(lines, 1):
        if not fences.holds(line):
            yield number, line
