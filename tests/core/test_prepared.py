import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from core.prepared import is_prepared, newest_revisions
from core.settings import HERE, Settings


@pytest.fixture
def prepared(migrated: Path, tmp_path) -> Settings:
    """A site as `startup.prepare` leaves it."""
    site = Settings(data=tmp_path / "data", secret_key="k" * 48)
    for folder in (site.data, site.files, site.backups):
        folder.mkdir(mode=0o700)
    shutil.copy(migrated, site.data)
    return site


def test_a_second_start_has_nothing_to_prepare(prepared):
    assert is_prepared(prepared)


def test_an_older_database_is_migrated_first(prepared):
    with closing(sqlite3.connect(prepared.data / "woodshed.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")

    assert not is_prepared(prepared)


@pytest.mark.parametrize("missing", ["woodshed.db", "files", "backups"])
def test_what_is_missing_is_made_first(prepared, missing):
    path = prepared.data / missing
    path.rmdir() if path.is_dir() else path.unlink()

    assert not is_prepared(prepared)
    assert not path.exists(), "asking makes nothing"


def test_a_database_that_is_none_is_left_to_the_start_to_tell(prepared):
    (prepared.data / "woodshed.db").write_text("no database", "utf-8")

    assert not is_prepared(prepared)


def test_a_site_without_key_or_with_an_open_folder_is_prepared_first(prepared):
    assert not is_prepared(prepared.model_copy(update={"secret_key": ""}))

    prepared.data.chmod(0o755)

    assert not is_prepared(prepared)


def test_the_newest_revisions_are_alembics():
    assert newest_revisions() == set(ScriptDirectory(str(HERE / "core" / "migrations")).get_heads())
