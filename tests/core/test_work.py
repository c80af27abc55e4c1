"""Long work: the oldest first, progress in words, cancelled at a word, ended by a sentence, taken up after a kill."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from app import create_app
from core import clock, work
from core.accounts import User
from core.database import Database
from core.errors import NotFound, Refused
from core.limits import RateCount
from core.settings import HERE, Settings
from core.work import Kind, Task, Work
from tests.conftest import KEY
from tests.core.test_jobs import wait_for
from tests.times import DAY, HOUR, MONDAY, SECOND

PAGE = ("profile.settings", "Settings")
OTHER_PROCESS = """
import time
from sqlmodel import select
from app import create_app
from core.jobs import run_forever
from core.limits import RateCount
from core.work import Kind

def slowly(task):
    with task.base.writing() as db:
        db.add(RateCount(key=f"begun {time.time_ns()}", count=1, expires_at=0))
    with task.base.reading() as db:
        begun = len(db.exec(select(RateCount)).all())
    for number in range(400 if begun == 1 else 3):
        task.tell("Counting", number, 400)
        time.sleep(0.05)
    return {"said": f"begun {begun} times"}

app = create_app()
app.extensions["work"] = {
    "slow": Kind(slowly, ("profile.settings", "x"), ("profile.settings", "x")),
    "fragile": Kind(slowly, ("profile.settings", "x"), ("profile.settings", "x"), cut_off="It was cut off."),
}
run_forever(app, [])
"""


@pytest.fixture
def job_app(site: Settings, base: Database, at: Callable[..., None]) -> Iterator[Flask]:
    """The app on either database, with kinds of the tests' own."""
    app = create_app(site)
    app.extensions["database"].engine.dispose()
    app.extensions.update(database=base, work={})
    yield app


@pytest.fixture
def kind(job_app: Flask) -> Callable[..., None]:
    """`kind("count", run)`: the app knows this kind of work."""

    def make(name: str, run: Callable[[Task], Mapping[str, Any]], **more: Any) -> None:
        job_app.extensions["work"][name] = Kind(run, PAGE, PAGE, **more)

    return make


def asked(db: Session, ada: User, kind: str = "count", *, at: Any = MONDAY, **wish: Any) -> Work:
    piece = work.ask(db, ada.id, kind, "Counting", wish, at=at)
    db.commit()
    return piece


def row(db: Session, piece: Work) -> Work:
    db.rollback()
    found = db.exec(select(Work).where(Work.id == piece.id)).one()
    db.expunge(found)
    return found


def test_the_oldest_piece_is_done_first_and_keeps_what_came_of_it(db, fresh_db, ada, ben, job_app, kind):
    order: list[str] = []

    def run(task: Task) -> Mapping[str, Any]:
        order.append(task.asked["name"])
        return {"said": f"counted {task.asked['name']}"}

    kind("count", run)
    second = asked(db, ada, name="second", at=MONDAY + SECOND)
    first = asked(db, ben, name="first")

    ran = [work.run_next(job_app) for _ in range(3)]

    assert ran == [True, True, False]
    assert order == ["first", "second"]
    assert [row(fresh_db, one).outcome["said"] for one in (first, second)] == ["counted first", "counted second"]
    assert row(fresh_db, first).state == "done" and row(fresh_db, first).ended_at is not None


def test_people_take_turns_so_that_nobody_waits_for_all_files_of_another(db, ada, ben, job_app, kind):
    order: list[str] = []

    def run(task: Task) -> Mapping[str, Any]:
        order.append(task.asked["name"])
        clock.use(lambda: MONDAY + len(order) * SECOND, testing=True)
        return {}

    kind("count", run)
    for number in range(4):
        asked(db, ada, name=f"a{number}", at=MONDAY - HOUR + number * SECOND)
    last = asked(db, ben, name="b0", at=MONDAY)
    asked(db, ben, name="b1", at=MONDAY + SECOND)

    seen = work.before(db, last)
    db.commit()
    while work.run_next(job_app):
        pass

    assert order == ["a0", "b0", "a1", "b1", "a2", "a3"]
    assert seen == 1


