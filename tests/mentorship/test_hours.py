"""Hours: what was held, what of it is signed, by kind and week."""

from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import uuid7
from curriculum.models import Learner
from mentorship import hours, links
from mentorship.hours import Minutes
from mentorship.models.meetings import StudioSession
from tests.mentorship.page_text import words
from tests.times import AUCKLAND, BERLIN, DAY, HOUR, MINUTE, MONDAY, SECOND, WEEK, on_the_wall

TODAY = date(2026, 11, 23)


@pytest.fixture
def held(db):
    """`held(ada, ben)`: a meeting of an hour ago; `held(ada)`: practice. signed: by both."""

    def make(apprentice, mentor=None, *, minutes=45, starts_at=MONDAY - HOUR, signed=False, **more):
        kind = "meeting" if mentor else "practice"
        row = {
            "user_id": apprentice.id,
            "id": uuid7(),
            "mentor_id": mentor and mentor.id,
            "kind": kind,
            "starts_at": starts_at,
            "zone": BERLIN,
            "minutes": minutes,
            "held_at": MONDAY,
            "signed_at": MONDAY if signed else None,
            "mentor_signed_at": MONDAY if signed else None,
            "logged_by": apprentice.id,
            "logged_at": MONDAY,
        }
        session = StudioSession(**row | more)
        db.add(session)
        db.commit()
        return session

    return make


def whole(db, person):
    found = hours.of(db, person.id, person.zone, at=MONDAY)
    return {kind: (one.claimed, one.signed) for kind, one in found.whole.items()}


def test_what_is_claimed_and_what_is_signed_are_told_apart(db, held, ada, ben):
    held(ada, ben, signed=True)
    held(ada, ben, minutes=30)
    held(ada, ben, minutes=20, signed_at=MONDAY)  # by her alone
    held(ada, ben, minutes=10, mentor_signed_at=MONDAY)
    held(ada, kind="studio", minutes=200)
    held(ada, minutes=50)

    assert whole(db, ada) == {"meeting": (105, 45), "studio": (200, 0), "practice": (50, 0)}


def test_what_it_took_counts_and_not_what_was_planned(db, held, ada, ben):
    held(ada, ben, signed=True, real_minutes=70)
    held(ada, minutes=0)

    assert whole(db, ada) == {"meeting": (70, 70), "studio": (0, 0), "practice": (0, 0)}


@pytest.mark.parametrize(
    "state", [{"cancelled_at": MONDAY, "held_at": None}, {"missed_at": MONDAY, "held_at": None}, {"held_at": None}]
)
def test_what_was_not_held_counts_nothing(db, held, ada, ben, state):
    held(ada, ben, **state)

    assert whole(db, ada)["meeting"] == (0, 0)


def test_hours_are_laid_over_the_weeks_of_the_programme(db, held, ada):
    db.add(Learner(user_id=ada.id, programme="mentored", started_on=date(2026, 11, 5)))  # a Thursday
    held(ada, minutes=10, starts_at=on_the_wall(BERLIN, "2026-11-04 23:59"))  # before it
    held(ada, minutes=20, starts_at=on_the_wall(BERLIN, "2026-11-05 00:00"))
    held(ada, minutes=30, starts_at=on_the_wall(BERLIN, "2026-11-11 23:59"))
    held(ada, minutes=40, starts_at=on_the_wall(BERLIN, "2026-11-12 00:00"))

    found = hours.of(db, ada.id, BERLIN, at=MONDAY)

    assert [(week.number, week.first.isoformat()) for week in found.weeks] == [
        (1, "2026-11-05"),
        (2, "2026-11-12"),
        (3, "2026-11-19"),
    ]
    assert [week.kinds["practice"].claimed for week in found.weeks] == [50, 40, 0]
    assert found.has_programme


def test_without_a_programme_the_last_weeks_are_shown_from_monday_on(db, held, ada):
    held(ada, minutes=10, starts_at=MONDAY)
    held(ada, minutes=20, starts_at=MONDAY - DAY)
    held(ada, minutes=30, starts_at=MONDAY - 13 * WEEK)

    found = hours.of(db, ada.id, BERLIN, at=MONDAY)

    assert len(found.weeks) == 12
    assert [week.kinds["practice"].claimed for week in found.weeks[-2:]] == [20, 10]
    assert (found.weeks[-1].first, found.has_programme) == (TODAY, False)
    assert found.whole["practice"] == Minutes(30, 0)


