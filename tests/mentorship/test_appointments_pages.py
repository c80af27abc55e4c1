"""The pages on which two people agree on a meeting."""

import pytest
import sqlalchemy as sa
from sqlmodel import select

from core.ids import uuid7
from mentorship import states
from mentorship.models.meetings import StudioSession
from tests.mentorship.page_text import hidden, words
from tests.mentorship.planned import agree, propose
from tests.times import DAY, HOUR, MINUTE, MONDAY, on_the_wall

PLAN = {"kind": "meeting", "day": "2026-11-24", "time": "19:00", "minutes": "45"}


@pytest.fixture
def pair(ada, ben, link_of):
    return link_of(ada, ben)


@pytest.fixture
def form(ben):
    return PLAN | {"who": f"mentor:{ben.id}"}


def only_one(fresh_db):
    return fresh_db.exec(select(StudioSession)).one()


# -- planning ------------------------------------------------------------------------------------------------


def test_a_meeting_is_planned_and_confirmed_with_both_clocks(as_ada, as_ben, pair, form, fresh_db):
    page = words(as_ada.send("/sessions/plan", form | {"title": "Mix", "mode": "remote"}, follow_redirects=True))
    assert "Planned. It waits for Ben&#39;s yes." in page
    assert "Meeting with Ben: Mix" in page

    listed = words(as_ben.get("/sessions"))
    assert listed.index("Waits for you") < listed.index("Tuesday 24 November 2026, 18:00, 19:00 for Ada")
    session = only_one(fresh_db)
    answer = as_ben.send(
        f"/sessions/{session.id}/confirmed",
        {"chosen": session.starts_at.isoformat(), "next": "/sessions"},
        follow_redirects=True,
    )

    assert "Confirmed: Tuesday 24 November 2026, 18:00." in words(answer)
    listed = words(as_ada.get("/sessions"))
    assert "Waits for you" not in listed
    assert "Tuesday 24 November 2026, 19:00, 18:00 for Ben" in listed and "confirmed" in listed


def test_further_times_are_offered_to_choose_from(as_ada, as_ben, pair, form, fresh_db):
    more = {"further_day_1": "2026-11-25", "further_time_1": "20:00"}
    made = as_ada.send("/sessions/plan", form | more)

    page = words(as_ben.get(made.location))
    assert "Which time suits you?" in page and "Wednesday 25 November 2026, 19:00, 20:00 for Ada" in page
    chosen = on_the_wall("Europe/Berlin", "2026-11-25 20:00").isoformat()
    as_ben.send(f"{made.location}/confirmed", {"chosen": chosen})

    session = only_one(fresh_db)
    assert (states.word_of(session), session.starts_at.isoformat()) == ("confirmed", chosen)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2026-11-22"}, "over already"),
        ({"day": "2029-11-24"}, "two years ahead"),
        ({"day": "2027-03-28", "time": "02:30"}, "clocks go forward over 02:30"),
        ({"minutes": "0"}, "The smallest we can take here is 1"),
        ({"minutes": "1441"}, "The most we can take here is 1440"),
        ({"time": ""}, "Please fill this in"),
        ({"who": ""}, "Choose with whom"),
        ({"who": "mentor:nobody"}, "Choose somebody of the list"),
        ({"who": f"mentor:{uuid7()}"}, "linked with now"),
        ({"kind": "practice"}, "Practice is alone"),
        ({"mode": "moon"}, "Choose one of the offered answers"),
        ({"title": "x" * 121}, "longer than 120"),
        ({"place": "x" * 301}, "longer than 300"),
        ({"every": "1", "count": "10000"}, "2 to 26"),
        ({"every": "1"}, "Say how many"),
        ({"every": "3", "count": "4"}, "every two or every four weeks"),
        ({"further_day_1": "2026-11-25"}, "Fill in both, or neither"),
        ({"further_day_1": "2027-03-28", "further_time_1": "02:30"}, "clocks go forward"),
        ({"further_day_1": "2026-11-24", "further_time_1": "19:00"}, "are the same"),
    ],
)
def test_a_plan_that_cannot_be_has_its_sentence_and_keeps_what_was_typed(as_ada, pair, form, fresh_db, wrong, said):
    refused = as_ada.send("/sessions/plan", form | {"title": "Keep this"} | wrong)

    assert refused.status_code == 422
    assert said in words(refused)
    if "title" not in wrong:
        assert 'value="Keep this"' in refused.text
    assert fresh_db.exec(select(StudioSession)).all() == []


def test_what_overlaps_is_planned_with_a_tick(as_ada, db, ada, ben, pair, form, fresh_db):
    propose(db, ada, ben, starts_at=on_the_wall("Europe/Berlin", "2026-11-24 19:30"))

    refused = as_ada.send("/sessions/plan", form)
    assert "You have a meeting on Tuesday 24 November 2026, 19:30" in words(refused)
    assert "Plan it all the same" in words(refused)
    made = as_ada.send("/sessions/plan", form | {"anyway": "1"})

    assert made.status_code == 303
    assert len(fresh_db.exec(select(StudioSession)).all()) == 2


