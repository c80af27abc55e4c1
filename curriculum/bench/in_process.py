"""A whole answer request in this process, beside one-word pages asked in turn with it: CPU time."""

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.database import Database
from curriculum import reviews
from curriculum.bench import site as sites
from curriculum.bench.site import OTHER, SHIPPED, Make, Person, Scale
from curriculum.content import Library
from curriculum.models import Learner as Pace
from curriculum.models import Memory, QueueCard, QueueDay, Review

KINDS = ("bare Flask", "hello", "answer")
TARGETS = {("answer", "hello"): 4.0, ("hello", "bare Flask"): 8.0}

Raw = dict[str, list[float]]  # for each kind one figure a round: mean CPU of a request in microseconds


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody with a browser, in a site made for the measurement."""

    client: FlaskClient
    base: Database
    library: Library
    person: Person
    csrf_token: str

    def sit_down(self, cards: int) -> list[str]:
        """Start afresh with new cards on the day's list; their ids in its order."""
        at, user_id = clock.now(), self.person.user_id
        with self.base.writing() as db:
            for table in (QueueCard, QueueDay, Review, Memory, Pace):
                db.execute(sa.delete(table))
            reviews.add_cards(db, user_id, sites.silent_cards(self.library), at=at)
            return sites.build_list(db, self.library, user_id, new=cards, at=at)


def measure(make: Make, folder: Path, scale: Scale) -> dict[str, Raw]:
    """The figures of a site as shipped and of one with NORMAL, after two rounds that warm up; the sites take turns."""
    bare = _bare().test_client()
    with ExitStack() as running:
        learners = {}
        for mode in (SHIPPED, OTHER):
            app = running.enter_context(sites.made(make, sites.make_site(folder / mode, mode)))
            learners[mode] = _learner(app)
        raw: dict[str, Raw] = {mode: {kind: [] for kind in KINDS} for mode in learners}
        for number in range(-2, scale.rounds):
            for mode, learner in learners.items():
                for kind, cost in _round(learner, bare, scale.cards).items():
                    if number >= 0:
                        raw[mode][kind].append(cost)
    return raw


def ratios(figures: Raw) -> dict[str, float]:
    """The median of each round's ratio."""
    return {
        f"{kind} against {other}": statistics.median(
            one / another for one, another in zip(figures[kind], figures[other], strict=True)
        )
        for kind, other in TARGETS
    }


def _round(learner: Learner, bare: FlaskClient, count: int) -> dict[str, float]:
    """Every kind is asked once for each card, there and back: whatever else this machine does, and caches that a wait
    for the disk has left cold, meets them all alike."""
    cards = learner.sit_down(count)
    spent = dict.fromkeys(KINDS, 0.0)
    hello = learner.client.application.test_client()
    for number, card_id in enumerate(cards):
        ask: dict[str, Callable[[], object]] = {
            "bare Flask": partial(bare.get, "/"),
            "hello": partial(hello.get, "/hello"),
            "answer": partial(sites.answer, learner.client, card_id, sites.filled_form(learner.csrf_token, 4)),
        }
        for kind in KINDS if number % 2 else reversed(KINDS):
            start = time.process_time()
            ask[kind]()
            spent[kind] += time.process_time() - start
    return {kind: seconds / len(cards) * 1e6 for kind, seconds in spent.items()}


def _bare() -> Flask:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def _learner(app: Flask) -> Learner:
    base: Database = app.extensions["database"]
    with base.writing() as db:
        person = sites.sign_up(db, 0, at=clock.now())
    client, csrf_token = sites.browser_of(app, person)
    return Learner(client, base, app.extensions["shelf"].library, person, csrf_token)
