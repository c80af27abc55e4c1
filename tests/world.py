"""A site in which every text of Ada's is a word of its own, so that a page that shows it to the wrong person is found.

Ada learns; Ben mentors her; Carl did, and their link is over; Dora was sent an invitation and opened it; Fay is another
apprentice of Ben's, and completed a link as Ada's mentor; Eve is a stranger; Hanna runs the site, and her link as Ada's
mentor is paused (both in topics/links_life.py).
"""

import io
import json
import random
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask import Flask
from sqlmodel import Session, select

from core import tokens, work
from core.accounts import SignIn, User, UserEmail, hash_of
from core.ids import uuid7
from core.storage import Storage
from curriculum import day_list, fitting, lessons, optimise, own_cards, pauses, reviews, spacing, store
from curriculum.imports import media
from curriculum.imports.media import File, Files
from curriculum.library import Library
from curriculum.own_cards import Draft
from mentorship import actions, criteria, invitations, links, milestones, portfolio, sessions, sign_offs
from mentorship.actions import Promise
from mentorship.models.milestones import Evidence
from mentorship.models.pieces import Piece
from mentorship.portfolio import Upload
from mentorship.probe import Found
from mentorship.sessions import Between, Entry, Kind
from tests.gather import merged, topics
from tests.times import DAY, HOUR, MINUTE, MONDAY, SECOND

PEOPLE = ["hanna", "ada", "ben", "carl", "dora", "eve", "fay"]
LESSON = "daw-signal-path"
OVER = MONDAY - 5 * DAY  # when Carl's link ended

# What Ada wrote or is called, and who may read it at all. A case of the matrix may add to it.
PRIVATE, PAIR = {"ada"}, {"ada", "ben"}
READERS: dict[str, set[str]] = {
    "name": {"ada", "ben", "carl", "dora", "fay", "hanna"},
    "email": PRIVATE,
    "makes": PRIVATE,
    "browser": PRIVATE,
    "key name": PRIVATE,
    "work title": PRIVATE,
    "work stage": PRIVATE,
    "work result": PRIVATE,
    "work error": PRIVATE,
    "import name": PRIVATE,
    "import deck": PRIVATE,
    "import row": PRIVATE,
    "card media content": PRIVATE,
    "card media name": PRIVATE,
    "export content": PRIVATE,
    "invitation label": PRIVATE,
    "invitation secret": set(),  # shown to its maker once, and to whoever brings it
    "meeting notes": PAIR,
    "meeting place": PAIR,
    "meeting action": PAIR,
    "meeting action of Ben": PAIR,
    "planned notes": PAIR,
    "former notes": PRIVATE | {"carl"},
    "former place": PRIVATE | {"carl"},
    "former action": PRIVATE | {"carl"},
    "cancelled notes": PRIVATE,
    "practice notes": PAIR,
    "own action": PRIVATE,
    "own card question": PRIVATE,
    "own card answer": PRIVATE,
    "own card note": PRIVATE,
    "own card tag": PRIVATE,
    "piece title": PAIR,
    "piece role": PAIR,
    "piece genre": PAIR,
    "piece about": PAIR,
    "version changes": PAIR,
    "version file name": PAIR,
    "version content": PAIR,
    "text title": PAIR,
    "text content": PAIR,
    "loose title": PAIR,
    "archived title": PAIR,
    "draft title": PRIVATE,
    "draft about": PRIVATE,
    "draft changes": PRIVATE,
    "draft file name": PRIVATE,
    "draft content": PRIVATE,
    "first reason": PAIR,
    "return reason": PAIR,
    "own mark": PAIR,
    "own mark since": PRIVATE,
    "mark of Ben": PAIR,
    "mark of Carl": PAIR | {"carl"},
    "verifying mark": PAIR,
}


@cache
def readers() -> dict[str, set[str]]:
    """READERS, with what the topics add."""
    return merged("topics", "READERS", READERS)


