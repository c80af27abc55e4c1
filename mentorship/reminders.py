"""Whom to remind, and of what: meetings to come, cards that wait, a digest, and meetings that nobody signed.

All by mail but the last, and only for those who asked for it. Worked out from data, so that each may run at any time and
any number of times: a mail stands once for its slot, a notice once for its session.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core import clock, inbox, mail, words
from core.accounts import User
from core.inbox import BEFORE_MEETINGS, DIGEST, OF_REVIEWS, Notice, Telling
from curriculum import day_list
from mentorship import actions, links, news, sessions
from mentorship.models.meetings import StudioSession

LATE = timedelta(hours=12)  # a digest that was missed is made up for so long, also past midnight
LONGEST_BEFORE = timedelta(hours=24)
UNSIGNED_FOR = timedelta(days=7)
FORGIVEN_AFTER = timedelta(days=30)  # what was held longer ago is left in peace
MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person who asked for mails, and the local day that is due now."""

    person: User
    telling: Telling
    day: date


def remind(db: Session, *, at: datetime) -> str:
    """All that is due now, for a site that sends mail. Returns a few words."""
    digests = send_digests(db, at=at)
    return f"{remind_of_meetings(db, at=at)} of meetings, {digests} digests, {remind_of_cards(db, at=at)} of cards"


# -- meetings to come ----------------------------------------------------------------------------------------


def remind_of_meetings(db: Session, *, at: datetime) -> int:
    """A mail to each of the two who asked for one, as many hours before as they like; none once it has begun, and none
    when it was agreed on later than that. A meeting that moves is another one. Returns how many were put."""
    count = 0
    for session, person, telling in _meetings_ahead(db, at):
        hours = telling.reminds_before or 0
        reminded_at = session.starts_at - timedelta(hours=hours)
        if not telling.is_on(BEFORE_MEETINGS) or at < reminded_at:
            continue
        if session.confirmed_at is None or session.confirmed_at > reminded_at:
            continue
        if not session.mentor_id or not links.are_linked(db, session.user_id, session.mentor_id):
            continue
        count += _remind_of(db, session, person, at)
    return count


def _meetings_ahead(db: Session, at: datetime) -> Iterator[tuple[StudioSession, User, Telling]]:
    of_mentor, of_apprentice = col(StudioSession.mentor_id), col(StudioSession.user_id)
    for whose in (of_apprentice, of_mentor):
        statement = (
            sa.select(StudioSession, User, Telling)
            .join(User, col(User.id) == whose)
            .join(Telling, col(Telling.user_id) == whose)
            .where(col(StudioSession.starts_at) > at, col(StudioSession.starts_at) <= at + LONGEST_BEFORE)
            .where(col(StudioSession.kind) == "meeting", col(Telling.reminds_before).is_not(None), *_reachable())
            .where(*[moment.is_(None) for moment in (HELD, CANCELLED, MISSED)])
        )
        yield from db.execute(statement).tuples()


HELD, CANCELLED, MISSED = col(StudioSession.held_at), col(StudioSession.cancelled_at), col(StudioSession.missed_at)


def _reachable() -> tuple[sa.ColumnElement[bool], ...]:
    return col(User.confirmed_at).is_not(None), col(User.active).is_(True), col(User.demo_since).is_(None)


def _remind_of(db: Session, session: StudioSession, person: User, at: datetime) -> bool:
    listed = sessions.listed(db, person.id, session)
    name = mail.one_line(listed.person.name) if listed.person else "somebody"
    when = words.exact(session.starts_at, person.zone)
    text = f"Your meeting with {name} begins on {when}."
    if session.place:
        text += f"\n\nPlace: {mail.one_line(session.place)}"
    slot = f"{session.id} {session.starts_at.isoformat()}"
    subject = f"Meeting with {name}: {when}"
    path = f"/sessions/{session.id}"
    return mail.put(
        db, person, kind=BEFORE_MEETINGS, slot=slot, subject=subject, text=text, path=path, at=at
    )  # fmt: skip


# -- at the chosen hour --------------------------------------------------------------------------------------


def send_digests(db: Session, *, at: datetime) -> int:
    """A digest to everybody whose hour has come, once for a local day; none where there is nothing to say. Returns how
    many were put."""
    count = 0
    for one in _at_their_hour(db, DIGEST, col(Telling.digest) != "", at):
        if one.telling.is_on(DIGEST) and _is_digest_day(one.telling, one.day) and (text := digest(db, one, at=at)):
            subject = f"Your digest of {one.day:%A} {one.day.day} {one.day:%B}"
            about = {"kind": DIGEST, "slot": one.day.isoformat(), "subject": subject, "path": "/inbox"}
            count += mail.put(db, one.person, **about, text=text, at=at)
    return count


