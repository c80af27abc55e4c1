"""More is due than fits: what is offered, what each choice does, and more for today."""

import re

import pytest
from sqlmodel import select

from core import clock
from core.errors import Refused
from curriculum import backlog, day_list, lessons, pace, plans
from curriculum.models import Memory, QueueCard
from tests.curriculum.histories import write
from tests.mentorship.page_text import words
from tests.times import BERLIN, DAY, MONDAY

LESSONS = ("daw-signal-path", "theory-pitch", "mix-decibels")
TODAY = clock.study_day(MONDAY, BERLIN)


@pytest.fixture
def behind(db, ada, library):
    """Ada was away: her cards fell due two weeks ago, and ten a day are her limit."""
    lessons.skip_welcome(db, ada.id, at=MONDAY)
    for slug in (slug for slug in LESSONS if slug in library.lessons):
        lessons.mark_done(db, ada.id, library.lessons[slug], at=MONDAY - 60 * DAY)
    pace.set_pace(db, ada.id, new_a_day=5, reviews_a_day=10, retention=0.9, easy_days=0)
    rows = list(db.exec(select(Memory).where(Memory.user_id == ada.id).order_by(Memory.card_id)))
    for number, row in enumerate(rows[:-3]):
        row.state, row.stability, row.difficulty, row.days = 2, 3.0 + number, 5.0, 5
        row.reviewed_day = TODAY - 25
        row.reviewed_at = MONDAY - 25 * DAY
        row.due_at = clock.day_start(TODAY - 20, BERLIN)
        row.reps = 1
    db.commit()
    return len(rows) - 3


def offer(db, library, ada):
    return backlog.offer(db, library, ada.id, BERLIN, at=MONDAY)


def listed(db, library, ada) -> int:
    day_list.build(db, library, ada.id, BERLIN, at=MONDAY)
    states = select(Memory.state).join(QueueCard, QueueCard.card_id == Memory.card_id)
    mine = states.where(QueueCard.user_id == ada.id, Memory.user_id == ada.id, QueueCard.day == TODAY)
    return list(db.exec(mine)).count(2)


# The rules


def test_what_waits_is_offered_with_three_ways(db, library, ada, behind):
    found = offer(db, library, ada)

    assert (found.waiting, found.today, found.limit, found.choice) == (behind, 10, 10, "cap")
    assert found.asks and found.is_over
    assert found.gone_in is not None and found.gone_in >= behind / 10
    assert [days for days, _ in found.spreads] == list(backlog.SPREADS)
    assert all(-(-behind // days) == today for days, today in found.spreads)
    assert found.new_left == 3


def test_without_a_backlog_nothing_is_asked(db, library, ada):
    found = offer(db, library, ada)

    assert not found.asks and found.gone_in == 1


def test_spread_asks_today_for_what_was_said(db, library, ada, behind):
    said = dict(offer(db, library, ada).spreads)[3]

    last = backlog.spread(db, ada.id, BERLIN, 3, at=MONDAY)

    found = offer(db, library, ada)
    assert last == TODAY + 2 == found.spread_until
    assert (found.choice, found.today) == ("spread", said)
    assert 10 < listed(db, library, ada) <= said


def test_all_is_all_of_it_today_and_the_limit_comes_back(db, library, ada, behind):
    backlog.take_all(db, ada.id, BERLIN, at=MONDAY)
    everything = offer(db, library, ada)

    backlog.cap(db, ada.id, BERLIN, at=MONDAY)

    assert (everything.choice, everything.today) == ("all", behind)
    assert offer(db, library, ada).choice == "cap"
    assert offer(db, library, ada).today == 10


def test_more_adds_to_today_alone(db, library, ada, behind):
    before = listed(db, library, ada)

    backlog.more(db, ada.id, BERLIN, reviews=10, at=MONDAY)
    backlog.more(db, ada.id, BERLIN, new=5, at=MONDAY)

    found = offer(db, library, ada)
    assert found.today == 20
    assert before <= 10 < listed(db, library, ada)
    assert offer(db, library, ada).new_left < 3
    assert plans.learner(db, ada.id).reviews_a_day == 10
    tomorrow = backlog.offer(db, library, ada.id, BERLIN, at=MONDAY + DAY)
    assert tomorrow.today == 10


@pytest.mark.parametrize(("reviews", "new"), [(0, 0), (11, 0), (0, 7), (-10, 0), (1000, 0)])
def test_other_figures_than_those_of_the_buttons_are_refused(db, ada, reviews, new):
    with pytest.raises(Refused, match="Choose one of the buttons"):
        backlog.more(db, ada.id, BERLIN, reviews=reviews, new=new, at=MONDAY)


@pytest.mark.parametrize("days", [-1, 0, 1, 61])
def test_a_spread_over_no_days_or_too_many_is_refused(db, ada, days):
    with pytest.raises(Refused, match="2 to 60 days"):
        backlog.spread(db, ada.id, BERLIN, days, at=MONDAY)


# The pages


@pytest.fixture
def answered_long_ago(monkeypatch):
    monkeypatch.setattr(backlog, "is_back", lambda *_, **__: True)


def test_who_is_back_sees_how_many_wait_before_the_first_card(as_ada, behind, answered_long_ago):
    page = as_ada.get("/reviews")

    assert f"{behind} waiting" in words(page)
    assert "Keep my limit" in words(page) and "Spread it" in words(page) and f"All {behind} today" in words(page)
    assert "data-desk-grades" not in page.text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"choice": "cap"}, "Your limit holds"),
        ({"choice": "spread", "days": "3"}, "Spread until Wednesday 25 November."),
        ({"choice": "all"}, "All of it comes today."),
    ],
)
def test_each_choice_leads_to_the_cards(as_ada, behind, answered_long_ago, form, said):
    sent = as_ada.send("/reviews/backlog", form)
    page = as_ada.get(sent.location)

    assert sent.status_code == 303
    assert "data-desk-grades" in page.text
    assert said in words(page)


