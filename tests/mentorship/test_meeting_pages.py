"""A meeting's page through the browser's eyes: all of it at once, and each part by plain forms."""

import re

import pytest
import sqlalchemy as sa
from sqlmodel import select

from core.ids import uuid7
from curriculum.models import Memory
from mentorship import actions, agenda, appointments, links, notes, sessions
from mentorship.actions import Promise
from mentorship.models.meetings import Action, AgendaItem, NoteRevision, OwnNote, ParkedQuestion
from mentorship.notes import Written
from mentorship.sessions import Between, Entry
from tests.mentorship.page_text import words
from tests.times import DAY, HOUR, MONDAY

SCRIPT = {"X-Requested-With": "woodshed"}


@pytest.fixture
def meeting(db, library, ada, ben, link_of):
    link_of(ada, ben)
    entry = Entry(MONDAY + HOUR, "Europe/Berlin", 45, "Remote")
    made = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY - DAY)
    appointments.confirm(db, ben.id, made.id, made.starts_at, at=MONDAY - DAY)
    db.commit()
    return made


@pytest.fixture
def path(meeting):
    return f"/sessions/{meeting.id}"


def save(db, person, meeting, text, base):
    notes.save(db, person.id, meeting.id, Written(text, base), at=MONDAY)
    db.commit()


def test_all_parts_stand_on_one_page_and_a_phone_begins_with_the_one_that_was_asked_for(as_ada, path):
    page = as_ada.get(path)

    said = words(page)
    for part in (
        "Meeting with Ben",
        "confirmed",
        "14:00 CET (13:00 for Ben)",
        "Agenda",
        "Notes",
        "Actions",
        "Next date",
    ):
        assert part in said
    assert 'data-parts="agenda"' in page.text
    assert 'data-parts="notes"' in as_ada.get(path + "?tab=notes").text
    assert 'data-parts="agenda"' in as_ada.get(path + "?tab=<b>").text


def test_the_agenda_works_by_plain_forms(as_ada, as_ben, path, fresh_db):
    for line in ("the end", "the vocal"):
        assert as_ada.send(path + "/agenda", {"line": line}).location == path + "?tab=agenda#agenda"
    first, second = fresh_db.exec(select(AgendaItem).order_by(AgendaItem.position)).all()

    as_ben.send(path + "/agenda/order", {"item": str(second.id), "by": "-1"})
    as_ben.send(f"{path}/agenda/{first.id}/covered")
    page = words(as_ada.get(path))
    assert page.index("the vocal") < page.index("the end") and "1 of 2 covered" in page
    as_ben.send(f"{path}/agenda/{first.id}/open")
    as_ben.send(f"{path}/agenda/{first.id}/removed")
    assert "Removed: the end Undo" in words(as_ada.get(path))
    as_ada.send(f"{path}/agenda/{first.id}/back")
    assert "0 of 2 covered" in words(as_ada.get(path))
    flashed = as_ben.send(path + "/agenda/template", {"template": "mix"}, follow_redirects=True)
    assert "6 lines were added." in words(flashed)


def test_an_empty_line_is_refused_beside_its_field(as_ada, path):
    refused = as_ada.send(path + "/agenda", {"line": "  "})

    assert refused.status_code == 422
    assert "Write in a few words what you want to talk about." in words(refused)
    assert 'id="f-line-error"' in refused.text


def test_a_parked_question_is_taken_with_one_click(as_ada, path, db, ada, fresh_db):
    question = ParkedQuestion(user_id=ada.id, id=uuid7(), text="Why does it pump?", parked_at=MONDAY - DAY)
    db.add(question)
    db.commit()
    assert "Parked questions Why does it pump? parked yesterday" in words(as_ada.get(path))

    as_ada.send(path + "/agenda/taken", {"source": "parked", "source_id": str(question.id)})

    assert fresh_db.exec(select(AgendaItem)).one().text == "Why does it pump?"


def test_notes_are_saved_by_the_button(as_ada, as_ben, path):
    answer = as_ada.send(path + "/notes", {"notes": "Kick first.", "base": "0"}, follow_redirects=True)
    assert "Saved." in words(answer) and "Kick first." in words(answer)

    told = as_ben.send(path + "/notes", {"notes": "Bass.", "base": "0"}, follow_redirects=True)

    assert "Ada wrote meanwhile; both texts are in." in words(told)
    assert "Kick first. Bass." in words(as_ada.get(path))


