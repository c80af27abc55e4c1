"""The mentor's desk."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from curriculum.views import library
from mentorship import mentoring as rules

bp = Blueprint("mentoring", __name__)
LONGEST = 80  # characters of the words looked for
NOBODY = UUID(int=0)


@bp.get("/mentoring")
@signed_in
def index():
    """All apprentices in one list."""
    me = current_user()
    asked, words = request.args.get("sort", ""), request.args.get("q", "")[:LONGEST]
    sort = asked if asked in rules.SORTS else "still"
    desk = rules.desk(get_db(), library(), me.id, me.zone, sort=sort, words=words, at=clock.now())
    return render_template(
        "mentorship/mentoring/index.html",
        desk=desk,
        sort=sort,
        words=words,
        brief_of=_address("brief.show", "person_id"),
        session_of=_address("meetings.show", "session_id"),
    )


def _address(endpoint: str, name: str) -> Callable[[UUID], str]:
    """`url_for` with only an id left open: hundreds of them stand on this page."""
    values: dict[str, Any] = {name: NOBODY}
    before, after = url_for(endpoint, **values).split(str(NOBODY))
    return lambda found: f"{before}{found}{after}"
