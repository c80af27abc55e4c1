"""What mentors do with a milestone: mark it, return it, verify it, reopen it. Nobody signs their own work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.accounts import User
from core.database import get_or_404
from core.errors import Conflict, NotAllowed, NotFound, Refused
from curriculum.content import Milestone
from mentorship import criteria, evidence, links, milestones, snapshots
from mentorship.criteria import Criterion, Exhibit
from mentorship.milestones import Person
from mentorship.models.milestones import Assessment, MilestoneEvent

SIGNS_OFF = 3  # the lowest level that does: "meets"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A milestone that an apprentice handed in and that this mentor may verify."""

    apprentice: User
    milestone: str  # slug
    submission: MilestoneEvent


def waiting_for(db: Session, mentor_id: UUID) -> list[Waiting]:
    """The longest waiting first."""
    apprentices = links.owners_seen_by(db, mentor_id, "pieces") - {mentor_id}
    later = aliased(MilestoneEvent)
    is_followed = (
        sa.select(col(later.id))
        .where(
            col(later.user_id) == MilestoneEvent.user_id,
            col(later.milestone) == MilestoneEvent.milestone,
            col(later.at) > MilestoneEvent.at,
        )
        .exists()
    )
    statement = (
        select(User, MilestoneEvent)
        .join(MilestoneEvent, col(MilestoneEvent.user_id) == User.id)
        .where(col(User.id).in_(apprentices), MilestoneEvent.kind == "submitted", ~is_followed)
        .order_by(col(MilestoneEvent.at))
    )
    return [Waiting(person, event.milestone, event) for person, event in db.exec(statement)]


def apprentice(db: Session, mentor_id: UUID, owner_id: UUID, slug: str) -> User:
    """Whose milestone a mentor may look at: the link shows pieces, and it was handed in or something in it is shared.

    Raises NotAllowed for one's own, NotFound for everybody else's.
    """
    if mentor_id == owner_id:
        raise NotAllowed("This is your own milestone: a mentor marks and verifies it. Yours is under Milestones.")
    if not links.may_see(db, mentor_id, owner_id, "pieces"):
        raise NotFound
    if slug not in open_to_mentors(db, owner_id):
        raise NotFound
    person: User = get_or_404(db, select(User).where(User.id == owner_id))
    return person


def open_to_mentors(db: Session, owner_id: UUID) -> set[str]:
    """The milestones (slugs) of which a mentor who sees pieces may open the page: handed in once, or partly shared."""
    handed_in = select(MilestoneEvent.milestone).where(
        MilestoneEvent.user_id == owner_id, MilestoneEvent.kind == "submitted"
    )
    found = criteria.exhibits(db, owner_id)
    with_shared = {slug for slug, exhibits in found.items() if any(exhibit.piece.shared_at for exhibit in exhibits)}
    return with_shared | set(db.exec(handed_in.distinct()))


def submission(history: list[MilestoneEvent]) -> MilestoneEvent | None:
    """The last handing in, whatever came after. history: the oldest first."""
    return next((event for event in reversed(history) if event.kind == "submitted"), None)


def shared(db: Session, owner_id: UUID, slug: str) -> list[Exhibit]:
    """The evidence that mentors see: no drafts."""
    found = criteria.exhibits(db, owner_id, slug).get(slug, [])
    return [exhibit for exhibit in found if exhibit.piece.shared_at]


def as_measured(
    db: Session, owner_id: UUID, milestone: Milestone, handed_in: MilestoneEvent, shown: list[Exhibit]
) -> tuple[Criterion, ...]:
    """What was handed in, with the figures that the meter found since."""
    over_time = evidence.over_time(db, owner_id, [milestone], {milestone.slug: shown})
    return criteria.measured_again(criteria.from_kept(handed_in.kept), milestone, evidence.heard(shown, over_time))


def with_mark(asked: Iterable[Criterion], mark: Assessment | None) -> tuple[Criterion, ...]:
    """With the mentor's judgement, where it is asked for or given."""
    judged = criteria.mentors(mark, has_mentor=True)
    return tuple(judged if judged and one.id == criteria.MENTOR else one for one in asked)


def assess(
    db: Session, mentor: Person, owner_id: UUID, milestone: Milestone, level: int, comment: str, *, at: datetime
) -> Assessment:
    """Mark an apprentice's work on the rubric. Earlier marks stay; the newest counts."""
    apprentice(db, mentor.id, owner_id, milestone.slug)
    milestones.lock(db, owner_id, milestone.slug, at)
    return _add_mark(db, mentor, owner_id, milestone, level, comment, at)