def test_a_kind_with_an_allowance_of_its_own_takes_no_room_from_others(db, ada, job_app):
    for number in range(12):
        work.ask(db, ada.id, "measure", "Measuring", {"number": number}, most=12, at=MONDAY)
    db.commit()

    assert asked(db, ada).state == "waiting"
    with pytest.raises(Refused, match="12 pieces"):
        work.ask(db, ada.id, "measure", "Measuring", {"number": 99}, most=12, at=MONDAY)


def test_the_same_wish_twice_is_one_piece_until_it_is_over(db, ada, job_app, kind):
    kind("count", lambda task: {})
    first = asked(db, ada, name="once")
    again = asked(db, ada, name="once")
    work.run_next(job_app)

    later = asked(db, ada, name="once")

    assert first.id == again.id != later.id


def test_one_person_cannot_fill_the_queue(db, ada, ben, job_app):
    for number in range(work.MOST_UNFINISHED):
        asked(db, ada, number=number)

    with pytest.raises(Refused, match="waiting already"):
        asked(db, ada, number=99)
    db.rollback()
    assert asked(db, ben).state == "waiting"


def test_progress_is_written_while_the_work_goes_on_but_not_at_every_word(db, base, fresh_db, ada, job_app, kind):
    seen: list[tuple[str, str, int]] = []
    writes: list[float] = []

    def run(task: Task) -> Mapping[str, Any]:
        def spied(**more: Any) -> Any:
            writes.append(more["patience"])
            return base.writing(**more)

        task.base = cast(Any, SimpleNamespace(writing=spied, reading=base.reading))
        for number in range(1000):
            task.tell("Counting", number, 1000)
        task.tell("Adding up")
        found = row(fresh_db, piece)
        seen.append((found.state, found.stage, found.total))
        return {}

    kind("count", run)
    piece = asked(db, ada)
    work.run_next(job_app)

    assert seen == [("running", "Adding up", 0)]
    assert 2 <= len(writes) <= 4


def test_a_word_on_progress_does_not_wait_for_the_works_own_transaction(db, base, fresh_db, ada, job_app, kind):
    def run(task: Task) -> Mapping[str, Any]:
        with base.writing() as mine:
            mine.add(RateCount(key="effect", count=1, expires_at=0))
            mine.flush()
            task.tell("Writing", 1, 2)
        return {}

    kind("count", run)
    piece = asked(db, ada)
    work.run_next(job_app)

    assert row(fresh_db, piece).state == "done"
    assert fresh_db.get(RateCount, "effect")


def test_cancelling_ends_waiting_work_at_once(db, fresh_db, ada, job_app, kind):
    kind("count", lambda task: {})
    piece = asked(db, ada)

    work.cancel(db, piece, at=MONDAY)
    db.commit()

    assert row(fresh_db, piece).state == "cancelled"
    assert not work.run_next(job_app)


def test_cancelling_takes_back_what_running_work_had_begun(db, base, fresh_db, ada, job_app, kind):
    def run(task: Task) -> Mapping[str, Any]:
        task.tell("Preparing")
        with base.writing() as other:
            work.cancel(other, task.work, at=MONDAY)
        with base.writing() as mine:
            mine.add(RateCount(key="effect", count=1, expires_at=0))
            mine.flush()
            task.tell("Writing")
        return {}

    kind("count", run)
    piece = asked(db, ada)
    work.run_next(job_app)

    assert row(fresh_db, piece).state == "cancelled"
    assert fresh_db.get(RateCount, "effect") is None


def test_what_is_over_is_not_cancelled(db, fresh_db, ada, job_app, kind):
    kind("count", lambda task: {"said": "all of it"})
    piece = asked(db, ada)
    work.run_next(job_app)

    work.cancel(db, piece, at=MONDAY)
    db.commit()

    assert row(fresh_db, piece).state == "done"


