"""The pages on which sessions are logged and changed."""

import csv
import io

import pytest
from sqlmodel import select

from core.ids import uuid7
from mentorship import sessions, signing
from mentorship.models.meetings import Action, SessionFile, StudioSession
from mentorship.sessions import Between, Entry
from tests.mentorship.page_text import hidden, words
from tests.mentorship.test_portfolio_pages import sent, wav
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, on_the_wall

PRACTICE = {"kind": "practice", "day": "2026-11-23", "minutes": "50", "result": "Clean at 80."}
MEETING = {"kind": "meeting", "day": "2026-11-22", "time": "19:00", "minutes": "45", "place": "At Ben's"}
CHANGE = {"day": "2026-11-23", "time": "11:00", "minutes": "45"}


@pytest.fixture
def meeting(db, library, ada, ben, link_of):
    link_of(ada, ben)
    entry = Entry(MONDAY - HOUR, BERLIN, 45, notes="We listened to **V1**.")
    session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    db.commit()
    return session


def only(db) -> StudioSession:
    db.rollback()
    return db.exec(select(StudioSession)).one()


# -- the form ------------------------------------------------------------------------------------------------


def test_the_form_knows_the_day_the_kind_and_the_only_mentor(as_ada, ada, ben, link_of):
    link_of(ada, ben)

    text = as_ada.get("/sessions/new").text

    assert 'value="meeting" checked' in text
    assert f'<option value="mentor:{ben.id}" selected>' in text
    assert 'value="2026-11-23"' in text


def test_with_two_mentors_one_of_them_is_chosen_by_hand(as_ada, ada, ben, eve, link_of):
    link_of(ada, ben)
    link_of(ada, eve)

    text = as_ada.get("/sessions/new").text

    assert "selected" not in text.split('name="who"')[1].split("</select>")[0]
    assert f'<option value="mentor:{eve.id}" selected>' in as_ada.get(f"/sessions/new?who=mentor:{eve.id}").text


def test_a_mentor_logs_with_the_one_apprentice(as_ben, ada, ben, link_of):
    link_of(ada, ben)

    assert f'<option value="apprentice:{ada.id}" selected>' in as_ben.get("/sessions/new").text


def test_without_anybody_linked_practice_is_chosen_and_a_meeting_points_to_invitations(as_ada):
    page = as_ada.get("/sessions/new")

    assert 'value="practice" checked' in page.text
    assert "A meeting needs a mentor or an apprentice" in words(page)


# -- logging -------------------------------------------------------------------------------------------------


def test_practice_takes_a_day_and_a_kind(as_ada, fresh_db):
    made = as_ada.send("/sessions/new", {"kind": "practice", "day": "2026-11-23", "minutes": ""})

    session = only(fresh_db)
    assert made.status_code == 303
    assert (session.kind, session.minutes, session.mentor_id) == ("practice", 0, None)
    assert session.held_at == MONDAY


def test_practice_has_a_goal_a_result_and_its_evidence(as_ada, fresh_db):
    form = PRACTICE | {"goal": "Even sixteenths", "file": sent(wav(), "take.wav")}

    page = words(as_ada.send("/sessions/new", form, follow_redirects=True))

    assert "Goal Even sixteenths Result Clean at 80." in page
    assert "take.wav" in page
    assert fresh_db.exec(select(SessionFile)).one().session_id == only(fresh_db).id


def test_a_meeting_is_logged_with_three_lines_and_no_hour(as_ada, ada, ben, link_of, fresh_db):
    link_of(ada, ben)
    form = {"kind": "meeting", "day": "2026-11-22", "minutes": "45", "who": f"mentor:{ben.id}"}
    lines = {"did": "We cut the drums.", "take": "Less is more.", "next": "Bounce V2"}

    page = words(as_ada.send("/sessions/new", form | lines, follow_redirects=True))

    session = only(fresh_db)
    assert (session.starts_at, session.held_at) == (on_the_wall(BERLIN, "2026-11-22 12:00"), MONDAY)
    assert "What we did. We cut the drums." in page and "What I take with me. Less is more." in page
    assert fresh_db.exec(select(Action)).one().text == "Bounce V2"


def test_all_that_is_folded_away_is_kept(as_ada, ada, ben, link_of, fresh_db):
    link_of(ada, ben)
    more = {
        "who": f"mentor:{ben.id}",
        "title": "Drums",
        "mode": "studio",
        "involvement": "assisted",
        "milestones": ["first-beat", "practice-plan"],
        "next": "Find a reference",
        "next_owner": "mentor",
        "due": "2026-11-29",
        "notes": "| a | b |\n|---|---|",
    }

    page = words(as_ada.send("/sessions/new", MEETING | more, follow_redirects=True))

    session, action = only(fresh_db), fresh_db.exec(select(Action)).one()
    assert session.starts_at == on_the_wall(BERLIN, "2026-11-22 19:00")
    assert (session.title, session.mode, session.place) == ("Drums", "studio", "At Ben's")
    assert (session.involvement, session.milestones) == ("assisted", ["first-beat", "practice-plan"])
    assert (action.owner_id, str(action.due_on)) == (ben.id, "2026-11-29")
    assert "Where In the studio You assisted" in page and "First finished beat" in page


