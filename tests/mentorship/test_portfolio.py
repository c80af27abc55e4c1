import io
import os
import time
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select

from core.errors import NotFound, Refused, TooLarge, WrongKind
from core.ids import uuid7
from core.jobs import Job, run_slot
from mentorship import jobs, portfolio
from mentorship.models.milestones import Evidence
from mentorship.models.pieces import Piece, Version
from mentorship.probe import Found
from tests.times import DAY, HOUR, MONDAY, TUESDAY

TEXT = Found("text", "text/plain")


@pytest.fixture
def upload(storage):
    """Text that was received and looked at."""

    def upload(words: str, name: str = "choice.txt") -> portfolio.Upload:
        octets = io.BytesIO(words.encode())
        return portfolio.Upload(storage.stage(octets, most=1_000_000), TEXT, name)

    return upload


@pytest.fixture
def link_evidence(db):
    def link(version: Version, milestone: str = "first-beat", item: str = "beat", **more) -> Evidence:
        row = Evidence(
            user_id=version.user_id,
            id=uuid7(),
            milestone=milestone,
            item=item,
            version_id=version.id,
            linked_at=MONDAY,
            **more,
        )
        db.add(row)
        db.commit()
        return row

    return link


def piece_of(db, version: Version) -> Piece:
    piece = db.get(Piece, (version.user_id, version.piece_id))
    assert piece is not None
    return piece


def files(storage) -> list[str]:
    return [path.name for path in storage.folder.rglob("*") if path.is_file()]


# Who finds what


def test_a_draft_is_seen_by_its_owner_alone(db, ada, ben, eve, link_of, make_version):
    link_of(ada, ben)
    version = make_version(ada)

    assert portfolio.find(db, ada.id, version.piece_id).title == "Night bus"
    for other in (ben, eve):
        with pytest.raises(NotFound):
            portfolio.find(db, other.id, version.piece_id)
        with pytest.raises(NotFound):
            portfolio.find_version(db, other.id, version.id)


def test_a_shared_piece_is_seen_by_the_mentor_and_no_stranger(db, ada, ben, eve, link_of, make_version):
    link_of(ada, ben)
    version = make_version(ada, shared=True)

    piece, found = portfolio.find_version(db, ben.id, version.id)

    assert (piece.title, found.number) == ("Night bus", 1)
    with pytest.raises(NotFound):
        portfolio.find_version(db, eve.id, version.id)


def test_a_mentors_own_pieces_are_not_shown_to_the_apprentice(db, ada, ben, link_of, make_version):
    link_of(ada, ben)
    version = make_version(ben, shared=True)

    with pytest.raises(NotFound):
        portfolio.find(db, ada.id, version.piece_id)


@pytest.mark.parametrize("change", [{"ended_at": MONDAY}, {"shows_pieces": False}])
def test_an_ended_link_or_one_without_pieces_shows_nothing(db, ada, ben, link_of, make_version, change):
    link_of(ada, ben, **change)
    version = make_version(ada, shared=True)

    with pytest.raises(NotFound):
        portfolio.find(db, ben.id, version.piece_id)
    assert portfolio.shared_with(db, ben.id) == []


def test_a_mentor_cannot_take_hold_of_a_shared_piece(db, ada, ben, link_of, make_version):
    link_of(ada, ben)
    version = make_version(ada, shared=True)

    with pytest.raises(NotFound):
        portfolio.own(db, ben.id, version.piece_id)


def test_a_missing_id_answers_like_a_foreign_one(db, eve, ada, make_version):
    foreign = make_version(ada, shared=True)

    answers = []
    for piece_id in (foreign.piece_id, uuid7()):
        with pytest.raises(NotFound) as refusal:
            portfolio.find(db, eve.id, piece_id)
        answers.append(refusal.value.text)

    assert answers[0] == answers[1]


def test_the_shared_list_leaves_drafts_and_archived_pieces_out(db, ada, ben, link_of, make_version):
    link_of(ada, ben)
    shown, _draft, gone = make_version(ada, shared=True), make_version(ada), make_version(ada, shared=True)
    portfolio.archive(piece_of(db, gone), at=MONDAY)
    db.commit()

    [shared] = portfolio.shared_with(db, ben.id)

    assert shared.person.name == "Ada"
    assert [tile.piece.id for tile in shared.tiles] == [shown.piece_id]


