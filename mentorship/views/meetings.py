"""A session's own page: what it is about, what is written in it, what came of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from core import clock, prose, words
from core.access import current_user, signed_in
from core.accounts import User
from core.database import get_db
from curriculum.views import library
from mentorship import actions, appointments, practice_log, sessions
from mentorship.models.meetings import StudioSession
from mentorship.sessions import Listed
from mentorship.views import files, session_forms

bp = Blueprint("meetings", __name__)


@bp.get("/sessions/<uuid:session_id>")
@signed_in
def show(session_id: UUID):
    db, me, at = get_db(), current_user(), clock.now()
    session = sessions.seen(db, me.id, session_id)
    row = sessions.listed(db, me.id, session)
    may_change = sessions.may_change(db, me.id, session)
    is_running = practice_log.is_running(session)
    people = {person.id: person.name for person in _people(db, session)}
    return render_template(
        "mentorship/sessions/show.html",
        row=row,
        session=session,
        notes=prose.render(session.notes),
        their_time=_their_time(row, me.zone),
        minutes=words.minutes(session.minutes),
        milestones=[library().milestones[slug] for slug in session.milestones if slug in library().milestones],
        promised=[
            (action, people.get(action.owner_id, "Somebody who left"), _is_overdue(action.due_on, at))
            for action in actions.actions_of(db, me.id, session)
        ],
        owners=[(str(person_id), "You" if person_id == me.id else name) for person_id, name in people.items()],
        may_change=may_change,
        steps=None if practice_log.is_running(session) else appointments.steps(db, me.id, session, at=at),
        why_not="" if may_change else sessions.why_not(db, me.id, session),
        owner=people[session.user_id],
        logged_by="you" if session.logged_by == me.id else people.get(session.logged_by, ""),
        running=session if may_change and is_running else None,
        about=session_forms.facts(session, me.id),
        **files.of_session(db, me.id, session),
    )


def _people(db: Any, session: StudioSession) -> list[User]:
    ids = [session.user_id, session.mentor_id]
    return [person for person in (db.get(User, user_id) for user_id in ids if user_id) if person]


def _their_time(row: Listed, zone: str) -> str:
    """ "Ben 18:00", where the other one's clock shows another time."""
    if row.person is None:
        return ""
    mine, theirs = (row.session.starts_at.astimezone(ZoneInfo(name)) for name in (zone, row.person.zone))
    return "" if mine.utcoffset() == theirs.utcoffset() else f"{row.person.name} {theirs:%H:%M}"


def _is_overdue(due_on: date | None, at: datetime) -> bool:
    return due_on is not None and due_on < at.astimezone(ZoneInfo(current_user().zone)).date()
