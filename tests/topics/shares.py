"""Ada's share links and her public page: for everybody who has the address, and of her work only what stands there."""

import io
from typing import Any
from uuid import UUID

from flask import Flask
from sqlmodel import Session

from core.ids import uuid7
from mentorship import portfolio, public_pages, share_log, shares
from mentorship.models.pieces import Feedback, Measurement
from mentorship.portfolio import Upload
from mentorship.probe import Found
from mentorship.public_pages import Texts
from mentorship.shares import Wish
from tests.matrix import ADA, ADA_DOES, PERSONS, Case, for_all, only, own
from tests.times import DAY, MONDAY
from tests.world import World

PRIVATE = {"ada"}
LISTED = frozenset({"name", "piece title", "piece role", "piece genre", "version content", "share secret"})
ON_THE_PAGE = frozenset({"name", "page headline", "page about", "page contact", "showcase title", "showcase content"})
SHUT = frozenset({"share secret"})  # its own address, in a form
READERS: dict[str, set[str]] = {
    "share label": PRIVATE,
    "share secret": set(),
    "page headline": PRIVATE,
    "page about": PRIVATE,
    "page contact": PRIVATE,
    "showcase title": PRIVATE | {"ben"},  # who approved it
    "showcase about": PRIVATE,
    "showcase content": PRIVATE,
    "showcase content later": PRIVATE,
}
MISSING = dict.fromkeys(("share secret", "locked secret", "ended share secret"), "0" * 43)

OPEN, LOCKED, ENDED = ({"secret": f"@{name}"} for name in ("share secret", "locked secret", "ended share secret"))
NEVER = {"secret": "1" * 43}
GONE = [for_all(404, url=LOCKED), for_all(404, url=ENDED), for_all(404, url=NEVER)]
REMARK = {"version": "2", "name": "Zoe", "kind": "idea", "moment": "0:01", "text": "More air."}
PUBLIC = {"handle": "ada-beats"}

MATRIX: dict[str, list[Case]] = {
    "GET shares.index": [own()],
    "GET shares.new": [only(ADA, url={"piece_id": "@piece"})],
    "POST shares.made": [
        only(ADA_DOES, url={"piece_id": "@piece"}, form={"label": "Zoe", "days": "7"}),
        only({"ada": 422}, url={"piece_id": "@archived"}, form={"label": "Zoe", "days": "7"}),
        only({"ada": 422}, url={"piece_id": "@piece"}, form={"label": "Zoe", "days": "8"}),
    ],
    "GET shares.show": [only(ADA, url={"share_id": "@share"}), only(ADA, url={"share_id": "@ended share"})],
    "POST shares.ended": [only(ADA_DOES, url={"share_id": "@share"}), only(ADA_DOES, url={"share_id": "@ended share"})],
    "GET guests.show": [for_all(url=OPEN, shows=LISTED, about="whoever brings the secret"), *GONE],
    "POST guests.unlocked": [
        for_all(303, url=OPEN, form={"password": "four slow foxes"}, shows=SHUT, unguarded=True),
        for_all(404, url=LOCKED, form={"password": "four slow foxes"}, unguarded=True),
        for_all(404, url=ENDED, form={"password": "four slow foxes"}, unguarded=True),
    ],
    "GET guests.sound": [for_all(url=OPEN, shows=LISTED), *GONE],
    "GET guests.peaks": [for_all(url=OPEN, shows=LISTED), *GONE],
    "GET guests.file": [for_all(url=OPEN, shows=LISTED), *GONE],
    "POST guests.remarked": [
        for_all(303, url=OPEN, form=REMARK, shows=SHUT, unguarded=True),
        for_all(422, url=OPEN, form=REMARK | {"text": ""}, shows=LISTED, unguarded=True),
        for_all(404, url=ENDED, form=REMARK, unguarded=True),
    ],
    "GET public_pages.edit": [own()],
    "POST public_pages.saved": [
        own(303, form={"handle": "somebody-new", "headline": "Hello"}),
        only({"ada": 303}, others=422, form={"handle": "ada-beats"}, about="it is Ada's"),
    ],
    "POST public_pages.shown": [only(ADA_DOES, others=422, about="others have none")],
    "POST public_pages.hidden": [own(303)],
    "GET public_pages.preview": [only(dict.fromkeys(PERSONS, 404) | ADA)],
    "GET public_pages.show": [
        for_all(url=PUBLIC, shows=ON_THE_PAGE, about="everybody"),
        for_all(404, url={"handle": "nobody-here"}),
    ],
    "GET public_pages.sound": [
        for_all(url=PUBLIC | {"piece_id": "@showcase"}, shows=ON_THE_PAGE),
        for_all(404, url=PUBLIC | {"piece_id": "@piece"}, about="shared, but not showcased"),
    ],
    "GET public_pages.peaks": [
        for_all(url=PUBLIC | {"piece_id": "@showcase"}, shows=ON_THE_PAGE),
        for_all(404, url=PUBLIC | {"piece_id": "@piece"}),
    ],
}


