"""The browser of a learner's cards, what is done there with many at once, and one card's page."""

from dataclasses import astuple
from typing import Annotated, Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from pydantic import BaseModel, Field, StringConstraints

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import NotFound, Refused
from core.once import once
from core.web import own_path, read_form
from curriculum import browser, card_acts, card_page, cards, own_cards, practice, showing
from curriculum.card_acts import Done
from curriculum.ear import steps
from curriculum.views import library

bp = Blueprint("cards", __name__)
A_PAGE = 50  # cards
DONE = "cards_done"  # cookie: what was done last with cards, until a page has shown it
HEADS = (  # what the table is put in order by, its words, whether a first click begins with the highest
    ("due", "Due", False),
    ("stability", "Stability", False),
    ("lapses", "Forgotten", True),
    ("added", "Added", True),
    ("track", "Track", False),
)


class ActForm(BaseModel):
    verb: str
    card: list[str] = []
    everything: str = ""  # all that the search finds, not only what is ticked
    q: str = ""
    tags: Annotated[str, StringConstraints(max_length=500)] = ""
    back: str = ""


class UndoForm(BaseModel):
    verb: str
    at: Annotated[int, Field(ge=0, le=2**53)]
    tags: str = ""
    back: str = ""


@bp.get("/cards")
@signed_in
def index():
    """The cards that a search finds, fifty a page."""
    query, sort = request.values.get("q", "").strip(), request.args.get("sort") or "due"
    is_down = request.args.get("order") == "down"
    db, look = get_db(), _look()
    refusal, found = None, []
    try:
        found = browser.find(db, look, query, sort, is_down=is_down)
    except Refused as refused:
        refusal = refused
        if refused.field != "q":
            raise
    pages = max(1, -(-len(found) // A_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = browser.page(db, look, found[(number - 1) * A_PAGE : number * A_PAGE])
    page = render_template(
        "curriculum/cards/index.html",
        query=query,
        sort=sort,
        is_down=is_down,
        mistake=refusal.text if refusal else "",
        found=shown,
        count=len(found),
        page=number,
        pages=pages,
        heads=_heads(query, sort, is_down),
        address=_address,
        done=_pop_done(),
        has_cards=bool(found) or browser.has_any(db, look.user_id),
        tags=own_cards.tags(db, look.user_id),
    )
    return current_app.make_response((page, refusal.status)) if refusal else page


@bp.post("/cards/changed")
@signed_in
@once(again=index)
def changed():
    """One thing done with the ticked cards, or with all that a search finds."""
    form, me, at = read_form(ActForm), current_user(), clock.now()
    back = own_path(form.back, url_for("cards.index"))
    db = get_db()
    ids = form.card
    if form.verb == "taken" and ids:
        step = steps.take(db, me.id, library(), ids[0], at=at)
        flash(f"Step {step.level} of this ladder joins your reviews.", "good")
        return redirect(back, 303)
    if form.everything:
        ids = [row.card_id for row in browser.find(db, _look(), form.q)]
    if form.verb == "practised":
        query = {"q": form.q} if form.everything and form.q else {"card": ids[: practice.MOST]}
        if not ids:
            raise Refused("No card is ticked. Tick those that you mean, then press the button again.")
        return redirect(url_for("practice.begun", **query), 303)
    done = card_acts.act(db, me.id, form.verb, ids, me.zone, tags=form.tags, at=at)
    cookie[DONE] = astuple(done)
    return redirect(back, 303)


@bp.post("/cards/undone")
@signed_in
@once(again=index)
def undone():
    """What was done with many cards, taken back."""
    form, me = read_form(UndoForm), current_user()
    count = card_acts.undo(get_db(), me.id, Done(form.verb, 0, form.at, form.tags), me.zone, at=clock.now())
    cookie[DONE] = ("undone", count, 0, "")
    return redirect(own_path(form.back, url_for("cards.index")), 303)


@bp.get("/cards/<card_id>")
@signed_in
def show(card_id: str):
    """One card: both sides, what is remembered, and every answer to it."""
    if request.args.get("back") == "desk" and cards.is_own(card_id):
        return redirect(url_for("own_cards.edit", block=cards.block_of(card_id), back="desk"))
    db, look = get_db(), _look()
    found = card_page.of(db, look, card_id, at=clock.now())
    if found is None:
        raise NotFound
    return render_template(
        "curriculum/cards/show.html",
        **found.__dict__,
        now_shown=showing.still(found.card) if found.card else None,
        is_own=cards.is_own(card_id),
        block=cards.block_of(card_id),
        course=look.library,
        done=_pop_done(),
        here=url_for("cards.show", card_id=card_id),
        is_from_desk=request.args.get("back") == "desk",
    )


def _look() -> browser.Look:
    me = current_user()
    return browser.look(library(), me.id, me.zone, at=clock.now())


def _pop_done() -> Done | None:
    kept: Any = cookie.pop(DONE, None)
    return Done(*kept) if kept else None


def _address(**parts: Any) -> str:
    """This table with other words, another order or another page; what is as usual is left out."""
    usual = {"q": "", "sort": "due", "order": "", "page": 1}
    given = {name: value for name, value in parts.items() if value != usual[name]}
    return url_for("cards.index") + (f"?{urlencode(given)}" if given else "")


def _heads(query: str, sort: str, is_down: bool) -> dict[str, tuple[str, str, str]]:
    """For each column that has an order: (words, address, ascending | descending | none)."""
    heads = {}
    for name, words, begins_down in HEADS:
        is_now = name == sort
        turns_down = not is_down if is_now else begins_down
        address = _address(q=query, sort=name, order="down" if turns_down else "")
        heads[name] = (words, address, ("descending" if is_down else "ascending") if is_now else "none")
    return heads
