"""A milestone as its learner sees it, and as a mentor does: what the page shows, gathered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from core.accounts import User
from curriculum import content, recall
from curriculum.content import Library, Milestone
from curriculum.lessons import Place
from mentorship import criteria, links, milestones, sign_offs, snapshots
from mentorship.criteria import Criterion, Exhibit
from mentorship.models.milestones import Assessment, MilestoneEvent
from mentorship.models.pieces import Piece, Version

KEEPING = ("submitted", "verified", "attested")  # kinds of steps that keep criteria and evidence


@dataclass(frozen=True, slots=True)
class Slot:
    """Something the milestone wants to see: what stands for it, and which versions of one's own could."""

    item: content.Evidence
    is_option: bool
    exhibits: tuple[Exhibit, ...]
    offers: tuple[tuple[Piece, Version], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the milestone's history."""

    word: str  # a state, or "marked"
    level: int | None
    text: str  # reason or comment
    by_id: UUID
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """A file that a sign-off names, as it was then. newest: number of the piece's newest version now; None: not to be
    seen here."""

    title: str
    number: int
    item: str
    sha256: str
    newest: int | None
    figures: str  # what the meter had found: "−9.2 LUFS · −1.1 dBTP"
    remarks: str  # "4 fixed, 1 open"


@dataclass(frozen=True, slots=True)
class Page:
    """What both chairs see."""

    milestone: Milestone
    state: str
    criteria: tuple[Criterion, ...]
    is_kept: bool  # the criteria are those of the last handing in
    slots: tuple[Slot, ...]
    marks: Mapping[str, Assessment]  # the newest, by side: self, mentor
    story: tuple[Told, ...]  # the newest first
    submission: MilestoneEvent | None  # the last
    sign_off: MilestoneEvent | None  # of a verified or self-attested one
    signed: tuple[Signed, ...]

    @property
    def newer(self) -> list[Exhibit]:
        """Evidence of which a newer version came since; each piece once."""
        earlier = {one.piece.id: one for slot in self.slots for one in slot.exhibits if one.is_earlier}
        return list(earlier.values())

    @property
    def held(self) -> str:
        """The sessions that the sign-off counted, in words."""
        return snapshots.sessions_in_words(self.sign_off.kept) if self.sign_off else ""

    @property
    def met(self) -> int:
        return criteria.count(self.criteria)[0]

    @property
    def total(self) -> int:
        return criteria.count(self.criteria)[1]

    @property
    def sent_back(self) -> Told | None:
        """Why it is with the learner again."""
        steps = [told for told in self.story if told.level is None]
        return steps[0] if steps and steps[0].word in ("returned", "reopened") else None

    @property
    def unmet(self) -> list[Criterion]:
        """Those that are computed and not met: each wants a reason."""
        return [criterion for criterion in self.criteria if criterion.wants_reason]

    @property
    def targets(self) -> list[Criterion]:
        return [criterion for criterion in self.criteria if criterion.is_word]


@dataclass(frozen=True, slots=True)
class Refresh:
    """A reached milestone whose cards are not known well enough any more. known, wanted: percent predicted."""

    cards: tuple[str, ...]  # to practise
    known: int
    wanted: int


@dataclass(frozen=True, slots=True)
class OwnPage:
    """The learner's own chair."""

    page: Page
    is_open: bool  # evidence can be changed
    mentors: list[User]  # who may verify it
    drafts: tuple[str, ...]  # titles of pieces that handing in will share
    said_before: Mapping[str, str]  # criterion id -> reason of the last handing in
    places: tuple[Place, ...]  # its lessons
    after: tuple[tuple[Milestone, str], ...]  # milestones that come before, and how they stand: advice
    newest: Mapping[UUID, UUID]  # piece -> its newest version
    week: int
    due_on: date | None
    refresh: Refresh | None  # None: it is not reached, or known well enough


def own(db: Session, library: Library, owner_id: UUID, milestone: Milestone, *, at: datetime) -> OwnPage:
    mentors = links.mentors_who_see(db, owner_id, "pieces")
    record = criteria.record(db, library, owner_id, at=at, has_mentor=bool(mentors))
    shown = record.shown.get(milestone.slug, [])
    history = milestones.history(db, owner_id, milestone.slug)
    states = milestones.states(db, owner_id)
    state = states.get(milestone.slug, "not started")
    is_open = state not in milestones.LOCKED
    candidates = criteria.candidates(db, owner_id) if is_open else []
    last_kept = next((event for event in reversed(history) if event.kind in KEEPING), None)
    is_kept = not is_open and last_kept is not None
    asked = criteria.of(milestone, record)
    if is_kept and last_kept:
        asked = criteria.from_kept(last_kept.kept)
        if state == "submitted":
            asked = criteria.measured_again(asked, milestone, record.heard(milestone.slug))
    before = criteria.from_kept(last_kept.kept) if last_kept else ()
    all_marks = milestones.marks(db, owner_id, milestone.slug)
    week, due_on = milestones.due_weeks(db, library, owner_id).get(milestone.slug, (milestone.week, None))
    return OwnPage(
        page=_page(milestone, state, asked, is_kept, shown, candidates, history, all_marks),
        is_open=is_open,
        mentors=mentors,
        drafts=tuple(dict.fromkeys(exhibit.piece.title for exhibit in shown if exhibit.piece.shared_at is None)),
        said_before={criterion.id: criterion.reason for criterion in before if criterion.reason},
        places=tuple(record.places[slug] for slug in milestone.lessons if slug in record.places),
        after=tuple(
            (library.milestones[slug], states.get(slug, "not started"))
            for slug in milestone.after
            if slug in library.milestones
        ),
        newest={piece.id: version.id for piece, version in reversed(candidates)},
        week=week,
        due_on=due_on,
        refresh=_refresh(library, milestone, record.chances) if state in milestones.REACHED else None,
    )


def seen_by_mentor(db: Session, owner_id: UUID, milestone: Milestone) -> Page:
    """Only what was handed in or is shared: criteria and self-mark as of the last handing in, no drafts."""
    history = milestones.history(db, owner_id, milestone.slug)
    submission, shown = sign_offs.submission(history), sign_offs.shared(db, owner_id, milestone.slug)
    state = milestones.state_of(db, owner_id, milestone.slug)
    asked: tuple[Criterion, ...] = ()
    if submission and state == "submitted":
        asked = sign_offs.as_measured(db, owner_id, milestone, submission, shown)
    elif submission:
        asked = criteria.from_kept((history[-1] if state == "verified" else submission).kept)
    all_marks = [
        mark
        for mark in milestones.marks(db, owner_id, milestone.slug)
        if mark.side == "mentor" or (submission and mark.at <= submission.at)
    ]
    return _page(
        milestone,
        state,
        asked,
        submission is not None,
        shown,
        [],
        history,
        all_marks,
    )


def _refresh(library: Library, milestone: Milestone, chances: Mapping[str, float]) -> Refresh | None:
    cards = recall.faded(library, milestone, chances)
    known = recall.of_milestone(library, milestone, chances)
    if not cards or known.recall is None or milestone.recall is None:
        return None
    return Refresh(tuple(cards), int(known.recall * 100), round(milestone.recall * 100))


def _page(
    milestone: Milestone,
    state: str,
    asked: tuple[Criterion, ...],
    is_kept: bool,
    shown: list[Exhibit],
    candidates: list[tuple[Piece, Version]],
    history: list[MilestoneEvent],
    all_marks: list[Assessment],
) -> Page:
    sign_off = history[-1] if history and history[-1].kind in ("verified", "attested") else None
    return Page(
        milestone=milestone,
        state=state,
        criteria=asked,
        is_kept=is_kept,
        slots=tuple(_slot(item, shown, candidates) for item in milestone.evidence),
        marks=milestones.newest(all_marks),
        story=_story(history, all_marks),
        submission=sign_offs.submission(history),
        sign_off=sign_off,
        signed=_signed(sign_off, shown) if sign_off else (),
    )


def _slot(item: content.Evidence, shown: Iterable[Exhibit], candidates: Iterable[tuple[Piece, Version]]) -> Slot:
    here = tuple(exhibit for exhibit in shown if exhibit.evidence.item == item.id)
    linked = {exhibit.version.id for exhibit in here}
    offers = tuple(
        (piece, version) for piece, version in candidates if version.id not in linked and criteria.fits(item, version)
    )
    return Slot(item, item.is_option, here, offers)


def _story(history: list[MilestoneEvent], all_marks: list[Assessment]) -> tuple[Told, ...]:
    steps = [
        Told(milestones.STATES[event.kind], None, event.reason, event.by_id, event.by_name, event.at)
        for event in history
    ]
    marked = [Told("marked", mark.level, mark.comment, mark.by_id, mark.by_name, mark.at) for mark in all_marks]
    return tuple(sorted(steps + marked, key=lambda told: told.at, reverse=True))


def _signed(sign_off: MilestoneEvent, shown: Iterable[Exhibit]) -> tuple[Signed, ...]:
    newest = {str(exhibit.version.id): exhibit.newest for exhibit in shown}
    return tuple(
        Signed(
            title=row["piece"],
            number=row["number"],
            item=row["item_title"],
            sha256=row["sha256"],
            newest=newest.get(row["version_id"]),
            figures=snapshots.figures_in_words(row),
            remarks=snapshots.remarks_in_words(row),
        )
        for row in sign_off.kept["evidence"]
    )
