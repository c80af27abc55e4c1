"""What a milestone asks, and how much of it is there: computed from lessons, cards, evidence, measures and marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import words
from core.accounts import User
from curriculum import content, lessons, recall
from curriculum.content import Library, Milestone, Target
from curriculum.lessons import Place
from mentorship import evidence, links, piece_states, states, targets
from mentorship.evidence import Exhibit, candidates, exhibits, fits
from mentorship.models.meetings import StudioSession
from mentorship.models.milestones import Assessment
from mentorship.targets import Heard

__all__ = ["Criterion", "Exhibit", "Held", "Record", "candidates", "exhibits", "fits", "record"]

TARGET = "target-"
MENTOR = "mentor"
MEETS = 3  # the lowest level that does
MOST_BEGUN = 0.5  # of the cards: so many must be begun before their recall says something


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a milestone asks. A target that the meter does not see, or not yet, is the learner's word."""

    id: str  # "lessons", "evidence-beat", "self", "target-length": written into forms and into what is kept
    title: str
    state: str  # met, not met; of a target: to check, checked; of the mentor's mark: to come
    note: str = ""
    reason: str = ""  # why it was handed in without it
    is_measured: bool = False  # a target that the meter decided
    figures: tuple[dict[str, Any], ...] = ()  # what it decided on

    @property
    def is_target(self) -> bool:
        return self.id.startswith(TARGET)

    @property
    def is_met(self) -> bool:
        return self.state in ("met", "checked")

    @property
    def is_word(self) -> bool:
        """Whether only the learner can say so."""
        return self.is_target and not self.is_measured

    @property
    def is_counted(self) -> bool:
        """Whether it is computed from what the learner did."""
        return not self.is_word and self.id != MENTOR

    @property
    def wants_reason(self) -> bool:
        return self.is_counted and not self.is_met


@dataclass(frozen=True, slots=True)
class Held:
    """Sessions that served a milestone."""

    count: int = 0
    minutes: int = 0
    signed: int = 0  # of them, by both


@dataclass(frozen=True, slots=True)
class Record:
    """What one learner has done, as far as milestones ask."""

    library: Library
    places: Mapping[str, Place]
    chances: Mapping[str, float]  # predicted recall by card
    shown: Mapping[str, list[Exhibit]]  # by milestone
    approved: frozenset[UUID]  # versions
    over_time: Mapping[UUID, list[float | None]]  # correlation, by version
    held: Mapping[str, Held]  # by milestone
    marks: Mapping[tuple[str, str], Assessment]  # the newest by (milestone, side)
    has_mentor: bool  # who sees pieces

    def heard(self, slug: str) -> list[Heard]:
        return evidence.heard(self.shown.get(slug, []), self.over_time)


def record(db: Session, library: Library, user_id: UUID, *, at: datetime, has_mentor: bool | None = None) -> Record:
    """has_mentor: whether a mentor sees pieces, where that is known or nobody asks; None: look."""
    zone = db.get_one(User, user_id).zone
    marks = select(Assessment).where(Assessment.user_id == user_id).order_by(col(Assessment.at))
    shown = exhibits(db, user_id)
    return Record(
        library=library,
        places=lessons.places(db, library, user_id),
        chances=recall.by_card(db, library, user_id, zone, at=at),
        shown=shown,
        approved=frozenset(piece_states.approved_versions(db, user_id)),
        over_time=evidence.over_time(db, user_id, library.milestones.values(), shown),
        held=held(db, user_id),
        marks={(mark.milestone, mark.side): mark for mark in db.exec(marks)},
        has_mentor=bool(links.mentors_who_see(db, user_id, "pieces")) if has_mentor is None else has_mentor,
    )


def held(db: Session, user_id: UUID) -> dict[str, Held]:
    """What was held for each milestone: with the mentor, with others or alone."""
    is_signed = sa.and_(col(StudioSession.signed_at).is_not(None), col(StudioSession.mentor_signed_at).is_not(None))
    statement = sa.select(col(StudioSession.milestones), states.took(), is_signed).where(
        col(StudioSession.user_id) == user_id,
        states.was_held(),
        sa.cast(col(StudioSession.milestones), sa.String) != "[]",
    )
    found: dict[str, Held] = {}
    for slugs, minutes, signed in db.execute(statement):
        for slug in slugs:
            so_far = found.get(slug, Held())
            found[slug] = Held(so_far.count + 1, so_far.minutes + minutes, so_far.signed + bool(signed))
    return found


def of(milestone: Milestone, record: Record) -> tuple[Criterion, ...]:
    """Everything that the milestone asks: first what is computed, then the mentor's mark, then the targets."""
    shown = record.shown.get(milestone.slug, [])
    heard = record.heard(milestone.slug)
    asked = [
        _reading(milestone, record.places),
        _recall(milestone, record),
        *(_evidence(item, shown, record.approved) for item in milestone.evidence if not item.is_option),
        *_held(milestone, record.held.get(milestone.slug, Held())),
        _met("self", "Self-mark on the four levels", (milestone.slug, "self") in record.marks),
        mentors(record.marks.get((milestone.slug, "mentor")), has_mentor=record.has_mentor),
        *(target(one, milestone, heard) for one in milestone.targets),
    ]
    return tuple(one for one in asked if one)


