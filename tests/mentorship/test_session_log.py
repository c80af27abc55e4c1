"""Writing down afterwards what was held, and changing it."""

from datetime import date

import pytest
from sqlmodel import select

from core import prose
from core.errors import Refused
from core.inbox import Notice
from mentorship import session_log, sessions, signing
from mentorship.models.meetings import Action, NoteRevision
from mentorship.session_log import Lines, Next
from mentorship.sessions import Between, Entry
from mentorship.states import minutes_of, word_of
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, SECOND

FOR_HER = Next()
LINES = Lines("Listened to V1.", "Less is more.", "Bounce V2")


@pytest.fixture
def log(db, library):
    """`log(ada, ben)`: their meeting of an hour ago; `log(ada)`: practice."""

    def log(apprentice, mentor=None, *, by=None, kind=None, lines=LINES, step=FOR_HER, at=MONDAY, **more):
        kind = kind or ("meeting" if mentor else "practice")
        between = Between(apprentice.id, mentor.id if mentor else None)
        notes = session_log.notes_of(lines, kind)
        entry = Entry(**{"starts_at": MONDAY - HOUR, "zone": BERLIN, "minutes": 45, "notes": notes, **more})
        who = (by or apprentice).id
        session = session_log.afterwards(db, library, who, kind, between, entry, lines, step, at=at)
        db.commit()
        return session

    return log


# -- logging -------------------------------------------------------------------------------------------------


def test_a_meeting_logged_afterwards_starts_as_held(db, log, ada, ben, link_of):
    link_of(ada, ben)

    session = log(ada, ben)

    assert word_of(session) == "held"
    assert session.held_at == MONDAY


def test_three_lines_become_the_first_notes_and_the_third_an_action(fresh_db, log, ada, ben, link_of):
    link_of(ada, ben)

    session = log(ada, ben, by=ben, step=Next(due_on=date(2026, 11, 29)))

    said = "**What we did.** Listened to V1.\n\n**What I take with me.** Less is more.\n\n**Next step.** Bounce V2"
    first = fresh_db.exec(select(NoteRevision)).one()
    assert session.notes == first.text == said
    assert (session.notes_number, first.number, first.by_id, first.by_name, first.at) == (1, 1, ben.id, "Ben", MONDAY)
    action = fresh_db.exec(select(Action)).one()
    assert (action.text, action.owner_id, action.due_on) == ("Bounce V2", ada.id, date(2026, 11, 29))


def test_the_next_step_may_be_the_mentors(fresh_db, log, ada, ben, link_of):
    link_of(ada, ben)

    log(ada, ben, step=Next(ben.id))

    assert fresh_db.exec(select(Action)).one().owner_id == ben.id


def test_lines_that_say_nothing_leave_no_notes_and_no_action(fresh_db, log, ada):
    session = log(ada, lines=Lines())

    assert (session.notes, session.notes_number) == ("", 0)
    assert fresh_db.exec(select(NoteRevision)).all() == fresh_db.exec(select(Action)).all() == []


def test_practice_says_what_i_did_and_longer_notes_come_last():
    notes = session_log.notes_of(Lines(did="Scales.", more="- C\n- D"), "practice")

    assert notes == "**What I did.** Scales.\n\n- C\n- D"


def test_lines_that_are_too_long_together_are_refused():
    many = Lines("x" * 2000, "y" * 2000, "z", "n" * (prose.LONGEST_MARKDOWN - 4000))

    with pytest.raises(Refused, match=r"have 200\d\d characters together; we keep up to 20000") as refusal:
        session_log.notes_of(many, "meeting")

    assert refusal.value.field == "notes"


@pytest.mark.parametrize("later", [SECOND, DAY])
def test_what_is_still_to_come_is_planned_and_not_logged(log, ada, later):
    with pytest.raises(Refused, match="Plan it instead") as refusal:
        log(ada, starts_at=MONDAY + later)

    assert refusal.value.field == "day"


def test_the_other_one_is_told_of_a_meeting_in_their_own_time(fresh_db, log, ada, ben, link_of):
    link_of(ada, ben)

    session = log(ada, ben)
    log(ada)
    log(ada, ben, kind="studio")

    notice = fresh_db.exec(select(Notice).where(Notice.kind == "signing")).one()
    assert notice.user_id == ben.id
    assert notice.text.startswith("Ada logged your meeting of Monday 23 November 2026, 11:00")
    assert (notice.path, notice.thread) == (f"/sessions/{session.id}", f"session:{session.id}")


