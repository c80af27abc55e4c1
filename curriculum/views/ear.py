"""The ear room: practice for the ear outside the schedule."""

import random
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, Field

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import NotFound, Refused
from core.once import once
from core.web import read_form
from curriculum import plans
from curriculum.ear import confusion, correct, own_mix, residue, rounds, skills, standing
from curriculum.ear.asked import Asked, Spec
from curriculum.ear.residue import Bell
from curriculum.ear.rounds import Chosen, Heard
from curriculum.ear.takes import Take
from curriculum.models import EarAnswer, EarRound
from curriculum.pictures import curves
from curriculum.stats import periods, pictures
from curriculum.stats.pictures import Column
from curriculum.typed import Verdict
from curriculum.views import ear_mixes, hearing, sounds
from curriculum.views.hearing import Hearing, Side

bp = Blueprint("ear", __name__)
dice = random.SystemRandom()


class BeginForm(BaseModel):
    skill: Annotated[str, Field(max_length=40)]
    level: Annotated[int, Field(ge=1, le=100)] | None = None
    material: UUID | None = None


class StepForm(BaseModel):
    level: Annotated[int, Field(ge=1, le=100)]


class AnswerForm(BaseModel):
    number: Annotated[int, Field(ge=1, le=100)]


class BellForm(BaseModel):
    number: Annotated[int, Field(ge=1, le=100)]
    freq_hz: Annotated[float, Field(ge=20, le=20_000, allow_inf_nan=False)]
    gain_db: Annotated[int, Field(ge=-24, le=24)]
    q: Annotated[float, Field(ge=0.1, le=9, allow_inf_nan=False)]
    preview: bool = False


@bp.get("/ear")
@signed_in
def index():
    """The skills, and where the learner stands with each."""
    db, me = get_db(), current_user()
    levels, scores, credits = standing.levels(db, me.id), standing.scores(db, me.id), standing.last_credits(db, me.id)
    left = rounds.left_open(db, me.id)
    return render_template(
        "curriculum/ear/index.html",
        groups={
            name: [skills.card(skill, levels, scores, credits) for skill in group]
            for name, group in skills.GROUPS.items()
        },
        left=left,
        left_title=skills.title(left.skill) if left else "",
        left_at=len(rounds.given_so_far(db, left)) + 1 if left else 0,
        is_silent=_is_silent(),
    )


@bp.get("/ear/skills/<skill>")
@signed_in
def skill(skill: str):
    """One skill: its steps, how it went week by week, and what is taken for what."""
    skills.highest(skill)
    db, me = get_db(), current_user()
    credits = standing.last_credits(db, me.id)
    one = skills.card(skill, standing.levels(db, me.id), {}, credits)
    steps = [(number, skills.step(skill, number)) for number in range(1, one.highest + 1)]
    level = one.level if skill in skills.BY_STEP else None
    return render_template(
        "curriculum/ear/skill.html",
        one=one,
        steps=steps,
        mixes=[(mix.id, mix.title) for mix in ear_mixes.mixes().offered(db, me.id)] if skill in own_mix.SKILLS else [],
        shares={number: standing.percent(credits[skill, number]) for number, _ in steps if (skill, number) in credits},
        **_history(standing.history(db, me.id, skill, today=clock.study_day(clock.now(), me.zone))),
        **_taken(confusion.counted(db, me.id, skill, level), skill, level),
    )


@bp.post("/ear/skills/<skill>/level")
@signed_in
@once(again=skill)
def stepped(skill: str):
    form, top = read_form(StepForm), skills.highest(skill)
    standing.step_to(get_db(), current_user().id, skill, form.level, highest=top, at=clock.now())
    flash(f"You are on step {form.level} of {skills.title(skill)}.")
    return redirect(url_for("ear.skill", skill=skill), 303)


@bp.post("/ear/rounds")
@signed_in
@once(again=index)
def begun():
    """Roll the dice for ten questions, and go there."""
    form = read_form(BeginForm)
    if form.material and not ear_mixes.mixes().find(get_db(), current_user().id, form.material):
        raise NotFound
    chosen = Chosen(form.skill, form.level, by_ear=not _is_silent(), material=form.material)
    row = rounds.begin(get_db(), current_user().id, chosen, seed=dice.getrandbits(32), at=clock.now())
    return redirect(url_for("ear.show", round_id=row.id), 303)


