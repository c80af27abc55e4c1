"""Agreeing on a meeting: who proposes, who says yes, what each step tells the other one, and what is refused."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.inbox import Notice
from mentorship import appointments, links, sessions, signing, states
from mentorship.models.meetings import StudioSession
from mentorship.planning import Plan
from mentorship.sessions import Between
from tests.mentorship.planned import agree, propose, times, told
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, SECOND

LATER = MONDAY + 2 * DAY


@pytest.fixture
def pair(ada, ben, link_of):
    return link_of(ada, ben)


# -- proposing and saying yes --------------------------------------------------------------------------------


def test_what_one_proposes_the_other_confirms(db, ada, ben, pair):
    session = propose(db, ada, ben, title="Mix of Night bus", mode="remote", place="https://meet.example/42")
    assert states.word_of(session) == "proposed"

    appointments.confirm(db, ben.id, session.id, session.starts_at, at=MONDAY + HOUR)

    assert (states.word_of(session), session.confirmed_at) == ("confirmed", MONDAY + HOUR)
    assert told(db, ben) == [
        "Ada proposes a meeting: Tuesday 24 November 2026, 12:00, 13:00 for Ada. It waits for your yes."
    ]
    assert told(db, ada) == ["Ben said yes to your meeting: Tuesday 24 November 2026, 13:00, 12:00 for Ben."]


def test_a_notice_leads_to_its_session_and_belongs_to_its_thread(db, ada, ben, pair):
    session = propose(db, ada, ben)

    notice = db.exec(select(Notice)).one()

    assert (notice.kind, notice.path) == ("session", f"/sessions/{session.id}")
    assert notice.thread == f"session:{session.id}"


@pytest.mark.parametrize("by_mentor", [True, False])
def test_nobody_says_yes_to_their_own_proposal(db, ada, ben, pair, by_mentor):
    proposer, other = (ben, ada) if by_mentor else (ada, ben)
    session = propose(db, ada, ben, by=proposer)

    with pytest.raises(Refused, match=f"waits for {other.name}'s yes"):
        appointments.confirm(db, proposer.id, session.id, session.starts_at, at=MONDAY)

    assert session.confirmed_at is None


def test_one_of_several_times_is_chosen(db, ada, ben, pair):
    session = propose(db, ada, ben, LATER, LATER + HOUR)
    assert "or 2 other times" in told(db, ben)[0]

    appointments.confirm(db, ben.id, session.id, LATER, at=MONDAY)

    assert (session.starts_at, session.other_times) == (LATER, [])


def test_a_time_that_was_never_offered_is_not_confirmed(db, ada, ben, pair):
    session = propose(db, ada, ben, LATER)

    with pytest.raises(Conflict, match="changed meanwhile"):
        appointments.confirm(db, ben.id, session.id, LATER + HOUR, at=MONDAY)


def test_a_second_click_on_yes_is_no_error_and_tells_nobody_again(db, ada, ben, pair):
    session = agree(db, ada, ben)
    sequence = session.sequence

    appointments.confirm(db, ben.id, session.id, session.starts_at, at=MONDAY + MINUTE)

    assert (session.sequence, session.confirmed_at) == (sequence, MONDAY)
    assert len(told(db, ada)) == 1


def test_a_yes_to_a_time_that_is_over_is_refused(db, ada, ben, pair):
    session = propose(db, ada, ben)

    with pytest.raises(Refused, match="over already, so it cannot be confirmed"):
        appointments.confirm(db, ben.id, session.id, session.starts_at, at=session.starts_at)


def test_other_times_go_back_and_forth_until_one_suits_both(db, ada, ben, pair):
    session = propose(db, ada, ben)

    appointments.move(db, ben.id, session.id, times(LATER, LATER + HOUR), seen=0, at=MONDAY)

    assert (states.word_of(session), session.asked_by, session.starts_at) == ("proposed", ben.id, LATER)
    assert "Ben proposes another time for your meeting: Wednesday 25 November 2026, 13:00" in told(db, ada)[0]
    with pytest.raises(Refused, match="waits for Ada's yes"):
        appointments.confirm(db, ben.id, session.id, LATER, at=MONDAY)
    appointments.confirm(db, ada.id, session.id, LATER + HOUR, at=MONDAY)
    assert (states.word_of(session), session.starts_at) == ("confirmed", LATER + HOUR)


def test_a_moved_meeting_waits_for_a_yes_again(db, ada, ben, pair):
    session = agree(db, ada, ben)
    before = session.sequence

    appointments.move(db, ben.id, session.id, times(LATER), seen=before, at=MONDAY)

    assert (states.word_of(session), session.asked_by, session.sequence) == ("proposed", ben.id, before + 1)
    assert told(db, ada)[-1] == (
        "Ben asks to move your meeting to Wednesday 25 November 2026, 13:00, 12:00 for Ben "
        "(so far Tuesday 24 November 2026, 13:00). It waits for your yes."
    )
    with pytest.raises(Refused, match="not marked as held yet"):
        signing.sign(db, ada.id, session.id, at=MONDAY)


def test_who_moves_a_meeting_that_was_changed_meanwhile_is_told(db, ada, ben, pair):
    session = agree(db, ada, ben)
    seen = session.sequence
    appointments.move(db, ben.id, session.id, times(LATER), seen=seen, at=MONDAY)

    appointments.move(db, ben.id, session.id, times(LATER), seen=seen, at=MONDAY)  # a second click
    with pytest.raises(Conflict, match="changed this meanwhile"):
        appointments.move(db, ada.id, session.id, times(LATER + HOUR), seen=seen, at=MONDAY)

    assert session.starts_at == LATER
    assert len(told(db, ada)) == 2


# -- calling off ---------------------------------------------------------------------------------------------


def test_cancelling_says_by_whom_and_why(db, ada, ben, pair):
    session = agree(db, ada, ben)

    for _ in range(2):
        appointments.cancel(db, ben.id, session.id, "I am ill,\nsorry; next week?", at=MONDAY)

    assert (states.word_of(session), session.cancelled_by) == ("cancelled", ben.id)
    assert session.cancel_reason == "I am ill, sorry; next week?"
    assert told(db, ada)[1:] == [
        "Ben cancelled your meeting of Tuesday 24 November 2026, 13:00, 12:00 for Ben: I am ill, sorry; next week?"
    ]


def test_a_meeting_is_not_cancelled_without_a_word(db, ada, ben, pair):
    session = propose(db, ada, ben)

    with pytest.raises(Refused) as refusal:
        appointments.cancel(db, ben.id, session.id, " \n ", at=MONDAY)

    assert refusal.value.field == "reason"
    own = propose(db, ada, starts_at=LATER)
    appointments.cancel(db, ada.id, own.id, "", at=MONDAY)
    assert states.word_of(own) == "cancelled"


def test_what_was_cancelled_is_neither_confirmed_nor_moved_nor_held(db, ada, ben, pair):
    session = propose(db, ada, ben)
    appointments.cancel(db, ada.id, session.id, "Ill", at=MONDAY)
    over = session.starts_at + HOUR

    for step in (
        lambda: appointments.confirm(db, ben.id, session.id, session.starts_at, at=MONDAY),
        lambda: appointments.move(db, ben.id, session.id, times(LATER), seen=session.sequence, at=MONDAY),
        lambda: appointments.miss(db, ben.id, session.id, at=over),
    ):
        with pytest.raises(Conflict, match="is cancelled by now"):
            step()
    with pytest.raises(Refused, match="was cancelled, so it cannot be marked as held"):
        appointments.hold(db, ben.id, session.id, at=over)


def test_a_missed_meeting_was_confirmed_and_has_begun(db, ada, ben, pair):
    session = propose(db, ada, ben)
    with pytest.raises(Refused, match="Nobody said yes"):
        appointments.miss(db, ben.id, session.id, at=LATER)
    appointments.confirm(db, ben.id, session.id, session.starts_at, at=MONDAY)
    with pytest.raises(Refused, match="not begun yet"):
        appointments.miss(db, ben.id, session.id, at=session.starts_at - SECOND)

    for _ in range(2):
        appointments.miss(db, ben.id, session.id, at=session.starts_at)

    assert (states.word_of(session), session.missed_by) == ("missed", ben.id)
    assert told(db, ada)[-1] == "Ben marked your meeting of Tuesday 24 November 2026, 13:00, 12:00 for Ben as missed."
    assert len(told(db, ada)) == 2


def test_a_missed_meeting_was_held_after_all(db, ada, ben, pair):
    session = agree(db, ada, ben)
    appointments.miss(db, ben.id, session.id, at=LATER)

    appointments.hold(db, ada.id, session.id, at=LATER + DAY)

    assert (states.word_of(session), session.missed_by) == ("held", None)


def test_what_was_held_says_how_long_it_took(db, ada, ben, pair):
    session = agree(db, ada, ben)

    for wrong in (0, 1441):
        with pytest.raises(Refused, match="between 1 and 1440"):
            appointments.hold(db, ada.id, session.id, real_minutes=wrong, at=LATER)
    appointments.hold(db, ada.id, session.id, real_minutes=70, at=LATER)

    assert (session.minutes, session.real_minutes) == (45, 70)
    assert sessions.end_of(session) == session.starts_at + 70 * MINUTE
    assert "as held. Sign it" in told(db, ben)[-1]


def test_what_took_as_long_as_planned_says_nothing_more(db, ada, ben, pair):
    session = agree(db, ada, ben)

    appointments.hold(db, ada.id, session.id, real_minutes=45, at=LATER)

    assert session.real_minutes is None


# -- taking back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["cancelled", "missed", "held"])
def test_who_ended_it_takes_that_back_within_a_quarter_of_an_hour(db, ada, ben, pair, step):
    session = agree(db, ada, ben)
    _end(db, session, ben, step)

    with pytest.raises(Refused, match="Only who did this"):
        appointments.undo(db, ada.id, session.id, at=LATER)
    with pytest.raises(Refused, match=f"{step} can be taken back for 15 minutes"):
        appointments.undo(db, ben.id, session.id, at=LATER + 15 * MINUTE)
    for _ in range(2):
        appointments.undo(db, ben.id, session.id, at=LATER + 15 * MINUTE - SECOND)

    assert (states.word_of(session), session.starts_at) == ("confirmed", MONDAY + DAY)
    assert told(db, ada)[-1].startswith("Ben took it back that your meeting of Tuesday 24 November")
    assert len(told(db, ada)) == 3  # one yes, one end, one taken back


def test_what_is_signed_stays_held(db, ada, ben, pair):
    session = agree(db, ada, ben)
    appointments.hold(db, ben.id, session.id, at=LATER)
    signing.sign(db, ada.id, session.id, at=LATER)

    with pytest.raises(Refused, match="signed already, so it stays held"):
        appointments.undo(db, ben.id, session.id, at=LATER)


def _end(db, session, person, step):
    if step == "cancelled":
        appointments.cancel(db, person.id, session.id, "Ill", at=LATER)
    else:
        {"missed": appointments.miss, "held": appointments.hold}[step](db, person.id, session.id, at=LATER)


# -- times that cannot be ------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [timedelta(0), -SECOND, -DAY, -400 * DAY])
def test_a_time_that_is_over_is_not_proposed(db, ada, ben, pair, away):
    with pytest.raises(Refused, match="over already") as refusal:
        propose(db, ada, ben, starts_at=MONDAY + away)
    assert refusal.value.field == "day"
    with pytest.raises(Refused, match="over already") as refusal:
        propose(db, ada, ben, MONDAY + away)
    assert refusal.value.field == "further"


def test_a_meeting_in_three_years_is_not_proposed(db, ada, ben, pair):
    for further in ((), (MONDAY + 1000 * DAY,)):
        with pytest.raises(Refused, match="two years ahead"):
            propose(db, ada, ben, *further, starts_at=MONDAY + 1000 * DAY if not further else MONDAY + DAY)


def test_the_times_to_choose_from_are_few_and_differ(db, ada, ben, pair):
    with pytest.raises(Refused, match="Up to 3 further"):
        propose(db, ada, ben, *(LATER + n * HOUR for n in range(4)))
    with pytest.raises(Refused, match="are the same"):
        propose(db, ada, ben, LATER, LATER)


@pytest.mark.parametrize(("away", "clashes"), [(-45, False), (-44, True), (0, True), (44, True), (45, False)])
def test_what_overlaps_is_planned_only_all_the_same(db, ada, ben, eve, pair, link_of, away, clashes):
    link_of(eve, ben)
    propose(db, ada, ben, title="Listening")

    def second(**more):
        return propose(db, eve, ben, by=ben, starts_at=MONDAY + DAY + away * MINUTE, **more)

    if clashes:
        with pytest.raises(Refused, match=r"You have Listening on Tuesday 24 November 2026, 13:00") as refusal:
            second()
        assert refusal.value.field == "anyway"
    assert second(anyway=clashes).asked_by == ben.id


def test_a_cancelled_or_foreign_session_is_in_nobodys_way(db, ada, ben, eve, pair, link_of):
    link_of(eve, ben)
    session = propose(db, ada, ben)
    other = propose(db, eve, ben, by=eve)  # Eve is not told what Ben has at that time
    appointments.cancel(db, ada.id, session.id, "Ill", at=MONDAY)
    appointments.cancel(db, eve.id, other.id, "Ill", at=MONDAY)

    assert propose(db, ada, ben, by=ben).asked_by == ben.id


def test_a_meeting_is_not_in_its_own_way(db, ada, ben, pair):
    session = propose(db, ada, ben)

    appointments.move(db, ada.id, session.id, times(session.starts_at + 15 * MINUTE), seen=0, at=MONDAY)

    assert session.starts_at == MONDAY + DAY + 15 * MINUTE


def test_a_title_stays_on_one_line(db, ada, ben, pair):
    session = propose(db, ada, ben, title="Mix;\r\nthen:\tmaster,\x0bDTSTART:x\u2028y", place=" a\nb ")

    assert session.title == "Mix; then: master, DTSTART:x y"
    assert session.place == "a b"


# -- the link ------------------------------------------------------------------------------------------------


def test_the_end_of_a_link_cancels_what_was_planned_for_good(db, ada, ben, pair):
    proposed, confirmed = propose(db, ada, ben), agree(db, ada, ben, starts_at=LATER)
    held = agree(db, ada, ben, starts_at=LATER + DAY)
    appointments.hold(db, ada.id, held.id, at=LATER + 2 * DAY)

    before = confirmed.sequence

    links.end(db, ben.id, pair.id, at=MONDAY)

    gone = [proposed, confirmed]
    assert {states.word_of(one) for one in gone} == {"cancelled"}
    assert (confirmed.cancelled_by, confirmed.sequence) == (ben.id, before + 1)
    assert told(db, ada)[-1].endswith("The 2 sessions that you had planned are cancelled.")
    assert {one.cancel_reason for one in gone} == {"The link ended."}
    assert states.word_of(held) == "held"
    assert sessions.planned(db, ada.id) == []


def test_a_completed_link_cancels_what_was_planned_and_a_new_one_does_not_bring_it_back(db, ada, ben, pair, link_of):
    session = propose(db, ada, ben)

    links.complete(db, ada.id, pair.id, at=MONDAY)
    db.commit()
    link_of(ada, ben)

    assert (states.word_of(session), session.cancel_reason) == ("cancelled", "The link was completed.")
    assert sessions.planned(db, ada.id) == []


def test_while_a_link_is_paused_what_is_planned_stands_still(db, ada, ben, pair):
    session = propose(db, ada, ben)
    pair.paused_at = MONDAY
    db.commit()

    assert [row.word for row in sessions.planned(db, ada.id)] == ["paused"]
    assert sessions.planned(db, ben.id) == []
    assert sessions.next_meeting(db, ada.id, MONDAY) is None
    with pytest.raises(NotAllowed, match="paused"):
        appointments.cancel(db, ada.id, session.id, "Ill", at=MONDAY)
    pair.paused_at = None
    db.commit()
    assert [row.word for row in sessions.planned(db, ben.id)] == ["proposed"]


def test_from_the_tab_of_an_ended_link_nothing_is_done(db, ada, ben, pair):
    session = agree(db, ada, ben)
    links.end(db, ben.id, pair.id, at=MONDAY)
    db.commit()

    with pytest.raises(Refused, match="linked with now"):
        propose(db, ada, ben)
    for step in _every_step(db, session):
        with pytest.raises(NotAllowed, match="Ben is no longer your mentor"):
            step(ada)
        with pytest.raises(NotFound):
            step(ben)


def test_a_stranger_finds_nothing(db, ada, ben, eve, pair):
    session = agree(db, ada, ben)

    for step in _every_step(db, session):
        with pytest.raises(NotFound):
            step(eve)


def _every_step(db, session):
    of, at = session.id, LATER
    return [
        lambda person: appointments.confirm(db, person.id, of, session.starts_at, at=at),
        lambda person: appointments.move(db, person.id, of, times(LATER), seen=session.sequence, at=at),
        lambda person: appointments.cancel(db, person.id, of, "Ill", at=at),
        lambda person: appointments.miss(db, person.id, of, at=at),
        lambda person: appointments.hold(db, person.id, of, at=at),
        lambda person: appointments.undo(db, person.id, of, at=at),
        lambda person: signing.sign(db, person.id, of, at=at),
        lambda person: signing.unsign(db, person.id, of, at=at),
    ]


# -- at once -------------------------------------------------------------------------------------------------


def test_of_a_yes_and_a_no_at_once_one_truth_stays(base, db, fresh_db, ada, ben, pair):
    """Whichever comes first: the no holds, and both were told of what happened, once."""
    for round_number in range(4):
        session = propose(db, ada, ben, starts_at=LATER + round_number * DAY)
        ready = threading.Barrier(2)

        def act(step, ready=ready):
            ready.wait()
            with Session(base.writer) as own:
                try:
                    step(own)
                    own.commit()
                    return True
                except Conflict:
                    return False

        starts_at = session.starts_at
        with ThreadPoolExecutor(2) as pool:
            yes = pool.submit(
                act, lambda own, of=session.id, on=starts_at: appointments.confirm(own, ben.id, of, on, at=MONDAY)
            )
            no = pool.submit(act, lambda own, of=session.id: appointments.cancel(own, ada.id, of, "Ill", at=MONDAY))
        assert no.result()

        fresh_db.rollback()
        kept = fresh_db.get(StudioSession, (ada.id, session.id))
        assert states.word_of(kept) == "cancelled"
        assert kept.sequence == 1 + yes.result()
        assert (kept.confirmed_at is not None) == yes.result()


# -- always --------------------------------------------------------------------------------------------------

STEPS = ["confirm", "choose", "move", "cancel", "miss", "hold", "undo", "sign", "sign", "unsign"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    st.sampled_from(["proposed", "confirmed", "held", "signed"]),
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(STEPS), st.sampled_from([0, 1, 14, 15, 60, 1500])),
        min_size=3,
        max_size=25,
    ),
)
def test_whatever_two_people_do_a_session_has_one_state_that_makes_sense(db, ada, ben, pair, begins, walk):
    at = MONDAY
    between = Between(ada.id, ben.id)
    plan = Plan(times(MONDAY + DAY, MONDAY + 2 * DAY))
    session = appointments.propose(db, ada.id, between, plan, anyway=True, at=at)
    if begins != "proposed":
        appointments.confirm(db, ben.id, session.id, session.starts_at, at=at)
    if begins in ("held", "signed"):
        at += 2 * DAY
        appointments.hold(db, ada.id, session.id, at=at)
    for person in (ada, ben) if begins == "signed" else ():
        signing.sign(db, person.id, session.id, at=at)
    sequence = session.sequence
    for is_bens, step, minutes in walk:
        at += minutes * MINUTE
        person = ben if is_bens else ada
        asked = session.asked_by
        was_confirmed = session.confirmed_at is not None
        try:
            _take(db, person, session, step, at)
        except Refused:
            pass
        else:
            if session.confirmed_at is not None and not was_confirmed:
                assert asked != person.id
        db.flush()
        _makes_sense(session, sequence)
        sequence = session.sequence
        event(states.word_of(session))
    db.rollback()


def _take(db, person, session, step, at):
    who, of = person.id, session.id
    match step:
        case "confirm":
            appointments.confirm(db, who, of, session.starts_at, at=at)
        case "choose":
            last = [session.starts_at, *session.other_times][-1]
            appointments.confirm(db, who, of, _moment(last), at=at)
        case "move":
            new = times(at + DAY, at + 2 * DAY)
            appointments.move(db, who, of, new, seen=session.sequence, anyway=True, at=at)
        case "cancel":
            appointments.cancel(db, who, of, "No", at=at)
        case "miss":
            appointments.miss(db, who, of, at=at)
        case "hold":
            appointments.hold(db, who, of, at=at)
        case "undo":
            appointments.undo(db, who, of, at=at)
        case "sign":
            signing.sign(db, who, of, at=at)
        case "unsign":
            signing.unsign(db, who, of, at=at)


def _moment(written):
    return datetime.fromisoformat(written) if isinstance(written, str) else written


def _makes_sense(session, sequence):
    ends = [session.cancelled_at, session.missed_at, session.held_at]
    assert sum(end is not None for end in ends) <= 1
    word = states.word_of(session)
    assert word in ("proposed", "confirmed", "held", "signed", "cancelled", "missed")
    assert sequence <= session.sequence
    if session.signed_at or session.mentor_signed_at:
        assert session.held_at is not None
    if word == "signed":
        assert session.held_at and session.signed_at and session.mentor_signed_at
    if word == "confirmed":
        assert session.other_times == []
    assert session.zone == BERLIN
