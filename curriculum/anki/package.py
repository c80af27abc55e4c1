"""What stands in a deck package, as plain values. Whatever wrote the file, every text here is foreign."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum
from zoneinfo import ZoneInfo

LATEST_DAY = date(9999, 12, 31).toordinal()
EASE = range(1, 5)  # of an answer; 0 is a change by hand


class Kind(IntEnum):
    """Card.type: how far a card has come."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


class Queue(IntEnum):
    """Card.queue: where a card waits."""

    BURIED = -3
    BURIED_SIBLING = -2
    SUSPENDED = -1
    NEW = 0
    LEARNING = 1
    REVIEW = 2
    DAY_LEARNING = 3  # a learning step of a day or more
    PREVIEW = 4


class ReviewKind(IntEnum):
    """Review.type: what an answer was for."""

    LEARNING = 0
    REVIEW = 1
    RELEARNING = 2
    FILTERED = 3  # extra practice in a filtered deck
    MANUAL = 4  # moved or forgotten by hand: no answer
    RESCHEDULED = 5  # moved by a change of settings: no answer


@dataclass(frozen=True, slots=True)
class Review:
    """One row of the log, oldest first on its card."""

    id: int  # the moment of the answer, milliseconds since 1970 (UTC); 2000 to 2100
    ease: int  # 1 again, 2 hard, 3 good, 4 easy; 0: no answer
    interval: int  # afterwards: days, or seconds when below 0
    last_interval: int  # before: likewise
    factor: int  # thousandths; under FSRS the difficulty as 100 to 1100
    millis: int  # how long it took
    type: int  # ReviewKind

    @property
    def at(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.id)

    @property
    def is_answer(self) -> bool:
        """False for what moved the card without an answer."""
        return self.ease in EASE and self.type < ReviewKind.MANUAL


@dataclass(frozen=True, slots=True)
class Card:
    """One card of a note, where it lies and how far it has come. In a filtered deck: as it was before."""

    id: int
    ord: int  # number of its template, or of its gap, from 0
    deck: str  # "Parent::Child"
    type: int  # Kind
    queue: int  # Queue
    due: int  # new: place in the row; learning: seconds since 1970; review and day learning: days since the first day
    interval: int  # days; seconds when below 0
    factor: int  # thousandths; 0: none
    reps: int
    lapses: int
    flag: int  # 0 none, 1 to 7
    changed: int  # seconds since 1970
    stability: float | None = None  # FSRS, days
    difficulty: float | None = None  # FSRS, 1 to 10
    retention: float | None = None  # desired, 0 to 1
    reviews: tuple[Review, ...] = field(default=(), repr=False)

    @property
    def is_suspended(self) -> bool:
        return self.queue == Queue.SUSPENDED

    @property
    def is_buried(self) -> bool:
        return self.queue in (Queue.BURIED, Queue.BURIED_SIBLING)


@dataclass(frozen=True, slots=True)
class Draft:
    """One card text of ours that a note becomes. HTML with media under their own names; to be cleaned before use."""

    type: str  # basic, reverse, typed, cloze
    question: str  # cloze: with our gaps, {{1:gap|hint}}
    answer: str = ""
    note: str = ""
    accepted: tuple[str, ...] = ()  # typed: plain text
    ords: tuple[int, ...] = (0,)  # the cards (Card.ord) that it makes: basic one, reverse two, cloze one for each gap


@dataclass(frozen=True, slots=True)
class Note:
    id: int
    guid: str  # the same wherever this note goes
    notetype: str  # its name
    fields: tuple[tuple[str, str], ...]  # (name, HTML as written), in order
    tags: tuple[str, ...]
    changed: int  # seconds since 1970
    drafts: tuple[Draft, ...]
    cards: tuple[Card, ...]  # those that the drafts name, by ord
    media: tuple[str, ...] = ()  # names of the package's media that the drafts show
    own_id: str = ""  # where we wrote it ourselves: the id of our card


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class Notetype:
    id: int
    name: str
    is_cloze: bool
    fields: tuple[str, ...]
    templates: tuple[Template, ...]
    becomes: str  # basic, reverse, typed, cloze: exactly; "html": a basic card for each of its cards; "": no place here


@dataclass(frozen=True, slots=True)
class MediaFile:
    name: str  # a label, never a path; unique in its package
    size: int  # octets as the package says; copying counts


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Something in the package that has no place here."""

    what: str  # "image occlusion notes"
    count: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What the package holds, known before its first note is read."""

    variant: str  # anki2, anki21, anki21b
    created_at: int  # seconds since 1970: the day that due days are counted from begins here
    rollover: int  # hour at which Anki's day turns, 0 to 23
    west: int | None  # minutes west of UTC where the collection was made; None: not said
    notes: int
    cards: int
    reviews: int
    notetypes: tuple[Notetype, ...] = ()
    decks: tuple[str, ...] = ()  # paths of the decks in use, sorted
    media: tuple[MediaFile, ...] = field(default=(), repr=False)
    unplaced: tuple[Unplaced, ...] = ()

    def first_day(self, zone: str) -> int:
        """The ordinal (date.toordinal) of day 0. zone: the learner's, asked only where the file does not say."""
        place = ZoneInfo(zone) if self.west is None else timezone(-timedelta(minutes=self.west))
        return datetime.fromtimestamp(self.created_at, place).toordinal()

    def due_day(self, card: Card, zone: str) -> int | None:
        """The ordinal of the day on which a card is due that waits for a day; None for all others."""
        waits = card.type in (Kind.REVIEW, Kind.RELEARNING) or card.queue == Queue.DAY_LEARNING
        if waits and abs(card.due) < LATEST_DAY:
            return max(1, min(LATEST_DAY, self.first_day(zone) + card.due))
        return None
