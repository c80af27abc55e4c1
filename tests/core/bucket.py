"""A bucket in memory: as much of `obstore` as we use, for machines without it. With it, its own is taken."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


class Away(Exception):
    """As obstore.exceptions.BaseError."""


class Memory(dict[str, tuple[bytes, datetime]]):
    """key -> (octets, when it was put there)."""


class Octets:
    def __init__(self, octets: bytes) -> None:
        self.octets = octets

    def stream(self, min_chunk_size: int) -> Iterator[bytes]:
        for place in range(0, len(self.octets), min_chunk_size):
            yield self.octets[place : place + min_chunk_size]


def _of(store: Memory, key: str) -> tuple[bytes, datetime]:
    if key not in store:
        raise FileNotFoundError(key)
    return store[key]


def stand_in() -> Any:
    made: Any = ModuleType("obstore")
    made.exceptions = ModuleType("obstore.exceptions")
    made.exceptions.BaseError = Away
    made.put = lambda store, key, path: store.__setitem__(key, (Path(path).read_bytes(), datetime.now(UTC)))
    made.get = lambda store, key: Octets(_of(store, key)[0])
    made.head = lambda store, key: {"path": key, "last_modified": _of(store, key)[1]}
    made.delete = lambda store, key: store.pop(key, None)
    made.list = lambda store: [[{"path": key, "last_modified": put_at} for key, (_, put_at) in store.items()]]
    return made


@contextmanager
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty store; `import obstore` works inside."""
    try:
        from obstore.store import MemoryStore
    except ImportError:
        made = stand_in()
        monkeypatch.setitem(sys.modules, "obstore", made)
        monkeypatch.setitem(sys.modules, "obstore.exceptions", made.exceptions)
        yield Memory()
        return
    yield MemoryStore()
