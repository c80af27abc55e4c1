"""Uploads and measuring under kill -9, in short; the whole proof is `python -m tests.kill_uploads --kills 30`."""

import os
from pathlib import Path

import pytest

from tests import kill_uploads

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")


def test_no_kill_leaves_a_row_without_its_file_or_a_file_without_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("WOODSHED_")]:
        monkeypatch.delenv(name)

    versions, ready, notes = kill_uploads.run(2, seed=7, root=tmp_path, most_seconds=1.0)

    assert versions >= len(notes.acknowledged) and versions >= 1
    assert ready >= 1
