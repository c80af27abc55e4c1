"""A/B: versions of a piece and a reference of its owner's side by side, as loud as each other, and blind on wish."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import User
from core.errors import NotFound, Refused
from core.ids import uuid7
from mentorship import matching, portfolio
from mentorship.models.pieces import Comparison, Measurement, Piece, Version

MOST_VERSIONS = 4
MOST_ROUNDS = 20
SOUGHT_ROUGHLY = {"audio/mpeg", "audio/ogg"}  # a second in their middle is found by a guess, some 10 ms off or more
SHOWN = 5  # comparisons on the page of a piece


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be compared: a version of the piece, or the newest of a reference."""

    version: Version
    name: str  # "V2", or the reference's title
    is_reference: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of those that are compared."""

    choice: Choice
    loudness: float | None  # integrated on two speakers, LUFS
    gain: float  # dB, 0 or less
    has_peaks: bool
    is_exact: bool  # whether a browser finds a second of its file to the sample


@dataclass(frozen=True, slots=True)
class Deck:
    sides: list[Side]
    unmeasured: list[str]  # names of those without a loudness; with any of them nothing is matched

    @property
    def seconds(self) -> float:
        """As long as the longest."""
        return max(side.choice.version.seconds or 0.0 for side in self.sides)


@dataclass(frozen=True, slots=True)
class Result:
    """A blind comparison that was finished: how often each was preferred, the most often first."""

    comparison: Comparison
    rounds: int
    preferred: list[tuple[str, int]]  # (name, rounds), those never preferred too
    by_chance: float  # how likely a guess gives as much

    @property
    def winner(self) -> str:
        """Its name; "" where two share the first place."""
        first, second = self.preferred[:2]
        return first[0] if first[1] > second[1] else ""


def choices(db: Session, viewer_id: UUID, piece: Piece) -> list[Choice]:
    """What somebody who sees this piece can compare: its versions, the newest first, then the owner's references."""
    versions = [one for one in portfolio.versions(db, piece) if _plays(one)]
    found = [Choice(one, f"V{one.number}", is_reference=False) for one in versions]
    return found + [Choice(version, title, is_reference=True) for title, version in _references(db, viewer_id, piece)]


def usual(offered: Sequence[Choice], version_id: UUID) -> list[UUID]:
    """The versions to begin with: this one, the one before it, and the first reference; none where there is but one."""
    versions = [one.version for one in offered if not one.is_reference]
    shown = next((place for place, one in enumerate(versions) if one.id == version_id), None)
    if shown is None:
        return []
    other = versions[shown + 1 : shown + 2] or versions[max(0, shown - 1) : shown]
    ids = [versions[shown].id, *(one.id for one in other)]
    ids += [one.version.id for one in offered if one.is_reference][:1]
    return ids if len(ids) > 1 else []


def deck(db: Session, offered: Sequence[Choice], version_ids: Sequence[UUID]) -> Deck:
    """These versions side by side, in this order. What is not offered is not found."""
    by_id = {one.version.id: one for one in offered}
    if any(version_id not in by_id for version_id in version_ids):
        raise NotFound
    chosen = [by_id[version_id] for version_id in dict.fromkeys(version_ids)]
    if len(chosen) < 2:
        raise Refused("Choose two to compare: two versions, or a version and a reference.", field="side")
    if sum(not one.is_reference for one in chosen) > MOST_VERSIONS or sum(one.is_reference for one in chosen) > 1:
        raise Refused(
            f"Choose at most {MOST_VERSIONS} versions and one reference. More cannot be told apart.", field="side"
        )
    measured = _measured(db, [one.version for one in chosen])
    loudness = [_as_heard(one.version, measured.get(one.version.id)) for one in chosen]
    gains = matching.gains(loudness) or [0.0] * len(chosen)
    return Deck(
        [
            _side(one, loud, gain, measured.get(one.version.id))
            for one, loud, gain in zip(chosen, loudness, gains, strict=True)
        ],
        [one.name for one, loud in zip(chosen, loudness, strict=True) if loud is None],
    )