def test_an_outside_course_comes_with_its_certificate(as_ada, fresh_db):
    form = {"kind": "studio", "day": "2026-11-20", "minutes": "360", "title": "Mixing", "course": "Night School"}

    page = words(as_ada.send("/sessions/new", form | {"file": sent(b"%PDF-1.7\n", "paper.pdf")}, follow_redirects=True))

    assert (only(fresh_db).course, only(fresh_db).minutes) == ("Night School", 360)
    assert "Course Night School" in page and "paper.pdf" in page


def test_a_mentor_logs_for_the_apprentice_and_the_next_step_is_hers(as_ben, ada, ben, link_of, fresh_db):
    link_of(ada, ben)

    made = as_ben.send("/sessions/new", MEETING | {"who": f"apprentice:{ada.id}", "next": "Bounce V2"})

    session = only(fresh_db)
    assert made.status_code == 303
    assert (session.user_id, session.mentor_id, session.zone) == (ada.id, ben.id, "Europe/London")
    assert fresh_db.exec(select(Action)).one().owner_id == ada.id


def test_who_was_chosen_for_a_meeting_is_not_with_me_when_i_practise(as_ada, ada, ben, link_of, fresh_db):
    link_of(ada, ben)

    as_ada.send("/sessions/new", PRACTICE | {"who": f"mentor:{ben.id}"})

    assert only(fresh_db).mentor_id is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"minutes": "abc"}, "Write a number here"),
        ({"minutes": "0"}, "Say how many minutes it took"),
        ({"minutes": ""}, "Say how many minutes it took"),
        ({"minutes": "-1"}, "The smallest we can take here is 0"),
        ({"minutes": "1441"}, "The most we can take here is 1440"),
        ({"day": "31.12.2026"}, "Write a date here"),
        ({"day": "1912-01-01"}, "the year 2000 or later"),
        ({"day": "2026-11-24"}, "Plan it instead"),
        ({"day": "2030-01-01"}, "Plan it instead"),
        ({"day": "2026-11-23", "time": "13:01"}, "Plan it instead"),
        ({"who": ""}, "Choose with whom"),
        ({"who": "mentor:nobody"}, "Choose somebody of the list"),
        ({"who": f"mentor:{uuid7()}"}, "linked with now"),
        ({"kind": "party"}, "Choose one of the offered answers"),
        ({"mode": "space"}, "Choose one of the offered answers"),
        ({"involvement": "slept"}, "Choose one of the offered answers"),
        ({"milestones": "nonsense"}, "no such milestone"),
        ({"notes": "x" * 20_001}, "longer than 20000"),
        ({"did": "x" * 2000, "notes": "x" * 19_000}, "characters together"),
        ({"did": "x" * 2001}, "longer than 2000"),
        ({"next": "x" * 201}, "longer than 200"),
        ({"due": "soon"}, "Write a date here"),
        ({"kind": "studio", "next": "Mix", "next_owner": "mentor", "who": ""}, "take this step yourself"),
        ({"file": sent(b"<script>alert(1)</script>", "memo.wav")}, "this is a web page"),
    ],
)
def test_a_wrong_field_is_refused_with_a_sentence_and_keeps_what_was_typed(
    as_ada, ada, ben, link_of, fresh_db, wrong, said
):
    link_of(ada, ben)
    form = MEETING | {"who": f"mentor:{ben.id}", "take": "Keep this"} | wrong

    refused = as_ada.send("/sessions/new", form)

    assert refused.status_code == (415 if "file" in wrong else 422)
    assert "Keep this" in refused.text
    assert said in words(refused) or "kind" in wrong
    assert fresh_db.exec(select(StudioSession)).all() == []


def test_a_day_to_come_leads_to_the_plan(as_ada):
    refused = as_ada.send("/sessions/new", PRACTICE | {"day": "2026-11-30"})

    assert 'href="/sessions/plan"' in refused.text
    assert "Clean at 80." in refused.text