def canary(name: str) -> str:
    """One word, of letters only, that no other text holds."""
    return "Canary" + "".join(part.title() for part in name.split()) + "Kanari"


@dataclass
class World:
    """ids: what the matrix can put into addresses and forms, as text."""

    people: dict[str, User] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # person -> of their sign-in
    keys: dict[str, str] = field(default_factory=dict)  # person -> for programs, with all scopes
    canaries: dict[str, str] = field(default_factory=lambda: {name: canary(name) for name in readers()})

    def id_of(self, name: str) -> UUID:
        return self.people[name].id


def build(app: Flask) -> World:
    world = World()
    with app.app_context():
        library: Library = app.extensions["shelf"].library
        with Session(app.extensions["database"].writer, expire_on_commit=False) as db:
            _people(world, db, library)
            _links(world, db)
            _meetings(world, db, library)
            _pieces(world, db, app.extensions["storage"])
            _files_of_cards(world, db, app.extensions["storage"])
            _milestones(world, db, library)
            _own_cards(world, db, library)
            for topic in topics("topics"):
                if build_more := getattr(topic, "build", None):
                    build_more(world, db, app)
            db.commit()
        _reviews(world, app, library)
    world.ids |= {name: str(person.id) for name, person in world.people.items()}
    return world


def _people(world: World, db: Session, library: Library) -> None:
    say = world.canaries
    for name in PEOPLE:
        is_ada = name == "ada"
        user = User(
            id=uuid7(),
            email=f"{say['email'] if is_ada else name}@example.com",
            name=say["name"] if is_ada else name.title(),
            fs_uniquifier=uuid7().hex,
            zone="Europe/Berlin",
            host_since=MONDAY if name == "hanna" else None,
            created_at=MONDAY - 60 * DAY,
        )
        db.add(user)
        db.flush()
        db.add(UserEmail(email=user.email.casefold(), user_id=user.id))
        world.people[name] = user
        world.tokens[name] = _sign_in(db, user, "test")
        _key(world, db, name)
        answers = {"makes": say["makes"] if is_ada else "", "daw": "Reaper", "programme": "nine-months"}
        lessons.welcome(db, library, user.id, **answers, zone=user.zone, at=MONDAY - 20 * DAY)
    ada = world.people["ada"]
    world.ids["other sign-in"] = hash_of(_sign_in(db, ada, say["browser"]))
    lesson = library.lessons[LESSON]
    lessons.save_steps(db, ada.id, lesson, [step.key for step in lesson.steps[:1]], at=MONDAY - 2 * DAY)
    lessons.mark_done(db, ada.id, lesson, at=MONDAY - 2 * DAY)
    world.ids["step"] = lesson.steps[0].key
    _work(world, db, ada.id)


def _work(world: World, db: Session, ada: UUID) -> None:
    """One piece that waits, one that is done and one that failed, all of a kind that is no more."""
    say = world.canaries
    for name, result in (
        ("waiting", {}),
        ("done", {"said": say["work result"]}),
        ("failed", {"error": say["work error"]}),
    ):
        piece = work.ask(db, ada, "test", say["work title"], {"name": name}, at=MONDAY - HOUR)
        piece.stage, piece.state, piece.result = say["work stage"], name, json.dumps(result)
        world.ids[f"{name} work"] = str(piece.id)


def _key(world: World, db: Session, name: str) -> None:
    called = world.canaries["key name"] if name == "ada" else "Phone"
    key, secret = tokens.make(db, world.id_of(name), name=called, scopes=list(tokens.SCOPES), at=MONDAY - DAY)
    key.used_at = MONDAY  # so that nothing is noted
    world.keys[name] = secret
    if name == "ada":
        world.ids["key"] = key.token_hash


