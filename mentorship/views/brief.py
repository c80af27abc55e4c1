"""The brief: the mentor's page before a meeting, and the same page for the apprentice."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template

from core import clock, words
from core.access import current_user, signed_in
from core.database import get_db
from curriculum.views import library
from mentorship import brief as rules
from mentorship.brief import Brief

bp = Blueprint("brief", __name__)
HELD = {"practice": "Practice", "studio": "Studio", "meeting": "Meetings"}


@bp.get("/apprentices/<uuid:person_id>/brief")
@signed_in
def show(person_id: UUID):
    return _page(rules.for_mentor(get_db(), library(), current_user().id, person_id, at=clock.now()))


@bp.get("/links/<uuid:link_id>/brief")
@signed_in
def own(link_id: UUID):
    """What the mentor of this link sees, for the apprentice herself."""
    return _page(rules.for_apprentice(get_db(), library(), current_user().id, link_id, at=clock.now()))


def _page(found: Brief) -> str:
    me = current_user()

    def on(moment: datetime) -> str:
        """As in "12 Nov", on the reader's wall: paper does not say "3 days ago"."""
        local = moment.astimezone(clock.zone_of(me.zone))
        return f"{local.day} {local:%b}"

    return render_template(
        "mentorship/brief/show.html",
        brief=found,
        is_own=found.apprentice.id == me.id,
        on=on,
        hours=[(word, words.minutes(found.hours.minutes[kind])) for kind, word in HELD.items()],
        hours_total=words.minutes(found.hours.total),
    )
