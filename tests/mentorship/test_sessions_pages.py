"""The pages on sessions and actions."""

import pytest
from sqlmodel import select

from core.ids import uuid7
from mentorship import sessions
from mentorship.models.meetings import Action, StudioSession
from mentorship.sessions import Between, Entry
from tests.mentorship.page_text import hidden, without_token, words
from tests.times import BERLIN, DAY, HOUR, MONDAY, on_the_wall

PRACTICE = {"kind": "practice", "day": "2026-11-23", "minutes": "50", "notes": "Scales"}
MEETING = {"kind": "meeting", "day": "2026-11-22", "time": "19:00", "minutes": "45", "place": "Remote"}


@pytest.fixture
def meeting(db, library, ada, ben, link_of):
    """A meeting of Ada and Ben, an hour ago, with the link of the two."""
    link = link_of(ada, ben)
    entry = Entry(MONDAY - HOUR, BERLIN, 45, notes="We listened to **V1**.")
    session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    db.commit()
    return session, link


# -- the list ------------------------------------------------------------------------------------------------


def test_the_page_of_sessions_teaches_when_it_is_empty(as_ada):
    page = words(as_ada.get("/sessions"))

    assert "Nothing logged yet" in page
    assert "kind, day, minutes, three lines" in page


def test_what_is_ahead_stands_before_what_was_held(as_ada, ada, ben, link_of):
    link_of(ada, ben)
    as_ada.send("/sessions/new", PRACTICE)
    as_ada.send("/sessions/new", MEETING | {"day": "2026-11-24", "who": f"mentor:{ben.id}"})

    page = words(as_ada.get("/sessions"))

    assert (
        page.index("Ahead")
        < page.index("Meeting with Ben")
        < page.index("Held, missed, cancelled")
        < page.index("Practice today")
    )
    assert "Tuesday 24 November 2026, 19:00, 18:00 for Ben" in page
    assert "Practice 50 min 50 min" in page  # hours this week and in all


def test_each_of_the_pair_sees_the_time_of_their_own_place(as_ada, as_ben, ada, ben, link_of):
    link_of(ada, ben)
    made = as_ada.send("/sessions/new", MEETING | {"day": "2026-11-24", "who": f"mentor:{ben.id}"})

    assert "19:00 CET (Ben 18:00)" in words(as_ada.get(made.location))
    assert "18:00 GMT (Ada 19:00)" in words(as_ben.get(made.location))
    assert "Meeting with Ada" in words(as_ben.get("/sessions"))


# -- logging -------------------------------------------------------------------------------------------------


def test_practice_takes_three_fields(as_ada, ada, fresh_db):
    made = as_ada.send("/sessions/new", PRACTICE)

    session = fresh_db.exec(select(StudioSession)).one()
    assert made.status_code == 303
    assert (session.kind, session.minutes, session.notes) == ("practice", 50, "Scales")
    assert session.held_at == MONDAY
    assert session.mentor_id is None


def test_a_meeting_is_logged_with_what_comes_of_it(as_ada, ada, ben, link_of, fresh_db):
    link_of(ada, ben)
    form = MEETING | {
        "who": f"mentor:{ben.id}",
        "milestones": ["first-beat", "practice-plan"],
        "text_1": "Bounce V2",
        "due_1": "2026-11-29",
        "text_3": "Find a reference",
        "owner_3": "them",
    }

    page = words(as_ada.send("/sessions/new", form, follow_redirects=True))

    session = fresh_db.exec(select(StudioSession)).one()
    assert session.starts_at == on_the_wall(BERLIN, "2026-11-22 19:00")
    assert session.milestones == ["first-beat", "practice-plan"]
    promised = {action.text: action.owner_id for action in fresh_db.exec(select(Action))}
    assert promised == {"Bounce V2": ada.id, "Find a reference": ben.id}
    assert "Meeting with Ben held" in page and "First finished beat" in page and "due in 6 days" in page