def test_two_texts_for_one_line_stand_side_by_side_with_one_field_for_both(
    as_ada, db, ada, ben, meeting, path, fresh_db
):
    save(db, ada, meeting, "end", 0)
    save(db, ben, meeting, "end at 2:10", 1)

    refused = as_ada.send(path + "/notes", {"notes": "end at 2:30", "base": "1"})

    assert refused.status_code == 409
    assert "Ben changed the same lines, so yours are not saved yet." in words(refused)
    assert "Ben, saved Yours, not saved yet end at 2:10 end at 2:30" in words(refused)
    assert "end at 2:10\nend at 2:30</textarea>" in refused.text
    as_ada.send(path + "/notes", {"notes": "end at 2:20", "base": "2"})
    assert [row.text for row in fresh_db.exec(select(NoteRevision).order_by(NoteRevision.number))] == [
        "end",
        "end at 2:10",
        "end at 2:20",
    ]


def test_five_megabytes_of_notes_are_refused_with_a_sentence(as_ada, path, fresh_db):
    refused = as_ada.send(path + "/notes", {"notes": "x" * 5_000_000, "base": "0"})

    assert refused.status_code == 422
    assert "These notes have 5,000,000 characters; the most we can take is 20,000." in words(refused)
    assert fresh_db.exec(select(NoteRevision)).all() == []


def test_notes_a_little_too_long_stay_in_their_field(as_ada, path):
    refused = as_ada.send(path + "/notes", {"notes": "x" * 20_001, "base": "0"})

    assert refused.status_code == 422
    assert "These notes have 20,001 characters; the most we can take is 20,000." in words(refused)
    assert "x" * 20_001 in refused.text


def test_the_script_saves_and_reads_the_same_way(as_ada, as_ben, path):
    answer = as_ada.send(path + "/notes", {"notes": "Kick.", "base": "0"}, headers=SCRIPT, follow_redirects=True)
    assert answer.json["text"] == "Kick." and answer.json["number"] == 1 and answer.json["saved"] == "13:00"

    typed_on = {"notes": "Bass!", "base": "1", "goes_on": "1", "since": "Bass"}
    as_ben.send(path + "/notes", {"notes": "Bass", "base": "0"}, headers=SCRIPT)
    answer = as_ben.send(path + "/notes", typed_on | {"base": "2"}, headers=SCRIPT, follow_redirects=True)
    assert answer.json["text"] == "Kick.\nBass!" and answer.json["other"] == "Ada"

    assert "text" not in as_ada.get(path + "/notes?after=3").json
    assert as_ada.get(path + "/notes?after=1").json["by"] == "Ben"
    assert as_ada.send(path + "/notes", {"notes": "Kick!", "base": "1"}, headers=SCRIPT).status_code == 303
    conflict = as_ben.send(path + "/notes", {"notes": "Kick?\nBass!", "base": "3"}, headers=SCRIPT)
    assert conflict.status_code == 409 and "Ada changed the same lines" in conflict.json["error"]


def test_a_session_that_was_not_reached_by_script_says_why_and_shows_what_was_typed(
    as_ada, ada, ben, db, meeting, path, at
):
    appointments.hold(db, ada.id, meeting.id, at=MONDAY + 2 * HOUR)
    link = links.link_with(db, ben.id, ada.id)
    links.end(db, ben.id, link.id, at=MONDAY + 2 * HOUR)
    db.commit()
    at(MONDAY + 3 * HOUR)

    refused = as_ada.send(path + "/notes", {"notes": "My last words.", "base": "0"})

    assert refused.status_code == 403
    assert "What you typed was not saved. Copy it from here. My last words." in words(refused)


def test_earlier_notes_are_read_and_taken_up_again(as_ada, db, ada, ben, meeting, path):
    save(db, ada, meeting, "first", 0)
    save(db, ben, meeting, "second", 1)

    page = as_ada.get(path + "/notes/revisions?number=1")
    assert "Ada, Mon 23 Nov 2026, 13:00 CET" in words(page) and "Take this text up again" in words(page)
    assert "No state with this number was saved." in words(as_ada.get(path + "/notes/revisions?number=77"))
    assert "This is what the notes say now." in words(as_ada.get(path + "/notes/revisions"))
    stale = as_ada.send(path + "/notes/revisions/1", {"base": "1"})
    assert stale.status_code == 409 and "newer notes" in words(stale)
    taken = as_ada.send(path + "/notes/revisions/1", {"base": "2"}, follow_redirects=True)
    assert "The notes say again what they said then." in words(taken)


