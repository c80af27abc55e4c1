"""Fenced blocks of the course's Markdown that become pictures: ```abc, ```keyboard, ```pianoroll, ```grid."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from markupsafe import Markup

from core.prose_extensions import Draw
from curriculum.pictures import BadSource, Picture, abc, grid, keyboard, notation, piano_roll
from curriculum.pictures.tune_words import Detail

LONGEST_WORDS = 400  # characters that an author may write instead of ours
SIZES = ((50.0, " drawn-longest"), (30.0, " drawn-long"), (20.0, " drawn-wide"))  # em: what is wider shrinks less
WIDTH = re.compile(r' width="([\d.]+)em"')


class _Drawer(Protocol):
    def __call__(self, source: str, /, *, detail: Detail, words: str) -> Picture: ...


DRAWERS: dict[str, _Drawer] = {
    "abc": notation.svg,
    "keyboard": keyboard.svg,
    "pianoroll": piano_roll.svg,
    "grid": grid.svg,
}
FENCE = re.compile(rf"\s*(?P<marks>`{{3,}}|~{{3,}})\s*(?P<name>{'|'.join(DRAWERS)})\b.*")


class Unread(NamedTuple):
    source: str  # of the block, as Markdown gives it
    fault: BadSource


class Blocks:
    """Draws the blocks of one text after the other; what cannot be read is gathered, and its place stays empty.

    most_bars: of written music. detail: how much the words beside the pictures in `question` tell; all others tell all.
    """

    def __init__(self, *, most_bars: int = abc.MOST_BARS) -> None:
        self.most_bars = most_bars
        self.detail: Detail = "names"
        self.question = ""
        self.unread: list[Unread] = []

    def draws(self) -> dict[str, Draw]:
        return {name: partial(self._draw, name) for name in DRAWERS}

    def _draw(self, name: str, source: str, options: Mapping[str, str]) -> Markup:
        detail = self.detail if source.rstrip("\n") in self.question else "names"
        try:
            words = _words(options)
            if name == "abc":
                picture = notation.svg(source, detail=detail, words=words, most_bars=self.most_bars)
            else:
                picture = DRAWERS[name](source, detail=detail, words=words)
        except BadSource as fault:
            self.unread.append(Unread(source, fault))
            return Markup("")
        return box(picture)


def box(picture: Picture) -> Markup:
    """A picture in its own box: on a narrow page it shrinks as long as it can be read, then the box scrolls."""
    width = WIDTH.search(picture.svg)
    kind = next((name for size, name in SIZES if width and float(width[1]) > size), "")
    tag = '<div class="drawn{}" role="group" aria-label="Picture" tabindex="0">{}</div>'
    return Markup(tag).format(kind, picture.svg)


def line_of(lines: Sequence[str], unread: Unread) -> int | None:
    """Where the fault of a block stands, counted from 0; None when the block is not found."""
    wanted = [line.strip() for line in unread.source.rstrip("\n").split("\n")]
    for number, line in enumerate(lines):
        inside = [one.strip(" >\t") for one in lines[number + 1 : number + 1 + len(wanted)]]
        if FENCE.fullmatch(line.lstrip(" >")) and inside == [one.strip(" >\t") for one in wanted]:
            return number + 1 + unread.fault.line
    return None


def without(text: str) -> str:
    """A text with its pictures taken out, for where only a line of it is shown."""
    return "\n".join(_kept(text.split("\n")))


def _kept(lines: Sequence[str]) -> Iterator[str]:
    closing = None
    for line in lines:
        if closing is None and (opening := FENCE.fullmatch(line)):
            closing = opening["marks"]
        elif closing is None:
            yield line
        elif line.strip() == closing:
            closing = None


def _words(options: Mapping[str, str]) -> str:
    """Of the option words="…" on the first line, counted as line -1 of the source."""
    for name in options:
        if name != "words":
            raise BadSource(-1, f'a picture has no option "{name}".', 'Write words="what is seen", or nothing.')
    words = options.get("words", "").strip()
    if len(words) > LONGEST_WORDS:
        raise BadSource(
            -1, f"these words are longer than {LONGEST_WORDS} characters.", "Say what is seen in a sentence."
        )
    return words
