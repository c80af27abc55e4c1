"""Rounds in the ear room: ten questions, each answered once, and no schedule that moves."""

import json

import pytest
from sqlmodel import Session, col, select

from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from curriculum.ear import correct, ladders, rounds, skills, standing
from curriculum.ear.rounds import Chosen, Heard
from curriculum.models import EarAnswer, EarRound, Memory, Review
from tests.times import DAY, HOUR, MINUTE, MONDAY

ZONE = "Europe/Berlin"


def begin(db: Session, user, skill="interval", level=None, *, seed=7, at=MONDAY, **more) -> EarRound:
    row = rounds.begin(db, user.id, Chosen(skill, level, **more), seed=seed, at=at)
    db.commit()
    return row


def give(db: Session, user, row: EarRound, number: int, key: str | None = None, *, at=MONDAY, **heard) -> EarAnswer:
    key = rounds.question(row, number).right if key is None else key
    found = rounds.answer(db, user.id, row.id, number, key, Heard(**heard), zone=ZONE, at=at)
    db.commit()
    return found


def wrong(row: EarRound, number: int) -> str:
    asked = rounds.question(row, number)
    return next(choice.key for choice in asked.choices if choice.key != asked.right)


def kept(db: Session, user) -> list[EarAnswer]:
    mine = select(EarAnswer).where(EarAnswer.user_id == user.id)
    return list(db.exec(mine.order_by(col(EarAnswer.number))))


def test_a_round_begins_where_the_learner_stands(db, ada):
    assert begin(db, ada, "eq").level == ladders.START["eq"] == 3

    standing.step_to(db, ada.id, "eq", 5, highest=7, at=MONDAY)
    assert begin(db, ada, "eq").level == 5
    assert begin(db, ada, "eq", 1).level == 1


@pytest.mark.parametrize("skill", skills.ORDER)
def test_every_skill_asks_ten_questions_that_stay_the_same(skill):
    mode = "correct" if skill == correct.SKILL else "choose"
    row = EarRound(id=uuid7(), skill=skill, level=skills.start(skill), mode=mode, seed=7, started_at=MONDAY)

    first = [rounds.question(row, number) for number in range(1, 11)]
    assert first == [rounds.question(row, number) for number in range(1, 11)]
    assert len({rounds.seed_of(row, number) for number in range(1, 11)}) == 10
    assert all(one.skill == skill and skills.prompt(one) for one in first)


def test_ten_right_answers_end_the_round_and_leave_the_schedule_alone(db, fresh_db, ada):
    row = begin(db, ada)

    for number in range(1, 11):
        give(db, ada, row, number, at=MONDAY + number * MINUTE, plays=2)

    assert [one.credit for one in kept(fresh_db, ada)] == [1.0] * 10
    assert fresh_db.get_one(EarRound, (ada.id, row.id)).ended_at == MONDAY + 10 * MINUTE
    assert fresh_db.exec(select(Review)).all() == fresh_db.exec(select(Memory)).all() == []


def test_an_answer_is_kept_with_all_that_replays_it(db, fresh_db, ada):
    row = begin(db, ada, "eq")

    give(db, ada, row, 1, at=MONDAY, plays=3, by_ear=False)

    found, asked = kept(fresh_db, ada)[0], rounds.question(row, 1)
    assert (found.round_id, found.number, found.skill, found.level) == (row.id, 1, "eq", 3)
    assert (found.asked, found.given, found.plays, found.by_ear) == (asked.right, asked.right, 3, False)
    assert ladders.ask("eq", 3, found.seed) == asked
    assert json.loads(found.specs) == [dict(one) for one in asked.specs]
    assert (found.card_id, found.day) == ("", MONDAY.toordinal())


def test_a_wrong_answer_is_worth_what_its_distance_says(db, ada):
    row = begin(db, ada, "eq")
    asked = rounds.question(row, 1)

    found = give(db, ada, row, 1, wrong(row, 1))

    assert found.credit == rounds.judge(row, asked, found.given).credit < 1


def test_a_double_click_answers_once(db, fresh_db, ada):
    row = begin(db, ada)

    assert give(db, ada, row, 1).id == give(db, ada, row, 1).id
    assert len(kept(fresh_db, ada)) == 1


def test_the_first_answer_stands(db, fresh_db, ada):
    row = begin(db, ada)
    give(db, ada, row, 1)

    with pytest.raises(Conflict, match="first answer stands"):
        give(db, ada, row, 1, wrong(row, 1))

    assert kept(fresh_db, ada)[0].credit == 1


def test_no_question_is_skipped(db, ada):
    row = begin(db, ada)

    with pytest.raises(Conflict, match="Question 1 comes first"):
        give(db, ada, row, 2)


