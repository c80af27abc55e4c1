"""A package read from the outside: the children work in a folder of their own, and what they say is looked at twice.

Nothing of a package is known to be whole before `opened` has come back; then all of it is, but for its media, which are
unpacked as they are asked for.
"""

import errno
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import Any, BinaryIO, TypeVar, get_args, get_origin

from core import confined
from core.errors import Refused, TooLarge, WrongKind
from curriculum.anki import limits, progress
from curriculum.anki.archive import COLLECTIONS, is_label
from curriculum.anki.notetypes import DAY_MINUTES, LATEST_SECOND
from curriculum.anki.package import Card, Contents, Draft, MediaFile, Note, Notetype, Review, Template, Unplaced
from curriculum.anki.read import CONTENTS, FIRST_MOMENT, LAST_MOMENT, NOTES
from curriculum.anki.unpack import BATCH, MEDIA, MEDIA_LIST, WANTED

WHOLE_COLLECTION = ".colpkg"
HOW = "In Anki, choose File, Export, then Anki Deck Package (.apkg)"
REFUSALS = {
    413: (TooLarge, "This Anki package is too much for us: {}. Export fewer decks at a time, then upload that."),
    415: (WrongKind, f"This is no Anki package: {{}}. {HOW}, and upload the file that it makes."),
    422: (Refused, "This Anki package cannot be read: {}. Export it again in Anki, then upload it."),
}
DISK_FULL = 507
LONGEST_WHY = 300  # characters
DAMAGED = "it is damaged"
MEDIA_SECONDS, MEDIA_A_SECOND = 5, 5 * limits.MB

Value = TypeVar("Value")

log = logging.getLogger("woodshed.anki")


class Cancelled(Refused):
    """Somebody asked to stop."""

    status = 409


class Package:
    """An opened package; `contents` says what it holds."""

    def __init__(self, path: Path, folder: Path, is_cancelled: Callable[[], bool]) -> None:
        self._path = path
        self._folder = folder
        self._is_cancelled = is_cancelled
        self._members: dict[str, tuple[str, int]] = {}
        self.contents: Contents

    def notes(self) -> Iterator[Note]:
        """All notes, in the order in which they were made. May be asked for again."""
        try:
            with open(self._folder / NOTES, encoding="utf-8", newline="\n") as lines:
                while line := lines.readline(limits.LONGEST_LINE + 2):
                    yield _note(json.loads(line, parse_constant=_no_number))
        except (ValueError, TypeError, RecursionError):
            raise refusal(422, DAMAGED) from None

    def media(self, names: Iterable[str]) -> Iterator[tuple[str, BinaryIO]]:
        """(name, its octets) of those that the package has, each to be read before the next is asked for.

        Raises Refused when one is damaged, Cancelled when asked to stop.
        """
        batch: list[str] = []
        room = BATCH
        for name in sorted(set(names) & self._members.keys()):
            size = self._members[name][1]
            if batch and size > room:
                yield from self._unpacked(batch)
                batch, room = [], BATCH
            batch.append(name)
            room -= size
        if batch:
            yield from self._unpacked(batch)

    def _unpacked(self, names: list[str]) -> Iterator[tuple[str, BinaryIO]]:
        wanted = [self._members[name] for name in names]
        total = sum(size for _, size in wanted)
        (self._folder / WANTED).write_text(json.dumps(wanted), "utf-8")
        allowed = MEDIA_SECONDS + total / MEDIA_A_SECOND
        _ask("unpack", str(self._path), "media", folder=self._folder, meanwhile=self._look, allowed=lambda: allowed)
        with open(self._folder / MEDIA, "rb") as file:
            if file.seek(0, 2) != total:
                raise refusal(422, DAMAGED)
            place = 0
            for name, (_, size) in zip(names, wanted, strict=True):
                yield name, _Slice(file, place, size)  # type: ignore[misc]
                place += size
        (self._folder / MEDIA).unlink()

    def _look(self) -> None:
        if self._is_cancelled():
            raise Cancelled("The import was stopped. Nothing was changed.")


