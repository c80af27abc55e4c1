"""Planning a session, and the steps from proposed to signed."""

import datetime as dt
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.accounts import User
from core.database import get_db
from core.errors import Refused
from core.once import once
from core.web import own_path, read_form
from mentorship import appointments, clocks, links, planning, series, sessions, signing
from mentorship.models.meetings import StudioSession
from mentorship.planning import Plan, Times
from mentorship.sessions import Between, Kind
from mentorship.views import meetings

bp = Blueprint("appointments", __name__)
KINDS = [("meeting", "Meeting"), ("studio", "Studio"), ("practice", "Practice")]
FURTHER = (1, 2, 3)
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
Scope = Literal["one", "following"]


class TimesForm(BaseModel):
    day: date
    time: dt.time
    minutes: Minutes
    further_day_1: date | None = None
    further_time_1: dt.time | None = None
    further_day_2: date | None = None
    further_time_2: dt.time | None = None
    further_day_3: date | None = None
    further_time_3: dt.time | None = None
    anyway: bool = False


class PlanForm(TimesForm):
    kind: Kind = "meeting"
    who: Annotated[str, StringConstraints(max_length=60)] = (
        ""  # "mentor:ID", "apprentice:ID"; "alone" or nothing: with nobody here
    )
    title: Annotated[str, StringConstraints(max_length=120)] = ""
    mode: Literal["", "studio", "remote", "location"] = ""
    place: Annotated[str, StringConstraints(max_length=300)] = ""
    every: int | None = None  # weeks; None: once
    count: int | None = None


class MoveForm(TimesForm):
    seen: int
    scope: Scope = "one"


class CancelForm(BaseModel):
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    scope: Scope = "one"


class ChosenForm(BaseModel):
    chosen: AwareDatetime


class HeldForm(BaseModel):
    real_minutes: Minutes | None = None


class BackForm(BaseModel):
    next: str = ""


# -- planning ------------------------------------------------------------------------------------------------


@bp.get("/sessions/plan")
@signed_in
def plan():
    db, me, at = get_db(), current_user(), clock.now()
    who = [(_value(pair), _words(pair, at)) for pair in links.active(db, me.id)]
    return render_template(
        "mentorship/sessions/plan.html",
        kinds=KINDS,
        who=who,
        chosen=request.args.get("who", "") or (who[0][0] if who else ""),
        modes=list(planning.MODES.items()),
        every=[(str(weeks), words.capitalize()) for weeks, words in series.EVERY.items()],
        today=at.astimezone(clock.zone_of(me.zone)).date(),
        **_rows(),
    )


@bp.post("/sessions/plan")
@signed_in
@once(again=plan)
def planned():
    form, me, at = read_form(PlanForm), current_user(), clock.now()
    between, wanted = _between(form.who, me.id), Plan(_times(form, at), form.kind, form.title, form.mode, form.place)
    if form.every:
        if form.count is None:
            raise Refused(f"Say how many, from {series.FEWEST} to {series.MOST}.", field="count")
        rows = series.propose(
            get_db(), me.id, between, wanted, every=form.every, count=form.count, anyway=form.anyway, at=at
        )
        flash(f"Planned: {len(rows)} sessions." + _waits(rows[0]))
        return redirect(url_for("sessions.index"), 303)
    session = appointments.propose(get_db(), me.id, between, wanted, anyway=form.anyway, at=at)
    flash("Planned." + _waits(session))
    return redirect(url_for("meetings.show", session_id=session.id), 303)


@bp.get("/sessions/<uuid:session_id>/times")
@signed_in
def times(session_id: UUID):
    db, me = get_db(), current_user()
    session = sessions.to_change(db, me.id, session_id)
    local = session.starts_at.astimezone(clock.zone_of(me.zone))
    return render_template(
        "mentorship/sessions/times.html",
        day=local.date().isoformat(),
        time=f"{local:%H:%M}",
        **_about(session),
        **_rows(),
    )


@bp.post("/sessions/<uuid:session_id>/times")
@signed_in
@once(again=times)
def moved(session_id: UUID):
    form, me, at = read_form(MoveForm), current_user(), clock.now()
    move: Callable[..., Any] = series.move_following if form.scope == "following" else appointments.move
    move(get_db(), me.id, session_id, _times(form, at), seen=form.seen, anyway=form.anyway, at=at)
    flash("Moved." + _waits(sessions.seen(get_db(), me.id, session_id)))
    return redirect(url_for("meetings.show", session_id=session_id), 303)


@bp.get("/sessions/<uuid:session_id>/cancelled")
@signed_in
def cancelling(session_id: UUID):
    session = sessions.to_change(get_db(), current_user().id, session_id)
    return render_template("mentorship/sessions/cancel.html", **_about(session))


@bp.post("/sessions/<uuid:session_id>/cancelled")
@signed_in
@once(again=cancelling)
def cancelled(session_id: UUID):
    form = read_form(CancelForm)
    cancel: Callable[..., Any] = series.cancel_following if form.scope == "following" else appointments.cancel
    cancel(get_db(), current_user().id, session_id, form.reason, at=clock.now())
    flash("Cancelled. You can take that back for 15 minutes.")
    return redirect(url_for("meetings.show", session_id=session_id), 303)