def test_a_tile_shows_the_newest_version(db, ada, make_version):
    piece = piece_of(db, make_version(ada))
    second = make_version(ada, piece=piece)
    portfolio.create(db, ada.id, title="Nothing yet", at=TUESDAY)

    tiles = portfolio.pieces(db, [ada.id])

    assert [tile.piece.title for tile in tiles] == ["Nothing yet", "Night bus"]
    assert tiles[0].newest is None
    assert tiles[1].newest == second


# Versions


def test_a_new_version_takes_the_next_number_and_its_file_stands(db, fresh_db, ada, storage, upload):
    piece = portfolio.create(db, ada.id, title=" Night bus ", role="producer", at=MONDAY)

    first = portfolio.add_version(db, storage, piece, upload("one"), at=MONDAY)
    second = portfolio.add_version(db, storage, piece, upload("two"), changes=" Shorter. ", at=MONDAY + DAY)
    db.commit()

    rows = fresh_db.exec(select(Version).order_by(col(Version.number))).all()
    assert [(row.number, row.changes) for row in rows] == [(1, ""), (2, "Shorter.")]
    assert storage.path(first.sha256).read_text() == "one"
    assert sorted(files(storage)) == sorted([first.sha256, second.sha256])
    assert piece.title == "Night bus"


def test_the_same_file_again_is_refused_by_name(db, ada, storage, upload):
    piece = portfolio.create(db, ada.id, title="Night bus", at=MONDAY)
    portfolio.add_version(db, storage, piece, upload("one"), at=MONDAY)

    with pytest.raises(Refused) as refusal:
        portfolio.add_version(db, storage, piece, upload("one"), at=MONDAY)

    assert "V1 is this very file" in refusal.value.text
    assert refusal.value.field == "file"


def test_another_piece_may_have_the_same_file(db, ada, ben, storage, upload):
    for owner in (ada, ben):
        piece = portfolio.create(db, owner.id, title="Sheet", at=MONDAY)
        portfolio.add_version(db, storage, piece, upload("one"), at=MONDAY)
    db.commit()

    assert len(files(storage)) == 1


def test_an_archived_piece_takes_no_version_until_it_is_back(db, ada, storage, upload):
    piece = portfolio.create(db, ada.id, title="Night bus", at=MONDAY)
    portfolio.archive(piece, at=MONDAY)

    with pytest.raises(Refused):
        portfolio.add_version(db, storage, piece, upload("one"), at=MONDAY)
    portfolio.unarchive(piece)

    assert portfolio.add_version(db, storage, piece, upload("two"), at=MONDAY).number == 1


def test_a_title_of_nothing_is_refused(db, ada):
    with pytest.raises(Refused) as refusal:
        portfolio.create(db, ada.id, title="  ", at=MONDAY)

    assert refusal.value.field == "title"


def test_a_received_file_that_is_not_kept_is_dropped(storage):
    with portfolio.received(storage, io.BytesIO(b"words"), "a/b\\choice.txt", most=100, minutes=1) as upload:
        assert upload.staged.path.exists()

    assert (upload.name, upload.found.kind) == ("choice.txt", "text")
    assert files(storage) == []


@pytest.mark.parametrize(
    ("octets", "refusal"), [(b"<html>", WrongKind), (b"", Refused), (b"PK\x03\x04", WrongKind), (b"x" * 101, TooLarge)]
)
def test_a_refused_file_leaves_nothing(storage, octets, refusal):
    with pytest.raises(refusal), portfolio.received(storage, io.BytesIO(octets), "a.wav", most=100, minutes=1):
        pytest.fail("it was taken")

    assert files(storage) == []


# Sharing


def test_sharing_and_back_again(db, ada, make_version):
    piece = piece_of(db, make_version(ada))

    portfolio.share(db, piece, at=MONDAY)
    portfolio.share(db, piece, at=TUESDAY)
    assert piece.shared_at == MONDAY

    portfolio.unshare(db, piece)
    assert piece.shared_at is None


def test_an_empty_piece_is_not_shared(db, ada):
    piece = portfolio.create(db, ada.id, title="Night bus", at=MONDAY)

    with pytest.raises(Refused) as refusal:
        portfolio.share(db, piece, at=MONDAY)

    assert "no version yet" in refusal.value.text


