"""Uploaded files: whole or not there at all, named by what they hold, swept when nothing names them."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from core.accounts import User
from core.errors import TooLarge
from core.settings import HERE
from core.storage import BLOCK, Storage
from mentorship import jobs, portfolio
from mentorship.models.pieces import Version
from tests.times import MONDAY

SONG = b"RIFF night bus"
SHA256 = hashlib.sha256(SONG).hexdigest()
AN_HOUR_AND_MORE = 3700  # seconds

KILLED_BEFORE_THE_ROW = """
import io, os, signal, sys
from pathlib import Path
from core.storage import Storage
storage = Storage(Path(sys.argv[1]))
staged = storage.stage(io.BytesIO(b"RIFF night bus"), most=100)
if sys.argv[2] == "after the rename":
    storage.keep(staged)
os.kill(os.getpid(), signal.SIGKILL)
"""


def keep(storage: Storage, content: bytes = SONG) -> Path:
    return storage.keep(storage.stage(io.BytesIO(content), most=10 * BLOCK))


def files(storage: Storage) -> list[str]:
    return sorted(str(path.relative_to(storage.folder)) for path in storage.folder.rglob("*") if path.is_file())


def age(storage: Storage, seconds: float = AN_HOUR_AND_MORE) -> None:
    for path in storage.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - seconds,) * 2)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Without a database beside it."""
    return Storage(tmp_path / "files")


def test_a_file_is_named_by_what_it_holds(storage: Storage) -> None:
    path = keep(storage)

    assert (path.name, path.read_bytes()) == (SHA256, SONG)
    assert files(storage) == [f"{SHA256[:2]}/{SHA256}"]
    assert storage.names() == {SHA256}


def test_the_same_content_twice_is_one_file(storage: Storage) -> None:
    first, second = keep(storage), keep(storage)

    assert first == second
    assert len(files(storage)) == 1


def test_nobody_else_on_the_machine_reads_the_files(storage: Storage) -> None:
    path = keep(storage)

    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o077 for folder in (path.parent, storage.folder / "incoming")} == {0}


@pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_a_file_arrives_as_it_was_sent(storage: Storage, size: int) -> None:
    content = os.urandom(size)

    staged = storage.stage(io.BytesIO(content), most=3 * BLOCK)
    path = storage.keep(staged)

    assert (staged.size, path.read_bytes()) == (size, content)


def test_a_file_that_is_too_large_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(TooLarge, match="larger than the 1 MB"):
        storage.stage(io.BytesIO(b"x" * 2_000_000), most=1_000_000)

    assert files(storage) == []


def test_a_file_of_exactly_the_limit_is_taken(storage: Storage) -> None:
    assert storage.stage(io.BytesIO(b"x" * 100), most=100).size == 100


def test_a_sender_who_goes_away_leaves_nothing(storage: Storage) -> None:
    class Gone(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        storage.stage(Gone(SONG), most=100)

    assert files(storage) == []


def test_a_full_disk_leaves_nothing(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(OSError, match="No space"):
        storage.stage(io.BytesIO(SONG), most=100)

    assert files(storage) == []


def test_a_dropped_file_is_gone(storage: Storage) -> None:
    staged = storage.stage(io.BytesIO(SONG), most=100)

    storage.drop(staged)
    storage.drop(staged)

    assert files(storage) == []


def test_a_kept_file_survives_the_dropping_of_its_transfer(storage: Storage) -> None:
    staged = storage.stage(io.BytesIO(SONG), most=100)
    storage.keep(staged)

    storage.drop(staged)

    assert storage.names() == {SHA256}


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, SHA256 + "0", SHA256[:-1] + "/", SHA256.upper()])
def test_only_a_hash_is_a_place(storage: Storage, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        storage.path(name)


def test_the_file_is_synced_before_it_gets_its_name(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        steps.append("sync folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "sync file")
        fsync(handle)

    def noted_replace(source: Path, target: Path) -> None:
        steps.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    keep(storage)

    assert steps == ["sync file", "rename", "sync folder"]


# -- the sweep -----------------------------------------------------------------------------------------------


def test_the_sweep_takes_old_orphans_and_nothing_else(storage: Storage) -> None:
    named, orphan = keep(storage, b"named"), keep(storage, b"orphan")
    storage.stage(io.BytesIO(b"never ended"), most=100)
    age(storage)
    young = keep(storage, b"young")
    storage.stage(io.BytesIO(b"still arriving"), most=100)

    removed = storage.sweep([named.name])

    assert removed == 2
    assert named.exists() and young.exists() and not orphan.exists()
    assert len([one for one in files(storage) if one.startswith("incoming")]) == 1


def test_content_that_comes_again_is_young_again(storage: Storage) -> None:
    keep(storage)
    age(storage)
    keep(storage)

    storage.sweep([])

    assert storage.names() == {SHA256}


def test_a_transfer_that_ends_during_the_sweep_stops_nothing(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(storage)
    age(storage)
    gone, glob = storage.folder / "incoming" / "gone", Path.glob
    monkeypatch.setattr(Path, "glob", lambda folder, pattern: [gone, *glob(folder, pattern)])

    removed = storage.sweep([])

    assert removed == 1


def test_a_foreign_file_in_the_folder_is_no_name(storage: Storage) -> None:
    keep(storage)
    (storage.folder / SHA256[:2] / "notes.txt").write_text("mine")

    assert storage.names() == {SHA256}


@pytest.mark.parametrize("moment", ["before the rename", "after the rename"])
def test_killed_before_the_row_leaves_an_orphan_that_is_swept(
    tmp_path: Path, db: Session, ada: User, make_version: Callable[..., Version], moment: str
) -> None:
    storage = Storage(tmp_path / "killed")
    done = subprocess.run([sys.executable, "-c", KILLED_BEFORE_THE_ROW, str(storage.folder), moment], cwd=HERE)
    version = make_version(ada)
    kept = keep(storage, b"of a version")
    version.sha256 = kept.name
    db.commit()
    assert done.returncode == -signal.SIGKILL and len(files(storage)) == 2

    jobs.sweep_files(db, storage, at=MONDAY)
    young = len(files(storage))
    age(storage)
    said = jobs.sweep_files(db, storage, at=MONDAY)

    assert young == 2
    assert said == "1 orphaned files removed"
    assert storage.names() == {kept.name} == portfolio.known_hashes(db)
    assert keep(storage).read_bytes() == SONG  # sending it again works
