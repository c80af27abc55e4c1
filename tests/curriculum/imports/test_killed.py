"""The process that imports is killed with -9: all of it is there, or nothing; the next one finishes it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clock, work
from core.accounts import User
from core.database import Database
from core.settings import HERE, Settings
from core.storage import Storage
from core.work import Work
from curriculum import replay
from curriculum.models import CardMedia, Memory, OwnCard, Review
from tests.conftest import KEY, person
from tests.curriculum.imports.conftest import PNG, learnt

NOTES, ANSWERS = 300, 5
ATTEMPTS = 4  # for a kill that comes in time
STAGES = ("Reading", "Writing")  # `Work.stage` when the kill comes; the others have written nothing yet either
PATIENCE = 60.0  # seconds


class Jobs:
    """The job process of a site, started anew whenever it was killed."""

    def __init__(self, site: Settings) -> None:
        self.env = os.environ | {
            "WOODSHED_DATA": str(site.data),
            "WOODSHED_DATABASE_URL": site.database_url,
            "WOODSHED_SECRET_KEY": KEY,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [sys.executable, str(HERE / "app.py"), "jobs", "run"]
        self.process = subprocess.Popen(words, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def jobs(site: Settings) -> Iterator[Jobs]:
    jobs = Jobs(site)
    yield jobs
    jobs.kill()


def counts(base: Database, user: User) -> tuple[int, int, int, int]:
    with base.reading() as db:
        return tuple(  # type: ignore[return-value]
            db.scalar(sa.select(sa.func.count()).select_from(table).where(col(table.user_id) == user.id)) or 0
            for table in (OwnCard, Memory, Review, CardMedia)
        )


def look(base: Database, user: User) -> Work:
    with base.reading() as db:
        return db.exec(select(Work).where(Work.user_id == user.id)).one()


def wait_for(base: Database, user: User, stage: str = "") -> None:
    """Until the work is over, or at this stage."""
    last = time.monotonic() + PATIENCE
    while True:
        piece = look(base, user)
        if piece.is_over or (stage and piece.stage.startswith(stage)):
            return
        assert time.monotonic() < last, "nothing happened"
        time.sleep(0.005)


def test_killed_at_any_stage_it_is_all_or_nothing_and_the_retry_doubles_nothing(
    base: Database, db: Session, storage: Storage, package: Callable[..., Path], jobs: Jobs
) -> None:
    path = package(
        *(learnt(f"n{number}", front='<img src="a.png">') for number in range(NOTES)), media=[("a.png", PNG)]
    )
    with open(path, "rb") as file:
        staged = storage.stage(file, most=10**8)
    storage.keep(staged)
    whole = (NOTES, NOTES, NOTES * ANSWERS, 1)
    for stage in STAGES if base.is_sqlite else STAGES[-1:]:
        for attempt in range(ATTEMPTS):
            learner = person(db, f"{stage}{attempt}")
            asked = {"sha256": staged.sha256, "name": "deck.apkg"}
            work.ask(db, learner.id, "import-deck", "Import", asked, at=clock.now())
            db.commit()
            if jobs.process is None or jobs.process.poll() is not None:
                jobs.start()
            wait_for(base, learner, stage)
            jobs.kill()
            caught, after_kill = look(base, learner), counts(base, learner)

            jobs.start()
            wait_for(base, learner)

            assert after_kill in ((0, 0, 0, 0), whole)
            assert look(base, learner).state == "done", look(base, learner).result
            assert counts(base, learner) == whole
            with base.reading() as reading:
                assert replay.faults(reading, learner.id) == []
            if caught.state == "running" and caught.stage.startswith(stage):
                break
        else:
            pytest.fail(f"{ATTEMPTS} kills came too late to prove anything of the stage {stage}")
