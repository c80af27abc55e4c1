"""What this disk needs for one durable commit, which no durable answer can beat."""

import os
import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path

COMMITS = 50


def measure(folder: Path) -> dict[str, list[float]]:
    """Milliseconds each of a bare fsync, and of a one-row commit of SQLite with synchronous=FULL; turn about."""
    raw: dict[str, list[float]] = {"fsync_ms": [], "commit_ms": []}
    with (folder / "fsync").open("wb") as file, closing(sqlite3.connect(folder / "commit.db")) as connection:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE one (number INTEGER)")
        for number in range(COMMITS):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            between = time.perf_counter()
            connection.execute("INSERT INTO one VALUES (?)", (number,))
            raw["fsync_ms"].append((between - start) * 1000)
            raw["commit_ms"].append((time.perf_counter() - between) * 1000)
    return raw


def medians(raw: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(times) for name, times in raw.items()}