@pytest.mark.parametrize(
    ("error", "words"),
    [(Refused("This deck is empty."), "This deck is empty."), (RuntimeError("list index"), "Something went wrong")],
)
def test_work_that_fails_says_so_in_a_sentence(db, fresh_db, ada, job_app, kind, error, words, caplog):
    def run(task: Task) -> Mapping[str, Any]:
        raise error

    kind("count", run)
    piece = asked(db, ada)
    work.run_next(job_app)

    found = row(fresh_db, piece)
    assert found.state == "failed"
    assert words in found.outcome["error"] and "list index" not in found.result
    assert ("list index" in caplog.text) == isinstance(error, RuntimeError)


def test_work_of_a_kind_that_is_gone_says_so(db, fresh_db, ada, job_app):
    piece = asked(db, ada, "forgotten")

    work.run_next(job_app)

    assert "does not know that kind" in row(fresh_db, piece).outcome["error"]


def test_work_that_was_cut_off_is_begun_again_once(db, fresh_db, ada, job_app, kind):
    kind("count", lambda task: {})
    piece = asked(db, ada)
    states = []
    for _ in range(2):
        with job_app.app_context():
            work._take(job_app.extensions["database"])  # the process is killed here

        work.take_up(job_app)
        states.append(row(fresh_db, piece).state)

    assert states == ["waiting", "failed"]
    assert "more than once" in row(fresh_db, piece).outcome["error"]


def test_work_that_cannot_be_begun_again_says_that_it_was_cut_off(db, fresh_db, ada, job_app, kind):
    kind("count", lambda task: {}, cut_off="The server was stopped in the middle.")
    piece = asked(db, ada)
    with job_app.app_context():
        work._take(job_app.extensions["database"])

    work.take_up(job_app)

    assert row(fresh_db, piece).outcome == {"error": "The server was stopped in the middle."}


def test_a_process_that_is_told_to_end_puts_its_work_back(db, fresh_db, ada, job_app, kind):
    stop = threading.Event()

    def run(task: Task) -> Mapping[str, Any]:
        stop.set()
        task.tell("Going on")
        return {}

    kind("count", run)
    piece = asked(db, ada)
    work.run_next(job_app, stop)

    assert row(fresh_db, piece).state == "waiting"


def test_what_a_work_says_in_its_own_transaction_stands_and_falls_with_it(db, base, fresh_db, ada, job_app, kind):
    def run(task: Task) -> Mapping[str, Any]:
        with base.writing() as mine:
            mine.add(RateCount(key="effect", count=1, expires_at=0))
            task.end(mine, {"said": "with its effect"}, at=MONDAY)
        return {"said": "later"}

    kind("count", run)
    piece = asked(db, ada)
    work.run_next(job_app)

    assert row(fresh_db, piece).outcome == {"said": "with its effect"}


def test_work_that_another_process_took_over_does_not_end_twice(db, base, fresh_db, ada, job_app, kind):
    def run(task: Task) -> Mapping[str, Any]:
        work.take_up(job_app)  # a process that believes this one dead
        with base.writing() as mine:
            mine.add(RateCount(key="effect", count=1, expires_at=0))
            mine.flush()
            task.end(mine, {}, at=MONDAY)
        return {}

    kind("count", run)
    piece = asked(db, ada)
    work.run_next(job_app)

    assert fresh_db.get(RateCount, "effect") is None
    assert row(fresh_db, piece).state == "waiting"


def test_work_is_forgotten_a_month_after_its_end(db, fresh_db, ada, job_app, kind, at):
    kind("count", lambda task: {})
    for days in (31, 29):
        at(MONDAY - days * DAY)
        asked(db, ada, days=days, at=MONDAY - days * DAY)
        work.run_next(job_app)
    waiting = asked(db, ada, at=MONDAY - 60 * DAY)

    removed = work.forget_old(db, at=MONDAY)
    db.commit()

    assert removed == 1
    assert {one.id for one in fresh_db.exec(select(Work))} >= {waiting.id}


