"""Milestones: the list, one of them from the learner's chair, and from the mentor's."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from pydantic import BaseModel, Field, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import Refused
from core.once import once
from core.web import note, own_path, read_form
from curriculum.content import Milestone
from curriculum.views import library
from mentorship import links, milestone_page, milestones, packs, portfolio, sign_offs
from mentorship.milestone_page import Page
from mentorship.views import files
from mentorship.views.portfolio import about_version

bp = Blueprint("milestones", __name__)

TEXT_SHOWN = 6000  # octets of a text that stands as evidence

Comment = Annotated[str, StringConstraints(max_length=600)]  # about three lines
Reason = Annotated[str, StringConstraints(max_length=1000)]


class EvidenceForm(BaseModel):
    item: str
    version: UUID


class MarkForm(BaseModel):
    level: Annotated[int, Field(ge=1, le=4)]
    comment: Comment = ""


class HandInForm(BaseModel):
    checked: list[str] = []
    reasons: dict[str, str] = {}


class ReasonForm(BaseModel):
    reason: Reason = ""


class VerifyForm(MarkForm):
    submission: UUID
    next: str = ""


class ReturnForm(ReasonForm):
    submission: UUID


@bp.get("/milestones")
@signed_in
def index():
    db, me, course = get_db(), current_user(), library()
    rows = milestones.overview(db, course, me.id, at=clock.now())
    waiting = [
        (row, course.milestones[row.milestone], sign_offs.level_of(row.submission))
        for row in sign_offs.waiting_for(db, me.id)
        if row.milestone in course.milestones
    ]
    return render_template(
        "mentorship/milestones/index.html",
        phases=[(phase, list(group)) for phase, group in groupby(rows, key=lambda row: row.milestone.phase)],
        closed=sum(row.state in ("verified", "self-attested") for row in rows),
        total=len(rows),
        waiting=waiting,
    )


# -- the learner's chair -------------------------------------------------------------------------------------


@bp.get("/milestones/<slug>")
@signed_in
def show(slug: str):
    seen = milestone_page.own(get_db(), library(), current_user().id, find(slug), at=clock.now())
    return render_template(
        "mentorship/milestones/show.html",
        seen=seen,
        page=seen.page,
        milestone=seen.page.milestone,
        ticked=set(request.form.getlist("checked")) if g.get("refusal") else set(),
        texts=_texts(seen.page),
        about=about_version,
        pack=packs.panel(get_db(), files.storage(), current_user().id, slug),
    )


def show_again(slug: str, **_: Any) -> Any:
    return show(slug)


@bp.post("/milestones/<slug>/begun")
@signed_in
@once(again=show)
def begun(slug: str):
    milestone = find(slug)
    milestones.begin(get_db(), current_user().id, milestone, at=clock.now())
    return back(slug)


@bp.post("/milestones/<slug>/evidence")
@signed_in
@once(again=show)
def linked(slug: str):
    form, milestone = read_form(EvidenceForm), find(slug)
    db, me = get_db(), current_user()
    piece = milestones.link(db, me.id, milestone, form.item, form.version, at=clock.now())
    is_draft = piece.shared_at is None and links.mentors_who_see(db, me.id, "pieces")
    flash(
        f"{piece.title} stands as evidence now."
        + (" It is a draft: sending the milestone will share it." if is_draft else "")
    )
    return back(slug, "evidence")


@bp.post("/milestones/<slug>/evidence/<uuid:evidence_id>/unlinked")
@signed_in
@once(again=show_again)
def unlinked(slug: str, evidence_id: UUID):
    milestone = find(slug)
    milestones.unlink(get_db(), current_user().id, milestone, evidence_id, at=clock.now())
    flash("Taken out. The piece itself is untouched.")
    return back(slug, "evidence")


@bp.post("/milestones/<slug>/assessed")
@signed_in
@once(again=show)
def assessed(slug: str):
    form, milestone = read_form(MarkForm), find(slug)
    milestones.assess(get_db(), current_user(), milestone, form.level, form.comment, at=clock.now())
    flash("Your mark is kept.")
    return back(slug, "marks")


@bp.post("/milestones/<slug>/submitted")
@signed_in
@once(again=show)
def submitted(slug: str):
    form, course = read_form(HandInForm), library()
    milestone = milestones.find(course, slug)
    milestones.submit(get_db(), course, current_user(), milestone, form.checked, form.reasons, at=clock.now())
    flash("Sent. Its evidence stays as it is until you hear back, or take it back.")
    return back(slug)


@bp.post("/milestones/<slug>/attested")
@signed_in
@once(again=show)
def attested(slug: str):
    form, course = read_form(HandInForm), library()
    milestone = milestones.find(course, slug)
    milestones.attest(get_db(), course, current_user(), milestone, form.checked, form.reasons, at=clock.now())
    flash("Closed on your own word.")
    return back(slug)


@bp.post("/milestones/<slug>/reopened")
@signed_in
@once(again=show)
def reopened(slug: str):
    form, milestone = read_form(ReasonForm), find(slug)
    milestones.reopen(get_db(), current_user(), milestone, form.reason, at=clock.now())
    flash("Open again. You can change its evidence now.")
    return back(slug)


# -- the mentor's chair --------------------------------------------------------------------------------------


@bp.get("/apprentices/<uuid:person_id>/milestones/<slug>")
@signed_in
def apprentice(person_id: UUID, slug: str):
    db, milestone = get_db(), find(slug)
    person = sign_offs.apprentice(db, current_user().id, person_id, slug)
    page = milestone_page.seen_by_mentor(db, person_id, milestone)
    return render_template(
        "mentorship/milestones/apprentice.html",
        person=person,
        page=page,
        milestone=milestone,
        level=sign_offs.level_of(page.submission) if page.submission else 0,
        texts=_texts(page),
        about=about_version,
    )


@bp.post("/apprentices/<uuid:person_id>/milestones/<slug>/assessed")
@signed_in
@once(again=apprentice)
def marked(person_id: UUID, slug: str):
    form, milestone = read_form(MarkForm), find(slug)
    with _noted(person_id, slug):
        sign_offs.assess(get_db(), current_user(), person_id, milestone, form.level, form.comment, at=clock.now())
    flash("Your mark is kept. The milestone waits as it did.")
    return back_to_apprentice(person_id, slug)


@bp.post("/apprentices/<uuid:person_id>/milestones/<slug>/returned")
@signed_in
@once(again=apprentice)
def returned(person_id: UUID, slug: str):
    form, milestone = read_form(ReturnForm), find(slug)
    with _noted(person_id, slug):
        sign_offs.send_back(
            get_db(), current_user(), person_id, milestone, form.submission, form.reason, at=clock.now()
        )
    flash("Returned, with your reason.")
    return back_to_apprentice(person_id, slug)


@bp.post("/apprentices/<uuid:person_id>/milestones/<slug>/verified")
@signed_in
@once(again=apprentice)
def verified(person_id: UUID, slug: str):
    form, milestone = read_form(VerifyForm), find(slug)
    with _noted(person_id, slug):
        sign_offs.verify(
            get_db(),
            current_user(),
            person_id,
            milestone,
            form.submission,
            form.level,
            form.comment,
            at=clock.now(),
        )
    flash(f"Verified at level {form.level}. The exact files and both marks are kept with it.")
    return redirect(own_path(form.next, url_for("milestones.apprentice", person_id=person_id, slug=slug)), 303)


@bp.post("/apprentices/<uuid:person_id>/milestones/<slug>/reopened")
@signed_in
@once(again=apprentice)
def reopened_by_mentor(person_id: UUID, slug: str):
    form, milestone = read_form(ReasonForm), find(slug)
    with _noted(person_id, slug):
        sign_offs.reopen(get_db(), current_user(), person_id, milestone, form.reason, at=clock.now())
    flash("Reopened, with your reason. The history keeps the sign-off.")
    return back_to_apprentice(person_id, slug)


def find(slug: str) -> Milestone:
    return milestones.find(library(), slug)


def back(slug: str, anchor: str | None = None) -> Any:
    return redirect(url_for("milestones.show", slug=slug, _anchor=anchor), 303)


def back_to_apprentice(person_id: UUID, slug: str) -> Any:
    return redirect(url_for("milestones.apprentice", person_id=person_id, slug=slug), 303)


def _texts(page: Page) -> dict[UUID, tuple[str, bool]]:
    """version id -> (its words, whether there are more), of the texts in evidence."""
    storage = current_app.extensions["storage"]
    versions = [exhibit.version for slot in page.slots for exhibit in slot.exhibits if exhibit.version.kind == "text"]
    return {
        version.id: portfolio.text_of(storage, version, most=TEXT_SHOWN)
        for version in versions
        if storage.path(version.sha256).is_file()
    }


@contextmanager
def _noted(person_id: UUID, slug: str) -> Iterator[None]:
    """Write down that a sign-off was refused."""
    try:
        yield
    except Refused as refusal:
        note("signoff.denied", status=refusal.status, owner=person_id, milestone=slug)
        raise
