"""A deck package written so that Anki 2.1.28 and all newer ones open it: schema 11 as collection.anki21.

The same notes written again have the same guids, note type ids, card numbers and moments, so that a second import into
Anki updates and doubles nothing. Give the notes in an order that stays the same.
"""

import hashlib
import html
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, BinaryIO

from curriculum.anki import cloze, stock, template, write_tables
from curriculum.anki.package import Kind, Queue, Review
from curriculum.card_block import GAP

BLOCK = 1 << 20
FACTOR = 2500  # what Anki gives a card that has been reviewed
AUDIO = re.compile(r'<audio\b[^<>]*\bsrc="([^"<>]*)"[^<>]*>\s*</audio>', re.IGNORECASE)
META = b"\x08\x02"  # version 2: collection.anki21 with a JSON list of media
OLD_STUB = "This package needs Anki 2.1.28 or newer. Update Anki, then import it again."


@dataclass(frozen=True, slots=True)
class OutCard:
    """One memory. day: its ordinal; moments: milliseconds since 1970."""

    ord: int = 0  # 0, or 1 for the way back of a reverse card; for a gap its number less 1
    type: Kind = Kind.NEW
    due_day: int | None = None  # of a card in review
    due_at: int | None = None  # of a learning step
    steps_left: int = 1
    interval: int = 0  # days
    reps: int = 0
    lapses: int = 0
    is_suspended: bool = False
    stability: float | None = None  # days
    difficulty: float | None = None  # 1 to 10
    retention: float | None = None  # desired, 0 to 1
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True, slots=True)
class OutNote:
    """One card text of ours. HTML; media by their names, which are those given to `package`."""

    id: str  # of our card
    type: str  # basic, reverse, typed, cloze
    front: str  # cloze: with our gaps, {{1:gap|hint}}
    back: str = ""  # not for cloze; for typed what is shown when nothing is accepted
    note: str = ""
    accepted: tuple[str, ...] = ()  # typed: plain text, the best first
    tags: tuple[str, ...] = ()
    deck: str = "Woodshed"  # "Woodshed::Mixing::Equalizers"
    guid: str = ""  # of a note that came from Anki; else the id
    created_at: int = 0  # milliseconds since 1970
    changed: int = 0  # seconds since 1970
    cards: tuple[OutCard, ...] = (OutCard(),)


@dataclass(slots=True)
class Written:
    notes: int = 0
    cards: int = 0
    reviews: int = 0
    media: int = 0


@dataclass(slots=True)
class _Numbers:
    """Moments as keys: each once, the next free one where it is taken."""

    used: set[int] = field(default_factory=set)
    free: dict[int, int] = field(default_factory=dict)  # wanted -> where to look next: many may want the same

    def take(self, wanted: int) -> int:
        number = self.free.get(wanted, wanted)
        while number in self.used:
            number += 1
        self.used.add(number)
        self.free[wanted] = number + 1
        return number


@dataclass(slots=True)
class _Work:
    db: sqlite3.Connection
    first_day: int
    decay: float | None
    decks: dict[str, int]
    note_ids: _Numbers = field(default_factory=_Numbers)
    card_ids: _Numbers = field(default_factory=_Numbers)
    review_ids: _Numbers = field(default_factory=_Numbers)
    written: Written = field(default_factory=Written)


def package(
    path: Path,
    notes: Iterable[OutNote],
    media: Iterable[tuple[str, BinaryIO]] = (),
    *,
    first_day: int,
    west: int,
    rollover: int = 4,
    decay: float | None = None,
) -> Written:
    """Write the package to `path`.

    media: (name, its octets), each read to its end. first_day: the ordinal of a day no later than the first review.
    west: minutes west of UTC where the learner is (Berlin in winter: -60). rollover: hour at which her day turns.
    decay: the 21st FSRS parameter, 0.1 to 0.8.
    """
    with tempfile.TemporaryDirectory(prefix="woodshed-anki-") as place:
        folder = Path(place)
        written = _collection(folder / "collection.anki21", notes, first_day, west, rollover, decay)
        _collection(folder / "collection.anki2", [_stub()], first_day, west, rollover, None)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as out:
            for name in ("collection.anki21", "collection.anki2"):
                with open(folder / name, "rb") as file:
                    _put(out, name, file)
            names: dict[str, str] = {}
            for number, (name, stream) in enumerate(media):
                _put(out, str(number), stream, compressed=False)
                names[str(number)] = name
            out.writestr(_info("media"), json.dumps(names))
            out.writestr(_info("meta"), META)
    written.media = len(names)
    return written


def _stub() -> OutNote:
    return OutNote("woodshed-stub", "basic", OLD_STUB)


def _info(name: str) -> zipfile.ZipInfo:
    """Without the moment of writing: the same notes make the same file."""
    info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _put(out: zipfile.ZipFile, name: str, stream: BinaryIO, *, compressed: bool = True) -> None:
    info = _info(name)
    if not compressed:
        info.compress_type = zipfile.ZIP_STORED
    with out.open(info, "w", force_zip64=True) as member:
        while block := stream.read(BLOCK):
            member.write(block)


