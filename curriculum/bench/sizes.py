"""Next card and answer, durable, as the table grows; beside Anki's engine where there is one.

At each size: the rule alone (`reviews.answer`, through the store, one commit), the whole request, and Anki's
`get_queued_cards` with `answer_card`. All take turns, and have the same number of due cards on the same disk.
"""

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.database import Database
from core.ids import uuid7
from curriculum import reviews, store
from curriculum.bench import site as sites
from curriculum.bench.site import SHIPPED, Make, Person, Scale
from curriculum.content import Library

ANKI = "ANKI_PYTHON"  # the environment variable that names a Python which has the package anki
GOOD = 3
RULE, REQUEST, ENGINE = "rule", "request", "anki"

Times = list[tuple[float, float]]  # microseconds of one answer: on the wall, of the CPU


@dataclass(slots=True)
class Desk:
    """A learner before a table of some size."""

    app: Flask
    base: Database
    library: Library
    person: Person
    client: FlaskClient
    csrf_token: str
    cards: Iterator[str]  # due, in the order of the day's list

    def rule(self) -> None:
        at = clock.now()
        shown = reviews.answer(
            store.of(self.base),
            self.library,
            self.person.token,
            next(self.cards),
            review_id=uuid7(),
            rating=GOOD,
            seconds=5.0,
            at=at,
            idle_before=at - timedelta(days=14),
        )
        assert shown is not None

    def request(self) -> None:
        sites.answer(self.client, next(self.cards), sites.filled_form(self.csrf_token, GOOD))


def measure(make: Make, folder: Path, scale: Scale, *, with_anki: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """For each size: seconds to fill, memories of the learner's own, and for each kind the p50 and the mean CPU of
    every round, in microseconds; one more round warms up."""
    raw: dict[str, Any] = {}
    with ExitStack() as running:
        anki = running.enter_context(_anki(folder / "anki", scale, say)) if with_anki else None
        desks = {size: running.enter_context(_desk(make, folder, size, scale, raw, say)) for size in scale.sizes}
        for number in range(scale.rounds + 1):
            for size, desk in desks.items():
                kinds: list[tuple[str, Callable[[], Times]]] = [
                    (RULE, lambda desk=desk: _timed(desk.rule, scale.batch)),  # type: ignore[misc]
                    (REQUEST, lambda desk=desk: _timed(desk.request, scale.batch)),  # type: ignore[misc]
                ]
                if anki is not None:
                    kinds.append((ENGINE, lambda size=size: anki.ask("answer", size, scale.batch)))  # type: ignore
                for kind, run in kinds if number % 2 else reversed(kinds):
                    times = run()
                    if number:
                        figures = raw[str(size)].setdefault(kind, {"p50_us": [], "cpu_us": []})
                        figures["p50_us"].append(statistics.median(wall for wall, _ in times))
                        figures["cpu_us"].append(statistics.mean(cpu for _, cpu in times))
    return raw


def _timed(run: Callable[[], None], count: int) -> Times:
    times = []
    for _ in range(count):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        times.append(((time.perf_counter() - wall) * 1e6, (time.process_time() - cpu) * 1e6))
    return times


@contextmanager
def _desk(
    make: Make, folder: Path, size: int, scale: Scale, raw: dict[str, Any], say: Callable[[str], None]
) -> Iterator[Desk]:
    with sites.made(make, sites.make_site(folder / str(size), SHIPPED)) as app:
        base: Database = app.extensions["database"]
        shelf = sites.Copies(app.extensions["shelf"].library, scale.due)
        app.extensions["shelf"] = shelf
        began = time.perf_counter()
        person, cards = sites.fill(base, shelf.library, size, scale, at=clock.now())
        spent = time.perf_counter() - began
        if len(cards) != scale.due:
            raise click.ClickException(f"The day's list has {len(cards)} cards where {scale.due} are due.")
        say(f"{size:,} memories filled in {spent:.1f} s")
        raw[str(size)] = {"fill_s": spent, "own": min(size, scale.most_of_one), "due": len(cards)}
        client, csrf_token = sites.browser_of(app, person)
        yield Desk(app, base, shelf.library, person, client, csrf_token, iter(cards))


# -- Anki's engine -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Engine:
    """Anki's engine in an environment of its own, asked line by line."""

    process: "subprocess.Popen[str]"

    def ask(self, *words: object) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said:
            raise click.ClickException(f"Anki's engine ended (exit code {self.process.wait(10)}); see above.")
        return json.loads(said)


@contextmanager
def _anki(folder: Path, scale: Scale, say: Callable[[str], None]) -> Iterator[Engine | None]:
    """None where no Python with Anki's engine is named."""
    python = os.environ.get(ANKI)
    if not python:
        yield None
        return
    folder.mkdir()
    words = [python, str(Path(__file__).with_name("anki_engine.py")), str(folder)]
    try:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    except OSError as fault:
        raise click.ClickException(f"{ANKI} names {python}, which does not start: {fault.strerror}.") from fault
    try:
        engine = Engine(process)
        say(f"Anki's engine {engine.ask('version')}")
        for size in scale.sizes:
            say(f"{size:,} cards for Anki filled in {engine.ask('fill', size, scale.due):.1f} s")
        yield engine
    finally:
        process.kill()
        process.wait()
