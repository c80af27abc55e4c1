"""Remarks at seconds of a piece: who writes and reads them, what becomes of them, what stays when a link ends."""

import pytest
from sqlalchemy import event
from sqlmodel import select

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.ids import uuid7
from core.inbox import Notice
from mentorship import portfolio, proposals, remark_card, remark_page, remark_steps, remarks, remarks_kept
from mentorship.models.meetings import StudioSession
from mentorship.models.people import Link
from mentorship.models.pieces import Measurement
from mentorship.models.remarks import RemarkStep
from mentorship.remark_card import Asked
from tests.times import DAY, HOUR, MINUTE, MONDAY

LENGTH = 200.0


@pytest.fixture
def link(ada, ben, link_of) -> Link:
    return link_of(ada, ben)


@pytest.fixture
def version(db, ada, make_version):
    """V1 of a piece that Ada shows: 3 minutes 20."""
    return heard(db, make_version(ada, shared=True))


@pytest.fixture
def piece(db, ada, version):
    return portfolio.own(db, ada.id, version.piece_id)


@pytest.fixture
def remark(db, ben, link, version):
    """Ben's, at 1:12."""
    return write(db, ben, version)


def heard(db, version):
    version.seconds = LENGTH
    db.commit()
    return version


def write(db, person, version, start_ms=72_000, end_ms=None, kind="fix", text="The hat bites.", at=MONDAY):
    row = remarks.add(
        db, person.id, version.id, kind=kind, start_ms=start_ms, end_ms=end_ms, text=text, at=at
    )  # fmt: skip
    db.commit()
    return row


def next_of(db, ada, make_version, piece):
    return heard(db, make_version(ada, piece=piece))


def seen_by(db, person, remark):
    _, piece, _ = remarks.find(db, person.id, remark.id)
    return remark_page.one(db, person.id, remark, piece, portfolio.versions(db, piece))


def told(db, person):
    return [row.text for row in db.exec(select(Notice).where(Notice.user_id == person.id).order_by(Notice.id))]


# -- who writes and reads ------------------------------------------------------------------------------------


def test_owner_and_mentor_write_and_read_and_a_stranger_finds_nothing(db, ada, ben, eve, link, version, piece):
    hers, his = write(db, ada, version, 5_000), write(db, ben, version, 4_000, 9_500)

    for person in (ada, ben):
        listed = remark_page.of_version(db, person.id, piece, version, [version])
        assert [(one.number, one.id, one.is_own) for one in listed] == [
            (1, his.id, person is ben),
            (2, hers.id, person is ada),
        ]
    with pytest.raises(NotFound):
        write(db, eve, version)
    with pytest.raises(NotFound):
        remarks.find(db, eve.id, his.id)


@pytest.mark.parametrize("how", ["draft", "hidden", "paused"])
def test_what_is_not_shown_takes_no_remark(db, ben, link, version, piece, remark, how):
    if how == "draft":
        piece.shared_at = None
    elif how == "hidden":
        link.shows_pieces = False
    else:
        link.paused_at = MONDAY
    db.commit()

    with pytest.raises(NotFound):
        write(db, ben, version)
    with pytest.raises(NotFound):
        remarks.reply(db, ben.id, remark.id, "Still there?", at=MONDAY)


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "text", "field"),
    [
        (200_001, None, "Late.", "start"),
        (1_000, 200_001, "Late.", "end"),
        (2_000, 2_000, "Back.", "end"),
        (-1, None, "Before.", "end"),
        (0, None, "   ", "text"),
        (0, None, "a" * 1001, "text"),
    ],
)
def test_a_remark_that_cannot_stand_there_is_refused(db, ada, version, start_ms, end_ms, text, field):
    with pytest.raises(Refused) as refused:
        write(db, ada, version, start_ms, end_ms, text=text)

    assert refused.value.field == field


def test_a_picture_has_no_seconds(db, ada, make_version):
    picture = make_version(ada, kind="picture")

    with pytest.raises(Refused, match="is no sound"):
        write(db, ada, picture)


def test_a_full_version_takes_no_more(db, ada, version, monkeypatch):
    monkeypatch.setattr(remarks, "MOST", 1)
    write(db, ada, version)

    with pytest.raises(Refused, match="the most we keep"):
        write(db, ada, version)