def _collection(
    path: Path, notes: Iterable[OutNote], first_day: int, west: int, rollover: int, decay: float | None
) -> Written:
    here = timezone(-timedelta(minutes=west))
    created = int(datetime.fromordinal(first_day).replace(hour=rollover, tzinfo=here).timestamp())
    db = sqlite3.connect(path)
    try:
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")  # a file that is lost is written again
        db.executescript(write_tables.TABLES)
        work = _Work(db, first_day, decay, {"Default": 1})
        changed = 0
        for note in notes:
            _note(work, note)
            changed = max(changed, note.changed)
        db.execute(
            "INSERT INTO col VALUES (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, '{}')",
            (
                created,
                changed * 1000,
                changed * 1000,
                json.dumps(write_tables.settings(west, rollover)),
                json.dumps(write_tables.models()),
                json.dumps(write_tables.decks(work.decks, changed)),
                json.dumps(write_tables.DECK_SETTINGS),
            ),
        )
        db.executescript(write_tables.INDEXES)
        db.commit()
    finally:
        db.close()
    return work.written


def _note(work: _Work, note: OutNote) -> None:
    own = stock.OWN[note.type]
    values = _values(note)
    fields = [values[name].replace("\x1f", " ") for name in own.fields]
    sort = template.plain(fields[0])
    id = work.note_ids.take(note.created_at or 1)
    checksum = int(hashlib.sha1(sort.encode("utf-8"), usedforsecurity=False).hexdigest()[:8], 16)
    tags = " ".join("_".join(tag.split()) for tag in note.tags)
    work.db.execute(
        "INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')",
        (
            *(id, note.guid or note.id, own.id, note.changed),
            *(f" {tags} " if tags else "", "\x1f".join(fields), sort, checksum),
        ),
    )
    work.written.notes += 1
    for card in note.cards:
        _card(work, note, card, id)


def _values(note: OutNote) -> dict[str, str]:
    back = _as_anki(note.back)
    if note.type == "typed" and note.accepted:
        back = html.escape(note.accepted[0], quote=False)
    front = cloze.from_ours(note.front, GAP) if note.type == "cloze" else note.front
    return {
        "Front": _as_anki(front),
        "Back": back,
        "Note": _as_anki(note.note),
        stock.OWN_ID: note.id,
        stock.ALSO: "<br>".join(html.escape(way, quote=False) for way in note.accepted[1:]),
    }


def _as_anki(text: str) -> str:
    return AUDIO.sub(lambda found: f"[sound:{html.unescape(found[1])}]", text)


def _card(work: _Work, note: OutNote, card: OutCard, note_id: int) -> None:
    id = work.card_ids.take(note_id)
    deck = work.decks.setdefault(note.deck, _deck_id(note.deck))
    queue, due = _place(work, card)
    last = max((review.id for review in card.reviews), default=0)
    work.db.execute(
        "INSERT INTO cards VALUES (?, ?, ?, ?, ?, -1, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)",
        (
            *(id, note_id, deck, card.ord, max(note.changed, last // 1000), card.type, queue, due, card.interval),
            *(FACTOR if card.type >= Kind.REVIEW else 0, card.reps, card.lapses),
            card.steps_left * 1001 if card.type in (Kind.LEARNING, Kind.RELEARNING) else 0,
            json.dumps(_memory(card, last, work.decay), separators=(",", ":")),
        ),
    )
    rows = [
        (
            *(work.review_ids.take(one.id), id, -1, one.ease, one.interval),
            *(one.last_interval, one.factor, one.millis, one.type),
        )
        for one in card.reviews
    ]
    work.db.executemany("INSERT INTO revlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    work.written.cards += 1
    work.written.reviews += len(rows)


def _place(work: _Work, card: OutCard) -> tuple[int, int]:
    """(queue, due)."""
    if card.type == Kind.NEW:
        queue, due = Queue.NEW, work.written.cards + 1
    elif card.type == Kind.REVIEW:
        queue, due = Queue.REVIEW, (card.due_day or work.first_day) - work.first_day
    elif card.due_at is not None:
        queue, due = Queue.LEARNING, card.due_at // 1000
    else:
        queue, due = Queue.DAY_LEARNING, (card.due_day or work.first_day) - work.first_day
    return (Queue.SUSPENDED if card.is_suspended else queue), due


def _memory(card: OutCard, last: int, decay: float | None) -> dict[str, Any]:
    """What Anki keeps of FSRS. last: the moment of the last review, milliseconds; 0: none."""
    found: dict[str, Any] = {}
    if card.stability is not None and card.difficulty is not None:
        found = {"s": round(card.stability, 4), "d": round(card.difficulty, 3)}
        if card.retention:
            found["dr"] = round(card.retention, 2)
        if decay:
            found["decay"] = round(decay, 3)
    if last:
        found["lrt"] = last // 1000
    return found


def _deck_id(path: str) -> int:
    """The same for the same path, in the range of the moments that Anki uses."""
    return 1_500_000_000_000 + int.from_bytes(hashlib.sha256(path.encode("utf-8")).digest()[:5], "big") % 10**11
