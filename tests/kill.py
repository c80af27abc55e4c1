"""The kill harness: learners answer cards, the server is killed with -9, and nothing acknowledged may be missing.

    python -m tests.kill --kills 20 --acknowledged 1000

Clients make the ids of their answers and note each one that the server acknowledged. After every kill: the port is
closed, nothing of the server lives, it is healthy again within ten seconds, every acknowledged answer stands in the
log as it was given, and none is there that nobody sent. An answer whose acknowledgement never came is sent again with
its id. If clients get nowhere between two kills the run fails: a stalled harness proves nothing.
"""

import argparse
import contextlib
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import psutil
from sqlmodel import Session, col, select

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import clock, serving, startup
from core.accounts import User, UserEmail
from core.database import Database
from core.ids import uuid7
from core.settings import HERE, Settings
from curriculum import replay, reviews
from curriculum.library import Library, load
from curriculum.models import Learner, Review
from tests.curriculum import small_content

CARDS = 450
LEARNERS = 3
TABS = 4  # clients; the first learner has two of them open
HEALTHY_SECONDS = 10.0
STALLED_SECONDS = 20.0
LEAST_BETWEEN_KILLS = 5  # acknowledged answers
PASSWORD = "four walls of the woodshed"
ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
HEADERS = {"X-Requested-With": "woodshed", "Content-Type": "application/x-www-form-urlencoded"}


class Broken(Exception):
    """A promise was not kept; the text says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as a client sent it."""

    review_id: UUID
    user_id: UUID
    card_id: str
    rating: int


@dataclass(slots=True)
class Notes:
    """What the clients sent and what came back, shared by all of them."""

    sent: dict[UUID, Answer] = field(default_factory=dict)
    acknowledged: dict[UUID, Answer] = field(default_factory=dict)
    resent: int = 0
    refused: int = 0
    odd: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Round:
    """What happened up to one kill. healthy: seconds until the server answered again."""

    number: int
    acknowledged: int
    in_log: int
    unanswered: int  # sent, and killed before the acknowledgement
    healthy: float


@dataclass(slots=True)
class Result:
    rounds: list[Round]
    acknowledged: int
    resent: int
    refused: int
    in_log: int
    check: str
    seconds: float


# -- the site ------------------------------------------------------------------------------------------------


def write_course(root: Path) -> Path:
    """A course of one long lesson, so that nobody runs out of cards."""
    content = small_content.write_content(root)
    path = root / small_content.PATH
    text = path.read_text("utf-8")
    start, end = text.index("/// card"), text.index("## Milestone")
    cards = "\n".join(
        f"/// card | id: {card_id(number)}, type: basic\nHow loud is {number}?\n---\n{number} dB.\n///\n"
        for number in range(CARDS)
    )
    path.write_text(text[:start] + cards + "\n" + text[end:], "utf-8")
    return content


def card_id(number: int) -> str:
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, len(ID_LETTERS))
        letters += ID_LETTERS[rest]
    return letters[::-1]


def make_site(root: Path, database_url: str) -> tuple[Settings, list[UUID]]:
    """A site whose learners have every card in their reviews, and limits that never end a day."""
    found = startup.prepare(data=root / "data", content=write_course(root), port=free_port(), database_url=database_url)
    library, problems = load(found.content)
    if problems or len(library.cards) < CARDS:
        raise Broken(f"the course of the harness is not sound: {problems}")
    hashed = password_hash(found)
    base = Database(found)
    people = []
    for number in range(LEARNERS):
        with base.writing() as db:
            people.append(add_learner(db, library, number, hashed))
    base.engine.dispose()
    return found, people


def password_hash(found: Settings) -> str:
    from app import create_app
    from core.accounts import password_hash

    app = create_app(found)
    with app.app_context():
        hashed = password_hash(PASSWORD)
    app.extensions["database"].engine.dispose()
    return hashed


