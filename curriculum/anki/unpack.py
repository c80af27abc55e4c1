"""The children that open the archive: `python -m curriculum.anki.unpack PACKAGE`, and with `media` after it.

Both write into files of the folder they run in, opened before the first foreign octet is read.
"""

import errno
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

from core import confined
from curriculum.anki import progress
from curriculum.anki.archive import COLLECTIONS, Archive
from curriculum.anki.limits import LONGEST_SECONDS, MEMORY, MOST_DATABASE, MOST_MEDIA_FILE, Rejected, broken, too_much

DATABASE, MEDIA_LIST = "collection.db", "media.jsonl"
WANTED, MEDIA = "wanted.json", "media.bin"
BATCH = MOST_MEDIA_FILE  # octets of media unpacked at a time


def main(package: str, what: str = "") -> None:
    with open(package, "rb") as file, open(progress.FILE, "wb", buffering=0) as tell:
        if what == "media":
            with open(WANTED, "rb") as wanted, open(MEDIA, "wb", buffering=0) as out:
                answer(lambda: media(file, json.load(wanted), out), output=BATCH)
        else:
            with open(DATABASE, "wb", buffering=0) as out, open(MEDIA_LIST, "w", encoding="utf-8") as listed:
                answer(lambda: unpack(file, out, listed, progress.to(tell)), output=MOST_DATABASE)


def answer(work: Callable[[], dict[str, Any]], *, output: int) -> None:
    """Print what `work` gives, or how it says no, as one line of JSON. From here on this process is confined."""
    confined.limit_this_process(cpu_seconds=LONGEST_SECONDS, memory=progress.address_space() + MEMORY, output=output)
    try:
        said = work()
    except Rejected as rejected:
        said = asdict(rejected)
    except MemoryError:
        said = asdict(too_much("reading it takes too much memory"))
    except OSError as fault:
        if fault.errno == errno.ENOSPC:
            said = {"status": 507, "why": "the disk is full"}
        elif fault.errno == errno.EFBIG:
            said = asdict(too_much("it unpacks to far more than it seems to hold"))
        else:
            raise
    print(json.dumps(said), flush=True)
    os._exit(0)  # nothing to tidy up that could go wrong under these limits


def unpack(file: BinaryIO, out: BinaryIO, listed: Any, tell: Callable[..., None]) -> dict[str, Any]:
    """The collection into `out`, the list of media into `listed`, one entry a line."""
    archive = Archive(file)
    name, done = COLLECTIONS[archive.variant], 0
    for block in archive.blocks(name, MOST_DATABASE, zstd=archive.variant == "anki21b"):
        out.write(block)
        done += len(block)
        tell(done)
    entries = archive.media()
    for entry in entries:
        listed.write(json.dumps([entry.name, entry.member, entry.size]) + "\n")
    listed.flush()
    return {"variant": archive.variant, "size": done, "media": len(entries)}


def media(file: BinaryIO, wanted: list[list[Any]], out: BinaryIO) -> dict[str, Any]:
    """The members wanted, [member, size], one after the other into `out`."""
    archive = Archive(file)
    for member, size in wanted:
        count = 0
        for block in archive.blocks(member, size, zstd=archive.variant == "anki21b"):
            count += len(block)
            out.write(block)
        if count != size:
            raise broken("a sound or picture in it is not as large as its list says")
    return {"files": len(wanted)}


if __name__ == "__main__":
    main(*sys.argv[1:])
