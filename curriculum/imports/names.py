"""How what comes from elsewhere is called here: always the same, so that a second import finds the first."""

import base64
import hashlib
import re
from uuid import UUID, uuid5

from curriculum.anki.package import Note

LONGEST_GUID = 30  # octets; a longer one goes into the id as a hash
HASHED = "0"  # begins what is left of a guid that was hashed; base32 has no 0
OWN_ID = re.compile(r"(?:own|anki|csv)-[a-z0-9-]{3,70}")
BLOCK = re.compile(r"anki-([a-z2-7]+)")
REVIEWS = UUID("7f9d3b6e-5a0c-5f44-9a53-0d5c8d1be6a1")  # the namespace of reviews that came from elsewhere


def block_of_guid(guid: str, ord: int = 0) -> str:
    """The id of the card text that a note becomes. ord: of the card, where each card has a text of its own."""
    octets = guid.encode()
    if len(octets) <= LONGEST_GUID:
        letters = base64.b32encode(octets).decode().rstrip("=").lower()
    else:
        letters = HASHED + hashlib.sha256(octets).hexdigest()[:32]
    return f"anki-{letters}" + (f"-{ord + 1}" if ord else "")


def guid_of_block(block: str) -> str:
    """The guid that the note of this text has in Anki: the one that it came with, else the text's own id."""
    if found := BLOCK.fullmatch(block):
        letters = found[1].upper()
        try:
            return base64.b32decode(letters + "=" * (-len(letters) % 8)).decode()
        except ValueError:
            return block
    return block


def is_own_id(text: str) -> bool:
    return OWN_ID.fullmatch(text) is not None


def block_of(note: Note) -> str:
    """The text that a note was, where we wrote it ourselves, else the one that its guid makes."""
    return note.own_id if is_own_id(note.own_id) else block_of_guid(note.guid)


def card_id(block: str, type: str, ord: int) -> str:
    """The id of a card: as `card_text.make` gives it. ord: Anki's number of the card, from 0."""
    if type == "cloze":
        return f"{block}.{ord + 1}"
    return f"{block}.r" if type == "reverse" and ord == 1 else block


def ord_of(card_id: str) -> int:
    """Anki's number of a card of ours, from 0."""
    end = card_id.partition(".")[2]
    return 1 if end == "r" else int(end) - 1 if end.isdigit() else 0


def review_id(card_id: str, moment: int | str) -> UUID:
    """The id of an answer, or another row, that came with a card. moment: of the answer, in milliseconds since 1970."""
    return uuid5(REVIEWS, f"{card_id} {moment}")
