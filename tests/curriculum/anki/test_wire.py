import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.anki import wire

NUMBERS = st.integers(0, 2**64 - 1)
FIELD = st.integers(1, 2**29 - 1)


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def written(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


@given(st.lists(st.tuples(FIELD, NUMBERS | st.binary(max_size=40)), max_size=20))
def test_what_was_written_is_read(pairs):
    message = b"".join(written(number, value) for number, value in pairs)

    assert list(wire.fields(message)) == pairs


@given(st.binary(max_size=200))
def test_any_octets_are_a_message_or_malformed(octets):
    try:
        found = list(wire.fields(octets))
    except wire.Malformed:
        return
    assert sum(len(value) for _, value in found if isinstance(value, bytes)) <= len(octets)


@given(st.binary(max_size=60), FIELD)
def test_numbers_and_texts_are_found_or_malformed(octets, number):
    for read in (wire.number, wire.text):
        try:
            assert isinstance(read(octets, number), int | str)
        except wire.Malformed:
            continue


@pytest.mark.parametrize(
    "octets",
    [
        b"\x08",  # a number that never comes
        b"\x08" + b"\xff" * 10 + b"\x01",  # eleven octets
        b"\x08" + b"\xff" * 9 + b"\x7f",  # over 64 bits
        b"\x0a\x05abc",  # longer than the message
        b"\x0b",  # a group
        b"\x00\x01",  # field 0
        b"\x0d\x00\x00",  # half a fixed number
    ],
)
def test_these_are_malformed(octets):
    with pytest.raises(wire.Malformed):
        list(wire.fields(octets))


def test_too_many_fields_are_malformed():
    with pytest.raises(wire.Malformed):
        list(wire.fields(b"\x08\x01" * 11, most=10))


def test_a_text_must_be_utf8():
    with pytest.raises(wire.Malformed):
        wire.text(b"\x0a\x01\xff", 1)
