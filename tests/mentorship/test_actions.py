"""Actions: promised, done, dropped, overdue; those that the app sees done tick themselves; assigning from a meeting."""

import pytest
import sqlalchemy as sa
from sqlmodel import select

from core.errors import NotAllowed, NotFound, Refused
from core.ids import uuid7
from curriculum import lessons
from curriculum.models import Memory, Review
from mentorship import actions, appointments, assigning, links, sessions, ticks
from mentorship.actions import Promise
from mentorship.assigning import Assigned
from mentorship.models.milestones import MilestoneEvent
from mentorship.models.pieces import Piece
from mentorship.sessions import Between, Entry
from tests.times import DAY, HOUR, MINUTE, MONDAY

LESSON = "daw-signal-path"
LATER = MONDAY + 3 * DAY


@pytest.fixture
def link(link_of, ada, ben):
    return link_of(ada, ben)


@pytest.fixture
def meeting(db, library, ada, ben, link):
    entry = Entry(MONDAY - DAY, "Europe/Berlin", 45)
    made = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY - 2 * DAY)
    appointments.hold(db, ada.id, made.id, at=MONDAY)
    return made


@pytest.fixture
def assign(db, library, ben, meeting):
    def make(kind, target, by=ben, at=MONDAY):
        return assigning.assign(db, library, by.id, meeting.id, Assigned(kind, str(target)), at=at)

    return make


def words(db, library, viewer, rows, at=LATER):
    db.flush()
    return [one.word for one in actions.shown(db, library, viewer.id, rows, at=at)]


def answer(db, person, card_id, at):
    """An answer in the log, and the memory that comes of it."""
    row = {"due_before": at, "due_after": at, "model": 6, "state_before": 2, "day": 1, "utc_offset": 0}
    db.add(Review(user_id=person.id, id=uuid7(), card_id=card_id, at=at, rating=3, **row))
    memory = db.get(Memory, (person.id, card_id))
    memory.reviewed_at = at
    db.flush()


def test_a_lesson_that_was_marked_done_since_ticks_its_action(db, library, ada, ben, assign):
    action = assign("lesson", LESSON)
    assert (action.text, action.owner_id, action.created_by) == (
        f"Lesson: {library.lessons[LESSON].title}",
        ada.id,
        ben.id,
    )
    assert words(db, library, ada, [action]) == ["open"]

    lessons.mark_done(db, ada.id, library.lessons[LESSON], at=MONDAY + DAY)
    db.flush()

    (shown,) = actions.shown(db, library, ben.id, [action], at=LATER)
    assert (shown.word, shown.since, action.done_at) == ("kept by itself", MONDAY + DAY, None)


def test_a_lesson_that_was_done_before_does_not(db, library, ada, assign):
    lessons.mark_done(db, ada.id, library.lessons[LESSON], at=MONDAY - DAY)

    assert words(db, library, ada, [assign("lesson", LESSON)]) == ["open"]


def test_cards_join_her_queue_and_tick_once_each_was_answered_since(db, library, ada, assign):
    action = assign("cards", LESSON)
    ids = sorted(ticks.cards_of(library, LESSON))
    db.flush()
    assert sorted(db.exec(select(Memory.card_id).where(Memory.user_id == ada.id))) == ids

    for number, card_id in enumerate(ids[1:]):
        answer(db, ada, card_id, MONDAY + number * MINUTE)
    assert words(db, library, ada, [action]) == ["open"]
    answer(db, ada, ids[0], MONDAY + DAY)
    answer(db, ada, ids[1], MONDAY + 2 * DAY)

    (shown,) = actions.shown(db, library, ada.id, [action], at=LATER)
    assert (shown.word, shown.since) == ("kept by itself", MONDAY + DAY)


def test_cards_by_tag(db, library, ada, assign):
    tag, count = assigning.tags(library)[0]
    action = assign("tag", tag)
    ids = ticks.cards_of(library, action.about_id)

    assert (len(ids), action.text) == (count, f"Cards about {tag} ({count})")
    for card_id in ids:
        answer(db, ada, card_id, MONDAY + HOUR)
    assert words(db, library, ada, [action]) == ["kept by itself"]


def test_a_new_version_and_a_milestone_handed_in_tick_theirs(db, library, ada, ben, assign, make_version):
    version = make_version(ada, shared=True)
    slug = next(iter(library.milestones))
    rows = [assign("piece", version.piece_id, at=MONDAY + HOUR), assign("milestone", slug, at=MONDAY + HOUR)]
    assert words(db, library, ben, rows) == ["open", "open"]

    second = make_version(ada, piece=db.get(Piece, (ada.id, version.piece_id)))
    second.uploaded_at = MONDAY + DAY
    event = {"by_id": ada.id, "by_name": "Ada", "at": MONDAY + DAY}
    db.add(MilestoneEvent(user_id=ada.id, id=uuid7(), milestone=slug, kind="submitted", **event))

    assert words(db, library, ben, rows) == ["kept by itself"] * 2


def test_a_mentor_learns_nothing_by_assigning_what_the_link_hides(db, library, ada, ben, link, assign):
    link.shows_lessons = link.shows_pieces = False
    db.flush()
    action = assign("lesson", LESSON)
    cards = assign("cards", LESSON)
    lessons.mark_done(db, ada.id, library.lessons[LESSON], at=MONDAY + DAY)
    for card_id in ticks.cards_of(library, LESSON):
        answer(db, ada, card_id, MONDAY + DAY)

    assert words(db, library, ben, [action, cards]) == ["open", "open"]
    assert words(db, library, ada, [action, cards]) == ["kept by itself"] * 2
    assert assigning.pieces(db, ben.id, ada.id) == []


