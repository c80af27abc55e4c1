"""Comparing what was typed with what is accepted, and showing the difference."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from curriculum import note_names, quantities

# After folding: a single note letter, its accidental, and what may follow in a note or a chord name.
AFTER = r"(?=$|[^a-z]|m(?![a-z])|maj|min|dim|aug|sus|add)"
SHARP = re.compile(rf"(?<![a-z])([a-g])(?:\s*[#♯]|[\s-]*sharp{AFTER})")
FLAT = re.compile(rf"(?<![a-z])([a-g])(?:\s*♭|b{AFTER}|[\s-]*flat{AFTER})")
MAJOR = re.compile(r"(?<![A-Za-z])([A-G](?:[#♯♭b])?)M(?=7|9|11|13)")  # the one case that matters: CM7 is not Cm7
SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "−": "-", "–": "-", "‐": "-", "‑": "-"})
SPACE = re.compile(r"(?<!\d)\s+|\s+(?!\d)")  # but not the one between two digits
LONGEST = 200  # characters that are looked at; nobody types more into this field
UNLIKE = 0.5  # below this likeness the marks would only confuse
SHORTEST_SLIP = 5  # letters that a word needs for one of them to be a slip


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the difference. kind: same | extra (written, not wanted) | missing (wanted, not written)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth. The grade stays the learner's own.

    kind: right | spelling (the right sound under its other name) | close (one letter off) | wrong | empty.
    """

    kind: str
    words: str  # what is said about it
    parts: tuple[Part, ...] = ()  # of the answer as written, against the nearest accepted one
    chosen: int = 0  # choice: the place that was pressed, from 1
    credit: float | None = None  # by ear: 0 to 1; None: this kind of card has none
    rating: int = 0  # by ear: the one that is proposed, of which the others follow; 0: as `kind` says

    @property
    def grade(self) -> int:
        """The button that gets the focus: 1 forgot, 2 hard, 3 good."""
        return self.rating or {"right": 3, "spelling": 3, "close": 2}.get(self.kind, 1)


def compare_typed(given: str, accepted: str) -> bool:
    """Whether the two say the same, but for case, accents, spaces, hyphens between letters and a full stop at the end.

    After a note letter "#", "♯" and "sharp" are one, and "b", "♭" and "flat" are one. Numbers are one however their
    thousands and decimals are written, and with any name of a unit. Nothing typed is never right.
    """
    typed = _folded(given)
    return bool(typed) and (typed == _folded(accepted) or quantities.alike(given, accepted))


def judge(given: str, accepted: Sequence[str]) -> Verdict:
    """given against all accepted variants."""
    given = " ".join(given.split())[:LONGEST]
    if not given:
        return Verdict("empty", "You wrote nothing.")
    if any(compare_typed(given, one) for one in accepted):
        return Verdict("right", "Right.")
    if spelled := _same_sound(given, accepted):
        return spelled
    nearest = max(accepted, key=lambda one: _matcher(given, one).ratio())
    parts = difference(given, nearest)
    if _is_slip(given, nearest):
        return Verdict("close", "Almost: look at the spelling.", parts)
    return Verdict("wrong", "Not this.", parts)


def difference(given: str, wanted: str) -> tuple[Part, ...]:
    """Case and accents do not count. Of a text that has little in common with the wanted one, all is too much."""
    matcher = _matcher(given, wanted)
    if matcher.ratio() < UNLIKE or _letters(given) == _letters(wanted):
        return (Part("extra", given),)
    parts = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            parts.append(Part("same", given[a:b]))
        else:
            parts += [Part("extra", given[a:b])] if b > a else []
            parts += [Part("missing", wanted[c:d])] if d > c else []
    return tuple(parts)


def _matcher(given: str, wanted: str) -> SequenceMatcher[str]:
    return SequenceMatcher(None, _letters(given), _letters(wanted[:LONGEST]), autojunk=False)


def _letters(text: str) -> str:
    """One sign for each sign of the text, without case and accents, so that places stay the same."""
    return "".join(unicodedata.normalize("NFD", sign)[0].lower()[:1] for sign in text.translate(SAME))


def _same_sound(given: str, accepted: Sequence[str]) -> Verdict | None:
    """Of a note or a chord: whether it is an accepted one in other words, or under its other name."""
    mine = note_names.read(given)
    if mine is None:
        return None
    named = [(one, name) for one in accepted if (name := note_names.read(one)) and name.sounds_like(mine)]
    if any(name.spelling == mine.spelling for _, name in named):
        return Verdict("right", "Right.")
    return Verdict("spelling", f"Right pitch, other spelling: here it is called {named[0][0]}.") if named else None


def _is_slip(given: str, wanted: str) -> bool:
    """One letter left out, too many or taken for another, or two that changed places, in a word that is long enough."""
    one, other = _folded(given), _folded(wanted)
    shortest = min(len(one), len(other))
    if not (one.isalpha() and other.isalpha()) or shortest < SHORTEST_SLIP:
        return False
    start = next((place for place in range(shortest) if one[place] != other[place]), shortest)
    one, other = one[start:], other[start:]
    swapped = one[:2] == other[:2][::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other or one == other[1:] or one[1:] == other[1:]


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFD", MAJOR.sub(r"\1maj", text.translate(SAME)).casefold())
    bare = "".join(part for part in parts if not unicodedata.combining(part)).strip().rstrip(". ")
    bare = FLAT.sub(r"\1♭", SHARP.sub(r"\1♯", bare))
    bare = re.sub(r"(?<=[^\W\d])-(?=[^\W\d])", " ", bare)
    return SPACE.sub("", bare)