@bp.get("/ear/rounds/<uuid:round_id>")
@signed_in
def show(round_id: UUID):
    """The question that is open, what came of one that was answered, or how the round went."""
    db = get_db()
    row = rounds.own(db, current_user().id, round_id)
    given = rounds.given_so_far(db, row)
    if "answered" in request.args:
        number = request.args.get("answered", type=int)
        answered = next((one for one in given if one.number == number), None)
        if answered is None:
            raise NotFound
        return _answered(row, answered)
    if row.ended_at is not None:
        return _end(row, given)
    number = len(given) + 1
    asked = rounds.question(row, number)
    if row.mode == rounds.CORRECT:
        return _correcting(row, number, asked)
    return render_template(
        "curriculum/ear/question.html",
        **_frame(row, number),
        asked=asked,
        prompt=skills.prompt(asked),
        sound=_hearing(row, number),
    )


@bp.post("/ear/rounds/<uuid:round_id>/answers")
@signed_in
@once(again=show)
def answered(round_id: UUID):
    form = read_form(AnswerForm)
    asked = rounds.question(rounds.own(get_db(), current_user().id, round_id), form.number)
    return _answer(round_id, form.number, hearing.given(asked))


@bp.post("/ear/rounds/<uuid:round_id>/bells")
@signed_in
@once(again=show)
def corrected(round_id: UUID):
    """The answer of Correct mode: the bell that was set. With `preview` it is only to be heard."""
    form = read_form(BellForm)
    if form.preview:
        bell: dict[str, Any] = {"freq_hz": f"{form.freq_hz:g}", "gain_db": form.gain_db, "q": f"{form.q:g}"}
        return redirect(url_for("ear.show", round_id=round_id, **bell), 303)
    return _answer(round_id, form.number, Bell(form.freq_hz, form.gain_db, form.q).key)


@bp.post("/ear/rounds/<uuid:round_id>/ended")
@signed_in
@once(again=show)
def ended(round_id: UUID):
    rounds.end(get_db(), current_user().id, round_id, at=clock.now())
    return redirect(url_for("ear.show", round_id=round_id), 303)


def _answer(round_id: UUID, number: int, given: str | None):
    me = current_user()
    heard = Heard(hearing.plays(), by_ear=not _is_silent())
    rounds.answer(get_db(), me.id, round_id, number, given, heard, zone=me.zone, at=clock.now())
    return redirect(url_for("ear.show", round_id=round_id, answered=number), 303)


def _is_silent() -> bool:
    return sounds.is_silent(clock.now())


def _hearing(row: EarRound, number: int, key: str | None = None) -> Hearing:
    """What plays, and how it is answered. key: the answer that was given."""
    db, asked = get_db(), rounds.question(row, number)
    sound = hearing.of(asked, plans.learner(db, row.user_id), key=key, verdict=None, at=clock.now())
    return ear_mixes.on(sound, row, number) if ear_mixes.of_round(db, row) else sound


def _address(sound: Spec, beside: Spec | None = None) -> str:
    return url_for("sounds.sound", name=sounds.takes().keep(Take(sound, beside)), kind="flac")


def _frame(row: EarRound, number: int, *, is_answered: bool = False) -> dict[str, Any]:
    return {"round": row, "number": number, "title": skills.title(row.skill), "is_answered": is_answered}


def _correcting(row: EarRound, number: int, asked: Asked):
    """Correct mode. A bell in the address is heard through the server, for browsers without script."""
    places = residue.centres(row.grid)
    values = request.args
    tried, preview = Bell(1000.0, 0, 1.4), ""
    if "freq_hz" in values:
        tried = _bell_of(values, row.grid)
        preview = _address(correct.undone(asked, tried))
    return render_template(
        "curriculum/ear/correct.html",
        **_frame(row, number),
        prompt=skills.prompt(asked),
        sound=_address(asked.specs[0]),
        reference=_address(hearing.REFERENCE),
        is_silent=_is_silent(),
        places=[(one, residue.hertz(one)) for one in places],
        gains=[(one, f"{residue.signed(one)} dB") for one in range(residue.GAINS[0], residue.GAINS[1] + 1)],
        qs=[(one, f"{one:g}") for one in residue.QS],
        tried=tried,
        preview=preview,
        preview_words=tried.words,
    )


def _bell_of(values: Any, grid: str) -> Bell:
    """The bell that the address says. One that the sliders cannot set is refused."""
    try:
        freq, gain, q = float(values["freq_hz"]), int(values["gain_db"]), float(values["q"])
    except (KeyError, ValueError):
        raise Refused("The address says no bell. Set it on the page.") from None
    return residue.read(Bell(freq, gain, q).key, grid)


