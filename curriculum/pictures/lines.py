"""The text of a small picture: lines that say what is drawn, and lines "name: value" that say how."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from curriculum import note_names
from curriculum.pictures import BadSource

LONGEST = 2_000  # characters
OPTION = re.compile(r"(?P<name>[a-z]+)\s*:\s*(?P<value>.*?)\s*")
RANGE = re.compile(r"(?P<low>\S+?)\s*\.\.\s*(?P<high>\S+)")


@dataclass(frozen=True, slots=True)
class Lines:
    said: tuple[tuple[int, str], ...]  # (line, counted from 0; its text)
    options: Mapping[str, tuple[int, str]]  # name -> (line, value)

    def one_of(self, name: str, known: Collection[str], default: str) -> str:
        line, value = self.options.get(name, (0, default))
        if value not in known:
            raise BadSource(line, f'"{value}" is nothing that {name} can be.', f"Use {', '.join(known)}.")
        return value

    def number(self, name: str, low: float, high: float, default: float) -> float:
        line, value = self.options.get(name, (0, str(default)))
        if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", value) or not low <= float(value) <= high:
            raise BadSource(line, f'"{value}" is nothing that {name} can be.', f"Write {low:g} to {high:g}.")
        return float(value)

    def keys(self, name: str) -> tuple[int, int] | None:
        """The range "C4..C6" as MIDI numbers."""
        if name not in self.options:
            return None
        line, value = self.options[name]
        found = RANGE.fullmatch(value)
        if found is None:
            raise BadSource(line, f'the {name} "{value}" cannot be read.', f"Write {name}: C4..C6.")
        low, high = key(found["low"], line)[0], key(found["high"], line)[0]
        if low >= high:
            raise BadSource(line, f"the {name} {value} goes down.", "Write the lower key first.")
        return low, high


def read(source: str, options: Collection[str]) -> Lines:
    """options: the names that may stand before a colon."""
    if len(source) > LONGEST:
        raise BadSource(0, f"this is longer than {LONGEST:,} characters.", "Show less of it.")
    said, found_options = [], {}
    for number, line in enumerate(source.split("\n")):
        found = OPTION.fullmatch(line.strip())
        if found and found["name"] not in options:
            raise BadSource(number, f'"{found["name"]}:" is unknown here.', f"Use {', '.join(options)}.")
        if found and found["name"] in found_options:
            raise BadSource(number, f'"{found["name"]}:" stands twice.', "Keep one.")
        if found:
            found_options[found["name"]] = number, found["value"]
        elif line.strip():
            said.append((number, line.strip()))
    return Lines(tuple(said), found_options)


def key(text: str, line: int) -> tuple[int, str]:
    """A key of the piano as (MIDI number, how it was spelled): "C4", "F#3", "B♭2"."""
    found = note_names.read(text)
    if found is None or not found.has_octave or not 21 <= found.key <= 108:
        mend = "Write a letter, # or b where needed, and the octave: C4, F#3, Bb2. A0 to C8."
        raise BadSource(line, f'"{text}" is no key of the piano.', mend)
    octave = text.strip()[-1]
    return found.key, f"{found.spelling[0]}{octave}"
