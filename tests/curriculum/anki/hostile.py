"""Packages that mean harm, or are broken. Each maker returns the octets of one; as a program it tries them all.

python -m tests.curriculum.anki.hostile FOLDER    prints for each file in FOLDER how it was refused, as JSON
"""

import functools
import io
import json
import sqlite3
import struct
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import zstandard

from curriculum.anki.write import OutNote, package

FIRST_DAY = 739_000
NOTE = OutNote(id="k7m2qd", type="basic", front="Q", back="A", created_at=1_780_000_000_000)
MAKERS: dict[str, tuple[int, Callable[[], bytes]]] = {}  # name -> (status expected, maker)


def refused_with(status: int) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def keep(maker: Callable[[], bytes]) -> Callable[[], bytes]:
        MAKERS[maker.__name__] = (status, maker)
        return maker

    return keep


def honest(notes: tuple[OutNote, ...] = (NOTE,), media: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "honest.apkg"
        package(path, notes, [(name, io.BytesIO(octets)) for name, octets in media], first_day=FIRST_DAY, west=0)
        return path.read_bytes()


@functools.cache
def untouched() -> bytes:
    return zipfile.ZipFile(io.BytesIO(honest())).read("collection.anki21")


def collection(*statements: str) -> bytes:
    """An honest collection.anki21, then these statements."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.db"
        path.write_bytes(untouched())
        db = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            db.executescript(statement)
        db.close()
        return path.read_bytes()


def archive(members: dict[str, bytes], *, also: tuple[tuple[zipfile.ZipInfo, bytes], ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, octets in members.items():
            file.writestr(name, octets)
        for info, octets in also:
            file.writestr(info, octets)
    return out.getvalue()


def old(database: bytes, **more: bytes) -> bytes:
    return archive({"collection.anki21": database, "media": b"{}", **more})


def new(database: bytes, media: bytes = b"", **more: bytes) -> bytes:
    squeeze = zstandard.ZstdCompressor().compress
    return archive({"meta": b"\x08\x03", "collection.anki21b": squeeze(database), "media": squeeze(media), **more})


def renamed(octets: bytes, before: bytes, after: bytes) -> bytes:
    assert len(before) == len(after) and octets.count(before) >= 2
    return octets.replace(before, after)


def with_member(info: zipfile.ZipInfo, octets: bytes = b"x") -> bytes:
    return archive({"collection.anki21": collection(), "media": b"{}"}, also=((info, octets),))


# The archive


@refused_with(415)
def no_archive() -> bytes:
    return b"<!doctype html><p>Hello" * 100


@refused_with(415)
def empty_file() -> bytes:
    return b""


@refused_with(415)
def archive_of_something_else() -> bytes:
    return archive({"readme.txt": b"hello"})


@refused_with(422)
def cut_archive() -> bytes:
    whole = honest()
    return whole[: len(whole) * 2 // 3]


@refused_with(422)
def damaged_member() -> bytes:
    whole = bytearray(honest())
    whole[200:260] = bytes(60)
    return bytes(whole)


@refused_with(413)
def zip_bomb() -> bytes:
    return archive({"collection.anki21": bytes(120_000_000), "media": b"{}"})


@refused_with(413)
def zstd_bomb() -> bytes:
    squeezed = zstandard.ZstdCompressor().compress(bytes(200_000_000))
    return archive({"meta": b"\x08\x03", "collection.anki21b": squeezed, "media": b""})


@refused_with(413)
def zstd_bomb_in_the_list_of_media() -> bytes:
    squeeze = zstandard.ZstdCompressor().compress
    return archive(
        {"meta": b"\x08\x03", "collection.anki21b": squeeze(collection()), "media": squeeze(bytes(200_000_000))}
    )


@refused_with(422)
def zstd_that_wants_a_wide_window() -> bytes:
    wide = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    squeezed = zstandard.ZstdCompressor(compression_params=wide).compressobj().compress(collection() * 4)
    return archive({"meta": b"\x08\x03", "collection.anki21b": squeezed, "media": b""})


@refused_with(422)
def nested_name() -> bytes:
    return with_member(zipfile.ZipInfo("../../etc/cron.d/x"))


@refused_with(422)
def absolute_name() -> bytes:
    return with_member(zipfile.ZipInfo("/etc/passwd"))


@refused_with(422)
def windows_name() -> bytes:
    return with_member(zipfile.ZipInfo("C:\\x"))


@refused_with(422)
def name_with_nul() -> bytes:
    return renamed(with_member(zipfile.ZipInfo("0QQQ")), b"0QQQ", b"0\0QQ")


@refused_with(422)
def symlink_member() -> bytes:
    info = zipfile.ZipInfo("0")
    info.external_attr = 0o120777 << 16
    return with_member(info, b"/etc/passwd")


@refused_with(422)
def duplicate_members() -> bytes:
    return renamed(with_member(zipfile.ZipInfo("mediA")), b"mediA", b"media")


@refused_with(413)
def million_members() -> bytes:
    """Written by hand: zipfile would take a minute. All entries are empty and share one local header."""
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"0"
    entries = b"".join(
        struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0)
        + b"%07d" % number
        for number in range(1_000_000)
    )
    end64 = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 10**6, 10**6, len(entries), len(local))
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(local) + len(entries), 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + entries + end64 + locator + end


@refused_with(422)
def lying_sizes() -> bytes:
    whole = bytearray(honest())
    place = whole.rfind(b"PK\x01\x02", 0, whole.find(b"collection.anki2", whole.find(b"PK\x01\x02")))
    whole[place + 24 : place + 28] = struct.pack("<I", 100)  # the size unpacked of the first entry
    return bytes(whole)


# The list of media


@refused_with(422)
def list_names_what_is_not_there() -> bytes:
    return archive({"collection.anki21": collection(), "media": b'{"0": "kick.mp3"}'})


@refused_with(422)
def list_names_a_path() -> bytes:
    return archive({"collection.anki21": collection(), "media": b'{"0": "../kick.mp3"}', "0": b"x"})


@refused_with(422)
def list_names_one_twice() -> bytes:
    return archive({"collection.anki21": collection(), "media": b'{"0": "a.png", "1": "a.png"}', "0": b"x", "1": b"y"})


@refused_with(422)
def list_is_nested_without_end() -> bytes:
    return archive({"collection.anki21": collection(), "media": b'{"0":' * 100_000})


@refused_with(422)
def protobuf_that_never_ends() -> bytes:
    return new(collection(), b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")


@refused_with(422)
def protobuf_bomb() -> bytes:
    return new(collection(), b"\x0a\x00" * 1_000_000)


@refused_with(413)
def list_that_promises_gigabytes() -> bytes:
    entry = b"\x0a\x05a.png\x10\xff\xff\xff\xff\x0f"
    return new(collection(), b"\x0a" + bytes([len(entry)]) + entry, **{"0": b"x"})


# The database


@refused_with(422)
def collection_that_is_no_database() -> bytes:
    return old(b"Hello, I am a collection" * 1000)


@refused_with(422)
def collection_that_ends_early() -> bytes:
    return old(collection()[:-4096])


@refused_with(422)
def garbage_pages() -> bytes:
    whole = bytearray(collection())
    for place in range(4096, len(whole), 4096):
        whole[place : place + 4096] = bytes(range(256)) * 16
    return old(bytes(whole))


@refused_with(422)
def trigger() -> bytes:
    return old(collection("CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM cards; END"))


@refused_with(422)
def view_instead_of_a_table() -> bytes:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    columns = "i id, i cid, 1 ease, 1 ivl, 1 lastIvl, 1 factor, 1 time, 1 type"
    return old(collection("DROP TABLE revlog", f"CREATE VIEW revlog AS {endless} SELECT {columns} FROM n"))


@refused_with(422)
def virtual_table() -> bytes:
    return old(collection("CREATE VIRTUAL TABLE v USING fts5(a)"))


@refused_with(422)
def generated_column() -> bytes:
    slow = "CREATE TABLE notes (id integer primary key, guid text, mid integer, mod integer, tags text, "
    return old(collection("DROP TABLE notes", slow + "flds text AS (hex(zeroblob(900000000))))"))


@refused_with(415)
def database_of_another_program() -> bytes:
    return old(collection("DROP TABLE cards", "DROP TABLE revlog"))


@refused_with(422)
def column_missing() -> bytes:
    return old(collection("ALTER TABLE cards RENAME COLUMN ivl TO interval"))


@refused_with(422)
def newer_schema() -> bytes:
    return old(collection("UPDATE col SET ver = 99"))


@refused_with(422)
def made_on_an_impossible_day() -> bytes:
    return old(collection("UPDATE col SET crt = 99999999999999"))


@refused_with(422)
def unknown_version() -> bytes:
    return archive({"meta": b"\x08\x09", "collection.anki21b": b"x", "media": b""})


@refused_with(422)
def models_that_are_no_json() -> bytes:
    return old(collection('UPDATE col SET models = \'{"1": {"name": \''))


@refused_with(422)
def models_nested_without_end() -> bytes:
    return old(collection('UPDATE col SET models = \'{"1":' + "[" * 200_000 + "'"))


@refused_with(422)
def text_that_is_not_utf8() -> bytes:
    return old(collection("UPDATE notes SET flds = CAST(x'41ff1f42' AS TEXT)"))


@refused_with(413)
def gigantic_field() -> bytes:
    return old(collection("UPDATE notes SET flds = hex(randomblob(1600000))"))


@refused_with(422)
def numbers_that_are_none() -> bytes:
    return old(collection("UPDATE cards SET ivl = 9e999"))


@refused_with(422)
def numbers_beyond_all_bounds() -> bytes:
    return old(collection("UPDATE cards SET due = 9223372036854775807"))


@refused_with(413)
def endless_log() -> bytes:
    counted = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500001)"
    bare = "DROP INDEX ix_revlog_cid; DROP INDEX ix_revlog_usn"
    return old(
        collection(bare, f"INSERT INTO revlog {counted} SELECT 1600000000000 + i, 1, 0, 3, 1, 1, 1, 1, 1 FROM n")
    )


@refused_with(422)
def pages_in_a_circle() -> bytes:
    """The root of the notes becomes an inner page, all of whose children are itself."""
    whole = bytearray(collection())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.db"
        path.write_bytes(whole)
        db = sqlite3.connect(path)
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'notes'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
        db.close()
    cells = b"".join(struct.pack(">I", root) + bytes([number]) for number in range(1, 101))
    pointers = b"".join(struct.pack(">H", size - len(cells) + 5 * number) for number in range(100))
    page = struct.pack(">BHHHBI", 5, 0, 100, size - len(cells), 0, root) + pointers
    whole[(root - 1) * size : root * size] = page + bytes(size - len(page) - len(cells)) + cells
    return old(bytes(whole))


def try_all(folder: Path) -> dict[str, dict]:
    """name -> status (200: taken), sentence, seconds; and what memory it took under "memory" (MB)."""
    import resource

    from core.errors import Refused
    from curriculum.anki import reading

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {}
    for path in sorted(folder.glob("*.apkg")):
        began = time.monotonic()
        try:
            with reading.opened(path, path.name) as package:
                said = {"status": 200, "text": str(package.contents.notes)}
        except Refused as refusal:
            said = {"status": refusal.status, "text": refusal.text}
        found[path.stem] = said | {"seconds": time.monotonic() - began}
    found["memory"] = {
        "children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000,
        "own": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000,
    }
    return found


if __name__ == "__main__":
    print(json.dumps(try_all(Path(sys.argv[1]))))