def test_a_guest_stands_there_by_name_and_the_owner_can_take_it_off(db, ada, ben, link, version):
    row = remarks.add_guest(
        db, version, uuid7(), " Mara  the drummer ", kind="praise", start_ms=10, text="Love it.", at=MONDAY
    )  # fmt: skip
    db.commit()

    assert seen_by(db, ben, row).by == "Mara the drummer"
    assert told(db, ada) == ["Mara the drummer, a guest, wrote at seconds of Night bus, V1."]
    with pytest.raises(NotAllowed):
        remarks.remove(db, ben.id, row.id, at=MONDAY)
    remarks.remove(db, ada.id, row.id, at=MONDAY)
    with pytest.raises(NotFound):
        remarks.find(db, ben.id, row.id)
    with pytest.raises(Refused):
        remarks.add_guest(db, version, uuid7(), " ", kind="fix", start_ms=0, text="Hm.", at=MONDAY)


# -- changing one's mind -------------------------------------------------------------------------------------


def test_one_changes_ones_own_while_nobody_answered(db, ada, ben, remark):
    remarks.edit(db, ben.id, remark.id, kind="idea", start_ms=1, end_ms=2, text="Softer?", at=MONDAY + HOUR)
    with pytest.raises(NotAllowed, match="Ben wrote this"):
        remarks.edit(db, ada.id, remark.id, kind="fix", start_ms=1, end_ms=2, text="No.", at=MONDAY + HOUR)
    remarks.reply(db, ben.id, remark.id, "I mean the closed one.", at=MONDAY + HOUR)  # one's own is no answer
    remarks.edit(db, ben.id, remark.id, kind="idea", start_ms=1, end_ms=2, text="Softer!", at=MONDAY + HOUR)

    remarks.reply(db, ada.id, remark.id, "Which hat?", at=MONDAY + HOUR)

    assert (remark.text, remark.edited_at) == ("Softer!", MONDAY + HOUR)
    with pytest.raises(Conflict, match="cannot be changed"):
        remarks.edit(db, ben.id, remark.id, kind="fix", start_ms=1, end_ms=2, text="No.", at=MONDAY + HOUR)
    with pytest.raises(Conflict, match="cannot be removed"):
        remarks.remove(db, ben.id, remark.id, at=MONDAY + HOUR)


def test_what_was_removed_comes_back_within_a_quarter_of_an_hour(db, ada, ben, version, piece, remark):
    for _ in range(2):
        remarks.remove(db, ben.id, remark.id, at=MONDAY)

    assert remark_page.of_version(db, ada.id, piece, version, [version]) == []
    assert remarks.just_removed(db, ben.id, version, at=MONDAY + MINUTE) == remark
    assert remarks.just_removed(db, ada.id, version, at=MONDAY + MINUTE) is None
    with pytest.raises(Refused, match="15 minutes"):
        remarks.restore(db, ben.id, remark.id, at=MONDAY + 16 * MINUTE)
    remarks.restore(db, ben.id, remark.id, at=MONDAY + 15 * MINUTE)
    assert len(remark_page.of_version(db, ada.id, piece, version, [version])) == 1


def test_an_answer_is_its_writers(db, ada, ben, remark):
    row = remarks.reply(db, ada.id, remark.id, "Which hat?", at=MONDAY)
    with pytest.raises(NotFound):
        remarks.remove_reply(db, ben.id, remark.id, row.id, at=MONDAY)

    remarks.remove_reply(db, ada.id, remark.id, row.id, at=MONDAY)
    assert seen_by(db, ben, remark).said == ()
    with pytest.raises(Refused):
        remarks.restore_reply(db, ada.id, remark.id, row.id, at=MONDAY + HOUR)
    remarks.restore_reply(db, ada.id, remark.id, row.id, at=MONDAY)
    assert [one.text for one in seen_by(db, ben, remark).said] == ["Which hat?"]


# -- what becomes of it --------------------------------------------------------------------------------------


