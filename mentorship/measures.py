"""What a version's page shows of its measures: figures beside targets, pictures beside a reference, and guesses.

References are somebody else's records that a learner compares with: pieces of their own kind, out of all lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.errors import Refused
from curriculum.audio.names import KEYS, sureness
from curriculum.content import Library, Milestone, Target
from mentorship import figure_words, measuring, meter_pictures, milestones
from mentorship.figure_words import Row, Window, number_of
from mentorship.meter_pictures import Picture
from mentorship.models.milestones import Evidence
from mentorship.models.pieces import Measurement, Piece, Version

TEMPOS = (20.0, 400.0)  # quarter notes a minute
UNDER_WAY = ("in progress", "returned", "reopened")


@dataclass(frozen=True, slots=True)
class Reference:
    piece: Piece
    version: Version
    state: str  # of its measuring: waiting, measuring, ready, failed; "": never asked for

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"


@dataclass(frozen=True, slots=True)
class Guess:
    """What the meter makes of tempo or key, and what the owner says."""

    said: str  # the owner's word; "": none
    heard: str  # the guess in words; "": none
    why: str  # why there is none
    sureness: str  # likely, maybe, hardly more than chance
    choices: tuple[tuple[str, str, str], ...]  # (value to send, words of its button, what it is)


@dataclass(frozen=True, slots=True)
class Panel:
    rows: list[Row]
    words: list[str]  # what is odd about the sound
    asked_by: list[str]  # "M15 Streaming master": whose targets stand beside the figures
    is_evidence: bool  # for those; else the owner works on them
    tempo: Guess
    key: Guess
    loudness: Picture | None
    loudness_said: str
    loudness_table: list[tuple[str, str, str]]
    spectrum: Picture | None
    spectrum_said: str
    spectrum_table: list[tuple[str, ...]]
    reference: Reference | None
    references: list[Reference]  # those that are measured
    meter: str


def panel(
    db: Session, library: Library, viewer_id: UUID, piece: Piece, version: Version, *, reference_id: str | None = None
) -> Panel | None:
    """None until the version is measured. reference_id: of a piece to compare with; "": none; None: the newest."""
    row = measuring.row_of(db, version)
    if row is None or row.state != "ready":
        return None
    figures, curves = row.figures, row.curves
    asked_by, windows, is_evidence = _windows(db, library, piece, version, is_own=viewer_id == piece.user_id)
    ready = [one for one in references(db, viewer_id, piece.user_id) if one.is_ready and one.piece.id != piece.id]
    named = [one for one in ready if str(one.piece.id) == reference_id]
    chosen = named[0] if named else ready[0] if ready and reference_id is None else None
    other = measuring.row_of(db, chosen.version) if chosen else None
    bands, other_bands = _bands(curves), _matched(figures, other)
    spectrum = curves.get("spectrum") or {}
    hertz = spectrum.get("hz") or []
    curve = curves.get("loudness") or {}
    window = next((one for one in windows if one.measure == "integrated"), None)
    return Panel(
        figure_words.rows(figures, windows),
        [str(one) for one in figures.get("words") or []],
        asked_by,
        is_evidence,
        _tempo(piece, figures),
        _key(piece, figures),
        meter_pictures.loudness(curve, other=other.curves.get("loudness") if other else None, window=_ends(window)),
        _loudness_said(figures),
        meter_pictures.loudness_table(curve),
        meter_pictures.spectrum(hertz, bands, other=other_bands) if bands else None,
        meter_pictures.differences(hertz, bands, other_bands) if other_bands else "",
        meter_pictures.spectrum_table(hertz, bands, other_bands),
        chosen,
        ready,
        row.meter,
    )


def references(db: Session, viewer_id: UUID, owner_id: UUID) -> list[Reference]:
    """The owner's references with a sound, the newest first; to others those that are no drafts. Who asks must be
    somebody who sees the owner's pieces."""
    newest = (
        sa.select(sa.func.max(col(Version.number)))
        .where(col(Version.user_id) == Piece.user_id, col(Version.piece_id) == Piece.id, col(Version.kind) == "audio")
        .correlate(Piece)
        .scalar_subquery()
    )
    wanted: list[Any] = [Piece.user_id == owner_id, col(Piece.is_reference).is_(True), col(Piece.archived_at).is_(None)]
    if viewer_id != owner_id:
        wanted.append(col(Piece.shared_at).is_not(None))
    its_version = sa.and_(
        col(Version.user_id) == Piece.user_id, col(Version.piece_id) == Piece.id, col(Version.number) == newest
    )
    rows = db.exec(
        select(Piece, Version, Measurement.state)
        .join(Version, its_version)
        .outerjoin(Measurement, measuring.OF_VERSION)
        .where(*wanted)
        .order_by(col(Piece.created_at).desc(), col(Piece.id).desc())
    )
    return [Reference(piece, version, state or "") for piece, version, state in rows]


