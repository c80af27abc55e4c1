"""Today: what each person finds on the first page, and what a first visit leads to."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from core.accounts import User
from curriculum import day_list, lessons, reviews
from curriculum.library import Library, Problem
from curriculum.models import Memory, QueueCard
from curriculum.scheduling import State
from mentorship import actions, agenda, invitations, links, milestones, parking, sessions, today
from mentorship.actions import Promise
from mentorship.sessions import Between, Entry
from mentorship.today import Today
from tests.conftest import person
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, on_the_wall

FIRST = "daw-signal-path"


@pytest.fixture
def look(db: Session, library: Library) -> Callable[..., Today]:
    """`look(ada)`: what today has for her, with the day's cards laid out."""

    def gather(person: User, at: datetime = MONDAY) -> Today:
        day_list.build(db, library, person.id, person.zone, at=at)
        db.commit()
        return today.gather(db, library, person.id, person.zone, at=at)

    return gather


@pytest.fixture
def hand_in(db: Session, library: Library) -> Callable[..., None]:
    """`hand_in(ada)`: her first milestone, with a reason for all that is open."""

    def submit(person: User, slug: str = "first-beat") -> None:
        milestone = library.milestones[slug]
        ids = ["lessons", "recall", "self", *(f"evidence-{item.id}" for item in milestone.evidence)]
        reasons = dict.fromkeys([*ids, *(f"target-{target.id}" for target in milestone.targets)], "It is what I have.")
        milestones.submit(db, library, person, milestone, [], reasons, at=MONDAY)
        db.commit()

    return submit


def plan_meeting(db: Session, library: Library, apprentice: User, mentor: User, starts_at: datetime) -> None:
    entry = Entry(starts_at=starts_at, zone=apprentice.zone, minutes=45)
    between = Between(apprentice.id, mentor.id)
    sessions.log(db, library, apprentice.id, "meeting", between, entry, at=min(starts_at - DAY, MONDAY))
    db.commit()


def welcome(db: Session, library: Library, person: User, programme: str = "") -> None:
    answers = {"makes": "", "daw": "", "programme": programme}
    lessons.welcome(db, library, person.id, **answers, zone=person.zone, at=MONDAY)
    db.commit()


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


# Cards and lesson


def test_the_first_evening_has_the_first_lesson_and_nothing_else_to_do(look, ada):
    found = look(ada)

    assert found.is_first and not found.cards.has_any
    assert found.lesson.place is not None and found.lesson.place.lesson.slug == FIRST
    assert (found.promises, found.meeting, found.apprentices) == ((), None, 0) and not found.waiting


def test_the_days_cards_are_counted_with_about_the_minutes_they_take(look, db, ada, library):
    lessons.mark_done(db, ada.id, library.lessons[FIRST], at=MONDAY)

    found = look(ada)

    assert (found.cards.waiting, found.cards.minutes) == (10, 3)
    assert not found.is_first


def test_when_nothing_waits_it_says_when_the_next_card_comes(look, db, ada, library):
    reviews.add_cards(db, ada.id, library.lessons[FIRST].cards[:1], at=MONDAY)
    db.execute(sa.update(Memory).values(state=State.REVIEW, reps=1, due_at=MONDAY + 7 * DAY))

    found = look(ada)

    assert (found.cards.waiting, found.cards.has_any) == (0, True)
    assert found.cards.next_due == MONDAY + 7 * DAY


@pytest.mark.parametrize(
    ("wall", "part"),
    [("03:59", "evening"), ("04:00", "morning"), ("12:00", "afternoon"), ("17:59", "afternoon"), ("18:00", "evening")],
)
def test_the_greeting_follows_the_clock_on_her_wall(wall, part):
    assert today.part_of_day(on_the_wall(BERLIN, f"2026-11-23 {wall}"), BERLIN) == part


# People


