"""The private calendar: who sees which events, what never stands in it, and its address."""

import logging
from datetime import UTC, date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import vobject
from sqlmodel import select

from core.errors import NotFound, Refused
from core.ids import uuid7
from curriculum import lessons
from mentorship import actions, calendars
from mentorship.actions import Promise
from mentorship.calendars import Choice
from mentorship.models.meetings import Action, AgendaItem, CalendarFeed, OwnNote, StudioSession
from tests.conftest import person
from tests.mentorship.page_text import words
from tests.times import BERLIN, DAY, HOUR, MONDAY, NEW_YORK, WEEK, on_the_wall

SITE = "https://woodshed.example"
ALL = Choice(("sessions", "actions", "milestones", "reviews"), 7 * 60 + 30)
ZONES = [NEW_YORK, "Asia/Kolkata", "Australia/Lord_Howe"]


@pytest.fixture
def session_of(db):
    """`session_of(ada, ben)`: a confirmed meeting of tomorrow."""

    def make(apprentice, mentor=None, **more):
        kind = "meeting" if mentor else "practice"
        facts = {"kind": kind, "starts_at": MONDAY + DAY, "zone": BERLIN, "minutes": 45, "confirmed_at": MONDAY}
        row = StudioSession(
            user_id=apprentice.id,
            id=uuid7(),
            mentor_id=mentor.id if mentor else None,
            **{**facts, **more},
            logged_by=apprentice.id,
            logged_at=MONDAY - WEEK,
        )
        db.add(row)
        db.commit()
        return row

    return make


@pytest.fixture
def shown(db, library):
    """`shown(ada)`: the titles that stand in her calendar, and their states."""

    def read(user, choice=ALL, at=MONDAY):
        feed = calendars.own(db, user.id)
        if feed is None:
            calendars.make(db, user.id, choice, at=at)
            feed = calendars.own(db, user.id)
        feed.shows = list(choice.parts)
        return {event.title: event.status for event in calendars.events(db, library, feed, user, SITE, at=at)}

    return read


SESSIONS = Choice(("sessions",))


# -- which sessions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({"confirmed_at": None}, "TENTATIVE"),
        ({}, "CONFIRMED"),
        ({"held_at": MONDAY}, "CONFIRMED"),
        ({"held_at": MONDAY, "signed_at": MONDAY, "mentor_signed_at": MONDAY}, "CONFIRMED"),
        ({"cancelled_at": MONDAY}, "CANCELLED"),
        ({"missed_at": MONDAY}, "CANCELLED"),
        ({"held_at": MONDAY, "cancelled_at": MONDAY}, "CANCELLED"),
    ],
)
def test_a_meeting_stands_in_both_calendars_in_its_state(ada, ben, link_of, session_of, shown, columns, status):
    link_of(ada, ben)
    session_of(ada, ben, **columns)

    assert shown(ada, SESSIONS) == {"Meeting with Ben": status}
    assert shown(ben, SESSIONS) == {"Meeting with Ada": status}


def test_a_mentor_sees_the_meetings_with_all_apprentices_and_nothing_else_of_them(
    db, ada, ben, eve, link_of, session_of, shown
):
    cleo = person(db, "Cleo")
    link_of(ada, ben), link_of(cleo, ben), link_of(ada, eve)
    session_of(ada, ben, title="With Ada"), session_of(cleo, ben, title="With Cleo")
    session_of(ada, eve, title="With Eve"), session_of(ada, title="Alone"), session_of(ben, title="Own")

    assert set(shown(ben, SESSIONS)) == {"With Ada", "With Cleo", "Own"}
    assert set(shown(ada, SESSIONS)) == {"With Ada", "With Eve", "Alone"}


@pytest.mark.parametrize("over", ["ended_at", "completed_at", "paused_at"])
def test_when_a_link_is_over_what_was_held_stays_and_what_was_planned_does_not(
    db, ada, ben, link_of, session_of, shown, over
):
    link = link_of(ada, ben)
    session_of(ada, ben, title="Held", starts_at=MONDAY - 50 * DAY, held_at=MONDAY - 50 * DAY)
    session_of(ada, ben, title="Planned")
    setattr(link, over, MONDAY)
    db.commit()

    assert shown(ada, SESSIONS) == {"Held": "CONFIRMED", "Planned": "CANCELLED"}
    assert shown(ben, SESSIONS) == {"Held": "CONFIRMED"}


def test_sixty_days_back_and_no_further(ada, ben, link_of, session_of, shown):
    link_of(ada, ben)
    for days in (59, 61):
        session_of(ada, ben, title=f"{days} days ago", starts_at=MONDAY - days * DAY, cancelled_at=MONDAY - 80 * DAY)

    assert shown(ada, SESSIONS) == {"59 days ago": "CANCELLED"}


