"""Signing: either first, one click, cleared by an edit, taken back for a quarter of an hour."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session

from core.errors import Refused
from mentorship import appointments, sessions, signing, states
from mentorship.models.meetings import StudioSession
from mentorship.sessions import Between, Entry
from tests.mentorship.planned import agree, propose, told
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, SECOND

LATER = MONDAY + 2 * DAY


@pytest.fixture
def pair(ada, ben, link_of):
    return link_of(ada, ben)


@pytest.fixture
def held(db, ada, ben, pair):
    """A meeting that both agreed on and Ben marked as held."""
    session = agree(db, ada, ben)
    appointments.hold(db, ben.id, session.id, at=LATER)
    db.commit()
    return session


@pytest.mark.parametrize("mentor_first", [True, False])
def test_two_signatures_in_either_order_make_it_signed(db, ada, ben, held, mentor_first):
    first, second = (ben, ada) if mentor_first else (ada, ben)

    signing.sign(db, first.id, held.id, at=LATER)
    assert states.word_of(held) == "held"
    signing.sign(db, second.id, held.id, at=LATER + HOUR)

    assert states.word_of(held) == "signed"
    assert told(db, second)[-1].endswith("It counts as signed once you sign it, too.")
    assert told(db, first)[-1].endswith("With yours it counts as signed.")


def test_a_second_click_signs_once(db, ada, ben, held):
    before = len(told(db, ben))

    for moment in (LATER, LATER + HOUR):
        signing.sign(db, ada.id, held.id, at=moment)

    assert held.signed_at == LATER
    assert len(told(db, ben)) == before + 1


def test_a_meeting_logged_afterwards_is_signed_as_well(db, library, ada, ben, pair):
    entry = Entry(MONDAY - HOUR, BERLIN, 45)
    session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)

    signing.sign(db, ben.id, session.id, at=MONDAY)

    assert session.mentor_signed_at == MONDAY


def test_a_cancelled_meeting_takes_no_signature(db, ada, ben, pair):
    session = agree(db, ada, ben)
    appointments.cancel(db, ben.id, session.id, "Ill", at=MONDAY)

    with pytest.raises(Refused, match="was cancelled, so there is nothing to sign"):
        signing.sign(db, ada.id, session.id, at=LATER)

    assert session.signed_at is None


def test_neither_does_a_missed_one_nor_one_that_was_not_held(db, ada, ben, pair):
    session = propose(db, ada, ben)
    with pytest.raises(Refused, match="not marked as held yet"):
        signing.sign(db, ada.id, session.id, at=LATER)
    appointments.confirm(db, ben.id, session.id, session.starts_at, at=MONDAY)
    with pytest.raises(Refused, match="not marked as held yet"):
        signing.sign(db, ada.id, session.id, at=LATER)
    appointments.miss(db, ben.id, session.id, at=LATER)
    with pytest.raises(Refused, match="was missed"):
        signing.sign(db, ada.id, session.id, at=LATER)


def test_practice_and_studio_work_need_no_signature(db, library, ada, ben, pair):
    for kind, mentor in [("practice", None), ("studio", None), ("studio", ben.id)]:
        entry = Entry(MONDAY - HOUR, BERLIN, 45)
        session = sessions.log(db, library, ada.id, kind, Between(ada.id, mentor), entry, at=MONDAY)
        with pytest.raises(Refused, match="Only meetings are signed"):
            signing.sign(db, ada.id, session.id, at=MONDAY)


def test_where_the_mentors_account_is_gone_nothing_is_left_to_sign(db, ada, held):
    held.mentor_id = None

    with pytest.raises(Refused, match="account is gone"):
        signing.sign(db, ada.id, held.id, at=LATER)


def test_a_signature_is_taken_back_within_a_quarter_of_an_hour(db, ada, ben, held):
    signing.sign(db, ben.id, held.id, at=LATER)
    signing.sign(db, ada.id, held.id, at=LATER)

    with pytest.raises(Refused, match="for 15 minutes"):
        signing.unsign(db, ada.id, held.id, at=LATER + 15 * MINUTE)
    for _ in range(2):
        signing.unsign(db, ada.id, held.id, at=LATER + 15 * MINUTE - SECOND)

    assert (held.signed_at, held.mentor_signed_at) == (None, LATER)
    assert told(db, ben)[-1] == "Ada took their signature of the meeting of Tuesday 24 November 2026, 12:00 back."


def test_an_edit_clears_both_signatures_and_says_so(db, ada, ben, held):
    assert not signing.clear(db, held, ada.id, at=LATER)
    for person in (ada, ben):
        signing.sign(db, person.id, held.id, at=LATER)
    before = len(told(db, ada))

    assert signing.clear(db, held, ada.id, at=LATER)

    assert (held.signed_at, held.mentor_signed_at) == (None, None)
    assert states.word_of(held) == "held"
    assert "Ada changed the meeting of Tuesday 24 November 2026, 12:00, so it is no longer signed" in told(db, ben)[-1]
    assert len(told(db, ada)) == before


def test_both_sign_in_the_same_moment(base, db, fresh_db, ada, ben, held):
    ready = threading.Barrier(2)

    def act(person_id):
        ready.wait()
        with Session(base.writer) as own:
            signing.sign(own, person_id, held.id, at=LATER)
            own.commit()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(act, person.id) for person in (ada, ben)]:
            done.result()

    kept = fresh_db.get(StudioSession, (ada.id, held.id))
    assert states.word_of(kept) == "signed"
    assert sum("counts as signed" in text for text in told(fresh_db, ada) + told(fresh_db, ben)) == 2
