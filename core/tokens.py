"""Keys that a person makes for a program of theirs: what each may do, how long it lives, when it was used last."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import ApiToken, User, hash_of
from core.errors import NotFound, Refused

DEFAULT_DAYS, MOST_DAYS = 90, 365
MOST_KEYS = 20  # open ones of a person
LONGEST_NAME = 80  # letters
USE_IS_NOTED_AFTER = timedelta(hours=1)

SCOPES: dict[str, str] = {}  # what keys can be for, in words; each wing adds its own with `offer`


@dataclass(frozen=True, slots=True)
class Holder:
    """The person whose key it is, and what is to be known of the key."""

    user: User
    key: ApiToken

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.key.scopes.split())

    def why_not(self, *, at: datetime) -> str:
        """ "ended", "expired" or "inactive"; "" for a key that opens."""
        if self.key.ended_at is not None:
            return "ended"
        if self.key.expires_at <= at:
            return "expired"
        return "" if self.user.active else "inactive"


def offer(scope: str, words: str) -> None:
    """Let keys be made for `scope`. words: what such a key may do, as the settings say it."""
    SCOPES[scope] = words


def make(
    db: Session, user_id: UUID, *, name: str, scopes: list[str], days: int = DEFAULT_DAYS, at: datetime
) -> tuple[ApiToken, str]:
    """A new key and its secret, which is shown this once and kept only as its SHA-256.

    days: until it ends by itself, 1 to 365. scopes: some of SCOPES, at least one.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise Refused(f"Give the key a name of up to {LONGEST_NAME} characters, such as 'Phone'.", field="name")
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise Refused(f"Say what the key may do: {', '.join(SCOPES)}.", field="scopes")
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"A key lives for 1 to {MOST_DAYS} days.", field="days")
    if sum(row.expires_at > at for row in own(db, user_id)) >= MOST_KEYS:
        raise Refused(f"You have {MOST_KEYS} keys already. End one that you no longer use, then make this one.")
    secret = f"{user_id.hex}.{secrets.token_urlsafe(32)}"
    key = ApiToken(
        user_id=user_id,
        token_hash=hash_of(secret),
        name=name,
        scopes=" ".join(sorted(set(scopes))),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    db.add(key)
    db.flush()
    return key, secret


def own(db: Session, user_id: UUID) -> list[ApiToken]:
    """This person's keys that were not ended, the newest first; expired ones too, so that it can be seen why."""
    return list(
        db.exec(
            select(ApiToken)
            .where(col(ApiToken.user_id) == user_id, col(ApiToken.ended_at).is_(None))
            .order_by(col(ApiToken.created_at).desc(), col(ApiToken.token_hash))
        )
    )


def end(db: Session, user_id: UUID, token_hash: str, *, at: datetime) -> ApiToken:
    """End one of this person's keys; the next request with it is refused. Twice is no error."""
    key = db.get(ApiToken, (user_id, token_hash))
    if key is None:
        raise NotFound
    key.ended_at = key.ended_at or at
    return key


def holder_of(db: Session, secret: str) -> Holder | None:
    """Whose key this is, whether it still opens or not; None: nobody's."""
    try:
        user_id = UUID(hex=secret.split(".", 1)[0])
    except ValueError:
        return None
    statement = select(User, ApiToken).join(ApiToken, col(ApiToken.user_id) == col(User.id))
    mine = (col(ApiToken.user_id) == user_id, col(ApiToken.token_hash) == hash_of(secret))
    row = db.exec(statement.where(*mine)).first()
    return Holder(*row) if row else None


def note_use(db: Session, key: ApiToken, *, at: datetime) -> None:
    """Keep when a key was used, to the hour."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    mine = (col(ApiToken.user_id) == key.user_id, col(ApiToken.token_hash) == key.token_hash)
    db.execute(sa.update(ApiToken).where(*mine).values(used_at=hour))


def is_use_to_note(key: ApiToken, *, at: datetime) -> bool:
    return key.used_at is None or at - key.used_at >= USE_IS_NOTED_AFTER
