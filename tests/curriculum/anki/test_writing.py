"""What we write, as Anki's own engine sees it; and the way there and back again."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from curriculum.anki import reading, stock
from curriculum.anki.package import Kind, Note, Review
from curriculum.anki.write import OutCard, OutNote, Written, package
from tests import anki_engine

FIRST_DAY = date(2026, 1, 5).toordinal()
DUE = date(2026, 12, 24).toordinal()
MOMENT = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000
PICTURE, SOUND = b"\x89PNG" + b"pixel" * 100, b"ID3" + b"kick" * 100
DECAY = 0.1542


def answers(*intervals: int, start: int = MOMENT) -> tuple[Review, ...]:
    befores = (0, *intervals)
    return tuple(
        Review(start + number * DAY_MS, 3, interval, befores[number], 550, 4_000 + number, int(number > 0))
        for number, interval in enumerate(intervals)
    )


NOTES = [
    OutNote(
        id="k7m2qd",
        type="basic",
        front='<p>What is this? <img src="meter.png"></p>',
        back='<p>A meter <audio controls src="kick.mp3"></audio></p>',
        note="It shows &lt;level&gt;.",
        tags=("levels", "low cut"),
        deck="Woodshed::Mixing::Levels",
        created_at=MOMENT,
        changed=MOMENT // 1000,
        cards=(
            OutCard(
                type=Kind.REVIEW,
                due_day=DUE,
                interval=40,
                reps=3,
                lapses=1,
                stability=41.25,
                difficulty=5.125,
                retention=0.9,
                reviews=answers(2, 9, 40),
            ),
        ),
    ),
    OutNote(
        id="m3n4pq",
        type="reverse",
        front="dB",
        back="decibel",
        deck="Woodshed::Mixing::Levels",
        created_at=MOMENT,
        changed=MOMENT // 1000,
        cards=(
            OutCard(
                type=Kind.REVIEW, due_day=DUE + 3, interval=9, reps=2, is_suspended=True, stability=9.0, difficulty=4.0,
                reviews=answers(2, 9),  # at the same moments as the first note's
            ),
            OutCard(ord=1),
        ),
    ),
    OutNote(
        id="own-2a3b4c5d6e",
        type="typed",
        front="The period of 125 Hz",
        accepted=("8 ms", "8 milliseconds", "< 9 ms"),
        created_at=MOMENT + 5,
        changed=MOMENT // 1000,
        cards=(OutCard(type=Kind.LEARNING, due_at=MOMENT + 600_000, reps=1, reviews=answers(-600, start=MOMENT + 7)),),
    ),
    OutNote(
        id="c2c3c4",
        type="cloze",
        front="A {{1:fifth|how wide}} has {{2:seven}} semitones, {{so}}",
        note="Count them.",
        created_at=MOMENT + 9,
        changed=MOMENT // 1000,
        cards=(
            OutCard(ord=0),
            OutCard(ord=1, type=Kind.RELEARNING, due_at=MOMENT + DAY_MS, interval=4, reps=4, lapses=2, stability=4.5,
                    difficulty=9.0, reviews=answers(3, 4, start=MOMENT + 50)),
        ),
    ),
]  # fmt: skip


def write(path: Path) -> Written:
    media = [("meter.png", io.BytesIO(PICTURE)), ("kick.mp3", io.BytesIO(SOUND))]
    return package(path, NOTES, media, first_day=FIRST_DAY, west=-60, decay=DECAY)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ours") / "woodshed.apkg"
    assert write(path) == Written(notes=4, cards=6, reviews=8, media=2)
    return path


@pytest.fixture(scope="module", params=["new", "legacy"])
def there(request: pytest.FixtureRequest, ours: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    """What Anki saw after importing it twice, and what it exported then."""
    back = tmp_path_factory.mktemp("back") / f"{request.param}.apkg"
    return anki_engine.ask("pass", ours, back, request.param), back


def read(path: Path) -> tuple[reading.Contents, list[Note], dict[str, bytes]]:
    with reading.opened(path, path.name) as found:
        media = {name: stream.read() for name, stream in found.media(one.name for one in found.contents.media)}
        return found.contents, list(found.notes()), media


def flat() -> list[tuple[OutNote, OutCard]]:
    return [(note, card) for note in NOTES for card in note.cards]


def with_engine(test: Any) -> Any:
    return pytest.mark.anki(pytest.mark.xdist_group("anki")(test))


@with_engine
def test_anki_takes_all_of_it_and_finds_it_sound(there):
    seen, _ = there

    assert seen["first"] == {"new": 4, "updated": 0, "same": 0, "odd": 0}
    assert seen["is_sound"], seen["found"]
    assert seen["once"]["media"] == {"meter.png": len(PICTURE), "kick.mp3": len(SOUND)}
    assert {note["type"] for note in seen["once"]["notes"].values()} == {own.name for own in stock.OWN.values()}


@with_engine
def test_anki_sees_the_same_cards(there):
    seen, _ = there
    theirs = {(card["guid"], card["ord"]): card for card in seen["once"]["cards"]}

    assert len(theirs) == len(flat())
    for note, card in flat():
        found = theirs[note.id, card.ord]
        assert (found["deck"], found["type"], found["interval"]) == (note.deck, card.type, card.interval)
        assert (found["reps"], found["lapses"], len(found["reviews"])) == (card.reps, card.lapses, len(card.reviews))
        assert (found["queue"] == -1) == card.is_suspended
        if card.type == Kind.REVIEW:
            assert found["due_day"] == card.due_day
        if card.stability:
            assert found["memory"] == pytest.approx([card.stability, card.difficulty], rel=1e-4)


@with_engine
def test_importing_again_doubles_nothing(there):
    seen, _ = there

    assert seen["second"] == {"new": 0, "updated": 0, "same": 4, "odd": 0}
    assert seen["twice"] == seen["once"]


@with_engine
def test_the_way_there_and_back_keeps_everything(ours, there):
    _, path = there
    before, sent, media = read(ours)
    after, back, media_back = read(path)

    assert media_back == media == {"meter.png": PICTURE, "kick.mp3": SOUND}
    assert [note.own_id for note in back] == [note.own_id for note in sent] == [note.id for note in NOTES]
    assert (after.decks, after.unplaced) == (before.decks, ())
    for note, other in zip(sent, back, strict=True):
        assert (other.guid, other.drafts, other.tags, other.media) == (note.guid, note.drafts, note.tags, note.media)
        for card, same in zip(note.cards, other.cards, strict=True):
            kept = ("ord", "deck", "type", "queue", "interval", "reps", "lapses", "stability", "difficulty", "reviews")
            assert [getattr(same, name) for name in kept] == [getattr(card, name) for name in kept]
            day, same_day = before.due_day(card, "Europe/Berlin"), after.due_day(same, "Europe/Berlin")
            assert day == same_day or (day and same_day and abs(day - same_day) <= 1)


def test_what_we_write_we_read_as_it_was(ours):
    contents, notes, media = read(ours)
    basic, reverse, typed, cloze = notes

    assert media == {"meter.png": PICTURE, "kick.mp3": SOUND}
    assert (contents.variant, contents.west, contents.unplaced) == ("anki21", -60, ())
    assert [note.drafts[0].type for note in notes] == ["basic", "reverse", "typed", "cloze"]
    assert basic.drafts[0].question == NOTES[0].front
    assert basic.drafts[0].answer == NOTES[0].back
    assert basic.drafts[0].note == NOTES[0].note
    assert basic.tags == ("levels", "low_cut")
    assert contents.due_day(basic.cards[0], "Pacific/Auckland") == DUE
    assert reverse.cards[0].is_suspended and not reverse.cards[1].is_suspended
    assert typed.drafts[0].accepted == NOTES[2].accepted
    assert cloze.drafts[0].question == "A {{1:fifth|how wide}} has {{2:seven}} semitones, {{1:so}}"
    assert (basic.cards[0].stability, basic.cards[0].difficulty, basic.cards[0].retention) == (41.25, 5.125, 0.9)


def test_answers_of_one_millisecond_stay_two(ours):
    _, notes, _ = read(ours)
    moments = [review.id for note in notes for card in note.cards for review in card.reviews]

    assert len(set(moments)) == len(moments) == 8


def test_the_same_notes_make_the_same_file(ours, tmp_path):
    write(tmp_path / "again.apkg")

    assert (tmp_path / "again.apkg").read_bytes() == ours.read_bytes()


def test_a_note_that_came_from_anki_keeps_its_guid(tmp_path):
    note: Any = OutNote(id="anki-1", type="basic", front="Q", back="A", guid="aB3$x", created_at=MOMENT)
    package(tmp_path / "one.apkg", [note], first_day=FIRST_DAY, west=0)

    _, (found,), _ = read(tmp_path / "one.apkg")

    assert (found.guid, found.own_id) == ("aB3$x", "anki-1")