# -- one click -----------------------------------------------------------------------------------------------


@bp.post("/sessions/<uuid:session_id>/confirmed")
@signed_in
@once(again=meetings.show)
def confirmed(session_id: UUID):
    form = read_form(ChosenForm)
    session = appointments.confirm(get_db(), current_user().id, session_id, form.chosen, at=clock.now())
    flash(f"Confirmed: {clocks.told(session.starts_at, current_user().zone)}.")
    return _on(session_id)


@bp.post("/sessions/series/<uuid:series_id>/confirmed")
@signed_in
@once()
def confirmed_all(series_id: UUID):
    rows = series.confirm_all(get_db(), current_user().id, series_id, at=clock.now())
    flash(f"Confirmed: {len(rows)} sessions." if rows else "There was nothing left to confirm.")
    return redirect(url_for("sessions.index"), 303)


@bp.post("/sessions/<uuid:session_id>/held")
@signed_in
@once(again=meetings.show)
def held(session_id: UUID):
    form = read_form(HeldForm)
    session = appointments.hold(get_db(), current_user().id, session_id, real_minutes=form.real_minutes, at=clock.now())
    flash("Marked as held." + (" Sign it when it is written down as it was." if session.kind == "meeting" else ""))
    return _on(session_id)


@bp.post("/sessions/<uuid:session_id>/missed")
@signed_in
@once(again=meetings.show)
def missed(session_id: UUID):
    appointments.miss(get_db(), current_user().id, session_id, at=clock.now())
    flash("Marked as missed. You can take that back for 15 minutes.")
    return _on(session_id)


@bp.post("/sessions/<uuid:session_id>/undone")
@signed_in
@once(again=meetings.show)
def undone(session_id: UUID):
    appointments.undo(get_db(), current_user().id, session_id, at=clock.now())
    flash("Taken back.")
    return _on(session_id)


@bp.post("/sessions/<uuid:session_id>/signed")
@signed_in
@once(again=meetings.show)
def signed(session_id: UUID):
    signing.sign(get_db(), current_user().id, session_id, at=clock.now())
    flash("Signed. You can take that back for 15 minutes.")
    return _on(session_id)


@bp.post("/sessions/<uuid:session_id>/unsigned")
@signed_in
@once(again=meetings.show)
def unsigned(session_id: UUID):
    signing.unsign(get_db(), current_user().id, session_id, at=clock.now())
    flash("Your signature is taken back.")
    return _on(session_id)


# -- from forms ----------------------------------------------------------------------------------------------


def _times(form: TimesForm, at: datetime) -> Times:
    """The times of the form, as written where the writer is."""
    zone = current_user().zone
    first = sessions.starting(form.day, form.time, form.minutes, zone, at=at)
    further = []
    for number in FURTHER:
        day, time = getattr(form, f"further_day_{number}"), getattr(form, f"further_time_{number}")
        if day is None and time is None:
            continue
        if day is None or time is None:
            raise Refused("A time needs its day and its hour. Fill in both, or neither.", field="further")
        try:
            further.append(sessions.starting(day, time, form.minutes, zone, at=at))
        except Refused as refusal:
            raise Refused(refusal.text, field="further") from None
    return Times(first, zone, form.minutes, tuple(further))


def _between(who: str, person_id: UUID) -> Between:
    role, _, other = who.partition(":")
    if who in ("", "alone"):
        return Between(person_id)
    try:
        other_id = UUID(other)
    except ValueError:
        raise Refused("Choose somebody of the list.", field="who") from None
    return Between(person_id, other_id) if role == "mentor" else Between(other_id, person_id)


def _on(session_id: UUID) -> Any:
    """Back to the list or another page of ours from which the click came, else to the session."""
    return redirect(own_path(read_form(BackForm).next, url_for("meetings.show", session_id=session_id)), 303)


# -- for pages -----------------------------------------------------------------------------------------------


def _about(session: StudioSession) -> dict[str, Any]:
    db, me, at = get_db(), current_user(), clock.now()
    row = sessions.listed(db, me.id, session)
    return {
        "session": session,
        "row": row,
        "steps": appointments.steps(db, me.id, session, at=at),
        "said": said(session, me.zone, row.person),
    }


def said(session: StudioSession, zone: str, other: User | None) -> str:
    """When it is, on both walls."""
    return clocks.both(session.starts_at, zone, other.zone if other else zone, other.name if other else "")


def _rows() -> dict[str, Any]:
    was_sent = g.get("refusal") and any(request.form.get(f"further_day_{number}") for number in FURTHER)
    return {"further": FURTHER, "shows_further": bool(was_sent)}


def _value(pair: links.Pair) -> str:
    return f"{'mentor' if pair.is_mentor else 'apprentice'}:{pair.person.id}"


def _words(pair: links.Pair, at: datetime) -> str:
    there = at.astimezone(clock.zone_of(pair.person.zone))
    return f"{pair.person.name}, your {'mentor' if pair.is_mentor else 'apprentice'} ({there:%a %H:%M} there now)"


def _waits(session: StudioSession) -> str:
    if session.mentor_id is None or session.confirmed_at:
        return ""
    other = sessions.other(get_db(), session, current_user().id)
    return f" It waits for {other.name}'s yes." if other else ""
