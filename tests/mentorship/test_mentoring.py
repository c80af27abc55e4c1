"""The mentor's desk: who stands on it, in which order, and what waits."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from core.accounts import User
from core.ids import uuid7
from curriculum.library import Library
from mentorship import actions, mentoring, milestones, sessions
from mentorship.actions import Promise
from mentorship.mentoring import Desk
from mentorship.models.meetings import ParkedQuestion, StudioSession
from mentorship.models.pieces import Feedback
from mentorship.sessions import Between, Entry
from tests.conftest import person
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY


@pytest.fixture
def desk(db: Session, library: Library) -> Callable[..., Desk]:
    """`desk(ben)`: his desk on Monday."""
    return lambda mentor, at=MONDAY, **more: mentoring.desk(db, library, mentor.id, mentor.zone, at=at, **more)


@pytest.fixture
def meet(db: Session, library: Library) -> Callable[..., StudioSession]:
    """`meet(ada, ben, MONDAY)`: their meeting then, in the state that the columns say."""

    def make(apprentice: User, mentor: User, starts_at: Any, **columns: Any) -> StudioSession:
        between, entry = Between(apprentice.id, mentor.id), Entry(starts_at, BERLIN, 45)
        session = sessions.log(db, library, apprentice.id, "meeting", between, entry, at=MONDAY - 30 * DAY)
        session.held_at = session.confirmed_at = session.asked_by = None
        for name, value in columns.items():
            setattr(session, name, value)
        db.commit()
        return session

    return make


@pytest.fixture
def many(db: Session, link_of: Callable[..., Any]) -> Callable[..., list[User]]:
    """`many(ben, "Zoe", "Ida")`: apprentices of his, linked one day after the other, the first the longest ago."""

    def make(mentor: User, *names: str) -> list[User]:
        people = [person(db, name) for name in names]
        for number, one in enumerate(people):
            link_of(one, mentor).began_at = MONDAY - (len(people) - number) * DAY
        db.commit()
        return people

    return make


def names(desk: Desk) -> list[str]:
    return [row.person.name for row in desk.rows]


# -- who, and in which order ---------------------------------------------------------------------------------


def test_those_without_movement_for_longest_stand_first(desk, ben, many):
    many(ben, "Zoe", "Ida", "Max")

    found = desk(ben)

    assert names(found) == ["Zoe", "Ida", "Max"]
    assert [row.standing.days for row in found.rows] == [3, 2, 1]


def test_by_name_and_by_next_meeting(desk, meet, ben, many):
    zoe, _, max_, _ = many(ben, "Zoe", "Ida", "Max", "amy")
    meet(max_, ben, MONDAY + DAY, confirmed_at=MONDAY)
    meet(zoe, ben, MONDAY + 2 * DAY)
    meet(zoe, ben, MONDAY + 9 * DAY)

    assert names(desk(ben, sort="name")) == ["amy", "Ida", "Max", "Zoe"]
    assert names(desk(ben, sort="meeting")) == ["Max", "Zoe", "amy", "Ida"]


def test_words_find_a_name_whatever_its_case_and_accents(desk, ben, many):
    many(ben, "Zoë Lind", "Ida Lindt", "Max")

    found = desk(ben, words="LIND zoe")

    assert names(found) == ["Zoë Lind"] and found.total == 3


@pytest.mark.parametrize("column", ["paused_at", "completed_at", "ended_at"])
def test_apprentices_whose_link_is_not_in_force_are_not_in_the_list(desk, ada, ben, link_of, column):
    link_of(ada, ben, **{column: MONDAY})

    assert desk(ben).rows == []


def test_her_own_mentor_is_not_among_her_apprentices(desk, ada, ben, link_of):
    link_of(ada, ben)

    assert desk(ada).rows == [] and names(desk(ben)) == ["Ada"]


# -- meetings ------------------------------------------------------------------------------------------------


def test_the_next_meeting_stands_in_both_their_times(desk, meet, ada, ben, link_of):
    link_of(ada, ben)
    meet(ada, ben, MONDAY - 4 * HOUR)
    coming = meet(ada, ben, MONDAY + DAY)

    [row] = desk(ben).rows

    assert row.meeting is not None and row.meeting.id == coming.id
    assert (row.here, row.there) == ("Tue 24 Nov 12:00", "Tue 24 Nov 13:00")


def test_a_cancelled_or_missed_meeting_is_not_the_next_one_and_waits_for_nothing(desk, meet, ada, ben, link_of):
    link_of(ada, ben)
    meet(ada, ben, MONDAY + DAY, cancelled_at=MONDAY)
    meet(ada, ben, MONDAY - DAY, missed_at=MONDAY)

    [row] = desk(ben).rows

    assert (row.meeting, row.waits) == (None, ())


def test_what_waits_of_sessions_is_what_the_mentor_can_do_now(desk, meet, ada, ben, link_of):
    link_of(ada, ben)
    meet(ada, ben, MONDAY - 9 * DAY, held_at=MONDAY, signed_at=MONDAY)
    meet(ada, ben, MONDAY - 8 * DAY, held_at=MONDAY, mentor_signed_at=MONDAY)
    meet(ada, ben, MONDAY - DAY, confirmed_at=MONDAY - 3 * DAY)
    meet(ada, ben, MONDAY - 20 * MINUTE, confirmed_at=MONDAY - 3 * DAY)  # under way
    meet(ada, ben, MONDAY + DAY, asked_by=ada.id)
    meet(ada, ben, MONDAY + 2 * DAY, asked_by=ben.id)
    meet(ada, ben, MONDAY + 3 * DAY, asked_by=ada.id, confirmed_at=MONDAY)

    [row] = desk(ben).rows

    assert [wait.words for wait in row.waits] == [
        "a meeting to sign",
        "a meeting to mark as held",
        "a time to confirm",
    ]


# -- milestones, reviews, promises, questions ----------------------------------------------------------------


def hand_in(db: Session, library: Library, owner: User) -> None:
    milestone = library.milestones["first-beat"]
    ids = ["lessons", "recall", "self", *(f"evidence-{item.id}" for item in milestone.evidence)]
    reasons = dict.fromkeys([*ids, *(f"target-{target.id}" for target in milestone.targets)], "It is what I have.")
    milestones.submit(db, library, owner, milestone, [], reasons, at=MONDAY)
    db.commit()


def test_a_milestone_that_was_handed_in_waits_where_the_link_shows_pieces(desk, db, library, ada, ben, eve, link_of):
    link_of(ada, ben)
    link_of(ada, eve, shows_pieces=False)
    hand_in(db, library, ada)

    assert [wait.words for row in desk(ben).rows for wait in row.waits] == ["M01 to look at"]
    assert [row.waits for row in desk(eve).rows] == [()]


def test_a_review_of_the_mentors_piece_waits_until_it_is_answered(desk, db, ada, ben, link_of, make_version):
    link_of(ada, ben)
    version = make_version(ben)
    row = Feedback(user_id=ben.id, id=uuid7(), version_id=version.id, from_id=ada.id, from_name="Ada", asked_at=MONDAY)
    db.add(row)
    db.commit()
    asked = desk(ben).rows[0].waits
    row.given_at = MONDAY
    db.commit()
    given = desk(ben).rows[0].waits
    row.answered_at = MONDAY
    db.commit()

    assert (asked, desk(ben).rows[0].waits) == ((), ())
    assert [(wait.words, wait.piece_id) for wait in given] == [("a review to answer", version.piece_id)]


def test_overdue_promises_of_both_are_counted_with_this_mentor_alone(desk, db, meet, ada, ben, eve, link_of):
    for mentor in (ben, eve):
        link_of(ada, mentor)
    meeting = meet(ada, ben, MONDAY - DAY, held_at=MONDAY)
    yesterday = MONDAY.date() - timedelta(days=1)
    for owner, due_on in ((ada, yesterday), (ben, yesterday), (ada, MONDAY.date()), (ada, None)):
        actions.add_action(db, ada.id, meeting.id, Promise("something", owner.id, due_on), at=MONDAY)
    done = actions.add_action(db, ada.id, meeting.id, Promise("done", ada.id, date(2026, 11, 1)), at=MONDAY)
    actions.finish(db, ada.id, done.id, at=MONDAY)
    dropped = actions.add_action(db, ada.id, meeting.id, Promise("dropped", ada.id, date(2026, 11, 1)), at=MONDAY)
    dropped.dropped_at = MONDAY
    actions.add_own_action(db, ada.id, "her own", date(2026, 11, 1), at=MONDAY)
    db.commit()

    assert (desk(ben).rows[0].overdue, desk(eve).rows[0].overdue) == (2, 0)


def test_parked_questions_are_counted_where_the_link_shows_sessions(desk, db, ada, ben, eve, link_of):
    link_of(ada, ben)
    link_of(ada, eve, shows_sessions=False)
    for more in ({}, {}, {"answered_at": MONDAY}, {"removed_at": MONDAY}):
        db.add(ParkedQuestion(user_id=ada.id, id=uuid7(), text="Why?", parked_at=MONDAY, **more))
    db.commit()

    assert (desk(ben).rows[0].parked, desk(eve).rows[0].parked) == (2, 0)


# -- the page ------------------------------------------------------------------------------------------------


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_without_apprentices_the_page_says_what_it_is_for(as_eve, eve):
    seen = words(as_eve.get("/mentoring"))

    assert "No apprentices yet" in seen and "Invite an apprentice" in seen


def test_the_page_leads_to_what_waits(as_ben, db, library, meet, ada, ben, link_of):
    link_of(ada, ben)
    meeting = meet(ada, ben, MONDAY + DAY, asked_by=ada.id)
    hand_in(db, library, ada)

    page = as_ben.get("/mentoring?sort=name&q=ada")

    for path in (
        f"/apprentices/{ada.id}/brief",
        f"/sessions/{meeting.id}",
        f"/apprentices/{ada.id}/milestones/first-beat",
    ):
        assert f'href="{path}"' in page.text
        assert as_ben.get(path).status_code == 200


def test_an_unknown_order_is_the_usual_one(as_ben, ada, ben, link_of):
    link_of(ada, ben)

    assert as_ben.get("/mentoring?sort=price").status_code == 200


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_apprentices(base, db, library, meet, ben, many):
    first = many(ben, "Zoe")[0]
    meet(first, ben, MONDAY + DAY, asked_by=first.id)
    small = statements(base, library, ben)
    for one in many(ben, *(f"Nr{number}" for number in range(12))):
        meet(one, ben, MONDAY + DAY, asked_by=one.id)
        meet(one, ben, MONDAY - DAY, confirmed_at=MONDAY)

    large = statements(base, library, ben)

    assert large == small and small < 25


def statements(base: Any, library: Library, mentor: User) -> int:
    asked: list[str] = []

    def count(*call: Any) -> None:
        asked.append(call[2])

    sa.event.listen(base.engine, "before_cursor_execute", count)
    with base.reading() as db:
        mentoring.desk(db, library, mentor.id, mentor.zone, at=MONDAY)
    sa.event.remove(base.engine, "before_cursor_execute", count)
    return len(asked)
