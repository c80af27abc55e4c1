"""Sessions and actions: who may read and write them, when they are planned or held, and times across zones."""

from datetime import date, time, timedelta

import pytest

from core import clock
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from mentorship import actions, appointments, links, sessions
from mentorship.actions import Promise
from mentorship.models.meetings import Handover, StudioSession
from mentorship.sessions import Between, Entry
from tests.times import AUCKLAND, BERLIN, DAY, HOUR, MINUTE, MONDAY, NEW_YORK, SECOND, WEEK, on_the_wall


@pytest.fixture
def log(db, library):
    """`log(ada, ben)`: a meeting of an hour ago; `log(ada)`: practice."""

    def make(apprentice, mentor=None, *, by=None, kind=None, starts_at=MONDAY - HOUR, at=MONDAY, **more):
        kind = kind or ("meeting" if mentor else "practice")
        between = Between(apprentice.id, mentor.id if mentor else None)
        entry = Entry(**{"starts_at": starts_at, "zone": BERLIN, "minutes": 45, **more})
        session = sessions.log(db, library, (by or apprentice).id, kind, between, entry, at=at)
        db.commit()
        return session

    return make


def reads(db, person, session):
    try:
        return sessions.seen(db, person.id, session.id).id == session.id
    except NotFound:
        return False


# -- planned and held ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "held"), [(-DAY, True), (-SECOND, True), (timedelta(0), True), (SECOND, False), (DAY, False)]
)
def test_what_is_still_to_come_is_planned_and_all_else_was_held(log, ada, ben, link_of, starts, held):
    link_of(ada, ben)

    session = log(ada, ben, starts_at=MONDAY + starts)

    assert (session.held_at is not None) == held


def test_a_planned_meeting_is_marked_as_held_afterwards(db, log, ada, ben, link_of):
    link_of(ada, ben)
    session = log(ada, ben, starts_at=MONDAY + DAY)

    with pytest.raises(Refused, match="not begun yet"):
        appointments.hold(db, ben.id, session.id, at=MONDAY + DAY - SECOND)
    for moment in (MONDAY + DAY + HOUR, MONDAY + 2 * DAY):
        appointments.hold(db, ben.id, session.id, at=moment)

    assert session.held_at == MONDAY + DAY + HOUR


def test_the_next_meeting_is_the_same_for_both_of_the_pair(db, log, ada, ben, eve, link_of):
    link_of(ada, ben)
    later = log(ada, ben, starts_at=MONDAY + 3 * DAY)
    soon = log(ada, ben, starts_at=MONDAY + DAY)
    log(ada, starts_at=MONDAY + HOUR)

    def following(person, at=MONDAY):
        row = sessions.next_meeting(db, person.id, at)
        return row and (row.session.id, row.person and row.person.name, row.is_mentor)

    assert following(ada) == (soon.id, "Ben", True)
    assert following(ben) == (soon.id, "Ada", False)
    assert following(eve) is None
    assert following(ada, MONDAY + DAY + HOUR) == (soon.id, "Ben", True)  # it may still be under way
    assert following(ada, MONDAY + 2 * DAY) == (later.id, "Ben", True)


def test_a_planned_meeting_is_cancelled_by_the_end_of_the_link(db, log, ada, ben, link_of):
    link = link_of(ada, ben)
    session = log(ada, ben, starts_at=MONDAY + DAY)

    links.end(db, ben.id, link.id, at=MONDAY)

    assert sessions.planned(db, ada.id) == sessions.planned(db, ben.id) == []
    assert [row.word for row in sessions.history(db, ada.id, most=9)] == ["cancelled"]
    assert sessions.history(db, ben.id, most=9) == []
    assert not reads(db, ben, session)


def test_hours_are_counted_by_kind_and_for_the_mentor_apart(db, log, ada, ben, eve, link_of):
    link_of(ada, ben)
    log(ada, minutes=50)
    log(ada, minutes=20, starts_at=MONDAY - 2 * WEEK)
    log(ada, kind="studio", minutes=200)
    log(ada, ben, minutes=45)
    log(ada, ben, minutes=45, starts_at=MONDAY + DAY)

    assert sessions.minutes_by_kind(db, ada.id, MONDAY - DAY) == {
        "practice": 50,
        "studio": 200,
        "meeting": 45,
        "mentoring": 0,
    }
    assert sessions.minutes_by_kind(db, ada.id)["practice"] == 70
    assert sessions.minutes_by_kind(db, ben.id) == {"mentoring": 45}
    assert sessions.minutes_by_kind(db, eve.id) == {"mentoring": 0}


# -- who may log ---------------------------------------------------------------------------------------------


