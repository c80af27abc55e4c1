"""How you review, as a browser meets it: what a retention costs, pauses, parameters of one's own."""

import re

import pytest
from sqlmodel import col, select

from core import work
from core.work import Work
from curriculum import day_list, fitting, lessons, optimise, plans
from curriculum.models import ParameterSet
from curriculum.scheduling import DEFAULT
from tests.curriculum.histories import played, write
from tests.curriculum.test_fitting import QUICK
from tests.mentorship.page_text import words
from tests.times import BERLIN, DAY, MONDAY

PAGE = "/settings/reviews"
PACE = {"new_a_day": "7", "reviews_a_day": "60", "retention": "93"}
BEGUN = MONDAY - 150 * DAY


@pytest.fixture
def few(db, ada):
    write(db, ada, played(0, QUICK, cards=12, start=BEGUN))


@pytest.fixture
def answered(db, ada):
    write(db, ada, played(0, QUICK, start=BEGUN))


# How much and how well


def test_the_pace_is_kept_and_todays_list_follows(as_ada, ada, db, fresh_db, library):
    day_list.build(db, library, ada.id, ada.zone, at=MONDAY)
    db.commit()

    answer = as_ada.send(PAGE, {**PACE, "easy": ["5", "6"]}, follow_redirects=True)

    row = plans.learner(fresh_db, ada.id)
    assert (row.new_a_day, row.reviews_a_day, row.retention, row.easy_days) == (7, 60, 0.93, 0b1100000)
    assert not day_list.is_built(fresh_db, ada.id, MONDAY.toordinal())
    assert "Saved." in words(answer)
    page = as_ada.get(PAGE).text
    assert re.findall(r'name="easy" value="(\d)" checked', page) == ["5", "6"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("retention", "79", "The smallest"),
        ("retention", "98", "The most"),
        ("retention", "a lot", "Write a number"),
        ("new_a_day", "101", "The most"),
        ("reviews_a_day", "0", "The smallest"),
        ("easy", "7", "The most"),
    ],
)
def test_a_pace_that_cannot_be_is_refused_beside_its_field(as_ada, ada, fresh_db, field, value, sentence):
    answer = as_ada.send(PAGE, {**PACE, field: value})

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert plans.learner(fresh_db, ada.id).retention == 0.90


def test_a_week_of_light_days_is_refused(as_ada, ada, fresh_db):
    answer = as_ada.send(PAGE, {**PACE, "easy": list("0123456")})

    assert answer.status_code == 422
    assert "If every weekday is light, none is" in words(answer)
    assert re.findall(r'name="easy" value="(\d)" checked', answer.text) == list("0123456")


def test_trying_shows_the_cost_and_saves_nothing(as_ada, ada, fresh_db, few):
    sent = as_ada.send(PAGE, {**PACE, "easy": ["6"], "do": "try"})
    page = as_ada.get(sent.location)

    assert "Nothing is saved yet" in words(page)
    assert "93 % : about" in words(page)
    assert 'name="retention" type="number" value="93"' in page.text
    assert 'name="new_a_day" type="number" value="7"' in page.text
    assert plans.learner(fresh_db, ada.id).retention == 0.90


@pytest.mark.parametrize("query", ["retention=99", "retention=x", "retention=9999999999", "first=0&last=9", "easy=9"])
def test_an_odd_address_shows_what_is_kept(as_ada, query):
    page = as_ada.get(f"{PAGE}?{query}")

    assert page.status_code == 200
    assert 'name="retention" type="number" value="90"' in page.text


def test_the_picture_has_its_table_and_rises(as_ada, answered):
    page = as_ada.get(PAGE)

    heights = [float(y) for y in re.findall(r'data-retention-row="\d+" data-x="[\d.]+" data-y="([\d.]+)"', page.text)]
    assert len(heights) == 18
    assert heights[-1] == 12.0, "the highest touches the top"
    assert heights[0] > heights[10] > heights[-1]
    assert "for the 150 cards that you have begun" in words(page)
    assert "style=" not in page.text


def test_with_hardly_any_cards_the_picture_is_of_typical_ones(as_ada):
    page = words(as_ada.get(PAGE))

    assert "for 100 typical cards, until you have begun enough of your own" in page
    assert "An answer takes you about 15 s" in page


def test_the_time_is_her_own(as_ada, db, ada):
    write(db, ada, played(0, cards=12), seconds=6.0)

    assert "An answer takes you about 6 s" in words(as_ada.get(PAGE))


# Pauses


def test_a_pause_is_entered_listed_removed_and_put_back(as_ada, few):
    added = words(as_ada.send(f"{PAGE}/pauses", {"first": "2026-11-24", "last": "2026-12-07"}, follow_redirects=True))
    gone = as_ada.send(f"{PAGE}/pauses/712345/removed", follow_redirects=True)
    first = re.search(r"/pauses/(\d+)/removed", as_ada.get(PAGE).text)
    assert first
    removed = as_ada.send(f"{PAGE}/pauses/{first[1]}/removed", follow_redirects=True)
    back = re.search(r'name="first" value="([^"]+)"><input type="hidden" name="last" value="([^"]+)"', removed.text)

    assert "Paused from Tuesday 24 November to Monday 7 December." in added
    assert re.search(
        r"\d+ cards that fell due in these days move to the days after; \d+ later ones move along\.", added
    )
    assert gone.status_code == 404
    assert "The pause from Tuesday 24 November to Monday 7 December is removed. Put it back" in words(removed)
    assert back and back.groups() == ("2026-11-24", "2026-12-07")


