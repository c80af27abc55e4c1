"""The pages on sessions and actions."""

import pytest
from sqlmodel import select

from core.ids import uuid7
from mentorship import sessions
from mentorship.models.meetings import Action, StudioSession
from mentorship.sessions import Between, Entry
from tests.mentorship.page_text import without_token, words
from tests.times import BERLIN, DAY, HOUR, MONDAY, on_the_wall

PRACTICE = {"kind": "practice", "day": "2026-11-23", "minutes": "50", "notes": "Scales"}


@pytest.fixture
def meeting(db, library, ada, ben, link_of):
    """A meeting of Ada and Ben, an hour ago, with the link of the two."""
    link = link_of(ada, ben)
    entry = Entry(MONDAY - HOUR, BERLIN, 45, notes="We listened to **V1**.")
    session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    db.commit()
    return session, link


@pytest.fixture
def planned(db, library, ada, ben, link_of):
    """The address of their meeting tomorrow at seven in Berlin."""
    link_of(ada, ben)
    entry = Entry(on_the_wall(BERLIN, "2026-11-24 19:00"), BERLIN, 45)
    session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    db.commit()
    return f"/sessions/{session.id}"


# -- the list ------------------------------------------------------------------------------------------------


def test_the_page_of_sessions_teaches_when_it_is_empty(as_ada):
    page = words(as_ada.get("/sessions"))

    assert "Nothing logged yet" in page
    assert "kind, day, minutes, three lines" in page


def test_what_is_ahead_stands_before_what_was_held(as_ada, planned):
    as_ada.send("/sessions/new", PRACTICE)

    page = words(as_ada.get("/sessions"))

    assert (
        page.index("Ahead")
        < page.index("Meeting with Ben")
        < page.index("Held, missed, cancelled")
        < page.index("Practice today")
    )
    assert "Tuesday 24 November 2026, 19:00, 18:00 for Ben" in page
    assert "Practice 50 min 50 min" in page  # hours this week and in all


def test_each_of_the_pair_sees_the_time_of_their_own_place(as_ada, as_ben, planned):
    assert "19:00 CET (18:00 for Ben)" in words(as_ada.get(planned))
    assert "18:00 GMT (19:00 for Ada)" in words(as_ben.get(planned))
    assert "Meeting with Ada" in words(as_ben.get("/sessions"))


# -- one session ---------------------------------------------------------------------------------------------


def test_notes_are_markdown_and_never_script(db, as_ada, as_ben, meeting):
    session, _ = meeting
    assert "<strong>V1</strong>" in as_ada.get(f"/sessions/{session.id}?notes=read").text

    session.notes = "<script>alert(1)</script> [x](javascript:alert(1))"
    db.commit()
    texts = dict.fromkeys(("place", "title", "goal", "result", "course"), "<b>x</b>")
    as_ada.send(f"/sessions/{session.id}/edit", {"day": "2026-11-23", "time": "12:00", "minutes": "45", **texts})

    for client in (as_ada, as_ben):
        page = client.get(f"/sessions/{session.id}?notes=read").text
        page += client.get(f"/sessions/{session.id}?notes=write").text
        assert "<script>alert" not in page and 'href="javascript' not in page and "<b>x</b>" not in page


def test_a_planned_meeting_is_marked_as_held(as_ben, planned, fresh_db, at):
    path = planned

    early = as_ben.send(path + "/held")
    at(MONDAY + 2 * DAY)
    assert "It was held" in words(as_ben.get(path))
    answer = as_ben.send(path + "/held", follow_redirects=True)

    assert early.status_code == 422
    assert "not begun yet" in words(early)
    assert "Marked as held." in words(answer)
    assert fresh_db.exec(select(StudioSession)).one().held_at == MONDAY + 2 * DAY


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