def test_a_new_version_of_a_draft_is_seen_by_its_owner_alone(db, library, ada, ben, assign, make_version):
    version = make_version(ada)
    action = assign("piece", version.piece_id, by=ada, at=MONDAY - HOUR)

    assert words(db, library, ada, [action]) == ["kept by itself"]
    assert words(db, library, ben, [action]) == ["open"]
    with pytest.raises(NotFound):
        assign("piece", version.piece_id)


@pytest.mark.parametrize(
    ("kind", "target", "says"),
    [
        ("lesson", "no-such-lesson", "no such lesson"),
        ("cards", "no-such-lesson", "no such lesson"),
        ("tag", "no-such-tag", "no cards with this tag"),
        ("milestone", "no-such-milestone", "no such milestone"),
        ("piece", "no-uuid", "nothing here"),
    ],
)
def test_only_what_the_course_has_is_assigned(assign, kind, target, says):
    with pytest.raises(Refused, match=says):
        assign(kind, target)


def test_a_piece_of_the_mentors_is_none_to_assign(assign, ben, make_version):
    with pytest.raises(Refused, match="of the apprentice's"):
        assign("piece", make_version(ben).piece_id)


def test_what_is_due_is_overdue_by_the_owners_own_day(db, library, ada, ben, meeting):
    tonight = MONDAY.replace(hour=23, minute=30)  # in Berlin it is Tuesday already, in London it is not
    rows = [
        actions.add_action(db, ada.id, meeting.id, Promise("x", one.id, MONDAY.date()), at=MONDAY) for one in (ada, ben)
    ]

    assert words(db, library, ben, rows, at=tonight) == ["overdue", "open"]


def test_an_action_is_dropped_with_a_reason_and_taken_up_again(db, library, ada, ben, meeting):
    action = actions.add_action(db, ben.id, meeting.id, Promise("Rent a studio", ada.id), at=MONDAY)

    actions.drop(db, ada.id, action.id, " too dear ", at=MONDAY)
    assert (words(db, library, ben, [action]), action.dropped_why) == (["dropped"], "too dear")
    assert actions.to_do(db, library, ada.id, at=MONDAY) == []
    actions.finish(db, ada.id, action.id, at=MONDAY)
    assert words(db, library, ben, [action]) == ["done"]
    actions.reopen(db, ada.id, action.id)
    assert [one.action.id for one in actions.to_do(db, library, ada.id, at=MONDAY)] == [action.id]
    with pytest.raises(Refused, match="at most 200"):
        actions.drop(db, ada.id, action.id, "x" * 201, at=MONDAY)


def test_what_ticked_itself_is_nothing_to_do_any_more(db, library, ada, assign):
    assign("lesson", LESSON)
    lessons.mark_done(db, ada.id, library.lessons[LESSON], at=MONDAY + DAY)
    db.flush()

    assert actions.to_do(db, library, ada.id, at=LATER) == []


def test_forty_actions_of_one_session_are_enough(db, ada, meeting):
    for _ in range(40):
        actions.add_action(db, ada.id, meeting.id, Promise("x", ada.id), at=MONDAY)

    with pytest.raises(Refused, match="40 actions came of this session already"):
        actions.add_action(db, ada.id, meeting.id, Promise("x", ada.id), at=MONDAY)


def test_an_action_of_a_cancelled_meeting_is_read_but_not_changed(db, library, ada, ben, link):
    entry = Entry(MONDAY + DAY, "Europe/Berlin", 45)
    made = sessions.log(db, library, ada.id, "meeting", Between(ada.id, ben.id), entry, at=MONDAY)
    action = actions.add_action(db, ada.id, made.id, Promise("x", ben.id), at=MONDAY)
    appointments.cancel(db, ben.id, made.id, "ill", at=MONDAY)

    with pytest.raises(NotAllowed, match="was cancelled"):
        actions.finish(db, ada.id, action.id, at=MONDAY)


def test_a_former_mentor_sees_actions_as_they_stood_when_the_link_ended(db, library, ada, ben, link, meeting, assign):
    before = assign("lesson", LESSON)
    after = actions.add_action(db, ada.id, meeting.id, Promise("x", ada.id), at=MONDAY)
    links.end(db, ada.id, link.id, at=MONDAY + HOUR)
    actions.drop(db, ada.id, after.id, "not for him", at=MONDAY + DAY)
    lessons.mark_done(db, ada.id, library.lessons[LESSON], at=MONDAY + DAY)
    db.flush()

    rows = actions.actions_of(db, ben.id, meeting)

    assert [(row.id, row.dropped_at, row.dropped_why) for row in rows] == [(before.id, None, ""), (after.id, None, "")]
    assert words(db, library, ben, rows) == ["open", "open"]


def test_the_number_of_queries_does_not_grow_with_the_actions(db, library, ada, ben, assign, meeting, make_version):
    def count(rows):
        db.flush()
        seen = []

        def listener(*parts):
            seen.append(parts[2])

        sa.event.listen(db.get_bind(), "before_cursor_execute", listener)
        actions.shown(db, library, ben.id, rows, at=LATER)
        sa.event.remove(db.get_bind(), "before_cursor_execute", listener)
        return len(seen)

    def one_of_each():
        version = make_version(ada, shared=True)
        return [assign("lesson", LESSON), assign("cards", LESSON), assign("piece", version.piece_id)]

    few = one_of_each()
    many = few + [action for _ in range(6) for action in one_of_each()]
    assert count(few) >= 4
    assert count(many) == count(few)
