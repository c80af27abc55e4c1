"""The notes of a session, shared and one's own: saved, read again by the page that is open, their revisions."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from pydantic import BaseModel, BeforeValidator, Field

from core import clock
from core.access import current_user, signed_in, wants_fragment
from core.database import get_db
from core.once import once
from core.web import read_form
from mentorship import merging, notes, own_notes, revisions, sessions, writing
from mentorship.models.meetings import StudioSession
from mentorship.notes import NotesConflict, Saved, Written
from mentorship.views import meetings

bp = Blueprint("notes", __name__, url_prefix="/sessions/<uuid:session_id>/notes")
MOST_STEPS = 50  # of the history on one page

Number = Annotated[int, Field(ge=0, le=2**31 - 1)]


class NotesForm(BaseModel):
    notes: str = ""
    base: Number
    since: str | None = None  # sent by the script alone, with `goes_on`
    goes_on: bool = False  # whether `since` counts


class OwnForm(BaseModel):
    own: str = ""
    before: Annotated[datetime | None, BeforeValidator(lambda text: text or None)] = None


class BaseForm(BaseModel):
    base: Number


def again(session_id: UUID, **_more: Any) -> Any:
    """After a refusal: the page with what was typed, or both texts side by side."""
    refusal = g.refusal
    if not isinstance(refusal, NotesConflict):
        return meetings.show(session_id)
    db, me = get_db(), current_user()
    session = sessions.seen(db, me.id, session_id)
    return render_template(
        "mentorship/meetings/conflict.html",
        session=session,
        row=sessions.listed(db, me.id, session),
        conflict=refusal,
        rows=merging.side_by_side(refusal.theirs, refusal.mine),
    )


@bp.post("")
@signed_in
@once(again=again)
def saved(session_id: UUID):
    form = read_form(NotesForm)
    since = (form.since or "") if form.goes_on else None
    written = Written(form.notes, form.base, since)
    found = notes.save(get_db(), current_user().id, session_id, written, at=clock.now())
    return _saved(found, session_id)


@bp.get("")
@signed_in
def now(session_id: UUID):
    """What the notes say now, for the page that is open. after: nothing but the number, if that is still the newest."""
    db, me = get_db(), current_user()
    session = sessions.seen(db, me.id, session_id)
    number, newest = revisions.number_of(db, session), revisions.newest(db, session)
    said: dict[str, Any] = {"number": number, "is_signed": bool(session.signed_at or session.mentor_signed_at)}
    if request.args.get("after") != str(number):
        said["text"] = session.notes
    if newest:
        said |= {"by": newest.by_name, "is_mine": newest.by_id == me.id, "saved": _clock_time(newest.at)}
        other = sessions.other(db, session, me.id)
        said["other"] = other.name if other else ""
    return jsonify(said)


@bp.get("/revisions")
@signed_in
def history(session_id: UUID):
    db, me = get_db(), current_user()
    session = _of_the_two(session_id)
    steps = revisions.steps(db, session)
    asked = request.args.get("number", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else session.notes_number
    step = revisions.step_of(steps, number)
    before, after = (revisions.text_of(db, session, one) for one in (step.before, step.number)) if step else ("", "")
    return render_template(
        "mentorship/meetings/revisions.html",
        session=session,
        row=sessions.listed(db, me.id, session),
        steps=steps if "all" in request.args else steps[:MOST_STEPS],
        has_more=len(steps) > MOST_STEPS and "all" not in request.args,
        step=step,
        rows=merging.side_by_side(before, after),
        is_newest=step is not None and step.number == session.notes_number,
        may_write=writing.may_write(db, me.id, session),
        base=revisions.number_of(db, session),
    )


@bp.post("/revisions/<int:number>")
@signed_in
@once(again=lambda session_id, number: history(session_id))
def taken_up(session_id: UUID, number: int):
    form = read_form(BaseForm)
    found = notes.take_up(get_db(), current_user().id, session_id, number, form.base, at=clock.now())
    return _saved(
        found, session_id, "The notes say again what they said then. Nothing of what they said since is gone."
    )


@bp.post("/own")
@signed_in
@once(again=again)
def own_saved(session_id: UUID):
    form = read_form(OwnForm)
    _, has_both = own_notes.save(get_db(), current_user().id, session_id, form.own, before=form.before, at=clock.now())
    if not wants_fragment():
        flash("You had saved other words on another page: both are in your notes now." if has_both else "Saved.")
    return redirect(url_for("notes.own", session_id=session_id) if wants_fragment() else _page(session_id), 303)


@bp.get("/own")
@signed_in
def own(session_id: UUID):
    """One's own note as it is saved, for the page that is open."""
    db, me = get_db(), current_user()
    sessions.seen(db, me.id, session_id)
    note = own_notes.of(db, me.id, session_id)
    if note is None:
        return jsonify(number="", text="")
    at = note.changed_at
    return jsonify(number=at.isoformat(), text=note.text, is_mine=True, saved=_clock_time(at))


def _of_the_two(session_id: UUID) -> StudioSession:
    """Earlier states are for those who wrote them: a mentor to whom the session was handed on reads the last one."""
    db, me = get_db(), current_user()
    session = sessions.seen(db, me.id, session_id)
    return notes.of_the_two(session, me.id)


def _saved(found: Saved, session_id: UUID, text: str = "Saved.") -> Any:
    if wants_fragment():
        return redirect(url_for("notes.now", session_id=session_id), 303)
    flash(f"{found.others} wrote meanwhile; both texts are in." if found.others else text)
    if found.unsigned:
        flash("The signatures were cleared, since the notes changed. Sign again when they are right.", "warn")
    return redirect(_page(session_id), 303)


def _page(session_id: UUID) -> str:
    return meetings.page(session_id, "notes")


def _clock_time(at: datetime) -> str:
    return f"{at.astimezone(clock.zone_of(current_user().zone)):%H:%M}"
