"""What an answer to the ear is worth: credit for the ladder and the statistics, a rating for the schedule.

By sound: eq and other frequencies count steps of the grid of thirds, intervals half steps, tempos parts of a hundred.
Where only the ear is asked, F♯ and G♭ are one; where the key is known, the spelling counts.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import permutations, zip_longest
from typing import Any

from core.errors import Refused
from curriculum import note_names, quantities
from curriculum.ear import bands, names
from curriculum.ear.asked import Asked, Choice, Mark
from curriculum.synth.fields import DEGREES
from curriculum.theory import intervals, numerals
from curriculum.theory.steps import CADENCES, CHORDS, SCALES

AGAIN, HARD, GOOD = 1, 2, 3
MOST = 0.67  # of the credit, for an answer that is nearly right
SOME = 0.33
IN_PLACE = 0.75  # of chords or hits, for "recalled, but hard"
NEAR_TEMPO, FAR_TEMPO = 0.04, 0.08
FEW = 3  # choices from which on there is a next but one
SLOWEST = 40  # BPM: no change of tempo is so large
LONGEST = 400  # signs of an answer that are looked at
BAND = re.compile(r"([+-]?)\s*(\d[\d.,]*)\s*(k?)(?:hz)?", re.IGNORECASE)
MINUS = str.maketrans({"−": "-", "–": "-"})
PLAIN = str.maketrans({"−": "-", "–": "-", "♭": "b", "♯": "#", "°": "o"})
NAMED: dict[str, tuple[str, Sequence[Any]]] = {
    "interval": ("semitones", range(25)),
    "scale": ("name", tuple(SCALES)),
    "degree": ("degree", DEGREES),
    "chord": ("quality", tuple(CHORDS)),
    "cadence": ("type", tuple(CADENCES["major"])),
}
Judged = tuple[float, int, str]  # credit, rating, what is said before "it was"

EXACT: Judged = (1.0, GOOD, "Right.")
WRONG: Judged = (0.0, AGAIN, "Not this")


def judge(asked: Asked, given: str) -> Mark:
    """given: a key, or what was typed. Nothing given is worth nothing."""
    given = " ".join(given[:LONGEST].split())
    if not given:
        return Mark(0.0, AGAIN, f"You gave no answer: it was {_right_words(asked)}.")
    credit, rating, words = _judged(asked, _as_key(asked, given))
    return Mark(credit, rating, words if words.endswith(".") else f"{words}: it was {_right_words(asked)}.")


def _judged(asked: Asked, given: str) -> Judged:
    if given == asked.right:
        return EXACT
    if _is_frequency(asked):
        return _frequencies(asked.right, given)
    if asked.answered_by in ("typed", "keyboard") and (notes := _notes(asked, given)):
        return notes
    judge_kind = BY_KIND.get(asked.kind)
    return judge_kind(asked, given) if judge_kind else WRONG


# -- frequencies -------------------------------------------------------------------------------------------------


def _is_frequency(asked: Asked) -> bool:
    """Whether the right answer is one of the sound's own frequencies, or two of them with signs."""
    heard = asked.specs[-1]
    own = (
        [band["freq_hz"] for band in heard["bands"]]
        if asked.kind == "eq"
        else [heard.get("freq_hz"), heard.get("tone_hz")]
    )
    named = {bands.called(one) for one in own if one}
    found = _bands(asked.right)
    return bool(found) and {hz for _, hz in found} <= named


def _frequencies(right: str, given: str) -> Judged:
    """Several bands: the mean credit and the worse rating, each answer set against the band that it fits best."""
    wanted, had = _bands(right), _bands(given)
    if not had or len(had) > len(wanted):
        return WRONG
    ways = [
        [_band(*pair) for pair in zip_longest(wanted, order)]
        for order in permutations(had + [None] * (len(wanted) - len(had)))
    ]
    best = max(ways, key=lambda way: sum(credit for credit, _, _ in way))
    if len(best) == 1:
        return best[0]
    credit = sum(one for one, _, _ in best) / len(best)
    rating = min(one for _, one, _ in best)
    return EXACT if rating == GOOD else (credit, rating, "Near" if credit else "Not this")


def _band(wanted: tuple[str, float], given: tuple[str, float] | None) -> Judged:
    if given is None:
        return WRONG
    apart = abs(bands.step(wanted[1]) - bands.step(given[1]))
    if wanted[0] != given[0]:
        return (SOME, AGAIN, "The other way round") if apart == 0 else WRONG
    if apart == 0:
        return EXACT
    if apart == 1:
        return (MOST, HARD, "One step off")
    return (SOME, AGAIN, "Within an octave") if apart <= bands.STEPS_OF_AN_OCTAVE else WRONG


def _bands(text: str) -> list[tuple[str, float]]:
    """ "+250 -4000", "1 kHz": signs and Hz; without a sign it is a boost. Nothing where it is none of these."""
    text = re.sub(r"(?<=\d)\s+(?=k?hz|k\b)", "", text.translate(MINUS), flags=re.IGNORECASE)
    found = []
    for word in re.sub(r"([+-])\s+", r"\1", text).split():
        read = BAND.fullmatch(word)
        number = quantities.read(read[2]) if read else None
        if read is None or number is None:
            return []
        hz = number.readings[0] * (1000 if read[3] else 1)
        if hz <= 0:
            return []
        found.append((read[1] or "+", hz))
    return found


# -- notes, intervals, chords ------------------------------------------------------------------------------------