def _own_cards(world: World, db: Session, library: Library) -> None:
    """A card of Ada's own; written yesterday, and one that she deleted an hour ago."""
    ada, say, dice = world.id_of("ada"), world.canaries, random.Random(7)
    texts = (say["own card question"], say["own card answer"], say["own card note"], say["own card tag"])
    row = own_cards.write(db, library, ada, Draft("basic", *texts, LESSON), dice=dice, at=MONDAY - DAY)
    gone = own_cards.write(db, library, ada, Draft("basic", "Gone?", "Gone."), dice=dice, at=MONDAY - DAY)
    own_cards.delete(db, ada, {gone.id}, at=MONDAY - HOUR)
    world.ids |= {"own card": row.id, "deleted card": gone.id}


def _sign_in(db: Session, user: User, browser: str) -> str:
    token = f"{user.id.hex}.{uuid7().hex}"
    row = SignIn(
        user_id=user.id,
        token_hash=hash_of(token),
        browser=browser,
        created_at=MONDAY - HOUR,
        seen_at=MONDAY,
        expires_at=MONDAY + 20 * DAY,
    )
    db.add(row)
    return token


def _links(world: World, db: Session) -> None:
    for apprentice, mentor in (("ada", "ben"), ("ada", "carl"), ("fay", "ben")):
        at = MONDAY - 40 * DAY
        _, secret = invitations.invite(db, world.id_of(apprentice), "mentor", "", most_a_day=10, at=at)
        db.flush()
        link = invitations.accept(db, world.id_of(mentor), secret, at=at)
        world.ids[f"link of {apprentice} and {mentor}"] = str(link.id)
        if mentor == "ben":
            world.ids[f"used secret of {apprentice}"] = secret
    label = world.canaries["invitation label"]
    for name, at in (("open", MONDAY - DAY), ("expired", MONDAY - 8 * DAY)):
        invitation, secret = invitations.invite(db, world.id_of("ada"), "mentor", label, most_a_day=10, at=at)
        world.ids |= {f"{name} invitation": str(invitation.id), f"{name} secret": secret}
    world.canaries["invitation secret"] = world.ids["open secret"]


def _meetings(world: World, db: Session, library: Library) -> None:
    say, ada, ben, carl = world.canaries, *(world.id_of(name) for name in ("ada", "ben", "carl"))

    def log(name: str, kind: Kind, mentor: UUID | None, starts_at: datetime, at: datetime, place: str = "") -> UUID:
        notes = say[f"{name} notes"]
        entry = Entry(starts_at, "Europe/Berlin", 45, place, f"We heard *much* of {notes}.", ("first-beat",))
        session = sessions.log(db, library, ada, kind, Between(ada, mentor), entry, at=at)
        world.ids[name] = str(session.id)
        return session.id

    meeting = log("meeting", "meeting", ben, MONDAY - 3 * DAY, MONDAY - 2 * DAY, say["meeting place"])
    former = log("former", "meeting", carl, OVER - 3 * DAY, OVER - 2 * DAY, say["former place"])
    log("planned", "meeting", ben, MONDAY - HOUR, MONDAY - DAY)
    log("cancelled", "meeting", carl, MONDAY + DAY, OVER - DAY)
    log("practice", "practice", None, MONDAY - DAY, MONDAY - DAY)
    for name, session, owner in (
        ("meeting action", meeting, ada),
        ("meeting action of Ben", meeting, ben),
        ("former action", former, ada),
    ):
        promise = Promise(say[name], owner, MONDAY.date())
        world.ids[name] = str(actions.add_action(db, ada, session, promise, at=OVER - HOUR).id)
    world.ids["own action"] = str(actions.add_own_action(db, ada, say["own action"], None, at=MONDAY - HOUR).id)
    links.end(db, ada, UUID(world.ids["link of ada and carl"]), at=OVER)


