"""Whoever's ear is known comes to the step that fits it, and stays there or beside it."""

from statistics import NormalDist

import pytest
from click.testing import CliRunner

from curriculum import ears_report
from curriculum.ear import ladders
from curriculum.ear.dice import Dice
from curriculum.ear.listener import Listener, chance, climb, expected, fitting

QUESTIONS = 400
DEAF, PERFECT = Listener(0.0), Listener(30.0)


def test_of_two_the_right_one_is_chosen_as_the_normal_distribution_says():
    """Two draws of deviation 1 differ with deviation sqrt 2: the chance is its cdf at d' / sqrt 2."""
    assert chance(0, 4) == pytest.approx(0.25, abs=1e-3)
    for d_prime in (0.5, 1, 2, 3):
        assert chance(d_prime, 2) == pytest.approx(NormalDist().cdf(d_prime / 2**0.5), abs=1e-6)
    assert chance(30, 8) == pytest.approx(1, abs=1e-6)


def test_more_choices_are_harder():
    assert chance(1.5, 2) > chance(1.5, 4) > chance(1.5, 8)


@pytest.mark.parametrize(("skill", "d_prime"), [("eq", 2.5), ("interval", 3.0), ("chord", 2.0)])
def test_a_listener_comes_to_the_threshold_and_stays(skill, d_prime):
    listener = Listener(d_prime)
    fit = fitting(skill, listener, seed=3, questions=100)

    life = climb(skill, listener, seed=11, questions=QUESTIONS)

    assert life.home() in fit
    assert life.needed() < QUESTIONS / 2
    assert life.at(*fit, min(fit) - 1, max(fit) + 1) > 0.95
    assert life.moved() < 4


@pytest.mark.parametrize("skill", ears_report.SKILLS)
def test_whoever_hears_all_comes_to_the_top_and_stays_there(skill):
    life = climb(skill, PERFECT, seed=1, questions=200)
    top = max(ladders.LEVELS[skill])

    assert life.home() == top and life.at(top) == 1
    assert life.needed() == 17 * (top - ladders.START[skill])


@pytest.mark.parametrize("skill", ears_report.SKILLS)
def test_whoever_hears_nothing_stays_at_the_bottom(skill):
    life = climb(skill, DEAF, seed=1, questions=200)

    assert life.home() == 1 and life.at(1, 2) == 1
    assert max(life.levels) <= ladders.START[skill] + 1


def test_answers_from_before_the_last_change_would_make_a_listener_hop():
    listener = Listener(2.0)

    forgetting = climb("interval", listener, seed=5, questions=QUESTIONS)
    remembering = climb("interval", listener, seed=5, questions=QUESTIONS, forgets=False)

    assert len(remembering.moves) > 3 * len(forgetting.moves)


def test_a_mistake_is_likelier_the_nearer_it_is():
    dice, listener = Dice(4), Listener(1.0)
    apart = []
    for seed in range(600):
        asked = ladders.ask("interval", 6, seed)
        given = int(listener.answer(asked, dice))
        apart += [abs(given - int(asked.right))] if given != int(asked.right) else []

    assert apart.count(1) > apart.count(3) > apart.count(7)


@pytest.mark.parametrize("level", [1, 4, 7])
def test_a_stronger_ear_has_more_credit(level):
    weak, strong = (expected("eq", level, Listener(one), seed=2, questions=60) for one in (1.0, 6.0))

    assert strong > weak


def test_the_command_writes_the_table(tmp_path, monkeypatch):
    monkeypatch.setattr(ears_report, "FILE", tmp_path / "ears.md")
    monkeypatch.setattr(ears_report, "SKILLS", ("interval",))
    monkeypatch.setattr(ears_report, "EARS", (2.5,))
    monkeypatch.setattr(ears_report, "LIVES", 1)
    monkeypatch.setattr(ears_report, "QUESTIONS", 100)

    result = CliRunner().invoke(ears_report.command, ["--write"])

    assert result.exit_code == 0, result.output
    assert result.output.strip() in (tmp_path / "ears.md").read_text("utf-8")


def test_the_table_in_the_docs_is_of_the_rules_that_are():
    """Whoever changes questions, credit or ears runs the command again."""
    ear = ears_report.EARS[0]

    assert (
        f"| interval | {ear:g} | {ears_report.credits('interval', Listener(ear), 1)} |"
        in ears_report.FILE.read_text("utf-8")
    )