def target(target: Target, milestone: Milestone, heard: Iterable[Heard]) -> Criterion:
    """One target, as the meter sees it; else to check."""
    reading = targets.read(target, milestone, heard)
    return Criterion(
        id=TARGET + target.id,
        title=target.title,
        state=reading.state or "to check",
        note=reading.note,
        is_measured=bool(reading.state),
        figures=reading.figures,
    )


def mentors(mark: Assessment | None, *, has_mentor: bool) -> Criterion | None:
    """The mentor's judgement; without a mentor and a mark it is not asked for."""
    if mark is None:
        return Criterion(MENTOR, "A mentor's mark: level 3 or 4", "to come") if has_mentor else None
    state = "met" if mark.level >= MEETS else "to come"
    return Criterion(MENTOR, "A mentor's mark: level 3 or 4", state, f"level {mark.level} by {mark.by_name}")


def measured_again(kept: Iterable[Criterion], milestone: Milestone, heard: Iterable[Heard]) -> tuple[Criterion, ...]:
    """What was handed in, with the figures that came since: a learner's word stays beside them."""
    heard = list(heard)
    now = {TARGET + one.id: target(one, milestone, heard) for one in milestone.targets}
    return tuple(_since(one, now.get(one.id)) for one in kept)


def _since(before: Criterion, now: Criterion | None) -> Criterion:
    if now is None or not now.is_measured or before.is_measured:
        return before
    word = "; was checked by ear before it was measured" if before.state == "checked" and not now.is_met else ""
    return replace(now, title=before.title, note=now.note + word, reason="" if now.is_met else before.reason)


def count(criteria: Iterable[Criterion]) -> tuple[int, int]:
    """(how many are met, of how many) of those that are computed."""
    states = [criterion.is_met for criterion in criteria if criterion.is_counted]
    return sum(states), len(states)


def is_ready(criteria: Iterable[Criterion]) -> bool:
    """A hint, never a gate."""
    met, total = count(criteria)
    return met == total


def from_kept(kept: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """The criteria that a step of the milestone keeps."""
    return tuple(
        Criterion(**values | {"figures": tuple(values.get("figures", ()))}) for values in kept.get("criteria", [])
    )


def _reading(milestone: Milestone, places: Mapping[str, Place]) -> Criterion | None:
    """None: nobody has written any of its lessons yet, so there is nothing to ask."""
    words = [places[slug].word for slug in milestone.lessons if slug in places]
    written = [word for word in words if word != "planned"]
    if not written:
        return None
    done, planned = written.count("done"), len(words) - len(written)
    note = f"{done} of {len(written)}" + (f"; {planned} more not written yet, so not asked for" if planned else "")
    return _met("lessons", "Its lessons are done", done == len(written), note)


def _recall(milestone: Milestone, record: Record) -> Criterion | None:
    """None: it asks for none, or its lessons have no cards."""
    known = recall.of_milestone(record.library, milestone, record.chances)
    if milestone.recall is None or not known.cards:
        return None
    title = f"Its cards are remembered: {milestone.recall:.0%} predicted".replace("%", " %")
    if known.recall is None:
        return _met("recall", title, False, f"none of {known.cards} cards begun")
    is_enough = known.begun >= MOST_BEGUN * known.cards
    note = f"{known.recall:.0%}".replace("%", " %") + f" of the {known.begun} begun"
    note += f", of {known.cards} cards" + ("" if is_enough else "; begin half of them first")
    return _met("recall", title, known.recall >= milestone.recall and is_enough, note)


def _evidence(item: content.Evidence, shown: Iterable[Exhibit], approved: frozenset[UUID]) -> Criterion:
    here = [one for one in shown if one.evidence.item == item.id and fits(item, one.version)]
    if not item.is_approved:
        return _met(f"evidence-{item.id}", item.title, bool(here))
    is_approved = any(one.version.id in approved for one in here)
    note = "not approved in a review yet" if here and not is_approved else ""
    return _met(f"evidence-{item.id}", f"{item.title}, approved", is_approved, note)


def _held(milestone: Milestone, held: Held) -> Iterable[Criterion]:
    if milestone.sessions:
        many = "A session" if milestone.sessions == 1 else f"{milestone.sessions} sessions"
        note = f"{held.count} of {milestone.sessions}"
        yield _met("sessions", f"{many} held for it", held.count >= milestone.sessions, note)
    if milestone.hours:
        note = f"{words.minutes(held.minutes)} so far"
        yield _met("hours", f"{milestone.hours:g} hours held for it", held.minutes >= milestone.hours * 60, note)


def _met(criterion_id: str, title: str, is_met: bool, note: str = "") -> Criterion:
    return Criterion(criterion_id, title, "met" if is_met else "not met", note)
