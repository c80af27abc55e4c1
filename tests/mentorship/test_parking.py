"""Parked questions and the capture box: kept with where they came from, read by whom they are for."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import select

from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from curriculum import own_cards
from curriculum.own_cards import Draft
from mentorship import actions, parking, sessions
from mentorship.models.meetings import Action, ParkedQuestion
from mentorship.parking import Origin, Source
from mentorship.sessions import Between, Entry
from tests.mentorship.page_text import words
from tests.times import BERLIN, DAY, HOUR, MONDAY
from tests.world import LESSON

DICE = random.Random(1)
TEXT = "Why does the kick vanish in mono?"


@pytest.fixture
def park(db, library, ada):
    """`park("Why?", "lesson", slug)`: a question of Ada's, committed."""

    def make(text=TEXT, kind="", source_id="", *, by=ada, at=MONDAY):
        question = parking.park(db, library, by.id, text, Source(kind, source_id), at=at)
        db.commit()
        return question

    return make


@pytest.fixture
def meeting(db, library, ada, ben, link_of):
    link_of(ada, ben)
    entry = Entry(MONDAY + DAY, BERLIN, 45)
    session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    db.commit()
    return session


def course_card(library):
    return next(iter(library.cards.values()))


def own_card(db, library, person):
    draft = Draft("basic", "What is **Q**?", "How narrow a bell is.")
    row = own_cards.write(db, library, person.id, draft, dice=DICE, at=MONDAY)
    db.commit()
    return row.id


def origin(db, library, viewer, question):
    return parking.origins(db, library, viewer.id, [question]).get(question.id)


# -- where it came from --------------------------------------------------------------------------------------


def test_a_question_knows_its_lesson(db, library, ada, park):
    question = park(TEXT, "lesson", LESSON)

    assert origin(db, library, ada, question) == Origin("lesson", library.lessons[LESSON].title, f"/lessons/{LESSON}")


def test_a_question_knows_the_card_of_the_course(db, library, ada, park):
    card = course_card(library)

    found = origin(db, library, ada, park(TEXT, "card", card.id))

    assert found.path == f"/cards/{card.id}"
    assert found.title.removesuffix("…") in " ".join(card.front.striptags().split())
    assert 0 < len(found.title) <= parking.LONGEST_TITLE


def test_a_question_knows_ones_own_card_and_piece(db, library, ada, park, make_version):
    card_id, version = own_card(db, library, ada), make_version(ada)

    assert origin(db, library, ada, park(TEXT, "card", card_id)) == Origin("card", "What is Q?", f"/cards/{card_id}")
    piece = origin(db, library, ada, park(TEXT, "piece", str(version.piece_id)))
    assert piece == Origin("piece", "Night bus", f"/portfolio/pieces/{version.piece_id}")


@pytest.mark.parametrize("source", [("lesson", "no-such-lesson"), ("card", "zzzzzz"), ("piece", str(uuid7()))])
def test_what_is_not_there_leaves_the_words_alone(park, source):
    question = park(TEXT, *source)

    assert (question.text, question.source, question.source_id) == (TEXT, "", "")


def test_somebody_elses_card_or_piece_is_no_source(db, library, ben, park, make_version):
    card_id, version = own_card(db, library, ben), make_version(ben, shared=True)

    assert park(TEXT, "card", card_id).source == ""
    assert park(TEXT, "piece", str(version.piece_id)).source == ""


def test_a_question_outlives_its_card(db, library, ada, park):
    card_id = own_card(db, library, ada)
    question = park(TEXT, "card", card_id)

    own_cards.delete(db, ada.id, {card_id}, at=MONDAY)
    db.commit()

    assert origin(db, library, ada, question) == Origin("card")
    assert parking.open_of(db, ada.id, ada.id) == [question]


def test_an_invitations_secret_is_never_kept(park):
    assert park(TEXT, "page", "/invitations/a-secret").source_id == ""


# -- its life ------------------------------------------------------------------------------------------------


def test_an_answered_question_leaves_the_open_ones_and_can_come_back(db, ada, park):
    question = park()

    parking.answer(db, ada.id, question.id, " Phase. ", at=MONDAY + HOUR)
    assert parking.open_of(db, ada.id, ada.id) == []
    assert [(one.answer, one.answered_at) for one in parking.answered_of(db, ada.id, most=9)] == [
        ("Phase.", MONDAY + HOUR)
    ]

    parking.reopen(db, ada.id, question.id)
    assert parking.open_of(db, ada.id, ada.id) == [question]
    assert question.answer == "Phase."