def test_a_piece_that_a_milestone_rests_on_stays_shared(db, ada, make_version, link_evidence):
    version = make_version(ada, shared=True)
    evidence = link_evidence(version)
    piece = piece_of(db, version)

    with pytest.raises(Refused) as refusal:
        portfolio.unshare(db, piece)
    assert refusal.value.text.startswith("V1 of Night bus is evidence for a milestone")

    evidence.unlinked_at = TUESDAY
    db.flush()
    portfolio.unshare(db, piece)
    assert piece.shared_at is None


def test_archiving_keeps_everything(db, ada, make_version):
    version = make_version(ada, shared=True)
    piece = piece_of(db, version)

    portfolio.archive(piece, at=MONDAY)
    portfolio.archive(piece, at=TUESDAY)

    assert piece.archived_at == MONDAY
    assert portfolio.versions(db, piece) == [version]
    portfolio.unarchive(piece)
    assert piece.archived_at is None


# The checklist


def test_the_checklist_says_what_is_asked_and_what_is_there(db, ada, ben, library, make_version, link_evidence):
    mine, hers = make_version(ada), make_version(ben)
    link_evidence(mine, "first-beat", "beat")
    link_evidence(mine, "first-beat", "screenshot", unlinked_at=TUESDAY)
    link_evidence(hers, "first-beat", "choice")

    asks = portfolio.checklist(db, ada.id, library)

    assert [ask.milestone.number for ask in asks] == list(range(1, 21))
    first = asks[0]
    assert (first.there, len(first.asked)) == (1, 3)
    assert [[version.id for _, version in asked.shown] for asked in first.asked] == [[mine.id], [], []]
    assert sum(ask.there for ask in asks) == 1


def test_a_version_names_its_milestones(db, ada, make_version, link_evidence):
    version = make_version(ada)
    link_evidence(version, "first-beat", "beat")
    link_evidence(version, "first-beat", "choice")
    link_evidence(version, "eq-study", "after")

    named = portfolio.milestones_of(db, piece_of(db, version))

    assert sorted(named[version.id]) == ["eq-study", "first-beat"]


# Names and words


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Music\\beat.wav", "beat.wav"),
        ("beat\r\nX-Evil: 1.wav", "beatX-Evil: 1.wav"),
        ("beat\u202egnp.wav", "beatgnp.wav"),
        ("", "untitled"),
        ("/", "untitled"),
        ("b" * 300 + ".wav", "b" * 156 + ".wav"),
    ],
)
def test_a_foreign_name_is_a_label(name, shown):
    assert portfolio.label(name) == shown


@pytest.mark.parametrize(
    ("name", "kind", "media_type", "saved"),
    [
        ("beat.wav", "audio", "audio/wav", "beat.wav"),
        ("run.bat", "text", "text/plain", "run.bat.txt"),
        ("choice", "text", "text/plain", "choice.txt"),
        ("desk.png", "picture", "image/png", "desk.png"),
    ],
)
def test_a_saved_file_gets_an_ending_that_fits(name, kind, media_type, saved):
    version: Any = SimpleNamespace(file_name=name, kind=kind, media_type=media_type)

    assert portfolio.download_name(version) == saved


def test_long_text_is_cut_between_letters(storage):
    staged = storage.stage(io.BytesIO(("ü" * 20).encode()), most=100)
    storage.keep(staged)
    version: Any = SimpleNamespace(sha256=staged.sha256, size=staged.size)

    assert portfolio.text_of(storage, version, most=11) == ("ü" * 5, True)
    assert portfolio.text_of(storage, version, most=40) == ("ü" * 20, False)


# The sweep


def test_the_sweep_takes_orphans_and_transfers_that_never_ended(db, base, ada, storage, upload):
    piece = portfolio.create(db, ada.id, title="Night bus", at=MONDAY)
    kept = portfolio.add_version(db, storage, piece, upload("kept"), at=MONDAY)
    db.commit()
    orphan, half = upload("orphan").staged, upload("half").staged
    storage.keep(orphan)
    for path in (storage.path(kept.sha256), storage.path(orphan.sha256), half.path):
        os.utime(path, (time.time() - 2 * HOUR.total_seconds(),) * 2)
    young = upload("young").staged

    said = run_slot(base, Job("sweep-files", 60, partial(jobs.sweep_files, storage=storage)), at=MONDAY)

    assert said == "2 orphaned files removed"
    assert sorted(files(storage)) == sorted([kept.sha256, young.path.name])
