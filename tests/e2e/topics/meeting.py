"""A meeting in full: an agenda half covered, notes of two writers, actions in every state, something of everything."""

from datetime import timedelta
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from core.ids import uuid7
from curriculum import lessons
from mentorship import actions, agenda, assigning, notes, own_notes, sessions
from mentorship.actions import Promise
from mentorship.assigning import Assigned
from mentorship.models.meetings import ParkedQuestion
from mentorship.notes import Written
from mentorship.sessions import Between, Entry
from tests.e2e.cast import NOW, Cast, days_ago
from tests.e2e.stop import Stop

BOTH = ("ada", "ben")
FIRST = """## Where the low end fights

- Kick and bass both sit around 60 Hz in the second chorus.
- Sidechain is too deep: the bass *disappears* instead of making room.

## What we try

1. Cut the bass 3 dB at 60 Hz, wide.
2. Shorten the kick's tail to 180 ms.
"""
SECOND = FIRST + "3. Listen on the kitchen radio, quietly.\n\nAda hears the difference at low volume first.\n"
OWN = "She is further than she thinks. Next time: let her do all the talking for ten minutes."


def fill(cast: Cast, db: Session, app: Flask) -> None:
    library, ada, ben = app.extensions["shelf"].library, cast.id_of("ada"), cast.id_of("ben")
    meeting = UUID(cast.ids["meeting"])
    for line in ("How it ends, and whether it should", "The vocal's breath noises", "Next milestone: what is missing?"):
        agenda.add(db, ada, meeting, line, at=days_ago(9))
    early, late = (
        sessions.log(
            db, library, ada, "meeting", Between(ada, ben), Entry(starts_at, "Europe/Berlin", 60, "Remote"), at=at
        )
        for starts_at, at in ((NOW + timedelta(hours=1), days_ago(2)), (NOW + timedelta(days=8), days_ago(2)))
    )
    for made in (early, late):
        made.confirmed_at = days_ago(1)
    cast.ids |= {"full": str(early.id), "next": str(late.id)}
    parked = ParkedQuestion(
        user_id=ada,
        id=uuid7(),
        text="Why does my limiter pump although it only takes off 2 dB?",
        source="lesson",
        source_id=cast.ids["done"],
        parked_at=days_ago(3),
    )
    waiting = ParkedQuestion(user_id=ada, id=uuid7(), text="Is mid/side EQ worth it on a beat?", parked_at=days_ago(1))
    db.add_all([parked, waiting])
    db.flush()
    agenda.add(db, ada, early.id, "Listen to Night bus V2 from 1:10, on both pairs of speakers", at=days_ago(1))
    agenda.take(db, library, ada, early.id, "parked", str(parked.id), at=days_ago(1))
    for line in ("What stood in the way this week?", "Where the low end fights in the second chorus"):
        agenda.add(db, ben, early.id, line, at=days_ago(1))
    for item in agenda.items(db, early)[:2]:
        agenda.cover(db, ben, early.id, item.id, at=NOW)
    taken = agenda.add(db, ben, early.id, "Money for plug-ins", at=NOW)
    agenda.remove(db, ben, early.id, taken.id, at=NOW)
    notes.save(db, ben, early.id, Written(FIRST, 0), at=NOW - timedelta(minutes=40))
    notes.save(db, ada, early.id, Written(SECOND, 1), at=NOW - timedelta(minutes=4))
    own_notes.save(db, ben, early.id, OWN, before=None, at=NOW)
    promised(cast, db, app, early.id)


def promised(cast: Cast, db: Session, app: Flask, session_id: UUID) -> None:
    library, ada, ben = app.extensions["shelf"].library, cast.id_of("ada"), cast.id_of("ben")
    today, third = NOW.date(), library.lessons[cast.ids["reading"]]
    assign = (("lesson", cast.ids["reading"]), ("cards", cast.ids["pitch"]), ("piece", cast.ids["beat"]))
    for kind, target in assign:
        wanted = Assigned(kind, target, today + timedelta(days=6))
        assigning.assign(db, library, ben, session_id, wanted, at=NOW - timedelta(hours=2))
    lessons.mark_done(db, ada, third, at=NOW - timedelta(hours=1))
    late = Promise("Send Ben the stems of the second chorus", ada, today - timedelta(days=1))
    actions.add_action(db, ada, session_id, late, at=days_ago(2))
    done = actions.add_action(db, ben, session_id, Promise("Bring two reference mixes", ben), at=days_ago(2))
    actions.finish(db, ben, done.id, at=days_ago(1))
    dropped = actions.add_action(db, ben, session_id, Promise("Rent the studio for a day", ben), at=days_ago(2))
    actions.drop(db, ben, dropped.id, "too expensive this month", at=days_ago(1))


def conflict(page: Page) -> None:
    """What Ada wrote, in a tab that knows only the first state."""
    page.evaluate(
        """() => {
          const form = document.querySelector('form[data-notes=notes]');
          form.elements.base.value = '1';
          form.elements.notes.value = form.elements.notes.value.replace('3. Listen on the kitchen radio, quietly.',
            '3. Listen in the car, on the way home.').replace('2. Shorten', '2. Do not shorten');
          form.submit();
        }"""
    )
    page.wait_for_load_state()


def at_the_notes(page: Page) -> None:
    page.goto(page.url.split("?")[0] + "?tab=notes")


def at_the_actions(page: Page) -> None:
    page.goto(page.url.split("?")[0] + "?tab=actions")


def at_the_rest(page: Page) -> None:
    page.goto(page.url.split("?")[0] + "?tab=more")


STOPS = [
    Stop("meetings.show", "/sessions/{full}", BOTH, "full"),
    Stop("meetings.show", "/sessions/{full}", ("ben",), "full-notes", first=at_the_notes),
    Stop("meetings.show", "/sessions/{full}", ("ada",), "full-actions", first=at_the_actions),
    Stop("meetings.show", "/sessions/{full}", ("ada",), "full-more", first=at_the_rest),
    Stop("meetings.show", "/sessions/{full}", ("ada",), "two-texts", first=conflict),
    Stop("notes.history", "/sessions/{full}/notes/revisions", ("ada",)),
]
NO_PAGES = {"notes.now", "notes.own"}