def say_tempo(piece: Piece, bpm: float | None) -> None:
    """The owner's word, which wins over the guess; None takes it back."""
    if bpm is not None and not TEMPOS[0] <= bpm <= TEMPOS[1]:
        raise Refused(f"A tempo lies between {TEMPOS[0]:g} and {TEMPOS[1]:g} BPM. Check the number.", field="tempo")
    piece.tempo = None if bpm is None else round(bpm, 2)


def say_key(piece: Piece, name: str) -> None:
    """The owner's word; "" takes it back."""
    if name and name not in KEYS:
        raise Refused("This is no key that we know. Choose one of the list.", field="key")
    piece.key = name


def _windows(
    db: Session, library: Library, piece: Piece, version: Version, *, is_own: bool
) -> tuple[list[str], list[Window], bool]:
    """Of the milestones for which this version is evidence; else, for its owner, of the first one under way that the
    meter can say something to."""
    rows = db.exec(
        select(Evidence.milestone, Evidence.item).where(
            Evidence.user_id == piece.user_id, Evidence.version_id == version.id, col(Evidence.unlinked_at).is_(None)
        )
    )
    items: dict[str, set[str]] = {}
    for slug, item in rows:
        items.setdefault(slug, set()).add(item)
    found = {slug: windows_of(library.milestones[slug], items[slug]) for slug in library.milestones if slug in items}
    if not items and is_own and not piece.is_reference:
        states = milestones.states(db, piece.user_id)
        under_way = (one for slug, one in library.milestones.items() if states.get(slug) in UNDER_WAY)
        first = next(((one.slug, windows_of(one, None)) for one in under_way if windows_of(one, None)), None)
        found = dict([first]) if first else {}
    asked_by = [_name(library.milestones[slug]) for slug, windows in found.items() if windows]
    return asked_by, [window for windows in found.values() for window in windows], bool(items)


def windows_of(milestone: Milestone, items: set[str] | None) -> list[Window]:
    """Its targets on these items of evidence (None: any) that a single version can meet by itself."""
    return [
        Window(one.measure, one.lowest, one.highest, one.title, _name(milestone))
        for one in milestone.targets
        if _is_plain(one) and (items is None or items & set(one.of))
    ]


def _is_plain(target: Target) -> bool:
    has_bound = target.lowest is not None or target.highest is not None
    return bool(target.measure) and has_bound and target.share is None and not target.no_more_than


def _name(milestone: Milestone) -> str:
    return f"M{milestone.number:02} {milestone.title}"


def _ends(window: Window | None) -> tuple[float, float] | None:
    if window is None:
        return None
    low = meter_pictures.LOWEST if window.lowest is None else window.lowest
    return low, meter_pictures.HIGHEST if window.highest is None else window.highest


def _bands(curves: Mapping[str, Any]) -> list[float | None]:
    return list((curves.get("spectrum") or {}).get("db") or [])


def _matched(figures: Mapping[str, Any], other: Measurement | None) -> list[float | None] | None:
    """A reference's spectrum, made as loud as this version."""
    if other is None:
        return None
    own, theirs = number_of(figures, "integrated"), number_of(other.figures, "integrated")
    bands = _bands(other.curves)
    if own is None or theirs is None or not bands:
        return None
    return meter_pictures.lifted(bands, own - theirs)


def _loudness_said(figures: Mapping[str, Any]) -> str:
    rows = {row.measure: row for row in figure_words.rows(figures)}
    whole, loudest = rows.get("integrated"), rows.get("short_term_max")
    if not (whole and whole.value and loudest and loudest.value):
        return ""
    return f"{whole.value} over the whole; the loudest three seconds begin at {loudest.at_words}, with {loudest.value}."


def _tempo(piece: Piece, figures: Mapping[str, Any]) -> Guess:
    guess = number_of(figures, "tempo")
    said = "" if piece.tempo is None else f"{piece.tempo:g} BPM"
    if guess is None:
        return Guess(said, "", _why(figures, "tempo"), "", ())
    half, double = number_of(figures, "tempo_half"), number_of(figures, "tempo_double")
    offered = [(guess, "right"), (half, "half"), (double, "double")]
    choices = tuple(
        (f"{value:g}", f"{value:g} BPM", word)
        for value, word in offered
        if value is not None and TEMPOS[0] <= value <= TEMPOS[1] and value != piece.tempo
    )
    return Guess(said, f"{guess:g} BPM", "", _sureness(figures, "tempo"), choices)


def _key(piece: Piece, figures: Mapping[str, Any]) -> Guess:
    names = [str(figures[name]) for name in ("key", "key_second") if figures.get(name)]
    if not figures.get("key"):
        return Guess(piece.key, "", _why(figures, "key"), "", ())
    words = ("right", "second best")
    choices = tuple((name, name, word) for name, word in zip(names, words, strict=False) if name != piece.key)
    return Guess(piece.key, names[0], "", _sureness(figures, "key"), choices)


def _why(figures: Mapping[str, Any], name: str) -> str:
    return str((figures.get("reasons") or {}).get(name) or "The meter has no guess.")


def _sureness(figures: Mapping[str, Any], name: str) -> str:
    return sureness(number_of(figures, f"{name}_confidence") or 0.0)
