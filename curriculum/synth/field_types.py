"""What a field of a spec may be: a number, a word, a flag, a list. Each reads JSON or an author's text, or refuses."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Refused

PLACES = 3  # decimals that a spec keeps
NOTHING_WORDS = ("none", "null")

Value = Any  # a number, a word, a flag, a list or a mapping, as JSON has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(ABC):
    """One value of a spec. `read` takes what JSON has, `from_text` what an author wrote; both may refuse."""

    default: Value
    unit: str = ""  # as it is said: "Hz", "half steps"
    may_be_none: bool = False
    meaning: str = ""  # what the name does not tell

    def read(self, name: str, value: Value) -> Value:
        if value is None and self.may_be_none:
            return None
        return self._read(name, value)

    def from_text(self, name: str, text: str) -> Value:
        text = text.strip()
        if self.may_be_none and text in NOTHING_WORDS:
            return None
        return self._read(name, self._of_text(text))

    def range_words(self) -> str:
        """As in "250 to 16000 Hz" or "up, down, together"."""
        none = ", or none" if self.may_be_none else ""
        return f"{self._range()}{f' {self.unit}' if self.unit else ''}{none}"

    @abstractmethod
    def _read(self, name: str, value: Value) -> Value: ...

    def _of_text(self, text: str) -> Value:
        return text

    @abstractmethod
    def _range(self) -> str: ...

    def _refused(self, name: str, value: Value) -> Refused:
        said = value if isinstance(value, str) else _as_json(value)
        return Refused(f"`{name}` is {_short(said)}; it can be {self.range_words()}.", field=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    low: float
    high: float
    is_whole: bool = False

    def _read(self, name: str, value: Value) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise self._refused(name, value)  # NaN is in no range
        if self.is_whole and value != int(value):
            raise self._refused(name, value)
        return tidy(value)

    def _of_text(self, text: str) -> Value:
        try:
            return float(text.replace("−", "-"))
        except ValueError:
            return text

    def _range(self) -> str:
        return f"{'a whole number from ' if self.is_whole else ''}{tidy(self.low)} to {tidy(self.high)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Field):
    options: tuple[str, ...]

    def _read(self, name: str, value: Value) -> Value:
        if not isinstance(value, str) or value not in self.options:
            raise self._refused(name, value)
        return value

    def _range(self) -> str:
        return ", ".join(self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(Field):
    """One of a few numbers."""

    options: tuple[int, ...]

    def _read(self, name: str, value: Value) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float) or value not in self.options:
            raise self._refused(name, value)
        return int(value)

    def _of_text(self, text: str) -> Value:
        return float(text) if text.replace(".", "", 1).isdecimal() else text

    def _range(self) -> str:
        return ", ".join(str(option) for option in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Field):
    def _read(self, name: str, value: Value) -> Value:
        if not isinstance(value, bool):
            raise self._refused(name, value)
        return value

    def _of_text(self, text: str) -> Value:
        return {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}.get(text, text)

    def _range(self) -> str:
        return "true, false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numerals(Field):
    """Roman numerals, in JSON a list, in text with spaces. Whether each one exists in the mode, `spec.read` asks."""

    fewest: int
    most: int

    def _read(self, name: str, value: Value) -> Value:
        if not isinstance(value, Sequence) or isinstance(value, str) or not self.fewest <= len(value) <= self.most:
            raise self._refused(name, value)
        if not all(isinstance(one, str) and re.fullmatch(r"[#b]{0,2}[IVivx][\w°ø+#/()Δ-]{0,11}", one) for one in value):
            raise self._refused(name, value)
        return list(value)

    def _of_text(self, text: str) -> Value:
        return text.split()

    def _range(self) -> str:
        return f"{self.fewest} to {self.most} Roman numerals, as in I V vi IV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits(Field):
    """Voice -> its slots, "1" a hit and "0" none; in text "kick 1000 0010; snare 0000 1000". Spaces do not count."""

    voices: tuple[str, ...]

    def _read(self, name: str, value: Value) -> Value:
        if not isinstance(value, Mapping) or not value or not set(value) <= set(self.voices):
            raise self._refused(name, value)
        slots = {
            voice: "".join(value[voice].split()) if isinstance(value[voice], str) else "" for voice in sorted(value)
        }
        if not all(re.fullmatch(r"[01]{1,120}", row) for row in slots.values()):
            raise self._refused(name, value)
        return slots

    def _of_text(self, text: str) -> Value:
        rows = [row.strip().partition(" ") for row in text.split(";") if row.strip()]
        return {voice: row for voice, _, row in rows} if len({row[0] for row in rows}) == len(rows) else text

    def _range(self) -> str:
        return (
            f"for each voice ({', '.join(self.voices)}) a 1 or a 0 for each slot, as in kick 1000 0010; snare 0000 1000"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands(Field):
    """One or two bands of an equaliser, each with the fields of one."""

    band: Mapping[str, Field]
    most: int = 2

    def _read(self, name: str, value: Value) -> Value:
        if not isinstance(value, Sequence) or isinstance(value, str) or not 1 <= len(value) <= self.most:
            raise self._refused(name, value)
        return [read_all(self.band, band, f"a band of `{name}`") for band in value]

    def _range(self) -> str:
        return f"1 to {self.most} bands, each with {', '.join(self.band)}"


def read_all(table: Mapping[str, Field], raw: Value, whose: str) -> dict[str, Value]:
    """Every field of the table, with its default where raw has none; an unknown one is refused."""
    if not isinstance(raw, Mapping):
        raise Refused(f"{whose} is {_short(_as_json(raw))}. Write it as fields and values, in braces.")
    for name in raw:
        if name not in table:
            raise Refused(f"`{_short(str(name))}` is no field of {whose}. It has: {', '.join(table)}.", field=str(name))
    return {name: field.read(name, raw[name]) if name in raw else field.default for name, field in table.items()}


def tidy(value: float) -> int | float:
    """To three decimals, whole numbers as such: what a spec keeps and canonical JSON writes."""
    value = round(float(value), PLACES)
    return int(value) if value.is_integer() else value


def _as_json(value: Value) -> str:
    return (
        {True: "true", False: "false", None: "null"}[value]
        if value is None or value is True or value is False
        else str(value)
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
