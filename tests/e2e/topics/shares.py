"""Share links and public pages: as their owner sees them, and as somebody without an account does."""

import io
import json
import math
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from core.ids import uuid7
from mentorship import portfolio, public_pages, share_log, shares
from mentorship.models.pieces import Feedback, Measurement, Testimonial, Version
from mentorship.public_pages import Texts
from mentorship.shares import Wish
from tests.e2e import sounds
from tests.e2e.cast import days_ago
from tests.e2e.stop import Stop

NOBODY = ""
NO_PAGES = {"guests.sound", "guests.peaks", "guests.file", "public_pages.sound", "public_pages.peaks"}
ABOUT = """I mix **indie, folk and quiet electronic music** in a small room in Leipzig, for songs that leave room.

- Mixing, up to 40 tracks, two revisions
- Editing and tuning, discreetly
"""
PRAISE = "Ada found the song in our recording. The chorus finally opens, and nobody can say what she did to it."


def makes_a_link(page: Page) -> None:
    page.get_by_label("For whom").fill("Mara, who sings it")
    page.get_by_label("save the file").check()
    page.get_by_role("button", name="Make the link").click()
    page.locator("#f-copy").wait_for()


def makes_a_weak_password(page: Page) -> None:
    page.get_by_label("For whom").fill("Mara, who sings it")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make the link").click()
    page.locator(".field-error").first.wait_for()


def tries_a_password(page: Page) -> None:
    page.get_by_label("Password").fill("four slow foxes")
    page.get_by_role("button", name="Open it").click()
    page.locator(".field-error").first.wait_for()


def forgets_the_name(page: Page) -> None:
    page.locator("main form.form").evaluate("form => { form.noValidate = true; }")
    page.get_by_label("What you hear").fill("The second verse could lose the shaker.")
    page.get_by_role("button", name="Send to Ada").click()
    page.locator(".field-error").first.wait_for()


def takes_a_word_of_ours(page: Page) -> None:
    page.get_by_label("Name in the address").fill("admin")
    page.get_by_role("button", name="Save").click()
    page.locator(".field-error").first.wait_for()


STOPS = [
    Stop("shares.index", "/portfolio/shares", ("ada", "fay")),
    Stop("shares.new", "/portfolio/pieces/{beat}/shares/new"),
    Stop("shares.new", "/portfolio/pieces/{beat}/shares/new", ("ada",), "refused", 200, makes_a_weak_password),
    Stop("shares.show", "/portfolio/shares/{share}"),
    Stop("shares.show", "/portfolio/shares/{ended_share}", ("ada",), "ended"),
    Stop("shares.show", "/portfolio/pieces/{beat}/shares/new", ("ada",), "made", 200, makes_a_link),
    Stop("guests.show", "/s/{share_secret}", (NOBODY,)),
    Stop("guests.show", "/s/{share_secret}?thanks=1", (NOBODY,), "thanks"),
    Stop("guests.show", "/s/{share_secret}", (NOBODY,), "refused", 200, forgets_the_name),
    Stop("guests.show", "/s/{locked_secret}", (NOBODY,), "shut", 404),
    Stop("guests.show", "/s/{picture_share_secret}", (NOBODY,), "picture"),
    Stop("public_pages.edit", "/portfolio/public-page", ("ada", "fay")),
    Stop("public_pages.edit", "/portfolio/public-page", ("fay",), "refused", 200, takes_a_word_of_ours),
    Stop("public_pages.preview", "/portfolio/public-page/preview"),
    Stop("public_pages.show", "/p/ada-beats", (NOBODY,)),
    Stop("public_pages.show", "/p/ben-listens", (NOBODY,), "empty"),
    Stop("portfolio.show", "/portfolio/pieces/{beat}", ("ada",), "shares"),
]


