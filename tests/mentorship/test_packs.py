"""Evidence packs: what is in them, what is not, and that a half one is never there."""

import hashlib
import io
import json
import os
import re
import signal
import zipfile
from urllib.parse import unquote

import pytest
from pypdf import PdfReader
from sqlmodel import select

from core import work
from core.errors import Refused
from core.ids import uuid7
from core.storage import Storage
from core.work import Work
from mentorship import jobs, pack_archive, pack_contents, packs
from mentorship.models import pieces
from mentorship.models.meetings import OwnNote, ParkedQuestion, StudioSession
from mentorship.models.milestones import Assessment
from mentorship.models.pieces import Measurement, Piece
from mentorship.models.remarks import Remark
from mentorship.pack_models import Contents, Scope
from tests.conftest import person
from tests.mentorship import pack_sample
from tests.mentorship.counting import statements
from tests.times import DAY, HOUR, MONDAY

CANARY = "canary-7f3a"
NASTY = f"夜行バス 🎧 </td><script>alert(1)</script> שלום \x07\x1b {{{{ 7*7 }}}} %s ../../etc/passwd\n{'x' * 400}"


@pytest.fixture
def sample(db, storage, ada, ben, link_of):
    link_of(ada, ben)
    return pack_sample.story(db, storage, ada, ben)


@pytest.fixture
def gather(app, db, storage, ada, library):
    def now(slug: str = "first-beat", **more: bool) -> Contents:
        def is_there(sha256: str) -> bool:
            return storage.path(sha256).is_file()

        return pack_contents.gather(db, library, ada.id, Scope(slug, **more), is_there=is_there, at=MONDAY)

    return now


def packed(contents: Contents, storage: Storage) -> zipfile.ZipFile:
    made = pack_archive.make(contents, storage, lambda *_: None)
    return zipfile.ZipFile(storage.path(made.archive.sha256))


