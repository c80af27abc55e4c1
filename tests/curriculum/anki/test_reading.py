"""What we read from a package, compared with what Anki's own engine says of the collection it came from."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curriculum.anki import reading, template
from curriculum.anki.package import Contents, Note
from tests import anki_engine

pytestmark = [pytest.mark.anki, pytest.mark.xdist_group("anki")]

VARIANTS = {"new": "anki21b", "legacy": "anki21", "old": "anki2"}
NOT_READ = (
    *(r"<style>.*?</style>", r"<script>.*?</script>", r"<a class=hint.*?</a>", r"<summary>.*?</summary>"),
    *(r"\[anki:tts.*?\[/anki:tts\]", r"\[anki:play:[^\]]*\]"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("anki")
    return folder, anki_engine.ask("build", folder)


@pytest.fixture(scope="module", params=VARIANTS)
def read(request: pytest.FixtureRequest, made: tuple[Path, dict]) -> Iterator[tuple[reading.Package, list[Note]]]:
    with reading.opened(made[0] / f"{request.param}.apkg", "deck.apkg") as package:
        assert package.contents.variant == VARIANTS[request.param]
        yield package, list(package.notes())


def by_guid(notes: list[Note]) -> dict[str, Note]:
    return {note.guid: note for note in notes}


def occluded(seen: dict[str, Any]) -> set[str]:
    return {guid for guid, note in seen["notes"].items() if note["type"] == "Image Occlusion"}


def test_the_three_variants_read_equal(made):
    found: list[tuple[Contents, list[Note]]] = []
    for name in VARIANTS:
        with reading.opened(made[0] / f"{name}.apkg", "deck.apkg") as package:
            found.append((package.contents, list(package.notes())))

    (new, notes), *others = found
    for contents, also in others:
        assert also == notes
        assert (contents.notes, contents.cards, contents.reviews) == (new.notes, new.cards, new.reviews)
        assert (contents.decks, contents.media, contents.unplaced) == (new.decks, new.media, new.unplaced)
        assert contents.notetypes == new.notetypes


def test_notes_are_those_that_anki_has(read, made):
    _, notes = read
    _, seen = made

    for guid in seen["notes"].keys() - occluded(seen):
        note, theirs = by_guid(notes)[guid], seen["notes"][guid]
        assert note.notetype == theirs["type"]
        assert [value for _, value in note.fields] == theirs["fields"]
        assert sorted(note.tags) == sorted(theirs["tags"])
        assert note.changed == theirs["changed"]
    assert len(notes) == len(seen["notes"]) - 1


def test_cards_are_where_anki_has_them(read, made):
    package, notes = read
    _, seen = made
    ours = {(note.guid, card.ord): card for note in notes for card in note.cards}

    compared = 0
    for theirs in seen["cards"]:
        if theirs["guid"] in occluded(seen):
            continue
        card = ours[theirs["guid"], theirs["ord"]]
        same = ("deck", "type", "due", "interval", "factor", "reps", "lapses", "flag")
        assert {name: getattr(card, name) for name in same} == {name: theirs[name] for name in same}
        is_buried = theirs["queue"] in (-2, -3)
        assert card.is_suspended == (theirs["queue"] == -1)
        assert card.is_buried == is_buried
        assert package.contents.due_day(card, "UTC") == theirs["due_day"]
        compared += 1
    assert compared == len(ours) == package.contents.cards > 10


def test_memory_states_and_the_log_are_ankis(read, made):
    package, notes = read
    _, seen = made
    ours = {(note.guid, card.ord): card for note in notes for card in note.cards}

    for theirs in seen["cards"]:
        if theirs["guid"] in occluded(seen):
            continue
        card = ours[theirs["guid"], theirs["ord"]]
        if theirs["memory"]:
            assert [card.stability, card.difficulty] == pytest.approx(theirs["memory"], rel=1e-4)
        else:
            assert card.stability is None and card.difficulty is None
        log = [
            [one.id, one.ease, one.interval, one.last_interval, one.factor, one.millis, one.type]
            for one in card.reviews
        ]
        assert log == theirs["reviews"]
    assert package.contents.reviews == sum(len(card.reviews) for card in ours.values()) >= 6


def test_media_come_out_as_they_went_in(read, made):
    package, _ = read
    folder, _ = made

    found = {name: stream.read() for name, stream in package.media(["kick.mp3", "a picture.png", "not there.png"])}

    assert found == {name: (folder / name).read_bytes() for name in ("kick.mp3", "a picture.png")}
    assert {one.name: one.size for one in package.contents.media} == {name: len(found[name]) for name in found}


def test_what_has_no_place_is_said_before_anything_is_written(read):
    package, _ = read
    unplaced = {one.what: one.count for one in package.contents.unplaced}

    assert unplaced["image occlusion notes"] == 1
    assert unplaced["coloured flags on cards"] == 1
    assert unplaced["note types with a script of their own"] >= 1


def test_stock_note_types_become_ours_and_others_are_rendered(read):
    package, notes = read
    drafts = {note.fields[0][1]: note.drafts for note in notes}
    becomes = {one.name: one.becomes for one in package.contents.notetypes}

    assert becomes == {
        "Basic": "basic",
        "Basic (and reversed card)": "reverse",
        "Basic (type in the answer)": "typed",
        "Cloze": "cloze",
        "Basic (optional reversed card)": "html",
        "Own words": "html",
    }
    (picture,) = drafts['Name <b>this</b> <img src="a picture.png">']
    assert picture.answer == '<audio controls src="kick.mp3"></audio> a kick'
    assert drafts["dB"][0].ords == (0, 1)
    assert drafts["1 kHz has a period of"][0].accepted == ("1 ms",)
    (gaps,) = drafts["A {{c1::fifth}} has {{c2::seven::number}} semitones"]
    assert gaps.question == "A {{1:fifth}} has {{2:seven|number}} semitones"
    assert (gaps.type, gaps.note, gaps.ords) == ("cloze", "more", (0, 1))
    assert [one.type for one in drafts["one"]] == ["basic", "basic"]
    nested = drafts["Nested {{c1::a {{c2::b}} c}} and {{c3::\\(x|y\\)}}"]
    assert [one.ords for one in nested] == [(0,), (1,), (2,)]


def test_cards_are_rendered_as_anki_renders_them(read, made):
    _, notes = read
    _, seen = made
    theirs = {(one["guid"], one["ord"]): one for one in seen["cards"]}

    compared = 0
    for note in notes:
        for draft in note.drafts:
            if draft.type != "basic":
                continue
            (ord,) = draft.ords
            said = theirs[note.guid, ord]
            assert words(draft.question) == words(said["front"])
            assert words(said["back"]).endswith(words(draft.answer))
            compared += 1
    assert compared >= 9


def words(html: str) -> str:
    """What a person reads: Anki folds hints by script, names gaps without one "...", and scripts go."""
    for pattern in NOT_READ:
        html = re.sub(pattern, " ", html, flags=re.DOTALL)
    return template.plain(html.replace("[...]", "[…]")).replace(" ", "")


def test_the_deck_is_named_as_in_anki(read):
    package, _ = read

    assert package.contents.decks == ("Other", "Studio::Low end")


def test_a_stop_leaves_nothing(made, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with (
        pytest.raises(reading.Cancelled),
        reading.opened(made[0] / "new.apkg", "deck.apkg", is_cancelled=lambda: True),
    ):
        pass

    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_the_number_of_notes(made, tmp_path, monkeypatch):
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("core.confined.TICK", 0.001)

    with reading.opened(made[0] / "new.apkg", "deck.apkg", progress_to=lambda *now: told.append(now)) as package:
        total = package.contents.notes + 1  # the image occlusion is counted too

    assert told and all(now <= of == total for now, of in told)
