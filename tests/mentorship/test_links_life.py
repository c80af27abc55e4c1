"""The life of a link: paused, taken up again, completed, ended; who sees what meanwhile, and who is told."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from core.inbox import Notice
from mentorship import invitations, links
from mentorship.models.people import Invitation, Link
from tests.times import DAY, HOUR, MINUTE, MONDAY

WHATS = tuple(links.SHOWS)
AT_FIRST = {"lessons", "sessions", "pieces"}
STEPS = {"pause": links.pause, "resume": links.resume, "complete": links.complete, "end": links.end}


@pytest.fixture
def pair(ada, ben):
    return {"ada": ada, "ben": ben}


def sees(db, viewer, owner):
    return {what for what in WHATS if links.may_see(db, viewer.id, owner.id, what)}


def told(db, person):
    """What somebody was told, the oldest first."""
    db.flush()
    return [notice.text for notice in db.exec(select(Notice).where(Notice.user_id == person.id).order_by(Notice.id))]


@pytest.mark.parametrize("who", ["ada", "ben"])
@pytest.mark.parametrize(("step", "state"), [("pause", "paused"), ("complete", "completed"), ("end", "ended")])
def test_either_side_lets_a_link_rest_or_part_and_nothing_is_seen_any_more(
    db, ada, ben, pair, link_of, who, step, state
):
    link = link_of(ada, ben)

    for hours in (1, 2):
        STEPS[step](db, pair[who].id, link.id, at=MONDAY + hours * HOUR)

    assert links.state_of(link) == state
    assert sees(db, ben, ada) == set()
    assert not links.are_linked(db, ada.id, ben.id)
    assert links.last_end(db, ada.id, ben.id) == MONDAY + HOUR
    other = ben if who == "ada" else ada
    found = links.own_pair(db, other.id, link.id)
    assert (found.state, found.changed_at, found.is_by_them) == (state, MONDAY + HOUR, True)
    assert not links.own_pair(db, pair[who].id, link.id).is_by_them
    assert [found.link.id for found in links.ended(db, ada.id)] == [link.id]


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_either_side_takes_a_pause_back(db, ada, ben, pair, link_of, who):
    link = link_of(ada, ben, shows_pieces=False)
    links.pause(db, ada.id, link.id, at=MONDAY)

    for _ in range(2):
        links.resume(db, pair[who].id, link.id, at=MONDAY + DAY)

    assert sees(db, ben, ada) == {"lessons", "sessions"}
    assert links.last_end(db, ada.id, ben.id) is None
    assert links.ended(db, ada.id) == []


@pytest.mark.parametrize("over", ["complete", "end"])
@pytest.mark.parametrize("step", STEPS)
def test_what_is_completed_or_ended_stays_so(db, ada, ben, link_of, over, step):
    link = link_of(ada, ben)
    STEPS[over](db, ada.id, link.id, at=MONDAY)

    if step == over:
        STEPS[step](db, ben.id, link.id, at=MONDAY + DAY)
    else:
        with pytest.raises(Conflict, match=r"Ada is no longer your apprentice.*A new invitation"):
            STEPS[step](db, ben.id, link.id, at=MONDAY + DAY)

    assert links.last_end(db, ada.id, ben.id) == MONDAY
    assert sees(db, ben, ada) == set()


def test_a_paused_link_that_is_ended_was_over_since_the_pause(db, ada, ben, link_of):
    link = link_of(ada, ben)
    links.pause(db, ada.id, link.id, at=MONDAY)

    links.end(db, ben.id, link.id, at=MONDAY + DAY)

    assert links.last_end(db, ada.id, ben.id) == MONDAY
    assert links.own_pair(db, ada.id, link.id).changed_at == MONDAY + DAY


@pytest.mark.parametrize("step", STEPS)
def test_a_stranger_moves_no_link(db, ada, ben, eve, link_of, step):
    link = link_of(ada, ben)

    for foreign_or_missing in (link.id, uuid7()):
        with pytest.raises(NotFound):
            STEPS[step](db, eve.id, foreign_or_missing, at=MONDAY)

    assert sees(db, ben, ada) == AT_FIRST


def test_an_invitation_accepted_during_a_pause_makes_no_second_link(db, ada, ben, link_of):
    link = link_of(ada, ben)
    links.pause(db, ben.id, link.id, at=MONDAY)
    _, secret = invitations.invite(db, ada.id, "mentor", "", most_a_day=10, at=MONDAY)

    with pytest.raises(Conflict, match=r"is paused\. Take the pause back"):
        invitations.accept(db, ben.id, secret, at=MONDAY)

    assert sees(db, ben, ada) == set()


def test_a_completed_pair_links_again_by_a_new_invitation(db, ada, ben, link_of):
    link = link_of(ada, ben, shows_money=True)
    links.complete(db, ben.id, link.id, at=MONDAY)
    _, secret = invitations.invite(db, ada.id, "mentor", "", most_a_day=10, at=MONDAY + DAY)

    invitations.accept(db, ben.id, secret, at=MONDAY + 2 * DAY)

    assert sees(db, ben, ada) == AT_FIRST
    assert links.last_end(db, ada.id, ben.id) is None


def test_the_other_side_is_told_of_every_step_once(db, ada, ben, link_of):
    link = link_of(ada, ben)

    for _ in range(2):
        links.pause(db, ada.id, link.id, at=MONDAY)
    for _ in range(2):
        links.resume(db, ben.id, link.id, at=MONDAY + HOUR)
    links.pause(db, ben.id, link.id, at=MONDAY + 2 * HOUR)
    for _ in range(2):
        links.complete(db, ada.id, link.id, at=MONDAY + 3 * HOUR)

    assert told(db, ben) == [
        "Ada paused your link: until one of you takes the pause back, you see only what you held together.",
        "Ada completed your link: you reached what it was for. What you held together stays readable.",
    ]
    assert told(db, ada) == [
        "Ben took the pause back: your link is in force again.",
        "Ben paused your link: until one of you takes the pause back, Ben sees only what you held together.",
    ]
    notice = db.exec(select(Notice).where(Notice.user_id == ben.id)).first()
    assert (notice.path, notice.thread, notice.kind) == (f"/links/{link.id}", f"link:{link.id}", "link")


def test_the_mentor_is_told_what_they_see_and_only_when_it_changed(db, ada, ben, link_of):
    link = link_of(ada, ben)

    for _ in range(2):
        links.show(db, ada.id, link.id, lessons=True, sessions=False, pieces=False, money=True, at=MONDAY)
    links.show(db, ada.id, link.id, lessons=False, sessions=False, pieces=False, at=MONDAY + HOUR)

    assert told(db, ben) == [
        "Ada changed what you see: lessons and cards, money.",
        "Ada changed what you see: nothing but what you held together.",
    ]
    assert sees(db, ben, ada) == set()


def test_worksheet_and_money_are_off_until_the_apprentice_turns_them_on(db, ada, ben, link_of):
    link = link_of(ada, ben)
    assert sees(db, ben, ada) == AT_FIRST

    with pytest.raises(NotAllowed):
        links.show(db, ben.id, link.id, lessons=True, sessions=True, pieces=True, worksheet=True, money=True, at=MONDAY)
    links.show(db, ada.id, link.id, lessons=False, sessions=False, pieces=False, worksheet=True, at=MONDAY)

    assert sees(db, ben, ada) == {"worksheet"}
    assert [person.id for person in links.mentors_who_see(db, ada.id, "worksheet")] == [ben.id]


def test_scopes_chosen_during_a_pause_hold_when_it_is_taken_back(db, ada, ben, link_of):
    link = link_of(ada, ben)
    links.pause(db, ben.id, link.id, at=MONDAY)

    links.show(db, ada.id, link.id, lessons=False, sessions=True, pieces=False, at=MONDAY)
    before = sees(db, ben, ada)
    links.resume(db, ada.id, link.id, at=MONDAY + DAY)

    assert before == set()
    assert sees(db, ben, ada) == {"sessions"}


# -- whatever people do --------------------------------------------------------------------------------------


@dataclass
class Model:
    """What DESIGN says of one pair: the state of its newest link, and what it shows."""

    state: str = "none"
    shows: frozenset[str] = frozenset()


def step_strategy():
    pairs = st.tuples(st.integers(0, 2), st.integers(0, 2)).filter(lambda pair: pair[0] != pair[1])
    words = st.sampled_from(["invite", "pause", "resume", "complete", "end", "show"])
    return st.lists(st.tuples(words, pairs, st.booleans(), st.frozensets(st.sampled_from(WHATS))), max_size=25)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(step_strategy())
def test_whatever_two_do_access_is_what_the_last_words_were(db, ada, ben, eve, steps):
    people, at = [ada, ben, eve], MONDAY
    model: defaultdict[tuple[int, int], Model] = defaultdict(Model)
    newest: dict[tuple[int, int], UUID] = {}
    db.rollback()

    for word, (one, other), by_mentor, wanted in steps:
        at += MINUTE
        apprentice, mentor = people[one], people[other]
        actor, state = (mentor if by_mentor else apprentice), model[one, other].state
        if word == "invite":
            inviter, invited, role = (mentor, apprentice, "apprentice") if by_mentor else (apprentice, mentor, "mentor")
            _, secret = invitations.invite(db, inviter.id, role, "", most_a_day=10_000, at=at)
            if is_refused(invitations.accept, db, invited.id, secret, at=at):
                assert state in ("active", "paused")
            else:
                assert state not in ("active", "paused")
                model[one, other] = Model("active", frozenset(AT_FIRST))
                newest[one, other] = db.exec(select(Link.id).where(Link.began_at == at)).one()
        elif (one, other) in newest:
            link_id = newest[one, other]
            if word == "show":
                shown = {what: what in wanted for what in WHATS}
                refused = is_refused(links.show, db, actor.id, link_id, **shown, at=at)
                assert refused == (by_mentor or state in ("completed", "ended"))
                if not refused:
                    model[one, other].shows = wanted
            else:
                after = {"pause": "paused", "resume": "active", "complete": "completed", "end": "ended"}[word]
                refused = is_refused(STEPS[word], db, actor.id, link_id, at=at)
                assert refused == (state in ("completed", "ended") and state != after)
                model[one, other].state = state if refused else after

    db.flush()
    for one, apprentice in enumerate(people):
        for other, mentor in enumerate(people):
            if one == other:
                continue
            known = model[one, other]
            is_active = known.state == "active"
            assert sees(db, mentor, apprentice) == (set(known.shows) if is_active else set())
            assert links.are_linked(db, apprentice.id, mentor.id) == is_active
            assert (mentor.id in links.mentors_of(db, apprentice.id)) == is_active
            assert (links.last_end(db, apprentice.id, mentor.id) is None) == (is_active or known.state == "none")
            is_open = (Link.ended_at.is_(None), Link.completed_at.is_(None))
            ours = (Link.user_id == apprentice.id, Link.mentor_id == mentor.id)
            assert db.scalar(sa.select(sa.func.count()).select_from(Link).where(*ours, *is_open)) <= 1


def is_refused(rule, *given, **more):
    try:
        rule(*given, **more)
    except Refused:
        return True
    return False


def test_an_invited_person_has_no_link_to_move(db, ada, ben):
    invitations.invite(db, ada.id, "mentor", "", most_a_day=10, at=MONDAY)
    db.commit()
    invitation = db.exec(select(Invitation)).one()

    for step in STEPS.values():
        with pytest.raises(NotFound):
            step(db, ben.id, invitation.id, at=MONDAY)
    assert sees(db, ben, ada) == set()
    assert links.active(db, ben.id) == links.ended(db, ben.id) == []