def test_a_week_begins_at_the_learners_own_midnight(db, held, ada):
    moment = on_the_wall(AUCKLAND, "2026-11-23 00:00")
    held(ada, minutes=10, starts_at=moment)
    held(ada, minutes=20, starts_at=moment - SECOND)

    here = hours.of(db, ada.id, AUCKLAND, at=MONDAY)
    there = hours.of(db, ada.id, BERLIN, at=MONDAY)

    assert [week.kinds["practice"].claimed for week in here.weeks[-2:]] == [20, 10]
    assert [week.kinds["practice"].claimed for week in there.weeks[-2:]] == [30, 0]


def test_a_mentors_hours_are_counted_by_apprentice(db, held, ada, ben, eve, link_of):
    link = link_of(ada, ben)
    link_of(eve, ben)
    held(ada, ben, signed=True)
    held(ada, ben, minutes=30)
    held(eve, ben, minutes=15)
    held(ada, minutes=500)
    links.end(db, ben.id, link.id, at=MONDAY)

    found = [(one.apprentice.name, one.meetings, one.minutes) for one in hours.mentoring(db, ben.id)]

    assert found == [("Ada", 2, Minutes(75, 45)), ("Eve", 1, Minutes(15, 0))]
    assert hours.mentoring(db, ada.id) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60 * 24 * 90), st.integers(0, 600), st.booleans()), max_size=25))
def test_the_weeks_add_up_to_what_a_loop_finds(db, ada, ben, sessions):
    """sessions: how many minutes ago, how long, whether signed."""
    for ago, minutes, signed in sessions:
        moment = MONDAY if signed else None
        db.add(
            StudioSession(
                user_id=ada.id,
                id=uuid7(),
                mentor_id=ben.id,
                kind="meeting",
                starts_at=MONDAY - ago * MINUTE,
                zone=BERLIN,
                minutes=minutes,
                held_at=MONDAY,
                signed_at=moment,
                mentor_signed_at=moment,
                logged_by=ada.id,
                logged_at=MONDAY,
            )
        )
    db.flush()

    found = hours.of(db, ada.id, BERLIN, at=MONDAY)

    first = on_the_wall(BERLIN, f"{found.weeks[0].first} 00:00")
    shown = [(minutes, signed) for ago, minutes, signed in sessions if MONDAY - ago * MINUTE >= first]
    assert found.whole["meeting"] == Minutes(
        sum(minutes for minutes, _ in shown), sum(minutes for minutes, signed in shown if signed)
    )
    db.rollback()


def test_the_number_of_questions_does_not_grow_with_the_sessions(base, db, held, ada, ben, link_of):
    link_of(ada, ben)

    def questions():
        asked = []

        def count(_connection, _cursor, statement, *_more):
            asked.append(statement)

        sa.event.listen(base.engine, "before_cursor_execute", count)
        hours.of(db, ada.id, BERLIN, at=MONDAY)
        hours.mentoring(db, ben.id)
        sa.event.remove(base.engine, "before_cursor_execute", count)
        return len(asked)

    held(ada, ben)
    few = questions()
    for number in range(30):
        held(ada, ben, starts_at=MONDAY - number * DAY)

    assert 0 < questions() <= few


# -- the page ------------------------------------------------------------------------------------------------


def test_the_page_says_in_words_what_the_picture_shows(as_ada, held, ada, ben, link_of):
    link_of(ada, ben)
    held(ada, ben, signed=True)
    held(ada, ben, minutes=30)
    held(ada, minutes=50)

    page = words(as_ada.get("/sessions/hours"))

    assert "In the last 12 weeks: 2 h 5 min in all; meetings 1 h 15 min (45 min signed), practice 50 min." in page
    assert "Week of 23 Nov 2026 1 h 15 min 45 min – 50 min" in page


def test_a_mentors_page_shows_with_whom(as_ben, held, ada, ben, link_of):
    link_of(ada, ben)
    held(ada, ben, signed=True)

    assert "As a mentor With Meetings Held Signed Ada 1 45 min 45 min" in words(as_ben.get("/sessions/hours"))


def test_the_page_of_hours_teaches_when_it_is_empty(as_eve):
    assert "No hours yet" in words(as_eve.get("/sessions/hours"))
