"""How much of a package is taken, and how its children say no. Sizes are octets, counted while unpacking."""

from dataclasses import dataclass

MB = 1_000_000

MOST_MEMBERS = 60_000  # files in the archive
MOST_DIRECTORY = 8 * MB  # the archive's list of files
MOST_RATIO = 100  # unpacked to packed, once more than FREE came out
FREE = 20 * MB
MOST_DATABASE = 400 * MB
MOST_MAP = 16 * MB
MOST_META = 1_000
MOST_MEDIA = 2_000 * MB
MOST_MEDIA_FILE = 100 * MB
LONGEST_NAME = 255  # characters of a media file's name
MOST_WINDOW = 1 << 24  # what zstd may want to remember

MOST_NOTES = 200_000
MOST_CARDS = 400_000
MOST_REVIEWS = 1_500_000
MOST_TABLES = 200  # and indexes
MOST_TYPES = 5_000  # note types, decks, fields, templates: of each
LONGEST_VALUE = 20 * MB  # one value in the database
LONGEST_NOTE = 3 * MB  # characters; some carry their pictures inside
LONGEST_SIDE = 200_000  # characters of one side of a card; more cannot be made safe in time
LONGEST_DRAFTS = 2 * MB  # characters that one note may become
LONGEST_LINE = 16 * MB  # one note as the child writes it down
MOST_SAID = 400 * MB  # all notes as the child writes them down

# One allowance for each child; it grows with what was honestly read, so that a file that leads nowhere ends soon.
UNPACK_SECONDS = 3
UNPACKED_A_SECOND = 40 * MB
READ_SECONDS = 5
NOTES_A_SECOND = 1_000
REVIEWS_A_SECOND = 10_000
LONGEST_SECONDS = 600
MEMORY = 160 * MB  # address space above what Python itself takes


def unpack_seconds(unpacked: int) -> float:
    return UNPACK_SECONDS + unpacked / UNPACKED_A_SECOND


def read_seconds(notes: int, reviews: int) -> float:
    return READ_SECONDS + notes / NOTES_A_SECOND + reviews / REVIEWS_A_SECOND


@dataclass(slots=True)
class Rejected(Exception):
    """Says no inside a child. status: 413, 415 or 422; why: goes on after "because", without a full stop."""

    status: int
    why: str


def too_much(why: str) -> Rejected:
    return Rejected(413, why)


def not_ours(why: str) -> Rejected:
    return Rejected(415, why)


def broken(why: str) -> Rejected:
    return Rejected(422, why)
