"""Practice under way: one at a time, stopped with the minutes that somebody says."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.errors import Conflict, NotAllowed, NotFound, Refused
from mentorship import practice_log, sessions
from mentorship.entries import LONGEST
from mentorship.models.meetings import StudioSession
from mentorship.sessions import Between, Entry
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, SECOND

RUNNING = {"kind": "practice", "starts_at": MONDAY, "logged_at": MONDAY}


@pytest.fixture
def started(db, ada):
    session = practice_log.start(db, ada.id, BERLIN, " Even sixteenths ", at=MONDAY)
    db.commit()
    return session


def test_practice_is_begun_with_a_goal_and_stopped_with_a_result(db, fresh_db, ada, started):
    assert practice_log.running(db, ada.id).id == started.id
    assert started.held_at is None

    practice_log.stop(
        db, ada.id, started.id, minutes=25, goal="Even sixteenths", result="Clean at 80.", at=MONDAY + 30 * MINUTE
    )
    db.commit()

    kept = fresh_db.exec(select(StudioSession)).one()
    assert (kept.kind, kept.minutes, kept.goal, kept.result) == ("practice", 25, "Even sixteenths", "Clean at 80.")
    assert (kept.starts_at, kept.held_at) == (MONDAY, MONDAY + 30 * MINUTE)
    assert practice_log.running(fresh_db, ada.id) is None


def test_only_one_practice_runs_and_each_person_has_their_own(db, ada, ben, started):
    with pytest.raises(Conflict, match="running already"):
        practice_log.start(db, ada.id, BERLIN, "", at=MONDAY + HOUR)

    assert practice_log.start(db, ben.id, BERLIN, "", at=MONDAY + HOUR)


def test_what_is_planned_or_was_logged_does_not_run(db, library, ada):
    for starts_at in (MONDAY + DAY, MONDAY - DAY):
        entry = Entry(starts_at, BERLIN, 30)
        session = sessions.log(db, library, ada.id, "practice", Between(ada.id), entry, at=MONDAY)
        assert not practice_log.is_running(session)

    assert practice_log.running(db, ada.id) is None
    assert practice_log.start(db, ada.id, BERLIN, "", at=MONDAY)


@given(seconds=st.integers(0, 40 * 86_400))
def test_the_minutes_proposed_are_those_begun_and_never_over_four_hours(seconds):
    session = StudioSession(**RUNNING)

    minutes = practice_log.minutes_so_far(session, at=MONDAY + timedelta(seconds=seconds))

    assert 1 <= minutes <= 240
    assert minutes == 240 or 0 <= max(minutes * 60 - seconds, 0) <= 60
    assert practice_log.was_forgotten(session, at=MONDAY + timedelta(seconds=seconds)) == (seconds > 4 * 3600)


@pytest.mark.parametrize(
    ("after", "minutes", "takes"),
    [
        (SECOND, 1, True),
        (SECOND, 2, False),
        (30 * MINUTE, 0, True),  # not said
        (30 * MINUTE, 30, True),
        (30 * MINUTE, 31, False),
        (5 * HOUR, 300, True),  # the four hours are a proposal, no limit
        (3 * DAY, LONGEST, True),
        (3 * DAY, LONGEST + 1, False),
        (DAY, -1, False),
    ],
)
def test_it_took_no_longer_than_since_it_began(db, ada, started, after, minutes, takes):
    def stop():
        return practice_log.stop(db, ada.id, started.id, minutes=minutes, goal="", result="", at=MONDAY + after)

    if takes:
        assert stop().minutes == minutes
    else:
        with pytest.raises(Refused) as refusal:
            stop()
        assert refusal.value.field == "minutes"


def test_what_was_stopped_is_not_stopped_or_thrown_away_again(db, ada, started):
    practice_log.stop(db, ada.id, started.id, minutes=5, goal="", result="Done.", at=MONDAY + HOUR)

    with pytest.raises(Conflict, match="not running any more"):
        practice_log.stop(db, ada.id, started.id, minutes=9, goal="", result="", at=MONDAY + 2 * HOUR)
    with pytest.raises(Conflict, match="not running any more"):
        practice_log.throw_away(db, ada.id, started.id, at=MONDAY + 2 * HOUR)
    assert (started.minutes, started.result) == (5, "Done.")


def test_what_was_started_by_mistake_is_thrown_away_and_does_not_count(db, ada, started):
    practice_log.throw_away(db, ada.id, started.id, at=MONDAY + HOUR)
    db.commit()

    assert practice_log.running(db, ada.id) is None
    assert sum(sessions.minutes_by_kind(db, ada.id).values()) == 0
    assert practice_log.start(db, ada.id, BERLIN, "", at=MONDAY + HOUR)


def test_a_mentor_reads_that_it_runs_and_does_not_stop_it(db, ada, ben, eve, link_of, started):
    link_of(ada, ben)

    with pytest.raises(NotAllowed, match="held by others"):
        practice_log.stop(db, ben.id, started.id, minutes=1, goal="", result="", at=MONDAY + HOUR)
    with pytest.raises(NotFound):
        practice_log.throw_away(db, eve.id, started.id, at=MONDAY + HOUR)