def test_a_mentor_logs_a_meeting_for_the_apprentice(log, ada, ben, link_of):
    link_of(ada, ben, shows_sessions=False)

    session = log(ada, ben, by=ben)

    assert (session.user_id, session.mentor_id, session.logged_by) == (ada.id, ben.id, ben.id)


def test_a_meeting_is_with_somebody_one_is_linked_with_now(db, log, ada, ben, eve, link_of):
    link = link_of(ada, ben)
    links.end(db, ada.id, link.id, at=MONDAY)
    link_of(eve, ben)

    for apprentice, mentor, by in [(ada, ben, ada), (ada, ben, ben), (ada, eve, ada), (ben, ada, ben), (ada, ada, ada)]:
        with pytest.raises(Refused, match="linked with now"):
            log(apprentice, mentor, by=by)
    with pytest.raises(Refused, match="linked with now"):
        log(eve, ben, by=ada)  # somebody else's pair
    with pytest.raises(Refused, match="with whom"):
        log(ada, kind="meeting")


def test_practice_is_alone_and_ones_own(log, ada, ben, link_of):
    link_of(ada, ben)

    with pytest.raises(Refused, match="alone"):
        log(ada, ben, kind="practice")
    with pytest.raises(Refused, match="your own"):
        log(ada, by=ben)


def test_a_milestone_that_nobody_knows_is_refused(db, library, log, ada):
    with pytest.raises(Refused) as refusal:
        log(ada, milestones=("no-such-thing",))

    assert refusal.value.field == "milestones"
    assert log(ada, milestones=("first-beat",)).milestones == ["first-beat"]


def test_a_session_in_three_years_is_refused(log, ada):
    with pytest.raises(Refused, match="two years ahead"):
        log(ada, starts_at=MONDAY + 1000 * DAY)


# -- who may read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shows", [True, False])
def test_a_mentor_reads_practice_only_where_the_link_shows_sessions(db, log, ada, ben, eve, link_of, shows):
    link_of(ada, ben, shows_sessions=shows)
    practice = log(ada)

    assert reads(db, ada, practice)
    assert reads(db, ben, practice) == shows
    assert not reads(db, eve, practice)


@pytest.mark.parametrize("shows", [True, False])
def test_what_was_held_together_stays_readable_to_both(db, log, ada, ben, eve, link_of, shows):
    link = link_of(ada, ben, shows_sessions=shows)
    together, practice, planned = log(ada, ben), log(ada), log(ada, ben, starts_at=MONDAY + DAY)

    assert reads(db, ben, together) and reads(db, ben, planned)
    links.end(db, ada.id, link.id, at=MONDAY)

    assert reads(db, ada, together) and reads(db, ben, together)
    assert not reads(db, ben, practice) and not reads(db, ben, planned)
    assert not reads(db, eve, together)
    assert [row.session.id for row in sessions.history(db, ben.id, most=9)] == [together.id]
    assert sessions.held_together(db, ada.id, ben.id) == [together]


def test_a_second_mentor_reads_of_meetings_with_the_first_what_was_handed_on(db, log, ada, ben, eve, link_of):
    link_of(ada, ben)
    link = link_of(ada, eve)
    session, kept, ahead = log(ada, ben), log(ada, ben), log(ada, ben, starts_at=MONDAY + DAY)
    assert not reads(db, eve, session)

    for one in (session, ahead):
        db.add(Handover(user_id=ada.id, session_id=one.id, mentor_id=eve.id, handed_at=MONDAY))
    db.commit()

    assert reads(db, eve, session)
    assert not reads(db, eve, kept) and not reads(db, eve, ahead)
    with pytest.raises(NotAllowed, match="held by others"):
        appointments.hold(db, eve.id, session.id, at=MONDAY)
    with pytest.raises(NotAllowed, match="held by others"):
        actions.add_action(db, eve.id, session.id, Promise("Listen", eve.id), at=MONDAY)
    links.end(db, ada.id, link.id, at=MONDAY)
    assert not reads(db, eve, session)


def test_what_a_stranger_asks_for_is_as_good_as_missing(db, library, log, ada, ben, eve, link_of):
    link_of(ada, ben)
    session = log(ada, ben)
    action = actions.add_action(db, ada.id, session.id, Promise("Bounce", ada.id), at=MONDAY)
    own = actions.add_own_action(db, ada.id, "Buy strings", None, at=MONDAY)
    db.commit()
    entry = Entry(MONDAY, BERLIN, 1)

    for session_id in (session.id, uuid7()):
        with pytest.raises(NotFound):
            sessions.change(db, library, eve.id, session_id, entry, before=None, at=MONDAY)
        with pytest.raises(NotFound):
            appointments.hold(db, eve.id, session_id, at=MONDAY)
        with pytest.raises(NotFound):
            actions.add_action(db, eve.id, session_id, Promise("x", eve.id), at=MONDAY)
    for action_id in (action.id, own.id, uuid7()):
        with pytest.raises(NotFound):
            actions.finish(db, eve.id, action_id, at=MONDAY)
        with pytest.raises(NotFound):
            actions.reopen(db, eve.id, action_id)