def test_fixed_not_yet_fixed_yes(db, ada, ben, make_version, piece, remark):
    second = next_of(db, ada, make_version, piece)
    versions = portfolio.versions(db, piece)
    assert [one.id for one in remark_page.check_list(db, ada.id, piece, second, versions)] == [remark.id]

    remark_steps.fix(db, ada.id, remark.id, second.id, at=MONDAY)
    assert seen_by(db, ben, remark).word == "fixed in V2?"
    remark_steps.judge(db, ben.id, remark.id, False, "Closer.", at=MONDAY + MINUTE)
    assert (seen_by(db, ada, remark).state, seen_by(db, ada, remark).word) == ("open", "not yet in V2")

    third = next_of(db, ada, make_version, piece)
    remark_steps.fix(db, ada.id, remark.id, third.id, at=MONDAY + HOUR)
    remark_steps.judge(db, ben.id, remark.id, True, at=MONDAY + HOUR)
    versions = portfolio.versions(db, piece)

    assert seen_by(db, ada, remark).word == "fixed in V3"
    assert [one.state for one in remark_page.check_list(db, ada.id, piece, third, versions)] == ["heard"]
    assert remark_page.check_list(db, ada.id, piece, next_of(db, ada, make_version, piece), versions) == []
    assert [step.kind for step in remark_steps.of(db, ada.id, [remark.id])[remark.id]] == [
        "fixed", "not yet", "fixed", "yes",
    ]  # fmt: skip


def test_only_the_owner_says_fixed_and_she_does_not_judge_herself(
    db, ada, ben, eve, version, make_version, piece, remark
):
    second = next_of(db, ada, make_version, piece)
    with pytest.raises(NotAllowed):
        remark_steps.fix(db, ben.id, remark.id, second.id, at=MONDAY)
    with pytest.raises(Refused, match="Upload the next version"):
        remark_steps.fix(db, ada.id, remark.id, version.id, at=MONDAY)
    with pytest.raises(NotFound):
        remark_steps.fix(db, ada.id, remark.id, next_of(db, ada, make_version, None).id, at=MONDAY)
    with pytest.raises(Conflict, match="Nobody says"):
        remark_steps.judge(db, ben.id, remark.id, True, at=MONDAY)
    for _ in range(2):
        remark_steps.fix(db, ada.id, remark.id, second.id, at=MONDAY)

    with pytest.raises(NotAllowed, match="A mentor listens"):
        remark_steps.judge(db, ada.id, remark.id, True, at=MONDAY)
    with pytest.raises(NotFound):
        remark_steps.judge(db, eve.id, remark.id, True, at=MONDAY)
    assert len(db.exec(select(RemarkStep)).all()) == 1


def test_without_a_mentor_she_listens_herself(db, ada, link, version, make_version, piece, remark):
    second = next_of(db, ada, make_version, piece)
    remark_steps.fix(db, ada.id, remark.id, second.id, at=MONDAY)
    link.ended_at = MONDAY
    db.commit()

    remark_steps.judge(db, ada.id, remark.id, True, at=MONDAY)

    assert seen_by(db, ada, remark).state == "heard"


def test_another_mentor_who_sees_the_piece_says_yes(db, ada, eve, link_of, make_version, piece, remark):
    link_of(ada, eve)
    second = next_of(db, ada, make_version, piece)
    remark_steps.fix(db, ada.id, remark.id, second.id, at=MONDAY)

    remark_steps.judge(db, eve.id, remark.id, True, at=MONDAY)

    assert seen_by(db, ada, remark).state == "heard"


def test_dropped_and_opened_again(db, ada, ben, eve, link_of, remark):
    link_of(ada, eve)
    with pytest.raises(NotAllowed, match="Only Ben"):
        remark_steps.drop(db, eve.id, remark.id, at=MONDAY)
    for _ in range(2):
        remark_steps.drop(db, ada.id, remark.id, "It is meant so.", at=MONDAY)
    assert seen_by(db, ben, remark).word == "left as it is"

    for _ in range(2):
        remark_steps.reopen(db, ben.id, remark.id, at=MONDAY)

    assert seen_by(db, ada, remark).word == "open"
    assert [one.what for one in seen_by(db, ada, remark).said] == ["left it as it is", "opened it again"]


def test_praise_takes_no_steps(db, ada, ben, link, version):
    row = write(db, ben, version, kind="praise")

    with pytest.raises(Refused, match="Praise"):
        remark_steps.drop(db, ada.id, row.id, at=MONDAY)
    assert remark_page.open_ones(db, ada.id, only_shown=True) == []


# -- as a card -----------------------------------------------------------------------------------------------


def test_a_card_is_cut_from_the_copy_that_can_be_read_and_is_the_owners_alone(db, ada, ben, version, remark):
    assert remark_card.asked(db, ada.id, remark.id) == Asked(version.sha256, 71_000, 75_000, "")
    copy = Measurement(user_id=ada.id, version_id=version.id, state="ready", listen_sha256="c" * 64, asked_at=MONDAY)
    db.add(copy)
    db.flush()

    assert remark_card.asked(db, ada.id, remark.id).sha256 == "c" * 64
    with pytest.raises(NotAllowed, match="Only the one who made the piece"):
        remark_card.asked(db, ben.id, remark.id)


