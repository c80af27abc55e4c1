"""A learner's own parameters: fitted to the log, taken over only where they predict better, and given back on wish.

The fit itself is in `fitting`; it takes a second or two and holds no transaction. Taking a set over replays stability
and difficulty of all cards in the same transaction; the days on which they are due stay until the next answer.
"""

import json
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import work
from core.accounts import User
from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from core.work import Task, Work
from curriculum import fitting, plans, replay
from curriculum.fitting import Fit, Outcome
from curriculum.log import counting
from curriculum.models import Learner, ParameterSet, Review
from curriculum.pace import row_of
from curriculum.scheduling import State

KIND = "fit"  # of work, as app.py lists it
TITLE = "Fitting reviews to you"
EVERY = timedelta(days=30)  # how often the job fits a learner anew
TOLD = timedelta(days=7)  # how long a set that was taken over is news
NOT_HERE = "The package that fits parameters is not installed here. The standard ones stay in use."
CHANGED = "Your parameters were changed on another page meanwhile. Nothing was changed now; fit once more."


def sets(db: Session, user_id: UUID) -> list[ParameterSet]:
    """What was fitted to this learner, the newest first."""
    mine = select(ParameterSet).where(col(ParameterSet.user_id) == user_id)
    return list(db.exec(mine.order_by(col(ParameterSet.fitted_at).desc(), col(ParameterSet.id).desc())))


def count_outcomes(db: Session, user_id: UUID) -> int:
    """How many answers came on a later study day than the one before: FEWEST of `fitting` are needed."""
    later = col(Review.day) > col(Review.reviewed_day_before)
    return db.scalar(sa.select(sa.func.count()).select_from(counting(user_id).where(later).subquery())) or 0


def outcomes(db: Session, user_id: UUID) -> list[Outcome]:
    """What the parameters can be fitted to: the cards whose log goes back to their first answer."""
    rows = db.exec(counting(user_id).order_by(col(Review.card_id), col(Review.at), col(Review.id)))
    cards = (list(answers) for _, answers in groupby(rows, attrgetter("card_id")))
    whole = (answers for answers in cards if answers[0].state_before == State.NEW)
    return fitting.outcomes([[(row.rating, row.at, row.day) for row in answers] for answers in whole])


def said(row: ParameterSet) -> str:
    """What came of a fit, in one sentence with both figures."""
    tried, before, after = fitting.tried_on(row.outcomes), row.loss_before, row.loss_after
    if row.adopted_at is None:
        return (
            f"Parameters fitted to you do not predict your last {tried} answers better: log loss {after:.3f}; "
            f"those in use {before:.3f}. Nothing was changed."
        )
    figures = f"log loss {after:.3f} instead of {before:.3f}"
    now = "They are in use now." if row.ended_at is None else "They are no longer in use."
    return f"Your own parameters predict your last {tried} answers better: {figures}. {now}"


def news(db: Session, user_id: UUID, *, at: datetime) -> str:
    """What to tell a learner whose own parameters were taken over this week; "" for everybody else."""
    lately = (col(ParameterSet.adopted_at) > at - TOLD, col(ParameterSet.ended_at).is_(None))
    found = db.exec(select(ParameterSet).where(col(ParameterSet.user_id) == user_id, *lately)).first()
    return said(found) if found else ""


# -- changing ------------------------------------------------------------------------------------------------


def ask(db: Session, user_id: UUID, *, at: datetime) -> Work:
    """Have parameters fitted to this learner, by the job process."""
    if not fitting.is_installed():
        raise Refused(NOT_HERE)
    missing = fitting.FEWEST - count_outcomes(db, user_id)
    if missing > 0:
        raise Refused(too_few(missing))
    return work.ask(db, user_id, KIND, TITLE, {}, at=at)


def under_way(db: Session, user_id: UUID) -> Work | None:
    """The fit that this learner waits for."""
    mine = select(Work).where(col(Work.user_id) == user_id, col(Work.kind) == KIND)
    return db.exec(mine.where(col(Work.state).in_(work.UNFINISHED))).first()


