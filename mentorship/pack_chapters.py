"""The milestones of an evidence pack: criteria, marks, what was shown, and what happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from curriculum.content import Library, Milestone
from mentorship import criteria, milestones
from mentorship.criteria import Criterion, Exhibit, Record
from mentorship.milestone_page import KEEPING
from mentorship.models.milestones import Assessment, MilestoneEvent
from mentorship.pack_formats import format_of
from mentorship.pack_models import Asked, Chapter, Happened, Mark, Scope, Shown


def of_learner(
    db: Session,
    library: Library,
    user_id: UUID,
    scope: Scope,
    exhibits: Mapping[str, Sequence[Exhibit]],
    here: Mapping[UUID, str],
    *,
    at: datetime,
) -> list[Chapter]:
    """Those that were begun, in the course's order; of one milestone, that one, however it stands.

    here: version id -> where its file lies in the pack, "" where it is not in it.
    """
    standing = milestones.states(db, user_id)
    asked = [
        milestone
        for slug, milestone in library.milestones.items()
        if slug == scope.milestone or (not scope.milestone and slug in standing)
    ]
    if not asked:
        return []
    record = criteria.record(db, library, user_id, at=at)
    slugs = {milestone.slug for milestone in asked}
    events: dict[str, list[MilestoneEvent]] = {}
    mine = (MilestoneEvent.user_id == user_id, col(MilestoneEvent.milestone).in_(slugs))
    for event in db.exec(select(MilestoneEvent).where(*mine).order_by(col(MilestoneEvent.at))):
        events.setdefault(event.milestone, []).append(event)
    marks: dict[str, list[Assessment]] = {}
    given = (Assessment.user_id == user_id, col(Assessment.milestone).in_(slugs))
    for mark in db.exec(select(Assessment).where(*given).order_by(col(Assessment.at))):
        marks.setdefault(mark.milestone, []).append(mark)
    return [
        _chapter(
            milestone,
            standing.get(milestone.slug, "not started"),
            record,
            events.get(milestone.slug, []),
            marks.get(milestone.slug, []),
            [one for one in exhibits.get(milestone.slug, ()) if not one.piece.is_reference],
            here,
        )
        for milestone in asked
    ]


def _chapter(
    milestone: Milestone,
    state: str,
    record: Record,
    events: Sequence[MilestoneEvent],
    marks: Sequence[Assessment],
    exhibits: Sequence[Exhibit],
    here: Mapping[UUID, str],
) -> Chapter:
    last = next((event for event in reversed(events) if event.kind in KEEPING), None)
    kept = last if state in milestones.LOCKED else None
    asked = criteria.from_kept(kept.kept) if kept else criteria.of(milestone, record)
    if kept and state == "submitted":
        asked = criteria.measured_again(asked, milestone, record.heard(milestone.slug))
    titles = {item.id: item.title for item in milestone.evidence}
    return Chapter(
        number=milestone.number,
        slug=milestone.slug,
        title=milestone.title,
        phase=milestone.phase,
        state=state,
        is_kept=kept is not None,
        criteria=[_asked(criterion) for criterion in asked],
        rubric=dict(milestone.rubric),
        marks=[
            Mark(mark.side, mark.by_name, mark.level, mark.comment, mark.at)
            for mark in milestones.newest(marks).values()
        ],
        shown=[
            Shown(
                titles.get(one.evidence.item, one.evidence.item),
                one.piece.title,
                one.version.id,
                one.version.number,
                one.version.uploaded_at,
                format_of(one.version),
                one.version.size,
                one.version.sha256,
                here.get(one.version.id, ""),
            )
            for one in exhibits
        ],
        story=[
            Happened(milestones.STATES.get(event.kind, event.kind), event.by_name, event.reason, event.at)
            for event in events
        ],
    )


def _asked(criterion: Criterion) -> Asked:
    return Asked(criterion.id, criterion.title, criterion.state, criterion.note, criterion.reason, criterion.figures)
