"""What goes into an evidence pack: gathered from one person's own rows, and from nobody's else."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core.accounts import User
from curriculum.content import Library
from mentorship import criteria, file_kinds, pack_chapters, pack_remarks, states
from mentorship.criteria import Exhibit
from mentorship.figure_words import Window
from mentorship.measures import windows_of
from mentorship.models.meetings import StudioSession
from mentorship.models.pieces import Feedback, Measurement, Piece, Testimonial, Version
from mentorship.pack_formats import format_of
from mentorship.pack_models import (
    Contents,
    Credit,
    Made,
    Measured,
    Meeting,
    Note,
    Praise,
    Scope,
    Take,
    Verdict,
)

LONGEST_STEM = 60  # characters of a file's name before its version
GONE = "Its file is missing on the server."
EARLIER = "An earlier version: its file is not in this pack."
IsThere = Callable[[str], bool]  # whether the storage has the file with this SHA-256


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which pieces a pack tells of, and of which versions it has the files."""

    pieces: Sequence[Piece]
    versions: Mapping[UUID, Sequence[Version]]  # by piece, the oldest first
    files: frozenset[UUID]  # versions
    exhibits: Mapping[str, Sequence[Exhibit]]  # by milestone
    left_out: Sequence[str]

    @property
    def size(self) -> int:
        """Octets of the files, the same content once."""
        mine = (version for versions in self.versions.values() for version in versions if version.id in self.files)
        return sum({version.sha256: version.size for version in mine}.values())


def choose(db: Session, user_id: UUID, scope: Scope) -> Chosen:
    """Of a milestone: what stands as its evidence. Of the portfolio: the newest version of each piece and whatever is
    evidence of a milestone; without drafts (but where they are evidence, or wished for) and archived pieces. Records
    of somebody else, kept to compare with, are never in it."""
    exhibits = criteria.exhibits(db, user_id, scope.milestone or None)
    linked = {one.version.id for found in exhibits.values() for one in found if not one.piece.is_reference}
    shown = {one.piece.id for found in exhibits.values() for one in found}
    rows = db.exec(select(Piece).where(Piece.user_id == user_id).order_by(col(Piece.created_at), col(Piece.id))).all()
    if scope.milestone:
        pieces = [piece for piece in rows if piece.id in shown]
    else:
        pieces = [piece for piece in rows if piece.id in shown or _is_open(piece, scope.drafts)]
    own = [piece for piece in pieces if not piece.is_reference]
    versions = _versions(db, user_id, {piece.id for piece in own})
    newest = {found[-1].id for found in versions.values()} if not scope.milestone else set()
    return Chosen(
        own, versions, frozenset(linked | newest), exhibits, _left_out(rows, own, scope, len(pieces) - len(own))
    )


def gather(db: Session, library: Library, user_id: UUID, scope: Scope, *, is_there: IsThere, at: datetime) -> Contents:
    """Everything that a pack says. is_there: asked of each file that should be in it."""
    owner = db.get_one(User, user_id)
    chosen = choose(db, user_id, scope)
    paths = _paths(chosen)
    pieces = _pieces(db, library, user_id, chosen, paths, is_there)
    here = {take.id: take.path for piece in pieces for take in piece.takes}
    chapters = pack_chapters.of_learner(db, library, user_id, scope, chosen.exhibits, here, at=at)
    title = f"M{chapters[0].number:02d} {chapters[0].title}" if scope.milestone and chapters else "Portfolio"
    return Contents(
        title=title,
        owner=owner.name,
        zone=owner.zone,
        made_at=at,
        scope=scope,
        chapters=chapters,
        pieces=pieces,
        meetings=meetings(db, owner, scope.milestone),
        left_out=chosen.left_out,
    )


