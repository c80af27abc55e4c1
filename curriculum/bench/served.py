"""Answers over the web server as it is shipped, beside the one-word page: requests a second."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from core import clock, serving
from core.bootstrap import LAUNCHER
from core.database import Database
from core.settings import HERE, PREFIX, Settings
from curriculum import reviews
from curriculum.bench import site as sites
from curriculum.bench.site import OTHER, SHIPPED, Make, Person, Scale

START_SECONDS = 60
SECONDS_A_ROUND = 120.0  # a round that takes longer is cut off, and what was not answered counts as errors
SERVERS = [(mode, workers) for workers in (1, 2) for mode in (SHIPPED, OTHER)]


@dataclass(frozen=True, slots=True)
class Server:
    """A web server on loopback, and for each round what its browsers will send."""

    name: str
    port: int
    answers: list[list[list[str]]]  # round, connection, request
    hellos: list[list[str]]  # connection, request


def measure(make: Make, folder: Path, scale: Scale) -> dict[str, Any]:
    """For each server and round: hellos and answers a second, and the errors. Servers take turns, round by round."""
    raw: dict[str, Any] = {}
    with ExitStack() as running:
        servers = [
            running.enter_context(_server(make, folder / f"{mode}-{workers}", mode, workers, scale))
            for mode, workers in SERVERS
        ]
        for server in servers:
            raw[server.name] = {"hello": [], "answer": [], "errors": []}
        for number in range(scale.rounds + 1):
            for server in servers:
                hello, answer = _load(server.port, server.hellos), _load(server.port, server.answers[number])
                if number:  # the first warms up
                    raw[server.name]["hello"].append(hello["answered"] / hello["seconds"])
                    raw[server.name]["answer"].append(answer["answered"] / answer["seconds"])
                raw[server.name]["errors"] += hello["errors"] + answer["errors"]
    return raw


def ratios(raw: dict[str, Any]) -> dict[str, float]:
    """Answers for each hello, the median of the rounds."""
    return {
        name: statistics.median(one / other for one, other in zip(figures["answer"], figures["hello"], strict=True))
        for name, figures in raw.items()
    }


def _name(mode: str, workers: int) -> str:
    return f"{mode}, {workers} worker{'s' * (workers > 1)}"


NAME_OF_SHIPPED = _name(SHIPPED, 1)


@contextmanager
def _server(make: Make, folder: Path, mode: str, workers: int, scale: Scale) -> Iterator[Server]:
    port = _free_port()
    site = sites.make_site(folder, mode, port=port)
    server = Server(_name(mode, workers), port, _requests(make, site, scale), _hellos(port, scale))
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(
            [*serving.web_command(site), "--workers", str(workers)],
            env=_surroundings(site),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=os.name != "nt",
            preexec_fn=serving.end_with_parent(),
        )
    try:
        _wait(process, site, folder)
        yield server
    finally:
        serving.kill(process)


def _surroundings(site: Settings) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) and name != LAUNCHER}
    given = {"DATA": site.data, "PORT": site.port, "SYNCHRONOUS": site.synchronous, "SECRET_KEY": site.secret_key}
    return others | {PREFIX + name: str(value) for name, value in given.items()} | {"PYTHONPATH": str(HERE)}


def _wait(process: "subprocess.Popen[bytes]", site: Settings, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while serving.health_status(site) != 200:
        if process.poll() is not None or time.monotonic() > deadline:
            said = (folder / "server.log").read_text("utf-8", "replace")[-500:]
            raise click.ClickException(f"The web server for the measurement did not start. {said}")
        time.sleep(0.05)


def _free_port() -> int:
    with serving.socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _requests(make: Make, site: Settings, scale: Scale) -> list[list[list[str]]]:
    """Each connection of each round is a learner's own browser, with new cards of the course on her list."""
    with sites.made(make, site) as app:
        base: Database = app.extensions["database"]
        library, at = app.extensions["shelf"].library, clock.now()
        prepared = []
        for number in range(scale.rounds + 1):
            with base.writing() as db:
                people = []
                for connection in range(scale.connections):
                    person = sites.sign_up(db, number * scale.connections + connection, at=at)
                    reviews.add_cards(db, person.user_id, sites.silent_cards(library), at=at)
                    people.append((person, sites.build_list(db, library, person.user_id, new=scale.answers, at=at)))
            prepared.append([_of_browser(app, site, person, cards) for person, cards in people])
    return prepared


def _of_browser(app: Any, site: Settings, person: Person, cards: list[str]) -> list[str]:
    client, csrf_token = sites.browser_of(app, person)
    kept = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert kept is not None
    heads = {"Host": f"127.0.0.1:{site.port}", "Cookie": f"{kept.key}={kept.value}", **sites.AS_A_SCRIPT}
    lines = "".join(f"{name}: {value}\r\n" for name, value in heads.items())
    found = []
    for card_id in cards:
        form = sites.filled_form(csrf_token, 4).decode("ascii")
        found.append(f"POST /reviews/{card_id} HTTP/1.1\r\n{lines}Content-Length: {len(form)}\r\n\r\n{form}")
    return found


def _hellos(port: int, scale: Scale) -> list[list[str]]:
    return [[f"GET /hello HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"] * scale.hellos] * scale.connections


def _load(port: int, requests: list[list[str]]) -> Any:
    job = json.dumps({"port": port, "requests": requests, "seconds": SECONDS_A_ROUND})
    words = [sys.executable, "-S", str(Path(__file__).with_name("load.py"))]
    done = subprocess.run(words, input=job, capture_output=True, text=True, timeout=SECONDS_A_ROUND + 30)
    if done.returncode:
        raise click.ClickException(f"The load ended with an error: {done.stderr[-500:]}")
    return json.loads(done.stdout)
