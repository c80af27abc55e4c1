"""Hostile and broken packages: refused in words, in time, in little memory, leaving nothing."""

import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from core import confined
from core.errors import Refused, TooLarge, WrongKind
from core.settings import HERE
from curriculum.anki import limits, reading, stock
from curriculum.anki.package import Kind, Review
from curriculum.anki.write import OutCard, OutNote, package
from tests.curriculum.anki import hostile

SECONDS, MEGABYTES = 10, 200


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """All of them, one after the other in a process of its own."""
    folder, place = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("place")
    for name, (_, maker) in hostile.MAKERS.items():
        (folder / f"{name}.apkg").write_bytes(maker())
    done = subprocess.run(
        [sys.executable, "-m", "tests.curriculum.anki.hostile", str(folder)],
        cwd=HERE,
        env=os.environ | {"TMPDIR": str(place)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) | {"left": {"files": list(place.iterdir())}}


@pytest.mark.parametrize("name", hostile.MAKERS)
def test_it_is_refused_in_words_and_in_time(tried, name):
    found = tried[name]

    assert found["status"] == hostile.MAKERS[name][0], found["text"]
    assert found["seconds"] < SECONDS
    assert found["text"].endswith(".") and "Traceback" not in found["text"]
    assert f"read: {reading.DAMAGED}." not in found["text"], "the child ended without a word"


def test_there_are_enough_of_them():
    assert len(hostile.MAKERS) >= 20


def test_none_leaves_a_file_or_takes_much_memory(tried):
    assert tried["left"]["files"] == []
    assert 10 < tried["memory"]["children"] < MEGABYTES
    assert tried["memory"]["own"] < MEGABYTES / 4


@pytest.fixture
def opened(tmp_path):
    def opened(octets: bytes, name: str = "deck.apkg"):
        (tmp_path / "package").write_bytes(octets)
        return reading.opened(tmp_path / "package", name)

    return opened


def test_a_whole_collection_gets_the_way_out(opened):
    with pytest.raises(WrongKind) as refusal, opened(hostile.honest(), "collection.colpkg"):
        pass

    assert "Anki Deck Package (.apkg)" in refusal.value.text


def test_what_takes_too_long_is_ended(opened, monkeypatch):
    monkeypatch.setattr(limits, "UNPACK_SECONDS", -1)

    with pytest.raises(Refused) as refusal, opened(hostile.honest()):
        pass

    assert refusal.value.status == 422
    assert "longer than it should" in refusal.value.text


def test_a_medium_that_is_not_as_large_as_its_list_says_is_refused_when_it_is_asked_for(opened):
    entry = b"\x0a\x05a.png\x10\x02"
    listed = b"\x0a" + bytes([len(entry)]) + entry
    lying = hostile.new(hostile.collection(), listed, **{"0": b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello"})

    with opened(lying) as package, pytest.raises(Refused) as refusal:
        list(package.media(["a.png"]))

    assert refusal.value.status in (413, 422)


@pytest.mark.parametrize(
    "line",
    ["[]", '{"id": 1}', "null", "[1,2,3,4,5,6,7,8,9,10]", '["1","g","Basic",[],[],0,[],[],[],""]', "NaN", "["],
)
def test_a_child_that_was_taken_over_is_not_believed(opened, monkeypatch, line):
    with opened(hostile.honest()) as package:
        (package._folder / "notes.jsonl").write_text(line + "\n", "utf-8")
        with pytest.raises(Refused) as refusal:
            list(package.notes())

    assert refusal.value.status == 422


def test_a_template_that_would_make_a_book_is_left_out_and_named(opened):
    model = json.dumps("".join(["{{Front}}"] * 5000))[1:-1]
    own = json.dumps(stock.OWN["basic"].templates[0].front)[1:-1]
    change = f'UPDATE col SET models = replace(models, \'"qfmt": "{own}"\', \'"qfmt": "{model}"\')'
    longer = "UPDATE notes SET flds = hex(zeroblob(1000)) || char(31) || 'A'"

    with opened(hostile.old(hostile.collection(change, longer))) as package:
        unplaced = {one.what: one.count for one in package.contents.unplaced}
        notes = list(package.notes())

    assert notes == []
    assert sum(unplaced.values()) == 1


def test_what_is_odd_but_honest_is_taken(opened):
    odd = hostile.collection(
        "UPDATE notes SET guid = 'a' || char(0) || 'b'",  # PostgreSQL keeps no such letter
        "UPDATE cards SET type = 2, queue = 1, due = 1700000000, odue = 40, ivl = 3.0",  # a relearning step of Anki 2.0
        "INSERT INTO notes SELECT id + 1, 'c', mid, mod, usn, tags, flds, sfld, csum, flags, data FROM notes",
        "INSERT INTO revlog VALUES (5, (SELECT id FROM cards), 0, 3, 1, 1, 1, 1, 1)",  # in 1970
        'UPDATE cards SET data = \'{"s": NaN, "d": 5}\'',
    )
    members = {"collection.anki2": odd, "media": b'{"0": "what: a kick?.mp3"}', "0": b"kick"}

    with opened(hostile.archive(members)) as package:
        (note,) = package.notes()
        media = {name: stream.read() for name, stream in package.media(["what: a kick?.mp3"])}
        unplaced = {one.what: one.count for one in package.contents.unplaced}

    assert (package.contents.variant, note.guid, media) == ("anki2", "ab", {"what: a kick?.mp3": b"kick"})
    assert (note.cards[0].type, note.cards[0].due, note.cards[0].interval) == (Kind.RELEARNING, 1_700_000_000, 3)
    assert package.contents.due_day(note.cards[0], "UTC") is None
    assert (note.cards[0].stability, note.cards[0].reviews) == (None, ())
    assert unplaced == {"notes without a card": 1, "answers with an impossible date": 1}


def test_too_much_to_unpack_is_told_from_damage(opened, monkeypatch):
    with pytest.raises(TooLarge), opened(hostile.zip_bomb()):
        pass
    with pytest.raises(WrongKind), opened(b"hello"):
        pass


ATTEMPTS = ["open('/etc/hostname')", "socket.socket()", "open('out', 'ab').write(b'x')"]
if sys.platform == "linux":  # other systems do not count address space
    ATTEMPTS.append("bytearray(400_000_000)")


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_children_can_open_nothing_and_grow_nowhere(tmp_path, attempt):
    script = (
        f"import os; from curriculum.anki import unpack; unpack.answer(lambda: [{attempt}, os._exit(7)], output=1000)"
    )

    child = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=confined.environment(), capture_output=True, check=False
    )

    assert child.returncode != 7
    assert list(tmp_path.iterdir()) == []


def test_a_deck_of_twenty_thousand_notes_and_years_of_answers_is_taken(tmp_path):
    day = date(2020, 1, 1).toordinal()
    log = [Review(1_600_000_000_000 + 86_400_000 * number, 3, number + 1, number, 500, 900, 1) for number in range(15)]
    words = "Which stage turns an electrical signal into numbers, and what stands before it? " * 3
    notes = (
        OutNote(
            id=f"n{number}",
            type="basic",
            front=f"{number} {words}",
            back=words,
            created_at=1_590_000_000_000 + number,
            cards=(OutCard(type=Kind.REVIEW, due_day=day, interval=9, reps=15, reviews=tuple(log)),),
        )
        for number in range(20_000)
    )
    package(tmp_path / "large.apkg", notes, [("kick.mp3", io.BytesIO(b"x"))], first_day=day, west=0)

    with reading.opened(tmp_path / "large.apkg", "large.apkg") as found:
        count = sum(len(card.reviews) for note in found.notes() for card in note.cards)

    assert (found.contents.notes, found.contents.reviews, count) == (20_000, 300_000, 300_000)


def test_the_package_itself_is_never_touched(opened, tmp_path):
    octets = hostile.honest()

    with opened(octets) as package:
        list(package.notes())

    assert (tmp_path / "package").read_bytes() == octets
    assert [path.name for path in Path(tmp_path).iterdir()] == ["package"]
