"""Whom to remind, and of what: meetings to come, cards that wait, a digest, and meetings that nobody signed.

All by mail but the last, and only for those who asked for it. Worked out from data, so that each may run at any time
and any number of times: a mail stands once for its slot, a notice once for its session.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core import clock, inbox, mail
from core.accounts import User
from core.inbox import BEFORE_MEETINGS, DIGEST, OF_REVIEWS, Notice, Telling
from curriculum import day_list, pauses, plans
from curriculum.library import Library, Shelf
from mentorship import actions, clocks, links, news, sessions, signing, states
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


def remind(db: Session, shelf: Shelf, *, at: datetime) -> str:
    """All that is due now, for a site that sends mail. Returns a few words."""
    library = shelf.library
    digests, cards = send_digests(db, library, at=at), remind_of_cards(db, library, at=at)
    return f"{remind_of_meetings(db, at=at)} of meetings, {digests} digests, {cards} of cards"


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
            .where(states.ahead())
        )
        yield from db.execute(statement)


def _reachable() -> tuple[sa.ColumnElement[bool], ...]:
    return col(User.confirmed_at).is_not(None), col(User.active).is_(True), col(User.demo_since).is_(None)


def _remind_of(db: Session, session: StudioSession, person: User, at: datetime) -> bool:
    name, when = _with_whom(sessions.other(db, session, person.id), session.starts_at, person)
    text = f"Your meeting with {name} begins on {when}."
    if session.place:
        text += f"\n\nPlace: {mail.one_line(session.place)}"
    slot = f"{session.id} {session.starts_at.isoformat()}"
    subject = f"Meeting with {name}: {clocks.told(session.starts_at, person.zone)}"
    path = f"/sessions/{session.id}"
    return mail.put(
        db, person, kind=BEFORE_MEETINGS, slot=slot, subject=subject, text=text, path=path, at=at
    )  # fmt: skip


# -- at the chosen hour --------------------------------------------------------------------------------------


def send_digests(db: Session, library: Library, *, at: datetime) -> int:
    """A digest to everybody whose hour has come, once for a local day; none where there is nothing to say then. Returns
    how many were put."""
    count = 0
    for one in _at_their_hour(db, DIGEST, "digest_day", at):
        if _is_digest_day(one.telling, one.day) and (text := digest(db, library, one.person, at=at)):
            subject = f"Your digest of {one.day:%A} {one.day.day} {one.day:%B}"
            about = {"kind": DIGEST, "slot": one.day.isoformat(), "subject": subject, "path": "/inbox"}
            count += mail.put(db, one.person, **about, text=text, at=at)
    return count


def remind_of_cards(db: Session, library: Library, *, at: datetime) -> int:
    """How many cards wait, to those who asked, once for a local day; a digest of that day says it already. Returns how
    many were put."""
    count = 0
    for one in _at_their_hour(db, OF_REVIEWS, "reviews_day", at):
        has_digest = one.telling.is_on(DIGEST) and _is_digest_day(one.telling, one.day)
        if not has_digest and (waiting := cards_waiting(db, library, one.person, at=at)):
            about = {"kind": OF_REVIEWS, "slot": one.day.isoformat(), "path": "/reviews"}
            text = f"{_cards(waiting)} today."
            count += mail.put(db, one.person, **about, subject=text, text=text, at=at)
    return count


def cards_waiting(db: Session, library: Library, person: User, *, at: datetime) -> int:
    """How many cards wait for somebody on this study day, whether they looked in already or not."""
    day = clock.study_day(at, person.zone)
    if pauses.now(plans.learner(db, person.id), day):
        return 0
    if day_list.is_built(db, person.id, day):
        return day_list.waiting(db, person.id, person.zone, at=at)
    return day_list.backlog(db, library, person.id, person.zone, at=at).today


def hour_comes_at(day: date, hour: int, zone: str) -> datetime:
    """The moment (UTC) at which this hour comes on a local day. Doubled, the first one counts; left out, the moment of
    the jump."""
    return clock.day_start(day.toordinal(), zone, hour)


def _is_digest_day(telling: Telling, day: date) -> bool:
    return telling.digest == "daily" or day.weekday() == telling.digest_weekday


def _at_their_hour(db: Session, kind: str, looked: str, at: datetime) -> Iterator[Wanted]:
    """Who wants this kind and whose hour of a day came less than twelve hours ago. Each day is looked through once.

    looked: the column of Telling that keeps which.
    """
    people = select(User, Telling).join(Telling, col(Telling.user_id) == col(User.id)).where(*_reachable())
    wanting = sa.or_(col(Telling.digest) != "", col(Telling.reminds_reviews).is_(True))
    for person, telling in db.exec(people.where(wanting)).all():
        if not telling.is_on(kind):
            continue
        today = at.astimezone(clock.zone_of(person.zone)).date()
        for day in (today - timedelta(days=1), today):
            comes_at = hour_comes_at(day, telling.digest_hour, person.zone)
            is_asked = telling.asked_at is None or comes_at > telling.asked_at
            if comes_at <= at < comes_at + LATE and is_asked and day.isoformat() > getattr(telling, looked):
                setattr(telling, looked, day.isoformat())
                yield Wanted(person, telling, day)


def digest(db: Session, library: Library, person: User, *, at: datetime) -> str:
    """What is new and what is due, in sentences; "" where there is nothing."""
    parts: list[str] = []
    today = at.astimezone(clock.zone_of(person.zone)).date()
    meeting = sessions.next_meeting(db, person.id, at)
    if meeting and meeting.session.starts_at > at:
        name, when = _with_whom(meeting.person, meeting.session.starts_at, person)
        doubt = " It is not confirmed yet." if meeting.word == "proposed" else ""
        parts.append(f"Your next meeting: {when}, with {name}.{doubt}")
    to_do = (row.action for row in actions.to_do(db, library, person.id, at=at))
    promised = [action for action in to_do if action.due_on and action.due_on <= today]
    if promised:
        parts.append(_listed("Promised by today:", [action.text for action in promised]))
    if waiting := cards_waiting(db, library, person, at=at):
        parts.append(f"{_cards(waiting)}.")
    unread = select(Notice).where(Notice.user_id == person.id, col(Notice.read_at).is_(None))
    found = list(db.exec(unread.order_by(col(Notice.at).desc(), col(Notice.id).desc()).limit(inbox.MOST_COUNTED)))
    if found:
        parts.append(_listed("Unread in your inbox:", [notice.text for notice in found]))
    return "\n\n".join(parts)


def _with_whom(other: User | None, starts_at: datetime, reader: User) -> tuple[str, str]:
    """(their name, when it is on the reader's clock and on theirs)"""
    if other is None:
        return "somebody", clocks.told(starts_at, reader.zone)
    name = mail.one_line(other.name)
    return name, clocks.both(starts_at, reader.zone, other.zone, name)


def _cards(waiting: int) -> str:
    return "One card waits for you" if waiting == 1 else f"{waiting} cards wait for you"


def _listed(heading: str, texts: list[str]) -> str:
    lines = [f"- {mail.one_line(text)}" for text in texts[:MOST_LISTED]]
    if len(texts) > MOST_LISTED:
        lines.append(f"- and {len(texts) - MOST_LISTED} more")
    return "\n".join([heading, *lines])


# -- signatures ----------------------------------------------------------------------------------------------


def remind_of_signatures(db: Session, *, at: datetime) -> str:
    """One notice to each of the two who has not signed a meeting within seven days, while they are linked.

    Returns a few words.
    """
    unsigned = {f"session:{one.id}": one for one in db.exec(_unsigned(at))}
    nudges = select(Notice.user_id, Notice.thread).where(Notice.kind == news.NUDGE.name)
    told = {(user_id, thread) for user_id, thread in db.exec(nudges.where(col(Notice.thread).in_(unsigned)))}
    count = 0
    for thread, session in unsigned.items():
        for person_id in (session.user_id, session.mentor_id):
            if person_id and signing.signature_of(session, person_id) is None and (person_id, thread) not in told:
                count += _ask_to_sign(db, session, person_id, at)
    return f"{count} reminded to sign"


def _unsigned(at: datetime) -> SelectOfScalar[StudioSession]:
    """Meetings that were held and lack a signature of the two. What was held long ago is left in peace."""
    held, one = col(StudioSession.held_at), col(StudioSession.signed_at)
    lacks = sa.or_(one.is_(None), col(StudioSession.mentor_signed_at).is_(None))
    with_mentor = (col(StudioSession.kind) == "meeting", col(StudioSession.mentor_id).is_not(None))
    since = (held <= at - UNSIGNED_FOR, held > at - FORGIVEN_AFTER)
    return select(StudioSession).where(states.was_held(), lacks, *with_mentor, *since)


def _ask_to_sign(db: Session, session: StudioSession, person_id: UUID, at: datetime) -> bool:
    if session.mentor_id is None or not links.are_linked(db, session.user_id, session.mentor_id):
        return False
    person, other = db.get_one(User, person_id), sessions.other(db, session, person_id)
    name = f" with {other.name}" if other else ""
    when = clocks.told(session.starts_at, person.zone)
    text = f"Your meeting{name} of {when} waits for your signature. One click, if its minutes and notes are right."
    where = {"path": f"/sessions/{session.id}", "thread": f"session:{session.id}"}
    inbox.tell(db, person_id, news.NUDGE, text, **where, at=at)
    return True
