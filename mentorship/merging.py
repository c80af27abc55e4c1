"""Two people wrote in the same text: bring both together, line by line, so that no word is lost."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

LONG = 500 * 500  # lines of one text times lines of the other


@dataclass(frozen=True, slots=True)
class Merged:
    """Both texts in one. is_clear: they changed different places; else both wordings of a place stand in it, theirs
    first, for a person to choose."""

    text: str
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of two texts side by side. None: it has no partner there."""

    left: str | None
    right: str | None

    @property
    def is_same(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines first to last (not itself) of the base became `lines`."""

    first: int
    last: int
    lines: list[str]


def merge(base: str, mine: str, theirs: str) -> Merged:
    """What comes of two texts that were made from the same one.

    Lines that both added at one place are kept, theirs first. A line that one changed and the other changed or took
    out otherwise makes it unclear.
    """
    lines = _lines(base)
    mine_changes, their_changes = _changes(lines, _lines(mine)), _changes(lines, _lines(theirs))
    merged: list[str] = []
    place, is_clear = 0, True
    for one_side, other_side in _places(mine_changes, their_changes):
        both = one_side + other_side
        first, last = min(change.first for change in both), max(change.last for change in both)
        merged += lines[place:first]
        my_words, their_words = _in_place(lines, one_side, first, last), _in_place(lines, other_side, first, last)
        if not other_side or my_words == their_words:
            merged += my_words
        elif not one_side:
            merged += their_words
        else:
            merged += _both(their_words, my_words)
            is_clear = is_clear and first == last
        place = last
    return Merged("\n".join(merged + lines[place:]), is_clear)


def together(first: str, second: str) -> str:
    """Every line of both texts; those they share once."""
    return "\n".join(_both(_lines(first), _lines(second)))


def side_by_side(left: str, right: str) -> list[Line]:
    """Two texts for reading beside each other, their equal lines in one row."""
    rows = []
    a, b = _lines(left), _lines(right)
    for _, i1, i2, j1, j2 in _matched(a, b):
        rows += [Line(one, other) for one, other in zip_longest(a[i1:i2], b[j1:j2])]
    return rows


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _matched(a: list[str], b: list[str]) -> list[tuple[str, int, int, int, int]]:
    is_long = len(a) * len(b) > LONG  # then lines that stand everywhere are no anchors: thousands of them take minutes
    return list(SequenceMatcher(None, a, b, autojunk=is_long).get_opcodes())


def _changes(base: list[str], text: list[str]) -> list[_Change]:
    return [_Change(i1, i2, text[j1:j2]) for tag, i1, i2, j1, j2 in _matched(base, text) if tag != "equal"]


def _places(mine: list[_Change], theirs: list[_Change]) -> list[tuple[list[_Change], list[_Change]]]:
    """The changes of both, those that touch the same lines together, in order."""
    tagged = sorted(
        [(change, True) for change in mine] + [(change, False) for change in theirs],
        key=lambda one: (one[0].first, one[0].last),
    )
    places: list[tuple[list[_Change], list[_Change]]] = []
    start = reach = -1
    for change, is_mine in tagged:
        adds_there_too = start == reach == change.first == change.last
        if change.first >= reach and not adds_there_too:
            places.append(([], []))
            start, reach = change.first, change.last
        places[-1][0 if is_mine else 1].append(change)
        reach = max(reach, change.last)
    return places


def _in_place(base: list[str], changes: list[_Change], first: int, last: int) -> list[str]:
    """What one side made of the lines first to last."""
    found: list[str] = []
    place = first
    for change in changes:
        found += base[place : change.first] + change.lines
        place = change.last
    return found + base[place:last]


def _both(first: list[str], second: list[str]) -> list[str]:
    found: list[str] = []
    for _, i1, i2, j1, j2 in _matched(first, second):
        found += first[i1:i2]
        if first[i1:i2] != second[j1:j2]:
            found += second[j1:j2]
    return found
