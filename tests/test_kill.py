"""The kill harness in its short form; the whole one is `python -m tests.kill --kills 20 --acknowledged 1000`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import kill
from tests.core.test_migrations import empty_database

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("WOODSHED_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def url(engine_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    if engine_kind == "sqlite":
        yield ""
        return
    with empty_database(request.getfixturevalue("postgres_url")) as own:
        yield own


def test_no_acknowledged_answer_is_lost_or_doubled_by_kills(url: str, tmp_path: Path) -> None:
    kills, answers = (1, 20) if url else (3, 60)  # the same promise; what differs is the database's own
    result = kill.run(kills, answers, seed=7, root=tmp_path, database_url=url, healthy_seconds=30)  # others run, too

    assert len(result.rounds) == kills
    assert result.acknowledged >= answers and result.in_log >= result.acknowledged
    assert "all is well" in result.check
