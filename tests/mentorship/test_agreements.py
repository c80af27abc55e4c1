"""What two people agree on: both say yes, and what held holds until both have said yes to something else."""

from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from core.inbox import Notice
from mentorship import agreements, links
from mentorship.agreements import Terms
from mentorship.models.people import Agreement
from tests.conftest import person
from tests.mentorship.test_links import at_once
from tests.times import DAY, HOUR, MINUTE, MONDAY


@pytest.fixture
def link(ada, ben, link_of):
    return link_of(ada, ben)


def terms(text):
    return Terms(text, "weekly", "kindly")


def write(db, person, link, text, *, before=None, at=MONDAY):
    row = agreements.write(db, person.id, link.id, terms(text), before=before and before.id, at=at)
    db.commit()
    return row


def goals(step):
    return step and step.agreement.goals


@pytest.mark.parametrize("writer", ["ada", "ben"])
def test_it_holds_once_both_said_yes(db, ada, ben, link, writer):
    writer, other = (ada, ben) if writer == "ada" else (ben, ada)
    row = write(db, writer, link, "a beat a week")
    before = agreements.of(db, link)

    for hours in (1, 2):
        agreements.say_yes(db, other.id, link.id, row.id, at=MONDAY + hours * HOUR)

    assert before.holds is None and goals(before.waits) == "a beat a week"
    after = agreements.of(db, link)
    assert (goals(after.holds), after.waits) == ("a beat a week", None)
    assert after.holds.held_from == MONDAY + HOUR
    assert after.holds.writer == writer.name


def test_the_writers_own_yes_is_not_enough(db, ada, link):
    row = write(db, ada, link, "mine")

    agreements.say_yes(db, ada.id, link.id, row.id, at=MONDAY + HOUR)

    assert agreements.of(db, link).holds is None


def test_a_change_needs_the_other_yes_and_the_former_one_holds_until_then(db, ada, ben, link):
    first = write(db, ada, link, "first")
    agreements.say_yes(db, ben.id, link.id, first.id, at=MONDAY)
    second = write(db, ben, link, "second", before=first, at=MONDAY + DAY)
    third = write(db, ben, link, "third", before=second, at=MONDAY + 2 * DAY)

    meanwhile = agreements.of(db, link)
    agreements.say_yes(db, ada.id, link.id, third.id, at=MONDAY + 3 * DAY)

    assert (goals(meanwhile.holds), goals(meanwhile.waits)) == ("first", "third")
    after = agreements.of(db, link)
    assert (goals(after.holds), after.waits) == ("third", None)
    assert [(goals(step), step.held_from, step.held_until) for step in after.history] == [
        ("third", MONDAY + 3 * DAY, None),
        ("second", None, None),
        ("first", MONDAY, MONDAY + 3 * DAY),
    ]


def test_who_says_yes_to_what_was_changed_meanwhile_is_told(db, ada, ben, link):
    first = write(db, ada, link, "first")
    write(db, ada, link, "second", before=first, at=MONDAY + HOUR)

    with pytest.raises(Conflict, match="changed since you opened the page"):
        agreements.say_yes(db, ben.id, link.id, first.id, at=MONDAY + 2 * HOUR)

    assert agreements.of(db, link).holds is None


def test_two_who_write_at_once_lose_no_word(base, db, ada, ben, link):
    acts = [
        partial(agreements.write, person_id=one.id, link_id=link.id, terms=terms(one.name), before=None, at=MONDAY)
        for one in (ada, ben)
    ]

    results = at_once(base, *acts)

    assert (
        sum(isinstance(result, Conflict) and "wrote while you were writing" in result.text for result in results) == 1
    )
    assert len(db.exec(select(Agreement)).all()) == 1


