"""How you review: how much and how well, pauses, and parameters of one's own."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, Field

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import Refused
from core.once import once
from core.web import own_path, read_form
from curriculum import fitting, optimise, pace, pauses, plans
from curriculum.models import Learner
from curriculum.pace import Price

bp = Blueprint("review_settings", __name__)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LEFT, RIGHT, TOP, BOTTOM = 44, 468, 12, 148  # the picture's field, in its own units


class PaceForm(BaseModel):
    new_a_day: Annotated[int, Field(ge=0, le=100)]
    reviews_a_day: Annotated[int, Field(ge=1, le=1000)]
    retention: Annotated[int, Field(ge=80, le=97)]  # percent
    easy: list[Annotated[int, Field(ge=0, le=6)]] = []  # weekdays, 0 Monday
    do: Literal["save", "try"] = "save"

    @property
    def easy_days(self) -> int:
        return sum(1 << day for day in set(self.easy))


class SoundForm(BaseModel):
    plays_at_once: bool = False
    saves_data: bool = False


class PauseForm(BaseModel):
    first: date
    last: date


class NextForm(BaseModel):
    next: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """One retention of the picture: where it lies, and its row of the table."""

    percent: int
    x: float
    y: float
    reviews: float
    minutes: float

    @property
    def said(self) -> str:
        minutes = f"{_rounded(self.minutes)} minutes" if self.minutes >= 1.05 else "a minute or less"
        return f"about {_rounded(self.reviews)} reviews a day, {minutes}"


@bp.get("/settings/reviews")
@signed_in
def show():
    """The page; with `retention` and the others in the address it shows what they would cost before they are saved."""
    db, me, at = get_db(), current_user(), clock.now()
    learner, price, today = plans.learner(db, me.id), pace.price(db, me.id), clock.study_day(at, me.zone)
    shown = _shown(learner)
    dots = _dots(price)
    chosen = next(dot for dot in dots if dot.percent == shown["retention"])
    return render_template(
        "curriculum/review_settings.html",
        shown=shown,
        weekdays=list(enumerate(WEEKDAYS)),
        price=price,
        dots=dots,
        learner=learner,
        chosen=chosen,
        ticks=_ticks(max(dot.reviews for dot in dots)),
        is_tried=bool(request.args.get("retention")) and not request.form,
        pauses=[(first, pauses.words((first, last), today), last < today) for first, last in pauses.of(learner)],
        removed=_removed(today),
        pause_now=pauses.now(learner, today),
        sets=optimise.sets(db, me.id),
        said=optimise.said,
        in_use=learner.weights,
        outcomes=optimise.count_outcomes(db, me.id),
        fewest=fitting.FEWEST,
        can_fit=_can_fit(),
        not_here=optimise.NOT_HERE,
        fit_under_way=optimise.under_way(db, me.id),
    )


@bp.post("/settings/reviews")
@signed_in
@once(again=show)
def changed():
    form = read_form(PaceForm)
    if form.do == "try":
        tried = form.model_dump(exclude={"do"})
        return redirect(url_for("review_settings.show", **tried, _anchor="cost"), 303)
    pace.set_pace(
        get_db(),
        current_user().id,
        new_a_day=form.new_a_day,
        reviews_a_day=form.reviews_a_day,
        retention=form.retention / 100,
        easy_days=form.easy_days,
    )
    flash("Saved. Today's list of cards follows; intervals follow with the next answer to each card.", "good")
    return redirect(url_for("review_settings.show"), 303)


@bp.post("/settings/reviews/sounds")
@signed_in
@once(again=show)
def sounds_set():
    pace.set_sounds(get_db(), current_user().id, **read_form(SoundForm).model_dump())
    flash("Saved. The next card that sounds follows it.", "good")
    return redirect(url_for("review_settings.show", _anchor="sounds"), 303)


@bp.post("/settings/reviews/pauses")
@signed_in
@once(again=show)
def paused():
    form, me, at = read_form(PauseForm), current_user(), clock.now()
    moved = pauses.add(get_db(), me.id, me.zone, form.first, form.last, at=at)
    span = pauses.words((form.first.toordinal(), form.last.toordinal()), clock.study_day(at, me.zone))
    flash(f"Paused {span}. {_moved(moved)}", "good")
    return redirect(url_for("review_settings.show", _anchor="pauses"), 303)


@bp.post("/settings/reviews/pauses/<int:first>/removed")
@signed_in
@once(again=show)
def removed_pause(first: int):
    me = current_user()
    start, end = pauses.remove(get_db(), me.id, me.zone, first, at=clock.now())
    return redirect(url_for("review_settings.show", first=start, last=end, _anchor="pauses"), 303)


@bp.post("/settings/reviews/pauses/ended")
@signed_in
@once(again=show)
def ended_pause():
    form, me = read_form(NextForm), current_user()
    pauses.end_today(get_db(), me.id, me.zone, at=clock.now())
    flash("The pause is over. What was due in it comes from today on.", "good")
    return redirect(own_path(form.next, url_for("review_settings.show", _anchor="pauses")), 303)


@bp.post("/settings/reviews/fit")
@signed_in
@once(again=show)
def fitted():
    if not _can_fit():
        raise Refused(optimise.NOT_HERE)
    piece = optimise.ask(get_db(), current_user().id, at=clock.now())
    return redirect(url_for("profile.work", work_id=piece.id), 303)


@bp.post("/settings/reviews/parameters/standard")
@signed_in
@once(again=show)
def used_standard():
    me = current_user()
    optimise.use_standard(get_db(), me.id, me.zone, at=clock.now())
    flash("The standard parameters are in use. Due days change with the next answer to each card.", "good")
    return redirect(url_for("review_settings.show", _anchor="parameters"), 303)


@bp.post("/settings/reviews/parameters/<uuid:set_id>/used")
@signed_in
@once(again=show)
def used(set_id: UUID):
    me = current_user()
    optimise.use(get_db(), me.id, me.zone, set_id, at=clock.now())
    flash("These parameters are in use. Due days change with the next answer to each card.", "good")
    return redirect(url_for("review_settings.show", _anchor="parameters"), 303)


def _can_fit() -> bool:
    """Whether the package is there and the host lets it be used."""
    return bool(current_app.extensions["settings"].optimizer) and fitting.is_installed()


def _shown(learner: Learner) -> dict[str, object]:
    """What stands in the fields: what is kept, or what is being tried."""
    kept = {
        "new_a_day": learner.new_a_day,
        "reviews_a_day": learner.reviews_a_day,
        "retention": round(learner.retention * 100),
        "easy": [day for day in range(7) if learner.easy_days >> day & 1],
    }
    if request.form:  # refused: the fields show what was typed by themselves
        return kept | (
            {"easy": _numbers(request.form.getlist("easy"), range(7))} if "retention" in request.form else {}
        )
    for name, wanted in (("new_a_day", range(101)), ("reviews_a_day", range(1, 1001)), ("retention", range(80, 98))):
        kept[name] = next(iter(_numbers(request.args.getlist(name), wanted)), kept[name])
    if request.args.get("retention"):
        kept["easy"] = _numbers(request.args.getlist("easy"), range(7))
    return kept


def _numbers(texts: list[str], wanted: range) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and int(text[:6]) in wanted]


def _dots(price: Price) -> list[Dot]:
    top = max(cost.reviews for cost in price.costs)
    width = (RIGHT - LEFT) / (len(price.costs) - 1)
    return [
        Dot(
            round(cost.retention * 100),
            round(LEFT + place * width, 1),
            round(BOTTOM - (BOTTOM - TOP) * cost.reviews / top, 1),
            cost.reviews,
            price.minutes(cost),
        )
        for place, cost in enumerate(price.costs)
    ]


def _ticks(top: float) -> list[tuple[int, str]]:
    """Where the lines of the picture lie, and what stands beside them."""
    return [(BOTTOM, "0"), ((BOTTOM + TOP) // 2, _rounded(top / 2)), (TOP, _rounded(top))]


def _rounded(figure: float) -> str:
    """Without more digits than we know."""
    return f"{figure:.0f}" if figure >= 9.5 else f"{figure:.1f}"


def _removed(today: int) -> tuple[date, date, str] | None:
    """The pause that was removed a moment ago, to be put back."""
    span = [_numbers(request.args.getlist(name), range(1, 3_000_000)) for name in ("first", "last")]
    if not all(span):
        return None
    first, last = (found[0] for found in span)
    return date.fromordinal(first), date.fromordinal(last), pauses.words((first, last), today)


def _moved(moved: pauses.Moved) -> str:
    within, later = moved.within, moved.later
    start = (
        "No card fell due in these days"
        if not within
        else "One card that fell due in these days moves to the days after"
        if within == 1
        else f"{within} cards that fell due in these days move to the days after"
    )
    return f"{start}{f'; {later} later ones move along' if later else ''}."
