"""Accounts: who has one, and where they are signed in. Flask-Security is set up here."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, g, request
from flask import session as cookie
from flask_login import user_logged_out
from flask_security import (
    ForgotPasswordForm,
    MailUtil,
    PasswordUtil,
    Security,
    UserMixin,
    hash_password,
    user_authenticated,
    verify_password,
)
from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_security.signals import password_changed, password_reset
from sqlalchemy import func, update
from sqlmodel import Field, Session, SQLModel, col, select
from werkzeug.local import LocalProxy

from core import clock
from core.database import database, get_db
from core.errors import Refused
from core.ids import uuid7
from core.settings import Settings

ACCOUNTS_LOCK = 727004  # PostgreSQL's advisory lock: accounts are made one after the other
ME = "sign_in"  # the key in the signed cookie


class User(SQLModel, UserMixin, table=True):
    """A person with an account. Everybody may be apprentice and mentor at once."""

    id: UUID = Field(primary_key=True)  # type: ignore[assignment]  # Flask-Security expects a number
    email: str  # as it was typed; its uniqueness is kept in UserEmail
    name: str
    password: str | None = None  # argon2id
    fs_uniquifier: str = Field(max_length=64, index=True)  # changes with the password
    active: bool = True
    confirmed_at: datetime | None = None  # the e-mail address was shown to be theirs; None: not yet, or no mail here
    zone: str  # IANA name; study days turn at 04:00 there
    host_since: datetime | None = None  # runs this site
    demo_since: datetime | None = None  # made by the demo command; nobody real
    created_at: datetime

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]  # nobody has any; a host is `is_host`
        return []

    @property
    def is_host(self) -> bool:
        return self.host_since is not None


class UserEmail(SQLModel, table=True):
    """One e-mail address belongs to one account: the table that a sharded database keeps in one place."""

    __tablename__ = "user_email"

    email: str = Field(primary_key=True)  # normalised, lower case
    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")


class SignIn(SQLModel, table=True):
    """One browser where somebody is signed in. The token itself is only in that browser's cookie."""

    __tablename__ = "sign_in"

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)
    token_hash: str = Field(primary_key=True)  # SHA-256, hex
    browser: str  # the User-Agent, cut at 200 letters
    created_at: datetime
    seen_at: datetime  # to the hour
    expires_at: datetime
    ended_at: datetime | None = None


class ApiToken(SQLModel, table=True):
    """A key that a person made for a program of theirs. Shown once; only its hash is kept."""

    __tablename__ = "api_token"

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)
    token_hash: str = Field(primary_key=True)  # SHA-256 hex
    name: str  # what its owner calls it
    scopes: str  # with spaces between
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    ended_at: datetime | None = None


def hash_of(secret: str) -> str:
    """What is stored of a secret that somebody else keeps."""
    return hashlib.sha256(secret.encode()).hexdigest()


def normalised(email: str) -> str:
    return email.strip().casefold()


def create(db: Session, *, name: str, email: str, password: str, zone: str, at: datetime) -> User:
    """Make an account; the first one of a site is its host.

    password: its hash, as `password_hash` makes it before the transaction.
    """
    _one_at_a_time(db)
    if db.get(UserEmail, normalised(email)):
        raise Refused(
            "There is an account with this e-mail address already. Sign in with it, or use another address.",
            field="email",
        )
    is_first = not any_account(db)
    user = User(
        id=uuid7(),
        email=email.strip(),
        name=name.strip(),
        password=password,
        fs_uniquifier=secrets.token_hex(16),
        zone=zone,
        host_since=at if is_first else None,
        created_at=at,
    )
    db.add(user)
    db.flush()
    db.add(UserEmail(email=normalised(email), user_id=user.id))
    db.flush()
    return user


def _one_at_a_time(db: Session) -> None:
    """On SQLite writers wait for each other anyway. Held until the transaction ends."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(ACCOUNTS_LOCK)))


def any_account(db: Session) -> bool:
    """Whether somebody real has an account here; the demo's people do not count."""
    return db.exec(select(col(User.id)).where(col(User.demo_since).is_(None)).limit(1)).first() is not None


def find(db: Session, email: str) -> User | None:
    return db.exec(
        select(User)
        .join(UserEmail, col(UserEmail.user_id) == col(User.id))
        .where(col(UserEmail.email) == normalised(email))
    ).first()


def password_hash(password: str, *, email: str = "") -> str:
    """The argon2id hash of a new password. Raises Refused with what to change; takes a tenth of a second."""
    problems, password = Passwords.check(password, email)
    if problems:
        raise Refused(problems, field="password")
    return str(hash_password(password))