class _Slice:
    """A part of a file, read from its beginning."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._place, self._left = file, start, size

    def read(self, size: int = -1) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        self._file.seek(self._place)
        found = self._file.read(size)
        self._place += len(found)
        self._left -= len(found)
        return found


@contextmanager
def opened(
    path: Path,
    name: str,
    *,
    progress_to: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Package]:
    """Read a package whole; at the end of the block all that was unpacked is gone.

    name: what its owner calls it. progress_to: called with (notes read, notes there are).
    Raises TooLarge, WrongKind, Refused or Cancelled, with a sentence; none of them leaves anything behind.
    """
    if name.lower().endswith(WHOLE_COLLECTION):
        raise WrongKind(
            f"This is a whole Anki collection (.colpkg). {HOW} and the decks that you want, then upload that.",
            field="file",
        )
    with tempfile.TemporaryDirectory(prefix="woodshed-anki-") as place:
        folder = Path(place)
        package = Package(path.resolve(), folder, is_cancelled)

        def unpack_allowed() -> float:
            return limits.unpack_seconds(progress.of(folder)[0])

        def read_allowed() -> float:
            done, reviews, total = progress.of(folder)
            if progress_to and total:
                progress_to(done, total)
            return limits.read_seconds(done, reviews)

        said = _ask("unpack", str(package._path), folder=folder, meanwhile=package._look, allowed=unpack_allowed)
        _ask("read", folder=folder, meanwhile=package._look, allowed=read_allowed)
        try:
            media = _media(folder)
            package._members = {name: (member, size) for name, member, size in media}
            package.contents = _contents(folder, said["variant"], media)
        except (ValueError, TypeError, KeyError, RecursionError):
            raise refusal(422, DAMAGED) from None
        yield package


def _ask(
    child: str, *arguments: str, folder: Path, meanwhile: Callable[[], None], allowed: Callable[[], float]
) -> dict[str, Any]:
    """What the child says, or the refusal that it says. allowed: seconds it may take in all, as far as it has come."""
    began = time.monotonic()

    def look() -> None:
        meanwhile()
        if time.monotonic() - began > allowed():
            raise refusal(422, "reading it takes longer than it should")

    ended = confined.run(
        f"curriculum.anki.{child}", *arguments, folder=folder, seconds=limits.LONGEST_SECONDS, meanwhile=look
    )
    try:
        answer = json.loads(ended.said)
        if answer.get("status") == DISK_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if "status" in answer:
            raise refusal(int(answer["status"]), str(answer["why"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        log.warning("reading an Anki package ended with %s: %a", ended.status, ended.complained[-300:])
        raise refusal(422, DAMAGED) from None
    look()  # also for a child that ended between two looks
    return answer


def refusal(status: int, why: str) -> Refused:
    kind, sentence = REFUSALS.get(status, REFUSALS[422])
    return kind(sentence.format(why[:LONGEST_WHY]), field="file")


# What a child wrote down, believed only as far as it has the right form: a child may be taken over.


def _media(folder: Path) -> list[tuple[str, str, int]]:
    with open(folder / MEDIA_LIST, encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    for name, member, size in found:
        if not (is_label(name) and member.isdecimal() and type(size) is int and 0 <= size <= limits.MOST_MEDIA_FILE):
            raise ValueError("no media entry")
    return [(name, member, size) for name, member, size in found]


def _contents(folder: Path, variant: str, media: Collection[tuple[str, str, int]]) -> Contents:
    if variant not in COLLECTIONS:
        raise ValueError("no variant")
    with open(folder / CONTENTS, encoding="utf-8") as file:
        said = json.loads(file.read(limits.MOST_SAID))
    types = []
    for one in said.pop("notetypes"):
        templates = tuple(_checked(Template, list(each.values())) for each in one.pop("templates"))
        shown = tuple(str(name) for name in one.pop("fields"))
        types.append(_checked(Notetype, [one["id"], one["name"], one["is_cloze"], shown, templates, one["becomes"]]))
    unplaced = tuple(_checked(Unplaced, one) for one in said.pop("unplaced"))
    decks = tuple(str(deck) for deck in said.pop("decks"))
    files = tuple(MediaFile(name, size) for name, _, size in media)
    if not (
        0 <= said["created_at"] < LATEST_SECOND and 0 <= said["rollover"] < 24 and abs(said["west"] or 0) < DAY_MINUTES
    ):
        raise ValueError("no moment")
    order = [variant, *(said.get(one.name) for one in fields(Contents)[1:7])]
    return _checked(Contents, [*order, tuple(types), decks, files, unplaced])


def _review(said: list[Any]) -> Review:
    found = _checked(Review, said)
    if not FIRST_MOMENT < found.id < LAST_MOMENT:
        raise ValueError("no moment")
    return found


def _note(said: list[Any]) -> Note:
    row = dict(zip(Note.__slots__, said, strict=True))
    row["fields"] = tuple((str(name), str(value)) for name, value in row["fields"])
    row["tags"] = tuple(str(tag) for tag in row["tags"])
    row["media"] = tuple(str(name) for name in row["media"])
    row["drafts"] = tuple(
        _checked(Draft, [*one[:4], tuple(map(str, one[4])), tuple(map(int, one[5]))]) for one in row["drafts"]
    )
    row["cards"] = tuple(
        _checked(Card, [*one[:-1], tuple(_review(review) for review in one[-1])]) for one in row["cards"]
    )
    return _checked(Note, list(row.values()))


def _checked(kind: type[Value], values: list[Any]) -> Value:
    """The values as a dataclass, if each is of the type that the field says (TypeError or ValueError)."""
    allowed = ALLOWED[kind]
    if len(values) != len(allowed) or any(
        type(value) not in kinds for value, kinds in zip(values, allowed, strict=True)
    ):
        raise TypeError(f"no {kind.__name__}")
    return kind(*values)


def _kinds(annotation: Any) -> tuple[type, ...]:
    if isinstance(annotation, UnionType):
        return get_args(annotation)
    return (get_origin(annotation) or annotation,)


ALLOWED: dict[type, list[tuple[type, ...]]] = {
    kind: [_kinds(one.type) for one in fields(kind)]
    for kind in (Card, Contents, Draft, Note, Notetype, Review, Template, Unplaced)
}


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")
