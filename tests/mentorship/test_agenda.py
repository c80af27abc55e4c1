"""The agenda: written by hand, taken from what waits, put in order, ticked off."""

import pytest

from core.errors import NotAllowed, NotFound, Refused
from core.ids import uuid7
from curriculum.models import Review
from mentorship import actions, agenda, appointments, at_hand, links, proposals, sessions
from mentorship.actions import Promise
from mentorship.agenda_templates import TEMPLATES
from mentorship.models.meetings import ParkedQuestion
from mentorship.sessions import Between, Entry
from tests.times import DAY, HOUR, MINUTE, MONDAY


@pytest.fixture
def link(link_of, ada, ben):
    return link_of(ada, ben)


@pytest.fixture
def meet(db, library, ada, ben, link):
    """`meet(MONDAY)`: a meeting of Ada and Ben that begins then."""

    def make(starts_at=MONDAY + DAY, mentor=ben):
        entry = Entry(starts_at, "Europe/Berlin", 45)
        return sessions.log(db, library, ada.id, "meeting", Between(ada.id, mentor.id), entry, at=MONDAY)

    return make


@pytest.fixture
def park(db):
    def make(person, text, **more):
        row = ParkedQuestion(user_id=person.id, id=uuid7(), text=text, parked_at=MONDAY - DAY, **more)
        db.add(row)
        db.flush()
        return row

    return make


def lines(db, meeting):
    return [item.text for item in agenda.items(db, meeting)]


def offered(db, library, viewer, meeting, at=MONDAY):
    return [(one.source, one.text) for one in proposals.of(db, library, viewer.id, meeting, at=at)]


def test_both_write_lines_and_move_them(db, ada, ben, meet):
    meeting = meet()
    first = agenda.add(db, ada.id, meeting.id, "  the\n end ", at=MONDAY)
    agenda.add(db, ben.id, meeting.id, "the beginning", at=MONDAY)
    third = agenda.add(db, ada.id, meeting.id, "the middle", at=MONDAY)

    agenda.step(db, ben.id, meeting.id, third.id, -1)
    agenda.step(db, ben.id, meeting.id, first.id, -1)
    assert lines(db, meeting) == ["the end", "the middle", "the beginning"]

    agenda.arrange(db, ada.id, meeting.id, [third.id, first.id])
    assert lines(db, meeting) == ["the middle", "the end", "the beginning"]


@pytest.mark.parametrize(("text", "says"), [(" \n", "Write in a few words"), ("x" * 301, "at most 300 characters")])
def test_an_empty_or_endless_line_is_refused(db, ada, meet, text, says):
    with pytest.raises(Refused, match=says) as told:
        agenda.add(db, ada.id, meet().id, text, at=MONDAY)

    assert told.value.field == "line"


def test_sixty_lines_are_enough(db, ada, meet):
    meeting = meet()
    for number in range(60):
        last = agenda.add(db, ada.id, meeting.id, f"line {number}", at=MONDAY)

    for more in (
        lambda: agenda.add(db, ada.id, meeting.id, "one more", at=MONDAY),
        lambda: agenda.use_template(db, ada.id, meeting.id, "first", at=MONDAY),
    ):
        with pytest.raises(Refused, match="60 lines, which is more than a meeting can hold"):
            more()
    agenda.remove(db, ada.id, meeting.id, last.id, at=MONDAY)
    agenda.add(db, ada.id, meeting.id, "one more", at=MONDAY)
    with pytest.raises(Refused, match="60 lines"):
        agenda.put_back(db, ada.id, meeting.id, last.id)


def test_a_removed_line_is_put_back_where_it_stood(db, ada, ben, meet):
    meeting = meet()
    first, _ = (agenda.add(db, ada.id, meeting.id, text, at=MONDAY) for text in ("one", "two"))
    agenda.remove(db, ben.id, meeting.id, first.id, at=MONDAY)

    assert lines(db, meeting) == ["two"]
    assert agenda.just_removed(db, meeting, at=MONDAY + MINUTE).text == "one"
    assert agenda.just_removed(db, meeting, at=MONDAY + HOUR) is None
    with pytest.raises(Refused, match="taken off the agenda meanwhile"):
        agenda.step(db, ada.id, meeting.id, first.id, 1)
    agenda.put_back(db, ben.id, meeting.id, first.id)
    assert lines(db, meeting) == ["one", "two"]
    assert agenda.counts(db, [meeting]) == {meeting.id: 2}


