"""Remarks at seconds of a piece: written, answered, fixed, heard; and the page of one of them."""

import random
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import database, get_db
from core.errors import Refused
from core.once import once
from core.web import own_path, read_form
from curriculum.views import library
from mentorship import parking, portfolio, remark_card, remark_page, remark_steps, remarks, remarks_kept, time_links
from mentorship.models.pieces import Version
from mentorship.models.remarks import Remark
from mentorship.views import files
from mentorship.views import portfolio as pieces

bp = Blueprint("remarks", __name__, url_prefix="/portfolio")
bp.add_app_template_filter(time_links.linked, "with_times")
dice = random.SystemRandom()

Place = Annotated[str, StringConstraints(max_length=40)]
Text = Annotated[str, StringConstraints(max_length=remarks.LONGEST)]
Kind = Literal["fix", "idea", "praise", "question"]


class RemarkForm(BaseModel):
    """A remark; its fields have names of their own, since other forms stand on the page of the piece."""

    remark_start: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    remark_end: Place = ""
    remark_kind: Kind
    remark_text: Annotated[str, StringConstraints(min_length=1, max_length=remarks.LONGEST)]


class ReplyForm(BaseModel):
    reply: Annotated[str, StringConstraints(min_length=1, max_length=remarks.LONGEST)]


class FixedForm(BaseModel):
    version: UUID


class JudgedForm(BaseModel):
    heard: Literal["yes", "no"]
    line: Text = ""


class LineForm(BaseModel):
    line: Text = ""


class CardForm(BaseModel):
    mend: Text = ""


def piece_again(version_id: UUID) -> Any:
    """The page of the piece with what was typed; the address of its form says which version stands there."""
    piece, _ = portfolio.find_version(get_db(), current_user().id, version_id)
    return pieces.show(piece.id)


@bp.post("/versions/<uuid:version_id>/remarks")
@signed_in
@once(again=piece_again)
def added(version_id: UUID):
    kind, text, start_ms, end_ms = _sent()
    try:
        row = remarks.add(
            get_db(),
            current_user().id,
            version_id,
            kind=kind,
            start_ms=start_ms,
            end_ms=end_ms,
            text=text,
            at=clock.now(),
        )
    except Refused as refusal:
        raise _beside(refusal) from None
    return _to_piece(row)


@bp.get("/remarks")
@signed_in
def kept():
    """What somebody said of other people's pieces: it stays readable to its writer, also when the piece does not."""
    return render_template(
        "mentorship/portfolio/remarks_kept.html", shelves=remarks_kept.of(get_db(), current_user().id)
    )


@bp.get("/remarks/<uuid:remark_id>")
@signed_in
def show(remark_id: UUID):
    db, me = get_db(), current_user()
    remark, piece, version = remarks.find(db, me.id, remark_id)
    versions = portfolio.versions(db, piece)
    one = remark_page.one(db, me.id, remark, piece, versions)
    sounds = [other for other in versions if other.kind == "audio" and other.number > version.number]
    newer = next((other for other in sounds if other.number == one.fixed_in), sounds[0] if sounds else None)
    return render_template(
        "mentorship/portfolio/remark.html",
        piece=piece,
        version=version,
        one=one,
        newer=newer,
        later=sounds,
        gone=_removed_reply(remark),
        card_id=remark_card.card_of(db, remark) if one.is_owners else "",
        mend=remark_card.mend_of(one.said),
        kinds=list(remarks.KINDS.items()),
        longest=remarks.LONGEST,
    )


@bp.post("/remarks/<uuid:remark_id>/edited")
@signed_in
@once(again=show)
def edited(remark_id: UUID):
    kind, text, start_ms, end_ms = _sent()
    try:
        remarks.edit(
            get_db(),
            current_user().id,
            remark_id,
            kind=kind,
            start_ms=start_ms,
            end_ms=end_ms,
            text=text,
            at=clock.now(),
        )
    except Refused as refusal:
        raise _beside(refusal) from None
    flash("Saved.", "good")
    return _to_remark(remark_id)


@bp.post("/remarks/<uuid:remark_id>/removed")
@signed_in
@once(again=show)
def removed(remark_id: UUID):
    row = remarks.remove(get_db(), current_user().id, remark_id, at=clock.now())
    return _to_piece(row, "remarks")


@bp.post("/remarks/<uuid:remark_id>/restored")
@signed_in
@once(again=show)
def restored(remark_id: UUID):
    row = remarks.restore(get_db(), current_user().id, remark_id, at=clock.now())
    flash("It is back.", "good")
    return _to_piece(row)


@bp.post("/remarks/<uuid:remark_id>/replies")
@signed_in
@once(again=show)
def replied(remark_id: UUID):
    remarks.reply(get_db(), current_user().id, remark_id, read_form(ReplyForm).reply, at=clock.now())
    return _to_remark(remark_id)


