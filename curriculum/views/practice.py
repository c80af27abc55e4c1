"""Extra practice: choosing what, and going through it at the desk's own page."""

import random
from typing import Annotated, Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from pydantic import BaseModel, Field

from core import clock
from core.access import current_user, signed_in, wants_fragment
from core.columns import from_micros, to_micros
from core.database import get_db
from core.errors import NotFound
from core.ids import uuid7
from core.once import once
from core.web import read_form
from curriculum import browser, own_cards, plans, practice, showing
from curriculum.ear.asked import Asked
from curriculum.library import Card
from curriculum.practice import Chosen, Round
from curriculum.typed import Verdict
from curriculum.views import hearing, library
from curriculum.views.hearing import Hearing

bp = Blueprint("practice", __name__)
dice = random.SystemRandom()
KINDS = ("lesson", "track", "tag", "milestone", "q", "failed")
LENGTHS = (20, 50, 100, practice.MOST)
LATEST = 2**53  # microseconds


class AnswerForm(BaseModel):
    card_id: str
    rating: Annotated[int, Field(ge=1, le=4)]
    seconds: Annotated[float, Field(allow_inf_nan=False)] = 0.0


@bp.get("/practice")
@signed_in
def index():
    """What there is to practise."""
    db, look, course = get_db(), _look(), library()
    failed = practice.failed_today(db, look, clock.now())
    milestones = [(one, len(practice.of_milestone(look, one))) for one in course.milestones.values()]
    return render_template(
        "curriculum/practice/index.html",
        failed=len(failed),
        lessons=[(slug, one.title) for slug, one in course.lessons.items()],
        tracks=[(track.name, track.title) for track in course.tracks],
        milestones=[(one.slug, f"M{one.number:02d} {one.title} ({count} cards)") for one, count in milestones if count],
        tags=own_cards.all_tags(db, course, look.user_id),
        lengths=[(str(most), f"{most} cards") for most in LENGTHS],
    )


@bp.get("/practice/begun")
@signed_in
def begun():
    """Roll the dice for a round, and go there."""
    carried = [(name, value) for name, value in _chosen_fields() if value]
    carried += [("seed", str(dice.getrandbits(32))), ("begun", str(to_micros(clock.now())))]
    if most := request.args.get("most", type=int):
        carried.append(("most", str(most)))
    return redirect(_address(carried))


@bp.get("/practice/round")
@signed_in
def desk():
    """The card that comes next in a round, or how it went."""
    round_, look, carried = _round()
    card = round_.card
    is_asked = card is not None and request.values.get("card_id") == card.id
    given = hearing.given(showing.show(card, _seed(round_)).asked) if card and is_asked else None
    if wants_fragment():
        template = current_app.jinja_env.get_template("curriculum/_card.html")
        return template.render(**_context(round_, carried, given, given is not None))
    if card is None:
        return _end(round_, look, carried)
    is_open = given is not None or (is_asked and card.sounding is None)
    return render_template("curriculum/practice/round.html", **_context(round_, carried, given, is_open))


@bp.post("/practice/round")
@signed_in
@once(again=desk)
def answered():
    """One answer, which changes nothing but the round."""
    form = read_form(AnswerForm)
    round_, look, carried = _round()
    practice.answer(get_db(), round_, look, form.card_id, form.rating, form.seconds, at=clock.now())
    return redirect(_address(carried), 303)


@bp.post("/practice/round/undone")
@signed_in
@once(again=desk)
def undone():
    round_, look, carried = _round()
    practice.undo(get_db(), round_, look, _begun(), at=clock.now())
    if not wants_fragment():
        flash("Your last answer of this round is taken back.")
    return redirect(_address(carried), 303)


def _look() -> browser.Look:
    me = current_user()
    return browser.look(library(), me.id, me.zone, at=clock.now())


def _chosen_fields() -> list[tuple[str, str]]:
    """What was chosen, as fields: those of the address, or of a form that carries them."""
    kinds = [(name, request.values.get(name, "")[:500]) for name in KINDS]
    return [("card", card_id) for card_id in request.values.getlist("card")[: practice.MOST]] + kinds


def _begun():
    micros = request.values.get("begun", type=int)
    if micros is None or not 0 <= micros <= LATEST:
        raise NotFound
    return from_micros(micros)


def _round() -> tuple[Round, browser.Look, list[tuple[str, str]]]:
    """The round that the address or the form names, as it stands."""
    seed, most = request.values.get("seed", type=int), request.values.get("most", practice.MOST, type=int)
    if seed is None or most < 1:
        raise NotFound
    fields = _chosen_fields()
    kinds = {name: value for name, value in fields if name in KINDS}
    chosen = Chosen(card=tuple(value for name, value in fields if name == "card"), **kinds)
    begun, look = _begun(), _look()
    carried = [(name, value) for name, value in fields if value]
    carried += [("seed", str(seed)), ("begun", str(to_micros(begun))), ("most", str(most))]
    return practice.of(get_db(), look, chosen, seed=seed, begun=begun, most=most), look, carried


def _address(carried: list[tuple[str, str]], endpoint: str = "practice.desk") -> str:
    values: dict[str, Any] = {}
    for name, value in carried:
        values.setdefault(name, []).append(value)
    return url_for(endpoint, **values)


def _context(round_: Round, carried: list[tuple[str, str]], given: str | None, is_open: bool) -> dict[str, object]:
    card = round_.card
    seed = _seed(round_)
    verdict = showing.judge(card, seed, given) if card and given is not None else None
    now = showing.show(card, seed) if card else None
    return {
        "card": card,
        "now": now,
        "sound": _hearing(now.asked, given, verdict) if now and now.asked else None,
        "where": _where(card) if card else "",
        "done": round_.done,
        "total": len(round_.order),
        "is_open": is_open,
        "given": given,
        "verdict": verdict,
        "focus": verdict.grade if verdict else 3,
        "review_id": uuid7(),
        "csrf": request.form.get("csrf_token") or generate_csrf(),
        "intervals": ("", "", "", ""),
        "desk_address": "/practice/round",
        "answer_address": "/practice/round",
        "card_field": "card_id",
        "id_field": "op",
        "carried": carried,
        "home": _address(carried),
    }


def _seed(round_: Round) -> int:
    """Another order and other values each time."""
    return len(round_.first) + round_.answers


def _hearing(asked: Asked, given: str | None, verdict: Verdict | None) -> Hearing:
    learner = plans.learner(get_db(), current_user().id)
    return hearing.of(asked, learner, key=given, verdict=verdict, at=clock.now())


def _where(card: Card) -> str:
    lesson = library().lessons.get(card.lesson)
    return f"Practice · {lesson.title}" if lesson else "Practice"


def _end(round_: Round, look: browser.Look, carried: list[tuple[str, str]]):
    """How the round went: the first answer of each card tells."""
    counts = [list(round_.first.values()).count(rating) for rating in (1, 2, 3, 4)]
    forgotten = round_.forgotten
    return render_template(
        "curriculum/practice/end.html",
        counts=list(zip(("Forgot", "Hard", "Good", "Easy"), counts, strict=True)),
        total=len(round_.order),
        answers=round_.answers,
        forgotten=browser.page(get_db(), look, practice.rows(get_db(), look, forgotten)),
        again=url_for("practice.begun", card=forgotten) if forgotten else "",
        once_more=_address([field for field in carried if field[0] not in ("seed", "begun")], "practice.begun"),
    )