def test_a_template_adds_only_what_is_missing(db, ada, meet):
    meeting = meet()
    agenda.add(db, ada.id, meeting.id, TEMPLATES["regular"][1][0], at=MONDAY)

    added = agenda.use_template(db, ada.id, meeting.id, "regular", at=MONDAY)

    assert len(added) == len(TEMPLATES["regular"][1]) - 1
    assert agenda.use_template(db, ada.id, meeting.id, "regular", at=MONDAY) == []
    with pytest.raises(Refused, match="no such template"):
        agenda.use_template(db, ada.id, meeting.id, "none", at=MONDAY)


def test_every_template_has_four_to_six_lines_that_fit():
    assert {name: 4 <= len(texts) <= 6 for name, (_, texts) in TEMPLATES.items()} == dict.fromkeys(TEMPLATES, True)
    assert max(len(text) for _, texts in TEMPLATES.values() for text in texts) < 100


def test_a_parked_question_goes_on_the_agenda_and_is_answered_there(db, library, ada, ben, meet, park):
    meeting, question = meet(), park(ada, "Why does it pump?")
    item = agenda.take(db, library, ben.id, meeting.id, "parked", str(question.id), at=MONDAY)

    assert (item.text, question.session_id, offered(db, library, ada, meeting)) == ("Why does it pump?", meeting.id, [])
    assert agenda.take(db, library, ada.id, meeting.id, "parked", str(question.id), at=MONDAY).id == item.id
    agenda.cover(db, ada.id, meeting.id, item.id, at=MONDAY)
    assert question.answered_at == MONDAY
    agenda.uncover(db, ada.id, meeting.id, item.id)
    assert question.answered_at is None
    agenda.remove(db, ada.id, meeting.id, item.id, at=MONDAY)
    assert question.session_id is None
    assert offered(db, library, ada, meeting) == [("parked", "Why does it pump?")]


def test_what_a_mentor_parked_is_offered_to_him_alone(db, library, ada, ben, meet, park):
    meeting = meet()
    park(ben, "Ask about her studio")
    park(ada, "Is my room too small?")

    assert {text for _, text in offered(db, library, ben, meeting)} == {"Is my room too small?", "Ask about her studio"}
    assert [text for _, text in offered(db, library, ada, meeting)] == ["Is my room too small?"]


def test_parked_questions_stay_with_her_where_the_link_shows_no_sessions(db, library, ada, ben, link, meet, park):
    meeting, question = meet(), park(ada, "Is he the right one?")
    link.shows_sessions = False
    db.flush()

    assert offered(db, library, ben, meeting) == []
    with pytest.raises(Refused, match="no longer there"):
        agenda.take(db, library, ben.id, meeting.id, "parked", str(question.id), at=MONDAY)
    agenda.take(db, library, ada.id, meeting.id, "parked", str(question.id), at=MONDAY)
    assert lines(db, meeting) == ["Is he the right one?"]


def test_a_question_waits_on_one_agenda_at_a_time(db, library, ada, meet, park):
    meeting, later, question = meet(), meet(MONDAY + 8 * DAY), park(ada, "Why?")
    agenda.take(db, library, ada.id, meeting.id, "parked", str(question.id), at=MONDAY)
    assert offered(db, library, ada, later) == []

    meeting.held_at = MONDAY
    db.flush()

    assert offered(db, library, ada, later) == [("parked", "Why?")]


def test_what_was_left_over_and_promised_comes_back(db, library, ada, ben, meet):
    last, older = meet(MONDAY - DAY), meet(MONDAY - 9 * DAY)
    for meeting in (last, older):
        appointments.hold(db, ada.id, meeting.id, at=MONDAY)
        agenda.add(db, ada.id, meeting.id, f"from {meeting.starts_at:%d}", at=MONDAY)
    done = agenda.add(db, ada.id, last.id, "covered", at=MONDAY)
    agenda.cover(db, ada.id, last.id, done.id, at=MONDAY)
    kept = actions.add_action(db, ada.id, older.id, Promise("kept", ada.id), at=MONDAY)
    actions.finish(db, ada.id, kept.id, at=MONDAY)
    actions.add_action(db, ada.id, older.id, Promise("send the stems", ben.id), at=MONDAY)

    assert offered(db, library, ben, meet()) == [("carried", "from 22"), ("action", "Promised: send the stems")]


def test_nothing_comes_over_from_another_mentors_meetings(db, library, ada, eve, link_of, meet):
    link_of(ada, eve)
    with_eve = meet(MONDAY - DAY, mentor=eve)
    appointments.hold(db, ada.id, with_eve.id, at=MONDAY)
    agenda.add(db, eve.id, with_eve.id, "between us", at=MONDAY)
    actions.add_action(db, eve.id, with_eve.id, Promise("between us", ada.id), at=MONDAY)

    assert offered(db, library, ada, meet()) == []