def add_learner(db: Session, library: Library, number: int, hashed: str) -> UUID:
    at = clock.now()
    user = User(
        id=uuid7(),
        email=address(number),
        name=f"Learner {number}",
        password=hashed,
        fs_uniquifier=uuid7().hex,
        zone="Europe/Berlin",
        created_at=at,
    )
    db.add(user)
    db.flush()
    db.add(UserEmail(email=user.email, user_id=user.id))
    db.add(Learner(user_id=user.id, welcomed_at=at, new_a_day=10 * CARDS, reviews_a_day=10 * CARDS))
    reviews.add_cards(db, user.id, library.cards.values(), at=at)
    return user.id


def address(number: int) -> str:
    return f"learner-{number}@example.com"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- the server ----------------------------------------------------------------------------------------------


class Server:
    """`python app.py`: the web and the jobs."""

    def __init__(self, site: Settings, healthy_seconds: float) -> None:
        self.site, self.healthy_seconds = site, healthy_seconds
        self.process: subprocess.Popen[bytes] | None = None

    def surroundings(self) -> dict[str, str]:
        given = {
            "DATA": str(self.site.data),
            "CONTENT": str(self.site.content),
            "PORT": str(self.site.port),
            "DATABASE_URL": self.site.database_url,
        }
        return os.environ | {f"WOODSHED_{name}": value for name, value in given.items()}

    def start(self) -> float:
        """Start it; returns the seconds until it was healthy."""
        began = time.monotonic()
        words = [sys.executable, str(HERE / "app.py")]
        with open(self.site.data / "server.log", "ab") as said:
            self.process = subprocess.Popen(
                words,
                env=self.surroundings(),
                stdout=said,
                stderr=said,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        while serving.health_status(self.site) != 200:
            if time.monotonic() - began > self.healthy_seconds or self.process.poll() is not None:
                raise Broken(f"not healthy within {self.healthy_seconds:.0f} s: {self.last_words()}")
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL to all of its processes at once; then nothing lives and the port is closed."""
        assert self.process is not None
        main = psutil.Process(self.process.pid)
        family = [*main.children(recursive=True), main]
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()
        _, alive = psutil.wait_procs(family, timeout=5)
        if alive:
            raise Broken(f"still alive after SIGKILL: {alive}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.site.port)) == 0:
                raise Broken("the port is still open after SIGKILL")

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=40)
        if code:
            raise Broken(f"SIGTERM ended it with {code}: {self.last_words()}")

    def end(self) -> None:
        """Whatever happened: leave no process."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def check(self) -> str:
        """`python app.py check`; the last line of what it says."""
        done = subprocess.run(
            [sys.executable, str(HERE / "app.py"), "check"], env=self.surroundings(), capture_output=True, text=True
        )
        if done.returncode:
            raise Broken(f"check exits with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout.strip().splitlines()[-1]

    def last_words(self) -> str:
        return (self.site.data / "server.log").read_text("utf-8", "replace")[-800:]


# -- the clients ---------------------------------------------------------------------------------------------


class Client(threading.Thread):
    """A browser at the review desk. It goes on over every death of the server, and sends again what got no answer."""

    def __init__(
        self, site: Settings, number: int, user_id: UUID, notes: Notes, stop: threading.Event, seed: int
    ) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.site, self.user_id, self.notes, self.stop = site, user_id, notes, stop
        self.email = address(number % LEARNERS)
        self.dice = random.Random(seed * 100 + number)
        self.cookie, self.csrf, self.card = "", "", ""
        self.waiting: Answer | None = None  # sent, and no answer came
        self.line = self.new_line()

    def new_line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=10)

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                if not self.csrf:
                    self.sign_in()
                elif self.waiting:
                    self.send(self.waiting)
                elif not self.card:
                    self.sit_down()
                else:
                    self.answer()
            except (OSError, http.client.HTTPException):
                self.line.close()
                self.line = self.new_line()
                self.stop.wait(0.05)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        headers = HEADERS | {"Host": f"127.0.0.1:{self.site.port}"} | ({"Cookie": self.cookie} if self.cookie else {})
        self.line.request(method, path, urlencode(fields) if fields else None, headers)
        response = self.line.getresponse()
        body = response.read().decode()
        for value in response.headers.get_all("Set-Cookie") or []:
            self.cookie = value.split(";")[0]
        return response.status, body

    def sign_in(self) -> None:
        _, page = self.ask("GET", "/sign-in")
        fields = {"email": self.email, "password": PASSWORD, "remember": "y", "csrf_token": found("csrf_token", page)}
        status, body = self.ask("POST", "/sign-in", fields)
        if status != 302:
            self.note_odd(f"sign-in: {status} {body[:200]}")
            return
        self.sit_down()
        _, page = self.ask("GET", "/settings")
        self.csrf = found("csrf_token", page)

    def sit_down(self) -> None:
        status, body = self.ask("GET", "/reviews")
        self.card = next_card(body) if status == 200 else ""
        if not self.card:
            self.note_odd(f"desk: {status} {body[:200]}")

    def answer(self) -> None:
        """Mostly Forgot, Hard or Good: such a card comes back, and learners do not run out."""
        rating = self.dice.choice([1, 1, 1, 2, 2, 3, 3, 4])
        answer = Answer(uuid7(), self.user_id, self.card, rating)
        with self.notes.lock:
            self.notes.sent[answer.review_id] = answer
        self.waiting = answer
        self.send(answer)

    def send(self, answer: Answer) -> None:
        again = answer is self.waiting and self.card != answer.card_id
        fields = {"csrf_token": self.csrf, "id": str(answer.review_id), "rating": str(answer.rating), "seconds": "2.5"}
        self.card = ""  # whatever comes: the next card is the one of the answer
        status, body = self.ask("POST", f"/reviews/{quote(answer.card_id)}", fields)
        with self.notes.lock:
            self.notes.resent += again
            if 200 <= status < 300:
                self.notes.acknowledged[answer.review_id] = answer
            elif status == 409:  # the other tab was quicker
                self.notes.refused += 1
            elif status != 503:
                self.notes.odd.append(f"answer: {status} {body[:200]}")
        if status != 503:
            self.waiting = None
        if status == 200:
            self.card = next_card(body)

    def note_odd(self, what: str) -> None:
        with self.notes.lock:
            self.notes.odd.append(what)
        self.stop.wait(0.2)


def found(name: str, page: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]+)"', page)
    return match[1] if match else ""


