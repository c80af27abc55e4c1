"""Files in a bucket: kept there first, fetched when they are not here, swept in both places, never lost."""

import io
import os
import shutil
import sys
import time

import pytest

from app import create_app
from core import remote_storage
from core.errors import Busy
from core.remote_storage import RemoteStorage
from core.settings import Settings, SettingsError
from core.storage import Storage
from tests.conftest import KEY
from tests.core.bucket import bucket


@pytest.fixture
def remote(tmp_path, monkeypatch):
    with bucket(monkeypatch) as store:
        yield RemoteStorage(tmp_path / "here", store, 1000)


def keep(storage: Storage, octets: bytes) -> str:
    staged = storage.stage(io.BytesIO(octets), most=10_000)
    storage.keep(staged)
    return staged.sha256


def age(storage: Storage) -> None:
    for path in storage.folder.rglob("*"):
        os.utime(path, (time.time() - 2 * 3600,) * 2)


def test_what_was_kept_is_fetched_when_it_is_not_here_any_more(remote):
    sha256 = keep(remote, b"a mix")
    shutil.rmtree(remote.folder)

    assert remote.has(sha256) and remote.names() == {sha256}
    assert remote.path(sha256).read_bytes() == b"a mix" and remote.is_sound(sha256)
    assert not list((remote.folder / "incoming").iterdir())


def test_what_was_sent_ahead_is_not_sent_again_while_others_wait_for_the_database(remote, monkeypatch):
    import obstore

    staged = remote.stage(io.BytesIO(b"a mix"), most=100)
    remote.send_ahead(staged)
    monkeypatch.setattr(obstore, "put", None)
    remote.keep(staged)

    assert remote.names() == {staged.sha256}


def test_what_is_nowhere_is_missing(remote):
    assert not remote.has("0" * 64)
    assert not remote.path("0" * 64).is_file()


def test_the_sweep_takes_orphans_here_and_there_and_leaves_what_is_named(remote):
    named, orphan = keep(remote, b"named"), keep(remote, b"orphan")

    removed = remote.sweep({named}, older_than=-60)

    assert removed == 1
    assert remote.names() == {named} and not remote.has(orphan)


def test_a_young_orphan_stays_in_the_bucket(remote):
    orphan = keep(remote, b"orphan")
    age(remote)

    remote.sweep(set())

    assert remote.has(orphan)


def test_what_lay_here_before_there_was_a_bucket_is_sent_there(remote):
    sha256 = keep(Storage(remote.folder), b"an old mix")

    remote.sweep({sha256})
    shutil.rmtree(remote.folder)

    assert remote.path(sha256).read_bytes() == b"an old mix"


def test_the_cache_throws_out_what_was_asked_for_longest_ago_and_nothing_that_is_only_here(remote):
    old, new = keep(remote, b"o" * 600), keep(remote, b"n" * 600)
    only_here = keep(Storage(remote.folder), b"h" * 600)
    age(remote)
    remote.path(new)

    remote.trim()

    assert not remote.place(old).exists() and remote.path(old).read_bytes() == b"o" * 600
    assert remote.place(new).exists() and remote.place(only_here).exists()


def test_a_storage_that_is_away_refuses_the_upload_and_keeps_no_row_without_a_file(remote, monkeypatch):
    import obstore

    def is_away(*_, **__):
        raise obstore.exceptions.BaseError("no route")

    monkeypatch.setattr(obstore, "put", is_away)

    with pytest.raises(Busy, match="cannot be reached"):
        keep(remote, b"a mix")
    assert Storage(remote.folder).names() == set()


def test_a_host_without_the_package_is_told_what_to_do(site, monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.setitem(sys.modules, "obstore.store", None)

    with pytest.raises(SettingsError, match="pip install"):
        create_app(site.model_copy(update={"storage_url": "s3://school/woodshed"}))


def test_without_a_url_the_folder_is_the_storage(site):
    assert type(remote_storage.storage_of(site)) is Storage


@pytest.mark.parametrize(
    "wrong", [{"storage_url": "ftp://school"}, {"storage_url": "s3://"}, {"storage_endpoint": "x"}]
)
def test_an_odd_address_of_a_storage_is_refused_at_the_start(wrong):
    with pytest.raises(ValueError, match="give"):
        Settings(secret_key=KEY, **wrong)