def test_when_the_mentor_deletes_his_account_only_what_was_held_stays_as_it_was(
    db, ada, ben, link_of, session_of, shown
):
    link_of(ada, ben)
    session_of(ada, ben, held_at=MONDAY, starts_at=MONDAY - DAY, title="Held")
    session_of(ada, ben, title="Planned")
    db.delete(ben)
    db.commit()
    db.expire_all()

    assert shown(ada, SESSIONS) == {"Held": "CONFIRMED", "Planned": "CANCELLED"}


# -- what it says --------------------------------------------------------------------------------------------


def test_an_event_holds_title_time_and_place_and_no_word_that_was_written_about_it(
    db, library, ada, ben, link_of, session_of
):
    link_of(ada, ben)
    session = session_of(
        ada, ben, title="Low end", place="Studio 2", notes="SECRET", goal="SECRET", result="SECRET", sequence=4,
        cancel_reason="SECRET", changed_at=MONDAY + HOUR,
    )  # fmt: skip
    for position in (1, 2):
        line = {"position": position, "text": "SECRET", "added_by": ada.id, "added_at": MONDAY}
        db.add(AgendaItem(user_id=ada.id, id=uuid7(), session_id=session.id, **line))
    db.add(OwnNote(user_id=ada.id, session_id=session.id, text="SECRET", changed_at=MONDAY))
    db.flush()

    event = calendars.event_of(db, ada.id, session, SITE)

    assert "SECRET" not in repr(event)
    assert (event.title, event.place, event.minutes, event.sequence) == ("Low end", "Studio 2", 45, 4)
    assert event.uid == f"{session.id}@woodshed.example"
    assert event.about == "Meeting with Ben\n2 on the agenda"
    assert event.url == f"{SITE}/sessions/{session.id}"
    assert event.changed_at == MONDAY + HOUR


def test_what_it_took_replaces_what_was_planned(db, ada, session_of):
    session = session_of(ada, held_at=MONDAY, minutes=45, real_minutes=70)

    assert calendars.event_of(db, ada.id, session, SITE).minutes == 70


def test_a_promise_with_a_date_stands_on_its_day_until_it_is_done(db, library, ada, ben, link_of, session_of, shown):
    link_of(ada, ben)
    session = session_of(ada, ben)
    due = date(2026, 12, 1)
    done = actions.add_action(db, ada.id, session.id, Promise("Bounce V3", ada.id, due), at=MONDAY)
    actions.add_action(db, ada.id, session.id, Promise("Send stems", ben.id, due), at=MONDAY)
    actions.add_own_action(db, ada.id, "Buy strings", due, at=MONDAY)
    actions.add_own_action(db, ada.id, "Some day", None, at=MONDAY)
    gone = actions.add_own_action(db, ada.id, "Sell the piano", due, at=MONDAY)
    db.flush()
    db.execute(sa.update(Action).where(Action.id == gone.id).values(dropped_at=MONDAY))
    db.refresh(gone)

    promised = Choice(("actions",))
    assert set(shown(ada, promised)) == {"Bounce V3", "Buy strings"}
    assert set(shown(ben, promised)) == {"Send stems"}
    actions.finish(db, ada.id, done.id, at=MONDAY)
    db.flush()
    assert set(shown(ada, promised)) == {"Buy strings"}


def test_milestones_stand_on_the_last_day_of_their_weeks_in_the_programme(db, library, ada):
    lessons.choose_programme(db, library, ada.id, "nine-months", date(2026, 11, 23), zone=ada.zone, at=MONDAY)
    calendars.make(db, ada.id, Choice(("milestones",)), at=MONDAY)

    events = calendars.events(db, library, calendars.own(db, ada.id), ada, SITE, at=MONDAY)

    days = {event.title: event.starts for event in events}
    beat = library.milestones["first-beat"]
    assert days[f"Milestone M{beat.number:02d} {beat.title}"] == date(2026, 12, 27)  # a Sunday, the end of week 5
    assert len({event.uid for event in events}) == len(events) == len(library.milestones)


def test_without_a_programme_no_milestone_has_a_date(ada, shown):
    assert shown(ada, Choice(("milestones",))) == {}


def test_a_calendar_shows_only_what_was_chosen(db, library, ada, session_of, shown):
    lessons.choose_programme(db, library, ada.id, "nine-months", None, zone=ada.zone, at=MONDAY)
    session_of(ada)
    actions.add_own_action(db, ada.id, "Buy strings", date(2026, 12, 1), at=MONDAY)

    counts = {part: len(shown(ada, Choice((part,), 450))) for part in ALL.parts}

    assert counts == {"sessions": 1, "actions": 1, "milestones": len(library.milestones), "reviews": 1}


