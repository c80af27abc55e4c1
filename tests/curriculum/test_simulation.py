"""The simulation that makes docs/simulation.md: a short year holds what the long ones promise."""

import random

import pytest

from curriculum import simulation
from curriculum.simulation import OTHER, Scenario
from curriculum.truth_models import Fsrs, HalfLives


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two absences within five weeks, and limits that a few cards reach."""
    monkeypatch.setattr(simulation, "AWAY", ((14, 20),))
    monkeypatch.setattr(simulation, "BACK", (21,))
    monkeypatch.setattr(simulation, "DAYS_OF_CARDS", 6)
    monkeypatch.setattr(simulation, "SPREAD", 3)


@pytest.mark.parametrize(
    ("truth", "choice"),
    [(lambda dice: Fsrs(OTHER), "cap"), (lambda dice: Fsrs(OTHER), "spread"), (HalfLives, "spread")],
    ids=["fsrs-cap", "fsrs-spread", "half-lives-spread"],
)
def test_the_cap_holds_and_the_backlog_goes_as_promised(short, truth, choice: str) -> None:
    """Under another truth than FSRS a limit's promise is a guess, and the page says "about"."""
    played = simulation.play(Scenario("short", truth, reviews_a_day=15, choice=choice), seed=3, days=34)

    assert played.is_cap_kept
    assert played.faults == []
    assert played.caught_up(), "nothing waited on the return: the test is too easy"
    for promised, took in played.caught_up():
        assert took is not None and took <= promised + (1 if choice == "cap" else 0)


def test_a_paused_absence_leaves_nothing_overdue(short) -> None:
    played = simulation.play(Scenario("short", lambda dice: Fsrs(OTHER), pauses=True), seed=3, days=24)

    back = next(day for day in played.days if day.number == 21)
    before = next(day for day in played.days if day.number == 13)
    assert back.overdue <= before.overdue
    assert played.faults == []


def test_the_truths_forget_with_time_and_remember_with_practice() -> None:
    for truth in (Fsrs(OTHER), HalfLives(random.Random(1))):
        truth.answered("c", 3, simulation.START, 100)
        soon, late = truth.recall("c", 101), truth.recall("c", 130)
        truth.answered("c", 3, simulation.START + 30 * simulation.timedelta(days=1), 130)

        assert 1 >= soon > late > 0
        assert truth.recall("c", 160) > late
