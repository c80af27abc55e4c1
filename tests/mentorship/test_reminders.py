"""Reminders and digests: none doubled, none missed, whatever the clocks and the people do."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User
from core.inbox import BEFORE_MEETINGS, DIGEST, OF_REVIEWS, Notice, Telling, Wishes
from core.mail import Mail
from mentorship import actions, appointments, news, reminders, signing
from mentorship.models.people import Link
from tests.conftest import person
from tests.mentorship.planned import agree, propose
from tests.times import AUCKLAND, BERLIN, DAY, HOUR, MINUTE, MONDAY, NEW_YORK, on_the_wall

LORD_HOWE = "Australia/Lord_Howe"
NOTHING = Wishes((), "", 7, 0, None, False)
CHANGES = [  # (zone, the day on which its clocks change, an hour that is left out or doubled then)
    (BERLIN, date(2027, 3, 28), 2),
    (NEW_YORK, date(2026, 11, 1), 1),
    (AUCKLAND, date(2027, 4, 4), 2),
    (LORD_HOWE, date(2027, 4, 4), 1),
]
QUARTER = 15 * MINUTE


@pytest.fixture
def ada(db: Session) -> User:
    return person(db, "Ada", confirmed_at=MONDAY)


@pytest.fixture
def ben(db: Session) -> User:
    return person(db, "Ben", zone="Europe/London", confirmed_at=MONDAY)


def wishes(db: Session, user: User, *, at: datetime = MONDAY - 400 * DAY, **more: Any) -> None:
    asked = {**{name: getattr(NOTHING, name) for name in NOTHING.__slots__}, "mails": ["session"], **more}
    inbox.choose(db, user.id, Wishes(**asked), at=at)
    db.commit()


def told(db: Session, user: User, at: datetime, thread: str = "link:1") -> None:
    inbox.tell(db, user.id, news.LINK, "Ben is your mentor now.", path="/links", thread=thread, at=at)
    db.commit()


def mails(db: Session, kind: str = "", user: User | None = None) -> list[Mail]:
    found = db.exec(select(Mail).order_by(col(Mail.made_at)))
    return [mail for mail in found if kind in ("", mail.kind) and (user is None or mail.user_id == user.id)]


def every_quarter(db: Session, shelf: Any, first: datetime, last: datetime) -> None:
    at = first
    while at <= last:
        reminders.remind(db, shelf, at=at)
        db.commit()
        at += QUARTER


# -- clock changes -------------------------------------------------------------------------------------------


@pytest.mark.sqlite
@pytest.mark.parametrize(("zone", "day", "hour"), CHANGES, ids=[zone for zone, *_ in CHANGES])
def test_across_a_clock_change_none_is_doubled_and_none_missed(db, ada, ben, link_of, shelf, zone, day, hour):
    """Ada's hour is the one that is left out or doubled, Ben's is seven; they meet every five hours, also in it. She is
    reminded a day before, he an hour: real hours."""
    ada.zone = ben.zone = zone
    link_of(ada, ben)
    wishes(db, ada, digest="daily", digest_hour=hour, reminds_before=24)
    wishes(db, ben, digest="daily", digest_hour=7, reminds_before=1)
    days = [day + timedelta(days=number) for number in (-1, 0, 1)]
    start, end = on_the_wall(zone, f"{days[0]} 00:00"), on_the_wall(zone, f"{days[-1]} 23:45")
    for somebody in (ada, ben):
        told(db, somebody, start - DAY)
    meetings = [
        agree(db, ada, ben, starts_at=start + hours * HOUR, at=start - DAY, anyway=True) for hours in range(25, 70, 5)
    ]

    every_quarter(db, shelf, start, end)

    for somebody, wanted in ((ada, hour), (ben, 7)):
        sent = mails(db, DIGEST, somebody)
        assert [mail.slot for mail in sent] == [one.isoformat() for one in days]
        for mail, one in zip(sent, days, strict=True):
            wall = mail.made_at.astimezone(ZoneInfo(zone))
            minutes = wall.hour * 60 + wall.minute - wanted * 60
            assert wall.date() == one and 0 <= minutes <= 60, wall
            assert minutes == 0 or (one == day and somebody is ada), wall
    for somebody, before in ((ada, 24), (ben, 1)):
        reminded = {mail.slot.split()[0]: mail.made_at for mail in mails(db, BEFORE_MEETINGS, somebody)}
        assert len(mails(db, BEFORE_MEETINGS, somebody)) == len(reminded) == len(meetings)
        assert all(one.starts_at - reminded[str(one.id)] == before * HOUR for one in meetings)


MOVES = st.lists(
    st.tuples(st.integers(0, 7 * 24), st.sampled_from([BERLIN, NEW_YORK, AUCKLAND, LORD_HOWE, "Pacific/Honolulu"])),
    max_size=3,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hour=st.integers(0, 23), zone=st.sampled_from([zone for zone, *_ in CHANGES]), moves=MOVES)
@example(hour=23, zone=AUCKLAND, moves=[(60, "Pacific/Honolulu"), (90, AUCKLAND)])
def test_no_local_day_has_two_digests_and_only_a_move_may_leave_one_out(engine_kind, db, ada, hour, zone, moves):
    if engine_kind == "postgres":
        return
    db.execute(sa.delete(Mail))
    db.execute(sa.delete(Telling))
    db.expire_all()
    ada.zone = zone
    wishes(db, ada, digest="daily", digest_hour=hour)
    start, day = datetime(2027, 3, 30, tzinfo=UTC), date(2027, 3, 31)
    sent: Counter[str] = Counter()
    late: list[timedelta] = []
    for step in range(0, 7 * 24 * 2):
        at = start + step * 30 * MINUTE
        ada.zone = dict(sorted(moves)).get(step // 2, ada.zone)
        for one in reminders._at_their_hour(db, DIGEST, "digest_day", at):
            sent[one.day.isoformat()] += 1
            late.append(at - reminders.hour_comes_at(one.day, hour, ada.zone))
    db.rollback()

    assert set(sent.values()) == {1}
    assert all(wait < reminders.LATE for wait in late)
    if not moves:
        assert [(day + timedelta(days=number)).isoformat() in sent for number in range(5)] == [True] * 5
        assert max(late[1:]) < 30 * MINUTE


# -- digests -------------------------------------------------------------------------------------------------


def test_a_digest_says_what_is_unread_promised_and_next_in_the_readers_time(db, ada, ben, link_of, shelf):
    link_of(ada, ben)
    wishes(db, ada, digest="daily", digest_hour=7)
    agree(db, ada, ben, starts_at=MONDAY + 6 * HOUR, at=MONDAY - DAY)
    actions.add_own_action(db, ada.id, "Bounce V3", date(2026, 11, 23), at=MONDAY - DAY)
    actions.add_own_action(db, ada.id, "Something far off", date(2026, 12, 23), at=MONDAY - DAY)
    told(db, ada, MONDAY - DAY + HOUR)

    reminders.remind(db, shelf, at=on_the_wall(BERLIN, "2026-11-23 07:00"))

    [digest] = mails(db, DIGEST)
    assert digest.subject == "Your digest of Monday 23 November"
    assert digest.text == (
        "Hello Ada,\n\n"
        "Your next meeting: Monday 23 November 2026, 19:00, 18:00 for Ben, with Ben.\n\n"
        "Promised by today:\n- Bounce V3\n\n"
        "Unread in your inbox:\n"
        "- Ben is your mentor now.\n"
        "- Ben said yes to your meeting: Monday 23 November 2026, 19:00, 18:00 for Ben."
    )


def test_a_day_with_nothing_to_say_brings_no_digest_and_none_later_that_day(db, ada, shelf):
    wishes(db, ada, digest="daily", digest_hour=7)
    seven = on_the_wall(BERLIN, "2026-11-23 07:00")
    reminders.remind(db, shelf, at=seven)
    told(db, ada, seven + HOUR)

    every_quarter(db, shelf, seven + HOUR, seven + 5 * HOUR)

    assert mails(db, DIGEST) == []


def test_a_weekly_digest_comes_on_its_day(db, ada, shelf):
    wishes(db, ada, digest="weekly", digest_hour=7, digest_weekday=3)
    told(db, ada, MONDAY)

    for number in range(15):
        reminders.remind(db, shelf, at=MONDAY + number * DAY)
        db.commit()

    assert [mail.slot for mail in mails(db, DIGEST)] == ["2026-11-26", "2026-12-03"]


def test_a_digest_that_was_missed_is_made_up_for_once_also_past_midnight(db, ada, shelf):
    wishes(db, ada, digest="daily", digest_hour=22)
    told(db, ada, MONDAY - 3 * DAY)
    midnight = on_the_wall(BERLIN, "2026-11-23 00:00")

    every_quarter(db, shelf, midnight + HOUR, midnight + 21 * HOUR)

    assert [mail.slot for mail in mails(db, DIGEST)] == ["2026-11-22"]


def test_a_digest_turned_on_after_its_hour_begins_on_the_next_day(db, ada, shelf):
    told(db, ada, MONDAY - DAY)
    wishes(db, ada, digest="daily", digest_hour=7, at=MONDAY)

    every_quarter(db, shelf, MONDAY, MONDAY + DAY)

    assert [mail.slot for mail in mails(db, DIGEST)] == ["2026-11-24"]


@pytest.mark.parametrize("change", [{"confirmed_at": None}, {"active": False}, {"demo_since": MONDAY}])
def test_no_digest_goes_where_nobody_showed_that_the_address_is_theirs(db, ada, shelf, change):
    wishes(db, ada, digest="daily", digest_hour=7)
    told(db, ada, MONDAY - DAY)
    db.execute(sa.update(User).values(change))

    reminders.remind(db, shelf, at=MONDAY)

    assert mails(db) == []


def test_who_follows_the_link_in_a_digest_gets_no_more_until_it_is_turned_on_again(db, ada, shelf):
    wishes(db, ada, digest="daily", digest_hour=7)
    told(db, ada, MONDAY - DAY)
    inbox.turn(db, ada.id, DIGEST, is_on=False, at=MONDAY)
    reminders.remind(db, shelf, at=MONDAY)
    assert mails(db) == []

    inbox.turn(db, ada.id, DIGEST, is_on=True, at=MONDAY)
    reminders.remind(db, shelf, at=MONDAY + DAY)

    assert [mail.slot for mail in mails(db)] == ["2026-11-24"]


def test_reminders_of_cards_come_once_a_day_and_not_beside_a_digest(db, ada, ben, shelf, monkeypatch):
    monkeypatch.setattr(reminders, "cards_waiting", lambda *_, **__: 12)
    wishes(db, ada, reminds_reviews=True)
    wishes(db, ben, reminds_reviews=True, digest="daily")

    every_quarter(db, shelf, MONDAY, MONDAY + DAY)

    assert [(mail.slot, mail.subject) for mail in mails(db, OF_REVIEWS)] == [
        ("2026-11-23", "12 cards wait for you today."),
        ("2026-11-24", "12 cards wait for you today."),
    ]
    assert {mail.user_id for mail in mails(db, OF_REVIEWS)} == {ada.id}
    assert "12 cards wait for you." in mails(db, DIGEST)[0].text


# -- meetings ------------------------------------------------------------------------------------------------


def test_both_are_reminded_each_in_their_own_time_and_as_early_as_they_like(db, ada, ben, link_of, shelf):
    link_of(ada, ben)
    wishes(db, ada, reminds_before=24)
    wishes(db, ben, reminds_before=1)
    meeting = agree(db, ada, ben, starts_at=MONDAY + 2 * DAY, at=MONDAY, place="Studio 3")

    every_quarter(db, shelf, MONDAY, MONDAY + 3 * DAY)

    [hers], [his] = mails(db, BEFORE_MEETINGS, ada), mails(db, BEFORE_MEETINGS, ben)
    assert (hers.made_at, his.made_at) == (MONDAY + DAY, MONDAY + 2 * DAY - HOUR)
    assert "begins on Wednesday 25 November 2026, 13:00, 12:00 for Ben." in hers.text
    assert "begins on Wednesday 25 November 2026, 12:00, 13:00 for Ada." in his.text
    assert "Studio 3" in hers.text and hers.path == f"/sessions/{meeting.id}"


def test_a_missed_reminder_is_made_up_for_while_the_meeting_is_ahead_and_never_after(db, ada, ben, link_of, shelf):
    link_of(ada, ben)
    wishes(db, ada, reminds_before=3)
    agree(db, ada, ben, starts_at=MONDAY + DAY, at=MONDAY - DAY)
    agree(db, ada, ben, starts_at=MONDAY + 2 * DAY, at=MONDAY - DAY)

    reminders.remind(db, shelf, at=MONDAY + DAY - 10 * MINUTE)
    reminders.remind(db, shelf, at=MONDAY + 2 * DAY)
    reminders.remind(db, shelf, at=MONDAY + 2 * DAY + MINUTE)

    assert len(mails(db, BEFORE_MEETINGS)) == 1


def _proposed(db, ada, ben, link):
    propose(db, ada, ben)


def _cancelled(db, ada, ben, link):
    appointments.cancel(db, ben.id, agree(db, ada, ben, at=MONDAY - DAY).id, "I am ill.", at=MONDAY)


def _paused(db, ada, ben, link):
    agree(db, ada, ben, at=MONDAY - DAY)
    link.paused_at = MONDAY


def _agreed_on_late(db, ada, ben, link):
    agree(db, ada, ben, starts_at=MONDAY + 2 * HOUR, at=MONDAY)


@pytest.mark.parametrize("how", [_proposed, _cancelled, _paused, _agreed_on_late])
def test_nobody_is_reminded_of_a_meeting_that_is(db, ada, ben, link_of, shelf, how):
    link = link_of(ada, ben)
    wishes(db, ada, reminds_before=3)
    how(db, ada, ben, link)
    db.commit()

    every_quarter(db, shelf, MONDAY, MONDAY + DAY)

    assert mails(db, BEFORE_MEETINGS) == []


# -- signatures ----------------------------------------------------------------------------------------------


@pytest.fixture
def held(db: Session, ada: User, ben: User, link_of: Callable[..., Link]) -> Any:
    link_of(ada, ben)
    meeting = agree(db, ada, ben, starts_at=MONDAY + HOUR, at=MONDAY)
    appointments.hold(db, ada.id, meeting.id, at=MONDAY + 2 * HOUR)
    db.commit()
    return meeting


def nudged(db: Session) -> list[tuple[Any, str]]:
    rows = db.exec(select(Notice).where(Notice.kind == news.NUDGE.name).order_by(Notice.id))
    return [(row.user_id, row.text) for row in rows]


def test_a_meeting_unsigned_for_seven_days_gets_one_reminder_to_whoever_has_not_signed(db, ada, ben, held):
    signing.sign(db, ben.id, held.id, at=MONDAY + 3 * HOUR)
    for days in range(0, 40):
        reminders.remind_of_signatures(db, at=MONDAY + 2 * HOUR + days * DAY - (MINUTE if days == 7 else timedelta()))
        if days == 7:
            assert nudged(db) == []
    db.commit()

    [(whom, text)] = nudged(db)
    assert whom == ada.id
    assert text.startswith("Your meeting with Ben of Monday 23 November 2026, 14:00 waits for your signature.")


def test_a_signed_meeting_and_one_whose_link_ended_bring_none(db, ada, ben, held):
    link = db.exec(select(Link)).one()
    link.ended_at = MONDAY + DAY
    db.commit()
    reminders.remind_of_signatures(db, at=MONDAY + 8 * DAY)
    assert nudged(db) == []

    link.ended_at = None
    for somebody in (ada, ben):
        signing.sign(db, somebody.id, held.id, at=MONDAY + 3 * HOUR)
    reminders.remind_of_signatures(db, at=MONDAY + 8 * DAY)

    assert nudged(db) == []