@pytest.mark.parametrize("number", [0, -1, 11])
def test_a_round_has_ten_questions(db, ada, number):
    with pytest.raises(NotFound):
        rounds.question(begin(db, ada), number)


def test_what_stands_on_no_button_is_refused(db, ada):
    row = begin(db, ada)

    with pytest.raises(Refused, match="Choose one of the answers"):
        give(db, ada, row, 1, "99")


def test_who_does_not_know_may_say_so_but_must_say_something(db, ada):
    row = begin(db, ada)

    with pytest.raises(Refused, match="Give an answer first"):
        rounds.answer(db, ada.id, row.id, 1, None, Heard(), zone=ZONE, at=MONDAY)
    assert give(db, ada, row, 1, "").credit == 0


def test_a_round_that_is_left_can_be_gone_on_with(db, ada):
    row = begin(db, ada)
    give(db, ada, row, 1)

    assert rounds.left_open(db, ada.id).id == row.id
    give(db, ada, row, 2, at=MONDAY + 2 * DAY)
    assert [one.number for one in rounds.given_so_far(db, row)] == [1, 2]


def test_a_new_round_ends_the_one_that_was_left(db, fresh_db, ada):
    first = begin(db, ada)

    second = begin(db, ada, "chord", at=MONDAY + HOUR)

    assert rounds.left_open(fresh_db, ada.id).id == second.id
    assert fresh_db.get_one(EarRound, (ada.id, first.id)).ended_at == MONDAY + HOUR


def test_a_round_that_was_ended_takes_no_more_answers(db, fresh_db, ada):
    row = begin(db, ada)
    give(db, ada, row, 1)
    rounds.end(db, ada.id, row.id, at=MONDAY + HOUR)
    rounds.end(db, ada.id, row.id, at=MONDAY + 2 * HOUR)
    db.commit()

    with pytest.raises(Conflict, match="This round is over"):
        give(db, ada, row, 2)

    assert fresh_db.get_one(EarRound, (ada.id, row.id)).ended_at == MONDAY + HOUR
    assert len(kept(fresh_db, ada)) == 1


def test_a_step_that_the_ladder_does_not_have_is_refused(db, ada):
    with pytest.raises(Refused, match="steps 1 to 7"):
        begin(db, ada, "eq", 8)
    with pytest.raises(Refused, match="steps 1 to 4"):
        standing.step_to(db, ada.id, correct.SKILL, 5, highest=4, at=MONDAY)


def test_a_skill_that_there_is_not_is_not_found(db, ada):
    with pytest.raises(NotFound):
        begin(db, ada, "smell")


def test_undoing_an_equaliser_needs_sound(db, ada):
    with pytest.raises(Refused, match="needs sound"):
        begin(db, ada, correct.SKILL, by_ear=False)


def test_a_stranger_finds_nothing_of_a_round(db, ada, eve):
    row = begin(db, ada)

    for way in (
        lambda: rounds.own(db, eve.id, row.id),
        lambda: rounds.end(db, eve.id, row.id, at=MONDAY),
        lambda: rounds.answer(db, eve.id, row.id, 1, "7", Heard(), zone=ZONE, at=MONDAY),
        lambda: rounds.own(db, ada.id, uuid7()),
    ):
        with pytest.raises(NotFound):
            way()
    assert rounds.left_open(db, eve.id) is None


# ---- Correct mode


def test_the_exact_opposite_undoes_an_equaliser(db, ada):
    row = begin(db, ada, correct.SKILL)
    asked = rounds.question(row, 1)

    assert (row.mode, row.grid, asked.answered_by) == ("correct", "octave", "bell")
    assert give(db, ada, row, 1).credit == 1
    assert give(db, ada, row, 2, correct.done(rounds.question(row, 2)).key).credit == 0


@pytest.mark.parametrize("level", correct.STEPS)
def test_what_was_done_can_be_undone_on_every_step(level):
    for seed in range(40):
        asked = correct.ask(level, seed)
        done, sound = correct.done(asked), asked.specs[0]

        assert correct.judge(asked, asked.right).credit == 1
        assert correct.judge(asked, f"{done.freq_hz:g} +0 {done.q:.1f}").credit == 0
        assert sound["bands"] == [{"type": "bell", "freq_hz": done.freq_hz, "gain_db": done.gain_db, "q": done.q}]
        assert (sound["on"], correct.plain_of(asked)["on"]) == (True, False)


def test_a_bell_beyond_the_sliders_is_refused(db, ada):
    row = begin(db, ada, correct.SKILL)

    with pytest.raises(Refused, match="none that the sliders can set"):
        give(db, ada, row, 1, "999 +3 1.4")
