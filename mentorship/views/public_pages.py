"""Public pages: written and switched on by their owners, opened by everybody."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session
from werkzeug.wrappers import Response

from core import clock, prose
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import NotFound
from core.limits import limiter
from core.once import once
from core.web import note, read_form
from mentorship import portfolio, public_pages
from mentorship.models.shares import PublicPage
from mentorship.public_pages import Showcase
from mentorship.views import files, guests

bp = Blueprint("public_pages", __name__)

looking = limiter.shared_limit(
    "60 per minute", scope="public pages", deduct_when=lambda response: response.status_code == 404
)


class PageForm(BaseModel):
    handle: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    headline: Annotated[str, StringConstraints(max_length=public_pages.LONGEST_HEADLINE)] = ""
    about: Annotated[str, StringConstraints(max_length=public_pages.LONGEST_ABOUT)] = ""
    contact: Annotated[str, StringConstraints(max_length=public_pages.LONGEST_CONTACT)] = ""
    is_indexed: bool = False


# -- its owner -----------------------------------------------------------------------------------------------


@bp.get("/portfolio/public-page")
@signed_in
def edit():
    db, me = get_db(), current_user()
    page = public_pages.own(db, me.id)
    return render_template(
        "mentorship/shares/page.html",
        page=page,
        address=_address(page) if page else "",
        start=f"{files.site().url}/p/",
        there=public_pages.showcases(db, me.id),
        left_out=public_pages.left_out(db, me.id),
    )


@bp.post("/portfolio/public-page")
@signed_in
@limiter.limit("60 per hour", key_func=lambda: f"public page:{current_user().id}")
@once(again=edit)
def saved():
    form = read_form(PageForm)
    public_pages.save(get_db(), current_user().id, public_pages.Texts(**form.model_dump()))
    flash("Saved.", "good")
    return redirect(url_for("public_pages.edit"), 303)


@bp.post("/portfolio/public-page/shown")
@signed_in
@once(again=edit)
def shown():
    public_pages.show(get_db(), current_user().id, at=clock.now())
    note("public_page.shown")
    flash("Your page is public from now on.", "good")
    return redirect(url_for("public_pages.edit"), 303)


@bp.post("/portfolio/public-page/hidden")
@signed_in
@once(again=edit)
def hidden():
    public_pages.hide(get_db(), current_user().id)
    note("public_page.hidden")
    flash("Nobody but you sees your page now. What you wrote stays.", "good")
    return redirect(url_for("public_pages.edit"), 303)


@bp.get("/portfolio/public-page/preview")
@signed_in
def preview():
    """The page as others would see it, for its owner, shown or not."""
    db, me = get_db(), current_user()
    page = public_pages.own(db, me.id)
    if page is None:
        raise NotFound("Your page has no address yet. Choose one and save it; then you can look at it.")
    return _page(db, page, me.name, is_preview=True)


# -- everybody -----------------------------------------------------------------------------------------------


@bp.get("/p/<handle>")
@looking
def show(handle: str):
    db = get_db()
    page, name = public_pages.find(db, handle)
    g.is_listed = page.is_indexed
    return _page(db, page, name, is_preview=False)


@bp.get("/p/<handle>/<uuid:piece_id>/sound")
@looking
def sound(handle: str, piece_id: UUID):
    """The bytes to hear or look at, of a piece that stands on the page now."""
    one = _one(handle, piece_id)
    if one.version.kind not in files.SHOWN_INLINE:
        raise NotFound
    return guests.as_heard(one.version)


@bp.get("/p/<handle>/<uuid:piece_id>/peaks")
@looking
def peaks(handle: str, piece_id: UUID):
    found = guests.peaks_of(_one(handle, piece_id).version)
    if found is None:
        raise NotFound
    return found


@bp.after_request
def unlisted(response: Response) -> Response:
    """Search engines are kept away, unless the page's owner invites them."""
    if not g.get("is_listed"):
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _one(handle: str, piece_id: UUID) -> Showcase:
    db = get_db()
    page, _ = public_pages.find(db, handle)
    return public_pages.showcase(db, page.user_id, piece_id)


def _page(db: Session, page: PublicPage, name: str, *, is_preview: bool) -> str:
    return render_template(
        "mentorship/shares/public.html",
        page=page,
        name=name,
        about=prose.render(page.about),
        contact_address=public_pages.contact_address(page.contact),
        works=[_work(page, one, is_preview) for one in public_pages.showcases(db, page.user_id)],
        is_preview=is_preview,
        address=_address(page),
    )


def _work(page: PublicPage, one: Showcase, is_preview: bool) -> dict[str, Any]:
    """A piece with the addresses of its sound: the owner's own while it is a preview."""
    version = one.version
    where: dict[str, Any] = {"handle": page.handle, "piece_id": one.piece_id}
    sound = url_for("portfolio.file", version_id=version.id) if is_preview else url_for("public_pages.sound", **where)
    peaks = "" if is_preview or not one.has_peaks else url_for("public_pages.peaks", **where)
    text, is_cut = portfolio.text_of(files.storage(), version) if version.kind == "text" else ("", False)
    return {
        "piece": one,
        "version": version,
        "sound": sound,
        "peaks": peaks,
        "about": guests.about(version),
        "text": text,
        "is_cut": is_cut,
        "is_missing": not files.storage().has(version.sha256),
    }


def _address(page: PublicPage) -> str:
    return files.site().url + url_for("public_pages.show", handle=page.handle)
