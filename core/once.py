"""Writes that count once: a double click, a resend or a stale tab gives the first result again.

Every form carries `op`, an id made for that showing of the form. It is kept with the request's hash and its result, in
the same transaction as the effect.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app, g, redirect, request
from sqlalchemy.exc import OperationalError
from sqlmodel import Field, Session, SQLModel, col
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from core import clock
from core.access import current_user, wants_fragment
from core.database import BUSY, close_db, database, insert_into, is_busy, was_given_up
from core.errors import Busy, Conflict, InvalidForm, Refused

TRIES = 3
NOT_HASHED = frozenset({"csrf_token", "op"})


class Operation(SQLModel, table=True):
    """One write that somebody asked for, by the id that their browser gave it."""

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)
    id: UUID = Field(primary_key=True)  # made by the page
    request_hash: str  # SHA-256 of address, fields and files, hex
    location: str = ""  # where the first answer led
    at: datetime


def once(again: Callable[..., Any] | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view that writes: runs it, keeps its result and commits; refusals show the page `again` with what was typed.

    The view takes its database session from `get_db()` as late as it can (after files were received and read), returns
    a redirect and does not commit. A transaction that the database gave up for another one is run again.
    """

    def around(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def write(*args: Any, **kwargs: Any) -> Any:
            try:
                operation = _asked()
                _refuse_repeated(operation)
                return _tried(view, operation, args, kwargs)
            except _Repeated as repeated:
                return redirect(repeated.location, 303)
            except Refused as refusal:
                close_db()
                is_lost = refusal.status == 404 or (refusal.status == 413 and not refusal.field)
                if again is None or wants_fragment() or is_lost:
                    raise
                g.refusal = refusal
                return again(*args, **kwargs), refusal.status

        write.__dict__["writes_once"] = True
        return write

    return around


def _tried(view: Callable[..., Any], operation: Operation, args: Any, kwargs: Any) -> Any:
    for _ in range(TRIES):
        try:
            g.on_first_write = lambda db: _claim(db, operation)
            response = current_app.make_response(view(*args, **kwargs))
            if "db" in g:
                _keep(g.db, operation, response)
                g.db.commit()
            return response
        except _Repeated as repeated:
            return redirect(repeated.location, 303)
        except OperationalError as error:
            if is_busy(error):
                break
            if not was_given_up(error):
                raise
        finally:
            g.pop("on_first_write", None)
            close_db()
    raise Busy(BUSY)


class _Repeated(Exception):
    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def _asked() -> Operation:
    try:
        op = UUID(request.form.get("op", ""))
    except ValueError:
        raise InvalidForm({"op": "This form lost its number. Reload the page and send it again."}) from None
    return Operation(user_id=current_user().id, id=op, request_hash=_request_hash(), at=clock.now())


def _request_hash() -> str:
    fields = sorted((key, value) for key, value in request.form.items(multi=True) if key not in NOT_HASHED)
    files = sorted((key, file.filename or "", _hash(file)) for key, file in request.files.items(multi=True))
    return hashlib.sha256(repr((request.path, fields, files)).encode()).hexdigest()


def _hash(file: FileStorage) -> str:
    """SHA-256 of what was sent: the next bounce often has the name of the last one."""
    found = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return found


def _refuse_repeated(operation: Operation) -> None:
    """An early look, so that a resent file is not read and measured again."""
    with database().reading() as db:
        if known := db.get(Operation, (operation.user_id, operation.id)):
            _answer_again(known, operation)


def _claim(db: Session, operation: Operation) -> None:
    """The first row of the transaction; on PostgreSQL a second request with the same id waits here for the first."""
    row = operation.model_dump()
    claim = insert_into(db, Operation).values(**row).on_conflict_do_nothing().returning(col(Operation.id))
    if db.execute(claim).first() is not None:
        return
    known = db.get(Operation, (operation.user_id, operation.id))
    assert known is not None
    _answer_again(known, operation)


def _answer_again(known: Operation, operation: Operation) -> None:
    if known.request_hash != operation.request_hash:
        raise Conflict("This form was sent before with other content. Reload the page, then make your change again.")
    raise _Repeated(known.location)


def _keep(db: Session, operation: Operation, response: Response) -> None:
    db.execute(
        sa.update(Operation)
        .where(col(Operation.user_id) == operation.user_id, col(Operation.id) == operation.id)
        .values(location=response.headers.get("Location", "/"))
    )
