"""Where a learner stands on the ladders, how it went week by week, and what she takes for what."""

from datetime import date

import pytest
from sqlmodel import Session

from core.ids import uuid7
from curriculum.ear import confusion, ladders, skills, standing
from curriculum.log import Mark
from curriculum.models import EarAnswer, EarRound, Review
from tests.times import DAY, MINUTE, MONDAY

TODAY = MONDAY.toordinal()


def heard(db: Session, user, asked="7", given="7", *, credit=1.0, skill="interval", level=1, at=MONDAY, **more):
    more = {"seed": 1, "synth": 1, "specs": f'[{{"kind":"{skill}"}}]'} | more
    row = EarAnswer(
        user_id=user.id,
        id=more.pop("id", uuid7()),
        at=at,
        day=at.toordinal(),
        skill=skill,
        level=level,
        asked=asked,
        given=given,
        credit=credit,
        **more,
    )
    db.add(row)
    db.commit()
    return row


def at_the_desk(db: Session, user, cancels=None):
    """A review with the id that its answer by ear has, too."""
    row = Review(
        user_id=user.id,
        id=uuid7(),
        card_id="k7m2qd",
        at=MONDAY,
        rating=Mark.UNDO if cancels else 3,
        cancels=cancels,
        day=TODAY,
        utc_offset=60,
        model=1,
        state_before=2,
        due_before=MONDAY,
        due_after=MONDAY,
        days=1,
    )
    db.add(row)
    db.commit()
    return row.id


def test_desk_and_room_count_together_but_for_what_was_undone(db, ada, eve):
    kept, undone = at_the_desk(db, ada), at_the_desk(db, ada)
    at_the_desk(db, ada, cancels=undone)
    heard(db, ada, credit=0.0)
    heard(db, ada, credit=1.0, id=kept, card_id="k7m2qd", at=MONDAY + MINUTE)
    heard(db, ada, given="5", credit=0.33, id=undone, card_id="k7m2qd", at=MONDAY + MINUTE)
    heard(db, eve, given="12", credit=0.0)

    assert standing.last_credits(db, ada.id) == {("interval", 1): [0.0, 1.0]}
    assert confusion.counted(db, ada.id, "interval") == [("7", "7", 2)]
    assert standing.history(db, ada.id, "interval", today=TODAY)[0].answers == 2


def test_the_last_twenty_of_each_step_come_with_what_was_answered_since(db, ada):
    for number in range(45):
        heard(db, ada, credit=number / 100, at=MONDAY + number * MINUTE)
    heard(db, ada, skill="eq", level=3, credit=0.5)

    found = standing.last_credits(db, ada.id)

    assert found[("interval", 1)] == [number / 100 for number in range(20, 45)]
    assert found[("eq", 3)] == [0.5]


def test_a_good_run_from_before_a_step_down_does_not_lead_up_again(db, ada, eve):
    for number in range(20):
        heard(db, ada, level=2, credit=1.0, at=MONDAY + number * MINUTE)
        heard(db, ada, level=3, credit=0.3, at=MONDAY + number * MINUTE)
        heard(db, eve, level=2, credit=1.0, at=MONDAY + number * MINUTE)
    standing.step_to(db, ada.id, "interval", 2, highest=7, at=MONDAY + DAY)
    db.commit()
    heard(db, ada, level=2, credit=0.67, at=MONDAY + DAY + MINUTE)

    found = standing.last_credits(db, ada.id)

    assert found[("interval", 2)] == [0.67]
    assert len(found[("interval", 3)]) == 20
    assert skills.card("interval", {"interval": 2}, {}, found).advice == ""
    assert ladders.advice(standing.last_credits(db, eve.id)[("interval", 2)]) == "up"


@pytest.mark.parametrize(
    ("level", "credits", "advice"),
    [
        (3, [1.0] * 20, "up"),
        (3, [0.7] * 20, ""),
        (3, [0.3] * 20, "down"),
        (7, [1.0] * 20, ""),
        (1, [0.3] * 20, ""),
        (3, [], ""),
    ],
)
def test_a_step_is_advised_where_the_ladder_goes_on(level, credits, advice):
    card = skills.card("interval", {"interval": level}, {}, {("interval", level): credits})

    assert (card.level, card.advice) == (level, advice)
    assert card.said == (f"{round(credits[0] * 100)} % of your last 20 answers here" if credits else "")


def test_a_step_that_is_taken_stays(db, fresh_db, ada, eve):
    standing.step_to(db, ada.id, "eq", 4, highest=7, at=MONDAY)
    standing.step_to(db, ada.id, "eq", 5, highest=7, at=MONDAY)
    db.commit()

    assert standing.levels(fresh_db, ada.id) == {"eq": 5}
    assert standing.levels(fresh_db, eve.id) == {}


