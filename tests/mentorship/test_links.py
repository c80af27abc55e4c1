"""Invitations and links: who belongs to whom, from when to when, and who sees what meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core.accounts import hash_of
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from mentorship import invitations, links
from mentorship.models.people import Invitation, Link
from tests.times import DAY, HOUR, MINUTE, MONDAY, SECOND

WHATS: tuple[links.What, ...] = ("lessons", "sessions", "pieces")


def invite(db, person, role="mentor", *, at=MONDAY):
    invitation, secret = invitations.invite(db, person.id, role, "a friend", most_a_day=10, at=at)
    db.commit()
    return invitation, secret


def sees(db, viewer, owner):
    return {what for what in WHATS if links.may_see(db, viewer.id, owner.id, what)}


# -- invitations ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["mentor", "apprentice"])
def test_who_accepts_becomes_what_the_invitation_says(db, ada, ben, role):
    _, secret = invite(db, ada, role)

    link = invitations.accept(db, ben.id, secret, at=MONDAY + HOUR)

    expected = (ada.id, ben.id) if role == "mentor" else (ben.id, ada.id)
    assert (link.user_id, link.mentor_id) == expected
    assert link.began_at == MONDAY + HOUR


def test_only_the_hash_of_the_secret_is_stored(db, fresh_db, ada):
    _, secret = invite(db, ada)

    kept = fresh_db.exec(select(Invitation)).one()

    assert kept.secret_hash == hash_of(secret)
    assert secret not in str(kept.model_dump())
    assert len(secret) >= 43  # 256 bits


def test_an_invited_person_sees_nothing_before_saying_yes(db, ada, ben):
    _, secret = invite(db, ada)

    invitations.find_invitation(db, secret, viewer_id=ben.id, at=MONDAY)

    assert sees(db, ben, ada) == set()


def test_an_invitation_works_once(db, ada, ben, eve):
    _, secret = invite(db, ada)
    invitations.accept(db, ben.id, secret, at=MONDAY)
    db.commit()

    for person in (ben, eve):
        with pytest.raises(NotAllowed, match="used already"):
            invitations.accept(db, person.id, secret, at=MONDAY)

    assert len(db.exec(select(Link)).all()) == 1
    assert not invitations.is_open_invitation(db, secret, at=MONDAY)


@pytest.mark.parametrize(
    ("age", "is_open"),
    [(timedelta(0), True), (7 * DAY - SECOND, True), (7 * DAY, False), (7 * DAY + SECOND, False), (400 * DAY, False)],
)
def test_an_invitation_lasts_seven_days(db, ada, ben, age, is_open):
    _, secret = invite(db, ada)

    assert invitations.is_open_invitation(db, secret, at=MONDAY + age) == is_open
    assert bool(invitations.open_invitations(db, ada.id, at=MONDAY + age)) == is_open
    if is_open:
        invitations.accept(db, ben.id, secret, at=MONDAY + age)
    else:
        with pytest.raises(NotAllowed, match="expired"):
            invitations.accept(db, ben.id, secret, at=MONDAY + age)


@pytest.mark.parametrize("answer", [invitations.accept, invitations.decline])
def test_nobody_answers_their_own_invitation(db, ada, answer):
    _, secret = invite(db, ada)

    with pytest.raises(NotAllowed, match="your own invitation"):
        answer(db, ada.id, secret, at=MONDAY)

    assert db.exec(select(Link)).all() == []
    assert invitations.is_open_invitation(db, secret, at=MONDAY)


def test_an_invitation_taken_back_leads_nowhere(db, ada, ben):
    invitation, secret = invite(db, ada)

    for _ in range(2):
        invitations.withdraw(db, ada.id, invitation.id, at=MONDAY)

    with pytest.raises(NotAllowed, match="Ada took this invitation back"):
        invitations.accept(db, ben.id, secret, at=MONDAY)
    assert invitations.open_invitations(db, ada.id, at=MONDAY) == []


def test_only_its_maker_takes_an_invitation_back(db, ada, eve):
    invitation, secret = invite(db, ada)

    for foreign_or_missing in (invitation.id, uuid7()):
        with pytest.raises(NotFound):
            invitations.withdraw(db, eve.id, foreign_or_missing, at=MONDAY)

    assert invitations.is_open_invitation(db, secret, at=MONDAY)


def test_an_accepted_invitation_cannot_be_taken_back(db, ada, ben):
    invitation, secret = invite(db, ada)
    invitations.accept(db, ben.id, secret, at=MONDAY)

    with pytest.raises(Conflict, match="end the link instead"):
        invitations.withdraw(db, ada.id, invitation.id, at=MONDAY)


def test_a_declined_invitation_is_over(db, ada, ben, eve):
    _, secret = invite(db, ada)

    invitations.decline(db, ben.id, secret, at=MONDAY)

    for person in (ben, eve):
        with pytest.raises(NotAllowed, match="declined"):
            invitations.accept(db, person.id, secret, at=MONDAY)


@pytest.mark.parametrize("secret", ["", "x", "made", "0" * 43, "é" * 43, "' OR 1=1 --"])
def test_a_guessed_secret_is_not_found(db, ada, ben, secret):
    invite(db, ada)

    with pytest.raises(NotFound):
        invitations.accept(db, ben.id, secret, at=MONDAY)


def test_the_eleventh_invitation_of_a_day_waits(db, ada, ben):
    for hour in range(10):
        invite(db, ada, at=MONDAY + hour * HOUR)

    with pytest.raises(Refused, match="10 invitations"):
        invite(db, ada, at=MONDAY + 23 * HOUR)
    invite(db, ben, at=MONDAY + 23 * HOUR)
    invite(db, ada, at=MONDAY + 24 * HOUR + SECOND)


def test_the_job_notes_what_has_expired_once(db, ada, ben):
    expired, _ = invite(db, ada)
    _, used = invite(db, ada)
    invitations.accept(db, ben.id, used, at=MONDAY)
    invite(db, ada, at=MONDAY + DAY)

    said = [invitations.expire_invitations(db, at=MONDAY + 7 * DAY) for _ in range(2)]

    assert said == ["invitations expired: 1", "invitations expired: 0"]
    assert expired.expired_at == MONDAY + 7 * DAY


# -- links ---------------------------------------------------------------------------------------------------


def test_a_mentor_sees_what_the_link_shows_and_nobody_else_does(db, ada, ben, eve, link_of):
    link_of(ada, ben)

    assert sees(db, ben, ada) == set(WHATS)
    assert sees(db, eve, ada) == set()
    assert sees(db, ada, ben) == set()  # a link goes one way
    assert sees(db, ada, ada) == set(WHATS)
    assert links.owners_seen_by(db, ben.id, "pieces") == {ada.id, ben.id}


@pytest.mark.parametrize("ender", ["ada", "ben"])
def test_ending_acts_at_once_from_either_side(db, ada, ben, link_of, ender):
    link = link_of(ada, ben)
    person = {"ada": ada, "ben": ben}[ender]

    for moment in (MONDAY + DAY, MONDAY + 2 * DAY):
        links.end(db, person.id, link.id, at=moment)

    assert sees(db, ben, ada) == set()
    assert links.owners_seen_by(db, ben.id, "lessons") == {ben.id}
    assert (link.ended_at, link.ended_by) == (MONDAY + DAY, person.id)
    assert links.last_end(db, ada.id, ben.id) == MONDAY + DAY


def test_a_stranger_ends_no_link(db, ada, ben, eve, link_of):
    link = link_of(ada, ben)

    for foreign_or_missing in (link.id, uuid7()):
        with pytest.raises(NotFound):
            links.end(db, eve.id, foreign_or_missing, at=MONDAY)

    assert sees(db, ben, ada) == set(WHATS)


@pytest.mark.parametrize("what", WHATS)
def test_the_apprentice_chooses_what_is_shown(db, ada, ben, link_of, what):
    link = link_of(ada, ben)

    links.show(db, ada.id, link.id, **{name: name == what for name in WHATS}, at=MONDAY)

    assert sees(db, ben, ada) == {what}
    assert [person.id for person in links.mentors_who_see(db, ada.id, what)] == [ben.id]


def test_a_mentor_does_not_widen_what_is_shown(db, ada, ben, eve, link_of):
    link = link_of(ada, ben, shows_pieces=False)

    with pytest.raises(NotAllowed, match="apprentice alone"):
        links.show(db, ben.id, link.id, lessons=True, sessions=True, pieces=True, at=MONDAY)
    with pytest.raises(NotFound):
        links.show(db, eve.id, link.id, lessons=True, sessions=True, pieces=True, at=MONDAY)

    assert sees(db, ben, ada) == {"lessons", "sessions"}


def test_an_ended_link_shows_nothing_again(db, ada, ben, link_of):
    link = link_of(ada, ben)
    links.end(db, ada.id, link.id, at=MONDAY)

    with pytest.raises(Conflict):
        links.show(db, ada.id, link.id, lessons=True, sessions=True, pieces=True, at=MONDAY)

    assert sees(db, ben, ada) == set()


def test_two_people_are_linked_the_same_way_once(db, ada, ben, link_of):
    link_of(ada, ben)
    _, secret = invite(db, ada)

    with pytest.raises(Conflict, match="linked that way already"):
        invitations.accept(db, ben.id, secret, at=MONDAY)


def test_two_people_may_be_each_others_mentor(db, ada, ben, link_of):
    link_of(ada, ben)
    _, secret = invite(db, ada, "apprentice")

    invitations.accept(db, ben.id, secret, at=MONDAY)

    assert sees(db, ada, ben) == set(WHATS)
    assert [(pair.person.name, pair.is_mentor) for pair in links.active(db, ada.id)] == [("Ben", True), ("Ben", False)]


def at_once(base, *acts):
    """Run these at the same moment, each in a transaction of its own; what each returned or raised."""
    start = threading.Barrier(len(acts))

    def run(act):
        start.wait(timeout=10)
        try:
            with base.writing() as db:
                return act(db)
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_many_who_accept_at_once_one_comes_in(base, db, fresh_db, ada, ben, eve):
    _, secret = invite(db, ada)
    ids = [ben.id, eve.id, ben.id, eve.id]

    results = at_once(base, *(partial(invitations.accept, person=one, secret=secret, at=MONDAY) for one in ids))

    assert sum(isinstance(result, NotAllowed) for result in results) == 3
    assert len(fresh_db.exec(select(Link)).all()) == 1


def test_two_invitations_accepted_at_once_make_one_link(base, db, fresh_db, ada, ben):
    secrets = [invite(db, ada)[1] for _ in range(3)]

    results = at_once(base, *(partial(invitations.accept, person=ben.id, secret=one, at=MONDAY) for one in secrets))

    assert sum(isinstance(result, Conflict) for result in results) == 2
    assert len(fresh_db.exec(select(Link)).all()) == 1


def test_invitations_made_at_once_are_counted(base, db, fresh_db, ada):
    act = partial(invitations.invite, person=ada.id, role="mentor", name="", most_a_day=3, at=MONDAY)
    db.commit()

    results = at_once(base, *[act] * 6)

    assert sum(isinstance(result, Refused) for result in results) == 3
    assert len(fresh_db.exec(select(Invitation)).all()) == 3


def test_a_new_invitation_links_two_people_again(db, ada, ben, link_of):
    link = link_of(ada, ben, shows_pieces=False)
    links.end(db, ben.id, link.id, at=MONDAY + DAY)
    _, secret = invite(db, ada, at=MONDAY + 2 * DAY)

    invitations.accept(db, ben.id, secret, at=MONDAY + 3 * DAY)

    assert sees(db, ben, ada) == set(WHATS)
    assert [pair.link.id for pair in links.ended(db, ada.id)] == [link.id]
    assert links.last_end(db, ada.id, ben.id) is None


def test_ending_one_link_leaves_the_others(db, ada, ben, eve, link_of):
    link = link_of(ada, ben)
    link_of(ada, eve)
    link_of(eve, ben)

    links.end(db, ada.id, link.id, at=MONDAY)

    assert sees(db, eve, ada) == set(WHATS)
    assert sees(db, ben, eve) == set(WHATS)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("link"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("end"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("show"), st.integers(0, 2), st.integers(0, 2), st.sets(st.sampled_from(WHATS))),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_people_see_what_the_last_words_were(db, ada, ben, eve, steps):
    people, expected, at = [ada, ben, eve], {}, MONDAY
    db.rollback()

    for word, one, other, *more in steps:
        at += MINUTE
        pair = (one, other)
        if word == "link" and one != other and pair not in expected:
            _, secret = invitations.invite(db, people[one].id, "mentor", "", most_a_day=10_000, at=at)
            invitations.accept(db, people[other].id, secret, at=at)
            expected[pair] = set(WHATS)
        for found in [found for found in links.active(db, people[one].id) if found.is_mentor]:
            if found.person.id != people[other].id:
                continue
            if word == "end":
                links.end(db, people[one].id, found.link.id, at=at)
                del expected[pair]
            if word == "show":
                links.show(db, people[one].id, found.link.id, **{what: what in more[0] for what in WHATS}, at=at)
                expected[pair] = more[0]

    for one, apprentice in enumerate(people):
        for other, mentor in enumerate(people):
            if one != other:
                assert sees(db, mentor, apprentice) == expected.get((one, other), set())
