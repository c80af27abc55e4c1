"""Files sent in parts: announced, received, dropped. The form that would send the file names the transfer then."""

from typing import Annotated, BinaryIO, cast
from uuid import UUID

from flask import Blueprint, flash, request, url_for
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import Session

from core import clock, words
from core.access import current_user, signed_in
from core.database import database, get_db
from core.limits import limiter
from core.once import once
from core.web import go_on, read_form
from mentorship import kept_files, transfers
from mentorship.models.pieces import Transfer
from mentorship.views import files

bp = Blueprint("transfers", __name__, url_prefix="/portfolio/transfers")


class TransferForm(BaseModel):
    name: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    size: Annotated[int, Field(ge=0, le=10**12)]


@bp.post("")
@signed_in
@limiter.limit("600 per hour", key_func=lambda: f"transfers:{current_user().id}")
@once()
def begun():
    form, site = read_form(TransferForm), files.site()
    limits = {"most": site.upload_mb * 1_000_000, "quota": site.quota_mb * 1_000_000}
    transfer = transfers.begin(get_db(), current_user().id, form.name, form.size, **limits, at=clock.now())
    return go_on(url_for("transfers.show", transfer_id=transfer.id))


@bp.get("/<uuid:transfer_id>")
@signed_in
def show(transfer_id: UUID):
    """How much has arrived."""
    return _said(transfers.find(get_db(), current_user().id, transfer_id, at=clock.now()))


@bp.patch("/<uuid:transfer_id>")
@signed_in
def received(transfer_id: UUID):
    """A part: the octets in the body, their place in the address (`?offset=4000000`)."""
    with database().reading() as db:
        transfer = transfers.find(db, current_user().id, transfer_id, at=clock.now())
    place, length = request.args.get("offset", 0, type=int), request.content_length or 0
    transfers.receive(files.storage(), transfer, place, cast(BinaryIO, request.stream), length)
    return _said(transfer)


@bp.post("/<uuid:transfer_id>/dropped")
@signed_in
@once()
def dropped(transfer_id: UUID):
    db, me = get_db(), current_user()
    transfer = transfers.find(db, me.id, transfer_id, at=clock.now())
    transfers.end(db, me.id, transfer.id)
    files.forget_part_at_the_end(transfer.id)
    flash(f"{transfer.file_name} is dropped. Nothing of it was kept.", "good")
    return go_on(url_for("portfolio.index"))


def _said(transfer: Transfer) -> dict[str, object]:
    there = transfers.offset(files.storage(), transfer)
    return {"id": str(transfer.id), "size": transfer.size, "offset": there, "part": transfers.PART}


def of_page(db: Session, viewer_id: UUID) -> dict[str, object]:
    """What `mentorship/portfolio/_room.html` needs: uploads that were cut off, and the room that is left."""
    at, quota = clock.now(), files.site().quota_mb * 1_000_000
    used = kept_files.used(db, viewer_id, at=at)
    return {
        "cut_off": [(one, _there(one)) for one in transfers.listed(db, viewer_id, at=at)],
        "used": words.size(used),
        "quota": words.size(quota),
        "used_share": min(100, round(100 * used / quota)),
    }


def _there(transfer: Transfer) -> str:
    return f"{words.size(transfers.offset(files.storage(), transfer))} of {words.size(transfer.size)}"
