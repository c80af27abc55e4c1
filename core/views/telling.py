"""Pages about being told: the inbox, what comes by mail, and the links in mails that need no sign-in."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, Field
from sqlmodel import Session, select

from core import account_mails, accounts, clock, inbox, outbox
from core.access import current_user, host_only, signed_in, somebody
from core.accounts import User
from core.database import get_db
from core.errors import NotFound, Refused
from core.inbox import Wishes
from core.limits import limiter
from core.once import once
from core.settings import Settings
from core.web import csrf, read_form

bp = Blueprint("telling", __name__)
MOST_SHOWN = 60  # pieces of news on one page of the inbox


class ReadForm(BaseModel):
    until: datetime


class UnreadForm(BaseModel):
    read_at: datetime


class WishesForm(BaseModel):
    mails: list[str] = []
    digest: Literal["", "daily", "weekly"] = ""
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 7
    digest_weekday: Annotated[int, Field(ge=0, le=6)] = 0
    reminds_before: Literal["", "1", "3", "24"] = ""
    reminds_reviews: bool = False


@bp.get("/inbox")
@signed_in
def index():
    """Everything that somebody was told, by thread, the newest first."""
    threads, older = inbox.threads(get_db(), current_user().id, most=MOST_SHOWN, before=_asked_id("before"))
    return render_template(
        "inbox.html", threads=threads, older=older, is_first="before" not in request.args, undo=_asked_moment("read")
    )


@bp.post("/inbox/<uuid:notice_id>/read")
@signed_in
@once(again=lambda notice_id: index())
def read_one(notice_id: UUID):
    at = clock.now()
    count = inbox.read_thread_of(get_db(), current_user().id, notice_id, at=at)
    return _back(at if count else None)


@bp.post("/inbox/read")
@signed_in
@once(again=index)
def read_all():
    """All that the page showed; what came since stays unread."""
    form, at = read_form(ReadForm), clock.now()
    count = inbox.read_all(get_db(), current_user().id, until=_aware(form.until), at=at)
    return _back(at if count else None)


@bp.post("/inbox/unread")
@signed_in
@once(again=index)
def unread_again():
    read_at = _aware(read_form(UnreadForm).read_at)
    inbox.unread_again(get_db(), current_user().id, read_at=read_at, at=clock.now())
    return _back(None)


@bp.get("/settings/telling")
@signed_in
def settings():
    """What comes by mail, and when."""
    db, me = get_db(), current_user()
    telling = inbox.telling_of(db, me.id)
    return render_template(
        "telling.html",
        telling=telling,
        on={kind: telling.is_on(kind) for kind in [*inbox.KINDS, *inbox.ON_WISH]},
        mailing=[(kind.name, kind.words) for kind in inbox.mailing()],
        wanted=[kind.name for kind in inbox.mailing() if telling.is_on(kind.name)],
        hours=[(hour, f"{hour:02d}:00") for hour in range(24)],
        mails=_site().mails,
        is_confirmed=accounts.is_confirmed(db, me.id),
    )


@bp.post("/settings/telling")
@signed_in
@once(again=settings)
def chosen():
    form = read_form(WishesForm)
    hours = int(form.reminds_before) if form.reminds_before else None
    wishes = Wishes(
        form.mails, form.digest, form.digest_hour, form.digest_weekday, hours, form.reminds_reviews
    )  # fmt: skip
    inbox.choose(get_db(), current_user().id, wishes, at=clock.now())
    flash("Saved.")
    return redirect(url_for("telling.settings"), 303)


# -- what links in mails lead to: the secret in the address says who it is about ------------------------------


@bp.get("/unsubscribe/<token>")
def unsubscribe(token: str):
    """A page with a button: programs that look into links change nothing."""
    person, kind = _behind(get_db(), token)
    return _unsubscribe_page(token, kind, is_on=inbox.telling_of(get_db(), person).is_on(kind))


@bp.post("/unsubscribe/<token>")
@csrf.exempt
def unsubscribed(token: str):
    """One click in a mail program (RFC 8058), which has neither cookie nor guard; no cookie is looked at."""
    return _turned(token, is_on=False)


@bp.post("/unsubscribe/<token>/undone")
@csrf.exempt
def subscribed_again(token: str):
    return _turned(token, is_on=True)


@bp.get("/confirm/<token>")
def confirmation(token: str):
    """A page with a button: programs that look into links confirm nothing."""
    user = account_mails.behind(token)
    return render_template("confirm.html", email=user.email, token=token, is_confirmed=user.confirmed_at is not None)


@bp.post("/confirm/<token>")
def confirmed(token: str):
    user = account_mails.behind(token)
    accounts.confirm(get_db(), user.id, at=clock.now())
    get_db().commit()
    flash(f"{user.email} is yours: news can reach you there now.")
    return redirect(url_for("telling.settings") if somebody() else url_for("security.login"), 303)


@bp.post("/settings/confirmation")
@signed_in
@limiter.limit("5 per hour", key_func=lambda: f"confirm:{current_user().id}")
@once(again=settings)
def asked_to_confirm():
    db, me = get_db(), current_user()
    if not _site().mails:
        raise Refused("This site sends no mail, so there is nothing to confirm.")
    if accounts.is_confirmed(db, me.id):
        flash(f"{me.email} is confirmed already.")
    else:
        account_mails.ask_to_confirm(db, db.get_one(User, me.id), at=clock.now())
        flash(f"A mail to {me.email} is on its way. Follow its link within five days.")
    return redirect(url_for("telling.settings"), 303)


# -- for hosts -----------------------------------------------------------------------------------------------


@bp.get("/outbox")
@host_only
def sending():
    """How sending goes: figures, and what was given up, without what was in it."""
    waiting, sent, failed = outbox.in_figures(get_db(), at=clock.now())
    return render_template("outbox.html", waiting=waiting, sent=sent, failed=failed, mails=_site().mails)


# -- below the pages -----------------------------------------------------------------------------------------


def _site() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _back(read_at: datetime | None):
    return redirect(url_for("telling.index", read=read_at.isoformat() if read_at else None), 303)


def _asked_id(name: str) -> UUID | None:
    try:
        return UUID(request.args[name]) if name in request.args else None
    except ValueError:
        raise NotFound from None


def _asked_moment(name: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(request.args[name])) if name in request.args else None
    except ValueError:
        return None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Refused("This moment has no time zone. Reload the page and send it again.")
    return moment


def _behind(db: Session, token: str) -> tuple[UUID, str]:
    user_id, kind = outbox.read_way_out(token, _site())
    inbox.words_of(kind)
    if db.exec(select(User.id).where(User.id == user_id)).first() is None:
        raise NotFound
    return user_id, kind


def _turned(token: str, *, is_on: bool):
    db = get_db()
    person, kind = _behind(db, token)
    inbox.turn(db, person, kind, is_on=is_on, at=clock.now())
    db.commit()
    return _unsubscribe_page(token, kind, is_on=is_on)


def _unsubscribe_page(token: str, kind: str, *, is_on: bool):
    return render_template("unsubscribe.html", token=token, words=inbox.words_of(kind), is_on=is_on)
