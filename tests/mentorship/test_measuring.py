"""Measuring: asked for with the version, done by the job process, kept with its files, tried again on wish."""

import io
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app import create_app
from core import clock, work
from core.errors import NotFound, Refused
from core.work import Kind, Task, Work
from curriculum.audio.child import Measured
from mentorship import jobs, measuring, portfolio
from mentorship.checks import file_faults
from mentorship.models.pieces import Measurement, Version
from mentorship.probe import Found
from tests.times import DAY, HOUR, MONDAY

SOUND = Found("audio", "audio/aiff", 2.0, 44_100, 2)
PEAKS = b'{"version":2}'
FIGURES = {"integrated": -14.2, "reasons": {}}


@pytest.fixture
def add(db, storage):
    """`add(ada)`: a new piece of hers with a sound."""

    def add(person, words: str = "a sound", found: Found = SOUND) -> Version:
        upload = portfolio.Upload(storage.stage(io.BytesIO(words.encode()), most=1000), found, "mix.aiff")
        version = portfolio.add_version(
            db, storage, portfolio.create(db, person.id, title="Loop", at=MONDAY), upload, at=MONDAY
        )
        db.commit()
        return version

    return add


@pytest.fixture
def age_files(storage):
    def age_files() -> None:
        for path in storage.folder.rglob("*"):
            os.utime(path, (time.time() - 7200,) * 2)

    return age_files


@pytest.fixture
def job_app(site, base, at):
    app = create_app(site)
    app.extensions["database"].engine.dispose()
    app.extensions.update(database=base)
    return app


@pytest.fixture
def meter(job_app, storage):
    """`meter(measure)`: the app measures with this function; a plain one when left out."""

    def set_up(measure=None) -> None:
        def plain(path: Path, version: Version, folder: Path, tell) -> Measured:
            tell(50, 100)
            copy = folder / "listen.flac"
            copy.write_bytes(b"fLaC of " + path.read_bytes())
            peaks = folder / "peaks.json"
            peaks.write_bytes(PEAKS)
            return Measured("meter 1", FIGURES, {"loudness": None}, peaks, copy)

        def run(task: Task) -> Any:
            return measuring.run(task, storage=storage, measure=measure or plain, now=clock.now)

        page = ("portfolio.index", "Portfolio")
        job_app.extensions["work"] = {measuring.KIND: Kind(run, page, page)}

    set_up()
    return set_up


def row(fresh_db, version: Version) -> Measurement:
    fresh_db.expire_all()
    return fresh_db.get(Measurement, (version.user_id, version.id))


def test_a_version_is_measured_after_it_was_added_and_keeps_all_of_it(db, fresh_db, ada, add, job_app, meter, storage):
    version = add(ada)
    waiting = row(fresh_db, version).state
    fresh_db.rollback()

    assert work.run_next(job_app)

    found = row(fresh_db, version)
    assert (waiting, found.state, found.meter) == ("waiting", "ready", "meter 1")
    assert found.figures == FIGURES and found.measured_at is not None
    assert storage.path(found.peaks_sha256).read_bytes() == PEAKS
    assert storage.path(found.listen_sha256).read_bytes() == b"fLaC of a sound"
    assert {found.peaks_sha256, found.listen_sha256} <= portfolio.known_hashes(db)


def test_words_and_pictures_are_not_measured(fresh_db, ada, add):
    version = add(ada, found=Found("text", "text/plain"))

    assert row(fresh_db, version) is None and fresh_db.exec(select(Work)).all() == []


def test_measuring_twice_finds_the_same_and_leaves_no_second_file(db, fresh_db, ada, add, job_app, meter, storage):
    version = add(ada)
    work.run_next(job_app)
    before = storage.names()

    measuring.ask_again(db, ada.id, version.id, at=MONDAY + HOUR)
    db.commit()
    work.run_next(job_app)

    assert row(fresh_db, version).state == "ready"
    assert storage.names() == before and not list((storage.folder / "incoming").iterdir())


