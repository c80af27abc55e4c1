"""The child that reads the unpacked collection: `python -m curriculum.anki.read`, in the folder where it lies.

Notes go out one a line, each with its drafts, its cards and their reviews; then what the whole package holds.
"""

import html
import json
import math
import re
import sqlite3
import struct
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import unquote

from curriculum.anki import database, drafts, limits, notetypes, progress, stock, unpack
from curriculum.anki.database import Collection, text, whole
from curriculum.anki.limits import Rejected, broken, too_much
from curriculum.anki.package import Card, Draft, Kind, Note, Queue

NOTES, CONTENTS = "notes.jsonl", "contents.json"
FIRST_MOMENT, LAST_MOMENT = 946_684_800_000, 4_102_444_800_000  # of an answer: 2000 to 2100, in milliseconds
ROW = struct.Struct("<qbqqqqb")  # a review, kept small until its card comes
CARD_COLUMNS = (*database.COLUMNS["cards"][:-1], "substr(data, 1, 1000)")  # they are put in order in memory
SOURCE = re.compile(r"""(\bsrc\s*=\s*)("[^"]*"|'[^']*'|[^\s<>"']+)""", re.IGNORECASE)
ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
LATEX = re.compile(r"\[(?:latex|\$\$?)\]|\\\(|\\\[", re.IGNORECASE)
LEARNING_MOMENT = 1_000_000_000  # a due above this is a moment, below a day
HARDEST, LONGEST_STABILITY = 10.0, 40_000.0

ORPHAN_CARDS = "cards without their note"
ORPHAN_REVIEWS = "answers to cards that are not in the package"
ODD_MOMENTS = "answers with an impossible date"
BY_HAND = "dates moved by hand, which are no answers"
TYPELESS = "notes without their note type"
DOUBLE = "notes that are in the package twice"
TOO_LONG = "notes that would become too long"
FLAGS = "coloured flags on cards"
FORMULAS = "notes with formulas in LaTeX, which are shown as they were written"
MISSING = "pictures and sounds that are not in the package"
REMOTE = "pictures and sounds from other places, which are left out"
FILTERED = "filtered decks (their cards go back to their own decks)"
SETTINGS = "settings of decks"
SCRIPTS = "note types with a script of their own"


def main() -> None:
    with (
        open(progress.FILE, "wb", buffering=0) as tell,
        open(NOTES, "w", encoding="utf-8") as notes,
        open(CONTENTS, "w", encoding="utf-8") as contents,
        open(unpack.MEDIA_LIST, encoding="utf-8") as listed,
    ):
        try:
            collection = Collection(Path(unpack.DATABASE).resolve())
        except Rejected as rejected:
            print(json.dumps(asdict(rejected)))
            return
        names = [json.loads(line)[0] for line in listed]
        reader = Reader(collection, set(names), notes, progress.to(tell))
        unpack.answer(lambda: _careful(reader, contents), output=limits.MOST_SAID)


def _careful(reader: "Reader", contents: TextIO) -> dict[str, Any]:
    try:
        said = reader.read()
    except sqlite3.Error as fault:
        if "interrupted" in str(fault):
            raise broken("reading it takes longer than it should") from None
        if "too big" in str(fault):
            raise too_much("a value in its database is too large") from None
        raise broken("its database is damaged") from None
    json.dump(said, contents)
    contents.flush()
    return {"notes": said["notes"]}


