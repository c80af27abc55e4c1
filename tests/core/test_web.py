"""Between the browser and the rules: hosts, forgery, headers, errors, forms."""

import errno
import logging
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast

import pytest
from flask import Flask, request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from app import create_app
from core.accounts import User
from core.database import Database, get_db
from core.errors import Busy, InvalidForm, NotAllowed, Refused, TooLarge, WrongKind
from core.ids import uuid7
from core.settings import Settings
from core.static_version import static_version
from core.web import own_path, read_form
from tests.conftest import KEY, Client, person, sign_in
from tests.times import HOUR, MONDAY

SCRIPT = {"X-Requested-With": "woodshed"}


class Tried(BaseModel):
    title: Annotated[str, StringConstraints(min_length=1, max_length=10)]
    minutes: Annotated[int, Field(ge=1, le=60)] = 10
    day: str | None = None
    tags: list[str] = []
    reasons: dict[str, str] = {}


@pytest.fixture
def odd(site: Settings, base: Any) -> Iterator[Flask]:
    """A site with a few addresses at which things go wrong."""
    app = create_app(site)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    faults: dict[str, Exception] = {
        "busy": Busy("The database is busy."),
        "large": TooLarge("Too much."),
        "kind": WrongKind("Not a song."),
        "mine": NotAllowed("Not yours."),
        "no": Refused("Not like this."),
        "disk": OSError(errno.ENOSPC, "No space left on device: /secret/place"),
        "away": OperationalError("SELECT secret", {}, Exception("connection refused to /secret/place")),
        "full": OperationalError("INSERT secret", {}, Exception("database or disk is full")),
        "crash": RuntimeError("the secret place"),
        "form": InvalidForm({"title": "Please fill this in."}),
    }

    @app.get("/odd/<name>")
    def odd(name: str) -> Any:
        raise faults[name]

    yield app
    app.extensions["database"].engine.dispose()


