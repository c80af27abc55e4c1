"""Files of sessions: who adds, gets, hears and removes them, and that nothing sweeps them away."""

import io
import os
import time
from uuid import UUID

import pytest
from sqlmodel import select

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from mentorship import checks, demo, jobs, links, session_files, sessions
from mentorship.models.meetings import SessionFile
from mentorship.portfolio import Upload
from mentorship.probe import Found
from mentorship.sessions import Between, Entry
from tests.times import BERLIN, DAY, HOUR, MONDAY

SOUND = Found("audio", "audio/mpeg", 42.0, 44_100, 1)
PDF = Found("document", "application/pdf")


@pytest.fixture
def log(db, library):
    def make(apprentice, mentor=None):
        kind = "meeting" if mentor else "practice"
        between = Between(apprentice.id, mentor.id if mentor else None)
        entry = Entry(MONDAY - HOUR, BERLIN, 45)
        session = sessions.log(db, library, apprentice.id, kind, between, entry, at=MONDAY)
        db.commit()
        return session

    return make


@pytest.fixture
def add(db, storage):
    """`add(ada, session, SOUND)`: a file that was received and looked at is kept."""

    def add(person, session, found=SOUND, content="la la", name="memo.mp3", at=MONDAY) -> SessionFile:
        staged = storage.stage(io.BytesIO(content.encode()), most=1000)
        file = session_files.add(db, storage, person.id, session.id, Upload(staged, found, name), at=at)
        db.commit()
        return file

    return add


def gets(db, person, file) -> bool:
    try:
        return session_files.find(db, person.id, file.session_id, file.id).id == file.id
    except NotFound:
        return False


def listed(db, person, session) -> list[UUID]:
    return [file.id for file in session_files.of_session(db, person.id, session)]


# -- who gets them -------------------------------------------------------------------------------------------


def test_who_reads_a_session_gets_its_files_and_no_stranger(db, ada, ben, eve, link_of, log, add):
    link_of(ada, ben)
    session = log(ada, ben)
    memo, paper = add(ada, session), add(ben, session, PDF, "%PDF-", "certificate.pdf")

    for file in (memo, paper):
        assert gets(db, ada, file) and gets(db, ben, file)
        assert not gets(db, eve, file)
    assert listed(db, ada, session) == listed(db, ben, session) == [memo.id, paper.id]


@pytest.mark.parametrize("way", ["end", "pause", "complete"])
def test_after_the_end_what_was_held_together_is_read_but_silent(db, ada, ben, link_of, log, add, way):
    link = link_of(ada, ben)
    session = log(ada, ben)
    memo, his, paper = add(ada, session), add(ben, session, SOUND, "tra la"), add(ada, session, PDF, "%PDF-", "c.pdf")

    if way == "end":
        links.end(db, ben.id, link.id, at=MONDAY)
    elif way == "pause":
        link.paused_at = MONDAY
    else:
        link.completed_at = MONDAY
    db.commit()

    assert listed(db, ben, session) == [paper.id]
    assert gets(db, ben, paper) and not gets(db, ben, memo) and not gets(db, ben, his)
    assert listed(db, ada, session) == [memo.id, his.id, paper.id]
    assert gets(db, ada, memo)


@pytest.mark.parametrize("shows", [True, False])
def test_a_mentor_hears_practice_where_the_link_shows_sessions(db, ada, ben, link_of, log, add, shows):
    link_of(ada, ben, shows_sessions=shows)
    memo = add(ada, log(ada))

    assert gets(db, ben, memo) == shows


def test_a_file_is_found_in_its_own_session_alone(db, ada, log, add):
    one, other = log(ada), log(ada)
    memo = add(ada, one)

    with pytest.raises(NotFound):
        session_files.find(db, ada.id, other.id, memo.id)
    with pytest.raises(NotFound):
        session_files.remove(db, ada.id, other.id, memo.id)


# -- adding --------------------------------------------------------------------------------------------------


def test_only_the_two_add_files_and_only_while_they_are_linked(db, ada, ben, eve, link_of, log, add):
    link = link_of(ada, ben)
    session = log(ada, ben)
    practice = log(ada)

    with pytest.raises(NotFound):
        add(eve, session)
    with pytest.raises(NotAllowed, match="held by others"):
        add(ben, practice)
    with pytest.raises(NotAllowed, match="held by others"):
        session_files.check_may_add(db, ben.id, practice.id)
    links.end(db, ada.id, link.id, at=MONDAY)
    for person in (ada, ben):
        with pytest.raises(NotAllowed, match="can be read but not changed"):
            add(person, session)


