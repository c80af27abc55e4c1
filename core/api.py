"""The door for programs: whose key it is, JSON in, sentences out.

A key opens only what wears `for_programs`, and nothing else opens that: cookies and addresses are not looked at, so
these views need no forgery guard. What they take and give is described for /api/v1/openapi.json by the same models.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, NoReturn, TypeVar, cast, get_type_hints

from flask import Flask, current_app, g, request
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from core import clock, tokens
from core.access import Me
from core.database import database, was_given_up
from core.errors import Busy, InvalidForm, NotAllowed, Refused, TooLarge, WrongKind
from core.limits import HURRY, limiter
from core.tokens import Holder
from core.web import note, sentence

MOST_OCTETS = 1_000_000  # of a request's body
NOTING_PATIENCE = 0.2  # seconds that a request may wait to note that a key was used
PARTS = ("path", "query", "body")  # what a view may take
TRIES = 3
REFUSALS = (400, 401, 403, 404, 413, 415, 422, 429, 503, 507)
WORDS = "What programs may ask and send. Every refusal is JSON with a sentence in `error`."
NEEDS_A_KEY = "This needs a key, sent as the header 'Authorization: Bearer KEY'. Make one in the settings."
NOT_A_KEY = "This key is none of ours. Make a new one in the settings."
WHY_NOT = {
    "ended": "This key was ended. Make a new one in the settings.",
    "expired": "This key has expired. Make a new one in the settings.",
    "inactive": NOT_A_KEY,
}

T = TypeVar("T")


class Read(BaseModel):
    """What a program sends: fields that we do not know are refused, so that a slip is seen."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """Why a request was refused."""

    error: str  # a sentence: what happened, why, what to do
    errors: dict[str, str] = {}  # field -> sentence


class NoKey(Refused):
    """Nobody's key, or one that no longer opens."""

    status = 401


class Unreadable(Refused):
    status = 400


@dataclass(frozen=True)
class Operation:
    """What the description says of a view."""

    scope: str
    gives: type[BaseModel] | None
    status: int


def for_programs(scope: str, *, gives: type[BaseModel] | None, status: int = 200) -> Callable[..., Any]:
    """A view for programs with a key of this scope. It takes what its arguments are called and typed like: `path`,
    `query`, `body`, each a `Read`.

    gives, status: model and status of its usual answer, for the description.
    """

    def around(view: Callable[..., Any]) -> Callable[..., Any]:
        models = {name: kind for name, kind in get_type_hints(view).items() if name in PARTS}

        @wraps(view)
        def asked(**values: Any) -> Any:
            g.me = _somebody(scope)
            return view(**{name: _read(name, kind, values) for name, kind in models.items()})

        asked.__dict__.update(asks="key", api=Operation(scope, gives, status))
        return asked

    return around


def caller() -> Me:
    """The person whose key the request came with; only behind `for_programs`."""
    return cast(Me, g.me)


def add_headers(response: Response) -> Response:
    """After every answer of a blueprint for programs."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def written(work: Callable[..., T]) -> T:
    """Run `work(db)` in a transaction of its own; again when the database gave it up for another one."""
    for _ in range(TRIES):
        try:
            with database().writing() as db:
                return work(db)
        except IntegrityError as fault:  # another request gave one of our ids to a row meanwhile; now it is seen
            current_app.logger.warning("written again: %s", fault.orig)
        except OperationalError as fault:
            if not was_given_up(fault):
                raise
    raise Busy("The database is busy. Nothing was saved; please send the same again in a moment.")


def _somebody(scope: str) -> Me:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        _deny("token.missing", NEEDS_A_KEY)
    at = clock.now()
    with database().reading() as db:
        holder = tokens.holder_of(db, secret.strip())
    if holder is None:
        _deny("token.unknown", NOT_A_KEY)
    g.key_hash = holder.key.token_hash
    if reason := holder.why_not(at=at):
        _deny(f"token.{reason}", WHY_NOT[reason], holder)
    _count(_count_use)
    if scope not in holder.scopes:
        note("token.scope", status=403, key=holder.key.token_hash[:12], owner=holder.user.id, scope=scope)
        g.is_noted = True
        raise NotAllowed(f"This key is not for '{scope}'. Make one in the settings that is.")
    _note_use(holder, at)
    user = holder.user
    return Me(user.id, user.email, user.name, user.zone, user.fs_uniquifier, user.is_host)


def _deny(event: str, text: str, holder: Holder | None = None) -> NoReturn:
    """Never the key itself in the log: the first letters of its hash say which one it was."""
    known = {"key": holder.key.token_hash[:12], "owner": holder.user.id} if holder else {}
    note(event, status=401, **known)
    g.is_noted = True
    _count(_count_miss)
    raise NoKey(text)


@limiter.shared_limit("300 per minute", scope="key", key_func=lambda: g.key_hash)
def _count_use() -> None:
    """Too many requests with one key end in 429."""


@limiter.shared_limit("60 per minute", scope="no key")
def _count_miss() -> None:
    """Too many requests without a key that opens, from one address, end in 429."""


def _count(what: Callable[[], None]) -> None:
    """Reading goes on when counting cannot; the next request counts again."""
    g.setdefault(HURRY, NOTING_PATIENCE)
    try:
        what()
    except (Busy, OperationalError) as fault:
        current_app.logger.warning("a request was not counted: %s", getattr(fault, "orig", fault))


def _note_use(holder: Holder, at: datetime) -> None:
    """Reading goes on when writing cannot: then a later request notes it."""
    if not tokens.is_use_to_note(holder.key, at=at):
        return
    try:
        with database().writing(patience=NOTING_PATIENCE) as db:
            tokens.note_use(db, holder.key, at=at)
    except (Busy, OperationalError) as fault:
        current_app.logger.warning("the use of a key was not noted: %s", getattr(fault, "orig", fault))


def _read(part: str, kind: type[BaseModel], values: dict[str, Any]) -> BaseModel:
    try:
        if part == "body":
            return kind.model_validate_json(_body())
        return kind.model_validate(values if part == "path" else request.args.to_dict())
    except ValidationError as fault:
        raise _unfit(fault) from None


def _body() -> bytes:
    """The request's octets. Never more than the limit is read."""
    if not request.is_json:
        raise WrongKind("Send JSON, with the header 'Content-Type: application/json'.")
    if request.content_length is None:  # sent in chunks, of which nobody knows how many come
        raise Unreadable("Send the body whole, with its length in the header 'Content-Length'.")
    request.max_content_length = MOST_OCTETS
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        text = f"This is larger than the {MOST_OCTETS:,} octets that we take at once. Send it in parts."
        raise TooLarge(text) from None


