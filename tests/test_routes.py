"""The route matrix: every address and method of the site, asked by everybody.

Built from the app's own map, so that no route can be forgotten: one without an entry in tests/matrix.py fails. For each
request: the status; no word of Ada's before eyes that may not read it; what was refused changed nothing, and what
somebody else may do changed nothing of hers; somebody else's object answers, octet for octet, as one that is not
there; without the forgery guard nothing happens; the guarding headers are on every answer.
"""

import hashlib
import io
import itertools
import random
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import itsdangerous.timed
import pytest
from flask import Flask, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from app import create_app
from core import clock, startup, web
from core.accounts import ME
from core.settings import Settings
from tests import matrix
from tests.conftest import KEY
from tests.gather import merged
from tests.matrix import ACTORS, FILE, NEW_UUID, OBJECT, PERSONS, Case
from tests.times import MONDAY
from tests.world import World, build

OP = UUID("01a20196-0000-7000-8000-000000000001")
SIGNED_AT = int(time.time()) + 3600  # cookies and guards are made before
SCRIPT = {"X-Requested-With": "woodshed"}
BY_SCRIPT = {"eve", "anonymous"}  # whose refusals are asked for by a script, too: how it is said depends on that alone
SAFE = {"GET", "HEAD", "OPTIONS"}
COUNTS_ONLY = {"rate_count"}  # tables that a refused request may change
PROTECTED = {  # what a form might try to set, by the names of columns
    **dict.fromkeys(("user_id", "mentor_id", "by_id", "logged_by", "accepted_by", "ended_by", "piece_id"), NEW_UUID),
    **dict.fromkeys(("version_id", "session_id", "owner_id", "fs_uniquifier", "answered_by", "cancels"), NEW_UUID),
    **dict.fromkeys(("host_since", "demo_since", "created_at", "accepted_at", "ended_at", "expires_at"), "2020-01-01"),
    **dict.fromkeys(("shared_at", "archived_at", "held_at", "logged_at", "uploaded_at", "linked_at"), "2020-01-01"),
    **dict.fromkeys(("unlinked_at", "done_at", "due_at", "reviewed_at", "added_at", "begun_at", "at"), "2020-01-01"),
    **dict.fromkeys(("is_host", "active", "state", "stability", "difficulty", "reps", "lapses", "number"), "7"),
    **dict.fromkeys(("shows_lessons", "shows_sessions", "shows_pieces", "size", "day", "utc_offset"), "1"),
    **dict.fromkeys(("side", "by_name", "sha256", "secret_hash", "token_hash", "media_type", "kept"), "mentor"),
}
MATRIX = merged("topics", "MATRIX", matrix.MATRIX)
MISSING = merged("topics", "MISSING", matrix.MISSING)
MAIL = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "w@school.example"}  # so that the routes of mails are there
NOT_PERSONAL = {"static", "lessons.picture", "sounds.sound"}
WITH_OWN_POLICY = {  # sandboxed
    *("portfolio.file", "portfolio.listen", "portfolio.peaks", "session_files.file", "lessons.picture", "imports.file"),
}