def fill(cast: Any, db: Session, app: Flask) -> None:
    ada, storage = cast.id_of("ada"), app.extensions["storage"]

    def link(name: str, piece: str, label: str, **more: Any) -> None:
        share, secret = shares.make(db, ada, UUID(cast.ids[piece]), Wish(label, **more), at=days_ago(9))
        cast.ids |= {name: str(share.id), f"{name}_secret": secret}
        for hours in (200, 120, 119, 30, 2):
            for kind in ("opened", "played"):
                if name != "locked" and (kind == "opened" or hours != 119):
                    share_log.note(db, share, kind, at=days_ago(hours / 24))

    beat = portfolio.own(db, ada, UUID(cast.ids["beat"]))
    beat.credits = [{"name": "Mara Lind", "role": "voice"}, {"name": "Tom Aalto", "role": "upright bass"}]
    for version in portfolio.versions(db, beat):
        _waveform(db, storage, version)
    link("share", "beat", "Mara, who sings it", may_download=True, may_remark=True, days=30)
    link("locked", "beat", "The label in Hamburg", version=1, days=0, password_hash="nobody's")
    link("ended_share", "beat", "Tom", days=7)
    link("picture_share", "picture", "Tom")
    shares.end(db, ada, UUID(cast.ids["ended_share"]), at=days_ago(4))

    for number, (title, role, genre, seconds) in enumerate(
        (("Harbour light", "Mixing engineer", "Indie folk", 5), ("What the kettle said", "Producer", "Ambient", 3))
    ):
        piece = portfolio.create(db, ada, title=title, role=role, genre=genre, at=days_ago(25))
        piece.showcased_at = days_ago(3 + number)
        piece.credits = [{"name": "The Long Way Home", "role": "artist"}, {"name": "Ines Roth", "role": "mastering"}]
        name = f"{title}.wav"
        with portfolio.received(storage, io.BytesIO(sounds.wav(seconds)), name, most=10**7, minutes=1) as file:
            version = portfolio.add_version(db, storage, piece, file, at=days_ago(24))
        _waveform(db, storage, version)
        row = {"user_id": ada, "id": uuid7(), "version_id": version.id, "from_id": ada, "from_name": "Ada"}
        db.add(Feedback(asked_at=days_ago(20), verdict="approved", given_at=days_ago(20), **row))
        if not number:
            said = {"user_id": ada, "id": uuid7(), "piece_id": piece.id, "secret_hash": "0" * 64}
            db.add(Testimonial(name="The Long Way Home", text=PRAISE, asked_at=days_ago(9), yes_at=days_ago(8), **said))
    shot = portfolio.own(db, ada, UUID(cast.ids["picture"]))
    shot.showcased_at = days_ago(2)  # no version was approved
    texts = Texts("ada-beats", "Mixes for songs that leave room", ABOUT, "ada@harbour.example")
    public_pages.save(db, ada, texts)
    public_pages.show(db, ada, at=days_ago(1))
    public_pages.save(db, cast.id_of("ben"), Texts("ben-listens"))
    public_pages.show(db, cast.id_of("ben"), at=days_ago(1))


def _waveform(db: Session, storage: Any, version: Version) -> None:
    """A row of the meter with a waveform, as if it had been measured: audiowaveform's JSON."""
    tops = [round(60 * abs(math.sin(place / 7)) ** 3 + 60 * math.exp(-(place % 50) / 9)) for place in range(800)]
    data = [value for top in tops for value in (-top, top)]
    waveform = {"version": 2, "channels": 1, "sample_rate": 44_100, "samples_per_pixel": 256, "bits": 8}
    octets = json.dumps(waveform | {"length": len(tops), "data": data}).encode()
    staged = storage.stage(io.BytesIO(octets), most=10**6)
    storage.keep(staged)
    row = db.get(Measurement, (version.user_id, version.id)) or Measurement(
        user_id=version.user_id, version_id=version.id, state="ready", asked_at=version.uploaded_at
    )
    row.peaks_sha256 = row.peaks_sha256 or staged.sha256
    db.add(row)
    db.flush()