def meetings(db: Session, owner: User, milestone: str = "") -> list[Meeting]:
    """Meetings that both signed, the oldest first; of one milestone, those that served it."""
    signed = (col(StudioSession.signed_at).is_not(None), col(StudioSession.mentor_signed_at).is_not(None))
    rows = db.exec(
        select(StudioSession, User.name)
        .join(User, col(User.id) == StudioSession.mentor_id, isouter=True)
        .where(StudioSession.user_id == owner.id, StudioSession.kind == "meeting", states.was_held(), *signed)
        .order_by(col(StudioSession.starts_at), col(StudioSession.id))
    )
    found = []
    for session, mentor in rows:
        if session.signed_at and session.mentor_signed_at and (not milestone or milestone in session.milestones):
            found.append(
                Meeting(
                    starts_at=session.starts_at,
                    minutes=states.minutes_of(session),
                    learner=owner.name,
                    signed_at=session.signed_at,
                    mentor=mentor or "a mentor whose account is gone",
                    mentor_signed_at=session.mentor_signed_at,
                )
            )
    return found


# -- pieces --------------------------------------------------------------------------------------------------


def _is_open(piece: Piece, drafts: bool) -> bool:
    return piece.archived_at is None and (drafts or piece.shared_at is not None)


def _left_out(rows: Sequence[Piece], own: Sequence[Piece], scope: Scope, references: int) -> list[str]:
    """In sentences, for whoever wonders. How many drafts there are is nobody's business but the owner's."""
    if scope.milestone:
        return ["Recordings by somebody else that stand there to compare with are left out."] if references else []
    return ["Drafts, archived pieces and recordings by somebody else are left out."] if len(own) < len(rows) else []


def _versions(db: Session, user_id: UUID, piece_ids: Collection[UUID]) -> dict[UUID, list[Version]]:
    found: dict[UUID, list[Version]] = {}
    statement = select(Version).where(Version.user_id == user_id, col(Version.piece_id).in_(piece_ids))
    for version in db.exec(statement.order_by(col(Version.number))):
        found.setdefault(version.piece_id, []).append(version)
    return found


def _paths(chosen: Chosen) -> dict[UUID, str]:
    """version id -> where its file lies in the pack: names that every system takes."""
    paths: dict[UUID, str] = {}
    taken: set[str] = set()
    for piece in chosen.pieces:
        for version in chosen.versions.get(piece.id, ()):
            if version.id in chosen.files:
                stem = f"{_safe(piece.title)}-v{version.number}"
                ending = file_kinds.ENDINGS.get(version.media_type, "bin")
                name, again = f"{stem}.{ending}", 2
                while name in taken:
                    name, again = f"{stem}-{again}.{ending}", again + 1
                taken.add(name)
                paths[version.id] = f"evidence/{name}"
    return paths


def _safe(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_STEM].rstrip("-") or "piece"


def _pieces(
    db: Session, library: Library, user_id: UUID, chosen: Chosen, paths: Mapping[UUID, str], is_there: IsThere
) -> list[Made]:
    numbers = {version.id: version.number for found in chosen.versions.values() for version in found}
    notes = pack_remarks.of_versions(db, user_id, numbers)
    measured = _measured(db, user_id, numbers, _windows(library, chosen))
    verdicts = _verdicts(db, user_id, numbers)
    praise = _praise(db, user_id, chosen.versions)

    def take(version: Version) -> Take:
        path = paths.get(version.id, "")
        why_not = "" if path else EARLIER
        if path and not is_there(version.sha256):
            path, why_not = "", GONE
        return _take(
            version,
            path,
            why_not,
            measured.get(version.id, Measured()),
            verdicts.get(version.id, []),
            notes.get(version.id, []),
        )

    made = []
    for piece in chosen.pieces:
        versions = chosen.versions.get(piece.id, ())
        last = max((version.number for version in versions if version.id in chosen.files), default=0)
        told = [one for one in versions if one.id in chosen.files or (one.number < last and one.id in notes)]
        if told:
            made.append(_made(piece, praise.get(piece.id, []), [take(version) for version in reversed(told)]))
    return made


