"""A learner's own log of sessions as rows of a table, the oldest first."""

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from mentorship.models.meetings import StudioSession
from mentorship.states import minutes_of, word_of

HEAD = (
    *("begins", "zone", "kind", "state", "title", "with", "minutes", "mode", "place", "involvement", "goal", "result"),
    *("course", "milestones", "signed by learner", "signed by mentor", "notes"),
)
AT_ONCE = 500  # rows held in memory

Row = tuple[str | int, ...]


def rows(db: Session, user_id: UUID, zone: str) -> Iterator[Row]:
    """Every session of somebody as a learner, planned and cancelled ones too. zone: the reader's, of all moments.

    Minutes that were not said are empty.
    """
    here = clock.zone_of(zone)
    statement = (
        select(StudioSession, User.name)
        .join(User, col(User.id) == StudioSession.mentor_id, isouter=True)
        .where(StudioSession.user_id == user_id)
        .order_by(col(StudioSession.starts_at), col(StudioSession.id))
        .execution_options(yield_per=AT_ONCE)
    )
    for session, mentor in db.exec(statement):
        signed = (session.signed_at, session.mentor_signed_at)
        yield (
            session.starts_at.astimezone(here).isoformat(),
            zone,
            session.kind,
            word_of(session),
            session.title,
            mentor or "",
            minutes_of(session) or "",
            *(session.mode, session.place, session.involvement, session.goal, session.result, session.course),
            " ".join(session.milestones),
            *(moment.astimezone(here).isoformat() if moment else "" for moment in signed),
            session.notes,
        )
