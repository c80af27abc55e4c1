"""The ear room: practice for the ear outside the schedule."""

import random
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, Field

from core import clock
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import NotFound
from core.once import once
from core.web import read_form
from curriculum.ear import confusion, correct, ladders, residue, rounds, skills, standing
from curriculum.ear.asked import Asked
from curriculum.models import EarAnswer, EarRound
from curriculum.stats import periods, pictures
from curriculum.stats.pictures import Column

bp = Blueprint("ear", __name__)
dice = random.SystemRandom()


class BeginForm(BaseModel):
    skill: Annotated[str, Field(max_length=40)]
    level: Annotated[int, Field(ge=1, le=100)] | None = None


class StepForm(BaseModel):
    level: Annotated[int, Field(ge=1, le=100)]


class AnswerForm(BaseModel):
    number: Annotated[int, Field(ge=1, le=100)]
    given: Annotated[str, Field(max_length=rounds.LONGEST_GIVEN)] = ""
    plays: Annotated[int, Field(ge=0, le=100_000)] = 0


class BellForm(BaseModel):
    number: Annotated[int, Field(ge=1, le=100)]
    freq_hz: Annotated[float, Field(ge=20, le=20_000, allow_inf_nan=False)]
    gain_db: Annotated[int, Field(ge=-24, le=24)]
    q: Annotated[float, Field(ge=0.1, le=20, allow_inf_nan=False)]
    plays: Annotated[int, Field(ge=0, le=100_000)] = 0


@bp.get("/ear")
@signed_in
def index():
    """The skills, and where the learner stands with each."""
    db, me = get_db(), current_user()
    levels, scores, credits = (
        standing.levels(db, me.id),
        standing.scores(db, me.id),
        standing.last_credits(db, me.id),
    )
    left = rounds.left_open(db, me.id)
    return render_template(
        "curriculum/ear/index.html",
        skills=[skills.card(skill, levels, scores, credits) for skill in skills.ORDER],
        left=left,
        left_title=skills.title(left.skill) if left else "",
        left_at=len(rounds.given_so_far(db, left)) + 1 if left else 0,
    )