def test_what_she_promised_is_listed_with_what_is_overdue_first(look, db, ada):
    for text, due_on in [("someday", None), ("tomorrow", date(2026, 11, 24)), ("late", date(2026, 11, 22))]:
        actions.add_own_action(db, ada.id, text, due_on, at=MONDAY)
    actions.finish(db, ada.id, actions.add_own_action(db, ada.id, "over", None, at=MONDAY).id, at=MONDAY)

    found = look(ada)

    assert [(row.action.text, row.is_overdue) for row in found.promises] == [
        ("late", True),
        ("tomorrow", False),
        ("someday", False),
    ]


def test_a_mentor_sees_what_he_promised_with_her_name_until_the_link_ends(look, db, library, ada, ben, link_of):
    link = link_of(ada, ben)
    entry = Entry(starts_at=MONDAY - HOUR, zone=BERLIN, minutes=45)
    meeting = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    actions.add_action(db, ada.id, meeting.id, Promise("send the stems", ben.id), at=MONDAY)

    during = look(ben).promises
    links.end(db, ada.id, link.id, at=MONDAY + HOUR)
    after = look(ben, MONDAY + 2 * HOUR).promises

    assert [(row.action.text, row.apprentice) for row in during] == [("send the stems", "Ada")]
    assert after == ()


def test_the_next_meeting_gives_both_their_times(look, db, library, ada, ben, link_of):
    link_of(ada, ben)
    plan_meeting(db, library, ada, ben, MONDAY + DAY)

    hers, his = look(ada).meeting, look(ben).meeting

    assert hers is not None and his is not None
    assert (hers.listed.person.name, hers.weekday, hers.their_time) == ("Ben", "", "12:00")  # tomorrow; London
    assert (his.listed.person.name, his.their_time) == ("Ada", "13:00")  # Berlin


def test_a_meeting_further_away_says_its_weekday_and_hour(look, db, library, ada, ben, link_of):
    link_of(ada, ben)
    plan_meeting(db, library, ada, ben, MONDAY + 3 * DAY)

    found = look(ada).meeting

    assert found is not None and found.weekday == "Thursday 13:00"


def test_a_meeting_of_yesterday_is_not_the_next_one(look, db, library, ada, ben, link_of):
    link_of(ada, ben)
    plan_meeting(db, library, ada, ben, MONDAY + HOUR)

    assert look(ada, MONDAY + DAY).meeting is None


def test_what_an_apprentice_handed_in_waits_for_her_mentor_and_for_nobody_else(look, hand_in, ada, ben, eve, link_of):
    link_of(ada, ben)
    hand_in(ada)

    [row] = look(ben).waiting.shown

    assert (row.person.name, [(wait.kind, wait.milestone) for wait in row.waits]) == ("Ada", [("verify", "first-beat")])
    assert not look(eve).waiting and not look(ada).waiting


def test_what_was_handed_in_is_gone_from_his_page_when_the_link_ends(look, hand_in, db, ada, ben, link_of):
    link = link_of(ada, ben)
    hand_in(ada)
    links.end(db, ada.id, link.id, at=MONDAY + MINUTE)
    db.commit()

    assert not look(ben).waiting


def test_a_programme_for_two_asks_for_a_mentor_until_somebody_is_invited(look, db, library, ada):
    welcome(db, library, ada, "nine-months")
    before = look(ada).wants_mentor

    invitations.invite(db, ada.id, "mentor", "Ben", most_a_day=10, at=MONDAY)

    assert (before, look(ada).wants_mentor) == (True, False)


def test_nobody_else_is_asked_to_find_a_mentor(look, db, library, ada, ben, eve, link_of):
    link_of(ada, ben)
    welcome(db, library, ada, "nine-months")
    welcome(db, library, eve, "self-study")

    assert [look(person).wants_mentor for person in (ada, ben, eve)] == [False, False, False]


# Milestones and the week


