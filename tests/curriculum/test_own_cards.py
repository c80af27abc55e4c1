"""Own cards by their rules: writing, editing that keeps history, many at once, and undoing."""

import random

import pytest
from sqlmodel import Session, select

from core.accounts import User
from core.errors import InvalidForm, NotFound, Refused
from curriculum import card_acts, day_list, desk, lessons, own_cards, replay
from curriculum.cards import Aside
from curriculum.library import Library
from curriculum.models import Memory, OwnCard, QueueCard
from curriculum.own_cards import Draft
from tests.times import BERLIN, MINUTE, MONDAY, SECOND

DICE = random.Random(4)
CLOZE = Draft("cloze", "{{1:C}} and {{2:G}} make a fifth.", tags="theory")


def write(db: Session, library: Library, person: User, draft: Draft) -> OwnCard:
    row = own_cards.write(db, library, person.id, draft, dice=DICE, at=MONDAY)
    db.commit()
    return row


def memories(db: Session) -> dict[str, Memory]:
    db.expire_all()
    return {memory.card_id.partition(".")[2]: memory for memory in db.exec(select(Memory).order_by(Memory.card_id))}


def remember(db: Session, row: OwnCard, gap: str) -> None:
    """As after some reviews."""
    memory = db.get_one(Memory, (row.user_id, f"{row.id}.{gap}"))
    memory.stability, memory.reps, memory.state, memory.difficulty = 12.5, 4, 2, 5.0
    db.commit()


@pytest.mark.parametrize(
    ("draft", "ends"),
    [
        (Draft("basic", "Q?", "A"), [""]),
        (Draft("reverse", "Q?", "A"), ["", "r"]),
        (CLOZE, ["1", "2"]),
        (Draft("typed", "Q?", "48 V | 48 volts"), [""]),
        (Draft("choice", "Q?", "- [x] this\n- [ ] that"), [""]),
        (Draft("calculation", "{bpm} BPM?", "bpm: 60..180\nanswer: 60000 / bpm\nunit: ms\ntolerance: 1 %"), [""]),
    ],
)
def test_each_kind_joins_the_queue_with_its_cards(db, library, ada, draft, ends):
    write(db, library, ada, draft)

    assert sorted(memories(db)) == ends


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("basic", "", "A"), "question"),
        (Draft("basic", "Q?", " "), "answer"),
        (Draft("cloze", "No gap"), "question"),
        (Draft("choice", "Q?", "- [ ] a\n- [ ] b"), "answer"),
        (Draft("poem", "Q?", "A"), "question"),
        (Draft("basic", "x" * 6000, "A"), "question"),
        (Draft("basic", "Q?", "A", tags=" ".join(f"t{n}" for n in range(21))), "tags"),
        (Draft("basic", "Q?", "A", lesson="no-lesson"), "lesson"),
    ],
)
def test_what_cannot_be_a_card_is_refused_beside_its_field(db, library, ada, draft, field):
    with pytest.raises(InvalidForm) as refused:
        own_cards.write(db, library, ada.id, draft, dice=DICE, at=MONDAY)

    assert field in refused.value.errors


def test_script_in_a_card_is_shown_as_text(db, library, ada):
    row = write(db, library, ada, Draft("basic", "<script>alert(1)</script> [x](javascript:alert(1))", "<img src=x>"))

    card = own_cards.made_of(row)[0]

    assert "<script" not in card.front and "javascript:" not in card.front and "<img" not in card.back


def test_editing_the_words_keeps_what_is_remembered(db, library, ada):
    row = write(db, library, ada, CLOZE)
    remember(db, row, "1")

    own_cards.edit(db, library, ada.id, row.id, Draft("cloze", "A fifth: {{1:C}}, {{2:G}}."), at=MONDAY + MINUTE)
    db.commit()

    assert memories(db)["1"].stability == 12.5 and sorted(memories(db)) == ["1", "2"]


def test_gaps_that_are_added_join_and_gaps_that_are_gone_rest(db, library, ada):
    row = write(db, library, ada, CLOZE)
    remember(db, row, "2")

    own_cards.edit(db, library, ada.id, row.id, Draft("cloze", "{{1:C}}, G, {{3:E}}."), at=MONDAY + MINUTE)
    db.commit()
    without = {end: memory.aside for end, memory in memories(db).items()}
    own_cards.edit(db, library, ada.id, row.id, CLOZE, at=MONDAY + 2 * MINUTE)
    db.commit()

    again = {end: memory.aside for end, memory in memories(db).items()}
    assert without == {"1": 0, "2": Aside.DELETED, "3": 0}
    assert again == {"1": 0, "2": 0, "3": Aside.DELETED}
    assert memories(db)["2"].stability == 12.5


def test_a_suspended_gap_that_comes_back_is_still_suspended(db, library, ada):
    row = write(db, library, ada, CLOZE)
    desk.suspend(db, ada.id, f"{row.id}.2", BERLIN, at=MONDAY)
    db.commit()

    own_cards.edit(db, library, ada.id, row.id, Draft("cloze", "{{1:C}} alone."), at=MONDAY + MINUTE)
    own_cards.edit(db, library, ada.id, row.id, CLOZE, at=MONDAY + 2 * MINUTE)
    db.commit()

    assert memories(db)["2"].aside == Aside.SUSPENDED


def test_a_card_that_came_as_html_stays_so_and_is_cleaned(db, library, ada):
    row = write(db, library, ada, Draft("basic", "Q?", "A"))
    row.markup = "html"
    draft = Draft("cloze", '<b>{{1:C}}</b> and {{2:G}}<script>alert(1)</script><img src="https://elsewhere.example/x">')

    own_cards.edit(db, library, ada.id, row.id, draft, at=MONDAY + MINUTE)
    made = own_cards.made_of(row)

    assert row.markup == "html" and [card.id.partition(".")[2] for card in made] == ["1", "2"]
    assert "<b>" in made[0].back and "script" not in made[0].front and "elsewhere" not in made[0].front
    with pytest.raises(InvalidForm):
        own_cards.edit(db, library, ada.id, row.id, Draft("cloze", "no gap"), at=MONDAY + MINUTE)