def test_overlapping_pauses_are_refused_on_the_page_with_what_was_typed(as_ada):
    as_ada.send(f"{PAGE}/pauses", {"first": "2026-12-01", "last": "2026-12-06"})

    answer = as_ada.send(f"{PAGE}/pauses", {"first": "2026-12-06", "last": "2026-12-08"})

    assert answer.status_code == 422
    assert "You have a pause from Tuesday 1 December to Sunday 6 December already" in words(answer)
    assert 'name="first" type="date" value="2026-12-06"' in answer.text


def test_during_a_pause_desk_and_today_say_until_when_and_it_can_be_ended(as_ada, db, ada, library):
    lessons.mark_done(db, ada.id, library.lessons["daw-signal-path"], at=MONDAY)
    lessons.skip_welcome(db, ada.id, at=MONDAY)
    db.commit()
    as_ada.send(f"{PAGE}/pauses", {"first": "2026-11-23", "last": "2026-12-06"})

    seen = [words(as_ada.get(path)) for path in ("/reviews", "/")]
    ended = as_ada.send(f"{PAGE}/pauses/ended", {"next": "/reviews"}, follow_redirects=True)

    assert all("Paused until Sunday 6 December" in page and "End the pause today" in page for page in seen)
    assert "data-desk-grades" in ended.text


# Parameters


def test_too_few_answers_say_how_many_are_missing(as_ada, db, ada, few):
    missing = fitting.FEWEST - optimise.count_outcomes(db, ada.id)
    db.commit()

    page, refused = as_ada.get(PAGE), as_ada.send(f"{PAGE}/fit")

    assert f"{missing} are missing." in words(page)
    assert "Fit them to me now" not in words(page)
    assert refused.status_code == 422 and f"{missing} are missing" in words(refused)


def test_without_the_package_the_page_says_so(as_ada, answered, monkeypatch):
    monkeypatch.setattr(fitting, "PACKAGE", "no_such_package")

    page = words(as_ada.get(PAGE))

    assert "The package that fits parameters is not installed here" in page
    assert "Fit them to me now" not in page


def test_a_host_can_turn_it_off(app, as_ada, answered):
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"optimizer": False})

    page, refused = words(as_ada.get(PAGE)), as_ada.send(f"{PAGE}/fit")

    assert "not installed here" in page
    assert refused.status_code == 422 and "not installed here" in words(refused)


def test_a_fit_is_asked_for_done_and_told_in_a_sentence(app, as_ada, ada, fresh_db, answered):
    asked = as_ada.send(f"{PAGE}/fit")
    waiting = words(as_ada.get(PAGE))
    assert work.run_next(app)
    page = words(as_ada.get(PAGE))

    piece = fresh_db.exec(select(Work)).one()
    assert asked.location == f"/work/{piece.id}"
    assert "See how far the fit is" in waiting
    assert piece.state == "done"
    assert re.search(
        r"Your own parameters predict your last \d+ answers better: log loss 0\.\d{3} instead of 0\.", page
    )
    assert "They are in use now." in page and "Use the standard ones again" in page
    assert "They are in use now." in words(as_ada.get("/reviews")), "told where the day ends, too"


def test_the_standard_ones_and_a_former_set_take_turns(as_ada, ada, db, fresh_db, few):
    kept = optimise.keep(db, ada.id, BERLIN, fitting.Fit(QUICK, 500, 100, 0.35, 0.31), DEFAULT, at=MONDAY)
    db.commit()

    as_ada.send(f"{PAGE}/parameters/standard")
    after_one = plans.learner(fresh_db, ada.id).weights
    page = words(as_ada.get(PAGE))
    as_ada.send(f"{PAGE}/parameters/{kept.id}/used")

    fresh_db.rollback()
    assert after_one == ""
    assert "They are no longer in use." in page and "Use these" in page
    assert plans.learner(fresh_db, ada.id).weights == kept.weights


def test_eve_sees_nothing_of_adas_sets_and_pauses(as_ada, as_eve, ada, db, few):
    optimise.keep(db, ada.id, BERLIN, fitting.Fit(QUICK, 500, 100, 0.35, 0.31), DEFAULT, at=MONDAY)
    db.commit()
    as_ada.send(f"{PAGE}/pauses", {"first": "2026-12-01", "last": "2026-12-06"})

    page = words(as_eve.get(PAGE))

    assert "1 December" not in page and "0.310" not in page
    assert db.exec(select(ParameterSet).where(col(ParameterSet.user_id) != ada.id)).all() == []
