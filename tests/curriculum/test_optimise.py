"""A learner's own parameters by their rules: asked for, tried, taken over with all memories, and given back."""

import threading

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import work
from core.errors import Conflict, NotFound, Refused
from core.work import Task, Work
from curriculum import fitting, optimise, plans, replay
from curriculum.fitting import Fit
from curriculum.models import Memory, ParameterSet, Review
from curriculum.scheduling import DEFAULT
from tests.curriculum.histories import played, write
from tests.curriculum.test_fitting import QUICK
from tests.times import BERLIN, DAY, MONDAY, SECOND

NOW = MONDAY + 160 * DAY
WON = Fit(QUICK, 700, 140, 0.347, 0.312)
LOST = Fit(QUICK, 700, 140, 0.347, 0.351)


@pytest.fixture
def histories():
    return played(0, QUICK)


@pytest.fixture
def answered(db, ada, histories):
    """Ada has answered for five months, and forgets more quickly than the standard says."""
    write(db, ada, histories)


@pytest.fixture
def few(db, ada):
    write(db, ada, played(0, QUICK, cards=12))


def memories(db, person) -> dict[str, tuple]:
    db.expire_all()
    rows = db.exec(select(Memory).where(Memory.user_id == person.id))
    return {row.card_id: (row.stability, row.difficulty, row.due_at, row.days, row.lapses) for row in rows}


def task_of(base, piece: Work) -> Task:
    return Task(base, piece, threading.Event())


def run(db, base, ada) -> dict:
    """Ask for a fit and do it, as the job process does."""
    optimise.ask(db, ada.id, at=NOW)
    db.commit()
    piece = work._take(base)
    assert piece is not None
    return optimise.run(task_of(base, piece), at=NOW)


# What is fitted to


def test_the_log_gives_the_outcomes_that_were_played(db, ada, answered, histories):
    found = optimise.outcomes(db, ada.id)

    assert found == fitting.outcomes(histories)
    assert optimise.count_outcomes(db, ada.id) == len(found)


def test_what_was_undone_is_not_fitted_to(db, ada, answered):
    before = optimise.count_outcomes(db, ada.id)
    later = select(Review).where(col(Review.day) > col(Review.reviewed_day_before), col(Review.rating) > 1)
    last = db.exec(later.order_by(col(Review.at).desc())).first()
    kept = last.model_dump() | {"id": optimise.uuid7(), "rating": 0, "cancels": last.id, "at": last.at + SECOND}
    db.add(Review(**kept))
    db.flush()

    assert optimise.count_outcomes(db, ada.id) == before - 1
    assert len(optimise.outcomes(db, ada.id)) == before - 1


def test_a_card_whose_beginning_is_not_known_is_left_out(db, ada, answered):
    db.execute(
        sa.update(Review).where(col(Review.card_id) == "kk0000", col(Review.state_before) == 0).values(state_before=2)
    )

    found = optimise.outcomes(db, ada.id)

    assert len(found) < optimise.count_outcomes(db, ada.id)


def test_eve_s_answers_are_hers(db, eve, answered):
    assert optimise.outcomes(db, eve.id) == []
    assert optimise.count_outcomes(db, eve.id) == 0


# Asking and doing


def test_too_few_answers_are_refused_with_how_many_are_missing(db, ada, few):
    missing = 400 - optimise.count_outcomes(db, ada.id)

    with pytest.raises(Refused, match=f"{missing} are missing"):
        optimise.ask(db, ada.id, at=NOW)


def test_without_the_package_it_says_so(db, ada, answered, monkeypatch):
    monkeypatch.setattr(fitting, "PACKAGE", "no_such_package")

    with pytest.raises(Refused, match="not installed"):
        optimise.ask(db, ada.id, at=NOW)
    assert optimise.ask_for_all(db, at=NOW) == "the package is not installed"


def test_a_fit_that_wins_is_in_use_and_says_both_figures(db, base, fresh_db, ada, answered):
    before = memories(db, ada)
    db.commit()

    result = run(db, base, ada)

    kept = fresh_db.exec(select(ParameterSet)).one()
    piece = fresh_db.exec(select(Work)).one()
    assert kept.loss_after < kept.loss_before
    tried = fitting.tried_on(kept.outcomes)
    figures = f"log loss {kept.loss_after:.3f} instead of {kept.loss_before:.3f}"
    sentence = f"Your own parameters predict your last {tried} answers better: {figures}. They are in use now."
    assert result["said"] == piece.outcome["said"] == sentence
    assert piece.state == "done"
    assert plans.learner(fresh_db, ada.id).weights == kept.weights
    after = memories(fresh_db, ada)
    assert all(after[name][2:] == before[name][2:] for name in before), "due days and lapses stay"
    assert sum(after[name][0] != before[name][0] for name in before) > len(before) / 2
    assert replay.faults(fresh_db, ada.id) == []


