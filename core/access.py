"""Who is asking: the person behind a request, and what a page that needs one says to somebody unknown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask_login import current_user as flask_user
from flask_security import UserMixin
from flask_security.utils import set_request_attr
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from core import clock
from core.accounts import ME, SignIn, User, hash_of
from core.database import database
from core.errors import Busy, NotAllowed
from core.settings import Settings

NOTING_PATIENCE = 0.2  # seconds that a page may wait to note a visit


@dataclass(slots=True, eq=False)
class Me(UserMixin):
    """The signed-in person, read in one lean row."""

    id: UUID  # type: ignore[assignment]
    email: str
    name: str
    zone: str
    fs_uniquifier: str
    is_host: bool
    active: bool = True
    password: str | None = None

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        return []


def current_user() -> Me:
    """The person behind this request; only behind `signed_in`."""
    return cast(Me, flask_user._get_current_object())


def somebody() -> Me | None:
    """The person behind this request, if anybody."""
    return current_user() if flask_user.is_authenticated else None


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page for people with an account; others go to the sign-in page and come back."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        if somebody() is None:
            return unknown()
        return view(*args, **kwargs)

    asked.__dict__["asks"] = "signed_in"
    return asked


def host_only(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        if not current_user().is_host:
            raise NotAllowed("This page is for the people who run this site.")
        return view(*args, **kwargs)

    return signed_in(asked)


def forget_who_asks() -> None:
    """For an answer that must be made without the database: from here on nobody is signed in."""
    g._login_user = current_app.extensions["login"].anonymous_user()


def unknown() -> Any:
    """The answer to somebody who is not signed in: the sign-in page, or 401 to a script."""
    if wants_fragment():
        return {"error": "You are signed out. Sign in again; what you typed is still on the page."}, 401
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=back), 302)


def wants_fragment() -> bool:
    """Whether a script of ours asks, rather than a browser for a page."""
    return request.headers.get("X-Requested-With") == "woodshed"


def set_up(app: Flask) -> None:
    app.extensions["login"].user_loader(load)
    app.extensions["login"].session_protection = None


def load(uniquifier: str) -> UserMixin | None:
    """Find the person by the sign-in row that the cookie names. An ended, expired or idle one is nobody."""
    token = cookie.get(ME, "")
    at = clock.now()
    me, seen_at = find(token, at=at)
    if me is None or me.fs_uniquifier != uniquifier:
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", cookie.get("fs_paa", 0))
    if seen_at is not None and at - seen_at > timedelta(hours=1):
        _note_visit(me.id, token, at)
    g.me = me
    if request.blueprint == "security":  # Flask-Security's own pages change the user, so they get the whole row
        return cast(UserMixin | None, current_app.extensions["security"].datastore.find_user(id=me.id))
    return me


_WHO = (
    sa.select(
        col(User.id),
        col(User.email),
        col(User.name),
        col(User.zone),
        col(User.fs_uniquifier),
        col(User.host_since),
        col(SignIn.seen_at),
    )
    .join(SignIn, col(SignIn.user_id) == col(User.id))
    .where(
        col(SignIn.user_id) == sa.bindparam("user_id"),
        col(SignIn.token_hash) == sa.bindparam("token_hash"),
        col(SignIn.ended_at).is_(None),
        col(SignIn.expires_at) > sa.bindparam("at"),
        col(SignIn.seen_at) > sa.bindparam("idle_before"),
        col(User.active).is_(True),
    )
)


def find(token: str, *, at: datetime) -> tuple[Me | None, datetime | None]:
    """(the person whose sign-in token this is, when they were last seen), or (None, None)."""
    user_id = user_of(token)
    if user_id is None:
        return None, None
    with database().engine.connect() as connection:
        row = connection.execute(
            _WHO, {"user_id": user_id, "token_hash": hash_of(token), "at": at, "idle_before": idle_before(at)}
        ).first()
    if row is None:
        return None, None
    me = Me(row.id, row.email, row.name, row.zone, row.fs_uniquifier, row.host_since is not None)
    return me, row.seen_at


def user_of(token: str) -> UUID | None:
    """The account that a sign-in token says it is for (a claim, to be looked up)."""
    try:
        return UUID(hex=token.split(".", 1)[0])
    except ValueError:
        return None


def idle_before(at: datetime) -> datetime:
    settings: Settings = current_app.extensions["settings"]
    return at - timedelta(days=settings.sign_in_idle_days)


def _note_visit(user_id: UUID, token: str, at: datetime) -> None:
    """Reading goes on when writing cannot: then a later request notes it."""
    mine = (col(SignIn.user_id) == user_id, col(SignIn.token_hash) == hash_of(token))
    try:
        with database().writing(patience=NOTING_PATIENCE) as db:
            db.execute(sa.update(SignIn).where(*mine).values(seen_at=at))
    except (Busy, OperationalError) as fault:
        current_app.logger.warning("a visit was not noted: %s", getattr(fault, "orig", fault))