def remind_of_cards(db: Session, *, at: datetime) -> int:
    """How many cards wait, to those who asked, once for a local day; a digest of that day says it already. Returns how
    many were put."""
    count = 0
    for one in _at_their_hour(db, OF_REVIEWS, col(Telling.reminds_reviews).is_(True), at):
        has_digest = one.telling.is_on(DIGEST) and _is_digest_day(one.telling, one.day)
        if not one.telling.is_on(OF_REVIEWS) or has_digest:
            continue
        if waiting := day_list.waiting(db, one.person.id, one.person.zone, at=at):
            about = {"kind": OF_REVIEWS, "slot": one.day.isoformat(), "path": "/reviews"}
            text = f"{_cards(waiting)} today."
            count += mail.put(db, one.person, **about, subject=text, text=text, at=at)
    return count


def hour_comes_at(day: date, hour: int, zone: str) -> datetime:
    """The moment (UTC) at which this hour comes on a local day. Doubled, the first one counts; left out, the moment of
    the jump."""
    return clock.day_start(day.toordinal(), zone, hour)


def _is_digest_day(telling: Telling, day: date) -> bool:
    return telling.digest == "daily" or day.weekday() == telling.digest_weekday


def _at_their_hour(db: Session, kind: str, asked: sa.ColumnElement[bool], at: datetime) -> Iterator[Wanted]:
    """Who asked for this kind and whose hour of a day has come less than twelve hours ago, without a mail for it."""
    people = select(User, Telling).join(Telling, col(Telling.user_id) == col(User.id)).where(asked, *_reachable())
    recent = select(mail.Mail.user_id, mail.Mail.slot).where(mail.Mail.kind == kind, mail.Mail.made_at > at - 3 * LATE)
    sent = {(user_id, slot) for user_id, slot in db.exec(recent)}
    for person, telling in db.exec(people):
        today = at.astimezone(clock.zone_of(person.zone)).date()
        for day in (today - timedelta(days=1), today):
            comes_at = hour_comes_at(day, telling.digest_hour, person.zone)
            is_due = comes_at <= at < comes_at + LATE
            is_asked = kind != DIGEST or telling.digest_since is None or comes_at > telling.digest_since
            if is_due and is_asked and (person.id, day.isoformat()) not in sent:
                yield Wanted(person, telling, day)


def digest(db: Session, one: Wanted, *, at: datetime) -> str:
    """What is new and what is due, in sentences; "" where there is nothing."""
    person, parts = one.person, []
    today = at.astimezone(clock.zone_of(person.zone)).date()
    meeting = sessions.next_meeting(db, person.id, at)
    if meeting and meeting.session.starts_at > at:
        name = mail.one_line(meeting.person.name) if meeting.person else "somebody"
        when = words.exact(meeting.session.starts_at, person.zone)
        parts.append(f"Your next meeting: {when}, with {name}.")
    promised = [action for action in actions.open_actions(db, person.id) if action.due_on and action.due_on <= today]
    if promised:
        parts.append(_listed("Promised by today:", [action.text for action in promised]))
    if waiting := day_list.waiting(db, person.id, person.zone, at=at):
        parts.append(f"{_cards(waiting)}.")
    unread = select(Notice).where(Notice.user_id == person.id, col(Notice.read_at).is_(None))
    found = list(db.exec(unread.order_by(col(Notice.id).desc()).limit(inbox.MOST_COUNTED)))
    if found:
        parts.append(_listed("Unread in your inbox:", [notice.text for notice in found]))
    return "\n\n".join(parts)


def _cards(waiting: int) -> str:
    return "One card waits for you" if waiting == 1 else f"{waiting} cards wait for you"


def _listed(heading: str, texts: list[str]) -> str:
    lines = [f"- {mail.one_line(text)}" for text in texts[:MOST_LISTED]]
    if len(texts) > MOST_LISTED:
        lines.append(f"- and {len(texts) - MOST_LISTED} more")
    return "\n".join([heading, *lines])


# -- signatures ----------------------------------------------------------------------------------------------


def remind_of_signatures(db: Session, *, at: datetime) -> str:
    """One notice to each of the two who has not signed a meeting within seven days. Returns a few words."""
    count = 0
    for session in _unsigned(db, at):
        for person_id, signed_at in ((session.user_id, session.signed_at), (session.mentor_id, session.mentor_signed_at)):
            if person_id and signed_at is None and not _was_reminded(db, person_id, session.id):
                _ask_to_sign(db, session, person_id, at)
                count += 1
    return f"{count} reminded to sign"


def _unsigned(db: Session, at: datetime) -> list[StudioSession]:
    """Meetings held that one of the two did not sign, and has not been reminded of; while they are linked."""
    reminded = aliased(Notice)
    thread = sa.literal("session:")
    statement = select(StudioSession).where(
        col(StudioSession.kind) == "meeting",
        CANCELLED.is_(None),
        HELD <= at - UNSIGNED_FOR,
        HELD > at - FORGIVEN_AFTER,
        sa.or_(col(StudioSession.signed_at).is_(None), col(StudioSession.mentor_signed_at).is_(None)),
        col(StudioSession.mentor_id).is_not(None),
    )
    return [one for one in db.exec(statement) if one.mentor_id and links.are_linked(db, one.user_id, one.mentor_id)]
