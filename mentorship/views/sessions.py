"""The log of sessions: what is ahead, what was held, and what was promised in it."""

import datetime as dt
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from core import clock, prose
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import Conflict, Refused
from core.once import once
from core.web import read_form
from curriculum.views import library
from mentorship import actions, links, sessions
from mentorship.actions import Promise
from mentorship.sessions import Between, Entry, Kind
from mentorship.views import session_index

bp = Blueprint("sessions", __name__)
ACTION_ROWS = (1, 2, 3)
KINDS = [
    ("meeting", "Meeting", "with your mentor or apprentice"),
    ("studio", "Studio", "work with others"),
    ("practice", "Practice", "alone"),
]

Line = Annotated[str, StringConstraints(max_length=200)]
Notes = Annotated[str, StringConstraints(max_length=prose.LONGEST_MARKDOWN)]
Owner = Literal["me", "them"]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class EntryForm(BaseModel):
    day: date
    time: dt.time | None = None
    minutes: Minutes
    place: Annotated[str, StringConstraints(max_length=80)] = ""
    notes: Notes = ""
    milestones: list[str] = []


class LogForm(EntryForm):
    kind: Kind
    who: str = ""  # "mentor:ID", "apprentice:ID", or "" for nobody here
    text_1: Line = ""
    owner_1: Owner = "me"
    due_1: date | None = None
    text_2: Line = ""
    owner_2: Owner = "me"
    due_2: date | None = None
    text_3: Line = ""
    owner_3: Owner = "me"
    due_3: date | None = None


class ChangeForm(EntryForm):
    changed_at: Annotated[datetime | None, BeforeValidator(lambda text: text or None)] = None


@bp.get("/sessions")
@signed_in
def index():
    return session_index.page()


@bp.get("/sessions/new")
@signed_in
def new():
    db, me, at = get_db(), current_user(), clock.now()
    pairs = links.active(db, me.id)
    kind = request.values.get("kind", "")
    if kind not in dict((name, words) for name, words, _ in KINDS):
        kind = "meeting" if pairs else "practice"
    return render_template(
        "mentorship/sessions/new.html",
        kind=kind,
        kinds=[(words, url_for("sessions.new", kind=name)) for name, words, _ in KINDS],
        kind_words=next(words for name, words, _ in KINDS if name == kind),
        who=[(f"{'mentor' if pair.is_mentor else 'apprentice'}:{pair.person.id}", _role(pair)) for pair in pairs],
        today=at.astimezone(ZoneInfo(me.zone)).date(),
        rows=ACTION_ROWS,
        **_milestone_choices([]),
    )


@bp.post("/sessions/new")
@signed_in
@once(again=new)
def logged():
    form = read_form(LogForm)
    me, at = current_user(), clock.now()
    if form.kind == "meeting" and form.time is None:
        raise Refused("Say when it begins.", field="time")
    entry = _entry(form, at)
    between = _between(form, me.id)
    promises = _promises(form, between, me.id)
    course = library()
    db = get_db()
    session = sessions.log(db, course, me.id, form.kind, between, entry, at=at)
    for promise in promises:
        actions.add_action(db, me.id, session.id, promise, at=at)
    flash("Logged." if session.held_at else "Planned. Mark it as held when it is over.")
    return redirect(url_for("meetings.show", session_id=session.id), 303)


@bp.get("/sessions/<uuid:session_id>/edit")
@signed_in
def edit(session_id: UUID):
    db, me = get_db(), current_user()
    session = sessions.to_change(db, me.id, session_id)
    local = session.starts_at.astimezone(ZoneInfo(me.zone))
    return render_template(
        "mentorship/sessions/edit.html",
        session=session,
        row=sessions.listed(db, me.id, session),
        day=local.date().isoformat(),
        time=f"{local:%H:%M}",
        is_conflict=isinstance(g.get("refusal"), Conflict),
        **_milestone_choices(session.milestones),
    )


@bp.post("/sessions/<uuid:session_id>/edit")
@signed_in
@once(again=edit)
def changed(session_id: UUID):
    form, course = read_form(ChangeForm), library()
    at = clock.now()
    entry = _entry(form, at)
    sessions.change(get_db(), course, current_user().id, session_id, entry, before=form.changed_at, at=at)
    flash("Saved.")
    return redirect(url_for("meetings.show", session_id=session_id), 303)


# -- from forms ----------------------------------------------------------------------------------------------


def _entry(form: EntryForm, at: datetime) -> Entry:
    zone = current_user().zone
    starts_at = sessions.starting(form.day, form.time, form.minutes, zone, at=at)
    return Entry(starts_at, zone, form.minutes, form.place, form.notes, tuple(form.milestones))


def _between(form: LogForm, person_id: UUID) -> Between:
    """Whose session it is, of "mentor:ID" (the other is the mentor), "apprentice:ID" or ""."""
    if not form.who:
        return Between(person_id)
    role, _, other = form.who.partition(":")
    try:
        other_id = UUID(other)
    except ValueError:
        raise Refused("Choose somebody of the list.", field="who") from None
    return Between(person_id, other_id) if role == "mentor" else Between(other_id, person_id)


def _promises(form: LogForm, between: Between, person_id: UUID) -> list[Promise]:
    """The rows that have a text. "them": the other one of the two."""
    other_id = between.mentor_id if between.apprentice_id == person_id else between.apprentice_id
    found = []
    for number in ACTION_ROWS:
        text, owner = getattr(form, f"text_{number}"), getattr(form, f"owner_{number}")
        if not text:
            continue
        if owner == "them" and other_id is None:
            raise Refused("Choose above with whom it was, or take this on yourself.", field=f"owner_{number}")
        owner_id = other_id if owner == "them" and other_id else person_id
        found.append(Promise(text, owner_id, getattr(form, f"due_{number}")))
    return found


# -- for pages -----------------------------------------------------------------------------------------------


def _milestone_choices(chosen: list[str]) -> dict[str, Any]:
    if g.get("refusal"):
        chosen = request.form.getlist("milestones")
    options = [(slug, f"M{one.number:02d} {one.title}") for slug, one in library().milestones.items()]
    return {"milestones": options, "chosen": chosen}


def _role(pair: links.Pair) -> str:
    return f"{pair.person.name}, your {'mentor' if pair.is_mentor else 'apprentice'}"