def build(world: World, db: Session, app: Flask) -> None:
    """Three links to a piece, one of them open, and a page with another piece on it."""
    ada, say, storage = world.id_of("ada"), world.canaries, app.extensions["storage"]

    def link(name: str, piece: str, **more: Any) -> None:
        wish = Wish(say["share label"], days=0, **more)
        share, secret = shares.make(db, ada, UUID(world.ids[piece]), wish, at=MONDAY - 2 * DAY)
        world.ids |= {name: str(share.id), f"{name} secret": secret}
        for kind in share_log.KINDS[:3]:  # a moment ago, so that looking notes nothing
            share_log.note(db, share, kind, at=MONDAY)

    for name in ("share", "ended share"):
        link(name, "piece", may_download=True, may_remark=True)
    link("locked", "loose", password_hash="nobody's")
    shares.end(db, ada, UUID(world.ids["ended share"]), at=MONDAY - DAY)
    world.canaries["share secret"] = world.ids["share secret"]

    piece = portfolio.create(db, ada, title=say["showcase title"], about=say["showcase about"], at=MONDAY - 3 * DAY)
    piece.showcased_at = MONDAY - DAY
    world.ids["showcase"] = str(piece.id)
    for name in ("showcase content", "showcase content later"):
        staged = storage.stage(io.BytesIO(say[name].encode()), most=1000)
        found = Upload(staged, Found("audio", "audio/wav", 60.0, 48_000, 2), "showcase.wav")
        version = portfolio.add_version(db, storage, piece, found, at=MONDAY - 2 * DAY)
        if name == "showcase content":
            _approve(db, ada, version.id, world.id_of("ben"))
            _measure(db, storage, ada, version.id)
    _measure(db, storage, ada, UUID(world.ids["v2"]))
    texts = Texts("ada-beats", say["page headline"], say["page about"], f"{say['page contact']}@example.org")
    public_pages.save(db, ada, texts)
    public_pages.show(db, ada, at=MONDAY)


def _approve(db: Session, ada: UUID, version: UUID, ben: UUID) -> None:
    row = {"user_id": ada, "id": uuid7(), "version_id": version, "from_id": ben, "from_name": "Ben"}
    db.add(Feedback(asked_at=MONDAY - DAY, verdict="approved", given_at=MONDAY - DAY, **row))


def _measure(db: Session, storage: Any, ada: UUID, version: UUID) -> None:
    """A waveform, where none is there yet."""
    staged = storage.stage(io.BytesIO(b'{"version": 2, "data": []}'), most=1000)
    storage.keep(staged)
    row = db.get(Measurement, (ada, version)) or Measurement(
        user_id=ada, version_id=version, state="ready", asked_at=MONDAY
    )
    row.peaks_sha256 = staged.sha256
    db.add(row)
    db.flush()
