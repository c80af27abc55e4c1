"""A learner's cards on their way out: as notes of Anki with their history, or as rows of a table."""

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

import sqlalchemy as sa
from markupsafe import Markup
from sqlmodel import Session, col, select

from core import clock
from core.columns import to_micros
from core.errors import NotFound
from curriculum import cards, showing
from curriculum.anki.package import Kind, Review, ReviewKind
from curriculum.anki.write import OutCard, OutNote
from curriculum.cards import Aside
from curriculum.imports import media, names
from curriculum.imports.history import Place
from curriculum.library import Card, Library
from curriculum.log import PRACTICE
from curriculum.models import Memory, OwnCard
from curriculum.models import Review as Row
from curriculum.scheduling import State

AT_ONCE = 300  # cards
OWN_DECK = "Woodshed::Own cards"
SHOWN_SEED = 1  # of what a calculation shows where it stands still
GAP = re.compile(r'<mark class="gap">(?P<asked>.*?)</mark>|<span>(?P<other>[^<]*)</span>')
HINT = re.compile(r'<span class="gap">\[(?P<hint>.*?)\]</span>')
PICTURE = re.compile(r'"/lessons/(?P<slug>[a-z0-9-]+)/pictures/(?P<name>[\w.-]+)"')
TEXT_TYPES = ("basic", "reverse", "cloze", "typed")  # what Anki can say, too
REVIEW_KINDS = {
    State.NEW: ReviewKind.LEARNING,
    State.LEARNING: ReviewKind.LEARNING,
    State.REVIEW: ReviewKind.REVIEW,
    State.RELEARNING: ReviewKind.RELEARNING,
}


@dataclass(slots=True)
class Outgoing:
    """What goes out. files: SHA-256 -> name. pictures: lesson and picture -> name."""

    place: Place
    library: Library
    blocks: dict[str, list[str]]  # text -> its cards, in the order in which they are written
    files: dict[str, str]
    first_day: int
    pictures: dict[tuple[str, str], str]


def gather(db: Session, library: Library, place: Place, track: str = "") -> Outgoing:
    """Which cards there are. track: the name of one, "" for all. NotFound for a track that is not in the course.

    Cards that sound are left out: another program cannot make their sounds.
    """
    if track and track not in {one.name for one in library.tracks}:
        raise NotFound
    user_id = place.user_id
    mine = (col(Memory.user_id) == user_id, col(Memory.aside) != Aside.DELETED)
    own = sa.select(col(OwnCard.id), col(OwnCard.lesson)).where(col(OwnCard.user_id) == user_id)
    lessons = {row.id: row.lesson for row in db.execute(own)}
    blocks: dict[str, list[str]] = defaultdict(list)
    ordered = sa.select(col(Memory.card_id)).where(*mine).order_by(col(Memory.added_at), col(Memory.card_id))
    for card_id in db.scalars(ordered):
        block = cards.block_of(card_id)
        lesson = lessons.get(block, "") if cards.is_own(card_id) else _lesson_of(library, card_id)
        if lesson is not None and not _sounds(library, card_id) and (not track or track == _track_of(library, lesson)):
            blocks[block].append(card_id)
    first = sa.select(sa.func.min(col(Row.day)), sa.func.min(col(Row.reviewed_day_before))).where(
        col(Row.user_id) == user_id
    )
    first_day = min(day for day in (*db.execute(first).one(), place.today) if day is not None)
    shown = set().union(*(media.shown_in(*texts) for texts in _own_texts(db, user_id)), set())
    return Outgoing(place, library, dict(blocks), media.names_of(db, user_id, shown), first_day, {})


