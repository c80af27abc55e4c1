"""The agenda of a meeting: lines by hand, proposals, templates, order, ticks."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint, flash, redirect
from pydantic import BaseModel, Field, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.once import once
from core.web import read_form
from curriculum.views import library
from mentorship import agenda
from mentorship.views import meetings

bp = Blueprint("agenda", __name__, url_prefix="/sessions/<uuid:session_id>/agenda")


class LineForm(BaseModel):
    line: Annotated[str, StringConstraints(max_length=agenda.LONGEST)] = ""


class ProposalForm(BaseModel):
    source: Annotated[str, StringConstraints(max_length=20)]
    source_id: Annotated[str, StringConstraints(max_length=80)]


class TemplateForm(BaseModel):
    template: str


class OrderForm(BaseModel):
    """Either all lines in their new order, or one and by how many places it goes."""

    items: Annotated[list[UUID], Field(max_length=2 * agenda.MOST)] = []
    item: UUID | None = None
    by: Annotated[int, Field(ge=-1, le=1)] = 0


@bp.post("")
@signed_in
@once(again=meetings.again)
def added(session_id: UUID):
    form = read_form(LineForm)
    agenda.add(get_db(), current_user().id, session_id, form.line, at=clock.now())
    return _back(session_id)


@bp.post("/taken")
@signed_in
@once(again=meetings.again)
def taken(session_id: UUID):
    form = read_form(ProposalForm)
    agenda.take(get_db(), library(), current_user().id, session_id, form.source, form.source_id, at=clock.now())
    return _back(session_id)


@bp.post("/template")
@signed_in
@once(again=meetings.again)
def templated(session_id: UUID):
    form = read_form(TemplateForm)
    lines = agenda.use_template(get_db(), current_user().id, session_id, form.template, at=clock.now())
    flash(f"{len(lines)} lines were added." if lines else "All of these lines are on the agenda already.")
    return _back(session_id)


@bp.post("/order")
@signed_in
@once(again=meetings.again)
def ordered(session_id: UUID):
    form = read_form(OrderForm)
    if form.item:
        agenda.step(get_db(), current_user().id, session_id, form.item, form.by)
    else:
        agenda.arrange(get_db(), current_user().id, session_id, form.items)
    return _back(session_id)


@bp.post("/<uuid:item_id>/covered")
@signed_in
@once(again=meetings.again)
def covered(session_id: UUID, item_id: UUID):
    agenda.cover(get_db(), current_user().id, session_id, item_id, at=clock.now())
    return _back(session_id)


@bp.post("/<uuid:item_id>/open")
@signed_in
@once(again=meetings.again)
def uncovered(session_id: UUID, item_id: UUID):
    agenda.uncover(get_db(), current_user().id, session_id, item_id)
    return _back(session_id)


@bp.post("/<uuid:item_id>/removed")
@signed_in
@once(again=meetings.again)
def removed(session_id: UUID, item_id: UUID):
    agenda.remove(get_db(), current_user().id, session_id, item_id, at=clock.now())
    return _back(session_id)


@bp.post("/<uuid:item_id>/back")
@signed_in
@once(again=meetings.again)
def put_back(session_id: UUID, item_id: UUID):
    agenda.put_back(get_db(), current_user().id, session_id, item_id)
    return _back(session_id)


def _back(session_id: UUID):
    return redirect(meetings.page(session_id, "agenda"), 303)
