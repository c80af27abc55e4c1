"""The private fit check: when it is due, what it holds, and that nobody else sees it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core.errors import Conflict, InvalidForm, NotFound, Refused
from core.ids import uuid7
from core.inbox import Notice
from mentorship import fit_checks, fit_pictures, links, sessions
from mentorship.models.people import FitCheck
from mentorship.sessions import Between, Entry
from tests.times import BERLIN, DAY, HOUR, MONDAY, SECOND

FINE = dict.fromkeys(fit_checks.KEYS, 4)


@pytest.fixture
def link(ada, ben, link_of):
    return link_of(ada, ben)


@pytest.fixture
def meet(db, library, ada):
    """`meet(ben, 3)`: Ada held so many meetings with Ben."""

    def make(mentor, times, *, kind="meeting", days=-2):
        for number in range(times):
            entry = Entry(MONDAY + timedelta(days=days, hours=-number), BERLIN, 45)
            sessions.log(db, library, ada.id, kind, Between(ada.id, mentor.id), entry, at=MONDAY)
        db.commit()

    return make


def check(db, ada, link, at=MONDAY, **marks):
    made = fit_checks.answer(db, ada.id, link.id, FINE | marks, "a note", at=at)
    db.commit()
    return made


def is_due(db, ada, at=MONDAY):
    return [link.mentor_id for link in fit_checks.due(db, ada.id, at)]


# -- when ----------------------------------------------------------------------------------------------------


def test_it_is_due_after_the_third_held_meeting(db, ada, ben, link, meet):
    meet(ben, 2)
    meet(ben, 5, kind="studio")
    meet(ben, 4, days=3)  # planned
    assert is_due(db, ada) == []

    meet(ben, 1, days=-5)

    assert is_due(db, ada) == [ben.id]


@pytest.mark.parametrize(
    ("later", "due"), [(timedelta(0), False), (91 * DAY - SECOND, False), (91 * DAY, True), (400 * DAY, True)]
)
def test_it_is_due_again_ninety_one_days_after_the_last_one(db, ada, ben, link, meet, later, due):
    meet(ben, 3)
    check(db, ada, link, at=MONDAY - 50 * DAY)
    check(db, ada, link, at=MONDAY)

    assert bool(is_due(db, ada, MONDAY + later)) == due


def test_each_mentor_has_a_check_of_their_own(db, ada, ben, eve, link, link_of, meet):
    link_of(ada, eve)
    meet(ben, 3)
    meet(eve, 3)

    check(db, ada, link)

    assert is_due(db, ada) == [eve.id]
    assert fit_checks.due(db, ben.id, MONDAY) == []  # a mentor makes none


@pytest.mark.parametrize("over", [links.pause, links.complete, links.end])
def test_a_link_that_is_over_asks_for_no_check(db, ada, ben, link, meet, over):
    meet(ben, 3)
    over(db, ada.id, link.id, at=MONDAY)

    assert is_due(db, ada) == []
    with pytest.raises(Conflict):
        fit_checks.answer(db, ada.id, link.id, FINE, "", at=MONDAY)


def test_a_new_link_with_the_same_mentor_goes_on_counting(db, ada, ben, link, link_of, meet):
    meet(ben, 3)
    check(db, ada, link)
    links.end(db, ada.id, link.id, at=MONDAY)
    again = link_of(ada, ben)

    assert is_due(db, ada, MONDAY + DAY) == []
    assert is_due(db, ada, MONDAY + 91 * DAY) == [ben.id]
    assert len(fit_checks.of(db, ada.id, again.id, at=MONDAY)[1].checks) == 1


# -- what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [0, 6, -1, None, 2.5])
def test_a_mark_that_is_none_of_the_five_is_refused_beside_its_statement(db, ada, link, mark):
    with pytest.raises(InvalidForm) as refused:
        fit_checks.answer(db, ada.id, link.id, FINE | {"pace": mark}, "", at=MONDAY)

    assert refused.value.errors == {"answers.pace": "Choose one of the five, from 1 to 5."}
    assert db.exec(select(FitCheck)).all() == []


def test_a_statement_that_is_none_of_ours_is_not_kept(db, ada, link):
    made = check(db, ada, link, other=5)

    assert set(made.answers) == set(fit_checks.KEYS)


def test_a_note_has_an_end(db, ada, link):
    with pytest.raises(Refused, match="longer than 2000") as refused:
        fit_checks.answer(db, ada.id, link.id, FINE, "x" * 2001, at=MONDAY)

    assert refused.value.field == "note"


@pytest.mark.parametrize(("mark", "is_low"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_low_mark_gets_a_plain_sentence(db, ada, link, mark, is_low):
    made = check(db, ada, link, safe=mark)

    assert [statement.key for statement in fit_checks.advice(made)] == (["safe"] if is_low else [])
    assert all(statement.advice.endswith(".") for statement in fit_checks.STATEMENTS)


# -- who -----------------------------------------------------------------------------------------------------


def test_nobody_but_the_apprentice_has_checks(db, ada, ben, eve, link):
    made = check(db, ada, link)

    for person in (ben, eve):
        for act in (
            lambda person=person: fit_checks.of(db, person.id, link.id, at=MONDAY),
            lambda person=person: fit_checks.answer(db, person.id, link.id, FINE, "", at=MONDAY),
            lambda person=person: fit_checks.share(db, person.id, link.id, made.id, at=MONDAY),
            lambda person=person: fit_checks.unshare(db, person.id, link.id, made.id),
        ):
            with pytest.raises(NotFound):
                act()
    assert fit_checks.shared_with(db, ben.id, link.id) == []
    assert db.exec(select(Notice)).all() == []


def test_she_shares_one_and_takes_it_back(db, ada, ben, link):
    first, _second = check(db, ada, link), check(db, ada, link, at=MONDAY + HOUR)

    for _ in range(2):
        fit_checks.share(db, ada.id, link.id, first.id, at=MONDAY + DAY)
    shared = fit_checks.shared_with(db, ben.id, link.id)
    for _ in range(2):
        fit_checks.unshare(db, ada.id, link.id, first.id)

    assert [one.id for one in shared] == [first.id]
    assert fit_checks.shared_with(db, ben.id, link.id) == []
    notice = db.exec(select(Notice)).one()
    assert (notice.user_id, notice.path) == (ben.id, f"/links/{link.id}/fit")
    assert "a note" not in notice.text


@pytest.mark.parametrize("over", [links.pause, links.complete, links.end])
def test_what_was_shared_is_gone_with_the_link_and_she_can_still_take_it_back(db, ada, ben, link, over):
    made = check(db, ada, link)
    fit_checks.share(db, ada.id, link.id, made.id, at=MONDAY)

    over(db, ben.id, link.id, at=MONDAY)

    assert fit_checks.shared_with(db, ben.id, link.id) == []
    fit_checks.unshare(db, ada.id, link.id, made.id)
    with pytest.raises(Conflict):
        fit_checks.share(db, ada.id, link.id, made.id, at=MONDAY)


def test_a_check_of_another_mentor_is_not_found_here(db, ada, eve, link, link_of):
    other = link_of(ada, eve)
    made = check(db, ada, other)

    for check_id in (made.id, uuid7()):
        with pytest.raises(NotFound):
            fit_checks.share(db, ada.id, link.id, check_id, at=MONDAY)


# -- the picture ---------------------------------------------------------------------------------------------


def test_the_picture_goes_from_left_to_right_and_a_better_mark_stands_higher():
    dots = fit_pictures.trail([1, 5, 3]).dots

    assert [dot.mark for dot in dots] == [1, 5, 3]
    assert dots[0].x < dots[1].x < dots[2].x
    assert dots[1].y < dots[2].y < dots[0].y


@pytest.mark.parametrize("count", [0, 1, 12, 40])
def test_the_picture_holds_the_newest_dozen_inside_its_frame(count):
    found = fit_pictures.trail([n % 5 + 1 for n in range(count)])

    assert len(found.dots) == min(count, fit_pictures.MOST)
    assert len(found.lines) == max(len(found.dots) - 1, 0)
    assert all(0 <= dot.x <= 100 and 0 < dot.y < fit_pictures.HEIGHT for dot in found.dots)
    assert [dot.mark for dot in found.dots] == [n % 5 + 1 for n in range(count)][-12:]