def notes(db: Session, out: Outgoing, *, with_history: bool = True) -> Iterator[OutNote]:
    """Each text as a note, in an order that stays the same. Pictures that it shows are added to `out.pictures`."""
    blocks = list(out.blocks)
    for first in range(0, len(blocks), AT_ONCE):
        some = blocks[first : first + AT_ONCE]
        card_ids = [card_id for block in some for card_id in out.blocks[block]]
        user_id = out.place.user_id
        mine = select(OwnCard).where(col(OwnCard.user_id) == user_id, col(OwnCard.id).in_(some))
        texts = {row.id: row for row in db.exec(mine)}
        memories = {
            row.card_id: row
            for row in db.exec(select(Memory).where(col(Memory.user_id) == user_id, col(Memory.card_id).in_(card_ids)))
        }
        logs = _logs(db, user_id, card_ids) if with_history else {}
        for block in some:
            row = texts.get(block)
            made = list(cards.of_own(cards.text_of(row))) if row else _of_course(out.library, block)
            told = [
                _card(out, memories[card_id], logs.get(card_id, []), with_history)
                for card_id in out.blocks[block]
                if any(card.id == card_id for card in made)
            ]
            if told and made and (row is None or row.deleted_at is None):
                yield _note(out, block, row, made, told, memories[out.blocks[block][0]].added_at)


def _sounds(library: Library, card_id: str) -> bool:
    card = library.cards.get(card_id)
    return card is not None and card.sounding is not None


def _lesson_of(library: Library, card_id: str) -> str | None:
    card = library.cards.get(card_id)
    return card.lesson if card else None


def _track_of(library: Library, lesson: str) -> str:
    entry = library.entry(lesson)
    return entry.track if entry else ""


def _own_texts(db: Session, user_id: UUID) -> Iterator[Sequence[str]]:
    columns = (col(OwnCard.question), col(OwnCard.answer), col(OwnCard.note))
    has_media = sa.or_(*(column.contains(media.PLACE) for column in columns))
    yield from (tuple(row) for row in db.execute(sa.select(*columns).where(col(OwnCard.user_id) == user_id, has_media)))


def _of_course(library: Library, block: str) -> list[Card]:
    return [card for card in library.cards.values() if card.block == block]


def _logs(db: Session, user_id: UUID, card_ids: list[str]) -> dict[str, list[Row]]:
    """The answers of these cards that were not undone, practice too, in order."""
    undone = sa.select(col(Row.cancels)).where(col(Row.user_id) == user_id, col(Row.cancels).is_not(None))
    mine = select(Row).where(col(Row.user_id) == user_id, col(Row.card_id).in_(card_ids), col(Row.rating) > 0)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in db.exec(mine.where(col(Row.id).not_in(undone)).order_by(col(Row.at), col(Row.id))):
        found[row.card_id].append(row)
    return found


def _note(
    out: Outgoing, block: str, row: OwnCard | None, made: list[Card], told: list[OutCard], added_at: datetime
) -> OutNote:
    first = made[0]
    front, back, extra, type = _sides(row, made)
    accepted = first.accepted if type == "typed" else ()
    return OutNote(
        id=block,
        type=type,
        front=_with_names(out, front),
        back=_with_names(out, back),
        note=_with_names(out, extra),
        accepted=accepted,
        tags=first.tags,
        deck=_deck(out.library, row, first),
        guid=names.guid_of_block(block),
        created_at=to_micros(row.created_at if row else added_at) // 1000,
        changed=to_micros(row.edited_at if row else added_at) // 1_000_000,
        cards=tuple(told),
    )


def _sides(row: OwnCard | None, made: list[Card]) -> tuple[str, str, str, str]:
    """(front, back, note, type) of the note. What Anki has no word for goes out as a question and answer, as shown."""
    first = made[0]
    if row is not None and row.markup == "html":
        return row.question, row.answer, row.note, first.type
    shown = showing.show(first, SHOWN_SEED)
    if first.type == "cloze":
        return with_gaps(made), "", str(shown.note), "cloze"
    front = str(shown.front)
    if shown.options:
        items = Markup("").join(Markup("<li>{}</li>").format(one.text) for one in shown.options)
        front += str(Markup("<ul>{}</ul>").format(items))
    return front, str(shown.back), str(shown.note), first.type if first.type in TEXT_TYPES else "basic"


def with_gaps(made: Sequence[Card]) -> str:
    """The text of which these are the gaps, {{1:gap|hint}}, put together from what each of its cards shows."""
    asked: dict[int, tuple[int, str]] = {}
    for card in made:
        number = int(card.id.rpartition(".")[2])
        hints = iter(HINT.findall(str(card.front)))
        for place, shown in enumerate(GAP.finditer(str(card.back))):
            if shown["asked"] is not None:
                hint = next(hints, "…")
                asked[place] = (number, "" if hint == "…" else html.unescape(hint))
    places = count()

    def gap(found: re.Match[str]) -> str:
        text = found["asked"] if found["asked"] is not None else found["other"]
        number, hint = asked.get(next(places), (0, ""))
        return f"{{{{{number}:{text}{f'|{hint}' if hint else ''}}}}}" if number else found[0]

    return GAP.sub(gap, str(made[0].back))


