"""Uploads and measuring under kill -9: no row without its file, no file without a row after the sweep.

    python -m tests.kill_uploads --kills 30

A client sends sounds in parts and goes on with each after every death of the server, as the browser's script does.
After every kill each version's file is whole, each measured one's waveform too, and every upload that was acknowledged
is there once. In the end all are measured, the sweep takes what nobody names, and what is left is what rows name.
"""

import argparse
import http.client
import io
import json
import os
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import numpy as np
import soundfile
from sqlmodel import select

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import clock
from core.database import Database
from core.ids import uuid7
from core.settings import Settings
from core.storage import Storage
from core.work import Work
from mentorship import jobs, measuring
from mentorship.checks import file_faults
from mentorship.models.pieces import Measurement, Transfer, Version
from tests import kill
from tests.kill import Broken, Server

SECONDS = 4.0  # of sound
PART = 64_000  # octets: less than a browser sends, so that kills come between
STALLED_SECONDS = 60.0
SETTLED_SECONDS = 900.0


@dataclass(slots=True)
class Notes:
    """What the client was told."""

    acknowledged: dict[str, str] = field(default_factory=dict)  # title -> SHA-256
    parts: int = 0
    resumed: int = 0  # uploads that went on in their middle
    odd: list[str] = field(default_factory=list)


class Uploader(kill.Client):
    """A browser that sends one sound after the other."""

    def __init__(self, site: Settings, user_id: UUID, notes: Notes, stop: threading.Event, seed: int) -> None:
        super().__init__(site, 0, user_id, kill.Notes(), stop, seed)
        self.told = notes
        self.number, self.octets, self.op, self.address = 0, b"", "", ""

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                if not self.csrf:
                    self.sign_in()
                else:
                    self.go_on()
            except (OSError, http.client.HTTPException):
                self.line.close()
                self.line = self.new_line()
                self.stop.wait(0.05)

    def go_on(self) -> None:
        if not self.octets:
            self.number, self.op, self.address = self.number + 1, str(uuid7()), ""
            self.octets = sound(self.number)
        if not self.address:
            form = {"name": f"{self.number}.wav", "size": str(len(self.octets)), "op": str(uuid7())}
            status, body = self.ask("POST", "/portfolio/transfers", form | {"csrf_token": self.csrf})
            if status != 201:
                return self.wonder("begin", status, body)
            self.address = json.loads(body)["location"]
        status, body = self.ask("GET", self.address)
        if status == 404:  # it became a file, and the answer was lost with the server
            return self.finish()
        there = json.loads(body)
        self.told.resumed += 0 < there["offset"] < there["size"]
        while there["offset"] < there["size"]:
            part = self.octets[there["offset"] : there["offset"] + PART]
            status, body = self.send_part(f"{self.address}?offset={there['offset']}", part)
            if status != 200:
                return self.wonder("part", status, body)
            there = json.loads(body)
            self.told.parts += 1
            time.sleep(0.02)  # the meter wants to be killed, too
        return self.finish()

    def finish(self) -> None:
        title = f"Sound {self.number}"
        form = {"title": title, "transfer": self.address.rsplit("/", 1)[-1], "op": self.op, "csrf_token": self.csrf}
        status, body = self.ask("POST", "/portfolio/pieces", form)
        if status not in (201, 303):
            return self.wonder("finish", status, body)
        staged = Storage(self.site.data / "client").stage(io.BytesIO(self.octets), most=10**9)
        self.told.acknowledged[title] = staged.sha256
        staged.path.unlink()
        self.octets = b""
        return None

    def send_part(self, path: str, octets: bytes) -> tuple[int, str]:
        headers = {"X-CSRFToken": self.csrf, "Content-Type": "application/octet-stream", "Cookie": self.cookie}
        self.line.request("PATCH", path, octets, kill.HEADERS | headers | {"Host": f"127.0.0.1:{self.site.port}"})
        response = self.line.getresponse()
        return response.status, response.read().decode()

    def wonder(self, what: str, status: int, body: str) -> None:
        if status != 503:
            self.told.odd.append(f"{what}: {status} {body[:200]}")
        self.stop.wait(0.2)


def sound(number: int) -> bytes:
    """A few seconds of a tone of its own."""
    t = np.arange(int(SECONDS * 44_100)) / 44_100
    file = io.BytesIO()
    soundfile.write(
        file, np.stack([0.2 * np.sin(2 * np.pi * (100 + number) * t)] * 2, 1), 44_100, "PCM_16", format="WAV"
    )
    return file.getvalue()


