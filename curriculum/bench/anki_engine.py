"""Run by a Python that has the package anki, and by no other: its engine at several sizes, asked line by line.

`fill SIZE DUE` makes a collection of so many cards in review, `answer SIZE COUNT` answers so many of those due and
says what each cost: microseconds on the wall and of the CPU, for get_queued_cards and answer_card together. FSRS is on,
as in Woodshed. Anki commits each answer with SQLite's synchronous=FULL in WAL, as Woodshed does.
"""

import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from anki.buildinfo import version
from anki.collection import Collection
from anki.scheduler_pb2 import CardAnswer

DAYS_AGO_MS = 10 * 86_400_000
FILLED = """
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :size - 1)
INSERT INTO {table} SELECT {columns} FROM numbers
"""
NOTES = ":base + n, printf('bench%010d', n), :model, :now, -1, '', 'question' || n || char(31) || 'yes', n, n, 0, ''"
CARDS = (
    ":base + n, :base + n, 1, 0, :now, -1, 2, 2, CASE WHEN n < :due THEN 0 ELSE 1 + n * 7919 % 365 END, "
    '10, 2500, 3, 0, 0, 0, 0, 0, printf(\'{"s":%d.0,"d":%d.0,"dr":0.9}\', 10 + n % 17, 5 + n % 5)'
)
LOG = ":base + n, :base + n, -1, 3, 10, -600, 2500, 5000, 1"


class Collections:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: dict[int, Any] = {}

    def fill(self, size: int, due: int) -> float:
        """Seconds that it took."""
        began = time.perf_counter()
        path = str(self.folder / f"{size}.anki2")
        collection = Collection(path)
        model = collection.models.by_name("Basic")["id"]
        collection.set_config("fsrs", True)
        options = collection.decks.config_dict_for_deck_id(1)
        options["rev"]["perDay"] = 9999
        collection.decks.update_config(options)
        now = int(time.time())
        collection.close()
        given = {"size": size, "due": due, "model": model, "now": now, "base": now * 1000 - DAYS_AGO_MS - size}
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN")
        for table, columns in (("notes", NOTES), ("cards", CARDS), ("revlog", LOG)):
            connection.execute(FILLED.format(table=table, columns=columns), given)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        self.open[size] = Collection(path)
        found = self.open[size].sched.get_queued_cards(fetch_limit=1).review_count
        if found != due:
            raise SystemExit(f"Anki finds {found} cards due where {due} are.")
        return time.perf_counter() - began

    def answer(self, size: int, count: int) -> list[tuple[float, float]]:
        scheduler, times = self.open[size].sched, []
        for _ in range(count):
            wall, cpu = time.perf_counter(), time.process_time()
            queued = scheduler.get_queued_cards(fetch_limit=1).cards[0]
            scheduler.answer_card(
                CardAnswer(
                    card_id=queued.card.id,
                    current_state=queued.states.current,
                    new_state=queued.states.good,
                    rating=CardAnswer.GOOD,
                    answered_at_millis=int(time.time() * 1000),
                    milliseconds_taken=5000,
                )
            )
            times.append(((time.perf_counter() - wall) * 1e6, (time.process_time() - cpu) * 1e6))
        return times


def main() -> None:
    collections = Collections(Path(sys.argv[1]))
    for line in sys.stdin:
        verb, *numbers = line.split()
        said = version if verb == "version" else getattr(collections, verb)(*map(int, numbers))
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