@pytest.mark.parametrize(("days", "is_back"), [(0, False), (1, False), (2, False), (3, True), (30, True)])
def test_who_has_not_answered_for_some_days_is_back(db, ada, days, is_back):
    write(db, ada, [[(3, MONDAY - 9 * DAY, TODAY - 9)], [(3, MONDAY, TODAY)]])

    assert backlog.is_back(db, ada.id, BERLIN, at=MONDAY + days * DAY) is is_back


def test_who_never_answered_is_not_back(db, ada, behind):
    assert not backlog.is_back(db, ada.id, BERLIN, at=MONDAY)


def test_who_answered_yesterday_goes_straight_to_the_cards(as_ada, behind):
    assert "data-desk-grades" in as_ada.get("/reviews").text


def test_today_shows_the_choices_and_comes_back_to_itself(as_ada, behind):
    page = as_ada.get("/")

    sent = as_ada.send("/reviews/backlog", {"choice": "spread", "days": "7", "next": "/"})

    assert f"{behind} waiting, 10 of them today" in words(page)
    assert sent.location == "/"
    assert "spread until Sunday 29 November" in words(as_ada.get("/"))


def test_the_end_page_offers_more_for_today(as_ada, behind):
    page = as_ada.get("/reviews").text
    for _ in range(300):  # more than there are
        if "data-desk-grades" not in page:
            break
        if "data-ear" in page:
            as_ada.send("/reviews/buried", {"card": re.search(r'data-card="([^"]+)"', page)[1]})
            page = as_ada.get("/reviews").text
            continue
        action = re.search(r'action="(/reviews/[^"]+)" data-desk-grades', page)
        review = re.search(r'name="id" value="([^"]+)"', page)
        as_ada.send(action[1], {"id": review[1], "rating": "4", "seconds": "2"})
        page = as_ada.get("/reviews").text

    assert "More today" in page
    sent = as_ada.send("/reviews/more", {"reviews": "10"})
    assert "data-desk-grades" in as_ada.get(sent.location).text


def test_a_choice_does_not_lead_to_another_site(as_ada, behind):
    sent = as_ada.send("/reviews/backlog", {"choice": "cap", "next": "//elsewhere.example"})

    assert sent.location == "/reviews?chosen=1"