def test_answering_again_changes_the_words_and_not_the_moment(db, ada, park):
    question = park()

    for number in (1, 2):
        parking.answer(db, ada.id, question.id, f"Answer {number}", at=MONDAY + number * HOUR)

    assert (question.answer, question.answered_at) == ("Answer 2", MONDAY + HOUR)


def test_what_was_removed_can_be_put_back(db, ada, park):
    question = park()

    parking.remove(db, ada.id, question.id, at=MONDAY)
    assert parking.open_of(db, ada.id, ada.id) == []
    parking.restore(db, ada.id, question.id)

    assert parking.open_of(db, ada.id, ada.id) == [question]


def test_a_stale_tab_cannot_change_what_was_answered_or_removed(db, ada, park):
    answered, removed = park(), park("Another")
    parking.answer(db, ada.id, answered.id, at=MONDAY)
    parking.remove(db, ada.id, removed.id, at=MONDAY)

    with pytest.raises(Conflict, match="answered meanwhile"):
        parking.edit(db, ada.id, answered.id, "Other words")
    for change in (parking.edit, lambda *given: parking.answer(*given, at=MONDAY)):
        with pytest.raises(Conflict, match="removed"):
            change(db, ada.id, removed.id, "Other words")


@pytest.mark.parametrize("empty", ["", "   ", "\n\t"])
def test_an_empty_question_is_refused(db, library, ada, park, empty):
    with pytest.raises(Refused, match="Write the question first"):
        parking.park(db, library, ada.id, empty, at=MONDAY)
    with pytest.raises(Refused, match="Write the question first"):
        parking.edit(db, ada.id, park().id, empty)


def test_five_hundred_may_wait(db, library, ada):
    for number in range(parking.MOST_OPEN):
        row = ParkedQuestion(user_id=ada.id, id=uuid7(), text=f"{number}", parked_at=MONDAY)
        db.add(row)
    db.flush()

    with pytest.raises(Refused, match="500 questions wait already"):
        parking.park(db, library, ada.id, TEXT, at=MONDAY)
    parking.answer(db, ada.id, row.id, at=MONDAY)
    parking.park(db, library, ada.id, TEXT, at=MONDAY)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["answer", "reopen", "remove", "restore"]), max_size=12))
def test_whatever_is_done_to_it_a_question_is_in_one_place_and_its_words_stay(db, library, ada, steps):
    question = parking.park(db, library, ada.id, TEXT, at=MONDAY)
    for step in steps:
        try:
            if step in ("answer", "remove"):
                getattr(parking, step)(db, ada.id, question.id, at=MONDAY)
            else:
                getattr(parking, step)(db, ada.id, question.id)
        except Conflict:
            assert step == "answer" and question.removed_at
    db.flush()

    is_open = question in parking.open_of(db, ada.id, ada.id)
    is_answered = question in parking.answered_of(db, ada.id, most=99)
    assert is_open + is_answered + bool(question.removed_at) == 1
    assert question.text == TEXT
    db.rollback()


# -- who reads it --------------------------------------------------------------------------------------------


def test_a_mentor_reads_the_open_ones_while_the_link_shows_sessions(db, ada, ben, eve, link_of, park):
    question = park()
    assert parking.open_of(db, ben.id, ada.id) == []
    link = link_of(ada, ben)
    assert parking.open_of(db, ben.id, ada.id) == [question]

    for change in ({"shows_sessions": False}, {"shows_sessions": True, "paused_at": MONDAY}, {"ended_at": MONDAY}):
        for name, value in change.items():
            setattr(link, name, value)
        db.flush()
        assert parking.open_of(db, ben.id, ada.id) == []
    assert parking.open_of(db, eve.id, ada.id) == []


def test_a_mentors_own_questions_are_his_alone(db, ada, ben, link_of, park):
    link_of(ada, ben)
    park("Has she practised?", by=ben)

    assert parking.open_of(db, ada.id, ben.id) == []


def test_what_somebody_asks_as_a_mentor_is_not_for_her_own_mentor(db, library, ada, ben, eve, link_of, park):
    link_of(ada, ben)
    link_of(eve, ada)
    entry = Entry(MONDAY + DAY, BERLIN, 45)
    lesson_of_eve = sessions.log(db, library, eve.id, "meeting", Between(eve.id, ada.id), entry, at=MONDAY)
    question = park("How do I tell Eve?")
    question.session_id = lesson_of_eve.id
    db.commit()

    assert parking.open_of(db, ada.id, ada.id) == [question]
    assert parking.open_of(db, ben.id, ada.id) == []


