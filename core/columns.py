"""Column types of our own."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, types

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Microseconds(types.TypeDecorator[datetime]):
    """A moment as whole microseconds since 1970 (UTC): small, sortable, the same in both databases and in plain SQL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else from_micros(value)


def to_micros(at: datetime) -> int:
    """at: an aware moment; one without a zone is refused (TypeError)."""
    return (at - EPOCH) // MICROSECOND


def from_micros(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)
