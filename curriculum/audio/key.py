"""A guess at the key: which notes sound how much, against what they do in each key."""

from dataclasses import dataclass

import numpy

from curriculum.audio.names import NAMES

A4 = 440.0  # Hz
LOWEST, HIGHEST = 60.0, 2000.0  # Hz: fundamental notes, few of their overtones
CELLS = 10  # of a semitone: for finding out how the sound is tuned
PEAK = 0.05  # of the strongest in its stretch: what is weaker is no note
SURE_GAP = 0.12  # between the best and the next key that is not its relative
# How well each degree fits a key, as listeners rated it. Source: Krumhansl and Kessler, Psychological Review 89 (1982).
PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}


@dataclass(frozen=True, slots=True)
class Key:
    name: str  # "F♯ minor"
    second: str  # the next best
    confidence: float  # 0 to 1


class Notes:
    """Is shown magnitudes of a spectrum, (stretches, bins), and keeps which pitches stand out."""

    def __init__(self, width: float) -> None:
        """width: Hz from bin to bin."""
        self._width = width
        self._cells = numpy.zeros(12 * CELLS)

    def feed(self, magnitudes: numpy.ndarray) -> None:
        first, last = (max(1, int(edge / self._width)) for edge in (LOWEST, HIGHEST))
        last = min(last, magnitudes.shape[1] - 2)
        for row in numpy.asarray(magnitudes, "float64"):
            part, before, after = row[first:last], row[first - 1 : last - 1], row[first + 1 : last + 1]
            if not len(part) or not (strongest := part.max()):
                continue
            at = numpy.flatnonzero((part > before) & (part >= after) & (part > PEAK * strongest))
            low, middle, high = (numpy.log(one[at] + 1e-20) for one in (before, part, after))
            bend = low - 2 * middle + high
            shift = numpy.where(bend < 0, 0.5 * (low - high) / numpy.where(bend < 0, bend, -1), 0)
            pitches = 12 * numpy.log2((first + at + shift) * self._width / A4) + 69
            strengths = numpy.sqrt(part[at] / strongest) * _weight(pitches)
            cells = numpy.round(pitches * CELLS).astype("intp") % (12 * CELLS)
            self._cells += numpy.bincount(cells, strengths, 12 * CELLS)

    def key(self) -> Key | None:
        """None where no note stands out."""
        return guess(self._cells) if self._cells.sum() > 0 else None


def guess(cells: numpy.ndarray) -> Key:
    """The key whose notes these are. cells: strength of each tenth of a semitone from C on."""
    turns = numpy.exp(2j * numpy.pi * numpy.arange(CELLS) / CELLS)
    tuned = (cells.reshape(12, CELLS) @ turns).sum() / cells.sum()
    in_tune = float(abs(tuned))  # near 0 for noise, whose pitches lie anywhere
    shift = round(float(numpy.angle(tuned)) / (2 * numpy.pi) * CELLS)
    notes = numpy.roll(cells, CELLS // 2 - shift).reshape(12, CELLS).sum(axis=1)

    scores: list[tuple[float, str, int]] = []
    for mode, profile in PROFILES.items():
        for tonic in range(12):
            likeness = float(numpy.corrcoef(notes, numpy.roll(profile, tonic))[0, 1]) if notes.std() else 0.0
            scores.append((likeness, mode, tonic))
    scores.sort(key=lambda one: one[0], reverse=True)
    best, mode, tonic = scores[0]
    apart = next(one[0] for one in scores[1:] if not are_relative((mode, tonic), one[1:]))
    gap = min(1.0, (best - apart) / SURE_GAP)
    confidence = max(0.0, min(1.0, in_tune * max(0.0, best) * (0.35 + 0.65 * gap) * 1.3 - 0.1))
    return Key(_name(mode, tonic), _name(*scores[1][1:]), round(confidence, 2))


def are_relative(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Whether two keys (mode, tonic) have the same notes: A minor and C major."""
    (mode, tonic), (other_mode, other_tonic) = one, other
    if mode == other_mode:
        return False
    return other_tonic == (tonic + 9 if mode == "major" else tonic + 3) % 12


def _name(mode: str, tonic: int) -> str:
    return f"{NAMES[mode][tonic]} {mode}"


def _weight(pitches: numpy.ndarray) -> numpy.ndarray:
    """Low notes and the middle say more of the key than overtones do."""
    return 1 / (1 + numpy.exp((pitches - 78) / 6))