def test_the_fit_holds_no_transaction(db, base, ada, answered, monkeypatch):
    wrote = []

    def slowly(found, in_use):
        with Session(base.writer) as other:
            other.execute(sa.update(Memory).where(col(Memory.user_id) == ada.id).values(lapses=0))
            other.rollback()
        wrote.append(len(found))
        return WON

    monkeypatch.setattr(fitting, "fit", slowly)
    run(db, base, ada)

    assert wrote == [optimise.count_outcomes(db, ada.id)]


def test_a_fit_that_gives_no_numbers_changes_nothing(db, base, fresh_db, ada, answered, monkeypatch):
    def broken(found, in_use):
        raise ValueError("The fit did not come to an end: it gave no numbers.")

    monkeypatch.setattr(fitting, "fit", broken)
    with pytest.raises(Refused, match=r"gave no numbers\. The parameters in use stay"):
        run(db, base, ada)

    assert fresh_db.exec(select(ParameterSet)).all() == []
    assert plans.learner(fresh_db, ada.id).weights == ""


# Taking over and giving back


def test_a_fit_that_loses_is_kept_and_not_used(db, ada, few):
    before = memories(db, ada)

    kept = optimise.keep(db, ada.id, BERLIN, LOST, DEFAULT, at=NOW)

    assert kept.adopted_at is None
    assert "do not predict your last 140 answers better: log loss 0.351; those in use 0.347." in optimise.said(kept)
    assert plans.learner(db, ada.id).weights == ""
    assert memories(db, ada) == before


def test_a_fit_to_parameters_that_are_no_longer_in_use_is_not_taken_over(db, ada, few):
    optimise.keep(db, ada.id, BERLIN, WON, DEFAULT, at=NOW)

    with pytest.raises(Conflict, match="changed on another page"):
        optimise.keep(db, ada.id, BERLIN, WON, DEFAULT, at=NOW)


def test_the_standard_ones_come_back_with_the_memories_as_they_were(db, ada, few):
    before = memories(db, ada)
    kept = optimise.keep(db, ada.id, BERLIN, WON, DEFAULT, at=NOW)
    changed = memories(db, ada)

    optimise.use_standard(db, ada.id, BERLIN, at=NOW + SECOND)

    db.refresh(kept)
    assert changed != before
    assert memories(db, ada) == before
    assert kept.ended_at == NOW + SECOND
    assert "no longer in use" in optimise.said(kept)
    assert replay.faults(db, ada.id) == []


def test_what_was_taken_over_is_told_for_a_week(db, ada, few):
    kept = optimise.keep(db, ada.id, BERLIN, WON, DEFAULT, at=NOW)
    db.flush()

    told, sentence = [optimise.news(db, ada.id, at=NOW + days * DAY) for days in (0, 6, 8)], optimise.said(kept)
    optimise.use_standard(db, ada.id, BERLIN, at=NOW + DAY)

    assert told == [sentence, sentence, ""]
    assert optimise.news(db, ada.id, at=NOW + DAY) == ""


def test_a_former_set_can_be_used_again(db, ada, few):
    first = optimise.keep(db, ada.id, BERLIN, WON, DEFAULT, at=NOW)
    other = Fit((*DEFAULT[:20], 0.2), 800, 160, 0.31, 0.30)
    second = optimise.keep(db, ada.id, BERLIN, other, QUICK, at=NOW + DAY)

    optimise.use(db, ada.id, BERLIN, first.id, at=NOW + 2 * DAY)

    for row in (first, second):
        db.refresh(row)
    assert plans.learner(db, ada.id).weights == first.weights
    assert (first.ended_at, second.ended_at) == (None, NOW + 2 * DAY)
    assert optimise.sets(db, ada.id) == [second, first]
    assert replay.faults(db, ada.id) == []


def test_twice_the_same_choice_is_no_error(db, ada, few):
    kept = optimise.keep(db, ada.id, BERLIN, WON, DEFAULT, at=NOW)

    for _ in range(2):
        optimise.use(db, ada.id, BERLIN, kept.id, at=NOW + DAY)

    db.refresh(kept)
    assert kept.adopted_at == NOW


def test_a_set_of_somebody_else_is_not_found(db, ada, eve, few):
    kept = optimise.keep(db, ada.id, BERLIN, WON, DEFAULT, at=NOW)

    with pytest.raises(NotFound):
        optimise.use(db, eve.id, BERLIN, kept.id, at=NOW)


# Every month


def test_the_job_asks_once_a_month_for_those_who_have_enough_and_go_on(db, ada, ben, eve, answered):
    write(db, ben, played(1, QUICK, cards=12))
    last = db.scalar(sa.select(sa.func.max(col(Review.at))))

    asked = [optimise.ask_for_all(db, at=last + days * DAY) for days in (1, 2, 20)]
    pieces = db.exec(select(Work)).all()
    long_after = optimise.ask_for_all(db, at=last + 60 * DAY)

    assert asked == ["asked for 1", "asked for 0", "asked for 0"]
    assert [piece.user_id for piece in pieces] == [ada.id]
    assert long_after == "asked for 0", "she has not answered since"