@bp.post("/remarks/<uuid:remark_id>/replies/<uuid:reply_id>/removed")
@signed_in
@once()
def removed_reply(remark_id: UUID, reply_id: UUID):
    remarks.remove_reply(get_db(), current_user().id, remark_id, reply_id, at=clock.now())
    return redirect(url_for("remarks.show", remark_id=remark_id, removed=reply_id), 303)


@bp.post("/remarks/<uuid:remark_id>/replies/<uuid:reply_id>/restored")
@signed_in
@once()
def restored_reply(remark_id: UUID, reply_id: UUID):
    remarks.restore_reply(get_db(), current_user().id, remark_id, reply_id, at=clock.now())
    return _to_remark(remark_id)


@bp.post("/remarks/<uuid:remark_id>/fixed")
@signed_in
@once(again=show)
def fixed(remark_id: UUID):
    form = read_form(FixedForm)
    remark_steps.fix(get_db(), current_user().id, remark_id, form.version, at=clock.now())
    return _on(remark_id)


@bp.post("/remarks/<uuid:remark_id>/judged")
@signed_in
@once(again=show)
def judged(remark_id: UUID):
    form = read_form(JudgedForm)
    remark_steps.judge(get_db(), current_user().id, remark_id, form.heard == "yes", form.line, at=clock.now())
    return _on(remark_id)


@bp.post("/remarks/<uuid:remark_id>/dropped")
@signed_in
@once(again=show)
def dropped(remark_id: UUID):
    remark_steps.drop(get_db(), current_user().id, remark_id, read_form(LineForm).line, at=clock.now())
    return _on(remark_id)


@bp.post("/remarks/<uuid:remark_id>/open")
@signed_in
@once(again=show)
def reopened(remark_id: UUID):
    remark_steps.reopen(get_db(), current_user().id, remark_id, at=clock.now())
    return _on(remark_id)


@bp.post("/remarks/<uuid:remark_id>/card")
@signed_in
@once(again=show)
def made_card(remark_id: UUID):
    form, me = read_form(CardForm), current_user()
    with database().reading() as db:  # the sound is cut before the transaction: it takes a moment
        asked = remark_card.asked(db, me.id, remark_id)
    with remark_card.cut(files.storage(), asked) as clip:
        card_id = remark_card.make(
            get_db(), files.storage(), me.id, remark_id, form.mend, clip, dice=dice, at=clock.now()
        )
    flash("It is a card of yours now, and joins your reviews.", "good")
    return redirect(url_for("cards.show", card_id=card_id), 303)


@bp.post("/remarks/<uuid:remark_id>/parked")
@signed_in
@once(again=show)
def parked(remark_id: UUID):
    db, me = get_db(), current_user()
    remark, piece, version = remarks.find(db, me.id, remark_id)
    where = f"{time_links.words(remark.start_ms)} of {piece.title}, V{version.number}"
    source = parking.Source("piece", str(piece.id), remark.start_ms / 1000, version.number)
    parking.park(db, library(), me.id, f"{where}: {remark.text}"[: parking.LONGEST], source, at=clock.now())
    flash("Parked. It waits for the next meeting.", "good")
    return _on(remark_id)


def _sent() -> tuple[str, str, int, int | None]:
    """Kind, text, and the place in ms."""
    form = read_form(RemarkForm)
    try:
        start_ms, end_ms = time_links.place(form.remark_start, form.remark_end)
    except Refused as refusal:
        raise _beside(refusal) from None
    return form.remark_kind, form.remark_text, start_ms, end_ms


def _beside(refusal: Refused) -> Refused:
    """The rules know the fields of a remark without the names that they have in the form."""
    if refusal.field in ("start", "end", "kind", "text"):
        refusal.field = f"remark_{refusal.field}"
    return refusal


def _removed_reply(remark: Remark) -> UUID | None:
    """The answer that was just removed, if the address names one."""
    try:
        return UUID(request.args.get("removed", ""))
    except ValueError:
        return None


def _on(remark_id: UUID) -> Any:
    """Back to the page that the button stood on, at this remark."""
    return redirect(own_path(request.form.get("next"), url_for("remarks.show", remark_id=remark_id)), 303)


def _to_remark(remark_id: UUID) -> Any:
    return redirect(url_for("remarks.show", remark_id=remark_id), 303)


def _to_piece(remark: Remark, anchor: str = "") -> Any:
    version = get_db().get_one(Version, (remark.user_id, remark.version_id))
    return redirect(
        url_for(
            "portfolio.show",
            piece_id=version.piece_id,
            version=version.number,
            _anchor=anchor or f"remark-{remark.id}",
        ),
        303,
    )