def test_a_deleted_card_leaves_the_day_and_comes_back_as_it_stood(db, library, ada):
    row = write(db, library, ada, CLOZE)
    desk.suspend(db, ada.id, f"{row.id}.1", BERLIN, at=MONDAY)
    db.commit()

    count = own_cards.delete(db, ada.id, {row.id}, at=MONDAY + MINUTE)
    db.commit()
    gone = {memory.aside for memory in memories(db).values()}
    day_list.build(db, library, ada.id, BERLIN, at=MONDAY + MINUTE)
    listed = db.exec(select(QueueCard)).all()
    back = own_cards.restore(db, ada.id, MONDAY + MINUTE)
    db.commit()

    assert (count, back) == (1, 1) and gone == {Aside.DELETED} and listed == []
    assert {end: memory.aside for end, memory in memories(db).items()} == {"1": Aside.SUSPENDED, "2": 0}


def test_nobody_edits_or_deletes_what_is_not_theirs(db, library, ada, eve):
    row = write(db, library, ada, CLOZE)

    with pytest.raises(NotFound):
        own_cards.edit(db, library, eve.id, row.id, CLOZE, at=MONDAY)
    for verb in card_acts.VERBS:
        with pytest.raises(NotFound):
            card_acts.act(db, eve.id, verb, [f"{row.id}.1"], BERLIN, tags="x", at=MONDAY)
    assert own_cards.delete(db, eve.id, {row.id}, at=MONDAY) == 0


@pytest.mark.parametrize("verb", ["suspended", "buried", "tagged", "deleted"])
def test_an_undo_takes_back_exactly_what_was_changed(db, library, ada, verb):
    one, other = (write(db, library, ada, Draft("basic", f"Q{n}?", "A", tags="eq" if n else "")) for n in range(2))
    ids = [one.id, other.id]
    if verb in ("suspended", "buried"):  # one of them was so before
        act = desk.suspend if verb == "suspended" else desk.bury
        act(db, ada.id, other.id, BERLIN, at=MONDAY - MINUTE)
    db.commit()
    before = standing(db)

    done = card_acts.act(db, ada.id, verb, ids, BERLIN, tags="eq", at=MONDAY + SECOND)
    db.commit()
    changed = standing(db)
    count = card_acts.undo(db, ada.id, done, BERLIN, at=MONDAY + MINUTE)
    db.commit()

    assert changed != before == standing(db)
    assert count == done.count == (2 if verb == "deleted" else 1)
    assert card_acts.undo(db, ada.id, done, BERLIN, at=MONDAY + 2 * MINUTE) == 0
    assert replay.faults(db, ada.id) == []


def test_bringing_back_is_undone_to_what_each_card_was(db, library, ada):
    rows = [write(db, library, ada, Draft("basic", f"Q{n}?", "A")) for n in range(2)]
    desk.suspend(db, ada.id, rows[0].id, BERLIN, at=MONDAY)
    desk.bury(db, ada.id, rows[1].id, BERLIN, at=MONDAY)
    db.commit()
    before = standing(db)

    done = card_acts.act(db, ada.id, "returned", [row.id for row in rows], BERLIN, at=MONDAY + MINUTE)
    card_acts.undo(db, ada.id, done, BERLIN, at=MONDAY + 2 * MINUTE)
    db.commit()

    assert done.count == 2 and standing(db) == before


def test_what_is_suspended_among_many_leaves_the_day_and_the_desk_can_take_it_back(db, library, ada):
    row = write(db, library, ada, Draft("basic", "Q?", "A"))
    day_list.build(db, library, ada.id, BERLIN, at=MONDAY)
    card_acts.act(db, ada.id, "suspended", [row.id], BERLIN, at=MONDAY + MINUTE)
    db.commit()

    back = desk.undo(db, ada.id, BERLIN, at=MONDAY + 2 * MINUTE)

    assert back == row.id and memories(db)[""].aside == 0


def test_tags_go_on_and_off_once_each_whatever_their_capitals(db, library, ada):
    row = write(db, library, ada, Draft("basic", "Q?", "A", tags="EQ"))

    added = own_cards.tag(db, ada.id, {row.id}, "eq, mix #mix", is_on=True, at=MONDAY)
    words = row.tags
    taken = own_cards.tag(db, ada.id, {row.id}, "eq", is_on=False, at=MONDAY)

    assert (added, words, taken, row.tags) == (1, "EQ mix", 1, "mix")
    with pytest.raises(Refused, match="Write a tag"):
        own_cards.tag(db, ada.id, {row.id}, " , ", is_on=True, at=MONDAY)


def test_course_cards_take_no_tags_and_are_not_deleted(db, library, ada):
    lesson = library.lessons["daw-signal-path"]
    lessons.mark_done(db, ada.id, lesson, at=MONDAY)

    for verb in ("tagged", "deleted"):
        with pytest.raises(Refused, match="belong to lessons"):
            card_acts.act(db, ada.id, verb, [lesson.cards[0].id], BERLIN, tags="x", at=MONDAY)


def standing(db: Session) -> list[object]:
    db.expire_all()
    rows = [(one.card_id, one.aside, one.buried_day) for one in db.exec(select(Memory).order_by(Memory.card_id))]
    texts = [(one.id, one.tags, one.deleted_at) for one in db.exec(select(OwnCard).order_by(OwnCard.id))]
    return [rows, texts]
