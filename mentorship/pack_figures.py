"""The meter's figures in words, for an evidence pack: one row for each, beside the targets that ask for it, or a
sentence where there is none."""

from collections.abc import Iterable, Mapping
from typing import Any

from mentorship import figure_words
from mentorship.figure_words import Row, Window
from mentorship.targets import written


def rows(figures: Mapping[str, Any], windows: Iterable[Window] = ()) -> list[tuple[str, str]]:
    """(what it is, its figure with its place, and how it stands to what is asked; or why there is none)."""
    asked = list(windows)
    found = [(row.title, _said(row)) for row in figure_words.rows(figures, asked)]
    reasons, there = figures.get("reasons") or {}, {title for title, _ in found}
    for name, title in (("tempo", "Tempo"), ("key", "Key")):
        value = figures.get(name)
        if title not in there and value is not None:
            guess = value if isinstance(value, str) else written(name, float(value))
            found.append((f"{title}, a guess", guess))
        elif title not in there and reasons.get(name):
            found.append((f"{title}, a guess", f"no figure: {reasons[name]}"))
    return found


def sentences(figures: Mapping[str, Any]) -> list[str]:
    """What the meter has to say beside its figures."""
    return [str(one) for name in ("words", "warnings") for one in figures.get(name) or []]


def _said(row: Row) -> str:
    if not row.value:
        return f"no figure: {row.why}"
    place = f" at {row.at_words}" if row.at_words and not any(row.at_words in one.text for one in row.sayings) else ""
    return "; ".join([row.value + place, *(one.text for one in row.sayings)])
