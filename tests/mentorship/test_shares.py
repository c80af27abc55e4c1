"""Share links as their owner makes, reads and ends them; what is noted of them; what guests say."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.inbox import Notice
from core.words import clock_time
from mentorship import guest_remarks, portfolio, share_log, shares
from mentorship.guest_remarks import Said
from mentorship.models.pieces import Piece
from mentorship.models.remarks import Remark
from mentorship.models.shares import Share, ShareOpening
from mentorship.shares import Wish
from tests.times import DAY, HOUR, MINUTE, MONDAY

FOR_MARA = Wish("Mara, who sings")


@pytest.fixture
def version(db, ada, make_version):
    version = make_version(ada)
    version.seconds = 180.0
    db.commit()
    return version


@pytest.fixture
def piece(db, version) -> Piece:
    return db.get_one(Piece, (version.user_id, version.piece_id))


@pytest.fixture
def link(db, ada, piece):
    """`link(days=0)`: (share, secret) of Night bus, made on Monday."""

    def make(**wish) -> tuple[Share, str]:
        return shares.make(db, ada.id, piece.id, Wish("Mara", **wish), at=MONDAY)

    return make


def opens(db, secret, *, has_proof=False, at=MONDAY):
    return shares.opened(db, secret, has_proof=has_proof, at=at)


# -- made, opened, ended -------------------------------------------------------------------------------------


def test_a_link_opens_the_newest_version_until_its_month_is_over(db, ada, piece, link, make_version):
    share, secret = link()
    newer = make_version(ada, piece=piece)

    assert opens(db, secret).version.id == newer.id
    assert opens(db, secret, at=MONDAY + 30 * DAY - MINUTE) is not None
    assert opens(db, secret, at=MONDAY + 30 * DAY) is None
    assert len(secret) == 43 and secret not in share.model_dump_json() and share.label == "Mara"


def test_a_link_to_one_version_stays_with_it_and_one_without_end_lasts(db, ada, piece, version, link, make_version):
    _, secret = link(version=1, days=0)
    make_version(ada, piece=piece)

    found = opens(db, secret, at=MONDAY + 1000 * DAY)

    assert found is not None and found.version.id == version.id


def test_nothing_opens_without_its_reason(db, ada, piece, link):
    _, secret = link()
    share, locked = link(password_hash="argon")
    ended, over = link()
    shares.end(db, ada.id, ended.id, at=MONDAY)

    assert opens(db, locked) is None and opens(db, locked, has_proof=True).share.id == share.id
    assert [opens(db, wrong, has_proof=True) for wrong in (over, "", "x" * 43, share.secret_hash, "Ü\0")] == [None] * 5
    portfolio.archive(piece, at=MONDAY)
    assert opens(db, secret) is None and opens(db, locked, has_proof=True) is None
    portfolio.unarchive(piece)
    piece.is_reference = True
    db.flush()
    assert opens(db, secret) is None
    piece.is_reference = False
    ada.active = False
    db.flush()
    assert opens(db, secret) is None


def test_ended_is_ended_and_twice_is_no_error(db, ada, eve, link):
    share, secret = link()

    with pytest.raises(NotFound):
        shares.end(db, eve.id, share.id, at=MONDAY)
    assert opens(db, secret) is not None
    shares.end(db, ada.id, share.id, at=MONDAY)
    shares.end(db, ada.id, share.id, at=MONDAY + HOUR)

    assert opens(db, secret) is None and share.ended_at == MONDAY


def test_each_link_has_a_secret_of_its_own_and_its_password_is_asked_for_alone(db, link):
    _, first = link(password_hash="argon")
    ended, second = link(password_hash="argon of another")

    assert first != second
    assert shares.password_of(db, first, at=MONDAY) == "argon"
    assert shares.password_of(db, first, at=MONDAY + 31 * DAY) == ""
    ended.ended_at = MONDAY
    db.flush()
    assert shares.password_of(db, second, at=MONDAY) == shares.password_of(db, "x" * 43, at=MONDAY) == ""


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(" "), "label"),
        (Wish("x" * 81), "label"),
        (Wish("Mara", version=2), "version"),
        (Wish("Mara", days=2), "days"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_at_its_field(db, ada, piece, wish, field):
    with pytest.raises(Refused) as refusal:
        shares.make(db, ada.id, piece.id, wish, at=MONDAY)

    assert refusal.value.field == field


def test_no_link_leads_to_what_is_archived_empty_or_somebody_elses(db, ada, eve, piece):
    with pytest.raises(NotFound):
        shares.make(db, eve.id, piece.id, FOR_MARA, at=MONDAY)
    empty = portfolio.create(db, ada.id, title="To come", at=MONDAY)
    with pytest.raises(Refused, match="no version yet"):
        shares.make(db, ada.id, empty.id, FOR_MARA, at=MONDAY)
    piece.is_reference = True
    with pytest.raises(Refused, match="a reference"):
        shares.make(db, ada.id, piece.id, FOR_MARA, at=MONDAY)
    piece.is_reference = False
    portfolio.archive(piece, at=MONDAY)
    with pytest.raises(Refused, match="archived"):
        shares.make(db, ada.id, piece.id, FOR_MARA, at=MONDAY)
    assert db.exec(select(Share)).all() == []


def test_a_piece_has_so_many_open_links_and_ended_ones_make_room(db, ada, piece, link, monkeypatch):
    monkeypatch.setattr(shares, "MOST_OPEN", 2)
    first, _ = link()
    link()

    with pytest.raises(Refused, match="open links already"):
        link()
    shares.end(db, ada.id, first.id, at=MONDAY)
    link()


def test_the_owner_reads_what_state_each_link_is_in_and_nobody_else_does(db, ada, eve, piece, link):
    month, _ = link()
    for_good, _ = link(days=0)
    ended, _ = link()
    shares.end(db, ada.id, ended.id, at=MONDAY)
    later = MONDAY + 31 * DAY

    states = {row.share.id: row.state for row in shares.listed(db, ada.id, at=later)}

    assert states == {month.id: "expired", for_good.id: "active", ended.id: "ended"}
    assert shares.listed(db, ada.id, piece.id, at=later)[0].share.id == for_good.id
    assert shares.count_open(db, ada.id, at=MONDAY) == 2 and shares.count_open(db, ada.id, at=later) == 1
    assert shares.listed(db, eve.id, at=MONDAY) == [] and shares.of_page(db, eve.id, piece, at=later) == {
        "shares": None
    }
    assert shares.of_page(db, ada.id, piece, at=later)["shares_over"] == 2
    with pytest.raises(NotFound):
        shares.own(db, eve.id, month.id, at=MONDAY)
    portfolio.archive(piece, at=MONDAY)
    assert shares.own(db, ada.id, for_good.id, at=later).state == "resting"


# -- what came of it -----------------------------------------------------------------------------------------


def test_the_log_keeps_each_kind_once_in_half_an_hour(db, ada, link):
    share, _ = link()
    for minutes in (0, 1, 29, 30, 45, 61):
        for kind in ("opened", "played"):
            share_log.note(db, share, kind, at=MONDAY + minutes * MINUTE)
    share_log.note(db, share, "saved", at=MONDAY)
    for _ in range(2):
        share_log.note(db, share, "remarked", at=MONDAY)

    row = shares.own(db, ada.id, share.id, at=MONDAY + HOUR)

    assert row.counts == {"opened": 3, "played": 3, "saved": 1, "remarked": 2}
    assert row.last_at == MONDAY + 61 * MINUTE
    assert share_log.of_share(db, share)[0].at == MONDAY + 61 * MINUTE


def test_the_log_holds_moments_and_nothing_of_who_it_was():
    assert set(ShareOpening.model_fields) == {"user_id", "id", "share_id", "kind", "at"}


# -- guests speak --------------------------------------------------------------------------------------------


def said(**more) -> Said:
    return Said(**({"number": 1, "name": "Mara", "kind": "fix", "moment": "1:12.48", "text": "The s is sharp."} | more))


def test_a_guests_remark_reaches_the_owner_once(db, ada, version, link):
    share, secret = link(may_remark=True)
    found = opens(db, secret)

    for seconds in (0, 5):
        guest_remarks.add(db, found, said(), at=MONDAY + timedelta(seconds=seconds))
    db.flush()

    [remark] = db.exec(select(Remark)).all()
    assert (remark.by_name, remark.by_id, remark.share_id) == ("Mara", None, share.id)
    assert (remark.version_id, remark.start_ms, remark.kind) == (version.id, 72_480, "fix")
    [notice] = db.exec(select(Notice).where(Notice.user_id == ada.id)).all()
    assert "Mara, a guest" in notice.text and notice.thread == f"piece:{version.piece_id}"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"text": "\n"}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"kind": "insult"}, "kind"),
        ({"moment": "soon"}, "moment"),
        ({"moment": "-1"}, "moment"),
        ({"moment": "3:01"}, "moment"),
    ],
)
def test_what_a_guest_left_out_is_said_at_its_field(db, version, link, more, field):
    _, secret = link(may_remark=True)

    with pytest.raises(Refused) as refusal:
        guest_remarks.add(db, opens(db, secret), said(**more), at=MONDAY)

    assert refusal.value.field == field
    assert db.exec(select(Remark)).all() == []


@given(st.integers(0, 180_000))
def test_a_moment_is_read_as_it_is_written(ms):
    assert guest_remarks._ms(clock_time(ms / 1000), 180.0) == ms


def test_a_guest_writes_only_where_the_owner_listens_and_to_what_was_heard(db, ada, piece, link, make_version):
    _, quiet = link()
    _, secret = link(may_remark=True)

    with pytest.raises(NotAllowed):
        guest_remarks.add(db, opens(db, quiet), said(), at=MONDAY)
    make_version(ada, piece=piece)
    with pytest.raises(Conflict, match="Version 2 came"):
        guest_remarks.add(db, opens(db, secret), said(), at=MONDAY)
    make_version(ada, piece=piece, kind="picture")
    with pytest.raises(NotAllowed):
        guest_remarks.add(db, opens(db, secret), said(number=3), at=MONDAY)


def test_a_link_holds_so_many_remarks(db, link, monkeypatch):
    monkeypatch.setattr(guest_remarks, "MOST_OF_A_LINK", 2)
    _, secret = link(may_remark=True)
    found = opens(db, secret)
    for word in ("one", "two"):
        guest_remarks.add(db, found, said(text=word), at=MONDAY)
        db.flush()

    with pytest.raises(Refused, match="all the remarks"):
        guest_remarks.add(db, found, said(text="three"), at=MONDAY)
    assert len(db.exec(select(Remark)).all()) == 2
