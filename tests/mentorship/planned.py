"""Planned sessions for tests, and what the two of a pair were told about them."""

from sqlmodel import select

from core.inbox import Notice
from mentorship import appointments
from mentorship.planning import Plan, Times
from mentorship.sessions import Between
from tests.times import BERLIN, DAY, MONDAY


def times(starts_at=MONDAY + DAY, *further, zone=BERLIN, minutes=45):
    return Times(starts_at, zone, minutes, further)


def propose(db, apprentice, mentor=None, *further, by=None, starts_at=MONDAY + DAY, at=MONDAY, anyway=False, **more):
    """A session that `by` (the apprentice) proposes; a meeting unless it is with nobody."""
    between = Between(apprentice.id, mentor.id if mentor else None)
    plan = Plan(times(starts_at, *further), **{"kind": "meeting" if mentor else "practice", **more})
    session = appointments.propose(db, (by or apprentice).id, between, plan, anyway=anyway, at=at)
    db.commit()
    return session


def agree(db, apprentice, mentor, **more):
    """A meeting that the apprentice proposed and the mentor confirmed."""
    session = propose(db, apprentice, mentor, **more)
    appointments.confirm(db, mentor.id, session.id, session.starts_at, at=more.get("at", MONDAY))
    db.commit()
    return session


def told(db, person):
    """What somebody was told, the oldest first."""
    return [
        one.text for one in db.exec(select(Notice).where(Notice.user_id == person.id).order_by(Notice.at, Notice.id))
    ]
