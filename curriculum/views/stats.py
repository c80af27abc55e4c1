"""Statistics: each picture answers a question, and its table is one click away."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from flask import Blueprint, Response, render_template, request, url_for

from core import clock, sheets, words
from core.access import current_user, signed_in
from core.database import database, get_db
from curriculum import cards, lessons, plans, progress
from curriculum.models import Learner
from curriculum.progress import TrackProgress
from curriculum.spacing import Plan
from curriculum.stats import answers, log_sheet, memories, periods, pictures, retention
from curriculum.stats.answers import Buttons, Sum
from curriculum.stats.memories import Bar, DayAhead, Known, Row
from curriculum.stats.periods import Span
from curriculum.stats.pictures import BarChart, Calendar, Column, WhiskerChart
from curriculum.stats.retention import Retention
from curriculum.views import library

bp = Blueprint("stats", __name__)
WEEK = 7


@bp.get("/stats")
@signed_in
def show():
    db, course, me, at = get_db(), library(), current_user(), clock.now()
    today = clock.study_day(at, me.zone)
    learner = plans.learner(db, me.id)
    plan = plans.of(learner)
    held = memories.rows(db, course, me.id)
    found = answers.tallies(db, me.id)
    days = answers.by_day(found)
    period = request.args.get("period", "")
    period = period if period in periods.PERIODS else periods.DEFAULT
    return render_template(
        "curriculum/stats.html",
        cards=len(held),
        answers=sum(day.answers for day in days.values()),
        this_week=sum(day in days for day in range(today - WEEK + 1, today + 1)),
        learner=learner,
        day_words=periods.day_words,
        date_words=periods.date_words,
        periods=[(name, url_for("stats.show", period=key, _anchor="period")) for key, name in periods.PERIODS.items()],
        period_words=periods.PERIODS[period],
        period_said=periods.SAID[period],
        **_retention(retention.windows(found, today), learner.retention),
        **_coming(held, learner, plan, me.zone, answers.begun_on(found, today), at),
        **_calendar(days, today),
        **_time(days, periods.first_day(period, days, today), today),
        **_buttons(answers.buttons(found, periods.first_day(period, days, today))),
        **_memories(held),
        **_tracks(
            progress.by_track(course, lessons.places(db, course, me.id)),
            memories.known_by_track(held, course, today, plan.parameters),
        ),
    )


@bp.get("/stats/reviews.csv")
@signed_in
def log():
    """The learner's own log, sent while it is read."""
    base, user_id = database(), current_user().id

    def text():
        with base.reading() as db:
            yield from sheets.pages(chain([log_sheet.HEAD], log_sheet.rows(db, user_id)))

    answer = Response(text(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="woodshed-reviews.csv"'
    return answer


def _retention(found: list[Retention], desired: float) -> dict[str, object]:
    rows = [(f"{one.words}, {one.days} d", one.share, *one.between, one.is_known) for one in found]
    month = next(one for one in found if one.days == 30)
    best = month if month.is_known else next(one for one in found if one.days == 365)
    chart: WhiskerChart = pictures.whisker_chart(rows, desired)
    return {"retention": found, "retention_said": best, "retention_chart": chart}


def _coming(held: list[Row], learner: Learner, plan: Plan, zone: str, begun: int, at: datetime) -> dict[str, object]:
    ahead: list[DayAhead] = memories.forecast(
        held, library(), plan, zone, new_a_day=learner.new_a_day, begun=begun, at=at
    )
    chart: BarChart = pictures.bar_chart(
        [
            Column(
                (one.reviews, one.new),
                periods.short_day(one.day),
                f"{periods.day_words(one.day)}: {one.reviews} reviews, {one.new} new",
            )
            for one in ahead
        ]
    )
    return {
        "ahead": ahead,
        "ahead_reviews": sum(one.reviews for one in ahead),
        "ahead_new": sum(one.new for one in ahead),
        "ahead_chart": chart,
    }


def _calendar(days: dict[int, Sum], today: int) -> dict[str, object]:
    def said(day: int) -> str:
        done = days.get(day, Sum())
        return f"{periods.day_words(day)}: {done.answers} answers"

    picture: Calendar = pictures.calendar({day: one.answers for day, one in days.items()}, today, said)
    first = today - 364
    return {
        "calendar": picture,
        "calendar_weeks": periods.weeks(days, today),
        "year_days": sum(first <= day <= today for day in days),
    }


def _time(days: dict[int, Sum], first: int, today: int) -> dict[str, object]:
    spans: list[Span] = periods.spans(days, first, today)
    columns = [
        Column((one.minutes,), one.label, f"{one.words}: {words.minutes(round(one.minutes))}, {one.answers} answers")
        for one in spans
    ]
    total = periods.total(days, first, today)
    return {
        "spans": list(reversed(spans)),
        "span_unit": periods.unit(first, today),
        "span_total": total,
        "span_time": words.minutes(round(total.minutes)),
        "time_chart": pictures.bar_chart(columns, unit=" min"),
    }


def _buttons(found: Iterable[Buttons]) -> dict[str, object]:
    names = ("Forgot", "Hard", "Good", "Easy")
    columns: list[Column] = []
    for one in found:
        columns += [Column((), "", "")] if columns else []  # room between the groups
        columns += [
            Column((share * 100,), str(number), f"{one.words}, {name}: {count}")
            for number, (name, share, count) in enumerate(zip(names, one.shares, one.counts, strict=True), 1)
        ]
    return {
        "buttons": found,
        "button_names": names,
        "buttons_chart": pictures.bar_chart(columns, unit=" %", top=100, thins=False),
    }


def _memories(held: list[Row]) -> dict[str, object]:
    course = library()
    stability, difficulty = memories.by_stability(held), memories.by_difficulty(held)
    hardest = memories.hardest(held)
    return {
        "hardest": [
            (row, cards.find(get_db(), course, current_user().id, row.card_id), course.lessons.get(row.lesson))
            for row in hardest
        ],
        "stability": stability,
        "stability_chart": _scale(stability),
        "difficulty": difficulty,
        "difficulty_chart": _scale(difficulty),
        "begun": sum(bar.count for bar in stability),
        "firm": sum(bar.count for bar in stability[memories.A_MONTH :]),
        "hard": sum(bar.count for bar in difficulty[memories.HARD :]),
    }


def _tracks(tracks: list[TrackProgress], known: dict[str, Known]) -> dict[str, object]:
    begun = [(one.track, known[one.track.name]) for one in tracks if known[one.track.name].begun]
    columns = [
        Column((percent := 100 * (one.recall or 0),), _short(track.name), f"{track.title}: {percent:.0f} %")
        for track, one in begun
    ]
    chart = pictures.bar_chart(columns, unit=" %", top=100, thins=False)
    return {"tracks": tracks, "known": known, "known_chart": chart}


def _short(track: str) -> str:
    return track.upper() if len(track) <= 3 else track.capitalize()


def _scale(bars: list[Bar]) -> BarChart:
    columns = [Column((bar.count,), bar.label, f"{bar.words}: {bar.count} cards") for bar in bars]
    return pictures.bar_chart(columns, thins=False)
