"""`python3 app.py bench`: what an answer costs, beside one-word pages asked in turn with it, in sites made for it."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
from core.settings import Settings
from curriculum import day_list, reviews
from curriculum.library import Library
from curriculum.models import Learner as Pace
from curriculum.models import Memory, QueueCard, QueueDay, Review

CARDS_A_ROUND = 40
AS_A_SCRIPT = {"X-Requested-With": "woodshed", "Content-Type": "application/x-www-form-urlencoded"}
SHIPPED, OTHER = "FULL", "NORMAL"  # SQLite's `synchronous`; the targets are for the first
KINDS = ("bare Flask", "hello", "answer")
TARGETS = {("answer", "hello"): 4.0, ("hello", "bare Flask"): 8.0}

Raw = dict[str, list[float]]  # for each kind one figure a round: mean CPU of a request in microseconds


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
            for table in (QueueCard, QueueDay, Review, Memory, Pace):
                db.execute(sa.delete(table))
            reviews.add_cards(db, self.user_id, self.library.cards.values(), at=at)
            db.add(Pace(user_id=self.user_id, new_a_day=CARDS_A_ROUND))
            day_list.build(db, self.library, self.user_id, "UTC", at=at)
            return list(db.scalars(sa.select(col(QueueCard.card_id)).order_by(col(QueueCard.position))))

    def filled_form(self) -> bytes:
        """What the page's script sends with one press of a key."""
        return urlencode({"csrf_token": self.csrf_token, "id": str(uuid7()), "rating": "4", "seconds": "5"}).encode()

    def answer(self, card_id: str, form: bytes) -> None:
        answer = self.client.post(f"/reviews/{card_id}", data=form, headers=AS_A_SCRIPT)
        if answer.status_code != 200:
            raise click.ClickException(f"An answer gave {answer.status_code}: {answer.text[:200]}")


@click.command()
@click.option("--rounds", default=15, type=click.IntRange(5), help="How often 40 of each are asked, turn about.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the raw figures to this file.")
@pass_script_info
def bench(script: ScriptInfo, rounds: int, path: Path | None) -> None:
    """Measure the CPU time of an answer against one-word pages, with the settings as shipped."""
    assert script.create_app is not None
    with tempfile.TemporaryDirectory() as folder, ExitStack() as sites:
        learners = {
            mode: sites.enter_context(_learner(script.create_app(_site(Path(folder) / mode, mode))))
            for mode in (SHIPPED, OTHER)
        }
        raw = _measure(learners, rounds)
        fsync_ms = _fsync_ms(Path(folder))
    ratios = {mode: _ratios(figures) for mode, figures in raw.items()}
    _say(raw, ratios, rounds)
    click.echo(f"one fsync on this disk       {fsync_ms:8.2f} ms")
    if path:
        path.write_text(json.dumps({"raw_us": raw, "ratios": ratios, "fsync_ms": fsync_ms}, indent=1))


def _site(folder: Path, mode: Any) -> Settings:
    """Everything as shipped, whatever this machine's settings say: the measurement must not touch its data."""
    site = Settings.model_construct(data=folder, synchronous=mode, secret_key="only-for-the-measurement" * 2)
    site.files.mkdir(parents=True)
    site.backups.mkdir()
    startup.migrate(site)
    return site


def _measure(learners: dict[str, Learner], rounds: int) -> dict[str, Raw]:
    """The figures of each site, after two rounds that warm up; the sites take turns, round by round."""
    bare = _bare().test_client()
    raw: dict[str, Raw] = {mode: {kind: [] for kind in KINDS} for mode in learners}
    for number in range(-2, rounds):
        for mode, learner in learners.items():
            for kind, cost in _round(learner, bare).items():
                if number >= 0:
                    raw[mode][kind].append(cost)
    return raw


def _round(learner: Learner, bare: FlaskClient) -> dict[str, float]:
    """Every kind is asked once for each card, there and back: whatever else this machine does, and caches that a wait
    for the disk has left cold, meets them all alike."""
    cards = learner.sit_down()
    spent = dict.fromkeys(KINDS, 0.0)
    hello = learner.client.application.test_client()
    for number, card_id in enumerate(cards):
        ask: dict[str, Callable[[], object]] = {
            "bare Flask": partial(bare.get, "/"),
            "hello": partial(hello.get, "/hello"),
            "answer": partial(learner.answer, card_id, learner.filled_form()),
        }
        for kind in KINDS if number % 2 else reversed(KINDS):
            start = time.process_time()
            ask[kind]()
            spent[kind] += time.process_time() - start
    return {kind: seconds / len(cards) * 1e6 for kind, seconds in spent.items()}


def _ratios(figures: Raw) -> dict[str, float]:
    """The median of each round's ratio."""
    return {
        f"{kind} against {other}": statistics.median(
            one / another for one, another in zip(figures[kind], figures[other], strict=True)
        )
        for kind, other in TARGETS
    }


def _say(raw: dict[str, Raw], ratios: dict[str, dict[str, float]], rounds: int) -> None:
    click.echo(f"CPU of one request, asked in turn with the others: median of {rounds} rounds of {CARDS_A_ROUND}")
    click.echo(f"SQLite's synchronous         {SHIPPED:>8}    {OTHER:>8}")
    for kind in KINDS:
        shipped, other = (statistics.median(raw[mode][kind]) for mode in (SHIPPED, OTHER))
        click.echo(f"{kind:<28} {shipped:8.0f} µs {other:8.0f} µs")
    for (name, shipped), other, target in zip(
        ratios[SHIPPED].items(), ratios[OTHER].values(), TARGETS.values(), strict=True
    ):
        verdict = "as wanted" if shipped <= target else "TOO MUCH"
        click.echo(f"{name:<28} {shipped:8.2f} ×  {other:8.2f} ×   ({SHIPPED} at most {target:.0f}: {verdict})")


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
