"""Own parameters: on learners that are played out with other parameters than ours, and against fsrs-rs' own figure."""

import math

import fsrs_rs_python
import pytest

from curriculum import fitting, scheduling
from curriculum.scheduling import DEFAULT
from tests.curriculum.histories import played
from tests.times import DAY, MINUTE, MONDAY


def other(first: float, growth: float) -> tuple[float, ...]:
    """Parameters of somebody whose first memories last `first` times as long, and grow by e ** `growth` times as much
    with each answer."""
    weights = [weight * first if number < 4 else weight for number, weight in enumerate(DEFAULT)]
    weights[8] += growth
    return tuple(weights)


QUICK, SLOW = other(0.25, -0.8), other(4.0, 0.8)


def answers(*gaps: tuple[int, int]) -> list[fitting.Answer]:
    """(rating, study days since the one before) of each."""
    day, made = 740_000, []
    for number, (rating, gap) in enumerate(gaps):
        day += gap
        made.append((rating, MONDAY + (day - 740_000) * DAY + number * MINUTE, day))
    return made


# What counts


def test_an_outcome_is_an_answer_on_a_later_day_with_all_that_came_before():
    history = answers((3, 0), (3, 0), (3, 2), (1, 5), (3, 0), (3, 1))

    found = fitting.outcomes([history])

    assert [len(outcome.history) for outcome in found] == [3, 4, 6]
    assert [outcome.is_recalled for outcome in found] == [True, False, True]
    assert fitting.gaps(found[-1].history) == [(3, 0), (3, 0), (3, 2), (1, 5), (3, 0), (3, 1)]


def test_outcomes_of_all_cards_stand_in_order_of_time():
    early, late = answers((3, 0), (3, 9)), answers((3, 0), (3, 1), (3, 3))

    days = [outcome.history[-1][2] for outcome in fitting.outcomes([early, late])]

    assert days == sorted(days)


def test_a_flight_west_is_no_outcome_and_no_negative_gap():
    history = [(3, MONDAY, 740_000), (3, MONDAY + 30 * MINUTE, 739_999)]

    assert fitting.outcomes([history]) == []
    assert fitting.gaps(history) == [(3, 0), (3, 0)]


def test_one_fifth_is_held_out():
    assert [fitting.tried_on(count) for count in (400, 1060, 5)] == [80, 212, 1]


# Against fsrs-rs


@pytest.mark.parametrize("parameters", [DEFAULT, QUICK], ids=["standard", "other"])
def test_our_log_loss_is_that_of_fsrs_rs(parameters):
    """Outcome by outcome: taken together, fsrs-rs weighs newer ones more."""
    found = fitting.outcomes(played(1, cards=30))
    engine = fsrs_rs_python.FSRS(list(parameters))

    theirs = [
        engine.evaluate(
            [fsrs_rs_python.FSRSItem([fsrs_rs_python.FSRSReview(*pair) for pair in fitting.gaps(one.history)])]
        ).log_loss
        for one in found
    ]

    assert len(found) > 100
    assert fitting.log_loss(found, parameters) == pytest.approx(sum(theirs) / len(theirs), rel=1e-4)


# Who wins


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("truth", [QUICK, SLOW], ids=["forgets quickly", "remembers long"])
def test_who_remembers_otherwise_gets_parameters_that_win(seed, truth):
    found = fitting.outcomes(played(seed, truth))

    fit = fitting.fit(found, DEFAULT)

    assert fit.wins, (fit.loss_before, fit.loss_after)
    assert fit.outcomes == len(found) >= fitting.FEWEST
    assert fit.tried_on == fitting.tried_on(len(found))
    coming = fitting.outcomes(played(seed + 100, truth))
    assert fitting.log_loss(coming, fit.parameters) < fitting.log_loss(coming, DEFAULT)


def test_who_remembers_as_the_standard_says_is_hardly_predicted_worse():
    """With 700 answers of luck a fit follows some of it; whether it is taken over is luck, too, and costs little."""
    seeds = range(20, 32)
    fits = [fitting.fit(fitting.outcomes(played(seed)), DEFAULT) for seed in seeds]

    differences = [fit.loss_after - fit.loss_before for fit in fits]
    coming = fitting.outcomes(played(500, cards=400))
    standard = fitting.log_loss(coming, DEFAULT)
    costs = [fitting.log_loss(coming, fit.parameters) - standard for fit in fits if fit.wins]

    assert sum(differences) / len(differences) < 0.01, differences
    assert sum(difference < 0.01 for difference in differences) > len(fits) / 2, differences
    assert costs and max(costs) < 0.02, costs


def test_the_figures_are_those_of_exactly_this_set():
    found = fitting.outcomes(played(2, QUICK))

    fit = fitting.fit(found, DEFAULT)

    newest = found[-fit.tried_on :]
    assert fit.loss_after == fitting.log_loss(newest, fit.parameters)
    assert fit.loss_before == fitting.log_loss(newest, DEFAULT)
    assert fitting.fit(found, fit.parameters).loss_before == fit.loss_after


# What a fit may give


def test_weights_stay_within_the_bounds_of_the_model():
    wild = [1e9] * 21

    held = fitting.checked(wild)

    assert scheduling.replay([(3, MONDAY, 740_000)], parameters=held).stability == 100.0


@pytest.mark.parametrize("bad", [[math.nan] * 21, [math.inf, *DEFAULT[1:]], list(DEFAULT[:19]), []])
def test_what_are_no_weights_is_refused(bad):
    with pytest.raises(ValueError, match="gave no numbers"):
        fitting.checked(bad)