def test_a_mentor_logs_for_the_apprentice(as_ben, ada, ben, link_of, fresh_db):
    link_of(ada, ben)

    made = as_ben.send("/sessions/new", MEETING | {"who": f"apprentice:{ada.id}"})

    assert made.status_code == 303
    session = fresh_db.exec(select(StudioSession)).one()
    assert (session.user_id, session.mentor_id, session.zone) == (ada.id, ben.id, "Europe/London")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"minutes": "abc"}, "Write a number here"),
        ({"minutes": "0"}, "The smallest we can take here is 1"),
        ({"minutes": "1441"}, "The most we can take here is 1440"),
        ({"day": "31.12.2026"}, "Write a date here"),
        ({"day": "1912-01-01"}, "the year 2000 or later"),
        ({"day": "2030-01-01"}, "two years ahead"),
        ({"time": ""}, "Say when it begins"),
        ({"who": ""}, "Choose with whom"),
        ({"who": "mentor:nobody"}, "Choose somebody of the list"),
        ({"who": f"mentor:{uuid7()}"}, "linked with now"),
        ({"kind": "party"}, "Choose one of the offered answers"),
        ({"milestones": "nonsense"}, "no such milestone"),
        ({"notes": "x" * 20_001}, "longer than 20000"),
        ({"text_1": "x" * 201}, "longer than 200"),
        ({"due_1": "soon"}, "Write a date here"),
        ({"text_1": "Mix", "owner_1": str(uuid7())}, "Choose one of the offered answers"),
    ],
)
def test_a_wrong_field_is_refused_with_a_sentence_and_keeps_what_was_typed(
    as_ada, ada, ben, link_of, fresh_db, wrong, said
):
    link_of(ada, ben)
    form = MEETING | {"who": f"mentor:{ben.id}", "text_2": "Keep this"} | wrong

    refused = as_ada.send("/sessions/new", form)

    assert refused.status_code == 422
    if "kind" not in wrong:
        assert 'value="Keep this"' in refused.text
        assert said in words(refused)
    assert fresh_db.exec(select(StudioSession)).all() == []


def test_the_other_one_takes_on_nothing_where_there_is_no_other_one(as_ada, fresh_db):
    form = PRACTICE | {"kind": "studio", "text_1": "Mix it", "owner_1": "them"}

    assert as_ada.send("/sessions/new", form).status_code == 422
    assert fresh_db.exec(select(StudioSession)).all() == []


def test_a_double_click_logs_once(as_ada, fresh_db):
    op = uuid7()

    for _ in range(2):
        as_ada.send("/sessions/new", PRACTICE, op=op)

    assert len(fresh_db.exec(select(StudioSession)).all()) == 1


def test_without_anybody_linked_a_meeting_points_to_the_invitations(as_ada):
    assert "A meeting needs a mentor or an apprentice" in words(as_ada.get("/sessions/new?kind=meeting"))


# -- one session ---------------------------------------------------------------------------------------------


def test_notes_are_markdown_and_never_script(as_ada, as_ben, meeting):
    session, _ = meeting
    assert "<strong>V1</strong>" in as_ada.get(f"/sessions/{session.id}").text

    notes = "<script>alert(1)</script> [x](javascript:alert(1))"
    as_ada.send(
        f"/sessions/{session.id}/edit",
        {"day": "2026-11-23", "time": "12:00", "minutes": "45", "place": "<b>x</b>", "notes": notes},
    )

    for client in (as_ada, as_ben):
        page = client.get(f"/sessions/{session.id}").text
        assert "<script>alert" not in page and 'href="javascript' not in page and "<b>x</b>" not in page


def test_a_planned_meeting_is_marked_as_held(as_ada, as_ben, ada, ben, link_of, fresh_db, at):
    link_of(ada, ben)
    made = as_ada.send("/sessions/new", MEETING | {"day": "2026-11-24", "who": f"mentor:{ben.id}"})
    path = made.location.split("#")[0]

    early = as_ben.send(path + "/held")
    at(MONDAY + 2 * DAY)
    assert "It was held" in words(as_ben.get(path))
    answer = as_ben.send(path + "/held", follow_redirects=True)

    assert early.status_code == 422
    assert "not begun yet" in words(early)
    assert "Marked as held." in words(answer)
    assert fresh_db.exec(select(StudioSession)).one().held_at == MONDAY + 2 * DAY


def test_two_who_write_at_once_lose_no_text(as_ada, as_ben, meeting, fresh_db):
    session, _ = meeting
    path = f"/sessions/{session.id}/edit"
    form = {"day": "2026-11-23", "time": "11:00", "minutes": "45"}
    seen = [hidden(client.get(path), "changed_at") for client in (as_ada, as_ben)]

    first = as_ada.send(path, form | {"notes": "Ada's words", "changed_at": seen[0]})
    second = as_ben.send(path, form | {"notes": "Ben's words", "changed_at": seen[1]})

    assert (first.status_code, second.status_code) == (303, 409)
    page = words(second)
    assert "Ada&#39;s words" in page and "Ben&#39;s words" in page
    assert fresh_db.exec(select(StudioSession)).one().notes == "Ada's words"
    third = as_ben.send(path, form | {"notes": "Both", "changed_at": hidden(second, "changed_at")})
    assert third.status_code == 303