# -- writing -------------------------------------------------------------------------------------------------


def test_both_of_the_pair_write_in_a_session(db, library, log, ada, ben, link_of):
    link_of(ada, ben)
    session = log(ada, ben, title="V1", notes="As it was.")

    for person, moment, title in [(ada, MONDAY + HOUR, "V2"), (ben, MONDAY + DAY, "V3")]:
        entry = Entry(session.starts_at, BERLIN, 60, title=title)
        sessions.change(db, library, person.id, session.id, entry, before=session.changed_at, at=moment)

    assert (session.title, session.minutes, session.changed_at) == ("V3", 60, MONDAY + DAY)
    assert session.notes == "As it was."  # they are written on its page, with revisions


def test_who_saves_second_is_told_and_nothing_is_lost(db, fresh_db, library, log, ada, ben, link_of):
    link_of(ada, ben)
    session = log(ada, ben, title="V1")
    before = session.changed_at
    sessions.change(
        db, library, ada.id, session.id, Entry(MONDAY, BERLIN, 45, title="Ada's"), before=before, at=MONDAY + MINUTE
    )
    db.commit()

    with pytest.raises(Conflict, match="Theirs and yours are both below"):
        sessions.change(
            db, library, ben.id, session.id, Entry(MONDAY, BERLIN, 45, title="Ben's"), before=before, at=MONDAY + HOUR
        )
    db.rollback()

    kept = fresh_db.get(StudioSession, (ada.id, session.id))
    assert kept.title == "Ada's"
    sessions.change(
        db,
        library,
        ben.id,
        session.id,
        Entry(MONDAY, BERLIN, 45, title="Both"),
        before=kept.changed_at,
        at=MONDAY + DAY,
    )
    assert session.title == "Both"


def test_after_the_end_what_was_held_is_read_and_not_changed(db, library, log, ada, ben, link_of):
    link = link_of(ada, ben)
    session = log(ada, ben)
    hers, his = (
        actions.add_action(db, ada.id, session.id, Promise("Bounce", person.id), at=MONDAY) for person in (ada, ben)
    )
    links.end(db, ada.id, link.id, at=MONDAY)

    for person, role in [(ada, "Ben is no longer your mentor"), (ben, "Ada is no longer your apprentice")]:
        with pytest.raises(NotAllowed, match=role):
            sessions.change(db, library, person.id, session.id, Entry(MONDAY, BERLIN, 1), before=None, at=MONDAY)
        with pytest.raises(NotAllowed, match=role):
            actions.add_action(db, person.id, session.id, Promise("More", ada.id), at=MONDAY)
        with pytest.raises(NotAllowed, match=role):
            actions.finish(db, person.id, his.id, at=MONDAY)
    assert actions.finish(db, ada.id, hers.id, at=MONDAY + DAY).done_at  # her own, always


def test_ones_own_practice_stays_ones_own_to_write(db, library, log, ada, ben, link_of):
    link_of(ada, ben)
    practice = log(ada, result="scales")

    sessions.change(
        db, library, ada.id, practice.id, Entry(MONDAY, BERLIN, 30, result="chords"), before=None, at=MONDAY
    )
    with pytest.raises(NotAllowed):
        sessions.change(db, library, ben.id, practice.id, Entry(MONDAY, BERLIN, 1), before=MONDAY, at=MONDAY)

    assert practice.result == "chords"


def test_what_was_held_does_not_move_into_the_future(db, library, log, ada):
    practice = log(ada)

    with pytest.raises(Refused, match="cannot begin later"):
        sessions.change(db, library, ada.id, practice.id, Entry(MONDAY + DAY, BERLIN, 30), before=None, at=MONDAY)


def test_a_milestone_that_the_course_has_lost_stays_in_the_log(db, library, log, ada):
    practice = log(ada)
    practice.milestones = ["gone", "first-beat"]

    entry = Entry(MONDAY, BERLIN, 30, milestones=("practice-plan",))
    sessions.change(db, library, ada.id, practice.id, entry, before=None, at=MONDAY)

    assert practice.milestones == ["gone", "practice-plan"]


# -- actions -------------------------------------------------------------------------------------------------


