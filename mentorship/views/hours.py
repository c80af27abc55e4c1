"""Hours claimed and signed, as a picture with its table."""

from flask import Blueprint, render_template

from core import clock, words
from core.access import current_user, signed_in
from core.database import get_db
from curriculum.stats import pictures
from curriculum.stats.pictures import Column
from mentorship import hours
from mentorship.hours import Week

bp = Blueprint("hours", __name__)
NAMES = {"meeting": "Meetings", "studio": "Studio", "practice": "Practice"}
PARTS = ["Meetings, signed", "Meetings, not signed yet", "Studio", "Practice"]


@bp.get("/sessions/hours")
@signed_in
def show():
    db, me, at = get_db(), current_user(), clock.now()
    found = hours.of(db, me.id, me.zone, at=at)
    return render_template(
        "mentorship/sessions/hours.html",
        found=found,
        names=NAMES,
        parts=PARTS,
        chart=pictures.bar_chart([_column(week) for week in found.weeks], unit=" h"),
        length=words.minutes,
        label=_label,
        claimed=sum(one.claimed for one in found.whole.values()),
        mentoring=hours.mentoring(db, me.id),
    )


def _column(week: Week) -> Column:
    meeting, studio, practice = (week.kinds[kind] for kind in hours.KINDS)
    minutes = (meeting.signed, meeting.claimed - meeting.signed, studio.claimed, practice.claimed)
    said = [f"{name.lower()} {words.minutes(part)}" for name, part in zip(PARTS, minutes, strict=True) if part]
    return Column(
        tuple(part / 60 for part in minutes),
        str(week.number) if week.number else f"{week.first.day} {week.first:%b}",
        f"{_label(week)}: {'; '.join(said) or 'nothing'}",
    )


def _label(week: Week) -> str:
    day = f"{week.first.day} {week.first:%b %Y}"
    return f"Week {week.number}, from {day}" if week.number else f"Week of {day}"