def next_card(fragment: str) -> str:
    match = re.search(r'action="/reviews/([^"]+)"', fragment)
    return match[1] if match else ""


# -- the run -------------------------------------------------------------------------------------------------


def run(
    kills: int,
    acknowledged: int,
    *,
    seed: int,
    root: Path,
    database_url: str = "",
    healthy_seconds: float = HEALTHY_SECONDS,
    say: Any = lambda _words: None,
) -> Result:
    """Kill so often, at moments that the seed gives, until so many answers were acknowledged. Raises Broken."""
    began = time.monotonic()
    site, people = make_site(root, database_url)
    server, notes, stop, dice = Server(site, healthy_seconds), Notes(), threading.Event(), random.Random(seed)
    clients = [Client(site, number, people[number % LEARNERS], notes, stop, seed) for number in range(TABS)]
    rounds: list[Round] = []
    try:
        say(f"healthy in {server.start():.2f} s at port {site.port}")
        for client in clients:
            client.start()
        for number in range(1, kills + 1):
            wanted = acknowledged * number // (kills + 1)
            rounds.append(one_round(number, wanted, server, notes, dice))
            say(row_of(rounds[-1]))
        wait_for_progress(notes, max(acknowledged, len(notes.acknowledged) + LEAST_BETWEEN_KILLS))
        stop.set()
        for client in clients:
            client.join(15)
        server.stop()
        in_log = compare(site, notes)
        faults = faults_of(site)
        if faults or notes.odd:
            raise Broken(f"after all: {faults[:3]} {notes.odd[:3]}")
        spent = time.monotonic() - began
        return Result(rounds, len(notes.acknowledged), notes.resent, notes.refused, in_log, server.check(), spent)
    finally:
        stop.set()
        server.end()


