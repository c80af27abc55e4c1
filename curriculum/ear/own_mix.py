"""Questions on a stretch of the learner's own mix, in the place of a generated source."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from uuid import UUID

from sqlmodel import Session

from curriculum.ear.asked import Spec

if TYPE_CHECKING:
    from numpy import ndarray

SKILLS = ("eq", "filter", "compression", "level", "width")  # whose questions are pairs on a source
MOST_MS = 8000  # of a mix
SHORTEST_S = 3.0  # mixes that are shorter are not offered


class Mix(NamedTuple):
    """A measured version of a piece that the learner can train on. first, last: a loud stretch of it, ms."""

    id: UUID  # of the version
    title: str
    sha256: str
    first: int
    last: int


class Mixes(Protocol):
    """Where own mixes come from: the app hands it in, since pieces are not this wing's."""

    def offered(self, db: Session, user_id: UUID) -> list[Mix]:
        """The learner's own, the newest first."""

    def find(self, db: Session, user_id: UUID, version_id: UUID) -> Mix | None:
        """One of those; None for anybody else's, and for one that is gone."""

    def cut(self, mix: Mix, out: Path) -> None:
        """Write its stretch as FLAC. Refused when it cannot be read."""


def pair(specs: Sequence[Spec], clip: Path) -> "tuple[ndarray[Any, Any], ndarray[Any, Any]]":
    """Both sides of a question, made of the clip: matched in loudness but where the level is what is asked.

    clip: FLAC that we wrote ourselves.
    """
    from curriculum.synth import levels

    rate = specs[0]["rate"]
    sound = _read(clip, rate)
    first, second = (_done(sound, one) for one in specs)
    if specs[0]["kind"] == "level":
        one, other = levels.finish_all((first, second), rate)
        return one, other
    return levels.matched(levels.finish(first, rate), levels.finish(second, rate), rate)


def _read(clip: Path, rate: int) -> "ndarray[Any, Any]":
    """Two sides at this rate."""
    from math import gcd

    import numpy
    import soundfile
    from scipy.signal import resample_poly

    sound, own_rate = soundfile.read(clip, dtype="float64", always_2d=True)
    if own_rate != rate:
        shared = gcd(rate, own_rate)
        sound = resample_poly(sound, rate // shared, own_rate // shared, axis=0)
    return numpy.repeat(sound, 2, axis=1) if sound.shape[1] == 1 else sound[:, :2]


def _done(sound: "ndarray[Any, Any]", spec: Spec) -> "ndarray[Any, Any]":
    import numpy

    from curriculum.synth import dynamics, filters, space

    if not spec["on"]:
        return sound
    rate = spec["rate"]
    match spec["kind"]:
        case "eq":
            sections = filters.eq_sections(spec["bands"], rate)
        case "filter":
            sections = filters.filter_sections(spec["type"], spec["freq_hz"], spec["q"], spec["slope"], rate)
        case "level":
            return sound * 10 ** (spec["change_db"] / 20)
        case "width":
            return space.widened(sound, spec["width_pct"], flip=spec["flip"])
        case _:
            names = ("threshold_db", "ratio", "attack_ms", "release_ms", "knee_db")
            values = {name: spec[name] for name in names}
            return _each(sound, lambda side: dynamics.compressed(side, rate, **values))
    return _each(sound, lambda side: numpy.asarray(filters.filtered(side, sections)))


def _each(sound: "ndarray[Any, Any]", make: Any) -> "ndarray[Any, Any]":
    import numpy

    return numpy.stack([make(numpy.ascontiguousarray(sound[:, side])) for side in range(2)], axis=1)
