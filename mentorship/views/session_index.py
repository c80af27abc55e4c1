"""The list of sessions: what waits for somebody, what is ahead of them, what is behind."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import render_template, request

from core import clock
from core.access import Me, current_user
from core.database import get_db
from curriculum.views import library
from mentorship import actions, planning, practice_log, sessions, signing, states
from mentorship.sessions import Listed
from mentorship.views.appointments import said

HISTORY = 50  # rows on the first page; "all" shows the others
MOST_TO_SIGN = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A session of the list. said: when it is, on both walls. chosen: the one time to say yes to, as it is sent;
    series: how many of its series can have one yes; also: a few words more."""

    row: Listed
    said: str
    chosen: str = ""
    series: int = 0
    also: str = ""


def page() -> str:
    db, me, at = get_db(), current_user(), clock.now()
    most = HISTORY if "all" not in request.args else 100_000
    held = sessions.history(db, me.id, most=most + 1)
    to_sign = [
        Line(row, said(row.session, me.zone, row.person)) for row in signing.waiting(db, me.id, most=MOST_TO_SIGN)
    ]
    running = practice_log.running(db, me.id)
    planned = _sorted([row for row in sessions.planned(db, me.id) if row.session != running], me, at)
    week_began = clock.day_start(_monday(clock.study_day(at, me.zone)), me.zone)
    return render_template(
        "mentorship/sessions/index.html",
        **planned,
        to_sign=to_sign,
        running=running,
        held=held[:most],
        has_more=len(held) > most,
        is_empty=not held and not any(planned.values()),
        hours=_hours(sessions.minutes_by_kind(db, me.id, week_began), sessions.minutes_by_kind(db, me.id)),
        todo=actions.to_do(db, library(), me.id, at=at),
        today=at.astimezone(clock.zone_of(me.zone)).date(),
    )


def _sorted(rows: list[Listed], me: Me, at: datetime) -> dict[str, list[Line]]:
    """Under to_answer, to_mark and ahead."""
    found: dict[str, list[Line]] = {"to_answer": [], "to_mark": [], "ahead": []}
    of_series: Counter[UUID | None] = Counter()
    for row in rows:
        if (place := _place(row, me.id, at)) == "to_answer":
            of_series[row.session.series_id] += 1
    seen: set[UUID] = set()
    for row in rows:
        place, session = _place(row, me.id, at), row.session
        if place != "to_answer":
            found[place].append(Line(row, said(session, me.zone, row.person), also=_waits_for(row, me.id)))
            continue
        count = of_series[session.series_id] if session.series_id else 0
        if session.series_id and count > 1:
            if session.series_id not in seen:
                also = f"the first of {count} in a series"
                found[place].append(Line(row, said(session, me.zone, row.person), series=count, also=also))
            seen.add(session.series_id)
            continue
        others = len(session.other_times)
        found[place].append(
            Line(
                row,
                said(session, me.zone, row.person),
                chosen="" if others else session.starts_at.isoformat(),
                also=f"or {planning.other_times(others)}" if others else "",
            )
        )
    return found


def _waits_for(row: Listed, person_id: UUID) -> str:
    is_asked = row.word == "proposed" and row.session.asked_by == person_id
    return f"waits for {row.person.name}'s yes" if is_asked and row.person else ""


def _place(row: Listed, person_id: UUID, at: datetime) -> str:
    session = row.session
    if row.word == "proposed" and session.asked_by != person_id and max(planning.offered(session)) > at:
        return "to_answer"
    return "to_mark" if row.word != "paused" and states.end_of(session) <= at else "ahead"


def _hours(week: dict[str, int], ever: dict[str, int]) -> list[tuple[str, str, str]]:
    """(kind, this week, in all) as words; kinds without a minute are left out."""
    names = [("practice", "Practice"), ("studio", "Studio"), ("meeting", "Meetings"), ("mentoring", "Mentoring")]
    return [(name, _short(week.get(kind, 0)), _short(ever[kind])) for kind, name in names if ever.get(kind)]


def _short(minutes: int) -> str:
    """For a column: "3 h 20", "45 min"."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if hours else f"{rest} min"


def _monday(day: int) -> int:
    return day - date.fromordinal(day).weekday()