def _made(piece: Piece, praise: Sequence[Praise], takes: Sequence[Take]) -> Made:
    return Made(
        id=piece.id,
        title=piece.title,
        role=piece.role,
        genre=piece.genre,
        about=piece.about,
        client=piece.client,
        tempo=piece.tempo,
        key=piece.key,
        credits=[Credit(one.get("name", ""), one.get("role", "")) for one in piece.credits],
        praise=praise,
        takes=takes,
    )


def _take(
    version: Version, path: str, why_not: str, measured: Measured, verdicts: Sequence[Verdict], notes: Sequence[Note]
) -> Take:
    return Take(
        id=version.id,
        number=version.number,
        file_name=version.file_name,
        kind=version.kind,
        media_type=version.media_type,
        format=format_of(version),
        uploaded_at=version.uploaded_at,
        sha256=version.sha256,
        size=version.size,
        seconds=version.seconds,
        changes=version.changes,
        warning=version.warning,
        path=path,
        why_not=why_not,
        measured=measured,
        verdicts=verdicts,
        notes=notes,
    )


def _windows(library: Library, chosen: Chosen) -> dict[UUID, list[Window]]:
    """version id -> what the milestones ask of its sound; of earlier versions as of the one that is evidence."""
    asked: dict[UUID, dict[str, set[str]]] = {}
    for slug, exhibits in chosen.exhibits.items():
        for one in exhibits if slug in library.milestones else ():
            asked.setdefault(one.piece.id, {}).setdefault(slug, set()).add(one.evidence.item)
    return {
        version.id: [window for slug, items in found.items() for window in windows_of(library.milestones[slug], items)]
        for piece_id, found in asked.items()
        for version in chosen.versions.get(piece_id, ())
    }


def _measured(
    db: Session, user_id: UUID, version_ids: Collection[UUID], windows: Mapping[UUID, Sequence[Window]]
) -> dict[UUID, Measured]:
    mine = (Measurement.user_id == user_id, col(Measurement.version_id).in_(version_ids))
    return {
        row.version_id: Measured(
            row.state, row.reason, row.meter, dict(row.figures), windows.get(row.version_id, ()), row.peaks_sha256
        )
        for row in db.exec(select(Measurement).where(*mine))
    }


def _verdicts(db: Session, user_id: UUID, version_ids: Collection[UUID]) -> dict[UUID, list[Verdict]]:
    mine = (Feedback.user_id == user_id, col(Feedback.version_id).in_(version_ids), Feedback.verdict != "")
    given = (col(Feedback.given_at).is_not(None), col(Feedback.withdrawn_at).is_(None))
    found: dict[UUID, list[Verdict]] = defaultdict(list)
    for row in db.exec(select(Feedback).where(*mine, *given).order_by(col(Feedback.given_at), col(Feedback.id))):
        if row.given_at:
            is_own = row.side == "self"
            found[row.version_id].append(Verdict(row.verdict, row.from_name, is_own, row.given_at))
    return found


def _praise(db: Session, user_id: UUID, piece_ids: Collection[UUID]) -> dict[UUID, list[Praise]]:
    """Only with the client's yes, not taken back, and not hidden by the owner."""
    mine = (Testimonial.user_id == user_id, col(Testimonial.piece_id).in_(piece_ids))
    said = (col(Testimonial.yes_at).is_not(None), col(Testimonial.withdrawn_at).is_(None), Testimonial.text != "")
    found: dict[UUID, list[Praise]] = defaultdict(list)
    for row in db.exec(
        select(Testimonial)
        .where(*mine, *said, col(Testimonial.hidden_at).is_(None))
        .order_by(col(Testimonial.yes_at), col(Testimonial.id))
    ):
        if row.yes_at:
            found[row.piece_id].append(Praise(row.name, row.text, row.yes_at))
    return found
