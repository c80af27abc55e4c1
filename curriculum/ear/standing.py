"""Where a learner stands on the ladders, and how it went: read from the answers, at the desk and in the ear room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.errors import Refused
from curriculum.ear import answers
from curriculum.models import EarAnswer, EarLevel, EarRound

WEEKS = 26


@dataclass(frozen=True, slots=True)
class Score:
    """How a round went. points: credits added up."""

    points: float
    questions: int  # that were answered
    ended_at: datetime

    @property
    def said(self) -> str:
        return f"{in_tenths(self.points)} of {self.questions}"


@dataclass(frozen=True, slots=True)
class Week:
    """monday: its study day. share: mean credit, 0 to 1; None where nothing was answered."""

    monday: int
    answers: int
    share: float | None


def counting(user_id: UUID) -> SelectOfScalar[EarAnswer]:
    """The answers that count: those of the desk while their reviews are not undone."""
    return select(EarAnswer).where(col(EarAnswer.user_id) == user_id, col(EarAnswer.id).not_in(answers.undone(user_id)))


def levels(db: Session, user_id: UUID) -> dict[str, int]:
    """Skill -> the step that the learner chose; skills at their start are not among them."""
    return {row.skill: row.level for row in db.exec(select(EarLevel).where(col(EarLevel.user_id) == user_id))}


def step_to(db: Session, user_id: UUID, skill: str, level: int, *, highest: int, at: datetime) -> EarLevel:
    """Stand on this step of the ladder from now on. One that the ladder does not have is refused."""
    if not 1 <= level <= highest:
        raise Refused(f"This ladder has steps 1 to {highest}. Choose one of them.", field="level")
    row = db.exec(
        select(EarLevel).where(col(EarLevel.user_id) == user_id, col(EarLevel.skill) == skill).with_for_update()
    ).first()
    if row is None:
        row = EarLevel(user_id=user_id, skill=skill, level=level, changed_at=at)
        db.add(row)
    elif row.level != level:
        row.level, row.changed_at = level, at
    return row


def last_credits(db: Session, user_id: UUID, *, last: int = answers.LOOKED_AT) -> dict[tuple[str, int], list[float]]:
    """(skill, level) -> the credits of the last answers there, the newest last. Two queries for all.

    On the step where the learner stands only answers since she came to it count: else the good run that led up would
    lead up again as soon as she has stepped down. So many come that they begin where a twenty began: 20 to 39.
    """
    stands = [
        sa.and_(
            col(EarAnswer.skill) == row.skill, col(EarAnswer.level) == row.level, col(EarAnswer.at) <= row.changed_at
        )
        for row in db.exec(select(EarLevel).where(col(EarLevel.user_id) == user_id))
    ]
    found = counting(user_id).where(sa.not_(sa.or_(sa.false(), *stands))).subquery()
    step = (found.c.skill, found.c.level)
    place = sa.func.row_number().over(partition_by=step, order_by=(found.c.at.desc(), found.c.id.desc()))
    total = sa.func.count().over(partition_by=step)
    numbered = sa.select(*step, found.c.credit, place.label("place"), total.label("total")).subquery()
    looked_at = numbered.c.place <= last + numbered.c.total % last
    rows = sa.select(*numbered.c["skill", "level", "credit"]).where(looked_at).order_by(numbered.c.place.desc())
    credits: dict[tuple[str, int], list[float]] = {}
    for skill, level, credit in db.execute(rows):
        credits.setdefault((skill, level), []).append(credit)
    return credits


def scores(db: Session, user_id: UUID) -> dict[str, Score]:
    """Skill -> how its newest round went that was ended."""
    mine = (col(EarRound.user_id) == user_id, col(EarRound.ended_at).is_not(None))
    place = sa.func.row_number().over(
        partition_by=col(EarRound.skill), order_by=(col(EarRound.ended_at).desc(), col(EarRound.id).desc())
    )
    numbered = sa.select(col(EarRound.id), place.label("place")).where(*mine).subquery()
    rows = (
        sa.select(col(EarRound.skill), sa.func.sum(EarAnswer.credit), sa.func.count(), sa.func.max(EarRound.ended_at))
        .join(numbered, numbered.c.id == EarRound.id)
        .join(EarAnswer, sa.and_(col(EarAnswer.user_id) == EarRound.user_id, col(EarAnswer.round_id) == EarRound.id))
        .where(numbered.c.place == 1, *mine)
        .group_by(col(EarRound.skill))
    )
    return {skill: Score(points, count, ended_at) for skill, points, count, ended_at in db.execute(rows)}


def history(db: Session, user_id: UUID, skill: str, *, today: int, weeks: int = WEEKS) -> list[Week]:
    """Week by week, from the first one with an answer to this one, at most the last 26. today: study day."""
    this_week = today - (today - 1) % 7  # ordinal 1 was a Monday
    first = this_week - 7 * (weeks - 1)
    rows = counting(user_id).where(col(EarAnswer.skill) == skill, col(EarAnswer.day) >= first).subquery()
    by_day = sa.select(rows.c.day, sa.func.sum(rows.c.credit), sa.func.count()).group_by(rows.c.day)
    sums: dict[int, tuple[float, int]] = {}
    for day, credit, count in db.execute(by_day):
        monday = day - (day - 1) % 7
        before = sums.get(monday, (0.0, 0))
        sums[monday] = (before[0] + credit, before[1] + count)
    if not sums:
        return []
    return [_week(monday, sums.get(monday, (0.0, 0))) for monday in range(min(sums), this_week + 1, 7)]


def in_tenths(points: float) -> str:
    """8.3, 10"""
    return f"{points:.1f}".removesuffix(".0")


def percent(credits: Sequence[float]) -> int:
    """The mean of the last twenty, in per cent."""
    last = credits[-answers.LOOKED_AT :]
    return round(100 * sum(last) / len(last)) if last else 0


def _week(monday: int, summed: tuple[float, int]) -> Week:
    credit, count = summed
    return Week(monday, count, credit / count if count else None)