def test_what_was_measured_stays_while_it_is_measured_anew(db, fresh_db, ada, add, job_app, meter):
    version = add(ada)
    work.run_next(job_app)

    def fails(*_: Any) -> Measured:
        raise Refused("The sound ends in the middle of nowhere.")

    meter(fails)
    measuring.ask_again(db, ada.id, version.id, at=MONDAY + HOUR)
    db.commit()
    under_way = measuring.standing(fresh_db, version)
    fresh_db.rollback()
    work.run_next(job_app)

    found = measuring.standing(fresh_db, version)
    assert under_way.state == "ready" and under_way.is_under_way
    assert found.state == "ready" and found.reason == "The sound ends in the middle of nowhere."
    assert found.row.figures == FIGURES


def test_a_meter_that_fails_says_why_and_can_be_tried_again(db, fresh_db, ada, add, job_app, meter):
    def breaks(*_: Any) -> Measured:
        raise ZeroDivisionError

    meter(breaks)
    version = add(ada)
    work.run_next(job_app)
    failed = measuring.standing(fresh_db, version)
    fresh_db.rollback()
    meter()
    measuring.ask_again(db, ada.id, version.id, at=MONDAY + HOUR)
    db.commit()
    work.run_next(job_app)

    assert (failed.state, failed.reason, failed.is_under_way) == ("failed", work.FAILED, False)
    assert row(fresh_db, version).state == "ready" and row(fresh_db, version).reason == ""


def test_a_version_without_its_file_says_so(fresh_db, ada, add, job_app, meter, storage):
    version = add(ada)
    storage.path(version.sha256).unlink()

    work.run_next(job_app)

    assert measuring.standing(fresh_db, version).reason == measuring.GONE


def test_stopping_it_while_it_waits_is_seen_and_can_be_taken_back(db, fresh_db, ada, add, job_app, meter):
    version = add(ada)
    piece = db.exec(select(Work)).one()
    work.cancel(db, piece, at=MONDAY)
    db.commit()

    stopped = measuring.standing(fresh_db, version)
    fresh_db.rollback()
    measuring.ask_again(db, ada.id, version.id, at=MONDAY + HOUR)
    db.commit()
    work.run_next(job_app)

    assert (stopped.state, stopped.reason) == ("failed", measuring.STOPPED)
    assert row(fresh_db, version).state == "ready"


def test_a_process_that_is_told_to_end_loses_nothing(fresh_db, ada, add, job_app, meter):
    stop = threading.Event()

    def is_ended(path: Path, version: Version, folder: Path, tell) -> Measured:
        stop.set()
        tell(1, 100)
        raise AssertionError

    meter(is_ended)
    version = add(ada)
    work.run_next(job_app, stop)
    again = row(fresh_db, version).state
    fresh_db.rollback()
    meter()
    work.run_next(job_app)

    assert again == "measuring" and row(fresh_db, version).state == "ready"


def test_twenty_files_at_once_are_all_measured_and_whatever_is_beyond_comes_later(
    db, fresh_db, ada, add, job_app, meter, monkeypatch
):
    monkeypatch.setattr(measuring, "MOST_WAITING", 3)
    versions = [add(ada, f"sound {number}") for number in range(5)]
    while work.run_next(job_app):
        pass
    first = [row(fresh_db, version).state for version in versions]
    fresh_db.rollback()

    measuring.catch_up(db, at=MONDAY + HOUR)
    db.commit()
    while work.run_next(job_app):
        pass

    assert first == ["ready"] * 3 + ["waiting"] * 2
    assert [row(fresh_db, version).state for version in versions] == ["ready"] * 5


def test_versions_from_before_there_was_a_meter_are_asked_for_once(db, fresh_db, ada, add, job_app, meter):
    version = add(ada)
    for old in (*db.exec(select(Measurement)), *db.exec(select(Work))):
        db.delete(old)
    db.commit()

    said = [measuring.catch_up(db, at=MONDAY + hours * HOUR) for hours in (1, 2)]
    db.commit()
    work.run_next(job_app)

    assert said == ["1 versions asked for", "0 versions asked for"]
    assert row(fresh_db, version).state == "ready"


def test_work_that_ended_without_a_word_is_marked_by_the_job_that_catches_up(db, fresh_db, ada, add):
    version = add(ada)
    piece = db.exec(select(Work)).one()
    piece.state, piece.result, piece.ended_at = "failed", json.dumps({"error": work.CUT_OFF_AGAIN}), MONDAY
    db.commit()

    measuring.catch_up(db, at=MONDAY + DAY)
    db.commit()

    assert (row(fresh_db, version).state, row(fresh_db, version).reason) == ("failed", work.CUT_OFF_AGAIN)


