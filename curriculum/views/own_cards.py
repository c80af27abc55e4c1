"""Writing cards of one's own: the form, its preview, and saving."""

import random
from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, StringConstraints

from core import clock
from core.access import current_user, signed_in, wants_fragment
from core.database import get_db
from core.errors import InvalidForm, NotFound
from core.once import once
from core.web import read_form
from curriculum import cards, own_cards, own_text, showing
from curriculum.models import OwnCard
from curriculum.own_cards import Draft
from curriculum.views import library

bp = Blueprint("own_cards", __name__)
dice = random.SystemRandom()

Part = Annotated[str, StringConstraints(max_length=own_text.LONGEST_HTML)]


class CardForm(BaseModel):
    type: str = "basic"
    question: Part = ""
    answer: Part = ""
    note: Part = ""
    tags: Annotated[str, StringConstraints(max_length=1500)] = ""
    lesson: str = ""
    back: str = ""  # desk | lesson | "": where to go on
    another: str = ""  # write another one like this afterwards


@bp.get("/cards/new")
@signed_in
def new():
    """An empty form; with `text` from a lesson in it, or with type, tags and lesson of another card (`like`)."""
    draft = Draft(lesson=request.args.get("lesson", ""))
    if text := request.args.get("text", "")[: own_text.LONGEST_PART]:
        kind, question, answer = own_text.from_sentence(text, request.args.get("gap", ""))
        draft = Draft(kind, question, answer, lesson=draft.lesson)
    elif like := request.args.get("like"):
        row = own_cards.own(get_db(), current_user().id, cards.block_of(like))
        draft = Draft(row.type, tags=row.tags, lesson=row.lesson)
    elif rewritten := request.args.get("instead"):
        draft = _instead(rewritten)
    return _form(draft, back=request.args.get("back", ""))


@bp.post("/cards")
@signed_in
@once(again=new)
def written():
    form, me = read_form(CardForm), current_user()
    draft = _draft(form)
    row = own_cards.write(get_db(), library(), me.id, draft, dice=dice, at=clock.now())
    count = len(own_cards.made_of(row))
    flash(f"Saved. {'One new card joins' if count == 1 else f'{count} new cards join'} your reviews.", "good")
    if form.another:
        return redirect(url_for("own_cards.new", like=row.id, back=form.back or None), 303)
    return redirect(_onward(row, form.back), 303)


@bp.post("/cards/preview")
@signed_in
def preview():
    """Both sides as they will look, or what is to be mended; nothing is kept."""
    refusal, draft = None, Draft()
    block = request.form.get("block", "")
    row = own_cards.own(get_db(), current_user().id, block) if block else None
    try:
        draft = _draft(read_form(CardForm))
        made = own_cards.read(library(), draft, markup=row.markup if row else "markdown")
    except InvalidForm as refused:
        made, refusal = (), refused
    context = {"looks": [(card, showing.show(card, 0)) for card in made], "refusal_of_card": refusal}
    if wants_fragment():
        return render_template("curriculum/cards/_preview.html", **context)
    return _form(draft, row, back=request.form.get("back", ""), **context)


@bp.get("/cards/<block>/edit")
@signed_in
def edit(block: str):
    row = own_cards.own(get_db(), current_user().id, cards.block_of(block))
    draft = Draft(row.type, row.question, row.answer, row.note, row.tags, row.lesson)
    return _form(draft, row, back=request.args.get("back", ""))


@bp.post("/cards/<block>/edited")
@signed_in
@once(again=edit)
def edited(block: str):
    form, me = read_form(CardForm), current_user()
    row = own_cards.edit(get_db(), library(), me.id, cards.block_of(block), _draft(form), at=clock.now())
    flash("Saved. What you remember of it stays.", "good")
    return redirect(_onward(row, form.back), 303)


def _draft(form: CardForm) -> Draft:
    return Draft(form.type, form.question, form.answer, form.note, form.tags, form.lesson)


def _instead(card_id: str) -> Draft:
    """A form that begins with the words of a course card, to be said in one's own."""
    card = library().cards.get(card_id)
    if card is None:
        raise NotFound
    answer = card.accepted[0] if card.accepted else card.back.striptags()
    return Draft("basic", card.title, answer, "", " ".join(card.tags), card.lesson)


def _form(draft: Draft, row: OwnCard | None = None, *, back: str = "", **preview: object):
    course = library()
    look = preview or {"looks": _looks(draft, row.markup if row else "markdown"), "refusal_of_card": None}
    return render_template(
        "curriculum/cards/form.html",
        draft=draft,
        row=row,
        back=back,
        longest=own_text.LONGEST_HTML if row and row.markup == "html" else own_text.LONGEST_PART,
        kinds=own_text.KINDS,
        lessons=[(slug, one.title) for slug, one in course.lessons.items()],
        tags=own_cards.tags(get_db(), current_user().id),
        **look,
    )


def _looks(draft: Draft, markup: str):
    """What the form's preview begins with: nothing, until there is a card to see."""
    try:
        return [(card, showing.show(card, 0)) for card in own_cards.read(library(), draft, markup=markup)]
    except InvalidForm:
        return []


def _onward(row: OwnCard, back: str) -> str:
    if back == "desk":
        return url_for("reviews.desk")
    if back == "lesson" and row.lesson:
        return url_for("lessons.show", slug=row.lesson, _anchor="own-cards")
    first = next(iter(own_cards.made_of(row)), None)
    return url_for("cards.show", card_id=first.id if first else row.id)