def test_open_actions_are_what_one_promised_oneself_the_most_pressing_first(db, log, ada, ben, eve, link_of):
    link_of(ada, ben)
    session = log(ada, ben)
    for text, person, due_on in [
        ("Some day", ada, None),
        ("Bounce V3", ada, date(2026, 11, 29)),
        ("Find a reference", ben, None),
    ]:
        actions.add_action(db, ben.id, session.id, Promise(text, person.id, due_on), at=MONDAY)
    actions.add_own_action(db, ada.id, "Buy strings", date(2026, 11, 24), at=MONDAY)

    def todo(person):
        return [action.text for action in actions.open_actions(db, person.id)]

    assert todo(ada) == ["Buy strings", "Bounce V3", "Some day"]
    assert todo(ben) == ["Find a reference"]
    assert todo(eve) == []


def test_an_action_is_done_and_not_done_after_all(db, log, ada, ben, link_of):
    link_of(ada, ben)
    session = log(ada, ben)
    action = actions.add_action(db, ada.id, session.id, Promise("Bounce V3", ada.id), at=MONDAY)

    for moment in (MONDAY + HOUR, MONDAY + DAY):
        actions.finish(db, ben.id, action.id, at=moment)
    assert action.done_at == MONDAY + HOUR
    assert actions.open_actions(db, ada.id) == []

    actions.reopen(db, ada.id, action.id)
    assert actions.open_actions(db, ada.id) == [action]


def test_promises_of_an_ended_link_leave_the_mentors_list(db, log, ada, ben, link_of):
    link = link_of(ada, ben)
    session = log(ada, ben)
    actions.add_action(db, ada.id, session.id, Promise("Find a reference", ben.id), at=MONDAY)

    links.end(db, ada.id, link.id, at=MONDAY)

    assert actions.open_actions(db, ben.id) == []


def test_a_former_mentor_sees_actions_as_they_stood_at_the_end(db, log, ada, ben, link_of):
    link = link_of(ada, ben)
    session = log(ada, ben)
    early, late = (
        actions.add_action(db, ada.id, session.id, Promise(text, ada.id), at=MONDAY) for text in ("early", "late")
    )
    actions.finish(db, ada.id, early.id, at=MONDAY + HOUR)
    links.end(db, ada.id, link.id, at=MONDAY + DAY)
    actions.finish(db, ada.id, late.id, at=MONDAY + 2 * DAY)
    db.commit()

    def done(person):
        return {action.text for action in actions.actions_of(db, person.id, session) if action.done_at}

    assert done(ben) == {"early"}
    assert done(ada) == {"early", "late"}


def test_an_action_belongs_to_one_of_the_two_and_says_something(db, log, ada, ben, eve, link_of):
    link_of(ada, ben)
    session = log(ada, ben)

    with pytest.raises(Refused, match="which of you two"):
        actions.add_action(db, ada.id, session.id, Promise("Bounce", eve.id), at=MONDAY)
    with pytest.raises(Refused, match="few words"):
        actions.add_own_action(db, ada.id, "  ", None, at=MONDAY)


# -- times on the wall ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, AUCKLAND])
def test_a_time_is_meant_where_it_was_typed(zone):
    moment = sessions.starting(date(2026, 11, 24), time(19, 0), 45, zone, at=MONDAY)

    assert moment == on_the_wall(zone, "2026-11-24 19:00")


def test_an_hour_that_the_clocks_leave_out_is_refused():
    with pytest.raises(Refused) as refusal:
        sessions.starting(date(2026, 3, 29), time(2, 30), 45, BERLIN, at=MONDAY)

    assert refusal.value.field == "time"
    doubled = sessions.starting(date(2026, 10, 25), time(2, 30), 45, BERLIN, at=MONDAY)
    assert doubled == on_the_wall(BERLIN, "2026-10-25 02:30")


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, AUCKLAND])
def test_what_is_logged_without_a_time_has_just_ended_or_counts_as_noon(zone):
    today = MONDAY.astimezone(clock.zone_of(zone)).date()
    yesterday = today - timedelta(days=1)

    assert sessions.starting(today, None, 30, zone, at=MONDAY) == MONDAY - 30 * MINUTE
    assert sessions.starting(yesterday, None, 30, zone, at=MONDAY) == on_the_wall(zone, f"{yesterday} 12:00")
    midnight = on_the_wall(zone, f"{today} 00:00")
    assert sessions.starting(today, None, 24 * 60, zone, at=MONDAY) == midnight  # today means today


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1999, 12, 31), date(9999, 12, 31)])
def test_a_day_out_of_reach_is_refused(day):
    with pytest.raises(Refused) as refusal:
        sessions.starting(day, time(12), 45, AUCKLAND, at=MONDAY)

    assert refusal.value.field == "day"
