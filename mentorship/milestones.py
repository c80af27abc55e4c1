"""A learner's milestones: their states, evidence, marks, and handing them in. What mentors do is in `sign_offs`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from core.errors import Conflict, InvalidForm, NotFound, Refused
from core.ids import uuid7
from curriculum import plans, recall
from curriculum.content import Library, Milestone
from mentorship import criteria, links, snapshots
from mentorship.criteria import Criterion
from mentorship.models.milestones import Assessment, Evidence, MilestoneAttempt, MilestoneEvent
from mentorship.models.pieces import Piece, Version

STATES = {
    "submitted": "submitted",
    "returned": "returned",
    "verified": "verified",
    "reopened": "reopened",
    "attested": "self-attested",
}  # kind of the last event -> state
LOCKED = {
    "submitted": "This milestone is handed in, so its evidence stays as it was sent. Take it back first.",
    "verified": "This milestone is verified, so its evidence stays as it was. Reopen it first.",
    "self-attested": "You closed this milestone, so its evidence stays as it was. Reopen it first.",
}
REACHED = ("verified", "self-attested")
LONGEST_REASON = 500  # characters
NEXT = timedelta(microseconds=1)


class Person(Protocol):
    """Somebody with an account."""

    @property
    def id(self) -> UUID: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone in the list. met, total: criteria that are computed. faded: it is reached, and these cards of its
    lessons are not known well enough any more."""

    milestone: Milestone
    state: str
    met: int
    total: int
    week: int  # of the learner's programme, else of the nine-month one
    due_on: date | None  # None: the learner follows no programme that has it
    faded: tuple[str, ...] = ()


def find(library: Library, slug: str) -> Milestone:
    if slug not in library.milestones:
        raise NotFound
    return library.milestones[slug]