@dataclass(slots=True)
class Reader:
    collection: Collection
    media: set[str]
    out: TextIO
    tell: Callable[..., None]
    left_out: Counter[str] = field(default_factory=Counter)
    logs: dict[int, bytearray] = field(default_factory=dict)  # card -> its reviews, packed
    began: float = 0.0
    logged: int = 0  # rows of the log
    total: int = 0  # notes that there are
    notes: int = 0
    cards: int = 0
    reviews: int = 0
    said: int = 0  # characters

    def read(self) -> dict[str, Any]:
        self.began = time.monotonic()
        self._earn(0)
        self.collection.prepare()
        self.total = self.collection.count("notes", limits.MOST_NOTES)
        self.collection.count("cards", limits.MOST_CARDS)
        self.collection.count("revlog", limits.MOST_REVIEWS)
        frame = notetypes.read(self.collection)
        self._read_logs()
        decks: set[str] = set()
        used: set[int] = set()
        guids: set[str] = set()
        for note, type_id in self._notes(frame):
            if note.guid in guids:
                self.left_out[DOUBLE] += 1
                continue
            guids.add(note.guid)
            decks.update(card.deck for card in note.cards)
            used.add(type_id)
            self._say(note)
        self.out.flush()
        self.left_out[ORPHAN_REVIEWS] += sum(len(log) // ROW.size for log in self.logs.values())
        self.left_out[FILTERED] += frame.filtered
        self.left_out[SETTINGS] += frame.settings
        self.left_out[SCRIPTS] += frame.scripted
        return {
            "created_at": frame.created_at,
            "rollover": frame.rollover,
            "west": frame.west,
            "notes": self.notes,
            "cards": self.cards,
            "reviews": self.reviews,
            "notetypes": [asdict(frame.notetypes[one]) for one in sorted(used)],
            "decks": sorted(decks),
            "unplaced": [[what, count] for what, count in self.left_out.items() if count],
        }

    def _earn(self, notes: int) -> None:
        self.collection.deadline = self.began + limits.read_seconds(notes, self.logged)
        self.tell(notes, self.logged, self.total)

    def _read_logs(self) -> None:
        columns = database.COLUMNS["revlog"]
        for row in self.collection.rows("revlog", columns, limits.MOST_REVIEWS):
            moment, card, *rest = [whole(value) for value in row]
            ease, interval, last, factor, millis, kind = rest
            if not FIRST_MOMENT < moment < LAST_MOMENT or not (0 <= ease < 8 and 0 <= kind < 8):
                self.left_out[ODD_MOMENTS] += 1
                continue
            packed = ROW.pack(moment, ease, interval, last, factor, millis, kind)
            self.logs.setdefault(card, bytearray()).extend(packed)
            self.logged += 1
            if self.logged % 5_000 == 0:
                self._earn(0)

    def _notes(self, frame: notetypes.Frame) -> Iterator[tuple[Note, int]]:
        """Notes in the order of their ids, each joined with its cards."""
        groups = self._cards(frame)
        group = next(groups, None)
        last = None
        for count, row in enumerate(self.collection.rows("notes", database.COLUMNS["notes"], limits.MOST_NOTES, "id")):
            id = whole(row[0])
            if last is not None and id <= last:
                raise broken("its database is damaged")
            last = id
            while group and group[0] < id:
                self.left_out[ORPHAN_CARDS] += len(group[1])
                group = next(groups, None)
            cards: list[Card] = []
            if group and group[0] == id:
                cards, group = group[1], next(groups, None)
            if (note := self._note(frame, row, cards)) and note.drafts:
                yield note, whole(row[2])
            if count % 200 == 0:
                self._earn(count)
        while group:
            self.left_out[ORPHAN_CARDS] += len(group[1])
            group = next(groups, None)

    def _cards(self, frame: notetypes.Frame) -> Iterator[tuple[int, list[Card]]]:
        """The cards of each note, by ord, in the order of the notes' ids."""
        owner: int | None = None
        group: list[Card] = []
        last: tuple[int, int, int] | None = None
        for row in self.collection.rows("cards", CARD_COLUMNS, limits.MOST_CARDS, "nid, ord, id"):
            nid, ord, id = whole(row[1]), whole(row[3]), whole(row[0])
            if last is not None and (nid, ord, id) <= last:
                raise broken("its database is damaged")
            if nid != owner:
                if group and owner is not None:
                    yield owner, group
                owner, group = nid, []
            if last is None or last[:2] != (nid, ord):
                group.append(_card(row, frame.decks))
            last = (nid, ord, id)
        if group and owner is not None:
            yield owner, group

    def _note(self, frame: notetypes.Frame, row: tuple[Any, ...], cards: list[Card]) -> Note | None:
        recipe = frame.recipes.get(whole(row[2]))
        if recipe is None:
            self.left_out[TYPELESS] += 1
            return None
        written = text(row[5])
        if len(written) > limits.LONGEST_NOTE:
            raise too_much(f"one of its notes has more than {limits.LONGEST_NOTE} letters")
        values = written.split("\x1f")
        values = values[: len(recipe.fields)]
        values += [""] * (len(recipe.fields) - len(values))
        fields = dict(zip(recipe.fields, values, strict=True))
        tags = tuple(text(row[4]).split())
        made = drafts.drafts(recipe, fields, tags, cards, self.left_out)
        shows: set[str] = set()
        made = tuple(self._with_media(one, shows) for one in made)
        if _is_too_long(made):
            self.left_out[TOO_LONG] += 1
            return None
        shown = {ord for one in made for ord in one.ords}
        self.left_out[FORMULAS] += bool(LATEX.search(written))
        own = recipe.shape.own_id if recipe.shape else ""
        return Note(
            id=whole(row[0]),
            guid=text(row[1]) or f"id:{whole(row[0])}",
            notetype=recipe.name,
            fields=tuple(fields.items()),
            tags=tags,
            changed=whole(row[3]),
            drafts=made,
            cards=tuple(self._with_log(card) for card in cards if card.ord in shown),
            media=tuple(sorted(shows)),
            own_id=fields[own].strip() if own == stock.OWN_ID else "",
        )

    def _with_log(self, card: Card) -> Card:
        rows = sorted(ROW.iter_unpack(self.logs.pop(card.id, b"")))
        self.left_out[BY_HAND] += sum(1 for row in rows if not row[1] or row[6] > 3)
        self.left_out[FLAGS] += bool(card.flag)
        return replace(card, reviews=tuple(rows))  # type: ignore[arg-type]

    def _with_media(self, draft: Draft, shows: set[str]) -> Draft:
        question, answer, note = (self._named(one, shows) for one in (draft.question, draft.answer, draft.note))
        return replace(draft, question=question, answer=answer, note=note)

    def _named(self, text: str, shows: set[str]) -> str:
        """The HTML with each of the package's media under the name that its list has; those are added to `shows`."""

        def name(found: re.Match[str]) -> str:
            value = html.unescape(found[2].strip("\"'"))
            for way in (value, unquote(value)):
                if (label := unicodedata.normalize("NFC", way)) in self.media:
                    shows.add(label)
                    return f'{found[1]}"{html.escape(label)}"'
            self.left_out[REMOTE if ELSEWHERE.match(value) else MISSING] += 1
            return f'{found[1]}""'

        return SOURCE.sub(name, text) if "src" in text or "SRC" in text else text

    def _say(self, note: Note) -> None:
        line = json.dumps(_as_lists(note), ensure_ascii=False, separators=(",", ":"))
        self.said += len(line)
        if len(line) > limits.LONGEST_LINE or self.said > limits.MOST_SAID:
            raise too_much("its notes are too long")
        self.out.write(line + "\n")
        self.notes += 1
        self.cards += len(note.cards)
        self.reviews += sum(len(card.reviews) for card in note.cards)


def _as_lists(note: Note) -> list[Any]:
    """In the order of the fields: `reading` puts them back."""
    cards = [[getattr(card, name) for name in Card.__slots__] for card in note.cards]
    made = [[getattr(one, name) for name in Draft.__slots__] for one in note.drafts]
    named = {"drafts": made, "cards": cards}
    return [named.get(name, getattr(note, name)) for name in Note.__slots__]


def _is_too_long(made: tuple[Draft, ...]) -> bool:
    lengths = [len(side) for one in made for side in (one.question, one.answer, one.note)]
    return max(lengths, default=0) > limits.LONGEST_SIDE or sum(lengths) > limits.LONGEST_DRAFTS


def _card(row: tuple[Any, ...], decks: dict[int, str]) -> Card:
    id, _, deck, ord, changed, kind, queue, due, interval, factor, reps, lapses, home_due, home, flags = (
        whole(value) for value in row[:15]
    )
    if not 0 <= ord < limits.MOST_CARDS or kind not in Kind._value2member_map_ or queue not in Queue._value2member_map_:
        raise broken("a card in its database is of a kind that we do not know")
    if home:
        deck, due = home, home_due or due
        queue = _queue_of(kind, due) if queue >= 0 else queue
    elif kind == Kind.REVIEW and queue in (Queue.LEARNING, Queue.DAY_LEARNING):  # how Anki 2.0 wrote a relearning step
        kind = Kind.RELEARNING
    stability, difficulty, retention = _memory(row[15])
    return Card(
        id=id,
        ord=ord,
        deck=decks.get(deck, "Default"),
        type=kind,
        queue=queue,
        due=due,
        interval=interval,
        factor=factor,
        reps=max(0, reps),
        lapses=max(0, lapses),
        flag=flags & 7,
        changed=changed,
        stability=stability,
        difficulty=difficulty,
        retention=retention,
    )


def _queue_of(kind: int, due: int) -> int:
    if kind in (Kind.NEW, Kind.REVIEW):
        return Queue.NEW if kind == Kind.NEW else Queue.REVIEW
    return Queue.LEARNING if due > LEARNING_MOMENT else Queue.DAY_LEARNING


def _memory(data: Any) -> tuple[float | None, float | None, float | None]:
    """Stability, difficulty and desired retention; None each where the card has none that make sense."""
    if not data or data == b"{}":
        return None, None, None
    try:
        found = json.loads(text(data))
    except (ValueError, RecursionError):
        return None, None, None
    if not isinstance(found, dict):
        return None, None, None
    stability = _between(found.get("s"), 0.0, LONGEST_STABILITY)
    difficulty = _between(found.get("d"), 0.99, HARDEST)
    if stability is None or difficulty is None:
        return None, None, None
    return stability, max(1.0, difficulty), _between(found.get("dr"), 0.5, 1.0)


def _between(value: Any, low: float, high: float) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) and low < value <= high else None


if __name__ == "__main__":
    main()