def one_round(number: int, wanted: int, server: Server, notes: Notes, dice: random.Random) -> Round:
    """Wait for progress, kill at a random moment after it, compare, start again."""
    wait_for_progress(notes, max(wanted, len(notes.acknowledged) + LEAST_BETWEEN_KILLS))
    time.sleep(dice.uniform(0, 0.25))
    server.kill()
    in_log = compare(server.site, notes)
    known = len(notes.acknowledged)
    healthy = server.start()
    return Round(number, known, in_log, len(notes.sent) - known - notes.refused, healthy)


def wait_for_progress(notes: Notes, wanted: int) -> None:
    last, at = -1, time.monotonic()
    while (now := len(notes.acknowledged)) < wanted:
        if now != last:
            last, at = now, time.monotonic()
        if time.monotonic() - at > STALLED_SECONDS:
            raise Broken(f"the clients got nowhere for {STALLED_SECONDS:.0f} s: {now} acknowledged, {notes.odd[-3:]}")
        time.sleep(0.01)


def compare(site: Settings, notes: Notes) -> int:
    """Every acknowledged answer is in the log as it was sent, and no other than the sent ones. Returns its length."""
    with notes.lock:
        acknowledged, sent = dict(notes.acknowledged), dict(notes.sent)
    base = Database(site)
    with base.reading() as db:
        rows = db.exec(select(Review.id, Review.user_id, Review.card_id, Review.rating)).all()
    base.engine.dispose()
    logged = {row[0]: Answer(*row) for row in rows}
    lost = [answer for review_id, answer in acknowledged.items() if logged.get(review_id) != answer]
    strange = [answer for review_id, answer in logged.items() if sent.get(review_id) != answer]
    if lost:
        raise Broken(f"{len(lost)} of {len(acknowledged)} acknowledged answers are lost: {lost[:3]}")
    if strange or len(logged) != len(rows):
        raise Broken(f"{len(strange)} answers stand in the log that nobody sent: {strange[:3]}")
    return len(rows)


def faults_of(site: Settings) -> list[str]:
    base = Database(site)
    with base.reading() as db:
        found = [fault for user_id in db.exec(select(col(User.id))) for fault in replay.faults(db, user_id)]
    base.engine.dispose()
    return found


def row_of(one: Round) -> str:
    return (
        f"kill {one.number:>3}   acknowledged {one.acknowledged:>5}   in the log {one.in_log:>5}   "
        f"unanswered {one.unanswered:>2}   healthy again in {one.healthy:.2f} s"
    )


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    from tests.postgres import database_for_worker

    with database_for_worker() as url:
        yield url


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.kill", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--acknowledged", type=int, default=1000, help="at least so many answers in all")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the answers")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    given = parser.parse_args()

    def say(words: str) -> None:
        print(words, flush=True)

    with database("postgres" if given.postgres else "sqlite") as url, tempfile.TemporaryDirectory() as root:
        try:
            result = run(given.kills, given.acknowledged, seed=given.seed, root=Path(root), database_url=url, say=say)
        except Broken as fault:
            sys.exit(f"BROKEN (seed {given.seed}): {fault}")
    say(summary(result))


def summary(result: Result) -> str:
    slowest = max((one.healthy for one in result.rounds), default=0.0)
    return (
        f"{len(result.rounds)} kills, {result.acknowledged} acknowledged, {result.in_log} in the log, 0 lost, "
        "0 doubled\n"
        f"{result.resent} sent again, {result.refused} refused as answered already\n"
        f"slowest start {slowest:.2f} s, {result.seconds:.0f} s in all\n"
        f"check: {result.check}"
    )


if __name__ == "__main__":
    main()