@dataclass
class Site:
    """The world in a running app, with a copy of its first state."""

    app: Flask
    world: World
    path: Path
    reader: sqlite3.Connection
    pristine: sqlite3.Connection
    cookies: dict[str, str]  # actor -> session cookie
    guards: dict[str, str]  # actor -> csrf token
    clean: int = 0  # SQLite's counter of changes when all was as at first; 0: not looked at yet
    seen: int = 0  # and when the rows were read
    first: dict[str, list[Any]] = field(default_factory=dict)  # the rows as they were at first
    last: dict[str, list[Any]] = field(default_factory=dict)  # as they were when `seen`

    def ask(self, actor: str, method: str, address: str, form: dict[str, Any] | None, **more: Any) -> TestResponse:
        client = self.app.test_client()
        client.set_cookie("woodshed", self.cookies[actor])
        return client.open(address, method=method, data=form, **more)

    def ask_by_key(self, actor: str, case: Case, method: str, address: str, missing: bool = False) -> TestResponse:
        """As this person's program asks: a key, no cookie."""
        key = {"Authorization": f"Bearer {self.world.keys[actor]}"} if actor in PERSONS else {}
        sends = {
            name: self.fill(value, case, missing) if isinstance(value, str) else value
            for name, value in case.sends.items()
        }
        body = {"reviews": [sends]} if sends else None
        return self.app.test_client().open(address, method=method, headers=key, json=body)

    def form(self, case: Case, actor: str, missing: bool = False) -> dict[str, Any]:
        """The form as a page would send it. Files anew each time, since they are read."""
        fields: dict[str, Any] = {"csrf_token": self.guards[actor], "op": str(OP)}
        for name, value in case.form.items():
            fields[name] = self.fill(value, case, missing)
            if value.startswith(FILE):
                fields[name] = (io.BytesIO(value.removeprefix(FILE).encode()), "notes.txt")
        return fields

    def address(self, endpoint: str, case: Case, missing: bool = False) -> str:
        values = {name: self.fill(value, case, missing) for name, value in case.url.items()}
        with self.app.test_request_context():
            return url_for(endpoint, **values) + (f"?{case.query}" if case.query else "")

    def fill(self, value: str, case: Case, missing: bool) -> str:
        found = OBJECT.search(value)
        if found is None:
            return value
        name = found[1]
        is_replaced = missing and name in case.foreign
        return value[: found.start()] + (MISSING.get(name, NEW_UUID) if is_replaced else self.world.ids[name])

    def rows(self, *, of: UUID | None = None) -> dict[str, list[Any]]:
        """All tables as they lie there, or what in them is of one person."""
        if self.seen != (now := self.changes()):
            self.seen, self.last = now, self._read()
        if of is None:
            return dict(self.last)
        return {table: [row for row in rows if row[0] == of.hex] for table, rows in self.last.items()}

    def _read(self) -> dict[str, list[Any]]:
        """Each row with its owner's id in front."""
        tables = [row[0] for row in self.reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in sorted(set(tables) - COUNTS_ONLY):
            names = [row[1] for row in self.reader.execute(f'PRAGMA table_info("{table}")')]
            key = "user_id" if "user_id" in names else "id" if table == "user" else "NULL"
            found[table] = self.reader.execute(f'SELECT {key}, * FROM "{table}"').fetchall()
        return found

    def changes(self) -> int:
        """A number that is another one after each change by anybody."""
        counted: int = self.reader.execute("PRAGMA data_version").fetchone()[0]
        return counted

    def files(self) -> list[str]:
        return sorted(path.name for path in self.app.extensions["storage"].folder.rglob("*") if path.is_file())

    def restore(self) -> None:
        if not self.clean:
            self.first, self.clean = self.rows(), self.changes()
        if self.clean != self.changes():
            with closing(sqlite3.connect(self.path)) as live:
                self.pristine.backup(live)
            self.clean = self.seen = self.changes()
            self.last = self.first


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("matrix")
    clock.use(lambda: MONDAY, testing=True)
    startup.prepare(data=data, secret_key=KEY)
    app = create_app(Settings(data=data, secret_key=KEY, synchronous="NORMAL", **MAIL))
    app.config["TESTING"] = True
    world = build(app)
    pristine = sqlite3.connect(":memory:", check_same_thread=False)
    with closing(sqlite3.connect(data / "woodshed.db")) as live:
        live.backup(pristine)
    cookies, guards = cookies_of(app, world)
    with closing(sqlite3.connect(data / "woodshed.db", check_same_thread=False)) as reader:
        yield Site(app, world, data / "woodshed.db", reader, pristine, cookies, guards)
    app.extensions["database"].engine.dispose()
    pristine.close()
    clock.use(None, testing=True)


@pytest.fixture(autouse=True)
def as_it_was(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rows of the world and its moment; and nothing in a page that is new each time it is shown."""
    monkeypatch.setattr(itsdangerous.timed.TimestampSigner, "get_timestamp", lambda _self: SIGNED_AT)
    monkeypatch.setattr(web, "uuid7", lambda: OP)
    clock.use(lambda: MONDAY, testing=True)
    site.restore()
    yield
    clock.use(None, testing=True)


def cookies_of(app: Flask, world: World) -> tuple[dict[str, str], dict[str, str]]:
    cookies, guards = {}, {}
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    for number, actor in enumerate(ACTORS):
        raw = hashlib.sha1(f"{number}".encode()).hexdigest()
        held: dict[str, Any] = {"csrf_token": raw}
        if actor in PERSONS:
            held |= {"_user_id": world.people[actor].fs_uniquifier, "_fresh": True, ME: world.tokens[actor]}
        cookies[actor] = str(signer.dumps(held))
        with app.test_request_context():
            from flask import session

            session["csrf_token"] = raw
            guards[actor] = str(generate_csrf())
    return cookies, guards


def routes() -> list[str]:
    """ "METHOD endpoint" of everything the site answers, from its own map."""
    app = create_app(Settings(secret_key=KEY, database_url="sqlite://", **MAIL))
    app.extensions["database"].engine.dispose()
    return sorted(
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


ROUTES = routes()
CASES = [(route, number) for route, cases in sorted(MATRIX.items()) for number in range(len(cases))]
IDS = [f"{route.replace(' ', '-')}-{number}" for route, number in CASES]


def expected(case: Case, actor: str, *, by_script: bool = False) -> int:
    if actor in case.sees:
        return case.sees[actor]
    if actor == "anonymous" and not case.public:
        return case.nobody_script if by_script else case.nobody
    return case.others


def said(answer: TestResponse) -> str:
    """Everything that reaches the browser."""
    return answer.get_data().decode(errors="replace") + "\n".join(f"{name}: {value}" for name, value in answer.headers)


def same(answer: TestResponse, *names: str) -> tuple[bytes, list[tuple[str, str]]]:
    """Body and headers, without what is new each time and without the ids that were asked for."""
    body = answer.get_data()
    for name in names:
        body = body.replace(name.encode(), b"ID")
    headers = [(name, value) for name, value in answer.headers if name not in ("Date", "Set-Cookie", "Content-Length")]
    return body, headers


# -- the table is whole --------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_stands_in_the_table(route: str) -> None:
    assert MATRIX.get(route), (
        f"{route} is not in tests/matrix.py: add an entry that says whose objects fill its address "
        "and what each of the actors may expect."
    )


def test_the_table_names_no_route_that_is_gone() -> None:
    assert sorted(set(MATRIX) - set(ROUTES)) == []


def test_the_world_holds_every_word_of_adas(site: Site) -> None:
    with closing(sqlite3.connect(site.path)) as connection:
        everything = "\n".join(connection.iterdump())
    files = b"".join(path.read_bytes() for path in site.app.extensions["storage"].folder.glob("??/*")).decode()
    hidden = {name for name in site.world.canaries if name.endswith(" secret")}  # only their hashes are kept

    lost = [name for name, word in site.world.canaries.items() if name not in hidden and word not in everything + files]

    assert lost == []
    assert not [name for name in hidden if site.world.canaries[name] in everything]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("GET meetings.show", {"meeting notes", "meeting place", "meeting action", "meeting action of Ben"}),
        ("GET portfolio.show", {"piece title", "piece role", "piece genre", "piece about", "version file name"}),
        ("GET milestones.apprentice", {"return reason", "own mark", "mark of Ben", "mark of Carl", "first reason"}),
        ("GET links.apprentice", {"name", "piece title", "text title", "loose title"}),
    ],
)
def test_who_may_read_does_read(site: Site, place: str, words: set[str]) -> None:
    """Without this the search for words in wrong places would prove nothing."""
    method, endpoint = place.split()

    page = site.ask("ben", method, site.address(endpoint, MATRIX[place][0]), None).get_data(as_text=True)

    assert [name for name in words if site.world.canaries[name] not in page] == []


# -- every case, every actor ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("route", "number"), CASES, ids=IDS)
def test_everybody_gets_what_they_may(site: Site, route: str, number: int) -> None:
    method, endpoint = route.split()
    case, faults = MATRIX[route][number], []
    address = site.address(endpoint, case)
    for actor in ACTORS:
        is_said_twice = actor in BY_SCRIPT and expected(case, actor) in (302, 404) and not case.by_key
        for script in ({}, SCRIPT) if is_said_twice else ({},):
            faults += look(site, case, actor, method, endpoint, address, script)
            site.restore()

    assert faults == [], "\n".join(["", f"{route} ({case.about or address})", *faults])


def look(
    site: Site, case: Case, actor: str, method: str, endpoint: str, address: str, script: dict[str, str]
) -> list[str]:
    """One request, and everything that must hold of it."""
    ada = site.world.id_of("ada")
    before, hers = site.rows(), site.rows(of=ada)
    files = [] if method in SAFE else site.files()
    form = None if method in SAFE else site.form(case, actor)
    if case.by_key:
        answer = site.ask_by_key(actor, case, method, address)
    else:
        answer = site.ask(actor, method, address, form, headers=script)
    status, wanted = answer.status_code, expected(case, actor, by_script=bool(script))
    who = f"{actor}{' by script' if script else ' by key' if case.by_key else ''}"
    faults = [] if status == wanted else [f"{who}: {status}, not {wanted}: {first_words(answer)}"]
    faults += [f"{who} reads Ada's {name}" for name in read(site, case, actor, answer)]
    faults += [f"{who}: {what}" for what in headers_wrong(endpoint, answer)]
    by_anybody = case.unguarded or case.by_secret
    is_refused = status >= 400 or (actor == "anonymous" and method not in SAFE and not by_anybody)
    if is_refused and method not in SAFE and (site.rows() != before or site.files() != files):
        faults.append(f"{who} was refused and changed {changed(before, site.rows())}")
    may_write = actor == "ada" or (actor in case.sees and case.foreign and not case.by_key)
    if not may_write and site.rows(of=ada) != hers:
        faults.append(f"{who} changed Ada's {changed(hers, site.rows(of=ada))}")
    if wanted == 302 and actor == "anonymous" and not case.public and not answer.location.startswith("/sign-in"):
        faults.append(f"{who} was sent to {answer.location}")
    return faults


def read(site: Site, case: Case, actor: str, answer: TestResponse) -> list[str]:
    """The words of Ada's that this actor may not read and got."""
    from tests.world import readers

    page = said(answer)
    hashes = {"secret hash": hashlib.sha256(site.world.ids["open secret"].encode()).hexdigest()}
    if actor != "ada":
        hashes["sign-in"] = site.world.ids["other sign-in"]
        if case.url.get("token_hash"):  # who asked for it knows it
            hashes.pop("sign-in")
    hidden = ((name, word) for name, word in site.world.canaries.items() if actor not in readers()[name])
    found = [name for name, word in hidden if word in page]
    return [name for name in found if name not in case.shows] + [name for name, word in hashes.items() if word in page]


def headers_wrong(endpoint: str, answer: TestResponse) -> list[str]:
    headers, faults = answer.headers, []
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or ("unsafe" in policy and endpoint != "lessons.picture"):
        faults.append(f"Content-Security-Policy is {policy!r}")
    if endpoint in WITH_OWN_POLICY and answer.status_code == 200 and "sandbox" not in policy:
        faults.append("a foreign file is not sandboxed")
    for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")):
        if headers.get(name) != value:
            faults.append(f"{name} is {headers.get(name)!r}")
    if endpoint not in NOT_PERSONAL and "no-store" not in headers.get("Cache-Control", ""):
        faults.append(f"Cache-Control is {headers.get('Cache-Control')!r}")
    if "Server" in headers and re.search(r"\d", headers["Server"]):
        faults.append("the server names its version")
    return faults


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> str:
    return ", ".join(table for table in before if before[table] != after[table]) or "a file"


def first_words(answer: TestResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True).split("<main")[-1])
    return " ".join(text.split())[:160] or str(answer.headers.get("Location"))


BY_KEY = [case for case in CASES if MATRIX[case[0]][case[1]].by_key]
UNGUARDED = [case for case in CASES if MATRIX[case[0]][case[1]].unguarded]
GUARDED = [case for case in CASES if case[0].split()[0] not in SAFE and case not in BY_KEY + UNGUARDED]


@pytest.mark.parametrize(("route", "number"), BY_KEY, ids=[f"{route}-{number}" for route, number in BY_KEY])
def test_what_is_for_programs_is_shut_to_browsers(site: Site, route: str, number: int) -> None:
    """Also with the forgery guard: no cookie is looked at."""
    method, endpoint = route.split()
    case, faults, before = MATRIX[route][number], [], site.rows()
    address = site.address(endpoint, case)
    for actor in ACTORS:
        for form in (None, {"csrf_token": site.guards[actor]}):
            answer = site.ask(actor, method, address, form if method != "GET" else None)
            if answer.status_code != 401 or not answer.is_json or site.rows() != before:
                faults.append(f"{actor}: {answer.status_code}, changed {changed(before, site.rows())}")
                site.restore()

    assert faults == []


@pytest.mark.parametrize(
    ("route", "number"),
    [case for case in BY_KEY if MATRIX[case[0]][case[1]].foreign],
    ids=[f"{route}-{number}" for route, number in BY_KEY if MATRIX[route][number].foreign],
)
def test_somebody_elses_object_answers_a_program_as_one_that_is_not_there(site: Site, route: str, number: int) -> None:
    method, endpoint = route.split()
    case, faults = MATRIX[route][number], []
    asked = [site.world.ids[name] for name in case.foreign]
    unknown = [MISSING.get(name, NEW_UUID) for name in case.foreign]
    for actor in [actor for actor in PERSONS if actor != "ada"]:
        answers = []
        for missing in (False, True):
            answers.append(site.ask_by_key(actor, case, method, site.address(endpoint, case, missing), missing))
            site.restore()
        if same(answers[0], *asked, NEW_UUID) != same(answers[1], *unknown, NEW_UUID):
            faults.append(f"{actor}: {[one.get_data(as_text=True) for one in answers]}")

    assert faults == [], "\n".join(["", route, *faults])


FOREIGN = [case for case in CASES if MATRIX[case[0]][case[1]].foreign and not MATRIX[case[0]][case[1]].by_key]


@pytest.mark.parametrize(("route", "number"), FOREIGN, ids=[f"{route.replace(' ', '-')}-{n}" for route, n in FOREIGN])
def test_somebody_elses_object_answers_as_one_that_is_not_there(site: Site, route: str, number: int) -> None:
    method, endpoint = route.split()
    case, faults = MATRIX[route][number], []
    asked = [site.world.ids[name] for name in case.foreign]
    unknown = [MISSING.get(name, NEW_UUID) for name in case.foreign]
    for actor in [actor for actor in PERSONS if actor not in case.sees]:
        for script in ({}, SCRIPT) if actor in BY_SCRIPT else ({},):
            answers = []
            for missing in (False, True):
                form = None if method in SAFE else site.form(case, actor, missing)
                answers.append(site.ask(actor, method, site.address(endpoint, case, missing), form, headers=script))
                site.restore()
            if same(answers[0], *asked) != same(answers[1], *unknown):
                faults.append(f"{actor}: {[(one.status_code, first_words(one)) for one in answers]}")

    assert faults == [], "\n".join(["", f"{route} ({case.about})", *faults])


@pytest.mark.parametrize(("route", "number"), GUARDED, ids=[f"{route.replace(' ', '-')}-{n}" for route, n in GUARDED])
def test_without_the_guard_nothing_happens(site: Site, route: str, number: int) -> None:
    method, endpoint = route.split()
    case, faults = MATRIX[route][number], []
    address, before, files = site.address(endpoint, case), site.rows(), site.files()
    foreign = {actor: site.guards["eve" if actor != "eve" else "ada"] for actor in ACTORS}
    for actor in ACTORS:
        tokens: list[tuple[str | None, dict[str, str]]] = [(foreign[actor], SCRIPT)]
        if actor in ("ada", "ben", "anonymous"):
            tokens += [(None, {}), ("wrong", SCRIPT)]
        for token, headers in tokens:
            form = {name: value for name, value in site.form(case, actor).items() if name != "csrf_token"}
            answer = site.ask(actor, method, address, form | ({"csrf_token": token} if token else {}), headers=headers)
            if answer.status_code != 400:
                faults.append(f"{actor} with {token!r}: {answer.status_code}")
        if site.rows() != before or site.files() != files:
            faults.append(f"{actor} changed {changed(before, site.rows())}")
            site.restore()

    assert faults == [], "\n".join(["", route, *faults])


@pytest.mark.parametrize(
    ("route", "number"),
    [case for case in CASES if 303 in MATRIX[case[0]][case[1]].sees.values()],
    ids=[name for name, case in zip(IDS, CASES, strict=True) if 303 in MATRIX[case[0]][case[1]].sees.values()],
)
def test_fields_that_no_form_has_change_nothing(
    site: Site, route: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, endpoint = route.split()
    case, faults = MATRIX[route][number], []
    address = site.address(endpoint, case)
    smuggled = {name: value for name, value in PROTECTED.items() if name not in case.form}
    for actor in [actor for actor, status in case.sees.items() if status == 303 and actor in ("ada", "ben", "eve")]:
        outcomes = []
        for extra in ({}, smuggled):
            same_ids(monkeypatch)
            site.ask(actor, method, address, {**extra, **site.form(case, actor)})
            rows = site.rows()
            rows["operation"] = []  # its hash is of all fields
            outcomes.append(rows)
            site.restore()
        if outcomes[0] != outcomes[1]:
            faults.append(f"{actor} changed {changed(*outcomes)}")

    assert faults == [], "\n".join(["", route, *faults])


def same_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on ids and secrets come in the same order as the last time."""
    numbers = itertools.count()
    monkeypatch.setattr("core.ids.os", SimpleNamespace(urandom=lambda size: next(numbers).to_bytes(size, "big")))
    monkeypatch.setattr("core.ids.time", SimpleNamespace(time_ns=lambda: 10**18))
    monkeypatch.setattr("curriculum.views.own_cards.dice", random.Random(0))
    monkeypatch.setattr("curriculum.views.ear.dice", random.Random(0))
    monkeypatch.setattr("secrets.token_urlsafe", lambda size: "s" * size)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "GET"])
def test_a_method_that_an_address_does_not_take_changes_nothing(site: Site, method: str) -> None:
    before, faults = site.rows(), []
    known = site.app.url_map.bind("localhost")
    for route, cases in MATRIX.items():
        address = site.address(route.split()[1], cases[0]).split("?")[0]
        if method in known.allowed_methods(address):
            continue
        answer = site.ask("ada", method, address, {"csrf_token": site.guards["ada"], "op": str(OP)})
        if answer.status_code not in (404, 405):
            faults.append(f"{method} {address}: {answer.status_code}")

    assert faults == []
    assert site.rows() == before