def forgot(db, person, card_id, times):
    for number in range(times):
        at = MONDAY - DAY - number * HOUR
        row = {"due_before": at, "due_after": at, "model": 6, "state_before": 2, "day": 1, "utc_offset": 0}
        db.add(Review(user_id=person.id, id=uuid7(), card_id=card_id, at=at, rating=1, **row))
    db.flush()


def test_cards_that_keep_failing_are_offered_the_worst_first(db, library, ada, ben, link, meet):
    meeting, cards = meet(), list(library.cards)
    for number, times in enumerate((1, 2, 4, 3, 2, 2, 2)):
        forgot(db, ada, cards[number], times)

    found = proposals.of(db, library, ben.id, meeting, at=MONDAY)

    assert [one.count for one in found] == [4, 3, 2, 2, 2]
    assert found[0].source_id == cards[2]
    assert proposals.of(db, library, ben.id, meeting, at=MONDAY + 15 * DAY) == []
    link.shows_lessons = False
    db.flush()
    assert offered(db, library, ben, meeting) == []
    assert len(offered(db, library, ada, meeting)) == 5


def test_only_the_two_of_a_meeting_that_goes_on_write_on_its_agenda(db, ada, ben, eve, link, meet):
    meeting = meet()
    item = agenda.add(db, ada.id, meeting.id, "ours", at=MONDAY)
    with pytest.raises(NotFound):
        agenda.add(db, eve.id, meeting.id, "mine", at=MONDAY)
    with pytest.raises(NotFound):
        agenda.cover(db, ada.id, meet(MONDAY + 5 * DAY).id, item.id, at=MONDAY)
    appointments.cancel(db, ben.id, meeting.id, "ill", at=MONDAY)
    with pytest.raises(NotAllowed, match="was cancelled"):
        agenda.cover(db, ada.id, meeting.id, item.id, at=MONDAY)
    past = meet(MONDAY - DAY)
    appointments.hold(db, ada.id, past.id, at=MONDAY)
    links.end(db, ben.id, link.id, at=MONDAY)
    db.flush()
    with pytest.raises(NotAllowed, match="no longer your"):
        agenda.add(db, ada.id, past.id, "too late", at=MONDAY)


# -- what lies at hand ---------------------------------------------------------------------------------------


def piece_of(db, viewer, meeting):
    promised = actions.actions_of(db, viewer.id, meeting)
    found = at_hand.piece_of(db, viewer.id, meeting, promised, agenda.items(db, meeting))
    return found and (found.piece.id, found.version.number, found.is_named)


def test_the_newest_shared_piece_lies_at_hand_until_another_one_is_named(
    db, library, ada, ben, link, meet, make_version, park
):
    meeting = meet()
    assert piece_of(db, ben, meeting) is None
    shared, draft = make_version(ada, shared=True), make_version(ada)
    older = make_version(ada, shared=True)
    older.uploaded_at = MONDAY - DAY
    db.flush()

    assert piece_of(db, ben, meeting) == (shared.piece_id, 1, False)
    question = park(ada, "Here?", source="piece", source_id=str(older.piece_id))
    agenda.take(db, library, ada.id, meeting.id, "parked", str(question.id), at=MONDAY)
    assert piece_of(db, ben, meeting) == (older.piece_id, 1, True)
    actions.add_action(
        db, ada.id, meeting.id, Promise("V2", ada.id, about="piece", about_id=str(draft.piece_id)), at=MONDAY
    )
    assert piece_of(db, ada, meeting) == (draft.piece_id, 1, True)
    assert piece_of(db, ben, meeting) == (older.piece_id, 1, True)
    link.shows_pieces = False
    db.flush()
    assert piece_of(db, ben, meeting) is None


def test_the_next_date_is_the_next_one_of_these_two(db, ada, eve, link_of, meet):
    link_of(ada, eve)
    meeting = meet()
    meet(MONDAY + 2 * DAY, mentor=eve)
    cancelled, following = meet(MONDAY + 3 * DAY), meet(MONDAY + 8 * DAY)
    meet(MONDAY + 15 * DAY)
    appointments.cancel(db, ada.id, cancelled.id, "away", at=MONDAY)

    assert at_hand.next_date(db, meeting, at=MONDAY).id == following.id
    assert at_hand.next_date(db, meeting, at=MONDAY + 20 * DAY) is None