def _with_names(out: Outgoing, text: str) -> str:
    """HTML in which pictures and sounds stand under their names in the package."""

    def picture(found: re.Match[str]) -> str:
        name = out.pictures.setdefault((found["slug"], found["name"]), f"{found['slug']}-{found['name']}")
        return f'"{name}"'

    return PICTURE.sub(picture, media.named(text, out.files))


def _deck(library: Library, row: OwnCard | None, card: Card) -> str:
    if row is not None and row.deck:
        return row.deck
    entry = library.entry(row.lesson if row else card.lesson)
    if entry is None:
        return OWN_DECK
    track = next(one.title for one in library.tracks if one.name == entry.track)
    return f"Woodshed::{track}::{entry.title}".replace('"', "")


def _card(out: Outgoing, memory: Memory, log: Sequence[Row], with_history: bool) -> OutCard:
    ord = names.ord_of(memory.card_id)
    if not with_history or memory.state == State.NEW:
        return OutCard(ord, is_suspended=_is_aside(memory), reviews=_reviews(log))
    due_day = clock.study_day(memory.due_at, out.place.zone)
    is_step = not memory.days and memory.state != State.REVIEW
    return OutCard(
        ord=ord,
        type=Kind(memory.state),
        due_day=None if is_step else due_day,
        due_at=to_micros(memory.due_at) // 1000 if is_step else None,
        interval=max(1, memory.days) if memory.state == State.REVIEW else memory.days,
        reps=len(log),
        lapses=memory.lapses,
        is_suspended=_is_aside(memory),
        stability=memory.stability,
        difficulty=memory.difficulty,
        retention=out.place.plan.retention,
        reviews=_reviews(log),
    )


def _is_aside(memory: Memory) -> bool:
    return memory.aside in (Aside.SUSPENDED, Aside.LEECH)


def _reviews(log: Sequence[Row]) -> tuple[Review, ...]:
    found: list[Review] = []
    last = 0
    for row in log:
        is_practice = row.rating > PRACTICE
        interval = row.days or -max(1, round((row.due_after - row.at).total_seconds()))
        kind = ReviewKind.FILTERED if is_practice else REVIEW_KINDS[State(row.state_before)]
        difficulty = row.difficulty_before or 5.0
        found.append(
            Review(
                id=to_micros(row.at) // 1000,
                ease=row.rating - PRACTICE if is_practice else row.rating,
                interval=last if is_practice else interval,
                last_interval=last,
                factor=0 if is_practice else 100 + round((difficulty - 1) / 9 * 1000),
                millis=round(row.seconds * 1000),
                type=kind,
            )
        )
        last = found[-1].interval
    return tuple(found)


def rows(db: Session, user_id: UUID) -> Iterable[tuple[str, str, str, str, str]]:
    """Question, answer, note, tags and type of the learner's own cards, in the order of writing. What came as HTML
    goes out as plain text."""
    mine = select(OwnCard).where(OwnCard.user_id == user_id, col(OwnCard.deleted_at).is_(None))
    for row in db.exec(mine.order_by(col(OwnCard.created_at), col(OwnCard.id))):
        yield (*plain_parts(row), row.tags, row.type)


def plain_parts(row: OwnCard) -> tuple[str, str, str]:
    parts = (row.question, row.answer, row.note)
    if row.markup != "html":
        return parts
    question, answer, extra = (_plain(part) for part in parts)
    return question, row.answer if row.type == "typed" else answer, extra


def _plain(text: str) -> str:
    return Markup(re.sub(r"<(?:br|/p|/div|/li)\b[^>]*>", " ", text)).striptags()


def pictures(library: Library, wanted: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Name in the package -> path of the lesson's picture."""
    found = {}
    for (slug, name), label in wanted.items():
        lesson = library.lessons.get(slug)
        if lesson and name in lesson.pictures:
            found[label] = str(lesson.path.parent / name)
    return found