def _pieces(world: World, db: Session, storage: Storage) -> None:
    """Files are taken as they come here: what a file may be is tested elsewhere."""
    say, ada = world.canaries, world.id_of("ada")

    def piece(name: str, **texts: str) -> Piece:
        made = portfolio.create(db, ada, title=say[f"{name} title"], at=MONDAY - 10 * DAY, **texts)
        world.ids[name] = str(made.id)
        return made

    def upload(of: Piece, name: str, kind: str, content: str, file_name: str, changes: str = "") -> None:
        found = Found("audio", "audio/wav", 60.0, 48_000, 2) if kind == "audio" else Found("text", "text/plain")
        staged = storage.stage(io.BytesIO(f"{name} {content}".encode()), most=1000)
        version = portfolio.add_version(
            db, storage, of, Upload(staged, found, file_name), changes=changes, at=MONDAY - 9 * DAY
        )
        world.ids[name] = str(version.id)

    shared = piece("piece", role=say["piece role"], genre=say["piece genre"], about=say["piece about"])
    for number in (1, 2):
        upload(shared, f"v{number}", "audio", say["version content"], say["version file name"], say["version changes"])
    text, loose = piece("text"), piece("loose")
    upload(text, "words", "text", say["text content"], "words.txt")
    upload(loose, "loose version", "audio", "loose", "loose.wav")
    draft = piece("draft", about=say["draft about"])
    upload(draft, "draft version", "text", say["draft content"], say["draft file name"], say["draft changes"])
    old = piece("archived")
    upload(old, "archived version", "audio", "old", "old.wav")
    for one in (shared, text, loose, old):
        portfolio.share(db, one, at=MONDAY - 8 * DAY)
    portfolio.archive(old, at=MONDAY - 7 * DAY)


def _files_of_cards(world: World, db: Session, storage: Storage) -> None:
    """A deck and a table that were looked at, a deck that was brought in, cards taken out; and a picture on a card."""
    say, ada = world.canaries, world.id_of("ada")

    def kept(octets: str) -> str:
        staged = storage.stage(io.BytesIO(octets.encode()), most=1000)
        storage.keep(staged)
        return staged.sha256

    def done(name: str, kind: str, wish: dict[str, Any], result: dict[str, Any]) -> None:
        piece = work.ask(db, ada, kind, f"Import of {say['import name']}", wish, at=MONDAY - HOUR)
        piece.state, piece.result, piece.ended_at = "done", json.dumps(result), MONDAY
        world.ids[name] = str(piece.id)

    counts = dict.fromkeys(("notes", "cards", "reviews", "new", "changed", "same", "back", "new_reviews"), 3)
    found = {**counts, "name": say["import name"], "pictures": 0, "sounds": 0, "unplaced": []}
    wish = {"sha256": kept("a deck"), "name": say["import name"]}
    done("deck look", "look-at-deck", wish, {**found, "decks": [[say["import deck"], 3]]})
    done("deck import", "import-deck", wish, {**found, "at": MONDAY.isoformat(), "said": say["import name"]})
    table = {"rows": 1, "has_heading": False, "mapping": ["question"], "first": [[say["import row"]]], "note": ""}
    done("table look", "look-at-table", {**wish, "sha256": kept("question")}, table)
    out = {"sha256": kept(say["export content"]), "name": say["import name"], "said": say["import name"]}
    done("export", "export-cards", {"track": "", "name": say["import name"]}, out)
    picture = File(say["card media name"], kept("GIF89a" + say["card media content"]), "image/gif", 50)
    media.note(db, ada, Files({picture.name: picture}), at=MONDAY)
    world.ids["card media"] = picture.sha256