def states(db: Session, user_id: UUID) -> dict[str, str]:
    """State by slug, of the milestones that this learner has begun."""
    last = (
        sa.select(col(MilestoneEvent.kind))
        .where(
            col(MilestoneEvent.user_id) == MilestoneAttempt.user_id,
            col(MilestoneEvent.milestone) == MilestoneAttempt.milestone,
        )
        .order_by(col(MilestoneEvent.at).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.exec(select(MilestoneAttempt.milestone, last).where(MilestoneAttempt.user_id == user_id))
    return {slug: STATES[kind] if kind else "in progress" for slug, kind in rows}


def state_of(db: Session, user_id: UUID, slug: str) -> str:
    return states(db, user_id).get(slug, "not started")


def history(db: Session, user_id: UUID, slug: str) -> list[MilestoneEvent]:
    """Its steps, the oldest first."""
    statement = select(MilestoneEvent).where(MilestoneEvent.user_id == user_id, MilestoneEvent.milestone == slug)
    return list(db.exec(statement.order_by(col(MilestoneEvent.at))))


def marks(db: Session, user_id: UUID, slug: str) -> list[Assessment]:
    """Everybody's marks, the oldest first."""
    statement = select(Assessment).where(Assessment.user_id == user_id, Assessment.milestone == slug)
    return list(db.exec(statement.order_by(col(Assessment.at))))


def newest(marks: Iterable[Assessment]) -> dict[str, Assessment]:
    """The marks that count, by side: self, mentor. marks: the oldest first."""
    return {mark.side: mark for mark in marks}


def overview(db: Session, library: Library, user_id: UUID, *, at: datetime) -> list[Row]:
    """All milestones in order, as this learner stands with them."""
    known = states(db, user_id)
    record = criteria.record(db, library, user_id, at=at, has_mentor=False)  # a mentor's mark is not counted
    due = due_weeks(db, library, user_id)
    rows = []
    for milestone in library.milestones.values():
        met, total = criteria.count(criteria.of(milestone, record))
        week, due_on = due.get(milestone.slug, (milestone.week, None))
        state = known.get(milestone.slug, "not started")
        faded = recall.faded(library, milestone, record.chances) if state in REACHED else ()
        rows.append(Row(milestone, state, met, total, week, due_on, tuple(faded)))
    return rows


def due_weeks(db: Session, library: Library, user_id: UUID) -> dict[str, tuple[int, date | None]]:
    """(week, its last day) of each milestone in the learner's programme; empty without one."""
    learner = plans.learner(db, user_id)
    programme = library.programmes.get(learner.programme)
    if programme is None:
        return {}
    calendar = plans.weeks(db, learner)
    return {
        slug: (week.week, calendar.ends_on(week.week) if calendar else None)
        for week in programme.weeks
        for slug in week.milestones
    }


def begin(db: Session, owner_id: UUID, milestone: Milestone, *, at: datetime) -> None:
    """Again changes nothing."""
    lock(db, owner_id, milestone.slug, at)


def link(db: Session, owner_id: UUID, milestone: Milestone, item_id: str, version_id: UUID, *, at: datetime) -> Piece:
    """Let an exact version of one's own stand for something that the milestone asks. Returns its piece.

    Another version of the same piece makes way for it. Twice is no error.
    """
    item = next((item for item in milestone.evidence if item.id == item_id), None)
    version = db.get(Version, (owner_id, version_id))
    if item is None or version is None:
        raise NotFound
    _changeable(db, owner_id, milestone, at)
    if not criteria.fits(item, version):
        raise Refused(f"'{item.title}' asks for {_kind_words(item.kind)}. Choose another version.", field="version")
    for exhibit in criteria.exhibits(db, owner_id, milestone.slug).get(milestone.slug, []):
        if exhibit.evidence.item != item_id or exhibit.piece.id != version.piece_id:
            continue
        if exhibit.version.id == version_id:
            return exhibit.piece
        exhibit.evidence.unlinked_at = at
    db.add(
        Evidence(
            user_id=owner_id, id=uuid7(), milestone=milestone.slug, item=item_id, version_id=version_id, linked_at=at
        )
    )
    db.flush()
    return db.get_one(Piece, (owner_id, version.piece_id))


def unlink(db: Session, owner_id: UUID, milestone: Milestone, evidence_id: UUID, *, at: datetime) -> None:
    """Take a version out of the evidence; the row stays. Twice is no error."""
    evidence = db.get(Evidence, (owner_id, evidence_id))
    if evidence is None or evidence.milestone != milestone.slug:
        raise NotFound
    if evidence.unlinked_at is None:
        _changeable(db, owner_id, milestone, at)
        evidence.unlinked_at = at


def assess(db: Session, owner: Person, milestone: Milestone, level: int, comment: str, *, at: datetime) -> Assessment:
    """Mark oneself on the rubric. Earlier marks stay; the newest counts."""
    lock(db, owner.id, milestone.slug, at)
    return add_mark(db, owner.id, milestone, owner, "self", level, comment, at)


def submit(
    db: Session,
    library: Library,
    owner: Person,
    milestone: Milestone,
    checked: Iterable[str],
    reasons: Mapping[str, str],
    *,
    at: datetime,
) -> MilestoneEvent:
    """Hand a milestone to the mentors who may see it. What stands as evidence is shared with them.

    checked: ids of the target criteria that hold; reasons: criterion id -> why it is not met, for each that is not.
    A second click or a stale tab changes nothing and is no error.
    """
    last = lock(db, owner.id, milestone.slug, at)
    if last and last.kind == "submitted":
        return last
    if last and last.kind == "verified":
        raise Conflict(f"{last.by_name} verified this milestone already. Reopen it, then send it again.")
    answered = _answered(criteria.of(milestone, criteria.record(db, library, owner.id, at=at)), checked, reasons)
    kept = _kept(db, owner.id, milestone, answered)
    _share(db, owner.id, (UUID(row["piece_id"]) for row in kept["evidence"]), at)
    return add_event(db, last, owner.id, milestone, owner, "submitted", at, kept=kept)


def attest(
    db: Session,
    library: Library,
    owner: Person,
    milestone: Milestone,
    checked: Iterable[str],
    reasons: Mapping[str, str],
    *,
    at: datetime,
) -> MilestoneEvent:
    """Close a milestone on one's own word, where no mentor could verify it. checked, reasons: as in `submit`."""
    last = lock(db, owner.id, milestone.slug, at)
    if last and last.kind == "attested":
        return last
    if last and last.kind == "verified":
        raise Conflict(f"{last.by_name} verified this milestone already. There is nothing left to do.")
    if mentors := links.mentors_who_see(db, owner.id, "pieces"):
        raise Refused(f"{mentors[0].name} can verify this milestone. Send it there instead.")
    answered = _answered(criteria.of(milestone, criteria.record(db, library, owner.id, at=at)), checked, reasons)
    kept = _kept(db, owner.id, milestone, answered)
    return add_event(db, last, owner.id, milestone, owner, "attested", at, kept=kept)


def reopen(db: Session, owner: Person, milestone: Milestone, reason: str, *, at: datetime) -> None:
    """Take back what was handed in, verified or attested, to go on with it. On an open one it changes nothing."""
    last = lock(db, owner.id, milestone.slug, at)
    if last and STATES[last.kind] in LOCKED:
        add_event(db, last, owner.id, milestone, owner, "reopened", at, reason=reason_given(reason))


def lock(db: Session, user_id: UUID, slug: str, at: datetime) -> MilestoneEvent | None:
    """Begin a milestone if it was not, and hold it until the transaction ends. Returns its last step."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = MilestoneAttempt(user_id=user_id, milestone=slug, begun_at=at)
    db.execute(insert(MilestoneAttempt).values(**row.model_dump()).on_conflict_do_nothing())
    db.get_one(MilestoneAttempt, (user_id, slug), with_for_update=True)
    steps = history(db, user_id, slug)
    return steps[-1] if steps else None


def add_event(
    db: Session,
    last: MilestoneEvent | None,
    owner_id: UUID,
    milestone: Milestone,
    by: Person,
    kind: str,
    at: datetime,
    *,
    reason: str = "",
    kept: dict[str, Any] | None = None,
) -> MilestoneEvent:
    """The next step. It never stands before the last one, also where a clock was set back."""
    event = MilestoneEvent(
        user_id=owner_id,
        id=uuid7(),
        milestone=milestone.slug,
        kind=kind,
        by_id=by.id,
        by_name=by.name,
        at=max(at, last.at + NEXT) if last else at,
        reason=reason,
        kept=kept or {},
    )
    db.add(event)
    db.flush()
    return event


def add_mark(
    db: Session, owner_id: UUID, milestone: Milestone, by: Person, side: str, level: int, comment: str, at: datetime
) -> Assessment:
    if level not in milestone.rubric:
        raise Refused("Choose one of the four levels.", field="level")
    before = marks(db, owner_id, milestone.slug)
    mark = Assessment(
        user_id=owner_id,
        id=uuid7(),
        milestone=milestone.slug,
        by_id=by.id,
        by_name=by.name,
        side=side,
        level=level,
        comment=comment.strip(),
        at=max(at, before[-1].at + NEXT) if before else at,
    )
    db.add(mark)
    db.flush()
    return mark


def reason_given(reason: str) -> str:
    if not reason.strip():
        raise Refused("Say in a sentence why. It stays in the milestone's history.", field="reason")
    return reason.strip()


def _changeable(db: Session, owner_id: UUID, milestone: Milestone, at: datetime) -> None:
    last = lock(db, owner_id, milestone.slug, at)
    if last and (sentence := LOCKED.get(STATES[last.kind])):
        raise Conflict(sentence)


def _answered(asked: Iterable[Criterion], checked: Iterable[str], reasons: Mapping[str, str]) -> tuple[Criterion, ...]:
    """The criteria with the learner's word for each that is not met; InvalidForm where it is missing."""
    ticked, answered, errors = set(checked), [], {}
    for criterion in asked:
        if criterion.is_word:
            criterion = replace(criterion, state="checked" if criterion.id in ticked else "not met")
        if not criterion.is_met and criterion.id != criteria.MENTOR:
            criterion = replace(criterion, reason=reasons.get(criterion.id, "").strip())
            if problem := _problem(criterion):
                errors[f"reasons.{criterion.id}"] = problem
        answered.append(criterion)
    if errors:
        raise InvalidForm(errors)
    return tuple(answered)


def _problem(criterion: Criterion) -> str:
    """What is wrong with the reason for a criterion that is not met, or ""."""
    if len(criterion.reason) > LONGEST_REASON:
        return f"This is longer than {LONGEST_REASON} characters. Shorten it a little."
    if criterion.reason:
        return ""
    if criterion.is_word:
        return f"'{criterion.title}': tick it if it holds, or say in one sentence why you submit all the same."
    return f"'{criterion.title}' is not met yet. Say in one sentence why you submit all the same."


def _kept(db: Session, owner_id: UUID, milestone: Milestone, answered: tuple[Criterion, ...]) -> dict[str, Any]:
    shown = criteria.exhibits(db, owner_id, milestone.slug).get(milestone.slug, [])
    own_mark = newest(marks(db, owner_id, milestone.slug)).get("self")
    return snapshots.of(db, owner_id, milestone, answered, shown, {"self": own_mark})


def _share(db: Session, owner_id: UUID, piece_ids: Iterable[UUID], at: datetime) -> None:
    statement = select(Piece).where(Piece.user_id == owner_id, col(Piece.id).in_(set(piece_ids))).with_for_update()
    for piece in db.exec(statement, execution_options={"populate_existing": True}):
        piece.shared_at = piece.shared_at or at


def _kind_words(kind: str) -> str:
    return {"audio": "sound", "picture": "a picture", "text": "a text"}[kind]
