"""A learner's cards as one Anki package, with history, pictures and sounds."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session

from core import clock
from core.errors import Refused
from core.storage import Storage
from curriculum import exports
from curriculum.anki import write as anki
from curriculum.anki.write import OutNote, Written
from curriculum.exports import Outgoing
from curriculum.imports import media
from curriculum.imports.history import Place
from curriculum.library import Library


def write(
    db: Session,
    library: Library,
    storage: Storage,
    place: Place,
    path: Path,
    track: str = "",
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> Written:
    """Write the package to `path`. track: the name of one, "" for all cards. Refused when there is none to write."""
    out = exports.gather(db, library, place, track)
    if not out.blocks:
        raise Refused(
            "There are no cards to take out yet, or only such as sound, which stay here. Finish a lesson or write one."
        )

    def notes() -> Iterator[OutNote]:
        for number, note in enumerate(exports.notes(db, out), 1):
            tell(number, len(out.blocks))
            yield note

    return anki.package(
        path,
        notes(),
        _media(out, storage),
        first_day=out.first_day,
        west=-clock.utc_offset_minutes(place.at, place.zone),
        decay=place.plan.parameters[20],
    )


def _media(out: Outgoing, storage: Storage) -> Iterator[tuple[str, BinaryIO]]:
    """The learner's files, and the pictures of lessons that their cards show; asked for when the notes are written."""
    yield from media.opened(storage, out.files)
    for name, path in sorted(exports.pictures(out.library, out.pictures).items()):
        with ExitStack() as stack:
            yield name, stack.enter_context(open(path, "rb"))


def sentence(written: Written) -> str:
    cards, answers = _count(written.cards, "card"), _count(written.reviews, "answer")
    files = _count(written.media, "picture or sound", "pictures and sounds")
    is_one = written.cards == 1 and not written.media
    return f"{cards} with {answers}{f' and {files}' if written.media else ''} {'is' if is_one else 'are'} in the file."


def _count(number: int, thing: str, things: str = "") -> str:
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"
