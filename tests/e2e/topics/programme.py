"""The programme with a pause and what was done; another one to look at."""

from datetime import date, timedelta

from flask import Flask
from sqlmodel import Session

from core import clock
from curriculum import lessons, pause_weeks
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop

STOPS = [
    Stop("programme.show", "/programme", ("ada", "ben")),
    Stop("programme.show", "/programme?look=self-study", ("ada",), "other"),
]


def fill(cast: Cast, db: Session, app: Flask) -> None:
    """Ada began eight weeks ago and leaves one week of the past and one to come out."""
    ada, at = cast.people["ada"], days_ago(0)
    today = date.fromordinal(clock.study_day(at, ada.zone))
    library = app.extensions["shelf"].library
    start = today - timedelta(weeks=8, days=2)
    lessons.choose_programme(db, library, ada.id, "nine-months", start, zone=ada.zone, at=at)
    for weeks in (-3, 4):
        pause_weeks.add(db, ada.id, today + timedelta(weeks=weeks), zone=ada.zone, at=at)