def test_a_mentor_sees_of_the_source_what_the_link_shows(db, library, ada, ben, link_of, park, make_version):
    link = link_of(ada, ben)
    lesson = park("a", "lesson", LESSON)
    mine = park("b", "card", own_card(db, library, ada))
    draft = park("c", "piece", str(make_version(ada).piece_id))
    page = park("d", "page", "/stats")

    assert origin(db, library, ben, lesson).title
    assert [origin(db, library, ben, one) for one in (mine, draft)] == [Origin("card"), Origin("piece")]
    assert origin(db, library, ben, page) == Origin("page", "Statistics")  # his own statistics would open
    link.shows_lessons = False
    db.flush()
    assert origin(db, library, ben, lesson) == Origin("lesson")


def test_nobody_changes_the_questions_of_others(db, ada, ben, link_of, park):
    link_of(ada, ben)
    question = park()

    for change in (
        lambda: parking.own(db, ben.id, question.id),
        lambda: parking.edit(db, ben.id, question.id, "Mine"),
        lambda: parking.answer(db, ben.id, question.id, at=MONDAY),
        lambda: parking.remove(db, ben.id, question.id, at=MONDAY),
    ):
        with pytest.raises(NotFound):
            change()


def test_a_page_of_questions_costs_the_same_for_one_and_for_fifty(db, library, ada, park, meeting, make_version):
    def count():
        seen: list[int] = []
        asked = parking.open_of(db, ada.id, ada.id)

        def listen(*_):
            seen.append(1)

        event.listen(db.get_bind(), "before_cursor_execute", listen)
        parking.shown(db, library, ada.id, asked)
        event.remove(db.get_bind(), "before_cursor_execute", listen)
        return len(seen)

    def add():
        card_id, piece_id = own_card(db, library, ada), make_version(ada).piece_id
        for source in (("lesson", LESSON), ("card", card_id), ("piece", str(piece_id))):
            park(TEXT, *source).session_id = meeting.id
        db.commit()

    add()
    few = count()
    for _ in range(15):
        add()

    assert count() == few <= 5


# -- the page ------------------------------------------------------------------------------------------------


def test_the_page_teaches_when_nothing_is_parked(as_ada):
    assert "Nothing to ask yet" in words(as_ada.get("/questions"))


def test_the_page_shows_questions_with_their_source_and_agenda(db, library, as_ada, park, meeting):
    park(TEXT, "lesson", LESSON).session_id = meeting.id
    db.commit()

    page = words(as_ada.get("/questions"))

    assert TEXT in page
    assert f"from the lesson {library.lessons[LESSON].title}" in page
    assert "on the agenda of the meeting tomorrow" in page


def test_a_question_is_answered_opened_removed_and_put_back(as_ada, park):
    path = f"/questions/{park().id}"

    as_ada.send(f"{path}/answered", {"answer": "Turn one channel's polarity."})
    assert "Answered " in words(as_ada.get("/questions"))
    assert "Turn one channel's polarity." in as_ada.get("/questions").text.replace("&#39;", "'")
    as_ada.send(f"{path}/open")
    as_ada.send(f"{path}/edited", {"text": "Why is mono so quiet?"})
    assert "Why is mono so quiet?" in words(as_ada.get("/questions"))
    gone = as_ada.send(f"{path}/removed")
    assert "Put it back" in words(as_ada.get(gone.location))
    as_ada.send(f"{path}/restored")
    assert "Why is mono so quiet?" in words(as_ada.get("/questions"))


def test_nobody_else_opens_a_question(as_ben, as_eve, ada, ben, link_of, park):
    link_of(ada, ben)
    path = f"/questions/{park().id}"

    for client in (as_ben, as_eve):
        assert client.get(path).status_code == 404
        assert client.send(f"{path}/removed").status_code == 404
        assert TEXT not in client.get(f"/questions?removed={path.rpartition('/')[2]}").text


def test_a_refused_answer_keeps_its_words(as_ada, park):
    answer = as_ada.send(f"/questions/{park().id}/answered", {"answer": "a" * 1001})

    assert answer.status_code == 422
    assert "longer than 1000 characters" in words(answer)
    assert "a" * 1001 in answer.text


# -- the capture box -----------------------------------------------------------------------------------------


def test_a_question_from_a_lesson_keeps_the_lesson(as_ada, fresh_db):
    sent = as_ada.send("/capture", {"text": TEXT, "kind": "question", "from": f"/lessons/{LESSON}"})

    assert sent.location == f"/lessons/{LESSON}"
    kept = fresh_db.exec(select(ParkedQuestion)).one()
    assert (kept.text, kept.source, kept.source_id) == (TEXT, "lesson", LESSON)


