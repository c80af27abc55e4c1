"""Mentors and apprentices: invitations, links, what they show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask import session as cookie
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in, somebody
from core.database import get_db
from core.errors import Refused
from core.limits import limiter
from core.once import once
from core.views import INVITED
from core.web import note, read_form
from curriculum.views import library
from mentorship import links, overview, together

bp = Blueprint("links", __name__)
MADE = "invitation"  # cookie: the secret of the invitation that was just made, until its address was shown
SHOWN = [
    ("lessons", "Lessons and cards", "Which lessons are done, how many cards were answered and how many are due."),
    ("sessions", "Sessions", "Meetings, studio work and practice, with notes and actions."),
    ("pieces", "Pieces and milestones", "Pieces that are no drafts, with their versions; evidence and marks."),
]


class InvitationForm(BaseModel):
    role: Literal["mentor", "apprentice"]
    name: Annotated[str, StringConstraints(max_length=80)] = ""


class ShownForm(BaseModel):
    shows: list[links.What] = []


def guessed(response: Any) -> bool:
    """Only misses count towards the limit on opening invitations."""
    return bool(response.status_code in (403, 404))


opening = limiter.shared_limit("60 per minute", scope="invitations", deduct_when=guessed)


@bp.get("/mentors")
@signed_in
def index():
    db, me = get_db(), current_user()
    return render_template(
        "mentorship/links/index.html",
        pairs=links.active(db, me.id),
        ended=[(pair, *together.counts(db, pair.link)) for pair in links.ended(db, me.id)],
        invitations=links.open_invitations(db, me.id, at=clock.now()),
        shown=SHOWN,
        shown_now=lambda link: [name for name, *_ in SHOWN if getattr(link, f"shows_{name}")],
    )


@bp.post("/invitations")
@signed_in
@once(again=index)
def invited_somebody():
    form = read_form(InvitationForm)
    most = current_app.extensions["settings"].invitations_a_day
    _, secret = links.invite(get_db(), current_user().id, form.role, form.name, most_a_day=most, at=clock.now())
    cookie[MADE] = secret
    return redirect(url_for("links.invited"), 303)


@bp.get("/invitations/made")
@signed_in
def invited():
    """The address of the invitation that was just made: shown this once."""
    secret = cookie.pop(MADE, "")
    if not secret:
        flash("An invitation's address is shown once. If you lost it, take the invitation back and make a new one.")
        return redirect(url_for("links.index"))
    invitation, _ = links.find_invitation(get_db(), secret, at=clock.now())
    address = current_app.extensions["settings"].url + url_for("links.invitation", secret=secret)
    return render_template("mentorship/links/invited.html", invitation=invitation, address=address, shown=SHOWN)


@bp.post("/invitations/<uuid:invitation_id>/withdrawn")
@signed_in
@once(again=lambda invitation_id: index())
def withdrawn(invitation_id: UUID):
    links.withdraw(get_db(), current_user().id, invitation_id, at=clock.now())
    flash("The invitation is taken back: its address leads nowhere now.")
    return redirect(url_for("links.index"), 303)


@bp.get("/invitations/<secret>")
@opening
def invitation(secret: str):
    """What somebody is invited to. Without an account, the secret opens the sign-up; the cookie keeps it meanwhile."""
    me = somebody()
    with _noted():
        found, inviter = links.find_invitation(get_db(), secret, viewer_id=me.id if me else None, at=clock.now())
    if me is None:
        cookie[INVITED] = secret
    return render_template(
        "mentorship/links/invitation.html", invitation=found, inviter=inviter, secret=secret, shown=SHOWN
    )


@bp.post("/invitations/<secret>/accepted")
@opening
@signed_in
@once()
def accepted(secret: str):
    with _noted():
        link = links.accept(get_db(), current_user().id, secret, at=clock.now())
    cookie.pop(INVITED, None)
    if link.mentor_id == current_user().id:
        flash("You are their mentor now.")
        return redirect(url_for("links.apprentice", person_id=link.user_id), 303)
    flash("You have a mentor now. What they see of yours is your choice, below.")
    return redirect(url_for("links.index"), 303)


@bp.post("/invitations/<secret>/declined")
@opening
@signed_in
@once()
def declined(secret: str):
    with _noted():
        links.decline(get_db(), current_user().id, secret, at=clock.now())
    cookie.pop(INVITED, None)
    flash("You declined. Nothing of yours is shown to anybody by it.")
    return redirect(url_for("links.index"), 303)


@bp.get("/links/<uuid:link_id>")
@signed_in
def show(link_id: UUID):
    """What the two of a link keep of their time together."""
    db, me = get_db(), current_user()
    pair = links.own_pair(db, me.id, link_id)
    return render_template("mentorship/links/together.html", pair=pair, kept=together.kept(db, library(), pair.link))


@bp.post("/links/<uuid:link_id>/ended")
@signed_in
@once(again=lambda link_id: index())
def ended(link_id: UUID):
    links.end(get_db(), current_user().id, link_id, at=clock.now())
    flash("The link has ended. Sessions you held together and marks given stay readable to you both.")
    return redirect(url_for("links.index"), 303)


@bp.post("/links/<uuid:link_id>/shows")
@signed_in
@once(again=lambda link_id: index())
def shows(link_id: UUID):
    form = read_form(ShownForm)
    wanted = {name: name in form.shows for name, *_ in SHOWN}
    links.show(get_db(), current_user().id, link_id, **wanted)
    flash("Saved. It holds from now on.")
    return redirect(url_for("links.index"), 303)


@bp.get("/apprentices/<uuid:person_id>")
@signed_in
def apprentice(person_id: UUID):
    db, me, at = get_db(), current_user(), clock.now()
    seen = overview.of(db, library(), me.id, person_id, at=at)
    return render_template("mentorship/links/apprentice.html", seen=seen)


@contextmanager
def _noted() -> Iterator[None]:
    """Write down that an invitation opened no door, without its secret."""
    try:
        yield
    except Refused as refusal:
        note("mentor.link.denied", status=refusal.status)
        raise
