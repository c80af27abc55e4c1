"""The ear room's pages: choosing a skill, ten questions, what came of them, and Correct mode without script."""

import re
from uuid import UUID

import pytest
from sqlmodel import select

from curriculum.ear import correct, ladders, rounds
from curriculum.models import EarAnswer, EarLevel, EarRound, Review
from tests.mentorship.counting import statements
from tests.times import MONDAY


@pytest.fixture
def as_ada(client_of, ada, at):
    at(MONDAY)
    return client_of(ada)


def begin(client, db, ada, skill="interval", **form) -> EarRound:
    answer = client.send("/ear/rounds", {"skill": skill, **form})
    assert answer.status_code == 303, answer.text
    row = db.get_one(EarRound, (ada.id, UUID(answer.location.rsplit("/", 1)[1])))
    db.expunge(row)
    db.rollback()
    return row


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_room_shows_every_skill_with_its_step(as_ada):
    said = words(as_ada.get("/ear"))

    assert "Equaliser" in said and "Step 3 of 7 : Pink noise, +9 dB in one of nine octaves" in said
    assert "Correct" in said and "Intervals" in said and "No round yet" in said


def test_a_whole_round_from_the_first_question_to_the_score(as_ada, db, fresh_db, ada):
    row = begin(as_ada, db, ada)
    address = f"/ear/rounds/{row.id}"

    for number in range(1, 11):
        asked = rounds.question(row, number)
        page = as_ada.get(address)
        assert f"{number} / 10" in page.text and asked.words not in page.text
        done = as_ada.send(f"{address}/answers", {"number": number, "given": asked.right, "plays": 2})
        assert done.location == f"{address}?answered={number}"
        assert asked.words in as_ada.get(done.location).get_data(as_text=True)

    said = words(as_ada.get(address))
    assert "10 of 10" in said and "Ten more" in said and "Your cards stay where they are" in said
    found = fresh_db.exec(select(EarAnswer)).all()
    assert len(found) == 10 and {one.plays for one in found} == {2} and all(one.by_ear for one in found)
    assert fresh_db.exec(select(Review)).all() == []
    assert "Last round 10 of 10" in words(as_ada.get("/ear"))


def test_the_answer_is_in_no_page_before_it_is_given(as_ada, db, ada):
    for skill in ("eq", "interval", "chord", "level", correct.SKILL):
        row = begin(as_ada, db, ada, skill)
        asked = rounds.question(row, 1)
        page = as_ada.get(f"/ear/rounds/{row.id}").text

        assert asked.words not in page
        assert all(len(name) == 64 for name in re.findall(r"/sound/(\w+)\.", page))


def test_a_wrong_answer_shows_what_it_was_and_lets_both_be_heard(as_ada, db, ada):
    row = begin(as_ada, db, ada)
    asked = rounds.question(row, 1)
    wrong = next(choice for choice in asked.choices if choice.key != asked.right)

    done = as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": 1, "given": wrong.key})
    page = as_ada.get(done.location)

    assert asked.words in page.text and wrong.words in page.text
    assert "Your answer" in page.text and "Next" in page.text


def test_who_does_not_know_may_say_so(as_ada, db, fresh_db, ada):
    row = begin(as_ada, db, ada)

    as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": 1, "given": ""})

    assert fresh_db.exec(select(EarAnswer)).one().credit == 0


def test_nothing_sent_is_said_beside_the_question(as_ada, db, ada):
    row = begin(as_ada, db, ada)

    answer = as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": 1})

    assert answer.status_code == 422 and "a guess teaches, too" in answer.text and "1 / 10" in answer.text


def test_a_round_that_was_left_is_offered_again(as_ada, db, ada):
    row = begin(as_ada, db, ada)
    as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": 1, "given": rounds.question(row, 1).right})

    said = words(as_ada.get("/ear"))
    assert "You left a round of Intervals in the middle" in said and "Question 2 of 10 comes next" in said

    as_ada.send(f"/ear/rounds/{row.id}/ended")
    assert "in the middle" not in as_ada.get("/ear").text
    assert "ended after 1 question" in words(as_ada.get(f"/ear/rounds/{row.id}"))


def test_twenty_good_answers_offer_a_step_up_and_nobody_has_to_take_it(as_ada, db, fresh_db, ada):
    for _ in range(2):
        row = begin(as_ada, db, ada)
        for number in range(1, 11):
            given = rounds.question(row, number).right
            as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": number, "given": given})

    end = as_ada.get(f"/ear/rounds/{row.id}")
    assert "A step up?" in end.text and ladders.LEVELS["interval"][2] in end.text
    assert begin(as_ada, db, ada).level == 1

    as_ada.send("/ear/skills/interval/level", {"level": 2})
    assert fresh_db.exec(select(EarLevel)).one().level == 2
    assert "A step up?" not in as_ada.get(f"/ear/rounds/{row.id}").text
    assert begin(as_ada, db, ada).level == 2