# -- who is told ---------------------------------------------------------------------------------------------


def test_six_remarks_in_a_row_are_one_unread_notice(db, ada, ben, link, version):
    for second in range(6):
        write(db, ben, version, second * 1000)

    assert told(db, ada) == ["Ben wrote at seconds of Night bus, V1."]
    assert told(db, ben) == []


def test_the_writer_is_asked_whether_it_is_fixed_and_the_owner_hears_his_word(
    db, ada, ben, make_version, piece, remark
):
    second = next_of(db, ada, make_version, piece)
    remark_steps.fix(db, ada.id, remark.id, second.id, at=MONDAY)
    remark_steps.judge(db, ben.id, remark.id, False, at=MONDAY)

    assert told(db, ben) == ["Ada says 1:12 of Night bus is fixed in V2. Is it?"]
    assert told(db, ada) == ["Ben says 1:12 of Night bus, V2, is not there yet."]


# -- what is still open --------------------------------------------------------------------------------------


def test_open_remarks_by_version_for_agenda_and_brief(
    db, ada, ben, library, link, version, make_version, piece, remark
):
    write(db, ben, version, 9_500)
    settled = write(db, ben, version, 30_000)
    remark_steps.drop(db, ada.id, settled.id, at=MONDAY)
    remark_steps.reopen(db, ada.id, settled.id, at=MONDAY)
    remark_steps.drop(db, ada.id, settled.id, at=MONDAY)  # in the same moment
    write(db, ada, heard(db, make_version(ada)), text="Of a draft.")

    (row,) = remark_page.open_ones(db, ada.id, only_shown=True)

    assert (row.version.id, row.starts) == (version.id, ("0:09.500", "1:12"))
    assert len(remark_page.open_ones(db, ada.id, only_shown=False)) == 2
    offered = [one for one in proposals.of(db, library, ben.id, meeting(ada, ben), at=MONDAY) if one.source == "remark"]
    assert [one.text for one in offered] == ["Night bus, V1: 2 open remarks, at 0:09.500, 1:12"]


def meeting(ada, ben):
    return StudioSession(
        user_id=ada.id,
        id=uuid7(),
        mentor_id=ben.id,
        kind="meeting",
        starts_at=MONDAY,
        zone="UTC",
        minutes=0,
        logged_by=ben.id,
        logged_at=MONDAY,
    )


def test_a_hundred_remarks_cost_no_more_queries_than_one(db, ada, ben, link, version, piece, base):
    write(db, ben, version)
    once = queries(db, base, ada, piece, version)
    for second in range(1, 20):
        row = write(db, ben, version, second * 1000)
        remarks.reply(db, ada.id, row.id, "Yes.", at=MONDAY)
    db.commit()

    assert queries(db, base, ada, piece, version) == once


def queries(db, base, person, piece, version):
    count = 0

    def counted(*_):
        nonlocal count
        count += 1

    event.listen(base.engine, "before_cursor_execute", counted)
    try:
        remark_page.of_page(db, person.id, piece, version, [version], "", at=MONDAY)
        remark_page.open_ones(db, person.id, only_shown=True)
        remarks_kept.of(db, person.id)
    finally:
        event.remove(base.engine, "before_cursor_execute", counted)
    return count


# -- after the end -------------------------------------------------------------------------------------------


def test_after_the_end_the_mentor_reads_his_own_words_and_no_others(db, ada, ben, link, version, piece, remark):
    remarks.reply(db, ada.id, remark.id, "Which hat?", at=MONDAY)
    remarks.reply(db, ben.id, remark.id, "The closed one.", at=MONDAY)
    link.ended_at = MONDAY + DAY
    db.commit()

    with pytest.raises(NotFound):
        remarks.find(db, ben.id, remark.id)
    (shelf,) = remarks_kept.of(db, ben.id)
    assert (shelf.piece.id, shelf.owner.id, shelf.is_shown) == (piece.id, ada.id, False)
    assert [(one.place, one.what, one.text) for one in shelf.words] == [
        ("1:12", "Fix", "The hat bites."),
        ("1:12", "Answer", "The closed one."),
    ]
    assert remarks_kept.of(db, ada.id) == []
    assert [one.text for one in seen_by(db, ada, remark).said] == ["Which hat?", "The closed one."]
