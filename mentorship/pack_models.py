"""What stands in an evidence pack, as plain values: paper, page and archive are written from these alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.words import size as size_words
from mentorship.figure_words import Window


@dataclass(frozen=True, slots=True)
class Scope:
    """What a pack is of. milestone: slug; "" for the whole portfolio. drafts: pieces that nobody else sees, too."""

    milestone: str = ""
    drafts: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply under a remark."""

    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What became of a remark. number: of the version in which it did; None: no version was named."""

    kind: str  # fixed, yes, not yet, dropped, reopened
    number: int | None
    by: str
    text: str
    at: datetime

    @property
    def words(self) -> str:
        """As in "fixed in V2, Ada"."""
        where = f" in V{self.number}" if self.number else ""
        return f"{self.kind}{where}, {self.by}"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark. start, end: seconds; end is None for a moment."""

    number: int  # of its flag
    kind: str
    start: float
    end: float | None
    by: str
    text: str
    at: datetime
    steps: Sequence[Step]
    replies: Sequence[Answer]

    @property
    def state(self) -> str:
        """open, fixed in V2, yes in V2, not yet in V2, dropped, reopened."""
        if not self.steps:
            return "praise" if self.kind == "praise" else "open"
        last = self.steps[-1]
        return last.kind + (f" in V{last.number}" if last.number else "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decided about a version: approved, changes."""

    word: str
    by: str
    is_own: bool  # the maker's own word
    at: datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """What the meter says. state: ready, waiting, measuring, failed; "": this is no sound, or was never measured."""

    state: str = ""
    reason: str = ""
    meter: str = ""
    figures: Mapping[str, Any] | None = None
    windows: Sequence[Window] = ()  # what milestones ask of them
    peaks_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Take:
    """A version of a piece. path: of its file in the pack; "": its file is not in it, for `why_not`."""

    id: UUID
    number: int
    file_name: str
    kind: str
    media_type: str
    format: str  # "WAV, 48 kHz, stereo"
    uploaded_at: datetime
    sha256: str
    size: int
    seconds: float | None
    changes: str
    warning: str
    path: str
    why_not: str
    measured: Measured
    verdicts: Sequence[Verdict]
    notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class Credit:
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Praise:
    """What a client said, and said yes to."""

    name: str
    text: str
    yes_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A piece, with those of its versions that the pack tells of, the newest first."""

    id: UUID
    title: str
    role: str
    genre: str
    about: str
    client: str
    tempo: float | None
    key: str
    credits: Sequence[Credit]
    praise: Sequence[Praise]
    takes: Sequence[Take]


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion. note: its figures in words; figures: the same as plain values, where it is a measured target."""

    id: str
    title: str
    state: str
    note: str
    reason: str
    figures: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    side: str  # self, mentor
    by: str
    level: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """An exact version as evidence of an item."""

    item: str
    piece: str
    version_id: UUID
    number: int
    uploaded_at: datetime
    format: str
    size: int
    sha256: str
    path: str  # in the pack; "": its file is not in it


@dataclass(frozen=True, slots=True)
class Happened:
    """A step of a milestone: submitted, returned, verified, reopened, self-attested."""

    word: str
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Chapter:
    """A milestone."""

    number: int
    slug: str
    title: str
    phase: str
    state: str
    is_kept: bool  # criteria as of the last handing in
    criteria: Sequence[Asked]
    rubric: Mapping[int, str]
    marks: Sequence[Mark]  # the newest of each side
    shown: Sequence[Shown]
    story: Sequence[Happened]  # the oldest first


@dataclass(frozen=True, slots=True)
class Meeting:
    """A signed session."""

    starts_at: datetime
    minutes: int
    learner: str
    signed_at: datetime
    mentor: str
    mentor_signed_at: datetime


@dataclass(frozen=True, slots=True)
class Contents:
    title: str
    owner: str
    zone: str  # of all moments on paper
    made_at: datetime
    scope: Scope
    chapters: Sequence[Chapter]
    pieces: Sequence[Made]
    meetings: Sequence[Meeting]
    left_out: Sequence[str]  # sentences

    @property
    def files(self) -> list[Take]:
        """Whose file is in the pack, each path once."""
        found = {take.path: take for piece in self.pieces for take in piece.takes if take.path}
        return list(found.values())

    @property
    def minutes(self) -> int:
        """Of all its meetings."""
        return sum(meeting.minutes for meeting in self.meetings)


def size_of(takes: Sequence[Take]) -> str:
    return size_words(sum(take.size for take in takes))