def test_nobody_else_can_have_it_measured(db, ada, ben, add):
    version = add(ada)

    with pytest.raises(NotFound):
        measuring.ask_again(db, ben.id, version.id, at=MONDAY)


def test_the_sweep_leaves_the_waveform_and_takes_what_an_earlier_measuring_left(
    db, fresh_db, ada, add, job_app, meter, storage, age_files
):
    version = add(ada)
    work.run_next(job_app)
    orphan = storage.stage(io.BytesIO(b"old peaks"), most=100)
    storage.keep(orphan)
    age_files()

    said = jobs.sweep_files(db, storage, at=MONDAY)

    found = row(fresh_db, version)
    assert said == "1 orphaned files removed"
    assert storage.names() == {version.sha256, found.peaks_sha256, found.listen_sha256}


def test_the_check_names_a_waveform_that_is_gone(db, fresh_db, ada, add, job_app, meter, storage):
    version = add(ada)
    work.run_next(job_app)
    sound = file_faults(db, storage=storage)

    storage.path(row(fresh_db, version).peaks_sha256).unlink()

    assert sound == []
    assert file_faults(db, storage=storage) == [f"The file of version {version.id} (waveform) is missing."]


# -- on the page ---------------------------------------------------------------------------------------------


def test_the_page_tells_how_far_it_is_and_a_script_gets_figures(as_ada, ada, add):
    version = add(ada)

    page = as_ada.get(f"/portfolio/pieces/{version.piece_id}").text
    figures = as_ada.get(f"/portfolio/versions/{version.id}/measuring", headers={"X-Requested-With": "woodshed"}).json

    assert "Waiting for its turn" in page and f'data-work="/portfolio/versions/{version.id}/measuring"' in page
    assert figures["state"] == "waiting" and figures["is_over"] is False


def test_a_failed_measuring_offers_another_try(as_ada, db, fresh_db, ada, add):
    version = add(ada)
    found = db.get(Measurement, (ada.id, version.id))
    found.state, found.reason, found.work_id = "failed", "The sound is no sound.", None
    for piece in db.exec(select(Work)):
        db.delete(piece)
    db.commit()

    page = as_ada.get(f"/portfolio/pieces/{version.piece_id}").text
    answer = as_ada.send(f"/portfolio/versions/{version.id}/measuring", {})

    assert "It could not be measured. The sound is no sound." in page and "Try again" in page
    assert answer.status_code == 303 and row(fresh_db, version).state == "waiting"


def test_the_copy_that_every_browser_plays_comes_in_ranges(as_ada, db, ada, add, storage):
    version = add(ada)
    plain = as_ada.get(f"/portfolio/versions/{version.id}/listen")
    copy = storage.stage(io.BytesIO(b"fLaC and so on"), most=100)
    storage.keep(copy)
    db.get(Measurement, (ada.id, version.id)).listen_sha256 = copy.sha256
    db.commit()

    part = as_ada.get(f"/portfolio/versions/{version.id}/listen", headers={"Range": "bytes=0-3"})

    assert (plain.status_code, plain.mimetype, plain.data) == (200, "audio/aiff", b"a sound")
    assert (part.status_code, part.mimetype, part.data) == (206, "audio/flac", b"fLaC")
    assert "sandbox" in part.headers["Content-Security-Policy"] and "no-store" in part.headers["Cache-Control"]


def test_the_waveform_is_packed_where_the_browser_takes_that(as_ada, db, ada, add, storage):
    version = add(ada)
    before = as_ada.get(f"/portfolio/versions/{version.id}/peaks").status_code
    peaks = storage.stage(io.BytesIO(PEAKS * 100), most=10_000)
    storage.keep(peaks)
    db.get(Measurement, (ada.id, version.id)).peaks_sha256 = peaks.sha256
    db.commit()

    plain = as_ada.get(f"/portfolio/versions/{version.id}/peaks")
    packed = as_ada.get(f"/portfolio/versions/{version.id}/peaks", headers={"Accept-Encoding": "gzip"})

    assert before == 404 and plain.data == PEAKS * 100 and plain.mimetype == "application/json"
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.data) < len(plain.data) / 5