def test_the_score_is_that_of_the_newest_round_that_ended(db, ada, eve):
    for user, days, credits in ((ada, 3, [1.0, 1.0]), (ada, 1, [1.0, 0.33]), (eve, 0, [0.0, 0.0])):
        ended_at = MONDAY - days * DAY
        row = EarRound(user_id=user.id, id=uuid7(), skill="eq", level=1, seed=1, started_at=ended_at, ended_at=ended_at)
        db.add(row)
        db.flush()
        for number, credit in enumerate(credits, 1):
            heard(db, user, credit=credit, skill="eq", round_id=row.id, number=number)
    db.add(EarRound(user_id=ada.id, id=uuid7(), skill="eq", level=1, seed=1, started_at=MONDAY))
    db.commit()

    score = standing.scores(db, ada.id)["eq"]

    assert (score.points, score.questions, score.ended_at) == (pytest.approx(1.33), 2, MONDAY - DAY)
    assert score.said == "1.3 of 2"


def test_weeks_run_from_the_first_answer_to_this_week(db, ada):
    heard(db, ada, credit=0.5, at=MONDAY - 15 * DAY)
    heard(db, ada, credit=1.0, at=MONDAY - 14 * DAY)
    heard(db, ada, credit=0.5, at=MONDAY)

    weeks = standing.history(db, ada.id, "interval", today=TODAY)

    assert all(date.fromordinal(week.monday).weekday() == 0 for week in weeks)
    assert [(week.answers, week.share) for week in weeks] == [(1, 0.5), (1, 1.0), (0, None), (1, 0.5)]
    assert standing.history(db, ada.id, "chord", today=TODAY) == []


# ---- what is taken for what


def table(found, skill="interval"):
    return confusion.table(found, order=lambda key: skills.place(key, skill), says=lambda key: skills.says(key, skill))


def test_rows_are_what_sounded_and_columns_what_was_said():
    found = table([("7", "7", 6), ("7", "5", 2), ("12", "12", 3), ("5", "7", 4), ("5", "1", 1)])

    assert found.head == ("5", "7", "12", "")
    assert [row.key for row in found.rows] == ["5", "7", "12"]
    assert [[cell.count for cell in row.cells] for row in found.rows] == [[0, 4, 0, 1], [2, 6, 0, 0], [0, 0, 3, 0]]
    assert [[cell.is_right for cell in row.cells].index(True) for row in found.rows] == [0, 1, 2]
    assert (found.answers, found.taken) == (16, (("5", "7", 4), ("7", "5", 2)))
    assert found.rows[0].cells[1].words == "perfect fourth, taken for perfect fifth: 4 of 5"
    assert found.rows[1].cells[1].words == "perfect fifth, right: 6 of 8"


def test_a_darker_cell_is_a_larger_part_of_its_row():
    found = table([("5", "5", 1), ("5", "7", 3), ("7", "7", 8)])

    (right, wrong), (none, all_right) = ([cell.shade for cell in row.cells] for row in found.rows)
    assert none == 0 < right < wrong <= all_right == confusion.SHADES


def test_a_table_has_room_on_a_phone():
    found = table([(str(one), str(one), 30 - one) for one in range(25)])

    assert len(found.rows) == confusion.MOST
    assert [row.key for row in found.rows] == [str(one) for one in range(12)]


def test_an_equaliser_is_told_by_its_bands():
    found = confusion.by_band([("+250 -4000", "+250 -2000", 3), ("-250", "+250", 1), ("+1000", "", 1)])

    assert sorted(found) == [("1000", "", 1), ("250", "250", 4), ("4000", "2000", 3)]


def test_degrees_do_not_mix_with_half_steps(db, ada):
    heard(db, ada, "6", "6", level=7, specs='[{"kind":"degree"}]')
    heard(db, ada, "6", "5", credit=0.33)

    assert confusion.counted(db, ada.id, "interval") == [("6", "5", 1)]


@pytest.mark.parametrize(
    ("key", "skill", "label", "says"),
    [
        ("7", "interval", "P5", "perfect fifth"),
        ("6", "interval", "TT", "tritone"),
        ("+1000", "eq", "+1k", "boost at 1 kHz"),
        ("-31.5", "eq", "−31.5", "cut at 31.5 Hz"),
        ("250", "eq", "250", "250 Hz"),
        ("m7b5", "chord", "m7b5", "half-diminished seventh"),
        ("natural-minor", "scale", "nat min", "natural minor"),
        ("", "scale", "nothing", "nothing"),
    ],
)
def test_an_answer_has_a_short_name_and_a_long_one(key, skill, label, says):
    assert (skills.label(key, skill), skills.says(key, skill)) == (label, says)


def test_every_answer_of_every_ladder_has_a_name():
    for skill in skills.TOLD_APART:
        for level in range(1, skills.highest(skill) + 1):
            for choice in ladders.ask(skill, level, 3).choices:
                assert skills.says(choice.key, skill, level)
                assert len(skills.label(choice.key, skill, level)) <= 16


def test_per_cent_are_of_the_last_twenty():
    card = skills.card("interval", {}, {}, {("interval", 1): [0.0] * 10 + [1.0] * 20})

    assert card.said == "100 % of your last 20 answers here"