def test_the_next_milestone_is_the_first_that_is_not_reached(look, db, library, hand_in, ada):
    fresh = look(ada).milestone
    milestones.begin(db, ada.id, library.milestones["first-beat"], at=MONDAY)
    begun = look(ada).milestone
    first = library.milestones["first-beat"]
    ids = ["lessons", "recall", "self", *(f"evidence-{item.id}" for item in first.evidence)]
    reasons = dict.fromkeys([*ids, *(f"target-{target.id}" for target in first.targets)], "It is what I have.")
    milestones.attest(db, library, ada, first, [], reasons, at=MONDAY)

    reached = look(ada).milestone

    assert fresh is not None and (fresh.milestone.slug, fresh.state) == ("first-beat", "not started")
    assert begun is not None and (begun.milestone.slug, begun.state) == ("first-beat", "in progress")
    assert reached is not None and reached.milestone.slug == "practice-plan"


def test_the_week_counts_from_monday(look, db, library, ada):
    for days, minutes in ((0, 40), (-1, 500)):  # Monday, and the Sunday before
        entry = Entry(starts_at=MONDAY + days * DAY - HOUR, zone=BERLIN, minutes=minutes)
        sessions.log(db, library, ada.id, "practice", Between(ada.id), entry, at=MONDAY)

    found = look(ada)

    assert found.week.minutes["practice"] == 40
    assert found.week.days == 0


# The page


def test_without_any_account_the_first_visit_leads_to_the_first_one(anonymous):
    answer = anonymous.get("/")

    assert (answer.status_code, answer.location) == (302, "/sign-up")


def test_somebody_unknown_is_asked_to_sign_in(anonymous, ada):
    answer = anonymous.get("/")

    assert (answer.status_code, answer.location) == (302, "/sign-in")


def test_a_new_account_meets_the_three_questions_first(as_ada):
    assert as_ada.get("/").location == "/welcome"

    as_ada.send("/welcome", {"skip": "1"})

    assert as_ada.get("/").status_code == 200


def test_the_first_page_says_what_to_do(as_ada, db, library, ada):
    welcome(db, library, ada, "nine-months")

    seen = words(as_ada.get("/"))

    assert "Good afternoon, Ada Monday, week 1 of 39" in seen
    assert "No cards yet" in seen and "Start with the first lesson" in seen
    assert "M01 First finished beat" in seen and "Invite your mentor" in seen
    assert "Promised" not in seen and "Next meeting" not in seen and "This week" not in seen


def test_opening_the_page_lays_out_the_days_cards_once(as_ada, db, fresh_db, library, ada):
    welcome(db, library, ada)
    as_ada.send(f"/lessons/{FIRST}/done")

    for _ in range(2):
        assert "10 cards, about 3 minutes" in words(as_ada.get("/"))

    assert fresh_db.scalar(sa.select(sa.func.count()).select_from(QueueCard)) == 10


def test_all_of_it_stands_on_the_page(as_ada, db, library, ada, ben, link_of):
    welcome(db, library, ada, "self-study")
    link_of(ada, ben)
    plan_meeting(db, library, ada, ben, MONDAY + DAY)
    actions.add_own_action(db, ada.id, "bounce V3", MONDAY.date() + timedelta(days=6), at=MONDAY)
    entry = Entry(starts_at=MONDAY - 2 * HOUR, zone=BERLIN, minutes=95)
    sessions.log(db, library, ada.id, "practice", Between(ada.id), entry, at=MONDAY)
    db.commit()

    seen = words(as_ada.get("/"))

    assert "bounce V3 · in 6 days" in seen
    assert "tomorrow 13:00 with Ben" in seen and "12:00 for Ben" in seen
    assert "1 h 35 min practice" in seen


def test_a_promise_is_kept_from_the_page(as_ada, db, library, ada):
    welcome(db, library, ada)
    action = actions.add_own_action(db, ada.id, "bounce V3", None, at=MONDAY)
    db.commit()

    page = as_ada.send(f"/actions/{action.id}/done", {"next": "/"}, follow_redirects=True)

    assert page.request.path == "/" and "bounce V3" not in words(page)


