"""Passwords of things, such as a share link: hashed as those of accounts are, and few checked at the same time."""

import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore

from flask_security import hash_password, verify_password

from core.errors import Busy

AT_ONCE = 2  # checks in a process; each takes a tenth of a second and some memory
PATIENCE = 3.0  # seconds
LONGEST = 64  # letters, as in an account's

_places = BoundedSemaphore(AT_ONCE)


def fits(password: str, kept: str) -> bool:
    """Whether this password was hashed to `kept`. An empty `kept` is nobody's password, and takes as long to say no.

    Hold no transaction. Raises Busy where too many are checked already.
    """
    whole = unicodedata.normalize("NFKC", password[: 4 * LONGEST])
    nobodys = _nobodys()
    if not _places.acquire(timeout=PATIENCE):
        raise Busy("Many passwords are being checked just now. Wait a moment, then try again.")
    try:
        is_it = bool(verify_password(whole[:LONGEST], kept or nobodys))
    finally:
        _places.release()
    return is_it and bool(kept) and len(whole) <= LONGEST


@cache
def _nobodys() -> str:
    return str(hash_password(secrets.token_urlsafe(32)))
