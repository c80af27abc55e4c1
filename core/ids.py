"""Ids made by the application: UUID version 7 (RFC 9562), so that rows of one person lie in the order of time."""

import os
import time
from uuid import UUID


def uuid7(at_ms: int | None = None) -> UUID:
    """A new id. at_ms: Unix time in milliseconds; now, when left out."""
    ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    random = int.from_bytes(os.urandom(10), "big")
    high = (ms & 0xFFFF_FFFF_FFFF) << 16 | 0x7 << 12 | random >> 66 & 0xFFF
    low = 0b10 << 62 | random & (1 << 62) - 1
    return UUID(int=high << 64 | low)