def _milestones(world: World, db: Session, library: Library) -> None:
    """first-beat: returned once, handed in again; practice-plan: begun, with a draft; own-sounds: verified."""
    say, ada, ben, carl = world.canaries, *(world.people[name] for name in ("ada", "ben", "carl"))
    beat, plan, sounds = (library.milestones[slug] for slug in ("first-beat", "practice-plan", "own-sounds"))

    def link(milestone: Any, item: str, version: str, at: datetime) -> None:
        milestones.link(db, ada.id, milestone, item, UUID(world.ids[version]), at=at)

    def submit(milestone: Any, reason: str, at: datetime, by: User = ada) -> UUID:
        asked = criteria.of(milestone, criteria.record(db, library, by.id, at=MONDAY))
        given = {one.id: reason for one in asked}
        return milestones.submit(db, library, by, milestone, [], given, at=at).id

    def ended(at: datetime) -> None:
        """Carl's mark was given while he was a mentor: the link is open for this moment."""
        link = links.own(db, carl.id, UUID(world.ids["link of ada and carl"]))
        link.ended_at = None if link.ended_at else at
        db.flush()

    link(beat, "beat", "v1", MONDAY - 7 * DAY)
    link(beat, "choice", "words", MONDAY - 7 * DAY)
    milestones.assess(db, ada, beat, 3, say["own mark"], at=MONDAY - 7 * DAY)
    first = submit(beat, say["first reason"], MONDAY - 6 * DAY)
    ended(OVER)
    sign_offs.assess(db, carl, ada.id, beat, 2, say["mark of Carl"], at=OVER - MINUTE)
    ended(OVER)
    sign_offs.send_back(db, ben, ada.id, beat, first, say["return reason"], at=MONDAY - 4 * DAY)
    sign_offs.assess(db, ben, ada.id, beat, 2, say["mark of Ben"], at=MONDAY - 4 * DAY + SECOND)
    world.ids["submission"] = str(submit(beat, say["first reason"], MONDAY - 3 * DAY))
    milestones.assess(db, ada, beat, 4, say["own mark since"], at=MONDAY - 2 * DAY)
    link(plan, "plan", "draft version", MONDAY - 2 * DAY)
    done = submit(sounds, "Nothing there yet.", MONDAY - 3 * DAY)
    sign_offs.verify(db, ben, ada.id, sounds, done, 3, say["verifying mark"], at=MONDAY - 2 * DAY)
    fay = world.people["fay"]
    world.ids["submission of fay"] = str(submit(beat, "Mine.", MONDAY - DAY, fay))
    for name, slug in (("evidence", "first-beat"), ("draft evidence", "practice-plan")):
        row = db.exec(select(Evidence).where(Evidence.user_id == ada.id, Evidence.milestone == slug)).first()
        assert row is not None
        world.ids[name] = str(row.id)


def _reviews(world: World, app: Flask, library: Library) -> None:
    """Ada has answered one card today and has another before her."""
    ada, base = world.people["ada"], app.extensions["database"]
    with base.writing() as db:
        for person in world.people.values():
            day_list.build(db, library, person.id, person.zone, at=MONDAY)
    hot = store.of(base)
    first = reviews.next_card(hot, library, ada.id, ada.zone, at=MONDAY).card
    assert first is not None
    given = {"review_id": uuid7(), "rating": 4, "seconds": 5.0, "at": MONDAY, "idle_before": MONDAY - DAY}
    shown = reviews.answer(hot, library, world.tokens["ada"], first.id, **given)
    assert shown is not None and shown.card is not None
    world.ids |= {"answered card": first.id, "card": shown.card.id, "answer": str(given["review_id"])}
    fit = fitting.Fit((*spacing.STANDARD[:20], 0.2), 500, 100, 0.347, 0.351)
    with base.writing() as db:
        day = (MONDAY - 40 * DAY).date()
        pauses.add(db, ada.id, ada.zone, day, day + 2 * DAY, at=MONDAY)
        tried = optimise.keep(db, ada.id, ada.zone, fit, spacing.STANDARD, at=MONDAY)
        world.ids |= {"pause": str(day.toordinal()), "parameters": str(tried.id)}
        day_list.build(db, library, ada.id, ada.zone, at=MONDAY)
