"""Chords after one another as four voices: a bass and three above it that move as little as they can."""

from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

from curriculum.theory import numerals as numeral_rules
from curriculum.theory.steps import CHORDS

BASS = range(-15, -2)  # half steps from the tonic
UPPER = range(-5, 17)
WIDEST = 16  # half steps from the lowest of the upper voices to the highest
MIDDLE = 6.0  # where the upper voices lie best
LEADING = 11

# What each fault costs, in half steps of movement that are as bad.
PARALLEL = 40.0  # fifths or octaves
UNRESOLVED = 18.0  # a leading note that does not go up; twice that on top
DOUBLED_LEADING = 40.0
DOUBLED_THIRD = 2.0
SEVENTH = 20.0  # one that does not come down, or twice the same
NO_FIFTH = 5.0
OPEN_END = 25.0  # a cadence whose last chord has no tonic on top

Voicing = tuple[int, int, int, int]  # half steps from the tonic, from the bass up


class Chord(NamedTuple):
    bass: int  # all as half steps from the tonic, 0 to 11
    notes: tuple[int, ...]
    third: int | None
    seventh: int | None
    fifth: int | None  # one that may be left out


@lru_cache(maxsize=256)
def led(numerals: tuple[str, ...], mode: str, *, is_cadence: bool = False) -> tuple[Voicing, ...]:
    """The chords as voicings, the cheapest way through all of them. A cadence that ends on I has the tonic on top.

    A numeral that does not exist in the mode is refused.
    """
    chords = [chord(numeral, mode) for numeral in numerals]
    rows = [voicings(one) for one in chords]
    costs = [still(one, chords[0]) + 0.5 * abs(sum(one[1:]) / 3 - MIDDLE) for one in rows[0]]
    ways: list[list[int]] = []
    for number in range(1, len(rows)):
        before, now = chords[number - 1], chords[number]
        is_end = is_cadence and number == len(rows) - 1 and now.bass == 0
        next_costs, way = [], []
        for one in rows[number]:
            steps = [cost + moved(old, one, before, now) for cost, old in zip(costs, rows[number - 1], strict=True)]
            best = min(range(len(steps)), key=steps.__getitem__)
            way.append(best)
            next_costs.append(steps[best] + still(one, now) + OPEN_END * (is_end and one[3] % 12 != 0))
        costs = next_costs
        ways.append(way)
    at = min(range(len(costs)), key=costs.__getitem__)
    found = [rows[-1][at]]
    for row, way in zip(reversed(rows[:-1]), reversed(ways), strict=True):
        at = way[at]
        found.append(row[at])
    return tuple(reversed(found))


@lru_cache(maxsize=256)
def chord(numeral: str, mode: str) -> Chord:
    found = numeral_rules.read(numeral, mode)
    steps = CHORDS[found.quality]
    notes = tuple((found.above + step) % 12 for step in steps)
    has_third = steps[1] in (3, 4)
    has_seventh = len(notes) > 3
    return Chord(
        notes[found.inversion],
        notes,
        notes[1] if has_third else None,
        notes[3] if has_seventh else None,
        notes[2] if has_seventh and steps[2] == 7 else None,
    )


def voicings(chord: Chord) -> list[Voicing]:
    """Every way in which the four voices have all notes of the chord; beside a seventh the fifth may be missing."""
    wanted = set(chord.notes) - {chord.fifth}
    low = [note for note in BASS if note % 12 == chord.bass]
    high = [note for note in UPPER if note % 12 in chord.notes]
    return [
        (bass, *upper)
        for bass, upper in product(low, combinations(high, 3))
        if upper[0] > bass and upper[2] - upper[0] <= WIDEST and wanted <= {note % 12 for note in (bass, *upper)}
    ]


def still(voicing: Voicing, chord: Chord) -> float:
    """What is awkward in one chord by itself."""
    sounding = [note % 12 for note in voicing]
    cost = 0.0
    if sounding.count(LEADING) > 1:
        cost += DOUBLED_LEADING
    if chord.third is not None and sounding.count(chord.third) > 1:
        cost += DOUBLED_THIRD
    if chord.fifth is not None and chord.fifth not in sounding:
        cost += NO_FIFTH
    if chord.seventh is not None and sounding.count(chord.seventh) > 1:
        cost += SEVENTH
    return cost + 0.3 * max(0, voicing[1] - voicing[0] - 16)


def moved(old: Voicing, new: Voicing, before: Chord, now: Chord) -> float:
    """What is awkward on the way from one chord to the next: leaps, parallels, leading notes left alone."""
    steps = [b - a for a, b in zip(old, new, strict=True)]
    cost = 0.6 * abs(steps[0]) + sum(abs(step) + 0.2 * max(0, abs(step) - 4) ** 2 for step in steps[1:])
    for low, high in combinations(range(4), 2):
        if steps[low] and steps[low] == steps[high] and (old[high] - old[low]) % 12 in (0, 7):
            cost += PARALLEL
    is_dominant = LEADING in before.notes and 2 in before.notes
    for number, (note, step) in enumerate(zip(old, steps, strict=True)):
        if is_dominant and note % 12 == LEADING and 0 in now.notes and step != 1:
            cost += UNRESOLVED * (2 if number == 3 else 1)
        if note % 12 == before.seventh and step not in (0, -1, -2):
            cost += SEVENTH
    return cost
