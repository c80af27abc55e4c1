"""What an apprentice held with one mentor is read by another only where she handed it on; and never written."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core.errors import Conflict, NotAllowed, NotFound
from core.ids import uuid7
from core.inbox import Notice
from mentorship import actions, handovers, links, sessions
from mentorship.actions import Promise
from mentorship.models.meetings import Handover
from mentorship.sessions import Between, Entry
from tests.times import BERLIN, DAY, HOUR, MONDAY


@pytest.fixture
def link(ada, ben, link_of):
    return link_of(ada, ben)


@pytest.fixture
def old(ada, eve, link_of):
    """Eve mentored Ada before."""
    return link_of(ada, eve)


@pytest.fixture
def held(db, library, ada):
    """`held(eve)`: what Ada held with Eve; None: alone."""

    def make(mentor, *, kind="meeting", days=-3, by=None):
        between = Between(ada.id, mentor.id if mentor else None)
        entry = Entry(MONDAY + timedelta(days=days), BERLIN, 45, notes="we heard it twice")
        session = sessions.log(db, library, (by or ada).id, kind, between, entry, at=MONDAY)
        db.commit()
        return session

    return make


def reads(db, person, *found):
    seen = []
    for session in found:
        try:
            seen.append(sessions.seen(db, person.id, session.id).id == session.id)
        except NotFound:
            seen.append(False)
    return seen


def hand(db, ada, link, *found, at=MONDAY):
    count = handovers.hand_on(db, ada.id, link.id, [session.id for session in found], at=at)
    db.commit()
    return count


def test_scope_shows_practice_studio_and_own_meetings_and_none_of_another_mentor(db, ben, eve, link, old, held):
    mine, hers = held(ben), held(eve)
    studio_with_her = held(eve, kind="studio")
    alone = [held(None, kind="practice"), held(None, kind="studio")]

    assert reads(db, ben, mine, *alone) == [True, True, True]
    assert reads(db, ben, hers, studio_with_her) == [False, False]
    assert reads(db, eve, hers, studio_with_her, mine) == [True, True, False]


def test_a_session_is_read_once_it_is_handed_on_and_not_when_taken_back(db, ada, ben, eve, link, old, held):
    first, second = held(eve), held(eve, days=-9)

    handed = hand(db, ada, link, first)
    while_handed = reads(db, ben, first, second)
    hand(db, ada, link, second)
    exchanged = reads(db, ben, first, second)
    taken_back = hand(db, ada, link)

    assert (handed, taken_back) == (1, 0)
    assert (while_handed, exchanged) == ([True, False], [False, True])
    assert reads(db, ben, first, second) == [False, False]
    assert db.exec(select(Handover)).all() == []


def test_what_is_handed_on_is_read_with_its_actions_and_never_written(db, ada, ben, eve, link, old, held):
    session = held(eve)
    action = actions.add_action(db, eve.id, session.id, Promise("Send the stems", eve.id), at=MONDAY)
    hand(db, ada, link, session)

    assert [one.text for one in actions.actions_of(db, ben.id, session)] == ["Send the stems"]
    assert not sessions.may_change(db, ben.id, session)
    with pytest.raises(NotAllowed, match="held by others"):
        sessions.to_change(db, ben.id, session.id)
    with pytest.raises(NotAllowed, match="held by others"):
        actions.finish(db, ben.id, action.id, at=MONDAY)


def test_without_the_scope_nothing_handed_on_is_read(db, ada, ben, eve, link, old, held):
    session = held(eve)
    hand(db, ada, link, session)

    links.show(db, ada.id, link.id, lessons=True, sessions=False, pieces=True, at=MONDAY)

    assert reads(db, ben, session) == [False]


@pytest.mark.parametrize(("over", "stays"), [(links.pause, True), (links.complete, False), (links.end, False)])
def test_what_is_handed_on_rests_with_the_link_and_goes_with_it(db, ada, ben, eve, link, old, held, over, stays):
    session = held(eve)
    hand(db, ada, link, session)

    over(db, ben.id, link.id, at=MONDAY + HOUR)

    assert reads(db, ben, session) == [False]
    assert bool(db.exec(select(Handover)).all()) == stays
    with pytest.raises(Conflict):
        handovers.hand_on(db, ada.id, link.id, [session.id], at=MONDAY + DAY)
    if stays:
        links.resume(db, ada.id, link.id, at=MONDAY + DAY)
        assert reads(db, ben, session) == [True]


def test_only_the_apprentice_hands_on(db, ada, ben, eve, link, old, held):
    session = held(eve)

    for mentor, of in ((ben, link), (eve, old)):
        with pytest.raises(NotAllowed, match="the apprentice alone"):
            handovers.hand_on(db, mentor.id, of.id, [session.id], at=MONDAY)
    with pytest.raises(NotFound):
        handovers.hand_on(db, eve.id, link.id, [session.id], at=MONDAY)

    assert reads(db, ben, session) == [False]


def test_only_what_she_held_with_others_can_be_handed_on(db, library, ada, ben, eve, link, old, link_of, held):
    fays = link_of(eve, ben)
    entry = Entry(MONDAY - DAY, BERLIN, 45)
    foreign = sessions.log(db, library, eve.id, "meeting", Between(eve.id, ben.id), entry, at=MONDAY)
    assert fays.user_id == eve.id
    planned, own, practice = held(eve, days=3), held(ben), held(None, kind="practice")

    for session_id in (planned.id, own.id, practice.id, foreign.id, uuid7()):
        with pytest.raises(NotFound):
            handovers.hand_on(db, ada.id, link.id, [session_id], at=MONDAY)
    assert handovers.offered(db, ada.id, ben.id) == []


def test_meetings_with_a_mentor_whose_account_is_gone_can_be_handed_on(db, ada, ben, eve, link, old, held):
    session, practice = held(eve), held(None, kind="practice")
    db.delete(eve)
    db.commit()
    db.refresh(session)
    before = reads(db, ben, session, practice)

    found = handovers.offered(db, ada.id, ben.id)
    hand(db, ada, link, session)

    assert before == [False, True]
    assert [(offer.session.id, offer.mentor) for offer in found] == [(session.id, None)]
    assert reads(db, ben, session) == [True]
    assert handovers.counts(db, ada.id, ben.id) == (1, 1)


def test_the_mentor_is_told_once_and_the_former_one_is_not(db, ada, ben, eve, link, old, held):
    first, second, third = held(eve), held(eve, days=-9), held(eve, days=-12)

    hand(db, ada, link, first, second)
    hand(db, ada, link, first, second)
    hand(db, ada, link, third)

    found = db.exec(select(Notice).order_by(Notice.id)).all()
    assert {notice.user_id for notice in found} == {ben.id}
    assert [notice.text for notice in found] == [
        "Ada handed 2 sessions with other mentors on to you.",
        "Ada handed 1 session with other mentors on to you and took back 2 sessions that you could read.",
    ]


def test_a_mentor_of_two_reads_nothing_of_the_others(db, library, ada, ben, eve, link, old, held, link_of):
    """Handed on for one pair, it is not read by way of another."""
    session = held(eve)
    other = link_of(eve, ben)
    hand(db, ada, link, session)

    links.end(db, ada.id, link.id, at=MONDAY)

    assert links.are_linked(db, eve.id, ben.id) and other.user_id == eve.id
    assert reads(db, ben, session) == [False]
