"""Movement: how long nothing happened, as far as the link shows it, and the word to the mentor after 14 days."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import Session, select

from core.accounts import User
from core.inbox import Notice
from curriculum import lessons
from curriculum.library import Library
from curriculum.models import Memory
from mentorship import actions, links, movement, sessions
from mentorship.actions import Promise
from mentorship.jobs import nudge_mentors
from mentorship.movement import Standing
from mentorship.sessions import Between, Entry
from tests.times import BERLIN, DAY, MONDAY

FIRST = "daw-signal-path"
LATER = MONDAY + 20 * DAY


@pytest.fixture
def standing(db: Session) -> Callable[..., Standing]:
    """`standing(ben, ada)`: how long Ada has stood still for Ben, 20 days after they were linked."""

    def look(mentor: User, apprentice: User, at: datetime = LATER) -> Standing:
        pairs = [pair for pair in links.active(db, mentor.id) if not pair.is_mentor]
        return movement.of(db, mentor.id, pairs, at=at)[apprentice.id]

    return look


def answer(db: Session, library: Library, person: User, at: datetime) -> None:
    db.add(Memory(user_id=person.id, card_id="x1", lesson=FIRST, added_at=at, due_at=at, state=2, reviewed_at=at))


def open_lesson(db: Session, library: Library, person: User, at: datetime) -> None:
    lessons.open_lesson(db, person.id, library.lessons[FIRST], at=at)


def finish_lesson(db: Session, library: Library, person: User, at: datetime) -> None:
    lessons.open_lesson(db, person.id, library.lessons[FIRST], at=MONDAY)
    lessons.mark_done(db, person.id, library.lessons[FIRST], at=at)


def practise(db: Session, library: Library, person: User, at: datetime) -> None:
    sessions.log(db, library, person.id, "practice", Between(person.id), Entry(at, BERLIN, 30), at=at)


MOVES = {"answer": answer, "open a lesson": open_lesson, "finish one": finish_lesson, "practise": practise}
HIDES = {"answer": "lessons", "open a lesson": "lessons", "finish one": "lessons", "practise": "sessions"}


def test_without_any_movement_it_counts_from_the_links_beginning(standing, ada, ben, link_of):
    link_of(ada, ben)

    assert standing(ben, ada) == Standing(MONDAY, 20)


@pytest.mark.parametrize("move", MOVES)
def test_what_she_does_moves_her_where_the_link_shows_it(standing, db, library, ada, ben, eve, link_of, move):
    link_of(ada, ben)
    link_of(ada, eve, **{f"shows_{HIDES[move]}": False})
    MOVES[move](db, library, ada, MONDAY + 15 * DAY)
    db.commit()

    assert (standing(ben, ada).days, standing(eve, ada).days) == (5, 20)


def test_a_version_moves_her_when_its_piece_is_shared(standing, db, ada, ben, link_of, make_version):
    link_of(ada, ben)
    make_version(ada).uploaded_at = MONDAY + 18 * DAY
    before = standing(ben, ada).days

    make_version(ada, shared=True).uploaded_at = MONDAY + 16 * DAY
    db.commit()

    assert (before, standing(ben, ada).days) == (20, 4)


def test_a_meeting_and_a_kept_promise_move_her_whatever_the_link_shows(standing, db, library, ada, ben, link_of):
    link_of(ada, ben, shows_lessons=False, shows_sessions=False, shows_pieces=False)
    entry = Entry(MONDAY + 2 * DAY, BERLIN, 45)
    meeting = sessions.log(db, library, ben.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY + 3 * DAY)
    action = actions.add_action(db, ada.id, meeting.id, Promise("send stems", ada.id), at=MONDAY + 3 * DAY)
    met = standing(ben, ada).days

    actions.finish(db, ada.id, action.id, at=MONDAY + 10 * DAY)
    db.commit()

    assert (met, standing(ben, ada).days) == (18, 10)


def test_what_the_mentor_does_does_not_move_her(standing, db, library, ada, ben, link_of):
    link_of(ada, ben)
    entry = Entry(MONDAY + DAY, BERLIN, 45)
    meeting = sessions.log(db, library, ben.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY + 2 * DAY)
    action = actions.add_action(db, ben.id, meeting.id, Promise("send a track", ben.id), at=MONDAY + 2 * DAY)
    actions.finish(db, ben.id, action.id, at=MONDAY + 19 * DAY)
    entry = Entry(LATER + DAY, BERLIN, 45)
    sessions.log(db, library, ben.id, "meeting", Between(ada.id, ben.id), entry, at=LATER)
    db.commit()

    assert standing(ben, ada).days == 19


# -- the word to the mentor ----------------------------------------------------------------------------------


def told(db: Session, person: User) -> list[str]:
    return [notice.thread for notice in db.exec(select(Notice).where(Notice.user_id == person.id))]


def test_the_mentor_hears_of_it_once_in_each_stretch(db, library, ada, ben, link_of):
    link_of(ada, ben)

    for days in (13, 14, 15, 40):
        nudge_mentors(db, at=MONDAY + days * DAY)
        db.commit()
    first = told(db, ben)
    practise(db, library, ada, MONDAY + 41 * DAY)
    for days in (50, 56, 57):
        nudge_mentors(db, at=MONDAY + days * DAY)
        db.commit()

    assert first == [f"still:{ada.id}:2026-11-23"]
    assert told(db, ben) == [*first, f"still:{ada.id}:2027-01-03"]
    assert told(db, ada) == []


def test_what_the_apprentice_hides_later_makes_no_second_word_about_the_same_stretch(db, library, ada, ben, link_of):
    link = link_of(ada, ben)
    practise(db, library, ada, MONDAY + 3 * DAY)
    nudge_mentors(db, at=MONDAY + 20 * DAY)
    link.shows_sessions = False
    db.commit()

    nudge_mentors(db, at=MONDAY + 21 * DAY)

    assert len(told(db, ben)) == 1


@pytest.mark.parametrize("column", ["paused_at", "completed_at", "ended_at"])
def test_nobody_hears_of_those_whose_link_is_not_in_force(db, ada, ben, link_of, column):
    link_of(ada, ben, **{column: MONDAY + DAY})

    nudge_mentors(db, at=MONDAY + 30 * DAY)

    assert told(db, ben) == []


def test_each_mentor_hears_of_their_own_apprentices_alone(db, library, ada, ben, eve, link_of):
    link_of(ada, ben)
    link_of(eve, ben)
    practise(db, library, eve, MONDAY + 25 * DAY)

    said = nudge_mentors(db, at=MONDAY + 30 * DAY)

    [notice] = db.exec(select(Notice)).all()
    assert said.endswith(": 1") and notice.user_id == ben.id
    assert notice.text.startswith("Ada has been without movement for 30 days")
    assert notice.path == f"/apprentices/{ada.id}/brief"