def test_the_same_text_again_is_no_new_proposal(db, ada, link):
    first = write(db, ada, link, "first")

    again = write(db, ada, link, " first ", before=first, at=MONDAY + HOUR)

    assert again.id == first.id
    assert len(db.exec(select(Agreement)).all()) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Terms("", " ", "\n"), "goals"),
        (Terms("x" * 2001, "", ""), "goals"),
        (Terms("", "x" * 2001, ""), "cadence"),
        (Terms("", "", "x" * 2001), "ways"),
    ],
)
def test_nothing_and_too_much_are_refused_beside_the_field(db, ada, link, given, field):
    with pytest.raises(Refused) as refused:
        agreements.write(db, ada.id, link.id, given, before=None, at=MONDAY)

    assert refused.value.field == field


@pytest.mark.parametrize("over", [links.pause, links.complete, links.end])
def test_nothing_is_agreed_on_by_a_link_that_is_over(db, ada, ben, link, over):
    row = write(db, ada, link, "first")
    over(db, ben.id, link.id, at=MONDAY + HOUR)

    with pytest.raises(Conflict):
        agreements.write(db, ada.id, link.id, terms("second"), before=row.id, at=MONDAY + DAY)
    with pytest.raises(Conflict):
        agreements.say_yes(db, ben.id, link.id, row.id, at=MONDAY + DAY)

    assert goals(agreements.of(db, link).waits) == "first"


def test_strangers_neither_write_nor_agree(db, ada, eve, link):
    row = write(db, ada, link, "first")

    for link_id in (link.id, uuid7()):
        with pytest.raises(NotFound):
            agreements.write(db, eve.id, link_id, terms("second"), before=row.id, at=MONDAY)
        with pytest.raises(NotFound):
            agreements.say_yes(db, eve.id, link_id, row.id, at=MONDAY)


def test_an_agreement_of_another_link_is_not_found(db, ada, ben, eve, link, link_of):
    other = link_of(ada, eve)
    row = write(db, eve, other, "with Eve")

    with pytest.raises(NotFound):
        agreements.say_yes(db, ada.id, link.id, row.id, at=MONDAY)


def test_each_is_told_what_the_other_did(db, ada, ben, link):
    first = write(db, ada, link, "first")
    for _ in range(2):
        agreements.say_yes(db, ben.id, link.id, first.id, at=MONDAY)
    write(db, ben, link, "second", before=first, at=MONDAY + HOUR)

    said: dict[str, list[str]] = {"Ada": [], "Ben": []}
    for notice in db.exec(select(Notice).order_by(Notice.id)):
        said["Ada" if notice.user_id == ada.id else "Ben"].append(notice.text)
        assert notice.path == f"/links/{link.id}/agreement"
    assert said == {
        "Ada": [
            "Ben said yes: your agreement holds from now on.",
            "Ben proposes to change your agreement. It holds once you say yes.",
        ],
        "Ben": ["Ada wrote down how you could work together. It holds once you say yes."],
    }


def test_the_start_fits_its_own_limits():
    for text in (agreements.START.goals, agreements.START.cadence, agreements.START.ways):
        assert 0 < len(text) <= agreements.LONGEST


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["write", "yes"]), st.booleans()), max_size=15))
def test_what_holds_is_the_newest_to_which_both_said_yes(db, ada, ben, link_of, steps):
    db.rollback()
    link, at = link_of(ada, person(db, f"Mentor{uuid7().hex}")), MONDAY
    mentor_id = link.mentor_id
    rows: list[Agreement] = []
    yes: list[set[UUID]] = []
    for number, (word, by_mentor) in enumerate(steps):
        at += MINUTE
        who = mentor_id if by_mentor else ada.id
        if word == "write":
            before = rows[-1].id if rows else None
            rows.append(agreements.write(db, who, link.id, terms(f"text {number}"), before=before, at=at))
            yes.append({who})
        elif rows:
            agreements.say_yes(db, who, link.id, rows[-1].id, at=at)
            yes[-1].add(who)

    found = agreements.of(db, link)
    agreed = [row for row, said in zip(rows, yes, strict=True) if len(said) == 2]
    assert (found.holds.agreement.id if found.holds else None) == (agreed[-1].id if agreed else None)
    assert bool(found.waits) == bool(rows and len(yes[-1]) == 1)
    assert [step.agreement.id for step in found.history] == [row.id for row in reversed(rows)]
