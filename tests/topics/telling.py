"""Being told, in the route matrix: the inbox, what comes by mail, and links in mails."""

from flask import Flask
from sqlmodel import Session

from core import inbox, outbox
from mentorship import news
from tests.matrix import PERSONS, Case, for_all, only, own
from tests.times import MINUTE, MONDAY
from tests.world import World

READERS: dict[str, set[str]] = {"news": {"ada"}}
WISHES = {"digest": "daily", "digest_hour": "7", "digest_weekday": "0", "reminds_before": "24", "mails": "session"}
WAY_OUT = {"token": "@way out of Fay"}
NO_WAY = {"token": "not-of-this-site"}
MISSING = {"way out of Fay": "not-of-this-site"}
HOST = {**dict.fromkeys(PERSONS, 403), "hanna": 200}

MATRIX: dict[str, list[Case]] = {
    "GET telling.index": [own(shows={"withdrawn client"}), own(404, query="before=nothing")],  # who said yes once
    "POST telling.read_one": [only({"ada": 303}, url={"notice_id": "@notice"})],
    "POST telling.read_all": [own(303, form={"until": MONDAY.isoformat()})],
    "POST telling.unread_again": [own(303, form={"read_at": (MONDAY - MINUTE).isoformat()})],
    "GET telling.settings": [own()],
    "POST telling.chosen": [own(303, form=WISHES), own(422, form={**WISHES, "digest": "hourly"})],
    "POST telling.asked_to_confirm": [own(303)],
    "GET telling.unsubscribe": [for_all(url=WAY_OUT), for_all(404, url=NO_WAY)],
    "POST telling.unsubscribed": [for_all(url=WAY_OUT, unguarded=True), for_all(404, url=NO_WAY, unguarded=True)],
    "POST telling.subscribed_again": [for_all(url=WAY_OUT, unguarded=True), for_all(404, url=NO_WAY, unguarded=True)],
    "GET telling.confirmation": [for_all(422, url=NO_WAY)],
    "POST telling.confirmed": [for_all(422, url=NO_WAY)],
    "GET telling.sending": [only(HOST)],
    "GET security.forgot_password": [for_all()],
    "POST security.forgot_password": [for_all(form={"email": "nobody@example.com"})],
    "GET security.reset_password": [for_all(302, url=NO_WAY)],
    "POST security.reset_password": [
        for_all(302, url=NO_WAY, form={"password": "a good long one", "password_confirm": "a good long one"})
    ],
}


def build(world: World, db: Session, app: Flask) -> None:
    about = {"path": "/sessions", "thread": "session:1", "at": MONDAY - MINUTE}
    notice = inbox.tell(db, world.id_of("ada"), news.SESSION, f"Ben says {world.canaries['news']}.", **about)
    for name in ("ada", "ben", "eve"):
        world.people[name].confirmed_at = MONDAY
    world.ids["notice"] = str(notice.id)
    world.ids["way out of Fay"] = outbox.way_out_of(world.id_of("fay"), inbox.DIGEST, app.extensions["settings"])
