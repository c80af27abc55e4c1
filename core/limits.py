"""Rate limits counted in the database, so that all workers share one count and a restart forgets nothing."""

import time
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import Flask, g, request
from flask_limiter import Limiter
from limits.storage import Storage
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col

from core.accounts import hash_of, normalised
from core.database import database, rows_changed

HURRY = "counting_patience"  # in Flask's g: seconds, where a request cannot wait as long as the next line says
COUNTING_PATIENCE = 2.0  # seconds; Flask-Limiter counts misses after the view, and again where that failed


class RateCount(SQLModel, table=True):
    """How often something was asked for in the running window."""

    __tablename__ = "rate_count"

    key: str = Field(primary_key=True)
    count: int
    expires_at: float  # Unix time in seconds


class DatabaseStorage(Storage):
    """A counter per key with an end, as the `limits` package asks for. Used inside a request only."""

    STORAGE_SCHEME = ["woodshed"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more and return the new count; an expired window starts again."""
        at = time.time()
        statement: Any = (
            (sqlite if database().is_sqlite else postgresql)
            .insert(RateCount)
            .values(key=key, count=amount, expires_at=at + expiry)
        )
        is_over = col(RateCount.expires_at) <= at
        statement = statement.on_conflict_do_update(
            index_elements=[col(RateCount.key)],
            set_={
                "count": sa.case((is_over, amount), else_=col(RateCount.count) + amount),
                "expires_at": sa.case((is_over, at + expiry), else_=col(RateCount.expires_at)),
            },
        ).returning(col(RateCount.count))
        with database().writing(patience=g.get(HURRY, COUNTING_PATIENCE)) as db:
            return int(db.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        return self._read(key)[0]

    def get_expiry(self, key: str) -> float:
        return self._read(key)[1]

    def _read(self, key: str) -> tuple[int, float]:
        with database().reading() as db:
            row = db.get(RateCount, key)
        at = time.time()
        return (row.count, row.expires_at) if row and row.expires_at > at else (0, at)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with database().writing() as db:
            return rows_changed(db, sa.delete(RateCount))

    def clear(self, key: str) -> None:
        with database().writing() as db:
            db.execute(sa.delete(RateCount).where(col(RateCount.key) == key))


def address() -> str:
    """Whose count it is: an IPv4 address, or the /64 of an IPv6 one."""
    ip = request.remote_addr or "unknown"
    return ":".join(ip.split(":")[:4]) if ":" in ip else ip


def asked_account() -> str:
    """The account that a sign-in is tried for, however its address is spelt; hashed, since anything may be typed."""
    email = request.form.get("email", "").strip()
    with suppress(EmailNotValidError):
        email = validate_email(email, check_deliverability=False).normalized
    return "account:" + hash_of(normalised(email))


limiter = Limiter(key_func=address, storage_uri="woodshed://", strategy="fixed-window", headers_enabled=False)


def set_up(app: Flask) -> None:
    """Limit what can be guessed or flooded: sign-in, changing a password, sign-up. Invitations count per person."""
    limiter.init_app(app)
    _limit(app, "security.login", "10 per 15 minutes", asked_account)
    _limit(app, "security.login", "20 per hour", address)
    _limit(app, "security.change_password", "10 per 15 minutes", address)
    if app.extensions["settings"].mails:
        _limit(app, "security.forgot_password", "5 per hour", asked_account)
        _limit(app, "security.forgot_password", "5 per hour", address)
        _limit(app, "security.reset_password", "20 per hour", address)


def _limit(app: Flask, endpoint: str, amount: str, key: Any) -> None:
    view = app.view_functions[endpoint]
    limited: Any = limiter.limit(amount, key_func=key, methods=["POST"], deduct_when=_failed, override_defaults=False)
    app.view_functions[endpoint] = limited(view)


def _failed(response: Any) -> bool:
    """Only misses count: a sign-in that works answers with a redirect."""
    return bool(response.status_code not in (302, 303))
