"""A session's own page: what it is about, what is written in it, what came of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request, url_for
from sqlmodel import Session

from core import clock, prose, words
from core.access import Me, current_user, signed_in
from core.accounts import User
from core.database import get_db
from curriculum.views import library
from mentorship import (
    actions,
    agenda,
    appointments,
    assigning,
    at_hand,
    clocks,
    own_notes,
    practice_log,
    proposals,
    revisions,
    sessions,
    states,
    writing,
)
from mentorship.agenda_templates import TEMPLATES
from mentorship.models.meetings import StudioSession
from mentorship.proposals import Proposal
from mentorship.sessions import Listed
from mentorship.views import files, session_forms
from mentorship.views.portfolio import about_version

bp = Blueprint("meetings", __name__)
STILL_WRITTEN = timedelta(days=1)  # after its beginning the notes open for writing, later for reading
TABS = ("agenda", "notes", "actions", "more")
PARTS = {"agenda": "agenda", "notes": "notes", "actions": "actions", "session_files": "more"}  # of blueprints
GROUPS = [
    ("parked", "Parked questions"),
    ("carried", "Left over from last time"),
    ("action", "Promised and not done"),
    ("remark", "Open remarks"),
    ("card", "Cards that keep failing"),
    ("milestone", "Milestones"),
]


@bp.get("/sessions/<uuid:session_id>")
@signed_in
def show(session_id: UUID):
    db, me, at = get_db(), current_user(), clock.now()
    session = sessions.seen(db, me.id, session_id)
    row = sessions.listed(db, me.id, session)
    may_write = writing.may_write(db, me.id, session)
    people = {person.id: person for person in _people(db, session)}
    is_meeting, is_running = session.kind == "meeting", practice_log.is_running(session)
    return render_template(
        "mentorship/meetings/show.html" if is_meeting else "mentorship/meetings/logged.html",
        row=row,
        session=session,
        people=people,
        owner=people[session.user_id],
        is_mine=me.id in (session.user_id, session.mentor_id),
        their_time=_their_time(row, me.zone),
        minutes=words.minutes(states.minutes_of(session)) if states.minutes_of(session) else "",
        milestones=[library().milestones[slug] for slug in session.milestones if slug in library().milestones],
        may_write=may_write,
        may_change=sessions.may_change(db, me.id, session),
        why_not="" if may_write else writing.why_not(db, me.id, session),
        logged_by=_name(people, session.logged_by, me),
        tab=_tab(),
        steps=None if is_running else appointments.steps(db, me.id, session, at=at),
        running=session if is_running and may_write else None,
        about=session_forms.facts(session, me.id),
        plan_url=_plan_url(row),
        **files.of_session(db, me.id, session),
        **_notes(db, me, session, may_write=may_write, at=at),
        **_actions(db, me, session, people, may_write=may_write, at=at),
        **(_meeting(db, me, session, may_write=may_write, at=at) if is_meeting else {}),
    )


def again(session_id: UUID, **_more: Any) -> Any:
    """The page after a refusal, with what was typed."""
    return show(session_id)


def page(session_id: UUID, tab: str) -> str:
    """The address of a session's page, at one of its parts."""
    return url_for("meetings.show", session_id=session_id, tab=tab, _anchor=tab)


def _notes(db: Session, me: Me, session: StudioSession, *, may_write: bool, at: datetime) -> dict[str, Any]:
    newest = revisions.newest(db, session)
    own = own_notes.of(db, me.id, session.id)
    is_fresh = not session.notes or session.starts_at > at - STILL_WRITTEN
    asked = request.args.get("notes", "")
    writes = may_write and (asked == "write" or (is_fresh and asked != "read") or bool(g.get("refusal")))
    return {
        "notes": prose.render(session.notes),
        "notes_base": revisions.number_of(db, session),
        "notes_newest": newest,
        "notes_saved": f"{newest.at.astimezone(clock.zone_of(me.zone)):%H:%M}" if newest else "",
        "writes": writes,
        "own": own,
        "own_rendered": prose.render(own.text) if own else "",
        "longest": prose.LONGEST_MARKDOWN,
    }