def test_the_same_file_twice_in_a_session_is_refused_by_its_name(db, ada, log, add):
    session = log(ada)
    add(ada, session)

    with pytest.raises(Refused, match=r"is here already, as memo\.mp3") as refusal:
        add(ada, session, name="other.mp3")

    assert refusal.value.field == "file"
    assert add(ada, log(ada)).sha256  # in another session it is welcome


def test_a_session_has_at_most_twenty_files(db, ada, log, add):
    session = log(ada)
    for number in range(session_files.MOST_FILES):
        add(ada, session, content=f"take {number}")

    with pytest.raises(Refused, match="20 files, the most"):
        add(ada, session, content="one more")


# -- removing ------------------------------------------------------------------------------------------------


def test_who_added_a_file_removes_it_and_nobody_else(db, fresh_db, ada, ben, link_of, log, add):
    link_of(ada, ben)
    session = log(ada, ben)
    memo = add(ada, session)

    with pytest.raises(NotAllowed, match=r"was added by Ada\. Who adds a file can remove it"):
        session_files.remove(db, ben.id, session.id, memo.id)
    assert session_files.remove(db, ada.id, session.id, memo.id) == "memo.mp3"
    db.commit()

    assert fresh_db.exec(select(SessionFile)).all() == []


@pytest.mark.parametrize(("hers", "his", "stays"), [(True, True, True), (True, False, False), (False, True, False)])
def test_what_both_signed_keeps_its_files(db, ada, ben, link_of, log, add, hers, his, stays):
    link_of(ada, ben)
    session = log(ada, ben)
    memo = add(ada, session)
    session.signed_at, session.mentor_signed_at = (MONDAY if one else None for one in (hers, his))
    db.commit()

    if stays:
        with pytest.raises(Conflict, match="You both signed this session"):
            session_files.remove(db, ada.id, session.id, memo.id)
    else:
        session_files.remove(db, ada.id, session.id, memo.id)
    assert gets(db, ada, memo) == stays


def test_a_missing_file_answers_like_a_foreign_one(db, ada, ben, link_of, log, add):
    link_of(ada, ben)
    session = log(ada, ben)
    add(ada, session)

    with pytest.raises(NotFound):
        session_files.remove(db, ada.id, session.id, uuid7())


# -- keeping -------------------------------------------------------------------------------------------------


def test_the_sweep_keeps_the_files_of_sessions_and_takes_what_was_removed(db, storage, ada, log, add):
    session = log(ada)
    kept, gone = add(ada, session), add(ada, session, content="wrong take")
    session_files.remove(db, ada.id, session.id, gone.id)
    db.commit()
    for sha256 in (kept.sha256, gone.sha256):
        os.utime(storage.path(sha256), (time.time() - 7200,) * 2)

    said = jobs.sweep_files(db, storage, at=MONDAY + DAY)

    assert said == "1 orphaned files removed"
    assert storage.names() == {kept.sha256}


def test_check_names_a_session_whose_file_is_missing_or_changed(db, storage, ada, log, add):
    session = log(ada)
    lost, changed, sound = add(ada, session), add(ada, session, content="b"), add(ada, session, content="c")
    storage.path(lost.sha256).unlink()
    storage.path(changed.sha256).write_bytes(b"other")

    faults = checks.file_faults(db, storage=storage)

    assert faults == [
        f"The file of session {session.id} (memo.mp3) is missing.",
        f"The file of session {session.id} (memo.mp3) is not what was uploaded.",
    ]
    assert storage.is_sound(sound.sha256)


def test_the_demos_files_go_with_it_but_for_those_of_somebody_elses_session(db, base, storage, ada, ben, log, add):
    theirs, shared = add(ada, log(ada)), add(ada, log(ada), content="both")
    add(ben, log(ben), content="both")
    ada.demo_since = MONDAY
    db.commit()

    removed = demo.remove(base, storage)

    assert (removed.names, removed.files) == (["Ada"], 1)
    assert storage.names() == {shared.sha256} != {theirs.sha256}