def words_of(pdf: bytes) -> str:
    """Its text, with line breaks as spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def old_files(storage: Storage) -> None:
    for path in [*storage.folder.glob("??/*"), *storage.folder.glob("incoming/*")]:
        os.utime(path, (0, 0))


def test_a_milestones_pack_tells_the_story_of_its_evidence(sample, gather, storage):
    with packed(gather(), storage) as file:
        paper, page = file.read("pack.pdf"), file.read("index.html").decode()

    said = words_of(paper)
    for text in (
        *("M01 First finished beat", "Verified by Ben, 21 November 2026", "Reason: The limiter is the sound I want"),
        *("Ada, learner: 3 of 4", "Ben, mentor: 3 of 4", "It holds. Watch the peaks.", "evidence/night-bus-v2.wav"),
        *("−9.8 LUFS", "−0.3 dBTP", "no figure: it is too short to tell", "F♯ or G♭ here?", "Ночной"),
        *("0:02.500 to 0:04", "Fixed in V2. Ada", "Not yet in V2. Ben", "Still 0.7 dB too high.", "Dropped. Ada"),
        *("Ada: F♯: it is the leading note.", "Approved by Ben", "Mara Lind", "She understood the song", "50 min"),
        *("Ada, 16 November 2026", "Ben, 17 November 2026", "An earlier version: its file is not in this pack."),
    ):
        assert text in said, text
        assert text.replace("&", "&amp;") in " ".join(re.sub(r"<[^>]+>", " ", page).split()), text
    pages = len(PdfReader(io.BytesIO(paper)).pages)
    assert f"{pages} of {pages}" in said and pages <= 6


def test_every_file_of_a_pack_can_be_checked_and_every_link_leads_to_one(sample, gather, storage):
    with packed(gather(), storage) as file:
        names = set(file.namelist())
        sums = dict(line.split("  ")[::-1] for line in file.read("SHA256SUMS").decode().splitlines())
        manifest, data = json.loads(file.read("manifest.json")), json.loads(file.read("data.json"))
        page = file.read("index.html").decode()
        hashes = {name: hashlib.sha256(file.read(name)).hexdigest() for name in names}

    assert sums.keys() == names - {"SHA256SUMS"}
    assert all(hashes[name] == sha256 for name, sha256 in sums.items())
    assert {one["path"]: one["sha256"] for one in manifest["files"]}.items() <= sums.items()
    assert data["pieces"][0]["takes"][0]["sha256"] == sums["evidence/night-bus-v2.wav"]
    assert {unquote(one) for one in re.findall(r'(?:href|src)="([^"#][^"]*)"', page)} <= names
    assert "<script" not in page and "<svg" in page


def test_a_pack_has_nothing_of_anybody_else_and_nothing_private(db, sample, gather, storage, ada, ben, library):
    eve = person(db, "Eve")
    pack_sample.story(db, storage, eve, ben)
    for title, more in (
        (f"{CANARY} draft", {}),
        (f"{CANARY} archived", {"shared_at": MONDAY, "archived_at": MONDAY}),
        (f"{CANARY} reference", {"shared_at": MONDAY, "is_reference": True}),
    ):
        piece = Piece(user_id=ada.id, id=uuid7(), title=title, created_at=MONDAY, **more)
        db.add(piece)
        db.flush()
        pack_sample.version(db, storage, piece, 3, MONDAY)
    db.add(ParkedQuestion(user_id=ada.id, id=uuid7(), text=CANARY, parked_at=MONDAY))
    secret = {"piece_id": sample["piece"], "name": CANARY, "text": CANARY, "secret_hash": "1" * 64, "asked_at": MONDAY}
    db.add(pieces.Testimonial(user_id=ada.id, id=uuid7(), **secret))
    gone = {"version_id": sample["v1"], "by_name": "Ben", "kind": "fix", "start_ms": 1, "text": CANARY, "at": MONDAY}
    db.add(Remark(user_id=ada.id, id=uuid7(), removed_at=MONDAY, **gone))
    held = db.exec(select(StudioSession).where(StudioSession.user_id == ada.id)).first()
    db.add(OwnNote(user_id=ada.id, session_id=held.id, text=CANARY, changed_at=MONDAY))
    pack_sample.meeting(db, ada, ben, "eq-study", notes=CANARY, title=CANARY)
    pack_sample.meeting(db, ada, ben, title=CANARY, notes=CANARY, mentor_signed_at=None)
    db.commit()

    everything = b""
    for slug in ("first-beat", ""):
        with packed(gather(slug), storage) as file:
            texts = [file.read(name) for name in file.namelist() if not name.startswith("evidence/")]
            everything += b"\n".join([*file.namelist().__repr__().encode().split(), *texts])
            everything += words_of(file.read("pack.pdf")).encode()
            assert [name for name in file.namelist() if name.startswith("evidence/")] == ["evidence/night-bus-v2.wav"]

    assert b"Night bus" in everything
    for word in (CANARY, "@example.com", "kept between the two", "About the bass", str(eve.id), "Eve"):
        assert word.encode() not in everything, word


def test_drafts_come_along_only_when_she_wishes(db, sample, gather, storage, ada):
    piece = Piece(user_id=ada.id, id=uuid7(), title="Кухня", created_at=MONDAY)
    db.add(piece)
    db.flush()
    pack_sample.version(db, storage, piece, 3, MONDAY, has_peaks=False)
    db.commit()

    without, with_drafts = gather(""), gather("", drafts=True)

    assert [one.title for one in without.pieces] == ["Night bus"]
    assert "Drafts, archived pieces" in without.left_out[0]
    assert [one.title for one in with_drafts.pieces] == ["Night bus", "Кухня"]
    assert with_drafts.pieces[1].takes[0].path == "evidence/piece-v3.wav"
    with packed(with_drafts, storage) as file:
        assert "No waveform: this version was not measured." in words_of(file.read("pack.pdf"))


def test_nasty_texts_are_shown_as_text(db, sample, gather, storage, ada):
    piece = db.get_one(Piece, (ada.id, sample["piece"]))
    piece.title, piece.about, piece.credits = NASTY[:120], NASTY, [{"name": NASTY, "role": NASTY}]
    for remark in db.exec(select(Remark)):
        remark.text = NASTY
    db.exec(select(Assessment)).first().comment = NASTY
    db.commit()

    with packed(gather(), storage) as file:
        paper, page = words_of(file.read("pack.pdf")), file.read("index.html").decode()
        names, data = file.namelist(), json.loads(file.read("data.json"))

    assert "□□□□" in paper and "{{ 7*7 }} %s" in paper and "stands for a sign that the font" in paper
    assert "<script" not in page and "&lt;script&gt;" in page and "夜行バス 🎧" in page
    assert data["pieces"][0]["about"] == NASTY
    assert all(re.fullmatch(r"[a-zA-Z0-9._/-]+", name) and ".." not in name for name in names)


def test_a_damaged_file_makes_no_pack_and_a_missing_one_is_said(db, sample, gather, storage):
    contents = gather()
    path = storage.path(contents.files[0].sha256)
    whole, before = path.read_bytes(), storage.names()
    path.write_bytes(whole[:-1] + b"x")

    with pytest.raises(Refused, match="damaged on the server"):
        pack_archive.make(contents, storage, lambda *_: None)

    assert storage.names() == before and not list(storage.folder.glob("incoming/*"))
    path.unlink()
    with packed(gather(), storage) as file:
        assert "Its file is missing on the server." in words_of(file.read("pack.pdf"))


@pytest.mark.parametrize("peaks", [b"", b"{", b"[]", b'{"channels": 0}', b'{"channels": 1, "data": ["x", 1]}'])
def test_a_broken_waveform_is_said(db, sample, gather, storage, peaks):
    for row in db.exec(select(Measurement)):
        row.peaks_sha256 = pack_sample.keep(storage, peaks).sha256
    db.commit()

    with packed(gather(), storage) as file:
        assert file.read("index.html").decode().count("No waveform") == 2


def test_a_pack_is_asked_for_made_and_saved(as_ada, app, db, sample):
    page = as_ada.get("/milestones/first-beat").text
    asked = as_ada.send("/milestones/first-beat/pack")
    again = as_ada.send("/milestones/first-beat/pack")
    waiting = as_ada.get("/milestones/first-beat").text
    assert work.run_next(app)
    address = as_ada.get(asked.location).location
    shown, file, paper = as_ada.get(address).text, as_ada.get(f"{address}/zip"), as_ada.get(f"{address}/paper")

    assert "1 piece, 1 file, about" in page
    assert asked.status_code == 303 and again.location == asked.location and "See how far it is" in waiting
    assert hashlib.sha256(file.data).hexdigest() in shown and hashlib.sha256(paper.data).hexdigest() in shown
    assert "woodshed-m01-first-beat-2026-11-23.zip" in file.headers["Content-Disposition"]
    assert paper.data.startswith(b"%PDF") and file.headers["Cache-Control"] == "private, no-store"
    assert hashlib.sha256(file.data).hexdigest() in as_ada.get("/milestones/first-beat").text


def test_there_is_no_pack_of_nothing(as_ada):
    for address in ("/portfolio/pack", "/milestones/first-beat/pack"):
        refused = as_ada.send(address)

        assert refused.status_code == 422 and "nothing to put into a pack yet" in refused.text


def test_nobody_else_finds_a_pack(as_ada, as_ben, as_eve, app, sample):
    asked = as_ada.send("/portfolio/pack")
    work.run_next(app)
    address = as_ada.get(asked.location).location

    for one in (as_ben, as_eve):
        assert [one.get(f"{address}{part}").status_code for part in ("", "/zip", "/paper")] == [404] * 3


def test_cancelled_it_leaves_nothing(as_ada, app, db, sample, storage, monkeypatch):
    before = storage.names()
    asked = as_ada.send("/milestones/first-beat/pack")

    def cancels(task, stage, *_):
        if stage.startswith("Copying"):
            raise work.Cancelled

    monkeypatch.setattr(work.Task, "tell", cancels)
    work.run_next(app)

    assert "Cancelled. Nothing was changed." in as_ada.get(asked.location).text
    assert storage.names() == before and not list(storage.folder.glob("incoming/*"))


def test_the_newest_packs_are_kept_and_the_others_swept(as_ada, app, db, sample, storage, at, monkeypatch):
    monkeypatch.setattr(packs, "MOST_KEPT", 1)
    originals, addresses = storage.names(), []
    for number in range(2):
        at(MONDAY + number * DAY)
        asked = as_ada.send("/milestones/first-beat/pack")
        work.run_next(app)
        addresses.append(as_ada.get(asked.location).location)
    old_files(storage)
    db.expire_all()

    jobs.sweep_files(db, storage, at=MONDAY + 7 * DAY)

    assert len(storage.names() - originals) == 2
    assert "This pack was put away" in as_ada.get(addresses[0]).text
    assert as_ada.get(f"{addresses[0]}/zip").status_code == 422
    assert as_ada.get(f"{addresses[-1]}/zip").status_code == 200


def test_killed_while_it_copies_nothing_half_is_left_and_the_next_run_makes_it(
    as_ada, app, base, db, sample, storage, monkeypatch
):
    originals = storage.names()
    asked = as_ada.send("/milestones/first-beat/pack")
    app.extensions["database"].engine.dispose()
    base.engine.dispose()
    child = os.fork()
    if not child:
        tell = work.Task.tell

        def dies(task, stage, *figures):
            tell(task, stage, *figures)
            if stage.startswith("Copying"):
                os.kill(os.getpid(), signal.SIGKILL)

        work.Task.tell = dies  # type: ignore[method-assign]
        work.run_next(app)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL

    with base.reading() as reading:
        assert reading.exec(select(Work)).one().state == "running"
    assert storage.names() == originals and list(storage.folder.glob("incoming/*"))
    work.take_up(app)
    assert work.run_next(app)
    old_files(storage)
    jobs.sweep_files(db, storage, at=MONDAY + HOUR)

    assert not list(storage.folder.glob("incoming/*"))
    address = as_ada.get(asked.location).location
    with zipfile.ZipFile(io.BytesIO(as_ada.get(f"{address}/zip").data)) as file:
        assert file.testzip() is None and "SHA256SUMS" in file.namelist()
    assert len(storage.names() - originals) == 2


def test_a_pack_of_many_pieces_asks_as_little_of_the_database_as_one_of_one(base, db, storage, sample, ada, gather):
    def ask() -> int:
        with statements(base.engine) as found:
            packs.panel(db, storage, ada.id)
            gather("")
        return len(found)

    few = ask()
    for _ in range(5):
        piece = Piece(user_id=ada.id, id=uuid7(), title="More", created_at=MONDAY, shared_at=MONDAY)
        db.add(piece)
        db.flush()
        pack_sample.version(db, storage, piece, 1, MONDAY)
    db.commit()

    assert ask() <= few