def test_the_database_is_asked_no_more_often_for_a_year_of_meetings(db, base, library, ada, ben, link_of, session_of):
    link_of(ada, ben)
    calendars.make(db, ada.id, ALL, at=MONDAY), calendars.make(db, ben.id, ALL, at=MONDAY)
    counts: list[int] = []

    def asked(user):
        statements = []
        sa.event.listen(base.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
        calendars.events(db, library, calendars.own(db, user.id), user, SITE, at=MONDAY)
        return len(statements)

    session_of(ada, ben)
    counts.append(asked(ada))
    for number in range(30):
        apprentice = person(db, f"P{number}")
        link_of(apprentice, ben)
        session = session_of(apprentice, ben, starts_at=MONDAY + number * DAY)
        session_of(ada, ben, starts_at=MONDAY + number * DAY)
        actions.add_action(db, ben.id, session.id, Promise("More", ben.id, date(2026, 12, 1)), at=MONDAY)
    db.commit()
    counts += [asked(ada), asked(ben)]

    assert counts[1] <= counts[0] + 1 and counts[2] <= counts[0] + 1 and max(counts) <= 15, counts


# -- the address ---------------------------------------------------------------------------------------------


def test_only_the_newest_address_opens_and_only_its_hash_is_kept(db, fresh_db, ada):
    old = calendars.make(db, ada.id, ALL, at=MONDAY)
    new = calendars.renew(db, ada.id, at=MONDAY + DAY)
    db.commit()

    feed, found = calendars.find(db, new)
    assert found.id == ada.id and calendars.choice_of(feed) == ALL
    assert len(new) == 43 and old != new
    for wrong in (old, "", "x" * 43, feed.secret_hash):
        with pytest.raises(NotFound):
            calendars.find(db, wrong)
    kept = repr([row.model_dump() for row in fresh_db.exec(select(CalendarFeed))])
    assert old not in kept and new not in kept

    calendars.end(db, ada.id, at=MONDAY + 2 * DAY)
    calendars.end(db, ada.id, at=MONDAY + 3 * DAY)
    with pytest.raises(NotFound):
        calendars.find(db, new)


def test_the_calendar_of_a_closed_account_is_gone(db, ada):
    secret = calendars.make(db, ada.id, ALL, at=MONDAY)
    ada.active = False
    db.flush()

    with pytest.raises(NotFound):
        calendars.find(db, secret)


def test_what_cannot_be_shown_is_refused_with_the_reason(db, ada):
    with pytest.raises(Refused, match="at least one thing"):
        calendars.make(db, ada.id, Choice(()), at=MONDAY)
    with pytest.raises(Refused, match="at what time"):
        calendars.make(db, ada.id, Choice(("reviews",)), at=MONDAY)
    for change in (lambda: calendars.renew(db, ada.id, at=MONDAY), lambda: calendars.choose(db, ada.id, ALL)):
        with pytest.raises(Refused, match="Make one first"):
            change()
    assert calendars.own(db, ada.id) is None


# -- over the web --------------------------------------------------------------------------------------------


@pytest.fixture
def address(as_ada):
    """The path of Ada's calendar, as she made it on the page."""
    form = {"shows": ["sessions", "actions", "milestones", "reviews"], "review_time": "07:30"}
    page = as_ada.send("/settings/calendar/made", form, follow_redirects=True)
    return "/calendar/" + page.text.split("/calendar/")[1].split('"')[0]


def test_the_address_is_shown_once_and_opens_without_signing_in(address, as_ada, anonymous):
    again = as_ada.get("/settings/calendar")
    calendar = anonymous.get(address)

    assert address not in again.text
    assert calendar.status_code == 200
    assert calendar.content_type == "text/calendar; charset=utf-8"
    assert calendar.headers["Cache-Control"] == "no-store, private"
    assert vobject.readOne(calendar.text).vevent.summary.value == "Review cards"


def test_a_renewed_or_ended_address_answers_like_any_missing_page(address, as_ada, anonymous):
    page = as_ada.send("/settings/calendar/renewed", follow_redirects=True)
    new = "/calendar/" + page.text.split("/calendar/")[1].split('"')[0]
    missing = anonymous.get("/calendar/" + "x" * 43 + ".ics")

    assert (anonymous.get(address).status_code, anonymous.get(new).status_code) == (404, 200)
    as_ada.send("/settings/calendar/ended")
    for gone in (anonymous.get(address), anonymous.get(new)):
        assert (gone.status_code, words(gone)) == (404, words(missing))
    assert "Make an address" in words(as_ada.get("/settings/calendar"))


def test_guessing_addresses_is_slowed_down_and_asking_for_ones_own_is_not(address, anonymous):
    assert {anonymous.get(address).status_code for _ in range(65)} == {200}

    guesses = [anonymous.get(f"/calendar/{number:043d}.ics").status_code for number in range(62)]

    assert guesses[:60] == [404] * 60 and guesses[-1] == 429


def test_the_secret_is_in_no_line_of_the_log(address, as_ada, anonymous, app, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    secret = address.removeprefix("/calendar/").removesuffix(".ics")

    def fails(*_args, **_more):
        raise RuntimeError("The calendar fell off the wall.")

    assert anonymous.get(address).status_code == 200
    monkeypatch.setattr(calendars, "events", fails)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    broken = anonymous.get(address)
    as_ada.send("/settings/calendar/renewed")
    ended = [anonymous.get(address) for _ in range(62)]

    assert (broken.status_code, ended[0].status_code, ended[-1].status_code) == (500, 404, 429)
    for event in ("fell off the wall", "calendar.renewed", "authz.denied", "ratelimit"):
        assert event in caplog.text
    assert secret not in caplog.text
    assert not any(secret in page.text for page in (broken, *ended))


def test_what_it_shows_is_changed_and_typed_answers_stay_when_refused(address, as_ada, anonymous, db, session_of, ada):
    session_of(ada, title="Scales")
    db.commit()

    refused = as_ada.send("/settings/calendar/shows", {"shows": ["sessions", "reviews"], "review_time": ""})
    saved = as_ada.send("/settings/calendar/shows", {"shows": ["sessions"], "review_time": "09:00"})

    assert refused.status_code == 422 and "Say at what time" in words(refused)
    assert 'value="sessions" checked' in refused.text and 'value="actions" checked' not in refused.text
    assert saved.status_code == 303
    (event,) = vobject.readOne(anonymous.get(address).text).vevent_list
    assert event.summary.value == "Scales"


@pytest.mark.parametrize("zone", ZONES)
def test_a_second_program_reads_the_same_events_out_of_the_feed(
    zone, db, address, anonymous, as_ben, ada, ben, link_of, session_of, at
):
    """Meetings on both sides of every clock change of a year, some cancelled, and the block of each morning."""
    ada.zone = zone
    link_of(ada, ben)
    made = []
    for number, day in enumerate(
        ["2026-10-03", "2026-10-05", "2026-10-31", "2026-11-02", "2027-03-13", "2027-03-15", "2027-04-03", "2027-04-05"]
    ):
        starts = on_the_wall(zone, f"{day} 19:00")
        more = {"cancelled_at": MONDAY} if number % 3 == 2 else {"missed_at": MONDAY} if number == 1 else {}
        made.append(
            session_of(ada, ben, starts_at=starts, zone=zone, title=f"No. {number}; a, b\\c", sequence=number, **more)
        )
    db.commit()

    found = {event.uid.value: event for event in vobject.readOne(anonymous.get(address).text).vevent_list}

    here, host = ZoneInfo(zone), "127.0.0.1"
    block = found.pop(f"reviews.{ada.id}@{host}")
    assert len(found) == len(made)
    for session in made:
        event = found[f"{session.id}@{host}"]
        assert f"{event.dtstart.value.astimezone(here):%H:%M}" == "19:00"
        assert event.dtstart.value == session.starts_at
        assert event.dtend.value - event.dtstart.value == timedelta(minutes=45)
        assert event.status.value == ("CANCELLED" if session.cancelled_at or session.missed_at else "CONFIRMED")
        assert (event.summary.value, event.sequence.value) == (session.title, str(session.sequence))
    mornings = list(block.getrruleset(addRDate=True)[:300])
    assert {f"{one.astimezone(UTC).astimezone(here):%H:%M}" for one in mornings} == {"07:30"}


def test_a_session_is_a_file_of_its_own_for_those_who_may_read_it(
    db, ada, ben, link_of, session_of, as_ada, as_ben, as_eve, anonymous
):
    link_of(ada, ben)
    session = session_of(ada, ben, title="Low end")
    path = f"/sessions/{session.id}.ics"

    for client in (as_ada, as_ben):
        answer = client.get(path)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="session.ics"'
        event = vobject.readOne(answer.text).vevent
        assert UUID(event.uid.value.split("@")[0]) == session.id and event.summary.value == "Low end"
    assert as_eve.get(path).status_code == 404
    assert anonymous.get(path).status_code == 302