def test_after_the_end_the_session_is_read_only_for_both(as_ada, as_ben, meeting):
    session, link = meeting
    as_ada.send(f"/links/{link.id}/ended")
    path = f"/sessions/{session.id}"

    for client, role in [(as_ada, "your mentor"), (as_ben, "your apprentice")]:
        page = client.get(path)
        assert page.status_code == 200
        assert f"is no longer {role}" in words(page)
        assert "Add it" not in words(page)
        form = {"day": "2026-11-23", "time": "11:00", "minutes": "45"}
        for answer in [
            client.get(path + "/edit"),
            client.send(path + "/edit", form),
            client.send(path + "/held"),
            client.send(path + "/actions", {"text": "More", "owner": str(session.user_id)}),
        ]:
            assert answer.status_code == 403
            assert "can be read but not changed" in words(answer)


def test_a_foreign_session_answers_like_a_missing_one(as_eve, meeting, fresh_db):
    session, _ = meeting
    form = {"day": "2026-11-23", "time": "11:00", "minutes": "45", "text": "x", "owner": str(session.user_id)}

    for end in ("", "/edit"):
        foreign, missing = (as_eve.get(f"/sessions/{row_id}{end}") for row_id in (session.id, uuid7()))
        assert foreign.status_code == 404
        assert without_token(foreign) == without_token(missing)
    for end in ("/edit", "/held", "/actions"):
        foreign, missing = (as_eve.send(f"/sessions/{row_id}{end}", form) for row_id in (session.id, uuid7()))
        assert foreign.status_code == 404
        assert without_token(foreign) == without_token(missing)
    assert fresh_db.exec(select(StudioSession)).one().changed_at is None


def test_practice_is_hidden_from_a_mentor_to_whom_sessions_are_not_shown(as_ada, as_ben, ada, ben, link_of):
    link = link_of(ada, ben)
    path = as_ada.send("/sessions/new", PRACTICE).location
    assert "Practice" in words(as_ben.get(path))
    assert as_ben.get(path + "/edit").status_code == 403

    as_ada.send(f"/links/{link.id}/shows", {"shows": ["lessons"]})

    assert as_ben.get(path).status_code == 404


# -- actions -------------------------------------------------------------------------------------------------


def test_an_action_is_added_done_and_opened_again(as_ada, as_ben, ada, meeting, fresh_db):
    session, _ = meeting
    as_ben.send(f"/sessions/{session.id}/actions", {"text": "Bounce V2", "owner": str(ada.id), "due": "2026-11-20"})
    action = fresh_db.exec(select(Action)).one()
    page = words(as_ada.get("/sessions"))
    assert "Bounce V2 due 3 days ago overdue" in page

    done = as_ada.send(f"/actions/{action.id}/done", {"next": "/"})
    assert (done.status_code, done.location) == (303, "/")
    assert "Bounce V2" not in words(as_ada.get("/sessions"))

    as_ben.send(f"/actions/{action.id}/open")
    assert "Bounce V2" in words(as_ada.get("/sessions"))


def test_something_of_ones_own_is_seen_by_nobody_else(as_ada, as_ben, ada, ben, link_of, fresh_db):
    link_of(ada, ben)
    as_ada.send("/actions", {"text": "Buy strings", "due": ""})
    action = fresh_db.exec(select(Action)).one()

    assert "Buy strings" in words(as_ada.get("/sessions"))
    assert "Buy strings" not in as_ben.get(f"/apprentices/{ada.id}").text
    assert as_ben.send(f"/actions/{action.id}/done").status_code == 404


def test_an_action_without_words_is_refused_beside_its_field(as_ada, fresh_db):
    refused = as_ada.send("/actions", {"text": "  "})

    assert refused.status_code == 422
    assert "Please fill this in." in words(refused)
    assert fresh_db.exec(select(Action)).all() == []


def test_an_answer_never_leads_to_another_site(as_ada, fresh_db):
    made = as_ada.send("/actions", {"text": "Buy strings", "next": "https://elsewhere.example/"})

    assert made.location == "/sessions"