# -- hosts and forgery ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "evil\\.localhost", "", "[::1"]
)
def test_a_forged_host_gets_400_and_no_page(anonymous: Client, host: str) -> None:
    answer = anonymous.get("/sign-in", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.text and 'name="password"' not in answer.text


def test_a_forged_host_changes_nothing(as_ada: Client, ada: User, fresh_db: Session) -> None:
    given = {"name": "Mallory", "zone": "Europe/Rome"}

    answer = as_ada.send("/settings/profile", given, headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert fresh_db.exec(select(User.name)).all() == ["Ada"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_the_names_of_this_machine_are_answered(anonymous: Client, host: str) -> None:
    assert anonymous.get("/sign-in", headers={"Host": host}).status_code == 200


def test_a_site_with_an_address_answers_to_its_name_alone(site: Settings, base: Any) -> None:
    at_home = site.model_copy(update={"base_url": "https://woodshed.example"})
    app = create_app(at_home)

    client = app.test_client()
    right = client.get("/sign-in", headers={"Host": "woodshed.example"})
    wrong = client.get("/sign-in", headers={"Host": "other.example"})

    app.extensions["database"].engine.dispose()
    assert (right.status_code, wrong.status_code) == (200, 400)
    assert "max-age=31536000" in right.headers["Strict-Transport-Security"]
    cookie = right.headers["Set-Cookie"]
    assert (
        cookie.startswith("__Host-woodshed=") and "Secure" in cookie and "Domain" not in cookie and "Path=/" in cookie
    )


def test_forwarded_headers_do_nothing_without_a_proxy(anonymous: Client) -> None:
    answer = anonymous.get(
        "/portfolio",
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil"},
    )

    assert answer.status_code == 302
    assert "evil" not in answer.location and "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("token", [None, "", "wrong", "IjAi.wrong.wrong"])
@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_without_the_right_token_nothing_changes(
    as_ada: Client, ada: User, fresh_db: Session, token: str | None, headers: dict[str, str]
) -> None:
    fields = {"name": "Mallory", "zone": "Europe/Berlin", "op": "01a20196-1d6c-7807-95e1-2855984b4e4f"}

    answer = as_ada.post(
        "/settings/profile", data=fields | ({} if token is None else {"csrf_token": token}), headers=headers
    )

    assert answer.status_code == 400
    assert fresh_db.exec(select(User.name)).all() == ["Ada"]


def test_a_token_of_another_browser_does_not_fit(as_ada: Client, as_eve: Client, fresh_db: Session) -> None:
    with as_eve.session_transaction() as cookie:
        cookie["csrf_token"] = "1" * 40

    answer = as_ada.post(
        "/settings/profile", data={"csrf_token": as_eve.csrf_token(), "name": "Mallory", "zone": "Europe/Rome"}
    )

    assert answer.status_code == 400


def test_behind_a_proxy_with_https_a_form_needs_no_referer(migrated: Path, tmp_path: Path) -> None:
    """Our own policy, no-referrer, keeps browsers from sending one."""
    shutil.copy(migrated, tmp_path / "woodshed.db")
    site = Settings(data=tmp_path, secret_key=KEY, base_url="https://woodshed.example", trusted_proxies=1)
    app = create_app(site)
    browser = app.test_client()
    proxied: dict[str, Any] = {"headers": {"X-Forwarded-Proto": "https"}, "base_url": "https://woodshed.example"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in", **proxied).text)
    assert token

    answer = browser.post("/sign-in", data={"csrf_token": token[1], "email": "a@b.de", "password": "x"}, **proxied)

    app.extensions["database"].engine.dispose()
    assert answer.status_code == 200 and "do not belong together" in answer.text


# -- what goes wrong -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *(("busy", 503), ("large", 413), ("kind", 415), ("mine", 403), ("no", 422), ("disk", 507), ("away", 503)),
        *(("full", 507), ("crash", 500), ("form", 422)),
    ],
)
@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_every_fault_has_its_status_and_a_sentence(odd: Flask, name: str, status: int, headers: dict[str, str]) -> None:
    answer = odd.test_client().get(f"/odd/{name}", headers=headers)

    assert answer.status_code == status
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert (answer.headers.get("Retry-After") == "5") is (status == 503)
    if headers:
        assert answer.get_json()["error"].endswith(".")
    else:
        assert "<h1" in answer.text


@pytest.mark.parametrize("path", ["/learn", "/nothing/here"])
def test_without_the_database_somebody_signed_in_is_told_to_come_back(
    app: Flask, as_ada: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The frame of every page asks who is there; the page that says so must not."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr("core.access.find", away)
    answer = as_ada.get(path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "cannot be reached" in answer.text and answer.headers["Content-Security-Policy"]


def test_reading_goes_on_while_another_process_holds_the_pen(
    as_ada: Client, site: Settings, at: Callable[[datetime], None]
) -> None:
    at(MONDAY + 2 * HOUR)  # long enough for the visit to be noted
    with closing(sqlite3.connect(site.data / "woodshed.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        answer = as_ada.get("/learn")
        waited = time.monotonic() - began

    assert answer.status_code == 200
    assert waited < 4  # five seconds is what a writer waits


def test_a_wrong_password_while_the_pen_is_held_elsewhere_is_told_to_come_back(
    app: Flask, anonymous: Client, site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    monkeypatch.setattr("core.limits.COUNTING_PATIENCE", 0.1)
    with closing(sqlite3.connect(site.data / "woodshed.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = anonymous.send("/sign-in", {"email": "ada@example.com", "password": "a guess or two"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]


def test_a_form_that_does_not_fit_names_its_fields_to_a_script(odd: Flask) -> None:
    answer = odd.test_client().get("/odd/form", headers=SCRIPT)

    assert answer.get_json()["errors"] == {"title": "Please fill this in."}


@pytest.mark.parametrize(("method", "path", "status"), [("get", "/nowhere", 404), ("delete", "/settings", 405)])
def test_a_wrong_address_or_method_is_answered_in_our_words(
    anonymous: Client, method: str, path: str, status: int
) -> None:
    answer = getattr(anonymous, method)(path)

    assert answer.status_code in (status, 400)  # DELETE without a token is refused before it is looked up
    assert "Woodshed" in answer.text and "werkzeug" not in answer.text.lower()


def test_a_body_that_is_too_large_is_refused(app: Flask, as_ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)

    answer = as_ada.send("/settings/profile", {"name": "A" * 2000, "zone": "Europe/Berlin"})

    assert answer.status_code == 413


def test_bad_octets_are_refused_or_shown_as_text(as_ada: Client) -> None:
    token = as_ada.csrf_token()
    body = (
        b"csrf_token=" + token.encode() + b"&op=01a20196-1d6c-7807-95e1-2855984b4e4f&name=%FF%FE%00&zone=Europe/Berlin"
    )

    answer = as_ada.post("/settings/profile", data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code in (303, 400, 422)


@pytest.mark.parametrize(
    "path", ["../settings.py", "%2e%2e/settings.py", "/etc/passwd", "..%2fweb.py", "css/../../settings.py"]
)
def test_no_path_leads_out_of_the_static_folder(anonymous: Client, path: str) -> None:
    answer = anonymous.get(f"{anonymous.application.static_url_path}/{path}")

    assert answer.status_code in (308, 400, 404)
    assert "import" not in answer.text and "root:" not in answer.text


# -- headers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/settings", "/sign-in", "/nowhere", "/health", "css/base.css"])
def test_every_answer_carries_the_guarding_headers(as_ada: Client, path: str) -> None:
    is_static = not path.startswith("/")
    headers = as_ada.get(f"{as_ada.application.static_url_path}/{path}" if is_static else path).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "*" not in policy
    assert {"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert ("no-store" in headers.get("Cache-Control", "")) is not is_static


def test_sheets_and_scripts_are_kept_for_good_and_get_another_address_when_one_changes(anonymous, tmp_path):
    kept = anonymous.get(f"{anonymous.application.static_url_path}/js/theme.js").headers["Cache-Control"]
    missing = anonymous.get(f"{anonymous.application.static_url_path}/js/none.js").headers["Cache-Control"]
    (tmp_path / "one.css").write_text("a {}")
    first = static_version(tmp_path)
    static_version.cache_clear()
    (tmp_path / "one.css").write_text("b {}")

    assert "immutable" in kept and "no-store" in missing
    assert static_version(tmp_path) != first


def test_the_cookie_is_kept_from_scripts_and_other_sites(as_ada: Client) -> None:
    cookie = as_ada.send("/sign-out").headers["Set-Cookie"]

    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


# -- the security log ----------------------------------------------------------------------------------------


def test_a_refused_request_writes_one_line_without_content(
    as_ada: Client, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="woodshed.security"):
        as_ada.get("/sessions/01a20196-1d6c-7807-95e1-2855984b4e4f?note=secret%0Aevent")

    [record] = [one for one in caplog.records if one.name == "woodshed.security"]
    line = record.getMessage()
    assert "authz.denied" in line and str(ada.id) in line and "endpoint=meetings.show" in line
    assert "secret" not in line and "\n" not in line


def test_a_forged_form_writes_a_line(as_ada: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="woodshed.security"):
        as_ada.post("/settings/profile", data={"name": "Mallory"})

    assert [one.getMessage().split()[1] for one in caplog.records if one.name == "woodshed.security"] == ["csrf.denied"]


def test_a_refused_id_is_in_the_line_and_a_secret_is_not(as_ada: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="woodshed.security"):
        as_ada.get("/sessions/01a20196-1d6c-7807-95e1-2855984b4e4f")
        as_ada.get("/invitations/some-long-secret")

    lines = [one.getMessage() for one in caplog.records if one.name == "woodshed.security"]
    assert "session_id=01a20196-1d6c-7807-95e1-2855984b4e4f" in lines[0]
    assert not any("some-long-secret" in line for line in lines)


def test_a_failed_sign_in_and_a_signed_out_script_write_a_line(
    anonymous: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="woodshed.security"):
        anonymous.send("/sign-in", {"email": "ada@example.com", "password": "a guess or two"})
        anonymous.get("/learn", headers=SCRIPT)

    lines = [one.getMessage() for one in caplog.records if one.name == "woodshed.security"]
    assert [line.split()[1] for line in lines] == ["auth.fail", "auth.fail"]
    assert not any("guess" in line or "ada@" in line for line in lines)


# -- forms ---------------------------------------------------------------------------------------------------


@pytest.fixture
def form(app: Flask) -> Iterator[Any]:
    def read(**fields: Any) -> Tried:
        with app.test_request_context("/", method="POST", data=fields):
            return read_form(Tried)

    yield read


def test_a_form_is_read_field_by_field(form: Any) -> None:
    given = {"title": "  Night bus ", "minutes": "20", "tags": ["a", "b"], "reasons.length": "no time", "id": "7"}

    read = form(**given)

    assert read == Tried(title="Night bus", minutes=20, tags=["a", "b"], reasons={"length": "no time"})
    assert not hasattr(read, "id")


def test_an_empty_optional_field_is_left_at_its_default(form: Any) -> None:
    assert form(title="x", minutes="", day="") == Tried(title="x")


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({}, "title", "Please fill this in."),
        ({"title": "  "}, "title", "Please fill this in."),
        ({"title": "x" * 11}, "title", "longer than 10 characters"),
        ({"title": "x", "minutes": "soon"}, "minutes", "Write a number"),
        ({"title": "x", "minutes": "0"}, "minutes", "smallest we can take here is 1"),
        ({"title": "x", "minutes": "61"}, "minutes", "most we can take here is 60"),
        ({"title": "x", "minutes": "1e3"}, "minutes", "Write a number"),
    ],
)
def test_a_wrong_field_gets_a_sentence(form: Any, fields: dict[str, str], field: str, said: str) -> None:
    with pytest.raises(InvalidForm) as refusal:
        form(**fields)

    assert said in refusal.value.errors[field]


def test_a_character_that_no_text_holds_is_refused(form: Any) -> None:
    with pytest.raises(Refused):
        form(title="a\0b")


def test_such_a_character_is_found_in_every_value_of_a_field(form: Any) -> None:
    with pytest.raises(Refused):
        form(title="Mix", tags=["loud", "a\0b"])


def test_an_address_with_such_a_character_leads_nowhere(site: Settings, base: Database, db: Session) -> None:
    browser = browser_of(site)
    sign_in(browser, db, person(db, "Ada"))

    answer = browser.send("/reviews/a%00b", {"id": str(uuid7()), "rating": "3"})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"json": [1, 2]},
        {"json": {"email": "ada@example.com", "password": "a guess or two"}},
        {"data": {"email": "a\0b@example.com", "password": "a guess or two"}},
    ],
)
def test_the_sign_in_takes_forms_of_text_alone(site: Settings, base: Database, sent: dict[str, Any]) -> None:
    browser = browser_of(site)

    answer = browser.post("/sign-in", headers={"X-CSRFToken": browser.csrf_token()}, **sent)

    assert answer.status_code == 400


def browser_of(site: Settings) -> Client:
    """A browser at a site on either database."""
    app = create_app(site)
    app.test_client_class = Client
    return cast(Client, app.test_client())


@pytest.mark.parametrize("target", ["/", "/portfolio?sort=new", "/lessons/x#steps"])
def test_a_path_of_ours_may_be_gone_on_to(target: str) -> None:
    assert own_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "portfolio",
        "//evil",
        "/\\evil",
        "https://evil",
        "/a\nb",
        "/\t/evil",
        "javascript:x",
        "\\/evil",
        "/a\x00",
    ],
)
def test_any_other_target_leads_home(target: str | None) -> None:
    assert own_path(target) == "/"


def test_reading_requests_cannot_write(app: Flask, as_ada: Client, ada: User) -> None:
    with app.test_request_context("/settings"):
        db = get_db()
        assert request.method == "GET"
        assert db.get_bind() is app.extensions["database"].engine
