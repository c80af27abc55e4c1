"""The log of sessions: what is ahead, what was held, and what was promised in it."""

from itertools import chain
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for

from core import clock, sheets
from core.access import current_user, signed_in
from core.database import database, get_db
from core.errors import Conflict
from core.once import once
from core.web import go_on, read_form
from curriculum.views import library
from mentorship import links, practice_log, session_files, session_log, session_sheet, sessions, states
from mentorship.views import files, session_forms, session_index

bp = Blueprint("sessions", __name__)
KINDS = ("meeting", "studio", "practice")


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
    if kind not in KINDS:
        kind = "meeting" if pairs else "practice"
    who = [(f"{'mentor' if pair.is_mentor else 'apprentice'}:{pair.person.id}", _role(pair)) for pair in pairs]
    return render_template(
        "mentorship/sessions/new.html",
        kind=kind,
        who=who,
        met=request.args.get("who", "") or _the_one(who),
        has_apprentices=any(not pair.is_mentor for pair in pairs),
        today=at.astimezone(ZoneInfo(me.zone)).date(),
        running=practice_log.running(db, me.id),
        accepted=files.ACCEPTED,
        site=files.site(),
        **session_forms.choices([]),
    )


@bp.post("/sessions/new")
@signed_in
@files.taking
@once(again=new)
def logged():
    form = read_form(session_forms.LogForm)
    me, at, course = current_user(), clock.now(), library()
    lines, between = session_forms.lines(form), session_forms.between(form)
    entry, step = session_forms.logged_entry(form, lines, at), session_forms.next_step(form, between)
    with files.sent_file() as upload:
        db = get_db()
        session = session_log.afterwards(db, course, me.id, form.kind, between, entry, lines, step, at=at)
        if upload:
            session_files.add(db, files.storage(), me.id, session.id, upload, at=at)
    flash("Logged.")
    files.warn(upload)
    return go_on(url_for("meetings.show", session_id=session.id))


@bp.get("/sessions/log.csv")
@signed_in
def sheet():
    """The learner's own log, sent while it is read."""
    base, me = database(), current_user()

    def text():
        with base.reading() as db:
            yield from sheets.pages(chain([session_sheet.HEAD], session_sheet.rows(db, me.id, me.zone)))

    answer = Response(text(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="woodshed-sessions.csv"'
    return answer


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
        minutes=states.minutes_of(session),
        day=local.date().isoformat(),
        time=f"{local:%H:%M}",
        moves=session.mentor_id is None or not states.is_ahead(session),
        is_conflict=isinstance(g.get("refusal"), Conflict),
        saved=session_forms.saved(session, me.id, me.zone),
        has_apprentices=session.mentor_id == me.id,
        **session_forms.choices(session.milestones),
    )


@bp.post("/sessions/<uuid:session_id>/edit")
@signed_in
@once(again=edit)
def changed(session_id: UUID):
    form, course, me, at = read_form(session_forms.ChangeForm), library(), current_user(), clock.now()
    db = get_db()
    entry = session_forms.changed_entry(form, sessions.to_change(db, me.id, session_id), at)
    was_signed = session_log.change(db, course, me.id, session_id, entry, before=form.changed_at, at=at)
    flash(
        "Saved. It was signed before you changed it, so it needs signing again." if was_signed else "Saved.",
        "warn" if was_signed else "message",
    )
    return redirect(url_for("meetings.show", session_id=session_id), 303)


# -- for pages -----------------------------------------------------------------------------------------------


def _the_one(who: list[tuple[str, str]]) -> str:
    """The only mentor, or else the only one at all: with whom it will have been."""
    mentors = [value for value, _ in who if value.startswith("mentor:")]
    values = mentors or [value for value, _ in who]
    return values[0] if len(values) == 1 else ""


def _role(pair: links.Pair) -> str:
    return f"{pair.person.name}, your {'mentor' if pair.is_mentor else 'apprentice'}"