def test_at_the_desk_without_script_the_sitting_goes_on(as_ada, library, fresh_db):
    came_from = f"/cards/{course_card(library).id}"

    sent = as_ada.send("/capture", {"text": TEXT, "kind": "question", "from": came_from, "back": "/reviews"})

    assert sent.location == "/reviews"
    assert fresh_db.exec(select(ParkedQuestion)).one().source == "card"


def test_something_to_do_stands_on_the_list(as_ada, ada, fresh_db):
    as_ada.send("/capture", {"text": "Buy strings", "kind": "todo", "due": "2026-11-30"})

    action = fresh_db.exec(select(Action)).one()
    assert (action.text, action.owner_id, str(action.due_on)) == ("Buy strings", ada.id, "2026-11-30")
    assert actions.open_actions(fresh_db, ada.id) == [action]


def test_practice_and_card_go_on_to_their_pages_with_the_words(as_ada):
    practice = as_ada.send("/capture", {"text": "Scales & arpeggios", "kind": "practice"})
    longer = as_ada.send("/capture", {"text": "Scales.\nThen thirds at 72.", "kind": "practice"})
    card = as_ada.send("/capture", {"text": "What is Q?", "kind": "card", "from": f"/lessons/{LESSON}"})

    assert 'value="Scales &amp; arpeggios"' in as_ada.get(practice.location).text
    assert "Then thirds at 72." in as_ada.get(longer.location).text
    page = as_ada.get(card.location)
    assert "What is Q?" in page.text
    assert f"lesson={LESSON}" in card.location


def test_the_script_gets_a_sentence_and_stays_where_it_is(as_ada, fresh_db):
    headers = {"X-Requested-With": "woodshed"}

    kept = as_ada.send("/capture", {"text": TEXT, "kind": "question"}, headers=headers)
    refused = as_ada.send("/capture", {"text": " ", "kind": "question"}, headers=headers)

    assert (kept.status_code, kept.json["path"]) == (201, "/questions")
    assert refused.status_code == 422
    assert refused.json["errors"] == {"text": "Please fill this in."}
    assert "Parked" not in words(as_ada.get("/questions")).replace("Parked questions", "")  # said once, not again


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": "", "kind": "question"}, "Please fill this in."),
        ({"text": "x" * 100_000, "kind": "question"}, "longer than 1000 characters"),
        ({"text": "x", "kind": "remark"}, "Choose one of the offered answers."),
        ({"text": "x"}, "Please fill this in."),
        ({"text": "x", "kind": "todo", "due": "soon"}, "Write a date here"),
    ],
)
def test_nonsense_is_refused_with_what_was_typed(as_ada, fresh_db, sent, sentence):
    answer = as_ada.send("/capture", sent)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert sent["text"] in answer.text
    assert fresh_db.exec(select(ParkedQuestion)).all() == []


@pytest.mark.parametrize(
    "forged",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/no-such-page", "/sign-out"],
)
def test_a_forged_source_leads_nowhere_and_is_not_kept(as_ada, fresh_db, forged):
    sent = as_ada.send("/capture", {"text": TEXT, "kind": "question", "from": forged, "back": forged})

    assert sent.status_code == 303
    assert sent.location.startswith("/") and "evil" not in sent.location
    assert fresh_db.exec(select(ParkedQuestion)).one().source == ""
    assert "evil" not in as_ada.get("/capture", query_string={"from": forged, "back": forged}).text


def test_markup_in_a_question_is_only_words(as_ada, park):
    question = park("<script>alert(1)</script> & <b>bold</b>")

    for path in ("/questions", f"/questions/{question.id}", f"/questions?removed={question.id}"):
        page = as_ada.get(path).text
        assert "<script>alert" not in page and "<b>bold" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_form_sent_twice_parks_once(as_ada, fresh_db):
    op = uuid7()

    for _ in range(2):
        as_ada.send("/capture", {"text": TEXT, "kind": "question"}, op=op)

    assert len(fresh_db.exec(select(ParkedQuestion)).all()) == 1


def test_a_question_is_offered_first_to_who_has_a_mentor(as_ada, ada, ben, link_of):
    def first():
        page = as_ada.get("/capture").text
        return "question" if 'value="question" checked' in page else "todo"

    assert first() == "todo"
    link_of(ada, ben)
    assert first() == "question"


def test_every_page_has_the_box_and_its_key(as_ada, anonymous):
    for path in ("/learn", f"/lessons/{LESSON}", "/sessions", "/stats", "/nothing-here"):
        page = as_ada.get(path).text
        assert "data-capture-box" in page and 'data-key="q"' in page
    assert "data-capture" not in anonymous.get("/sign-in").text