def test_a_skill_shows_its_ladder_its_weeks_and_what_is_taken_for_what(as_ada, db, ada):
    assert "Nothing heard yet" in as_ada.get("/ear/skills/interval").text
    row = begin(as_ada, db, ada, level=4)
    for number in range(1, 11):
        keys = [choice.key for choice in rounds.question(row, number).choices]
        as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": number, "given": keys[0]})

    said = words(as_ada.get("/ear/skills/interval"))

    assert "Is my ear getting better?" in said and "What do I take for what?" in said
    assert "Down: what it was. Across: what you said. The last 10 answers." in said


def test_a_step_that_is_not_on_the_ladder_is_refused(as_ada):
    answer = as_ada.send("/ear/skills/eq/level", {"level": 9})

    assert answer.status_code == 422 and "steps 1 to 7" in answer.text


def test_correct_mode_hears_a_bell_through_the_server_and_then_grades_it(as_ada, db, fresh_db, ada):
    row = begin(as_ada, db, ada, correct.SKILL)
    address, done = f"/ear/rounds/{row.id}", correct.done(rounds.question(row, 1))
    bell = {"number": 1, "freq_hz": f"{done.freq_hz:g}", "gain_db": str(-done.gain_db), "q": "1.4"}

    seen = as_ada.send(f"{address}/bells", {**bell, "preview": "1"})
    assert "csrf" not in seen.location
    page = as_ada.get(seen.location)
    assert "Through your bell: " in page.text and page.text.count("<audio") == 3

    result = as_ada.send(f"{address}/bells", bell)
    page = as_ada.get(result.location)
    assert done.words in page.text and "0.0 dB is left at most" in page.text and "As you left it" in page.text
    assert fresh_db.exec(select(EarAnswer)).one().credit == 1


def test_a_bell_that_is_none_is_refused_in_a_sentence(as_ada, db, ada):
    row = begin(as_ada, db, ada, correct.SKILL)
    bell = {"number": 1, "freq_hz": "333", "gain_db": "3", "q": "1.4"}

    assert as_ada.send(f"/ear/rounds/{row.id}/bells", bell).status_code == 422
    assert as_ada.get(f"/ear/rounds/{row.id}?freq_hz=x").status_code == 422


def test_without_sound_a_round_counts_as_such_and_correct_mode_says_why_not(as_ada, db, fresh_db, ada):
    as_ada.send("/sitting/without-sound")
    row = begin(as_ada, db, ada)
    page = as_ada.get(f"/ear/rounds/{row.id}")
    assert "/sound/" not in page.text and "Answer by ear again" in page.text

    as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": 1, "given": rounds.question(row, 1).right})
    assert fresh_db.exec(select(EarAnswer)).one().by_ear is False
    refused = as_ada.send("/ear/rounds", {"skill": correct.SKILL})
    assert refused.status_code == 422 and "needs sound" in refused.text


@pytest.mark.parametrize("way", ["", "?answered=1", "/answers", "/bells", "/ended"])
def test_a_stranger_finds_nothing(as_ada, client_of, db, fresh_db, ada, eve, way):
    row = begin(as_ada, db, ada)
    address, as_eve = f"/ear/rounds/{row.id}{way}", client_of(eve)
    form = {"number": 1, "given": "7", "freq_hz": "1000", "gain_db": "3", "q": "1.4"}

    answer = as_eve.send(address, form) if way.startswith("/") else as_eve.get(address)

    assert answer.status_code == 404
    assert fresh_db.exec(select(EarAnswer)).all() == []


def test_the_number_of_queries_does_not_grow_with_answers(as_ada, app, db, ada):
    row = begin(as_ada, db, ada)
    pages = ("/ear", "/ear/skills/interval")

    def count():
        found = []
        for page in pages:
            with statements(app.extensions["database"].engine) as seen:
                as_ada.get(page)
            found.append(len(seen))
        return found

    as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": 1, "given": "7"})
    few = count()
    for number in range(2, 11):
        given = rounds.question(row, number).right
        as_ada.send(f"/ear/rounds/{row.id}/answers", {"number": number, "given": given})
    begin(as_ada, db, ada, "chord")
    assert count() <= [one + 1 for one in few]