def test_a_title_of_several_lines_becomes_one(as_ada, as_ben, pair, form, fresh_db):
    made = as_ada.send("/sessions/plan", form | {"title": "Mix;\r\nthen, master:\n<b>x</b>"})

    assert only_one(fresh_db).title == "Mix; then, master: <b>x</b>"
    assert "<b>x</b>" not in as_ben.get(made.location).text


@pytest.mark.parametrize("place", ["javascript:alert(1)", "http://x.example", '"><script>alert(1)</script>'])
def test_only_a_safe_address_becomes_a_link(as_ada, as_ben, pair, form, place):
    as_ada.send("/sessions/plan", form | {"place": place})

    page = as_ben.get("/sessions").text
    assert f'href="{place}"' not in page and "<script>alert" not in page


def test_a_series_is_planned_and_confirmed_with_one_click(as_ada, as_ben, pair, form, fresh_db):
    as_ada.send("/sessions/plan", form | {"every": "2", "count": "4"})
    listed = words(as_ben.get("/sessions"))
    assert "the first of 4 in a series" in listed and "Yes to all 4" in listed
    series_id = fresh_db.exec(select(StudioSession)).first().series_id

    answer = as_ben.send(f"/sessions/series/{series_id}/confirmed", follow_redirects=True)

    assert "Confirmed: 4 sessions." in words(answer)
    fresh_db.rollback()
    assert all(row.confirmed_at for row in fresh_db.exec(select(StudioSession)))


def test_time_is_kept_free_for_practice_without_anybodys_yes(as_eve, fresh_db):
    assert "linked with nobody yet" in words(as_eve.get("/sessions/plan"))

    as_eve.send("/sessions/plan", PLAN | {"kind": "practice"})

    assert states.word_of(only_one(fresh_db)) == "confirmed"
    assert "Practice" in words(as_eve.get("/sessions"))


# -- moving and calling off ----------------------------------------------------------------------------------


def test_other_times_are_proposed_from_their_own_page(as_ada, as_ben, db, ada, ben, pair, fresh_db):
    session = agree(db, ada, ben)
    page = as_ben.get(f"/sessions/{session.id}/times")
    assert "So far Tuesday 24 November 2026, 12:00, 13:00 for Ada" in words(page)

    form = {"day": "2026-11-26", "time": "18:00", "minutes": "60", "seen": hidden(page, "seen")}
    answer = as_ben.send(f"/sessions/{session.id}/times", form, follow_redirects=True)

    assert "Moved. It waits for Ada&#39;s yes." in words(answer)
    kept = only_one(fresh_db)
    assert (states.word_of(kept), kept.minutes, kept.asked_by) == ("proposed", 60, ben.id)
    assert "Ben waits for your yes." in words(as_ada.get(f"/sessions/{session.id}"))


def test_of_two_who_move_it_at_once_the_second_is_told_and_keeps_what_was_typed(
    as_ada, as_ben, db, ada, ben, pair, fresh_db
):
    session = agree(db, ada, ben)
    path = f"/sessions/{session.id}/times"
    seen = [hidden(client.get(path), "seen") for client in (as_ada, as_ben)]
    form = {"day": "2026-11-26", "time": "18:00", "minutes": "45"}

    first = as_ada.send(path, form | {"seen": seen[0]})
    second = as_ben.send(path, form | {"time": "19:15", "seen": seen[1]})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "changed this meanwhile" in words(second) and 'value="19:15"' in second.text
    assert only_one(fresh_db).asked_by == ada.id


def test_cancelling_asks_why_and_is_taken_back(as_ada, as_ben, db, ada, ben, pair, fresh_db, at):
    session = agree(db, ada, ben)
    path = f"/sessions/{session.id}"

    refused = as_ben.send(f"{path}/cancelled", {"reason": ""})
    assert refused.status_code == 422 and "Say in a few words why" in words(refused)
    as_ben.send(f"{path}/cancelled", {"reason": "Ill"})
    assert "Cancelled by Ben: Ill" in words(as_ada.get(path))
    at(MONDAY + 14 * MINUTE + MINUTE / 2)
    assert "for 1 more min" in words(as_ben.get(path))
    as_ben.send(f"{path}/undone")

    assert states.word_of(only_one(fresh_db)) == "confirmed"


def test_one_and_those_that_follow_are_cancelled(as_ada, pair, form, fresh_db):
    as_ada.send("/sessions/plan", form | {"every": "1", "count": "4"})
    rows = fresh_db.exec(select(StudioSession).order_by(StudioSession.starts_at)).all()
    path = f"/sessions/{rows[1].id}/cancelled"
    assert "This one and the 2 that follow in its series" in words(as_ada.get(path))

    as_ada.send(path, {"reason": "Away", "scope": "following"})

    fresh_db.rollback()
    kept = fresh_db.exec(select(StudioSession).order_by(StudioSession.starts_at)).all()
    assert [states.word_of(row) for row in kept] == ["proposed", "cancelled", "cancelled", "cancelled"]


