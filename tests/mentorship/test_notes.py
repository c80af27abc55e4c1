"""Shared notes of two, with revisions; and one's own, which nobody else reads."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core import prose
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.inbox import Notice
from mentorship import appointments, links, notes, own_notes, revisions, sessions, signing
from mentorship.models.meetings import NoteRevision, OwnNote
from mentorship.notes import NotesConflict, Written
from mentorship.sessions import Between, Entry
from tests.times import DAY, HOUR, MINUTE, MONDAY


@pytest.fixture
def meeting(db, library, ada, ben, link_of):
    link_of(ada, ben)
    entry = Entry(MONDAY - DAY, "Europe/Berlin", 45)
    made = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY - 2 * DAY)
    appointments.confirm(db, ben.id, made.id, made.starts_at, at=MONDAY - 2 * DAY)
    db.commit()
    return made


def save(db, person, meeting, text, base, at=MONDAY, since=None):
    return notes.save(db, person.id, meeting.id, Written(text, base, since), at=at)


def texts(db, meeting):
    statement = select(NoteRevision).where(NoteRevision.session_id == meeting.id)
    return [row.text for row in sorted(db.exec(statement), key=lambda row: row.number)]


def test_each_saving_is_a_revision_that_names_its_writer(db, fresh_db, ada, ben, meeting):
    save(db, ada, meeting, "Kick first.", 0)
    saved = save(db, ben, meeting, "Kick first.\nThen the bass.", 1, MONDAY + MINUTE)
    db.commit()

    assert (saved.number, saved.session.notes) == (2, "Kick first.\nThen the bass.")
    rows = sorted(fresh_db.exec(select(NoteRevision)), key=lambda row: row.number)
    assert [(row.number, row.by_name, row.text) for row in rows] == [
        (1, "Ada", "Kick first."),
        (2, "Ben", "Kick first.\nThen the bass."),
    ]


def test_the_same_text_again_is_no_revision(db, ada, meeting):
    save(db, ada, meeting, "Kick first.", 0)

    assert save(db, ada, meeting, "Kick first.\r\n", 1).number == 1
    assert texts(db, meeting) == ["Kick first."]


def test_words_in_different_lines_are_brought_together(db, ada, ben, meeting):
    save(db, ada, meeting, "intro\ndrums\nend", 0)
    save(db, ada, meeting, "intro: 8 bars\ndrums\nend", 1)

    saved = save(db, ben, meeting, "intro\ndrums\nend: too soon", 1)

    assert (saved.session.notes, saved.others, saved.number) == ("intro: 8 bars\ndrums\nend: too soon", "Ada", 3)


def test_words_in_the_same_line_are_shown_to_whoever_saves_last_and_nothing_is_saved(db, ada, ben, meeting):
    save(db, ada, meeting, "end", 0)
    save(db, ada, meeting, "end at 2:10", 1)

    with pytest.raises(NotesConflict) as told:
        save(db, ben, meeting, "end at 2:30", 1)

    assert (told.value.theirs, told.value.mine, told.value.by, told.value.number) == (
        "end at 2:10",
        "end at 2:30",
        "Ada",
        2,
    )
    assert told.value.both.split("\n") == ["end at 2:10", "end at 2:30"]
    assert told.value.text.startswith("Ada changed the same lines, so yours are not saved yet.")
    assert meeting.notes == "end at 2:10"


def test_a_page_that_went_on_writing_says_from_what_it_goes_on(db, ada, ben, meeting):
    save(db, ada, meeting, "from Ada", 0)
    save(db, ben, meeting, "from Be", 0)

    saved = save(db, ben, meeting, "from Ben", 2, since="from Be")

    assert saved.session.notes == "from Ada\nfrom Ben"


def test_notes_that_came_with_the_log_are_the_first_revision(db, library, ada, ben, link_of):
    link_of(ada, ben)
    entry = Entry(MONDAY - DAY, "Europe/Berlin", 45, notes="From the log.")
    made = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)

    assert revisions.number_of(db, made) == 1
    saved = save(db, ben, made, "From the log.\nAnd more.", 1)

    assert texts(db, made) == ["From the log.", "From the log.\nAnd more."]
    assert saved.others == ""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.sampled_from("abcdef")), min_size=1, max_size=8))
def test_whatever_two_write_in_whatever_order_each_saved_word_stays_readable(db, library, ada, ben, link_of, turns):
    """turns: (Ada's turn?, how many states old her page is, what she adds)."""
    if not links.are_linked(db, ada.id, ben.id):
        link_of(ada, ben)
    entry = Entry(MONDAY - DAY, "Europe/Berlin", 45)
    made = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    written = set()
    for number, (is_ada, age, word) in enumerate(turns):
        base = max(0, made.notes_number - age)
        line = f"{word}{number}"
        lines = revisions.text_of(db, made, base).split("\n")
        lines.insert(len(lines) * "abcdef".index(word) // 6, line)
        try:
            save(db, ada if is_ada else ben, made, "\n".join(lines), base)
        except NotesConflict as conflict:
            assert line in conflict.mine and line in conflict.both.split("\n")
            assert set(made.notes.split("\n")) <= set(conflict.both.split("\n"))
        else:
            written.add(line)
        assert written <= set(made.notes.split("\n"))
    db.rollback()


def test_notes_that_are_too_long_are_refused_with_a_sentence(db, ada, meeting):
    with pytest.raises(Refused, match=r"These notes have 5,000,000 characters; the most we can take is 20,000"):
        save(db, ada, meeting, "x" * 5_000_000, 0)


def test_two_texts_that_are_too_long_together_are_both_shown(db, ada, ben, meeting):
    half = "x" * (prose.LONGEST_MARKDOWN - 10)
    save(db, ada, meeting, half, 0)

    with pytest.raises(NotesConflict, match="both texts together are longer than 20,000"):
        save(db, ben, meeting, "yes " * 100, 0)

    assert meeting.notes == half


def test_a_state_that_never_was_is_refused(db, ada, meeting):
    with pytest.raises(Refused, match="Reload it"):
        save(db, ada, meeting, "words", 9)


def test_a_cancelled_meeting_is_read_but_not_written(db, library, ada, ben, link_of):
    link_of(ada, ben)
    entry = Entry(MONDAY + DAY, "Europe/Berlin", 45)
    made = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    appointments.cancel(db, ben.id, made.id, "ill", at=MONDAY)

    with pytest.raises(NotAllowed, match="was cancelled, so what stands in it can be read but not changed"):
        save(db, ada, made, "words", 0)


def test_when_the_link_is_over_neither_writes(db, ada, ben, meeting):
    appointments.hold(db, ada.id, meeting.id, at=MONDAY)
    link = links.link_with(db, ben.id, ada.id)
    links.end(db, ada.id, link.id, at=MONDAY)
    db.flush()

    for person in (ada, ben):
        with pytest.raises(NotAllowed, match="no longer your"):
            save(db, person, meeting, "words", 0)


def test_a_stranger_finds_no_notes(db, eve, meeting):
    with pytest.raises(NotFound):
        save(db, eve, meeting, "words", 0)


def test_new_notes_clear_the_signatures_and_say_so(db, ada, ben, meeting):
    appointments.hold(db, ada.id, meeting.id, at=MONDAY)
    for person in (ada, ben):
        signing.sign(db, person.id, meeting.id, at=MONDAY)

    saved = save(db, ada, meeting, "One more thing.", 0)

    assert saved.unsigned and not meeting.signed_at and not meeting.mentor_signed_at
    assert not save(db, ada, meeting, "One more thing. Two.", 1).unsigned


def test_the_other_one_is_told_once_until_it_is_read(db, ada, ben, meeting):
    save(db, ada, meeting, "one", 0)
    save(db, ada, meeting, "two", 1)
    db.flush()

    told = [row for row in db.exec(select(Notice)) if row.kind == "notes"]
    assert [(row.user_id, row.text, row.path) for row in told] == [
        (ben.id, "Ada wrote in the notes of your meeting of Sunday 22 November.", f"/sessions/{meeting.id}")
    ]
    told[0].read_at = MONDAY
    save(db, ada, meeting, "three", 2)
    assert len([row for row in db.exec(select(Notice)) if row.kind == "notes"]) == 2


def test_an_earlier_state_is_taken_up_again_as_a_new_one(db, ada, ben, meeting):
    save(db, ada, meeting, "first", 0)
    save(db, ben, meeting, "second", 1)

    notes.take_up(db, ada.id, meeting.id, 1, 2, at=MONDAY)

    assert texts(db, meeting) == ["first", "second", "first"]
    with pytest.raises(Conflict, match="newer notes"):
        notes.take_up(db, ada.id, meeting.id, 2, 2, at=MONDAY)
    with pytest.raises(NotFound):
        notes.take_up(db, ada.id, meeting.id, 8, 3, at=MONDAY)


def test_what_one_saves_in_a_sitting_is_one_step_of_the_history(db, ada, ben, meeting):
    moments = [MONDAY, MONDAY + MINUTE, MONDAY + 2 * MINUTE, MONDAY + 3 * MINUTE, MONDAY + HOUR]
    for number, (person, at) in enumerate(zip((ada, ada, ben, ada, ada), moments, strict=True)):
        save(db, person, meeting, f"state {number}", number, at)

    steps = revisions.steps(db, meeting)

    assert [(step.by_name, step.before, step.number) for step in steps] == [
        ("Ada", 4, 5),
        ("Ada", 3, 4),
        ("Ben", 2, 3),
        ("Ada", 0, 2),
    ]
    assert revisions.step_of(steps, 1) == steps[-1]


# -- one's own -----------------------------------------------------------------------------------------------


def own(db, person, meeting, text, before=None, at=MONDAY):
    return own_notes.save(db, person.id, meeting.id, text, before=before, at=at)


def test_own_notes_are_each_ones_own(db, fresh_db, ada, ben, meeting):
    own(db, ada, meeting, "He is nice.")
    own(db, ben, meeting, "She is quick.")
    db.commit()

    assert {row.user_id: row.text for row in fresh_db.exec(select(OwnNote))} == {
        ada.id: "He is nice.",
        ben.id: "She is quick.",
    }


def test_own_notes_go_on_when_the_link_is_over(db, ada, ben, meeting):
    appointments.hold(db, ada.id, meeting.id, at=MONDAY)
    link = links.link_with(db, ben.id, ada.id)
    links.end(db, ada.id, link.id, at=MONDAY)
    db.flush()

    assert own(db, ben, meeting, "A pity.")[0].text == "A pity."


def test_two_pages_of_one_person_lose_no_word(db, ada, meeting):
    first, _ = own(db, ada, meeting, "from one page")
    assert first.changed_at == MONDAY

    note, has_both = own(db, ada, meeting, "from the other", before=None, at=MONDAY + MINUTE)

    assert has_both and note.text == "from one page\nfrom the other"
    note, has_both = own(db, ada, meeting, "only this", before=note.changed_at, at=MONDAY + HOUR)
    assert (note.text, has_both) == ("only this", False)


def test_nobody_writes_own_notes_about_what_they_cannot_see(db, eve, meeting):
    with pytest.raises(NotFound):
        own(db, eve, meeting, "Who are they?")


def test_own_notes_that_are_too_long_are_refused(db, ada, meeting):
    with pytest.raises(Refused, match="the most we can take is 20,000"):
        own(db, ada, meeting, "x" * 20_001)