def run(task: Task, *, at: datetime) -> dict[str, object]:
    """The work itself: read, fit without a transaction, keep what came of it."""
    task.tell("Reading your answers")
    with task.base.reading() as db:
        in_use = plans.of(plans.learner(db, task.user_id)).parameters
        found = outcomes(db, task.user_id)
    if len(found) < fitting.FEWEST:
        raise Refused(too_few(fitting.FEWEST - len(found)))
    task.tell(f"Fitting to {len(found)} answers")
    try:
        fit = fitting.fit(found, in_use)
    except ValueError as fault:
        raise Refused(f"{fault} The parameters in use stay.") from None
    task.tell("Trying them on your newest answers")
    with task.base.writing() as db:
        person = db.get_one(User, task.user_id)
        result: dict[str, object] = {"said": said(keep(db, person.id, person.zone, fit, in_use, at=at))}
        task.end(db, result, at=at)
    return result


def too_few(missing: int) -> str:
    return (
        f"To fit parameters to you we need {fitting.FEWEST} answers on a later day than the card's last one; "
        f"{missing} {'is' if missing == 1 else 'are'} missing. The standard ones stay in use."
    )


def keep(db: Session, user_id: UUID, zone: str, fit: Fit, in_use: tuple[float, ...], *, at: datetime) -> ParameterSet:
    """Keep what was fitted and, where it won against the parameters that are in use, take it over."""
    row = row_of(db, user_id)
    if plans.of(row).parameters != in_use:
        raise Conflict(CHANGED)
    made = ParameterSet(
        user_id=user_id,
        id=uuid7(),
        fitted_at=at,
        weights=json.dumps(fit.parameters),
        outcomes=fit.outcomes,
        loss_before=fit.loss_before,
        loss_after=fit.loss_after,
    )
    db.add(made)
    if fit.wins:
        _put_in_use(db, row, made, zone, at)
    return made


def use(db: Session, user_id: UUID, zone: str, set_id: UUID, *, at: datetime) -> None:
    """Take over a set that was fitted before, whether it won then or not; the learner decides."""
    chosen = db.get(ParameterSet, (user_id, set_id))
    if chosen is None:
        raise NotFound
    row = row_of(db, user_id)
    if row.weights != chosen.weights:
        _put_in_use(db, row, chosen, zone, at)


def use_standard(db: Session, user_id: UUID, zone: str, *, at: datetime) -> None:
    """Go back to the parameters that everybody begins with."""
    row = row_of(db, user_id)
    if row.weights:
        _put_in_use(db, row, None, zone, at)


def _put_in_use(db: Session, row: Learner, chosen: ParameterSet | None, zone: str, at: datetime) -> None:
    mine = (col(ParameterSet.user_id) == row.user_id, col(ParameterSet.adopted_at).is_not(None))
    db.flush()
    db.execute(sa.update(ParameterSet).where(*mine, col(ParameterSet.ended_at).is_(None)).values(ended_at=at))
    row.weights = chosen.weights if chosen else ""
    if chosen:
        chosen.adopted_at, chosen.ended_at = at, None
    db.flush()
    replay.retell(db, row.user_id, zone, at=at)


# -- the timed job -------------------------------------------------------------------------------------------


def ask_for_all(db: Session, *, at: datetime) -> str:
    """Ask for a fit for each learner with enough answers who has answered since the last one, a month ago or longer."""
    if not fitting.is_installed():
        return "the package is not installed"
    before = at - EVERY
    lately = sa.select(col(Work.user_id)).where(col(Work.kind) == KIND, col(Work.made_at) > before)
    answered = sa.select(col(Review.user_id)).where(col(Review.at) > before)
    people = select(col(User.id)).where(col(User.active).is_(sa.true()), col(User.id).in_(answered))
    asked = 0
    for user_id in db.exec(people.where(col(User.id).not_in(lately))).all():
        if count_outcomes(db, user_id) >= fitting.FEWEST:
            work.ask(db, user_id, KIND, TITLE, {}, at=at)
            asked += 1
    return f"asked for {asked}"