def test_the_pages_of_what_is_over_say_so(as_ada, as_ben, db, ada, ben, pair):
    session = agree(db, ada, ben)
    as_ben.send(f"/sessions/{session.id}/cancelled", {"reason": "Ill"})

    assert "nothing to cancel" in words(as_ada.get(f"/sessions/{session.id}/cancelled"))
    assert "its time stays as it is" in words(as_ada.get(f"/sessions/{session.id}/times"))


# -- held, missed, signed ------------------------------------------------------------------------------------


def test_a_meeting_is_held_and_signed_from_the_list(as_ada, as_ben, db, ada, ben, pair, fresh_db, at):
    session = agree(db, ada, ben)
    at(MONDAY + 2 * DAY)
    listed = words(as_ada.get("/sessions"))
    assert "It was held" in listed and "Missed" in listed

    as_ada.send(f"/sessions/{session.id}/held", {"next": "/sessions"})
    for client in (as_ada, as_ben):
        assert "Sign it" in words(client.get("/sessions"))
        answer = client.send(f"/sessions/{session.id}/signed", {"next": "/sessions"}, follow_redirects=True)
        assert "Signed. You can take that back for 15 minutes." in words(answer)

    assert states.word_of(only_one(fresh_db)) == "signed"
    assert "Sign it" not in words(as_ada.get("/sessions"))


def test_a_signature_on_a_cancelled_meeting_has_its_sentence(as_ada, as_ben, db, ada, ben, pair, fresh_db):
    session = agree(db, ada, ben)
    as_ben.send(f"/sessions/{session.id}/cancelled", {"reason": "Ill"})

    refused = as_ada.send(f"/sessions/{session.id}/signed")

    assert refused.status_code == 422
    assert "was cancelled, so there is nothing to sign" in words(refused)
    assert only_one(fresh_db).signed_at is None


def test_a_signature_is_taken_back_while_its_minutes_run(as_ada, db, ada, ben, pair, fresh_db, at):
    session = agree(db, ada, ben)
    at(MONDAY + 2 * DAY)
    as_ada.send(f"/sessions/{session.id}/held", {"real_minutes": "70"})
    page = words(as_ada.send(f"/sessions/{session.id}/signed", follow_redirects=True))
    assert "Take your signature back" in page and "for 15 more min" in page
    assert "Ben has not signed it yet." in page

    as_ada.send(f"/sessions/{session.id}/unsigned")

    kept = only_one(fresh_db)
    assert (kept.signed_at, kept.real_minutes) == (None, 70)
    at(MONDAY + 3 * DAY)
    assert "Take your signature back" not in words(as_ada.get(f"/sessions/{session.id}"))


def test_from_the_tab_of_an_ended_link_every_step_is_refused(as_ada, as_ben, db, ada, ben, pair):
    session = agree(db, ada, ben)
    as_ben.send(f"/links/{pair.id}/ended")
    form = {"day": "2026-11-26", "time": "18:00", "minutes": "45", "seen": "1", "reason": "Ill"}

    for step in ("times", "cancelled", "missed", "held", "signed", "unsigned", "undone"):
        assert as_ada.send(f"/sessions/{session.id}/{step}", form).status_code == 403
        assert as_ben.send(f"/sessions/{session.id}/{step}", form).status_code == 404
    page = words(as_ada.get(f"/sessions/{session.id}"))
    assert "Ben is no longer your mentor" in page and "Move it" not in page


def test_while_the_link_is_paused_the_list_says_so(as_ada, db, ada, ben, pair):
    agree(db, ada, ben)
    pair.paused_at = MONDAY
    db.add(pair)
    db.commit()

    assert "paused" in words(as_ada.get("/sessions"))


def test_the_list_asks_as_few_questions_with_many_meetings_as_with_few(as_ada, app, db, ada, ben, pair):
    engine = app.extensions["database"].engine
    asked: list[str] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def count(_connection, _cursor, statement, *_more):
        asked.append(statement)

    def questions():
        asked.clear()
        as_ada.get("/sessions")
        return len(asked)

    for number in range(2):
        agree(db, ada, ben, starts_at=MONDAY + DAY + number * HOUR)
        propose(db, ada, ben, by=ben, starts_at=MONDAY + 20 * DAY + number * HOUR)
    few = questions()
    for number in range(30):
        agree(db, ada, ben, starts_at=MONDAY + 2 * DAY + number * HOUR)
        propose(db, ada, ben, by=ben, starts_at=MONDAY + 30 * DAY + number * HOUR)

    assert questions() == few