def _notes(asked: Asked, given: str) -> Judged | None:
    """Names of notes or chords; None where the right answer is none."""
    if asked.kind in ("degree", "progression"):
        return None  # "b3" is a degree here, and no B
    wanted, had = ([note_names.read(one) for one in _parts(text)] for text in (asked.right, given))
    if not wanted or not all(wanted):
        return None
    if len(wanted) != len(had) or not all(
        mine and one and mine.sounds_like(one) for mine, one in zip(wanted, had, strict=True)
    ):
        return WRONG
    is_same = all(mine and one and mine.spelling == one.spelling for mine, one in zip(wanted, had, strict=True))
    return EXACT if is_same or not asked.shows_key else (MOST, HARD, "Right pitch, other spelling")


def _parts(text: str) -> Sequence[str]:
    return re.split(r"\s*[,;–]\s*|\s+(?=[A-Ga-g](?:[#♯b♭x]|\b))", text.strip())


def _interval(asked: Asked, given: str) -> Judged:
    if not (asked.right.isdecimal() and given.isdecimal() and len(given) < 4):
        return WRONG
    return (SOME, AGAIN, "A half step off") if abs(int(asked.right) - int(given)) == 1 else WRONG


def _chord(asked: Asked, given: str) -> Judged:
    wanted, had = asked.right.partition("/"), given.partition("/")
    if wanted[0] != had[0] or not wanted[1]:
        return WRONG
    return EXACT if wanted[2] == (had[2] or "0") else (MOST, HARD, "The right chord, in another position")


def _progression(asked: Asked, given: str) -> Judged:
    mode = asked.specs[-1]["mode"]
    wanted, had = ([_numeral(one, mode) for one in text.split()] for text in (asked.right, given))
    return _share([one == other for one, other in zip_longest(wanted, had)])


def _numeral(written: str, mode: str) -> object:
    """What sounds, so that ♭VII and VII of a minor key are one."""
    try:
        return numerals.read(written, mode)
    except Refused:
        return written


# -- time and level ----------------------------------------------------------------------------------------------


def _rhythm(asked: Asked, given: str) -> Judged:
    """The share of hits in place among all that were played or given: silence is no answer."""
    wanted = _hits(asked.right)
    had = _hits(given if re.match(r"[a-z]", given) else f"{asked.right.partition(' ')[0]} {given}")
    return _share([hit in wanted and hit in had for hit in wanted | had])


def _hits(text: str) -> set[tuple[str, int]]:
    rows = [row.strip().partition(" ") for row in text.split(";")]
    return {(voice, slot) for voice, _, row in rows for slot, hit in enumerate(row.replace(" ", "")) if hit == "1"}


def _share(in_place: Sequence[bool]) -> Judged:
    share = sum(in_place) / len(in_place) if in_place else 0.0
    if share == 1:
        return EXACT
    return share, HARD if share >= IN_PLACE else AGAIN, f"{round(share * 100)} % in place"


def _tempo(asked: Asked, given: str) -> Judged:
    wanted, had = _number(asked.right), _number(given)
    if wanted is None or had is None or wanted < SLOWEST or had <= 0:
        return WRONG  # a change of tempo is one of the choices or it is not
    off = abs(had / wanted - 1)
    if off <= NEAR_TEMPO + 1e-9:
        return 1.0, GOOD, "Right, as near as ears are"
    if off <= FAR_TEMPO + 1e-9:
        return MOST, HARD, "Nearly"
    if any(abs(had / (wanted * times) - 1) <= NEAR_TEMPO + 1e-9 for times in (0.5, 2)):
        return SOME, AGAIN, "Half or double"
    return WRONG


def _level(asked: Asked, given: str) -> Judged:
    """Of two choices, or of the two of a pair, the other one is wrong and not nearly right."""
    places = [choice.key for choice in asked.choices]
    if len(places) < FEW or given not in places or asked.right not in places:
        return WRONG
    return (MOST, HARD, "One choice off") if abs(places.index(given) - places.index(asked.right)) == 1 else WRONG


BY_KIND: dict[str, Callable[[Asked, str], Judged]] = {
    "interval": _interval,
    "chord": _chord,
    "progression": _progression,
    "rhythm": _rhythm,
    "tempo": _tempo,
    "level": _level,
}


# -- what was typed ----------------------------------------------------------------------------------------------


def _as_key(asked: Asked, given: str) -> str:
    """The key of what was typed in words; all else as it is. Keys keep their case: m7 is not M7, and iv not IV."""
    plain = given.translate(PLAIN)
    for choice in asked.choices or _known(asked.kind):
        if plain == choice.key.translate(PLAIN) or _folded(plain) == _folded(choice.words.translate(PLAIN)):
            return choice.key
    if asked.kind == "interval" and asked.right.isdecimal() and (interval := intervals.read(given)):
        return str(interval.half_steps)
    if asked.kind == "progression":
        return " ".join(plain.replace("-", " ").split())
    return asked.right if plain == asked.right.translate(PLAIN) else given


@cache
def _known(kind: str) -> tuple[Choice, ...]:
    """All names of a kind, for answers that are typed."""
    name, values = NAMED.get(kind, ("", ()))
    return tuple(Choice(names.key_of(name, one), names.words_of(kind, name, one)) for one in values)


def _folded(words: str) -> str:
    return " ".join(words.casefold().replace("-", " ").removesuffix(" triad").removesuffix(" cadence").split())


def _number(text: str) -> float | None:
    found = quantities.read(re.sub(r"\s*bpm$", "", text.strip(), flags=re.IGNORECASE))
    return found.readings[0] if found and not found.unit else None


def _right_words(asked: Asked) -> str:
    named = next((choice.words for choice in asked.choices if choice.key == asked.right), "")
    return named or asked.words[:1].lower() + asked.words[1:].rstrip(".")