def set_password(db: Session, user: User, hashed: str, *, at: datetime) -> None:
    """Give a new password; every sign-in and every key ends."""
    user.password = hashed
    user.fs_uniquifier = secrets.token_hex(16)
    db.add(user)
    end_sign_ins(db, user.id, at=at)
    end_keys(db, user.id, at=at)


def is_password_of(user_id: UUID, password: str) -> bool:
    """Whether somebody who is signed in knows the password, too. Takes a tenth of a second; hold no transaction."""
    with database().reading() as db:
        kept = db.exec(select(col(User.password)).where(col(User.id) == user_id)).first()
    if not kept or len(password) > 64:
        return False
    return bool(verify_password(unicodedata.normalize("NFKC", password), kept))


def end_sign_ins(db: Session, user_id: UUID, *, at: datetime, but: str = "", only: str = "") -> None:
    """End sign-ins. but: a token hash that stays; only: the one token hash that ends."""
    statement = update(SignIn).where(col(SignIn.user_id) == user_id, col(SignIn.ended_at).is_(None))
    if but:
        statement = statement.where(col(SignIn.token_hash) != but)
    if only:
        statement = statement.where(col(SignIn.token_hash) == only)
    db.exec(statement.values(ended_at=at))


def end_keys(db: Session, user_id: UUID, *, at: datetime) -> None:
    """End all keys that this person made for programs."""
    mine = (col(ApiToken.user_id) == user_id, col(ApiToken.ended_at).is_(None))
    db.exec(update(ApiToken).where(*mine).values(ended_at=at))


def sign_ins(db: Session, user_id: UUID, *, at: datetime) -> list[SignIn]:
    """Where this person is signed in, the latest visit first."""
    return list(
        db.exec(
            select(SignIn)
            .where(col(SignIn.user_id) == user_id, col(SignIn.ended_at).is_(None), col(SignIn.expires_at) > at)
            .order_by(col(SignIn.seen_at).desc())
        )
    )


def own_token_hash() -> str:
    return hash_of(cookie.get(ME, ""))


class Passwords(PasswordUtil):
    """At least 8 letters, at most 64, none of the common ones; no forced change, no rules about symbols."""

    COMMON = frozenset(
        {
            *("password", "passwort", "password1", "passw0rd", "12345678", "123456789", "1234567890", "qwertyui"),
            *("qwerty123", "iloveyou", "sunshine", "princess", "football", "baseball", "superman", "trustno1"),
            *("letmein1", "welcome1", "abcd1234", "woodshed", "woodshed1", "musicmusic", "producer"),
        }
    )

    @classmethod
    def check(cls, password: str, email: str = "") -> tuple[str, str]:
        """(what is wrong or "", the password as it is hashed: the same letters, however they were typed)."""
        password = unicodedata.normalize("NFKC", password)
        if len(password) < 8:
            return "This password is short: use at least 8 characters, better 15. A few words do well.", password
        if len(password) > 64:
            return "This password is longer than 64 characters. Use a shorter one.", password
        if password.casefold() in cls.COMMON or password.casefold() == normalised(email) or len(set(password)) < 3:
            return "This password is one of the first that people guess. Use a few words of your own.", password
        return "", password

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        problems, password = self.check(password, getattr(kwargs.get("user"), "email", ""))
        return ([problems] if problems else None), password


