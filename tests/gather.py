"""The files of `tests/topics` and `tests/e2e/topics`: what each subject adds to the world and the route matrix, to the
cast and the pages. A new one is found by itself."""

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent


@cache
def topics(folder: str) -> tuple[ModuleType, ...]:
    """folder: "topics" or "e2e/topics"."""
    names = sorted(path.stem for path in (HERE / folder).glob("*.py"))
    return tuple(importlib.import_module(f"tests.{folder.replace('/', '.')}.{name}") for name in names)


def merged(folder: str, name: str, first: dict[Any, Any]) -> dict[Any, Any]:
    """A dict and those of the topics with this name; a key that stands in two of them is a mistake."""
    found = dict(first)
    for topic in topics(folder):
        more = getattr(topic, name, {})
        assert not found.keys() & more.keys(), f"{topic.__name__}: {found.keys() & more.keys()} is there already"
        found |= more
    return found
