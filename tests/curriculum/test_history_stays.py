"""Whatever happens to a lesson's text, what a learner remembers of its cards stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from core.accounts import User
from core.database import Database
from curriculum import day_list, library, replay
from curriculum.library import Library
from curriculum.models import Memory, QueueCard, Review
from tests.curriculum.at_the_desk import Desk
from tests.curriculum.small_content import PATH, edit, write_content
from tests.times import BERLIN, DAY, MONDAY

LESSON = "daw-path"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_content(tmp_path / "texts")


@pytest.fixture
def learnt(base: Database, db: Session, ada: User, folder: Path) -> Desk:
    """Ada has answered all cards of the first lesson: they come back later."""
    desk = Desk(base, db, read(folder), ada)
    desk.add(LESSON)
    for card in desk.library.lessons[LESSON].cards:
        desk.sit_down(new=100)
        desk.answer(card.id, 4)
    return desk


def read(folder: Path) -> Library:
    found, problems = library.load(folder)
    assert problems == []
    return found


def edit_the_text(folder: Path) -> None:
    edit(folder.parent, PATH, "Which stage turns a signal into numbers?", "Which stage makes numbers of a signal?")


def edit_the_answer_and_the_title(folder: Path) -> None:
    edit(folder.parent, PATH, "The converter.", "The analogue-to-digital converter.")
    edit(folder.parent, PATH, "title: The path", "title: The way of a signal")


def rename_the_file(folder: Path) -> None:
    (folder / "daw/01-path.md").rename(folder / "daw/09-the-way.md")


def move_a_card_up_in_its_lesson(folder: Path) -> None:
    text = (folder / "daw/01-path.md").read_text()
    start, end = text.index("/// card | id:"), text.index("///\n\n/// card") + 5
    card = text[start:end]
    (folder / "daw/01-path.md").write_text(text.replace(card, "").replace("## Milestone", card + "## Milestone"))


def move_a_card_to_another_lesson(folder: Path) -> None:
    text = (folder / "daw/01-path.md").read_text()
    start, end = text.index("/// card | id:"), text.index("///\n\n/// card") + 5
    (folder / "daw/01-path.md").write_text(text[:start] + text[end:])
    other = (folder / "daw/02-midi.md").read_text()
    (folder / "daw/02-midi.md").write_text(other.replace("## Milestone", text[start:end] + "## Milestone"))


@pytest.mark.parametrize(
    "change",
    [
        edit_the_text,
        edit_the_answer_and_the_title,
        rename_the_file,
        move_a_card_up_in_its_lesson,
        move_a_card_to_another_lesson,
    ],
)
def test_an_edit_a_move_and_a_new_name_keep_the_history(
    learnt: Desk, folder: Path, change: Callable[[Path], None]
) -> None:
    before = {card.id: learnt.memory(card.id).model_dump() for card in learnt.library.lessons[LESSON].cards}
    old = learnt.library.hash

    change(folder)
    learnt.library = read(folder)

    assert learnt.library.hash != old
    assert set(before) <= set(learnt.library.cards)
    assert {card_id: learnt.memory(card_id).model_dump() for card_id in before} == before
    later = max(memory["due_at"] for memory in before.values())
    assert set(listed(learnt, at=later)) >= {card_id for card_id in before if "." not in card_id}
    learnt.answer(min(before), 3, at=later)
    assert replay.faults(learnt.db, learnt.person.id) == []


def test_a_lesson_taken_out_retires_its_cards_and_loses_nothing(learnt: Desk, folder: Path, fresh_db: Session) -> None:
    whole = (folder / "daw/02-midi.md").read_text()
    learnt.add("daw-midi")
    (folder / "daw/02-midi.md").unlink()
    gone = {card.id for card in learnt.library.lessons["daw-midi"].cards}

    learnt.library, _ = library.load(folder)

    later = MONDAY + 400 * DAY
    assert not gone & set(listed(learnt, at=later))
    assert gone <= set(fresh_db.exec(select(col(Memory.card_id))))
    (folder / "daw/02-midi.md").write_text(whole)
    learnt.library = read(folder)
    day_list.forget(learnt.db, learnt.person.id)
    assert gone & set(listed(learnt, at=later))


def test_a_card_taken_out_leaves_the_log_as_it_was(learnt: Desk, folder: Path, fresh_db: Session) -> None:
    logged = len(fresh_db.exec(select(Review)).all())
    first = learnt.library.lessons[LESSON].cards[0]
    text = (folder / "daw/01-path.md").read_text()
    start, end = text.index("/// card | id:"), text.index("///\n\n/// card") + 5
    (folder / "daw/01-path.md").write_text(text[:start] + text[end:])

    learnt.library = read(folder)

    assert first.id not in listed(learnt, at=MONDAY + 400 * DAY)
    fresh_db.rollback()
    assert len(fresh_db.exec(select(Review)).all()) == logged
    assert replay.faults(learnt.db, learnt.person.id) == []


def listed(desk: Desk, *, at) -> list[str]:
    desk.wish(new_a_day=100, reviews_a_day=1000)
    day_list.build(desk.db, desk.library, desk.person.id, BERLIN, at=at)
    desk.db.commit()
    found = list(desk.db.exec(select(col(QueueCard.card_id)).where(col(QueueCard.answered_by).is_(None))))
    desk.db.commit()
    return found
