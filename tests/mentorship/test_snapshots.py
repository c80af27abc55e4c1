"""What the meter, the mentors and the cards say of a milestone, and what a sign-off keeps of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from core.accounts import User
from core.errors import InvalidForm
from core.ids import uuid7
from curriculum.content import Library, Milestone
from mentorship import criteria, milestone_page, milestones, sign_offs
from mentorship.criteria import Criterion
from mentorship.models.meetings import StudioSession
from mentorship.models.milestones import MilestoneEvent
from mentorship.models.people import Link
from mentorship.models.pieces import Feedback, Measurement, Piece, Version
from mentorship.models.remarks import Remark, RemarkStep
from tests.mentorship.test_milestones import remembered
from tests.times import DAY, HOUR, MONDAY

WHY = "It is what I have."
LOUD = {"integrated": -6.8, "true_peak": -1.2, "sample_peak": -1.5, "correlation": 0.4, "range": 6.1, "seconds": 72.48}
METER = "woodshed 1"


@pytest.fixture(autouse=True)
def mentored(link_of: Callable[..., Link], ada: User, ben: User) -> Link:
    return link_of(ada, ben)


@pytest.fixture
def master(library: Library) -> Milestone:
    return library.milestones["streaming-master"]


@pytest.fixture
def measure(db: Session) -> Callable[..., None]:
    """`measure(version, integrated=-9.0)`: the meter is through with it."""

    def keep(version: Version, state: str = "ready", **figures: Any) -> None:
        row = db.get(Measurement, (version.user_id, version.id)) or Measurement(
            user_id=version.user_id, version_id=version.id, state=state, asked_at=MONDAY
        )
        row.state, row.meter = state, METER if state == "ready" else ""
        row.figures = LOUD | figures if state == "ready" else {}
        row.measured_at = MONDAY if state == "ready" else None
        db.add(row)
        db.flush()

    return keep


@pytest.fixture
def masters(db: Session, ada: User, master: Milestone, make_version: Callable[..., Version]) -> list[Version]:
    """A version for each of the two masters."""
    made = [make_version(ada) for _ in range(2)]
    for item, version in zip(("master-24", "master-16"), made, strict=True):
        milestones.link(db, ada.id, master, item, version.id, at=MONDAY)
    return made


def look(db: Session, library: Library, owner: User, milestone: Milestone) -> dict[str, Criterion]:
    found = criteria.of(milestone, criteria.record(db, library, owner.id, at=MONDAY))
    return {criterion.id: criterion for criterion in found}


def hand_in(db: Session, library: Library, owner: User, milestone: Milestone, **reasons: str) -> MilestoneEvent:
    """Every box ticked, and a reason for all that is counted and not met; others: for the targets named."""
    asked = look(db, library, owner, milestone).values()
    words = {one.id: WHY for one in asked if one.wants_reason and not one.is_target}
    words |= {f"target-{name.replace('_', '-')}": reason for name, reason in reasons.items()}
    return milestones.submit(db, library, owner, milestone, [one.id for one in asked], words, at=MONDAY)


def kept(db: Session, owner: User, milestone: Milestone) -> dict[str, Any]:
    return milestones.history(db, owner.id, milestone.slug)[-1].kept


# -- measured targets ----------------------------------------------------------------------------------------


def test_what_is_measured_and_met_needs_nothing_and_what_is_missed_one_reason(
    db, library, ada, master, masters, measure
):
    measure(masters[0])
    measure(masters[1], integrated=-9.0)
    found = look(db, library, ada, master)

    assert [found[f"target-{one}"].state for one in ("true-peak", "correlation", "range")] == ["met"] * 3
    missed = found["target-loudness"]
    assert (missed.state, missed.is_measured, missed.wants_reason) == ("not met", True, True)
    assert "−6.8 LUFS, 1.2 LU louder than the target window" in missed.note

    with pytest.raises(InvalidForm) as refused:
        hand_in(db, library, ada, master)
    assert list(refused.value.errors) == ["reasons.target-loudness"]

    handed_in = hand_in(db, library, ada, master, loudness="The genre is that loud.")
    by_id = {one.id: one for one in criteria.from_kept(handed_in.kept)}
    assert by_id["target-loudness"].reason == "The genre is that loud."
    assert [one["value"] for one in by_id["target-loudness"].figures] == [-6.8, -9.0]


@pytest.mark.parametrize("state", ["waiting", "measuring", "failed"])
def test_what_is_not_measured_yet_is_the_learners_word(db, library, ada, master, masters, measure, state):
    for version in masters:
        measure(version, state)
    found = look(db, library, ada, master)["target-loudness"]

    assert (found.state, found.is_word) == ("to check", True)
    assert criteria.from_kept(hand_in(db, library, ada, master).kept)[-1].state == "checked"


def test_figures_that_come_after_the_handing_in_stand_in_the_sign_off(
    db, fresh_db, library, ada, ben, master, masters, measure
):
    handed_in = hand_in(db, library, ada, master)
    for version in masters:
        measure(version)

    shown = {one.id: one for one in milestone_page.seen_by_mentor(db, ada.id, master).criteria}
    assert "checked by ear before it was measured" in shown["target-loudness"].note
    sign_offs.verify(db, ben, ada.id, master, handed_in.id, 3, "", at=MONDAY + HOUR)
    db.commit()

    by_id = {one.id: one for one in criteria.from_kept(kept(fresh_db, ada, master))}
    assert (by_id["target-loudness"].state, by_id["target-true-peak"].state) == ("not met", "met")
    assert by_id["target-clicks"].state == "checked"


def test_correlation_must_hold_for_most_of_the_time(db, library, ada, make_version, measure):
    balance = library.milestones["balance-mix"]
    version = make_version(ada)
    milestones.link(db, ada.id, balance, "mix", version.id, at=MONDAY)
    measure(version)
    row = db.get(Measurement, (ada.id, version.id))
    row.curves = {"correlation": {"step": 0.1, "values": [0.5] * 9 + [-0.5]}}
    db.flush()

    found = look(db, library, ada, balance)["target-correlation"]

    assert found.state == "not met"
    assert "90 % of the time; 95 % is asked for" in found.note


# -- other kinds of criteria ---------------------------------------------------------------------------------


def test_an_approved_version_is_asked_for_where_the_file_says_so(db, library, ada, ben, make_version):
    mix, version = library.milestones["full-mix"], make_version(ada)
    milestones.link(db, ada.id, mix, "mix-v2", version.id, at=MONDAY)
    assert look(db, library, ada, mix)["evidence-mix-v2"].note == "not approved in a review yet"

    def judge(verdict: str, days: int, **more: Any) -> bool:
        moment = MONDAY + days * DAY
        values = {"asked_at": moment, "given_at": moment, "verdict": verdict} | more
        db.add(Feedback(user_id=ada.id, id=uuid7(), version_id=version.id, from_id=ben.id, from_name="Ben", **values))
        db.flush()
        return look(db, library, ada, mix)["evidence-mix-v2"].is_met

    assert not judge("approved", 0, given_at=None)
    assert judge("approved", 1)
    assert not judge("changes", 2)
    assert judge("approved", 3)
    assert judge("changes", 4, withdrawn_at=MONDAY + 5 * DAY)


def test_sessions_and_hours_that_served_a_milestone_are_counted(db, library, ada, ben):
    take = replace(library.milestones["recorded-performance"], sessions=2, hours=2.5)

    def hold(minutes: int, *slugs: str, **more: Any) -> dict[str, Criterion]:
        row = StudioSession(
            user_id=ada.id, id=uuid7(), kind="studio", starts_at=MONDAY, zone="UTC", minutes=minutes, logged_by=ada.id,
            logged_at=MONDAY, milestones=list(slugs), **{"held_at": MONDAY} | more,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return look(db, library, ada, take)

    hold(90, "first-beat")
    hold(90, take.slug, held_at=None)
    hold(90, take.slug, cancelled_at=MONDAY)
    found = hold(90, take.slug, "first-beat")
    assert (found["sessions"].note, found["hours"].note) == ("1 of 2", "1 h 30 min so far")
    found = hold(30, take.slug, real_minutes=60)
    assert (found["sessions"].is_met, found["hours"].is_met) == (True, True)


def test_cards_must_be_begun_and_remembered(db, library, ada):
    beat = library.milestones["first-beat"]
    cards = [card for slug in beat.lessons if slug in library.lessons for card in library.lessons[slug].cards]
    assert look(db, library, ada, beat)["recall"].note == f"none of {len(cards)} cards begun"

    for card in cards[:3]:
        db.add(remembered(ada, card, stability=50.0))
    db.flush()
    assert "begin half of them first" in look(db, library, ada, beat)["recall"].note

    for card in cards[3:]:
        db.add(remembered(ada, card, stability=50.0, days=1))
    db.flush()
    assert look(db, library, ada, beat)["recall"].is_met


def test_a_reached_milestone_whose_cards_faded_needs_a_refresh_and_keeps_its_mark(db, library, ada, ben):
    beat = library.milestones["first-beat"]
    cards = [card for slug in beat.lessons if slug in library.lessons for card in library.lessons[slug].cards]
    for card in cards:
        db.add(remembered(ada, card, stability=2.0 if card is not cards[0] else 4000.0, days=60))
    handed_in = hand_in(db, library, ada, beat)
    before = milestones.overview(db, library, ada.id, at=MONDAY)[0]
    sign_offs.verify(db, ben, ada.id, beat, handed_in.id, 3, "", at=MONDAY)

    row = milestones.overview(db, library, ada.id, at=MONDAY)[0]
    page = milestone_page.own(db, library, ada.id, beat, at=MONDAY)

    assert before.faded == ()
    assert (row.state, set(row.faded)) == ("verified", {card.id for card in cards[1:]})
    assert page.refresh.cards == row.faded
    assert page.refresh.known < page.refresh.wanted == 80


# -- what is kept --------------------------------------------------------------------------------------------


def test_a_sign_off_keeps_figures_the_meter_remarks_and_sessions(
    db, fresh_db, library, ada, ben, master, masters, measure, make_version
):
    first = masters[0]
    piece = db.get(Piece, (ada.id, first.piece_id))
    second = make_version(ada, piece=piece)
    milestones.link(db, ada.id, master, "master-24", second.id, at=MONDAY)
    for version in (second, masters[1]):
        measure(version, integrated=-9.0)
    remark(db, ada, ben, first, "fixed", "yes")
    remark(db, ada, ben, first, "fixed", "not yet")
    remark(db, ada, ben, second)
    remark(db, ada, ben, second, "dropped")
    remark(db, ada, ben, second, kind="praise")
    remark(db, ada, ben, second, removed_at=MONDAY)
    handed_in = hand_in(db, library, ada, master)
    sign_offs.verify(db, ben, ada.id, master, handed_in.id, 3, "", at=MONDAY + HOUR)
    db.commit()
    measure(second, integrated=-30.0)

    snapshot = kept(fresh_db, ada, master)
    file = next(row for row in snapshot["evidence"] if row["item"] == "master-24")
    assert (file["number"], file["sha256"], file["size"]) == (2, second.sha256, 1000)
    assert (file["measures"]["figures"]["integrated"], file["measures"]["meter"]) == (-9.0, METER)
    assert file["remarks"] == {"open": 2, "fixed": 1}
    assert snapshot["sessions"] == {"count": 0, "minutes": 0, "signed": 0}
    signed = {one.number: one for one in milestone_page.own(db, library, ada.id, master, at=MONDAY).page.signed}
    assert signed[2].figures == "−9.0 LUFS · 6.1 LU · −1.2 dBTP · +0.40 · 1:12.480 · woodshed 1"
    assert signed[2].remarks == "1 fixed, 2 open"


def remark(db: Session, owner: User, by: User, version: Version, *steps: str, **more: Any) -> None:
    row = Remark(
        user_id=owner.id, id=uuid7(), version_id=version.id, by_id=by.id, by_name=by.name, start_ms=0, text="Down.",
        at=MONDAY, **{"kind": "fix"} | more,
    )  # fmt: skip
    db.add(row)
    db.flush()
    for place, kind in enumerate(steps):
        step = {"user_id": owner.id, "remark_id": row.id, "by_id": by.id, "by_name": by.name}
        db.add(RemarkStep(id=uuid7(), kind=kind, at=MONDAY + place * HOUR, **step))
    db.flush()


# -- one click -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("own", "level"), [(None, 3), (2, 3), (4, 4)])
def test_one_click_verifies_at_the_learners_own_level_from_three_on(db, library, ada, master, own, level):
    if own:
        milestones.assess(db, ada, master, own, "", at=MONDAY)

    assert sign_offs.level_of(hand_in(db, library, ada, master)) == level


def test_one_click_always_keeps_the_evidence(db, fresh_db, library, as_ben, ada, ben, master, masters):
    handed_in = hand_in(db, library, ada, master)
    db.commit()
    for page in (f"/apprentices/{ada.id}/milestones/{master.slug}", "/mentoring", "/milestones"):
        assert "Verify at level 3" in as_ben.get(page).text

    form = {"submission": str(handed_in.id), "level": "3", "next": "/mentoring?sort=name"}
    answer = as_ben.send(f"/apprentices/{ada.id}/milestones/{master.slug}/verified", form)

    assert (answer.status_code, answer.location) == (303, "/mentoring?sort=name")
    snapshot = kept(fresh_db, ada, master)
    assert {UUID(row["version_id"]) for row in snapshot["evidence"]} == {version.id for version in masters}
    assert snapshot["marks"]["mentor"]["comment"] == master.rubric[3]
    mentors = next(one for one in criteria.from_kept(snapshot) if one.id == "mentor")
    assert (mentors.state, mentors.note) == ("met", "level 3 by Ben")


def test_one_click_never_leads_to_another_site(db, library, as_ben, ada, master):
    handed_in = hand_in(db, library, ada, master)
    db.commit()
    form = {"submission": str(handed_in.id), "level": "3", "next": "//elsewhere.example"}

    answer = as_ben.send(f"/apprentices/{ada.id}/milestones/{master.slug}/verified", form)

    assert answer.location == f"/apprentices/{ada.id}/milestones/{master.slug}"


def test_both_chairs_are_told_of_a_version_that_came_later(
    db, library, as_ada, as_ben, ada, ben, master, masters, make_version
):
    handed_in = hand_in(db, library, ada, master)
    sign_offs.verify(db, ben, ada.id, master, handed_in.id, 3, "", at=MONDAY)
    make_version(ada, piece=db.get(Piece, (ada.id, masters[0].piece_id)))

    for page in (
        as_ada.get(f"/milestones/{master.slug}"),
        as_ben.get(f"/apprentices/{ada.id}/milestones/{master.slug}"),
    ):
        assert "V2 came after the verified V1." in page.text