@pytest.mark.parametrize("has_file", [True, False], ids=["as the page sends it", "as others may"])
def test_five_megabytes_of_notes_are_refused_with_a_sentence(as_ada, fresh_db, has_file):
    form = PRACTICE | {"notes": "x" * 5_000_000} | ({"file": sent(b"", "")} if has_file else {})

    refused = as_ada.send("/sessions/new", form)

    assert refused.status_code == (413 if has_file else 422)
    page = words(refused)
    assert ("longer than 2 MB" in page and "your browser still has it" in page) or "longer than 20000" in page
    assert fresh_db.exec(select(StudioSession)).all() == []


def test_a_file_that_is_too_large_is_refused_and_nothing_is_logged(app, as_ada, fresh_db):
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"upload_mb": 0})
    form = PRACTICE | {"file": sent(wav(), "take.wav")}

    refused = as_ada.send("/sessions/new", form, headers={"X-Requested-With": "woodshed"})

    assert refused.status_code == 413
    assert "larger than" in refused.json["error"]
    assert fresh_db.exec(select(StudioSession)).all() == []


def test_a_double_click_logs_once(as_ada, fresh_db):
    op = uuid7()

    for _ in range(2):
        as_ada.send("/sessions/new", PRACTICE | {"next": "Go on"}, op=op)

    assert only(fresh_db) and len(fresh_db.exec(select(Action)).all()) == 1


# -- practice that runs --------------------------------------------------------------------------------------


def test_practice_is_started_seen_and_stopped(as_ada, fresh_db, at):
    started = as_ada.send("/sessions/practice/started", {"goal": "Even sixteenths"})
    at(MONDAY + 25 * MINUTE)

    for path in ("/sessions/new", f"/sessions/{only(fresh_db).id}"):
        page = words(as_ada.get(path))
        assert "Practice runs since today 13:00 : Even sixteenths" in page
        assert "Start practice" not in page and "It was held" not in page
    proposed = as_ada.get(started.location)
    assert 'value="25"' in proposed.text and 'value="Even sixteenths"' in proposed.text
    form = {"goal": "Even sixteenths", "minutes": "20", "result": "Clean at 80.", "file": sent(wav(), "take.wav")}
    page = words(as_ada.send(f"/sessions/{only(fresh_db).id}/stopped", form, follow_redirects=True))

    assert "Practice held" in page and "20 min" in page and "take.wav" in page
    assert "Start practice" in words(as_ada.get("/sessions/new"))
    assert as_ada.get(started.location).status_code == 409


def test_a_forgotten_practice_proposes_four_hours_and_says_so(as_ada, at):
    started = as_ada.send("/sessions/practice/started", {})
    at(MONDAY + 9 * HOUR)

    page = as_ada.get(started.location)

    assert 'value="240"' in page.text
    assert "probably forgotten" in words(page)


def test_a_second_practice_is_not_started(as_ada, fresh_db):
    as_ada.send("/sessions/practice/started", {})

    refused = as_ada.send("/sessions/practice/started", {})

    assert refused.status_code == 409
    assert "running already" in words(refused)
    assert only(fresh_db)


def test_stopping_with_too_many_minutes_keeps_what_was_typed(as_ada, fresh_db, at):
    as_ada.send("/sessions/practice/started", {})
    at(MONDAY + 10 * MINUTE)

    refused = as_ada.send(f"/sessions/{only(fresh_db).id}/stopped", {"minutes": "11", "result": "Clean at 80."})

    assert refused.status_code == 422
    assert "It began 10 min ago" in words(refused) and "Clean at 80." in refused.text
    assert only(fresh_db).held_at is None


def test_a_practice_started_by_mistake_is_thrown_away(as_ada, fresh_db):
    as_ada.send("/sessions/practice/started", {})

    page = words(as_ada.send(f"/sessions/{only(fresh_db).id}/thrown-away", follow_redirects=True))

    assert "it does not count" in page and "Start practice" in page


# -- changing ------------------------------------------------------------------------------------------------


def test_the_edit_form_holds_what_is_kept_and_leaves_the_notes_alone(as_ada, meeting, fresh_db):
    path = f"/sessions/{meeting.id}/edit"
    form = CHANGE | {"title": "Drums", "mode": "remote", "place": "Room 3", "involvement": "did", "notes": "Not here"}

    as_ada.send(path, form)

    session = only(fresh_db)
    assert (session.title, session.mode, session.place, session.involvement) == ("Drums", "remote", "Room 3", "did")
    assert session.notes == "We listened to **V1**."
    text = as_ada.get(path).text
    assert 'value="Drums"' in text and '<option value="remote" selected>' in text
    assert 'name="notes"' not in text