def _unfit(fault: ValidationError) -> Refused:
    found = fault.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return Unreadable("This is not JSON in UTF-8, or it is nested too deep. Nothing was done.")
    errors = {field_of(error["loc"]): for_program(error) for error in found}
    if "" in errors:
        return Refused(errors[""])
    refusal = InvalidForm(errors)
    refusal.text = "Something in this request needs another look; nothing was done. See 'errors'."
    return refusal


def field_of(loc: tuple[int | str, ...]) -> str:
    """Where in the JSON: "answered_at", "reviews.3.rating"; "" for the whole."""
    return ".".join(str(part) for part in loc)


def for_program(error: Any) -> str:
    """One of pydantic's findings, for the person who writes the program."""
    match error["type"]:
        case "missing":
            return "This field is missing."
        case "extra_forbidden":
            return "There is no such field here. Look at /api/v1/openapi.json."
        case "json_invalid" | "model_type" | "model_attributes_type" | "dict_type":
            return "This is not the JSON that is asked for. Look at /api/v1/openapi.json."
        case "too_long":
            return f"At most {error['ctx']['max_length']} are taken at once. Send the others in a second request."
        case "too_short":
            return "There is nothing in it."
        case "value_error" | "greater_than_equal" | "less_than_equal" | "string_too_long":
            return sentence(error)
        case _:
            return f"{error['msg']}."


# -- the description -----------------------------------------------------------------------------------------


def description(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of everything that wears `for_programs`; made at the first look."""
    if "openapi" not in app.extensions:
        app.extensions["openapi"] = _describe(app)
    return cast(dict[str, Any], app.extensions["openapi"])


def _describe(app: Flask) -> dict[str, Any]:
    from flask_openapi3 import Info, OpenAPI, Tag  # a tenth of a second

    responses: Any = {str(status): Problem for status in REFUSALS}
    paper = OpenAPI(
        "woodshed",
        info=Info(title="Woodshed", version="1", description=WORDS),
        security_schemes={"key": {"type": "http", "scheme": "bearer", "description": "A key made in the settings."}},
        responses=responses,
        validation_error_model=Problem,
        doc_ui=False,
    )
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        told: Operation | None = getattr(view, "api", None)
        if told is None:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            page = _page_of(view, rule.endpoint)
            summary, _, words = (inspect.getdoc(view) or "").partition("\n")
            getattr(paper, method.lower())(
                rule.rule,
                operation_id=page.__name__,
                tags=[Tag(name=rule.rule.split("/")[3])],
                summary=summary,
                description=" ".join(words.split()) or summary,
                responses={str(told.status): told.gives},
                security=[{"key": [told.scope]}],
            )(page)
    return paper.api_doc


def _page_of(view: Callable[..., Any], endpoint: str) -> Callable[..., Any]:
    """The view's signature under a name of its own; it is never called."""

    def page(**_values: Any) -> None: ...

    page.__name__ = endpoint.replace(".", "_")
    page.__annotations__ = get_type_hints(view)
    return page
