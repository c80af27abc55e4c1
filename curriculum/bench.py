"""`python3 app.py bench`: what an answer costs, beside one-word pages measured turn about in the same run."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import sqlalchemy as sa
from flask import Flask
from flask import session as cookie
from flask.cli import ScriptInfo, pass_script_info
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlmodel import col

from core import clock, startup
from core.accounts import ME, SignIn, create, hash_of
from core.database import Database
from core.ids import uuid7
from curriculum import day_list, reviews
from curriculum.library import Library
from curriculum.models import Memory, QueueCard, QueueDay, Review

CARDS_A_ROUND = 40
AS_A_SCRIPT = {"X-Requested-With": "woodshed", "Content-Type": "application/x-www-form-urlencoded"}
TARGETS = {"answer against hello": 4.0, "hello against bare Flask": 8.0}


@dataclass
class Learner:
    """Somebody with a browser, in a site made for the measurement."""

    client: FlaskClient
    base: Database
    library: Library
    user_id: Any
    csrf_token: str

    def sit_down(self) -> list[str]:
        """Start afresh with new cards on the day's list; their ids in its order."""
        at = clock.now()
        with self.base.writing() as db:
            for table in (QueueCard, QueueDay, Review, Memory):
                db.execute(sa.delete(table))
            reviews.add_cards(db, self.user_id, self.library.cards.values(), at=at)
            day_list.build(db, self.library, self.user_id, "UTC", new_a_day=CARDS_A_ROUND, reviews_a_day=0, at=at)
            return list(db.scalars(sa.select(col(QueueCard.card_id)).order_by(col(QueueCard.position))))

    def answer(self, card_id: str) -> None:
        form = {"csrf_token": self.csrf_token, "id": str(uuid7()), "rating": "4", "seconds": "5"}
        answer = self.client.post(f"/reviews/{card_id}", data=urlencode(form).encode(), headers=AS_A_SCRIPT)
        if answer.status_code != 200:
            raise click.ClickException(f"An answer gave {answer.status_code}: {answer.text[:200]}")


@click.command()
@click.option("--rounds", default=7, type=click.IntRange(5), help="How often all are measured, turn about.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the raw figures to this file.")
@pass_script_info
def bench(script: ScriptInfo, rounds: int, path: Path | None) -> None:
    """Measure the CPU time of an answer against one-word pages."""
    assert script.create_app is not None
    with tempfile.TemporaryDirectory() as folder:
        site = startup.prepare(data=Path(folder))
        app = script.create_app(site)
        with _learner(app) as learner:
            raw = _measure(app, learner, rounds)
        fsync_ms = _fsync_ms(Path(folder))
    medians = {name: statistics.median(values) for name, values in raw.items()}
    for name, value in medians.items():
        click.echo(f"{name:<28} {value:8.0f} µs CPU  (median of {rounds} rounds)")
    ratios = {
        "answer against hello": medians["answer"] / medians["hello"],
        "hello against bare Flask": medians["hello"] / medians["bare Flask"],
    }
    for name, ratio in ratios.items():
        verdict = "as wanted" if ratio <= TARGETS[name] else "TOO MUCH"
        click.echo(f"{name:<28} {ratio:8.2f} ×      (at most {TARGETS[name]:.0f}: {verdict})")
    click.echo(f"one fsync on this disk       {fsync_ms:8.2f} ms")
    if path:
        path.write_text(json.dumps({"raw_us": raw, "ratios": ratios, "fsync_ms": fsync_ms}, indent=1))


def _measure(app: Flask, learner: Learner, rounds: int) -> dict[str, list[float]]:
    """CPU microseconds a request: for each kind one value a round, after a round that warms up."""
    hello, bare = app.test_client(), _bare().test_client()
    raw: dict[str, list[float]] = {"bare Flask": [], "hello": [], "answer": []}
    for number in range(rounds + 1):
        cards = learner.sit_down()
        costs = {
            "bare Flask": _cpu(lambda: bare.get("/"), len(cards)),
            "hello": _cpu(lambda: hello.get("/hello"), len(cards)),
            "answer": _cpu(partial(_answer_next, learner, iter(cards)), len(cards)),
        }
        for name, cost in costs.items():
            if number:
                raw[name].append(cost)
    return raw


def _answer_next(learner: Learner, cards: Iterator[str]) -> None:
    learner.answer(next(cards))


def _cpu(ask: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        ask()
    return (time.process_time() - start) / times * 1e6


def _bare() -> Flask:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


@contextmanager
def _learner(app: Flask) -> Iterator[Learner]:
    base: Database = app.extensions["database"]
    at = clock.now()
    with base.writing() as db:
        user = create(db, name="Bench", email="bench@example.com", password="", zone="UTC", at=at)
        token = f"{user.id.hex}.bench"
        ends = at + timedelta(days=1)
        sign_in = SignIn(
            user_id=user.id, token_hash=hash_of(token), browser="bench", created_at=at, seen_at=at, expires_at=ends
        )
        db.add(sign_in)
        user_id, uniquifier = user.id, user.fs_uniquifier
    client = app.test_client()
    with app.test_request_context():
        csrf_token = generate_csrf()
        raw = cookie["csrf_token"]
    with client.session_transaction() as browser:
        browser.update({"_user_id": uniquifier, "_fresh": True, ME: token, "csrf_token": raw})
    yield Learner(client, base, app.extensions["shelf"].library, user_id, csrf_token)
    base.engine.dispose()


def _fsync_ms(folder: Path) -> float:
    times = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            start = time.perf_counter()
            file.flush()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
