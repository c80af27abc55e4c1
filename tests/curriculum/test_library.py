import os
import threading
import time
from pathlib import Path

import pytest

from curriculum import lesson_file
from curriculum.library import Loader, Problem, Shelf, load
from tests.curriculum.small_content import (
    FILES,
    FIRST_BEAT,
    LESSON,
    MIDI,
    PATH,
    PLAN,
    SHORT,
    TOML,
    WAYS,
    WORDS,
    edit,
    line_of,
    write_content,
)


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_content(tmp_path)


def sentences(problems) -> list[str]:
    return [str(problem) for problem in problems]


class Ticks:
    """A clock in seconds that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def write_lesson(root: Path, name: str, slug: str, wanted: str = "", letter: str = "m") -> None:
    first, second, third = (start + letter * 5 for start in "ghj")
    text = LESSON.format(slug=slug, title="A lesson", wanted=wanted, first=first, second=second, third=third)
    (root / name).write_text(text, encoding="utf-8")


def test_a_problem_is_one_sentence_with_file_line_and_mend():
    problem = Problem("content/mixing/07-compression.md", 41, 'the card id "k7m2qd" is used twice.', "Give it its own.")

    assert str(problem) == (
        'content/mixing/07-compression.md, line 41: the card id "k7m2qd" is used twice. Give it its own.'
    )


def test_a_good_folder_is_loaded_whole_and_in_teaching_order(folder):
    library, problems = load(folder)

    assert sentences(problems) == []
    assert library.title == "Small" and library.daws == ("Reaper", "Another one")
    assert [track.name for track in library.tracks] == ["daw", "contracts"]
    assert list(library.lessons) == ["daw-path", "daw-midi"]
    assert list(library.planned) == ["daw-beat", "con-split"]
    assert library.lessons["daw-midi"].number == 2 and library.planned["daw-beat"].number == 3
    assert library.lessons["daw-midi"].path == folder / "daw/02-midi.md"
    assert list(library.milestones) == ["first-beat", "plan"]
    assert library.milestones["first-beat"].rubric[3] == "A whole piece."
    assert library.milestones["first-beat"].evidence[0].kind == "audio"
    assert [(want.slug, want.count) for want in library.pathways["beats"].wants] == [("beat", 2), ("kit", 1)]
    assert [week.lessons for week in library.programmes["short"].weeks] == [("daw-path",), ("daw-midi", "daw-beat")]
    assert list(library.glossary) == ["audio-interface", "preamp"]
    assert library.glossary["audio-interface"] == ("Audio interface", "<p>Holds converters.</p>")
    assert len(library.cards) == 8 and library.cards["bbbbbb.2"].lesson == "daw-path"
    assert library.entry("daw-beat") is library.planned["daw-beat"] and library.entry("daw-nothing") is None


# name -> (file, old, new, where the problem is: file and words of its line, words of the text, words of the mend)
BROKEN = {
    "yaml": (PATH, "minutes: 40", "minutes: [40", (PATH, "milestones: "), "not YAML", "brackets"),
    "a colon in a title": (PATH, "title: The path", "title: a: b", (PATH, "title: a: b"), "not YAML", "quotes"),
    "no front matter": (PATH, "---\nslug", "slug", (PATH, "slug"), "front matter is missing", "three dashes"),
    "front matter without end": (
        PATH,
        FILES[PATH][FILES[PATH].index("---\n\n##") :],
        "",
        (PATH, "---"),
        "has no end",
        "three dashes",
    ),
    "missing field": (PATH, "minutes: 40\n", "", (PATH, "---"), 'field "minutes" is missing', "whole number"),
    "unknown field": (PATH, "minutes: 40", "minutes: 40\nmood: sad", (PATH, "mood"), '"mood" is not', "minutes"),
    "field twice": (PATH, "minutes: 40", "minutes: 40\nminutes: 4", (PATH, "minutes: 4\n"), "stands twice", "Keep one"),
    "wrong type": (PATH, "minutes: 40", "minutes: long", (PATH, "minutes"), '"minutes" is "long"', "minutes: 1"),
    "too many minutes": (PATH, "minutes: 40", "minutes: 4000", (PATH, "minutes"), "is 4000", "from 1 to 600"),
    "a text for a list": (
        PATH, "prerequisites: []", "prerequisites: none", (PATH, "prerequisites"), '"none"', "a list, like"
    ),
    "impossible date": (PATH, "2027-11-22", "2027-13-22", (PATH, "2027-13"), "date is impossible", "year-month-day"),
    "checked too late": (PATH, "2027-11-22", "2027-11-23", (PATH, "check_by"), "more than 12 months", "2027-11-22"),
    "checked before": (PATH, "2027-11-22", "2026-11-22", (PATH, "check_by"), "not after reviewed", "later day"),
    "jurisdiction": (PATH, "[general]", "[Mars]", (PATH, "jurisdictions"), '"Mars" is unknown', "general"),
    "unknown track": (PATH, "track: daw", "track: dance", (PATH, "track"), 'track "dance" is unknown', "contracts"),
    "prefix": (PATH, "slug: daw-path", "slug: mix-path", (PATH, "slug"), 'begin with "daw-"', "slug or the track"),
    "not in the list": (PATH, "slug: daw-path", "slug: daw-pith", (PATH, "slug"), "not in curriculum.toml", "Add it"),
    "slug": (PATH, "slug: daw-path", "slug: daw_Path", (PATH, "slug"), "an address cannot have", "small letters"),
    "slug twice": (MIDI, "slug: daw-midi", "slug: daw-path", (MIDI, "slug"), f"first in {PATH}", "its own"),
    "card id twice": (
        MIDI, "id: eeeeee", "id: aaaaaa", (MIDI, "id: aaaaaa"),
        f"is used twice (first in {PATH}, line {line_of(FILES[PATH], 'id: aaaaaa')})", "its own id",
    ),
    "card id twice in one file": (
        PATH, "id: bbbbbb", "id: aaaaaa", (PATH, "type: cloze"),
        f"is used twice (first in line {line_of(FILES[PATH], 'id: aaaaaa')})", "its own id",
    ),
    "card without id": (PATH, "id: aaaaaa, ", "", (PATH, "type: basic"), "no id", "content stamp"),
    "missing picture": (PATH, "(path.svg)", "(road.svg)", (PATH, "road.svg"), '"road.svg" is missing', "content/daw/"),
    "picture elsewhere": (
        PATH, "(path.svg)", "(https://x.example/a.png)", (PATH, "x.example"), "not the file name", "bare name"
    ),
    "picture without words": (PATH, "![Boxes joined by arrows]", "![]", (PATH, "![]"), "no text alternative", "shows"),
    "unknown prerequisite": (
        PATH, "prerequisites: []", "prerequisites: [daw-moon]", (PATH, "prerequisites"),
        '"daw-moon" is neither written nor planned', "curriculum.toml",
    ),
    "circle": (
        PATH, "prerequisites: []", "prerequisites: [daw-beat]", (PATH, "prerequisites"),
        "in a circle: daw-path → daw-beat → daw-midi → daw-path", "Take one",
    ),
    "circle of one": (
        PATH, "prerequisites: []", "prerequisites: [daw-path]", (PATH, "prerequisites"),
        "in a circle: daw-path → daw-path", "Take one",
    ),
    "lesson link": (PATH, "(lesson:daw-beat)", "(lesson:daw-bet)", (PATH, "daw-bet)"), "lesson:daw-bet", "curriculum"),
    "milestone link": (PATH, "(milestone:first-beat)", "(milestone:x)", (PATH, "e:x)"), "milestone:x", "milestones/"),
    "glossary link": (PATH, "(glossary:preamp)", "(glossary:amp)", (PATH, "y:amp)"), "glossary:amp", "glossary.md"),
    "other link": (PATH, "(lesson:daw-beat)", "(02-midi.md)", (PATH, "02-midi.md"), '"02-midi.md" leads', "lesson:"),
    "unknown milestone": (PATH, "[first-beat]", "[last-beat]", (PATH, "milestones:"), '"last-beat" is unknown', "slug"),
    "missing section": (PATH, "## Pitfalls", "### Pitfalls", (PATH, "## Exercise"), '"Pitfalls" is missing', "Worked"),
    "rubric": (FIRST_BEAT, "  3: A whole piece.\n", "", (FIRST_BEAT, "rubric"), "no text for level 3", "3: What"),
    "rubric level": (PLAN, "  4: More", "  5: Most\n  4: More", (PLAN, "rubric"), 'a level "5"', "1, 2, 3 and 4"),
    "evidence kind": (FIRST_BEAT, "kind: audio", "kind: smell", (FIRST_BEAT, "smell"), '"smell" is unknown', "picture"),
    "phase": (FIRST_BEAT, "phase: Make", "phase: Rest", (FIRST_BEAT, "phase"), '"Rest" is unknown', "Make"),
    "milestone's lesson": (
        FIRST_BEAT, "[daw-path, daw-beat]", "[daw-path, daw-moon]", (FIRST_BEAT, "lessons"), '"daw-moon"', "toml"
    ),
    "after": (PLAN, "after: [first-beat]", "after: [nothing]", (PLAN, "after"), '"nothing" is unknown', "slug"),
    "after a later one": (FIRST_BEAT, "after: []", "after: [plan]", (FIRST_BEAT, "after"), "number 2", "lower numbers"),
    "milestone number": (PLAN, "number: 2", "number: 1", (PLAN, "number"), f"first in {FIRST_BEAT}", "its own"),
    "programme's lesson": (SHORT, '"daw-midi"', '"daw-moon"', (SHORT, "daw-moon"), '"daw-moon" is neither', "toml"),
    "programme's milestone": (SHORT, '["first-beat"]', '["x"]', (SHORT, '"x"'), '"x" is unknown', "milestones/"),
    "lesson in two weeks": (SHORT, '"daw-midi"', '"daw-path"', (SHORT, '"daw-path"'), "more than one week", "Keep one"),
    "weeks": (SHORT, "week = 2", "week = 1", (SHORT, "week = 1"), "after week 1", "in order"),
    "programme toml": (SHORT, "mentored = true", "mentored = yes", (SHORT, "mentored"), "not TOML", "quotes"),
    "pathway's count": (WAYS, "count = 2", "count = 0", (WAYS, 'slug = "beat"'), '"count" is 0', "from 1 to 20"),
    "pathway wants twice": (WAYS, '"kit"', '"beat"', (WAYS, 'slug = "beat"'), 'wants "beat" twice', "Keep one"),
    "pathway without a hint": (WAYS, 'hint = "Your own."\n', "", (WAYS, '"kit"'), '"hint" is missing', "a text"),
    "curriculum toml": (TOML, "daws = [", "daws = ", (TOML, "daws"), "not TOML", "brackets"),
    "planned twice": (TOML, '"con-split", title', '"daw-beat", title', (TOML, '"daw-beat"'), "listed twice", "Keep"),
    "planned minutes": (TOML, "minutes = 35", 'minutes = "x"', (TOML, '"daw-midi"'), '"minutes" is "x"', "whole"),
    "planned circle": (
        TOML, '"Split sheets", minutes = 40, prerequisites = []',
        '"Split sheets", minutes = 40, prerequisites = ["con-split"]',
        (TOML, "con-split"), "con-split → con-split", "Take one",
    ),
    "glossary twice": (WORDS, "## Audio interface", "## preamp", (WORDS, "## preamp"), "first in line 3", "Keep one"),
    "glossary empty": (WORDS, "\nHolds converters.\n", "", (WORDS, "## Audio"), "is not explained", "two sentences"),
    "link in the glossary": (WORDS, "lesson:daw-path", "lesson:x", (WORDS, "lesson:x"), "lesson:x", "curriculum.toml"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_with_its_line_and_mend(folder, name):
    file, old, new, (where, mark), text, mend = BROKEN[name]
    edit(folder.parent, file, old, new)
    _, problems = load(folder)

    found = [problem for problem in problems if text in problem.text]
    assert [problem.path for problem in found] == [where], sentences(problems)
    assert found[0].line == line_of((folder.parent / where).read_text(encoding="utf-8"), mark)
    assert mend in found[0].mend


@pytest.mark.parametrize("name", [name for name, case in BROKEN.items() if case[0] not in (TOML,)])
def test_a_broken_file_does_not_take_the_others_down(folder, name):
    file, old, new, _, _, _ = BROKEN[name]
    edit(folder.parent, file, old, new)
    library, problems = load(folder)

    assert {problem.path for problem in problems} == {file}
    good = {PATH: "daw-path", MIDI: "daw-midi"}
    assert set(library.lessons) == {slug for path, slug in good.items() if path != file}
    if slug := good.get(file):
        assert slug in library.planned
    assert_whole(library)


def assert_whole(library) -> None:
    """Whatever is named is there."""
    known = library.lessons.keys() | library.planned.keys()
    for lesson in [*library.lessons.values(), *library.planned.values()]:
        assert set(lesson.prerequisites) <= known
    for lesson in library.lessons.values():
        assert set(lesson.milestones) <= library.milestones.keys()
        assert all(library.cards[card.id] is card for card in lesson.cards)
    for milestone in library.milestones.values():
        assert set(milestone.lessons) <= known and set(milestone.after) <= library.milestones.keys()
    for programme in library.programmes.values():
        for week in programme.weeks:
            assert set(week.lessons) <= known and set(week.milestones) <= library.milestones.keys()


@pytest.mark.parametrize("name", [FIRST_BEAT, PLAN, WORDS, SHORT, PATH])
def test_a_file_in_another_encoding_is_named_with_its_line(folder, name):
    path = folder.parent / name
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n\xff", 2))
    library, problems = load(folder)

    assert [(problem.path, problem.line) for problem in problems] == [(name, 2)]
    assert "UTF-8" in problems[0].mend
    assert_whole(library)


def test_without_curriculum_toml_there_is_one_problem_and_an_empty_library(folder):
    (folder / "curriculum.toml").unlink()
    library, problems = load(folder)

    assert len(problems) == 1 and problems[0].path == TOML
    assert not library.lessons and not library.tracks


def test_a_lesson_in_the_folder_of_another_track_is_named(folder):
    (folder / "contracts").mkdir()
    (folder / "daw/02-midi.md").rename(folder / "contracts/02-midi.md")
    (folder / "contracts/path.svg").write_text("<svg/>")
    _, problems = load(folder)

    assert sentences(problems) == [
        "content/contracts/02-midi.md, line 4: the track daw is not kept here. Move it to daw/."
    ]


def test_a_renamed_file_keeps_its_lesson_and_its_cards(folder):
    before, _ = load(folder)
    (folder / "daw/01-path.md").rename(folder / "daw/09-other-name.md")
    after, problems = load(folder)

    assert problems == []
    assert after.lessons["daw-path"].hash == before.lessons["daw-path"].hash
    assert after.cards.keys() == before.cards.keys()


def test_only_the_edited_file_is_rendered_again(folder, monkeypatch):
    read_paths: list[str] = []
    read = lesson_file.read

    def counted(path: str, text: str) -> lesson_file.Draft:
        read_paths.append(path)
        return read(path, text)

    monkeypatch.setattr(lesson_file, "read", counted)
    loader = Loader(folder)
    loader.load()
    edit(folder.parent, PATH, "A cable was broken.", "Two cables were broken.")
    library, _ = loader.load()

    assert read_paths == [PATH, MIDI, PATH]
    assert "Two cables" in library.lessons["daw-path"].html


def test_the_library_has_another_hash_when_a_text_changes(folder):
    before = load(folder)[0].hash

    assert load(folder)[0].hash == before
    edit(folder.parent, WORDS, "weak", "faint")
    assert load(folder)[0].hash != before


def test_the_shelf_keeps_the_last_good_version_of_a_broken_lesson(folder):
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    good = shelf.library.lessons["daw-path"]

    edit(folder.parent, PATH, "minutes: 40", "minutes: many")
    edit(folder.parent, MIDI, "A cable was broken.", "A drum was broken.")
    ticks.now += 3

    assert shelf.library.lessons["daw-path"] == good
    assert "A drum was broken." in shelf.library.lessons["daw-midi"].html
    assert [problem.path for problem in shelf.problems] == [PATH]

    edit(folder.parent, PATH, "minutes: many", "minutes: 55")
    ticks.now += 3

    assert shelf.library.lessons["daw-path"].minutes == 55
    assert shelf.problems == ()


@pytest.mark.parametrize("name", BROKEN)
def test_whatever_breaks_the_shelf_shows_what_it_showed(folder, name):
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    before = shelf.library

    file, old, new, _, _, _ = BROKEN[name]
    edit(folder.parent, file, old, new)
    ticks.now += 3
    after = shelf.library

    assert shelf.problems
    assert after.lessons == before.lessons and after.planned == before.planned
    assert after.cards == before.cards
    assert after.milestones == before.milestones
    assert (after.programmes, after.pathways) == (before.programmes, before.pathways)
    assert after.glossary == before.glossary
    assert after.tracks == before.tracks and after.title == before.title


def test_a_lesson_renamed_and_broken_in_one_go_is_still_shown(folder):
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    good = shelf.library.lessons["daw-path"]

    edit(folder.parent, PATH, "minutes: 40", "minutes: 4000")
    (folder / "daw/01-path.md").rename(folder / "daw/03-path.md")
    ticks.now += 3

    assert shelf.library.lessons["daw-path"].html == good.html


def test_a_deleted_lesson_is_gone_and_planned_again(folder):
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    assert "daw-midi" in shelf.library.lessons

    (folder / "daw/02-midi.md").unlink()
    ticks.now += 3

    assert "daw-midi" not in shelf.library.lessons and "daw-midi" in shelf.library.planned
    assert shelf.problems == ()


def test_a_card_that_moves_out_of_a_broken_lesson_is_never_there_twice(folder):
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    before = shelf.library

    edit(folder.parent, PATH, "id: aaaaaa", "id: gggggg")
    edit(folder.parent, PATH, "minutes: 40", "minutes: many")
    edit(folder.parent, MIDI, "id: dddddd", "id: aaaaaa")
    ticks.now += 3

    ids = [card.id for lesson in shelf.library.lessons.values() for card in lesson.cards]
    assert len(ids) == len(set(ids))
    assert shelf.library.lessons == before.lessons
    assert_whole(shelf.library)


def test_old_and_new_versions_never_make_a_circle(folder):
    write_lesson(folder, "daw/03-beat.md", "daw-beat", "daw-midi")
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    assert shelf.problems == ()

    # beat no longer needs midi, and midi needs beat: fine together, but beat cannot be read.
    edit(folder.parent, "content/daw/03-beat.md", "prerequisites: [daw-midi]", "prerequisites: []")
    edit(folder.parent, "content/daw/03-beat.md", "minutes: 40", "minutes: many")
    edit(folder.parent, MIDI, "prerequisites: [daw-path]", "prerequisites: [daw-beat]")
    ticks.now += 3

    lessons = shelf.library.lessons
    assert lessons["daw-beat"].prerequisites == ("daw-midi",) and lessons["daw-midi"].prerequisites == ("daw-path",)


def test_the_shelf_looks_at_the_files_at_most_every_two_seconds(folder):
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    first = shelf.library
    edit(folder.parent, PATH, "A cable was broken.", "Two cables were broken.")

    ticks.now += 1.9
    assert shelf.library is first
    ticks.now += 0.2
    assert shelf.library is not first
    second = shelf.library
    ticks.now += 60
    assert shelf.library is second


def test_an_edit_that_keeps_the_length_is_seen(folder):
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    assert "A cable" in shelf.library.lessons["daw-path"].html
    state = (folder / "daw/01-path.md").stat()
    edit(folder.parent, PATH, "A cable", "A table")
    os.utime(folder / "daw/01-path.md", ns=(state.st_atime_ns, state.st_mtime_ns + 1_000))
    ticks.now += 3

    assert "A table" in shelf.library.lessons["daw-path"].html


def test_many_threads_read_while_the_files_change(folder):
    shelf = Shelf(folder, look_every=0.0)
    assert len(shelf.library.cards) == 8
    wrong: list[object] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            library = shelf.library
            if set(library.lessons) != {"daw-path", "daw-midi"} or len(library.cards) != 8:
                wrong.append(library)

    readers = [threading.Thread(target=look) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(15):
        edit(folder.parent, PATH, "minutes: ", "minutes: x" if number % 2 == 0 else "minutes: 4")
        time.sleep(0.01)
        (folder.parent / PATH).write_text(FILES[PATH], encoding="utf-8")
    stop.set()
    for reader in readers:
        reader.join()

    assert wrong == []
    assert shelf.problems == ()


def test_a_fault_while_reading_leaves_the_version_in_use(folder, monkeypatch):
    ticks = Ticks()
    shelf = Shelf(folder, ticks=ticks)
    before = shelf.library

    def fail(self):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Loader, "load", fail)
    edit(folder.parent, PATH, "A cable", "A table")
    ticks.now += 3

    assert shelf.library is before


def test_ten_lessons_load_well_under_a_second(folder):
    slugs = {f"daw-more-{letter}": letter for letter in "abcdefghjk"}
    entries = "".join(f'{{ slug = "{slug}", title = "M", minutes = 9, prerequisites = [] }},\n' for slug in slugs)
    edit(folder.parent, TOML, "lessons = [\n", f"lessons = [\n{entries}")
    for slug, letter in slugs.items():
        write_lesson(folder, f"daw/{slug}.md", slug, letter=letter)

    start = time.perf_counter()
    library, problems = load(folder)

    assert time.perf_counter() - start < 2  # far less on a quiet machine
    assert sentences(problems) == [] and len(library.lessons) == 12