def test_a_mentor_finds_what_waits_for_him(as_ben, db, library, hand_in, ada, ben, link_of):
    welcome(db, library, ben)
    link_of(ada, ben)
    hand_in(ada)

    page = as_ben.get("/")

    assert "Waits for you Ada · M01 to look at Mentoring" in words(page)
    found = re.findall(r'href="(/apprentices/[^"]+)"', page.text)
    assert len(found) == 2 and [as_ben.get(path).status_code for path in found] == [200, 200]
    assert page.text.index("Waits for you") < page.text.index("today-lead")


def test_a_mentor_of_many_sees_those_who_wait_most_and_a_way_to_all(look, db, library, hand_in, ben, link_of):
    for name in ("Ida", "Zoe", "Max", "Amy", "Lea", "Kai", "Tom"):
        apprentice = person(db, name)
        link_of(apprentice, ben)
        hand_in(apprentice)
        if name == "Zoe":
            plan_meeting(db, library, apprentice, ben, MONDAY - DAY)

    found = look(ben)

    assert [row.person.name for row in found.waiting.shown] == ["Zoe", "Amy", "Ida", "Kai", "Lea"]
    assert (found.waiting.more, found.apprentices) == (2, 7)


def test_a_mentor_for_whom_nothing_waits_still_finds_the_way_to_the_desk(as_ben, db, library, ada, ben, link_of):
    welcome(db, library, ben)
    link_of(ada, ben)

    page = as_ben.get("/")

    assert "1 apprentice. Nobody waits for you." in words(page) and 'href="/mentoring"' in page.text


def test_the_next_meeting_says_how_much_stands_on_its_agenda(as_ada, db, library, ada, ben, link_of):
    welcome(db, library, ada)
    link_of(ada, ben)
    plan_meeting(db, library, ada, ben, MONDAY + DAY)
    meeting = sessions.next_meeting(db, ada.id, MONDAY)
    for text in ("Listen to V2", "The new chords"):
        agenda.add(db, ada.id, meeting.session.id, text, at=MONDAY)
    question = parking.park(db, library, ada.id, "Why does it ring?", at=MONDAY)
    db.flush()
    agenda.take(db, library, ada.id, meeting.session.id, "parked", str(question.id), at=MONDAY)
    db.commit()

    assert "3 on the agenda · 1 parked" in words(as_ada.get("/"))


def test_a_fit_check_that_is_due_is_offered_to_the_apprentice_alone(look, db, library, ada, ben, link_of):
    link = link_of(ada, ben)
    for weeks in (3, 2, 1):
        entry = Entry(starts_at=MONDAY - weeks * 7 * DAY, zone=BERLIN, minutes=45)
        sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)

    assert (look(ada).fits, look(ben).fits) == (((link.id, "Ben"),), ())


def test_only_the_host_hears_of_problems_in_the_courses_files(app, client_of, db, library, ada, eve, monkeypatch):
    problem = Problem("content/daw/01.md", 41, "The card id is used twice.", "Give this one its own id.")
    shelf = app.extensions["shelf"]
    monkeypatch.setattr(type(shelf), "problems", (problem,))
    for somebody in (ada, eve):
        welcome(db, library, somebody)
    ada.host_since = MONDAY
    db.add(ada)
    db.commit()

    hers, other = words(client_of(ada).get("/")), words(client_of(eve).get("/"))

    assert "1 problem in the course's files" in hers and "content/daw/01.md, line 41" in hers
    assert "problem" not in other


def test_when_all_that_is_written_is_done_the_page_says_so(as_ada, db, library, ada):
    welcome(db, library, ada)
    for lesson in library.lessons.values():
        lessons.mark_done(db, ada.id, lesson, at=MONDAY)
    db.commit()

    assert "You are through all that is written" in words(as_ada.get("/"))