def send_back(
    db: Session,
    mentor: Person,
    owner_id: UUID,
    milestone: Milestone,
    submission_id: UUID,
    reason: str,
    *,
    at: datetime,
) -> None:
    """Return what was handed in, with the reason. submission_id: the one that this mentor looked at."""
    last = _lock_submission(db, mentor, owner_id, milestone, submission_id, "returned", at)
    if last.kind == "submitted":
        given = milestones.reason_given(reason)
        milestones.add_event(db, last, owner_id, milestone, mentor, "returned", at, reason=given)


def verify(
    db: Session,
    mentor: Person,
    owner_id: UUID,
    milestone: Milestone,
    submission_id: UUID,
    level: int,
    comment: str,
    *,
    at: datetime,
) -> MilestoneEvent:
    """Mark what was handed in, and sign it off. Keeps criteria, reasons, exact files and both marks as they are now.

    submission_id: the one that this mentor looked at; Conflict when another came since.
    level: 3 or 4. Without a comment the rubric's own line stands for it. A second click changes nothing.
    """
    last = _lock_submission(db, mentor, owner_id, milestone, submission_id, "verified", at)
    if last.kind == "verified":
        return last
    if level < SIGNS_OFF:
        raise Refused("Level 3 or 4 signs off. For less, return it and say what is missing.", field="level")
    shown = shared(db, owner_id, milestone.slug)
    if _versions(last) != {str(exhibit.version.id) for exhibit in shown}:
        raise Conflict("The evidence is not what was handed in any more. Return it and ask for it again.")
    said = comment.strip() or milestone.rubric.get(level, "")
    mark = _add_mark(db, mentor, owner_id, milestone, level, said, at)
    kept = _kept(db, owner_id, milestone, last, shown, mark)
    return milestones.add_event(db, last, owner_id, milestone, mentor, "verified", at, kept=kept)


def level_of(submission: MilestoneEvent) -> int:
    """The level that one click verifies at: the learner's own mark where it signs off, else the lowest that does."""
    own_mark = submission.kept.get("marks", {}).get("self")
    return max(SIGNS_OFF, own_mark["level"]) if own_mark else SIGNS_OFF


def reopen(db: Session, mentor: Person, owner_id: UUID, milestone: Milestone, reason: str, *, at: datetime) -> None:
    """Take a verified mark back, with the reason; the history keeps it. On a reopened one it changes nothing."""
    person = apprentice(db, mentor.id, owner_id, milestone.slug)
    last = milestones.lock(db, owner_id, milestone.slug, at)
    if last and last.kind == "reopened":
        return
    if last is None or last.kind != "verified":
        raise Conflict(f"This milestone of {person.name} is not verified now. Reload the page to see where it stands.")
    milestones.add_event(db, last, owner_id, milestone, mentor, "reopened", at, reason=milestones.reason_given(reason))


def _lock_submission(
    db: Session, mentor: Person, owner_id: UUID, milestone: Milestone, submission_id: UUID, wanted: str, at: datetime
) -> MilestoneEvent:
    """The submission that the mentor looked at, or the wanted step if this mentor took it already; else Conflict."""
    person = apprentice(db, mentor.id, owner_id, milestone.slug)
    last = milestones.lock(db, owner_id, milestone.slug, at)
    newest = submission(milestones.history(db, owner_id, milestone.slug))
    if last is None or newest is None or newest.id != submission_id:
        raise Conflict(f"{person.name} sent this again since you opened the page. Look at the new one first.")
    if last.kind == "submitted" or (last.kind == wanted and last.by_id == mentor.id):
        return last
    if last.by_id == owner_id:
        raise Conflict(f"{person.name} took this back since you opened the page. Nothing was changed.")
    who = "You" if last.by_id == mentor.id else last.by_name
    raise Conflict(f"{who} {last.kind} this since you opened the page. Nothing was changed.")


def _kept(
    db: Session,
    owner_id: UUID,
    milestone: Milestone,
    handed_in: MilestoneEvent,
    shown: list[Exhibit],
    mark: Assessment,
) -> dict[str, Any]:
    own_mark = milestones.newest(milestones.marks(db, owner_id, milestone.slug)).get("self")
    asked = with_mark(as_measured(db, owner_id, milestone, handed_in, shown), mark)
    both = {"self": own_mark, "mentor": mark}
    return snapshots.of(db, owner_id, milestone, asked, shown, both) | {"submission": str(handed_in.id)}


def _versions(submission: MilestoneEvent) -> set[str]:
    return {row["version_id"] for row in submission.kept["evidence"]}


def _add_mark(
    db: Session, mentor: Person, owner_id: UUID, milestone: Milestone, level: int, comment: str, at: datetime
) -> Assessment:
    if not comment.strip():
        raise Refused("Say in a line or two what you heard. A mark alone teaches little.", field="comment")
    return milestones.add_mark(db, owner_id, milestone, mentor, "mentor", level, comment, at)
