"""The mentor's desk."""

from flask import Blueprint, render_template, request

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from curriculum.views import library
from mentorship import mentoring as rules

bp = Blueprint("mentoring", __name__)
LONGEST = 80  # characters of the words looked for


@bp.get("/mentoring")
@signed_in
def index():
    """All apprentices in one list."""
    me = current_user()
    asked, words = request.args.get("sort", ""), request.args.get("q", "")[:LONGEST]
    sort = asked if asked in rules.SORTS else "still"
    desk = rules.desk(get_db(), library(), me.id, me.zone, sort=sort, words=words, at=clock.now())
    return render_template("mentorship/mentoring/index.html", desk=desk, sort=sort, words=words)