def _answered(row: EarRound, answered: EarAnswer):
    """What it was, and both sounds to compare."""
    asked = rounds.question(row, answered.number)
    mark = rounds.judge(row, asked, answered.given)
    sound = _hearing(row, answered.number, answered.given)
    if row.mode == rounds.CORRECT:
        sound = _undone(sound, answered.given)
    return render_template(
        "curriculum/ear/answered.html",
        **_frame(row, answered.number, is_answered=True),
        sound=sound,
        verdict=Verdict("", mark.words, credit=mark.credit, rating=mark.rating),
        is_last=answered.number == row.questions or row.ended_at is not None,
    )


def _undone(sound: Hearing, given: str) -> Hearing:
    """After Correct mode: both curves in one picture, and the sound before, as it was left, and as it came."""
    asked = sound.asked
    done, tried = correct.done(asked), residue.read(given, correct.STEPS[asked.level].grid)
    before, after = correct.plain_of(asked), correct.undone(asked, tried)
    return sound._replace(
        sides=(
            Side("a", "Before", _address(before, after)),
            Side("b", "As you left it", _address(after, before)),
            Side("c", "As it came", _address(asked.specs[0])),
        ),
        chosen=None,
        answered=tried.words,
        picture=curves.response(
            lambda hz: residue.decibels(done, hz),
            lambda hz: residue.decibels(tried, hz),
            ("done", "your bell"),
            words=f"What was done: {done.words}. Your bell: {tried.words}.",
        ),
    )


def _end(row: EarRound, given: Any):
    """How the round went, what was taken for what in it, and whether another step of the ladder suits better."""
    db, me = get_db(), current_user()
    one = skills.card(row.skill, standing.levels(db, me.id), {}, standing.last_credits(db, me.id))
    next_level = one.level + {"up": 1, "down": -1}.get(one.advice, 0)
    return render_template(
        "curriculum/ear/end.html",
        round=row,
        one=one,
        given=given,
        points=standing.in_tenths(sum(answer.credit for answer in given)),
        next_level=next_level,
        next_step=skills.step(row.skill, next_level),
        rows=[_row(row, answer) for answer in given],
        **_taken(confusion.of_round(given), row.skill, row.level),
    )


def _row(row: EarRound, answer: EarAnswer) -> dict[str, Any]:
    asked = rounds.question(row, answer.number)
    if row.mode == rounds.CORRECT:
        was, said = correct.done(asked).words, residue.read(answer.given, row.grid).words
    else:
        called = {choice.key: choice.words for choice in asked.choices}
        was, said = asked.words, called.get(answer.given) or skills.says(answer.given, row.skill, row.level)
    return {
        "number": answer.number,
        "was": was,
        "said": "" if answer.given == asked.right else said,
        "credit": answer.credit,
        "percent": round(100 * answer.credit),
    }


def _taken(counted: list[confusion.Counted], skill: str, level: int | None) -> dict[str, Any]:
    """What is taken for what, with the names of all answers in it."""
    if skill not in skills.TOLD_APART:
        return {"found": None}
    if skill == "eq":
        counted = confusion.by_band(counted)
    keys = {key for asked, given, _ in counted for key in (asked, given)}
    names = {key: skills.says(key, skill, level) for key in keys}
    return {
        "found": confusion.table(counted, order=lambda key: skills.place(key, skill), says=names.__getitem__),
        "labels": {key: skills.label(key, skill, level) for key in keys},
        "names": names,
    }


def _history(weeks: list[standing.Week]) -> dict[str, Any]:
    if not weeks:
        return {"weeks": []}
    shown = [
        (periods.short_day(week.monday), week.answers, "–" if week.share is None else f"{100 * week.share:.0f} %")
        for week in weeks
    ]
    columns = [
        Column(
            (100 * (week.share or 0),), first, f"week from {first}: {count} answers" + (f", {share}" if count else "")
        )
        for week, (first, count, share) in zip(weeks, shown, strict=True)
    ]
    known = [week for week in weeks if week.share is not None]
    said = f"This skill brought you {100 * (known[-1].share or 0):.0f} % in your last week of it"
    if len(known) > 1:
        said += f", {100 * (known[0].share or 0):.0f} % in the first one shown"
    return {
        "weeks": shown,
        "weeks_said": f"{said}.",
        "weeks_chart": pictures.bar_chart(columns, unit=" %", top=100),
    }
