"""The fields at the head of a content file: read, typed and checked one by one."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeGuard

import frontmatter
import yaml

from curriculum.content import Report
from curriculum.source_text import SLUG

KEY = re.compile(r"([A-Za-z_][\w-]*)\s*:")
DASHES = re.compile(r"-{3}\s*")
DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


class Fields:
    """Takes fields out one by one; a missing or wrong one is reported and comes back empty."""

    def __init__(
        self, values: Mapping[str, Any], lines: Mapping[str, int], report: Report, first_line: int = 1
    ) -> None:
        self._values = values
        self._lines = lines
        self._report = report
        self._first_line = first_line

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def line(self, name: str) -> int:
        return self._lines.get(name, self._first_line)

    def only(self, names: Collection[str]) -> None:
        """Reports the fields that are not among these."""
        for name in self._values:
            if name not in names:
                text = f'"{name}" is not a field we know.'
                self._report.add(self.line(str(name)), text, f"Take it out, or use one of: {', '.join(names)}.")

    def text(self, name: str, *, needed: bool = True) -> str:
        value = self._get(name, str, 'a text, like: {}: "Words"', missing="" if not needed else None)
        if value is not None and not value.strip() and needed:
            self._report.add(self.line(name), f'the field "{name}" is empty.', "Fill it in.")
        return (value or "").strip()

    def slug(self, name: str) -> str:
        value = self.text(name)
        if value and not SLUG.fullmatch(value):
            text = f'the {name} "{value}" has characters that an address cannot have.'
            self._report.add(self.line(name), text, "Use small letters, digits and single dashes.")
        return value

    def choice(self, name: str, choices: Collection[str]) -> str:
        value = self.text(name)
        if value and value not in choices:
            self._report.add(self.line(name), f'the {name} "{value}" is unknown.', f"Use one of: {', '.join(choices)}.")
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        value = self._get(name, int, "a whole number, like: {}: " + str(low))
        if value is not None and not low <= value <= high:
            self._report.add(
                self.line(name), f'the field "{name}" is {value}.', f"Write a number from {low} to {high}."
            )
        return value or 0

    def number(self, name: str, low: float = float("-inf"), high: float = float("inf")) -> float | None:
        """None where it is left out."""
        if name not in self:
            return None
        value = self._values[name]
        if not _is_number(value):
            text = f'the field "{name}" is {_shown(value)}.'
            self._report.add(self.line(name), text, f"It must be a number, like: {name}: -1")
            return None
        if not low <= value <= high:
            text = f'the field "{name}" is {value}.'
            self._report.add(self.line(name), text, f"Write a number from {low:g} to {high:g}.")
        return float(value)

    def numbers(self, name: str) -> tuple[float, ...]:
        """Empty where it is left out."""
        values = self._values.get(name, ())
        if name in self and not (isinstance(values, list) and values and all(map(_is_number, values))):
            text = f'the field "{name}" is {_shown(values)}.'
            self._report.add(self.line(name), text, f"It must be a list of numbers, like: {name}: [44100, 48000]")
            return ()
        return tuple(float(value) for value in values)

    def yes_or_no(self, name: str, *, needed: bool = True) -> bool:
        return bool(self._get(name, bool, "true or false, like: {} = true", None if needed else False))

    def day(self, name: str) -> date:
        value = self._get(name, date, "a date, like: {}: 2026-11-22")
        return value or date.min

    def texts(self, name: str, *, at_least: int = 0, slugs: bool = False) -> tuple[str, ...]:
        values = self._get(name, list, "a list, like: {}: [one, two]")
        if values is None:
            return ()
        wrong = [value for value in values if not isinstance(value, str) or not value.strip()]
        if slugs and not wrong:
            wrong = [value for value in values if not SLUG.fullmatch(value)]
        if wrong:
            what = "a slug" if slugs else "a text"
            text = f'the list "{name}" holds {_shown(wrong[0])}, which is not {what}.'
            self._report.add(self.line(name), text, "Mend it, or put it between quotes.")
            return ()
        if len(values) < at_least:
            self._report.add(self.line(name), f'the list "{name}" is empty.', "Write at least one.")
        return tuple(value.strip() for value in values)

    def tables(self, name: str, *, at_least: int = 1) -> list[dict[str, Any]]:
        """A list of records."""
        values = self._get(name, list, "a list of records")
        if values is None:
            return []
        if len(values) < at_least or not all(isinstance(value, dict) for value in values):
            text = f'the list "{name}" must hold {"at least one record" if at_least else "records"}.'
            self._report.add(self.line(name), text, "See a neighbouring file for how one is written.")
            return []
        return values

    def table(self, name: str) -> dict[Any, Any]:
        return self._get(name, dict, "a record with named values") or {}

    def _get(self, name: str, kind: type, like: str, missing: Any = None) -> Any:
        if name not in self._values:
            if missing is None:
                text = f'the field "{name}" is missing.'
                self._report.add(self._first_line, text, f"It is {like.format(name)}.")
            return missing
        value = self._values[name]
        fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if not fits or (kind is date and isinstance(value, datetime)):
            text = f'the field "{name}" is {_shown(value)}.'
            self._report.add(self.line(name), text, f"It must be {like.format(name)}.")
            return None
        return value


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    words = f'"{value}"' if isinstance(value, str) else str(value)
    return words if len(words) <= 60 else words[:57] + "..."


def split(lines: Sequence[str], report: Report) -> tuple[Fields, int] | None:
    """The fields between the first two lines of dashes, and how many lines they take with those; None: unreadable."""
    if not DASHES.fullmatch(lines[0]):
        text = "the front matter is missing."
        report.add(1, text, "Begin the file with a line of three dashes, the fields, and three dashes again.")
        return None
    end = next((place for place, line in enumerate(lines[1:], 1) if DASHES.fullmatch(line)), None)
    if end is None:
        report.add(1, "the front matter has no end.", "Put a line of three dashes after its last field.")
        return None
    head = lines[1:end]
    values = _values(head, report)
    if values is None:
        return None
    return Fields(values, _key_lines(head, report), report), end + 1


def _values(head: Sequence[str], report: Report) -> dict[str, Any] | None:
    try:
        values = frontmatter.YAMLHandler().load("\n".join(head))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = " ".join(str(getattr(error, "problem", None) or "unreadable").split())
        text = f"the front matter is not YAML ({reason})."
        mend = "Check quotes, brackets and indents here; put a text that holds a colon between quotes."
        report.add(min(mark.line, len(head)) + 2 if mark else 2, text, mend)
        return None
    except ValueError as error:  # a date that no calendar has
        report.add(_bad_day_line(head), f"a date is impossible ({error}).", "Write it as year-month-day.")
        return None
    if not isinstance(values, dict):
        report.add(2, "the front matter holds no fields.", "Write one field a line, like: title: Words")
        return None
    return values


def _bad_day_line(head: Sequence[str]) -> int:
    for number, line in enumerate(head, 2):
        for found in DAY.findall(line):
            try:
                date(*map(int, found.split("-")))
            except ValueError:
                return number
    return 2


def _key_lines(head: Sequence[str], report: Report) -> dict[str, int]:
    lines: dict[str, int] = {}
    for number, line in enumerate(head, 2):
        if found := KEY.match(line):
            name = found[1]
            if name in lines:
                report.add(number, f'the field "{name}" stands twice (first in line {lines[name]}).', "Keep one.")
            lines.setdefault(name, number)
    return lines
