"""The forms in which a session is written down and changed, and what is made of them."""

import datetime as dt
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import g, request
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from core import clock, prose, words
from core.access import current_user
from core.errors import Refused
from curriculum.views import library
from mentorship import entries, planning, session_log, sessions, states
from mentorship.entries import Entry, Involvement, Mode
from mentorship.models.meetings import StudioSession
from mentorship.session_log import Lines, Next
from mentorship.sessions import Between, Kind

MODES = [("", "Not said"), *planning.MODES.items()]
INVOLVEMENTS = [
    ("", "Not said"),
    ("watched", "Watched"),
    ("assisted", "Assisted"),
    ("did", "Did it"),
    ("led", "Led it"),
]

Line = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(max_length=120)]
Minutes = Annotated[int, Field(ge=0, le=entries.LONGEST)]
Notes = Annotated[str, StringConstraints(max_length=prose.LONGEST_MARKDOWN)]


class AboutForm(BaseModel):
    """What is folded away under "More", and a goal with its result."""

    time: dt.time | None = None
    minutes: Minutes = 0
    title: Name = ""
    mode: Mode = ""
    place: Annotated[str, StringConstraints(max_length=80)] = ""
    involvement: Involvement = ""
    course: Name = ""
    goal: Line = ""
    result: Text = ""
    milestones: list[str] = []


class LogForm(AboutForm):
    day: date
    kind: Kind
    who: str = ""  # "mentor:ID", "apprentice:ID", or "" for nobody here
    studio_who: str = ""  # the same, for studio work
    did: Text = ""
    take: Text = ""
    next: Line = ""
    next_owner: Literal["apprentice", "mentor"] = "apprentice"
    due: date | None = None
    notes: Notes = ""


class ChangeForm(AboutForm):
    day: date | None = None  # None: as it was
    changed_at: Annotated[datetime | None, BeforeValidator(lambda text: text or None)] = None


def logged_entry(form: LogForm, lines: Lines, at: datetime) -> Entry:
    zone = current_user().zone
    starts_at = sessions.starting(form.day, form.time, form.minutes, zone, at=at)
    return _entry(form, starts_at, zone, session_log.notes_of(lines, form.kind))


def changed_entry(form: ChangeForm, session: StudioSession, at: datetime) -> Entry:
    """What nobody moved keeps its moment to the second, also in the hour that the clocks show twice."""
    zone = current_user().zone
    local = session.starts_at.astimezone(clock.zone_of(zone))
    as_shown = form.time is None or form.time == local.time().replace(second=0, microsecond=0)
    if form.day is None or (form.day == local.date() and as_shown):
        return _entry(form, session.starts_at, session.zone)
    return _entry(form, sessions.starting(form.day, form.time or local.time(), form.minutes, zone, at=at), zone)


def between(form: LogForm) -> Between:
    """Whose session it is, of "mentor:ID" (the other is the mentor), "apprentice:ID" or ""."""
    me = current_user().id
    chosen = {"meeting": form.who, "studio": form.studio_who or form.who, "practice": ""}[form.kind]
    if not chosen:
        return Between(me)
    role, _, other = chosen.partition(":")
    try:
        other_id = UUID(other)
    except ValueError:
        raise Refused("Choose somebody of the list.", field="who") from None
    return Between(me, other_id) if role == "mentor" else Between(other_id, me)


def lines(form: LogForm) -> Lines:
    return Lines(form.did, form.take, form.next, form.notes)


def next_step(form: LogForm, pair: Between) -> Next:
    if form.next_owner == "mentor" and form.kind != "practice":
        if form.next and pair.mentor_id is None:
            raise Refused("Choose above with whom it was, or take this step yourself.", field="next_owner")
        return Next(pair.mentor_id, form.due)
    return Next(pair.apprentice_id, form.due)


def choices(chosen: list[str]) -> dict[str, Any]:
    """What both forms offer to choose from; after a refusal what was chosen there."""
    if g.get("refusal"):
        chosen = request.form.getlist("milestones")
    return {
        "milestones": [(slug, f"M{one.number:02d} {one.title}") for slug, one in library().milestones.items()],
        "chosen": chosen,
        "modes": MODES,
        "involvements": INVOLVEMENTS,
    }


def facts(session: StudioSession, reader_id: UUID) -> list[tuple[str, str]]:
    """(name, value) of what was said about a session beside its time and its notes; what is empty is left out."""
    did = "You" if reader_id == session.user_id else "The apprentice"
    found = [
        ("Goal", session.goal),
        ("Result", session.result),
        ("Course", session.course),
        ("Where", dict(MODES).get(session.mode, "") if session.mode else ""),
        (did, dict(INVOLVEMENTS).get(session.involvement, "").lower() if session.involvement else ""),
    ]
    return [(name, value) for name, value in found if value]


def saved(session: StudioSession, reader_id: UUID, zone: str) -> list[tuple[str, str]]:
    """(name, value) of all that a session's form holds, as it is kept now."""
    minutes = states.minutes_of(session)
    served = [one.title for slug, one in library().milestones.items() if slug in session.milestones]
    found = [
        ("Begins", words.exact(session.starts_at, zone)),
        ("Minutes", str(minutes) if minutes else ""),
        ("Title", session.title),
        ("Place", session.place),
        *facts(session, reader_id),
        ("Milestones", ", ".join(served)),
    ]
    return [(name, value) for name, value in found if value]


def _entry(form: AboutForm, starts_at: datetime, zone: str, notes: str = "") -> Entry:
    return Entry(
        starts_at,
        zone,
        form.minutes,
        form.place,
        notes,
        tuple(form.milestones),
        title=form.title,
        mode=form.mode,
        involvement=form.involvement,
        goal=form.goal,
        result=form.result,
        course=form.course,
    )
