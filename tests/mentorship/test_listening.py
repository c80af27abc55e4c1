"""A mentor's listening is noted once in half an hour, and its owner reads it on the piece's page."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from core.accounts import User
from core.errors import NotFound
from core.ids import uuid7
from core.settings import Settings
from core.storage import Storage
from mentorship import links, listening, portfolio
from mentorship.models.pieces import Listening, Piece, Version
from tests.conftest import Client, person
from tests.times import DAY, HOUR, MONDAY

MINUTE = timedelta(minutes=1)


@pytest.fixture
def version(ada: User, ben: User, link_of: Any, make_version: Any) -> Version:
    """A shared version of Ada's, whose mentor is Ben."""
    link_of(ada, ben)
    return make_version(ada, shared=True)


@pytest.fixture
def with_file(db: Session, storage: Storage, version: Version) -> Version:
    path = storage.path(version.sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF" + b"\0" * 996)
    return version


def noted(db: Session) -> list[datetime]:
    db.rollback()
    return sorted(db.exec(select(Listening.at)))


def test_playing_again_within_half_an_hour_is_one_listening(
    db: Session, fresh_db: Session, ben: User, version: Version
):
    for minutes in (0, 10, 29, 31, 60):
        listening.note(db, ben.id, version.id, at=MONDAY + minutes * MINUTE)
    db.commit()

    assert noted(fresh_db) == [MONDAY, MONDAY + 31 * MINUTE]


def test_each_version_and_each_listener_counts_apart(
    db: Session, ada: User, ben: User, link_of: Any, make_version: Any, version: Version
):
    carl = _another_mentor(db, ada, link_of)
    piece = portfolio.find(db, ada.id, version.piece_id)
    second = make_version(ada, piece=piece)
    for somebody, one, hours in ((ben, version, 0), (carl, version, 1), (ben, second, 2), (ben, version, 3)):
        listening.note(db, somebody.id, one.id, at=MONDAY + hours * HOUR)
    db.commit()

    heard = [(one.name, one.number, one.last_at, one.times) for one in listening.of_piece(db, piece)]

    assert heard == [
        ("Ben", 1, MONDAY + 3 * HOUR, 2),
        ("Ben", 2, MONDAY + 2 * HOUR, 1),
        ("Carl", 1, MONDAY + HOUR, 1),
    ]


def test_nobody_is_noted_for_their_own_sound_nor_for_a_picture(
    db: Session, ada: User, ben: User, make_version: Any, version: Version
):
    piece = portfolio.find(db, ada.id, version.piece_id)
    picture = make_version(ada, piece=piece, kind="picture")

    assert listening.note(db, ada.id, version.id, at=MONDAY) is None
    assert listening.note(db, ben.id, picture.id, at=MONDAY) is None


def test_a_stranger_and_a_former_mentor_find_no_version(db: Session, ada: User, ben: User, eve: User, version: Version):
    link = links.link_with(db, ben.id, ada.id)
    links.end(db, ada.id, link.id, at=MONDAY)

    for nobody in (ben, eve):
        with pytest.raises(NotFound):
            listening.note(db, nobody.id, version.id, at=MONDAY)


def test_ada_reads_on_the_page_that_ben_listened_and_ben_is_told_so(
    as_ada: Client, as_ben: Client, version: Version, at: Callable[[datetime], None]
):
    at(MONDAY)
    sent = as_ben.send(f"/portfolio/versions/{version.id}/heard")
    at(MONDAY + DAY)
    hers, his = (client.get(f"/portfolio/pieces/{version.piece_id}").text for client in (as_ada, as_ben))

    assert sent.status_code == 303
    assert "Ben listened to V1" in hers
    assert "Who listened" not in his


def test_looking_at_a_page_fetches_no_sound(
    as_ben: Client, db: Session, ada: User, make_version: Any, version: Version
):
    piece = portfolio.find(db, ada.id, version.piece_id)
    for one in (version, make_version(ada, piece=piece)):
        one.seconds = 60.0
    db.commit()

    for page in (f"/portfolio/pieces/{piece.id}", f"/portfolio/pieces/{piece.id}/compare"):
        players = re.findall("<audio[^>]*>", as_ben.get(page).text)
        assert players and all('preload="none"' in player for player in players)


@pytest.mark.parametrize(
    ("reach", "count"), [(None, 1), ("bytes=0-", 1), ("bytes=0-99", 1), ("bytes=500-", 0), ("bytes=-100", 0)]
)
def test_without_script_a_file_that_is_fetched_from_its_beginning_counts(
    as_ben: Client, fresh_db: Session, with_file: Version, reach: str | None, count: int
):
    answer = as_ben.get(f"/portfolio/versions/{with_file.id}/file", headers={"Range": reach} if reach else {})

    assert answer.status_code in (200, 206)
    assert len(noted(fresh_db)) == count


def test_her_own_file_is_not_noted(as_ada: Client, fresh_db: Session, with_file: Version):
    assert as_ada.get(f"/portfolio/versions/{with_file.id}/file").status_code == 200
    assert noted(fresh_db) == []


def test_the_file_comes_although_the_database_is_busy(
    as_ben: Client, site: Settings, with_file: Version, fresh_db: Session
):
    with closing(sqlite3.connect(site.data / "woodshed.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = as_ben.get(f"/portfolio/versions/{with_file.id}/file")

    assert (answer.status_code, len(answer.data)) == (200, 1000)
    assert noted(fresh_db) == []


def _another_mentor(db: Session, ada: User, link_of: Any) -> User:
    carl = person(db, "Carl")
    link_of(ada, carl)
    return carl


def test_the_list_is_short_however_often_they_listened(db: Session, ada: User, ben: User, version: Version):
    piece = db.exec(select(Piece).where(Piece.id == version.piece_id)).one()
    for number in range(20):
        row = {"user_id": ada.id, "version_id": version.id, "by_id": uuid7(), "by_name": f"Mentor {number}"}
        db.add(Listening(id=uuid7(), at=MONDAY + number * HOUR, **row))
    db.flush()

    assert len(listening.of_piece(db, piece)) == listening.SHOWN