# -- the page ------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(app: Flask, job_app: Flask) -> None:
    """The web knows the same kinds."""
    app.extensions["work"] = job_app.extensions["work"]


def test_the_page_says_how_far_it_is_and_where_it_leads(as_ada, db, ada, job_app, kind, shown):
    kind("count", lambda task: {"said": "Counted to ten."})
    piece = asked(db, ada)
    waiting = as_ada.get(f"/work/{piece.id}").text
    work.run_next(job_app)

    done = as_ada.get(f"/work/{piece.id}").text

    assert "Waiting for its turn" in waiting and "Cancel it" in waiting
    assert "Counted to ten." in done and f'href="/settings?work_id={piece.id}"' in done and "Cancel it" not in done


def test_a_script_gets_figures(as_ada, db, ada, shown):
    piece = asked(db, ada)

    figures = as_ada.get(f"/work/{piece.id}", headers={"X-Requested-With": "woodshed"}).json

    assert figures == {"state": "waiting", "stage": "", "done": 0, "total": 0, "is_over": False, "before": 0}


def test_work_that_leads_on_opens_the_next_page_by_itself(as_ada, db, ada, job_app, kind, shown):
    kind("count", lambda task: {}, goes_on=True)
    piece = asked(db, ada)
    work.run_next(job_app)

    answer = as_ada.get(f"/work/{piece.id}")

    assert (answer.status_code, answer.location) == (303, f"/settings?work_id={piece.id}")


def test_a_click_cancels_it(as_ada, db, fresh_db, ada, shown):
    piece = asked(db, ada)

    answer = as_ada.send(f"/work/{piece.id}/cancelled")

    assert answer.status_code == 303
    assert row(fresh_db, piece).state == "cancelled"
    assert "Nothing was changed" in as_ada.get(answer.location).text


def test_eve_finds_nothing(as_eve, db, fresh_db, ada, eve, shown):
    piece = asked(db, ada)

    statuses = [as_eve.get(f"/work/{piece.id}").status_code, as_eve.send(f"/work/{piece.id}/cancelled").status_code]

    assert statuses == [404, 404]
    assert row(fresh_db, piece).state == "waiting"
    with pytest.raises(NotFound):
        work.find(db, ada.id, piece.id, "another kind")


# -- the process ---------------------------------------------------------------------------------------------


@pytest.fixture
def job_process(site: Settings) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []
    surroundings = os.environ | {
        "WOODSHED_DATA": str(site.data),
        "WOODSHED_DATABASE_URL": site.database_url,
        "WOODSHED_SECRET_KEY": KEY,
        "PYTHONPATH": str(HERE),
    }

    def start() -> "subprocess.Popen[str]":
        words = [sys.executable, "-c", OTHER_PROCESS]
        started.append(subprocess.Popen(words, env=surroundings, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_killed_in_the_middle_the_next_process_finishes_it_or_says_so(db, base, fresh_db, ada, job_process):
    slow, fragile = (asked(db, ada, kind, at=clock.now()) for kind in ("slow", "fragile"))
    first = job_process()
    wait_for(lambda: row(fresh_db, slow).done > 0)
    with base.writing() as other:  # the second is under way, too, as a process with two hands would have it
        taken = {"state": "running", "started_at": clock.now()}
        other.execute(Work.__table__.update().where(col(Work.id) == fragile.id).values(**taken))

    first.kill()
    first.wait()
    second = job_process()

    wait_for(lambda: row(fresh_db, slow).is_over)
    assert json.loads(row(fresh_db, slow).result) == {"said": "begun 2 times"}
    assert row(fresh_db, fragile).outcome == {"error": "It was cut off."}
    assert second.poll() is None
