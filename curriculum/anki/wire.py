"""Protocol buffers, as far as Anki's packages need them: one flat message read, one written.

Source: protobuf.dev/programming-guides/encoding. Messages inside messages come back as octets, so nothing nests here.
"""

from collections.abc import Iterator

MOST_FIELDS = 1_000
VARINT_OCTETS = 10  # the longest whole number
HIGHEST_FIELD = (1 << 29) - 1
VARINT, FIXED64, OCTETS, FIXED32 = 0, 1, 2, 5
FIXED = {FIXED64: 8, FIXED32: 4}


class Malformed(ValueError):
    """These octets are no message."""


def fields(message: bytes, most: int = MOST_FIELDS) -> Iterator[tuple[int, int | bytes]]:
    """(field number, whole number or octets) in the order written; fixed-width values come as octets.

    most: how many fields there may be. Raises Malformed.
    """
    place, count = 0, 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        count += 1
        if not 0 < number <= HIGHEST_FIELD or count > most:
            raise Malformed("a field number or the count of fields is out of range")
        if kind == VARINT:
            value, place = _varint(message, place)
            yield number, value
            continue
        if kind == OCTETS:
            length, place = _varint(message, place)
        elif kind in FIXED:
            length = FIXED[kind]
        else:
            raise Malformed(f"wire type {kind}")
        if length > len(message) - place:
            raise Malformed("a field ends after its message")
        yield number, message[place : place + length]
        place += length


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = 0
    for step in range(VARINT_OCTETS):
        if place + step >= len(message):
            raise Malformed("a whole number ends after its message")
        octet = message[place + step]
        value |= (octet & 0x7F) << 7 * step
        if octet < 0x80:
            if value >> 64:
                break
            return value, place + step + 1
    raise Malformed("a whole number is too long")


def number(message: bytes, wanted: int) -> int:
    """The last whole number under this field; 0 where there is none. Raises Malformed."""
    found = 0
    for name, value in fields(message):
        if name == wanted and isinstance(value, int):
            found = value
    return found


def text(message: bytes, wanted: int) -> str:
    """The last text under this field; "" where there is none. Raises Malformed, for text that is not UTF-8 too."""
    found = b""
    for name, value in fields(message):
        if name == wanted and isinstance(value, bytes):
            found = value
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("a text is not UTF-8") from None