@pytest.mark.parametrize(
    ("kind", "minutes", "takes"),
    [
        ("practice", 0, True),
        ("studio", 0, False),
        ("studio", 1440, True),
        ("studio", 1441, False),
        ("practice", -1, False),
    ],
)
def test_only_practice_may_leave_its_minutes_out_and_nothing_is_longer_than_a_day(log, ada, kind, minutes, takes):
    if takes:
        assert log(ada, kind=kind, minutes=minutes).minutes == minutes
    else:
        with pytest.raises(Refused) as refusal:
            log(ada, kind=kind, minutes=minutes)
        assert refusal.value.field == "minutes"


def test_an_outside_course_counts_as_studio_hours(db, log, ada):
    session = log(ada, kind="studio", minutes=360, course="Abbey  Road\nInstitute", title="Mixing in a day")

    assert (session.course, session.title) == ("Abbey Road Institute", "Mixing in a day")
    assert sessions.minutes_by_kind(db, ada.id)["studio"] == 360


# -- changing ------------------------------------------------------------------------------------------------


@pytest.fixture
def change(db, library):
    def change(person, session, **more):
        entry = Entry(**{"starts_at": session.starts_at, "zone": BERLIN, "minutes": minutes_of(session), **more})
        before = session.changed_at
        return session_log.change(db, library, person.id, session.id, entry, before=before, at=MONDAY + HOUR)

    return change


def test_every_field_is_changed_but_the_notes(db, log, change, ada):
    session = log(ada, kind="studio", title="Old")
    notes = session.notes

    change(
        ada,
        session,
        starts_at=MONDAY - DAY,
        minutes=90,
        title="New\nname; with more",
        mode="location",
        place="A church",
        involvement="assisted",
        goal="Hear the room",
        result="Heard it",
        course="Nobody",
        milestones=("first-beat",),
        notes="Not these",
    )

    assert (session.title, session.mode, session.place) == ("New name; with more", "location", "A church")
    assert (session.involvement, session.goal, session.result) == ("assisted", "Hear the room", "Heard it")
    assert (session.starts_at, session.minutes, session.milestones) == (MONDAY - DAY, 90, ["first-beat"])
    assert (session.notes, session.notes_number) == (notes, 1)


def test_what_was_planned_stays_beside_what_it_took(db, library, change, ada):
    entry = Entry(MONDAY + HOUR, BERLIN, 60)
    session = sessions.log(db, library, ada.id, "studio", Between(ada.id), entry, at=MONDAY)
    session.held_at = MONDAY + 3 * HOUR

    session_log.change(
        db,
        library,
        ada.id,
        session.id,
        Entry(MONDAY + HOUR, BERLIN, 100),
        before=None,
        at=MONDAY + DAY,
    )

    assert (session.minutes, session.real_minutes) == (60, 100)


@pytest.mark.parametrize("both", [True, False])
def test_an_edit_after_a_signature_clears_it_and_tells_the_other_one(
    db, fresh_db, log, change, ada, ben, link_of, both
):
    link_of(ada, ben)
    session = log(ada, ben)
    signing.sign(db, ben.id, session.id, at=MONDAY + MINUTE)
    if both:
        signing.sign(db, ada.id, session.id, at=MONDAY + MINUTE)
    db.commit()

    was_signed = change(ada, session, minutes=50)
    db.commit()

    assert was_signed
    assert (session.signed_at, session.mentor_signed_at) == (None, None)
    told = fresh_db.exec(select(Notice).where(Notice.user_id == ben.id).order_by(Notice.id.desc())).first()
    assert "no longer signed" in told.text


def test_saving_a_signed_meeting_without_a_change_leaves_the_signatures(db, log, change, ada, ben, link_of):
    link_of(ada, ben)
    session = log(ada, ben)
    signing.sign(db, ben.id, session.id, at=MONDAY + MINUTE)

    assert not change(ada, session)
    assert session.mentor_signed_at


@pytest.mark.parametrize(("field", "value"), [("title", "New"), ("minutes", 46), ("place", "Here"), ("goal", "More")])
def test_calendars_hear_of_what_they_show(log, change, ada, field, value):
    session = log(ada)

    change(ada, session, **{field: value})

    assert session.sequence == (0 if field == "goal" else 1)