def _actions(
    db: Session, me: Me, session: StudioSession, people: dict[UUID, User], *, may_write: bool, at: datetime
) -> dict[str, Any]:
    promised = actions.actions_of(db, me.id, session)
    shown = actions.shown(db, library(), me.id, promised, at=at)
    return {
        "promised": sorted(shown, key=lambda one: not one.is_to_do),
        "owners": [(str(person.id), "You" if person.id == me.id else person.name) for person in people.values()],
        "lessons": list(library().lessons.values()) if may_write else [],
        "tags": assigning.tags(library()) if may_write else [],
        "assignable": assigning.pieces(db, me.id, session.user_id) if may_write else [],
        "longest_action": actions.LONGEST,
        "links_to": _link_of,
    }


def _meeting(db: Session, me: Me, session: StudioSession, *, may_write: bool, at: datetime) -> dict[str, Any]:
    lines = agenda.items(db, session)
    offered = proposals.of(db, library(), me.id, session, at=at) if may_write and not session.held_at else []
    promised = actions.actions_of(db, me.id, session)
    piece = at_hand.piece_of(db, me.id, session, promised, lines)
    is_mine = me.id in (session.user_id, session.mentor_id)
    return {
        "lines": lines,
        "covered": sum(line.covered_at is not None for line in lines),
        "removed": agenda.just_removed(db, session, at=at) if may_write else None,
        "offered": [(title, [one for one in offered if one.source == source]) for source, title in GROUPS],
        "offered_count": len(offered),
        "templates": [(name, title, len(texts)) for name, (title, texts) in TEMPLATES.items()],
        "longest_line": agenda.LONGEST,
        "why": _why,
        "piece": piece,
        "piece_note": about_version(piece.version) if piece else "",
        "plays_everywhere": piece is not None and piece.version.media_type in files.PLAYED_EVERYWHERE,
        "next_date": at_hand.next_date(db, session, at=at) if is_mine else None,
    }


def _tab() -> str:
    """The part that a phone shows: the one that was asked for, or whose form was refused."""
    of_form = PARTS.get(request.blueprint or "", "agenda")
    asked = request.args.get("tab", of_form)
    return asked if asked in TABS else "agenda"


def _why(one: Proposal, zone: str) -> str:
    """Why a line is proposed, in a few words."""
    if one.source == "card":
        return f"forgotten {one.count} times in two weeks"
    if one.source in ("parked", "action") and one.moment:
        return f"{'parked' if one.source == 'parked' else 'promised'} {words.ago(one.moment, zone)}"
    return ""


def _link_of(about: str, about_id: str) -> str:
    """Where an action leads; "": nowhere."""
    if about == "lesson" or (about == "cards" and about_id in library().lessons):
        return url_for("lessons.show", slug=about_id) if about_id in library().lessons else ""
    return url_for("portfolio.show", piece_id=about_id) if about == "piece" else ""


def _name(people: dict[UUID, User], person_id: UUID, me: Me) -> str:
    if person_id == me.id:
        return "you"
    return people[person_id].name if person_id in people else ""


def _plan_url(row: Listed) -> str:
    """Where these two plan another meeting."""
    if row.person is None:
        return ""
    return url_for("appointments.plan", who=f"{'mentor' if row.is_mentor else 'apprentice'}:{row.person.id}")


def _people(db: Session, session: StudioSession) -> list[User]:
    ids = [session.user_id, session.mentor_id]
    return [person for person in (db.get(User, user_id) for user_id in ids if user_id) if person]


def _their_time(row: Listed, zone: str) -> str:
    if row.person is None:
        return ""
    return clocks.theirs(row.session.starts_at, zone, row.person.zone, row.person.name)