def test_what_nobody_moved_keeps_its_second(as_ada, db, meeting, fresh_db):
    meeting.starts_at = MONDAY - HOUR + 37 * MINUTE / 60
    db.commit()

    as_ada.send(f"/sessions/{meeting.id}/edit", {"day": "2026-11-23", "time": "12:00", "minutes": "45"})
    assert only(fresh_db).starts_at == MONDAY - HOUR + 37 * MINUTE / 60

    as_ada.send(
        f"/sessions/{meeting.id}/edit",
        {
            "day": "2026-11-23",
            "time": "11:30",
            "minutes": "45",
            "changed_at": hidden(as_ada.get(f"/sessions/{meeting.id}/edit"), "changed_at"),
        },
    )
    assert only(fresh_db).starts_at == on_the_wall(BERLIN, "2026-11-23 11:30")


def test_two_who_change_at_once_see_both(as_ada, as_ben, meeting, fresh_db):
    path = f"/sessions/{meeting.id}/edit"
    seen = [hidden(client.get(path), "changed_at") for client in (as_ada, as_ben)]

    first = as_ada.send(path, CHANGE | {"title": "Ada's words", "changed_at": seen[0]})
    second = as_ben.send(path, CHANGE | {"title": "Ben's words", "changed_at": seen[1]})

    assert (first.status_code, second.status_code) == (303, 409)
    page = second.text
    assert "Ada&#39;s words" in page and "Ben&#39;s words" in page
    assert only(fresh_db).title == "Ada's words"
    third = as_ben.send(path, CHANGE | {"title": "Both", "changed_at": hidden(second, "changed_at")})
    assert third.status_code == 303


def test_a_change_after_a_signature_says_that_it_needs_signing_again(as_ada, db, ben, meeting, fresh_db):
    signing.sign(db, ben.id, meeting.id, at=MONDAY)
    db.commit()
    path = f"/sessions/{meeting.id}/edit"
    assert "A change clears the signatures" in words(as_ada.get(path))

    page = words(as_ada.send(path, CHANGE | {"minutes": "50"}, follow_redirects=True))

    assert "needs signing again" in page
    assert only(fresh_db).mentor_signed_at is None


def test_the_time_of_what_is_ahead_is_agreed_on_and_not_edited(as_ada, db, library, ada, ben, link_of, fresh_db):
    link_of(ada, ben)
    entry = Entry(MONDAY + DAY, BERLIN, 45)
    session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    db.commit()
    path = f"/sessions/{session.id}/edit"

    assert 'name="day"' not in as_ada.get(path).text
    assert as_ada.send(path, {"minutes": "60", "title": "Drums"}).status_code == 303
    refused = as_ada.send(path, CHANGE | {"day": "2026-11-27"})

    assert refused.status_code in (409, 422)
    assert (only(fresh_db).starts_at, only(fresh_db).title, only(fresh_db).minutes) == (MONDAY + DAY, "Drums", 60)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2026-11-25"}, "cannot begin later than now"),
        ({"minutes": ""}, "Say how many minutes it took"),
        ({"minutes": "9999"}, "The most we can take here is 1440"),
        ({"title": "x" * 121}, "longer than 120"),
        ({"milestones": "nonsense"}, "no such milestone"),
    ],
)
def test_a_wrong_change_is_refused_with_a_sentence(as_ada, meeting, fresh_db, wrong, said):
    refused = as_ada.send(f"/sessions/{meeting.id}/edit", CHANGE | {"place": "Keep this"} | wrong)

    assert refused.status_code == 422
    assert said in words(refused) and "Keep this" in refused.text
    assert only(fresh_db).changed_at is None


# -- the log as a table --------------------------------------------------------------------------------------


def test_the_log_goes_out_as_a_table_that_runs_nothing(as_ada, as_ben, meeting, db, ben, fresh_db):
    signing.sign(db, ben.id, meeting.id, at=MONDAY)
    db.commit()
    as_ada.send("/sessions/new", {**PRACTICE, "day": "2026-11-20", "minutes": "", "goal": '=HYPERLINK("http://x")'})

    answer = as_ada.get("/sessions/log.csv")
    head, practice, met = list(csv.reader(io.StringIO(answer.text)))

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="woodshed-sessions.csv"'
    said, of = dict(zip(head, practice, strict=True)), dict(zip(head, met, strict=True))
    assert (said["kind"], said["state"], said["minutes"], said["begins"][:10]) == ("practice", "held", "", "2026-11-20")
    assert (said["goal"], said["result"]) == ('\'=HYPERLINK("http://x")', "Clean at 80.")
    assert (of["with"], of["minutes"], of["begins"]) == ("Ben", "45", "2026-11-23T12:00:00+01:00")
    assert (of["notes"], of["signed by learner"], of["signed by mentor"][:10]) == (
        "We listened to **V1**.",
        "",
        "2026-11-23",
    )
    assert len(as_ben.get("/sessions/log.csv").text.splitlines()) == 1  # what he mentors is in Ada's log
