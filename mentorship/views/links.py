"""Mentors and apprentices: invitations, links, what they show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask import session as cookie
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session

from core import clock
from core.access import current_user, signed_in, somebody
from core.database import get_db
from core.errors import Refused
from core.limits import limiter
from core.once import once
from core.views import INVITED
from core.web import note, read_form
from curriculum.views import library
from mentorship import agreements, fit_checks, handovers, invitations, links, overview, together
from mentorship.links import Pair

bp = Blueprint("links", __name__)
MADE = "invitation"  # cookie: the secret of the invitation that was just made, until its address was shown
SHOWN = [
    ("lessons", "Lessons and cards", "Which lessons are done, how many cards were answered and how many are due."),
    (
        "sessions",
        "Sessions",
        "Practice, studio work and your meetings, with notes and actions; meetings with others only if handed on.",
    ),
    ("pieces", "Pieces and milestones", "Pieces that are no drafts, with their versions; evidence and marks."),
    ("worksheet", "Weekly worksheet", "Where your hours go, and your goals. Off until you turn it on."),
    ("money", "Money", "Jobs, splits and income. Off until you turn it on."),
]
AT_FIRST = SHOWN[:3]
EARLIER = 10  # invitations that came to nothing
STEPS = {
    "paused": (links.pause, "Your link with {} rests. Either of you can take the pause back."),
    "active": (links.resume, "Your link with {} is in force again."),
    "completed": (links.complete, "Completed. Sessions you held with {} and marks given stay readable to you both."),
    "ended": (links.end, "The link has ended. Sessions you held with {} and marks given stay readable to you both."),
}


class InvitationForm(BaseModel):
    role: Literal["mentor", "apprentice"]
    name: Annotated[str, StringConstraints(max_length=80)] = ""
    email: Annotated[str, StringConstraints(max_length=invitations.LONGEST_ADDRESS)] = ""


class ShownForm(BaseModel):
    shows: list[links.What] = []


def guessed(response: Any) -> bool:
    """Only misses count towards the limit on opening invitations."""
    return bool(response.status_code in (403, 404))


opening = limiter.shared_limit("60 per minute", scope="invitations", deduct_when=guessed)


@bp.get("/mentors")
@signed_in
def index():
    db, me, at = get_db(), current_user(), clock.now()
    active, over = links.active(db, me.id), links.ended(db, me.id)
    kept = together.counts(db, [pair.link for pair in over])
    return render_template(
        "mentorship/links/index.html",
        pairs=active,
        paused=[pair for pair in over if pair.state == "paused"],
        ended=[(pair, *kept[pair.link.id]) for pair in over if pair.state != "paused"],
        invitations=invitations.open_invitations(db, me.id, at=at),
        earlier=invitations.over(db, me.id, most=EARLIER, at=at),
        fit_due={link.id for link in fit_checks.due(db, me.id, at)},
        shown=SHOWN,
    )


@bp.post("/invitations")
@signed_in
@once(again=index)
def invited_somebody():
    form = read_form(InvitationForm)
    site = current_app.extensions["settings"]
    _, secret = invitations.invite(
        get_db(),
        current_user().id,
        form.role,
        form.name,
        email=form.email,
        mails=site.mails,
        most_a_day=site.invitations_a_day,
        at=clock.now(),
    )
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
    invitation, _ = invitations.find_invitation(get_db(), secret, at=clock.now())
    site = current_app.extensions["settings"]
    address = site.url + url_for("links.invitation", secret=secret)
    return render_template("mentorship/links/invited.html", invitation=invitation, address=address, mails=site.mails)


@bp.post("/invitations/<uuid:invitation_id>/withdrawn")
@signed_in
@once(again=lambda invitation_id: index())
def withdrawn(invitation_id: UUID):
    invitations.withdraw(get_db(), current_user().id, invitation_id, at=clock.now())
    flash("The invitation is taken back: its address leads nowhere now.")
    return redirect(url_for("links.index"), 303)


@bp.get("/invitations/<secret>")
@opening
def invitation(secret: str):
    """What somebody is invited to. Without an account, the secret opens the sign-up; the cookie keeps it meanwhile."""
    me = somebody()
    with _noted():
        found, inviter = invitations.find_invitation(get_db(), secret, viewer_id=me.id if me else None, at=clock.now())
    if me is None:
        cookie[INVITED] = secret
    return render_template(
        "mentorship/links/invitation.html", invitation=found, inviter=inviter, secret=secret, shown=AT_FIRST
    )


@bp.post("/invitations/<secret>/accepted")
@opening
@signed_in
@once()
def accepted(secret: str):
    with _noted():
        link = invitations.accept(get_db(), current_user().id, secret, at=clock.now())
    cookie.pop(INVITED, None)
    if link.mentor_id == current_user().id:
        flash("You are their mentor now. Next: agree on how you work.")
    else:
        flash("You have a mentor now. Next: agree on how you work. What they see of yours is your choice, below.")
    return redirect(url_for("links.show", link_id=link.id), 303)


@bp.post("/invitations/<secret>/declined")
@opening
@signed_in
@once()
def declined(secret: str):
    with _noted():
        invitations.decline(get_db(), current_user().id, secret, at=clock.now())
    cookie.pop(INVITED, None)
    flash("You declined. Nothing of yours is shown to anybody by it.")
    return redirect(url_for("links.index"), 303)


@bp.get("/links/<uuid:link_id>")
@signed_in
def show(link_id: UUID):
    """What two people have together: what they agreed on, what is shown, what they held and said, and how it stands."""
    db, me = get_db(), current_user()
    pair = links.own_pair(db, me.id, link_id)
    agreed = agreements.of(db, pair.link)
    return render_template(
        "mentorship/links/show.html",
        pair=pair,
        agreed=agreed,
        waits_for_me=bool(agreed.waits and not agreements.has_said_yes(agreed.waits.agreement, me.id)),
        kept=together.kept(db, library(), pair.link),
        shown=SHOWN,
        shown_now=[name for name, *_ in SHOWN if getattr(pair.link, f"shows_{name}")],
        **(_of_apprentice(db, pair) if pair.is_mentor else _of_mentor(db, pair)),
    )


def _of_apprentice(db: Session, pair: Pair) -> dict[str, Any]:
    """What only the apprentice of a link sees on its page."""
    _, fit = fit_checks.of(db, pair.link.user_id, pair.link.id, at=clock.now())
    total, handed = handovers.counts(db, pair.link.user_id, pair.person.id)
    return {"fit": fit, "others": total, "handed": handed}


def _of_mentor(db: Session, pair: Pair) -> dict[str, Any]:
    return {"shared_fit": fit_checks.shared_with(db, pair.link.mentor_id, pair.link.id)}


def _stepped(link_id: UUID, state: str) -> Any:
    step, said = STEPS[state]
    db, me = get_db(), current_user()
    step(db, me.id, link_id, at=clock.now())
    flash(said.format(links.own_pair(db, me.id, link_id).person.name))
    return redirect(url_for("links.show", link_id=link_id), 303)


@bp.post("/links/<uuid:link_id>/paused")
@signed_in
@once(again=show)
def paused(link_id: UUID):
    return _stepped(link_id, "paused")


@bp.post("/links/<uuid:link_id>/active")
@signed_in
@once(again=show)
def resumed(link_id: UUID):
    return _stepped(link_id, "active")


@bp.post("/links/<uuid:link_id>/completed")
@signed_in
@once(again=show)
def completed(link_id: UUID):
    return _stepped(link_id, "completed")


@bp.post("/links/<uuid:link_id>/ended")
@signed_in
@once(again=show)
def ended(link_id: UUID):
    return _stepped(link_id, "ended")


@bp.post("/links/<uuid:link_id>/shows")
@signed_in
@once(again=show)
def shows(link_id: UUID):
    form = read_form(ShownForm)
    wanted = {name: name in form.shows for name, *_ in SHOWN}
    links.show(get_db(), current_user().id, link_id, **wanted, at=clock.now())
    flash("Saved. It holds from now on.")
    return redirect(url_for("links.show", link_id=link_id), 303)


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