def test_own_notes_are_on_ones_own_page_alone(as_ada, as_ben, path, fresh_db):
    as_ben.send(path + "/notes/own", {"own": "Let her talk."})

    assert "Let her talk." in words(as_ben.get(path))
    assert "Let her talk." not in as_ada.get(path).text
    assert as_ada.get(path + "/notes/own").json == {"number": "", "text": ""}
    assert as_ben.get(path + "/notes/own").json["text"] == "Let her talk."
    assert fresh_db.exec(select(OwnNote)).one().text == "Let her talk."


def test_a_lesson_its_cards_and_a_piece_are_assigned_on_the_page(as_ada, as_ben, path, ada, make_version, fresh_db):
    piece = make_version(ada, shared=True)
    page = as_ben.get(path)
    assert "Assign to Ada: a lesson, cards, a piece" in words(page)

    for form in (
        {"kind": "lesson", "lesson": "daw-signal-path", "until": "2026-11-30"},
        {"kind": "cards", "lesson": "daw-signal-path"},
        {"kind": "piece", "piece": str(piece.piece_id)},
    ):
        assert as_ben.send(path + "/assigned", form).status_code == 303

    rows = fresh_db.exec(select(Action)).all()
    assert sorted((row.about, row.owner_id == ada.id) for row in rows) == [
        ("cards", True),
        ("lesson", True),
        ("piece", True),
    ]
    assert fresh_db.exec(select(Memory)).first() is not None
    refused = as_ben.send(path + "/assigned", {"kind": "tag", "tag": "none"})
    assert refused.status_code == 422 and "no cards with this tag" in words(refused)


def test_an_action_is_dropped_with_its_reason(as_ada, as_ben, path, ben, fresh_db):
    as_ada.send(path + "/actions", {"text": "Rent a studio", "owner": str(ben.id)})
    action = fresh_db.exec(select(Action)).one()

    as_ben.send(f"/actions/{action.id}/dropped", {"why": "too dear"})

    assert re.search(r"Rent a studio Ben · today 13:00 · too dear dropped", words(as_ada.get(path)))


def test_a_cancelled_meeting_can_be_read_but_has_no_forms(as_ada, db, ada, ben, meeting, path):
    save(db, ada, meeting, "What we wanted.", 0)
    appointments.cancel(db, ben.id, meeting.id, "ill", at=MONDAY)
    db.commit()

    page = as_ada.get(path)

    assert "What we wanted." in words(page) and "can be read but not changed" in words(page)
    assert 'name="notes"' not in page.text and 'name="line"' not in page.text
    assert as_ada.send(path + "/agenda", {"line": "x"}).status_code == 403


def test_a_signature_goes_when_the_notes_change_and_the_page_says_so(as_ada, as_ben, path, at):
    at(MONDAY + 3 * HOUR)
    as_ada.send(path + "/held", {})
    as_ada.send(path + "/signed", {})
    assert "Signed. A change of the notes clears the signatures." in words(as_ada.get(path))

    answer = as_ben.send(path + "/notes", {"notes": "One more.", "base": "0"}, follow_redirects=True)

    assert "The signatures were cleared, since the notes changed." in words(answer)


def test_the_number_of_queries_does_not_grow_with_the_meeting(as_ada, db, ada, ben, meeting, path, app):
    def count():
        seen = []

        def listener(*parts):
            seen.append(parts[2])

        engine = app.extensions["database"].engine
        sa.event.listen(engine, "before_cursor_execute", listener)
        assert as_ada.get(path).status_code == 200
        sa.event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    def more():
        agenda.add(db, ada.id, meeting.id, f"line {uuid7()}", at=MONDAY)
        actions.add_action(db, ada.id, meeting.id, Promise("x", ben.id, MONDAY.date()), at=MONDAY)
        actions.add_action(db, ada.id, meeting.id, Promise("x", ada.id, None, "lesson", "daw-signal-path"), at=MONDAY)
        db.commit()

    more()
    as_ada.get(path)
    few = count()
    for _ in range(8):
        more()

    assert count() == few