class Accounts(SQLAlchemySessionUserDatastore):
    """Flask-Security's way to our accounts. Users come detached: no transaction waits meanwhile."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> User | None:
        with database().reading() as db:
            if "email" in by:
                user = find(db, by["email"])
            else:
                user = db.exec(select(User).filter_by(**by)).first()
            if user is not None:
                db.expunge(user)
            return user

    def put(self, model: User) -> User:
        merged: User = get_db().merge(model)
        return merged


def set_up(app: Flask, settings: Settings, mails: type[MailUtil], forgot_form: type[ForgotPasswordForm]) -> None:
    """Flask-Security: sign-in, sign-out and change of password, with sign-ins as rows of ours; where this site sends
    mail, a way in for who forgot the password."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SALT=settings.secret_key,
        SECURITY_PASSWORD_LENGTH_MIN=8,
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",
        SECURITY_CHANGEABLE=True,
        SECURITY_RECOVERABLE=settings.mails,
        SECURITY_CACHE_CONTROL=None,  # core.web sets it on every answer
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(minutes=60),
        SECURITY_EMAIL_PLAINTEXT=False,  # core.account_mails says what its mails say
        SECURITY_EMAIL_HTML=False,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_CHANGE_URL="/settings/password",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_POST_CHANGE_VIEW="/settings",
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_DATETIME_FACTORY=clock.now,
        SECURITY_FRESHNESS=timedelta(seconds=-1),  # no page of its own that asks for the password again
        SECURITY_STATIC_FOLDER=None,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=("E-mail address and password do not belong together. Try again.", "error"),
        SECURITY_MSG_LOGIN=("Sign in to see this page.", "info"),
        SECURITY_MSG_UNAUTHENTICATED=("Sign in to see this page.", "info"),
        SECURITY_MSG_PASSWORD_CHANGE=(
            "Your password is changed. You are signed out everywhere else, and your keys for programs have ended.",
            "success",
        ),
        SECURITY_MSG_PASSWORD_RESET_REQUEST=(
            "If there is an account with this address, a mail is on its way. Its link works for an hour, once.",
            "info",
        ),
        SECURITY_MSG_PASSWORD_RESET_NO_LOGIN=(
            "Your password is changed. You are signed out everywhere, and your keys for programs have ended.",
            "success",
        ),
        SECURITY_MSG_PASSWORD_RESET_EXPIRED=("This link is more than an hour old. Ask for a new one.", "error"),
        SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN=(
            "This link was used already, or it is not whole. Ask for a new one.",
            "error",
        ),
    )
    security = Security(password_util_cls=Passwords, mail_util_cls=mails, forgot_password_form=forgot_form)
    session: Any = LocalProxy(get_db)
    no_roles: Any = None
    security.init_app(app, Accounts(session, User, no_roles))
    _without_principal(app)
    app.extensions["login"] = app.login_manager  # type: ignore[attr-defined]
    app.extensions["login"].request_loader(lambda _request: None)
    user_authenticated.connect(_remember_sign_in, app)
    user_logged_out.connect(_end_this_sign_in, app)
    password_changed.connect(_end_other_sign_ins, app)
    password_reset.connect(_end_all_sign_ins, app)


def _without_principal(app: Flask) -> None:
    """Flask-Principal would load the user before every request; Woodshed asks `access` instead."""
    hooks = app.before_request_funcs.get(None, [])
    app.before_request_funcs[None] = [hook for hook in hooks if "Principal" not in getattr(hook, "__qualname__", "")]


def _remember_sign_in(app: Flask, user: User, **_: Any) -> None:
    settings: Settings = app.extensions["settings"]
    at = clock.now()
    before = cookie.get(ME, "")
    token = f"{user.id.hex}.{secrets.token_urlsafe(32)}"
    with joined() as db:
        if before:
            end_sign_ins(db, UUID(before.split(".")[0]), at=at, only=hash_of(before))
        db.add(
            SignIn(
                user_id=user.id,
                token_hash=hash_of(token),
                browser=(request.user_agent.string or "unknown")[:200],
                created_at=at,
                seen_at=at,
                expires_at=at + timedelta(days=settings.sign_in_days),
            )
        )
    cookie[ME] = token
    cookie.pop("_remember", None)  # Flask-Login's own long-lived cookie: the row above does its work
    if request.endpoint != "security.change_password":
        cookie.permanent = request.endpoint != "security.login" or "remember" in request.form


@contextmanager
def joined() -> Iterator[Session]:
    """The transaction that the request has open already (a change of password), else one of its own."""
    if "db" in g:
        yield g.db
    else:
        with database().writing() as db:
            yield db


def _end_this_sign_in(_app: Flask, **_: Any) -> None:
    """Signing out: the row ends, and whatever else the cookie held goes with it."""
    token = cookie.get(ME, "")
    with database().writing() as db:
        end_sign_ins(db, UUID(token.split(".")[0]), at=clock.now(), only=hash_of(token))
    cookie.clear()


def _end_other_sign_ins(_app: Flask, user: User, **_: Any) -> None:
    """The password changed: sign-ins elsewhere and all keys end. Joins the request's own transaction."""
    end_sign_ins(get_db(), user.id, at=clock.now(), but=own_token_hash())
    end_keys(get_db(), user.id, at=clock.now())


def _end_all_sign_ins(_app: Flask, user: User, **_: Any) -> None:
    """The password was forgotten and set anew: all sign-ins and keys end, and the address was shown to be theirs."""
    at = clock.now()
    end_sign_ins(get_db(), user.id, at=at)
    end_keys(get_db(), user.id, at=at)
    confirm(get_db(), user.id, at=at)


def confirm(db: Session, user_id: UUID, *, at: datetime) -> None:
    """Somebody showed that the e-mail address is theirs. Twice is no error."""
    unconfirmed = (col(User.id) == user_id, col(User.confirmed_at).is_(None))
    db.exec(update(User).where(*unconfirmed).values(confirmed_at=at))


def is_confirmed(db: Session, user_id: UUID) -> bool:
    """Whether somebody showed that the e-mail address is theirs."""
    return db.exec(select(col(User.confirmed_at)).where(col(User.id) == user_id)).first() is not None