def compare(site: Settings, notes: Notes) -> tuple[int, int]:
    """Versions and measured ones; Broken where a row has no whole file, or an acknowledged upload is not there once."""
    base, storage = Database(site), Storage(site.files)
    try:
        with base.reading() as db:
            faults = file_faults(db, storage=storage)
            kept = [version.sha256 for version in db.exec(select(Version))]
            ready = [row for row in db.exec(select(Measurement)) if row.state == "ready"]
        lost = [title for title, sha256 in dict(notes.acknowledged).items() if kept.count(sha256) != 1]
        unfinished = [row.version_id for row in ready if not row.peaks_sha256 or not row.figures]
        if faults or lost or unfinished or len(set(kept)) != len(kept):
            raise Broken(f"{faults[:3]}, acknowledged and not there once: {lost}, half measured: {unfinished}")
        return len(kept), len(ready)
    finally:
        base.engine.dispose()


def sweep(site: Settings) -> str:
    """What stays after the sweep is what rows name."""
    base, storage = Database(site), Storage(site.files)
    for path in storage.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - 2 * 3600,) * 2)
    try:
        with base.writing() as db:
            said = jobs.sweep_files(db, storage, at=clock.now())
        with base.reading() as db:
            named = {version.sha256 for version in db.exec(select(Version))} | measuring.known_hashes(db)
            parts = {row.id.hex for row in db.exec(select(Transfer))}
        over = storage.names() ^ named, {path.name for path in (storage.folder / "incoming").iterdir()} - parts
        if any(over):
            raise Broken(f"after the sweep files and rows differ: {over}")
        return said
    finally:
        base.engine.dispose()


def run(kills: int, *, seed: int, root: Path, most_seconds: float, say=lambda _words: None) -> tuple[int, int, Notes]:
    """Kill so often, at moments that the seed gives. Returns versions, measured ones, and what the client noted."""
    site, people = kill.make_site(root, "")
    server, notes, stop, dice = Server(site, 30.0), Notes(), threading.Event(), random.Random(seed)
    client = Uploader(site, people[0], notes, stop, seed)
    try:
        server.start()
        client.start()
        for number in range(1, kills + 1):
            _wait_for_more(notes)
            if number % 2 == 0:  # every second kill meets the meter
                _wait(lambda: _is_measuring(site))
            time.sleep(dice.uniform(0, most_seconds))
            server.kill()
            versions, ready = compare(site, notes)
            say(f"kill {number}: {versions} versions, {ready} measured, {notes.resumed} resumed, {notes.parts} parts")
            server.start()
        _wait_for_more(notes)
        stop.set()
        client.join(15)
        _wait(lambda: _is_settled(site), most=SETTLED_SECONDS)
        server.stop()
        versions, ready = compare(site, notes)
        if notes.odd:
            raise Broken(str(notes.odd[:3]))
        say(sweep(site))
        return versions, ready, notes
    finally:
        stop.set()
        server.end()


def _is_measuring(site: Settings) -> bool:
    base = Database(site)
    try:
        with base.reading() as db:
            return db.exec(select(Work).where(Work.kind == measuring.KIND, Work.state == "running")).first() is not None
    finally:
        base.engine.dispose()


def _is_settled(site: Settings) -> bool:
    """Whether no measuring is under way."""
    base = Database(site)
    try:
        with base.reading() as db:
            found = [measuring.standing(db, version) for version in db.exec(select(Version))]
        return not any(one is None or one.is_under_way for one in found)
    finally:
        base.engine.dispose()


def _wait_for_more(notes: Notes) -> None:
    before = notes.parts
    _wait(lambda: notes.parts > before)


def _wait(until, most: float = STALLED_SECONDS) -> None:
    last = time.monotonic() + most
    while not until():
        if time.monotonic() > last:
            raise Broken(f"nothing happened for {most:.0f} s")
        time.sleep(0.1)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=30)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="woodshed-kill-") as folder:
        versions, ready, notes = run(given.kills, seed=given.seed, root=Path(folder), most_seconds=4.0, say=print)
    print(f"{given.kills} kills: {versions} versions, {ready} measured, {notes.resumed} went on in their middle")


if __name__ == "__main__":
    main()