def keep(
    db: Session,
    viewer_id: UUID,
    piece_id: UUID,
    compared: Sequence[UUID],
    preferred: Sequence[UUID],
    *,
    at: datetime,
) -> Comparison:
    """Keep what somebody preferred in each round of a blind comparison, before they knew which is which."""
    piece = portfolio.find(db, viewer_id, piece_id)
    sides = deck(db, choices(db, viewer_id, piece), compared).sides
    ids = [side.choice.version.id for side in sides]
    if not 1 <= len(preferred) <= MOST_ROUNDS:
        raise Refused(f"A blind comparison has 1 to {MOST_ROUNDS} rounds. Begin it again.", field="preferred")
    if not set(preferred) <= set(ids):
        raise Refused("One of the rounds names a version that was not compared. Begin it again.", field="preferred")
    row = Comparison(
        user_id=piece.user_id,
        id=uuid7(),
        piece_id=piece.id,
        by_id=viewer_id,
        by_name=db.get_one(User, viewer_id).name,
        compared=[str(one) for one in ids],
        preferred=[str(one) for one in preferred],
        at=at,
    )
    db.add(row)
    return row


def results(db: Session, piece: Piece, offered: Sequence[Choice]) -> list[Result]:
    """The last blind comparisons of a piece, the newest first. A reference that is not offered stays without a name."""
    newest = (
        select(Comparison)
        .where(Comparison.user_id == piece.user_id, Comparison.piece_id == piece.id)
        .order_by(col(Comparison.at).desc(), col(Comparison.id).desc())
        .limit(SHOWN)
    )
    names = {str(one.version.id): one.name for one in offered}
    return [result_of(row, names) for row in db.exec(newest)]


def result_of(row: Comparison, names: dict[str, str]) -> Result:
    """names: version id -> how it is called."""
    counts = Counter(row.preferred)
    shown = [(names.get(one, "a reference"), counts[one]) for one in row.compared]
    shown.sort(key=lambda pair: -pair[1])
    chance = matching.by_chance(len(row.preferred), shown[0][1], len(row.compared))
    return Result(row, len(row.preferred), shown, chance)


def _plays(version: Version) -> bool:
    return version.kind == "audio" and bool(version.seconds)


def _references(db: Session, viewer_id: UUID, piece: Piece) -> list[tuple[str, Version]]:
    """(title, newest sound) of the owner's other references by title; to a mentor, those that are no drafts."""
    wanted: list[Any] = [
        Piece.user_id == piece.user_id,
        Piece.id != piece.id,
        col(Piece.is_reference).is_(True),
        col(Piece.archived_at).is_(None),
        Version.kind == "audio",
    ]
    if viewer_id != piece.user_id:
        wanted.append(col(Piece.shared_at).is_not(None))
    rows = db.exec(
        select(Piece, Version)
        .join(Version, portfolio.OF_PIECE)
        .where(*wanted)
        .order_by(sa.func.lower(Piece.title), col(Piece.id), col(Version.number).desc())
    )
    newest: dict[UUID, tuple[str, Version]] = {}
    for reference, version in rows:
        if _plays(version):
            newest.setdefault(reference.id, (reference.title, version))
    return list(newest.values())


def _side(choice: Choice, loudness: float | None, gain: float, measured: Measurement | None) -> Side:
    is_copied = bool(measured and measured.listen_sha256)
    is_exact = is_copied or choice.version.media_type not in SOUGHT_ROUGHLY
    return Side(choice, loudness, gain, bool(measured and measured.peaks_sha256), is_exact)


def _measured(db: Session, versions: Collection[Version]) -> dict[UUID, Measurement]:
    owners, ids = {one.user_id for one in versions}, {one.id for one in versions}
    wanted = (col(Measurement.user_id).in_(owners), col(Measurement.version_id).in_(ids))
    return {row.version_id: row for row in db.exec(select(Measurement).where(*wanted))}


def _as_heard(version: Version, measured: Measurement | None) -> float | None:
    """Integrated loudness on two speakers, in LUFS. A browser mixes more than two channels down in a way of its own, so
    that nothing is known of them."""
    found = measured.figures.get("integrated") if measured and measured.state == "ready" else None
    if not isinstance(found, int | float) or version.channels not in (1, 2):
        return None
    return found + (matching.BOTH_SPEAKERS if version.channels == 1 else 0.0)
